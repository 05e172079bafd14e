"""Numbers as a sentence has them: value, what they count, how they are bound to words before or after them.

Runs over folded text. A percentage is told from a number, a power of ten is one number, "both" is two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extractor.quantities.numbers import DECIMAL, NUMBER_WORDS, decimal, whole
from extractor.words import Words

W = Words("verify")

COUNT, PERCENT, DENOMINATOR, TIME, PART = "count", "percent", "denominator", "time", "part"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
# "2 x 10^6", "2 x 10(6)", "2 x 106" (a lost superscript), "1.5x10e6", "10⁶"
POWER = rf"(?P<mantissa>{DECIMAL})(?:\s*(?:±|\+/-)\s*{DECIMAL})?(?:\s*(?:x|\*)\s*|\s(?=10\d\s(?:[\w-]+\s+){{0,5}}{W.power_cells}\b))10\s*(?:(?:\^|\(|\[|ee?|\*\*|<sup>)\s*\{{?\s*(?P<power>\d{{1,2}})\)?|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}})|(?P<lost>\d{{1,2}}(?![\d.,%])))|10(?:\^\(?(?P<power_alone>\d{{1,2}})\)?|\((?P<power_bracketed>\d{{1,2}})\)|(?P<raised_alone>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}))"
SCALED = rf"(?P<scaled>{DECIMAL}|{NUMBER_WORDS})(?:\s*\(n\s*=\s*\d+\))?[\s-]*(?P<scale>{W.scaled_million})"
WORDS = {
    "both": 2,
    "single": 1,
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "half": None,
    "another": 1,
    "either": None,
    "sole": 1,
    "only one": 1,
    "solitary": 1,
    "other": 1,
}
NONE = rf"\b{W.none_no}\b"
PEOPLE = W.people
TOKEN = re.compile(
    rf"(?P<exp>(?<![\w.])(?:{POWER}))|(?P<mult>(?<![\w.]){SCALED})|(?P<digits>(?<![\w.,])(?<![a-z]-)(?:{DECIMAL})(?![\d]))|(?P<words>\b(?:{NUMBER_WORDS})\b)|(?P<word>\b{W.token_both}\b)|(?P<article>\ban?\b(?!\s+{W.token_total})(?=\s+(?:[\w-]+\s+){{0,3}}{PEOPLE}\b))|(?P<none>{NONE})"
)
SCALES = {"million": 1e6, "mio": 1e6, "m": 1e6, "billion": 1e9, "thousand": 1e3, "k": 1e3}
PERCENT_AFTER = re.compile(r"\s*(?:%|percent\b|per cent\b|percentage points)")
SHARED = re.compile(
    r"(?:st|nd|rd|th)?-?\s*(?:\([^()]*\)\s*)?(?:,|vs\.?|versus|and|or|to|-|compared (?:with|to)|v\.?|,\s*and|;|/|against|\+/-|±|, respectively,?)\s*(?:the |of |only |in )?\Z"
)
TIME_AFTER = re.compile(
    rf"(?:st|nd|rd|th)?(?:\s*-?\s*|[^\x00-\x7f]|\s+(?:to|-|and|or)\s+\d+\s*-?\s*|\s*\([^()]{{1,30}}\)\s*)(?P<unit>{W.time_after_minutes})(?![\w])"
)
# "grade 3-4", "p = 0.02", "95 % CI 1.2": parts of a scale, a test or an interval, which count nobody
OF_A_SCALE = re.compile(rf"{W.of_a_scale}\Z")
LETTER = re.compile(rf"(?!{W.letter_st})[a-z]")
OF_AN_ARM = re.compile(r"\b(?:cohorts?|groups?|arms?|parts?)\s*\Z")
COUNTS_ALL_THE_SAME = re.compile(rf"\s*{W.counts_all_the_same}")  # "in the placebo arm 3 of 28"
# "week 104", "day 7 and 14", "months 3, 6 and 12"
TIME_BEFORE = re.compile(rf"(?<!\d )(?<!\d-)\b(?P<unit>{W.time_before_hours})\s+(?:\d+\s*{W.time_before_and}\s*)*\Z")
OF = re.compile(rf"\s*(?:\(\s*)?{W.of_of}\s*(?:total of\s+)?\Z")
UNIT_OF_TIME = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks", "y": "years"}


@dataclass(frozen=True, slots=True)
class Said:
    """A number at ``start:end``; ``unit`` is a unit of time right behind it."""

    start: int
    end: int
    value: float
    kind: str
    unit: str | None = None
    weak: bool = False  # "a patient", "another": a one that is no number in print
    mantissa: float | None = None  # of a power of ten or "million": what stands before it


def numbers(folded: str, start: int, end: int) -> list[Said]:
    """The numbers of ``folded[start:end]`` in order, each with what it is."""
    found = [s for m in TOKEN.finditer(folded, start, end) if (s := _said(folded, m, end)) is not None]
    return _denominators(folded, _shared(folded, found))


def _said(folded: str, match: re.Match[str], end: int) -> Said | None:
    value, mantissa = _value(match)
    if value is None:
        return None
    kind, unit, after = COUNT, None, match.end()
    if match["none"] is None and (percent := PERCENT_AFTER.match(folded, after, end)):
        kind, after = PERCENT, percent.end()
    elif match["none"] is None and (time := TIME_AFTER.match(folded, after, end)):
        kind, unit = TIME, time_unit(time["unit"])
    elif match["none"] is None and (named := TIME_BEFORE.search(folded, max(0, match.start() - 40), match.start())):
        kind, unit = TIME, time_unit(named["unit"])
    elif OF_A_SCALE.search(folded, max(0, match.start() - 24), match.start()) or (
        OF_AN_ARM.search(folded, max(0, match.start() - 12), match.start())
        and not COUNTS_ALL_THE_SAME.match(folded, after)
    ):
        kind = PART
    elif kind == COUNT and match["digits"] and LETTER.match(folded, after):
        kind = PART  # "5M", "75mg": part of a name or of a measure
    weak = match["article"] is not None or match["word"] is not None or match["none"] is not None
    return Said(match.start(), match.end(), value, kind, unit, weak, mantissa)


def _value(match: re.Match[str]) -> tuple[float | None, float | None]:
    if match["exp"]:
        raised = (match["raised"] or match["raised_alone"] or "").translate(SUPERSCRIPTS)
        power = match["power"] or raised or match["lost"] or match["power_alone"] or match["power_bracketed"]
        base = decimal(match["mantissa"]) if match["mantissa"] else 1.0
        return (None if base is None else base * 10.0 ** int(power)), base
    if match["mult"]:
        base = decimal(match["scaled"]) if match["scaled"][0] in ".0123456789" else whole(match["scaled"])
        return (None if base is None else float(base) * SCALES[match["scale"]]), None if base is None else float(base)
    if match["digits"]:
        return decimal(match["digits"]), None
    if match["words"]:
        found = whole(match["words"])
        return (None if found is None else float(found)), None
    if match["word"]:
        found = WORDS[match["word"]]
        return (None if found is None else float(found)), None
    return (1.0, None) if match["article"] else (0.0, None)


def time_unit(word: str) -> str:
    """The contract's unit of a word for a length of time."""
    if word.startswith("mo"):
        return "months"
    return UNIT_OF_TIME[word[0]]


