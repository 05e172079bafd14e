"""Counts told arm by arm, one for each of several terms: "fever and rash in 4 and 3 on cells and in 1 and 0 on placebo"."""

from __future__ import annotations

from itertools import pairwise

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.segment import Clause, Link
from extractor.events.words_of_counts import AFTER, NOT_AFTER
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

HOW = "rows"
ADJACENT = re.compile(r"\s*(?:,|,?\s*and|&|/|,?\s*or)\s*(?:in\s+|by\s+)?")
# between the counts of one arm and those of the next
NEXT_ARM = re.compile(
    rf"[^;.]{{4,90}}?\b{W.next_arm_and}\b[^;.]{{0,60}}|[^;.()]{{4,60}},\s*(?:and\s+)?(?:in|by|with|on)?\s*"
)
FARTHEST = 150


def in_rows(clause: Clause, group: list[int]) -> bool:
    """Link a group of terms to rows of counts behind or before it, a row an arm; whether there were such rows."""
    size = len(group)
    if size < 2 or any(clause.links[p].counts for p in group):
        return False
    last, first = clause.mentions[group[-1]], clause.mentions[group[0]]
    behind = [i for i, c in enumerate(clause.counts) if last.end <= c.start < clause.next(last.end)]
    before = [i for i, c in enumerate(clause.counts) if c.end <= first.start]
    for held, after in ((behind, True), (before, False)):
        free = [i for i in held if i not in clause.used and not inside(clause.pairs, clause.counts[i].start)]
        rows = _rows(clause, free)
        if len(rows) < 2 or any(len(row) != size for row in rows):
            continue
        edge = clause.counts[rows[0][0]].start if after else clause.counts[rows[-1][-1]].end
        between = clause.folded[last.end : edge] if after else clause.folded[edge : first.start]
        if len(between) > FARTHEST or NOT_AFTER.search(between) or (after and not AFTER.search(between)):
            continue
        for order, place in enumerate(group):
            clause.links[place] = Link([clause.counts[row[order]] for row in rows], HOW)
        clause.used |= {i for row in rows for i in row}
        return True
    return False


def _rows(clause: Clause, held: list[int]) -> list[list[int]]:
    """Counts side by side, row by row; none where something else stands between two rows."""
    rows: list[list[int]] = [[held[0]]] if held else []
    for left, right in pairwise(held):
        a, b = clause.counts[left], clause.counts[right]
        if ADJACENT.fullmatch(clause.folded, a.end, b.start) and _alike(a, b):
            rows[-1].append(right)
        elif NEXT_ARM.fullmatch(clause.folded, a.end, b.start) and _alike(a, b):
            rows.append([right])
        else:
            return []
    return rows


def _alike(left: Count, right: Count) -> bool:
    return (left.n is None) == (right.n is None)
