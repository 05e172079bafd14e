"""``trialspan list``, ``show``, ``export``: what a store holds."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from extractor.commands.screen import NOTHING, console_for, cut, print_record
from extractor.commands.shared import (
    Format,
    OutputOption,
    StoreOption,
    format_of,
    open_store,
    output_to,
    say,
    say_json,
    wrong_usage,
)
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.export import FORMATS, characteristics
from extractor.export.values import NOT_REPORTED, OTHERS_ONLY
from extractor.link.annotated import annotated, is_linked, trial_records
from extractor.own import in_use
from extractor.shown import several

# screen column: columns of the wide table that make it; the exports have all of them
ON_SCREEN = {
    "study": ("study",),
    "document": ("document",),
    "!": ("conflicts",),
    "n": ("n",),
    "cells": ("cells", "source", "donor"),
    "route": ("route",),
    "dose": ("dose",),
    "events": ("adverse events", "deaths"),
}
SCREEN_COLUMNS = (
    Column("study", most=24),
    Column("document", rank=3),
    Column("!"),
    Column("n", right=True),
    Column("cells", most=34),
    Column("route", rank=2, most=30),
    Column("dose", rank=1, most=34),
    Column("events", most=60),
)
MOST = {"cells": 68, "dose": 90, "events": 120}  # characters of a cell on the screen; the exports have all of them
LEGEND = (
    f"{NOTHING}: looked for and not reported (no zero, no denial); (others'): only other studies' figures; "
    "!: conflicts, see trialspan show ID"
)


def list_records(
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Print the characteristics table of a store: one row a report.

    Example: trialspan list --store review.db
    """
    with open_store(store, included=True) as opened:
        wide = characteristics(annotated(opened))
    if form is Format.json:
        say_json([dict(zip(wide.headings, row, strict=True)) for row in wide.rows])
        return
    mine = [one.declared.heading for one in in_use().values()]
    on = ON_SCREEN | {name: (name,) for name in mine}
    rows = []
    for row in wide.rows:
        cells = dict(zip(wide.headings, row, strict=True))
        rows.append([on_screen(name, [cells[c] for c in columns]) for name, columns in on.items()])
    console = console_for()
    columns = (*SCREEN_COLUMNS, *(Column(name, rank=4 + place, most=34) for place, name in enumerate(mine)))
    print_table(console, ScreenTable(columns, rows, f"{several(len(rows), 'report')} in {opened.name}"))
    console.print(LEGEND, markup=False)


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
    return cut(text, MOST.get(name, len(text)))


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
                say_json(record.to_dict())
            else:
                print_record(record, numbered=True)


MANUSCRIPT = ("xlsx", "docx")  # tables of included studies: a row is a trial wherever that is known
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
    bibtex = "bibtex"
    csl = "csl"


def export(
    store: StoreOption = None,
    form: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="csv, jsonl, json, xlsx, md, docx; references: ris, bibtex, csl (default: by the suffix of -o, else csv).",
        ),
    ] = None,
    output: OutputOption = None,
    ids: Annotated[
        list[str] | None, typer.Option("--id", metavar="ID", help="Only these reports; repeat it for more.")
    ] = None,
    trials: Annotated[
        bool | None,
        typer.Option(
            "--trials/--reports",
            help="xlsx, docx, md: one row a trial, or a report (default: a trial for xlsx and docx where all is linked).",
        ),
    ] = None,
) -> None:
    """Write the records of a store as a file: facts, characteristics of included studies, or references.

    Example: trialspan export --format xlsx -o characteristics.xlsx --store review.db

    Example: trialspan export --format ris -o references.ris --store review.db
    """
    named = format_of(form, output, ExportFormat.csv)
    chosen = FORMATS[named.value]
    if chosen.binary and output is None and sys.stdout.isatty():
        raise wrong_usage(f"--format {chosen.name} is a binary file; name it with -o FILE")
    if trials and (ids or named.value not in OF_TRIALS):
        raise wrong_usage(f"--trials is for {', '.join(OF_TRIALS)}, and takes no --id: records are of reports")
    with open_store(store, included=not ids) as opened, output_to(output) as stream:
        by_trial = trials if trials is not None else named in MANUSCRIPT and not ids and is_linked(opened)
        if by_trial and trials is None:
            say("one row a trial, as the reports are linked; --reports gives one row a report", err=True)
        chosen.write(trial_records(opened) if by_trial else annotated(opened, ids), stream)
    if output is not None:
        say(f"written: {output}", err=True)
