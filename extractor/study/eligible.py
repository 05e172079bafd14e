"""Limits of who may take part: of age, and by which criteria a diagnosis was made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"\d{1,3}"
_UNIT = r"(?P<unit>years?|yrs?|months?|y\b)"
_OLD = rf"(?:\s?{_UNIT}(?: (?:of age|old))?)?"
_AGE = re.compile(
    rf"\b(?:aged?|ages)\b(?: (?:range\w*|limits?|was|is|of|had to be))*[ :=(]*(?:"
    rf"(?:between |from )?(?P<a>{_NUMBER})(?: ?(?:years?|yrs?))?\s?(?:-|to|and)\s?(?P<b>{_NUMBER}){_OLD}"
    rf"|(?P<least>>=?|at least|over|above|older than|more than|greater than)\s?=?\s?(?P<c>{_NUMBER})(?:\s?(?:years?|yrs?|months?))?"
    rf"|(?P<most><=?|at most|under|below|younger than|less than|up to)\s?=?\s?(?P<d>{_NUMBER})(?:\s?(?:years?|yrs?|months?))?)"
    rf"|\b(?:between |from )?(?P<e>{_NUMBER})\s?(?:-|to|and)\s?(?P<f>{_NUMBER}) (?:years|yrs) (?:of age|old)"
    rf"|(?P<older>>=?|at least|older than|over)\s?(?P<g>{_NUMBER}) (?:years|yrs)(?: (?:of age|old|or older))\b"
)
_CRITERIA = re.compile(
    r"(?:according to|based on|by|fulfil\w*|me(?:t|eting|et)|defined by|satisf\w+|under|using) (?:the )?(?P<name>(?:(?:revised|modified|updated|\d{4}) )*[A-Z][\w’'./&-]*(?:[ -](?:[A-Z][\w’'./&-]*|\d{4}|and|of|for|the|revised|diagnostic|clinical|classification|in)){0,8}? (?:diagnostic |classification |clinical |research )?[Cc]riteria)\b"
)
_OF_PEOPLE = re.compile(
    r"\b(?:diagnos\w*|eligib\w*|inclu\w*|enrol\w*|recruit\w*|patients? with|patients? who|participants? with|fulfil\w*|defined)\b"
)
_OF_EVENTS = re.compile(
    r"\b(?:terminology|toxicity|response|recist|adverse|grad(?:e|ed|ing)|success|remission|bleeding|stopping|exclusion)\b"
)
_ELIGIBLE_AGES = (0, 120)


@dataclass(frozen=True, slots=True)
class Limited:
    """A limit as said at ``start:end``; ``text`` is what is limited."""

    kind: str
    text: str
    low: float | None
    high: float | None
    unit: str | None
    start: int
    end: int


def age_limits(folded: str, start: int, end: int) -> Iterator[Limited]:
    """The first limit of age in ``folded[start:end]``."""
    for match in _AGE.finditer(folded, start, end):
        low, high = (_first(match, names) for names in ("aceg", "bdf"))
        within = all(x is None or _ELIGIBLE_AGES[0] <= x <= _ELIGIBLE_AGES[1] for x in (low, high))
        if within and (low is None or high is None or low < high):
            unit = "months" if "month" in match.group() else "years"
            yield Limited("age", "age", low, high, unit, *match.span())
            return


def _first(match: re.Match[str], names: str) -> int | None:
    return next((int(match[name]) for name in names if match[name]), None)


def diagnosis(cased: str, text: str, start: int, end: int) -> Iterator[Limited]:
    """Named criteria of a diagnosis: "according to the revised El Escorial criteria"."""
    for match in _CRITERIA.finditer(cased, start, end):
        place = match.span("name")
        said, before = cased[start:end].lower(), cased[start : place[1]].lower()
        if _OF_PEOPLE.search(said) and not _OF_EVENTS.search(before):
            yield Limited("diagnosis", text[slice(*place)], None, None, None, *place)
