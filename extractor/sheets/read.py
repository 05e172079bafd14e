"""The way back: each filled row of a checking sheet becomes a decision, or is refused with its cell and the reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from extractor import curation
from extractor.curation import Against
from extractor.declared import declared_fields
from extractor.errors import CurationError, ExtractorError
from extractor.labels import labels
from extractor.model import Evidence, Record
from extractor.sheets import ACCEPT, COLUMNS, CORRECT, DECISIONS, MORE, REJECT, SHEET, SILENT, UNSURE
from extractor.sheets.write import digest
from extractor.store import How, Store

NAMED = re.compile(r"(?:^|;)\s*([\w.]+)\s*=")
RANGE = re.compile(r"(?P<low>[\d.,]+)(?:\s*(?:[-–]|to)\s*(?P<high>[\d.,]+))?\s*(?P<unit>[A-Za-z][A-Za-z/ ]*)?")
COUNT = re.compile(r"(?P<n>[\d,]+)\s+(?P<kind>[A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was filled in; ``at`` is its number in the sheet, ``cells`` are its texts by heading."""

    at: int
    cells: Mapping[str, str]
    columns: Mapping[str, int]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def cell(self, name: str) -> str:
        return f"{get_column_letter(self.columns[name])}{self.at}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: which cell does not fit, and why."""

    cell: str
    reason: str


class UnfitError(ExtractorError):
    """A cell that does not fit."""

    def __init__(self, cell: str, reason: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(cell, reason)


@dataclass(slots=True)
class Outcome:
    """What became of a sheet's rows."""

    taken: dict[str, int] = field(default_factory=dict)  # decision: how many
    again: int = 0
    empty: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def count(self, decision: str) -> None:
        self.taken[decision] = self.taken.get(decision, 0) + 1

    def summary(self) -> str:
        """How many were taken, known already, left empty, refused."""
        kinds = ", ".join(f"{n} {name}" for name, n in self.taken.items())
        return (
            f"{sum(self.taken.values())} taken{f' ({kinds})' if kinds else ''}, {self.again} known already, "
            f"{self.empty} rows without a decision, {len(self.refused)} refused"
        )


def read_sheet(path: Path) -> list[Row]:
    """The rows of a checking sheet.

    Raises
    ------
    CurationError
        If the file is no workbook, or has no sheet of this kind.
    """
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, BadZipFile, InvalidFileException) as error:
        raise CurationError(
            f"{path}: no workbook that can be read ({error}); give the .xlsx that was filled in"
        ) from error
    if SHEET not in book.sheetnames:
        raise CurationError(
            f"{path}: no sheet is called {SHEET!r}; it has: {', '.join(book.sheetnames)}. Make one with: trialspan sheet export"
        )
    lines = list(book[SHEET].iter_rows(values_only=True))
    headings = [_text(value) for value in (lines[0] if lines else ())]
    if missing := [name for name in (*COLUMNS, *MORE[1:]) if name not in headings]:
        raise CurationError(
            f"{path}: sheet {SHEET!r} has no column {', '.join(map(repr, missing))}; leave all columns in it"
        )
    columns = {name: place for place, name in enumerate(headings, 1) if name}
    return [
        Row(at, {name: _text(line[place - 1]) for name, place in columns.items() if place <= len(line)}, columns)
        for at, line in enumerate(lines[1:], 2)
    ]


