"""The table of included studies in Cochrane's shape: Methods, Participants, Interventions, Outcomes, Notes; one row a trial.

What is silent is named with its kind of silence, and a value that is doubtful, or that a person gave, bears a number that
leads to a note below the table. Everything comes from what fields declare, so that a new field has its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractor.declared import CHAPTERS, FieldDeclaration, declared_fields
from extractor.export.doubt import footnote
from extractor.export.references import addresses
from extractor.export.values import NOT_REPORTED, OTHERS_ONLY, REJECTED, UNREAD, fact_shown, field_shown
from extractor.labels import labels
from extractor.link.authority import REPORTS
from extractor.model import Fact, Record

SILENT = (NOT_REPORTED, UNREAD, OTHERS_ONLY, REJECTED)
NOT_LOOKED_FOR = "not looked for"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a cell: what it is of, and its value; a line of silence names all that is silent in the same way."""

    label: str
    words: str

    def __str__(self) -> str:
        return f"{self.label}: {self.words}" if self.label else self.words


@dataclass(frozen=True, slots=True)
class Row:
    """One trial: its name, where it can be read, its reports, its cells in the order of the chapters."""

    study: str
    address: str
    reports: tuple[str, ...]
    cells: tuple[tuple[Item, ...], ...]


@dataclass(slots=True)
class Notes:
    """The notes below a table, each once; their numbers are those of the table."""

    texts: list[str] = field(default_factory=list)

    def mark(self, fact: Fact) -> str:
        """The raised number of a fact's note; empty where it has none."""
        return self.number(note) if (note := footnote(fact)) else ""

    def number(self, note: str) -> str:
        if note not in self.texts:
            self.texts.append(note)
        return str(self.texts.index(note) + 1).translate(RAISED)


def included(records: Iterable[Record]) -> tuple[list[Row], list[str]]:
    """The rows of the table, in the order given, and the notes below it."""
    listed, notes = list(records), Notes()
    names = labels(r.document for r in listed)
    return [_row(r, names[r.document.id], notes) for r in listed], notes.texts


def _row(record: Record, name: str, notes: Notes) -> Row:
    document = record.document
    known = document.metadata.get(REPORTS) or [document.id]
    mark = " (retracted)" if document.retracted else ""
    address = next(iter(addresses(document)), "")
    return Row(f"{name}{mark}", address, tuple(map(str, known)), tuple(_cell(record, c, notes) for c in CHAPTERS))


def _cell(record: Record, chapter: str, notes: Notes) -> tuple[Item, ...]:
    found: list[Item] = []
    silent: dict[str, list[str]] = {}
    for name, one in declared_fields().items():
        if one.part != chapter:
            continue
        own = record.of(name)
        if own:
            found.append(Item(label_of(one), _said(own, notes)))
        else:
            silent.setdefault(field_shown(record, name) or NOT_LOOKED_FOR, []).append(label_of(one))
    found += [Item(kind, ", ".join(labels)) for kind, labels in silent.items() if kind != NOT_LOOKED_FOR]
    if chapter == CHAPTERS[-1]:
        conflicts = dict.fromkeys(f"{c.message}" for c in record.conflicts)
        found += [Item("conflict", message) for message in conflicts]
    return tuple(found)


def _said(facts: Sequence[Fact], notes: Notes) -> str:
    """Values in words, none twice, each with the number of its note."""
    order = {"present": 0, "absent": 1, "none_reported": 2}
    placed = sorted(facts, key=lambda f: order.get(f.value.get("assertion", ""), 0))
    marked: dict[str, str] = {}
    for fact in placed:
        words, mark = fact_shown(fact), notes.mark(fact)
        marked[words] = marked.get(words) or mark
    return "; ".join(f"{words}{mark}" for words, mark in marked.items())


def label_of(one: FieldDeclaration) -> str:
    """What a field is called in the lines of a cell."""
    heading, label = one.page if one.page else (one.heading, "")
    return label or ("participants" if one.name == "participants" else heading.lower())
