"""Questions about adverse events and outcomes that need no model: deaths, zeros and silence, what may be pooled."""

from __future__ import annotations

from typing import Any

from extractor.graph import matrix, nodes
from extractor.graph.answers import NOT_EXTRACTED, Found
from extractor.graph.nodes import Row
from extractor.graph.observations import DEATH_ID, NAMED
from extractor.graph.review import Review
from extractor.graph.studies import Choice, Left, Study, fits, left_rows, studies
from extractor.model import as_text
from extractor.pool import intervals

SLOPE = "alsfrs"
OUTCOME_MODULE = "$.resultsSection.outcomeMeasuresModule.outcomeMeasures"


def related_deaths(review: Review, condition: str = "", cells: str = "", route: str = "") -> Found:
    """How many deaths were related to the treatment, out of how many people?

    Only trials that say whether deaths were related count; the bound is exact (one-sided 95 %).
    """
    by_trial = matrix.by_trial(review.observations(DEATH_ID))
    rows, left, events, total = [], [], 0, 0
    for id, trial in review.trials():
        if not trial["of_people"] or not fits(trial, Choice("death", condition, cells, route)):
            continue
        found = by_trial.get(id, [])
        related = _related(found)
        deaths = next((o["events"] for o in found if o["arm"] is None and o["events"] is not None), None)
        rival = review.rivals(id)
        if related is None or rival or not trial["n"]:
            left.append(
                Left(
                    trial["name"],
                    "no number of people" if related is not None and not rival else _why(found, rival is not None),
                )
            )
        else:
            events, total = events + related, total + trial["n"]
        if found:
            evidence = [e for o in found for e in o["evidence"]]
            rows.append(
                {
                    "trial": trial["name"],
                    "deaths": deaths,
                    "related": related,
                    "people": trial["n"],
                    "pooled": related is not None and not rival and bool(trial["n"]),
                    "evidence": evidence,
                }
            )
    if not total:
        return Found(rows, None, left_rows(left), ["No trial says whether its deaths were related to the treatment."])
    low, high = intervals.clopper_pearson(events, total)
    bound = intervals.one_sided_upper(events, total) if events == 0 else None
    pooled = {
        "events": events,
        "total": total,
        "low": low,
        "high": high,
        "one_sided_upper": bound,
        "method": "Clopper-Pearson on the sum",
    }
    return Found(rows, {"related deaths": pooled}, left_rows(left))


def _related(found: list[Row]) -> int | None:
    """Related deaths: those said to be; none where there was no death, or where all were said not to be."""
    said = [o for o in found if o["related"] is True and o["events"] is not None]
    if said:
        return int(max(o["events"] for o in said))
    whole = [o for o in found if o["related"] is None and o["events"] is not None]
    if any(o["events"] == 0 for o in whole):
        return 0
    unrelated = sum(o["events"] for o in found if o["related"] is False and o["events"] is not None)
    return 0 if whole and unrelated >= max(o["events"] for o in whole) else None


def _why(found: list[Row], rival: bool) -> str:
    if rival:
        return "people of a preferred report"
    return "does not say whether deaths were related" if found else "deaths not mentioned: silence is no zero"


def never_reported(
    review: Review, condition: str = "", cells: str = "", serious: bool = False, everything: bool = False
) -> Found:
    """Which adverse events were never reported to happen, and is that a reported zero or silence?

    One row an event that no trial of the choice had; with `everything`, the whole matrix of events by trials.
    """
    chosen = [(id, t) for id, t in review.trials() if t["of_people"] and fits(t, Choice("any", condition, cells))]
    denied, ids = matrix.denials(review), {id for id, _ in chosen}
    rows = []
    for event in review.of(nodes.EVENT):
        if review.node(event)["scope"] != NAMED:
            continue
        by_trial = matrix.by_trial(review.observations(event))
        if not everything and any(o["zero_basis"] is None for id in ids & by_trial.keys() for o in by_trial[id]):
            continue
        cells_of = {
            t["name"]: matrix.cell(review, t, by_trial.get(id, []), denied.get(id, []), serious=serious)
            for id, t in chosen
        }
        states = [c["state"] for c in cells_of.values()]
        if not everything and set(states) <= {"not_mentioned"}:
            continue
        rows.append({
            "event": review.node(event)["name"],
            "id": event,
            **{state: states.count(state) for state in matrix.ORDER},
            "trials": {name: {k: c[k] for k in ("state", "zero_basis", "events", "total")} for name, c in cells_of.items()},
            "evidence": [e for c in cells_of.values() if c["state"] not in ("not_mentioned", "denied") for e in c["evidence"]],
        })  # fmt: skip
    return Found(rows, notes=("An event that no report names at all is not in the store, and not in this table.",))


