"""``trialspan report``: a store as one HTML page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from extractor.commands.shared import StoreOption, open_store, output_to, wrong_usage


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
) -> None:
    """Write one self-contained HTML page: tables, plots, the graph, and every value linked to the words that say it.

    Example: trialspan report -o report.html --store review.db
    """
    from extractor.report import Wish
    from extractor.report import report as page

    if today and not is_date(today):
        raise wrong_usage(f"--today {today!r} is no date; write it as 2026-01-31")
    wish = Wish(condition, cells, route, denials, outcome=outcome, today=today)
    if title is not None and title.strip():
        wish = Wish(condition, cells, route, denials, title, outcome, today)
    with open_store(store, included=True) as opened, Console(stderr=True).status("drawing the report"):
        text = page(opened, wish)
    with output_to(output) as stream:
        stream.write(text.encode("utf-8", "replace"))
    if output is not None:
        typer.echo(f"written: {output} ({len(text) // 1024:,} kB); open it in a browser", err=True)


def is_date(text: str) -> bool:
    """Whether this is a day, written as 2026-01-31."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and datetime.date.fromisoformat(text))
    except ValueError:
        return False
