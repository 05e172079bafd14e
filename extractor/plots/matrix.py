"""Events by trials: what each trial says of each event, every kind of nothing with a mark of its own.

A count is a dark cell with its number, a mention without one count for the trial a disc, a reported zero a framed ``0``; what a registry's
table leaves out, a denial of all events, and silence are a ring, a triangle, a dash and a dot. Black and white suffice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from math import cos, radians, sin
from typing import Any

from extractor.drawn import Figure
from extractor.export.values import counted
from extractor.graph.matrix import DENIED_ONLY, EVENTS
from extractor.graph.observations import BELOW_THRESHOLD, COMPLETE_TABLE, NOT_MENTIONED, REPORTED_ZERO
from extractor.plots.sheet import (
    DARK,
    INK,
    LIGHT,
    MARGIN,
    MIDDLE,
    NOTE_SIZE,
    SMALL_SIZE,
    STRIPE,
    TEXT_SIZE,
    TITLE_SIZE,
    Sheet,
    broken,
    line_height,
    shortened,
)  # fmt: skip
from extractor.pool.forest_layout import text_width
from extractor.shown import several

Row = Mapping[str, Any]
MENTIONED = "mentioned"
# A larger matrix is no figure any more: the events that fewest trials report and the trials that report least are cut.
MOST_EVENTS, MOST_TRIALS = 60, 80
WORDS: Mapping[str, str] = {
    EVENTS: "happened: people with it / people at risk, of the arms that count it",
    MENTIONED: "happened: mentioned, without one count for the trial",
    REPORTED_ZERO: "reported zero: the report says that it did not happen",
    COMPLETE_TABLE: "inferred zero: not in a registry's complete table",
    BELOW_THRESHOLD: "not in a registry's table that begins at a threshold",
    DENIED_ONLY: "covered only by a general denial, or by a limited one (related or severe ones, a time, a group)",
    NOT_MENTIONED: "not mentioned, which is no zero",
}
# shape as matplotlib names it, points across, fill, edge
_SHAPES: Mapping[str, tuple[Any, float, str, str]] = {
    MENTIONED: ("o", 8.0, DARK, DARK),
    COMPLETE_TABLE: ("o", 7.0, "white", MIDDLE),
    BELOW_THRESHOLD: ("v", 7.0, LIGHT, MIDDLE),
    DENIED_ONLY: ("_", 8.0, MIDDLE, MIDDLE),
    NOT_MENTIONED: (".", 2.0, LIGHT, LIGHT),
}
# Inches.
_LABEL, _SHORTEST, _CELL, _HEIGHT, _PAD, _KEY = 2.3, 0.9, 0.27, 0.21, 0.02, 0.32
_SLANT = 55.0  # degrees of the trials' names
_LONGEST_NAME = 26  # characters of a trial's name; longer ones are given in full below
COUNTED = "Beside each event: the number of trials in which it happened."
NO_ROWS = "No report of these trials names an adverse event."
NO_TRIALS = "No trial of people fits this choice."


def figure(
    rows: Sequence[Row], trials: Sequence[str], *, title: str = "", most_events: int = MOST_EVENTS, most_trials: int = MOST_TRIALS,
) -> Figure:  # fmt: skip
    """The matrix as a figure.

    Parameters
    ----------
    rows : sequence of dict
        Of the question ``never-reported`` with ``everything``: ``event`` and ``trials``, a mapping of a trial's name to its
        ``state``, ``events`` and ``total``. A trial that is not in a row says nothing of that event.
    trials : sequence of str
        The names of all trials asked about, also those that name no event.
    title : str
        Above the matrix.
    most_events, most_trials : int
        Rows and columns drawn; the others are counted in a note.

    Returns
    -------
    matplotlib Figure
        Events of which at least one of these trials says that they happened, or did not.
    """
    chosen = set(trials)
    named = [_Event.of(row, chosen) for row in rows]
    events = sorted(
        (e for e in named if e.reporting or e.answering), key=lambda e: (-e.reporting, -e.answering, e.name)
    )
    happened, not_happened = _counted(events, EVENTS), _counted(events, REPORTED_ZERO)
    order = sorted(trials, key=lambda t: (-happened[t], -not_happened[t], t))
    shown = _Shown(events[:most_events], order[:most_trials])
    notes = _cut(events[most_events:], order[most_trials:])
    notes += [f"{shortened(t, _LONGEST_NAME)}: {t}" for t in shown.trials if len(t) > _LONGEST_NAME]
    notes.insert(0, COUNTED if events else NO_ROWS if trials else NO_TRIALS)
    return _Drawing(shown, notes, title).sheet.figure


@dataclass(frozen=True, slots=True)
class _Event:
    """One row: its cells by trial, and how many trials report it to have happened, and not to have."""

    name: str
    cells: Mapping[str, Row]
    reporting: int
    answering: int

    @staticmethod
    def of(row: Row, chosen: Set[str]) -> _Event:
        cells = {trial: cell for trial, cell in row["trials"].items() if trial in chosen}
        states = [cell["state"] for cell in cells.values()]
        return _Event(str(row["event"]), cells, states.count(EVENTS), states.count(REPORTED_ZERO))


def _counted(events: Sequence[_Event], state: str) -> Counter[str]:
    """How many events each trial says this of."""
    return Counter(trial for event in events for trial, cell in event.cells.items() if cell["state"] == state)


def _cut(events: Sequence[_Event], trials: Sequence[str]) -> list[str]:
    notes = []
    if events:
        most = events[0].reporting
        reach = f"each reported by at most {several(most, 'trial')}" if most else "reported to happen by none"
        notes.append(f"Not shown for want of room: {several(len(events), 'more event')}, {reach}.")
    if trials:
        notes.append(
            f"Not shown for want of room: {several(len(trials), 'more trial')}, those that report fewest of these events."
        )
    return notes


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is drawn, in its order."""

    events: Sequence[_Event]
    trials: Sequence[str]

    def cells(self) -> list[tuple[int, int, str, str]]:
        """Row, column, state (a mention apart from a count) and the words in the cell."""
        found = []
        for i, event in enumerate(self.events):
            for j, trial in enumerate(self.trials):
                found.append((i, j, *_said(event.cells.get(trial))))
        return found


