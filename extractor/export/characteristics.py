"""Characteristics of included studies: one row a report, as a reviewer's table wants it, and one page a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractor.export.values import field_shown, shown
from extractor.model import Fact, Record

# heading: fields whose values make the cell
COLUMNS: dict[str, tuple[str, ...]] = {
    "report": ("report_kind",),
    "condition": ("condition",),
    "cells": ("cell_type",),
    "source": ("cell_source",),
    "donor": ("donor",),
    "route": ("route",),
    "site": ("route_site",),
    "dose": ("dose",),
    "administrations": ("administrations",),
    "n": ("participants",),
    "arms": ("arm",),
    "sex": ("sex",),
    "age": ("age",),
    "follow-up": ("follow_up",),
    "phase": ("phase",),
    "design": ("design",),
    "adverse events": ("adverse_event",),
    "deaths": ("deaths",),
    "registry": ("registry_id",),
    "ethics": ("ethics_approval",),
}
FRONT = ("document", "title", "year")
BACK = ("conflicts",)


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows of as many cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def turned(self) -> Table:
        """One row a heading and one column a report, for a few reports side by side."""
        columns = list(zip(self.headings, *self.rows, strict=True))
        return Table(columns[0], tuple(columns[1:]))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report's page: heading, value in words, the words of the text that say it."""

    heading: str
    value: str
    quotes: tuple[str, ...]


def characteristics(records: Iterable[Record]) -> Table:
    """The wide table: one row a report, in the order given.

    Empty cells were not looked for; ``not reported`` was looked for in vain; ``none (denied)`` is the text's own denial.
    """
    return Table((*FRONT, *COLUMNS, *BACK), tuple(_row(r) for r in records))


def _row(record: Record) -> tuple[str, ...]:
    document = record.document
    retracted = "RETRACTED: " if document.retracted else ""
    front = (document.id, f"{retracted}{document.title or ''}", str(document.year or ""))
    cells = tuple(field_shown(record, *fields) for fields in COLUMNS.values())
    return (*front, *cells, "; ".join(dict.fromkeys(c.kind for c in record.conflicts)))


def lines(record: Record) -> list[Line]:
    """The report's page: one line a column of the table, and fields of third parties after them."""
    known = {name for fields in COLUMNS.values() for name in fields}
    others = dict.fromkeys(f.field for f in record.facts if f.field not in known)
    columns = COLUMNS | {name.replace("_", " "): (name,) for name in others}
    return [
        Line(heading, field_shown(record, *fields), _quotes([f for name in fields for f in record.of(name)]))
        for heading, fields in columns.items()
    ]


def _quotes(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e.quote for f in facts for e in f.evidence))


def value_shown(fact: Fact) -> str:
    """A fact's value in words, for tables that have a column for its arm."""
    return shown(fact.field, fact.value)
