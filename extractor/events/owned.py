"""Counts that another word owns: who moved away, were alive or withdrew had no event for it ("two died and three moved away")."""

from __future__ import annotations

from functools import cache

from extractor import patterns as re
from extractor.context.phrases import phrases
from extractor.events.clauses import SOFT, verbs
from extractor.events.denials import OF_KIND
from extractor.events.mentions import Mention
from extractor.events.words_of_counts import PEOPLE
from extractor.quantities.counts import Count
from extractor.quantities.numbers import WHOLE
from extractor.words import Words

W = Words("events")

# "rash resolved in 5 of 6", "nausea was absent in 14": how many got over it, or had none
GOT_OVER = re.compile(
    rf"\b(?:denied\s+by|{W.got_over_absent}\s+(?:\w+ly\s+|completely\s+|after \w+ \w+\s+)?in)\s+(?:all\s+)?\Z"
)


# "80% of patients have progressed", "41/45 had a relapse": how the disease went
FATE = re.compile(
    rf"\s*(?:of\s+(?:the\s+|all\s+)?)?(?:{PEOPLE}\s+)?(?:\([^()]*\)\s*)?(?:(?:have|had|has|showed|experienced)\s+(?:since\s+|now\s+|already\s+)?)?{W.other_fate}\b"
)
# "total cr was 31%": a share of another outcome; "52 events and 30 deaths": a count of its own noun
RATE = re.compile(rf"\b{W.other_rate}(?:\s+rates?)?\s+(?:was|were|of|in)\s+(?:\w+ly\s+)?\Z")
EVENTS_AND = re.compile(rf"\s+(?:events|relapses|recurrences|progressions)\s+and\s+(?:{WHOLE})\b")
NUMBERED = re.compile(rf"\((?={WHOLE}\b)")  # brackets with a count of their own
# "(2/62) and patency (95% after stenting": the brackets are an outcome's
OF_OUTCOME = re.compile(
    rf"\b{W.other_noun}"
    r"(?:\s+(?:rates?|status))?(?:\s+(?:was|were)\s+(?:[\w-]+\s+){1,3})?\s*[(\[][^()\[\]]*\Z"
)
OF_COUNTED = re.compile(r"none of (?:which|whom)\b")
OPPOSED = re.compile(rf";|\b{W.opposed_but}\b")


@cache
def _owner() -> re.Pattern[str]:
    """People right behind a count, and what they did or were."""
    words: dict[str, list[str]] = {"verb": [], "state": []}
    for word, kind in phrases("count_owners"):
        words[kind].append(word)
    return re.compile(
        rf"\s*(?:of (?:them|these|the)\s*(?:\w+\s+)?|(?:more|other|others|further|additional|remaining)\s+)?(?:{PEOPLE}\s+)?(?:\([^()]*\)\s*)?(?:also\s+|later\s+|still\s+)?"
        rf"(?:(?:was|were|are|is|had been|have been|remained|stayed)\s+(?:still\s+|all\s+|\w+ly\s+)?(?:{'|'.join(words['state'])})|(?:{'|'.join(words['verb'])}))\b"
    )


def owned(folded: str, count: Count, mentions: list[Mention], end: int) -> bool:
    """Whether a word behind the count, in a stretch that names no event, says what was counted."""
    if count.form == "none":
        # "none of which was serious", "none of whom needed surgery"
        return (OF_KIND.match(folded, count.start, end) or OF_COUNTED.match(folded, count.start, end)) is not None
    before = max(0, count.start - 60)
    if GOT_OVER.search(folded, before, count.start) or RATE.search(folded, before, count.start):
        return True
    if EVENTS_AND.match(folded, count.end, end):
        return True
    ahead = max([m.end for m in mentions if m.end <= count.start], default=count.start)
    if OF_OUTCOME.search(folded, ahead, count.start):
        return True
    fate = FATE.match(folded, count.end, end)
    if fate:
        return not _named_before(folded, count.start, fate.end(), mentions, end)
    if count.percent is not None and count.n is None:
        return False
    found = _owner().match(folded, count.end, end)
    if found is None:
        return False
    if _named_before(folded, count.start, found.end(), mentions, end):
        return False
    stop = _border(folded, found.end(), end)
    return not verbs(folded, found.end(), stop)  # "two who withdrew died": the first is no verb of its own


def _border(folded: str, start: int, end: int) -> int:
    """Where what a word owns ends."""
    found = (border.search(folded, start, end) for border in (SOFT, OPPOSED, NUMBERED))
    return min([*(m.start() for m in found if m), end])


def _named_before(folded: str, start: int, after: int, mentions: list[Mention], end: int) -> bool:
    """Whether an event is named between a count and the end of what its word owns."""
    stop = _border(folded, after, end)
    return any(start < m.end and m.start < stop for m in mentions)
