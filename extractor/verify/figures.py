"""Does a number of a trial follow: people, sexes, ages, arms, doses, lengths of time, administrations, deaths?"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from extractor.verify.binding import binds, groups
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Cell, Place
from extractor.verify.numbers import COUNT, DENOMINATOR, PERCENT, TIME, Said, as_number, close
from extractor.verify.numbers import PEOPLE as SOMEONE
from extractor.verify.reading import Found, Reading
from extractor.verify.verdict import Verdict
from extractor.verify.words import same_arm
from extractor.words import Words

W = Words("verify")

KEYS = {
    "participants": ("n",),
    "sex": ("female", "male"),
    "age": ("mean", "sd", "median", "low", "high"),
    "arm": ("n",),
    "dose": ("low", "high", "sd"),
    "follow_up": ("low", "high"),
    "administrations": ("low", "high"),
    "deaths": ("n",),
}
PEOPLE = ("participants", "sex", "arm", "deaths")
DAYS = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
# what must stand in the sentence for a number to be of this kind, where our own readers do not say so
CUES = {
    "participants": re.compile(rf"\b{W.cues}\b"),
    "sex": re.compile(rf"\b{W.cues_female}s?\b|\b\d+\s*[fm]\b"),
    "age": re.compile(W.figures_cues),
    "arm": re.compile(rf"\b{W.cues_group}"),
    "dose": re.compile(W.cues_cells),
    "follow_up": re.compile(W.cues_follow),
    "administrations": re.compile(rf"\b{W.cues_inject}\b"),
}  # fmt: skip
PER_KG = re.compile(W.per_kg)
PER_ML = re.compile(r"/\s*(?:ml|cc)\b|\bper\s*(?:ml|cc|millilit)|ml\s*[-⁻]\s*[1¹]")
BELOW = re.compile(rf"{W.below_up}\s*(?:=\s*)?(?:age\s+)?\Z")
ABOVE = re.compile(rf"{W.above_over}\s*(?:=\s*)?(?:age\s+)?\Z")
FIRST_YEAR = 1900  # a number from here on may be a year
NEAR_POWER = 60  # characters between a number and the power that it shares
OWN_KIND = frozenset({"review", "meta-analysis", "animal", "in-vitro"})


def check(reading: Reading, cell: Cell, span: Place, quote: Place | None) -> Verdict:
    """One claim of a figure against one stretch of sentences."""
    claimed = {k: n for k in KEYS[cell.field] if (n := as_number(cell.value.get(k))) is not None}
    if cell.field == "sex" and any(claimed.values()):
        claimed = {k: n for k, n in claimed.items() if n}  # "eight men": the zero of the other sex goes without saying
    if not claimed:
        return Verdict(NOT_DERIVABLE, (), None, "no_figure")
    if any(n < 0 for n in claimed.values()):
        return Verdict(CONTRADICTS, ("sign",), _any_number(reading, quote or span), "negative")
    ours = [f for f in reading.of_field(cell.field) if f.near(span)]
    said = reading.numbers(span)
    inside = [s for s in said if quote and quote.start <= s.start < quote.end]
    own = [s for s in inside if eligible(reading, cell.field, s)]  # the quote has a number of its own
    if quote and own:
        ours = [f for f in ours if f.near(quote)]
    if agreeing := [f for f in ours if agrees(f.fact.field, f.fact.value, cell.value) and _same_arm(f, cell)]:
        return _own(reading, agreeing)
    verdict = _numbers(reading, cell, claimed, inside or said, ours)
    if verdict.reasons == ("number",) and inside and not own:
        wider = _numbers(reading, cell, claimed, said, ours)
        verdict = wider if wider.value != CONTRADICTS else verdict
    if verdict.how == "no_number" and verdict.value == NOT_DERIVABLE and (other := _lone(cell, claimed, inside)):
        return Verdict(CONTRADICTS, ("number",), other, "lone", tuple(ours))
    if verdict.value == CONTRADICTS and (far := [f for f in reading.of_field(cell.field) if _far_agrees(f, cell)]):
        return Verdict(NOT_DERIVABLE, (), verdict.at, "elsewhere", tuple(far))  # it stands in the text, but not there
    return verdict


def _lone(cell: Cell, claimed: Mapping[str, float], inside: Sequence[Said]) -> Place | None:
    """The only number of a quote, where it is no form of the number claimed: "(median = 12)", "a two-year-old girl"."""
    own = [s for s in inside if s.kind == COUNT]
    if len(own) != 1 or own[0].value >= FIRST_YEAR or any(close(own[0].value, n) for n in claimed.values()):
        return None
    if cell.field == "participants":
        return Place(own[0].start, own[0].end) if own[0].weak and own[0].value == 1 else None
    if cell.field not in ("age", "follow_up") or own[0].weak or len(inside) != 1:
        return None
    unit = str(cell.value.get("unit") or "years")
    forms = any(same_time(own[0].value, other, n, unit) for other in DAYS for n in claimed.values())
    return None if forms else Place(own[0].start, own[0].end)


def eligible(reading: Reading, field: str, one: Said) -> bool:
    """Whether a number is of the kind that the field has."""
    if one.weak:
        return False
    if field == "follow_up":
        return one.kind == TIME
    if field == "dose":
        return one.mantissa is not None or one.value >= 1e4
    if field == "age":
        return one.kind == TIME and one.unit == "years"
    return field in PEOPLE and one.kind == COUNT and COUNTED.match(reading.folded[one.end : one.end + 60]) is not None


def _far_agrees(found: Found, cell: Cell) -> bool:
    return found.fact.primary and agrees(cell.field, found.fact.value, cell.value)


def _own(reading: Reading, facts: Sequence[Found]) -> Verdict:
    """Our readers agree; where they hold the figure to be another study's, it is not this trial's."""
    at = facts[0].places[0] if facts[0].places else None
    if any(f.fact.primary for f in facts):
        return Verdict(FOLLOWS, (), at, "read", tuple(facts))
    kinds = {f.value.get("name") for f in reading.record.facts if f.field == "report_kind"}
    if kinds & OWN_KIND:
        return Verdict(CONTRADICTS, ("other_study",), at, "other_study", tuple(facts))
    return Verdict(NOT_DERIVABLE, (), at, "not_own", tuple(facts))


def _same_arm(found: Found, cell: Cell) -> bool:
    name = cell.value.get("name") if cell.field == "arm" else None
    return not name or same_arm(str(found.fact.value.get("name") or ""), str(name))


def agrees(field: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether our value says all numbers of theirs, in the same unit."""
    for key in KEYS[field]:
        wanted, mine = as_number(theirs.get(key)), as_number(ours.get(key))
        if wanted is None:
            continue
        if mine is None or not _equal(field, mine, wanted, ours.get("unit"), theirs.get("unit")):
            return False
    return field != "dose" or dose_unit(ours.get("unit")) == dose_unit(theirs.get("unit"))


