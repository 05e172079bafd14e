"""Cells that were given, as a table prints them: "Number of injected mononuclear cells (x 10^6): 461 ± 130".

Of use where no sentence tells the dose. The first such row of a table is read: those below it count parts of the same cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from extractor import patterns as re
from extractor.model import Evidence, Fact
from extractor.tables import words as w
from extractor.tables.figures import BOUNDS, MEASURE, decimal
from extractor.tables.grid import Cell, Grid, Row
from extractor.tables.heads import Column
from extractor.words import Words

W = Words("tables")

METHOD, CONFIDENCE = "rule:dose/table", 0.8
CELLS = re.compile(rf"\b{W.dosed_cells}\b", re.I)
GIVEN = re.compile(rf"\b{W.dosed_given}", re.I)
# "(x10^6)", "× 10^8/kg", "millions"
TIMES = re.compile(
    r"(?:[x×*]\s*)?10\s*\^\s*\{?(?P<power>\d{1,2})\}?(?P<kg>\s*(?:cells)?\s*/\s*kg)?|\b(?P<million>millions?)\b(?P<kg2>[^)]{0,12}/\s*kg)?",
    re.I,
)
MEDIAN = re.compile(r"\bmedian\b", re.I)


def doses(tables: Sequence[tuple[Grid, dict[int, Column]]]) -> list[Fact]:
    """Doses of the first table that counts cells given, an arm each."""
    for grid, columns in tables:
        for row, said, times in _rows(grid):
            if found := list(_facts(grid, columns, row, said, times)):
                return found
    return []


def _rows(grid: Grid) -> Iterator[tuple[Row, str, re.Match[str]]]:
    """Rows that count cells, with their label and the heading above it, and what they are to be multiplied by."""
    heading = ""
    for row in grid.rows:
        label = w.bare(row.label.text)
        if row.is_heading:
            heading = label
            continue
        said = f"{label} {heading}"
        if CELLS.search(label) and GIVEN.search(said) and (times := TIMES.search(said)):
            yield row, said, times


def _facts(grid: Grid, columns: dict[int, Column], row: Row, said: str, times: re.Match[str]) -> Iterator[Fact]:
    factor = 10 ** int(times["power"]) if times["power"] else 10**6
    unit = "cells/kg" if times["kg"] or times["kg2"] else "cells"
    for number, cell in row.data.items():
        if (column := columns.get(number)) and (value := _value(cell, said + column.unit, factor)):
            quotes = [
                Evidence(
                    grid.name, cell.text, cell.start, cell.end, row=w.bare(row.label.text), column=column.path or None
                )
            ]
            quotes.append(Evidence(grid.name, row.label.text, row.label.start, row.label.end))
            yield Fact("dose", value | {"unit": unit}, tuple(quotes), METHOD, CONFIDENCE, arm=column.arm)


def _value(cell: Cell, said: str, factor: int) -> dict[str, Any] | None:
    """Mean or median with its spread, in full numbers."""
    match = MEASURE.fullmatch(w.bare(cell.text))
    middle = decimal(match["middle"]) if match else None
    if match is None or not middle:
        return None
    bounds = BOUNDS.search(match["bracket"] or match["bare"] or "")
    sd = decimal(match["sd"])
    basis = "mean" if sd else "median" if MEDIAN.search(said) or bounds else None
    value: dict[str, Any] = {"low": _full(middle, factor), "high": _full(middle, factor), "basis": basis}
    return value | ({"sd": _full(sd, factor)} if sd else {})


def _full(number: float, factor: int) -> float:
    return float(f"{number * factor:.6g}")
