"""Cells of a table of adverse events as facts: the event of the row, the arm of the column, the figures of the cell.

A percentage alone gives no number of people. A column over several arms has no arm. Where a percentage does not fit the
printed size, all stays as printed and the fact says so by a flag.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from extractor.model import Evidence, Fact
from extractor.tables import words as w
from extractor.tables.figures import Figure, decimal, figure, whole
from extractor.tables.grid import Cell, Grid, Row
from extractor.tables.heads import Column, size_in
from extractor.tables.labels import relation
from extractor.tables.layouts import arms_of_headings, arms_of_rows
from extractor.tables.sizes import Sizes, arm_words
from extractor.tables.stubs import Reader, StubLine
from extractor.tables.topics import Topic

METHOD = "rule:adverse_event/table"
CONFIDENCE = 0.9
SLACK = 1.5  # percentage points between a stated percentage and the count's own, for rounding
DISAGREES = "percent_disagrees"
TOTAL = "total"
IN_BRACKETS = re.compile(r"(?P<first>\d+(?:[.·,]\d+)?)\s*%?\s*[(\[]\s*(?P<n>\d+)\s*[)\]]")
LIMITED = re.compile(
    r"(?:(?:patients?|subjects?|participants?) (?:with|experiencing) )?(?:a )?(?:DLTs?|dose[- ]limiting toxicit(?:y|ies))",
    re.I,
)
DIED = re.compile(
    r"(?:(?:all|any|overall|total|number of|(?P<when>(?:in-?|out-of-)hospital|ICU|(?:within )?\d+[- ](?:day|week|month|year)s?)) )?(?:deaths?|died|dead|mortality|fatalit(?:y|ies))(?: (?:of|from|due to) any cause)?",
    re.I,
)
POOLED = "pooled_arms"


def event_facts(grid: Grid, columns: dict[int, Column], topic: Topic, sizes: Sizes) -> Iterator[Fact]:
    """Adverse events of one table."""
    counted = [n for n, c in columns.items() if c.role in ("count", "percent", "events") and not c.first_visit]
    if not counted or _slashed(grid):
        return
    context = Context(grid, columns, sizes)
    sized = all(columns[n].size is not None for n in counted)
    for line in Reader(grid, topic, counted, sized=sized).lines():
        yield from context.facts(line, counted)


def _slashed(grid: Grid) -> bool:
    """Whether "4/8" is no four of eight but two counts side by side: some second number is the smaller one."""
    fractions = [f for row in grid.rows for f in row.figures().values() if f.n is not None and f.of is not None]
    return any(f.of < f.n for f in fractions if f.n is not None and f.of is not None)


def _caption_size(grid: Grid) -> tuple[int | None, Cell | None]:
    """The people of a table without arms, where its caption alone says how many: "in the treated patients (n = 10)"."""
    found = list(w.SIZE.finditer(grid.table.caption))
    if len(found) != 1 or not grid.table.text.startswith(grid.table.caption):
        return None, None
    match = found[0]
    return whole(match[1]), Cell(match.start(), match.end(), match.group())


class Context:
    """What all lines of a table share: its columns, its units, the sizes of its arms."""

    def __init__(self, grid: Grid, columns: dict[int, Column], sizes: Sizes) -> None:
        self.grid, self.columns, self.sizes = grid, columns, sizes
        table = grid.table
        self.unit = " ".join([*grid.stub_head(), table.caption.replace("\n", " ")])
        self.notes = table.notes
        self.all_percent = w.ALL_PERCENT.search(table.notes) is not None
        self.rate = w.RATE.search(table.caption) is not None
        told = {n for row in grid.rows for n, said in row.figures().items() if said.kind not in ("words", "dash")}
        self.arms = {c.arm for n, c in columns.items() if c.arm and n in told}
        self.row_arms = arms_of_rows(grid, self.arms) or arms_of_headings(grid, self.arms)
        self.of_all = _caption_size(grid)

    def facts(self, line: StubLine, counted: list[int]) -> Iterator[Fact]:
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for number in counted:
            if number in line.row.data:
                groups[self.columns[number].key].append(number)
        for numbers in groups.values():
            over = self.row_arms.get(id(line.row.data))
            yield from self._of_group(replace(line, arm=over.name, arm_cell=over.cell) if over else line, numbers)

    def _of_group(self, line: StubLine, numbers: list[int]) -> Iterator[Fact]:
        """The facts of the columns that say one thing of one arm: a count, its percentage beside it, a count of events."""
        percent_cells = [n for n in numbers if self.columns[n].role == "percent"]
        plain = [n for n in numbers if self.columns[n].role != "percent"]
        beside = {n: _after(n, percent_cells) for n in plain}
        used = {p for p in beside.values() if p is not None}
        for number in plain:
            other = beside[number]
            cells = [line.row.data[number], *([line.row.data[other]] if other is not None else [])]
            found = self._read(line, self.columns[number], cells)
            if found is not None:
                yield self._fact(line, self.columns[number], found, [c for c in cells if w.bare(c.text)])
        for number in percent_cells:
            if number in used and figure(line.row.data[_before(number, plain)].text).kind == "count":
                continue
            found = self._read(line, self.columns[number], [line.row.data[number]])
            if found is not None:
                yield self._fact(line, self.columns[number], found, [line.row.data[number]])

    # ------------------------------------------------------------ figures

    def _read(self, line: StubLine, column: Column, cells: list[Cell]) -> dict[str, Any] | None:
        """n, size, percentage, unit and flags that a cell gives; None where it counts nothing."""
        said = self._said(line, column, cells[0])
        size, size_cell = self._size(line, column)
        if said.kind not in ("count", "percent", "zero", "size") and not (
            said.kind == "measure" and self._percent_only(line, column)
        ):
            return None
        percent = said.percent
        if len(cells) > 1 and percent is None:
            percent = figure(cells[1].text).percent
            if percent is None and (match := re.fullmatch(r"\W*(\d+(?:[.·,]\d+)?)\W*", w.bare(cells[1].text))):
                percent = float(match[1].replace("·", ".").replace(",", "."))
        if said.kind == "measure" or (
            said.percent is None and said.n is not None and said.of is None and self._percent_only(line, column)
        ):
            return self._percentage(said, size, size_cell)
        if said.kind == "percent":
            return (
                {"n": None, "denominator": size, "percent": percent, "size_cell": size_cell}
                if percent is not None
                else None
            )
        found: dict[str, Any] = {
            "n": said.n,
            "denominator": said.of or size,
            "percent": percent,
            "size_cell": None if said.of else size_cell,
        }
        return self._checked(found, said, line, column)

    def _said(self, line: StubLine, column: Column, cell: Cell) -> Figure:
        """What a cell says where its unit puts the count in brackets: "% (n)", "events (patients)"."""
        units = (line.unit, column.unit, self.unit)
        match = IN_BRACKETS.fullmatch(w.bare(cell.text))
        if match is None:
            return figure(cell.text)
        if any(w.PERCENT_THEN_COUNT.search(unit) for unit in units):
            return Figure("count", whole(match["n"]), None, decimal(match["first"]), True, cell.text)
        if any(w.EVENTS_THEN_PEOPLE.search(unit) for unit in units):
            return Figure("count", whole(match["n"]), text=cell.text)
        if any(w.PEOPLE_THEN_EVENTS.search(unit) for unit in units) and match["first"].isdigit():
            return Figure("count", whole(match["first"]), text=cell.text)
        return figure(cell.text)

    def _percentage(self, said: Figure, size: int | None, size_cell: Cell | None) -> dict[str, Any] | None:
        match = re.fullmatch(r"\d{1,3}(?:[.·,]\d+)?", said.text)
        if not match:
            return None
        percent = float(said.text.replace("·", ".").replace(",", "."))
        return {"n": None, "denominator": size, "percent": percent, "size_cell": size_cell} if percent <= 100 else None

    def _percent_only(self, line: StubLine, column: Column) -> bool:
        """Whether bare numbers are percentages: the nearest word on the unit says so."""
        if column.role == "percent":
            return True
        if any("%" in unit for unit in (line.unit, column.unit, self.unit)) and self._decimals(column):
            return True
        for unit in (line.unit, w.SIZE.sub(" ", column.unit), w.SIZE.sub(" ", self.unit)):
            if w.HAS_N_PERCENT.search(unit) or (
                re.search(r"(?:^|[\s(])(?:n|no)\.?(?:$|[\s),=])", unit, re.I) and "%" not in unit
            ):
                return False
            if re.search(r"\(\s*%\s*(?:of [\w ]+)?\)|^\W*%|,\s*%|%\W*$|\bper ?cent(?:age)?s?\b", unit, re.I):
                return not self._paired(column)
        return self.all_percent and not self._paired(column)

    def _decimals(self, column: Column) -> bool:
        """Whether most cells of the column are bare numbers with decimals, which count nobody."""
        texts = [said.text for row in self.grid.rows if (said := row.figures().get(column.number))]
        return 2 * sum(re.fullmatch(r"\d{1,2}[.·]\d{1,2}", text) is not None for text in texts) > len(texts)

    def _paired(self, column: Column) -> bool:
        """Whether other cells of the column are counts with their percentage."""
        figures = [figure(r.data[column.number].text) for r in self.grid.rows if column.number in r.data]
        return any(f.n is not None and f.percent is not None for f in figures)

    def _checked(self, found: dict[str, Any], said: Figure, line: StubLine, column: Column) -> dict[str, Any] | None:
        n, size, percent = found["n"], found["denominator"], found["percent"]
        bracket = (line.unit, column.unit, self.unit)
        if percent is not None and not said.signed and any(map(w.GRADED_COUNT.search, bracket)):
            found["percent"] = percent = None
        elif percent is not None and (line.graded_bracket or any(map(w.GRADE_BRACKET.search, bracket))):
            found["grade"], found["percent"] = f"{percent:g}", None
            return found
        if column.role == "events" or line.counts_events or self._events_told(line):
            return found | {
                "denominator": None,
                "unit": "events",
                "percent": percent if said.signed else None,
                "size_cell": None,
            }
        if self.rate:
            return None
        if w.GIVEN.search(column.unit) or w.GIVEN.search(self.unit):
            found["unit"] = "administrations"
        if percent is not None and percent > 100:
            return None
        if n is not None and size is not None and n > size and not said.of and percent is None:
            return found | {"denominator": None, "unit": "events", "size_cell": None}
        if percent is not None and size and abs(100 * n / size - percent) > SLACK:
            if not said.signed and not self._percent_in_brackets(line, column):
                return found | {"percent": None}
            return found | {"flags": (DISAGREES,)}
        return found

    def _events_told(self, line: StubLine) -> bool:
        return (
            w.EVENT_COUNTS.search(self.grid.table.caption) is not None
            and w.OF_PEOPLE.search(self.unit + line.unit) is None
        )

    def _percent_in_brackets(self, line: StubLine, column: Column) -> bool:
        texts = (line.unit, column.unit, self.unit, self.notes)
        return any(w.PERCENT_WORD.search(text) for text in texts) or self._mostly_percent(column)

    def _mostly_percent(self, column: Column) -> bool:
        """Whether most brackets of the table are the percentage of their count."""
        right = wrong = 0
        for row in self.grid.rows:
            for number, said in row.figures().items():
                size = self.columns[number].size if number in self.columns else None
                if said.n is not None and said.percent is not None and size:
                    fits = abs(100 * said.n / size - said.percent) <= SLACK
                    right, wrong = right + fits, wrong + (not fits)
        return right > wrong

    def _size(self, line: StubLine, column: Column) -> tuple[int | None, Cell | None]:
        """The people of the arm: beside the cell, in the heading, in a row, in the head, elsewhere."""
        if (beside := line.row.data.get(column.number + 1)) and self.columns[column.number + 1].role in (
            "size",
            "count",
        ):
            said = figure(beside.text)
            if said.kind == "size":
                return said.n, beside
        for name, n, cell in line.sizes_by_name:
            if (
                column.arm
                and arm_words(name) & arm_words(column.arm)
                and self.sizes.is_arm(name, column.arm, self.arms)
            ):
                return n, cell
        if column.number in line.sizes:
            return line.sizes[column.number]
        if column.size is not None:
            return column.size, column.size_cell
        if not self.arms and not line.arm and not self.row_arms:
            return self.of_all
        if line.arm_cell is not None and (size := size_in(line.arm_cell.text)) is not None:
            return size, line.arm_cell
        return self.sizes.of(line.arm or column.arm), None

    # ------------------------------------------------------------ facts

    def _fact(self, line: StubLine, column: Column, found: dict[str, Any], cells: list[Cell]) -> Fact:
        row_name, column_name = w.bare(line.row.label.text) or None, column.path or None
        part = self.grid.name
        size_cell = found.pop("size_cell", None)
        cited = [*line.cells, *cells, *([size_cell] if size_cell is not None and found["denominator"] else [])]
        if column.arm and not size_cell:
            cited += column.arm_cells[-1:]
        flags = [*found.pop("flags", ())]
        if column.total:
            flags.append(TOTAL)
        if column.pooled:
            flags.append(POOLED)
        unit = found.pop("unit", None)
        grade = found.pop("grade", None) or column.grade or line.grade
        evidence = tuple(
            Evidence(part, c.text, c.start, c.end, row=row_name, column=column_name)
            if c in cells
            else Evidence(part, c.text, c.start, c.end)
            for c in dict.fromkeys(cited)
            if c.text
        )
        value = {
            "term": lowered(line.term),
            "term_id": None,
            **found,
            "denominator_unit": unit or ("participants" if found["denominator"] is not None else None),
            "grade": grade,
            "severity": column.severity or line.severity,
            "serious": column.serious if column.serious is not None else line.serious,
            "related": relation(column.related) if column.related else line.related,
            "assertion": "present" if (found["n"] if found["n"] is not None else found["percent"]) else "absent",
            "scope": column.visit or (died["when"] if (died := DIED.fullmatch(line.term)) else None),
        }
        return Fact(
            "adverse_event", value, evidence, METHOD, CONFIDENCE, arm=line.arm or column.arm, flags=tuple(flags)
        )


def _after(number: int, others: list[int]) -> int | None:
    return number + 1 if number + 1 in others else None


def _before(number: int, others: list[int]) -> int:
    return number - 1 if number - 1 in others else number


def lowered(term: str) -> str:
    """A term in lower case unless it holds an abbreviation ("QT prolonged" stays); whoever died, the term is "death"."""
    if DIED.fullmatch(term):
        return "death"
    if LIMITED.fullmatch(term):
        return "dose-limiting toxicity"
    first, rest = term[:1], term[1:]
    return first.lower() + rest if rest == rest.lower() else term


__all__ = ["CONFIDENCE", "METHOD", "Row", "event_facts", "lowered"]
