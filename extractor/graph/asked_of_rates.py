"""Questions beside one risk a trial: by organ class, for each administration, and by the dose within trials."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from extractor import pool
from extractor.errors import PoolError
from extractor.graph import nodes
from extractor.graph.answers import Found
from extractor.graph.counts import CROSSOVER, unlimited
from extractor.graph.nodes import Row
from extractor.graph.observations import NAMED
from extractor.graph.review import Review
from extractor.graph.studies import Choice, Left, Study, characteristics_of, counts_of, left_rows, not_chosen, studies
from extractor.link.control import controls, key
from extractor.terms import UNCLASSED, organ_class

NO_SUM = (
    "One person may have several events of a class, so no number of people of a class is known: at least those of the "
    "commonest event of each trial, at most the sum of all."
)
ADMINISTERED = "administrations"
SEVERAL_A_PERSON = (
    "Administrations of one person are no independent trials of chance: the interval is rather too narrow."
)
ONCE_EACH = "Where people with the event were counted, each is taken to have had it once: the rate is a lower bound."


def risk_by_class(review: Review, condition: str = "", cells: str = "", route: str = "") -> Found:
    """How many people had events of each organ class (CTCAE), by event, and between which bounds for the class?"""
    by_class: dict[str, list[tuple[str, Study]]] = {}
    chosen = {id for id, _ in review.fitting(condition, cells, route)}
    for event in review.named_events():
        name = review.node(event)["name"]
        for study in counts_of(review, event, chosen):
            by_class.setdefault(organ_class(event), []).append((name, study))
    rows = [row for organ in sorted(by_class, key=_last) for row in _of_class(organ, by_class[organ])]
    return Found(rows, None, left_rows(not_chosen(review, condition, cells, route)), [NO_SUM])


def _last(organ: str) -> tuple[bool, str]:
    return organ == UNCLASSED, organ


def _of_class(organ: str, found: Sequence[tuple[str, Study]]) -> list[Row]:
    """One row an event of the class, the commonest first, and one of the class with its bounds."""
    by_event: dict[str, list[Study]] = {}
    by_trial: dict[str, list[Study]] = {}
    for event, study in found:
        by_event.setdefault(event, []).append(study)
        by_trial.setdefault(study.trial, []).append(study)
    people = {trial: max(s.total for s in rows) for trial, rows in by_trial.items()}
    least = sum(max(s.events for s in rows) for rows in by_trial.values())
    most = sum(min(sum(s.events for s in rows), people[trial]) for trial, rows in by_trial.items())
    bounds = str(least) if least == most else f"{least} to {most}"
    whole = {
        "organ_class": organ, "event": "(any of the class)", "trials": len(by_trial), "events": bounds,
        "total": sum(people.values()), "evidence": [],
    }  # fmt: skip
    rows = [
        {
            "organ_class": organ, "event": event, "trials": len(rows), "events": str(sum(s.events for s in rows)),
            "total": sum(s.total for s in rows), "evidence": [e for s in rows for e in s.evidence],
        }
        for event, rows in by_event.items()
    ]  # fmt: skip
    return [whole, *sorted(rows, key=lambda row: (-int(str(row["events"])), str(row["event"])))]


def per_administration(
    review: Review,
    event: str = "headache",
    condition: str = "",
    cells: str = "",
    route: str = "",
    denials: bool = False,
) -> Found:
    """How often does an event follow an administration, such as headache a lumbar puncture?

    A count of administrations that the text gives ("12 of 111 injections"), else people with the event over people times
    the administrations that each was given, where that is one number.
    """
    stated, people = _stated(review, event), {}
    found, left = studies(review, Choice(event, condition, cells, route, denials))
    for study in found:
        people[study.trial] = study
    rows, reasons = [], [one for one in left if one.trial not in stated and one.study not in stated]
    chosen = {str(t["name"]) for _, t in review.fitting(condition, cells, route)}
    for trial in sorted((stated.keys() & chosen) | people.keys()):
        row = stated.get(trial) or _derived(review, people[trial])
        if isinstance(row, Left):
            reasons.append(row)
        else:
            rows.append({"study": trial, **row})
    if not rows:
        return Found([], None, left_rows(reasons), ["No trial gives events and a number of administrations."])
    pooled = pool.pool_proportions(
        [r["events"] for r in rows], [r["administrations"] for r in rows], studies=[r["study"] for r in rows],
        left_out=[pool.LeftOut(x.study, x.reason) for x in reasons],
    ).to_dict()  # fmt: skip
    notes = [SEVERAL_A_PERSON, *([ONCE_EACH] if any(r["counted"] != ADMINISTERED for r in rows) else [])]
    return Found(rows, {"risk per administration": pooled}, left_rows(reasons), notes)


def _stated(review: Review, event: str) -> dict[str, Row]:
    """Trials that count administrations themselves, in one number."""
    found = {}
    for id, said in review.by_trial(review.event_named(event)).items():
        trial = review.node(id)
        control = controls(trial["groups"])
        counts = [
            o for o in said
            if o["unit"] == ADMINISTERED and o["events"] is not None and o["total"] and o["events"] <= o["total"]
            and (o["arm"] is None or key(o["arm"]) not in control) and not review.node(o["report"])["retracted"]
        ]  # fmt: skip
        if len({(o["events"], o["total"]) for o in counts}) == 1 and trial["of_people"]:
            one = counts[0]
            found[str(trial["name"])] = {
                "events": one["events"], "administrations": one["total"], "counted": ADMINISTERED, "evidence": one["evidence"],
            }  # fmt: skip
    return found


def _derived(review: Review, study: Study) -> Row | Left:
    """People with the event over all administrations, where each was given the same number."""
    trial = characteristics_of(review, study)
    doses = {(d["low"], d["high"]) for d in _schedules(review, trial)}
    if len(doses) != 1:
        return Left(
            study.study, "how often each was given it is " + ("not reported" if not doses else "not one number")
        )
    low, high = doses.pop()
    if low is None or low != high:
        return Left(study.study, "how often each was given it is not one number")
    return {
        "events": study.events, "administrations": int(study.total * low), "counted": "people", "evidence": study.evidence,
    }  # fmt: skip


def _schedules(review: Review, trial: Row) -> list[Row]:
    """Schedules that the trial's arms were given."""
    arms = [b for b, _ in review.out(review.trial_named(trial["name"]), nodes.HAS_ARM)]
    given = [review.node(b) for arm in arms for b, _ in review.out(arm, nodes.AT_DOSE)]
    return [row for row in given if row["of"] == "administrations" and (row["low"] or row["high"])]


