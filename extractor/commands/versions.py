"""``trialspan versions``: all copies of a report, and which of them is in force."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import Format, StoreOption, curator_or_exit, open_store, say, say_json
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.store.history import Kept, copies_of, put_in_force

COLUMNS = (
    Column("version", right=True),
    Column("in force"),
    Column("source"),
    Column("came as", most=40, rank=1),
    Column("year", right=True),
    Column("parts", right=True),
    Column("characters", right=True),
    Column("state", most=24),
    Column("title", most=60, rank=2),
)


def versions(
    report: Annotated[str, typer.Argument(help="A report: its id, DOI, PMID, or the name of its file.")],
    use: Annotated[int | None, typer.Option("--use", metavar="N", help="Put this version's text in force.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: curator of trialspan.toml.")] = None,
    why: Annotated[str | None, typer.Option("--why", help="Why; kept with the decision.")] = None,
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """List all copies of a report, or put one in force; titles, years and numbers are taken from all of them.

    Example: trialspan versions pubmed:31234567 --use 2 --by ann --store review.db
    """
    with open_store(store) as opened:
        if use is not None:
            report = put_in_force(opened, report, use, curator_or_exit(by), note=why)
        id, found = copies_of(opened, report)
    if form is Format.json:
        say_json({"report": id, "versions": [asdict(one) for one in found]})
        return
    print_table(console_for(), ScreenTable(COLUMNS, [_row(one) for one in found], f"{id}: {len(found)} copies"))
    if len(found) > 1:
        say("another text in force: trialspan versions REPORT --use N --by NAME")


def _row(one: Kept) -> list[str]:
    states = [name for name, is_so in (("RETRACTED", one.retracted), ("deleted", one.deleted)) if is_so]
    by = f"by {one.by}" if one.by else "yes"
    return [
        str(one.version),
        by if one.in_force else "",
        one.source,
        ", ".join(one.names),
        str(one.year or ""),
        str(one.parts),
        f"{one.characters:,}",
        ", ".join(states),
        one.title or "",
    ]
