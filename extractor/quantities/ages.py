"""Ages in text: "mean age 57.3 ± 8.2 years (range 38-71)", "aged 18-40", "between 2 and 17 years of age", "≥ 40 years".

Takes text from :func:`extractor.text.fold`; offsets are half-open. Whose age it is, is decided by the field.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractor import patterns as re
from extractor.quantities.age_runs import Run, runs, unit_of
from extractor.quantities.numbers import whole
from extractor.text import Taken, remembered
from extractor.words import Words

W = Words("quantities")

_UNIT = rf"{W.unit_years}(?![a-z])"
_NUM = r"\d{1,3}(?:\.\d+)?"
# "thirty-one", "forty": ages are written out too
_SPELLED = r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|eleven|twelve)"
_TO = W.to
_PM = r"(?:\+ ?/ ?-|±|\+-|\? )"
# "+/- 8.2", "± 8.2 years", "(8.2)", "(sd 8.2)", "[sd = 8.2]", ", sd 8.2"; group "sd"
_SPREAD = rf"(?: ?(?:{_UNIT})?,? ?(?:(?:\(|\[)? ?(?:standard deviation|s\.?d\.?|sem|se|{_PM})[ =:,of]*(?:{_PM})? ?(?P<sd>{_NUM})|(?:\(|\[)(?P<sd_in>\d{{1,2}}(?:\.\d+)?)(?= ?(?:{_UNIT})?[)\]])))?"
# ", range 34-71", "(range, 34 to 71 years)", "[38-62]", "(interquartile range 40-60)" is no range; groups "low", "high"
_RANGE = rf"(?: ?(?:{_UNIT})?[)\]]?[,;]? ?(?:(?:with|and)? ?(?:an?|the) )?(?P<open>\(|\[)?,? ?(?:(?P<iqr>iqr|inter-?quartile range|95% ci|ci)|(?:age |years, |yr, )?(?:range[ds]?|min-max|minimum-maximum|extremes?)(?: from| of| between|:|=|,)*)? ?(?P<low>{_NUM}) ?(?:{_UNIT})?{_TO}(?P<high>{_NUM})(?! ?%))?"
_WHICH = r"(?P<which>mean|average|avg\.?|median)"
# "mean age: 57.3 years", "median (range) age was 61", "age (mean ± sd) 28.3 ± 8.2", "mean patient age of"
_CENTRE_FORMS = (
    rf"{_WHICH}(?: ?[(\[][^()\[\]]{{1,30}}[)\]]| ?{_PM} ?s\.?[de]\.?m?\.?)?,?(?: (?:of )?(?:the )?{W.centre_patients})* ages?(?: \(?{W.centre_at}(?: [a-z-]+){{1,9}}?\)?)?",
    rf"ages?,? ?[(\[:]? ?(?:in years,? ?)?(?P<which2>{W.mean})[^\d(]{{0,20}}(?:\([^)\d]{{1,15}}\))?",
    rf"ages?(?: {W.centre_at}(?: [a-z-]+){{1,4}}?)?(?: was| were| averaged| averaging| =|:|=|,)?(?= ?{_NUM} ?(?:{_UNIT} ?)?(?:{_PM}|,? ?[(\[]?s\.?d\b|\(standard|\(\d))",
)
# "the median age of the 14 people was 52": the number counts people
_PEOPLE = r"(?:(?:adult|female|male|treated|enrolled|included) )?(?:people|patients|participants|subjects|children|adults|women|men|volunteers|individuals|infants)\b"
_OF_PEOPLE = rf"(?: (?:of|in|among|for) (?:the |these |all |our )*(?:\d{{1,5}} {_PEOPLE}|{W.how_many}(?: {_PEOPLE})?)(?: ?\([^()]{{1,30}}\))?)"
CENTRE = re.compile(
    rf"\b(?:{'|'.join(_CENTRE_FORMS)})(?:,? ?[(\[][^()\[\]\d]{{1,30}}[)\]])?{_OF_PEOPLE}?+(?: was| were| is| of| being| at| in years| years| approximately| about| ?[,:=~]| ?{_PM} ?s\.?d\.?| ?\[| ?\()* ?(?P<mean>{_NUM}|{_SPELLED}\b)(?!\d| {_PEOPLE}| ?[mf]\b){_SPREAD}(?P<tail>{_RANGE})"
)
# "children (8.1 +/- 2.8 years)", "volunteers [27 +/- 5 (sd) yr": right after people
AFTER_PEOPLE = re.compile(
    rf"{W.after_people_patients} ?(?P<at>[(\[](?P<mean>{_NUM}) ?{_PM} ?(?P<sd>{_NUM})(?: ?\(sd\))? ?(?P<unit>{_UNIT}))"
)
# "28 patients (12-16 years)", "(six men, two women; 44 to 67 years)": a range right behind people
RANGE_AFTER_PEOPLE = re.compile(
    rf"(?:{W.range_after_people_patients}|\d ?[mf]\b),?;? ?[(\[]?(?:from |of )?(?:ages?:? ?)?(?P<low>{_NUM}) ?(?P<unit1>{_UNIT})?{_TO}(?P<high>{_NUM}) ?(?P<unit>years?|yrs?\.?|y)(?= ?[);,\]]| with\b)"
)
# "92 children enrolled (3.05 ± 1.22 years)", "(92% male, 55 ± 11 years)"
CENTRE_AFTER_PEOPLE = re.compile(
    rf"{W.centre_after_people_patients}(?: (?:enrolled|included|randomi[sz]ed|treated))?,?;? ?[(\[]?(?P<mean>{_NUM}) ?{_PM} ?(?P<sd>{_NUM}) ?(?P<unit>years?|yrs?\.?|y)(?= ?[);,\]])"
)
# "(76% males; 57.4 ± 11.1 years old; ...)": nothing but a person is so many years old, more or less
OLD = re.compile(
    rf"(?<![\d.,] )(?<![\w.])(?P<mean>{_NUM}) ?{_PM} ?(?P<sd>{_NUM}) ?-?(?P<unit>{_UNIT})[ -](?:old\b|olds\b|of age\b)(?! at (?:onset|diagnosis))"
)
# "patients 68 10 years old": the sign between mean and spread was lost
LOST_SIGN = re.compile(
    rf"{W.lost_sign_patients},? \(?(?:aged? )?(?P<mean>\d\d(?:\.\d)?) (?P<sd>\d{{1,2}}(?:\.\d)?) (?P<unit>years) (?:old|of age)\b"
)
# "age 66.2 years", "(age: 42.0": a decimal is a mean
DECIMAL_AGE = re.compile(
    rf"\bage[ds]?(?: ?[:=]|,| was| of)? ?(?P<mean>\d{{1,2}}\.\d+)(?: ?(?P<unit>{_UNIT}))?(?! ?(?:{_PM}|-|to\b|mm|kg|%|\d)| ?\([^()]*\), ?\d)"
)
# "a mean of 61 years of age", "averaging 61 years of age", "aged 28.3 ± 8.2 years"
CENTRE_OF = re.compile(
    rf"\b(?:(?P<which>mean|average|median)(?: of|:)? (?P<mean>{_NUM}){_SPREAD} ?{_UNIT}(?: of age| old)|ages?d?:?,? (?P<mean2>{_NUM}) ?(?:{_UNIT} ?)?{_PM} ?(?P<sd2>{_NUM}))(?P<tail>{_RANGE})"
)
_AGED = rf"(?:\b{W.aged_aged}\b(?: of {W.aged_whose}(?: [a-z]+){{1,2}}(?= (?:was|were|ranged|lay)\b))?{W.aged_of}*[( ]*(?:from |between |of )?(?:the ages? of )?)"
# "aged 54 on average (40-67)", "age was 55 years in the median", "on average they were 54 years old"
ON_AVERAGE = re.compile(
    rf"\bage[ds]?(?: was| were|,| of)? (?P<mean>{_NUM}) ?(?:{_UNIT} ?)?(?:in the (?P<which>mean|median)|on (?:an? )?average)(?P<tail>{_RANGE})|\bon average,? (?:the )?[a-z]+ (?:were|was)(?: aged)? (?P<mean2>{_NUM}) ?{_UNIT}"
)
# "the youngest was 19 and the oldest 61 years"
YOUNGEST = re.compile(
    rf"\byoungest (?:[a-z]+ ){{0,3}}(?P<low>{_NUM}) ?(?P<unit1>{_UNIT})?(?: old| of age)?,? ?(?:and )?(?:the )?oldest (?:[a-z]+ ){{0,3}}(?P<high>{_NUM})(?: ?(?P<unit>{_UNIT}))?"
)
# "aged 18-40 years", "age range: 4-13", "ages 50 to 79", "aged between 18 and 60"
AGED_RANGE = re.compile(
    rf"{_AGED}(?P<low>{_NUM}|{_SPELLED}|[a-z]{{3,9}}) ?(?P<unit1>{_UNIT})?{_TO}(?:less than |< ?)?(?P<high>{_NUM}|{_SPELLED}|[a-z]{{3,9}})(?![\d.]*\d| ?%| ?mg)(?: ?-? ?(?P<unit>{_UNIT}))?"
)
# "age range 2 to 15 years, mean 5.5, SD 3.6": the mean behind the range
MEAN_BEHIND = re.compile(
    rf"(?: ?{_UNIT})?(?: of age| old)?[)\]]?[,;]? ?[(\[]?(?:and |with |an? )*{_WHICH}(?: of|:|=| was| ?{_PM} ?s\.?d\.?|,)*+ ?(?P<mean>{_NUM}){_SPREAD}"
)
# "2 to 6 years of age", "(3-11 years old)", "18-65 year-old", "between 5 and 15 years of age"
RANGE_OF = re.compile(
    rf"(?<![\d.,/])(?P<low>{_NUM}) ?(?P<unit1>{_UNIT})?{_TO}(?P<high>{_NUM}) ?-? ?(?P<unit>{_UNIT})(?: |-)?(?:of age|old\b|olds\b|in age)"
)
# "(22-36 months)", "(18-65 years)" right after people
BETWEEN_AGES = re.compile(
    rf"\bbetween (?:the )?ages? of (?P<low>{_NUM}) ?(?P<unit1>{_UNIT})?{_TO}(?P<high>{_NUM})(?: ?(?P<unit>{_UNIT}))?|\bbetween (?P<low2>{_NUM}){_TO}(?P<high2>{_NUM}) ?(?P<unit2>{_UNIT})(?: of age| old)"
)
# "aged ≥ 40 years", "65 years or older", "over 18 years of age", "older than 65", "age > 50"; folded >= is ">"
_AT_LEAST_FORMS = (
    rf"\b{W.aged}(?: of)? ?{W.at_least_over}(?P<low>{_NUM})(?: ?(?P<unit>{_UNIT}))?",
    rf"\b(?:{W.at_least_aged}(?P<low2>{_NUM}) ?(?P<unit2>{_UNIT})?{W.of}?(?:,| \()? ?{W.at_least_or} {W.at_least_older}|(?P<low6>{_NUM}) ?(?P<unit6>{_UNIT})(?: of age| old)?(?:,| \()? ?{W.at_least_or} {W.older}|(?P<low7>{_NUM}) ?(?P<unit7>{_UNIT}) {W.of_age}(?:,| \()? ?(?:or|and|&) {W.more})",
    rf"{W.at_least_at} ?(?P<low3>{_NUM}) ?(?P<unit3>{_UNIT}) ?{W.old}",
    rf"\bolder than (?P<low4>{_NUM}) ?(?P<unit4>{_UNIT})",
    rf"> ?(?:(?:or|/) ?=|=)? ?(?P<low5>{_NUM}) ?-?(?P<unit5>{W.years}){W.at_least_old}?(?= {W.at_least_with}|\))",
)
AT_LEAST = re.compile(rf"(?:{'|'.join(_AT_LEAST_FORMS)})")
# "younger than 70 years", "under 5 years of age", "aged < 18"
AT_MOST = re.compile(
    rf"(?:\b{W.aged} ?{W.at_most_under}(?P<high>{_NUM})(?: ?(?P<unit>{_UNIT}))?|\b(?P<high2>{_NUM}) ?(?P<unit2>{_UNIT}){W.at_most_of}|{W.at_most_younger} ?(?P<high3>{_NUM}) ?(?P<unit3>{_UNIT}) ?{W.old}|\byounger than (?P<high4>{_NUM}) ?(?P<unit4>{_UNIT}))"
)
# "a 55-year-old man", "a 41 years old female", "a woman aged 41 years", "an 8-month-old boy"
ONE = re.compile(
    rf"\b(?:an?|the|one|this) (?:[a-z-]+ ){{0,3}}?(?P<n>\d{{1,3}}|[a-z]+(?:-[a-z]+)?)[ -](?P<unit>{W.one_years})[ -]olds?\b(?:,?(?: [a-z-]+){{0,3}}? (?P<who>{W.one_man})\b)?|\b(?:an?|the|his|her) (?P<who2>{W.one_woman})(?: patient)?,? (?:aged|of) (?P<n2>\d{{1,3}})(?: ?(?P<unit2>years?|months?|yrs?)|(?=[,.;)]| with\b))"
)
CUE = re.compile(W.cue)


@dataclass(frozen=True, slots=True)
class Age:
    """One statement of age; numbers in `unit`, offsets of the phrase that says it."""

    start: int
    end: int
    shape: str  # centre, range, limit, one
    unit: str = "years"
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    who: str = ""  # for one person: man, woman, ...


HOURS = re.compile(rf" ?-?{W.hours_hours}\b")  # an age in hours is no age of a cohort


@remembered
def ages(folded: str) -> list[Age]:
    """All statements of age in folded text, in order, none inside another."""
    if not CUE.search(folded):
        return []
    found: list[Age] = []
    taken = Taken()
    for age in [*_centres(folded), *_ranges(folded), *_limits(folded), *_ones(folded)]:
        if _of_a_person(folded, age) and taken.take(age.start, age.end):
            found.append(age)
    return _more(folded, sorted(found, key=lambda a: a.start))


def _more(folded: str, found: list[Age]) -> list[Age]:
    """What the patterns found, and what a run of numbers says besides: in place of those of which it says more."""
    for run in runs(folded):
        age = _of_run(run)
        first = bisect_right(found, age.start, key=lambda a: a.end)  # in order, none over another
        last = bisect_left(found, age.end, lo=first, key=lambda a: a.start)
        over = found[first:last]
        if age.shape == "one" and (over or A_LIMIT.search(folded, max(0, age.start - 20), age.start)):
            continue
        said = {pair for a in over for pair in _said(a, age)}
        if (said < _said(age, age) or (over and (run.listed or run.high_unit))) and _of_a_person(folded, age):
            start, end = min([age.start, *(a.start for a in over)]), max([age.end, *(a.end for a in over)])
            found[first:last] = [replace(age, start=start, end=end)]
    return found


def _of_a_person(folded: str, age: Age) -> bool:
    """Whether an age is neither told in hours, nor of an injury, a pregnancy or a visit."""
    pregnancy = GESTATION.search(folded, max(0, age.start - 25), age.end)
    if age.unit != "years" and VISITS.search(folded, max(0, age.start - 60), age.start):
        return False
    spent = SPENT.match(folded, age.end)
    return not (pregnancy or spent or HOURS.match(folded, age.end) or _of_injury(folded, age))


# "a mean of 2.9 years of life gained", "of follow-up": a length of time
SPENT = re.compile(
    r" (?:of (?:life (?:were |was )?(?:gained|saved|lost)|follow|survival|treatment|experience)|gained|longer)\b"
)
# "recruited before the age of 8 weeks": nobody's own age
A_LIMIT = re.compile(
    r"\b(?:before|until|till|by|after|from|since|over|under|above|below|beyond|up to) (?:(?:the|an) )?$"
)
# "growth was assessed at 8, 16 and 52 weeks of age": times of visits
VISITS = re.compile(r"\b(?:assess|measur|evaluat|examin|record|visit|follow)[a-z]*\b[^.;]{0,30}? at (?:\d[\d, ]*)?$")
GESTATION = re.compile(r"\b(?:gestation(?:al)?|post-?menstrual|corrected|bone) age|\bgestation\b")


def _of_run(run: Run) -> Age:
    unit = run.unit or "years"
    low = _in_unit(run.low, run.low_unit, unit) if run.low is not None and run.low_unit else run.low
    high = _in_unit(run.high, run.high_unit, unit) if run.high is not None and run.high_unit else run.high
    if run.centre is None and run.low is None:
        return Age(run.start, run.end, "one", unit, mean=run.one, low=run.one, high=run.one)
    shape = "range" if run.centre is None else "centre"
    return Age(run.start, run.end, shape, unit, run.mean, run.sd, run.median, low, high)


def _said(age: Age, other: Age) -> set[tuple[str, float]]:
    """The numbers of an age with their names; one person's age may be the mean or the median of the other."""
    names = ("mean", "sd", "median", "low", "high")
    said = {(n, float(v)) for n in names if (v := getattr(age, n)) is not None}
    if age.shape != "one" or other.shape == "one":
        return said
    return {("median" if other.median is not None else "mean", v) for _, v in said}


