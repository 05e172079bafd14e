"""Counts that several terms share one by one, and terms that brackets name behind a number of people or events.

"ileus, fibrillation and line infection, one each"; "in two patients (appendicitis; hip fracture)"; "was seen twice".
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.mentions import CLASS, DEATH, NAMED, OPEN, ORGAN, Mention
from extractor.events.segment import Link
from extractor.events.sentence import Reading
from extractor.events.words_of_events import LISTED
from extractor.quantities.counts import EVENTS, PARTICIPANTS, Count, counts
from extractor.quantities.numbers import WHOLE, times, whole
from extractor.words import Words

W = Words("events")

HOW = "elided"  # the words tell whose count it is
# behind a list: ", one each", " (two each)", " were each reported by four"
EACH = re.compile(
    rf"\s*[,(-]?\s*(?:in\s+)?(?P<n>{WHOLE})(?:\s+{W.together_people})?\s+each\b(?!\s+(?:in|of|with|on|for|group|arm))"
    rf"|\s+(?:were|was)\s+each\s+(?:{W.together_seen})\s+(?:by|in|for)\s+(?P<of>{WHOLE})\b|,?\s+each\s+in\s+(?P<in>{WHOLE})\b"
)
# behind a term: "was seen twice"
TIMES = re.compile(
    rf"[^,;.()]{{0,40}}?\b(?:{W.together_seen})\s+(?:only\s+)?(?P<times>once|twice|(?P<n>{WHOLE})\s+times)\b"
)
# from a count to brackets that name its cases: " patients of the low-dose group were hospitalised ("
TO_BRACKETS = re.compile(r"[^;:.,()]{0,70}\s*\Z")
# between the terms in such brackets
APART = re.compile(r"\s*(?:[;,/]|\band\b|[;,]\s*and\b|\bor\b)\s*(?:an?\s+|one\s+)?(?:[\w-]+\s+){0,2}")
MOST = 4  # cases that brackets name one by one


def one_each(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """Give each term of a list the number that is said of each."""
    for place, mention in enumerate(inner):
        found = EACH.match(reading.folded, mention.end, reading.end)
        if mention.kind not in (NAMED, OPEN) or not found:
            continue
        name = next(g for g in ("n", "of", "in") if found[g])
        n = whole(found[name])
        first = place
        while (
            first
            and inner[first - 1].kind in (NAMED, OPEN)
            and LISTED.match(reading.folded[inner[first - 1].end : inner[first].start])
        ):
            first -= 1
        if first == place or not n or any(len(links[i].counts) > 1 for i in range(first, place + 1)):
            continue
        for i in range(first, place + 1):
            links[i] = Link([Count(*found.span(name), "bare", n, None, PARTICIPANTS)], HOW)


def times_seen(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """How often something was seen."""
    for place, mention in enumerate(inner):
        following = inner[place + 1].start if place + 1 < len(inner) else reading.end
        found = TIMES.match(reading.folded, mention.end, following)
        if mention.kind == CLASS or links[place].counts or not found:
            continue
        n = times(found["n"] or found["times"])
        if n and not any(d.covers(mention.start, mention.end) for d in reading.denials):
            links[place] = Link([Count(*found.span("times"), "bare", n, None, EVENTS)], HOW)


def cases_named(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """As many terms in brackets as the number before counts: each is one of them."""
    told = [m for m in inner if m.kind in (CLASS, ORGAN, DEATH)]
    for pair in reading.pairs:
        held = [i for i, m in enumerate(inner) if pair[0] < m.start < pair[1] and m.kind in (NAMED, OPEN)]
        if not 1 <= len(held) <= MOST or not any(m.end <= pair[0] for m in told) or any(links[i].counts for i in held):
            continue
        if counts(reading.folded, *pair) or not _one_by_one(reading, [inner[i] for i in held], pair):
            continue
        before = [
            c for c in counts(reading.folded, reading.start, pair[0], bare=True) if not inside(reading.pairs, c.start)
        ]
        if not before or before[-1].n != len(held) or not TO_BRACKETS.match(reading.folded, before[-1].end, pair[0]):
            continue
        if any(before[-1].end <= m.start < pair[0] and m.kind not in (CLASS, ORGAN, DEATH) for m in inner):
            continue
        for i in held:
            links[i] = Link([replace(before[-1], form="one", n=1, denominator=None, percent=None)], HOW)


def _one_by_one(reading: Reading, named: list[Mention], pair: tuple[int, int]) -> bool:
    """Whether the terms are all that the brackets hold, but for marks and a word or two."""
    gaps = [reading.folded[a.end : b.start] for a, b in pairwise(named)]
    lead = reading.folded[pair[0] + 1 : named[0].start]
    behind = reading.folded[named[-1].end : pair[1] - 1]
    return (
        all(APART.fullmatch(g) for g in gaps)
        and len(lead.split()) < 4
        and len(behind.split()) < 5
        and ";" not in behind
    )