def _equal(field: str, mine: float, wanted: float, unit: object, other: object) -> bool:
    if field == "dose":
        return same_dose(mine, wanted)
    if field in ("follow_up", "age"):
        return same_time(mine, str(unit or "years"), wanted, str(other or "years"))
    return close(mine, wanted)


def same_dose(a: float, b: float) -> bool:
    """Equal but for how a computer rounds: one cell more is another dose."""
    return math.isclose(a, b, rel_tol=1e-12)


def same_time(a: float, unit: str, b: float, other: str) -> bool:
    """One length of time; in two units as far as months and weeks fit (12 months are a year, 6 months 26 weeks)."""
    if unit == other or unit not in DAYS or other not in DAYS:
        return close(a, b)
    return abs(a * DAYS[unit] - b * DAYS[other]) <= 0.005 * a * DAYS[unit] or {(a, unit), (b, other)} == {
        (1, "months"),
        (30, "days"),
    }


def dose_unit(unit: object) -> str:
    """The unit without its spelling: cells, cells/kg, cells/ml, cells/m2."""
    words = re.sub(r"\s", "", str(unit or "cells").lower()).replace("per", "/").replace("kilogram", "kg")
    _, _, per = words.partition("/")
    return f"cells/{per}" if per else "cells"


# ---------------------------------------------------------------- from the words alone


