"""Which counts of one event in one trial may be pooled: one row a treated arm, or why there is none.

A trial gives its counts through the first of its reports that has any, in the order in which they are preferred; never
through a retracted one, a review or a protocol. Left out, with the reason: control groups, counts of events in place of
people, percentages without a number, counts of severe ones only, groups that share people, numbers over treated and
control groups together. A zero over all groups is a zero of each treated one. What no report says is no zero, and has no
row and no reason here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from extractor.graph.nodes import Row, curie
from extractor.graph.observations import DENIED, NAMED, SERIOUS

CONTROL = re.compile(
    r"\b(?:placebo|control(?:s|led)?|sham|vehicle|saline|usual care|standard (?:of care|treatment|therapy)|no treatment|"
    r"untreated|withheld|riluzole (?:alone|only)|natural history|comparator)\b", re.I,
)  # fmt: skip
# a group with one of these words in its name was given cells, whatever it was given beside them ("MSC + standard care") ...
CELLS = re.compile(
    r"\b(?:cells?|[\w-]*mscs?|[\w-]*mncs?|stem|stromal|treg\w*|exosomes?|lenzumestrocel|nurown|transplant\w*)\b", re.I
)
# ... unless the name says that it was not
NO_CELLS = re.compile(
    r"\b(?:without|no|not|non|minus|instead of|lacking|match(?:ed|ing)?(?: to)?|for|before|delayed)\W+(?:[\w-]+\W+){0,3}?"
    r"(?:cells?|[\w-]*mscs?|[\w-]*mncs?|stem|stromal|transplant\w*)\b(?:[ -]cells?\b)?|\bcell[ -]?free\b", re.I,
)  # fmt: skip
CONTROLLED = frozenset(
    {"controlled", "placebo-controlled", "sham-controlled", "active-controlled", "vehicle-controlled"}
)
CROSSOVER = "crossover"
SEVERE = re.compile(r"\b(?:moderate|severe|serious|major|significant|life|fatal|high|intense|extreme)", re.I)
MILD = re.compile(r"\b(?:mild|minor|slight|low)", re.I)
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


NOTHING = Counted()


@lru_cache(maxsize=10_000)
def is_control(arm: str) -> bool:
    """Whether an arm's name is that of a control group: cells beside a control's treatment are none."""
    return CONTROL.search(arm) is not None and CELLS.search(NO_CELLS.sub(" ", arm)) is None


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
    happened = False
    for one in observed:
        by_report.setdefault(one["report"], []).append(one)
        happened = happened or one["zero_basis"] is None
    spoken = set(by_report)
    for one in denials:
        if one["report"] not in spoken and not happened:
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
    if unfit := _unfit(report):
        return Counted((), (Left(name, unfit, name),))
    general, reason = unlimited(report, observed)
    whole = [o for o in general if o["arm"] is None]
    if whole and _controlled(trial, report, observed):
        reason = "the count is over treated and control groups together"
        if rows := _none_in_any(name, trial, report, whole):
            return Counted(rows)
        whole = []
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


def _unfit(report: Row) -> str:
    if report["retracted"]:
        return "said in a retracted report only"
    return "" if report["of_people"] else "said in a review or a protocol only"


def _controlled(trial: Row, report: Row, observed: Sequence[Row]) -> bool:
    """Whether there is a control group, by the name of an arm in any report or by the design."""
    arms = (*report["arms"], *trial["arms"], *(o["arm"] for o in observed if o["arm"]))
    return report["has_control"] or not CONTROLLED.isdisjoint(trial["design"]) or any(map(is_control, arms))


def _none_in_any(name: str, trial: Row, report: Row, whole: Sequence[Row]) -> tuple[Study, ...]:
    """A zero of everyone as the zero of each treated arm whose size is known."""
    zeros = [o for o in _usable(whole) if o["events"] == 0]
    treated = {arm: n for arm, n in sorted(report["arm_sizes"].items()) if not is_control(arm)}
    if not zeros or not treated or _more_than_all(treated.values(), report) or CROSSOVER in trial["design"]:
        return ()
    rows = [zeros[0] | {"arm": arm, "total": n, "total_from": "arm"} for arm, n in treated.items()]
    return tuple(_study(f"{name}: {row['arm']}", trial, report, row) for row in rows)


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
    if len(rows) > 1 and (CROSSOVER in trial["design"] or _more_than_all((r.total for r in rows), report)):
        return Counted((), (*left, *(Left(r.study, "groups of this report share people", name) for r in rows)))
    return Counted(tuple(rows), tuple(left))


def _more_than_all(sizes: Iterable[int], report: Row) -> bool:
    """Whether groups together have more people than the report: some are in two of them."""
    return report["n"] is not None and sum(sizes) > report["n"]


def unlimited(report: Row, observed: Sequence[Row]) -> tuple[Sequence[Row], str]:
    """Observations of the event itself, not of severe or of related ones only; and why there is none."""
    contradicted = CONTRADICTED in report["conflicts"]
    true = [o for o in observed if o["assertion"] != DENIED] if contradicted else observed
    if observed and not true:
        return [], "the same report denies events and reports some"
    related = [o for o in true if o["related"] is None]
    if true and not related:
        return [], f"said only of events {'not ' if true[0]['related'] is False else ''}related to the treatment"
    if related and all(_serious_of_registry(o) for o in related):
        return [], "a registry's count of serious ones only"
    scoped = [o for o in related if o["limit"]]
    if related and len(scoped) == len(related):
        return [], f"said only {scoped[0]['limit']}"
    related = [o for o in related if not o["limit"]]
    limits = [_limit(o) for o in related]
    general = [o for o, limit in zip(related, limits, strict=True) if not limit]
    if related and not general:
        return [], f"said only of {next(limit for limit in limits if limit)} ones"
    return general, ""


def _serious_of_registry(one: Row) -> bool:
    return bool(one["scope"] == NAMED and one["serious"] and one["agent"].startswith("registry:"))


def _limit(one: Row) -> str:
    """The grade or severity that a count is limited to, so that it is no count of all; empty where it is not.

    Mild ones of a named event are all of it where nothing worse is said. None of one grade leaves the others open.
    """
    grade, severity = str(one["grade"] or ""), str(one["severity"] or "")
    if (not grade and not severity) or (one["scope"] == SERIOUS and one["zero_basis"] is not None):
        return ""
    lowest = min(map(int, re.findall(r"[1-5]", grade)), default=1)
    worse = lowest > 1 or (SEVERE.search(severity) and not MILD.search(severity))
    if one["scope"] == NAMED and one["events"] != 0 and not worse:
        return ""
    return f"grade {grade}" if grade else severity.lower()


def _usable(found: Sequence[Row]) -> list[Row]:
    """Counts of people, where there is one number only; of deaths, the number of all of them where it is given."""
    counts = [
        o for o in found
        if o["events"] is not None and o["total"] and _of_people(o) and o["events"] <= o["total"]
    ]  # fmt: skip
    counts = [o for o in counts if o["field"] == "deaths"] or counts
    listed = [o for o in counts if o["agent"].startswith("registry:") and o["scope"] == NAMED]
    if listed and len(listed) == len(counts):
        # lines of a registry's tables are of different terms, or of serious and other ones: never one number said twice
        some = [o for o in counts if o["events"]]
        return (some or counts)[:1] if len(some) < 2 else []
    return counts if len(counts) < 2 or len({(o["events"], o["total"]) for o in counts}) == 1 else []


def _of_people(one: Row) -> bool:
    """Whether a number is one of people: "3 serious adverse events" may be of one person, "3 of 20" is not."""
    if one["unit"] not in PEOPLE:
        return False
    return one["unit"] is not None or one["scope"] == NAMED or one["total_from"] == "stated" or (one["events"] or 0) < 2


def _why_not(found: Sequence[Row]) -> str:
    if any(o["unit"] not in PEOPLE for o in found):
        return f"counts {next(o['unit'] for o in found if o['unit'] not in PEOPLE)}, not participants"
    if all(o["events"] is None for o in found):
        return (
            "a percentage from which the number of people cannot be told"
            if any(o["percent"] for o in found)
            else "mentioned without a count"
        )
    if all(not o["total"] for o in found if o["events"] is not None):
        return "a count without a number of people at risk"
    if not any(_of_people(o) for o in found if o["events"] is not None):
        return "a number of events, perhaps not of people"
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
