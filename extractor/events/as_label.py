"""A term as a label before its counts, without a verb: "Erysipelas: cells 2, compression 5", "Seroma - treated: 3/20; control: 0/21"."""

from __future__ import annotations

from collections.abc import Sequence

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.clauses import verbs
from extractor.events.mentions import Mention
from extractor.events.segment import Clause, Link
from extractor.events.sentence import Reading
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

HOW = "elided"  # the words tell whose count it is
# before the label: nothing, a heading, a little word
OPENS = re.compile(rf"\s*(?:[a-z][a-z /]{{2,30}}:\s*)?(?:{W.label_opens}\s+)*")
# from the label to its counts: a mark, or a time or a place and a mark ("MACE at 6 months: ")
MARKED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:(?:at|by|after|within|during|in|on|requiring|needing|of)\s[\w %/-]{1,45}?)?\s*(?::|\s[-–]\s|,)\s*"
)


def as_label(reading: Reading, first: int, last: int, inner: Sequence[Mention], held: Sequence[Count]) -> Link | None:
    """The counts of a segment whose first term is a label; None where it is none, or names another term outside brackets."""
    outside = [m for m in inner if not inside(reading.pairs, m.start)]
    counted = [c for c in held if outside and c.start >= outside[0].end]
    if len(outside) != 1 or not counted or len(counted) != len(held):
        return None
    term = outside[0]
    mark = MARKED.match(reading.folded, term.end, last)
    if not mark or mark.end() > counted[0].start or any(d.covers(term.start, term.end) for d in reading.denials):
        return None
    apart = reading.folded[mark.end() : counted[0].start]
    if (
        not OPENS.fullmatch(reading.folded, first, term.start)
        or len(apart.split()) > 5
        or verbs(reading.folded, term.end, last)
    ):
        return None
    if reading.reports.outcome(term, first, last) or reading.reports.subject(term) or term.disease:
        return None
    free = [c for c in counted if not _named_in(reading, c, inner)]
    return Link(Clause(reading.folded, first, last, inner, free).joined(free), HOW) if free else None


def _named_in(reading: Reading, count: Count, inner: Sequence[Mention]) -> bool:
    """Whether a count stands in brackets that name other terms: "(CMV 2, BK 1)"."""
    pair = inside(reading.pairs, count.start)
    return pair is not None and any(pair[0] < m.start < pair[1] for m in inner)
