"""What a ClinicalTrials.gov record states of results: adverse events by group, deaths, sexes and ages of the people.

Nothing is summed over groups that may overlap: where more people are at risk over all groups than were enrolled, each fact
carries the flag ``groups_overlap``. A term that is not listed is no zero: only terms above the threshold are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractor.model import Fact
from extractor.sources.paths import Node, stated

READER = "clinicaltrials"
OVERLAP = "groups_overlap"
TOTAL = ("total", "total title", "overall", "all participants")
SERIOUS, OTHER = "serious adverse events", "adverse events other than serious"


def result_facts(results: Node, enrolled: int | None, *, crossover: bool) -> Iterator[Fact]:
    """Facts of a ``resultsSection``; `enrolled` is the record's own enrolment, where it has one.

    In a `crossover` trial one person is in several groups.
    """
    events = results.at("adverseEventsModule")
    groups = {group.at("id").text: group for group in events.at("eventGroups")}
    flags = (OVERLAP,) if len(groups) > 1 and (crossover or overlapping(groups, enrolled)) else ()
    yield from _deaths(groups, flags)
    for group in groups.values():
        yield from _class_counts(group, flags)
    for kind, serious in (("seriousEvents", True), ("otherEvents", False)):
        for event in events.at(kind):
            yield from _event(event, groups, serious, flags)
    yield from _people(results.at("baselineCharacteristicsModule"))


def overlapping(groups: dict[str, Node], enrolled: int | None) -> bool:
    """Whether more people are at risk over all groups than were enrolled, or one group is the total of others."""
    at_risk = [_at_risk(group) for group in groups.values()]
    total = any(group.at("title").text.strip().lower() in TOTAL for group in groups.values())
    return (total and len(groups) > 1) or (enrolled is not None and sum(at_risk) > enrolled)


def _at_risk(group: Node) -> int:
    counts = [group.at(f"{kind}NumAtRisk").count for kind in ("deaths", "serious", "other")]
    return max((c for c in counts if c is not None), default=0)


def _value(term: str, n: int, at_risk: int | None, serious: bool | None) -> dict[str, Any]:
    return {
        "term": term,
        "term_id": None,
        "n": n,
        "denominator": at_risk,
        "denominator_unit": "participants" if at_risk is not None else None,
        "percent": None,
        "grade": None,
        "severity": None,
        "serious": serious,
        "related": None,
        "assertion": "present" if n else "absent",
        "scope": None,
    }


def _counted(
    term: str, cited: list[Node], counts: tuple[Node, Node], serious: bool | None, arm: Node, flags: tuple[str, ...]
) -> Iterator[Fact]:
    """An adverse event of one group, where its count is stated."""
    affected, at_risk = counts
    if affected.count is None:
        return
    at = [*cited, affected, *([at_risk] if at_risk.count is not None else [])]
    value = _value(term, affected.count, at_risk.count, serious)
    yield stated("adverse_event", value, at, reader=READER, arm=arm.at("title").text or None, flags=flags)


def _event(event: Node, groups: dict[str, Node], serious: bool, flags: tuple[str, ...]) -> Iterator[Fact]:
    term = event.at("term")
    for stats in event.at("stats"):
        arm = groups.get(stats.at("groupId").text, Node(None))
        counts = (stats.at("numAffected"), stats.at("numAtRisk"))
        if term.text:
            yield from _counted(plain(term.text), [term], counts, serious, arm, flags)


def plain(term: str) -> str:
    """A term in lower case unless it holds an abbreviation ("QT prolonged" stays)."""
    first, rest = term[:1], term[1:]
    return first.lower() + rest if rest == rest.lower() else term


def _class_counts(group: Node, flags: tuple[str, ...]) -> Iterator[Fact]:
    """People with any serious event, and with any other one above the threshold, in one group."""
    for kind, term, serious in (("serious", SERIOUS, True), ("other", OTHER, False)):
        counts = (group.at(f"{kind}NumAffected"), group.at(f"{kind}NumAtRisk"))
        yield from _counted(term, [], counts, serious, group, flags)


def _deaths(groups: dict[str, Node], flags: tuple[str, ...]) -> Iterator[Fact]:
    """All deaths, summed only where no one can be in two groups; and each group's deaths as an event."""
    counts = [group.at("deathsNumAffected") for group in groups.values()]
    if counts and not flags and all(c.count is not None for c in counts):
        derived = ("derived",) if len(counts) > 1 else ()
        total = sum(c.count or 0 for c in counts)
        yield stated("deaths", {"n": total}, counts, reader=READER, flags=derived)
    for group in groups.values():
        yield from _counted(
            "death", [], (group.at("deathsNumAffected"), group.at("deathsNumAtRisk")), None, group, flags
        )


def _people(baseline: Node) -> Iterator[Fact]:
    """Sexes and ages of the total group, or of the only one."""
    groups = list(baseline.at("groups"))
    total = next(
        (g for g in groups if g.at("title").text.strip().lower() in TOTAL), groups[0] if len(groups) == 1 else None
    )
    if total is None:
        return
    for measure in baseline.at("measures"):
        title = measure.at("title").text.lower()
        if title.startswith("sex"):
            yield from _sexes(measure, total.at("id").text)
        elif title.startswith("age, continuous"):
            yield from _age(measure, total.at("id").text)


def _measured(measure: Node, group: str) -> Iterator[tuple[str, Node]]:
    """(title of the category, measurement) of one group."""
    for one in measure.at("classes"):
        for category in one.at("categories"):
            for found in category.at("measurements"):
                if found.at("groupId").text == group:
                    yield category.at("title").text.strip().lower(), found


def _sexes(measure: Node, group: str) -> Iterator[Fact]:
    found = {title: node.at("value") for title, node in _measured(measure, group)}
    female, male = found.get("female"), found.get("male")
    if female and male and female.count is not None and male.count is not None:
        yield stated("sex", {"female": female.count, "male": male.count}, [female, male], reader=READER)


def _age(measure: Node, group: str) -> Iterator[Fact]:
    kind, spread_kind = measure.at("paramType").text, measure.at("dispersionType").text
    unit = measure.at("unitOfMeasure").text.strip().lower()
    for _, found in _measured(measure, group):
        middle, spread = found.at("value"), found.at("spread")
        if middle.number is None or kind not in ("MEAN", "MEDIAN") or unit not in ("years", "months", "weeks", "days"):
            continue
        value: dict[str, Any] = dict.fromkeys(("mean", "sd", "median", "low", "high")) | {"unit": unit}
        value["mean" if kind == "MEAN" else "median"] = middle.number
        at = [middle]
        if spread_kind == "STANDARD_DEVIATION" and spread.number is not None:
            value["sd"], at = spread.number, [middle, spread]
        limits = found.at("lowerLimit"), found.at("upperLimit")
        if spread_kind == "FULL_RANGE" and limits[0].number is not None and limits[1].number is not None:
            value |= {"low": limits[0].number, "high": limits[1].number}
            at = [middle, *limits]
        yield stated("age", value, at, reader=READER)
        return
