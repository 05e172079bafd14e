"""Amounts of cells as papers write them, through every channel that breaks an exponent.

``1 × 10^6 cells/kg``, ``10(6)``, ``106`` with its superscript lost, ``15±3×106``, ``2.5-7.5x10(5)``, ``4*10e8``,
``20 million``, ``100,000 cells``. An exponent that is gone for good (``1 × 10 cells``) gives no amount at all. Reads
folded text; says how much of what unit stands where, not whether anybody was given it.

>>> [(a.low, a.high, a.unit) for a in amounts("2.5-7.5x10(5) cells; 0.42 x 106 cells/kg; 100 or 200 million cells")]
[(250000.0, 750000.0, 'cells'), (420000.0, 420000.0, 'cells/kg'), (100000000.0, 100000000.0, 'cells'), \
(200000000.0, 200000000.0, 'cells')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractor import patterns as re
from extractor.quantities.numbers import NUMBER_WORDS, decimal, whole
from extractor.words import Words

W = Words("quantities")

# Nouns for what is counted: "cells" "hMSCs" "BM-MSCs" "Tregs" "lymphocytes" "astrocytes" "MNC"
CELL_NOUN = W.cell_noun
_DECIMAL = r"(?:0,\d{1,2}(?!\d)|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
# "×" folded to x, a Cyrillic х, "*", and what two wrong decodings make of it ("âÃâ", "Ã—"); "1·10^6" has a dot
_TIMES = r"\s*(?:[xх*✕]|[âã][âã\u0080-\u009f— -]{0,5}|\.(?=10\s?[\^(⁰¹²³⁴-⁹]))\s*"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# exponents that are still marked: "10^6" "10(6)" "10e6" "10⁶" "10**6" "10<sup>6</sup>"
_MARKED = (
    r"10\s?(?:\^\s?(?:[({]\s?(?P<braced>\d{1,2})\s?[)}]|(?P<caret>\d{1,2}))|\*{1,2}\s?(?P<stars>\d{1,2})|\(\s?(?:exp\s?)?\+?(?P<bracket>\d{1,2})\s?\)|"
    r"e(?:xp)?\s?\+?(?P<e>\d{1,2})(?!\d)|(?P<super>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})|<sup>\s?(?P<sup>\d{1,2})\s?</sup>)"
)
# the superscript is lost: "106" or "10 6"; fewer than 10^3 or more than 10^12 cells are no dose
_FLAT = r"10\s?(?P<flat>1[0-2]|[3-9])(?![\d]|[.,]\d)"
_POWER = rf"(?:{_MARKED}|{_FLAT})"
_UNNAMED = re.compile(r"\?P<\w+>")
_ANY_POWER = _UNNAMED.sub("?:", _POWER)
_WORDS = {"million": 1e6, "millions": 1e6, "mln": 1e6, "mio": 1e6, "billion": 1e9, "billions": 1e9, "thousand": 1e3}
_WORDS["m"] = 1e6
# what turns numbers into amounts: "x 10^6", "million", "-million", the "M" of "100M cells"
_SCALE = re.compile(
    rf"(?:{_TIMES}{_POWER}|(?<=[\da-z)])[\s-]*\(?(?P<word>{W.scale_millions})\b|(?<=\d)\s?(?P<m>m)(?=\s+(?:{CELL_NOUN})\b|-?\s?(?:group|arm|dose|cohort)))"
)
_SPREAD = r"\s*(?:±|\+/-|\+-|\(\s*(?:±|\+/-|sd:?|s\.d\.))\s*"
_JOINT = rf"(?:{_SPREAD}|\s*(?:-|~|to|,\s*and|,\s*or|and|or|,|/)\s*)"
_VALUE = rf"(?:{_DECIMAL}|{NUMBER_WORDS}|half a)"
# "10-" "100 or 200" "1, 3 and 10" "15±3": the numbers before a scale, which all share it
_NUMBERS = re.compile(rf"(?<![\w.^/:])(?P<numbers>(?>{_VALUE}(?!\d))(?:{_JOINT}(?>{_VALUE}(?!\d))){{0,6}})\)?$")
# "10^6 cells": a power without a factor needs a mark, or the unit right behind
_ALONE = re.compile(
    rf"(?<![\w.,^*+/])(?<![x*]\s)(?:{_MARKED}|{_FLAT}(?=\s?(?:[a-z0-9+]+\s)?{CELL_NOUN}\s?(?:/|per)\s?(?:kg|kilo)))"
)
# "1 106 cells/kg": the times sign is lost with the superscript
_NO_TIMES = re.compile(
    rf"(?<![\d.,^*x-])(?<!\d )(?P<factor>\d{{1,3}}(?:\.\d+)?)[\s.]{_FLAT}(?=\s+[a-z+-]*\s?(?:{CELL_NOUN})\b)"
)
# "1.5e6 cells", "2E+08 MSC"
_ENGINEER = re.compile(rf"(?<![\w.])(?P<factor>\d+(?:\.\d+)?)e\+?(?P<e>0?\d|1[0-2])(?=\s?(?:{CELL_NOUN})\b)")
# "100,000 cells", "2,000,000", "500 000 cells", "420000 cells/kg", "up to 1500000"
_PLAIN = re.compile(
    r"(?<![\w.,^*-])(?<![x*]\s)(?<!\d\s)(?P<plain>\d{1,3}(?:,\d{3})+|\d{1,3}(?:\s\d{3})*\s000|\d{5,})(?![\d%]|\.\d|,\d)"
)
_SECOND_SPREAD = re.compile(
    rf"\s*(?:±|\+/-|\+-|\(\s*(?:±|\+/-|\+-|sd\b[:,= ]*|s\.d\.[:,= ]*)?)\s*(?P<sd>{_DECIMAL})(?:{_TIMES}{_ANY_POWER}|\s*million)\s*\)?"
)
# "3.1 (range ", "5.2 (± "
_MAIN = re.compile(rf"(?<![\w.])(?P<main>{_DECIMAL})\s?\(\s?(?P<how>range|iqr|sd|s\.d\.|±|\+/-)[\s:,=of]*$")
_SAYS_SD = re.compile(r"\b(?:mean|average)\s*\(\s*(?:sd|s\.d\.|standard deviation)|±|\+/-|\bsd\b")
_RANGE = re.compile(r"-|\bto\b")
LONGEST_LIST = 70  # characters before a scale in which its numbers are looked for
SMALLEST, LARGEST = 1e3, 5e13  # fewer cells than a thousand or more than a body holds are no dose


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of cells at ``start:end`` (half-open, with its unit); ``number_end`` is where the unit begins.

    ``unit`` is None where the text names none. ``flags`` may hold ``exponent_repaired``. ``per`` is the administration
    noun of "cells per injection".
    """

    start: int
    end: int
    low: float
    high: float
    number_end: int
    sd: float | None = None
    unit: str | None = None
    per: str | None = None
    flags: tuple[str, ...] = ()


