"""``trialspan pool`` and ``trialspan pool-simulate``: meta-analysis of a table of counts, and how well its intervals hold."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import Format, OutputOption, format_of, output_to, say, whole_file, wrong_usage
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.shown import NOTHING_LEFT, percent, points

if TYPE_CHECKING:
    from extractor.pool import CountsTable, PooledComparison, PooledProportion, Subgroups

# The statistics load SciPy and matplotlib, a second's work: they are imported by the commands that need them, when run.

_COLUMNS = ("measure", "method", "k", "events", "total", "estimate", "low", "high", "tau2", "p_value", "note")

SCREEN_COLUMNS = (
    Column("measure"),
    Column("method"),
    Column("k", right=True),
    Column("estimate", right=True),
    Column("95 %", right=True),
    Column("tau2", rank=1, right=True),
    Column("note", rank=2, least=24),
)


class PoolFormat(StrEnum):
    """How a pooled result is printed."""

    table = "table"
    json = "json"
    csv = "csv"


def pool(
    counts: Annotated[
        Path | None,
        typer.Option("--from", metavar="CSV", help="study, events, total; or study, events1, total1, events2, total2."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(metavar="PATH|URL", help="In place of a table: trials of a store, those that were screened in."),
    ] = None,
    outcome: Annotated[str, typer.Option(help="Of a store: any, serious, death or the name of an event.")] = "serious",
    condition: Annotated[str, typer.Option(help="Of a store: only trials whose condition has this in its name.")] = "",
    cells: Annotated[str, typer.Option(help="Of a store: only trials whose cells have this in their name.")] = "",
    route: Annotated[str, typer.Option(help="Of a store: only trials whose route has this in its name.")] = "",
    form: Annotated[
        PoolFormat | None,
        typer.Option("--format", help="table, json or csv (default: by the suffix of -o, else table)."),
    ] = None,
    output: OutputOption = None,
    measure: Annotated[str, typer.Option(help="Two arms: OR, RR, RD or 'Peto OR'; all are listed.")] = "OR",
    rule: Annotated[str, typer.Option(help="Prediction interval: t(k-1) or t(k-2).")] = "t(k-1)",
    by: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="One arm: subgroups by this column of the table.")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="One arm: meta-regression on this column; may be repeated."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Meta-regression with fewer than 10 studies a column.")
    ] = False,
    small_study: Annotated[
        bool, typer.Option("--small-study", help="Test whether small studies differ (10 studies or more).")
    ] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw a forest plot: .svg, .pdf or .png.")] = None,
    title: Annotated[str, typer.Option(help="Title of the plot.")] = "",
    arms: Annotated[tuple[str, str], typer.Option(metavar="NAME NAME", help="Names of the two arms in the plot.")] = (
        "Arm 1",
        "Arm 2",
    ),
    to_r: Annotated[
        Path | None, typer.Option("--metafor", metavar="FOLDER", help="Write a CSV and an R script that reruns this.")
    ] = None,
) -> None:
    """Pool rare events of one arm, or compare two, from a table of counts; or the treated arms of a store's trials.

    Example: trialspan pool --from counts.csv --format json --plot forest.svg

    Example: trialspan pool --store review.db --outcome headache --by route
    """
    from extractor.pool import compare_subgroups, forest, metafor, pool_table, read_counts
    from extractor.pool.forest_layout import SUFFIXES
    from extractor.pool.proportions import PREDICTION_RULES
    from extractor.pool.two_arms import MEASURES

    if measure not in MEASURES:
        raise wrong_usage(f"--measure {measure}: there are: {', '.join(MEASURES)}")
    if rule not in PREDICTION_RULES:
        raise wrong_usage(f"--rule {rule}: there are: {', '.join(PREDICTION_RULES)}")
    if plot is not None and plot.suffix.lower() not in SUFFIXES:
        raise wrong_usage(f"--plot {plot}: the suffix must be one of {', '.join(SUFFIXES)}")
    if (counts is None) == (store is None):
        raise wrong_usage("pool takes a table of counts (--from) or a store (--store), one of them")
    table = read_counts(counts) if counts else _of_store(str(store), outcome, condition, cells, route)
    groups = _groups(table, by)
    found = pool_table(table, measure=measure, prediction_rule=rule)
    subgroups = compare_subgroups(table.events[0], table.totals[0], groups) if groups else None
    further = _further(table, [name.strip().lower() for name in on or ()], force, small_study)
    chosen = format_of(form, output, PoolFormat.table)
    if chosen is PoolFormat.table and output is None:
        _print(found, subgroups)
        for line in _further_lines(further):
            say(line)
    else:
        with output_to(output, filter(None, (counts,))) as stream:
            stream.write(_text(found, subgroups, chosen, further).encode())
        if chosen is PoolFormat.csv:  # which has no place for them
            for line in [*_cautions(found.to_dict(), subgroups), *_further_lines(further)]:
                say(line, err=True)
    if plot is not None:
        with whole_file(plot) as drawn:
            forest.draw(found, drawn, title=title, groups=groups, subgroups=subgroups, arms=arms)
    if to_r is not None:
        metafor.write(table, to_r)


def pool_simulate(
    replicates: Annotated[
        int | None, typer.Option(min=1, help="Meta-analyses simulated for each of the 12 designs (default: 2000).")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same table (default: that of the docs).")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="table (Markdown) or json.")] = Format.table,
    output: OutputOption = None,
) -> None:
    """Measure how often the default 95 % interval holds the truth; some ten minutes at 2,000 replicates. Exit code 1 below the goals.

    Example: trialspan pool-simulate --replicates 200
    """
    from extractor.pool import simulate

    rows = simulate.run(replicates or simulate.REPLICATES, seed=simulate.SEED if seed is None else seed)
    summary = simulate.summary(rows)
    text = (
        simulate.as_markdown(rows)
        if form is Format.table
        else json.dumps({"designs": simulate.as_dicts(rows), **summary}, indent=1) + "\n"
    )
    with output_to(output) as stream:
        stream.write(text.encode())
    if not summary["met"]:
        raise typer.Exit(1)


def _groups(table: CountsTable, by: str | None) -> tuple[str, ...] | None:
    if by is None:
        return None
    if table.arms != 1:
        raise wrong_usage("--by: subgroups are for tables of one arm")
    column = by.strip().lower()
    if column not in table.extra:
        raise wrong_usage(
            f"--by {by}: no such column; the table has: {', '.join(table.extra) or 'none beside the counts'}"
        )
    return tuple(value or "not given" for value in table.extra[column])


def _of_store(store: str, outcome: str, condition: str, cells: str, route: str) -> CountsTable:
    """The studies that ``ask`` pools, with columns to compare them by."""
    from extractor.commands.shared import open_store
    from extractor.graph import Review
    from extractor.graph.called import called
    from extractor.graph.studies import Choice, characteristics_of, studies
    from extractor.pool import CountsTable, LeftOut

    with open_store(store, included=True) as opened:
        review = Review(opened)
        found, left = studies(review, Choice(outcome, condition, cells, route))
        trials = [characteristics_of(review, one) for one in found]
        call = called(review)
    extra = {
        "route": tuple(" + ".join(t["routes"]) for t in trials),
        "source": tuple(" + ".join(t["sources"]) for t in trials),
        "cells": tuple(" + ".join(t["cell_types"]) for t in trials),
        "follow_up_months": tuple(str(t["follow_up_months"] or "") for t in trials),
        "administrations": tuple(str(t["administrations"] or "") for t in trials),
        "case_report": tuple("yes" if s.case_report else "no" for s in found),
    }
    return CountsTable(
        tuple(call(s.study) for s in found), (tuple(s.events for s in found),), (tuple(s.total for s in found),), extra,
        tuple(LeftOut(call(x.study), x.reason) for x in left),
    )  # fmt: skip


def _further(table: CountsTable, on: list[str], force: bool, small_study: bool) -> dict[str, Any]:
    """Meta-regression and tests of small-study effects, where they were asked for."""
    from extractor.pool.further import regressed, small_study_tests

    found: dict[str, Any] = {}
    if on:
        found["regression"] = regressed(table, on, force=force).to_dict()
    if small_study:
        found["small_study"] = small_study_tests(table)
    return found


def _further_lines(found: dict[str, Any]) -> list[str]:
    lines = []
    if regression := found.get("regression"):
        lines.append(f"Meta-regression, {regression['method']}, {regression['k']} studies; log odds:")
        lines += [
            f"  {c['name']}: {c['estimate']:.3g} (95 % {c['low']:.3g} to {c['high']:.3g}), p = {c['p_value']:.3g}"
            for c in regression["coefficients"]
        ]
        lines += [f"{note['code']}: {note['message']}" for note in regression["warnings"]]
        lines += [f"left out of the regression: {row['study']} ({row['reason']})" for row in regression["left_out"]]
    for row in found.get("small_study", ()):
        said = row["note"] or f"t = {row['statistic']:.3g}, df {row['df']}, p = {row['p_value']:.3g}"
        lines.append(f"Small-study effects, {row['test']}: {said}")
    return lines


def _text(
    found: PooledProportion | PooledComparison, subgroups: Subgroups | None, form: PoolFormat, further: dict[str, Any]
) -> str:
    record = found.to_dict() | ({"subgroups": subgroups.to_dict()} if subgroups else {}) | further
    if form is PoolFormat.json:
        return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    out = io.StringIO()
    writer = csv.DictWriter(
        out, [name for name in _COLUMNS if any(name in row for row in _rows(record))], extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(_rows(record))
    return out.getvalue()


def _rows(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The main answer first, then every other: one line each."""
    groups = record.get("subgroups", {}).get("groups", [])
    named = [group | {"method": f"{group['group']}: {group['method']}", "note": ""} for group in groups]
    return [*record.get("measures", []), *record["sensitivity"], *named]


