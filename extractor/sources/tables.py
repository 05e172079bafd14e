"""Tables of JATS as text, cells apart by tabs and rows by line ends, and as a grid that knows where each cell stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from extractor.sources.markup import BREAK, block_text, local, rendered, text_of, tidy

MAX_SPAN = 100  # columns or rows that one cell may cover; more is a mistake in the file


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, at ``start:end`` of the table's text."""

    start: int
    end: int
    text: str


EMPTY = Cell(0, 0, "")


@dataclass(slots=True)
class Table:
    """A table's text, and its grid; a cell that covers several places stands in each of them."""

    text: str = ""
    caption: str = ""
    head: list[list[Cell]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


def laid_out(wrap: Any, blocks: frozenset[str], skipped: frozenset[str]) -> Table:
    """The table of a ``table-wrap``: label and caption, rows, notes."""
    caption = "\n".join(filter(None, (text_of(wrap.find("label")), block_text(wrap.find("caption"), blocks, skipped))))
    found = Table(caption, caption)
    for table in wrap.iter("table"):
        _add_rows(table, found)
    known = frozenset({"label", "caption", "table", *skipped})
    for child in wrap:
        if isinstance(child.tag, str) and local(child.tag) not in known:
            _add(found, block_text(child, blocks, skipped | {"table"}))
    return found


def _add(found: Table, text: str) -> int:
    """Append a line; where it begins."""
    if text:
        found.text += ("\n" if found.text else "") + text
    return len(found.text) - len(text)


def _add_rows(table: Any, found: Table) -> None:
    covered: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(table.iter("tr")):
        cells, columns, line = [], [], ""
        column = 0
        for element in row:
            if not isinstance(element.tag, str) or local(element.tag) not in ("td", "th"):
                continue
            while (number, column) in covered:
                line, column = line + "\t", column + 1
            text = tidy(rendered(element, frozenset({"p", "break", "list-item"})).replace(BREAK, " "))
            width, height = _span(element, "colspan"), _span(element, "rowspan")
            cells.append((element, column, width, height, len(line), text))
            columns.append(column)
            line, column = line + text + "\t" * width, column + width
        bare = line.rstrip("\t")
        offset = _add(found, bare)
        for _, place, width, height, start, text in cells:
            cell = Cell(offset + start, offset + start + len(text), text)
            covered |= {(number + r, place + c): cell for r in range(height) for c in range(width)}
        grid = [
            covered.get((number, c), EMPTY) for c in range(max((c for r, c in covered if r == number), default=-1) + 1)
        ]
        (found.head if _is_head(row, cells, found) else found.rows).append(grid)


def _is_head(row: Any, cells: list[Any], found: Table) -> bool:
    """A row of ``thead``, or before the first row of data one of ``th`` alone."""
    if local(row.getparent().tag) == "thead":
        return True
    return not found.rows and bool(cells) and all(local(element.tag) == "th" for element, *_ in cells)


def _span(element: Any, name: str) -> int:
    value = element.get(name, "1")
    return min(MAX_SPAN, max(1, int(value))) if value.isdecimal() else 1