def _numbers(
    reading: Reading, cell: Cell, claimed: Mapping[str, float], said: Sequence[Said], ours: Sequence[Found]
) -> Verdict:
    found: list[Said] = []
    for name, number in claimed.items():
        match = _token(reading, cell, name, number, said)
        if match is None:
            return _missing(reading, cell, name, number, said, ours)
        if cell.field == "age" and _other_average(reading, name, match):
            return Verdict(CONTRADICTS, ("term",), Place(match.start, match.end), "average", tuple(ours))
        found.append(match)
    at = Place(min(s.start for s in found), max(s.end for s in found))
    if wrong := _side(reading, cell, found):
        return Verdict(CONTRADICTS, (wrong,), at, "side")
    if cell.field == "dose" and (
        other := [f for f in ours if agrees("dose", f.fact.value | {"unit": cell.value.get("unit")}, cell.value)]
    ):
        return Verdict(CONTRADICTS, ("unit",), other[0].places[0] if other[0].places else at, "unit", tuple(other))
    if cell.field == "dose" and (unit := _dose_unit_differs(reading, cell, found)):
        return Verdict(CONTRADICTS, ("unit",), unit, "unit", tuple(ours))
    around = reading.around(at)
    words = reading.folded[around.start : around.end]
    if cell.field == "deaths":
        all_groups = groups(reading, reading.numbers(around))
        dead = reading.mentions("death", around)
        held = [g for g in all_groups if any(m in g.members for m in found)]
        if any(binds(reading, d, g, all_groups, around) for d in dead for g in held):
            return Verdict(FOLLOWS, (), at, "told", tuple(ours))
        return Verdict(NOT_DERIVABLE, (), at, "no_cue", tuple(ours))
    if ours and cell.field == "participants":
        return Verdict(NOT_DERIVABLE, (), at, "differs", tuple(ours))
    arm = cell.value.get("name") if cell.field == "arm" else None
    if arm and not reading.mentions(str(arm), around):
        return Verdict(NOT_DERIVABLE, (), at, "no_name", tuple(ours))
    if CUES[cell.field].search(words) and all(_beside(reading.folded, cell.field, one) for one in found):
        return Verdict(FOLLOWS, (), at, "told", tuple(ours))
    return Verdict(NOT_DERIVABLE, (), at, "no_cue", tuple(ours))


GIVEN = re.compile(rf"\s*(?:[\w-]+\s+){{0,3}}?{W.given_injections}\b")
SEX = re.compile(rf"\s*(?:[\w%()-]+\s+){{0,2}}?\(?{W.sex_females}\b|\s*[),;]")


NOT_IN = re.compile(rf"\b{W.not_in}\b")
MEAN, MEDIAN = re.compile(r"\bmean\b|\baverage"), re.compile(r"\bmedian\b")


def _other_average(reading: Reading, name: str, one: Said) -> bool:
    """Whether a median is claimed of what the words call a mean, or the other way about."""
    before = reading.folded[max(0, one.start - 40) : one.start]
    means, medians = list(MEAN.finditer(before)), list(MEDIAN.finditer(before))
    if name == "mean":
        return bool(medians) and (not means or means[-1].start() < medians[-1].start())
    return name == "median" and bool(means) and (not medians or medians[-1].start() < means[-1].start())


def _beside(folded: str, field: str, one: Said) -> bool:
    """Whether the words right behind a number say that it counts what the field counts."""
    after = folded[one.end : one.end + 60]
    if field == "participants":
        return (
            not one.weak
            and not NOT_IN.search(after[:40])
            and (_counts_people(folded, one) or folded[: one.start].rstrip().endswith("="))
        )
    if field == "administrations":
        return one.weak or GIVEN.match(after) is not None
    return field != "sex" or SEX.match(after) is not None


def _token(reading: Reading, cell: Cell, name: str, number: float, said: Sequence[Said]) -> Said | None:
    """The number of the sentence that may be the one claimed."""
    for one in said:
        if _fits(cell, name, one) and _value_equal(cell, one, number):
            return one
    if cell.field == "dose":
        return _shared_power(number, said)
    return None


def _fits(cell: Cell, name: str, one: Said) -> bool:
    if cell.field in PEOPLE:
        return one.kind in (COUNT, DENOMINATOR)
    if cell.field == "follow_up":
        return one.kind in (TIME, COUNT)
    if cell.field == "age":
        return one.kind in (TIME, COUNT, DENOMINATOR)
    return one.kind != PERCENT


def _value_equal(cell: Cell, one: Said, number: float) -> bool:
    if cell.field == "dose":
        return same_dose(one.value, number)
    unit = str(cell.value.get("unit") or "years")
    if cell.field == "follow_up":
        return one.unit is not None and same_time(one.value, one.unit, number, unit)
    if cell.field == "age" and one.unit:
        return same_time(one.value, one.unit, number, unit)
    return close(one.value, number) and (not one.weak or number == 1)