def _said(cell: Row | None) -> tuple[str, str]:
    state = cell["state"] if cell else NOT_MENTIONED
    if cell is None or state not in (EVENTS, REPORTED_ZERO):
        return state, ""
    if cell["events"] is None:
        return (MENTIONED, "") if state == EVENTS else (REPORTED_ZERO, "0")
    return state, counted(cell["events"], cell["total"], None)


class _Drawing:
    """The sheet: names, cells, legend, notes."""

    def __init__(self, shown: _Shown, notes: Sequence[str], title: str) -> None:
        self._shown = shown
        self._cells = shown.cells()
        self._names = [shortened(t, _LONGEST_NAME) for t in shown.trials]
        self._labels = [broken(event.name, _LABEL) for event in shown.events]
        self._left = MARGIN + max([_SHORTEST, *(text_width(n) for lines in self._labels for n in lines)]) + 0.55
        self._columns = self._places()
        width = self._width(title)
        self._title = broken(title, width - 2 * MARGIN, TITLE_SIZE, bold=True)
        self._notes = [line for note in notes for line in broken(note, width - 2 * MARGIN, NOTE_SIZE)]
        head = max([0.3, *(text_width(n) for n in self._names)]) * sin(radians(_SLANT)) + 0.14
        self._top = MARGIN + line_height(TITLE_SIZE) * len(self._title) + head
        self._rows = self._edges()
        bottom = self._rows[-1] + 0.16
        height = bottom + _HEIGHT * len(WORDS) + line_height(NOTE_SIZE) * len(self._notes) + MARGIN
        self.sheet = Sheet(width, height)
        self._heads()
        self._body()
        self._legend(bottom)

    def _width(self, title: str) -> float:
        """Room for the cells, the last slanted name, the legend, and a title that may be broken."""
        lean = max(
            (
                self._x(j) + text_width(name) * cos(radians(_SLANT)) + 0.12 for j, name in enumerate(self._names)
            ), default=0.0,
        )  # fmt: skip
        legend = MARGIN + _KEY + 0.2 + max(text_width(words, NOTE_SIZE) for words in WORDS.values())
        return (
            max(self._columns[-1], lean, legend, min(5.0, MARGIN + text_width(title, TITLE_SIZE, bold=True))) + MARGIN
        )

    def _places(self) -> list[float]:
        """The left edge of every column, as wide as its widest count, and the right one of the last."""
        widths = [_CELL] * len(self._shown.trials)
        for _, column, _, words in self._cells:
            if words:
                widths[column] = max(widths[column], text_width(words, SMALL_SIZE) + 0.14)
        return list(accumulate(widths, initial=self._left))

    def _edges(self) -> list[float]:
        """The upper edge of every row, and the lower one of the last."""
        found = [self._top]
        for lines in self._labels:
            found.append(found[-1] + max(_HEIGHT, line_height(TEXT_SIZE) * len(lines) + 0.04))
        return found

    def _x(self, column: int) -> float:
        return (self._columns[column] + self._columns[column + 1]) / 2

    def _y(self, row: int) -> float:
        return (self._rows[row] + self._rows[row + 1]) / 2

    def _heads(self) -> None:
        self.sheet.lines(MARGIN, MARGIN + 0.06, self._title, size=TITLE_SIZE, bold=True)
        if self._labels:
            self.sheet.text(MARGIN, self._top - 0.1, "Event", bold=True)
            self.sheet.text(self._left - 0.1, self._top - 0.1, "trials", align="right", size=NOTE_SIZE)
        for j, name in enumerate(self._names):
            self.sheet.text(self._x(j), self._top - 0.05, name, angle=_SLANT, name="trial")
        right = self._columns[-1]
        for y in (self._rows[0], self._rows[-1]):
            self.sheet.stroke((MARGIN, right), (y, y), width=0.9)

    def _body(self) -> None:
        right = self._columns[-1]
        for i, lines in enumerate(self._labels):
            top, bottom = self._rows[i], self._rows[i + 1]
            if i % 2:
                self.sheet.box(MARGIN, top, right - MARGIN, bottom - top, fill=STRIPE, above=0)
            first = self._y(i) - line_height(TEXT_SIZE) * (len(lines) - 1) / 2
            self.sheet.lines(MARGIN, first, lines, name="event")
            self.sheet.text(
                self._left - 0.1, self._y(i), str(self._shown.events[i].reporting), align="right", size=NOTE_SIZE
            )
        for state in WORDS:
            at = [
                (self._x(j), self._y(i), self._columns[j + 1] - self._columns[j] - 2 * _PAD, words)
                for i, j, s, words in self._cells if s == state
            ]  # fmt: skip
            self._marks(state, at, state)

    def _marks(self, state: str, at: Sequence[tuple[float, float, float, str]], name: str) -> None:
        """Marks of one state at places (x, y, width) with the words in them."""
        if state in _SHAPES:
            shape, size, fill, edge = _SHAPES[state]
            self.sheet.marks(
                [x for x, *_ in at], [y for _, y, *_ in at], shape=shape, size=size, fill=fill, edge=edge, name=name
            )
            return
        filled, height = state == EVENTS, _HEIGHT - 2 * _PAD
        for x, y, width, words in at:
            self.sheet.box(
                x - width / 2, y - height / 2, width, height, fill=DARK if filled else "white", edge=DARK if filled else INK,
                line=0.9, name=name, above=3,
            )  # fmt: skip
            self.sheet.text(x, y, words, size=SMALL_SIZE, align="center", colour="white" if filled else INK)

    def _legend(self, top: float) -> None:
        """All states, also those that do not occur: a reader looks for them."""
        y = top + 0.04
        for state, meaning in WORDS.items():
            words = {EVENTS: "n/N", REPORTED_ZERO: "0"}.get(state, "")
            self._marks(state, [(MARGIN + _KEY / 2, y, _KEY, words)], f"key:{state}")
            self.sheet.text(MARGIN + _KEY + 0.12, y, meaning, size=NOTE_SIZE, name="legend")
            y += _HEIGHT
        self.sheet.lines(MARGIN, y + 0.06, self._notes, size=NOTE_SIZE, name="note")
