"""Parts of a counted class told by a quality: "of 40 adverse events, six were related", "nine events, two of which were serious"."""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.events.event import PRESENT, Event
from extractor.events.mentions import CLASS, ORGAN, Mention
from extractor.events.sentence import Reading
from extractor.quantities.counts import EVENTS, Count
from extractor.quantities.numbers import WHOLE, whole
from extractor.words import Words

W = Words("events")

OUT_OF = re.compile(rf"\b(?:of|among)\s+(?:the\s+|these\s+|all\s+|a total of\s+)?(?P<all>{WHOLE})\s+\Z")
# "six were considered related", ", two of which were serious", "and one was judged attributable to"
_PART_FORMS = (
    rf"(?P<related>{W.part_related})",
    rf"(?P<not>{W.part_unrelated})",
    r"(?P<serious>serious)",
    rf"(?P<severity>{W.part_severe})",
)
_PART = rf"(?:of {W.part_which}\s*,?\s+)?(?:only\s+)?(?P<n>{WHOLE})(?:\s*\([^()]*\))?\s*(?:{W.part_of}\s+)?(?:{W.being}\s+)?(?:\w+ly\s+)?{W.part_considered}?\s*{W.part_as}?(?:\w+ly\s+)?(?:{'|'.join(_PART_FORMS)})\b"
PART = re.compile(rf"(?:\s+(?:{W.part_that}\s+)*{W.part_reported}\b[^,;.]{{0,40}})?\s*[,;:]?\s*{W.part_and}?{_PART}")
# "... and two were related"
NEXT = re.compile(rf"[^,;.]{{0,40}}?(?:\s*[,;]\s*(?:and\s+|but\s+)?|\s+and\s+){_PART}")
LED = re.compile(r"(?:\A|[.;:,(])\W*\Z")


def parts_told(reading: Reading) -> Iterator[Event]:
    """One event for each such part, out of the class's number."""
    for mention in reading.mentions:
        if mention.kind not in (CLASS, ORGAN) or mention.stopped:
            continue
        total = OUT_OF.search(reading.folded, max(reading.start, mention.start - 30), mention.start)
        parts = list(_parts(reading, mention))
        if not parts:
            continue
        if total is None and (parts[0]["severity"] or not re.search(r"\bof (?:which|these|them)\b", parts[0].group())):
            continue  # how severe the parts of a count are is read with the count
        if total and LED.search(reading.folded[reading.start : total.start()]):
            yield _of_all(reading, mention, total)
        for part in parts:
            yield _part(reading, mention, part, whole(part["n"]) or 0, whole(total["all"]) if total else None)


def _parts(reading: Reading, mention: Mention) -> Iterator[re.Match[str]]:
    """The parts told behind a class, one after another."""
    part = PART.match(reading.folded, mention.end, reading.end)
    while part is not None and whole(part["n"]):
        yield part
        part = NEXT.match(reading.folded, part.end(), reading.end)


def _of_all(reading: Reading, mention: Mention, total: re.Match[str]) -> Event:
    """ "Of 52 adverse events, nine ...": so many there were."""
    count = Count(*total.span("all"), "bare", whole(total["all"]), None, EVENTS)
    return Event(mention, PRESENT, count, None, None, "count_before", (reading.start, reading.end))


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
