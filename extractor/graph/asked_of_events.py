"""Questions about adverse events and outcomes that need no model: deaths, zeros and silence, what may be pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from extractor.graph import matrix, nodes
from extractor.graph.answers import NOT_EXTRACTED, Found
from extractor.graph.counts import Counted
from extractor.graph.matrix import Cell
from extractor.graph.nodes import Row
from extractor.graph.observations import DEATH_ID, NAMED, NOT_MENTIONED
from extractor.graph.review import Review
from extractor.graph.studies import Choice, judged, left_rows, not_chosen, preferred_to
from extractor.link.control import controls, key
from extractor.model import JSON_PART, as_text

SLOPE = "alsfrs"
OUTCOME_MODULE = "$.resultsSection.outcomeMeasuresModule.outcomeMeasures"


def related_deaths(review: Review, condition: str = "", cells: str = "", route: str = "") -> Found:
    """How many deaths were related to the treatment, out of how many people?

    Only trials that say whether deaths were related count; the bound is exact (one-sided 95 %).
    """
    observed = review.by_trial(DEATH_ID)
    rows, left, events, total = [], [], 0, 0
    chosen = review.fitting(condition, cells, route)
    shadowed = review.shadowed(
        (id for id, _ in chosen), lambda id: _related(observed.get(id, ()), review.node(id)["groups"]) is not None
    )
    for id, trial in chosen:
        found = observed.get(id, ())
        related, people = _related(found, trial["groups"]), review.groups[id].treated
        reason = _why_no_deaths(trial, found, related, people, id in shadowed)
        if reason:
            left.append({"study": trial["name"], "reason": reason})
        elif related is not None and people is not None:
            events, total = events + related, total + people
        if found:
            rows.append({
                "trial": trial["name"],
                "deaths": next((o["events"] for o in found if o["arm"] is None and o["events"] is not None), None),
                "related": related,
                "people": people,
                "pooled": not reason,
                "evidence": [e for o in found for e in o["evidence"]],
            })  # fmt: skip
    left += left_rows(not_chosen(review, condition, cells, route))
    if not total:
        return Found(rows, None, left, ["No trial says whether its deaths were related to the treatment."])
    from extractor.pool import intervals

    low, high = intervals.clopper_pearson(events, total)
    bound = intervals.one_sided_upper(events, total) if events == 0 else None
    pooled = {
        "events": events,
        "total": total,
        "low": low,
        "high": high,
        "one_sided_upper": bound,
        "method": "Clopper-Pearson on the sum: one risk for all trials, no spread between them",
    }
    return Found(
        rows,
        {"related deaths": pooled},
        left,
        ["People are those of treated groups, where a trial has a control group."],
    )


def _related(found: Sequence[Row], groups: Sequence[str]) -> int | None:
    """Related deaths: those said to be; none where no one died in all, or where all deaths were said not to be."""
    if not found:
        return None
    control = controls(groups)
    numbers = [o for o in found if o["events"] is not None and not (o["arm"] and key(o["arm"]) in control)]
    numbers = [o for o in numbers if o["events"] or not (o["limit"] or o["excepting"])]
    related = _most(o for o in numbers if o["related"] is True)
    if related is not None:
        return related
    whole = [int(o["events"]) for o in numbers if o["related"] is None and o["arm"] is None]
    unrelated = _most(o for o in numbers if o["related"] is False) or 0
    return 0 if whole and unrelated >= max(whole) else None


def _most(found: Iterable[Row]) -> int | None:
    """The most deaths that one report gives: its number of all, else the sum over its treated groups."""
    whole: dict[str, int] = {}
    parts: dict[str, int] = {}
    for one in found:
        if one["arm"] is None:
            whole[one["report"]] = max(whole.get(one["report"], 0), one["events"])
        else:
            parts[one["report"]] = parts.get(one["report"], 0) + one["events"]
    return max((parts | whole).values(), default=None)


def _why_no_deaths(trial: Row, found: Sequence[Row], related: int | None, people: int | None, rival: bool) -> str:
    """Why a trial's deaths are not among those that are summed; empty where they are."""
    if trial["retracted"]:
        return "retracted"
    if rival:
        return "people of a preferred report"
    if related is None:
        return "does not say whether deaths were related" if found else "deaths not mentioned: silence is no zero"
    if people is None:
        return "no number of treated people"
    return "" if related <= people else "more deaths than people"


def never_reported(
    review: Review,
    condition: str = "",
    cells: str = "",
    serious: bool = False,
    everything: bool = False,
    route: str = "",
) -> Found:
    """Which adverse events were never reported to happen, and is that a reported zero or silence?

    One row an event that no trial of the choice had; with `everything`, the whole matrix of events by trials. How many
    trials do not mention an event is counted; ``trials`` names only those that say something of it.
    """
    chosen = dict(review.fitting(condition, cells, route))
    unmentioned = {id: cell for id, cell in matrix.unmentioned(review, serious=serious).items() if id in chosen}
    rows = []
    for event in review.of(nodes.EVENT):
        observed = review.by_trial(event)
        if review.node(event)["scope"] != NAMED or not (everything or _never(observed, chosen)):
            continue
        mentioned = {id: matrix.mentioned(found) for id, found in observed.items() if id in chosen}
        if everything or mentioned or unmentioned:
            rows.append(_of_event(review, event, chosen, unmentioned | mentioned))
    left = left_rows(not_chosen(review, condition, cells, route))
    return Found(
        rows, None, left, ("An event that no report names at all is not in the store, and not in this table.",)
    )


