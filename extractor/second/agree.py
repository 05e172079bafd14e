"""Two readers of one document, fact by fact: what both say, what one alone says, and where they say different things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.evaluate.keys import keys_of_facts
from extractor.evaluate.scorer import match
from extractor.model import Fact
from extractor.verify.cells import FOLLOWS

OURS, THEIRS = "ours", "theirs"
AGREED = "agreed"
ASIDE = frozenset({"dose_basis", "interval", "ae_count", "ae_arm"})  # parts of a claim that are compared with its whole


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact of one reader; ``state`` is ``agreed``, or how it stands alone: ``follows/alone``, ``open/other``, ...

    Before the stroke, whether the words bear it out (``single`` for ours, which were read from them); behind it, whether the
    other reader says something else of the field (``other``) or nothing (``alone``).
    """

    document: str
    who: str
    fact: Fact
    state: str


def claims(document: str, ours: Sequence[Fact], theirs: Sequence[Fact]) -> list[Claim]:
    """The primary facts of both readers with their states, ours first."""
    sides = {OURS: [f for f in ours if f.primary], THEIRS: [f for f in theirs if f.primary]}
    keys = {who: keys_of_facts([f.to_dict() for f in facts]) for who, facts in sides.items()}
    found = []
    for who, facts in sides.items():
        other = THEIRS if who == OURS else OURS
        filled = {f.field for f in sides[other]}
        for fact in facts:
            if said(fact, keys[other]):
                state = AGREED
            else:
                borne = "single" if who == OURS else "follows" if FOLLOWS in fact.flags else "open"
                state = f"{borne}/{'other' if fact.field in filled else 'alone'}"
            found.append(Claim(document, who, fact, state))
    return found


def said(fact: Fact, others: dict[str, set[Any]]) -> bool:
    """Whether the other reader makes the same claim."""
    counted = fact.value.get("n") is not None or fact.value.get("percent") is not None
    keys = keys_of_facts([fact.to_dict()])
    for field, own in keys.items():
        if field in ASIDE or (field == "ae_event" and not counted) or (field == "ae_term" and counted):
            continue
        if field == "arm":  # two arms of one size are told apart by a counter that a single fact does not have
            if not {k[0] for k in own} <= {k[0] for k in others["arm"]}:
                return False
        elif match(field, others[field], own)[2]:
            return False
    return bool(keys)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field: facts of both, of each alone, and the matched F1 of the two readers."""

    field: str
    both: int
    ours: int
    theirs: int

    @property
    def f1(self) -> float | None:
        whole = 2 * self.both + self.ours + self.theirs
        return 2 * self.both / whole if whole else None


def table(found: Iterable[Claim]) -> list[Agreement]:
    """The agreement field by field, in the order of the alphabet."""
    counts: dict[str, Counter[str]] = {}
    for claim in found:
        counts.setdefault(claim.fact.field, Counter())[
            f"{claim.who}/{'both' if claim.state == AGREED else 'alone'}"
        ] += 1
    return [
        Agreement(field, c[f"{OURS}/both"], c[f"{OURS}/alone"], c[f"{THEIRS}/alone"])
        for field, c in sorted(counts.items())
    ]
