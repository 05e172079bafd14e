"""``trialspan list``, ``show``, ``export``: what a store holds."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from extractor.commands.screen import console_for, print_record
from extractor.commands.shared import Format, OutputOption, StoreOption, open_store, output_to, wrong_usage
from extractor.export import FORMATS, characteristics
from extractor.link import annotated

# columns of the wide table that fit a terminal; all stand in the exports
ON_SCREEN = ("document", "cells", "source", "route", "dose", "n", "follow-up", "adverse events", "conflicts")
NARROW = 44  # characters of a cell on the screen


def list_records(
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Print the characteristics table of a store: one row a report.

    Example: trialspan list --store review.db
    """
    with open_store(store) as opened:
        wide = characteristics(annotated(opened))
    if form is Format.json:
        typer.echo(json.dumps([dict(zip(wide.headings, row, strict=True)) for row in wide.rows], ensure_ascii=False, indent=1))
        return
    table = Table(title=f"{len(wide.rows)} reports in {opened.name}", title_justify="left", pad_edge=False)
    places = [wide.headings.index(name) for name in ON_SCREEN]
    for name in ON_SCREEN:
        table.add_column(name, overflow="fold", no_wrap=name == "document")
    for row in wide.rows:
        table.add_row(*(cut(row[place]) for place in places))
    console_for().print(table)


def cut(cell: str) -> str:
    return cell if len(cell) <= NARROW else f"{cell[: NARROW - 1]}…"


def show(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of reports, as the list prints them.")],
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Show all facts of a report, each with the words that say it.

    Example: trialspan show barczewska2019 --store review.db
    """
    with open_store(store) as opened:
        for record in annotated(opened, ids):
            if form is Format.json:
                typer.echo(json.dumps(record.to_dict(), ensure_ascii=False, indent=1))
            else:
                print_record(record)


class ExportFormat(StrEnum):
    """Files that others open."""

    csv = "csv"
    jsonl = "jsonl"
    json = "json"
    xlsx = "xlsx"
    md = "md"
    docx = "docx"


def export(
    store: StoreOption = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="csv, jsonl, json, xlsx, md or docx.")] = ExportFormat.csv,
    output: OutputOption = None,
    ids: Annotated[list[str] | None, typer.Option("--id", metavar="ID", help="Only these reports; repeat it for more.")] = None,
) -> None:
    """Write the records of a store as a file: facts, or the characteristics of included studies.

    Example: trialspan export --format xlsx -o characteristics.xlsx --store review.db
    """
    chosen = FORMATS[form.value]
    if chosen.binary and output is None and sys.stdout.isatty():
        raise wrong_usage(f"--format {chosen.name} is a binary file; name it with -o FILE")
    with open_store(store) as opened, output_to(output) as stream:
        chosen.write(annotated(opened, ids), stream)
