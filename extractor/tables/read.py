"""Tables of reports as facts: a grid, roles of columns and rows over the whole table, cells as facts.

What was not read is named: a table that is a picture, or one that speaks of adverse events and gave none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.model import Fact
from extractor.tables import words
from extractor.tables.baseline import baseline_facts
from extractor.tables.deaths import deaths_of
from extractor.tables.doses import doses
from extractor.tables.events import event_facts
from extractor.tables.grid import Grid, Table, grid_of, parted
from extractor.tables.heads import Column, columns_of
from extractor.tables.layouts import arms_beside_events, arms_down, arms_under_events, listed_facts
from extractor.tables.sizes import Sizes
from extractor.tables.topics import Topic, topic_of

PICTURE = "{name} {why} and was not read"
NOT_READ = "{name} was not understood and was not read (adverse events)"


@dataclass(frozen=True, slots=True)
class Found:
    """Facts of the tables of one report, and what was not read of them."""

    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """One table with its roles."""

    grid: Grid
    topic: Topic
    columns: dict[int, Column]


def read_tables(tables: Sequence[Table], text: str = "") -> Found:
    """Facts of all tables of a report; `text` is what the report says elsewhere, for the sizes of arms."""
    readable = [_read(table) for table in tables if not table.picture and (table.rows or table.head)]
    sizes = Sizes((one.columns for one in readable if one.topic.events != "none" or one.topic.baseline), text)
    facts: list[Fact] = []
    notes = [PICTURE.format(name=table.name, why=table.why) + _topic(table) for table in tables if table.picture]
    for one in readable:
        found = _facts(one, sizes)
        facts += found
        if not found and _speaks_of_events(one.grid.table.caption):
            notes.append(NOT_READ.format(name=one.grid.name))
    people = baseline_facts([(one.grid, one.columns, one.topic) for one in readable])
    given = doses([(one.grid, one.columns) for one in readable])
    return Found((*facts, *people, *given, *deaths_of(facts)), tuple(notes))


def _speaks_of_events(caption: str) -> bool:
    """Whether a table is one of this trial's adverse events: no schedule, no definitions, no other trials."""
    others = (words.SCHEDULE, words.DEFINITIONS, words.OTHERS, words.MODEL)
    return words.STRICT_EVENTS.search(caption) is not None and not any(p.search(caption) for p in others)


def _topic(table: Table) -> str:
    """What a picture shows, where its caption says that it is adverse events."""
    return " (adverse events)" if words.EVENTS.search(table.caption) else ""


def _read(table: Table) -> Read:
    grid = parted(arms_down(arms_beside_events(arms_under_events(grid_of(table)))))
    columns = columns_of(grid)
    kept = {n for n, column in columns.items() if column.role != "skip"}
    grid.rows = [replace(row, data={n: cell for n, cell in row.data.items() if n in kept}) for row in grid.rows]
    return Read(grid, topic_of(grid), columns)


def _facts(one: Read, sizes: Sizes) -> list[Fact]:
    if one.topic.events == "none":
        return []
    listed = listed_facts(one.grid, one.columns, one.topic)
    return listed if listed is not None else list(event_facts(one.grid, one.columns, one.topic, sizes))


__all__ = ["Found", "Table", "read_tables"]
