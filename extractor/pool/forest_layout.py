"""Sizes, axis and row types of a forest plot, and how wide a text is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log
from typing import Any

from extractor.drawn import FontProperties, TextPath

# Inches.
MARGIN, ROW_HEIGHT, LINE_HEIGHT, PLOT_WIDTH = 0.18, 0.225, 0.165, 2.9
# Points.
TEXT_SIZE, FOOT_SIZE = 8.5, 7.0
BOLD = frozenset({"head", "group", "pooled"})
# Text stays text in SVG, fonts are embedded as TrueType in PDF; the salt makes identifiers the same every time.
FIXED_STYLE: Any = {
    "svg.hashsalt": "trialspan", "svg.fonttype": "none", "pdf.fonttype": 42, "font.family": "DejaVu Sans",
    "axes.unicode_minus": True,
}  # fmt: skip
# Suffixes and the metadata that keep files the same from run to run.
SUFFIXES: Mapping[str, Mapping[str, None]] = {
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".png": {"Software": None},
}
# A ratio axis ends here: intervals beyond are drawn as arrows.
RATIO_LIMITS = (0.01, 100.0)
_RATIO_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_DECADES = (0.01, 0.1, 1.0, 10.0, 100.0)
# An axis that spans more than this factor names its decades and ends only.
_CROWDED = 500.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the plot: ``square``, ``diamond``, ``prediction`` or ``note``; an end that is None is open."""

    kind: str
    at: float | None = None
    low: float | None = None
    high: float | None = None
    size: float = 1.0
    filled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lights:
    """People's judgements of risk of bias, as lights right of the studies: domains in their order, words by study and domain."""

    domains: tuple[str, ...]
    of: Mapping[str, Mapping[str, str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: cells left of the plot, some right of it, a mark; style ``head``, ``group``, ``study``, ``pooled``, ``gap``."""

    style: str
    cells: tuple[str, ...]
    right: str = ""
    mark: Mark | None = None
    indented: bool = False
    weight: str = ""
    lights: tuple[str, ...] = ()  # of a head the domains, of a study the words

    @property
    def height(self) -> float:
        """Inches."""
        return 0.4 * ROW_HEIGHT if self.style == "gap" else ROW_HEIGHT


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale of the plot."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    label: str
    log: bool = False
    null: float | None = None
    pooled: float | None = None
    sides: tuple[str, str] | None = None

    def share(self, value: float) -> float:
        """0 at the left end, 1 at the right one."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def outside(self, value: float) -> int:
        """-1 left of the axis, 1 right of it, 0 on it."""
        return (value > self.high) - (value < self.low)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = TEXT_SIZE, *, bold: bool = False) -> float:
    """Width in inches."""
    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    plain = text.replace("$", r"\$")  # a dollar is a dollar, never a formula
    points = TextPath(
        (0, 0), plain, size=size, prop=font
    ).vertices  # curves lie between their points: wide enough, and fast
    return float(points[:, 0].max() - points[:, 0].min()) / 72.0


def wrapped(notes: Sequence[str], width: float) -> list[str]:
    """Foot lines broken between words so that none is wider than ``width`` inches."""
    lines = []
    for note in notes:
        line = ""
        for word in note.split():
            longer = f"{line} {word}".strip()
            if line and text_width(longer, FOOT_SIZE) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def percent_axis(highest: float, label: str, pooled: float | None) -> Axis:
    """From 0 to the next round percentage above ``highest``."""
    step = next((s for s in (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if highest <= 5.0 * s), 0.2)
    end = min(1.0, step * ceil(highest / step - 1e-9)) if highest > 0 else step
    count = round(end / step)
    ticks = tuple((step * i, f"{100 * step * i:g}") for i in range(count + 1))
    return Axis(0.0, end, ticks, label, pooled=pooled)


def ratio_axis(lowest: float, highest: float, label: str, pooled: float | None, sides: tuple[str, str]) -> Axis:
    """A log axis with round ends on both sides of 1."""
    low = max((value for value in _RATIO_TICKS if value <= min(lowest, 0.5)), default=RATIO_LIMITS[0])
    high = min((value for value in _RATIO_TICKS if value >= max(highest, 2.0)), default=RATIO_LIMITS[1])
    within = [value for value in _RATIO_TICKS if low <= value <= high]
    if high / low > _CROWDED:
        within = [value for value in within if value in _DECADES or value in (low, high)]
    ticks = tuple((value, f"{value:g}") for value in within)
    return Axis(low, high, ticks, label, log=True, null=1.0, pooled=pooled, sides=sides)


def difference_axis(lowest: float, highest: float, label: str, pooled: float | None, sides: tuple[str, str]) -> Axis:
    """A linear axis, the same length on both sides of 0, in percentage points."""
    reach = max(abs(lowest), abs(highest), 0.01)
    step = next((s for s in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if reach <= 4.0 * s), 0.5)
    end = min(1.0, step * ceil(reach / step - 1e-9))
    count = round(end / step)
    ticks = tuple((step * i, f"{100 * step * i:g}".replace("-", "−")) for i in range(-count, count + 1))
    return Axis(-end, end, ticks, label, null=0.0, pooled=pooled, sides=sides)
