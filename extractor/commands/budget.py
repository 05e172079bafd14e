"""``trialspan budget``: how much of a store may be wrong, and what to check first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import Format, StoreOption, open_store, say_json
from extractor.commands.tables import Column, ScreenTable, print_table

if TYPE_CHECKING:
    from extractor.budget import Budget


def budget_command(
    store: StoreOption = None,
    most: Annotated[int, typer.Option(min=1, help="So many facts to check first.")] = 10,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Say how many facts of each table are wrong at most (95 %), and which to check first: those that move a pooled number most.

    Only what was read from texts counts; what people confirmed and what a registry states is taken as right.

    Example: trialspan budget --store review.db
    """
    from extractor.budget import budget

    with open_store(store) as opened:
        found = budget(opened.records(), most=most)
    if form is Format.json:
        say_json(found.to_dict())
        return
    print_table(console_for(), _by_table(found))
    if not found.checks:
        typer.echo("no event is counted with its people at risk in two reports: there is no pooled number to check for")
        return
    print_table(console_for(), _first(found))


def _by_table(found: Budget) -> ScreenTable:
    names = ("table", "facts", "expected wrong", "wrong at most (95 %)")
    rows = [(t.name, str(t.facts), f"{t.expected:.1f}", str(t.at_most)) for t in (*found.tables, found.whole)]
    return ScreenTable([Column(name, right=name != "table") for name in names], rows, "facts read from texts")


def _first(found: Budget) -> ScreenTable:
    columns = (
        Column("report"),
        Column("event"),
        Column("arm", rank=1),
        Column("count", right=True),
        Column("sure", right=True),
        Column("pooled %", right=True),
        Column("without", right=True),
        Column("quote", rank=2, least=20),
    )
    rows = [
        (
            c.document,
            c.event,
            c.arm or "",
            f"{c.events}/{c.total}",
            f"{c.confidence:.2f}",
            f"{c.pooled:.2f}",
            f"{c.without:.2f}",
            c.quote,
        )
        for c in found.checks
    ]
    return ScreenTable(columns, rows, f"check first, of {found.pooled} events pooled over reports")
