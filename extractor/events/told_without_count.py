"""Events that a sentence tells without a count: members of a list, exceptions from a denial, what "occurred"."""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.events.event import PRESENT, Event
from extractor.events.link.pairs import brought
from extractor.events.lists import doubtful, explains, killed, list_end, list_head, member
from extractor.events.made import event
from extractor.events.mentions import CLASS, DEATH, OPEN, ORGAN, Mention
from extractor.events.of_this_trial import MEASURED
from extractor.events.sentence import Reading
from extractor.events.words_of_counts import DIRECT
from extractor.events.words_of_events import (
    BOUNDED,
    CLASS_HAPPENED,
    COUNTED_ONLY,
    GRAVITY,
    HAPPENED,
    MORE_OF,
    NO_DIFFERENCE,
    RATE_WAS,
    RECORDED,
    REDUCED,
    RISK_BEHIND,
    STRONG_BEFORE,
)
from extractor.quantities.counts import Count, counts

ITEM_FIGURES = re.compile(r"\s*\([^()]*\d[^()]*\)\s*,\s*(?:and\s+)?\Z")  # behind an item of a list


def uncounted(
    reading: Reading, mention: Mention, inner: list[Mention], excepted: bool, first: int, last: int
) -> Iterator[Event]:
    """What the words around a mention without a count say: at most one event."""
    if mention.kind in (CLASS, ORGAN) and _only_so_grave(reading, mention, last):
        yield event(reading, mention, PRESENT, None, reading.arm_after(mention, last), "happened", last)
    if mention.kind in (CLASS, DEATH, ORGAN) or reading.hypothetical(mention.start):
        return
    if excepted:
        count = _exception_count(reading, mention, first, last)
        yield event(reading, mention, PRESENT, count, None, "exception", last)
        return
    if reading.reports.qualifies(mention, last):
        return
    judged = mention.peer or mention
    listed = member(reading, judged, inner) or killed(reading, judged, inner)
    if reading.concluded or (reading.reports.outcome(judged, reading.start, last) and not listed):
        return
    if mention.listed and not listed:
        return
    if listed or explains(reading, mention, inner):
        if (reading.reports.subject(mention) and mention.weak) or (mention.term and mention.term.name in COUNTED_ONLY):
            return
        yield event(
            reading,
            mention,
            PRESENT,
            None,
            reading.arm_before(first, mention) or reading.arm_after(mention, last),
            "listed",
            last,
        )
        return
    if (
        doubtful(reading, judged, inner)
        or reading.reports.subject(mention)
        or reading.reports.incident(mention)
        or brought(reading.folded, mention.end, last)
        or MEASURED.match(reading.folded[mention.end : last].lstrip())
    ):
        return
    head = list_head(reading, judged, inner)
    strong = STRONG_BEFORE.search(reading.folded, max(reading.start, head - 70), head) or _behind_item(reading, head)
    happened = _happened(reading, judged, inner, last)
    before = reading.folded[max(reading.start, head - 160) : head]
    if REDUCED.search(before[-60:]) or NO_DIFFERENCE.search(before) or RECORDED.search(before):
        return
    if RISK_BEHIND.match(reading.folded, mention.end, last):
        return
    if (strong or happened) and not (judged.kind == OPEN and not judged.tail and not (strong and happened)):
        yield event(reading, mention, PRESENT, None, reading.arm_after(mention, last), "happened", last)


def _behind_item(reading: Reading, head: int) -> re.Match[str] | None:
    """ "a higher incidence of early waking (26% vs 10%), itching (P < 0.001)": the list begins with an item unknown to us."""
    item = ITEM_FIGURES.search(reading.folded, max(reading.start, head - 60), head)
    if item is None:
        return None
    return STRONG_BEFORE.search(reading.folded[max(reading.start, item.start() - 70) : item.start()] + " ")


def _only_so_grave(reading: Reading, mention: Mention, last: int) -> bool:
    """ "Only minor side effects were seen", "the adverse event rate was lower": a class that happened, uncounted."""
    return bool(
        (
            GRAVITY.search(reading.folded, max(reading.start, mention.start - 30), mention.core)
            and CLASS_HAPPENED.match(reading.folded, mention.end, last)
        )
        or RATE_WAS.match(reading.folded, mention.end, last)
        or BOUNDED.match(reading.folded, mention.end, last)
        or (
            MORE_OF.search(reading.folded, max(reading.start, mention.start - 60), mention.start)
            and not reading.concluded
        )
    )


def _exception_count(reading: Reading, mention: Mention, first: int, last: int) -> Count | None:
    """ "except one case of thrombosis", "except for rash in a patient"."""
    past = [
        c
        for c in counts(reading.folded, first, mention.start, bare=True)
        if DIRECT.match(reading.folded[c.end : mention.start])
    ]
    return (
        past[-1]
        if past
        else next((c for c in counts(reading.folded, mention.end, last) if c.form in ("one", "people")), None)
    )


def _happened(reading: Reading, mention: Mention, inner: list[Mention], last: int) -> bool:
    """Whether an occurrence is said of the mention, or of the list that it begins."""
    return bool(HAPPENED.match(reading.folded, list_end(reading, mention, inner), last))