def _shared(folded: str, found: list[Said]) -> list[Said]:
    """ "19.2 vs 23.4%", "3, 6 and 12 months": what the last one is, those before it are too."""
    for place in range(len(found) - 2, -1, -1):
        this, following = found[place], found[place + 1]
        between = folded[this.end : following.start]
        own = re.search(r"[(\[]\s*(?:n\s*=\s*)?\Z|n\s*=\s*\Z", folded[: this.start][-8:]) and between.strip() in (
            ",",
            ";",
        )
        if (
            this.kind == COUNT
            and following.kind in (PERCENT, TIME)
            and SHARED.fullmatch(between)
            and "(" not in between
            and not own
            and not this.weak
        ):
            found[place] = replace(this, kind=following.kind, unit=following.unit)
    return found


def _denominators(folded: str, found: list[Said]) -> list[Said]:
    """ "3 of 10", "3/10", "76 [20%] of 385": the second number is what the first is a part of."""
    for place in range(1, len(found)):
        this = found[place]
        before = found[place - 1]
        between = folded[before.end : this.start]
        between = re.sub(
            r"\A\s*%?\s*(?:\(\s*\d[\d.]*\s*%\s*\)|\[\s*\d[\d.]*\s*%\s*\]|\]|\)|(?:the )?patients?|%)?\s*", " ", between
        )
        listed = between.strip() == "/" and (
            folded[this.end : this.end + 1] == "/" or folded[before.start - 1 : before.start] == "/"
        )
        if listed:  # "4/5/1": one number an arm
            found[place - 1] = replace(before, kind=COUNT) if before.kind == DENOMINATOR else before
            continue
        if (
            this.kind == COUNT
            and before.kind in (COUNT, PERCENT)
            and OF.fullmatch(between)
            and (this.value >= before.value or before.kind == PERCENT)
        ):
            found[place] = replace(this, kind=DENOMINATOR)
    return found


def close(a: float, b: float) -> bool:
    """Equal as far as a printed number is exact."""
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def as_number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
