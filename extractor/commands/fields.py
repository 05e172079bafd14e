"""``trialspan fields``: the catalogue of fields, as the documentation prints it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from extractor.commands.screen import console_for
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.declared import declared_fields, field_order


class FieldsFormat(StrEnum):
    """How the catalogue is printed."""

    table = "table"
    json = "json"
    md = "md"


def fields(
    output: Annotated[FieldsFormat, typer.Option("--format", help="table, json or md.")] = FieldsFormat.table,
) -> None:
    """List the fields that are looked for, in the order of the pipeline, then those that people fill in.

    Example: trialspan fields --format md
    """
    entries = [declared_fields()[name] for name in dict.fromkeys([*field_order(), *declared_fields()])]
    if output is FieldsFormat.json:
        typer.echo(json.dumps([{"field": e.name, "value": e.value, "summary": e.summary} for e in entries], indent=1))
    elif output is FieldsFormat.md:
        typer.echo(markdown())
    else:
        columns = (Column("field", style="cyan"), Column("what it is", most=100, least=40), Column("value", rank=1))
        print_table(console_for(), ScreenTable(columns, [(e.name, e.summary, e.value) for e in entries]))


def markdown() -> str:
    """The field table of the README."""
    rows = [f"| `{e.name}` | `{e.value}` | {e.summary} |" for _, e in sorted(declared_fields().items())]
    return "\n".join(["| field | value | what it is |", "|---|---|---|", *rows])
