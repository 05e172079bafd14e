"""Dates of a trial as texts write them: "from March 2011 to May 2013", "between 3 June and 9 August 2014"."""

from __future__ import annotations

from dataclasses import dataclass

from extractor import patterns as re

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
_NUMBER = {name[:3]: place for place, name in enumerate(MONTHS, 1)}
_MONTH = rf"(?:{'|'.join(MONTHS)}|{'|'.join(name[:3] for name in MONTHS)}|sept)\b\.?"
_YEAR = r"(?:19|20)\d\d"
_ORDINAL = r"(?:st|nd|rd|th)?"


def _date(name: str) -> str:
    day_first = rf"(?P<{name}_day>\d{{1,2}}){_ORDINAL}(?: of)? "
    day_last = rf"(?: (?P<{name}_late>\d{{1,2}}){_ORDINAL}(?=,| ))?"
    month = rf"(?:{day_first})?(?P<{name}_month>{_MONTH}){day_last}(?:,? (?:of )?(?P<{name}_year>{_YEAR})(?!\d))?"
    return rf"(?:the )?(?:{month}|(?P<{name}_alone>{_YEAR})(?!\d))"


PERIOD = re.compile(
    rf"\b(?:between|from|during|in)\s(?:the (?:period|years?)(?: of| between| from)?\s)?{_date('a')}"
    rf"(?:\s?-\s?|\s(?:and|to|until|till|through)\s(?:the end of )?){_date('b')}"
)
SINCE = re.compile(rf"\b(?:in|on|since|from)\s{_date('a')}")


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, month or year, as ISO dates of as many parts as were said; ``start:end`` is where."""

    first: str
    last: str | None
    start: int
    end: int


def period(folded: str, start: int, end: int) -> Period | None:
    """The first period in ``folded[start:end]``; None where there is none, or where it runs backwards."""
    for match in PERIOD.finditer(folded, start, end):
        last = _iso(match, "b", None)
        first = _iso(match, "a", last[:4]) if last else None
        if first and last and first[: len(last)] <= last:
            return Period(first, last, match.start(), match.end())
    return None


def since(folded: str, start: int, end: int) -> Period | None:
    """The first date of ``folded[start:end]`` with a year."""
    for match in SINCE.finditer(folded, start, end):
        if first := _iso(match, "a", None):
            return Period(first, None, match.start(), match.end())
    return None


def _iso(match: re.Match[str], name: str, year: str | None) -> str | None:
    if alone := match[f"{name}_alone"]:
        return alone
    year = match[f"{name}_year"] or year
    month = _NUMBER[match[f"{name}_month"][:3]]
    day = match[f"{name}_day"] or match[f"{name}_late"]
    return None if year is None else f"{year}-{month:02}" + (f"-{int(day):02}" if day else "")
