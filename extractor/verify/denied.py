"""Does a denial follow, with its limits? A zero that nobody reported is told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extractor.events.denials import denials
from extractor.verify.binding import binds, groups
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Cell, Place
from extractor.verify.numbers import COUNT, DENOMINATOR, PERCENT, as_number, close
from extractor.verify.reading import Found, Reading
from extractor.verify.verdict import ABSENT, NEGATED, NONE_REPORTED, PRESENT, Verdict, is_denied, place_of
from extractor.verify.words import is_arm, keys
from extractor.words import Words

W = Words("verify")

RELATED = re.compile(W.related)
SERIOUS = re.compile(W.serious)
WORD_OF_LIMIT = re.compile(W.word_of_limit)


def denied(
    reading: Reading,
    cell: Cell,
    span: Place,
    places: Sequence[tuple[int, int]],
    same: Sequence[Found],
    ours: Sequence[Found],
    quote: Place | None,
) -> Verdict:
    blanket = cell.value.get("assertion") == NONE_REPORTED
    theirs = [f for f in (ours if blanket else same) if f.fact.value.get("assertion") in (ABSENT, NONE_REPORTED)]
    theirs = [f for f in theirs if quote and f.near(quote)] or theirs
    if blanket:
        theirs = [f for f in theirs if f.fact.value.get("assertion") == NONE_REPORTED] or theirs
        theirs = [f for f in theirs if f in same] or theirs
    negated = [p for p in places if is_denied(reading, p, span)]
    zero = _zero(reading, span, places)
    if theirs or negated or zero:
        at = place_of(theirs[0]) if theirs else zero or Place(*negated[0])
        if whole_of_zero(reading, cell, span, zero):
            return Verdict(CONTRADICTS, ("other_arm",), zero or at, "whole", tuple(theirs))
        if blanket and (
            limit := limit_cut(reading, cell, span, theirs, negated, at) or _serious_words(reading, cell, at, places)
        ):
            return Verdict(CONTRADICTS, ("limit_cut",), limit, "limit", tuple(theirs))
        how = "read" if theirs else "zero" if zero else "told"
        return Verdict(FOLLOWS, (), at, how, tuple(theirs))
    if (
        quote
        and NEGATED.search(reading.folded, quote.start, quote.end)
        and (blanket or _half_denied(reading, cell, span))
    ):
        if blanket and not _claimed(cell)[1] and (tied := RELATED.search(reading.folded, quote.start, quote.end)):
            return Verdict(CONTRADICTS, ("limit_cut",), Place(*tied.span()), "limit")
        return Verdict(NOT_DERIVABLE, (), quote, "other_words")
    there = [f for f in same if f.fact.value.get("assertion") == PRESENT]
    if there and (
        cell.arm is None or any(f.fact.arm and is_arm(f.fact.arm, cell.arm, reading.named_arms) for f in there)
    ):
        return Verdict(CONTRADICTS, ("negation_cut",), place_of(there[0]), "there", tuple(there))
    if _half_denied(reading, cell, span):
        return Verdict(NOT_DERIVABLE, (), span, "other_words")
    return Verdict(NOT_DERIVABLE, ("silent_zero",), Place(*places[0]) if places else None, "silent")


# "none of these", "no such complications", "none was related": what is denied was named before
ANAPHORA = re.compile(rf"\s*(?:[\w-]+\s+){{0,3}}?{W.anaphora_these}\b|\s*(?:was|were|is|are)\b")


def _half_denied(reading: Reading, cell: Cell, span: Place) -> bool:
    """Whether the sentence denies something that shares a word with the event: said in other words, or of a wider kind."""
    words = set(keys(str(cell.value.get("term") or "")))
    found = denials(reading.folded, span.start, span.end)
    if any(
        words & set(keys(reading.text[d.scope[0] : d.scope[1]])) or ANAPHORA.match(reading.folded, *d.scope)
        for d in found
    ):
        return True
    zero = as_number(cell.value.get("n")) == 0  # a number of its own, which no blanket denial gives
    return not zero and any(
        f.fact.value.get("assertion") == NONE_REPORTED and f.near(span) for f in reading.of_field("adverse_event")
    )


def whole_of_zero(reading: Reading, cell: Cell, span: Place, zero: Place | None) -> bool:
    """Whether the zero's own denominator is another than the one claimed."""
    whole = as_number(cell.value.get("denominator"))
    near = [
        s.value
        for s in reading.numbers(span)
        if s.kind == DENOMINATOR and zero and zero.start <= s.start < zero.end + 40
    ]
    if whole is None or not near:
        ours = [
            as_number(f.fact.value.get("denominator"))
            for f in reading.of_field("adverse_event")
            if f.near(span) and f.fact.value.get("n") == 0
        ]
        near = [d for d in ours if d is not None]
    return whole is not None and bool(near) and not any(close(whole, d) for d in near)


