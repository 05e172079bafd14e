"""A user's table of counts: a CSV with ``study, events, total`` or ``study, events1, total1, events2, total2``.

Column names in any case and order, further columns kept; comma, semicolon or tab; with or without a byte-order mark.
A row with a missing count is left out with that reason. A count that cannot be, or a study that stands there twice, is an
error that names row and column: nothing is guessed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from extractor.errors import PoolError
from extractor.files import read_text
from extractor.pool.counts import MOST_PEOPLE
from extractor.pool.proportions import pool_proportions
from extractor.pool.results import LeftOut, PooledComparison, PooledProportion
from extractor.pool.two_arms import pool_two_arm

ONE_ARM = ("study", "events", "total")
TWO_ARM = ("study", "events1", "total1", "events2", "total2")
DELIMITERS = ",;\t"
# How tables say that a number is not there.
MISSING = frozenset({"", "na", "n/a", "nan", "nr", "none", "null", "-", "–", ".", "?"})
# Optional columns that the sensitivity table knows.
CASE_REPORT, OVERLAP = "case_report", "overlap"
_Number = TypeVar("_Number", int, float)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "y"}), frozenset({"0", "false", "no", "n"}) | MISSING


@dataclass(frozen=True, slots=True)
class CountsTable:
    """Counts of one or two arms.

    Attributes
    ----------
    studies : tuple of str
    events, totals : tuple of tuple of int
        One inner tuple per arm, each as long as ``studies``.
    extra : mapping of column name to tuple of str
        Every other column, as written.
    left_out : tuple of LeftOut
        Rows that were not read as counts, with the reason.
    """

    studies: tuple[str, ...]
    events: tuple[tuple[int, ...], ...]
    totals: tuple[tuple[int, ...], ...]
    extra: Mapping[str, tuple[str, ...]]
    left_out: tuple[LeftOut, ...]

    @property
    def arms(self) -> int:
        """1 or 2."""
        return len(self.events)

    def flags(self, column: str) -> tuple[bool, ...] | None:
        """A yes/no column of the table, or None where it has none.

        Raises
        ------
        PoolError
            If a value is neither yes nor no.
        """
        if column not in self.extra:
            return None
        values = [value.strip().lower() for value in self.extra[column]]
        for study, value in zip(self.studies, values, strict=True):
            if value not in _TRUE | _FALSE:
                raise PoolError(
                    f"study {study!r}, column {column!r}: {value!r} is neither yes nor no (1, true, yes; 0, false, no)"
                )
        return tuple(value in _TRUE for value in values)


def read_counts(path: Path) -> CountsTable:
    """Read a CSV of counts.

    Parameters
    ----------
    path : Path
        UTF-8.

    Returns
    -------
    CountsTable

    Raises
    ------
    PoolError
        If the file cannot be read, lacks a column, or holds an impossible count.
    """
    return parse_counts(read_text(path, PoolError), name=str(path))


def parse_counts(text: str, *, name: str = "counts") -> CountsTable:
    """Read counts from the text of a CSV; ``name`` is said in messages.

    Raises
    ------
    PoolError
        As :func:`read_counts`.
    """
    lines = list(_lines(text, name))
    if not lines:
        raise PoolError(f"{name}: empty; give a CSV with the columns {', '.join(ONE_ARM)} or {', '.join(TWO_ARM)}")
    header = [cell.strip().lower() for _, cells in lines[:1] for cell in cells]
    wanted = _columns(header, name)
    table = _Reader(name, header, wanted)
    for number, cells in lines[1:]:
        table.take(number, cells)
    return table.finish()


def pool_table(
    table: CountsTable, *, measure: str = "OR", prediction_rule: str = "t(k-1)"
) -> PooledProportion | PooledComparison:
    """Pool a table by what it holds: proportions of one arm, or a comparison of two.

    Parameters
    ----------
    table : CountsTable
        Columns ``case_report`` and ``overlap`` (yes/no), where there are any, feed the sensitivity table.
    measure : str
        For two arms.
    prediction_rule : str
        For one arm.

    Raises
    ------
    PoolError
        If no row is left, or an option is unknown.
    """
    if not table.studies:
        reasons = "; ".join(f"{row.study}: {row.reason}" for row in table.left_out) or "the table has no row"
        raise PoolError(f"nothing to pool ({reasons})")
    if table.arms == 1:
        return pool_proportions(
            table.events[0], table.totals[0], studies=table.studies, left_out=table.left_out,
            case_reports=table.flags(CASE_REPORT), overlaps=table.flags(OVERLAP), prediction_rule=prediction_rule,
        )  # fmt: skip
    return pool_two_arm(
        table.events[0], table.totals[0], table.events[1], table.totals[1],
        measure=measure, studies=table.studies, left_out=table.left_out,
    )  # fmt: skip


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Non-empty rows with their line numbers in the file."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise PoolError(
            f"{name}, line {reader.line_num}: no CSV ({error}); close each quotation mark, and double one inside a cell"
        ) from error


def _columns(header: Sequence[str], name: str) -> tuple[str, ...]:
    """Which of the two layouts this is."""
    duplicates = sorted({column for column in header if column and header.count(column) > 1})
    if duplicates:
        raise PoolError(f"{name}: column {duplicates[0]!r} occurs more than once; keep one of each name")
    for layout in (TWO_ARM, ONE_ARM):
        if set(layout) <= set(header):
            return layout
    layout = TWO_ARM if {"events1", "total1", "events2", "total2"} & set(header) else ONE_ARM
    lacking = [column for column in layout if column not in header]
    raise PoolError(
        f"{name}: no column {', '.join(map(repr, lacking))} among {', '.join(map(repr, header))}; legal are "
        f"{', '.join(ONE_ARM)} or {', '.join(TWO_ARM)}, in any order and case"
    )


class _Reader:
    """Rows into columns; keeps what is left out and why."""

    def __init__(self, name: str, header: Sequence[str], wanted: tuple[str, ...]) -> None:
        self._name, self._header, self._wanted = name, header, wanted
        self._studies: list[str] = []
        self._counts: list[list[int]] = []
        self._extra: dict[str, list[str]] = {column: [] for column in header if column and column not in wanted}
        self._left_out: list[LeftOut] = []

    def take(self, number: int, cells: Sequence[str]) -> None:
        """One row of the file."""
        if len(cells) > len(self._header) and any(cell.strip() for cell in cells[len(self._header) :]):
            raise PoolError(f"{self._name}, line {number}: {len(cells)} cells under {len(self._header)} column names")
        padded = [*cells, *[""] * (len(self._header) - len(cells))]
        row = dict(zip(self._header, padded, strict=False))
        study = row["study"].strip() or f"line {number}"
        found = [self._count(number, column, row[column]) for column in self._wanted[1:]]
        missing = [column for column, count in zip(self._wanted[1:], found, strict=True) if count is None]
        if missing:
            self._left_out.append(LeftOut(study, f"no number for {', '.join(missing)}"))
            return
        counts = [count for count in found if count is not None]
        reason = self._check(number, counts)
        if reason:
            self._left_out.append(LeftOut(study, reason))
            return
        if study in self._studies:
            raise PoolError(
                f"{self._name}, line {number}: study {study!r} stands there twice. Is it one study? Then take one row out, or add "
                "up its arms. If not, give each its own name"
            )
        self._studies.append(study)
        self._counts.append(counts)
        for column, values in self._extra.items():
            values.append(row[column].strip())

    def finish(self) -> CountsTable:
        """The table of what was taken."""
        arms = range(0, len(self._wanted) - 1, 2)
        return CountsTable(
            tuple(self._studies),
            tuple(tuple(row[arm] for row in self._counts) for arm in arms),
            tuple(tuple(row[arm + 1] for row in self._counts) for arm in arms),
            {column: tuple(values) for column, values in self._extra.items()},
            tuple(self._left_out),
        )

    def _count(self, number: int, column: str, cell: str) -> int | None:
        """A whole number of people, or None where the cell says that there is none."""
        written = cell.strip()
        if written.lower() in MISSING:
            return None
        whole = _number(written, int)
        if whole is None:
            decimal = _number(written, float)
            whole = int(decimal) if decimal is not None and decimal.is_integer() else None
        if whole is None or not 0 <= whole <= MOST_PEOPLE or "_" in written:
            raise PoolError(
                f"{self._name}, line {number}, column {column!r}: {written!r} is no count; legal are whole numbers from 0 "
                f"to {MOST_PEOPLE:,}, or an empty cell for a missing one"
            )
        return whole

    def _check(self, number: int, counts: Sequence[int]) -> str | None:
        """Why a row of numbers is not pooled, or an error where they cannot be."""
        for arm in range(0, len(counts), 2):
            events, total = counts[arm], counts[arm + 1]
            if events > total:
                columns = self._wanted[arm + 1 : arm + 3]
                raise PoolError(
                    f"{self._name}, line {number}, columns {columns[0]!r} and {columns[1]!r}: {events} of {total} is impossible; "
                    f"legal is 0 <= {columns[0]} <= {columns[1]}"
                )
            if total == 0:
                return f"no participants ({self._wanted[arm + 2]} is 0)"
        return None


def _number(written: str, kind: Callable[[str], _Number]) -> _Number | None:
    try:
        return kind(written)
    except ValueError:
        return None