def _text(value: Any) -> str:
    """A cell as it was typed: a spreadsheet keeps 15 as 15.0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def take(
    store: Store, rows: Sequence[Row], curator: str, *, against: Against | None = None, force: bool = False
) -> Outcome:
    """Append a decision for each filled row; a row that was taken before is not taken again.

    Rows that fit are taken also where others do not. A value that is rejected as “really not reported” is rejected first;
    that the report is silent is said when all rows are through.
    """
    outcome, work = Outcome(), _Work(store, curator, against, force)
    later: list[Row] = []
    for row in rows:
        if not row["decision"] and not any(row[name] for name in ("new value", "new words", "comment")):
            outcome.empty += any(row[name] for name in ("number", "field"))
            continue
        _taken(outcome, row, work.decide)
        if row["decision"].lower() == SILENT:
            later.append(row)
    for row in later:
        _taken(outcome, row, work.silent)
    return outcome


def _taken(outcome: Outcome, row: Row, do: Callable[[Row], str | None]) -> None:
    try:
        found = do(row)
    except UnfitError as error:
        outcome.refused.append(error.refusal)
    except CurationError as error:
        outcome.refused.append(Refusal(row.cell("decision"), str(error)))
    else:
        if found == AGAIN:
            outcome.again += 1
        elif found:
            outcome.count(found)


AGAIN = "again"


@dataclass(slots=True)
class _Work:
    """What taking rows needs, and what was looked up already."""

    store: Store
    curator: str
    against: Against | None
    force: bool
    names: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.known = {d.uid for d in self.store.decisions()}

    def decide(self, row: Row) -> str | None:
        """Take one row; what was decided, ``AGAIN`` where it was taken before, None where something is left for later."""
        decision = row["decision"].lower()
        self._check(row, decision)
        record = self._record(row)
        number = self._number(row, record)
        if decision == SILENT and number is None:
            return None
        how = self._how(row, decision)
        if how.uid in self.known:
            return AGAIN
        note, report = row["comment"] or None, record.document.id
        if decision == ACCEPT:
            curation.confirm(self.store, report, self._needed(row, number), self.curator, note, how=how)
        elif decision in (REJECT, SILENT):
            curation.reject(self.store, report, self._needed(row, number), self.curator, note, how=how)
        elif decision == UNSURE:
            named = None if number is not None else self._field(row)
            curation.say(self.store, report, "unsure", self.curator, note, number=number, field=named, how=how)
        elif number is None:
            self._add(row, record, how)
        else:
            self._correct(row, record, number, how)
        return REJECT if decision == SILENT else decision

    def silent(self, row: Row) -> str:
        """Say that the report does not report a field."""
        record = self._record(row)
        how = self._how(row, "silence")
        if how.uid in self.known:
            return AGAIN
        note = row["comment"] or None
        curation.say(
            self.store, record.document.id, "not_reported", self.curator, note, field=self._field(row), how=how
        )
        self.known.add(str(how.uid))
        return SILENT

    def _check(self, row: Row, decision: str) -> None:
        """What a row may hold together."""
        if not decision:
            raise UnfitError(
                row.cell("decision"), f"something is filled in, but no decision; legal: {', '.join(DECISIONS)}"
            )
        if decision not in DECISIONS:
            raise UnfitError(row.cell("decision"), f"{row['decision']!r} is no decision; legal: {', '.join(DECISIONS)}")
        for name in ("new value", "new words"):
            if row[name] and decision != CORRECT:
                raise UnfitError(row.cell(name), f"{decision!r} takes no {name}; choose {CORRECT!r}, or leave it empty")
        if decision == CORRECT and not (row["new value"] or row["new words"]):
            raise UnfitError(row.cell("new value"), "a correction needs a new value, or new words")

    def _record(self, row: Row) -> Record:
        """The report of a row: by its id, else by what stands under “study”."""
        wanted = row["report"] or row["study"]
        if not wanted:
            raise UnfitError(row.cell("study"), "no study is named; give its id or its label")
        if not row["report"] and not self.store.has(wanted):
            wanted = self._labelled(wanted) or wanted
        if not self.store.has(wanted):
            raise UnfitError(row.cell("report" if row["report"] else "study"), f"the store has no report {wanted!r}")
        return self.store.record(wanted)

    def _labelled(self, label: str) -> str | None:
        if not self.names:
            self.names = {name: id for id, name in labels(r.document for r in self.store.records()).items()}
        return self.names.get(label)

    def _number(self, row: Row, record: Record) -> int | None:
        """The number of a row's fact now; None where the row is of a silence, or new."""
        if not row["key"]:
            return None
        found = [n for n, fact in enumerate(record.facts) if digest(fact) == row["key"]]
        if not found:
            raise UnfitError(
                row.cell("value"),
                f"report {record.document.id!r} has this value no more, as it was read anew; export a new sheet",
            )
        return int(row["number"]) if row["number"].isdigit() and int(row["number"]) in found else found[0]

    def _needed(self, row: Row, number: int | None) -> int:
        if number is None:
            legal = f"{CORRECT}, {UNSURE}, {SILENT}"
            raise UnfitError(
                row.cell("decision"), f"there is no value here to {row['decision'].lower()}; legal: {legal}"
            )
        return number

    def _field(self, row: Row) -> str:
        if row["field"] not in declared_fields():
            raise UnfitError(
                row.cell("field"),
                f"no field is called {row['field']!r}; there are: {', '.join(sorted(declared_fields()))}",
            )
        return row["field"]

    def _add(self, row: Row, record: Record, how: How) -> None:
        name = self._field(row)
        if not row["new value"]:
            raise UnfitError(row.cell("new value"), "a value that was missed needs a new value")
        if not row["new words"]:
            raise UnfitError(
                row.cell("new words"), "a value without words that say it does not exist; copy them from the report"
            )
        evidence = self._evidence(row, record)
        words = pairs(name, row["new value"])
        with _fitting(row.cell("new value")):
            curation.add(self.store, record.document.id, name, self.curator, words, evidence, **self._given(row, how))

    def _correct(self, row: Row, record: Record, number: int, how: How) -> None:
        evidence = self._evidence(row, record)
        words = pairs(record.facts[number].field, row["new value"])
        with _fitting(row.cell("new value")):
            curation.correct(
                self.store, record.document.id, number, self.curator, words, evidence=evidence, **self._given(row, how)
            )

    def _given(self, row: Row, how: How) -> dict[str, Any]:
        """What every new value of a sheet comes with."""
        return {"note": row["comment"] or None, "against": self.against, "force": self.force, "how": how}

    def _evidence(self, row: Row, record: Record) -> tuple[Evidence, ...]:
        if not row["new words"]:
            return ()
        with _fitting(row.cell("new words")):
            return curation.evidence_for(record.document, [row["new words"]])

    def _how(self, row: Row, decision: str) -> How:
        """The name of a decision that makes it one decision however often its sheet comes in."""
        parts = [self.curator, row["report"] or row["study"], row["field"], row["key"], decision]
        parts += [row[name] for name in ("new value", "new words", "comment")]
        return How(
            uid=hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32], mode="import"
        )


