"""``trialspan plot``: figures for print, straight from a store."""

from __future__ import annotations

import re
import warnings
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractor.commands.shared import StoreOption, open_store, output_to, say, wrong_usage
from extractor.errors import PlotError

if TYPE_CHECKING:
    from extractor.drawn import Figure
    from extractor.graph import Review

# The graph and the figures load SciPy and matplotlib: they are imported when run.


class Kind(StrEnum):
    """What can be drawn."""

    matrix = "matrix"
    dose = "dose"
    bubble = "bubble"
    forest = "forest"


class By(StrEnum):
    """What risks are drawn against."""

    dose = "dose"
    dosing = "dosing"


UNITS = ("cells", "cells/kg", "cells/ml", "cells/m2")  # of doses
GLYPH = re.compile(r"Glyph (\d+) .* missing from font")  # a warning of matplotlib
# Which options each figure takes, besides --store, --output, --title, --condition and --cells.
TAKEN: dict[Kind, frozenset[str]] = {
    Kind.matrix: frozenset({"route", "serious"}),
    Kind.dose: frozenset({"route"}),
    Kind.bubble: frozenset({"route", "outcome", "unit", "by", "denials", "force"}),
    Kind.forest: frozenset({"question", "outcome", "route", "measure", "denials"}),
}


def plot(
    kind: Annotated[Kind, typer.Argument(help="matrix, dose, bubble or forest.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Ends in .svg, .pdf or .png.")],
    store: StoreOption = None,
    condition: Annotated[str, typer.Option(help="Only trials whose condition has this in its name.")] = "",
    cells: Annotated[str, typer.Option(help="Only trials whose cells have this in their name.")] = "",
    route: Annotated[str, typer.Option(help="Only trials whose route has this in its name.")] = "",
    outcome: Annotated[str, typer.Option(help="any, serious, death or an event (default: serious).")] = "",
    question: Annotated[
        str, typer.Option(help="forest: serious-risk (the default), event-risk, risk-by-route, ...-source, ...-dose, controlled-risk.")
    ] = "",
    measure: Annotated[str, typer.Option(help="forest of controlled-risk: OR, RR, RD or 'Peto OR'.")] = "",
    unit: Annotated[str, typer.Option(help="bubble: cells (the default) or cells/kg; units are never mixed.")] = "",
    by: Annotated[By | None, typer.Option(help="bubble: dose, or dosing (single and repeated).")] = None,
    serious: Annotated[bool, typer.Option("--serious", help="matrix: events as serious ones.")] = False,
    denials: Annotated[bool, typer.Option("--denials", help="Count a denial of all events as a zero.")] = False,
    force: Annotated[bool, typer.Option("--force", help="bubble: a regression of fewer than ten studies.")] = False,
    title: Annotated[str, typer.Option(help="Above the plot.")] = "",
) -> None:  # fmt: skip
    """Draw a figure for print: events by trials, doses, risk against dose, or the forest plot of a question.

    Example: trialspan plot matrix --condition "amyotrophic lateral sclerosis" --store review.db -o matrix.svg

    Example: trialspan plot forest --question risk-by-route --outcome headache --store review.db -o forest.pdf

    Example: trialspan plot bubble --unit cells/kg --store review.db -o bubble.png
    """
    from extractor.graph import Review
    from extractor.plots.sheet import checked_suffix, rendered

    given = {
        "route": route, "outcome": outcome, "question": question, "measure": measure, "unit": unit, "by": by and by.value,
        "serious": serious, "denials": denials, "force": force,
    }  # fmt: skip
    chosen = {name: value for name, value in given.items() if value}
    if wrong := sorted(chosen.keys() - TAKEN[kind]):
        legal = ", ".join(f"--{n}" for n in sorted({"condition", "cells", *TAKEN[kind]}))
        raise wrong_usage(f"plot {kind} takes no --{wrong[0]}; legal: {legal}")
    if unit and unit not in UNITS:
        raise wrong_usage(f"--unit {unit}: legal: {', '.join(UNITS)}")
    try:
        suffix = checked_suffix(output)
        with open_store(store, included=True) as opened:
            figure = _figure(kind, Review(opened), condition, cells, title, chosen)
        with warnings.catch_warnings(record=True) as said:
            warnings.filterwarnings("always", message=GLYPH.pattern)
            drawn = rendered(figure, suffix)
    except PlotError as error:
        raise wrong_usage(str(error)) from error
    with output_to(output) as stream:
        stream.write(drawn)
    say(f"written: {output}", err=True)
    if lacking := sorted({chr(int(m[1])) for w in said if (m := GLYPH.match(str(w.message)))}):
        say(f"{output}: the font has no {' '.join(lacking)}, a box stands for it; an .svg keeps it as text", err=True)


def _figure(kind: Kind, review: Review, condition: str, cells: str, title: str, chosen: dict[str, Any]) -> Figure:
    from extractor.plots import answered

    if kind is Kind.forest:
        return _forest(review, condition, cells, title, chosen)
    common = {"condition": condition, "cells": cells, "title": title, **chosen}
    if kind is Kind.matrix:
        return answered.matrix_of(review, **common)
    return answered.dose_of(review, **common) if kind is Kind.dose else answered.bubble_of(review, **common)


def _forest(review: Review, condition: str, cells: str, title: str, chosen: dict[str, Any]) -> Figure:
    from extractor.graph import QUESTIONS, ask
    from extractor.graph.called import answer_called, called
    from extractor.plots import answered
    from extractor.plots.lights import lights_of
    from extractor.pool.two_arms import MEASURES

    question, outcome = chosen.pop("question", "serious-risk"), chosen.pop("outcome", "")
    if question not in answered.FORESTS:
        raise PlotError(f"--question {question} has no forest plot; legal: {', '.join(answered.FORESTS)}")
    if chosen.get("measure", "OR") not in MEASURES:
        raise PlotError(f"--measure {chosen['measure']}: legal: {', '.join(MEASURES)}")
    if question == "event-risk":
        if not outcome:
            raise PlotError("--question event-risk needs --outcome EVENT, such as headache")
        chosen |= {"events": (outcome,), "route": chosen.get("route", "")}
    elif question == "serious-risk":
        if outcome not in ("", "serious"):
            raise PlotError(f"--question serious-risk is of serious events; for {outcome}: --question event-risk")
    elif outcome:
        chosen["outcome"] = outcome
    arguments = {
        name: value
        for name, value in (chosen | {"condition": condition, "cells": cells}).items()
        if value or name == "route"
    }
    legal = QUESTIONS[question].parameters
    if wrong := sorted(arguments.keys() - legal.keys()):
        raise PlotError(f"--question {question} takes no --{wrong[0]}; legal: {', '.join(f'--{n}' for n in legal)}")
    what = answered.OUTCOMES.get(outcome or "serious", outcome.capitalize())
    heading = title or answered.titled(what, condition, cells, chosen.get("route", ""))
    call = called(review)
    found = answer_called(ask(review, question, **arguments), call)
    lights = lights_of(review.store, [str(row["study"]) for row in found.rows], call)
    return answered.forest_of(found, title=heading, lights=lights)
