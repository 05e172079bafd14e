"""A second subject whose verb stands for the first one's: "none on the drug vomited; two on placebo did".

>>> found = OTHERS.match(", whereas three controls did.", 0)
>>> found["n"]
'three'
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.events.event import ABSENT, PRESENT, Event
from extractor.events.made import event
from extractor.events.mentions import DEATH, Mention
from extractor.events.sentence import Reading
from extractor.quantities.counts import PARTICIPANTS, Count, counts
from extractor.quantities.numbers import WHOLE
from extractor.words import Words

W = Words("events")

_JOINT = rf"(?:[^.;,()]{{0,60}}?,?\s+(?:but|whereas|while)\s+|\s*(?:\([^()]*\)\s*)?[,;]?\s*(?:{W.joint_and}\s+)?)(?:only\s+)?"
_WHO = rf"(?:\s+(?!{W.who_and})[\w/%+-]+|\s*\([^()]*\)){{0,9}}?"
_DID = r"\s+(?:did(?: so)?|had (?:it|them|one|this)|was|were)\s*(?=[.;,)]|\Z)"
# ", whereas three controls did", "; two on placebo did"
OTHERS = re.compile(rf"{_JOINT}(?P<n>{WHOLE}|\d+/\d+){_WHO}{_DID}")
# ", but none of those given cells did", "; no control did"
NONE = re.compile(rf"{_JOINT}(?P<n>none|no {W.none_one}){_WHO}{_DID}")


# "; in the placebo group there were three"
THERE = re.compile(
    rf"[;,]\s*(?:{W.joint_and}\s+)?{W.elided_there}\s+(?:the\s+)?[\w+/ -]{{2,40}}?\s+there (?:was|were|had been)\s+(?:only\s+)?(?P<n>{WHOLE})(?=\s*[.;,()]|\s+and\b|\Z)"
)


# ", in the treatment group 1 of 21": the share alone
SHARE = re.compile(
    rf"[;,]\s*(?:{W.joint_and}\s+)?{W.elided_there}\s+(?:the\s+)?[\w+/ -]{{2,40}}?\s+(?P<n>\d+(?:\s*/\s*|\s+(?:out\s+)?of\s+)\d+)(?=\s*(?:\([^()]*\)\s*)?[.;]|\Z)"
)


def elided(reading: Reading, mention: Mention) -> Iterator[Event]:
    """The event of the second subject, with its number, or nobody."""
    at = _verb_end(reading, mention)
    zero = NONE.match(reading.folded, at, reading.end)
    if zero:
        count = Count(*zero.span("n"), "none", 0, None, PARTICIPANTS)
        yield event(reading, mention, ABSENT, count, None, "count_elided", reading.end)
        return
    found = OTHERS.match(reading.folded, at, reading.end) or THERE.match(reading.folded, at, reading.end)
    if found is None and mention.kind == DEATH:
        found = SHARE.match(reading.folded, at, reading.end)
    if found and not any(found.start() < m.end and m.start < found.end() for m in reading.mentions if m is not mention):
        some = next((c for c in counts(reading.folded, found.start("n"), found.end(), bare=True)), None)
        if some is not None and some.n:
            yield event(reading, mention, PRESENT, some, None, "count_elided", reading.end)


def _verb_end(reading: Reading, mention: Mention) -> int:
    """Where what is said of the first subject ends: behind the term, or behind the terms listed with it."""
    if mention.kind == DEATH:
        return mention.end
    return max(
        [m.end for m in reading.mentions if m.start >= mention.start and _listed(reading, mention, m)],
        default=mention.end,
    )


def _listed(reading: Reading, first: Mention, mention: Mention) -> bool:
    between = reading.folded[first.end : mention.start]
    return mention is first or (
        len(between) < 60 and re.fullmatch(r"\s*(?:,|and\b|or\b|\w+\s)*\s*", between) is not None
    )