@contextmanager
def _fitting(cell: str) -> Iterator[None]:
    """What a curator may not say does not fit in a cell."""
    try:
        yield
    except CurationError as error:
        raise UnfitError(cell, _advice(error)) from error


def _advice(error: CurationError) -> str:
    """A message of the command line in the words of a sheet."""
    said = re.sub(r"; choose with --at PART:START: .*", "; copy more of the words around it", str(error))
    return said.replace(" with --quote", " under “new words”").replace("with --force", "with: sheet import --force")


def pairs(field: str, text: str) -> dict[str, str]:
    """A new value as names and words.

    >>> pairs("participants", "15 treated"), pairs("follow_up", "6-12 months")
    ({'n': '15', 'kind': 'treated'}, {'low': '6', 'high': '12', 'unit': 'months'})
    >>> pairs("participants", "n=15; kind=treated"), pairs("route", "intrathecal"), pairs("deaths", "")
    ({'n': '15', 'kind': 'treated'}, {'name': 'intrathecal'}, {})
    """
    if not text:
        return {}
    if NAMED.match(text):
        places = [*NAMED.finditer(text)]
        ends = [m.start() for m in places[1:]] + [len(text)]
        return {m[1]: text[m.end() : end].strip() for m, end in zip(places, ends, strict=True)}
    one = declared_fields()[field]
    if {"low", "high"} <= set(one.keys) and (found := RANGE.fullmatch(text)):
        made = {"low": found["low"], "high": found["high"] or found["low"]}
        return made | ({"unit": found["unit"].strip()} if found["unit"] and "unit" in one.keys else {})
    if one.label == "n" and "kind" in one.keys and (found := COUNT.fullmatch(text)):
        return {"n": found["n"], "kind": found["kind"].lower()}
    return {one.label: text}
