"""``trialspan evaluate``: the pipeline against a gold set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import Format, output_to, say, settings_or_exit, wrong_usage
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.engine import Run, run
from extractor.errors import SettingsError
from extractor.evaluate.articles import documents_of, with_text
from extractor.evaluate.figures import Evaluation, evaluate
from extractor.evaluate.keys import scored_fields
from extractor.evaluate.page import in_context, page
from extractor.evaluate.reliability import Judged, budget_held, calibration_error, cross_fitted, fit
from extractor.evaluate.scorer import load_gold
from extractor.evaluate.tables import Cells, load_cells, score_cells
from extractor.files import read_text


def evaluate_command(
    gold: Annotated[Path, typer.Argument(help="Folder of gold documents (*.json).")],
    only: Annotated[str | None, typer.Option(help="Subfolders, comma-separated: als,other.")] = None,
    errors: Annotated[
        str | None, typer.Option(metavar="FIELD", help="List misses and false alarms of a field, or of all.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the report with all errors and the reliability diagram here.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Recorded figures (JSON); exit 1 on a drop below their interval.")
    ] = None,
    calibrate: Annotated[Path | None, typer.Option(help="Write the table of measured confidences here.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes to run on.")] = 1,
    output: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Score extraction against a gold set: precision, recall, F1 with intervals, a row a field.

    Example: trialspan evaluate corpora/als_msc --errors dose --html report.html
    """
    if errors is not None and errors not in (*scored_fields(), "all"):
        raise wrong_usage(f"--errors {errors}: no such field; there are: all, {', '.join(scored_fields())}")
    try:
        entries = with_text(load_gold(gold, only), gold) if gold.is_dir() else []
        tables = with_text(load_cells(gold), gold) if gold.is_dir() else []
    except ValueError as error:
        raise wrong_usage(f"{gold}: a JSON file there is no gold document and cannot be read ({error})") from error
    recorded = _recorded(baseline) if baseline else {}
    if not entries and not tables:
        raise wrong_usage(
            f"{gold}: no gold documents there (a folder of JSON files with id, gold, and the text or the article beside it)"
        )
    report = Run()
    settings = replace(settings_or_exit(), processes=processes)
    both = list({e["id"]: e for e in [*entries, *tables]}.values())
    documents = list(documents_of(both, gold, settings, report.fail))
    records = {r.document.id: r.to_dict() for r in run(documents, settings, report)}
    if tables:
        _print_cells(score_cells(tables, records), output, errors)
    if not entries:
        raise typer.Exit(1 if report.failed else 0)
    found = evaluate(entries, records)
    _print(found, output)
    if errors is not None:
        _print_errors(found, entries, records, errors)
    if html is not None:
        with output_to(html) as stream:
            stream.write(page(found, entries, records, title="Evaluation").encode())
    if calibrate is not None:
        with output_to(calibrate) as stream:
            stream.write(confidences(found.judged).encode())
    dropped = below(found, recorded)
    for line in dropped:
        typer.echo(line, err=True)
    if dropped or report.failed:
        raise typer.Exit(1)


def _recorded(baseline: Path) -> dict[str, Any]:
    """The recorded figures by field."""
    try:
        return {row["field"]: row for row in json.loads(read_text(baseline, SettingsError))["fields"]}
    except (ValueError, KeyError, TypeError) as error:
        raise wrong_usage(f"--baseline {baseline}: is not what evaluate --format json prints ({error!r})") from error


def below(found: Evaluation, recorded: Mapping[str, Any]) -> list[str]:
    """Fields whose F1 fell below the recorded interval."""
    return [
        f"{row.field}: F1 {row.f1 or 0:.3f} is below the recorded interval ({recorded[row.field]['low']:.3f}); see --errors {row.field}"
        for row in found.rows
        if row.field in recorded
        and recorded[row.field]["low"] is not None
        and (row.f1 or 0.0) < recorded[row.field]["low"]
    ]


def _print(found: Evaluation, output: Format) -> None:
    if output is Format.json:
        typer.echo(json.dumps(found.to_dict(), indent=1))
        return
    names = ("field", "P", "R", "F1", "95 %", "hits", "false", "missed")
    rows = []
    for row in found.rows:
        interval = f"{row.low:.2f}-{row.high:.2f}" if row.low is not None and row.high is not None else "-"
        rates = map(_number, (row.precision, row.recall, row.f1))
        rows.append((row.field, *rates, interval, *map(str, (row.tp, row.fp, row.fn))))
    columns = [Column(name, right=name != "field") for name in names]
    print_table(console_for(), ScreenTable(columns, rows, f"{found.documents} documents"))
    error = calibration_error(cross_fitted(found.judged))
    say(
        f"macro F1 {_number(found.macro_f1)} ({_number(found.macro_low)}-{_number(found.macro_high)}); "
        f"leaks {sum(found.leaks.values())}; bad evidence {found.bad_evidence}; stray {found.stray or 0}; "
        f"cells right {_number(found.cells_right)}, of the filled {_number(found.filled_cells_right)}; "
        f"calibration error {_number(error)} (cross-fitted); error budget held in {_number(budget_held(found.judged))} of resamples"
    )


def _print_cells(found: Cells, output: Format, errors: str | None) -> None:
    if output is Format.json:
        rows = [
            dict(zip(("what", "precision", "recall", "found", "cells", "facts"), row, strict=True))
            for row in found.rows()
        ]
        people = [dict(zip(("what", "recall", "found", "asked"), row, strict=True)) for row in found.people()]
        told = {"tables": rows, "people": people, "facts_from_other_tables": found.from_others}
        typer.echo(json.dumps(told, indent=1))
        return
    names = ("tables", "P", "R", "found", "cells", "facts")
    lines = [(what, _number(p), _number(r), *map(str, counts)) for what, p, r, *counts in found.rows()]
    lines += [(what, "-", _number(r), *map(str, counts), "-") for what, r, *counts in found.people()]
    columns = [Column(name, right=name != "tables") for name in names]
    print_table(console_for(), ScreenTable(columns, lines, f"{len(found.articles)} articles"))
    say(f"facts from tables that hold no event (all false): {found.from_others}")
    if errors in ("all", "adverse_event", "ae_event"):
        for article in found.articles:
            for error in article.errors:
                say("\t".join(error))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _print_errors(found: Evaluation, entries: list[dict[str, Any]], records: dict[str, Any], field: str) -> None:
    for error in in_context(found, entries, records):
        if field in ("all", error["field"]):
            before, quote, after = error["around"]
            say(f"{error['document']}\t{error['field']}\t{error['what']}\t{error['key']}\t…{before}[{quote}]{after}…")


def confidences(judged: Sequence[Judged]) -> str:
    """The table of measured confidences."""
    lines = [
        "# share of facts that gold agrees with, drawn towards the field's share where a rule is rare",
        "method\tconfidence",
    ]
    lines += [f"{method}\t{value}" for method, value in fit(judged).items()]
    return "\n".join(lines) + "\n"
