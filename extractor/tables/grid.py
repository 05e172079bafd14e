"""A table as a grid: every place holds a cell, a cell that covers several stands in each; head rows, stub columns, depths.

Head rows are those that the file marks, and the first rows of the body that say no figures but sizes, units and names.
Stub columns are the first ones, whose cells are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractor.tables.figures import Figure, figure, is_figure
from extractor.tables.words import HEAD_WORDS, ONLY_SIZE, STUB_HEAD, bare

MAX_STUBS = 3
WORDY = 0.25  # share of figures below which a column is one of words
BLANKS = " \t\u00a0\u2002\u2003\u2009\u200a\u3000"
WIDE = "\u2003\u3000"  # an em space is worth two


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, at ``start:end`` of the table's text; ``breaks`` are the ends of its lines but the last, within it."""

    start: int
    end: int
    text: str
    breaks: tuple[int, ...] = ()

    def lines(self) -> list[Cell]:
        """The lines of the cell as cells."""
        edges = [0, *self.breaks, len(self.text)]
        found = []
        for a, b in pairwise(edges):
            piece = self.text[a:b]
            left = len(piece) - len(piece.lstrip())
            text = piece.strip()
            if text:
                found.append(Cell(self.start + a + left, self.start + a + left + len(text), text))
        return found


EMPTY = Cell(0, 0, "")