def dose_within_trials(
    review: Review, outcome: str = "serious", unit: str = "cells", condition: str = "", cells: str = "", route: str = ""
) -> Found:
    """Does the risk rise with the dose within trials, arms against arms of the same trial?

    The dose is log10 of an arm's highest one in `unit`. No trial is compared with another, so that what trials differ in
    cannot make a relation.
    """
    from extractor.pool.trend import Stratum, trend  # late: it brings scipy.stats, which no other question here needs

    observed = review.by_trial(review.event_named(outcome))
    strata, rows, left = [], [], []
    for id, trial in review.fitting(condition, cells, route):
        found = _arms_by_dose(review, id, trial, observed.get(id, ()), unit)
        if isinstance(found, str):
            left.append(Left(trial["name"], found))
            continue
        rows += found
        strata.append(
            Stratum(
                trial["name"], tuple(log10(r["dose"]) for r in found), tuple(r["events"] for r in found),
                tuple(r["total"] for r in found),
            )
        )  # fmt: skip
    reasons = left_rows([*left, *not_chosen(review, condition, cells, route)])
    try:
        tested = trend(strata)
    except PoolError as error:
        return Found(rows, None, reasons, [f"No test for trend: {error}."])
    return Found(rows, {f"tenfold dose in {unit}": {"trend": tested.to_dict()}}, reasons)


def _arms_by_dose(review: Review, id: str, trial: Row, observed: Sequence[Row], unit: str) -> list[Row] | str:
    """The treated arms of a trial with counts and doses, or why there are none."""
    if not observed:
        return "not mentioned: silence is no zero"
    if trial["retracted"] or CROSSOVER in trial["design"]:
        return "retracted" if trial["retracted"] else "groups of this report share people"
    control, doses = controls(trial["groups"]), _doses_of_arms(review, id, unit)
    for report in map(review.node, trial["reports"]):
        said = [o for o in observed if review.node(o["report"]) is report]
        general, _ = unlimited(report, said) if said else ((), "")
        mine = [o for o in general if o["arm"] and key(o["arm"]) not in control and o["scope"] is not None]
        if any(o["groups_overlap"] for o in mine) or len({o["arm"] for o in mine}) < len(mine):
            continue
        rows = [
            {
                "study": trial["name"], "arm": o["arm"], "dose": doses[key(o["arm"])], "unit": unit, "events": o["events"],
                "total": o["total"], "evidence": o["evidence"],
            }
            for o in mine
            if key(o["arm"]) in doses and o["events"] is not None and o["total"] and o["events"] <= o["total"]
            and (o["unit"] == "participants" or o["scope"] == NAMED)
        ]  # fmt: skip
        if len({row["dose"] for row in rows}) > 1 and len(rows) == len(mine):
            return sorted(rows, key=lambda row: (row["dose"], row["arm"]))
    return "no counts in several arms whose doses are given"


def _doses_of_arms(review: Review, id: str, unit: str) -> dict[str, float]:
    """The highest dose of each arm that is said of that arm itself."""
    found: dict[str, float] = {}
    for arm, _ in review.out(id, nodes.HAS_ARM):
        row = review.node(arm)
        given = [review.node(b) for b, _ in review.out(arm, nodes.AT_DOSE)]
        doses = [
            float(d["high"] or d["low"])
            for d in given
            if d["of"] == "dose" and d["unit"] == unit and (d["high"] or d["low"])
        ]
        if doses and not row["whole"]:
            found[key(row["name"])] = max(doses)
    return found
