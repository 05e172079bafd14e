"""Tables of a page: from a caption down to the last ruling line, or as far as lines stand in aligned pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.pdf.glyphs import Box, Page
from extractor.pdf.order import Segment, segment, split
from extractor.pdf.over import CONTINUED, SLACK, hung, without_repeats
from extractor.tables.figures import is_figure

CAPTION = re.compile(
    r"^(?P<label>(?:supplementary |appendix )?table(?:\s*+(?:S?\d{1,2}|[IVX]{1,5})[A-Za-z]?\b|(?=[.:]\s*[A-Z])))\s*[.:|]?",
    re.I,
)
OPEN = re.compile(r"[=(]\s*$")  # a line that a number must follow
SIZE_OPEN, SIZE_REST = re.compile(r"\b[nN]\s*$"), re.compile(r"\s*=")  # "Group A (n" over "= 20)"
BRACKET = re.compile(r"^\(\s*[\d.,]+\s*%?\s*\)\W*$")
ENOUGH = 2  # rows with several pieces
LOOSE = 2.2  # line heights of empty space that end a table without rules
CELL_GAP = 0.7  # of the font size: words further apart stand in two cells
NARROW_GAP = 0.3  # of the font size: more than a blank between words, where the next one begins a column
AT = 1.5  # points from the left edge of a column
CROSSED = 0.15  # share of the rows whose cells may cross the strip between two columns
FULL = 0.6  # of the most cells of a row: rows that show where columns part
RULED = 6  # ruling lines from which each row has its own
FILLED = 0.8  # share of a page's height to which the rows of a table reach that goes on
MOST_PAGES = 4  # pages over which a table may go on
CLOSE = 0.55  # of the usual space between rows: lines that close are one row


@dataclass(slots=True)
class Laid:
    """A table as laid out: its caption, its rows of segments by column, the rows of its head, what stands under it."""

    page: int
    label: str
    caption: list[Segment]
    rows: list[list[list[Segment]]] = field(default_factory=list)
    head: int = 0
    notes: list[Segment] = field(default_factory=list)
    taken: list[Segment] = field(default_factory=list)  # the segments of the page that its rows were made of

    def segments(self) -> list[Segment]:
        return [*self.caption, *self.taken, *self.notes]


def tables_of(
    page: Page, segments: Sequence[Segment], following: Sequence[tuple[Page, Sequence[Segment]]] = ()
) -> list[Laid]:
    """The tables under the captions of a page; their rows may go on, or begin, on the pages that follow."""
    found: list[Laid] = []
    taken: set[Segment] = set()
    captions = [s for s in segments if CAPTION.match(s.text) and not in_flow(s, segments)]
    for caption in captions:
        if caption in taken:
            continue
        free = [s for s in segments if s not in taken]
        table = _table(page, free, caption)
        table = _over_the_end(page, free, caption, table, following) or table
        if table is not None:
            found.append(table)
            taken.update(table.segments())
    return found


def _over_the_end(
    page: Page,
    segments: Sequence[Segment],
    caption: Segment,
    table: Laid | None,
    following: Sequence[tuple[Page, Sequence[Segment]]],
) -> Laid | None:
    """The table with its rows on the next pages, where those on this one are the last lines of the page, or are none."""
    if table is not None and not _told(table):
        table = None  # the head alone
    inside = table.segments() if table is not None else [caption]
    left, right = min(s.box.left for s in inside), max(s.box.right for s in inside)
    known = set(inside)
    rest = [
        s
        for s in segments
        if s.box.top > caption.box.top and s not in known and s.box.left < right and s.box.right > left
    ]
    if table is not None and (rest or max(s.box.bottom for s in inside) < FILLED * page.height):
        return None
    longest: Laid | None = None
    for count in range(1, min(len(following), MOST_PAGES) + 1):
        further = [(later, _beside(found, table)) for later, found in following[:count]]
        tall = hung(page, segments, further)
        found = _table(tall.page, tall.segments, caption)
        pages = {s.page for s in found.taken} if found is not None else set()
        if (
            found is None
            or not _told(found)
            or following[count - 1][0].number not in pages
            or not set(rest) <= set(found.segments())
        ):
            continue  # a table that only its last rule, on a page yet further, closes
        found.rows = [[[tall.back(s) for s in cell] for cell in row] for row in found.rows]
        found.caption = [tall.back(s) for s in found.caption]
        found.taken = [tall.back(s) for s in found.taken]
        found.rows = without_repeats(found.rows, _first_page(found))
        longest = found
        if _text_below(following[count - 1][1], found):
            break
    return longest


def _told(table: Laid) -> bool:
    """Whether a table has a row of figures."""
    return any(is_figure(" ".join(s.text for s in cell)) for row in table.rows for cell in row[1:])


def _first_page(table: Laid) -> int:
    return min((s.page for row in table.rows for cell in row for s in cell), default=0)


def _beside(segments: Sequence[Segment], table: Laid | None) -> list[Segment]:
    """The lines of a later page that may be rows of a table: those as wide as it, without "Table 2 (continued)"."""
    kept = [s for s in segments if not (CAPTION.match(s.text) and CONTINUED.search(s.text))]
    if table is None:
        return kept
    inside = table.segments()
    left, right = min(s.box.left for s in inside) - SLACK, max(s.box.right for s in inside) + SLACK
    return [s for s in kept if s.box.left >= left and s.box.right <= right]


def _text_below(segments: Sequence[Segment], table: Laid) -> bool:
    """Whether lines stand under the rows that a later page has."""
    taken = set(table.taken)
    bottom = max((s.box.bottom for s in segments if s in taken), default=0.0)
    return any(s.box.top > bottom and s not in taken for s in segments)


def in_flow(item: Segment, segments: Sequence[Segment]) -> bool:
    """Whether a line that begins with "Table 3" goes on a paragraph: the same letters stand close above it."""
    return any(
        0.0 <= item.box.top - s.box.top <= 1.9 * item.size
        and s is not item
        and abs(s.box.left - item.box.left) < 2
        and abs(s.size - item.size) < 0.02 * item.size
        for s in segments
    )


def _table(page: Page, segments: Sequence[Segment], start: Segment) -> Laid | None:
    match = CAPTION.match(start.text)
    assert match is not None
    below = [s for s in segments if s.box.top >= start.box.top - 1 and s is not start]
    ends = [
        s.box.top
        for s in below
        if CAPTION.match(s.text) and s.box.left < start.box.right and s.box.right > start.box.left
    ]
    below = [s for s in below if s.box.top < min(ends, default=page.height) - 1]
    rules = _rules_under(page, start, min(ends, default=page.height))
    if rules:
        area = Box(min(r.left for r in rules) - 3, rules[0].top, max(r.right for r in rules) + 3, rules[-1].bottom)
        inside = [s for s in below if _within(s.box, area)]
        between = [
            s for s in below if s.box.bottom <= area.top + 2 and s.box.right > area.left and s.box.left < area.right
        ]
    else:
        inside, between = _aligned(below, start, max(s.box.width for s in segments))
        if not inside:
            return None
        area = inside[0].box
    inside = [piece for item in inside for piece in split(item.words, item.page, CELL_GAP)]
    rows = _rows(inside)
    if sum(len(row) > 1 for row in rows) < ENOUGH:
        return None
    columns = _columns(rows)
    rows = [[piece for item in row for piece in _at_columns(item, columns)] for row in rows]
    ruled = len(rules) >= RULED and len(rules) > len(rows) / 4
    rows = _by_rules(rows, rules) if ruled else _unwrapped(rows, columns)
    laid = Laid(page.number, match["label"], [start, *sorted(between, key=lambda s: (s.box.top, s.box.left))])
    laid.rows = [_cells(row, columns) for row in rows]
    laid.head = _head(rows, rules)
    laid.taken = found_in(below, inside)
    return laid


# ---------------------------------------------------------------- where a table ends


def _rules_under(page: Page, caption: Segment, end: float) -> list[Box]:
    """Ruling lines of one table: the first ones under the caption, and those of the same width that follow."""
    lower = sorted((r for r in _joined(page.rules) if caption.box.bottom - 2 < r.top < end), key=lambda r: r.top)
    lower = [r for r in lower if r.left < caption.box.right and r.right > caption.box.left]
    if not lower or lower[0].top - caption.box.bottom > 60:
        return []
    width = lower[0].width
    kept = [lower[0]]
    for rule in lower[1:]:
        if abs(rule.left - kept[0].left) < 6 and rule.width > 0.9 * width:
            kept.append(rule)
    return kept if len(kept) >= 2 else []


def _joined(rules: Sequence[Box]) -> list[Box]:
    """Pieces of one line, drawn cell by cell, as one."""
    found: list[Box] = []
    for rule in sorted(rules, key=lambda r: (round(r.top), r.left)):
        if found and abs(found[-1].top - rule.top) < 2 and found[-1].left - 1 <= rule.left <= found[-1].right + 4:
            found[-1] = found[-1].around(rule)
        else:
            found.append(rule)
    return found


def _within(box: Box, area: Box) -> bool:
    middle = (box.top + box.bottom) / 2
    return area.top <= middle <= area.bottom and box.left >= area.left and box.right <= area.right + 3


def _aligned(below: Sequence[Segment], caption: Segment, line: float) -> tuple[list[Segment], list[Segment]]:
    """Without rules: lines in several pieces, and the short ones between them, as far as they follow closely.

    A short caption may stand over a table as wide as the page's longest line.
    """
    reach = max(caption.box.right + 200, caption.box.left + line)
    near = [s for s in below if s.box.left < reach and s.box.right > caption.box.left - 20]
    rows = _rows(near)
    inside: list[list[Segment]] = []
    before: list[Segment] = []
    bottom = caption.box.bottom
    for place, row in enumerate(rows):
        top = min(s.box.top for s in row)
        told = any(is_figure(s.text) for r in inside for s in r[1:])  # under a head there may be more space
        loose = (LOOSE if told else 2 * LOOSE) * max(row[0].size, 6)
        if inside and top - bottom > loose and not (top - bottom < 2 * loose and _in_columns(row, inside)):
            break  # more than an empty row
        several = len(row) > 1
        short = len(row) == 1 and row[0].box.width < 0.6 * max(
            (r[-1].box.right - r[0].box.left for r in inside), default=1.0
        )
        if not inside and not several:
            before += row
            if len(before) > 4:
                return [], []
        elif several or short or _heads_more(rows[place : place + 4], inside):
            inside.append(row)
        else:
            break
        bottom = max(s.box.bottom for s in row)
    while inside and len(inside[-1]) == 1:
        inside.pop()
    second = min((row[1].box.left for row in inside if len(row) > 1), default=0.0)
    while inside and before and before[-1].box.left >= max(second - 2, caption.box.left + caption.size):
        inside.insert(0, [before.pop()])  # a head over the columns behind the first
    return [s for row in inside for s in row], before


def _heads_more(rows: Sequence[Sequence[Segment]], inside: Sequence[Sequence[Segment]]) -> bool:
    """Whether a line over the whole table is a heading in it: rows in the table's columns and letters stand close below."""
    for above, row in pairwise(rows):
        if _space(above, row) > LOOSE * row[0].size or abs(row[0].size - rows[0][0].size) > 0.1:
            return False
        if len(row) > 1:
            return _in_columns(row, inside)
    return False


