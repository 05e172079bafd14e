"""What a person decides on: a claim, which is one value told in one or many places, with what was said of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made

from extractor import around
from extractor.export import fact_shown
from extractor.model import JSON_PART, Document, Evidence, Fact, Record
from extractor.store import Decision
from extractor.store.decisions import DECIDED_FLAGS, relocated, standing

OPEN = "open"  # nobody decided yet
EVENT = "adverse_event"


@dataclass(slots=True)
class Claim:
    """A claim of one report: numbers of its facts in the record, the fact that stands, and the decisions on it."""

    id: str
    field: str
    numbers: list[int]
    fact: Fact
    machine: bool
    put_aside: bool
    decisions: list[Decision] = made(default_factory=list)
    notes: list[Decision] = made(default_factory=list)
    conflicts: list[str] = made(default_factory=list)

    @property
    def state(self) -> str:
        """What was said last; ``open`` where nothing was."""
        return self.decisions[-1].verdict if self.decisions else OPEN

    @property
    def by(self) -> str | None:
        return self.decisions[-1].curator if self.decisions else None

    @property
    def number(self) -> int:
        """The number of the fact that a decision is on: what stands last."""
        return self.numbers[-1] if self.decisions and self.decisions[-1].fact else self.numbers[0]

    @property
    def others(self) -> list[int]:
        """Numbers of the claim's other places, while they are facts of their own."""
        return [] if self.number != self.numbers[0] else self.numbers[1:]

    @property
    def words(self) -> str:
        return fact_shown(self.fact)

    @property
    def places(self) -> tuple[Evidence, ...]:
        return self.fact.evidence

    @property
    def doubt(self) -> float:
        return 1 - self.fact.confidence


def claims(record: Record, decisions: Sequence[Decision]) -> list[Claim]:
    """The claims of a record in the order of its facts; what a second reader said is not among it."""
    found: list[Claim] = []
    owner: dict[str, Claim] = {}  # key of a fact: its claim
    together: dict[str, Claim] = {}
    for number, fact in enumerate(record.facts):
        if fact.method.startswith("curator:"):
            continue
        bare, key = undecided(fact), fact.key()
        name = _name(bare, number)
        claim = together.get(name)
        if claim is None:
            claim = together[name] = Claim(_id(key), fact.field, [], bare, True, not bare.primary)
            found.append(claim)
        claim.numbers.append(number)
        owner[key] = claim
    _say(record, [d for d in standing(decisions) if d.stage != "second"], found, owner)
    for claim in found:
        if claim.machine and not (claim.decisions and claim.decisions[-1].fact):
            more = [record.facts[n] for n in claim.numbers if not record.facts[n].method.startswith("curator:")]
            places = tuple(dict.fromkeys(e for f in more for e in f.evidence))
            claim.fact = claim.fact.change(evidence=places, confidence=max(f.confidence for f in more))
        claim.conflicts = [c.message for c in record.conflicts if not set(c.facts).isdisjoint(claim.numbers)]
    return _told_apart([c for c in found if c.numbers or c.decisions])


def _say(record: Record, stands: Sequence[Decision], found: list[Claim], owner: dict[str, Claim]) -> None:
    """Give each claim what people said of it, and the value that stands for it since."""
    places = {f.key(): n for n, f in enumerate(record.facts) if f.method.startswith("curator:")}
    for decision in stands:
        claim = next((owner[key] for key in (t.key() for t in decision.targets) if key in owner), None)
        own = relocated(record.document, decision.fact) if decision.fact else None
        key = own.key() if own else ""
        if claim is None and own is not None:
            claim = Claim(_id(key), own.field, [], own, False, False)
            found.append(claim)
        if claim is None:
            continue
        (claim.notes if decision.verdict == "note" else claim.decisions).append(decision)
        if own is not None and decision.verdict != "note":
            owner.setdefault(key, claim)
            claim.fact = own
            claim.numbers += [places[key]] if key in places else []


def _told_apart(found: list[Claim]) -> list[Claim]:
    """Ids that no two claims share: the same words may be told of two people."""
    seen: dict[str, int] = {}
    for claim in found:
        seen[claim.id] = seen.get(claim.id, 0) + 1
        if seen[claim.id] > 1:
            claim.id = f"{claim.id}-{seen[claim.id]}"
    return found


def undecided(fact: Fact) -> Fact:
    """The fact as it was before anybody decided."""
    if not (fact.flags and DECIDED_FLAGS & set(fact.flags)):
        return fact
    flags = tuple(f for f in fact.flags if f not in DECIDED_FLAGS)
    return fact.change(flags=flags, primary=True)


def _name(fact: Fact, number: int) -> str:
    """What makes two facts one claim: all but the place. A person's story may be another person's too, so it stays apart."""
    one = fact.field == EVENT and fact.value.get("n") == 1 and fact.value.get("denominator") is None
    cell = any(e.row for e in fact.evidence) and fact.field in (EVENT, "arm")
    if one or cell:
        return str(number)
    return json.dumps([fact.field, fact.value, fact.arm, fact.primary], sort_keys=True)


def _id(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


# ---------------------------------------------------------------- words around a place


def sentence(document: Document, place: Evidence) -> tuple[int, int]:
    """Where the sentence begins and ends, in its part, that holds a place."""
    return around.sentence(document.parts.get(place.part, ""), place.start or 0, place.end or 0)


def label(place: Evidence) -> str:
    """Where a place is, in a few words."""
    if place.part == JSON_PART:
        return place.path or ""
    cell = " / ".join(filter(None, (place.row, place.column)))
    page = f", page {place.page}" if place.page else ""
    return f"{place.part}{page}: {cell}" if cell else f"{place.part}{page}"