# "injuries 6 to 18 months old", "stroke, 7-30 days old": the age of what is treated
INJURY = re.compile(
    rf"\b{W.injury}\b(?: \([^()]*\))?,?(?: (?:was|were|being|of|that|which|is|are|had|at))*(?: least)? ?$"
)
ELDEST_INJURY = 15  # years; what is older is a person


def _of_injury(folded: str, age: Age) -> bool:
    """Whether an age of some days to some years is that of an injury, a stroke, a wound."""
    top = age.high if age.high is not None else age.low
    if top is None or (age.unit == "years" and top > ELDEST_INJURY) or not folded.startswith("old", age.end - 3):
        return False
    return bool(INJURY.search(folded, max(0, age.start - 60), age.start))


def unit_name(written: str | None) -> str:
    """``years`` unless the text says months, weeks or days."""
    return unit_of((written or "").strip())


def _number(written: str | None) -> float | None:
    if not written:
        return None
    if written[0].isdigit():
        value = float(written)
        return int(value) if value == int(value) and "." not in written else value
    return whole(written)


_NUMBER_UNIT = re.compile(rf"{_NUM} ?-?(?P<unit>{_UNIT})")


def _centres(folded: str) -> Iterator[Age]:
    yield from _plain_centres(folded)
    for pattern in (CENTRE, CENTRE_OF, ON_AVERAGE):
        for match in pattern.finditer(folded):
            groups = match.groupdict()
            value = _number(groups["mean"] or groups.get("mean2"))
            sd = _number(groups.get("sd") or groups.get("sd_in") or groups.get("sd2"))
            if value is None or value > 120:
                continue
            ranged = bool(groups.get("low")) and not groups.get("iqr")
            end = match.end() if ranged or groups["tail"] is None else match.start("tail")
            unit = _NUMBER_UNIT.search(folded, match.start(), min(len(folded), end + 9))
            if unit and unit.end() <= end + 9 and unit.start() < end:
                end = max(end, unit.end())
            which = groups.get("which") or groups.get("which2") or "mean"
            low, high = (_number(groups["low"]), _number(groups["high"])) if ranged else (None, None)
            age = Age(
                match.start(), end, "centre", unit_name(unit["unit"] if unit else None), sd=sd, low=low, high=high
            )
            yield replace(age, median=value, sd=None) if which == "median" else replace(age, mean=value)
    for match in OLD.finditer(folded) if "old" in folded or "of age" in folded else ():
        mean, sd = _number(match["mean"]), _number(match["sd"])
        yield Age(*match.span(), "centre", unit_name(match["unit"]), mean=mean, sd=sd)


