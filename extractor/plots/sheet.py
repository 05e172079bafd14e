"""One drawing sheet, measured in inches from its upper left corner: text, strokes, boxes and marks; and how it is written.

Words: a *mark* is a shape that stands for a state or a number, never told apart by colour alone; its group id in the
figure (``get_gid``) is what it stands for. :func:`draw` and :func:`svg` take any matplotlib figure, forest plots too.
"""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from extractor.drawn import Figure, Line2D, Rectangle, rc_context
from extractor.errors import PlotError
from extractor.pool.forest_layout import FIXED_STYLE, SUFFIXES, text_width

# Points: smaller is not readable in print at 100 %.
TITLE_SIZE, TEXT_SIZE, NOTE_SIZE, SMALL_SIZE = 10.0, 8.5, 7.5, 6.5
# Inches.
MARGIN = 0.18
INK, DARK, MIDDLE, LIGHT, STRIPE = "#1a1a1a", "#27384a", "#767676", "#bdbdbd", "#f3f3f3"
FONT = "DejaVu Sans"
# What a browser without that font takes: nearly the same widths.
FALLBACK = f"'{FONT}', Verdana, sans-serif"
DOTS_PER_INCH = 200
ELLIPSIS = "…"
# plot-1
_PREFIX = re.compile(r"[A-Za-z][\w-]*")
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


class Sheet:
    """A white sheet of ``width`` by ``height`` inches; x to the right, y downwards."""

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width, height), facecolor="white")
        self._axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_xlim(0.0, width)
        self._axes.set_ylim(height, 0.0)
        self._axes.set_axis_off()

    def text(
        self, x: float, y: float, words: str, *, size: float = TEXT_SIZE, bold: bool = False, align: str = "left",
        angle: float = 0.0, colour: str = INK, boxed: bool = False, name: str = "",
    ) -> None:  # fmt: skip
        """One line, its middle at ``y``; a slanted one starts at (``x``, ``y``) and rises."""
        if not words:
            return
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0} if boxed else None
        self._axes.text(
            x, y, words, fontsize=size, fontfamily=FONT, fontweight="bold" if bold else "normal", ha=align,
            va="baseline" if angle else "center_baseline", color=colour, rotation=angle, rotation_mode="anchor", bbox=box,
            gid=name or None, zorder=6, parse_math=False,
        )  # fmt: skip

    def lines(self, x: float, y: float, words: Sequence[str], *, size: float = TEXT_SIZE, **more: Any) -> None:
        """Lines below one another, the middle of the first at ``y``."""
        for index, line in enumerate(words):
            self.text(x, y + index * line_height(size), line, size=size, **more)

    def stroke(
        self, x: Sequence[float], y: Sequence[float], *, colour: str = INK, width: float = 0.8, dashes: Sequence[float] = (),
        name: str = "", above: int = 2,
    ) -> None:  # fmt: skip
        """A line through points."""
        line = Line2D(list(x), list(y), color=colour, linewidth=width, solid_capstyle="butt", zorder=above)
        if dashes:
            line.set_dashes(list(dashes))
        self._named(line, name)
        self._axes.add_line(line)

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str = "white", edge: str = "none", line: float = 0.8,
        name: str = "", above: int = 1,
    ) -> None:  # fmt: skip
        """A rectangle from its upper left corner."""
        patch = Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, linewidth=line, zorder=above)
        self._named(patch, name)
        self._axes.add_patch(patch)

    def area(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], *, fill: str, name: str) -> None:
        """The band between two curves."""
        self._axes.fill_between(list(x), list(low), list(high), facecolor=fill, edgecolor="none", zorder=1, gid=name)

    def marks(
        self, x: Sequence[float], y: Sequence[float], *, shape: Any, size: float, fill: str, edge: str, name: str, line: float = 1.0,
    ) -> None:  # fmt: skip
        """Marks of one kind; ``size`` in points across, ``shape`` as matplotlib names it."""
        if not len(x):
            return
        found = Line2D(
            list(x), list(y), linestyle="none", marker=shape, markersize=size, markerfacecolor=fill, markeredgecolor=edge,
            markeredgewidth=line, zorder=4,
        )  # fmt: skip
        self._named(found, name)
        self._axes.add_line(found)

    @staticmethod
    def _named(artist: Any, name: str) -> None:
        if name:
            artist.set_gid(name)


NARROWEST = 0.27  # em: an "i" is 0.278 of the size in the font that is used


def line_height(size: float) -> float:
    """Inches from one line of text to the next."""
    return 1.4 * size / 72.0


