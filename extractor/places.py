"""Where quotes stand on the pages of a file that has pages: the page, and the box around their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from extractor.model import Document, Evidence, Fact

LAYOUT = "layout"  # document.metadata: {part: [[start, end, page, left, top, right, bottom], ...]}


def placed(document: Document, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, each quote with its page and box where the document knows them."""
    layout = document.metadata.get(LAYOUT)
    for fact in facts:
        yield fact.change(evidence=tuple(_placed(item, layout) for item in fact.evidence)) if layout else fact


def _placed(item: Evidence, layout: dict[str, list[list[float]]]) -> Evidence:
    start, end = item.start or 0, item.end or 0
    lines = [line for line in layout.get(item.part, ()) if line[0] < end and line[1] > start]
    if not lines:
        return item
    page = int(lines[0][2])
    boxes = [_narrowed(line, start, end) for line in lines if line[2] == page]
    left, top, right, bottom = zip(*boxes, strict=True)
    return replace(item, page=page, box=(min(left), min(top), max(right), max(bottom)))


def _narrowed(line: list[float], start: int, end: int) -> tuple[float, float, float, float]:
    """The part of a line that a quote covers, its letters taken as equally wide."""
    first, last, _, left, top, right, bottom = line
    width = (right - left) / max(1, last - first)
    return (
        round(left + width * max(0, start - first), 4),
        top,
        round(right - width * max(0, last - end), 4),
        bottom,
    )
