"""Reports of one trial held against each other and against the registry, field by field, with both evidences.

A difference has a kind, a severity (``major``, ``minor``), one sentence, and where there is one an explanation: a plan
that was not reached, a subset of the people, an interim report. A difference that is explained is still shown. What one
side does not say is no difference. Outcomes are not compared: reports' outcomes are not extracted.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from extractor.declared import registers
from extractor.link.check_arms import matched
from extractor.link.check_events import events_differ
from extractor.link.compare import phases
from extractor.link.control import key
from extractor.link.difference import MAJOR, MINOR, Difference, Numbered, Side
from extractor.link.profile import ABSTRACT, profile
from extractor.link.statements import EARLIER
from extractor.model import Conflict, Record

PLANNED = "planned"
COUNTED = frozenset({"treated", "analyzed"})  # these may be fewer than were enrolled
SMALL = 0.1  # of the larger number: a difference of people that is minor
SAME_DOSE = 0.02
LATE_DAYS = 31  # registered later than this after the first enrolment; ICMJE asks for before it
AGE_YEARS = 0.5
COMPARED_UNITS = frozenset({"cells", "cells/kg", "cells/ml", "cells/m2"})


def check(records: Sequence[Record]) -> list[Difference]:
    """All differences between the reports of one trial, registry records first, none twice."""
    sides = [
        Side(r, profile(r, likeness=False))
        for r in sorted(records, key=lambda r: (r.document.source not in registers(), r.document.id))
    ]
    found = [d for side in sides for d in registered_late(side)]
    for place, one in enumerate(sides):
        for two in sides[place + 1 :]:
            found += compare_sides(one, two)
    return found


def compare_sides(one: Side, two: Side) -> list[Difference]:
    """Differences between two reports; where one is a registry record, it is the first."""
    rules: tuple[Callable[[Side, Side], Iterator[Difference]], ...] = (
        people,
        arms,
        doses,
        routes,
        phases_differ,
        dates,
        sexes,
        ages,
        deaths,
        events_differ,
    )
    if two.is_record and not one.is_record:
        one, two = two, one
    return [difference for rule in rules for difference in rule(one, two)]


# ---------------------------------------------------------------- people


def people(one: Side, two: Side) -> Iterator[Difference]:
    """Enrolment; a plan need not be reached, and those treated or analysed may be fewer than those enrolled."""
    mine, theirs = one.of("participants"), two.of("participants")
    if not mine or not theirs:
        return
    counts = {f.value["n"] for _, f in theirs}
    if any(f.value["n"] in counts for _, f in mine):
        return
    first, second = mine[0], theirs[0]
    n, m = int(first[1].value["n"]), int(second[1].value["n"])
    why = _why_people(one, two, first, second)
    severity = MINOR if abs(n - m) <= max(1, SMALL * max(n, m)) else MAJOR
    words = (
        f"{one.id} has {n:,} people ({first[1].value.get('kind')}), {two.id} has {m:,} ({second[1].value.get('kind')})."
    )
    yield Difference("enrolment", severity, one.id, two.id, (first[0],), (second[0],), words, why)


def _why_people(one: Side, two: Side, first: Numbered, second: Numbered) -> str | None:
    n, m = first[1].value["n"], second[1].value["n"]
    kinds = first[1].value.get("kind"), second[1].value.get("kind")
    if PLANNED in kinds:
        return "the registry's number was a plan"
    small, kind = (two, kinds[1]) if m < n else (one, kinds[0])
    if small.profile.role == ABSTRACT:
        return "an interim report of some of the people"
    if kind in COUNTED and min(n, m) >= 0.5 * max(n, m) and (kinds[0] not in COUNTED or kinds[1] not in COUNTED):
        return f"the smaller number counts those {kind}"
    if any(kind == EARLIER or whom for side in (one, two) for kind, whom, _ in side.profile.statements):
        return "one of them says that it goes back to earlier people"
    if not one.is_record and one.year and two.year and (m - n) * (two.year - one.year) > 0:
        return "the later report has more people"
    return None


def arms(one: Side, two: Side) -> Iterator[Difference]:
    """How many arms, and their sizes where both give them."""
    mine, theirs = one.of("arm"), two.of("arm")
    if len(mine) < 2 or len(theirs) < 2:
        return
    places = tuple(i for i, _ in mine), tuple(i for i, _ in theirs)
    if len(mine) != len(theirs):
        words = f"{one.id} has {len(mine)} arms, {two.id} has {len(theirs)}."
        yield Difference("arms", MINOR, one.id, two.id, *places, words)
        return
    yield from _arm_sizes(one, two, mine, theirs)
    sizes = [sorted(f.value["n"] for _, f in side if f.value.get("n") is not None) for side in (mine, theirs)]
    if all(len(found) == len(mine) for found in sizes) and sizes[0] != sizes[1]:
        words = f"The arms have {_listed(sizes[0])} people in {one.id}, {_listed(sizes[1])} in {two.id}."
        yield Difference("arms", MAJOR, one.id, two.id, *places, words)


def _arm_sizes(one: Side, two: Side, mine: Sequence[Numbered], theirs: Sequence[Numbered]) -> Iterator[Difference]:
    """Arms that are the same by their names, and not by their people: two that are exchanged have the same sizes."""
    found = [{key(str(f.value.get("name") or "")): (i, f) for i, f in side} for side in (mine, theirs)]
    sizes = [sorted(f.value["n"] for _, f in side if f.value.get("n") is not None) for side in (mine, theirs)]
    if sizes[0] != sizes[1]:
        return  # said of all arms together
    for a, b in matched(dict.fromkeys(found[0]), dict.fromkeys(found[1])):
        (i, x), (j, y) = found[0][a], found[1][b]
        n, m = x.value.get("n"), y.value.get("n")
        if n is not None and m is not None and n != m:
            words = f"The arm {x.value['name']} has {n} people in {one.id}, {m} in {two.id}."
            yield Difference("arms", MAJOR, one.id, two.id, (i,), (j,), words)


def sexes(one: Side, two: Side) -> Iterator[Difference]:
    mine, theirs = one.first("sex"), two.first("sex")
    if not mine or not theirs:
        return
    counts = [
        mine[1].value.get("female"),
        mine[1].value.get("male"),
        theirs[1].value.get("female"),
        theirs[1].value.get("male"),
    ]
    if None in counts:
        return
    a, b, c, d = (int(n) for n in counts if n is not None)
    if a + b == c + d and a != c:
        words = f"{one.id} has {a} female and {b} male, {two.id} has {c} and {d}."
        yield Difference("sex", MINOR, one.id, two.id, (mine[0],), (theirs[0],), words)


def ages(one: Side, two: Side) -> Iterator[Difference]:
    mine, theirs = one.first("age"), two.first("age")
    if not mine or not theirs or mine[1].value.get("unit") != theirs[1].value.get("unit"):
        return
    x, y = mine[1].value.get("mean"), theirs[1].value.get("mean")
    if x is not None and y is not None and abs(x - y) > AGE_YEARS:
        words = f"The mean age is {x:g} in {one.id}, {y:g} in {two.id}."
        yield Difference("age", MINOR, one.id, two.id, (mine[0],), (theirs[0],), words, _other_people(one, two))


def _other_people(one: Side, two: Side) -> str | None:
    """Other numbers of people are a reason for other ages."""
    n, m = one.profile.n, two.profile.n
    return "the reports have different numbers of people" if n and m and n != m else None


# ---------------------------------------------------------------- treatment


def doses(one: Side, two: Side) -> Iterator[Difference]:
    """Doses of one unit, none of which agrees; a dose inside the other's range agrees."""
    mine, theirs = one.of("dose"), two.of("dose")
    for unit in sorted({_unit(f) for _, f in mine} & {_unit(f) for _, f in theirs} & COMPARED_UNITS):
        ours = [(i, f) for i, f in mine if _unit(f) == unit]
        others = [(i, f) for i, f in theirs if _unit(f) == unit]
        if any(_agree(f.value, g.value) for _, f in ours for _, g in others):
            continue
        words = f"The dose is {_doses(ours)} {unit} in {one.id}, {_doses(others)} {unit} in {two.id}."
        places = tuple(i for i, _ in ours), tuple(i for i, _ in others)
        yield Difference("dose", MAJOR, one.id, two.id, *places, words)


