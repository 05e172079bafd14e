"""Characteristics of included studies: one row a report, as a reviewer's table wants it, and one page a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractor.declared import declared_fields
from extractor.export.values import field_shown, shown
from extractor.labels import labels
from extractor.model import Fact, Record

FRONT = ("study", "document", "title", "year")
BACK = ("conflicts",)


def columns() -> dict[str, tuple[str, ...]]:
    """Heading: names of the fields whose values make the cell; two fields of one heading share it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, one in declared_fields().items():
        found[one.heading] = (*found.get(one.heading, ()), name)
    return found


@dataclass(frozen=True, slots=True)
class WideTable:
    """Headings, and rows of as many cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def turned(self) -> WideTable:
        """One row a heading and one column a report, for a few reports side by side."""
        columns = list(zip(self.headings, *self.rows, strict=True))
        return WideTable(columns[0], tuple(columns[1:]))


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One line of a report's page: heading, value in words, the words of the text that say it."""

    heading: str
    value: str
    quotes: tuple[str, ...]


def characteristics(records: Iterable[Record]) -> WideTable:
    """The wide table: one row a report, in the order given.

    Empty cells were not looked for; ``not reported`` was looked for in vain; ``none (denied)`` is the text's own denial.
    """
    made = columns()
    listed = list(records)
    names = labels(r.document for r in listed)
    return WideTable((*FRONT, *made, *BACK), tuple(_row(r, made, names[r.document.id]) for r in listed))


def _row(record: Record, made: dict[str, tuple[str, ...]], label: str) -> tuple[str, ...]:
    document = record.document
    retracted = "RETRACTED: " if document.retracted else ""
    front = (label, document.id, f"{retracted}{document.title or ''}", str(document.year or ""))
    cells = tuple(field_shown(record, *fields) for fields in made.values())
    return (*front, *cells, "; ".join(dict.fromkeys(c.kind for c in record.conflicts)))


def lines(record: Record) -> list[StudyLine]:
    """The report's page: one line a column of the table, and after them fields that no package declares any more."""
    made = columns()
    others = dict.fromkeys(f.field for f in record.facts if f.field not in declared_fields())
    made |= {name.replace("_", " "): (name,) for name in others}
    return [
        StudyLine(heading, field_shown(record, *fields), _quotes([f for name in fields for f in record.of(name)]))
        for heading, fields in made.items()
    ]


def _quotes(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e.quote for f in facts for e in f.evidence))


def value_shown(fact: Fact) -> str:
    """A fact's value in words, for tables that have a column for its arm."""
    return shown(fact.field, fact.value)