def amounts(folded: str, start: int = 0, end: int | None = None) -> list[Amount]:
    """Amounts in ``folded[start:end]``, left to right; those of one list share their span."""
    end = len(folded) if end is None else end
    found = list(_scaled(folded, start, end))
    taken = [(a.start, a.end) for a in found]
    for amount in _unscaled(folded, start, end):
        if not any(s < amount.end and amount.start < e for s, e in taken):
            found.append(amount)
            taken.append((amount.start, amount.end))
    found.sort(key=lambda a: (a.start, a.low))
    return _ranges(folded, found)


# ---------------------------------------------------------------- numbers


def exponent(match: re.Match[str]) -> tuple[float, tuple[str, ...]]:
    """The factor that a power writes, and the flag where its superscript was lost."""
    groups = match.groupdict()
    if word := groups.get("word") or groups.get("m"):
        return _WORDS[word], ()
    if flat := groups.get("flat"):
        return 10.0 ** int(flat), ("exponent_repaired",)
    digits = next(groups[k] for k in ("caret", "braced", "stars", "bracket", "e", "super", "sup") if groups.get(k))
    return 10.0 ** int(digits.translate(_SUPERSCRIPTS)), ()


def _scaled(folded: str, start: int, end: int) -> Iterator[Amount]:
    last = start
    for match in _SCALE.finditer(folded, start, end):
        if match.start() < last:
            continue
        begin = max(last, match.start() - LONGEST_LIST)
        before = _NUMBERS.search(folded[begin : match.start()].rstrip())
        if not before:
            continue
        factor, flags = exponent(match)
        first = begin + before.start()
        main = _MAIN.search(folded, begin, first)
        if main and folded[begin + before.end() - 1] == ")":
            yield _with_main(folded, end, main, before["numbers"], factor, match.end(), flags)
            last = match.end()
            continue
        sd, stop = None, match.end()
        spread = _SECOND_SPREAD.match(folded, stop)
        if spread and _SAYS_SD.search(folded, max(start, first - 40), spread.end()):
            sd, stop = (decimal(spread["sd"]) or 0.0) * _factor_in(spread.group(), factor), spread.end()
        last = stop
        ends = _BETWEEN.search(folded, max(start, first - 30), first)
        opened = first > start and folded[first - 1] == "(" and folded[begin + before.end() - 1] == ")"
        first -= opened  # "(1.5-3.0) × 10^6"
        for low, high, own_sd in _parts(before["numbers"].replace(" and ", " to ") if ends else before["numbers"]):
            yield _with_unit(
                folded,
                end,
                Amount(first, stop, low * factor, high * factor, stop, own_sd * factor if own_sd else sd, flags=flags),
            )


