"""Segments of lines in reading order: columns, page by page, without what is printed at the head and foot of every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractor.pdf.glyphs import Box, Page, Word

WIDE_GAP = 1.2  # of the font size: words further apart stand in two columns or two cells
MARGIN = 0.09  # share of a page's height at its head and foot where furniture stands
OFTEN = 2  # pages on which a line must stand to be furniture
CUT = 6.0  # points of empty space that part two columns
COLUMN = 3  # lines that a column has at least; fewer are a line with wide blanks
NARROW = 8.0  # times the font size: no column is narrower
LEVEL = 0.35  # of the font size: words whose middles differ more stand on two lines, or between two
EQUAL = 0.6  # points by which the blanks of a line that was drawn out differ
WIDEST_BLANK = 2.5  # of the font size: blanks of such a line are no wider
DRAWN_OUT = 3  # words that such a line has at least
NUMBERED = 4  # line numbers of a page at least
STEPS = (1, 2, 5, 10)  # from one numbered line to the next
FEW = 3  # further line numbers that a page with hardly a line has
MOST_PAGES = 0.5  # share of the pages that have line numbers where a manuscript has them
NUMBER = re.compile(r"(?:page)?\W*+\d{1,5}\W*(?:(?:of|/)\W*+\d{1,5})?", re.I)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line that belong together."""

    page: int
    text: str
    box: Box
    size: float
    words: tuple[Word, ...] = ()


def segments_of(page: Page) -> list[Segment]:
    """The segments of a page, from the top down and from the left."""
    return [segment for line in _lines(page.words) for segment in split(line, page.number)]


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words whose middles stand at one height."""
    line: list[Word] = []
    bottom = top = first = 0.0
    for word in sorted(words, key=lambda w: ((w.box.top + w.box.bottom) / 2, w.box.left)):
        middle = (word.box.top + word.box.bottom) / 2
        if line and not top - 0.5 <= middle <= bottom + 0.5:
            yield line
            line = []
        if not line:
            top, bottom, first = word.box.top, word.box.bottom, middle
        elif word.size >= 0.8 * line[0].size and middle - first < LEVEL * word.size:
            top, bottom = min(top, word.box.top), max(bottom, word.box.bottom)
        line.append(word)
    if line:
        yield line


def split(line: Sequence[Word], number: int, gap: float = WIDE_GAP) -> Iterator[Segment]:
    """The words of a line, parted where they stand far from each other."""
    line = sorted(line, key=lambda w: w.box.left)
    runs = [[line[0]]]
    for word in line[1:]:
        if word.box.left - runs[-1][-1].box.right > gap * max(word.size, runs[-1][-1].size, 6.0):
            runs.append([])
        runs[-1].append(word)
    for run in _justified(runs):
        yield segment(run, number)


def _justified(runs: list[list[Word]]) -> Iterator[list[Word]]:
    """Runs, single words that stand equally far from each other joined: a line that was drawn out to the column's edge."""
    place = 0
    while place < len(runs):
        end, gap = place + 1, None
        while end < len(runs) and len(runs[end - 1]) == len(runs[end]) == 1:
            now = runs[end][0].box.left - runs[end - 1][0].box.right
            if now > WIDEST_BLANK * runs[end][0].size or (gap is not None and abs(now - gap) > EQUAL):
                break
            end, gap = end + 1, now
        words = [word for run in runs[place:end] for word in run]
        letters = sum(word.text[:1].isalpha() for word in words)
        if end - place < DRAWN_OUT or letters < 0.6 * len(words):
            words, end = runs[place], place + 1
        yield words
        place = end


def without_line_numbers(pages: Sequence[Page]) -> list[Page]:
    """Pages without the numbers of their lines, which manuscripts have at one side of nearly every page."""
    for side in (min, max):
        ends = [_numbers_at(page, side) for page in pages]
        found = [_in_step(words) for words in ends]
        if sum(map(bool, found)) < max(2, MOST_PAGES * len(pages)):
            continue
        last, gone = 0, set()
        for words, stepped in zip(ends, found, strict=True):
            for word in stepped or [w for w in words if last < int(w.text) <= last + FEW]:
                last = int(word.text)
                gone.add(id(word))
        pages = [replace(page, words=tuple(w for w in page.words if id(w) not in gone)) for page in pages]
    return list(pages)


def _numbers_at(page: Page, side: Callable[..., Word]) -> list[Word]:
    """Whole numbers that stand first, or last, on their lines."""
    ends = (side(line, key=lambda w: w.box.left) for line in _lines(page.words))
    return [w for w in ends if w.text.isdecimal() and len(w.text) <= 4]


def _in_step(words: Sequence[Word]) -> list[Word]:
    """Those of the numbers that stand in one band, where they go up by one step."""
    edges = Counter(round(w.box.right) for w in words) + Counter(round(w.box.left) for w in words)
    band = edges.most_common(1)[0][0] if edges else 0
    found = [w for w in words if min(abs(w.box.right - band), abs(w.box.left - band)) < 2]
    steps = Counter(int(b.text) - int(a.text) for a, b in pairwise(found))
    step, often = steps.most_common(1)[0] if steps else (0, 0)
    return found if step in STEPS and len(found) >= NUMBERED and often >= 0.8 * (len(found) - 1) else []


