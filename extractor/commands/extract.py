"""``trialspan extract``: files in, facts out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, BinaryIO

import typer

from extractor.commands.screen import print_record
from extractor.commands.shared import (
    ColumnOption,
    OutputOption,
    columns_of,
    end,
    format_of,
    inputs_or_exit,
    open_store,
    output_to,
    progress,
    settings_or_exit,
    standard_input,
)
from extractor.engine import Run, run
from extractor.export import FORMATS
from extractor.inputs import documents
from extractor.model import Record
from extractor.settings import Settings


class ExtractFormat(StrEnum):
    """How facts are printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


def extract(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    output: OutputOption = None,
    form: Annotated[
        ExtractFormat | None,
        typer.Option("--format", help="table, json, jsonl or csv (default: by the suffix of -o, else table)."),
    ] = None,
    store: Annotated[str | None, typer.Option(metavar="PATH|URL", help="Keep the records in this store too.")] = None,
    reader: Annotated[
        str | None, typer.Option(help="Read all inputs as this format, in place of recognising it.")
    ] = None,
    column: ColumnOption = None,
    processes: Annotated[int | None, typer.Option(min=1, help="Processes to run on; the output is the same.")] = None,
) -> None:
    """Extract facts from reports, each with the words that say it.

    Example: trialspan extract page.txt saved_pages/ pubmed.xml.gz --format csv -o facts.csv --store review.db
    """
    inputs_or_exit(inputs, reader)
    settings = settings_or_exit()
    if processes is not None:
        settings = replace(settings, processes=processes)
    report = Run()
    records = _records(inputs, settings, report, reader, columns_of(column))
    if store is not None:
        records = _stored(records, store, report, settings, inputs)
    chosen = format_of(form, output, ExtractFormat.table)
    if chosen is ExtractFormat.table and output is None:
        for record in records:
            print_record(record)
    else:
        with output_to(output, inputs) as stream:
            _write(progress(records, "extracting"), chosen, stream)
    end(report)


def _records(
    inputs: list[str], settings: Settings, report: Run, reader: str | None, columns: dict[str, str] | None
) -> Iterator[Record]:
    stdin = standard_input() if "-" in inputs else None
    found = documents(inputs, settings, report.fail, form=reader, columns=columns, stdin=stdin)
    return run(found, settings, report)


def _stored(
    records: Iterator[Record], target: str, report: Run, settings: Settings, inputs: list[str]
) -> Iterator[Record]:
    """The records as they pass, each put into the store in its own transaction; the run's end is written down."""
    with open_store(target, create=True) as opened:
        key = opened.begin("extract", settings={"model": settings.model, "inputs": inputs})
        outcomes = {"added": 0, "unchanged": 0, "updated": 0}
        for record in records:
            outcomes[opened.add(record, key)] += 1
            yield record
        for issue in report.issues:
            opened.issue(key, issue.input, issue.stage, issue.error)
        opened.finish(key, outcomes | {"read": report.read, "deleted": report.deleted, "failed": report.failed})
        typer.echo(f"store {opened.name}: " + ", ".join(f"{n} {name}" for name, n in outcomes.items()), err=True)


def _write(records: Iterator[Record], form: ExtractFormat, stream: BinaryIO) -> None:
    if form is ExtractFormat.table:
        for record in records:
            print_record(record, stream)
    else:
        FORMATS[form.value].write(records, stream)
