"""Which groups of a trial are its controls, by their names and by those beside them.

"X alone" beside "cells + X" is the control of it, whatever X is; so is a group whose name names no cells where another's
does. A group with cells in its name was treated, whatever else it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from extractor.words import Words

W = Words("link")

CONTROL = re.compile(
    rf"\b{W.control}\b", re.I,
)  # fmt: skip
# a group with one of these words in its name was given cells, whatever it was given beside them ("MSC + standard care") ...
CELLS = re.compile(
    rf"\b{W.cells_cells}(?!\w)", re.I,
)  # fmt: skip
# ... unless the name says that it was not
NO_CELLS = re.compile(
    rf"\b{W.no_cells_without}\W++(?:\w++\W++){{0,5}}?{W.no_cells_cells}\b(?:[ -]cells?\b)?|\bcell[ -]?free\b", re.I,
)  # fmt: skip
ALONE = re.compile(r"\b(?:alone|only|monotherapy)\b", re.I)
# a control by its first word, whatever stands in brackets behind it, unless something was given after or beside it
FIRST = re.compile(rf"^\W*{W.first_placebo}\b(?!.*{W.first_plus})", re.I)
# people who were given nothing, though cells were taken of them
GIVERS = re.compile(rf"\b{W.givers_donors}\W*$", re.I)
# names that say no more than that a group was treated, so that they may be another name of a group beside them
GENERIC = re.compile(
    rf"^(?:{W.generic_the}\W*)+$",
    re.I,
)
# names of times or of turns, at which the same people are counted again
TIMES = re.compile(
    W.times, re.I,
)  # fmt: skip
# names that tell groups of treated people apart without naming what they were given
TELLING_APART = re.compile(
    rf"\b{W.telling_apart}\b", re.I,
)  # fmt: skip
JOINED = re.compile(rf"\s*(?:[+&,;/]|\b{W.joined_and}\b)\s*", re.I)
FILLING = re.compile(rf"\b{W.filling_alone}\b|[()\[\]]", re.I)
# words beside a count that say whose it is
OF_CONTROLS = re.compile(
    rf"\b{W.of_controls}", re.I,
)  # fmt: skip


@lru_cache(maxsize=10_000)
def is_control(arm: str) -> bool:
    """Whether an arm's name alone is that of a control group: cells beside a control's treatment are none."""
    if FIRST.search(arm) or GIVERS.search(arm):
        return True
    return CONTROL.search(arm) is not None and not names_cells(arm)


@lru_cache(maxsize=10_000)
def names_cells(arm: str) -> bool:
    """Whether a name says that its people were given cells."""
    return CELLS.search(NO_CELLS.sub(" ", arm)) is not None


def controls(names: Iterable[str]) -> frozenset[str]:
    """The control groups among the groups of one trial, in lower case."""
    return _controls(frozenset(key(name) for name in names))


def key(arm: str) -> str:
    """An arm's name as it is compared."""
    return " ".join(arm.lower().split())


@lru_cache(maxsize=10_000)
def _controls(names: frozenset[str]) -> frozenset[str]:
    found = {name for name in names if is_control(name)}
    given_cells = any(names_cells(name) for name in names)
    for name in names - found:
        if names_cells(name):
            continue
        beside = names - {name}
        without_cells = given_cells and not TELLING_APART.search(name)
        if without_cells or (ALONE.search(name) and beside) or _is_part_of_another(name, beside):
            found.add(name)
    return frozenset(found)


def _is_part_of_another(name: str, beside: frozenset[str]) -> bool:
    """Whether another group was given the same and more; a group that only sums up others is no such group."""
    mine = _parts(name)
    if TELLING_APART.search(name) or not mine:
        return False
    known = {part for other in beside for part in _parts(other) if len(_parts(other)) == 1}
    return any(mine < _parts(other) and not _parts(other) - mine <= known for other in beside)


@lru_cache(maxsize=10_000)
def _parts(name: str) -> frozenset[str]:
    """What a group was given, by its name."""
    return frozenset(part for part in (" ".join(FILLING.sub(" ", p).split()) for p in JOINED.split(name)) if part)
