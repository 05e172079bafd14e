"""Limits of who may take part: of age, and by which criteria a diagnosis was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.words import Words

W = Words("study")

_NUMBER = r"\d{1,3}"
_UNIT = r"(?P<unit>years?|yrs?|months?|y\b)"
_OLD = rf"(?:\s?{_UNIT}(?: (?:of age|old))?)?"
_AGE_FORMS = (
    rf"\b{W.age_aged}\b(?: {W.age_range})*[ :=(]*(?:{W.between}?(?P<a>{_NUMBER})(?: ?{W.yrs})?\s?{W.to}\s?(?P<b>{_NUMBER}){_OLD}|(?P<least>{W.age_at})\s?=?\s?(?P<c>{_NUMBER})(?:\s?{W.years})?|(?P<most>{W.age_under})\s?=?\s?(?P<d>{_NUMBER})(?:\s?{W.years})?)",
    rf"\b(?:between |from )?(?P<e>{_NUMBER})\s?{W.to}\s?(?P<f>{_NUMBER}) {W.age_years} {W.of}",
    rf"(?P<older>{W.age_older})\s?(?P<g>{_NUMBER}) (?:years|yrs)(?: {W.age_of})\b",
)
_AGE = re.compile("|".join(_AGE_FORMS))
_CRITERIA = re.compile(
    rf"{W.criteria_according} (?:the )?(?P<name>(?:(?:revised|modified|updated|\d{{4}}) )*[A-Z][\w’'./&-]*(?:[ -]{W.criteria_and}){{0,8}}? (?:diagnostic |classification |clinical |research )?[Cc]riteria)\b"
)
_OF_PEOPLE = re.compile(rf"\b{W.of_people}\b")
_OF_EVENTS = re.compile(rf"\b{W.of_events}\b")
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
