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
from extractor.export.values import NOT_REPORTED, OTHERS_ONLY
from extractor.link import annotated, trial_records

# screen column: columns of the wide table that make it; the exports have all of them
ON_SCREEN = {
    "document": ("document",),
    "n": ("n",),
    "cells": ("cells", "source", "donor"),
    "route": ("route",),
    "dose": ("dose",),
    "events": ("adverse events", "deaths"),
    "!": ("conflicts",),
}
WIDEST = {"document": 22, "n": 5, "cells": 34, "route": 13, "dose": 30, "events": 44, "!": 1}  # characters
NOTHING = "NR"  # not reported, on the screen


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
        typer.echo(
            json.dumps([dict(zip(wide.headings, row, strict=True)) for row in wide.rows], ensure_ascii=False, indent=1)
        )
        return
    table = Table(title=f"{len(wide.rows)} reports in {opened.name}", title_justify="left", pad_edge=False, expand=True)
    for name in ON_SCREEN:
        fixed = name in ("document", "n", "route", "!")
        table.add_column(
            name, overflow="fold", width=WIDEST[name] if fixed else None, ratio=None if fixed else WIDEST[name]
        )
    for row in wide.rows:
        cells = dict(zip(wide.headings, row, strict=True))
        table.add_row(*(on_screen(name, [cells[c] for c in columns]) for name, columns in ON_SCREEN.items()))
    console = console_for()
    console.print(table)
    console.print(
        f"{NOTHING}: looked for and not reported (no zero, no denial); (others'): only other studies' figures; !: conflicts, see trialspan show ID"
    )


def on_screen(name: str, cells: list[str]) -> str:
    """One cell of the narrow table: short, silence as NR, others' figures in brackets, conflicts as a mark."""
    if name == "!":
        return "!" if cells[0] else ""
    known = [c for c in cells if c and c != NOT_REPORTED]
    if known and set(known) == {OTHERS_ONLY}:
        return "(others')"
    if name == "n":
        return known[0].split(" ")[0] if known else NOTHING
    if name == "events" and cells[1] not in ("", NOT_REPORTED):
        known[-1] = f"deaths: {cells[1]}"
    text = "; ".join(k for k in known if k != OTHERS_ONLY) or NOTHING
    return text if len(text) <= WIDEST[name] else f"{text[: WIDEST[name] - 1]}…"


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


OF_TRIALS = ("xlsx", "md", "docx")  # tables; the other formats hold records, whose quotes are of one report


class ExportFormat(StrEnum):
    """Files that others open."""

    csv = "csv"
    jsonl = "jsonl"
    json = "json"
    xlsx = "xlsx"
    md = "md"
    docx = "docx"
    ris = "ris"
    csl = "csl"


def export(
    store: StoreOption = None,
    form: Annotated[
        ExportFormat, typer.Option("--format", help="csv, jsonl, json, xlsx, md, docx, ris or csl (references).")
    ] = ExportFormat.csv,
    output: OutputOption = None,
    ids: Annotated[
        list[str] | None, typer.Option("--id", metavar="ID", help="Only these reports; repeat it for more.")
    ] = None,
    trials: Annotated[
        bool, typer.Option("--trials", help="One study a trial, not a report; for xlsx, md and docx.")
    ] = False,
) -> None:
    """Write the records of a store as a file: facts, characteristics of included studies, or references.

    Example: trialspan export --format xlsx -o characteristics.xlsx --store review.db

    Example: trialspan export --format ris -o references.ris --store review.db
    """
    chosen = FORMATS[form.value]
    if chosen.binary and output is None and sys.stdout.isatty():
        raise wrong_usage(f"--format {chosen.name} is a binary file; name it with -o FILE")
    if trials and (ids or form.value not in OF_TRIALS):
        raise wrong_usage(f"--trials is for {', '.join(OF_TRIALS)}, and takes no --id: records are of reports")
    with open_store(store) as opened, output_to(output) as stream:
        chosen.write(trial_records(opened) if trials else annotated(opened, ids), stream)