def segment(words: Sequence[Word], number: int) -> Segment:
    box = words[0].box
    for word in words[1:]:
        box = box.around(word.box)
    size = Counter({round(w.size, 1): 0 for w in words})
    for word in words:
        size[round(word.size, 1)] += len(word.text)
    return Segment(number, " ".join(said for said, _ in tokens(words)), box, size.most_common(1)[0][0], tuple(words))


def tokens(words: Sequence[Word]) -> list[tuple[str, Box]]:
    """What stands between blanks, each with its place; a small word set high is an exponent or a mark, "^6"."""
    found = [(words[0].text, words[0].box)]
    for before, word in pairwise(words):
        small = word.size < 0.8 * before.size and word.box.left - before.box.right < 0.25 * before.size
        if not small:
            found.append((word.text, word.box))
            continue
        high = word.box.bottom < before.box.bottom - 0.15 * before.size
        said, box = found[-1]
        found[-1] = (f"{said}{'^' if high else ''}{word.text}", box.around(word.box))
    return found


def without_furniture(pages: Sequence[tuple[Page, list[Segment]]]) -> list[tuple[Page, list[Segment]]]:
    """Segments without running heads, running feet and page numbers."""
    seen: Counter[str] = Counter()
    for page, segments in pages:
        seen.update({_plain(s.text) for s in segments if _at_edge(page, s)})
    return [
        (
            page,
            [
                s
                for s in segments
                if not (_at_edge(page, s) and (NUMBER.fullmatch(s.text) or seen[_plain(s.text)] >= OFTEN))
            ],
        )
        for page, segments in pages
    ]


def _plain(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _at_edge(page: Page, item: Segment) -> bool:
    return item.box.bottom < MARGIN * page.height or item.box.top > (1 - MARGIN) * page.height


def in_order(segments: Sequence[Segment], depth: int = 0) -> list[Segment]:
    """Segments as one reads them: a column to its end, then the next; what spans columns parts them."""
    if len(segments) < 2 or depth > 40:
        return _by_lines(segments)
    if (x := _gutter(segments)) is not None:
        left = [s for s in segments if s.box.right <= x]
        right = [s for s in segments if s.box.right > x]
        return [*in_order(left, depth + 1), *in_order(right, depth + 1)]
    if (y := _gap(segments)) is not None:
        upper = [s for s in segments if s.box.bottom <= y]
        lower = [s for s in segments if s.box.bottom > y]
        return [*in_order(upper, depth + 1), *in_order(lower, depth + 1)]
    return _by_lines(segments)


def _by_lines(segments: Sequence[Segment]) -> list[Segment]:
    """From the top down, and along each line from the left."""
    return [segment for line in _grouped(segments) for segment in line]


def _grouped(segments: Sequence[Segment]) -> list[list[Segment]]:
    found: list[list[Segment]] = []
    for item in sorted(segments, key=lambda s: s.box.top + s.box.bottom):
        middle = (item.box.top + item.box.bottom) / 2
        if found and found[-1][0].box.top < middle < found[-1][0].box.bottom:
            found[-1].append(item)
        else:
            found.append([item])
    return [sorted(line, key=lambda s: s.box.left) for line in found]


def _gutter(segments: Sequence[Segment]) -> float | None:
    """The middle of an empty strip from top to bottom with a column of lines on both sides."""
    best, width = None, CUT
    right = -1.0
    ordered = sorted(segments, key=lambda s: s.box.left)
    for place, item in enumerate(ordered):
        gap = item.box.left - right
        if place and gap > width and _is_column(ordered[:place]) and _is_column(ordered[place:]):
            best, width = right + gap / 2, gap
        right = max(right, item.box.right)
    return best


def _is_column(segments: Sequence[Segment]) -> bool:
    """Whether segments are several lines of text, not the pieces that wide blanks leave of a few."""
    widths = sorted(line[-1].box.right - line[0].box.left for line in _grouped(segments))
    return len(widths) >= COLUMN and widths[len(widths) // 2] >= NARROW * segments[0].size


def _gap(segments: Sequence[Segment]) -> float | None:
    """The middle of the empty strip from side to side after which columns begin or end; the widest where none does."""
    ordered = sorted(segments, key=lambda s: s.box.top)
    cuts: list[tuple[float, float]] = []
    bottom = ordered[0].box.bottom
    for item in ordered[1:]:
        if item.box.top > bottom:
            cuts.append((item.box.top - bottom, bottom + (item.box.top - bottom) / 2))
        bottom = max(bottom, item.box.bottom)
    if not cuts:
        return None
    for _, y in sorted(cuts, key=lambda c: c[1]):
        upper = [s for s in segments if s.box.bottom <= y]
        lower = [s for s in segments if s.box.bottom > y]
        if (_gutter(upper) is None) != (_gutter(lower) is None) and min(len(upper), len(lower)) > 0:
            return y
    return None
