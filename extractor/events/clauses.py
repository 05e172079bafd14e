"""Clauses of a sentence: each has one finite verb of its own, and a denial, a count or a limit reaches no further.

>>> text = "there were no deaths and headache occurred in 3 patients"
>>> [text[a:b].strip() for a, b in clauses(text, 0, len(text))]
['there were no deaths', 'and headache occurred in 3 patients']
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from extractor import patterns as re
from extractor.events.brackets import brackets, inside
from extractor.text import remembered
from extractor.words import Words

W = Words("events")

Span = tuple[int, int]

# A new clause begins here, whatever stands around it
HARD = re.compile(rf";|\b{W.hard_but}\b")
# ", headache and nausea occurred": a clause may begin here where a subject and a verb follow
SOFT = re.compile(r",\s+and,?\s+|\s+and,?\s+|,\s+")
_PAST = W.past
# "was seen", "had not been reported", "occurred", "had"
VERB = re.compile(rf"\b(?:{W.verb_was}(?:\s+{W.verb_not})*(?:\s+[a-z]+{W.verb_ed}\b)?|{_PAST})\b")
# "that required treatment", "of whom": the verb of a relative clause is not the clause's own
RELATIVE = re.compile(r"\b(?:that|which|who|whom)\s+(?:\w+ly\s+|later\s+|subsequently\s+|also\s+)?\Z")
# "reported by patients", "observed in the cell group": right behind a noun, a participle
REDUCED = re.compile(rf"{W.reduced_reported}\s+{W.reduced_by}\b")
FIGURES = re.compile(r"(?:,|\band)\s+\d[\d.]*\s*%?\Z")
SPLICED = re.compile(rf"{W.spliced}\b")


@remembered
def verbs(folded: str, start: int, end: int) -> list[Span]:
    """The finite verbs of ``folded[start:end]`` that are not a relative clause's or in brackets."""
    pairs = brackets(folded, start, end)
    found: list[Span] = []
    for match in VERB.finditer(folded, start, end):
        if inside(pairs, match.start()) or RELATIVE.search(folded, max(start, match.start() - 30), match.start()):
            continue
        participle = REDUCED.match(folded, match.start(), end) and VERB.search(folded, match.end(), end)
        if not (participle and not found):
            found.append(match.span())
    return found


@remembered
def clauses(folded: str, start: int, end: int) -> list[Span]:
    """The sentence cut into clauses, none left out."""
    pairs = brackets(folded, start, end)
    cuts = [m.start() for m in HARD.finditer(folded, start, end) if not inside(pairs, m.start())]
    edges = [start, *(c for c in cuts if c > start), end]
    return [clause for first, last in pairwise(edges) for clause in _coordinated(folded, first, last, pairs)]


def clause_of(folded: str, start: int, end: int, at: int) -> Span:
    """The clause of ``folded[start:end]`` that holds an offset."""
    return next(((a, b) for a, b in clauses(folded, start, end) if a <= at < b), (start, end))


def _coordinated(folded: str, first: int, last: int, pairs: list[Span]) -> Iterator[Span]:
    """A stretch without hard borders, cut between two verbs where a subject stands before the second."""
    at = first
    for left, right in pairwise(verbs(folded, first, last)):
        cut = _border(folded, left[1], right[0], pairs)
        if cut is not None and cut > at:
            yield at, cut
            at = cut
    yield at, last


def _border(folded: str, first: int, last: int, pairs: list[Span]) -> int | None:
    """Where a new clause begins between two verbs: the first ", and", else the first "and", else a spliced comma."""
    found = [m for m in SOFT.finditer(folded, first, last) if not inside(pairs, m.start()) and m.end() < last - 1]
    joined = next((m for m in found if FIGURES.search(folded, first, m.start()) and folded[m.end()].isdigit()), None)
    if joined is not None:  # "had fever, 3% and 4% had a rash": cut before the first of the figures
        before = [m for m in found if m.start() < joined.start() and folded[m.end()].isdigit()]
        return before[-1].start() if before else None
    for with_comma in (True, False):
        for match in found:
            if "and" in match.group() and match.group().startswith(",") == with_comma:
                return match.start()
    return next((m.start() for m in found if SPLICED.match(folded, m.end(), last)), None)
