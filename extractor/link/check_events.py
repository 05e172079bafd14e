"""Adverse events of two reports of one trial: serious ones as a class, then each event that both name.

A registry lists other events only above a threshold, so that one it does not list is no zero; a paper lists only some.
Counts of events are not compared with counts of people, nor sums over groups that overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.conflicts import denied_by
from extractor.link.check_arms import OVERLAP, PEOPLE, TOTAL, arms_differ
from extractor.link.difference import MAJOR, MINOR, Difference, Numbered, Side
from extractor.model import Fact
from extractor.words import Words

W = Words("link")

CLASS_WORDS = re.compile(
    rf"\b{W.class_words_adverse}\b.*\b(?:events?|effects?|reactions?|saes?)\b|^(?:saes?|aes?)$", re.I
)
SERIOUS_WORDS = re.compile(r"\bserious\b|^saes?$", re.I)
DEATH = frozenset({"death", "deaths"})  # a field of its own
__all__ = ["CLASS_WORDS", "OVERLAP", "PEOPLE", "SERIOUS_WORDS", "TOTAL", "events_differ"]


def events_differ(one: Side, two: Side) -> Iterator[Difference]:
    """Differences in adverse events."""
    yield from serious_differ(one, two)
    yield from deaths_differ(one, two)
    yield from denied(one, two)
    yield from denied(two, one)
    yield from named_differ(one, two)


# ---------------------------------------------------------------- the class of serious events


def serious_differ(one: Side, two: Side) -> Iterator[Difference]:
    """People with any serious event, arm by arm where both tell arms apart, and over all where both give a number."""
    facts = (
        [(i, f) for i, f in one.of("adverse_event") if _is_counted_serious(f.value)],
        [(i, f) for i, f in two.of("adverse_event") if _is_counted_serious(f.value)],
    )
    yield from arms_differ(one, two, facts, "serious adverse events", ("serious_events", MAJOR))
    mine, theirs = serious_total(one), serious_total(two)
    if mine is None or theirs is None or mine[0] == theirs[0]:
        return
    words = f"{one.id} counts {mine[0]:g} people with serious adverse events, {two.id} {theirs[0]:g}."
    yield Difference("serious_events", MAJOR, one.id, two.id, mine[1], theirs[1], words)


def serious_total(side: Side) -> tuple[float, tuple[int, ...]] | None:
    """People with a serious event over all arms, and the facts; None where it cannot be said."""
    found = [(i, f) for i, f in side.of("adverse_event") if _is_counted_serious(f.value)]
    counted = [(i, f) for i, f in found if f.value.get("n") is not None and f.value.get("denominator_unit") in PEOPLE]
    whole = [(i, f) for i, f in counted if not f.arm or f.arm.strip().lower() in TOTAL]
    if not counted or (not whole and any(OVERLAP in f.flags for _, f in counted)):
        return None
    if whole:
        return float(whole[0][1].value["n"]), (whole[0][0],)
    return float(sum(f.value["n"] for _, f in counted)), tuple(i for i, _ in counted)


def _is_counted_serious(value: dict[str, object]) -> bool:
    return _is_serious_class(value) and value.get("assertion") != "none_reported"


def deaths_differ(one: Side, two: Side) -> Iterator[Difference]:
    """Deaths, arm by arm; over all they are a field of their own."""
    facts = [
        [(i, f) for i, f in side.of("adverse_event") if str(f.value.get("term")).lower() in DEATH]
        for side in (one, two)
    ]
    yield from arms_differ(one, two, (facts[0], facts[1]), "death", ("deaths", MAJOR))


def _is_serious_class(value: dict[str, object]) -> bool:
    term = str(value.get("term") or "")
    return bool(CLASS_WORDS.search(term) and SERIOUS_WORDS.search(term)) and "other than" not in term


# ---------------------------------------------------------------- denials


def denied(one: Side, two: Side) -> Iterator[Difference]:
    """A blanket denial in `one`, and events under it in `two`."""
    for place, fact in one.of("adverse_event"):
        if fact.value.get("assertion") != "none_reported" or "excepting" in fact.flags:
            continue
        against = [(i, f) for i, f in two.of("adverse_event") if _falls_under(fact, f)]
        if not against:
            continue
        serious = bool(fact.value.get("serious"))
        i, event = against[0]
        count = f" ({event.value['n']:g})" if event.value.get("n") is not None else ""
        words = f"{one.id} denies {fact.value.get('term')}, {two.id} has {event.value.get('term')}{count}."
        why = (
            "the denial reaches related events only"
            if fact.value.get("related") and event.value.get("related") is not True
            else None
        )
        kind = "serious_events" if serious else "other_events"
        sides = (one.id, two.id, (place,), (i,))
        if two.is_record:
            sides = (two.id, one.id, (i,), (place,))
        yield Difference(kind, MAJOR if serious else MINOR, *sides, words, why)


def _falls_under(blanket: Fact, event: Fact) -> bool:
    """Whether a denial reaches an event of another report; that it reaches related ones only is an explanation."""
    if event.value.get("assertion") != "present":
        return False
    return denied_by(blanket.change(arm=None, value={**blanket.value, "related": None}), event)


# ---------------------------------------------------------------- events by name


def named_differ(one: Side, two: Side) -> Iterator[Difference]:
    """Events that both count, by term; and those of a paper that a registry should list, but does not."""
    mine, theirs = by_term(one), by_term(two)
    for term in sorted(mine.keys() & theirs.keys()):
        yield from arms_differ(one, two, (mine[term], theirs[term]), term, ("other_events", MINOR))
        n, m = _total(mine[term]), _total(theirs[term])
        if n is None or m is None or n == m:
            continue
        words = f"{one.id} counts {n:g} people with {term}, {two.id} {m:g}."
        places = tuple(i for i, _ in mine[term]), tuple(i for i, _ in theirs[term])
        yield Difference("other_events", MINOR, one.id, two.id, *places, words)
    if one.is_record and mine:
        for term in sorted(theirs.keys() - mine.keys()):
            yield from _not_listed(one, two, term, theirs[term])


def by_term(side: Side) -> dict[str, list[Numbered]]:
    """Named events that are counted or denied, by their term in lower case; classes of events apart."""
    found: dict[str, list[Numbered]] = {}
    for place, fact in side.of("adverse_event"):
        term = " ".join(str(fact.value.get("term") or "").lower().split())
        if (
            term
            and term not in DEATH
            and fact.value.get("assertion") != "none_reported"
            and not CLASS_WORDS.search(term)
        ):
            found.setdefault(term, []).append((place, fact))
    return found


def _total(facts: Sequence[Numbered]) -> float | None:
    """People with the event over all arms; None where counts are missing, of other things, or may overlap."""
    values = [f.value for _, f in facts]
    if any(OVERLAP in f.flags for _, f in facts) or any(v.get("denominator_unit") not in PEOPLE for v in values):
        return None
    counts = [0 if v.get("assertion") == "absent" and v.get("n") is None else v.get("n") for v in values]
    whole = [n for n, (_, f) in zip(counts, facts, strict=True) if not f.arm]
    if whole:
        return None if whole[0] is None else float(whole[0])
    return None if None in counts else float(sum(n for n in counts if n is not None))


def _not_listed(one: Side, two: Side, term: str, facts: Sequence[Numbered]) -> Iterator[Difference]:
    """An event that a paper counts above the registry's threshold, and the registry does not list."""
    threshold = _threshold(one)
    n, value = _total(facts), facts[0][1].value
    people = value.get("denominator") or two.profile.n
    if threshold is None or n is None or not people or 100 * n / people <= threshold:
        return
    words = f"{two.id} counts {n:g} of {people:g} people with {term}; {one.id}, which lists what is above {threshold:g} %, does not."
    yield Difference(
        "other_events", MINOR, one.id, two.id, (), tuple(i for i, _ in facts), words, "registries use other terms"
    )


def _threshold(side: Side) -> float | None:
    found = str(side.record.document.metadata.get("adverse_event_threshold", ""))
    return float(found) if re.fullmatch(r"\d+(?:\.\d+)?", found) else None
