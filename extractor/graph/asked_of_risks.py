"""Questions that pool counts: every one lists its studies with their quotes, and what was left out with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log10
from typing import Any

from extractor import pool
from extractor.bias import high_risk, of_store
from extractor.errors import PoolError, QueryError
from extractor.graph.answers import Found
from extractor.graph.counts import CROSSOVER, unlimited
from extractor.graph.nodes import Row
from extractor.graph.review import Review
from extractor.graph.studies import Choice, Left, Study, as_rows, characteristics_of, left_rows, not_chosen, studies
from extractor.link.control import controls, key

WITHOUT_HIGH_RISK = "without high risk of bias"
NOTHING = "No trial gives a count that may be pooled; see what was left out."
GIVEN_ONCE = 1
MOST_NAMED = 10  # trials in a note


def serious_risk(review: Review, condition: str = "", cells: str = "", route: str = "", denials: bool = False) -> Found:
    """What proportion of people had any serious adverse event, by trial and pooled?"""
    return _risk(review, Choice("serious", condition, cells, route, denials))


def event_risk(
    review: Review,
    events: tuple[str, ...] = ("headache", "back pain"),
    condition: str = "",
    cells: str = "",
    route: str = "",
    denials: bool = False,
) -> Found:
    """What proportion of people had these events, each pooled, with the terms that they were mapped from?"""
    parts = {event: _risk(review, Choice(event, condition, cells, route, denials)) for event in events}
    rows = [{"event": event, **_mapped(review, event, row)} for event, part in parts.items() for row in part.rows]
    pooled = {event: part.pooled for event, part in parts.items() if part.pooled}
    left = [{"event": event, **row} for event, part in parts.items() for row in part.left_out]
    notes = [f"{event}: {note}" for event, part in parts.items() for note in part.notes]
    return Found(
        rows, pooled or None, left, [*notes, "One person may have several events, so events are pooled apart."]
    )


def _mapped(review: Review, event: str, row: Row) -> Row:
    return {**row, "term": review.node(row["observation"])["term"], "event_id": review.event_named(event)}


def risk_by_route(
    review: Review,
    outcome: str = "serious",
    condition: str = "",
    cells: str = "",
    denials: bool = False,
    route: str = "",
) -> Found:
    """Does the risk differ between routes, such as intravenous and intrathecal?"""
    return _by(review, Choice(outcome, condition, cells, route, denials), "route", lambda t: " + ".join(t["routes"]))


def risk_by_source(
    review: Review,
    outcome: str = "serious",
    condition: str = "",
    cells: str = "",
    denials: bool = False,
    route: str = "",
) -> Found:
    """Does the risk differ between sources of the cells, such as bone marrow, adipose tissue and cord?"""
    return _by(review, Choice(outcome, condition, cells, route, denials), "source", lambda t: " + ".join(t["sources"]))


def risk_by_dose(
    review: Review, outcome: str = "serious", unit: str = "cells", condition: str = "", cells: str = "", denials: bool = False,
    force: bool = False, route: str = "",
) -> Found:  # fmt: skip
    """Does the risk differ between single and repeated dosing, or with the dose?

    The dose is log10 of the highest one in `unit`; units are never mixed. Fewer than ten studies are not regressed unless
    `force`.
    """
    choice = Choice(outcome, condition, cells, route, denials)
    found = _by(review, choice, "dosing", lambda t: _dosing(t["administrations"]))
    rows, _ = studies(review, choice)
    doses = [_dose(review, s, unit) for s in rows]
    known = [(s, d) for s, d in zip(rows, doses, strict=True) if d is not None]
    left = [Left(s.study, f"no dose in {unit}") for s, d in zip(rows, doses, strict=True) if d is None]
    pooled, notes = dict(found.pooled or {}), list(found.notes)
    try:
        fit = pool.meta_regression(
            [s.events for s, _ in known], [s.total for s, _ in known], {f"log10 {unit}": [log10(d) for _, d in known]},
            force=force, left_out=[pool.LeftOut(x.study, x.reason) for x in left],
        )  # fmt: skip
        pooled["dose"] = fit.to_dict()
    except PoolError as error:
        notes.append(f"No regression on the dose: {error}.")
    with_dose = [row | {"dose": dose, "unit": unit} for row, dose in zip(found.rows, doses, strict=True)]
    return Found(with_dose, pooled or None, [*found.left_out, *left_rows(left)], notes)


def risk_by_follow_up(
    review: Review, outcome: str = "serious", months: tuple[str, ...] = ("6", "12"), condition: str = "", cells: str = "",
    denials: bool = False, route: str = "",
) -> Found:  # fmt: skip
    """Does the risk differ by how long people were watched (windows that end at `months`)?

    The longest follow-up of a trial's reports is its window; events are those of the whole of it.
    """
    ends = _windows(months)
    choice = Choice(outcome, condition, cells, route, denials)
    return _by(review, choice, "follow_up", lambda t: _window(t["follow_up_months"], ends))


def _windows(months: Sequence[str]) -> list[float]:
    try:
        ends = sorted({float(m) for m in months})
    except ValueError as error:
        raise QueryError(f"risk-by-follow-up: months={','.join(months)}: write numbers, such as 6,12") from error
    if not ends or ends[0] <= 0:
        raise QueryError("risk-by-follow-up: months must be above 0, such as 6,12")
    return ends


def _window(followed: float | None, ends: Sequence[float]) -> str:
    """``up to 6 months``, ``over 6 to 12 months``, ``over 12 months``; empty where nothing is said."""
    if followed is None:
        return ""
    place = next((i for i, end in enumerate(ends) if followed <= end), len(ends))
    if place == 0:
        return f"up to {ends[0]:g} months"
    if place == len(ends):
        return f"over {ends[-1]:g} months"
    return f"over {ends[place - 1]:g} to {ends[place]:g} months"


def _dosing(times: float | None) -> str:
    return "" if not times else "single" if times <= GIVEN_ONCE else "repeated"


def _dose(review: Review, study: Study, unit: str) -> float | None:
    doses = [review.node(d) for d in characteristics_of(review, study)["doses"]]
    found = [d["high"] or d["low"] for d in doses if d["unit"] == unit and (d["high"] or d["low"])]
    return float(max(found)) if found else None


def controlled_risk(
    review: Review, outcome: str = "serious", condition: str = "", measure: str = "OR", cells: str = "", route: str = ""
) -> Found:
    """In controlled trials, how does the risk compare with the control group (RR, OR, RD)?

    Treated arms are summed only where the record does not say that groups share people.
    """
    rows, left = _controlled(review, outcome, Choice(outcome, condition, cells, route))
    if not rows:
        return Found([], None, left_rows(left), ["No controlled trial gives counts in both groups."])
    pooled = pool.pool_two_arm(
        [r["events"] for r in rows], [r["total"] for r in rows], [r["control_events"] for r in rows], [r["control_total"] for r in rows],
        measure=measure, studies=[r["study"] for r in rows], left_out=[pool.LeftOut(x.study, x.reason) for x in left],
    )  # fmt: skip
    loose = sum(1 for r in rows if not r["randomized"])
    notes = [
        f"{loose} of {len(rows)} trials are not said to be randomised: what their groups differ in besides the cells is not adjusted for."
    ]
    return Found(rows, {"comparison": pooled.to_dict()}, left_rows(left), notes if loose else ())


def _controlled(review: Review, outcome: str, choice: Choice) -> tuple[list[Row], list[Left]]:
    """One row a controlled trial with counts in both groups."""
    observed = review.by_trial(review.event_named(outcome))
    trials = {
        id: trial
        for id, trial in review.fitting(choice.condition, choice.cells, choice.route)
        if review.groups[id].controlled
    }
    found = {id: _both_arms(review, trial, observed.get(id, ())) for id, trial in trials.items()}
    shadowed = review.shadowed(trials, lambda id: not isinstance(found[id], str))
    rows, left = [], []
    for id, trial in trials.items():
        row = found[id]
        if trial["retracted"] or id in shadowed:
            left.append(Left(trial["name"], "retracted" if trial["retracted"] else "people of a preferred report"))
        elif isinstance(row, str):
            left.append(Left(trial["name"], row))
        else:
            rows.append(row)
    uncontrolled = "no control group"
    wanted = choice.condition, choice.cells, choice.route
    left += [Left(t["name"], uncontrolled) for id, t in review.fitting(*wanted) if id not in trials]
    return rows, [*left, *not_chosen(review, *wanted)]


def _both_arms(review: Review, trial: Row, observed: Sequence[Row]) -> Row | str:
    """The row of a trial from the first of its reports with counts in both groups, or why there is none."""
    reason = "no counts in both groups" if observed else "not mentioned: silence is no zero"
    for report in map(review.node, trial["reports"]):
        said = [o for o in observed if review.node(o["report"]) is report]
        row = _of_report(trial, report, said) if said else reason
        if not isinstance(row, str):
            return row
        reason = row
    return reason


def _of_report(trial: Row, report: Row, said: Sequence[Row]) -> Row | str:
    if report["retracted"] or not report["of_people"]:
        return "said in a retracted report, a review or a protocol only"
    general, limited = unlimited(report, said)
    mine = [o for o in general if o["arm"]]
    if any(o["groups_overlap"] for o in mine) or CROSSOVER in trial["design"]:
        return "groups of this record share people"
    counted = [o for o in mine if o["events"] is not None and o["total"] and o["unit"] in ("participants", None)]
    if any(o["events"] > o["total"] for o in counted):
        return "more events than people at risk"
    names = controls(trial["groups"])
    control = [o for o in counted if key(o["arm"]) in names]
    treated = [o for o in counted if key(o["arm"]) not in names]
    if len({o["arm"] for o in mine}) < len(mine):
        return "several counts of one group, and nothing says which is of all"
    if not (control and treated) or len(counted) < len(mine):
        return limited or "no counts in both groups"
    return {
        "study": trial["name"],
        "events": sum(o["events"] for o in treated), "total": sum(o["total"] for o in treated),
        "control_events": sum(o["events"] for o in control), "control_total": sum(o["total"] for o in control),
        "arms": [o["arm"] for o in treated], "control_arms": [o["arm"] for o in control],
        "randomized": "randomized" in trial["design"],
        "evidence": [e for o in (*treated, *control) for e in o["evidence"]],
    }  # fmt: skip


def sensitivity(
    review: Review,
    outcome: str = "serious",
    without: tuple[str, ...] = (),
    condition: str = "",
    cells: str = "",
    denials: bool = False,
    route: str = "",
) -> Found:
    """What happens to a pooled risk without case reports, without a trial, with overlapping reports, or by other methods?

    Without trials of high risk of bias where people's judgements are in the store; other trials can be named in `without`.
    """
    variants = {
        "as pooled": Choice(outcome, condition, cells, route, denials),
        "with overlapping reports": Choice(outcome, condition, cells, route, denials, overlaps=True),
        "with denials as zeros": Choice(outcome, condition, cells, route, True),
    }
    if without:
        variants[f"without {', '.join(without)}"] = Choice(outcome, condition, cells, route, denials, without)
    high, said = _of_high_risk(review)
    if high is not None:
        variants[WITHOUT_HIGH_RISK] = Choice(outcome, condition, cells, route, denials, tuple(sorted(high)))
    rows = []
    for name, choice in variants.items():
        found, _ = studies(review, choice)
        rows.append(_variant(name, found))
        if name == "as pooled":
            rows.append(_variant("without case reports", [s for s in found if not s.case_report]))
    main = _risk(review, variants["as pooled"])
    return Found(rows, main.pooled, main.left_out, [*main.notes, *said])


def _of_high_risk(review: Review) -> tuple[set[str] | None, list[str]]:
    """Trials that people judged to be of high overall risk of bias (None: nobody judged), and what a reader must know of it."""
    found = of_store(review.store)
    names = {str(trial["name"]) for _, trial in review.trials()}
    high, disagreed, judged = high_risk(a for a in found if a.study in names)
    if not judged:
        return None, ["Risk of bias: no overall judgement in the store; bring people's in with: trialspan bias import"]
    unjudged = sum(bool(t["of_people"]) and t["name"] not in judged for _, t in review.trials())
    notes = [
        f"Risk of bias: {len(judged)} trials have an overall judgement, {len(high)} of them high; {unjudged} are not judged."
    ]
    notes += [f"Risk of bias not agreed on, and kept: {one.shown()}" for one in disagreed if one.study not in high]
    return high, notes


def _variant(name: str, found: Sequence[Study]) -> Row:
    empty: Row = {
        "variant": name,
        "k": len(found),
        "events": None,
        "total": None,
        "mean": None,
        "mean_low": None,
        "mean_high": None,
        "estimate": None,
        "low": None,
        "high": None,
    }
    evidence = {"studies": [s.study for s in found], "evidence": [e for s in found for e in s.evidence]}
    if not found:
        return empty | evidence
    pooled = pool.pool_proportions([s.events for s in found], [s.total for s in found], sensitivity=False)
    names = ("k", "events", "total")
    mean = {"mean": pooled.mean.estimate, "mean_low": pooled.mean.low, "mean_high": pooled.mean.high}
    median = {n: getattr(pooled, n) for n in ("estimate", "low", "high")}
    return {"variant": name, **{n: getattr(pooled, n) for n in names}, **mean, **median, **evidence}


# ---------------------------------------------------------------- shared by the questions above


def _risk(review: Review, choice: Choice) -> Found:
    found, left = studies(review, choice)
    if not found:
        return Found([], None, left_rows(left), [NOTHING])
    return Found(as_rows(found), {"risk": pooled_risk(found, left)}, left_rows(left), summed_arms(found))


def summed_arms(found: Sequence[Study]) -> list[str]:
    """Which trials' arms were summed: several arms of a trial are one study."""
    several = [s for s in found if len(s.arms) > 1]
    said = "; ".join(f"{s.trial}: {', '.join(s.arms)}" for s in several[:MOST_NAMED])
    more = f"; and {len(several) - MOST_NAMED} more" if len(several) > MOST_NAMED else ""
    arms = sum(max(1, len(s.arms)) for s in found)
    trials = f"{len(found)} trial{'s' if len(found) > 1 else ''}"
    return (
        [f"{trials}, {arms} arms: the treated arms of a trial are one study, summed ({said}{more})."] if several else []
    )


