"""Figures straight from a store: a question is asked, and its answer drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extractor.drawn import Figure
from extractor.errors import PlotError, PoolError
from extractor.graph import Answer, Review, ask
from extractor.graph.called import answer_called, called, row_called
from extractor.graph.studies import Choice, fits
from extractor.plots import bubble, dose, matrix
from extractor.plots.sheet import MARGIN, NOTE_SIZE, TITLE_SIZE, Sheet, broken, line_height
from extractor.pool import LeftOut, compare_subgroups, forest, pool_proportions, pool_two_arm
from extractor.pool.forest_layout import Lights

Row = Mapping[str, Any]
# Questions with a forest plot, and the column of their subgroups.
FORESTS: Mapping[str, str] = {
    "serious-risk": "", "event-risk": "", "risk-by-route": "route", "risk-by-source": "source", "risk-by-dose": "dosing",
    "controlled-risk": "",
}  # fmt: skip
IN_NO_GROUP = "pooled, not in the comparison of groups"
UNKNOWN = "not reported"
# A forest plot of more studies is no figure any more, nor one whose foot gives more names a reason, or more reasons.
MOST_STUDIES, MOST_NAMES, MOST_REASONS = 250, 20, 15
_WIDTH = 6.5  # inches, of a sheet with words only
OUTCOMES = {"serious": "Serious adverse events", "any": "Any adverse event", "death": "Deaths"}


def matrix_of(
    review: Review, *, condition: str = "", cells: str = "", route: str = "", serious: bool = False, title: str = ""
) -> Figure:
    """Events by trials, of the trials of people that fit the choice."""
    answer = ask(
        review, "never-reported", condition=condition, cells=cells, serious=serious, everything=True, route=route
    )
    choice = Choice("any", condition, cells, route)
    call = called(review)
    trials = [call(str(t["name"])) for _, t in review.trials() if t["of_people"] and fits(t, choice)]
    return matrix.figure(
        answer_called(answer, call).rows,
        trials,
        title=title or titled("Adverse events by trial", condition, cells, route),
    )


def dose_of(review: Review, *, condition: str = "", cells: str = "", route: str = "", title: str = "") -> Figure:
    """Doses by trial, of the trials of people that fit the choice."""
    call = called(review)
    rows = [row_called(r, call) for r in dose.doses(review, condition=condition, cells=cells, route=route)]
    return dose.figure(rows, title=title or titled("Doses by trial", condition, cells, route))


def bubble_of(
    review: Review, *, outcome: str = "serious", unit: str = "cells", condition: str = "", cells: str = "", denials: bool = False,
    force: bool = False, by: str = "dose", title: str = "", route: str = "",
) -> Figure:  # fmt: skip
    """Risk against the dose in ``unit``, or, by ``dosing``, with single and repeated dosing."""
    answer = ask(
        review,
        "risk-by-dose",
        outcome=outcome,
        unit=unit,
        condition=condition,
        cells=cells,
        denials=denials,
        force=force,
        route=route,
    )
    answer = answer_called(answer, called(review))
    pooled, what = answer.pooled or {}, OUTCOMES.get(outcome, outcome.capitalize())
    heading = title or titled(f"{what} by {by}", condition, cells, route)
    why = [n for n in answer.notes if ("dose" in n) == (by == "dose")]
    if by == "dose":
        return bubble.figure(
            answer.rows, regression=pooled.get("dose"), why_not=" ".join(why), unit=unit, title=heading
        )
    return bubble.dosing_figure(answer.rows, subgroups=pooled.get("subgroups"), why_not=" ".join(why), title=heading)


def titled(what: str, condition: str = "", cells: str = "", route: str = "") -> str:
    """A title that names the choice: ``Doses by trial: stroke, intrathecal``."""
    chosen = ", ".join(w for w in (condition, cells, route) if w)
    return f"{what}: {chosen}" if chosen else what


def forest_of(answer: Answer, *, title: str = "", lights: Lights | None = None) -> Figure:
    """The forest plot of an answer.

    Parameters
    ----------
    answer : Answer
        To one of :data:`FORESTS`; to ``event-risk`` of one event.
    title : str
        Above the plot.
    lights : Lights, optional
        Risk of bias, by the studies as the answer names them: :func:`extractor.plots.lights.lights_of`.

    Returns
    -------
    matplotlib Figure
        Words, where there is nothing that may be pooled, or one study only.

    Raises
    ------
    PlotError
        If the question has no forest plot, was asked of several events, or there are too many studies for one.
    """
    if answer.name not in FORESTS:
        raise PlotError(f"{answer.name} has no forest plot; legal: {', '.join(FORESTS)}")
    events = sorted({str(r["event"]) for r in answer.rows if "event" in r})
    if len(events) > 1:
        raise PlotError(f"a forest plot is of one event, and this answer of {len(events)}: {', '.join(events)}")
    if len(answer.rows) > MOST_STUDIES:
        raise PlotError(
            f"{len(answer.rows)} studies are too many for a forest plot ({MOST_STUDIES}); choose a condition, cells or a route"
        )
    drawn = {r["study"] for r in answer.rows}
    left = _left_out(
        [r if r["study"] not in drawn else {**r, "reason": f"{r['reason']}: {IN_NO_GROUP}"} for r in answer.left_out]
    )
    if not answer.rows:
        return _in_words(title, [*answer.notes, *(f"Left out: {one.study} ({one.reason})." for one in left)])
    if len(answer.rows) == 1:
        return _in_words(
            title, [_alone(answer.rows[0]), *answer.notes, *(f"Left out: {o.study} ({o.reason})." for o in left)]
        )
    if answer.name == "controlled-risk":
        return _two_arms(answer, left, title, lights)
    return _one_arm(answer.rows, FORESTS[answer.name], left, title, lights)


def _alone(row: Row) -> str:
    """The one study of an answer in words: nothing is pooled, so nothing is drawn."""
    counts = f"{row['events']} of {row['total']}"
    if row.get("control_total") is not None:
        counts += f", in the control group {row['control_events']} of {row['control_total']}"
    return f"One study, so that nothing is pooled: {row['study']}, {counts}."


def _left_out(rows: Sequence[Row]) -> list[LeftOut]:
    """What was left out, the studies of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        names = by_reason.setdefault(str(row["reason"]), [])
        if row["study"] not in names:
            names.append(str(row["study"]))
    ordered = sorted(by_reason.items(), key=lambda found: -len(found[1]))
    found = [LeftOut(_listed(names), reason) for reason, names in ordered[:MOST_REASONS]]
    more = sum(len(names) for _, names in ordered[MOST_REASONS:])
    return [*found, LeftOut(f"and {more} more", "other reasons; all with trialspan ask")] if more else found


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _one_arm(rows: Sequence[Row], by: str, left: Sequence[LeftOut], title: str, lights: Lights | None) -> Figure:
    ordered = sorted(rows, key=lambda r: (r[by] == UNKNOWN, r[by])) if by else list(rows)
    counts = [r["events"] for r in ordered], [r["total"] for r in ordered]
    result = pool_proportions(
        *counts, studies=[r["study"] for r in ordered], case_reports=[bool(r.get("case_report")) for r in ordered],
        left_out=left, sensitivity=False,
    )  # fmt: skip
    groups = [f"{r[by]}" if r[by] != UNKNOWN else f"{by} not reported" for r in ordered] if by else None
    known = [r for r in ordered if by and r[by] != UNKNOWN]
    subgroups = None
    try:
        if known:
            subgroups = compare_subgroups(
                [r["events"] for r in known], [r["total"] for r in known], [r[by] for r in known]
            )
    except PoolError:
        subgroups = None  # one group only: the headings stay, and there is no test
    return forest.figure(result, title=title, groups=groups, subgroups=subgroups, lights=lights)


def _two_arms(answer: Answer, left: Sequence[LeftOut], title: str, lights: Lights | None) -> Figure:
    pooled = (answer.pooled or {})["comparison"]
    columns = [[r[name] for r in answer.rows] for name in ("events", "total", "control_events", "control_total")]
    result = pool_two_arm(
        *columns, measure=pooled["measure"], studies=[r["study"] for r in answer.rows], left_out=left, sensitivity=False
    )
    return forest.figure(result, title=title, arms=("Cells", "Control"), lights=lights)


def _in_words(title: str, notes: Sequence[str]) -> Figure:
    lines = [line for note in notes for line in broken(note, _WIDTH - 2 * MARGIN, NOTE_SIZE)]
    heads = broken(title, _WIDTH - 2 * MARGIN, TITLE_SIZE, bold=True)
    top = MARGIN + line_height(TITLE_SIZE) * len(heads) + 0.1
    sheet = Sheet(_WIDTH, top + line_height(NOTE_SIZE) * len(lines) + MARGIN)
    sheet.lines(MARGIN, MARGIN + 0.06, heads, size=TITLE_SIZE, bold=True)
    sheet.lines(MARGIN, top, lines, size=NOTE_SIZE, name="note")
    return sheet.figure
