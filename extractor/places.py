"""Where quotes stand on the pages of a file that has pages: the page, and the box around their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from extractor.model import LAYOUT, Document, Evidence, Fact

Place = tuple[float, float, float, float]  # left, top, right, bottom as shares of the page
WORD = re.compile(r"[^ ]+")


def placed(document: Document, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, each quote with its page and box where the document knows them."""
    known = bool(document.metadata.get(LAYOUT))
    for fact in facts:
        yield fact.change(evidence=tuple(_placed(document, e) for e in fact.evidence)) if known else fact


def _placed(document: Document, item: Evidence) -> Evidence:
    lines = lines_of(document, item.part, item.start or 0, item.end or 0)
    if not lines:
        return item
    page = lines[0][0]
    left, top, right, bottom = zip(*(box for number, box in lines if number == page), strict=True)
    return replace(item, page=page, box=(min(left), min(top), max(right), max(bottom)))


def lines_of(document: Document, part: str, start: int, end: int) -> list[tuple[int, Place]]:
    """Page and place of each line that a quote covers, in their order; none where the document knows no places."""
    lines = document.metadata.get(LAYOUT, {}).get(part, ())
    text = document.parts.get(part, "")
    return [(int(line[2]), _narrowed(line, text, start, end)) for line in lines if line[0] < end and line[1] > start]


def _narrowed(line: Sequence[Any], text: str, start: int, end: int) -> Place:
    """The part of a line that a quote covers: from word to word, the letters of a word taken as equally wide."""
    first, last, _, left, top, right, bottom, *more = line
    edges = [left + (right - left) * at / 1000 for at in (more[0] if more else ())] or [left, right]
    words = [match.span() for match in WORD.finditer(text, first, last)]
    if 2 * len(words) != len(edges):
        words, edges = [(first, last)], [left, right]
    at = list(zip(words, edges[::2], edges[1::2], strict=True))
    inside = [(span, a, b) for span, a, b in at if span[0] < end and span[1] > start] or at
    (begins, stops), from_, to = inside[0]
    left = from_ + (to - from_) * max(0, start - begins) / (stops - begins)
    (begins, stops), from_, to = inside[-1]
    right = to - (to - from_) * max(0, stops - end) / (stops - begins)
    return round(left, 4), top, round(right, 4), bottom
