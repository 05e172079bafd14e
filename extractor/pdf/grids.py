"""Tables of a page: from a caption down to the last ruling line, or as far as lines stand in aligned pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractor.pdf.captions import CAPTION, NEAR, Raised, above_text, back, beside, in_flow, in_strip, raised
from extractor.pdf.columns import AT, ENOUGH, at_columns, cells_of, columns_of, covered, found_in, parted, rows_of
from extractor.pdf.glyphs import Box, Page
from extractor.pdf.order import Segment, segment, split
from extractor.pdf.over import CONTINUED, SLACK, Hung, hung, without_repeats
from extractor.tables.figures import is_figure

OPEN = re.compile(r"[=(]\s*$")  # a line that a number must follow
SIZE_OPEN, SIZE_REST = re.compile(r"\b[nN]\s*$"), re.compile(r"\s*=")  # "Group A (n" over "= 20)"
BRACKET = re.compile(r"^\(\s*[\d.,]+\s*%?\s*\)\W*$")
LOOSE = 2.2  # line heights of empty space that end a table without rules
CELL_GAP = 0.7  # of the font size: words further apart stand in two cells
RULE = 0.7  # of the first ruling line: others of a table are as long; one under cells of several rows is shorter
PARTLY = 0.3  # of a table's width: a ruling line between rows beside a higher cell
RULED = 6  # ruling lines from which each row has its own
FILLED = 0.8  # share of a page's height to which the rows of a table reach that goes on
MOST_PAGES = 4  # pages over which a table may go on
HIGHEST_HEAD = 6  # rows; more of them above a rule are the table itself
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
    page: Page,
    segments: Sequence[Segment],
    following: Sequence[tuple[Page, Sequence[Segment]]] = (),
    body: float = 0.0,
    *,
    below: bool = False,
    before: tuple[Page, Sequence[Segment]] | None = None,
) -> list[Laid]:
    """The tables of a page's captions; their rows may go on, or begin, on the pages that follow.

    Parameters
    ----------
    body : float
        Size of the letters of running text.
    below : bool
        Whether captions stand under their tables.
    before : tuple, optional
        The page before, on which a table under which its caption stands may begin.
    """
    found: list[Laid] = []
    taken: set[Segment] = set()
    captions = [s for s in segments if CAPTION.match(s.text) and not in_flow(s, segments)]
    for caption in captions:
        if caption in taken:
            continue
        free = in_strip(page, [s for s in segments if s not in taken], caption, body, below=below)
        if below:
            made = raised(page, free, caption, body)
            table = _raised(page, made, body)
            top = min((s.box.top for s in made.rows), default=0.0) if made else caption.box.top
            if before and not any(s.box.bottom <= top for s in free):
                table = _begun_before(before, page, free, caption, body) or table
        else:
            table = _table(page, free, caption, body)
            table = _over_the_end(page, free, caption, table, following, body) or table
            if table is None or not _told(table):
                table = _raised(page, beside(page, free, caption), body) or table
        if table is not None:
            found.append(table)
            taken.update(table.segments())
    return found


def _raised(page: Page, made: Raised | None, body: float) -> Laid | None:
    """The table of a caption that stands elsewhere than over its rows."""
    if made is None:
        return None
    top = min(s.box.top for s in made.lines)
    rules = tuple(r for r in page.rules if top < r.top < max(s.box.bottom for s in made.rows) + NEAR)
    found = _table(replace(page, rules=rules), [*made.lines, *made.rows], made.lines[0], body)
    if found is not None:
        found.caption = list(back(made, found.caption))
    return found if found is not None and _told(found) else None


def _begun_before(
    before: tuple[Page, Sequence[Segment]], page: Page, segments: Sequence[Segment], caption: Segment, body: float
) -> Laid | None:
    """The table of a caption under it whose rows begin on the page before."""
    tall = hung(before[0], before[1], [(page, segments)])
    lower = next(s for s in tall.segments if tall.back(s) is caption)
    found = _raised(tall.page, raised(tall.page, tall.segments, lower, body), body)
    if found is not None:
        _put_back(found, tall)
        found.page = page.number
        found.rows = without_repeats(found.rows, _first_page(found))
    return found


def _put_back(found: Laid, tall: Hung) -> None:
    found.rows = [[[tall.back(s) for s in cell] for cell in row] for row in found.rows]
    found.caption = [tall.back(s) for s in found.caption]
    found.taken = [tall.back(s) for s in found.taken]


def _over_the_end(
    page: Page,
    segments: Sequence[Segment],
    caption: Segment,
    table: Laid | None,
    following: Sequence[tuple[Page, Sequence[Segment]]],
    body: float,
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
        found = _table(tall.page, tall.segments, caption, body)
        pages = {s.page for s in found.taken} if found is not None else set()
        if (
            found is None
            or not _told(found)
            or following[count - 1][0].number not in pages
            or not set(rest) <= set(found.segments())
        ):
            continue  # a table that only its last rule, on a page yet further, closes
        _put_back(found, tall)
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


def _table(page: Page, segments: Sequence[Segment], start: Segment, body: float) -> Laid | None:
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
        top = min(rules[0].top, _head_above(below, start, rules[0]))
        area = Box(min(r.left for r in rules) - 3, top, max(r.right for r in rules) + 3, rules[-1].bottom)
        inside = [s for s in below if _within(s.box, area)]
        between = [
            s for s in below if s.box.bottom <= area.top + 2 and s.box.right > area.left and s.box.left < area.right
        ]
    else:
        inside, between = _aligned(above_text(below, page, body), start)
        if not inside:
            return None
        area = inside[0].box
    inside = [piece for item in inside for piece in split(item.words, item.page, CELL_GAP)]
    rows = rows_of(inside)
    if sum(len(row) > 1 for row in rows) < ENOUGH:
        return None
    columns = parted(rows, columns_of(rows))
    rows = [[piece for item in row for piece in at_columns(item, columns)] for row in rows]
    ruled = len(rules) >= RULED and len(rules) > len(rows) / 4
    rows = _by_rules(rows, [*rules, *_rules_in(page, area)]) if ruled else _unwrapped(rows, columns)
    laid = Laid(page.number, match["label"], [start, *sorted(between, key=lambda s: (s.box.top, s.box.left))])
    laid.rows = [cells_of(row, columns) for row in rows]
    laid.head = _head(rows, rules)
    laid.taken = found_in(below, inside)
    return laid


# ---------------------------------------------------------------- where a table ends


def _head_above(below: Sequence[Segment], caption: Segment, rule: Box) -> float:
    """The top of the rows of a head that stand over the first ruling line, under the caption."""
    rows = rows_of([s for s in below if caption.box.bottom < s.box.top and s.box.bottom <= rule.top + 2])
    return min((s.box.top - 1 for row in rows if len(row) > 2 for s in row), default=rule.top)


def _rules_under(page: Page, caption: Segment, end: float) -> list[Box]:
    """Ruling lines of one table: the first ones under the caption, and those of the same width that follow."""
    lower = sorted((r for r in _joined(page.rules) if caption.box.bottom - 2 < r.top < end), key=lambda r: r.top)
    lower = [r for r in lower if r.left < caption.box.right and r.right > caption.box.left]
    if not lower or lower[0].top - caption.box.bottom > 60:
        return []
    width = lower[0].width
    kept = [lower[0]]
    for rule in lower[1:]:
        if abs(rule.left - kept[0].left) < 6 and rule.width > RULE * width:
            kept.append(rule)
    return kept if len(kept) >= 2 else []


def _rules_in(page: Page, area: Box) -> list[Box]:
    """Ruling lines under a part of a row: where one cell is as high as several rows."""
    inside = (r for r in _joined(page.rules) if area.top + 2 < r.top < area.bottom - 2)
    return [r for r in inside if r.left >= area.left and r.right <= area.right and r.width > PARTLY * area.width]


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


def _aligned(below: Sequence[Segment], caption: Segment) -> tuple[list[Segment], list[Segment]]:
    """Without rules: lines in several pieces, and the short ones between them, as far as they follow closely."""
    rows = rows_of([s for s in below if s.box.right > caption.box.left - 20])
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
    while inside and before and _over_columns(before[-1], caption, second):
        inside.insert(0, [before.pop()])  # a head over the columns behind the first
    return [s for row in inside for s in row], before


def _over_columns(line: Segment, caption: Segment, second: float) -> bool:
    """Whether a line under a caption is a head over the columns behind the first, and no line of a centred caption."""
    if line.box.left >= max(second - 2, caption.box.left + caption.size):
        return True
    off = line.box.left + line.box.right - caption.box.left - caption.box.right
    return line.box.left >= caption.box.left + 5 * caption.size and abs(off) > caption.size


def _heads_more(rows: Sequence[Sequence[Segment]], inside: Sequence[Sequence[Segment]]) -> bool:
    """Whether a line over the whole table is a heading in it: rows in the table's columns and letters stand close below."""
    for above, row in pairwise(rows):
        if _space(above, row) > LOOSE * row[0].size or abs(row[0].size - rows[0][0].size) > 0.1:
            return False
        if len(row) > 1:
            return _in_columns(row, inside)
    return False