def _never(observed: Mapping[str, Sequence[Row]], chosen: Container[str]) -> bool:
    """Whether none of the chosen trials had the event."""
    return all(o["zero_basis"] is not None for id, found in observed.items() if id in chosen for o in found)


def _of_event(review: Review, event: str, chosen: Mapping[str, Row], cells_of: Mapping[str, Cell]) -> Row:
    """One row of the matrix; `cells_of` has the trials that say something of the event."""
    states = Counter(cell.state for cell in cells_of.values())
    states[NOT_MENTIONED] = len(chosen) - len(cells_of)
    ordered = [(id, cells_of[id]) for id in sorted(cells_of)]
    return {
        "event": review.node(event)["name"],
        "id": event,
        **{state: states[state] for state in matrix.ORDER},
        "trials": {chosen[id]["name"]: cell.said for id, cell in ordered},
        "evidence": [e for _, cell in ordered if cell.state != matrix.DENIED_ONLY for e in cell.evidence],
    }


def slope(review: Review, outcome: str = SLOPE) -> Found:
    """What is the slope of an outcome such as ALSFRS-R in each trial?

    From registry results only; papers' outcomes are not extracted.
    """
    wanted = [
        (trial["name"], report["document"], places)
        for trial, report in review.registry_records
        if (places := [i for i, title in enumerate(report["outcomes"]) if outcome.lower() in title.lower()])
    ]
    data = review.store.data([document for _, document, _ in wanted])
    measured: dict[str, list[Row]] = {}
    for name, document, places in wanted:
        measured.setdefault(name, []).extend(_measured(document, data[document], places))
    rows = []
    for _, trial in review.trials():
        if found := measured.get(trial["name"]):
            rows += [{"trial": trial["name"], **row} for row in found]
        elif trial["of_people"]:
            rows.append({"trial": trial["name"], "title": None, "value": NOT_EXTRACTED, "evidence": []})
    notes = ("Outcomes of papers are not extracted; those of registry results are given as the registry states them.",)
    return Found(rows, notes=notes)


def _measured(document: str, data: dict[str, Any], places: Sequence[int]) -> list[Row]:
    measures = data["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    return [row for i in places for row in _groups(document, measures[i], f"{OUTCOME_MODULE}[{i}]")]


def _groups(document: str, measure: dict[str, Any], path: str) -> list[Row]:
    """One row a measurement; one without a value is cited as a whole."""
    names = {g.get("id"): g.get("title") for g in measure.get("groups") or ()}
    rows = []
    for c, one in enumerate(measure.get("classes") or ()):
        for k, category in enumerate(one.get("categories") or ()):
            for m, found in enumerate(category.get("measurements") or ()):
                at, said = f"{path}.classes[{c}].categories[{k}].measurements[{m}]", found
                if "value" in found:
                    at, said = f"{at}.value", found["value"]
                rows.append({
                    "title": measure.get("title"), "window": measure.get("timeFrame"), "class": one.get("title"),
                    "category": category.get("title"), "group": names.get(found.get("groupId")),
                    "value": found.get("value"), "statistic": measure.get("paramType"), "spread": found.get("spread"),
                    "unit": measure.get("unitOfMeasure"), "report": document,
                    "evidence": [{"document": document, "part": JSON_PART, "path": at, "quote": as_text(said)}],
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
    shadowed = preferred_to(review, choice)
    wanted = {review.trial_named(t) for t in trials}
    rows = [
        _rules(review, trial, one, shadowed.get(id), (months, within))
        for id, trial, one in _with_others(review, choice)
        if not wanted or id in wanted
    ]
    notes = ["Of the follow-up the longest is taken; outcomes of efficacy are not extracted."]
    known = review.event_named(outcome) in review.graph
    return Found(rows, notes=notes if known else [f"{outcome}: {NOT_EXTRACTED} in any report of this store.", *notes])


def _with_others(review: Review, choice: Choice) -> Iterator[tuple[str, Row, Counted | None]]:
    """All trials of people in their order, each with what it gives; None for those that are not of the choice."""
    if not (choice.condition or choice.cells or choice.route):
        yield from judged(review, choice)
        return
    found = {id: one for id, _, one in judged(review, choice)}
    for id, trial in review.fitting():
        yield id, trial, found.get(id)


def _rules(
    review: Review, trial: Row, found: Counted | None, rival: tuple[str, str] | None, window: tuple[float, float]
) -> Row:
    """The rules that a trial meets; `found` is what it gives, None where it is not one of those asked for."""
    months = trial["follow_up_months"]
    rows = found.rows if found else ()
    in_time = months is not None and abs(months - window[0]) <= window[1]
    failed = []
    if found is None:
        failed.append("chosen: another condition, cells or route")
    if trial["retracted"]:
        failed.append("not_retracted: retracted")
    if rival:
        failed.append(f"own_people: people of {review.node(rival[0])['document']}")
    if not rows:
        failed.append(f"counted: {found.left[0].reason if found and found.left else 'not counted'}")
    if not in_time:
        failed.append(f"follow_up: {'follow-up not reported' if months is None else f'follow-up is {months:g} months'}")
    return {
        "trial": trial["name"],
        "poolable": not failed,
        "fails": "; ".join(failed),
        "follow_up_months": months,
        "chosen": found is not None,
        "not_retracted": not trial["retracted"],
        "own_people": rival is None,
        "counted": bool(rows),
        "follow_up": in_time,
        "evidence": rows[0].evidence if len(rows) == 1 else [e for s in rows for e in s.evidence],
    }
