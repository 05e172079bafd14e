"""How often, and how far apart: ``every 3 months``, ``two doses 4 weeks apart``, ``at monthly intervals``, ``twice a week``.

Finds intervals and repeats in folded text; what is repeated, a product or a visit, the reader must judge.

>>> [(i.low, i.unit) for i in intervals("injected monthly; at 2-month intervals; once a week; every other week")]
[(1.0, 'months'), (2.0, 'months'), (1.0, 'weeks'), (2.0, 'weeks')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.quantities.durations import DAYS, Duration, durations, numbers_of
from extractor.words import Words

W = Words("quantities")

_ADVERBS: dict[str, tuple[float, str]] = {
    "daily": (1, "days"),
    "weekly": (1, "weeks"),
    "biweekly": (2, "weeks"),
    "bi-weekly": (2, "weeks"),
    "fortnightly": (2, "weeks"),
    "monthly": (1, "months"),
    "bimonthly": (2, "months"),
    "bi-monthly": (2, "months"),
    "quarterly": (3, "months"),
    "yearly": (1, "years"),
    "annually": (1, "years"),
}
_UNIT = rf"(?P<unit>{W.unit_day})s?"
_N = rf"(?P<n>{W.n_to})"
# "every 3 months" "every other week" "every 2 to 3 weeks" "each month"
_EVERY = re.compile(
    rf"\b(?:every|each)\s+(?:(?P<other>other|second)\s+|{_N}[\s-]+)?{_UNIT}\b|\bq(?P<q>\d{{1,2}})(?P<qu>[dwm])\b"
)
# "once a month" "once monthly" "once per week" "one injection per month" ("twice a week" is no interval of whole days)
_ONCE = re.compile(rf"\b(?:once|(?:one|1)(?:\s+\w+)?)\s+{W.an}\s+{_UNIT}\b")
# "one every fortnight"; "on consecutive days", "on alternate days"
_FORTNIGHT = re.compile(r"\b(?:every|each|(?:once |one )an?) fortnight\b")
_RUNNING = re.compile(r"\bon (?P<how>consecutive|successive|alternate|subsequent) (?P<unit>day|week|month)s\b")
_ADVERB = re.compile(
    rf"(?<!twice )(?<!thrice )(?<!times )(?<![\w-])(?:(?P<n>{W.adverb_two})-)?(?P<adverb>{'|'.join(sorted(_ADVERBS, key=len, reverse=True))})\b"
)
_APART = re.compile(rf"\s*{W.apart}")
_SEPARATED = re.compile(rf"{W.separated_intervals}\s*{W.separated_at}?\s*(?:intervals? of\s*)?$")
# "for 4 weeks" "for each of 4 consecutive weeks" "over 6 months": how long a schedule runs
_FOR = re.compile(r"\b(?:for|over|during)\s+(?:a (?:total|period) of\s+|each of\s+|up to\s+)?(?:the\s+)?$")
_PER_TIME = re.compile(rf"\b(?P<count>{W.per_time_once})\s*{W.per_time_an}?\s*(?P<unit>{W.per_time_day})")
# "weekly x 4", "monthly × 3": the number is said
_TIMES = re.compile(r"\b(?:weekly|monthly|fortnightly|daily)\s?x\s?(?P<count>\d{1,2})\b(?![.,]\d)")
_COUNTS = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "two times": 2,
    "2 times": 2,
    "2x": 2,
    "three times": 3,
    "3 times": 3,
    "3x": 3,
}


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time between two administrations, at ``start:end``."""

    start: int
    end: int
    low: float
    high: float
    unit: str

    def to_dict(self) -> dict[str, object]:
        return {"low": self.low, "high": self.high, "unit": self.unit}


def intervals(folded: str, start: int = 0, end: int | None = None) -> list[Interval]:
    """Intervals in ``folded[start:end]``, left to right."""
    end = len(folded) if end is None else end
    found = [*_named(folded, start, end), *_measured(folded, start, end)]
    return sorted(found, key=lambda i: i.start)


def _named(folded: str, start: int, end: int) -> Iterator[Interval]:
    for match in _EVERY.finditer(folded, start, end):
        if match["q"]:
            unit = {"d": "days", "w": "weeks", "m": "months"}[match["qu"]]
            yield Interval(*match.span(), float(match["q"]), float(match["q"]), unit)
            continue
        numbers = (2.0,) if match["other"] else numbers_of(match["n"] or "one")
        if numbers:
            yield Interval(*match.span(), min(numbers), max(numbers), match["unit"] + "s")
    for match in _ONCE.finditer(folded, start, end):
        yield Interval(*match.span(), 1.0, 1.0, match["unit"] + "s")
    for match in _FORTNIGHT.finditer(folded, start, end):
        yield Interval(*match.span(), 2.0, 2.0, "weeks")
    for match in _RUNNING.finditer(folded, start, end):
        step = 2.0 if match["how"] == "alternate" else 1.0
        yield Interval(*match.span(), step, step, match["unit"] + "s")
    for match in _ADVERB.finditer(folded, start, end):
        size, unit = _ADVERBS[match["adverb"]]
        n = size * (numbers_of(match["n"]) or (1.0,))[0] if match["n"] else float(size)
        yield Interval(*match.span(), n, n, unit)


def _measured(folded: str, start: int, end: int) -> Iterator[Interval]:
    for length in durations(folded, start, end):
        if length.kind in ("point", "ordinal"):
            continue
        apart = _APART.match(folded, length.end, end)
        before = _SEPARATED.search(folded, max(start, length.start - 70), length.start)
        if apart or before:
            first = before.start() if before else length.start
            last = apart.end() if apart else length.end
            yield Interval(first, last, length.low, length.high, length.unit)


@dataclass(frozen=True, slots=True)
class Course:
    """A frequency with its length, "twice a week for 4 weeks": so many administrations, by arithmetic."""

    start: int
    end: int
    count: int


def courses(folded: str, start: int = 0, end: int | None = None) -> Iterator[Course]:
    """Schedules whose number of administrations follows from frequency and length."""
    end = len(folded) if end is None else end
    for match in _TIMES.finditer(folded, start, end):
        yield Course(*match.span(), int(match["count"]))
    lengths = [d for d in durations(folded, start, end) if _FOR.search(folded, max(start, d.start - 30), d.start)]
    for first, last, per_day in _frequencies(folded, start, end):
        length = next((d for d in lengths if last <= d.start <= last + 90), None)
        if length is None or length.kind == "point":
            continue
        count = round(_days(length) * per_day)
        if 2 <= count <= 60 and abs(count - _days(length) * per_day) < 0.35:
            yield Course(first, length.end, count)


def _frequencies(folded: str, start: int, end: int) -> Iterator[tuple[int, int, float]]:
    repeated = list(_PER_TIME.finditer(folded, start, end))
    for match in repeated:
        unit = match["unit"].replace("daily", "day").removesuffix("ly") + "s"
        yield match.start(), match.end(), _COUNTS[match["count"]] / DAYS[unit]
    for item in intervals(folded, start, end):
        if item.low == item.high and not any(m.start() <= item.start < m.end() for m in repeated):
            yield item.start, item.end, 1 / (item.low * DAYS[item.unit])


def _days(length: Duration) -> float:
    return length.high * DAYS[length.unit]