def _with_main(
    folded: str, end: int, main: re.Match[str], inner: str, factor: float, stop: int, flags: tuple[str, ...]
) -> Amount:
    """ "3.1 (range 1.8-5.2) × 10(6)": the figure before the bracket; a spread in it is kept, a range is not."""
    n = (decimal(main["main"]) or 0.0) * factor
    spread = value(inner) if main["how"] not in ("range", "iqr") else None
    sd = spread * factor if spread is not None else None
    return _with_unit(folded, end, Amount(main.start("main"), stop, n, n, stop, sd, flags=flags))


def _factor_in(text: str, default: float) -> float:
    found = re.search(_POWER, text)
    return exponent(found)[0] if found else default


def _parts(numbers: str) -> list[tuple[float, float, float | None]]:
    """``(low, high, sd)`` of each amount in a list that shares its scale.

    >>> _parts("10-100"), _parts("15±3"), _parts("1, 3 or 10")
    ([(10.0, 100.0, None)], [(15.0, 15.0, 3.0)], [(1.0, 1.0, None), (3.0, 3.0, None), (10.0, 10.0, None)])
    """
    spread = re.split(_SPREAD, numbers)
    if len(spread) == 2 and (n := value(spread[0])) is not None:
        return [(n, n, value(spread[1]))]
    parts = []
    for item in re.split(r"\s*(?:,\s*and\b|,\s*or\b|\band\b|\bor\b|(?<!\b0),(?!\d{3}(?!\d))|/)\s*", numbers):
        ends = [value(x) for x in re.split(r"\s*(?:-|~|\bto\b)\s*", item) if x.strip()]
        clean = [n for n in ends if n is not None]
        if clean and len(clean) == len(ends):
            parts.append((clean[0], clean[-1], None))
    return [(min(a, b), max(a, b), sd) for a, b, sd in parts]


def value(text: str) -> float | None:
    """The number that digits or words write ("half a" is 0.5)."""
    text = text.strip()
    if text == "half a":
        return 0.5
    if re.fullmatch(r"0,\d{1,2}", text):  # a decimal comma
        return float(text.replace(",", "."))
    n = decimal(text)
    return n if n is not None else (float(w) if (w := whole(text)) is not None else None)


def _unscaled(folded: str, start: int, end: int) -> Iterator[Amount]:
    for pattern in (_NO_TIMES, _ENGINEER):
        for match in pattern.finditer(folded, start, end):
            factor, flags = exponent(match)
            n = float(match["factor"]) * factor
            yield _with_unit(folded, end, Amount(match.start(), match.end(), n, n, match.end(), flags=flags))
    for match in _ALONE.finditer(folded, start, end):
        factor, flags = exponent(match)
        yield _with_unit(folded, end, Amount(match.start(), match.end(), factor, factor, match.end(), flags=flags))
    for match in _PLAIN.finditer(folded, start, end):
        n = value(match["plain"].replace(" ", "")) or 0.0
        yield _with_unit(folded, end, Amount(match.start(), match.end(), n, n, match.end()))


# ---------------------------------------------------------------- units

_PER = rf"(?:\s?/\s?|\s+per\s+(?:each\s+|single\s+)?|[\s.](?=kg-1|kg\^-1|ml-1))(?:(?P<kg>{W.per_kg})|(?P<m2>m2|m\^2|m²|square met\w+)|(?P<volume>\d+(?:\.\d+)?\s?(?:ml|cc)\b)|(?P<ml>{W.per_ml})\b|(?P<not>{W.per_ul})|(?P<time>(?:\w+\s){{0,2}}?{W.per_injection}\b))"
# what may stand between a number and its unit: up to seven words of a product's name
_UNIT = re.compile(
    rf"\s?(?P<aside>\([^()]{{1,25}}(?:\(\d\))?\)\s)?(?:of\s+)?(?P<phrase>(?:(?!{W.unit_patients}\b)[^\s.,;:()<>=%]+(?:\s?\([^)]{{1,12}}\))?\s+){{0,7}}?(?P<noun>{CELL_NOUN})\b(?:\s?\((?!\w*\s*[=<>]|\s*\d)[^)]{{1,25}}\))?(?:'s)?\)?)(?P<per>{_PER})?"
)
_ONLY_PER = re.compile(rf"(?P<per>{_PER})")
# "autologous cells / kg their weight": the unit after the product's name, some words later
_LATE_PER = re.compile(rf"(?:\s+(?!{W.late_per_and})[a-z0-9'()+-]+){{1,4}}?(?P<per>{_PER})")
# other things that come in powers of ten
_OTHER = re.compile(rf"\s*{W.other}")


def other_unit(folded: str, amount: Amount) -> bool:
    """Whether something other than cells is counted: ``2 × 105 IU/m2``, ``10^9/L``."""
    return bool(_OTHER.match(folded, amount.number_end))


