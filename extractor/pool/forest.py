"""Forest plots for print: one arm on a percent axis, two arms on a log axis (linear for risk differences).

Everything is placed in inches on one drawing sheet, so that columns line up in every format. The same result draws the
same bytes: no date is written and SVG identifiers are salted. Marks: square (area by participants) with its exact
interval, diamond the pooled interval, bar below it the prediction interval, arrow an interval that goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.drawn import Circle, Figure, Line2D, Polygon, Rectangle, rc_context
from extractor.errors import PoolError
from extractor.pool.forest_layout import (
    BOLD,
    FIXED_STYLE,
    FOOT_SIZE,
    LINE_HEIGHT,
    MARGIN,
    PLOT_WIDTH,
    ROW_HEIGHT,
    SUFFIXES,
    TEXT_SIZE,
    Axis,
    Lights,
    Line,
    Mark,
    text_width,
    wrapped,
)  # fmt: skip
from extractor.pool.forest_rows import one_arm_lines, two_arm_lines
from extractor.pool.results import PooledComparison, PooledProportion, Subgroups

INK, SQUARE, DIAMOND, PREDICTION, RULE = "#1a1a1a", "#3b5570", "#14375e", "#a8442a", "#8a8a8a"
# of a judgement of risk of bias: its sign, and its colour (those of robvis, light enough for the sign)
SIGNS = {
    "Low": ("+", "#7ac79b"), "Some concerns": ("–", "#f2d544"), "Moderate": ("–", "#f2d544"), "Unclear": ("?", "#f2d544"),
    "High": ("×", "#e8837e"), "Serious": ("×", "#e8837e"), "Critical": ("!", "#c0504d"), "No information": ("?", "#9db7d5"),
    "Not applicable": ("0", "#dddddd"), "not agreed on": ("≠", "#dddddd"),
}  # fmt: skip
LIGHT, SHORT_DOMAIN = 0.24, 4  # inches from light to light; letters of a domain's heading
_GAP = 0.22
_LARGEST_SQUARE, _SMALLEST_SQUARE = 0.155, 0.05


def draw(
    result: PooledProportion | PooledComparison,
    path: Path,
    *,
    title: str = "",
    groups: Sequence[str] | None = None,
    subgroups: Subgroups | None = None,
    arms: tuple[str, str] = ("Arm 1", "Arm 2"),
    lights: Lights | None = None,
) -> Path:
    """Draw a forest plot to a file.

    Parameters
    ----------
    result : PooledProportion or PooledComparison
    path : Path
        Ends in ``.svg``, ``.pdf`` or ``.png``.
    title : str
        Above the plot: the event and the population.
    groups : sequence of str, optional
        The group of each study, for headings; one arm only.
    subgroups : Subgroups, optional
        Their pooled risks, for a diamond below each heading.
    arms : pair of str
        Names of the two arms.
    lights : Lights, optional
        People's judgements of risk of bias, by the names of the studies.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    PoolError
        If the suffix is another one, or there are not as many groups as studies.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise PoolError(
            f"{path}: no forest plot as {suffix or 'a file without suffix'!r}; legal: {', '.join(SUFFIXES)}"
        )
    sheet = figure(result, title=title, groups=groups, subgroups=subgroups, arms=arms, lights=lights)
    with rc_context(FIXED_STYLE):
        sheet.savefig(path, dpi=200, metadata=SUFFIXES[suffix], format=suffix[1:])
    return path