def _print(found: PooledProportion | PooledComparison, subgroups: Subgroups | None) -> None:
    record = found.to_dict() | ({"subgroups": subgroups.to_dict()} if subgroups else {})
    rows = []
    for row in _rows(record):
        said = SAID.get(row.get("measure", "risk"), _number)
        interval = f"{said(row['low'])} to {said(row['high'])}"
        cells = (
            row.get("measure", "risk, %") + (", %" if row.get("measure") == "RD" else ""), row["method"], str(row["k"]),
            said(row["estimate"]), interval, _number(row.get("tau2")), row.get("note", ""),
        )  # fmt: skip
        rows.append(cells)
    print_table(console_for(), ScreenTable(SCREEN_COLUMNS, rows, _headline(record)))
    for line in _about(record):
        say(line)
    for line in _cautions(record, subgroups):
        say(line)


def _cautions(record: dict[str, Any], subgroups: Subgroups | None) -> list[str]:
    """What to beware of, and what was left out."""
    notes = [*record["warnings"], *(subgroups.to_dict()["warnings"] if subgroups else ())]
    lines = [f"{note['code']}: {note['message']}" for note in notes]
    return [*lines, *(f"left out: {row['study']} ({row['reason']})" for row in record["left_out"])]


def _about(record: dict[str, Any]) -> list[str]:
    """What the estimate is, how much studies differ, and the test between groups."""
    lines = []
    if record.get("mean") is not None and record["k"] > 1 and record["tau2"] is not None:
        lines.append("The first line is the mean of the studies' risks; the second is the risk of the median study.")
    heterogeneity = record.get("heterogeneity", {})
    if heterogeneity.get("tau2") is not None:
        low, high = _number(heterogeneity["tau2_low"]), _number(heterogeneity["tau2_high"])
        test = f"likelihood-ratio p = {heterogeneity['q_p']:.3g}, I2 {heterogeneity['i2']:.0f} %"
        bounds = f"95 % {low} to {'no bound' if heterogeneity['tau2_high'] is None else high}"
        lines.append(
            f"tau2 {_number(heterogeneity['tau2'])} ({bounds}, profile likelihood), {test}. {heterogeneity['note']}"
        )
    if "double_zero" in record and record["k"] > 1 and record["q_p"] is not None:
        test = f"Q p = {record['q_p']:.3g}, I2 {record['i2']:.0f} %"
        lines.append(f"{record['method']} takes one effect for all studies ({record['measure']}: {test}).")
    groups = record.get("subgroups")
    if groups and groups["q_p"] is not None:
        lines.append(f"Between groups: Wald Q {groups['q_between']:.3g}, df {groups['q_df']}, p = {groups['q_p']:.3g}.")
    return lines


def _headline(record: dict[str, Any]) -> str:
    if "double_zero" in record:
        return f"{record['k']} studies, {record['double_zero']} of them without any event"
    prediction = record["prediction"]
    given = (
        f"{percent(prediction['low'])} to {percent(prediction['high'])} %, " if prediction["low"] is not None else ""
    )
    few = any(note["code"] == "few_studies_mostly_zero" for note in record["warnings"])
    silent = f"only {record['k']} studies, {record['zero_studies']} of them without an event: " if few else ""
    mean = record["mean"]
    risk = f"{percent(mean['estimate'])} %, 95 % {percent(mean['low'])} to {percent(mean['high'])} %"
    what = "mean risk " if record["k"] > 1 and record["tau2"] is not None else ""
    crude = f"{record['events']} of {record['total']} ({percent(record['crude'])} %) in {record['k']} studies"
    return f"{silent}{what}{risk}; {crude}; prediction interval {given}{prediction['rule']}"


def _number(value: float | None) -> str:
    """Three digits; what is as good as nothing is 0."""
    return "–" if value is None else f"{value if abs(value) > NOTHING_LEFT else 0.0:.3g}"


SAID = {"risk": percent, "RD": points}  # how the figures of a measure are worded; ratios as numbers
