"""Captions of tables: which lines are some, which strip of the page is theirs, and where their rows stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.pdf.columns import rows_of
from extractor.pdf.glyphs import Page
from extractor.pdf.order import Segment
from extractor.pdf.over import moved

CAPTION = re.compile(
    r"^(?P<label>(?:supplementary |appendix )?table(?:\s*+(?:S?\d{1,2}|[IVX]{1,5})[A-Za-z]?\b|(?=[.:]\s*[A-Z]|$)))\s*[.:|]?",
    re.I,
)
BEGINS, ENDED = re.compile(rf"(?i:{CAPTION.pattern.rstrip('?')})\s+[A-Z]"), re.compile(r"[.:?!)\]]\W*$")
APART = 1.4  # of the font size, from line to line: wider than in a paragraph
TEXT_WIDTH = 0.2  # of a page: lines of a column are at least that wide
BESIDE = 12  # line heights under a caption where another column is looked at
ENOUGH_LINES = 4  # lines of running text that make a column
NEAR = 16.0  # points between a caption and the rows, or the ruling line, that it belongs to
HIGH = 60.0  # points by which the first ruling line may stand over the first words of a table
LINES = 4  # of a caption at most
LOOSE_ABOVE = 3.5  # line heights of empty space above which a table under which a caption stands does not go on


def in_flow(item: Segment, segments: Sequence[Segment]) -> bool:
    """Whether a line that begins with "Table 3" goes on a paragraph: the same letters stand close above it.

    "Table 3. Harms" behind the end of a sentence, or with some space above, does not.
    """
    begins = BEGINS.match(item.text) is not None
    return any(
        not (begins and (ENDED.search(s.text) or item.box.top - s.box.top > APART * item.size))
        and 0.0 <= item.box.top - s.box.top <= 1.9 * item.size
        and s is not item
        and abs(s.box.left - item.box.left) < 2
        and abs(s.size - item.size) < 0.02 * item.size
        for s in segments
    )


def is_text(item: Segment, page: Page, body: float) -> bool:
    """Whether a segment is a line of running text: long, and of its size."""
    return abs(item.size - body) < 0.3 and item.box.width > TEXT_WIDTH * page.width and len(item.text.split()) >= 4


def in_strip(
    page: Page, segments: Sequence[Segment], caption: Segment, body: float, *, below: bool = False
) -> list[Segment]:
    """The segments of a caption's column, where another column holds running text beside its table; else all of them."""
    above, under = (BESIDE, 2) if below else (2, BESIDE)
    beside = [
        s
        for s in segments
        if caption.box.top - above * body < s.box.top < caption.box.bottom + under * body and is_text(s, page, body)
    ]
    right = [s.box.left for s in beside if s.box.left > max(caption.box.right, caption.box.left + 3 * caption.size)]
    left = [s.box.right for s in beside if s.box.right < caption.box.left]
    to = min(right) - 1 if len(right) >= ENOUGH_LINES else page.width
    from_ = max(left) + 1 if len(left) >= ENOUGH_LINES else 0.0
    return [s for s in segments if s.box.left < to and s.box.right > from_]


def above_text(below: Sequence[Segment], page: Page, body: float) -> list[Segment]:
    """What stands above the first lines of running text in columns: three lines of which each piece is long and of its size."""
    said = 0
    rows = rows_of(below)
    for place, row in enumerate(rows):
        said = said + 1 if len(row) > 1 and all(is_text(s, page, body) for s in row) else 0
        if said == 3:
            return [s for r in rows[: place - 2] for s in r]
    return list(below)


# ---------------------------------------------------------------- captions under their tables


@dataclass(frozen=True, slots=True)
class Raised:
    """A caption as if it stood over its rows: its lines as they are and as they were, and the rows."""

    lines: tuple[Segment, ...]
    before: tuple[Segment, ...]
    rows: tuple[Segment, ...]


def stand_below(pages: Sequence[tuple[Page, Sequence[Segment]]], body: float) -> bool:
    """Whether the captions of a paper stand under their tables: more have rows right above them alone than right below."""
    votes = 0
    for place, (page, segments) in enumerate(pages):
        for caption in segments:
            if not CAPTION.match(caption.text) or in_flow(caption, segments):
                continue
            over, under = (in_strip(page, segments, caption, body, below=way) for way in (True, False))
            if place and not any(s.box.bottom <= caption.box.top for s in over):
                votes += _ends_in_rows(*pages[place - 1], body)
            votes += _has_rows(page, over, caption, body, -1) - _has_rows(page, under, caption, body, 1)
    return votes > 0


