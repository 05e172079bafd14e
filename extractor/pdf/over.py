"""Tables that go over the end of a page: the next page is hung under the one that its rows fill to the last line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.pdf.glyphs import Box, Page, Word
from extractor.pdf.order import Segment

NEAR = 1.3  # line heights between the last row of a page and the first of the next
CONTINUED = re.compile(r"\bcont(?:inued|\.|'?d)?\b", re.I)
SLACK = 3.0  # points by which rows of the next page may stand out of the table


@dataclass(frozen=True, slots=True)
class Hung:
    """A page with the next one under it; `lifts` says how far the lines of each page were moved down."""

    page: Page
    segments: list[Segment]
    lifts: dict[int, float]
    before: dict[int, Segment]  # segments as they stand on their own page, by the identity of the moved one

    def back(self, item: Segment) -> Segment:
        """A segment at its own place."""
        lift = self.lifts.get(item.page, 0.0)
        return self.before.get(id(item)) or (moved(item, -lift) if lift else item)


def hung(page: Page, segments: Sequence[Segment], following: Sequence[tuple[Page, Sequence[Segment]]]) -> Hung:
    """`page` with the pages behind it under it."""
    lifts: dict[int, float] = {}
    before: dict[int, Segment] = {}
    all_, rules, height = list(segments), list(page.rules), page.height
    for later, found in following:
        first = min((s.box.top for s in found), default=0.0)
        bottom = max((s.box.bottom for s in all_), default=0.0)
        size = all_[-1].size if all_ else 10.0
        lifts[later.number] = lift = bottom + NEAR * size - first
        for item in found:
            lower = moved(item, lift)
            before[id(lower)] = item
            all_.append(lower)
        rules += [_lower(rule, lift) for rule in later.rules]
        height = later.height + lift
    return Hung(replace(page, height=height, rules=tuple(rules)), all_, lifts, before)


def moved(item: Segment, lift: float, aside: float = 0.0) -> Segment:
    """A segment with its words at another place."""
    words = tuple(Word(w.text, _lower(w.box, lift, aside), w.size) for w in item.words)
    return replace(item, box=_lower(item.box, lift, aside), words=words)


def _lower(box: Box, lift: float, aside: float = 0.0) -> Box:
    return Box(box.left + aside, box.top + lift, box.right + aside, box.bottom + lift)


def without_repeats(rows: list[list[list[Segment]]], first: int) -> list[list[list[Segment]]]:
    """The rows without those of a head that is printed again on each page."""
    said = {_text(row) for row in rows[:REPEATED] if _page(row) == first}
    kept, pages = [], {first}
    heading = False
    for row in rows:
        page = _page(row)
        if page not in pages:
            pages.add(page)
            heading = True
        heading = heading and _text(row) in said
        if not heading:
            kept.append(row)
    return kept


REPEATED = 5  # rows of a head at most


def _page(row: Sequence[Sequence[Segment]]) -> int:
    return next((item.page for cell in row for item in cell), 0)


def _text(row: Sequence[Sequence[Segment]]) -> tuple[str, ...]:
    return tuple(" ".join(item.text for item in cell) for cell in row)
