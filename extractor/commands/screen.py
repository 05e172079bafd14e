"""Records as tables on a terminal, that fit it: field, value, quote, confidence, flags; conflicts below."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

from extractor.commands.shared import printable
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.declared import declared_fields
from extractor.export import fact_shown
from extractor.model import Evidence, Fact, Record
from extractor.text import squeeze

WIDE = 100  # columns of a file
PIPED = 80  # of a table that is piped where no terminal is near, and COLUMNS says nothing
NOTHING = "NR"  # looked for and not reported, in a narrow cell
QUOTE = 60  # characters of a quote on the screen; whole in every export


class Screen(Console):
    """A console that leaves it to the command line how a run ends whose reader has gone away."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console_for(stream: BinaryIO | None = None) -> Console:
    """A console on standard output, or one that writes plain text into `stream`."""
    if stream is None:
        width = None if Console().is_terminal else piped_width()
        return Screen(width=width, highlight=False)
    text = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
    return Console(file=text, width=WIDE, highlight=False, no_color=True)


def piped_width() -> int:
    """Columns of what is piped: COLUMNS, else those of the terminal in which the command runs, else 80."""
    if os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size((PIPED, 24)).columns
    for stream in (sys.stderr, sys.stdin):
        with suppress(OSError, ValueError, AttributeError):
            return os.get_terminal_size(stream.fileno()).columns or PIPED
    return PIPED


def print_record(record: Record, stream: BinaryIO | None = None, *, numbered: bool = False) -> None:
    """Print one record: its facts, those of others apart, conflicts, and what was looked for in vain.

    With `numbered`, each fact with its place in the record, by which ``trialspan curate`` names it.
    """
    console = console_for(stream)
    document = record.document
    console.print(Text(printable(document.id), style="bold"), Text(printable(squeeze(document.title or "(no title)"))))
    for note in [*(["RETRACTED"] if document.retracted else []), *document.notes]:
        console.print(Text(printable(note), style="bold red"))
    numbers = {id(f): n for n, f in enumerate(record.facts)} if numbered else {}
    own = in_table_order(f for f in record.facts if f.primary)
    if own:
        print_table(console, facts_table(own, numbers))
    else:
        console.print(Text("no facts found", style="yellow"))
    if others := in_table_order(f for f in record.facts if not f.primary):
        console.print("\nkept, but not the trial's own:")
        print_table(console, facts_table(others, numbers))
    for conflict in record.conflicts:
        console.print(Text.assemble(("conflict", "bold red"), f" {conflict.kind}: {printable(conflict.message)}"))
    console.print(Text.assemble(("not reported", "yellow"), f": {', '.join(record.not_found) or '-'}"))
    console.print()
    if stream is not None:
        console.file.detach()  # type: ignore[attr-defined]  # else the stream would be closed with the wrapper


def in_table_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts as a table of characteristics lists them; fields of third parties last."""
    places = {name: place for place, name in enumerate(declared_fields())}
    return sorted(facts, key=lambda f: places.get(f.field, len(places)))


def facts_table(facts: list[Fact], numbers: Mapping[int, int]) -> ScreenTable:
    columns = (
        Column("field", style="cyan"),
        Column("value"),
        Column("quote", most=QUOTE),
        Column("conf", right=True),
        Column("flags", rank=1),
    )
    rows, last = [], ""
    for fact in facts:
        name, last = (fact.field if fact.field != last else ""), fact.field
        quotes = " … ".join(dict.fromkeys(shortened(e) for e in fact.evidence))
        rows.append((name, fact_shown(fact), quotes, f"{fact.confidence:.2f}", ", ".join(states(fact))))
    if not numbers:
        return ScreenTable(columns, rows)
    of = [str(numbers[id(fact)]) for fact in facts]
    return ScreenTable((Column("#", right=True), *columns), [(n, *row) for n, row in zip(of, rows, strict=True)])


def states(fact: Fact) -> list[str]:
    """The flags of a fact, and who gave or confirmed it where that was a person."""
    who, _, name = fact.method.partition(":")
    return [*([f"by {name}"] if who == "curator" else []), *fact.flags]


def cut(cell: str, most: int) -> str:
    """A cell of at most `most` characters."""
    return cell if len(cell) <= most else f"{cell[: most - 1]}…"


def shortened(item: Evidence) -> str:
    """A quote on one line; a long one keeps its two ends."""
    words = squeeze(item.quote)
    quote = words if len(words) <= QUOTE else f"{words[: QUOTE // 2]} … {words[-QUOTE // 2 :]}"
    return f"{quote} ({item.path})" if item.path else quote
