"""Records as tables on a terminal, that fit it: field, value, quote, confidence, flags; conflicts below."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from typing import BinaryIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from extractor.export import COLUMNS, fact_shown
from extractor.model import Evidence, Fact, Record
from extractor.text import squeeze

WIDE = 100  # columns of a file, and the least for a table that is piped
QUOTE = 60  # characters of a quote on the screen; whole in every export


def console_for(stream: BinaryIO | None = None) -> Console:
    """A console on standard output, or one that writes plain text into `stream`."""
    if stream is None:
        width = None if Console().is_terminal else max(WIDE, shutil.get_terminal_size((WIDE, 24)).columns)
        return Console(width=width, highlight=False)
    text = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
    return Console(file=text, width=WIDE, highlight=False, no_color=True)


def print_record(record: Record, stream: BinaryIO | None = None) -> None:
    """Print one record: its facts, those of others apart, conflicts, and what was looked for in vain."""
    console = console_for(stream)
    document = record.document
    console.print(Text(f"{document.id}", style="bold"), Text(squeeze(document.title or "(no title)")))
    for note in [*(["RETRACTED"] if document.retracted else []), *document.notes]:
        console.print(Text(note, style="bold red"))
    own = in_table_order(f for f in record.facts if f.primary)
    console.print(facts_table(own) if own else Text("no facts found", style="yellow"))
    if others := in_table_order(f for f in record.facts if not f.primary):
        console.print("kept, but not the trial's own:")
        console.print(facts_table(others))
    for conflict in record.conflicts:
        console.print(f"[bold red]conflict[/] {conflict.kind}: {escape(conflict.message)}")
    console.print(f"[yellow]not reported[/]: {', '.join(record.not_found) or '-'}")
    console.print()
    if stream is not None:
        console.file.detach()  # type: ignore[attr-defined]  # else the stream would be closed with the wrapper


def in_table_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts as a table of characteristics lists them; fields of third parties last."""
    places = {name: place for place, name in enumerate(name for fields in COLUMNS.values() for name in fields)}
    return sorted(facts, key=lambda f: places.get(f.field, len(places)))


def facts_table(facts: list[Fact]) -> Table:
    table = Table(pad_edge=False, expand=False)
    table.add_column("field", no_wrap=True, style="cyan")
    table.add_column("value", ratio=3, overflow="fold")
    table.add_column("quote", ratio=4, overflow="fold")
    table.add_column("conf", justify="right", no_wrap=True)
    table.add_column("flags", overflow="fold")
    last = ""
    for fact in facts:
        name, last = (fact.field if fact.field != last else ""), fact.field
        quotes = " … ".join(dict.fromkeys(shortened(e) for e in fact.evidence))
        table.add_row(name, Text(fact_shown(fact)), Text(quotes), f"{fact.confidence:.2f}", Text(", ".join(fact.flags)))
    return table


def shortened(item: Evidence) -> str:
    """A quote on one line; a long one keeps its two ends."""
    words = squeeze(item.quote)
    quote = words if len(words) <= QUOTE else f"{words[: QUOTE // 2]} … {words[-QUOTE // 2 :]}"
    return f"{quote} ({item.path})" if item.path else quote
