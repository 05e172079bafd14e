"""One way to print a table on a terminal, a pipe or into a file: it fits the width, and breaks no word while a column can give.

A table that is too wide loses its least important columns one by one: what stood in them is printed under each row, so
that nothing is dropped in silence. Control characters of strangers' texts are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from extractor.commands.shared import printable

GAP = 2  # blanks between two columns
INDENT = 4  # blanks before what is folded under a row
NARROWEST = 14  # characters that a column of words keeps at least, where it has them
LONGEST_WORD = 26  # characters of a word that is never broken; identifiers are shorter
WORD = re.compile(r"\S+")
PIECE = re.compile(
    r"[^-/_:;,.‐–]*[-/_:;,.‐–]+|[^-/_:;,.‐–]+"
)  # "clinicaltrials:" "NCT02881476": where a long word may end


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        The heading.
    rank : int
        0: stays whatever the width; else the highest leaves the table first, and is folded under its row.
    most : int
        Characters that it is given at most.
    least : int
        Characters below which it leaves the table, where it has as many; for columns of sentences.
    right : bool
        Numbers: flush right, never broken.
    style : str
        A rich style of its cells.
    """

    name: str
    rank: int = 0
    most: int = 60
    least: int = NARROWEST
    right: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class ScreenTable:
    """Columns and rows of strings; ``styles`` holds a rich style for each row, or nothing."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    styles: Sequence[str] = field(default_factory=tuple)


def print_table(console: Console, table: ScreenTable) -> None:
    """Print `table` at the width of `console`."""
    for line in lines(table, console.width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False, highlight=False, soft_wrap=True)


def lines(table: ScreenTable, width: int) -> Iterator[Text]:
    """The lines of `table`, none wider than `width` unless one column alone is."""
    cells = [[tidy(cell) for cell in row] for row in table.rows]
    widths = layout(table.columns, cells, width)
    shown, folded = list(widths), [i for i in range(len(table.columns)) if i not in widths]
    yield from (Text(part, style="bold") for part in (wrapped(tidy(table.title), width) if table.title else ()))
    heads = [[Text(part, style="bold") for part in wrapped(table.columns[i].name, widths[i])] for i in shown]
    yield from _beside(heads, [widths[i] for i in shown], [table.columns[i].right for i in shown])
    yield Text("─" * min(width, sum(widths.values()) + GAP * (len(shown) - 1)))
    for number, row in enumerate(cells):
        style = table.styles[number] if table.styles else ""
        parts = [
            [Text(part, style=style or table.columns[i].style) for part in wrapped(row[i], widths[i])] for i in shown
        ]
        yield from _beside(parts, [widths[i] for i in shown], [table.columns[i].right for i in shown])
        yield from _folded([(table.columns[i].name, row[i]) for i in folded], width, style)


def tidy(cell: str) -> str:
    """A cell on one line, without what a terminal would obey."""
    return printable(" ".join(cell.split()))


def layout(columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int) -> dict[int, int]:
    """The columns that are shown, by their number, and how wide each is."""
    natural = [_widest(c, [row[i] for row in cells]) for i, c in enumerate(columns)]
    least = [_least(c, [row[i] for row in cells], natural[i]) for i, c in enumerate(columns)]
    shown = list(range(len(columns)))
    while _total(least, shown) > width and any(columns[i].rank for i in shown):
        shown.remove(max(shown, key=lambda i: (columns[i].rank, i)))
    spare = width - _total(least, shown)
    if spare < 0:  # only columns that must stay, and too many: each gives by its share
        least = [max(1, n * (width - GAP * (len(shown) - 1)) // sum(least[i] for i in shown)) for n in least]
        spare = 0
    wanted = {i: natural[i] - least[i] for i in shown}
    share = min(1.0, spare / sum(wanted.values())) if any(w > 0 for w in wanted.values()) else 0.0
    return {i: least[i] + int(max(0, wanted[i]) * share) for i in shown}


def _total(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[i] for i in shown) + GAP * (len(shown) - 1)


def _widest(column: Column, cells: Sequence[str]) -> int:
    longest = max(map(cell_len, cells), default=0)
    return max(longest if column.right else min(column.most, longest), min(cell_len(column.name), NARROWEST))


def _least(column: Column, cells: Sequence[str], natural: int) -> int:
    if column.right:
        return natural
    word = min(LONGEST_WORD, max(map(_longest_word, [column.name, *cells])))
    return min(natural, max(word, column.least))


def _longest_word(text: str) -> int:
    return max((cell_len(word) for word in WORD.findall(text)), default=1)


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at blanks, else after punctuation, else where it must be."""
    found, line = [], ""
    for word in WORD.findall(text):
        if cell_len(line) + bool(line) + cell_len(word) <= width:
            line = f"{line} {word}" if line else word
            continue
        if line:
            found.append(line)
        *full, line = _broken(word, width)
        found += full
    return [*found, line]


def _broken(word: str, width: int) -> list[str]:
    if cell_len(word) <= width:
        return [word]
    found, line = [], ""
    for piece in PIECE.findall(word):
        for part in _chopped(piece, width):
            if line and cell_len(line) + cell_len(part) > width:
                found.append(line)
                line = ""
            line += part
    return [*found, line]


def _chopped(piece: str, width: int) -> list[str]:
    """Pieces of at most `width` cells; a combining mark, which has no width, stays with the letter before it."""
    found = [""]
    for letter in piece:
        if found[-1] and cell_len(found[-1]) + cell_len(letter) > width:
            found.append("")
        found[-1] += letter
    return found


def _beside(parts: Sequence[Sequence[Text]], widths: Sequence[int], right: Sequence[bool]) -> Iterator[Text]:
    """Cells of several lines side by side."""
    for number in range(max(map(len, parts))):
        line = Text()
        for cell, width, flush in zip(parts, widths, right, strict=True):
            part = cell[number] if number < len(cell) else Text()
            blanks = " " * (width - part.cell_len)
            line.append_text(Text(blanks) + part if flush else part + Text(blanks)).append(" " * GAP)
        line.rstrip()
        yield line


def _folded(cells: Sequence[tuple[str, str]], width: int, style: str) -> Iterator[Text]:
    """What has no room in a row, under it: names and values, as many on a line as it takes."""
    said = " · ".join(f"{name}: {cell}" for name, cell in cells if cell)
    for part in wrapped(said, max(NARROWEST, width - INDENT)) if said else ():
        yield Text(" " * INDENT + part, style=style or "dim")