def _plain_centres(folded: str) -> Iterator[Age]:
    for match in CENTRE_AFTER_PEOPLE.finditer(folded):
        mean, sd = _number(match["mean"]), _number(match["sd"])
        yield Age(match.start("mean"), match.end(), "centre", unit_name(match["unit"]), mean=mean, sd=sd)
    for match in AFTER_PEOPLE.finditer(folded):
        yield Age(
            match.start("at") + 1,
            match.end(),
            "centre",
            unit_name(match["unit"]),
            mean=_number(match["mean"]),
            sd=_number(match["sd"]),
        )
    for match in LOST_SIGN.finditer(folded):
        yield Age(
            match.start("mean"), match.end(), "centre", "years", mean=_number(match["mean"]), sd=_number(match["sd"])
        )
    for match in DECIMAL_AGE.finditer(folded):
        if not re.search(
            r"(?:mean|average|median)[\w \[\]()]{0,14}$", folded[max(0, match.start() - 20) : match.start()]
        ):
            yield Age(match.start(), match.end(), "centre", unit_name(match["unit"]), mean=_number(match["mean"]))


def _ranges(folded: str) -> Iterator[Age]:
    for pattern in (BETWEEN_AGES, AGED_RANGE, RANGE_OF, RANGE_AFTER_PEOPLE, YOUNGEST):
        for match in pattern.finditer(folded):
            groups = match.groupdict()
            low, high = (
                _number(groups.get("low") or groups.get("low2")),
                _number(groups.get("high") or groups.get("high2")),
            )
            first, last = groups.get("unit1"), groups.get("unit") or groups.get("unit2")
            if low is None or high is None or high > 120:
                continue
            if first and last and unit_name(first) != unit_name(last):  # "6 months to 15 years"
                low = _in_unit(low, unit_name(first), unit_name(last))
            elif low >= high:
                continue
            begin = match.start("low") if pattern is RANGE_AFTER_PEOPLE else match.start()
            age = Age(begin, match.end(), "range", unit_name(last or first), low=low, high=high)
            behind = MEAN_BEHIND.match(folded, match.end()) if pattern in (AGED_RANGE, RANGE_OF) else None
            yield _with_mean(age, behind) if behind else age


