"""Counts of people, administrations or events in a sentence: ``12 [43%] patients``, ``4 out of 11``, ``(n = 3)``, ``12%``.

Only the numbers are read here; what they count is decided by :mod:`extractor.events.link.links`. Figures that look like
counts and are none (p values, confidence intervals, doses, durations, relative changes) are left out.

>>> [(c.n, c.denominator, c.percent) for c in counts("headache in 3 of 12 patients (25%) and in one patient")]
[(3, 12, 25.0), (1, None, None)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.quantities.numbers import NUMBER_WORDS, whole

PARTICIPANTS, ADMINISTRATIONS, EVENTS = "participants", "administrations", "events"
_UNITS = {
    PARTICIPANTS: "patients?|subjects?|participants?|volunteers?|individuals?|persons?|people|men|women|man|woman|child|children|infants?|"
    "neonates?|newborns?|babies|baby|recipients?|adults?|girls?|boys?|mothers?|males?|females?|parturients?|cases?|adolescents?|"
    "completers|responders|pts|controls|residents|students|toddlers|vaccinees|patient's",
    ADMINISTRATIONS: "injections?|infusions?|procedures?|administrations?|doses|cycles?|courses?|transfusions?|sessions?|operations?|"
    "applications?|surgeries|punctures?|catheters?|insertions?|attacks treated",
    EVENTS: "events?|episodes?|occurrences?|reports?|instances?",
    "eyes": "eyes?|knees?|limbs?|teeth|tooth|hips?|ears?|breasts?|lesions?|sites?|implants?|grafts?",
}
_UNIT = "|".join(_UNITS.values())
_UNIT_OF = {name: re.compile(rf"(?:{forms})\Z") for name, forms in _UNITS.items()}
_N = rf"(?:{NUMBER_WORDS}|(?<![\w.,/\-+^])(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}})(?![\d]|[.,]\d|-?[a-z]|\s?-\s?\d))"
# A percentage before a noun is a strength ("6% strips", "0.5%/salicylic acid"), one before these words or a mark may be a share
_SHARE = (
    r"(?=\s*(?:[,;:.)\]\[(~]|/\s*[\d<(]|-|\Z|(?:of|in|vs|versus|v|and|or|for|with|to|on|among|at|by|than|compared|respectively|had|has|have|experienced|reported|developed|were|was|during|after|who|from|each|died|while|whereas|but|overall|"
    r"patients?|subjects?|participants?|women|men|children|infants|cases|incidence|rate|when|as|showed|suffered|before|per|against|within|is|are|volunteers|individuals|adults|complained|withdrew|discontinued|receiving|taking|required|under|the|without|grade|serious|only|both|between|groups?|arms?|,)\b))"
)
# "12,5 %" is written with a decimal comma, "1, 5 %" is a list
_PCT = rf"(?<![\d.])(?<!\d,)(?P<pct>\d{{1,3}}(?:[.,]\d{{1,2}}(?!\d)|\.\d+)?)\s*(?:%|percent\b|per cent\b){_SHARE}"
_PCT2, _PCT3 = _PCT.replace("pct", "pct2"), _PCT.replace("pct", "pct3")
_STOP = "versus|vs|v|and|or|of|in|with|to|than|had|have|has|were|was|who|that|for|from|by|percent|per|at|on|as|the|out|more|experienced|developed|reported|during|after|adverse|side|serious|severe|untoward|toxic"
_WORD = rf"(?:(?!(?:{_STOP}|{NUMBER_WORDS.replace(chr(92) + 'b', '')})\b)[a-z][a-z0-9+/-]*\s+)"
# "patients", "insulin-treated patients", "of the patients"
_PEOPLE = rf"(?:{_WORD}{{0,2}}?(?P<unit>{_UNIT})\b)"
_PEOPLE2 = _PEOPLE.replace("unit", "unit2")
_PEOPLE3 = _PEOPLE.replace("unit", "unit4")
_OPEN, _CLOSE = r"\s*[(\[]\s*", r"\s*[)\]]"
_UP_TO = r"(?:\s*[)\]]|\s*[;,]\s*(?:[^()\[\]~]{0,30}[)\]]|~[~\s,;-]*[)\]]?(?<=[~)\]])))"  # with an interval or a p value behind the percentage

# "3 of 12 patients (25%)", "4 out of 11", "12 [43%] of 28", "81 (18%) of 460 patients", "seven patients (11.3%) of 62"
FRACTION = re.compile(
    rf"(?P<n>{_N})(?:\s+{_PEOPLE})?(?:{_OPEN}{_PCT}{_UP_TO})?\s+(?:out of|of)\s+(?:the\s+|a total of\s+|all\s+|their\s+)?"
    rf"(?:first\s+|remaining\s+|treated\s+)?(?P<d>{_N})(?:\s+{_PEOPLE2})?(?:{_OPEN}{_PCT2}{_CLOSE}|(?:,\s+|,?\s+or\s+){_PCT3})?(?:\s+{_PEOPLE3})?"
)
# "42/107 (39%)", "(3/25)", "9/94"
SLASH = re.compile(
    rf"(?<![\d.,/\-])(?P<n>\d{{1,4}})\s?/\s?(?P<d>\d{{1,5}})(?![\d/]|[.]\d|\s?-?\s?(?:[mkµμ]?g|mcg|m?iu|m?l)\b)(?:\s+{_PEOPLE})?(?:{_OPEN}{_PCT}{_CLOSE}|\s*[,;=]\s*{_PCT2})?(?:\s+{_PEOPLE2})?"
)
# "12 [43%] patients", "27 patients (44%)", "n = 6, 20%", "five patients (12%)", "6; 20%"
COUNT_PERCENT = re.compile(
    rf"(?:\bn\s*=\s*)?(?P<n>{_N})(?:\s+{_PEOPLE})?(?:{_OPEN}{_PCT}{_CLOSE}|(?:\s*[,;:]\s*|\s+or\s+|,\s*or\s+){_PCT2})(?:\s+(?:of\s+(?:the\s+)?)?{_PEOPLE2})?"
)
# "12% (5/40)", "12% (n = 5)", "12% (5 patients)", "12% [5 of 40]", "12%, n = 5"
PERCENT_COUNT = re.compile(
    rf"{_PCT}(?:\s+(?:of\s+(?:the\s+)?)?{_PEOPLE})?(?:{_OPEN}|,\s*)(?:n\s*=\s*)?(?P<n>{_N})(?:\s*/\s*(?P<d>\d+)|\s+(?:out of|of)\s+(?:the\s+)?(?P<d2>{_N}))?(?:\s+{_PEOPLE2})?{_CLOSE}"
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
    r"(?<![\d.,/\-±=])(?P<pct>\d{1,2}(?:\.\d+)?)(?=\s*(?:vs\.?|versus|v\.?|and|or|,(?:\s+and)?|/)\s*(?:\d{1,2}(?:\.\d+)?\s*(?:,(?:\s+and)?|and|vs\.?|versus|/)\s*){0,3}\d{1,2}(?:\.\d+)?\s*(?:%|percent\b))"
)
# "in an insulin-treated patient", "a patient developed"
ARTICLE = re.compile(
    r"\b(?:a|an|another)\s+(?:(?!few|small|large|large|single-|total)[a-z][a-z0-9-]*\s+){0,4}?(?P<unit>patient|subject|participant|volunteer|woman|man|child|infant)\b(?!\s+(?:group|population))"
)
# "and another had a haematoma": one more, the noun left out
ANOTHER = re.compile(
    r"\banother(?=\s+(?:had|developed|experienced|suffered|died|reported|showed|was|presented|complained)\b)"
)
# "none", "no patient" where another count stands beside it: a stated zero
NONE = re.compile(
    r"\b(?:none(?:\s+of\s+(?:the\s+)?(?:\d+\s+)?"
    + _PEOPLE
    + r")?|no\s+(?P<unit3>patients?|subjects?|participants?|cases?|children|women|infants?|events?))\b"
)
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
NO_COUNT = re.compile(
    r"\bp\s*(?:-?\s*values?)?\s*(?:[=<>]|of|for)\s*(?:or\s*=\s*)?\s*[\d.,]+(?:\s*(?:and|,)\s*[<>=]?\s*0?\.\d+)*"
    r"|\b9\d(?:\.\d)?\s*%?\s*-?\s*(?:ci|confidence|credible|upper|lower)\b(?:[\s-]*(?:intervals?|limits?|bounds?))?(?:\s*[\[(]cis?[\])])?[\s:=,;]*(?:of\s+|was\s+|from\s+)?"
    r"(?:[\[(]?\s*[-\d.]+\s*%?\s*(?:to|and|,|-|;)\s*[-\d.]+\s*%?\s*[\])]?)?"
    r"|\bci\b\s*[:=,]?\s*[\[(]?[-\d.,\s%to;]+[\])]?"
    r"|\b(?:grades?|stages?|phases?|class|genotype|subtype|serotype|factor|vitamin|omega|strain|day|days|week|weeks|month|months|visit|level|type|group|groups|arm|cohort|cycle|step|score|"
    r"scores|year|years|version|table|figure|part|cm|period|course|nct|no|number needed to treat|nnt|category)\s*(?:[<>=]+\s*)?(?:or\s*=\s*)?\d+(?:\.\d+)?(?:\s*(?:-|/|to|and|or|,)\s*\d+)*(?!\d|\.\d|\s*(?:\(|%))"
    r"|\d+(?:\.\d+)?\s*+(?:(?:-|to)\s*+)?(?:\d+(?:\.\d+)?\s*+)?(?:-\s*+)?(?:mg|g|kg|ml|l|mcg|ug|µg|μg|iu|u|mm|cm|mmhg|mm hg|hz|gy|h|hr|hrs|hours?|min|mins|minutes?|days?|weeks?|wks?|months?|mo|years?|yrs?|"
    r"mmol|nmol|units?|points?|times|fold|msec|ms|sec|seconds?|bpm|kcal|ng|pg|dl|mw|cells?(?! (?:patients?|recipients?|participants?|subjects?|groups?|arms?)\b)|x|°c|µm|μm|um|nm|meq|ppm|cc|mci|mbq|gbq|cgy|kda|dioptres?|million|billion|fr|gauge|metres?|meters?|centers|centres|hospitals|sites|countries|studies|trials|groups|arms|different|types|most|main|kinds|drugs|treatments|formulations|regimens|doses of)\b(?:/[a-z0-9]+)*"
    r"|\d+(?:\.\d+)?\s*%\s*(?:ci\b|confidence|reduction|decrease|increase|improvement|lower|higher|greater|less|more|relative|risk|absolute|power|glucose|dextrose|saline|solution|cream|gel|ointment|lidocaine|bupivacaine|ropivacaine)"
    r"|(?:(?<!reported )(?<!experienced )(?<!described )by|of at least|at least a|more than a|>|<|>=|<=|[⩾⩽≧≦])\s*\d+(?:\.\d+)?\s*%(?!\s*of\s)(?!\s*,\s*\d+(?:\.\d+)?\s*%)"
    r"|\b(?:or|rr|hr|ratio|risk|odds|hazard|irr|arr|nnh|nnt|mean|median|average|difference|iqr|sd|kappa|efficacy|accuracy|prevalence|coverage|compliance|adherence|sensitivity|specificity)\s*(?:\([^()]*\)\s*)?[:=,]?\s*(?:of\s+|was\s+|were\s+|is\s+)?-?\d+(?:\.\d+)?%?"
    r"|\d+(?:\.\d+)?\s*%?\s*(?:-|to)\s*\d+(?:\.\d+)?\s*%"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
    r"|\((?:(?<=[:,;] \()|(?<=and \()|(?<=were \()|(?<=are \()|(?<=ing \()|(?<=uded \())(?:\d|[a-z])\)\s+(?=(?!and\b|or\b|vs\b|versus\b|in\b|of\b|with\b|were\b|was\b)[a-z])"
    r"|\bto (?:prevent|avoid|save|cause|avert) (?:1|one)\b"
    r"|[-\d.]+\s*(?:±|\+/-)\s*[\d.]+|\b(?:19|20)\d\d\b(?!\s+(?:patients|subjects|participants|women))|\d+\s*:\s*\d+"
    r"|\b(?:one|two|three|four)-(?:year|month|week|day|way|sided|tailed|arm|stage|fold|third|quarter|thirds|fifths)\b|\b(?:one|two) (?:year|month|week|day|hour)s?\b"
    r"|\b(?:patient|subject|participant|case)\s+(?:no\.?\s*)?\d+\b|\bone of the\b|\bone another\b|\bat one\b|\bno one\b|\b(?:day|week|month|cycle|arm|group|grade|phase|stage|level)\s+(?:one|two|three|four|five)\b|\b(?:at least|more than|up to|fewer than|less than)\s+(?:\d+|one|two|three)\b(?!\s*(?:patients|subjects|participants|of))|\bone or more\b|\bat least one\b|\bmore than one\b|[<>]\s*(?:or\s*=\s*)?\s*\d+(?:\.\d+)?"
    r"|\d[\d.,]*\s*(?:patient|person|subject|participant|wom[ae]n|child)[\s-]?(?:years?|months?|days?|hours?)\b"
    r"|\d+(?:\.\d+)?\s*(?:events?\s+)?(?:per|/)\s*1,?0{2,4}\b|\bper\s+1,?0{2,4}\b"
    r"|(?:more than|at least|less than|fewer than|greater than|over|up to)\s+\d+(?:\.\d+)?\s*%"
)


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
    stop = len(folded) if end is None else end
    masked = _mask(folded, start, stop)
    for first, last in avoid:
        masked = masked[:first] + "~" * (last - first) + masked[last:]
    found: list[Count] = []
    for form, pattern in _FORMS:
        if form == "bare" and not bare:
            continue
        for match in pattern.finditer(masked, start, stop):
            if not any(c.start < match.end() and match.start() < c.end for c in found):
                count = _count(form, match)
                if count is not None:
                    found.append(count)
    return _wholes(folded, sorted(found, key=lambda c: c.start))


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
    for match in NO_COUNT.finditer(folded, start, stop):
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
    if n is not None and total is not None and n > total:
        return None
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