def _shared_power(number: float, said: Sequence[Said]) -> Said | None:
    """The number of a list that shares another's power: "1, 2 and 5 x 10^6", "124 million (range 42-236)"."""
    powers = [s for s in said if s.mantissa]
    alone = [s for s in said if s.mantissa is None and s.kind in (COUNT, DENOMINATOR)]
    pairs = ((one, power) for one in alone for power in powers if abs(power.start - one.end) < NEAR_POWER)
    return next(
        (one for one, power in pairs if same_dose(one.value * power.value / (power.mantissa or 1), number)), None
    )


def _missing(
    reading: Reading, cell: Cell, name: str, number: float, said: Sequence[Said], ours: Sequence[Found]
) -> Verdict:
    """The number claimed does not stand there: why?"""
    at = Place(said[0].start, said[0].end) if said else None
    if cell.field == "dose":
        return _dose_missing(number, said, ours)
    if cell.field in ("follow_up", "age") and (other := [s for s in said if s.kind == TIME and close(s.value, number)]):
        return Verdict(CONTRADICTS, ("unit",), Place(other[0].start, other[0].end), "unit", tuple(ours))
    if cell.field in PEOPLE:
        percents = [s for s in said if s.kind == PERCENT and close(s.value, number)]
        if percents:
            return Verdict(
                CONTRADICTS, ("percent_not_count",), Place(percents[0].start, percents[0].end), "kind", tuple(ours)
            )
        counts = [s for s in said if s.kind in (COUNT, DENOMINATOR) and not s.weak]
        if people_summed(reading, number, counts) or _of_percent(number, said, reading):
            return Verdict(NOT_DERIVABLE, (), at, "sum", tuple(ours))
        if cell.field == "deaths" and number == 0:
            if died := [f for f in reading.of_field("deaths") if f.fact.primary and f.fact.value.get("n")]:
                return Verdict(
                    CONTRADICTS, ("number",), died[0].places[0] if died[0].places else at, "no_number", tuple(died)
                )
            return Verdict(NOT_DERIVABLE, ("silent_zero",), at, "silent", tuple(ours))
        if counts or any(f.fact.primary for f in ours):
            return Verdict(CONTRADICTS, ("number",), at, "no_number", tuple(ours))
        return Verdict(NOT_DERIVABLE, (), at, "no_number")
    if cell.field == "administrations":
        return _times_missing(reading, number, said, ours, at)
    units = {s.unit for s in said if s.kind == TIME}
    if (
        cell.field == "follow_up"
        and units
        and str(cell.value.get("unit")) not in units
        and any(close(s.value, number) for s in said if s.kind != PERCENT)
    ):
        return Verdict(CONTRADICTS, ("unit",), at, "unit", tuple(ours))
    if any(s.kind in (COUNT, DENOMINATOR) and close(s.value, number) and not s.weak for s in said):
        return Verdict(NOT_DERIVABLE, (), at, "no_unit", tuple(ours))
    spoken = [s for s in said if s.kind == TIME or (cell.field == "age" and s.kind == COUNT)]
    return Verdict(
        CONTRADICTS if spoken else NOT_DERIVABLE, ("number",) if spoken else (), at, "no_number", tuple(ours)
    )


COUNTED = re.compile(rf"\s*(?:\([^()]*\)\s*)?(?:[\w-]+\s+){{0,4}}?{W.counted_patients}\b")


RATIO = (":", "\u2236")
LISTED = re.compile(r"\s*[);,]")


def _counts_people(folded: str, one: Said) -> bool:
    """Whether a whole number counts people: by the word behind it, or, in digits, at the end of an item of a list."""
    digits = folded[one.start : one.end]
    if "." in digits or folded[one.end : one.end + 1] in RATIO or folded[one.start - 1 : one.start] in RATIO:
        return False
    if digits == "one":
        return re.match(rf"\s*{SOMEONE}\b", folded[one.end : one.end + 30]) is not None
    after = folded[one.end : one.end + 60]
    return COUNTED.match(after) is not None or (digits.isdigit() and LISTED.match(after) is not None)


def people_summed(reading: Reading, number: float, counts: Sequence[Said]) -> bool:
    """Whether a count of people is a sum of neighbouring counts of people, or so many in each of some groups."""
    values = [s.value for s in counts if not s.weak and _counts_people(reading.folded, s)]
    sums = [sum(values[a:b]) for a in range(len(values)) for b in range(a + 2, len(values) + 1)]
    if any(close(number, s) for s in sums):
        return True
    products = [a * b for a in values for b in [s.value for s in counts if not s.weak]]
    each = any(
        re.search(r"\beach\b|\bper (?:group|arm|cohort)|\bequal", reading.folded[s.start : s.start + 160])
        for s in counts
    )
    return each and (
        any(close(number, p) for p in products) or any(close(number * k, v) for v in values for k in (2, 3, 4))
    )