def _in_columns(row: Sequence[Segment], inside: Sequence[Sequence[Segment]]) -> bool:
    """Whether the cells of a row begin where those of other rows do."""
    lefts = {round(s.box.left) for other in inside for s in other}
    return len(row) > 1 and sum(round(s.box.left) in lefts for s in row[1:]) * 2 > len(row) - 1


# ---------------------------------------------------------------- rows and columns


def _rows(segments: Sequence[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for item in sorted(segments, key=lambda s: ((s.box.top + s.box.bottom) / 2, s.box.left)):
        middle = (item.box.top + item.box.bottom) / 2
        if rows and min(s.box.top for s in rows[-1]) - 1 <= middle <= max(s.box.bottom for s in rows[-1]) + 1:
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda s: s.box.left) for row in rows]


def _columns(rows: Sequence[Sequence[Segment]]) -> list[tuple[float, float]]:
    """Left and right of each column: the strips of the table that are parted by strips which few cells cross."""
    several = [row for row in rows if len(row) > 1] or list(rows)
    most = max(len(row) for row in several)
    full = [row for row in several if len(row) >= FULL * most]  # heads over several columns are none of these
    few = int(CROSSED * len(full))
    edges: list[tuple[float, int]] = sorted(
        edge for row in full for s in row for edge in ((s.box.left, 1), (s.box.right - 1, -1))
    )
    found: list[tuple[float, float]] = []
    depth, start = 0, None
    for x, step in edges:
        depth += step
        if depth > few and start is None:
            start = x
        elif depth <= few and start is not None:
            found.append((start, x))
            start = None
    alone = [
        s for row in several for s in row if not any(s.box.left < right and s.box.right > left for left, right in found)
    ]
    for item in alone:
        if not any(item.box.left < right and item.box.right > left for left, right in found):
            found.append((item.box.left, item.box.right))
    return sorted(found)


