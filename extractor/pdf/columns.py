"""Rows and columns of a table from the places of its segments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor.pdf.order import Segment, segment
from extractor.tables.figures import is_figure

ENOUGH = 2  # rows with several pieces
NARROW_GAP = 0.3  # of the font size: more than a blank between words, where the next one begins a column
APART = 0.5  # of the font size: a gap between two heads, each of which begins where a column does
AT = 1.5  # points from the left edge of a column
CROSSED = 0.15  # share of the rows whose cells may cross the strip between two columns
FULL = 0.6  # of the most cells of a row: rows that show where columns part
OFTEN = 0.6  # share of the rows in which a figure begins at one place: a column does
SECOND, JOINS = re.compile(r"\d|\.\.|[–—-]$|N[ARD]$"), re.compile(r"[±<>≤≥=/–-]|(?:to|of|and|vs|n)$", re.I)


def rows_of(segments: Sequence[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for item in sorted(segments, key=lambda s: ((s.box.top + s.box.bottom) / 2, s.box.left)):
        middle = (item.box.top + item.box.bottom) / 2
        if rows and min(s.box.top for s in rows[-1]) - 1 <= middle <= max(s.box.bottom for s in rows[-1]) + 1:
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda s: s.box.left) for row in rows]


def columns_of(rows: Sequence[Sequence[Segment]]) -> list[tuple[float, float]]:
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


def parted(rows: Sequence[Sequence[Segment]], columns: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The columns, one that holds two narrow ones parted where a second figure of most rows begins."""
    found: list[tuple[float, float]] = []
    for left, right in columns:
        inside = [[s for s in row if s.box.left < right and s.box.right > left] for row in rows]
        inside = [row for row in inside if row and is_figure(row[0].text)]
        seconds = ([s.box.left for s in row[1:]] + [x for s in row for x in _second_figures(s)] for row in inside)
        edges = Counter(round(x) for row in seconds for x in row if left + 5 < x < right)
        x, often = edges.most_common(1)[0] if edges else (0, 0)
        if often >= max(ENOUGH + 1, OFTEN * len(inside)):
            found += [(left, x - AT), (float(x), right)]
        else:
            found.append((left, right))
    return found


def _second_figures(item: Segment) -> Iterator[float]:
    """Where figures begin in a segment that are no part of the one before them: "23 (9%) 4 (2%)"."""
    for place in range(1, len(item.words)):
        before, word = item.words[place - 1], item.words[place]
        said = " ".join(w.text for w in item.words[:place])
        whole = said.count("(") == said.count(")") and is_figure(said) and not JOINS.match(before.text)
        if whole and SECOND.match(word.text) and word.box.left - before.box.right > NARROW_GAP * item.size:
            yield word.box.left


def at_columns(item: Segment, columns: Sequence[tuple[float, float]]) -> list[Segment]:
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
    apart = all(b.box.left - a.box.right > APART * item.size for a, b in pairwise(pieces))
    begins = apart and all(any(abs(p.box.left - left) < AT for left, _ in columns) for p in pieces)
    return pieces if whole and (len(pieces) > 2 or begins or all(is_figure(p.text) for p in pieces)) else [item]


def found_in(segments: Sequence[Segment], pieces: Sequence[Segment]) -> list[Segment]:
    """The segments whose words the pieces are."""
    words = {id(word) for piece in pieces for word in piece.words}
    return [s for s in segments if s.words and id(s.words[0]) in words]


def cells_of(row: Sequence[Segment], columns: Sequence[tuple[float, float]]) -> list[list[Segment]]:
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
