"""Events with counts: whether the count is an event's, what it is out of, and what followed from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractor import patterns as re
from extractor.events import attributes
from extractor.events.event import ABSENT, PRESENT, Event
from extractor.events.link.pairs import at_baseline, brought
from extractor.events.lists import doubtful, killed, list_end, member
from extractor.events.made import event
from extractor.events.mentions import CLASS, DEAD_VERBS, DEATH, NAMED, OPEN, ORGAN, Mention
from extractor.events.segment import Link
from extractor.events.sentence import Reading
from extractor.events.words_of_events import (
    AWAITED,
    BUT_SOME,
    COMPOSITE_AFTER,
    COMPOSITE_BEFORE,
    CONSEQUENCE,
    HAPPENED,
    MEMBERS_ONLY,
    NO_DIFFERENCE,
    STRONG_BEFORE,
    UNRELATED_TO,
)
from extractor.quantities.counts import ADMINISTRATIONS, PARTICIPANTS, Count, counts
from extractor.words import Words

W = Words("events")

# "improvement of dyspnea in 9": how it got better
BETTER = re.compile(rf"\b{W.better_improv}\s+(?:of|in|from)\s+(?:the\s+|their\s+)?(?:[\w-]+\s+){{0,1}}\Z")
# "five had significantly less pain": who got better
LESS = re.compile(r"\b(?:had|reported|experienced|showed|felt)\s+(?:\w+ly\s+)?(?:less|reduced|decreased|milder)\s+\Z")
# "headache fell from", "pneumonia was treated with stem cells": an effect, or the disease treated
EFFECT = re.compile(
    rf"\s+(?:\w+ly\s+)?(?:{W.effect_fell}\s+(?:\w+ly\s+)?from\b|(?:was|were)\s+(?:\w+ly\s+)?treated (?:with|by)\s+(?:[\w-]+\s+){{0,5}}?{W.effect_cells}\b)"
)
# "headache did not differ between", "nausea was similar in"
ALIKE = re.compile(rf"\s+(?:{W.no_difference_did}\s+){{1,2}}{W.no_difference_alike}\b")
# "between cells (", of the group, not of the event: "no difference in headache (3 patients"
GROUP_BEFORE = re.compile(
    r"\b(?:between|in|with|after|under|on|and|than|versus|vs|during|among|receiving)\b[^()]*[a-z]\s*\((?:n\s*=\s*)?\Z"
)
MOST = re.compile(r"\bmost\s+(?:commonly\s+|frequently\s+)?\w+\s+(?:\w+\s+)?\Z")
COMPARED = (PARTICIPANTS, ADMINISTRATIONS, None)  # units of groups; events are counted, not compared
OF_ARM = re.compile(r"\s(?:in|among|on)\s+(?:the\s+)?[\w-]+\Z")  # "two among controls"
IN_ARM = re.compile(
    rf"\s*(?:\([^()]*\)\s*)?(?:occurred\s+|(?:was|were) (?:seen|observed|reported|noted)\s+)?(?:cases?\s+|events?\s+|episodes?\s+)?{W.in_arm_in}\b"
)


def counted(
    reading: Reading, mention: Mention, link: Link, inner: list[Mention], first: int, last: int
) -> Iterator[Event]:
    """The events of a mention with counts, one a count; a stated zero is an absence."""
    if UNRELATED_TO.search(reading.folded, max(first, mention.start - 60), mention.start):
        return
    if reading.hypothetical(mention.start) or AWAITED.search(reading.folded, first, mention.start):
        return
    if mention.kind == DEATH and _composite(reading, mention, first, last):
        return
    if mention.kind == DEATH and re.search(
        r"\b(?:when|until|once|after)\s+\Z", reading.folded[first : link.counts[0].start]
    ):
        return  # "when 255 patients had died": what an analysis waited for
    if mention.kind in (CLASS, ORGAN) and re.search(
        r"\b(?:scores?|median|mean)\b(?! (?:number|proportion|percentage) of (?:the )?(?:patients|subjects|participants))",
        reading.folded[max(first, mention.start - 30) : mention.start],
    ):
        return
    if BETTER.search(reading.folded, max(first, mention.start - 40), mention.start):
        return
    if link.counts[-1].end <= mention.start and lessened(reading.folded, mention):
        return
    if mention.kind in (NAMED, OPEN) and not _plausible(reading, mention, link, inner, last):
        return
    if all(size_of_group(reading.folded, mention, c, first) for c in link.counts):
        return
    if len(link.counts) == 1 and by_how_much(reading.folded, mention, link.counts[0], first):
        return
    if mention.kind != DEATH and brought(reading.folded, mention.end, last):
        return
    total = out_of(reading, first, link.counts)
    for place, count in enumerate(link.counts):
        zero = count.n == 0 or (count.n is None and count.percent == 0)
        if total and count.denominator is None and count.n is not None and count.n <= total:
            count = Count(count.start, count.end, count.form, count.n, total, count.unit, count.percent)
        if zero and count.n is None:
            count = Count(count.start, count.end, count.form, 0, count.denominator, count.unit, count.percent)
        made = event(reading, mention, ABSENT if zero else PRESENT, count, None, "count_" + link.how, last)
        each = attributes.ranks(reading.folded, made.severity, len(link.counts))
        yield replace(made, severity=each[place]) if each else made
    yield from _consequence(reading, mention, link.counts[-1], last)


def lessened(folded: str, mention: Mention) -> bool:
    """Whether people are said to have had less of a named term."""
    return mention.kind in (NAMED, OPEN) and LESS.search(folded, max(0, mention.start - 40), mention.start) is not None


def size_of_group(folded: str, mention: Mention, count: Count, first: int) -> bool:
    """ "No difference in nephrotoxicity between A (78 courses) and B (84 courses)": how many were compared, not how many had it."""
    if count.denominator is not None or count.percent is not None or count.unit not in COMPARED:
        return False
    if folded[count.end : count.end + 1] != ")" or not GROUP_BEFORE.search(folded, mention.end, count.start):
        return False
    if (
        count.form == "equals"
        and mention.kind == CLASS
        and MOST.search(folded, max(first, mention.start - 30), mention.start)
    ):
        return True  # "the most common adverse events during dobutamine (n = 44) were"
    alike = ALIKE.match(folded, mention.end, count.start) or NO_DIFFERENCE.search(folded, first, mention.start)
    return alike is not None


# "a decrease in mortality (13%: p = 0.08)": by how much it fell, not how many died
CHANGED = re.compile(
    r"\b(?:decreas|reduc|increas|declin|drop|fall|improve)\w*\s+(?:in|of)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}\Z"
)
AGAINST = re.compile(r"[^()]{0,40}?(?:\bvs\b|\bversus\b|\bv\b|\band\b|\bcompared\b|,\s*\d|\bto\s+\d|\bfrom\s+\d)")


def by_how_much(folded: str, mention: Mention, count: Count, first: int) -> bool:
    """Whether a percentage alone behind a change says by how much something changed."""
    if count.percent is None or count.n is not None or count.start < mention.end:
        return False
    changed = CHANGED.search(folded, max(first, mention.start - 60), mention.start)
    return changed is not None and AGAINST.match(folded, count.end) is None


def others_counted(reading: Reading, mention: Mention, last: int) -> Iterator[Event]:
    """ "No fractures in the drug group but four in the control group": the other arm's count, its term left out."""
    other = BUT_SOME.match(reading.folded, mention.end, last)
    if other and any(m.start >= other.end() for m in reading.mentions if m.start < last):
        return  # "whereas 4 of 15 had fever": the count is the fever's
    found = counts(reading.folded, other.end(), last, bare=True) if other else []
    if (
        found
        and other
        and found[0].start == other.end()
        and found[0].n
        and (
            IN_ARM.match(reading.folded, found[0].end, last)
            or OF_ARM.search(reading.folded, found[0].start, found[0].end)
        )
    ):
        yield event(reading, mention, PRESENT, found[0], None, "count_elided", last)


