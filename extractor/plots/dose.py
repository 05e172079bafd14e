"""Doses by trial: one line a trial under its route, a log axis for each unit, because cells and cells per kg never mix.

The shape of a mark says what the figure is of (one administration, the total, a mean, ...), its size how many people, a
bar a range. A trial without a dose is named below as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10, sqrt
from typing import Any

from extractor.drawn import Figure
from extractor.graph import nodes
from extractor.graph.review import Review
from extractor.graph.studies import Choice, fits
from extractor.plots.matrix import NO_TRIALS
from extractor.plots.sheet import (
    DARK,
    INK,
    LIGHT,
    MARGIN,
    NOTE_SIZE,
    STRIPE,
    TITLE_SIZE,
    Sheet,
    broken,
    fitting,
    line_height,
)  # fmt: skip
from extractor.pool.forest_layout import text_width
from extractor.shown import several

Row = Mapping[str, Any]
NOT_REPORTED, SEVERAL = "route not reported", " + "
# The order of the panels; another unit comes after them.
UNITS = ("cells", "cells/kg", "cells/ml", "cells/m2")
# shape as matplotlib names it, and words
BASES: Mapping[str | None, tuple[str, str]] = {
    "per administration": ("o", "per administration"),
    "total": ("s", "total of all administrations"),
    "mean": ("D", "mean"),
    "median": ("^", "median"),
    "maximum": ("v", "maximum"),
    "range": ("|", "range"),
    None: ("X", "not said of what"),
}
# Points across, by the square root of people.
_SMALLEST, _LARGEST, _UNKNOWN = 4.0, 14.0, 6.5
_SIZES = (5, 20, 100)  # people, in the legend
# A longer list is no figure any more: trials with most people are drawn, the others counted.
MOST_TRIALS, MOST_SILENT = 80, 60
_BESIDE = 0.25  # powers of ten left free on both sides of the doses
# Inches.
_NAME, _PLOT, _WORDS, _ROW, _HEAD, _AXIS = 1.9, 3.6, 2.3, 0.22, 0.25, 0.5
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
NO_DOSE = "No trial of these gives a dose of cells."


def doses(
    review: Review, *, condition: str = "", cells: str = "", route: str = "", planned: bool = False
) -> list[dict[str, Any]]:
    """One row a trial and dose; a trial without any has one row with ``unit`` None.

    Parameters
    ----------
    review : Review
    condition, cells, route : str
        Only trials whose condition, cells or route have this in their name.
    planned : bool
        Also trials that were only planned.

    Returns
    -------
    list of dict
        ``trial``, ``route``, ``arm``, ``n`` (people given that dose, or None), ``low``, ``high``, ``unit``, ``basis``, ``evidence``.
    """
    rows: list[dict[str, Any]] = []
    for id, trial in review.trials():
        is_planned = any(review.node(r)["planned"] for r in trial["reports"])
        if not (trial["of_people"] or (planned and is_planned)) or not fits(
            trial, Choice("any", condition, cells, route)
        ):
            continue
        given = SEVERAL.join(trial["routes"]) or NOT_REPORTED
        found = [{"trial": trial["name"], "route": given, **one} for one in _of_trial(review, id, trial)]
        silent = {"arm": None, "n": trial["n"], "low": None, "high": None, "unit": None, "basis": None, "evidence": []}
        rows += found or [{"trial": trial["name"], "route": given, **silent}]
    return rows


def _of_trial(review: Review, id: str, trial: Row) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for of, _ in review.out(id, nodes.HAS_ARM):
        arm = review.node(of)
        for at, edge in review.out(of, nodes.AT_DOSE):
            dose = review.node(at)
            if dose["of"] != "dose" or not (dose["low"] or dose["high"]):
                continue
            row = {"arm": None if arm["whole"] else arm["name"], "n": trial["n"] if arm["whole"] else arm["n"]}
            row |= {name: dose[name] for name in ("low", "high", "unit", "basis")}
            found.setdefault((of, at), row | {"evidence": edge["evidence"]})
    several = sum(row["arm"] is None for row in found.values()) > 1
    for row in found.values():
        if several and row["arm"] is None:
            row["n"] = None  # people of the whole trial, not of each of its doses
    return list(found.values())


def figure(rows: Sequence[Row], *, title: str = "", most_trials: int = MOST_TRIALS) -> Figure:
    """Doses by trial as a figure.

    Parameters
    ----------
    rows : sequence of dict
        Of :func:`doses`.
    title : str
        Above the plot.
    most_trials : int
        Trials drawn, those with most people; the others are counted in a note.

    Returns
    -------
    matplotlib Figure
        One panel for each unit.
    """
    people: dict[str, int] = {}
    for row in rows:
        if row["unit"] is not None:
            people[row["trial"]] = max(people.get(row["trial"], 0), row["n"] or 0)
    cut = set(sorted(people, key=lambda t: (-people[t], t))[most_trials:])
    notes = _notes(rows, len(cut))
    rows = [r for r in rows if r["trial"] not in cut]
    units = list(dict.fromkeys(str(r["unit"]) for r in rows if r["unit"] is not None))
    units.sort(key=lambda u: (UNITS.index(u) if u in UNITS else len(UNITS), u))
    panels = [_Panel.of(unit, [r for r in rows if r["unit"] == unit]) for unit in units]
    return _Drawing(panels, rows, notes, title).sheet.figure


@dataclass(frozen=True, slots=True)
class _Panel:
    """The doses of one unit: the ends of its axis as powers of ten, and trials under their route."""

    unit: str
    low: float
    high: float
    routes: Mapping[str, Mapping[str, Sequence[Row]]]

    @staticmethod
    def of(unit: str, rows: Sequence[Row]) -> _Panel:
        values = [v for r in rows for v in (r["low"], r["high"]) if v]
        low, high = log10(min(values)) - _BESIDE, log10(max(values)) + _BESIDE
        while floor(high) - ceil(low) < 1:  # two powers of ten at least, for a scale
            low, high = (low - _BESIDE, high) if high - floor(high) > low - floor(low) else (low, high + _BESIDE)
        routes: dict[str, dict[str, list[Row]]] = {}
        for row in sorted(
            rows, key=lambda r: (r["route"] == NOT_REPORTED, r["route"], r["high"] or r["low"], r["trial"])
        ):
            routes.setdefault(row["route"], {}).setdefault(row["trial"], []).append(row)
        return _Panel(unit, low, high, routes)

    def share(self, value: float) -> float:
        """0 at the left end of the axis, 1 at the right one."""
        return (log10(value) - self.low) / (self.high - self.low)

    def powers(self) -> range:
        """Powers of ten on the axis, at most ten or so of them."""
        return range(ceil(self.low), floor(self.high) + 1, ceil((self.high - self.low) / 10))

    def height(self) -> float:
        """Inches."""
        lines = [_words(found) for trials in self.routes.values() for found in trials.values()]
        return _HEAD * (1 + len(self.routes)) + sum(_height(words) for words in lines) + _AXIS + 0.14


def _height(words: Sequence[str]) -> float:
    return max(_ROW, line_height(NOTE_SIZE) * len(words) + 0.05)


def _words(rows: Sequence[Row]) -> list[str]:
    """The doses of one trial in words, a line or more each."""
    found = [_amount(r) + (f", n = {r['n']}" if r["n"] is not None else "") for r in rows]
    return [line for words in dict.fromkeys(found) for line in broken(words, _WORDS, NOTE_SIZE)]


def _amount(row: Row) -> str:
    low, high = row["low"], row["high"]
    if low and high and low != high:
        return f"{number(low)} to {number(high)}"
    of = f" {row['basis']}" if row["basis"] in BASES and row["basis"] else ""
    return f"{'' if low else 'up to '}{number(low or high)}{'' if high else ' or more'}{of}"


def number(value: float) -> str:
    """Cells in powers of ten: ``1.5 × 10⁶``; as they stand below ten thousand."""
    if value < 10_000:
        return f"{value:g}"
    power = floor(log10(value) + 1e-12)
    share = f"{value / 10**power:.3g}"
    tens = power_of_ten(power)
    return tens if share == "1" else f"{share} × {tens}"


def power_of_ten(power: int) -> str:
    """``10⁶``."""
    return f"10{str(power).translate(_SUPERSCRIPT)}"


class _Drawing:
    """The sheet: panels below one another, legend, and the trials without a dose."""

    def __init__(self, panels: Sequence[_Panel], rows: Sequence[Row], notes: Sequence[str], title: str) -> None:
        drawn = [r for r in rows if r["unit"] is not None]
        names = [text_width(r["trial"]) for r in drawn] + [text_width(r["route"], bold=True) - 0.12 for r in drawn]
        self._plot = MARGIN + min(_NAME, max([0.9, *names])) + 0.35
        self._right = self._plot + _PLOT + 0.2
        width = self._right + _WORDS + MARGIN
        self._title = broken(title, width - 2 * MARGIN, TITLE_SIZE, bold=True)
        self._bases = [b for b in BASES if any(_basis(r) == b for r in drawn)]
        self._notes = [line for note in notes for line in broken(note, width - 2 * MARGIN, NOTE_SIZE)]
        top = MARGIN + line_height(TITLE_SIZE) * len(self._title) + 0.05
        body = sum(panel.height() for panel in panels)
        legend = 0.5 if panels else 0.0
        self.sheet = Sheet(width, top + body + legend + line_height(NOTE_SIZE) * len(self._notes) + 0.1 + MARGIN)
        self.sheet.lines(MARGIN, MARGIN + 0.06, self._title, size=TITLE_SIZE, bold=True)
        y = top
        for panel in panels:
            self._panel(panel, y)
            y += panel.height()
        if panels:
            self._legend(y + 0.02)
        self.sheet.lines(MARGIN, y + legend + 0.12, self._notes, size=NOTE_SIZE, name="note")

    def _panel(self, panel: _Panel, top: float) -> None:
        self.sheet.text(MARGIN, top + _HEAD / 2, f"Dose in {panel.unit}", bold=True, name="panel")
        y = top + _HEAD
        bottom = top + panel.height() - _AXIS - 0.14
        self._grid(panel, y, bottom)
        self.sheet.stroke((MARGIN, self._right + _WORDS), (y, y), width=0.9)
        for route, trials in panel.routes.items():
            self.sheet.text(MARGIN, y + _HEAD / 2, route, bold=True, size=NOTE_SIZE + 0.5, name="route")
            y += _HEAD
            for trial, rows in trials.items():
                y += self._trial(panel, trial, rows, y)
        self._axis(panel, bottom)

    def _trial(self, panel: _Panel, trial: str, rows: Sequence[Row], top: float) -> float:
        words = _words(rows)
        height = _height(words)
        y = top + height / 2
        self.sheet.text(MARGIN + 0.12, y, fitting(trial, self._plot - MARGIN - 0.35), name="trial")
        self.sheet.stroke((self._plot, self._plot + _PLOT), (y, y), colour=LIGHT, width=0.5, above=1)
        self.sheet.lines(
            self._right, y - line_height(NOTE_SIZE) * (len(words) - 1) / 2, words, size=NOTE_SIZE, name="dose"
        )
        for row in sorted(rows, key=lambda r: -(r["n"] or 0)):
            self._dose(panel, row, y)
        return height

    def _dose(self, panel: _Panel, row: Row, y: float) -> None:
        ends = [self._plot + _PLOT * panel.share(v) for v in (row["low"], row["high"]) if v]
        if len(ends) == 2 and ends[0] != ends[1]:
            self.sheet.stroke(ends, (y, y), colour=DARK, width=2.4, name="range", above=3)
            self.sheet.marks(ends, (y, y), shape="|", size=8.0, fill=DARK, edge=DARK, line=1.6, name=_gid(row))
            return
        shape = BASES[_basis(row)][0]
        known = row["n"] is not None
        self.sheet.marks(
            ends[:1], (y,), shape="d" if shape == "|" else shape, size=_size(row["n"]), fill=DARK if known else "white",
            edge="white" if known else INK, line=0.7 if known else 1.0, name=_gid(row),
        )  # fmt: skip

    def _grid(self, panel: _Panel, top: float, bottom: float) -> None:
        for power in panel.powers():
            x = self._plot + _PLOT * panel.share(10.0**power)
            self.sheet.stroke((x, x), (top, bottom), colour=STRIPE, width=1.0, above=0)

    def _axis(self, panel: _Panel, y: float) -> None:
        self.sheet.stroke((self._plot, self._plot + _PLOT), (y, y), width=0.9)
        for power in panel.powers():
            x = self._plot + _PLOT * panel.share(10.0**power)
            self.sheet.stroke((x, x), (y, y + 0.05), width=0.9)
            self.sheet.text(x, y + 0.15, power_of_ten(power), align="center", size=NOTE_SIZE, name="tick")
        self.sheet.text(self._plot + _PLOT / 2, y + 0.35, f"{panel.unit} (log scale)", align="center", size=NOTE_SIZE)

    def _legend(self, y: float) -> None:
        x = MARGIN + 0.08
        for basis in self._bases:
            shape, words = BASES[basis]
            self.sheet.marks((x,), (y,), shape=shape, size=7.0, fill=DARK, edge=DARK, name=f"key:{words}")
            self.sheet.text(x + 0.12, y, words, size=NOTE_SIZE, name="legend")
            x += text_width(words, NOTE_SIZE) + 0.38
        x, y = MARGIN + 0.08, y + 0.26
        for people in _SIZES:
            self.sheet.marks((x,), (y,), shape="o", size=_size(people), fill=DARK, edge="white", line=0.7, name="key:n")
            self.sheet.text(x + 0.14, y, f"n = {people}", size=NOTE_SIZE, name="legend")
            x += 0.75
        self.sheet.marks((x,), (y,), shape="o", size=_UNKNOWN, fill="white", edge=INK, name="key:n")
        self.sheet.text(x + 0.14, y, "people with this dose not stated", size=NOTE_SIZE, name="legend")


def _notes(rows: Sequence[Row], cut: int) -> list[str]:
    """What a reader must know of the trials that are not drawn."""
    trials = {str(r["trial"]) for r in rows}
    if not trials:
        return [NO_TRIALS]
    silent = [f"{r['trial']} ({r['route']})" for r in rows if r["unit"] is None]
    notes = [] if len(silent) < len(trials) else [NO_DOSE]
    if cut:
        notes.append(f"Not shown for want of room: {cut} more trials with a dose, those with fewest people.")
    if silent:
        count = f"{len(silent)} of {several(len(trials), 'trial')}"
        more = f"; and {len(silent) - MOST_SILENT} more" if len(silent) > MOST_SILENT else ""
        notes.append(f"Dose not reported ({count}): {'; '.join(silent[:MOST_SILENT])}{more}.")
    return notes


def _basis(row: Row) -> str | None:
    if row["low"] and row["high"] and row["low"] != row["high"]:
        return "range"
    return row["basis"] if row["basis"] in BASES else None


def _gid(row: Row) -> str:
    return f"dose:{row['trial']}:{_basis(row) or 'unsaid'}"


def _size(people: int | None) -> float:
    if people is None:
        return _UNKNOWN
    return min(_LARGEST, _SMALLEST + sqrt(people))