def _in_columns(row: Sequence[Segment], inside: Sequence[Sequence[Segment]]) -> bool:
    """Whether the cells of a row begin where those of other rows do, or stand over their middle."""
    lefts = {round(s.box.left) for other in inside for s in other}
    middles = [s.box.left + s.box.right for other in inside for s in other]
    fits = (
        round(s.box.left) in lefts or any(abs(s.box.left + s.box.right - m) < 4 * AT for m in middles) for s in row[1:]
    )
    return len(row) > 1 and sum(fits) * 2 > len(row) - 1


def _unwrapped(rows: list[list[Segment]], columns: Sequence[tuple[float, float]]) -> list[list[Segment]]:
    """Rows whose cells go over several lines as one row each."""
    gaps = sorted(_space(a, b) for a, b in pairwise(rows))
    usual = gaps[3 * len(gaps) // 4] if gaps else 0.0  # lines of one cell stand closer than most rows
    found: list[list[Segment]] = [list(rows[0])]
    for row in rows[1:]:
        if _goes_on(found[-1], row, columns, usual):
            found[-1] = _grown(found[-1], row)
        else:
            found.append(list(row))
    return found


def _grown(before: list[Segment], row: Sequence[Segment]) -> list[Segment]:
    """A row with a further line; what closes the bracket of a wider cell above it is of that cell."""
    found = list(before)
    for item in row:
        over = next((s for s in found if _closes(s, item)), None)
        if over is None:
            found.append(item)
        else:
            found[found.index(over)] = segment([*over.words, *item.words], item.page)
    return found


def _closes(over: Segment, item: Segment) -> bool:
    inside = over.box.left < item.box.left and item.box.right < over.box.right
    return bool(over.words and item.words) and inside and _open(over.text, item.text)


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
    if any(_open(begun[n], under[n]) for n in said) or any(_closes(s, item) for s in before for item in row):
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
    closes = over.count("(") > over.count(")") and under.count(")") > under.count("(")
    return (
        closes
        or bool(OPEN.search(over) and under[:1].isdigit())
        or bool(SIZE_OPEN.search(over) and SIZE_REST.match(under))
    )


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


def _head(rows: Sequence[Sequence[Segment]], rules: Sequence[Box]) -> int:
    """Rows above the second rule, where a third one ends the table; 0 where nothing tells."""
    if not 3 <= len(rules) < RULED:
        return 0
    count = sum(row[0].box.bottom <= rules[1].top + 2 for row in rows)
    return count if count < len(rows) and count <= HIGHEST_HEAD else 0
