"""How far two readers agree, from what each said alone, before anybody adjudicated.

Percent agreement, Cohen's kappa and Gwet's AC1 (both, since kappa sinks and AC1 rises where nearly everything is accepted),
and for fields of several values the F1 of matched answers (positive specific agreement), all over the reports that both
readers finished. Two people who both saw the machine's value agree *after seeing it*, which is told apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from extractor.model import Fact, Record
from extractor.review.blind import CRITICAL, answers, seen
from extractor.review.claim import claims
from extractor.store import Decision
from extractor.store.decision import ADJUDICATION, FIRST, SECOND
from extractor.store.decisions import standing
from extractor.store.second import same_answer, slot

WORDS = ("accept", "correct", "reject", "unsure")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one field: n items, shares, and the table of what both said. None: not defined."""

    what: str
    seen: bool  # both saw the machine's value
    n: int
    percent: float | None
    kappa: float | None
    ac1: float | None
    f1: float | None = None
    counts: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the first reader's answer and the blind one are not the same; either may be missing."""

    id: str
    field: str
    first: Fact | None
    second: Fact | None
    uids: tuple[str, ...]
    settled: bool


def percent(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Share of pairs that are equal.

    >>> percent([("a", "a"), ("a", "b")])
    0.5
    """
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else None


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa; None where all is one word, since 0/0 is no agreement.

    >>> round(kappa([("a", "a")] * 90 + [("a", "b")] * 5 + [("b", "a")] * 5) or 0, 4)
    -0.0526
    """
    po = percent(pairs)
    if po is None:
        return None
    one, two = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    pe = sum(one[c] * two[c] for c in one | two) / len(pairs) ** 2
    return None if pe == 1 else (po - pe) / (1 - pe)


def ac1(pairs: Sequence[tuple[str, str]], categories: int) -> float | None:
    """Gwet's AC1 over so many categories.

    >>> round(ac1([("a", "a")] * 90 + [("a", "b")] * 5 + [("b", "a")] * 5, 2) or 0, 4)
    0.8895
    """
    po = percent(pairs)
    if po is None or categories < 2:
        return None
    both = Counter(word for pair in pairs for word in pair)
    shares = [both[c] / (2 * len(pairs)) for c in both]
    pe = sum(p * (1 - p) for p in shares) / (categories - 1)
    return (po - pe) / (1 - pe)


def agreement(read: Iterable[tuple[Record, Sequence[Decision]]]) -> list[Agreement]:
    """Agreement by field over reports that both readers read.

    Parameters
    ----------
    read : iterable of (record, decisions)
    """
    matched: dict[str, list[int]] = {field: [0, 0, 0] for field in CRITICAL}
    reported: dict[str, list[tuple[str, str]]] = {field: [] for field in CRITICAL}
    verdicts: dict[str, list[tuple[str, str]]] = {}
    for record, decisions in read:
        for field, mine, theirs in _both(record, decisions):
            both = len(_pairs(mine, theirs))
            matched[field] = [m + n for m, n in zip(matched[field], (both, len(mine), len(theirs)), strict=True)]
            reported[field].append(("reported" if mine else "not", "reported" if theirs else "not"))
        for field, pair in _verdicts(record, decisions):
            verdicts.setdefault(field, []).append(pair)
    found = [_of_blind(field, reported[field], matched[field]) for field in CRITICAL if reported[field]]
    return found + [_of_seen(field, pairs) for field, pairs in sorted(verdicts.items())]


def _of_blind(field: str, pairs: list[tuple[str, str]], counts: list[int]) -> Agreement:
    both, mine, theirs = counts
    f1 = 2 * both / (mine + theirs) if mine + theirs else None
    return Agreement(field, False, len(pairs), percent(pairs), kappa(pairs), ac1(pairs, 2), f1, _table(pairs))


def _of_seen(field: str, pairs: list[tuple[str, str]]) -> Agreement:
    return Agreement(field, True, len(pairs), percent(pairs), kappa(pairs), ac1(pairs, len(WORDS)), None, _table(pairs))


def _table(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    return tuple((a, b, n) for (a, b), n in sorted(Counter(pairs).items()))


def _verdicts(record: Record, decisions: Sequence[Decision]) -> Iterable[tuple[str, tuple[str, str]]]:
    """What both said of the same claims, where both saw the machine's value."""
    theirs = {c.id: c for c in seen(record, decisions, SECOND) if c.decisions}
    for claim in claims(record, of_stage(decisions, FIRST)):
        if claim.id in theirs and claim.decisions and claim.field not in CRITICAL:
            yield claim.field, (claim.state, theirs[claim.id].state)


def of_stage(decisions: Sequence[Decision], stage: str) -> list[Decision]:
    """The decisions of one stage, with the undoes in it."""
    return [d for d in decisions if d.stage == stage]


def _both(record: Record, decisions: Sequence[Decision]) -> Iterable[tuple[str, list[Fact], list[Fact]]]:
    """Of each critical field what the first reader left standing, before anybody adjudicated, and the blind answers."""
    first = [c for c in claims(record, of_stage(decisions, FIRST)) if not c.put_aside and c.state != "reject"]
    second = answers(decisions)
    for field in CRITICAL:
        mine = [c.fact for c in first if c.field == field]
        yield field, mine, [d.fact for d in second if d.fact and d.field == field]


def _pairs(mine: Sequence[Fact], theirs: Sequence[Fact]) -> list[tuple[int, int]]:
    """Answers that are the same, each used once."""
    free = list(range(len(theirs)))
    found = []
    for i, fact in enumerate(mine):
        j = next((j for j in free if same_answer(fact, theirs[j])), None)
        if j is not None:
            free.remove(j)
            found.append((i, j))
    return found


def differences(record: Record, decisions: Sequence[Decision]) -> list[Difference]:
    """What is to be adjudicated: answers of one slot beside each other, and answers that only one reader gave."""
    about = {uid for d in standing(decisions) if d.stage == ADJUDICATION for uid in d.about}
    found = []
    for field, mine, theirs in _both(record, decisions):
        same = _pairs(mine, theirs)
        ones = [f for i, f in enumerate(mine) if i not in {i for i, _ in same}]
        twos = [f for j, f in enumerate(theirs) if j not in {j for _, j in same}]
        for one, two in _beside(ones, twos):
            uids = _uids(decisions, one, two)
            id = f"{field}-{abs(hash_of(one, two)):x}"
            found.append(Difference(id, field, one, two, uids, id in about))
    return found


def _beside(ones: Sequence[Fact], twos: list[Fact]) -> Iterable[tuple[Fact | None, Fact | None]]:
    free = list(twos)
    for one in ones:
        two = next((f for f in free if slot(f) == slot(one)), None)
        if two is not None:
            free.remove(two)
        yield one, two
    yield from ((None, two) for two in free)


def hash_of(one: Fact | None, two: Fact | None) -> int:
    """A number of two answers that is the same on every machine; its last bit says which is shown first."""
    words = "|".join(f.key() if f else "" for f in (one, two))
    return int.from_bytes(sha256(words.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def _uids(decisions: Sequence[Decision], one: Fact | None, two: Fact | None) -> tuple[str, ...]:
    keys = {f.key() for f in (one, two) if f}
    return tuple(d.uid for d in decisions if any(f.key() in keys for f in (d.fact, d.target) if f))
