"""Counts of people, administrations or events in a sentence: ``12 [43%] patients``, ``4 out of 11``, ``(n = 3)``, ``12%``.

Only the numbers are read here; what they count is decided by :mod:`extractor.events.link.links`. Figures that look like
counts and are none (p values, confidence intervals, doses, durations, relative changes) are left out.

>>> [(c.n, c.denominator, c.percent) for c in counts("headache in 3 of 12 patients (25%) and in one patient")]
[(3, 12, 25.0), (1, None, None)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractor import patterns as re
from extractor.quantities.numbers import NUMBER_WORDS, times, whole
from extractor.text import Taken
from extractor.words import Words

W = Words("quantities")

PARTICIPANTS, ADMINISTRATIONS, EVENTS = "participants", "administrations", "events"
_UNITS = {
    PARTICIPANTS: W.units_patients,
    ADMINISTRATIONS: W.units_injections,
    EVENTS: W.units_events,
    "eyes": W.units_eyes,
}
PEOPLE = _UNITS[PARTICIPANTS]  # whoever a trial counts, in one word
_UNIT = "|".join(_UNITS.values())
_UNIT_OF = {name: re.compile(rf"(?:{forms})\Z") for name, forms in _UNITS.items()}
_N = rf"(?:{NUMBER_WORDS}|(?<![\w.,/\-+^])(?<!\d\?)(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}})(?![\d]|[.,?]\d|-?[a-z]|\s?-\s?\d))"
# A percentage before a noun is a strength ("6% strips", "0.5%/salicylic acid"), one before these words or a mark may be a share
_SHARE = rf"(?=\s*(?:[,;:.)\]\[(~]|/\s*[\d<(]|-|\Z|{W.share_of}\b))"
# "12,5 %" is written with a decimal comma, "1, 5 %" is a list
_PCT = rf"(?<![\d.])(?<!\d,)(?P<pct>\d{{1,3}}(?:[.,]\d{{1,2}}(?!\d)|\.\d+)?)\s*(?:%|percent\b|per cent\b){_SHARE}"
_PCT2, _PCT3 = _PCT.replace("pct", "pct2"), _PCT.replace("pct", "pct3")
_STOP = W.stop
_WORD = rf"(?:(?!(?:{_STOP}|{NUMBER_WORDS.replace(chr(92) + 'b', '')})\b)[a-z][a-z0-9+/-]*\s+)"
# "patients", "insulin-treated patients", "of the patients"
_PEOPLE = rf"(?:{_WORD}{{0,2}}?(?P<unit>{_UNIT})\b)"
_PEOPLE2 = _PEOPLE.replace("unit", "unit2")
_PEOPLE3 = _PEOPLE.replace("unit", "unit4")
_WHOLE = r"(?:\d{1,3}(?:,\d{3})+|\d{1,5})"  # whom a number is out of: "146", "1,378"
_OPEN, _CLOSE = r"\s*[(\[]\s*", r"\s*[)\]]"
_OF_THOSE = r"\s+of\s+(?:those|them|all|the)\b[^()\[\]\d,;]{0,50}"  # "50 patients (40% of those given the cream)"
_UP_TO = r"(?:\s*[)\]]|\s*[;,]\s*(?:[^()\[\]~]{0,30}[)\]]|~[~\s,;-]*[)\]]?(?<=[~)\]])))"  # with an interval or a p value behind the percentage

# "3 of 12 patients (25%)", "4 out of 11", "12 [43%] of 28", "81 (18%) of 460 patients", "seven patients (11.3%) of 62"
FRACTION = re.compile(
    rf"(?P<n>{_N})(?:\s+{_PEOPLE})?(?:{_OPEN}{_PCT}{_UP_TO})?\s+(?:out of|of)\s+(?:the\s+|a total of\s+|all\s+|their\s+)?"
    rf"(?:first\s+|remaining\s+|treated\s+)?(?P<d>{_N})(?:\s+{_PEOPLE2})?(?:{_OPEN}{_PCT2}{_CLOSE}|(?:[,;]\s+|,?\s+or\s+){_PCT3})?(?:\s+{_PEOPLE3})?"
)
# "42/107 (39%)", "(3/25)", "9/94"
SLASH = re.compile(
    rf"(?<![\d.,/\-])(?P<n>\d{{1,4}})\s?/\s?(?P<d>{_WHOLE})(?![\d/]|[.,]\d|\s?-?\s?(?:[mkµμ]?g|mcg|m?iu|m?l)\b)(?:\s+{_PEOPLE})?(?:{_OPEN}{_PCT}{_CLOSE}|\s*[,;=]\s*{_PCT2})?(?:\s+{_PEOPLE2})?"
)
# "12 [43%] patients", "27 patients (44%)", "n = 6, 20%", "five patients (12%)", "6; 20%"
COUNT_PERCENT = re.compile(
    rf"(?:\bn\s*=\s*)?(?P<n>{_N})(?:\s+{_PEOPLE})?(?:{_OPEN}{_PCT}(?:{_OF_THOSE})?{_CLOSE}|(?:\s*[,;:]\s*|\s+or\s+|,\s*or\s+){_PCT2})(?:\s+(?:of\s+(?:the\s+)?)?{_PEOPLE2})?"
)
# "12% (5/40)", "12% (n = 5)", "12% (5 patients)", "12% [5 of 40]", "12%, n = 5"
PERCENT_COUNT = re.compile(
    rf"{_PCT}(?:\s+(?:of\s+(?:the\s+)?)?{_PEOPLE})?(?:{_OPEN}|,\s*)(?:n\s*=\s*)?(?P<n>{_N})(?:\s*/\s*(?P<d>{_WHOLE})|\s+(?:out of|of)\s+(?:the\s+)?(?P<d2>{_N}))?(?:\s+{_PEOPLE2})?{_CLOSE}"
)
# "n = 3", "n=3"
EQUALS = re.compile(rf"\bn\s*=\s*(?P<n>{_N})")
# "12 patients", "two cases", "one injection", "five of the patients"
NUMBER_UNIT = re.compile(rf"(?P<n>{_N})\s+(?:of\s+(?:the\s+|our\s+|these\s+)?)?{_PEOPLE}")
# "12%", "0.5 percent of the women"
PERCENT = re.compile(
    rf"(?:{_PCT}|(?P<words>{NUMBER_WORDS})\s+(?:percent|per cent)\b)(?:\s+of\s+(?:the\s+|all\s+)?{_PEOPLE})?"
)
# "6.2, 9.5, and 3.1%", "17.2 vs. 3%": one sign for all
SHARED = re.compile(
    rf"(?<![\d.,/\-±=])(?P<pct>\d{{1,2}}(?:\.\d+)?)(?=\s*{W.shared_vs}\s*(?:\d{{1,2}}(?:\.\d+)?\s*{W.shared_and}\s*){{0,3}}\d{{1,2}}(?:\.\d+)?\s*(?:%|percent\b))"
)
# "in an insulin-treated patient", "a patient developed"
ARTICLE = re.compile(
    rf"\b(?:a|an|another)\s+(?:(?!{W.article_few})[a-z][a-z0-9-]*\s+){{0,4}}?(?P<unit>{W.article_patient})\b(?!\s+(?:group|population))"
)
# "and another had a haematoma": one more, the noun left out
ANOTHER = re.compile(
    rf"\banother(?=\s+{W.another_had}\b)|(?<=in )another(?=\s*(?:[.,;)]|and\b|\Z))|(?<=and )another(?=\s+~)"
)
# "none", "no patient" where another count stands beside it: a stated zero
NONE = re.compile(rf"\b(?:none(?:\s+of\s+(?:the\s+)?(?:\d+\s+)?{_PEOPLE})?|no\s+(?P<unit3>{W.none_patients}))\b")
# "49% MSCs, 45% CPCs, 53% placebo": shares side by side, each before the name of its group
_BEFORE_NAME = (
    rf"\d{{1,3}}(?:\.\d+)?\s*%\s+(?!{W.strength_of}\b)[a-z][\w+-]*(?:\s(?!and\b|or\b|vs\b|versus\b)[a-z][\w+-]*)?"
)
NAMED_SHARES = re.compile(
    rf"(?<![\d.,-]){_BEFORE_NAME}(?:(?:\s*[,;]\s*(?:and\s+)?|\s+(?:and|vs\.?|versus|or)\s+){_BEFORE_NAME})+"
)
# "11/9/0": one number a group, of three groups or four
SLASHED = re.compile(r"(?<![\w/.,-])\d{1,3}(?:\s?/\s?\d{1,3}){2,3}(?![\w/]|\.\d)")
SHARE, DIGITS = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%"), re.compile(r"\d+")
# "patient 3 had", "in subjects 1 and 4", "the second patient": each person of a series by number
NUMBERED = re.compile(
    rf"(?<![\w-])(?:{W.one_person}\s*(?:no\.?\s*|number\s+|#\s*)?\d{{1,2}}|{W.one_person}s\s+\d{{1,2}}(?:\s*,\s*\d{{1,2}})*,?\s*(?:and|&)\s*\d{{1,2}}|the\s+(?:first|second|third|fourth|fifth|sixth)\s+{W.one_person})"
    r"(?![\w%]|\s*(?:[-–/]|to\b|of\b|out\b|years?\b)|\.\d)"
)
# "was seen once", "occurred twice"
TIMES = re.compile(
    rf"\b{W.one_seen}\s+(?:only\s+)?(?P<times>once|twice|(?P<n>{NUMBER_WORDS}|\d{{1,2}})\s+times)\b(?!\s+(?:daily|a\b|per\b|weekly|as\b|more\b|higher\b|the\b))"
)
PEOPLE_SAID = re.compile(rf"\b{W.units_patients}\b")
# a number alone: read only where the linker asks for it
BARE = re.compile(rf"(?P<n>{_N})")
_FORMS = (
    ("percent_count", PERCENT_COUNT),
    ("fraction", FRACTION),
    ("fraction", SLASH),
    ("count_percent", COUNT_PERCENT),
    ("equals", EQUALS),
    ("percent", PERCENT),
    ("percent", SHARED),
    ("none", NONE),
    ("people", NUMBER_UNIT),
    ("one", ARTICLE),
    ("one", ANOTHER),
    ("bare", BARE),
)
# p values, intervals, ratios, doses, durations, grades, years, relative changes: their numbers count nobody
_NO_COUNT_FORMS = (
    rf"\bp\s*(?:-?\s*values?)?\s*{W.no_count_for}\s*(?:or\s*=\s*)?\s*[\d.,]+(?:\s*(?:and|,)\s*[<>=]?\s*0?\.\d+)*",
    rf"\b9\d(?:\.\d)?\s*%?\s*-?\s*{W.no_count_ci}\b(?:[\s-]*{W.no_count_intervals})?(?:\s*[\[(]cis?[\])])?[\s:=,;]*{W.no_count_was}?(?:[\[(]?\s*[-\d.]+\s*%?\s*(?:to|and|,|-|;)\s*[-\d.]+\s*%?\s*[\])]?)?",
    r"\bci\b\s*[:=,]?\s*[\[(]?[-\d.,\s%to;]+[\])]?",
    rf"(?<!control )(?<!placebo )(?<!treatment )(?<!experimental )(?<!treated )(?<!cell )(?<!msc )(?<!saline )(?<!sham )\b{W.no_count_grades}\s*(?:[<>=]+\s*)?(?:or\s*=\s*)?\d+(?:\.\d+)?(?:\s*(?:-|/|to|and|or|,)\s*\d+(?!\s?/\s?\d|\d|\s+in\s+(?:the\s+)?(?:cohort|group|arm)\b))*(?!\d|\.\d|\s*(?:[(\[]\s*[\dn]|%|(?:out\s+)?of\s+\d))",
    rf"(?:(?:\d[\d,.]*+\s*+/\s*+)|(?:\d+(?:\.\d+)?(?:,\s|,?\s(?:and|or)\s)(?:and\s)?){{1,5}})?\d+(?:\.\d+)?\s*+(?:(?:-|to)\s*+)?(?:\d+(?:\.\d+)?\s*+)?(?:-\s*+)?{W.no_count_mg}\b(?:/[a-z0-9]+)*",
    rf"\d+(?:\.\d+)?\s*%\s*{W.no_count_confidence}",
    r"(?:(?<!reported )(?<!experienced )(?<!described )by|of at least|at least a|more than a|>|<|>=|<=)\s*\d+(?:\.\d+)?\s*%(?!\s*of\s)(?!\s*,\s*\d+(?:\.\d+)?\s*%)",
    rf"\b{W.no_count_or}\s*(?:\([^()]*\)\s*)?[:=,]?\s*{W.no_count_of}?-?\d+(?:\.\d+)?%?",
    r"\d+(?:\.\d+)?\s*%?\s*(?:-|to)\s*\d+(?:\.\d+)?\s*%",
    rf"\b{W.no_count_jan}\b\.?\s+\d{{1,2}}\b",
    rf"\({W.no_count_and}(?:\d|[a-z])\)\s+(?=(?!{W.no_count_vs})[a-z])",
    rf"\bto {W.no_count_prevent} (?:1|one)\b",
    r"[-\d.]+\s*(?:±|\+/-)\s*[\d.]+",
    rf"\b(?:19|20)\d\d\b(?!\s+{W.no_count_subjects})",
    r"\d+\s*:\s*\d+",
    r"\d{2}(?:\.\d+)?\s*(?:°|º|deg(?:rees)?\b)?\s*c\b",
    r"\d+/\d+(?=(?:-?mg|-)?(?:,? (?:and |or |versus )?(?!(?:in|of|with|for|patients|the|were|was)\b)[\w/-]+){0,5}? (?:groups?|arms?|regimens?)\b)",
    rf"\b{W.two}-{W.no_count_year}\b",
    rf"\b{NUMBER_WORDS} {W.no_count_month}s\b",
    rf"\b{W.no_count_two} {W.no_count_month}\b",
    rf"\b{W.no_count_subject}\s+(?:no\.?\s*)?\d+\b(?!\s+(?:out\s+)?of\s+\d|\s+{W.one_of_the}\b)",
    rf"\bone of the\b(?!\s+(?:\d|{NUMBER_WORDS}|(?:\w+\s+)?{W.one_of_the}\b))",
    r"\bone another\b",
    # "2 The incidence was", "3 There were": the sentences are numbered
    r"(?<=[.!?)]\s)\d{1,2}\s+(?=(?:the|there|this|these|it|we|our|both|all|mean|overall)\s)",
    r"\bat one\b",
    r"\bno one\b",
    r"\bnot (?:one|a single)\b",
    rf"\b{W.no_count_day}\s+{W.one}\b(?!\s+(?:out\s+)?of\s+(?:the\s+)?\d)",
    rf"\b{W.no_count_at}\s+{W.no_count_one}\b(?!\s*{W.no_count_participants})",
    r"\bone or more\b",
    r"\bat least one\b",
    r"\bmore than one\b",
    r"[<>]\s*(?:or\s*=\s*)?\s*\d+(?:\.\d+)?",
    rf"\d[\d.,]*\s*{W.no_count_patient}[\s-]?{W.no_count_years}\b",
    r"\d+(?:\.\d+)?\s*(?:events?\s+)?per\s*1,?0{2,4}\b",
    # "12.5/100", "12/1,000 person-years": a rate; "12/100" is a part of a group
    rf"\d+(?:\.\d+\s*/\s*1,?0{{2,4}}\b|\s*/\s*1,?0{{2,4}}(?=\s*(?:{W.no_count_patient}[\s-]?)?{W.no_count_years}\b))",
    r"\bper\s+1,?0{2,4}\b",
    rf"{W.no_count_more}\s+\d+(?:\.\d+)?\s*%",
    # whom something was looked for in, not who had it: "compared in 96 patients", "140 were assessable for response and 138 for"
    rf"\b{W.no_count_assessed}\s+in\s+(?:a total of\s+|all\s+|the\s+)?\d+(?=\s+(?:[\w-]+\s+){{0,3}}{W.units_patients}\b)",
    rf"\b{W.no_count_assessed}\s[^.;()]{{0,70}}\(n\s*=\s*\d+\)",
    rf"\b\d+\s+(?:[\w-]+\s+){{0,3}}?{W.no_count_assessable}\b(?:\s+for\s+\w+[^.;\d]{{0,30}}\d+\s+for\b)?",
    rf"\bin\s+\d+\s+(?:[\w-]+\s+)?{W.units_patients}(?=\s+(?:was|were)\s+(?:\w+\s+){{0,2}}[<>]?\s*\d+(?:\.\d+)?\s*%)",
    r"\bper\s+\d[\d,]*\b",
    # "a median number of 1 versus 3 infections per patient"
    rf"\b(?:median|mean|average)\s+(?:number|total)s?\s+of\s+(?:[a-z-]+\s+){{0,5}}?\d+(?:\.\d+)?(?:\s+{W.shared_vs}\s*\d+(?:\.\d+)?)?",
    # "0.5%/salicylic acid 10%": what a cream holds; "none in the 20 broached hips": how many there were
    r"\d+(?:\.\d+)?\s*%\s*/\s*[a-z][\w ]{2,24}?\s\d+(?:\.\d+)?\s*%",
    r"(?<=\bnone in the )\d+\b",
    # "the abc 2250 group", "between the two groups"
    rf"(?<!\bof )\b\d{{3,5}}(?=\s+{W.no_count_group}\b)",
    rf"\bone\s+{W.no_count_group}\b(?!-)",
    rf"\b{NUMBER_WORDS}\s+(?:(?:study|treatment|dose|other|different|randomi[sz]ed)\s+)?{W.no_count_groups}\b",
)
NO_COUNT = re.compile("|".join(_NO_COUNT_FORMS))
CORRECTED = re.compile(r"\[(?:corrected|sic)\]")  # an index's mark behind a figure: "23 [corrected] [3%]"


@dataclass(frozen=True, slots=True)
class Count:
    """A count at ``start:end`` of the searched text; ``form`` is the notation (fraction, people, percent, bare, ...)."""

    start: int
    end: int
    form: str
    n: int | None = None
    denominator: int | None = None
    unit: str | None = None
    percent: float | None = None


def counts(
    folded: str, start: int = 0, end: int | None = None, *, bare: bool = False, avoid: Sequence[tuple[int, int]] = ()
) -> list[Count]:
    """Counts in ``folded[start:end]``, in order, none inside another.

    Parameters
    ----------
    bare : bool
        Also numbers that stand alone.
    avoid : sequence of (start, end)
        Spans that no count may reach into: the things counted ("3 hypoglycemic episodes" is then 3, bare).
    """
    return list(_counts(folded, start, len(folded) if end is None else end, bare, tuple(avoid)))


@lru_cache(maxsize=256)  # rules, scores and arms ask for the same sentence one after another
def _counts(folded: str, start: int, stop: int, bare: bool, avoid: tuple[tuple[int, int], ...]) -> tuple[Count, ...]:
    masked = _mask(folded, start, stop)
    for first, last in avoid:
        masked = masked[:first] + "~" * (last - first) + masked[last:]
    found: list[Count] = [*_in_row(masked, start, stop), *_by_number(folded, start, stop)]
    taken = Taken()
    for count in found:
        taken.take(count.start, count.end)
    for form, pattern in _FORMS:
        if form == "bare" and not bare:
            continue
        for match in pattern.finditer(masked, start, stop):
            read = _count(form, match) if taken.free(*match.span()) else None
            if read is not None:
                taken.take(*match.span())
                found.append(read)
    return tuple(_wholes(folded, sorted(found, key=lambda c: c.start)))


def _in_row(masked: str, start: int, stop: int) -> Iterator[Count]:
    """Numbers and shares of several groups side by side that no single number's form reads."""
    for row in NAMED_SHARES.finditer(masked, start, stop):
        for share in SHARE.finditer(masked, *row.span()):
            if float(share[1]) <= 100:
                yield Count(*share.span(), "percent", None, None, PARTICIPANTS, float(share[1]))
    for row in SLASHED.finditer(masked, start, stop):
        for number in DIGITS.finditer(masked, *row.span()):
            yield Count(*number.span(), "bare", int(number.group()))