def _composite(reading: Reading, mention: Mention, first: int, last: int) -> bool:
    """Whether deaths are counted together with something else."""
    if reading.folded[mention.start : mention.end] in DEAD_VERBS:
        return False
    return bool(
        COMPOSITE_BEFORE.search(reading.folded, max(first, mention.start - 50), mention.start)
        or COMPOSITE_AFTER.match(reading.folded, mention.end, last)
    )


def _consequence(reading: Reading, mention: Mention, count: Count, last: int) -> Iterator[Event]:
    """ "..., leading to discontinuation in 5/107": an event of its own, with the term's name before it."""
    following = next((c for c in counts(reading.folded, count.end, last) if c.n is not None), None)
    what = CONSEQUENCE.match(reading.folded, count.end, following.start) if following else None
    if what:
        made = event(reading, mention, PRESENT, following, None, "count_after", last)
        yield replace(made, also=what.span("what"))


def out_of(reading: Reading, first: int, found: list[Count]) -> int | None:
    """ "Out of 14 patients treated by plates, 2 developed": the denominator said first."""
    match = re.compile(r"(?:^|\b)(?:out of|of|among)\s+(?:the\s+|these\s+|all\s+|a total of\s+)?").search(
        reading.folded, first, found[0].start
    )
    if not match:
        return None
    head = [c for c in counts(reading.folded, match.end(), found[0].start) if c.form == "people"]
    if (
        not head
        or head[0].start - match.end() > 3
        or not re.fullmatch(r"\W*(?:[a-z &/]{3,40}:\s*)?", reading.folded[first : match.start()])
    ):
        return None
    return head[0].n


