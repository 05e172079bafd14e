"""Figures for print of what a store holds: events by trials, doses, risk against dose, forest plots of answers.

- :mod:`extractor.plots.matrix`, :mod:`~extractor.plots.dose`, :mod:`~extractor.plots.bubble` and
  :mod:`~extractor.plots.answered` (forest plots) each have a ``figure(...)``
- :func:`draw` writes one to a file, :func:`svg` gives it as text for a page; both the same bytes every time
"""

from extractor.plots.sheet import draw, svg

__all__ = ["draw", "svg"]
