"""Which counts of an outcome may be pooled: one row a trial and treated arm, and the reason for each trial that has none.

A trial gives its counts through the report that is preferred. Left out, with the reason: reports of people that a
preferred report has too, control groups, counts of events in place of people, percentages without a number, numbers over
treated and control groups together, and silence, which is no zero. A denial of the very class that is asked for ("no
serious adverse events") is a reported zero of that class; a denial of all events counts as a zero of each of them only
where `denials` asks for it, and never where the same report contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extractor.graph.nodes import Row
from extractor.graph.observations import ANY, DENIED, NAMED, SERIOUS
from extractor.graph.review import OUTCOMES, Review

CONTROL = re.compile(
    r"\b(?:placebo|control(?:s|led)?|sham|vehicle|saline|usual care|standard (?:of care|treatment|therapy)|no treatment|"
    r"untreated|withheld|riluzole (?:alone|only)|natural history|comparator)\b", re.I,
)  # fmt: skip
INFERRED = "inferred_denial"
CONTRADICTED = "blanket_contradicted"


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
class Choice:
    """What is asked of :func:`studies`.

    Attributes
    ----------
    outcome : str
        ``any``, ``serious``, ``death`` or the term of an event.
    condition, cells, route : str
        Only trials whose condition, cells or route have this in their name; all where empty.
    denials : bool
        Count a denial of all events as a zero of the event that is asked for.
    without : tuple of str
        Trials or reports to leave out.
    overlaps : bool
        Also those whose people a preferred report has too.
    """

    outcome: str
    condition: str = ""
    cells: str = ""
    route: str = ""
    denials: bool = False
    without: tuple[str, ...] = ()
    overlaps: bool = False


def fits(trial: Row, choice: Choice) -> bool:
    """Whether a trial is one of those asked for."""
    wanted = ((choice.condition, "conditions"), (choice.cells, "cell_types"), (choice.route, "routes"))
    return all(not word or any(word.lower() in name.lower() for name in trial[names]) for word, names in wanted)


def studies(review: Review, choice: Choice) -> tuple[list[Study], list[Left]]:
    """Rows to pool, and what was left out, both in the order of the trials."""
    event = review.event_named(choice.outcome)
    of_trial: dict[str, list[Row]] = {}
    for one in review.observations(event):
        of_trial.setdefault(one["trial"], []).append(one)
    denied = _denials(review)
    left_by_hand = {review.trial_named(name) for name in choice.without}
    found, left = [], []
    for id, trial in review.trials():
        if not trial["of_people"] or not fits(trial, choice):
            continue
        name = str(trial["name"])
        if id in left_by_hand:
            left.append(Left(name, "left out as asked", name))
            continue
        reason = _unfit(review, id, trial, choice)
        if reason:
            left.append(Left(name, reason, name))
            continue
        rows, reasons = _of_trial(review, trial, of_trial.get(id, []), denied.get(id, []), choice)
        found += rows
        left += [replace(x, trial=name) for x in reasons]
    return found, left


def _unfit(review: Review, id: str, trial: Row, choice: Choice) -> str:
    if trial["retracted"]:
        return "retracted"
    rival = None if choice.overlaps else review.rivals(id)
    if rival:
        best, state = rival
        perhaps = "the same people" if state == "confirmed" else "perhaps the same people (not decided yet)"
        return f"{perhaps} as {review.node(best)['document']}, which is preferred"
    return ""


def _denials(review: Review) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for scope in (ANY, SERIOUS):
        for one in review.observations(OUTCOMES[scope]):
            if one["assertion"] == DENIED:
                found.setdefault(one["trial"], []).append(one)
    return found


def _of_trial(
    review: Review, trial: Row, observed: Sequence[Row], denied: Sequence[Row], choice: Choice
) -> tuple[list[Study], list[Left]]:
    """The rows of the first report that has any, in the order in which they are preferred."""
    reasons: list[Left] = []
    for report in trial["reports"]:
        of_report = [o for o in observed if o["report"] == report]
        if not of_report:
            of_report = [_inferred(o) for o in denied if o["report"] == report and _covers(o, choice)]
        rows, left = _of_report(review, trial, review.node(report), of_report)
        if rows:
            return rows, left
        reasons += left
    return [], reasons[:1] or [_silent(trial, denied, choice)]


def _covers(denial: Row, choice: Choice) -> bool:
    """Whether a denial says a zero of the outcome, where denials are to be counted."""
    if not choice.denials or denial["related"] or denial["excepting"]:
        return False
    return bool(denial["scope"] == ANY and choice.outcome != "death")


def _inferred(denial: Row) -> Row:
    return denial | {"zero_basis": INFERRED}


def _silent(trial: Row, denied: Sequence[Row], choice: Choice) -> Left:
    general = [d for d in denied if d["scope"] == ANY]
    if general:
        words = general[0]["evidence"][0]["quote"]
        limit = ", for related events only" if general[0]["related"] else ""
        return Left(trial["name"], f"a general denial only (“{words}”{limit}), not a count of {choice.outcome}")
    return Left(trial["name"], "not mentioned: silence is no zero")


def _of_report(review: Review, trial: Row, report: Row, observed: Sequence[Row]) -> tuple[list[Study], list[Left]]:
    """The rows of one report: of everyone, else of each treated arm."""
    name = str(trial["name"])
    general, reason = _unlimited(report, observed)
    whole = [o for o in general if o["arm"] is None]
    if whole and any(CONTROL.search(arm) for arm in report["arms"]):
        reason, whole = "the count is over treated and control groups together", []
    counted = _usable(whole)
    if counted:
        return [_study(name, trial, report, counted[0])], []
    by_arm: dict[str, list[Row]] = {}
    for one in general:
        if one["arm"] is not None:
            by_arm.setdefault(one["arm"], []).append(one)
    rows, left = _by_arm(name, trial, report, by_arm)
    if rows or left:
        return rows, left
    reason = reason or (_why_not(whole) if whole else "")
    return [], [Left(name, reason)] if reason else []


def _by_arm(name: str, trial: Row, report: Row, by_arm: dict[str, list[Row]]) -> tuple[list[Study], list[Left]]:
    rows, left = [], []
    for arm in sorted(by_arm):
        label = f"{name}: {arm}"
        usable = _usable(by_arm[arm])
        if CONTROL.search(arm):
            left.append(Left(label, "a control group"))
        elif any(o["groups_overlap"] for o in by_arm[arm]):
            left.append(Left(label, "groups of this record share people"))
        elif not usable:
            left.append(Left(label, _why_not(by_arm[arm])))
        else:
            rows.append(_study(label, trial, report, usable[0]))
    return rows, left


def _unlimited(report: Row, observed: Sequence[Row]) -> tuple[list[Row], str]:
    """Observations of the event itself, not of a grade or of related ones only; and why there is none."""
    true = [o for o in observed if not (o["assertion"] == DENIED and CONTRADICTED in report["conflicts"])]
    if observed and not true:
        return [], "the same report denies events and reports some"
    related = [o for o in true if o["related"] is None]
    if true and not related:
        return [], f"said only of events {'not ' if true[0]['related'] is False else ''}related to the treatment"
    if related and all(o["scope"] == NAMED and o["serious"] and o["agent"].startswith("registry:") for o in related):
        return [], "a registry's count of serious ones only"
    limited = [o for o in related if o["grade"] or (o["severity"] and o["events"])]
    return ([o for o in related if o not in limited] or limited), ""


def _usable(found: Sequence[Row]) -> list[Row]:
    """Counts of people, where there is one number only."""
    counted = [
        o for o in found
        if o["events"] is not None and o["total"] and o["unit"] in ("participants", None) and o["events"] <= o["total"]
    ]  # fmt: skip
    return counted if len({(o["events"], o["total"]) for o in counted}) == 1 else []


def _why_not(found: Sequence[Row]) -> str:
    if any(o["unit"] not in ("participants", None) for o in found):
        return f"counts {next(o['unit'] for o in found if o['unit'] not in ('participants', None))}, not participants"
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


def _study(label: str, trial: Row, report: Row, one: Row) -> Study:
    said = list(one["evidence"])
    if one["total_from"] == "participants":
        said += report["n_evidence"]
    return Study(
        label, trial["name"], report["document"], one["arm"], one["events"], one["total"], one["total_from"], one["zero_basis"],
        one["id"], trial["case_report"] or one["total"] == 1, said,
    )  # fmt: skip


def characteristics_of(review: Review, study: Study) -> Row:
    """The node of the trial that a row is of."""
    return review.node(review.trial_named(study.trial))


def as_rows(found: Sequence[Study]) -> list[Row]:
    return [s.to_row() for s in found]


def left_rows(left: Sequence[Left]) -> list[dict[str, Any]]:
    return [one.to_row() for one in left]