def pooled_risk(found: Sequence[Study], left: Sequence[Left]) -> dict[str, Any]:
    """What :func:`extractor.pool.pool_proportions` says of these rows."""
    return pool.pool_proportions(
        [s.events for s in found], [s.total for s in found], studies=[s.study for s in found],
        case_reports=[s.case_report for s in found],
        left_out=[pool.LeftOut(x.study, x.reason) for x in left],
    ).to_dict()  # fmt: skip


def _by(review: Review, choice: Choice, name: str, group: Callable[[Row], str]) -> Found:
    """Subgroups of the trials that say which they are in."""
    found, left = studies(review, choice)
    groups = [group(characteristics_of(review, s)) for s in found]
    rows = [s.to_row() | {name: g or "not reported"} for s, g in zip(found, groups, strict=True)]
    known = [(s, g) for s, g in zip(found, groups, strict=True) if g]
    silent = [Left(s.study, f"{name} not reported") for s, g in zip(found, groups, strict=True) if not g]
    reasons = [*left, *silent]
    if not found:
        return Found(rows, None, left_rows(reasons), [NOTHING])
    try:
        subgroups = pool.compare_subgroups(
            [s.events for s, _ in known], [s.total for s, _ in known], [g for _, g in known],
            left_out=[pool.LeftOut(x.study, x.reason) for x in reasons],
        ).to_dict()  # fmt: skip
    except PoolError as error:
        return Found(
            rows, {"risk": pooled_risk(found, left)}, left_rows(reasons),
            [f"No comparison of groups: {error}.", *summed_arms(found)],
        )  # fmt: skip
    return Found(rows, {"subgroups": subgroups}, left_rows(reasons), summed_arms(found))
