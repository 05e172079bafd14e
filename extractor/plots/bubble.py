"""Risk against dose: a bubble for each study, sized by its people, and the meta-regression with its band where it was fitted.

Bubbles are numbered, and a key beside them gives study, counts and dose. Where no line was fitted the reason stands above
the plot. :func:`dosing_figure` is the same for single and repeated dosing, with each group's pooled risk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, exp, floor, log10, sqrt
from typing import Any

from extractor.drawn import Figure
from extractor.plots.dose import number, power_of_ten
from extractor.plots.sheet import (
    DARK,
    INK,
    MARGIN,
    MIDDLE,
    NOTE_SIZE,
    SMALL_SIZE,
    STRIPE,
    TITLE_SIZE,
    Sheet,
    broken,
    fitting,
    line_height,
)  # fmt: skip
from extractor.pool.forest_layout import Axis, percent_axis, text_width
from extractor.shown import p_value

Row = Mapping[str, Any]
_Box = tuple[float, float, float, float]  # left, top, right, bottom, in inches
_Disc = tuple[float, float, float]  # x, y, radius
GROUPS = ("single", "repeated", "not reported")
# More studies than this are drawn without a number, and counted; more than that stand where they belong, though hidden.
MOST_NUMBERED, MOST_APART = 60, 200
_Z = 1.959963984540054
_POINTS = 80  # of the curve
# Inches.
_WIDTH, _HEIGHT, _LEFT, _FLOOR, _BELOW, _KEY = 4.2, 3.1, 0.7, 0.27, 0.62, 3.4
_CEILING = 0.28  # room for a bubble at the highest risk
_FILL, _BAND = "#27384a66", "#dadada"
# Points across, by the square root of people; powers of ten left free on both sides of the doses.
_LEAST, _MOST, _BESIDE = 5.0, 34.0, 0.25
_LOWEST_END = 0.05  # the axis goes at least so far
_SAME_RISK = 0.015
_AWAY = 0.05  # how far a bubble may stand from its dose, a share of the width, where several have one
BUBBLES = "Bubbles grow with the number of people; those of one dose and risk stand side by side."
NOTHING = "No trial gives a count that may be pooled."
NO_DOSE = "No study that may be pooled gives a dose in {unit}."


def figure(
    rows: Sequence[Row],
    *,
    regression: Mapping[str, Any] | None = None,
    why_not: str = "",
    unit: str = "cells",
    title: str = "",
) -> Figure:
    """Risk against the logarithm of the dose.

    Parameters
    ----------
    rows : sequence of dict
        Of the question ``risk-by-dose``: ``study``, ``events``, ``total``, ``dose`` (in ``unit``, or None).
    regression : dict, optional
        ``pooled["dose"]`` of its answer: ``coefficients`` on the logit scale and their ``covariance``.
    why_not : str
        Why there is no regression; stands above the plot.
    unit : str
        Of the doses.
    title : str
        Above the plot.

    Returns
    -------
    matplotlib Figure
        Studies without a dose are named below.
    """
    known = sorted((r for r in rows if r["dose"]), key=lambda r: (r["dose"], r["study"]))
    silent = [str(r["study"]) for r in rows if not r["dose"]]
    notes = [f"No dose in {unit} ({len(silent)} of {len(rows)} studies): {'; '.join(silent)}."] if silent else []
    if not known:
        notes.insert(0, NO_DOSE.format(unit=unit) if rows else NOTHING)
    lines = _slope(regression, unit) if regression else [why_not] if why_not else []
    keys = [f"{r['events']}/{r['total']}, {number(r['dose'])} {unit}" for r in known]
    plot = _Plot(known, keys, lines, notes, title, _reach(regression, known))
    if known:
        low, high = _ends([r["dose"] for r in known])

        def across(dose: float) -> float:
            return (log10(dose) - low) / (high - low)

        plot.log_axis(low, high, f"highest dose, {unit} (log scale)")
        if regression:
            plot.curve(regression, known[0]["dose"], known[-1]["dose"], across)
        plot.bubbles(_apart(known, [across(r["dose"]) for r in known], 0.5, _AWAY))
    return plot.sheet.figure


def dosing_figure(
    rows: Sequence[Row], *, subgroups: Mapping[str, Any] | None = None, why_not: str = "", title: str = ""
) -> Figure:
    """Risk with single and with repeated dosing, each with its pooled risk.

    Parameters
    ----------
    rows : sequence of dict
        Of the question ``risk-by-dose``: ``study``, ``events``, ``total``, ``dosing``.
    subgroups : dict, optional
        ``pooled["subgroups"]`` of its answer.
    why_not, title : str
        As for :func:`figure`.

    Returns
    -------
    matplotlib Figure
    """
    groups = [g for g in GROUPS if any(r["dosing"] == g for r in rows)]
    known = sorted(rows, key=lambda r: (GROUPS.index(r["dosing"]), -r["total"], r["study"]))
    keys = [f"{r['events']}/{r['total']}, {r['dosing']}" for r in known]
    pooled = {g["group"]: g for g in (subgroups or {}).get("groups", ())}
    lines = _between(subgroups) if subgroups else [why_not] if why_not else []
    highest = max((g["high"] for g in pooled.values()), default=0.0)
    plot = _Plot(known, keys, lines, [] if known else [NOTHING], title, highest)
    if known:
        middles = {g: (i + 0.5) / len(groups) for i, g in enumerate(groups)}
        plot.named_axis(middles, pooled=bool(pooled))
        for group, found in pooled.items():
            plot.pooled(middles[group] - 0.35 / len(groups), found)
        places = [middles[r["dosing"]] + 0.06 for r in known]
        plot.bubbles(_apart(known, places, 0.85, 0.3 / len(groups)))
    return plot.sheet.figure


def _ends(doses: Sequence[float]) -> tuple[float, float]:
    """The ends of the axis as powers of ten, with two whole ones between them."""
    low, high = log10(min(doses)) - _BESIDE, log10(max(doses)) + _BESIDE
    while floor(high) - ceil(low) < 1:
        low, high = (low - _BESIDE, high) if high - floor(high) > low - floor(low) else (low, high + _BESIDE)
    return low, high


def _risk(row: Row) -> float:
    return float(row["events"] / row["total"])


def fitted_risk(regression: Mapping[str, Any], dose: float) -> tuple[float, float, float]:
    """The fitted risk at a dose and its 95 % band (Wald, on the logit scale)."""
    (a, b), ((va, vab), (_, vb)) = (c["estimate"] for c in regression["coefficients"]), regression["covariance"]
    x = log10(dose)
    half = _Z * max(0.0, va + 2 * x * vab + x * x * vb) ** 0.5
    middle = a + b * x
    return _share(middle), _share(middle - half), _share(middle + half)


def _share(logit: float) -> float:
    return 1 / (1 + exp(-logit)) if logit > -700 else 0.0


def _reach(regression: Mapping[str, Any] | None, known: Sequence[Row]) -> float:
    """How high the plot must go for the band; no higher than twice the highest risk of a study."""
    if not regression or not known:
        return 0.0
    top = max(fitted_risk(regression, r["dose"])[2] for r in (known[0], known[-1]))
    return min(top, max(2 * max(_risk(r) for r in known), 0.1))


def _slope(regression: Mapping[str, Any], unit: str) -> list[str]:
    slope = regression["coefficients"][1]
    ratios = [f"{exp(min(slope[name], 50.0)):.2f}" for name in ("estimate", "low", "high")]
    p = p_value(slope["p_value"])
    return [
        f"Odds ratio for ten times the {unit}: {ratios[0]} (95 % {ratios[1]} to {ratios[2]}), {p}; k = {regression['k']}. "
        "A relation between studies need not hold between patients."
    ]


def _between(subgroups: Mapping[str, Any]) -> list[str]:
    p = subgroups.get("q_p")
    return [f"Between groups: p = {p:.3g}." if p is not None else "Between groups: not tested."]


def _apart(rows: Sequence[Row], wanted: Sequence[float], near: float, reach: float) -> list[float]:
    """Where bubbles stand that would hide one another: beside each other.

    Parameters
    ----------
    wanted : sequence of float
        Where they belong, as shares of the plot's width.
    near : float
        Centres may come as near as this share of their radii together.
    reach : float
        How far one may be moved, a share of the width; none is moved farther, though hidden.
    """
    if len(rows) > MOST_APART:
        return list(wanted)
    placed: list[tuple[float, float, float]] = []
    for row, at in zip(rows, wanted, strict=True):
        radius, risk = _size(row["total"]) / 144.0, _risk(row)
        steps = [0.0] + [side * step * 0.01 for step in range(1, 60) for side in (1, -1)]
        tries = [at + step for step in steps if abs(step) <= reach]
        rivals = [(x, near * (radius + other)) for x, r, other in placed if abs(risk - r) < _SAME_RISK]
        room = {x: min((abs(x - other) * _WIDTH - least for other, least in rivals), default=0.0) for x in tries}
        best = next((x for x in tries if room[x] >= 0), max(tries, key=lambda x: room[x]))
        placed.append((best, risk, radius))
    return [x for x, *_ in placed]


def _size(people: int) -> float:
    return min(_MOST, _LEAST + 2.0 * sqrt(people))


class _Plot:
    """The sheet: axes at the left, the key at the right, words above and below."""

    def __init__(
        self, rows: Sequence[Row], keys: Sequence[str], lines: Sequence[str], notes: Sequence[str], title: str, highest: float,
    ) -> None:  # fmt: skip
        self._rows = rows
        width = MARGIN + _LEFT + _WIDTH + 0.3 + (_KEY if rows else 0.0) + MARGIN
        self._lines = [w for line in lines for w in broken(line, width - 2 * MARGIN, NOTE_SIZE)]
        unnumbered = len(rows) - MOST_NUMBERED
        more = [f"{unnumbered} more bubbles have no number for want of room."] if unnumbered > 0 else []
        more += [BUBBLES] if rows else []
        below = [w for note in (*more, *notes) for w in broken(note, width - 2 * MARGIN, NOTE_SIZE)]
        heads = broken(title, width - 2 * MARGIN, TITLE_SIZE, bold=True)
        self._top = MARGIN + line_height(TITLE_SIZE) * len(heads) + line_height(NOTE_SIZE) * len(self._lines) + _CEILING
        key = line_height(NOTE_SIZE) * (min(len(rows), MOST_NUMBERED) + 1.5)
        body = max(_HEIGHT + _FLOOR + _BELOW, key) if rows else 0.0
        self.sheet = Sheet(width, self._top + body + line_height(NOTE_SIZE) * (len(below) + 1) + MARGIN)
        self.sheet.lines(MARGIN, MARGIN + 0.06, heads, size=TITLE_SIZE, bold=True)
        self.sheet.lines(
            MARGIN, MARGIN + line_height(TITLE_SIZE) * len(heads) + 0.06, self._lines, size=NOTE_SIZE, name="fit"
        )
        self.sheet.lines(MARGIN, self._top + body + 0.15, below, size=NOTE_SIZE, name="note")
        self._left = MARGIN + _LEFT
        self.axis = percent_axis(max([_LOWEST_END, highest, *map(_risk, rows)]), "Risk, %", None)
        if rows:
            self._frame(self.axis)
            self._key(keys)

    def _x(self, share: float) -> float:
        return self._left + _WIDTH * share

    def _y(self, risk: float) -> float:
        return self._top + _HEIGHT * (1 - self.axis.share(risk))

    def _frame(self, axis: Axis) -> None:
        bottom = self._top + _HEIGHT + _FLOOR
        self.sheet.stroke((self._left, self._left), (self._top, bottom), width=0.9)
        self.sheet.stroke((self._left, self._left + _WIDTH), (bottom, bottom), width=0.9)
        for value, words in axis.ticks:
            y = self._y(value)
            self.sheet.stroke((self._left - 0.05, self._left), (y, y), width=0.9)
            self.sheet.stroke((self._left, self._left + _WIDTH), (y, y), colour=STRIPE, width=1.0, above=0)
            self.sheet.text(self._left - 0.09, y, words, align="right", size=NOTE_SIZE, name="tick")
        self.sheet.text(self._left - 0.42, self._top + _HEIGHT / 2 + 0.25, "Risk, %", size=NOTE_SIZE, angle=90)

    def _key(self, keys: Sequence[str]) -> None:
        x, y = self._left + _WIDTH + 0.3, self._top + 0.04
        self.sheet.text(x, y, "No.  Study: people with the event / at risk", size=NOTE_SIZE, bold=True)
        for index, (row, words) in enumerate(zip(self._rows[:MOST_NUMBERED], keys, strict=False), 1):
            y += line_height(NOTE_SIZE)
            self.sheet.text(x + 0.2, y, str(index), size=NOTE_SIZE, align="right")
            room = _KEY - 0.4 - text_width(f": {words}", NOTE_SIZE)
            name = fitting(str(row["study"]), room, NOTE_SIZE)
            self.sheet.text(x + 0.3, y, f"{name}: {words}", size=NOTE_SIZE, name="key")

    def log_axis(self, low: float, high: float, label: str) -> None:
        """Powers of ten from ``low`` to ``high``."""
        bottom = self._top + _HEIGHT + _FLOOR
        for power in range(ceil(low), floor(high) + 1, ceil((high - low) / 8)):
            x = self._x((power - low) / (high - low))
            self.sheet.stroke((x, x), (bottom, bottom + 0.05), width=0.9)
            self.sheet.text(x, bottom + 0.15, power_of_ten(power), align="center", size=NOTE_SIZE, name="tick")
        self.sheet.text(self._x(0.5), bottom + 0.38, label, align="center", size=NOTE_SIZE)

    def named_axis(self, middles: Mapping[str, float], *, pooled: bool) -> None:
        """Groups at their places."""
        bottom = self._top + _HEIGHT + _FLOOR
        for name, share in middles.items():
            self.sheet.text(self._x(share), bottom + 0.15, name, align="center", size=NOTE_SIZE, name="tick")
        self.sheet.text(
            self._x(0.5),
            bottom + 0.38,
            "dosing; diamond and bar: pooled risk, 95 % interval" if pooled else "dosing",
            align="center",
            size=NOTE_SIZE,
        )

    def curve(self, regression: Mapping[str, Any], first: float, last: float, across: Callable[[float], float]) -> None:
        """The regression line over the doses that there are, with its band."""
        start, end = log10(first), log10(last)
        doses = [10 ** (start + (end - start) * i / (_POINTS - 1)) for i in range(_POINTS)]
        found = [fitted_risk(regression, dose) for dose in doses]
        x = [self._x(across(dose)) for dose in doses]
        self.sheet.area(
            x, [self._y(low) for _, low, _ in found], [self._y(high) for *_, high in found], fill=_BAND, name="band"
        )
        self.sheet.stroke(x, [self._y(middle) for middle, *_ in found], width=1.4, name="line", above=3)

    def pooled(self, share: float, group: Row) -> None:
        """A group's pooled risk."""
        x = self._x(share)
        self.sheet.stroke((x, x), (self._y(group["low"]), self._y(group["high"])), width=1.4, name="interval", above=3)
        self.sheet.marks(
            (x,), (self._y(group["estimate"]),), shape="D", size=7.0, fill="white", edge=INK, name="pooled", line=1.3
        )

    def bubbles(self, shares: Sequence[float]) -> None:
        """The studies, largest first so that none is hidden, each with its number where there is room."""
        at = [(self._x(share), self._y(_risk(row))) for share, row in zip(shares, self._rows, strict=True)]
        for i in sorted(range(len(at)), key=lambda i: -self._rows[i]["total"]):
            (x, y), row = at[i], self._rows[i]
            self.sheet.marks(
                (x,),
                (y,),
                shape="o",
                size=_size(row["total"]),
                fill=_FILL,
                edge=DARK,
                line=0.8,
                name=f"study:{row['study']}",
            )
        discs = [(x, y, _size(row["total"]) / 144.0) for (x, y), row in zip(at, self._rows, strict=True)]
        taken: list[_Box] = []
        for i in range(min(len(discs), MOST_NUMBERED)):
            self._number(str(i + 1), discs[i], [d for j, d in enumerate(discs) if j != i], taken)

    def _number(self, words: str, disc: _Disc, others: Sequence[_Disc], taken: list[_Box]) -> None:
        """In or beside its bubble: the nearest place that no other number has and, where there is one, no other bubble."""
        x, y, radius = disc
        wide, high = text_width(words, SMALL_SIZE) + 0.03, 0.115
        free = []
        for dx, dy in _places(radius):
            box = (x + dx - wide / 2, y + dy - high / 2, x + dx + wide / 2, y + dy + high / 2)
            if self._within(box) and not any(_overlap(box, other) for other in taken):
                free.append((any(_covers(other, box) for other in others), dx, dy, box))
        _, dx, dy, box = next((f for f in free if not f[0]), free[0] if free else (True, 0.0, 0.0, (x, y, x, y)))
        taken.append(box)
        away = abs(dx) + abs(dy) > radius
        if abs(dx) + abs(dy) > radius + 0.1:
            self.sheet.stroke((x, x + dx), (y, y + dy), colour=MIDDLE, width=0.5, name="leader", above=3)
        self.sheet.text(x + dx, y + dy, words, size=SMALL_SIZE, align="center", name="number", boxed=away)

    def _within(self, box: _Box) -> bool:
        left, top, right, bottom = box
        wide = self._left + 0.02 < left and right < self._left + _WIDTH
        return wide and self._top - _CEILING / 2 < top and bottom < self._top + _HEIGHT + _FLOOR - 0.03


def _places(radius: float) -> list[tuple[float, float]]:
    """Where a number may stand, from its bubble's middle: in it where it is large enough, then ever farther rings."""
    rings = [radius + 0.07 + 0.1 * step for step in range(14)]
    around = ((0, -1), (1, 0), (-1, 0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7), (0, 1))
    first = [(0.0, 0.0)] if radius > 0.075 else []
    return first + [(ring * dx, ring * dy) for ring in rings for dx, dy in around]


def _overlap(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _covers(disc: _Disc, box: _Box) -> bool:
    """Whether a bubble reaches into a box."""
    x, y, radius = disc
    across, down = max(box[0] - x, 0.0, x - box[2]), max(box[1] - y, 0.0, y - box[3])
    return across * across + down * down < radius * radius
