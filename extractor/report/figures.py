"""Plots as SVG that can stand in a page: one element, ids of its own, words for those who cannot see it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from extractor.pool import PooledProportion, forest
from extractor.pool.forest_layout import FIXED_STYLE, SUFFIXES

_ID = re.compile(r'(\bid="|(?:xlink:)?href="#|url\(#)')


def forest_plot(pooled: PooledProportion, title: str, anchor: str) -> Markup:
    """A forest plot of a pooled risk; what was left out stands in the page's own list."""
    pooled = replace(pooled, left_out=())
    with matplotlib.rc_context(FIXED_STYLE):
        return inline(
            forest.figure(pooled, title=title), anchor, f"Forest plot: {title}. The table beside it says the same."
        )


def inline(figure: Figure, prefix: str, words: str) -> Markup:
    """A figure as one ``<svg>`` element.

    Parameters
    ----------
    prefix : str
        Begins every id, so that several figures may stand in one page.
    words : str
        What a screen reader says.
    """
    out = io.StringIO()
    with matplotlib.rc_context(FIXED_STYLE):
        figure.savefig(out, format="svg", metadata=SUFFIXES[".svg"])
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = _ID.sub(lambda m: f"{m[1]}{prefix}-", text).replace("*{", f"#{prefix}-plot *{{", 1)
    head = Markup('<svg id="{}-plot" role="img" aria-label="{}"').format(prefix, words)
    return Markup(head) + Markup(text.removeprefix("<svg"))