def broken(words: str, width: float, size: float = TEXT_SIZE, *, bold: bool = False) -> list[str]:
    """Lines no wider than ``width`` inches, broken between words, and within a word only where it alone is too wide."""

    def wide(text: str) -> float:
        return text_width(text, size, bold=bold)

    bound = _bound(width, size)  # what is longer need not be measured
    lines, line = [], ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and (len(longer) > bound or wide(longer) > width):
            lines.append(line)
            longer = word
        while len(longer) > 1 and (len(longer) > bound or wide(longer) > width):
            most = _most(longer[:bound], width, wide)
            lines.append(longer[:most])
            longer = longer[most:]
        line = longer
    return [*lines, line] if line else lines


def _bound(width: float, size: float) -> int:
    """More characters than a line of this width can hold."""
    return int(width * 72.0 / (size * NARROWEST)) + 2


def _most(text: str, width: float, wide: Callable[[str], float]) -> int:
    """How many characters of a text fit, at least one: a longer text is a wider one."""
    return max(1, bisect_right(range(1, len(text)), width, key=lambda n: wide(text[:n])))


def shortened(name: str, most: int) -> str:
    """A name of at most ``most`` characters: its two ends where it is longer."""
    if len(name) <= most:
        return name
    head = (most - 1) * 2 // 3
    return f"{name[:head]}{ELLIPSIS}{name[len(name) - (most - 1 - head) :]}"


def fitting(name: str, width: float, size: float = TEXT_SIZE) -> str:
    """A name, cut in its middle where it is wider than ``width`` inches."""
    most = min(len(name), _bound(width, size))
    while most > 4 and text_width(shortened(name, most), size) > width:
        most -= 1
    return shortened(name, most)


def draw(figure: Figure, path: Path) -> Path:
    """Write a figure to a file; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib Figure
    path : Path
        Ends in ``.svg``, ``.pdf`` or ``.png`` (200 dots an inch).

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    PlotError
        If the suffix is another one.
    """
    path.write_bytes(rendered(figure, checked_suffix(path)))
    return path


def rendered(figure: Figure, suffix: str) -> bytes:
    """A figure as the bytes of a file with this suffix: ``.svg``, ``.pdf`` or ``.png`` (200 dots an inch)."""
    if suffix == ".svg":
        return svg(figure).encode()
    out = io.BytesIO()
    with rc_context(FIXED_STYLE):
        figure.savefig(out, dpi=DOTS_PER_INCH, metadata=SUFFIXES[suffix], format=suffix[1:])
    return out.getvalue()


def checked_suffix(path: Path) -> str:
    """The suffix of a plot's file, in lower case.

    Raises
    ------
    PlotError
        If it is none of those that can be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise PlotError(f"{path}: no plot as {suffix or 'a file without suffix'!r}; legal: {', '.join(SUFFIXES)}")
    return suffix


def svg(figure: Figure, prefix: str = "plot", *, label: str = "") -> str:
    """A figure as one ``<svg>`` element, to stand in a page beside others.

    Parameters
    ----------
    figure : matplotlib Figure
        Also one of :mod:`extractor.pool.forest`.
    prefix : str
        Stands before every id in it, and is the id of the element: another one for each figure of a page.
    label : str
        What it shows, for those who cannot see it.

    Returns
    -------
    str
        Without an XML declaration; text stays text; its style reaches no other element of the page. What a mark stands
        for is in its ``data-mark``.

    Raises
    ------
    PlotError
        If the prefix is no id.
    """
    if not _PREFIX.fullmatch(prefix):
        raise PlotError(f"prefix {prefix!r}: legal are a letter, then letters, digits, '-' and '_'")
    out = io.BytesIO()
    with rc_context(FIXED_STYLE), warnings.catch_warnings():
        # text stays text, and the reader's own fonts show what ours has not
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font", category=UserWarning)
        figure.savefig(out, format="svg", metadata=SUFFIXES[".svg"])
    root = ET.fromstring(out.getvalue())
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    names = {str(artist.get_gid()) for artist in figure.findobj()}
    for element in root.iter():
        if element.get("id") in names:  # what a mark stands for; many marks share one
            element.set("data-mark", element.attrib.pop("id"))
        _own(element, prefix)
    root.set("id", prefix)
    if label:
        root.set("role", "img")
        root.set("aria-label", label)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    return ET.tostring(root, encoding="unicode") + "\n"


def _own(element: ET.Element, prefix: str) -> None:
    """Ids, what refers to them, and style rules made this figure's own."""
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, f"{prefix}-{value}")
        elif name in ("href", f"{{{_XLINK}}}href") and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}-"))
        elif name == "style" and f"'{FONT}'" in value:
            element.set(name, re.sub(rf"'{FONT}'(?:, [^;]*)?", FALLBACK, value))
    if element.tag == f"{{{_SVG}}}style" and element.text:
        element.text = element.text.replace("*{", f"#{prefix} *{{")
