"""Tables of JATS as text, cells apart by tabs and rows by line ends, and as a grid that knows where each cell stands."""

from __future__ import annotations

from typing import Any

from extractor.sources.markup import BREAK, block_text, local, rendered, text_of, tidy
from extractor.tables.grid import EMPTY, Cell, Table

MAX_SPAN = 100  # columns or rows that one cell may cover; more is a mistake in the file


def laid_out(wrap: Any, blocks: frozenset[str], skipped: frozenset[str]) -> Table:
    """The table of a ``table-wrap``: label and caption, rows, notes."""
    caption = "\n".join(filter(None, (text_of(wrap.find("label")), block_text(wrap.find("caption"), blocks, skipped))))
    found = Table(caption, caption)
    for table in wrap.iter("table"):
        _add_rows(table, found)
    known = frozenset({"label", "caption", "table", *skipped})
    notes = [
        block_text(child, blocks, skipped | {"table"})
        for child in wrap
        if isinstance(child.tag, str) and local(child.tag) not in known
    ]
    found.notes = "\n".join(filter(None, notes))
    found.picture = (
        not found.rows and not found.head and next(wrap.iter("graphic", "inline-graphic", "media"), None) is not None
    )
    _add(found, found.notes)
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
            text, breaks = _cell_text(element)
            width, height = _span(element, "colspan"), _span(element, "rowspan")
            cells.append((element, column, width, height, len(line), text, breaks))
            columns.append(column)
            line, column = line + text + "\t" * width, column + width
        bare = line.rstrip("\t")
        offset = _add(found, bare)
        for _, place, width, height, start, text, breaks in cells:
            cell = Cell(offset + start, offset + start + len(text), text, breaks)
            covered |= {(number + r, place + c): cell for r in range(height) for c in range(width)}
        grid = [
            covered.get((number, c), EMPTY) for c in range(max((c for r, c in covered if r == number), default=-1) + 1)
        ]
        (found.head if _is_head(row, cells, found) else found.rows).append(grid)


def _cell_text(element: Any) -> tuple[str, tuple[int, ...]]:
    """The text of a cell on one line, and where its lines ended."""
    lines = [tidy(line) for line in rendered(element, frozenset({"p", "break", "list-item"})).split(BREAK)]
    lines = [line for line in lines if line]
    ends = [sum(map(len, lines[:n])) + n - 1 for n in range(1, len(lines))]
    return " ".join(lines), tuple(ends)


def _is_head(row: Any, cells: list[Any], found: Table) -> bool:
    """A row of ``thead``, or before the first row of data one of ``th`` alone."""
    if local(row.getparent().tag) == "thead":
        return True
    return not found.rows and bool(cells) and all(local(element.tag) == "th" for element, *_ in cells)


def _span(element: Any, name: str) -> int:
    value = element.get(name, "1")
    return min(MAX_SPAN, max(1, int(value))) if value.isdecimal() else 1