@dataclass(slots=True)
class Table:
    """A table as its source lays it out: its text, caption, rows of the head and of the body, the notes under it."""

    text: str = ""
    caption: str = ""
    head: list[list[Cell]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    notes: str = ""
    name: str = ""
    picture: bool = False
    why: str = "is a picture"  # what a table without rows is


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the body: the cells of its stub, its cells of data by column, and how far it is indented."""

    stubs: tuple[Cell, ...]
    data: dict[int, Cell]
    depth: int
    marks: tuple[Cell, ...] = ()  # cells of the stub that say a grade, a severity or a statistic

    @property
    def label(self) -> Cell:
        """The last cell of the stub that says something."""
        return next((c for c in reversed(self.stubs) if c.text.strip(BLANKS)), EMPTY)

    def figures(self) -> dict[int, Figure]:
        return {n: figure(c.text) for n, c in self.data.items() if c.text.strip(BLANKS)}

    @property
    def is_heading(self) -> bool:
        return bool(self.label.text) and not any(bare(c.text) for c in self.data.values())


@dataclass(slots=True)
class Grid:
    """A table whose head, stub and body are told apart."""

    table: Table
    levels: list[list[Cell]]
    rows: list[Row]
    stubs: int
    width: int

    @property
    def name(self) -> str:
        return self.table.name

    def stub_head(self) -> list[str]:
        """What the head says over each column of the stub."""
        return [
            " ".join(dict.fromkeys(level[n].text for level in self.levels if level[n].text)) for n in range(self.stubs)
        ]

    def data_columns(self) -> range:
        return range(self.stubs, self.width)


def grid_of(table: Table) -> Grid:
    """The grid of a table."""
    table = _panels_below(table)
    rows = [split for row in table.rows for split in _lines_apart(row) if any(bare(c.text) for c in split)]
    width = max((len(row) for row in [*table.head, *rows]), default=0)
    padded = [_padded(row, width) for row in rows]
    head = [_padded(row, width) for row in table.head]
    extra = _head_rows(padded, bool(head))
    levels, body = [*head, *padded[:extra]], padded[extra:]
    stubs = _stubs(levels, body, width)
    _spread(levels, stubs, width)
    return Grid(table, levels, _rows(body, stubs, width), stubs, width)


def _panels_below(table: Table) -> Table:
    """The table with its second half below its first, where the head says the same over both ("Event | A | B | Event | A | B")."""
    width = max((len(row) for row in [*table.head, *table.rows]), default=0)
    half = width // 2
    head = table.head or table.rows[:1]
    if width % 2 or half < 2 or not head or any(len(row) != width for row in [*table.head, *table.rows]):
        return table
    said = [[bare(cell.text) for cell in row] for row in head]
    if not said[-1][0] or any(row[:half] != row[half:] for row in said):
        return table
    body = table.rows if table.head else table.rows[1:]
    rows = [*(row[:half] for row in body), *(row[half:] for row in body)]
    return replace(table, head=[row[:half] for row in head], rows=rows)


def _spread(levels: list[list[Cell]], stubs: int, width: int) -> None:
    """Fill blanks of a head row from the left, where the row below says the same under each of its cells."""
    for over, under in pairwise(levels):
        starts = [n for n in range(stubs, width) if bare(over[n].text)]
        if len(starts) < 2 or starts[0] != stubs or len(starts) == width - stubs:
            continue
        ends = [*starts[1:], width]
        groups = [tuple(bare(under[n].text) for n in range(a, b)) for a, b in zip(starts, ends, strict=True)]
        first = groups[0]
        if len(set(groups)) == 1 and len(first) > 1 and all(first) and len(set(first)) == len(first):
            for a, b in zip(starts, ends, strict=True):
                over[a:b] = [over[a]] * (b - a)


LISTED = re.compile(r"\s*(?:/|,|\bor\b|\band\b|&)\s*", re.I)
DEGREE = r"(?:(?:CTCAE?|WHO|NCI)?\s*grades?\s*|G)?(?:[1-5]|IV|V|I{1,3}|mild|moderate|severe)"
DEGREES = re.compile(rf"{DEGREE}(?:{LISTED.pattern}{DEGREE})+", re.I)
TOGETHER = re.compile(r"\d+(?:\s*/\s*\d+)+")


def parted(grid: Grid) -> Grid:
    """The grid with a column a degree, where "Grade I or II" stands over cells such as "4/8": four of grade I, eight of grade II.

    A fraction is no such pair: some second number must be the smaller one, or there must be more than two.
    """
    columns = {n: parts for n in grid.data_columns() if len(parts := _degrees_over(grid, n)) > 1}
    said = (bare(row.data[n].text) for n in columns for row in grid.rows if n in row.data)
    cells = ([int(x) for x in text.split("/")] for text in said if TOGETHER.fullmatch(text))
    if not any(len(numbers) > 2 or numbers[-1] < numbers[0] for numbers in cells):
        return grid
    table = grid.table
    head = [
        [piece for n, cell in enumerate(level) for piece in _head_pieces(cell, columns.get(n))] for level in grid.levels
    ]
    rows = []
    for row in grid.rows:
        data = [
            piece for n in grid.data_columns() for piece in _pieces(row.data.get(n, EMPTY), len(columns.get(n, "1")))
        ]
        rows.append([*row.stubs, *data])
    return grid_of(Table(table.text, table.caption, head, rows, table.notes, table.name))


def _degrees_over(grid: Grid, column: int) -> list[Cell]:
    """The degrees that the head of a column lists, where each of its cells has as many numbers."""
    texts = [bare(row.data[column].text) for row in grid.rows if column in row.data and bare(row.data[column].text)]
    for level in grid.levels:
        cell = level[column]
        if DEGREES.fullmatch(bare(cell.text)) and (parts := list(_listed(cell))):
            alike = all(TOGETHER.fullmatch(text) and text.count("/") + 1 == len(parts) for text in texts)
            return parts if texts and alike else []
    return []


def _listed(cell: Cell) -> Iterator[Cell]:
    """The degrees of a head cell, each with its place."""
    for match in re.finditer(DEGREE, cell.text, re.I):
        yield Cell(cell.start + match.start(), cell.start + match.end(), match.group())


def _head_pieces(cell: Cell, parts: list[Cell] | None) -> list[Cell]:
    if not parts:
        return [cell]
    return parts if cell.start <= parts[0].start and parts[-1].end <= cell.end and cell.text else [cell] * len(parts)


def _pieces(cell: Cell, count: int) -> list[Cell]:
    if count == 1 or not bare(cell.text):
        return [cell] * count
    return [Cell(cell.start + m.start(), cell.start + m.end(), m.group()) for m in re.finditer(r"\d+", cell.text)][
        :count
    ]


def turned(grid: Grid) -> Grid:
    """The grid with rows as columns, for a table that has arms down its side."""
    table = grid.table
    head = [[grid.levels[-1][0] if grid.levels else EMPTY, *(row.label for row in grid.rows)]]
    rows = []
    for column in grid.data_columns():
        over = [level[column] for level in grid.levels if level[column].text]
        rows.append([over[-1] if over else EMPTY, *(row.data.get(column, EMPTY) for row in grid.rows)])
    return grid_of(Table(table.text, table.caption, head, rows, table.notes, table.name))


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    return [*row, *[EMPTY] * (width - len(row))]


def _lines_apart(row: list[Cell]) -> list[list[Cell]]:
    """A row whose cells all have the same number of lines, several, as that many rows."""
    lines = [cell.lines() for cell in row if cell.text.strip(BLANKS)]
    counts = {len(found) for found in lines}
    if len(lines) < 2 or len(counts) != 1 or counts == {1}:
        return [row]
    return [[cell.lines()[n] if cell.text.strip(BLANKS) else EMPTY for cell in row] for n in range(counts.pop())]


def _head_rows(rows: list[list[Cell]], marked: bool) -> int:
    """How many of the first rows of the body belong to the head."""
    count = 0
    for row in rows[:4]:
        said = [cell.text for cell in dict.fromkeys(row[1:]) if bare(cell.text)]
        label = bare(row[0].text)
        if not said or (row[0].text and len(dict.fromkeys(c for c in row if c.text)) < 2):  # a heading over all columns
            break
        if any(is_figure(text) for text in said):
            break
        named = not label or STUB_HEAD.search(label) is not None
        sized = all(_is_size(text) for text in said)
        heads = all(HEAD_WORDS.search(text) for text in said)
        if not (named if not marked or not label else named and (sized or heads)):
            break
        count += 1
    return count if count < len(rows) else 0


def _is_size(text: str) -> bool:
    return ONLY_SIZE.fullmatch(bare(text)) is not None


def _stubs(levels: list[list[Cell]], body: list[list[Cell]], width: int) -> int:
    """How many of the first columns are words."""
    count = 0
    for column in range(min(width, MAX_STUBS)):
        texts = [row[column].text for row in body if bare(row[column].text)]
        over = " ".join(level[column].text for level in levels)
        figures = sum(is_figure(text) or _is_size(text) for text in texts)
        if column and texts and figures > WORDY * len(texts) and not _is_attribute(over, texts):
            break
        if column and not texts and bare(over):
            break
        if column and ONLY_SIZE.search(over):
            break
        count += 1
    while count > 1 and not _some_figures(body, count, width):
        count -= 1
    return max(1, min(count, width - 1)) if width > 1 else 1


def _is_attribute(over: str, texts: list[str]) -> bool:
    """Whether a column says of which grade a row is, or whether it counts those with the event or those without."""
    if all(re.fullmatch(r"(?:yes|no|present|absent)", bare(t), re.I) for t in texts):
        return True
    return bool(re.fullmatch(r"\W*(?:\w+ ){0,2}(?:grade|severity)s?\W*", over, re.I)) and all(
        re.fullmatch(r"[\W\d]*[1-5]\W*", t) for t in texts
    )


def _some_figures(body: list[list[Cell]], start: int, width: int) -> bool:
    return any(is_figure(row[n].text) for row in body for n in range(start, width))


def _rows(body: list[list[Cell]], stubs: int, width: int) -> list[Row]:
    found = []
    for cells in body:
        spread = bool(cells[0].text) and len({c for c in cells if c.text}) == 1 and sum(bool(c.text) for c in cells) > 1
        data = {} if spread else {n: cells[n] for n in range(stubs, width)}
        found.append(Row(tuple(cells[:stubs]), data, _depth(cells, stubs)))
    return found


def _depth(cells: Sequence[Cell], stubs: int) -> int:
    """How far a row's label is indented: blanks before it, and columns of the stub left empty."""
    for place, cell in enumerate(cells[:stubs]):
        text = cell.text.strip(BLANKS)
        if text:
            lead = cell.text[: len(cell.text) - len(cell.text.lstrip(BLANKS))]
            return 10 * place + len(lead) + sum(c in WIDE for c in lead)
    return 0