def _unit(fact: Any) -> str:
    return str(fact.value.get("unit"))


def _limits(value: dict[str, Any]) -> tuple[float, float]:
    low, high = value.get("low"), value.get("high")
    return (float(low if low is not None else high or 0), float(high if high is not None else low or 0))


def _agree(x: dict[str, Any], y: dict[str, Any]) -> bool:
    """Whether two doses are one, or one lies in the other's range, or one is the other's total."""
    if {x.get("basis"), y.get("basis")} >= {"total"} and x.get("basis") != y.get("basis"):
        return True  # a total against a single dose: other things are counted
    (a, b), (c, d) = _limits(x), _limits(y)
    spare = 1 + SAME_DOSE
    return a <= d * spare and c <= b * spare


def _doses(found: Sequence[Numbered]) -> str:
    limits = [_limits(f.value) for _, f in found]
    return "; ".join(_cells(low) if low == high else f"{_cells(low)}–{_cells(high)}" for low, high in limits)


def _cells(amount: float) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.6g}"


def routes(one: Side, two: Side) -> Iterator[Difference]:
    yield from _disjoint("route", one, two)


def _disjoint(field: str, one: Side, two: Side) -> Iterator[Difference]:
    mine, theirs = one.of(field), two.of(field)
    names = [{str(f.value.get("name")).lower() for _, f in side} for side in (mine, theirs)]
    if mine and theirs and not names[0] & names[1]:
        words = f"The {field} is {', '.join(sorted(names[0]))} in {one.id}, {', '.join(sorted(names[1]))} in {two.id}."
        yield Difference(field, MAJOR, one.id, two.id, tuple(i for i, _ in mine), tuple(i for i, _ in theirs), words)