def _zero(reading: Reading, span: Place, places: Sequence[tuple[int, int]]) -> Place | None:
    all_groups = groups(reading, reading.numbers(span))
    for group in all_groups:
        if (
            group.members[0].value == 0
            and group.members[0].kind in (COUNT, PERCENT)
            and any(binds(reading, p, group, all_groups, span) for p in places)
        ):
            return Place(group.start, group.end)
    return None


def limit_cut(
    reading: Reading,
    cell: Cell,
    span: Place,
    theirs: Sequence[Found],
    negated: Sequence[tuple[int, int]],
    at: Place | None,
) -> Place | None:
    """The words that limit a denial which is claimed without that limit."""
    serious, related = _claimed(cell)
    if not related and at is not None and (words := _related_words(reading, at, span, negated)):
        return words
    if any(_same_limits(f.fact.value, serious, related) for f in theirs):
        return None
    if negated and (serious or related):  # the limited class itself is denied, in the words of the claim
        return None
    if theirs and not related and all(_limits(f.fact.value)[1] for f in theirs):
        return place_of(theirs[0])
    if theirs and not serious and all(_limits(f.fact.value)[0] for f in theirs):
        return place_of(theirs[0])
    return None


def _claimed(cell: Cell) -> tuple[bool, bool]:
    """Whether the claim itself is held to what is serious, and to what is related."""
    value = cell.value
    claim = f"{value.get('term') or ''} {value.get('severity') or ''} {value.get('scope') or ''}".lower()
    serious = value.get("serious") or value.get("severity") or value.get("grade") or WORD_OF_LIMIT.search(claim)
    return bool(serious), bool(value.get("related") or RELATED.search(claim))


def _serious_words(reading: Reading, cell: Cell, at: Place | None, places: Sequence[tuple[int, int]]) -> Place | None:
    """The word of weight between a denial and the first thing that it denies: "without serious adverse event"."""
    first = min((p[0] for p in places if at and p[0] >= at.end), default=None)
    if at is None or first is None or _claimed(cell)[0]:
        return None
    match = SERIOUS.search(reading.folded, at.end, first)
    listed = re.search(r",|\b(?:and|or|nor)\b", reading.folded[at.end : first])
    return Place(*match.span()) if match and not listed else None


def _related_words(reading: Reading, at: Place, span: Place, negated: Sequence[tuple[int, int]]) -> Place | None:
    """The words of the denial's own clause that hold it to what is related to the treatment."""
    stop = re.search(r"[;,.]|\b(?:and|but|or)\b", reading.folded[at.end : span.end])
    end = at.end + stop.start() if stop else span.end
    match = RELATED.search(reading.folded, min([at.start, *(p[0] for p in negated)]), end)
    return Place(match.start(), match.end()) if match else None


def _limits(value: dict[str, Any]) -> tuple[bool, bool]:
    term = str(value.get("term") or "").lower()
    serious = bool(value.get("serious") or value.get("severity") or value.get("grade") or WORD_OF_LIMIT.search(term))
    return serious, bool(value.get("related") or RELATED.search(term))


def _same_limits(value: dict[str, Any], serious: bool, related: bool) -> bool:
    return _limits(value) == (serious, related)
