"""Parts of an outcome's name: when it is looked at, and by which scale."""

from __future__ import annotations

from extractor import patterns as re
from extractor.quantities.numbers import NUMBER_WORDS
from extractor.study.scales import scales

_UNIT = r"(?:minutes?|hours?|days?|weeks?|months?|years?)"
TIME = re.compile(
    rf"\b(?:at|after|over|within|during|by|through|up to|for|until)\s(?:the )?(?:first |a |an )?(?P<time>(?:(?>\d+(?:\.\d+)?|{NUMBER_WORDS})(?:,? ?(?:-|to|and|,|or) ?(?>\d+(?:\.\d+)?|{NUMBER_WORDS}))*+[ -]{_UNIT}|(?:week|month|day|year)s? \d+(?:(?:,? and |, ?| ?- ?| to )\d+)*))\b"
)
LATER = re.compile(rf"\b(?P<time>(?:\d+|{NUMBER_WORDS})[ -]{_UNIT}) (?:after|post|following|from)\b")


def time_in(name: str, folded: str) -> str | None:
    """The words of a time point in an outcome's name.

    >>> time_in("Change of FVC at 6 months", "change of fvc at 6 months")
    '6 months'
    """
    match = TIME.search(folded) or LATER.search(folded)
    return name[slice(*match.span("time"))] if match else None


def scale_in(folded: str) -> str | None:
    """The first known scale in an outcome's name."""
    found = next(scales(folded, 0, len(folded)), None)
    return found.term.name if found else None
