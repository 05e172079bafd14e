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
from extractor.words import Words

W = Words("events")

# "rash resolved in 5 of 6", "nausea was absent in 14": how many got over it, or had none
GOT_OVER = re.compile(
    rf"\b(?:denied\s+by|{W.got_over_absent}\s+(?:\w+ly\s+|completely\s+|after \w+ \w+\s+)?in)\s+(?:all\s+)?\Z"
)


# "(2/62) and patency (95% after stenting": the brackets are an outcome's
OF_OUTCOME = re.compile(
    r"\b(?:patency|survival|responses?|success|cure|remissions?|improvements?|healing|satisfaction|compliance|adherence|efficacy|seroconversion|withdrawals?|drop-?outs?)"
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
    if GOT_OVER.search(folded, max(0, count.start - 60), count.start):
        return True
    ahead = max([m.end for m in mentions if m.end <= count.start], default=count.start)
    if OF_OUTCOME.search(folded, ahead, count.start):
        return True
    if count.percent is not None and count.n is None:
        return False
    found = _owner().match(folded, count.end, end)
    if found is None:
        return False
    borders = [
        m.start() for m in (SOFT.search(folded, found.end(), end), OPPOSED.search(folded, found.end(), end)) if m
    ]
    stop = min([*borders, end])
    if any(count.start < m.end and m.start < stop for m in mentions):
        return False
    return not verbs(folded, found.end(), stop)  # "two who withdrew died": the first is no verb of its own
