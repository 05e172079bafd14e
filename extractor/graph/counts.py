"""Which counts of one event in one trial may be pooled: one row a treated arm, or why there is none.

A trial gives its counts through the first of its reports that has any, in the order in which they are preferred. Left out,
with the reason: control groups, counts of events in place of people, percentages without a number, numbers over treated
and control groups together. What no report says is no zero, and has no row and no reason here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from extractor.graph.nodes import Row, curie
from extractor.graph.observations import DENIED, NAMED

CONTROL = re.compile(
    r"\b(?:placebo|control(?:s|led)?|sham|vehicle|saline|usual care|standard (?:of care|treatment|therapy)|no treatment|"
    r"untreated|withheld|riluzole (?:alone|only)|natural history|comparator)\b", re.I,
)  # fmt: skip
INFERRED = "inferred_denial"
CONTRADICTED = "blanket_contradicted"
PEOPLE = ("participants", None)


@dataclass(frozen=True, slots=True)
class Study:
    """One row to pool: counts, where they come from, and the trial's characteristics."""

    study: str
    trial: str
    document: str
    arm: str | None
    events: int
    total: int
    total_from: str
    zero_basis: str | None
    observation: str
    case_report: bool
    evidence: list[Row] = field(default_factory=list)

    def to_row(self) -> Row:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Left:
    """A study that was not pooled, and why."""

    study: str
    reason: str
    trial: str = ""

    def to_row(self) -> Row:
        return {"study": self.study, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a trial gives for an event: rows to pool, and what was left out; both empty where it says nothing."""

    rows: tuple[Study, ...] = ()
    left: tuple[Left, ...] = ()


@lru_cache(maxsize=10_000)
def is_control(arm: str) -> bool:
    """Whether an arm's name is that of a control group."""
    return CONTROL.search(arm) is not None


def counted(
    trial: Row, report_of: Callable[[str], Row], observed: Iterable[Row], denials: Iterable[Row] = ()
) -> Counted:
    """The counts of one event in one trial.

    Parameters
    ----------
    report_of : callable
        The attributes of a report's node.
    observed : iterable of dict
        The trial's observations of the event.
    denials : iterable of dict
        Denials that count as a zero of it in reports that do not mention it.
    """
    by_report: dict[str, list[Row]] = {}
    for one in observed:
        by_report.setdefault(one["report"], []).append(one)
    spoken = set(by_report)
    for one in denials:
        if one["report"] not in spoken:
            by_report.setdefault(one["report"], []).append(one | {"zero_basis": INFERRED})
    first: tuple[Left, ...] = ()
    for report in trial["reports"]:
        if report in by_report:
            found = _of_report(trial, report_of(report), by_report[report])
            if found.rows:
                return found
            first = first or found.left[:1]
    return Counted((), first)


def _of_report(trial: Row, report: Row, observed: Sequence[Row]) -> Counted:
    """The rows of one report: of everyone, else of each treated arm."""
    name = str(trial["name"])
    general, reason = _unlimited(report, observed)
    whole = [o for o in general if o["arm"] is None]
    if whole and any(map(is_control, report["arms"])):
        reason, whole = "the count is over treated and control groups together", []
    if usable := _usable(whole):
        return Counted((_study(name, trial, report, usable[0]),))
    by_arm: dict[str, list[Row]] = {}
    for one in general:
        if one["arm"] is not None:
            by_arm.setdefault(one["arm"], []).append(one)
    if by_arm:
        return _of_arms(name, trial, report, by_arm)
    reason = reason or (_why_not(whole) if whole else "")
    return Counted((), (Left(name, reason, name),) if reason else ())


def _of_arms(name: str, trial: Row, report: Row, by_arm: dict[str, list[Row]]) -> Counted:
    rows, left = [], []
    for arm, found in sorted(by_arm.items()):
        label = f"{name}: {arm}"
        usable = _usable(found)
        if is_control(arm):
            left.append(Left(label, "a control group", name))
        elif any(o["groups_overlap"] for o in found):
            left.append(Left(label, "groups of this record share people", name))
        elif not usable:
            left.append(Left(label, _why_not(found), name))
        else:
            rows.append(_study(label, trial, report, usable[0]))
    return Counted(tuple(rows), tuple(left))


def _unlimited(report: Row, observed: Sequence[Row]) -> tuple[Sequence[Row], str]:
    """Observations of the event itself, not of a grade or of related ones only; and why there is none."""
    contradicted = CONTRADICTED in report["conflicts"]
    true = [o for o in observed if o["assertion"] != DENIED] if contradicted else observed
    if observed and not true:
        return [], "the same report denies events and reports some"
    related = [o for o in true if o["related"] is None]
    if true and not related:
        return [], f"said only of events {'not ' if true[0]['related'] is False else ''}related to the treatment"
    if related and all(o["scope"] == NAMED and o["serious"] and o["agent"].startswith("registry:") for o in related):
        return [], "a registry's count of serious ones only"
    general = [o for o in related if not (o["grade"] or (o["severity"] and o["events"]))]
    return general or related, ""


def _usable(found: Sequence[Row]) -> list[Row]:
    """Counts of people, where there is one number only."""
    counts = [
        o for o in found
        if o["events"] is not None and o["total"] and o["unit"] in PEOPLE and o["events"] <= o["total"]
    ]  # fmt: skip
    return counts if len(counts) < 2 or len({(o["events"], o["total"]) for o in counts}) == 1 else []


def _why_not(found: Sequence[Row]) -> str:
    if any(o["unit"] not in PEOPLE for o in found):
        return f"counts {next(o['unit'] for o in found if o['unit'] not in PEOPLE)}, not participants"
    if all(o["events"] is None for o in found):
        return (
            "a percentage that no whole number of the people gives"
            if any(o["percent"] for o in found)
            else "mentioned without a count"
        )
    if all(not o["total"] for o in found if o["events"] is not None):
        return "a count without a number of people at risk"
    if any(o["events"] is not None and o["total"] and o["events"] > o["total"] for o in found):
        return "more events than people at risk"
    return f"several counts ({', '.join(sorted({str(o['events']) for o in found}))}), and nothing says which is of all"


def _study(label: str, trial: Row, report: Row, one: dict[str, Any]) -> Study:
    said = one["evidence"]
    if one["total_from"] == "participants":
        said = said + report["n_evidence"]
    return Study(
        label, trial["name"], report["document"], one["arm"], one["events"], one["total"], one["total_from"], one["zero_basis"],
        curie("observation", one["source"], one["position"]), trial["case_report"] or one["total"] == 1, said,
    )  # fmt: skip