def _ends_in_rows(page: Page, segments: Sequence[Segment], body: float) -> bool:
    """Whether the last lines of a page are rows of a table."""
    last = rows_of(segments)[-LINES:]
    return len(last) == LINES and all(len(row) > 1 and not any(is_text(s, page, body) for s in row) for row in last)


def _has_rows(page: Page, strip: Sequence[Segment], caption: Segment, body: float, way: int) -> bool:
    """Whether a row of several pieces, or a ruling line, is right above (-1) or right below (1) a caption."""
    lines = _lines_of(strip, caption)
    top, bottom = caption.box.top, max(s.box.bottom for s in lines)
    if way < 0:
        rules = any(0 <= top - r.bottom < NEAR for r in page.rules)
        near = [s for s in strip if 0 <= top - s.box.bottom < NEAR]
    else:
        rules = any(0 <= r.top - bottom < NEAR for r in page.rules)
        near = [s for s in strip if 0 <= s.box.top - bottom < NEAR]
    return rules or any(len(row) > 1 and not all(is_text(s, page, body) for s in row) for row in rows_of(near))


def _lines_of(strip: Sequence[Segment], caption: Segment) -> tuple[Segment, ...]:
    """A caption's own lines: those of its letters that stand close below it; under a label alone, of any letters."""
    found = [caption]
    label = CAPTION.sub("", caption.text).strip() == ""
    for row in rows_of([s for s in strip if s.box.top > caption.box.top]):
        item = row[0]
        close = item.box.top - found[-1].box.top < 1.7 * max(caption.size, item.size) + 2
        same = label or abs(item.size - caption.size) < 0.1
        if len(row) > 1 or not (close and same and abs(item.box.left - caption.box.left) < caption.size):
            break
        found.append(item)
        if len(found) == LINES:
            break
    return tuple(found)


def raised(page: Page, strip: Sequence[Segment], caption: Segment, body: float) -> Raised | None:
    """A caption under its table lifted over it; None where no rows stand above it."""
    lines = _lines_of(strip, caption)
    rows = rows_of([s for s in strip if s.box.bottom <= caption.box.top + 1])
    inside: list[list[Segment]] = []
    top = caption.box.top
    for row in reversed(rows):
        bottom = max(s.box.bottom for s in row)
        ends = all(is_text(s, page, body) for s in row) or any(CAPTION.match(s.text) for s in row)
        if ends or top - bottom > LOOSE_ABOVE * max(row[0].size, 6):
            break
        inside.insert(0, row)
        top = min(s.box.top for s in row)
    while inside and len(inside[0]) == 1:
        inside.pop(0)
    if len(inside) < 2:
        return None
    return _over(lines, [s for row in inside for s in row], page)


def beside(page: Page, segments: Sequence[Segment], caption: Segment) -> Raised | None:
    """A caption that ends its column, set over the next one, where that begins with the rows."""
    column = [s for s in segments if s.box.left < caption.box.right and s.box.right > caption.box.left]
    lines = _lines_of(column, caption)
    if any(s.box.top > lines[-1].box.top for s in column):
        return None
    right = max(s.box.right for s in lines)
    rows = [s for s in segments if s.box.left > right]
    return _over(lines, rows, page) if len(rows) > 2 else None


def _over(lines: Sequence[Segment], rows: Sequence[Segment], page: Page) -> Raised:
    """Lines set right over rows, and over the ruling line that stands above these."""
    top = min(s.box.top for s in rows)
    left = min(s.box.left for s in rows)
    rules = [r.top for r in page.rules if top - HIGH < r.top <= top and r.left < left + NEAR]
    lift = max(rules, default=top) - 2 - max(s.box.bottom for s in lines)
    set_over = tuple(moved(s, lift, left - lines[0].box.left) for s in lines)
    return Raised(set_over, tuple(lines), tuple(rows))


def back(made: Raised, caption: Sequence[Segment]) -> Iterator[Segment]:
    """The lines of a caption at their own places."""
    places = dict(zip(made.lines, made.before, strict=True))
    return (places.get(s, s) for s in caption)