def _with_unit(folded: str, end: int, amount: Amount) -> Amount:
    if other_unit(folded, amount):
        return replace(amount, unit="other")
    per = _ONLY_PER.match(folded, amount.number_end, end)
    phrase = None if per else _UNIT.match(folded, amount.number_end, end)
    if not phrase:
        return _divided(amount, per) if per else amount
    again = phrase["aside"] and _SCALE.search(phrase["aside"])  # "20 million (2 x 10^7) MSCs": two quotes, not one
    end_of_quote = amount.number_end if again else _balanced(folded, amount.start, phrase.end())
    found = replace(amount, end=end_of_quote, unit="cells")
    if phrase["per"]:
        return _divided(found, phrase)
    late = _LATE_PER.match(folded, phrase.end(), end)
    return _divided(found, late) if late else found


def _balanced(folded: str, start: int, end: int) -> int:
    """`end` without a closing bracket that was opened before `start`."""
    return end - 1 if folded[end - 1] == ")" and folded.count(")", start, end) > folded.count("(", start, end) else end


def _divided(amount: Amount, match: re.Match[str]) -> Amount:
    """The amount with what it is divided by: a body's weight, a volume, or an administration."""
    if match["not"]:
        return replace(amount, end=match.end("per"), unit="other")
    end = match.end("per")
    if match["kg"]:
        again = _ALSO_PER.match(match.string, end)
        if again and again["time"]:
            return replace(amount, end=again.end(), unit="cells/kg", per=again["time"].split()[-1])
        return replace(amount, end=end, unit="cells/kg")
    if match["m2"]:
        return replace(amount, end=end, unit="cells/m2")
    if match["ml"]:
        return replace(amount, end=end, unit="cells/ml")
    if match["time"]:
        return replace(amount, end=end, unit=amount.unit, per=match["time"].split()[-1])
    return replace(amount, end=end, unit="cells")  # "10^8 cells/3 ml": so many cells, in that volume


# ---------------------------------------------------------------- ranges

# between the members of a list: ", ", " and ", " (low dose) or ", " versus "
_LISTED = re.compile(rf"\s*(?:\([^()]{{0,30}}\)\s*)?{W.listed_and}\s*(?:approximately\s+)?")
_INSIDE = re.compile(r"\s*\(\s?(?:range|iqr)?[\s:,=]*")
# between the ends of a range: " to ", "-", " (single dose) to "
_TO = re.compile(r"\s*(?:\([^()]{0,40}\)\s*)?(?:to|-|through)\s*(?:a maximum of\s*)?$")
_AND = re.compile(r"\s*(?:\([^()]{0,40}\)\s*)?and\s*$")
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:approximately\s+|about\s+)?$")
_ALSO_PER = re.compile(rf"{_PER}")


def _ranges(folded: str, found: list[Amount]) -> list[Amount]:
    """Joins "from A to B" of two amounts into one range, and hands a unit back along a list."""
    joined: list[Amount] = []
    for amount in found:
        last = joined[-1] if joined else None
        if last and last.start < amount.start and last.low == last.high and _spans(folded, last, amount):
            joined[-1] = replace(
                last,
                end=amount.end,
                high=max(last.high, amount.high),
                low=min(last.low, amount.low),
                number_end=amount.number_end,
                unit=amount.unit if amount.unit and last.unit in (None, "cells") else last.unit,
                per=amount.per or last.per,
                flags=tuple(dict.fromkeys([*last.flags, *amount.flags])),
            )
        else:
            joined.append(amount)
    return _shared_unit(folded, joined)


def _shared_unit(folded: str, found: list[Amount]) -> list[Amount]:
    """In "1 × 10^6, 3 × 10^6 and 10 × 10^6 cells/kg" the unit behind the last is that of all."""
    done: list[Amount] = []
    for place, amount in enumerate(found[1:], 1):  # "24 × 10^6 (range 13-51 × 10^6) cells": that in brackets too
        before = found[place - 1]
        if before.unit and not amount.unit and _INSIDE.fullmatch(folded, before.number_end, amount.start):
            found[place] = replace(amount, unit=before.unit, per=before.per)
    for amount in reversed(found):
        after = done[-1] if done else None
        if after and after.unit and not amount.unit and _LISTED.fullmatch(folded, amount.end, after.start):
            amount = replace(amount, unit=after.unit, per=after.per)
        done.append(amount)
    return done[::-1]


def _spans(folded: str, a: Amount, b: Amount) -> bool:
    gap = folded[a.end : b.start]
    if b.low != b.high or b.low <= a.high or len(gap) > 60:
        return False
    return bool(_TO.match(gap) or (_AND.match(gap) and _BETWEEN.search(folded[max(0, a.start - 30) : a.start])))