def _at_columns(item: Segment, columns: Sequence[tuple[float, float]]) -> list[Segment]:
    """A segment over several columns, parted where a word begins just where a column does: narrow cells side by side."""
    if len(covered(item, columns)) < 2:
        return [item]
    runs = [[item.words[0]]]
    for word in item.words[1:]:
        gap = word.box.left - runs[-1][-1].box.right
        if gap > NARROW_GAP * item.size and any(abs(word.box.left - left) < AT for left, _ in columns):
            runs.append([])
        runs[-1].append(word)
    pieces = [segment(run, item.page) for run in runs]
    whole = all(p.text.count("(") == p.text.count(")") for p in pieces)
    return pieces if whole and (len(pieces) > 2 or all(is_figure(p.text) for p in pieces)) else [item]


def found_in(segments: Sequence[Segment], pieces: Sequence[Segment]) -> list[Segment]:
    """The segments whose words the pieces are."""
    words = {id(word) for piece in pieces for word in piece.words}
    return [s for s in segments if s.words and id(s.words[0]) in words]


def _unwrapped(rows: list[list[Segment]], columns: Sequence[tuple[float, float]]) -> list[list[Segment]]:
    """Rows whose cells go over several lines as one row each."""
    gaps = sorted(_space(a, b) for a, b in pairwise(rows))
    usual = gaps[3 * len(gaps) // 4] if gaps else 0.0  # lines of one cell stand closer than most rows
    found: list[list[Segment]] = [list(rows[0])]
    for row in rows[1:]:
        if _goes_on(found[-1], row, columns, usual):
            found[-1] += row
        else:
            found.append(list(row))
    return found


def _space(upper: Sequence[Segment], lower: Sequence[Segment]) -> float:
    return min(s.box.top for s in lower) - max(s.box.bottom for s in upper)


def _goes_on(
    before: Sequence[Segment], row: Sequence[Segment], columns: Sequence[tuple[float, float]], usual: float
) -> bool:
    """Whether a row is the second line of the one above: an open bracket is closed, or it stands close and under words."""
    over = {n: " ".join(s.text for s in before if n in covered(s, columns)) for n in range(len(columns))}
    under = {n: " ".join(s.text for s in row if covered(s, columns)[0] == n) for n in range(len(columns))}
    said = [n for n, text in under.items() if text]
    begun = {n: " ".join(s.text for s in before if covered(s, columns)[0] == n) for n in range(len(columns))}
    if any(_open(begun[n], under[n]) for n in said):
        return True
    if _brackets(over, under, said):
        return True
    if said == [0] and not over[0] and any(is_figure(text) for text in over.values()):
        return True  # figures stand over the first line of their label
    if any(sum(n in said for n in covered(s, columns)) > 1 for s in before):
        return False  # a cell over several columns, each of which has a head of its own below
    close = usual > 1.0 and _space(before, row) < CLOSE * usual
    figures = [n for n in said if n and is_figure(under[n])]
    if not all(over[n] for n in said) or (figures and (0 in said or any(is_figure(over[n]) for n in figures))):
        return False
    return close or (said == [0] and under[0][:1].islower() and len(before) > 1)


def _open(over: str, under: str) -> bool:
    """Whether a line ends where its cell cannot: in a bracket, before a number, at the "n" of "n = 20"."""
    closes = over.count("(") > over.count(")") and ")" in under
    return closes or bool(under and OPEN.search(over)) or bool(SIZE_OPEN.search(over) and SIZE_REST.match(under))


def _brackets(over: dict[int, str], under: dict[int, str], said: Sequence[int]) -> bool:
    """Whether a row tells no more than what stands in brackets behind the figures above: "42", and under it "(16.8)"."""
    figures = [n for n in said if n]
    return bool(figures) and all(BRACKET.match(under[n]) and is_figure(over[n]) and "(" not in over[n] for n in figures)


def _by_rules(rows: list[list[Segment]], rules: Sequence[Box]) -> list[list[Segment]]:
    """Lines between two rules as one row."""
    bands: dict[int, list[Segment]] = {}
    for row in rows:
        middle = (row[0].box.top + row[0].box.bottom) / 2
        bands.setdefault(sum(rule.top < middle for rule in rules), []).extend(row)
    return [bands[n] for n in sorted(bands)]


def _cells(row: Sequence[Segment], columns: Sequence[tuple[float, float]]) -> list[list[Segment]]:
    """The segments of a row by column; one that covers several stands in the first of them."""
    cells: list[list[Segment]] = [[] for _ in columns]
    for item in sorted(row, key=lambda s: (round(s.box.top), s.box.left)):
        cells[covered(item, columns)[0]].append(item)
    return cells


def covered(item: Segment, columns: Sequence[tuple[float, float]]) -> list[int]:
    """The columns that a segment covers; the nearest where it covers none."""
    inside = [n for n, (left, right) in enumerate(columns) if min(right, item.box.right) - max(left, item.box.left) > 1]
    if inside:
        return inside
    middle = (item.box.left + item.box.right) / 2
    return [min(range(len(columns)), key=lambda n: abs((columns[n][0] + columns[n][1]) / 2 - middle))]


def _head(rows: Sequence[Sequence[Segment]], rules: Sequence[Box]) -> int:
    """Rows above the second rule, where a third one ends the table; 0 where nothing tells."""
    if not 3 <= len(rules) < RULED:
        return 0
    count = sum(row[0].box.bottom <= rules[1].top + 2 for row in rows)
    return count if count < len(rows) else 0