def phases_differ(one: Side, two: Side) -> Iterator[Difference]:
    """The phase, letters apart; one half of a combined phase is explained."""
    mine, theirs = phases(one.profile), phases(two.profile)
    if not mine or not theirs or mine == theirs:
        return
    half = mine < theirs or theirs < mine
    words = f"The phase is {', '.join(one.profile.phases)} in {one.id}, {', '.join(two.profile.phases)} in {two.id}."
    why = "one half of a combined phase" if half else None
    places = tuple(i for i, _ in one.of("phase")), tuple(i for i, _ in two.of("phase"))
    yield Difference("phase", MINOR if half else MAJOR, one.id, two.id, *places, words, why)


# ---------------------------------------------------------------- dates and deaths


def registered_late(side: Side) -> Iterator[Difference]:
    """A registry record that was registered more than a month after the first enrolment."""
    registered, started = side.registered, side.started
    if registered and started and days_between(started, registered) > LATE_DAYS:
        words = f"{side.id} was registered on {registered}, after the first enrolment ({started})."
        places = tuple(i for i, _ in side.of("registry_id"))
        yield Difference("registered_late", MAJOR, side.id, side.id, places, (), words)


def dates(one: Side, two: Side) -> Iterator[Difference]:
    """The day of registration as the paper gives it, and a paper that is older than the trial."""
    if not one.is_record or two.is_record:
        return
    for place, fact in two.of("registry_id"):
        theirs = fact.value.get("registered_on")
        same = str(fact.value.get("id", "")).upper() in one.profile.own
        if theirs and same and one.registered and abs(days_between(theirs, one.registered)) > LATE_DAYS:
            words = f"{two.id} gives {theirs} as the day of registration, the registry {one.registered}."
            places = tuple(i for i, _ in one.of("registry_id"))
            yield Difference("dates", MINOR, one.id, two.id, places, (place,), words)
    if two.year and one.profile.start_year and two.year < one.profile.start_year:
        words = f"{two.id} appeared in {two.year}, before the trial began ({one.started or one.profile.start_year})."
        yield Difference("dates", MAJOR, one.id, two.id, (), (), words)


def days_between(early: str, late: str) -> int:
    """Days from one ISO date to another, at least; 0 where they may be one day, negative where `late` is the earlier one.

    >>> days_between("2015-09-10", "2015-10-11"), days_between("2015-09", "2015-09-15"), days_between("2016", "2015-12-30")
    (31, 0, -2)
    """
    (first, last), (start, end) = _span(early), _span(late)
    if start > last:
        return (start - last).days
    return (end - first).days if end < first else 0


def _span(iso_date: str) -> tuple[date, date]:
    """The first and last day that a date of day, month or year may mean."""
    parts = [int(p) for p in iso_date.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 1
    if len(parts) == 3:
        day = date(year, month, parts[2])
        return day, day
    last_month = month if len(parts) == 2 else 12
    return date(year, month, 1), date(year, last_month, monthrange(year, last_month)[1])


def deaths(one: Side, two: Side) -> Iterator[Difference]:
    mine, theirs = one.first("deaths"), two.first("deaths")
    if mine and theirs and mine[1].value["n"] != theirs[1].value["n"]:
        n, m = mine[1].value["n"], theirs[1].value["n"]
        later = one.year and two.year and (m - n) * (two.year - one.year) > 0
        words = f"{one.id} has {n} deaths, {two.id} has {m}."
        why = "the later report has the longer follow-up" if later and not one.is_record else None
        yield Difference("deaths", MAJOR, one.id, two.id, (mine[0],), (theirs[0],), words, why)


def _listed(numbers: Sequence[int]) -> str:
    return " + ".join(map(str, numbers))


# ---------------------------------------------------------------- conflicts


def registry_conflicts(differences: Sequence[Difference], records: set[str]) -> dict[str, list[Conflict]]:
    """``registry_differs`` on the paper of each unexplained difference with a registry record, none twice."""
    found: dict[str, dict[str, Conflict]] = {}
    for d in differences:
        if d.explanation or d.a == d.b or d.a not in records or d.b in records:
            continue
        conflict = Conflict("registry_differs", d.facts_b, d.message, ((d.a, d.facts_a),))
        found.setdefault(d.b, {}).setdefault(d.message, conflict)
    return {id: list(conflicts.values()) for id, conflicts in sorted(found.items())}