def _by_number(folded: str, start: int, stop: int) -> Iterator[Count]:
    """People of a series who are called by their numbers, and how often something was seen."""
    for match in NUMBERED.finditer(folded, start, stop):
        yield Count(*match.span(), "one", len(DIGITS.findall(match.group())) or 1, None, PARTICIPANTS)
    for match in TIMES.finditer(folded, start, stop):
        n = times(match["n"] or match["times"])
        if n:
            yield Count(*match.span("times"), "bare", n, None, EVENTS)


# "in 5 (2 in one arm and 3 in the other) of 1666": the whole stands behind the brackets that divide the number
BEHIND_PARTS = re.compile(r"\s*\([^()]{1,80}\)\s+(?:out of|of)\s+(?:the\s+|a total of\s+|all\s+)?\Z")


def _wholes(folded: str, found: list[Count]) -> list[Count]:
    """`found` with the wholes that stand behind brackets made denominators of the numbers before them."""
    gone: set[int] = set()
    for place, whole_ in enumerate(found):
        if whole_.form not in ("people", "bare") or not re.search(
            r"\)\s+(?:out )?of\b[\w\s]{0,14}\Z", folded[max(0, whole_.start - 24) : whole_.start]
        ):
            continue
        for part in range(place - 1, -1, -1):
            count = found[part]
            if whole_.start - count.end > 120:
                break
            if (
                count.form in ("people", "bare")
                and BEHIND_PARTS.match(folded, count.end, whole_.start)
                and (count.n or 0) <= (whole_.n or 0)
            ):
                found[part] = Count(count.start, count.end, "fraction", count.n, whole_.n, whole_.unit or PARTICIPANTS)
                gone.add(place)
                break
    return [c for place, c in enumerate(found) if place not in gone]


