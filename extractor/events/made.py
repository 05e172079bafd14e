"""An event made of a mention: with grade, severity, seriousness and relatedness, its own or those of its class."""

from __future__ import annotations

from extractor.events import attributes
from extractor.events.event import Event
from extractor.events.lists import class_of
from extractor.events.mentions import NAMED, OPEN, Mention
from extractor.events.sentence import Reading
from extractor.quantities.counts import Count


def event(
    reading: Reading,
    mention: Mention,
    assertion: str,
    count: Count | None,
    arm: tuple[int, int] | None,
    how: str,
    last: int,
) -> Event:
    """The event with its attributes; what is said of a class of events holds for its members."""
    folded, start = reading.folded, reading.start
    above = class_of(reading, mention, reading.mentions) if mention.kind in (NAMED, OPEN) else None
    grade = attributes.grade(folded, start, mention)
    is_serious = attributes.serious(folded, mention)
    is_related = attributes.related(folded, start, mention, last, denied=False)
    if above is not None:  # "grade 3 adverse events were fever": what is said of the class holds for its members
        grade = grade or attributes.grade_in(folded, above)
        is_serious = is_serious if is_serious is not None else attributes.serious(folded, above)
        is_related = (
            is_related if is_related is not None else attributes.related(folded, start, above, above.end, denied=False)
        )
    severity = attributes.severity(folded, start, mention, last)
    if count is not None:  # "66 [17%] were grade 3", "of moderate severity (in 20%)"
        grade = attributes.grade_of_count(folded, count) or grade
        severity = attributes.severity_of_count(folded, count) or severity
    return Event(
        mention,
        assertion,
        count,
        arm,
        None,
        how,
        (start, reading.end),
        severity,
        grade,
        is_serious,
        is_related,
        reading.concluded,
    )
