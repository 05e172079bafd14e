"""Does a claim of an adverse event follow: its term, its number, its arm, its denial and the limits of that?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Cell, Place
from extractor.verify.counted import counted
from extractor.verify.denied import denied
from extractor.verify.numbers import as_number
from extractor.verify.reading import Found, Reading
from extractor.verify.verdict import ABSENT, NONE_REPORTED, PRESENT, Verdict, cut_off, is_denied, place_of
from extractor.verify.words import is_arm, same_term
from extractor.words import Words

W = Words("verify")

EFFICACY = re.compile(rf"\b{W.efficacy}\b")
HAPPENED = re.compile(rf"\b{W.happened}\b")
PLANNED = re.compile(rf"\b{W.planned}\b")


def check(reading: Reading, cell: Cell, span: Place, quote: Place | None) -> Verdict:
    """One claim against one stretch of sentences."""
    value = cell.value
    term = str(value.get("term") or "")
    ours = [f for f in reading.of_field("adverse_event") if f.near(span)]
    same = [f for f in ours if same_term(str(f.fact.value.get("term")), term)]
    places = reading.mentions(term, span)
    numbers = {k: as_number(value.get(k)) for k in ("n", "percent", "denominator")}
    if value.get("assertion") in (ABSENT, NONE_REPORTED) or (numbers["n"] == 0 and not numbers["percent"]):
        return denied(reading, cell, span, places, same, ours, quote)
    if numbers["n"] is not None or numbers["percent"] is not None:
        if EFFICACY.search(term.lower()) and not same and places:
            return Verdict(CONTRADICTS, ("not_a_harm",), Place(*places[0]), "efficacy")
        return counted(reading, cell, span, places, same, ours, numbers, quote)
    return happened(reading, cell, span, places, same, quote)


# ---------------------------------------------------------------- that it happened


def happened(
    reading: Reading,
    cell: Cell,
    span: Place,
    places: Sequence[tuple[int, int]],
    same: Sequence[Found],
    quote: Place | None,
) -> Verdict:
    there = [f for f in same if f.fact.value.get("assertion") == PRESENT]
    at = Place(*places[0]) if places else None
    if there and not (quote and cut_off(reading, quote, span)):
        return _with_arm(reading, cell, Verdict(FOLLOWS, (), place_of(there[0]), "read", tuple(there)), there, span)
    if quote and (cue := cut_off(reading, quote, span)):
        return Verdict(CONTRADICTS, ("negation_cut",), cue, "cut", tuple(same))
    negated = [p for p in places if is_denied(reading, p, span)]
    if places and len(negated) == len(places):
        return Verdict(CONTRADICTS, ("negation_cut",), at, "denied", tuple(same))
    if same and not places:
        return Verdict(CONTRADICTS, ("negation_cut",), place_of(same[0]), "denied", tuple(same))
    if not places:
        return Verdict(NOT_DERIVABLE, (), None, "no_term")
    if EFFICACY.search(str(cell.value.get("term")).lower()):
        return Verdict(CONTRADICTS, ("not_a_harm",), at, "efficacy")
    words = reading.folded[span.start : span.end]
    if HAPPENED.search(words) and not PLANNED.search(words) and cell.arm is None:
        return Verdict(FOLLOWS, (), at, "told")
    return Verdict(NOT_DERIVABLE, (), at, "unclear")


def _with_arm(reading: Reading, cell: Cell, verdict: Verdict, facts: Sequence[Found], span: Place) -> Verdict:
    """The verdict where the arm is right or not said; another arm's claim does not follow."""
    if cell.arm is None or any(f.fact.arm and is_arm(f.fact.arm, cell.arm, reading.named_arms) for f in facts):
        return verdict
    arms = [f.fact.arm for f in facts if f.fact.arm]
    if reading.mentions(cell.arm, span) or not arms:
        return Verdict(NOT_DERIVABLE, (), verdict.at, "arm", verdict.facts)
    return Verdict(NOT_DERIVABLE, (), verdict.at, "arm", verdict.facts)


def unsaid(cell: Cell) -> Verdict:
    """The answer where no sentence speaks of the event at all."""
    zero = cell.value.get("assertion") in (ABSENT, NONE_REPORTED) or as_number(cell.value.get("n")) == 0
    return Verdict(NOT_DERIVABLE, ("silent_zero",) if zero else (), None, "silent" if zero else "no_term")