def _mask(folded: str, start: int, stop: int) -> str:
    """`folded` with figures that are no counts blotted out, the length unchanged."""
    out = folded
    for match in CORRECTED.finditer(folded, start, stop):
        out = out[: match.start()] + " " * (match.end() - match.start()) + out[match.end() :]
    for match in NO_COUNT.finditer(out, start, stop):
        out = out[: match.start()] + "~" * (match.end() - match.start()) + out[match.end() :]
    return out


def _count(form: str, match: re.Match[str]) -> Count | None:
    groups = match.groupdict()
    if form == "none":
        return Count(*match.span(), form, 0, None, PARTICIPANTS)
    if form == "one":
        return Count(*match.span(), form, 1, None, PARTICIPANTS)
    n = whole(groups["n"]) if groups.get("n") else None
    total = whole(groups.get("d") or groups.get("d2") or "")
    text = groups.get("pct") or groups.get("pct2") or groups.get("pct3")
    percent = float(text.replace(",", ".")) if text else None
    if groups.get("words"):
        percent = float(whole(groups["words"]) or 0)
    if (groups.get("n") and n is None) or (percent is not None and percent > 100):
        return None
    if n is not None and total is not None and n > total and not PEOPLE_SAID.search(match.group()):
        return None  # "25 of 18 patients" is kept for somebody to see; of anything else it is no count
    unit = next((u for u in map(unit_of, _units(groups)) if u), None)
    if unit is None and (form == "fraction" or percent is not None):
        unit = PARTICIPANTS
    return Count(*match.span(), form, n, total, unit, percent)


def _units(groups: dict[str, str | None]) -> Iterator[str]:
    for name in ("unit4", "unit2", "unit"):
        if groups.get(name):
            yield groups[name] or ""


def unit_of(word: str) -> str | None:
    """The contract's unit of a counted noun; other nouns (eyes, teeth) are given as they are."""
    return next((name for name, form in _UNIT_OF.items() if form.match(word)), None)