def figure(
    result: PooledProportion | PooledComparison,
    *,
    title: str = "",
    groups: Sequence[str] | None = None,
    subgroups: Subgroups | None = None,
    arms: tuple[str, str] = ("Arm 1", "Arm 2"),
    lights: Lights | None = None,
) -> Figure:
    """The plot as a matplotlib figure; parameters as for :func:`draw`."""
    if isinstance(result, PooledProportion):
        lines, axis, foot = one_arm_lines(result, groups, subgroups, lights)
    else:
        lines, axis, foot = two_arm_lines(result, arms, lights)
    with rc_context(FIXED_STYLE):
        return _Sheet(lines, axis, foot, title).figure


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of text stand and where the plot begins, in inches."""

    edges: tuple[float, ...]
    plot: float
    right: float
    weight: float
    lights: float
    width: float


class _Sheet:
    """One drawing: rows of text with marks beside them, an axis, and a foot."""

    def __init__(self, lines: Sequence[Line], axis: Axis, foot: Sequence[str], title: str) -> None:
        self._axis = axis
        self._columns = _columns(lines, title)
        foot = wrapped(foot, self._columns.width - 2 * MARGIN)
        top = MARGIN + (1.6 * ROW_HEIGHT if title else 0.0)
        self._axis_y = top + sum(line.height for line in lines) + 0.06
        height = self._axis_y + 0.62 + LINE_HEIGHT * len(foot) + MARGIN / 2
        self.figure = Figure(figsize=(self._columns.width, height), facecolor="white")
        self._axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_xlim(0.0, self._columns.width)
        self._axes.set_ylim(height, 0.0)
        self._axes.set_axis_off()
        if title:
            self._text(MARGIN, MARGIN + 0.1, title, size=TEXT_SIZE + 1.5, weight="bold")
        self._top = top
        self._reference_lines(top)
        y = top
        for line in lines:
            self._line(line, y + line.height / 2)
            y += line.height
        self._rule(top + ROW_HEIGHT)
        self._draw_axis()
        for index, note in enumerate(foot):
            self._text(MARGIN, self._axis_y + 0.66 + LINE_HEIGHT * index, note, size=FOOT_SIZE)

    # --- rows ----------------------------------------------------------------------------------------------------

    def _line(self, line: Line, y: float) -> None:
        weight = "bold" if line.style in BOLD else "normal"
        for index, (cell, edge) in enumerate(zip(line.cells, self._columns.edges, strict=True)):
            indent = 0.12 if index == 0 and line.indented else 0.0
            self._text(edge + indent, y, cell, weight=weight, align="left" if index == 0 else "right")
        self._text(self._columns.right, y, line.right, weight=weight, align="right")
        self._text(self._columns.weight, y, line.weight, weight=weight, align="right")
        for place, word in enumerate(line.lights):
            self._light(self._columns.lights + place * LIGHT, y, word, head=line.style == "head")
        if line.mark:
            self._mark(line.mark, y)

    def _light(self, x: float, y: float, word: str, *, head: bool) -> None:
        """A judgement as a circle, told by its sign and by its colour; a head names the domain."""
        if head:
            word = "All" if word == "Overall" else word
            self._text(
                x,
                y,
                word if len(word) < SHORT_DOMAIN else f"{word[: SHORT_DOMAIN - 1]}.",
                size=FOOT_SIZE,
                weight="bold",
                align="center",
            )
        elif word:
            sign, colour = SIGNS.get(word, ("?", "#4d7fb5"))
            self._axes.add_patch(Circle((x, y), 0.085, facecolor=colour, edgecolor=INK, linewidth=0.4, zorder=3))
            self._text(x, y, sign, size=TEXT_SIZE - 1, weight="bold", align="center")

    def _mark(self, mark: Mark, y: float) -> None:
        if mark.kind == "note":
            self._text(
                self._columns.plot + PLOT_WIDTH / 2,
                y,
                mark.note,
                size=FOOT_SIZE,
                align="center",
                colour=INK,
                boxed=True,
            )
            return
        low = self._axis.low if mark.low is None else mark.low
        high = self._axis.high if mark.high is None else mark.high
        if mark.kind == "diamond":
            self._diamond(mark, low, high, y)
            return
        colour = PREDICTION if mark.kind == "prediction" else INK
        self._segment(low, high, y, colour, 2.2 if mark.kind == "prediction" else 1.0)
        if mark.low is None or self._axis.outside(low) < 0:
            self._arrow(self._axis.low, y, -1, colour)
        if mark.high is None or self._axis.outside(high) > 0:
            self._arrow(self._axis.high, y, 1, colour)
        if mark.kind == "square" and mark.at is not None and not self._axis.outside(mark.at):
            self._square(mark.at, mark.size, y)

    def _square(self, at: float, share: float, y: float) -> None:
        side = max(_SMALLEST_SQUARE, _LARGEST_SQUARE * share**0.5)
        corner = (self._x(at) - side / 2, y - side / 2)
        self._axes.add_patch(Rectangle(corner, side, side, facecolor=SQUARE, edgecolor="none", zorder=3))

    def _diamond(self, mark: Mark, low: float, high: float, y: float) -> None:
        if mark.at is None:
            return
        half = 0.085
        points = [(self._x(low), y), (self._x(mark.at), y - half), (self._x(high), y), (self._x(mark.at), y + half)]
        face = DIAMOND if mark.filled else "white"
        self._axes.add_patch(Polygon(points, closed=True, facecolor=face, edgecolor=DIAMOND, linewidth=1.0, zorder=4))

    def _segment(self, low: float, high: float, y: float, colour: str, width: float) -> None:
        self._stroke((self._x(low), self._x(high)), (y, y), colour, width)

    def _arrow(self, at: float, y: float, side: int, colour: str) -> None:
        tip, back = self._x(at) + side * 0.06, self._x(at) - side * 0.02
        points = [(tip, y), (back, y - 0.04), (back, y + 0.04)]
        self._axes.add_patch(Polygon(points, closed=True, facecolor=colour, edgecolor="none", zorder=3))

    # --- axis ----------------------------------------------------------------------------------------------------

    def _reference_lines(self, top: float) -> None:
        start = top + ROW_HEIGHT
        if self._axis.pooled is not None and not self._axis.outside(self._axis.pooled):
            x = self._x(self._axis.pooled)
            self._stroke((x, x), (start, self._axis_y), RULE, 0.8, dashes=(3, 3))
        if self._axis.null is not None:
            x = self._x(self._axis.null)
            self._stroke((x, x), (start, self._axis_y), INK, 0.8)

    def _draw_axis(self) -> None:
        left, right = self._columns.plot, self._columns.plot + PLOT_WIDTH
        self._stroke((left, right), (self._axis_y, self._axis_y), INK, 0.9)
        for value, label in self._axis.ticks:
            x = self._x(value)
            self._stroke((x, x), (self._axis_y, self._axis_y + 0.05), INK, 0.9)
            self._text(x, self._axis_y + 0.14, label, size=TEXT_SIZE - 0.5, align="center")
        if self._axis.sides:
            less, more = self._axis.sides
            middle = self._x(self._axis.null) if self._axis.null is not None else (left + right) / 2
            self._text(middle - 0.08, self._axis_y + 0.34, f"← {less}", size=FOOT_SIZE, align="right")
            self._text(middle + 0.08, self._axis_y + 0.34, f"{more} →", size=FOOT_SIZE, align="left")
        else:
            self._text((left + right) / 2, self._axis_y + 0.34, self._axis.label, size=TEXT_SIZE - 0.5, align="center")

    def _rule(self, y: float) -> None:
        self._stroke((MARGIN, self._columns.width - MARGIN), (y, y), INK, 0.9)

    # --- primitives ----------------------------------------------------------------------------------------------

    def _x(self, value: float) -> float:
        """Inches from the left edge of the sheet for a value, held within the plot."""
        return self._columns.plot + PLOT_WIDTH * self._axis.share(value)

    def _stroke(self, x: Any, y: Any, colour: str, width: float, dashes: tuple[int, int] | None = None) -> None:
        line = Line2D(x, y, color=colour, linewidth=width, solid_capstyle="butt", zorder=2)
        if dashes:
            line.set_dashes(dashes)
            line.set_zorder(1)
        self._axes.add_line(line)

    def _text(
        self, x: float, y: float, text: str, *, size: float = TEXT_SIZE, weight: str = "normal", align: str = "left",
        colour: str = INK, boxed: bool = False,
    ) -> None:  # fmt: skip
        if not text:
            return
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0} if boxed else None
        # digits and capitals have no descender: their middle lies above the middle of the line
        self._axes.text(
            x,
            y + 0.01,
            text,
            fontsize=size,
            fontweight=weight,
            ha=align,
            va="center",
            color=colour,
            bbox=box,
            parse_math=False,
        )


def _columns(lines: Sequence[Line], title: str) -> _Columns:
    """Widths from the widest cell of each column; the sheet grows where the title is longer than the table."""
    count = len(lines[0].cells)
    widths = [max(_cell_width(line, index) for line in lines) for index in range(count)]
    edges, x = [], MARGIN
    for index, width in enumerate(widths):
        x += width if index else 0.0
        edges.append(x)
        x += (widths[0] if index == 0 else 0.0) + _GAP
    plot = x + 0.05
    right = plot + PLOT_WIDTH + _GAP + max(text_width(line.right, bold=line.style in BOLD) for line in lines)
    weighed = max(text_width(line.weight, bold=line.style in BOLD) for line in lines)
    weight = right + (_GAP + weighed if weighed else 0.0)
    count = max(len(line.lights) for line in lines)
    lit = weight + _GAP + LIGHT / 2
    end = lit + (count - 1) * LIGHT + LIGHT / 2 if count else weight
    needed = text_width(title, TEXT_SIZE + 1.5, bold=True)
    return _Columns(tuple(edges), plot, right, weight, lit, max(end, MARGIN + needed) + MARGIN)


def _cell_width(line: Line, index: int) -> float:
    indent = 0.12 if index == 0 and line.indented else 0.0
    return indent + text_width(line.cells[index], bold=line.style in BOLD)
