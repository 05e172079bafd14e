"""Parts of a counted class told by a quality: "of 40 adverse events, six were related", "nine events, two of which were serious"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.events.event import PRESENT, Event
from extractor.events.mentions import CLASS, ORGAN, Mention
from extractor.events.sentence import Reading
from extractor.quantities.counts import EVENTS, Count
from extractor.quantities.numbers import WHOLE, whole

OUT_OF = re.compile(rf"\b(?:of|among)\s+(?:the\s+|these\s+|all\s+|a total of\s+)?(?P<all>{WHOLE})\s+\Z")
# "six were considered related", ", two of which were serious", "and one was judged attributable to"
PART = re.compile(
    rf"(?:\s+(?:(?:that|which|were|was)\s+)*(?:reported|recorded|observed|seen|noted|occurred)\b[^,;.]{{0,40}})?\s*[,;:]?\s*(?:and\s+|with\s+)?(?:only\s+)?(?P<n>{WHOLE})(?:\s*\([^()]*\))?\s*"
    r"(?:(?:of (?:which|these|them|whom)|events?)\s+)?(?:(?:was|were|being)\s+)?(?:\w+ly\s+)?(?:considered|judged|deemed|thought|assessed|classified|rated|graded|regarded)?\s*(?:as\s+|to be\s+)?(?:\w+ly\s+)?"
    r"(?:(?P<related>(?:[\w-]+-)?related|attribut(?:ed|able)|due|ascribed|linked)|(?P<not>unrelated|not related)|(?P<serious>serious)|(?P<severity>severe|mild|moderate|life-threatening))\b"
)


def parts_told(reading: Reading) -> Iterator[Event]:
    """One event for each such part, out of the class's number."""
    for mention in reading.mentions:
        if mention.kind not in (CLASS, ORGAN) or mention.stopped:
            continue
        total = OUT_OF.search(reading.folded, max(reading.start, mention.start - 30), mention.start)
        part = PART.match(reading.folded, mention.end, reading.end)
        n = whole(part["n"]) if part else None
        if part is None or n is None:
            continue
        if total is None and (part["severity"] or not re.search(r"\bof (?:which|these|them)\b", part.group())):
            continue  # how severe the parts of a count are is read with the count
        yield _part(reading, mention, part, n, whole(total["all"]) if total else None)


def _part(reading: Reading, mention: Mention, part: re.Match[str], n: int, total: int | None) -> Event:
    return Event(
        mention,
        PRESENT,
        Count(*part.span("n"), "bare", n, total, EVENTS),
        None,
        None,
        "count_after",
        (reading.start, reading.end),
        severity=part.span("severity") if part["severity"] else None,
        serious=True if part["serious"] else None,
        related=True if part["related"] else False if part["not"] else None,
        concluded=reading.concluded,
    )