def _of_percent(number: float, said: Sequence[Said], reading: Reading) -> bool:
    """Whether a count of people is a percentage of the trial's."""
    sizes = [float(f.fact.value["n"]) for f in reading.of_field("participants") if f.fact.value.get("n") is not None]
    return any(abs(s.value * size / 100 - number) <= 0.5 for s in said if s.kind == PERCENT for size in sizes)


def _times_missing(
    reading: Reading, number: float, said: Sequence[Said], ours: Sequence[Found], at: Place | None
) -> Verdict:
    counted = [s for s in said if s.kind == COUNT and s.value > 0 and GIVEN.match(reading.folded[s.end : s.end + 60])]
    if counted or ours:
        here = Place(counted[0].start, counted[0].end) if counted else at
        return Verdict(CONTRADICTS, ("number",), here, "no_number", tuple(ours))
    return Verdict(NOT_DERIVABLE, (), at, "no_number", tuple(ours))


def _is_power(ratio: float) -> bool:
    """Whether a ratio is a power of ten."""
    return math.isclose((math.log10(ratio) + 1e-9) % 1, 0, abs_tol=1e-6)


def _dose_missing(number: float, said: Sequence[Said], ours: Sequence[Found]) -> Verdict:
    powers = [s for s in said if s.mantissa is not None]
    for one in said:
        for base in {one.mantissa, one.value} - {None}:
            if base and number > 0 and _is_power(number / base) and powers:
                return Verdict(CONTRADICTS, ("exponent",), Place(one.start, one.end), "exponent", tuple(ours))
    if not powers and not [s for s in said if s.value >= 1e4]:
        read = [f for f in ours if f.fact.value.get("low") is not None]
        if not read:
            return Verdict(NOT_DERIVABLE, (), None, "no_number")
        low = read[0].fact.value["low"]
        power = low > 0 and number > 0 and _is_power(number / low)
        return Verdict(
            CONTRADICTS,
            ("exponent" if power else "number",),
            read[0].places[0] if read[0].places else None,
            "no_number",
            tuple(read),
        )
    at = powers[0] if powers else said[0]
    return Verdict(CONTRADICTS, ("number",), Place(at.start, at.end), "no_number", tuple(ours))


def _side(reading: Reading, cell: Cell, found: Sequence[Said]) -> str | None:
    """``sign`` where a lower limit is claimed and the words give an upper one, or the other way about."""
    low, high = as_number(cell.value.get("low")), as_number(cell.value.get("high"))
    if cell.field not in ("age", "follow_up") or (low is None) == (high is None):
        return None
    before = reading.folded[max(0, found[-1].start - 30) : found[-1].start]
    wrong = BELOW if high is None else ABOVE
    return "sign" if wrong.search(before) else None


def _dose_unit_differs(reading: Reading, cell: Cell, found: Sequence[Said]) -> Place | None:
    """The words of the unit, where they are another than the one claimed."""
    last = max(s.end for s in found)
    tail = reading.folded[last : last + 60]
    stop = re.search(r"[.;]\s|,\s+(?![\d.])|\b(?:and|or)\b(?!\s*[\d.])", tail)
    tail = tail[: stop.start()] if stop else tail
    weight, volume = PER_KG.search(tail), PER_ML.search(tail)
    claimed = dose_unit(cell.value.get("unit"))
    if (
        claimed == "cells"
        and (match := weight or volume)
        and re.search(r"/\s*kg|per\s*kg|kg\s*[-⁻(^]|per\s*ml|/\s*ml|per kilogram", tail[: match.end() + 3])
    ):
        return Place(last + match.start(), last + match.end())
    around = reading.around(Place(found[0].start, last))
    words = reading.folded[around.start : around.end]
    if claimed == "cells/kg" and not PER_KG.search(words):
        return Place(found[0].start, last)
    if claimed == "cells/ml" and not PER_ML.search(words):
        return Place(found[0].start, last)
    return None


def _any_number(reading: Reading, span: Place) -> Place | None:
    said = reading.numbers(span)
    return Place(said[0].start, said[0].end) if said else None
