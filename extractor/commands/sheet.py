"""``trialspan sheet``: checking sheets out as a workbook, filled in by people, and back into the store."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.curate import against
from extractor.commands.shared import (
    Format,
    OutputOption,
    StoreOption,
    curator_or_exit,
    open_store,
    output_to,
    printable,
    say,
    say_json,
    wrong_usage,
)
from extractor.declared import declared_fields
from extractor.errors import CurationError
from extractor.link.annotated import annotated
from extractor.sheets.read import read_sheet, take
from extractor.sheets.write import write_sheet

app = typer.Typer(name="sheet", no_args_is_help=True, add_completion=False)


@app.callback()
def sheet() -> None:
    """Checking sheets: a workbook to fill in without a server, and back.

    Example: trialspan sheet export -o check.xlsx --store review.db
    """


@app.command("export")
def export_sheet(
    store: StoreOption = None,
    output: OutputOption = None,
    ids: Annotated[
        list[str] | None, typer.Option("--id", metavar="ID", help="Only these reports; repeat it for more.")
    ] = None,
    fields: Annotated[
        list[str] | None, typer.Option("--field", metavar="NAME", help="Only these fields; repeat it for more.")
    ] = None,
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Only values that are doubtful or contradict each other.")
    ] = False,
) -> None:
    """Write a workbook with one row a value: number, study, field, value, sentence, a list to choose from, new value, comment.

    Each person fills in a sheet of their own; what they disagree on is a conflict of the report after both came back.

    Example: trialspan sheet export -o check.xlsx --store review.db

    Example: trialspan sheet export --doubtful --field dose -o doses.xlsx --store review.db
    """
    if output is None and sys.stdout.isatty():
        raise wrong_usage("a workbook is a binary file; name it with -o FILE")
    if output is not None and output.is_file():
        raise wrong_usage(f"{output} is there, and may hold somebody's answers; name a new file")
    known = declared_fields()
    if unknown := [name for name in fields or () if name not in known]:
        raise wrong_usage(f"no field is called {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    with open_store(store, included=not ids) as opened, output_to(output) as stream:
        count = write_sheet(annotated(opened, ids), stream, fields=fields or (), doubtful=doubtful)
    if output is not None:
        say(
            f"written: {output}: {count} values to check; take it back with: trialspan sheet import {output} --by NAME",
            err=True,
        )


@app.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook as it was filled in.")],
    store: StoreOption = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who filled it in (default: curator in trialspan.toml).")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take new values that their words do not say; they are flagged.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Take a filled-in checking sheet back: each row is a decision with a name, appended; the same sheet twice changes nothing.

    A row that does not fit is refused with its cell and the reason, and the others are taken; the exit code is then 1.

    Example: trialspan sheet import check-ann.xlsx --by ann --store review.db
    """
    curator = curator_or_exit(by)
    with open_store(store) as opened:
        try:
            rows = read_sheet(file)
        except CurationError as error:
            raise wrong_usage(str(error)) from error
        done = take(opened, rows, curator, against=against, force=force)
    if form is Format.json:
        say_json(
            {
                "taken": done.taken,
                "again": done.again,
                "empty": done.empty,
                "refused": [asdict(r) for r in done.refused],
            }
        )
    else:
        for one in done.refused:
            say(f"refused: {file}: {one.cell}: {printable(one.reason)}", err=True)
        say(f"{file}, {curator}: {done.summary()}")
    if done.refused:
        raise typer.Exit(1)