def slope(review: Review, outcome: str = SLOPE) -> Found:
    """What is the slope of an outcome such as ALSFRS-R in each trial?

    From registry results only; papers' outcomes are not extracted.
    """
    rows = []
    for _, trial in review.trials():
        found = [r for report in trial["reports"] for r in _measured(review, review.node(report), outcome)]
        for row in found or ([{"title": None, "value": NOT_EXTRACTED, "evidence": []}] if trial["of_people"] else []):
            rows.append({"trial": trial["name"], **row})
    notes = ("Outcomes of papers are not extracted; those of registry results are given as the registry states them.",)
    return Found(rows, notes=notes)


def _measured(review: Review, report: Row, outcome: str) -> list[Row]:
    wanted = [i for i, title in enumerate(report["outcomes"]) if outcome.lower() in title.lower()]
    if not wanted:
        return []
    document = review.store.record(report["document"]).document
    measures = (document.data or {})["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    return [row for i in wanted for row in _groups(document.id, measures[i], f"{OUTCOME_MODULE}[{i}]")]


def _groups(document: str, measure: dict[str, Any], path: str) -> list[Row]:
    names = {g.get("id"): g.get("title") for g in measure.get("groups") or ()}
    rows = []
    for c, one in enumerate(measure.get("classes") or ()):
        for k, category in enumerate(one.get("categories") or ()):
            for m, found in enumerate(category.get("measurements") or ()):
                at = f"{path}.classes[{c}].categories[{k}].measurements[{m}].value"
                rows.append({
                    "title": measure.get("title"), "window": measure.get("timeFrame"), "group": names.get(found.get("groupId")),
                    "value": found.get("value"), "statistic": measure.get("paramType"), "spread": found.get("spread"),
                    "unit": measure.get("unitOfMeasure"), "report": document,
                    "evidence": [{"document": document, "part": "json", "path": at, "quote": as_text(found.get("value"))}],
                })  # fmt: skip
    return rows


def poolable(
    review: Review, outcome: str = "serious", months: float = 6, within: float = 1, condition: str = "", cells: str = "", route: str = "",
    trials: tuple[str, ...] = (),
) -> Found:  # fmt: skip
    """Which trials may be pooled for an outcome at about this follow-up, and which rule does each of the others fail?

    Outcomes are adverse events; those of efficacy are not extracted.
    """
    choice = Choice(outcome, condition, cells, route, overlaps=True)
    found, left = studies(review, choice)
    wanted = {review.trial_named(t) for t in trials}
    rows_of: dict[str, list[Study]] = {}
    for study in found:
        rows_of.setdefault(study.trial, []).append(study)
    reasons = {one.trial: one.reason for one in reversed(left)}
    rows = [
        _rules(
            review, id, trial, choice, rows_of.get(trial["name"], []), reasons.get(trial["name"], ""), (months, within)
        )
        for id, trial in review.trials()
        if trial["of_people"] and (not wanted or id in wanted)
    ]
    notes = ["Of the follow-up the longest is taken; outcomes of efficacy are not extracted."]
    known = review.event_named(outcome) in review.graph
    return Found(rows, notes=notes if known else [f"{outcome}: {NOT_EXTRACTED} in any report of this store.", *notes])


def _rules(
    review: Review, id: str, trial: Row, choice: Choice, found: list[Study], reason: str, window: tuple[float, float]
) -> Row:
    months = trial["follow_up_months"]
    rival = review.rivals(id)
    name = trial["name"]
    rules = {
        "chosen": (fits(trial, choice), "another condition, cells or route"),
        "not_retracted": (not trial["retracted"], "retracted"),
        "own_people": (rival is None, f"people of {review.node(rival[0])['document']}" if rival else ""),
        "counted": (bool(found), reason or "not counted"),
        "follow_up": (
            months is not None and abs(months - window[0]) <= window[1],
            "follow-up not reported" if months is None else f"follow-up is {months:g} months",
        ),
    }
    failed = [f"{rule}: {why}" for rule, (met, why) in rules.items() if not met]
    return {
        "trial": name, "poolable": not failed, "fails": "; ".join(failed), "follow_up_months": months,
        **{rule: met for rule, (met, _) in rules.items()},
        "evidence": [e for s in found for e in s.evidence],
    }  # fmt: skip
