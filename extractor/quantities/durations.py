"""Lengths and points of time as abstracts write them: ``six to 12 months``, ``3- and 6-month``, ``week 104``, ``12months``.

Finds numbers with a unit of time, and nothing about what they mean: a follow-up, an interval and an age look alike here.

>>> [(d.low, d.high, d.unit) for d in durations("at 1, 3 and 18 months; followed up for six to 12 weeks; by week 104")]
[(18.0, 18.0, 'months'), (6.0, 12.0, 'weeks'), (104.0, 104.0, 'weeks')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.quantities.numbers import NUMBER_WORDS, decimal, whole
from extractor.text import remembered
from extractor.words import Words

W = Words("quantities")

UNITS = ("hours", "days", "weeks", "months", "years")
_FIRST = {"h": "hours", "d": "days", "w": "weeks", "m": "months", "y": "years"}
DAYS = {"hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
LATEST_YEAR = 40  # "year 2" is a point of a trial, "year 2013" a date
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_ORDINALS |= {"ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12}
# "months" "wk" "hrs" "24 h": found first, its number is looked for on both sides
_UNIT = re.compile(rf"(?<![a-z]){W.unit_hours}(?![a-z])")
_NUMBER = rf"(?:\d+(?:\.\d+)?(?:\s?1/2)?|{NUMBER_WORDS}(?:\s+and\s+a\s+half)?|half\s+an?|an?)"
_BETWEEN = r"\s*+(?:-\s*+)?(?:(?:,\s*+)?(?:and|or|&|to|through|until|vs\.?|versus|,|-|/|\+/-|\+-|±|\(±))\s*+(?:-\s*+)?"
# "1, 3, 6, 12 and 18 " "3- and 6-" "6-18 " "12 ± 3 " "six to 12 ": what stands before the unit
_BEFORE = re.compile(
    rf"(?<![\w.,])(?<!\d/)(?P<numbers>(?>{_NUMBER})(?:{_BETWEEN}(?>{_NUMBER})){{0,9}})(?:\s{W.before_consecutive})?[\s-]*$"
)
# "17 (range 1-39) " "12 (± 3) ": a spread stands between number and unit
_SPREAD_BETWEEN = re.compile(
    rf"(?<![\w.,])(?P<numbers>{_NUMBER})\s?[(\[]\s?(?:{W.spread_between_range}[^()\[\]]{{0,35}}|\d+(?:\.\d+)?\s?(?:-|to)\s?\d+(?:\.\d+)?)[)\]][\s-]*$"
)
# "week 104" "days 14 and 28" "day +28" "month 6": what stands after the unit
_AFTER = re.compile(
    rf"\s+\+?(?P<numbers>\d{{1,4}}(?:\.\d+)?(?:\s*{W.after_and}\s*(?:day |week |month |year )?\+?\d{{1,4}}(?![\d%.]*%))*)(?!\d|:\d|/|%)"
)
# "the 6th month" "third week"
_ORDINAL = re.compile(
    rf"\b(?:(?:\d{{1,3}}(?:st|nd|rd|th)(?:\s?,)?\s?(?:and\s|or\s|to\s)?(?:the\s)?)*(?P<digits>\d{{1,3}})(?:st|nd|rd|th)|(?P<word>{'|'.join(_ORDINALS)}))[\s-]+$"
)
_SPLIT = re.compile(
    r"\s*(?:,|\band\b(?!\s+a\s+half)|\bor\b|\bvs\.?(?=\s)|\bversus\b|&|\bto\b|\bthrough\b|\buntil\b|\+/-|\+-|±|(?<=\d)-|-(?=\s*\d)|/(?!2\b))[\s-]*"
)
_RANGED = re.compile(W.ranged)
_SPREAD = re.compile(r"±|\+/-|\+-")
_BETWEEN_WORD = re.compile(r"\bbetween\s+$")
WINDOW = 80  # characters before a unit in which its numbers are looked for


@dataclass(frozen=True, slots=True)
class Duration:
    """A length or point of time.

    ``start:end`` are half-open offsets. ``values`` are all numbers said ("1, 3 and 18 months"); ``low`` and ``high`` the
    ends of a range, else both the largest. ``kind`` is ``length`` ("6 months"), ``adjective`` ("6-month"), ``point``
    ("week 104") or ``ordinal`` ("sixth month").
    """

    start: int
    end: int
    values: tuple[float, ...]
    ranged: bool
    unit: str
    kind: str

    @property
    def low(self) -> float:
        return min(self.values) if self.ranged else max(self.values)

    @property
    def high(self) -> float:
        return max(self.values)

    @property
    def days(self) -> float:
        """The upper end in days."""
        return self.high * DAYS[self.unit]


@remembered
def durations(folded: str, start: int = 0, end: int | None = None) -> Iterator[Duration]:
    """Durations in ``folded[start:end]``, left to right; `folded` comes from :func:`extractor.text.fold`."""
    last = start
    for match in _UNIT.finditer(folded, start, len(folded) if end is None else end):
        if match.start() < last:
            continue
        found = _at(folded, match, last)
        if found:
            found = _with_months(folded, found)
            last = found.end
            yield found


# "3 years and 2 months": one length
_AND_MONTHS = re.compile(
    r",?\s(?:and\s)?(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven)\smonths?\b"
)


def _with_months(folded: str, found: Duration) -> Duration:
    if found.unit != "years" or found.kind != "length" or len(found.values) > 1:
        return found
    more = _AND_MONTHS.match(folded, found.end)
    months = whole(more["n"]) if more else None
    if more is None or months is None or months > 11:
        return found
    return Duration(found.start, more.end(), (12 * found.values[0] + months,), False, "months", "length")


def _at(folded: str, match: re.Match[str], first: int) -> Duration | None:
    unit = _FIRST[match.group()[0]]
    begin = max(first, match.start() - WINDOW)
    window = folded[begin : match.start()]
    before = _BEFORE.search(window) or _SPREAD_BETWEEN.search(window)
    if before:
        return _length(folded, match, before, begin, unit)
    ordinal = _ORDINAL.search(window)
    if ordinal:
        n = float(ordinal["digits"] or _ORDINALS[ordinal["word"]])
        return Duration(begin + ordinal.start(), match.end(), (n,), False, unit, "ordinal")
    after = _AFTER.match(folded, match.end())
    if after and len(match.group()) > 2:
        numbers = re.sub(r"\b(?:day|week|month|year) ", "", after["numbers"])
        values = numbers_of(numbers.replace("+", ""))
        if values and not (unit == "years" and max(values) > LATEST_YEAR):
            return Duration(match.start(), after.end(), values, bool(_RANGED.search(numbers)), unit, "point")
    return None


def _length(folded: str, match: re.Match[str], before: re.Match[str], begin: int, unit: str) -> Duration | None:
    numbers = before["numbers"]
    values = numbers_of(numbers)
    if not values:
        return None
    first = begin + before.start("numbers") + (2 if re.match(r"a (?=\w)", numbers) else 0)
    ranged = bool(_RANGED.search(numbers)) and len(values) == 2
    if _SPREAD.search(numbers):
        values, ranged = values[:1], False
    elif len(values) == 2 and _BETWEEN_WORD.search(folded, max(0, first - 12), first):
        ranged = True
    plural = match.group().endswith("s")
    kind = "adjective" if folded[match.start() - 1] == "-" and not plural else "length"
    return Duration(first, match.end(), values, ranged, unit, kind)


def numbers_of(text: str) -> tuple[float, ...]:
    """The numbers of a list or range; empty where a piece is no number.

    >>> numbers_of("3- and 6"), numbers_of("six to 12"), numbers_of("one and a half")
    ((3.0, 6.0), (6.0, 12.0), (1.5,))
    """
    found = [_number(piece) for piece in _SPLIT.split(text) if piece.strip(" -(")]
    return tuple(n for n in found if n is not None) if None not in found else ()


def _number(piece: str) -> float | None:
    piece = piece.strip(" -(")
    if piece in ("a", "an"):
        return 1.0
    if piece.startswith("half"):
        return 0.5
    if piece.endswith("and a half"):
        n = whole(piece.removesuffix("and a half"))
        return None if n is None else n + 0.5
    if piece.endswith("1/2"):
        n = whole(piece.removesuffix("1/2"))
        return None if n is None else n + 0.5
    n = whole(piece)
    return float(n) if n is not None else decimal(piece)
