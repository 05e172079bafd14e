"""What a sentence denies: classes ("no adverse events"), named events, and kinds ("none of which were serious")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.events import attributes
from extractor.events.denials import OF_KIND, Denial
from extractor.events.event import ABSENT, NONE_REPORTED, Event
from extractor.events.mentions import CLASS, NAMED, OPEN, ORGAN, Mention
from extractor.events.sentence import Reading
from extractor.events.words_of_counts import APPOSED
from extractor.events.words_of_events import CASES_OF, OTHER_HEAD


def denied(
    reading: Reading, mention: Mention, cue: tuple[int, int], inner: list[Mention], denial: Denial | None, last: int
) -> Iterator[Event]:
    """A mention denied by `cue`: a class as none reported, a named event as absent; nothing where something else is denied."""
    folded = reading.folded
    if mention.kind in (NAMED, OPEN) and (
        reading.reports.outcome(mention, reading.start, last) or reading.reports.subject(mention)
    ):
        return
    if mention.kind in (NAMED, OPEN) and reading.concluded:
        return
    if reading.hypothetical(cue[0]):
        return
    if mention.kind == CLASS and any(
        m.stopped and m.end <= mention.start and APPOSED.match(reading.folded[m.end : mention.start] + " ")
        for m in inner
    ):
        return  # "no withdrawals due to adverse events, including related ones"
    lead = _head(reading, denial, mention, inner) if denial else ""
    if OTHER_HEAD.search(lead) or (re.search(r"\b\w+ of\b", lead) and not CASES_OF.search(lead)):
        return
    if re.compile(
        r"\s+(?:\w+\s+){0,2}?(?:leading to|requiring|that (?:led|required|necessitated)|necessitating|resulting in|of clinical concern|profiles?|scores?|rates?|data|leads?|differ(?:ed|s)?|(?:was|were) (?:more|less)|reported (?:n?or|as)|(?:was|were|is|are) (?:reported |observed |noted |found )?(?:n?or |and )?(?:\w+ )?(?:as)|increased|decreased|compared)\b"
    ).match(folded, mention.end, last):
        return
    blanket = mention.kind == CLASS
    text = folded[mention.start : mention.end]
    cut = mention
    if blanket or mention.kind == ORGAN:
        is_serious = bool(
            attributes.DENIED_SERIOUS.search(
                folded[max(mention.start, cue[1] if denial else mention.start) : mention.end]
            )
            or (denial and attributes.DENIED_SERIOUS.search(folded[denial.end : mention.start]))
        )
    else:
        is_serious = False
    if blanket and not is_serious and _same_denial(reading, mention, inner, denial):
        is_serious = True
    is_related = attributes.related(folded, reading.start, mention, last, denied=True)
    if denial and denial.kind == "verb" and re.search(r"cause|produce|induce|lead|result|provoke|elicit", denial.cue):
        is_related = True
    if denial is None and attributes.FROM_ANY.match(folded, mention.end, last):
        is_related = True
    if not text.strip():
        return
    yield Event(
        cut,
        NONE_REPORTED if blanket else ABSENT,
        None,
        reading.arm_after(mention, last),
        cue,
        "denied",
        (reading.start, reading.end),
        serious=is_serious or None,
        related=is_related or None,
        concluded=reading.concluded,
    )


def _same_denial(reading: Reading, mention: Mention, inner: list[Mention], denial: Denial | None) -> bool:
    """ "no severe adverse reactions or complications": the first class's quality is the second's too."""
    past = [
        m
        for m in inner
        if m.kind == CLASS and m.end <= mention.start and denial is not None and denial.covers(m.start, m.end)
    ]
    return (
        bool(past)
        and re.fullmatch(
            r"\s*(?:\([^()]*\)\s*)?(?:,\s*)?(?:or|and|nor)\s+", reading.folded[past[-1].end : mention.start]
        )
        is not None
        and attributes.DENIED_SERIOUS.search(reading.folded, past[-1].start, past[-1].end) is not None
    )


def _head(reading: Reading, denial: Denial, mention: Mention, inner: list[Mention]) -> str:
    """What stands between a denial's cue and a term, other terms left out."""
    text = reading.folded[denial.end : mention.start]
    for other in inner:
        if denial.end <= other.start and other.end <= mention.start:
            text = text.replace(reading.folded[other.start : other.end], " ", 1)
    return text


def kinds_denied(reading: Reading) -> Iterator[Event]:
    """ "... , none of which were serious": the class denied only in kind."""
    for match in OF_KIND.finditer(reading.folded, reading.start, reading.end):
        before = [m for m in reading.mentions if m.kind in (CLASS, ORGAN) and m.start < match.end()]
        if not before:
            continue
        kind = match["kind"]
        is_serious = bool(re.match(r"serious|severe|life|fatal|clinically", kind))
        yield Event(
            before[-1],
            NONE_REPORTED,
            None,
            None,
            match.span(),
            "kind",
            (reading.start, reading.end),
            serious=is_serious or None,
            related=None if is_serious else True,
            concluded=reading.concluded,
        )
