"""Harms as grids: events by the arms of one trial, and events by trials, in the order of organ classes.

A cell tells people from events, and a zero, a denial, a denial within limits and silence from one another. Rows of all
events, and of all serious ones, stand first. Values only: what they mean together is for the graph to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.export.values import DENIED, counted, number, qualities
from extractor.labels import labels
from extractor.link.check_arms import is_whole
from extractor.link.check_events import CLASS_WORDS, SERIOUS_WORDS
from extractor.model import NOT_READ, Fact, Record
from extractor.terms import UNCLASSED, organ_class, table

EVERYONE = "all people"  # column of what is said of no arm
ALL_EVENTS = "All events"  # the class of the total rows
ANY, SERIOUS, DEATH = "any adverse event", "any serious adverse event", "death"
TOTALS = (ANY, SERIOUS, DEATH)
SILENCE, UNREAD = "–", "not read"
# "adverse events", "side effects", and no more: what a denial of nothing narrower says
PLAIN = re.compile(r"(?:any |all |serious |related )*(?:adverse|side) (?:events?|effects?|reactions?)")
HAPPENED, ZERO, DENIAL, LIMITED, SILENT = "happened", "zero", "denied", "denied within limits", "silent"
LEGEND = (
    ("1/27 (3.7 %)", "people with the event of people at risk"),
    ("1/[27] (3.7 %)", "the words give the count alone; the size of the arm, or of the trial, stands in brackets"),
    ("4 events", "a number of events, or of another unit that is named: no number of people"),
    ("yes", "it happened; no count is given"),
    ("0/27, 0", "zero: the report says that nobody had it"),
    ("none", "denied in words, without a count"),
    ("denied", "only a denial of all events covers it"),
    ("denied, only …", "only a denial within limits covers it (related or severe ones, a time, a group)"),
    (SILENCE, "silence: the report does not mention it, which is no zero"),
    (UNREAD, "a part of the report that may tell it was not read"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of one event in one column, its kind, and the facts that say it."""

    words: str
    kind: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One event; its cells in the order of the grid's columns."""

    organ: str
    event: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Events by columns; ``title`` names the trial, or all of them."""

    title: str
    id: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def grids(records: Iterable[Record]) -> list[Grid]:
    """The grid of each trial that says anything of harms: events by arms."""
    listed = list(records)
    names = labels(r.document for r in listed)
    return [_of_trial(r, names[r.document.id]) for r in listed if _harms(r)]


def across(records: Iterable[Record]) -> Grid:
    """Events by trials; the trials that say nothing of harms have a column too, of silence."""
    listed = list(records)
    names = labels(r.document for r in listed)
    of = [(told, _by_event(told.facts)) for told in map(_told, listed)]
    rows = [
        Row(*key, tuple(_cell(told, found.get(key, []), told.facts, with_arms=True) for told, found in of))
        for key in _ordered({key for _, found in of for key in found})
    ]
    return Grid("All trials", "", tuple(names[r.document.id] for r in listed), tuple(rows))


def _of_trial(record: Record, name: str) -> Grid:
    told = _told(record)
    facts, people = told.facts, told.people
    arms = sorted(dict.fromkeys(_arm(f) for f in facts), key=lambda arm: arm is not None)
    found = _by_event(facts)
    rows = [Row(*key, tuple(_at(told, found[key], arm) for arm in arms)) for key in _ordered(found)]
    heads = (f"{arm or EVERYONE} (n = {people[arm]:,})" if arm in people else arm or EVERYONE for arm in arms)
    return Grid(name, record.document.id, tuple(heads), tuple(rows))


def _arm(fact: Fact) -> str | None:
    """The arm that a fact is of; None where it is of the whole trial."""
    return None if is_whole(fact.arm) else fact.arm


def _harms(record: Record) -> list[Fact]:
    """Adverse events, and deaths where no event says the same number."""
    events = list(record.of("adverse_event"))
    known = {f.value.get("n") for f in events if event_of(f)[1] == DEATH}
    return [*events, *(_death(f) for f in record.of("deaths") if f.value.get("n") not in known)]


def sizes(record: Record) -> dict[str | None, int]:
    """How many people each arm has, and the trial under None, where the report gives one number."""
    found: dict[str | None, set[int]] = {}
    for fact in record.of("arm"):
        found.setdefault(str(fact.value.get("name")), set()).add(fact.value.get("n") or 0)
    for fact in record.of("participants"):
        found.setdefault(None if is_whole(fact.arm) else fact.arm, set()).add(fact.value.get("n") or 0)
    return {arm: next(iter(n)) for arm, n in found.items() if len(n) == 1 and 0 not in n}


def _death(fact: Fact) -> Fact:
    n = fact.value.get("n")
    return fact.change(value={"term": "death", "n": n, "assertion": "present" if n else "absent"})


# ---------------------------------------------------------------- which event


def _by_event(facts: Sequence[Fact]) -> dict[tuple[str, str], list[Fact]]:
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        found.setdefault(event_of(fact), []).append(fact)
    return found


def event_of(fact: Fact) -> tuple[str, str]:
    """Organ class and name of the event that a fact is about; the name of the vocabulary where it lists the event."""
    value = fact.value
    term = _term(value)
    if term in ("death", "deaths"):
        return ALL_EVENTS, DEATH
    if CLASS_WORDS.search(term) or value.get("assertion") == "none_reported":
        serious = value.get("serious") is True or SERIOUS_WORDS.search(term)
        return ALL_EVENTS, SERIOUS if serious else ANY
    listed = value.get("term_id") or (found.id if (found := table("adverse_events").get(term)) else None)
    return organ_class(listed), table("adverse_events").by_id.get(str(listed), term)


def _term(value: Mapping[str, Any]) -> str:
    return " ".join(str(value.get("term") or "event").lower().split())


def _ordered(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """All events first, then class by class, then what is in none; the words of the alphabet decide within."""

    def place(key: tuple[str, str]) -> tuple[int, str, int, str]:
        organ, event = key
        total = TOTALS.index(event) if organ == ALL_EVENTS else 0
        return ({ALL_EVENTS: 0, UNCLASSED: 2}.get(organ, 1), organ, total, event)

    return sorted(set(keys), key=place)


# ---------------------------------------------------------------- what is said


@dataclass(frozen=True, slots=True)
class _Told:
    """What a report tells of harms, how many people its arms have, and whether a part that may tell more was not read."""

    facts: Sequence[Fact]
    people: Mapping[str | None, int]
    unread: bool


def _told(record: Record) -> _Told:
    return _Told(_harms(record), sizes(record), f"adverse_event{NOT_READ}" in record.not_found)


def _at(told: _Told, facts: Sequence[Fact], arm: str | None) -> Cell:
    return _cell(told, [f for f in facts if _arm(f) == arm], [f for f in told.facts if _arm(f) in (None, arm)])


def _cell(told: _Told, facts: Sequence[Fact], every: Sequence[Fact], *, with_arms: bool = False) -> Cell:
    if facts:
        several = with_arms and len({_arm(f) for f in facts}) > 1
        words = dict.fromkeys(
            f"{_arm(f) or EVERYONE}: {said(f, told.people)}" if several else said(f, told.people) for f in facts
        )
        return Cell("; ".join(words), min(map(kind_of, facts), key=_KINDS.index), tuple(facts))
    denials = [f for f in every if covers(f)]
    if denials:
        best = min(denials, key=lambda f: len(limit_of(f)))
        return Cell(", ".join(["denied", *limit_of(best)]), LIMITED if limit_of(best) else DENIAL, (best,))
    return Cell(UNREAD if told.unread else SILENCE, SILENT)


_KINDS = (HAPPENED, ZERO, DENIAL, LIMITED, SILENT)


def kind_of(fact: Fact) -> str:
    """What a fact says of its event: that it happened, a zero, or a denial with or without limits."""
    if fact.value.get("assertion") in ("none_reported", "absent") and fact.value.get("n") is None:
        return LIMITED if limit_of(fact) else DENIAL
    return ZERO if fact.value.get("n") == 0 or fact.value.get("assertion") == "absent" else HAPPENED


def limit_of(fact: Fact) -> list[str]:
    """What a denial reaches no further than, in words."""
    value = fact.value
    of = [str(value.get("severity") or ""), "serious" if value.get("serious") else ""]
    of += ["related" if value.get("related") else ""]
    kinds = " ".join(dict.fromkeys(word for word in of if word))
    found = [f"only {kinds} ones" if kinds else "", f"only {value['scope']}" if value.get("scope") else ""]
    found += ["with exceptions"] if "excepting" in fact.flags else []
    return [words for words in found if words]


def covers(fact: Fact) -> bool:
    """Whether a denial is one of all adverse events, within its limits; "no safety concerns" says nothing of a headache."""
    return fact.value.get("assertion") == "none_reported" and bool(CLASS_WORDS.search(_term(fact.value)))


def said(fact: Fact, people: Mapping[str | None, int]) -> str:
    """One fact in the words of a cell: ``1/27 (3.7 %), grade 3, serious, related``; `people` are the sizes of the arms."""
    value = fact.value
    if kind_of(fact) in (DENIAL, LIMITED):
        if value.get("assertion") != "none_reported":
            return ", ".join(["none", *limit_of(fact)])
        plain = PLAIN.fullmatch(_term(value))
        return ", ".join([DENIED if plain else f"{DENIED}: {_term(value)}", *limit_of(fact)])
    return ", ".join(word for word in (_count(fact, people.get(_arm(fact))), *qualities(value)) if word)


def _count(fact: Fact, size: int | None) -> str:
    """People as ``n/N``, other units with their name; the percentage that is stated, or that follows from n and N."""
    value = fact.value
    n, of, percent, unit = (value.get(key) for key in ("n", "denominator", "percent", "denominator_unit"))
    words = counted(n, of, percent, unit)
    if n is None:
        return words or ("yes" if value.get("assertion") != "absent" else "0")
    if unit in (None, "participants") and not of and size and n <= size:
        words, of = f"{words}/[{number(size)}]", size
    share = percent if percent is not None else 100 * n / of if of and n else None
    return f"{words} ({share:.3g} %)" if share is not None else words
