"""The table of facts that this program exports, read back: a row is a fact with its place, its method and its standing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from extractor.errors import EvidenceError
from extractor.fields import FIELDS
from extractor.model import JSON_PART, Evidence, Fact
from extractor.verify.cells import Cell

COLUMNS = (
    "document", "field", "value", "quote", "part", "start", "end", "confidence", "method", "primary", "arm", "flags",
)  # fmt: skip
DELIMITERS = ",;\t"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # before these the export sets an apostrophe
LARGEST_CELL = 10_000_000


def delimiter_of(text: str) -> str | None:
    """The delimiter of a table that has our header, as this program or a spreadsheet wrote it; None where it is another's."""
    head = text.split("\n", 1)[0].rstrip("\r")
    return next((d for d in DELIMITERS if tuple(head.split(d)) == COLUMNS), None)


def cells(text: str, delimiter: str) -> Iterator[Cell | str]:
    """Each row as a cell that carries its fact, or why it is none.

    Parameters
    ----------
    text : str
        The table with its line ends as they stand: a quote may hold some.
    """
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows)
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        if len(row) != len(COLUMNS):
            yield f"row {number}: {len(row)} cells under a header of {len(COLUMNS)}"
            continue
        try:
            yield _cell(dict(zip(COLUMNS, row, strict=True)), number)
        except (ValueError, EvidenceError) as error:
            yield f"row {number}: {error}"


def _cell(row: Mapping[str, str], number: int) -> Cell:
    name, document = row["field"], _bare(row["document"])
    if name not in FIELDS:
        raise ValueError(f"no field is called {name!r}; there are: {', '.join(sorted(FIELDS))}")
    if not document:
        raise ValueError("names no document")
    try:
        value = json.loads(row["value"])
    except ValueError as error:
        raise ValueError(f"its value is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"its value is no JSON object: {row['value']}")
    if row["primary"].lower() not in ("true", "false"):
        raise ValueError(f"primary is true or false, not {row['primary']!r}")
    fact = Fact(
        name,
        value,
        tuple(_places(row)),
        row["method"],
        float(row["confidence"]),
        row["primary"].lower() == "true",
        _bare(row["arm"]) or None,
        tuple(f for f in row["flags"].split(";") if f),
    )
    return Cell(document, name, value, row["quote"] or None, fact.arm, number, fact)


def _places(row: Mapping[str, str]) -> Iterator[Evidence]:
    if not row["quote"] and not row["part"]:
        return
    part, mark, path = row["part"].partition(":")
    if part == JSON_PART and mark:
        yield Evidence(JSON_PART, row["quote"], path=path)
        return
    if not (row["start"].isdecimal() and row["end"].isdecimal()):
        raise ValueError(f"start and end are whole numbers, not {row['start']!r} and {row['end']!r}")
    yield Evidence(_bare(row["part"]), row["quote"], int(row["start"]), int(row["end"]))


def _bare(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
