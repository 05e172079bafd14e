"""When the cells were given again: points of time that each are one administration, and a second time after the first.

"on days 0, 7 and 14", "at baseline, 6 and 12 months", "repeated after 3 months", "the second dose came 2 weeks after the first".
What it is not: a count that is said ("three infusions"), nor an interval ("monthly"); see the field ``administrations``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from extractor import patterns as re
from extractor.quantities.durations import Duration, durations
from extractor.quantities.numbers import NUMBER_WORDS, times, whole
from extractor.words import Words

W = Words("product")

# "baseline, 6 and 12 months", "at entry and again at 3 months": the start is the first point
_START = re.compile(rf"\b{W.start_baseline}(?:,|,? and|,? then)? (?:again )?(?:at |after |on )?$")
# "a second infusion", "the booster": what is given again
_SECOND = re.compile(
    rf"\b{W.second_a} (?:{W.second_second} (?:[a-z-]+ ){{0,3}}?{W.again_dose}|booster(?: {W.again_dose})?)\b|\bthe first[^.;]{{1,40}}\bthe second\b"
)
_REPEATED = re.compile(
    rf"\b{W.again_dose}(?: [a-z]+){{0,2}}? {W.was_be} repeated\b|\bwhich\b(?: [a-z]+){{1,3}}? repeated\b|\b{W.given_again}\b"
)
# "some had a second one", "could be repeated": not everyone
_OF_SOME = re.compile(rf"\b{W.of_some}\b")
_FURTHER = re.compile(rf"\b{W.further_third}\b")
_NOT_BETWEEN = re.compile(rf"\b{W.no_gap_every}\s$")
NEAR = 60  # characters between the words for a second time and its delay


_N = rf"(?:{NUMBER_WORDS}|\d{{1,2}})"
# "two cycles of three infusions": six
_CYCLES = re.compile(
    rf"\b(?P<times>{_N}) (?:cycles|courses|rounds|series|sets|blocks) of (?P<n>{_N}) (?=[a-z])(?!days|weeks|months|hours)"
)
# "12 had cells once, 7 twice and 3 three times": of some people
_ONCE_AND = re.compile(
    rf"\bonce,?(?: and| but|,) (?:the (?:other )?)?(?:{_N}|\d+|some|others|the rest)(?: \w+){{0,2}} (?P<most>twice|thrice|{_N} times)\b"
)


@dataclass(frozen=True, slots=True)
class Points:
    """Points of time at ``start:end``, the first at the start of treatment; ``gap`` where all are equally far apart."""

    start: int
    end: int
    count: int
    gap: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Again:
    """A second time, told at ``start:end``, and how long after the first; ``low`` is 1 where not everyone had it."""

    start: int
    end: int
    low: int
    delay: Duration


def points(folded: str, start: int, end: int) -> Iterator[Points]:
    """Lists of points of time of which the first is the start: "weeks 0, 4 and 8", "0, 1 and 2 months", "baseline and 6 months"."""
    for time in durations(folded, start, end):
        if time.ranged:
            continue
        values, first = time.values, time.start
        lead = _START.search(folded, max(start, time.start - 40), time.start)
        if lead and min(values) > 0:
            values, first = (0.0, *values), lead.start()
        listed = (time.kind == "point" and min(values) <= 1) or min(values) == 0
        if len(values) > 1 and listed:
            gaps = {b - a for a, b in pairwise(values)}
            gap = gaps.pop() if len(gaps) == 1 else None
            yield Points(first, time.end, len(values), gap if gap and gap > 0 else None, time.unit)


def multiplied(folded: str, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, least, most) of administrations that are told in two numbers: "two cycles of three", "once, and 7 twice"."""
    for match in _CYCLES.finditer(folded, start, end):
        times_, n = whole(match["times"]), whole(match["n"])
        if times_ and n:
            yield *match.span(), times_ * n, times_ * n
    for match in _ONCE_AND.finditer(folded, start, end):
        most = (
            times(match["most"])
            if match["most"] in ("twice", "thrice")
            else whole(match["most"].removesuffix(" times"))
        )
        if most and most > 1:
            yield *match.span(), 1, most


def again(folded: str, start: int, end: int) -> Iterator[Again]:
    """A second administration with its delay, where no third one is spoken of."""
    if _FURTHER.search(folded, start, end):
        return
    for pattern in (_SECOND, _REPEATED):
        for match in pattern.finditer(folded, start, end):
            near = [
                d
                for d in durations(folded, max(start, match.start() - NEAR), min(end, match.end() + NEAR))
                if d.kind in ("length", "adjective", "point") and len(d.values) == 1 and _delays(folded, d, match)
            ]
            if near:
                delay = min(near, key=lambda d: abs(d.start - match.end()))
                low = 1 if _OF_SOME.search(folded, match.start(), min(end, delay.end + NEAR)) else 2
                yield Again(min(match.start(), delay.start), max(match.end(), delay.end), low, delay)


def _delays(folded: str, time: Duration, match: re.Match[str]) -> bool:
    """Whether a length of time says how long after the first: "after 3 months", "six months later", "at 6 months"."""
    before = folded[max(0, time.start - 14) : time.start]
    if _NOT_BETWEEN.search(before):
        return False
    if time.start >= match.end():
        behind = re.match(rf"\s{W.delay_later}\b", folded[time.end : time.end + 20])
        return bool(behind or re.search(rf"\b{W.delay_after}\s$", before))
    later = re.match(rf"\s{W.delay_later}\b", folded[time.end : time.end + 20])
    # "14 months after the second" tells what came then
    return later is not None and time.end + later.end() + 1 < match.start()
