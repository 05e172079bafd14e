"""Classes of words, written once and filled into patterns.

A class is the rows of one name in ``extractor/lexicons/words_<room>.tsv``: ``name, pattern, example, not``. Its rows are
alternatives, in their order, over folded text. ``{other}`` in a row is another class of the room. A row's examples, separated
by ``" | "``, are texts in which the class finds something else, or nothing, without that row; in a text under ``not`` the row
finds nothing.

>>> Words("events").higher
'(?:higher|greater|more|above|worse)'
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from extractor import patterns as re

_FILLED = re.compile(r"\{([a-z]\w*)\}")


class Row(NamedTuple):
    """One alternative of a class, as the table has it."""

    name: str
    pattern: str
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()


class Words:
    """The classes of one room; each is an attribute, the text of a group to fill into a pattern."""

    def __init__(self, room: str) -> None:
        self._room = room

    def __getattr__(self, name: str) -> str:
        return _group(self._room, name)

    def members(self, name: str) -> frozenset[str]:
        """The rows of a class that are plain words, to look a word up in."""
        return frozenset(alternatives(self._room, name))


def alternatives(room: str, name: str) -> list[str]:
    """The alternatives of a class in their order, other classes filled in."""
    held = _classes(room).get(name)
    if held is None:
        raise AttributeError(f"no words named {name!r} in extractor/lexicons/words_{room}.tsv")
    return [_FILLED.sub(lambda m: _group(room, m[1]), pattern) for pattern in held]


@cache
def _group(room: str, name: str) -> str:
    return f"(?:{'|'.join(alternatives(room, name))})"


@cache
def _classes(room: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _lines(room):
        name, pattern = line.split("\t", 2)[:2]
        found.setdefault(name, []).append(pattern)
    return found


def holds(room: str) -> bool:
    """Whether a room has a table of words."""
    return files("extractor.lexicons").joinpath(f"words_{room}.tsv").is_file()


def rows(room: str) -> list[Row]:
    """All rows of a room with their examples."""
    cells = ([*line.split("\t"), "", "", ""][:4] for line in _lines(room))
    return [Row(name, pattern, several(yes), several(no)) for name, pattern, yes, no in cells]


def several(cell: str) -> tuple[str, ...]:
    """The texts of a cell, which are separated by ``" | "``."""
    return tuple(text for text in cell.split(" | ") if text)


def _lines(room: str) -> list[str]:
    text = files("extractor.lexicons").joinpath(f"words_{room}.tsv").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")][1:]
