"""``trialspan report``: a store as one HTML page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from extractor.commands.shared import StoreOption, open_store, output_to, say, wrong_usage

if TYPE_CHECKING:
    from extractor.report import Printer


def report(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The page; standard output without it.")
    ] = None,
    store: StoreOption = None,
    condition: Annotated[str, typer.Option(help="Only trials whose condition has this in its name.")] = "",
    cells: Annotated[str, typer.Option(help="Only trials whose cells have this in their name.")] = "",
    route: Annotated[str, typer.Option(help="Only trials whose route has this in its name.")] = "",
    outcome: Annotated[str, typer.Option(help="Compared between groups: any, serious, death or an event.")] = "serious",
    denials: Annotated[
        bool, typer.Option("--denials", help="Count a general denial of adverse events as a zero of each.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="Title of the page.")] = None,
    today: Annotated[str, typer.Option(metavar="DATE", help="Count overdue results to this date.")] = "",
    pdfs: Annotated[
        list[Path] | None,
        typer.Option("--pdfs", metavar="FOLDER", help="The PDFs that were read: show their pages, quotes framed."),
    ] = None,
) -> None:
    """Write one self-contained HTML page: tables, plots, the graph, and every value linked to the words that say it.

    Example: trialspan report -o report.html --store review.db

    Example: trialspan report -o report.html --pdfs papers/ --store review.db
    """
    from extractor.report import Originals, Printer, Wish
    from extractor.report import report as page

    if today and not is_date(today):
        raise wrong_usage(f"--today {today!r} is no date; write it as 2026-01-31")
    for path in pdfs or ():
        if not path.exists():
            raise wrong_usage(f"--pdfs {path}: there is no such file or folder")
    printer = Printer(Originals(pdfs or ()))
    wish = Wish(condition, cells, route, denials, outcome=outcome, today=today)
    if title is not None and title.strip():
        wish = Wish(condition, cells, route, denials, title, outcome, today)
    with open_store(store, included=True) as opened, Console(stderr=True).status("drawing the report"):
        text = page(opened, wish, printer)
    with output_to(output) as stream:
        stream.write(text.encode("utf-8", "replace"))
    if output is not None:
        typer.echo(f"written: {output} ({len(text) // 1024:,} kB); open it in a browser", err=True)
    if said := _pages_said(printer):
        say(said, err=True)


def _pages_said(printer: Printer) -> str:
    """Which pages of PDFs the report shows; nothing where no PDF is quoted."""
    if not printer.asked:
        return ""
    said = f"pages shown of {printer.shown} of the {printer.asked} PDFs that are quoted"
    if printer.left_out:
        said += f"; {printer.left_out} pages left out, for the report would be too large"
    return said if printer.shown else f"{said}; name the folder that holds them with --pdfs"


def is_date(text: str) -> bool:
    """Whether this is a day, written as 2026-01-31."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and datetime.date.fromisoformat(text))
    except ValueError:
        return False