def _with_mean(age: Age, behind: re.Match[str]) -> Age:
    """A range with the mean or median that stands behind it, where that lies in it."""
    value = _number(behind["mean"])
    if value is None or age.low is None or age.high is None or not age.low <= value <= age.high:
        return age
    age = replace(age, end=behind.end(), shape="centre")
    if behind["which"] == "median":
        return replace(age, median=value)
    return replace(age, mean=value, sd=_number(behind["sd"] or behind["sd_in"]))


def _in_unit(value: float, unit: str, other: str) -> float:
    """An age in another unit: six months are half a year."""
    a_year = {"years": 1, "months": 12, "weeks": 52, "days": 365}
    return round(value * a_year[other] / a_year[unit], 3)


def _limits(folded: str) -> Iterator[Age]:
    for pattern, name in ((AT_LEAST, "low"), (AT_MOST, "high")):
        for match in pattern.finditer(folded):
            value = next((g for k, g in match.groupdict().items() if k.startswith(name) and g), None)
            unit = next((g for k, g in match.groupdict().items() if k.startswith("unit") and g), None)
            number = _number(value)
            if number is not None and 0 < number <= 110:
                age = Age(match.start(), match.end(), "limit", unit_name(unit))
                yield replace(age, low=number) if name == "low" else replace(age, high=number)


def _ones(folded: str) -> Iterator[Age]:
    for match in ONE.finditer(folded):
        value = _number(match["n"] or match["n2"])
        if value is not None and value <= 110:
            unit = unit_name(match["unit"] or match["unit2"])
            yield Age(
                match.start(),
                match.end(),
                "one",
                unit,
                mean=value,
                low=value,
                high=value,
                who=match["who"] or match["who2"] or "",
            )