def _plausible(reading: Reading, mention: Mention, link: Link, inner: list[Mention], last: int) -> bool:
    """Whether a counted term is an adverse event rather than an outcome, a reason or a group's disease."""
    if mention.stopped:
        return True
    mention = mention.peer or mention
    if member(reading, mention, inner) or killed(reading, mention, inner):
        return True
    if mention.term is not None and mention.term.name in MEMBERS_ONLY:
        return False
    before = reading.folded[max(reading.start, mention.start - 60) : mention.start]
    if at_baseline(reading.folded, reading.start, last, (mention.start, mention.end)):
        return False
    if re.search(
        r"\b(?:at|on) (?:baseline|entry|enrol?lment|screening|inclusion|admission)\b",
        reading.folded[reading.start : mention.start],
    ):
        return False
    if mention.disease and not re.search(
        r"\b(?:develop|experienc|suffer|present|complicat|diagnosed|cases? of|died)\w*|\bserious\s+\Z", before
    ):
        return (
            bool(HAPPENED.match(reading.folded, mention.end, last))
            and not reading.reports.subject(mention)
            and link.how != "before"
        )
    if (
        mention.kind == OPEN
        and link.how == "beside"
        and not HAPPENED.match(reading.folded, list_end(reading, mention, inner), last)
        and not STRONG_BEFORE.search(before)
    ):
        return False
    if (
        reading.reports.subject(mention)
        or reading.reports.outcome(mention, reading.start, last)
        or reading.reports.incident(mention)
    ):
        return False
    if (
        doubtful(reading, mention, inner)
        and link.how not in ("before",)
        and not STRONG_BEFORE.search(reading.folded, max(reading.start, mention.start - 60), mention.start)
    ):
        return (
            bool(
                re.compile(
                    r"[^;]{0,60}?\b(?:occurred|developed|observed|reported|experienced|seen|noted|(?:rate|incidence) (?:of|was))\b"
                ).match(reading.folded, mention.end, last)
            )
            and mention.term is not None
            and not mention.disease
        )
    if mention.kind == OPEN and link.how == "after":
        return bool(HAPPENED.match(reading.folded, list_end(reading, mention, inner), last)) or bool(
            STRONG_BEFORE.search(reading.folded, max(reading.start, mention.start - 60), mention.start)
        )
    return not reading.concluded or link.counts[0].n is not None
