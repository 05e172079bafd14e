"""How often one participant was given the cells, and how far apart, as rules read it; and further numbers for a reader to judge.

Sites injected in one operation are no administrations; neither are a co-medication's doses, dose levels ("two doses, 1 and 5
million"), or a cohort's total ("113 injections were given"). Which number is the trial's own, the field decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.product.repeats import Again, Points, again, multiplied, points
from extractor.quantities.doses import CELL_NOUN, amounts
from extractor.quantities.durations import durations
from extractor.quantities.numbers import NUMBER_WORDS, times, whole
from extractor.quantities.schedules import Interval, courses, intervals
from extractor.words import Words

W = Words("product")

_NOUN = W.noun
_NUMBER = rf"(?:single|sole|one-time|two-time|double|{NUMBER_WORDS}|\d{{1,3}})"
# words that may stand between the number and its noun: "monthly intrathecal", "consecutive", "BM-MSC"
_BETWEEN = rf"(?:(?!{W.between_of}\b)(?:i\.\s?[vtm]\.|[a-z®][\w®'/+-]*)(?:\s?\(\w{{1,8}}\))?,?\s+){{0,5}}?"
# "two intrathecal injections" "single dose" "1-3 infusions" "single-dose" "up to 4 treatments"
_COUNTED = re.compile(
    rf"(?<![\w.,×x/%±<>:-])(?<![\d] )(?P<low>{_NUMBER})(?:\s?(?:-|to|or)\s?(?P<high>{_NUMBER}))?(?:\s*-\s*|\s+)(?P<mods>{_BETWEEN})(?P<noun>{_NOUN})\b"
)
# "the number of infusions was 2 (range 1-5)", "injections per patient ranged from 2 to 6"
_NUMBER_OF = re.compile(
    rf"\b(?:number of\s+(?P<noun>{_NOUN})|{_NOUN} per (?:patient|participant|subject))(?:\s{W.number_of_per}\s(?:each\s|a\s)?(?:patients?|participants?|subjects?))?\s?{W.number_of_was}\s?(?:from\s|between\s|a\s)?(?:median\s|mean\s)?(?:of\s)?(?P<low>{_NUMBER})(?:\s?(?:-|to|and)\s?(?P<high>{_NUMBER}))?(?!\s?(?:\.\d|±|%))"
)
# "injected twice" "administered 3 times" "one time" "on two occasions" "at a single time point"
_TIMES = re.compile(
    rf"\b(?:(?P<adverb>once(?! (?:blood|counts|they|patients|the)\b)|twice|thrice)|(?:(?P<low>{_NUMBER})\s?(?:-|to|or)\s?)?(?P<n>{_NUMBER})[\s-]+(?:separate |different |consecutive )?(?:times?|occasions?|time[ -]?points?))\b(?!\s*{W.times_daily})"
)
_GIVE = W.give
GIVEN_BEFORE = re.compile(rf"\b{_GIVE}\b[^;]{{0,90}}$")
GIVEN_NEAR = re.compile(rf"\b{_GIVE}\b")
# "on days 0 and 28", "at months 0, 3 and 6": each point one administration where the first is the start
_POINTS_BEFORE = re.compile(
    rf"\b{_GIVE}\b[^;]{{0,130}}?(?:\b(?:on|at|in)\s+(?:study\s+)?|\b(?:points|occasions) \()$|\b{_NOUN}(?: \([^)]{{1,25}}\))? (?:at|on) $"
)
# "44 had two, one week apart"
_ELIDED = re.compile(
    rf"\b(?:had|got|received|given) (?P<n>{_NUMBER})(?: of (?:them|these))?,? (?=(?:{_NUMBER}|an?) (?:day|week|month)s? apart\b)"
)
# "monthly, six in all", "every 28 days, for three cycles": a number beside an interval
_IN_ALL = re.compile(
    rf"\b(?P<n>{_NUMBER}) (?:in all|in total|altogether|all told)\b|\bfor (?P<cycles>{_NUMBER}) (?:cycles|courses|rounds)\b"
)
# "1 to 14 a patient", "two to five per person": how many one person had
_A_PERSON = re.compile(
    rf"(?<![\w.,])(?P<low>{_NUMBER})\s?(?:-|to|or)\s?(?P<high>{_NUMBER})\s(?:{_NOUN}\s)?(?:a|per|each|for each)\s?(?P<noun>patient|person|participant|subject|child)\b(?!\.\d)"
)
# "on six consecutive days"
_DAYS_RUNNING = re.compile(
    rf"\b(?:on|for|over)\s(?P<n>{_NUMBER})\s(?P<how>consecutive|successive|alternate)\s(?:days|weeks|months)\b"
)
_MOBILISED = re.compile(r"\bg-?csf\b|\bfilgrastim\b|\bcolony|\bmobili[sz]")
# "once in 24 patients, twice in 10 and thrice in 4", "two infusions in five, one in twelve"
_IN_SOME = re.compile(
    rf"\b(?:(?P<adverb>once|twice|thrice)|(?P<n>{_NUMBER})(?:\s{_BETWEEN}(?:{_NOUN}))?)(?:\swere\sgiven)?\s(?:in|to)\s(?:the other\s|another\s)?(?:{NUMBER_WORDS}|\d+)\b(?!\s?(?:days|weeks|months|years|hours|h\b|min|%|cent))"
)
# "the first was followed by a second after four weeks and by a third"
_ELLIPTIC = re.compile(
    rf"\b(?:a|an|the)\s(?P<n>{W.ordinal_second})(?=\s(?:one\b|at\b|after\b|followed\b|{NUMBER_WORDS}\s(?:day|week|month)|\d))"
)
_FIRST = re.compile(r"\b(?:the|a)\sfirst\b")
# "at baseline, 6 and 12 months they were injected with"
_GIVEN_BEHIND = re.compile(rf",?\s(?:\w+\s){{1,3}}{W.given_behind_were}\s{_GIVE}\b")
_EACH = re.compile(
    rf"\b(?:per|each|every)\s+(?:\w+\s)?{W.each_patient}|\b(?:each|all|every|the) (?:\w+\s)?(?:patients?|participants?|subjects?)\s+(?:\w+\s){{0,2}}(?:receiv|had|got|under)"
)
AFTER_NOT = re.compile(rf"^{W.after_not_of}")
_OF_CELLS = re.compile(rf"\b(?:cells?|{CELL_NOUN}|infusions?|injections?|transplant\w*)\b")
BEFORE_NOT = re.compile(rf"(?:\b{W.before_not_at}\s*|\d\s?/\s?)$")
MAXIMUM = re.compile(r"\b(?:up to|maximum of|at most)\s+(?:a\s+)?$")
TOTAL = re.compile(r"\b(?:total of|in total,?|altogether,?|a total)\s+$")
# direct injection into a tissue: many injections are sites of one operation
TISSUE = re.compile(rf"\b{W.tissue}\b")
# "30 intramuscular injections": so many needles of one operation
_MANY_SITES = re.compile(
    r"^(?:[89]|[1-9]\d|ten|twelve|fifteen|twenty|thirty)\b.*\b(?:intramuscular|transendocardial|intramyocardial)\b"
)
TIME_CUE = re.compile(rf"\b{W.time_cue}\b")
OTHER_DRUG = re.compile(rf"\b\d+(?:\.\d+)?\s?{W.other_drug_mg}\b")
# "monthly cyclophosphamide for a year"
DRUG_NAME = re.compile(r"\b\w{3,}(?:mide|mab|lone|trone|prine|limus|feron|statin|parin|triaxone)\b")
LEVELS = re.compile(rf"\b{W.levels}\b")
# "the safety of two doses of", "tested in three doses": levels that are compared
_DOSES_ON_TRIAL = re.compile(rf"\b{W.on_trial}\s(?:the\s)?$")
VISIT = re.compile(rf"\b{W.visit}\b")
SEEN = re.compile(r"\b(?:seen|reviewed|visited|followed|phoned|called|examined|scanned|weighed)(?: \w+)?\s$")
_SAID = {"single": 1, "sole": 1, "one-time": 1, "two-time": 2, "double": 2}
# "a second infusion was given 3 months later", "again two weeks later": so many in all
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
_ORDINAL = re.compile(
    rf"\b{W.ordinal_an}\s(?P<n>{W.ordinal_second})\s{_BETWEEN}(?:{_NOUN})\b|\b(?P<again>again)\s(?=[\w-]+\s(?:days?|weeks?|months?)\s(?:later|after))"
)
# "between two and five rounds": the lower end stands before the number
_BETWEEN_TWO = re.compile(rf"\bbetween\s(?P<low>{_NUMBER})\sand\s$")
MOST = 30  # more than that is a cohort's total


BESIDE = re.compile(rf"\b{W.beside}\b")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of administrations said at ``start:end`` of a sentence."""

    start: int
    end: int
    low: int
    high: int
    rule: str
    sentence: Sentence
    interval: Interval | None = None
    primary: bool = True


# "was bent five times", "and scored twice": done so often, and no giving
DONE_BEFORE = re.compile(rf"\b{W.done_before_was}\s(?:\w+ly\s)?(?!{_GIVE}\b)\w+{W.done_before_ed}\s(?:\w+ly\s)?$")
_APART = re.compile(r"\s(?:apart|later|after|between)\b")
PER_TIME = re.compile(r"\s(?:per|each|a|(?P<every>every))\s(?:\w+\s)?(?:day|week|month|year)s?\b")


def _is_rate(n: int, after: str) -> bool:
    """Whether a number says how often, not how many: "one infusion per week"; "four infusions every week" are four."""
    match = PER_TIME.match(after)
    if match and _APART.match(after, match.end()):
        return False
    return bool(match) and (n == 1 or not (match and match["every"]))


def offered(seen: View) -> Iterator[Count]:
    """Numbers that no rule takes, for the reader to judge."""
    for sentence in seen.sentences:
        if not _NEEDED.search(seen.folded, sentence.start, sentence.end):
            continue
        shares = list(_of_some(seen, sentence))
        yield from (c for c in _offered(seen, sentence) if not _inside(c, shares))


# "one (n = 28) or to four (n = 27) infusions": the number of each arm
_EACH_ARM = re.compile(
    rf"(?<![\w.,])(?P<first>{_NUMBER})\s?\(n ?= ?\d+\),?\s(?:or|and|versus|vs\.?)\s(?:to\s)?(?P<second>{_NUMBER})\s?\(n ?= ?\d+\)\s{_BETWEEN}(?:{_NOUN})\b"
)
# "three high dose", "11 transplant units", "four dose cohorts": one of a kind is named, nothing is counted
_SINGULAR = re.compile(r"\b(?:dose|transplant|infusion|injection|treatment)$")


def _names_a_kind(counted: str, high: int) -> bool:
    return (
        high > 1
        and bool(_SINGULAR.search(counted))
        and "-" not in counted.split(" ")[0]
        and "infusion treat" not in counted
    )


def _offered(seen: View, sentence: Sentence) -> Iterator[Count]:
    for match in _EACH_ARM.finditer(seen.folded, sentence.start, sentence.end):
        for name in ("first", "second"):
            n = _n(match[name])
            if n is not None and n <= MOST:
                yield Count(match.start(name), match.end(name), n, n, "offered", sentence)
    for pattern in (_COUNTED, _NUMBER_OF):
        for match in pattern.finditer(seen.folded, sentence.start, sentence.end):
            low = _n(match["low"])
            high = _n(match["high"]) if match["high"] else low
            two = _BETWEEN_TWO.search(seen.folded, max(sentence.start, match.start() - 30), match.start())
            low = _n(two["low"]) if two else low
            behind = seen.folded[match.end() : sentence.end]
            if high is not None and _names_a_kind(match.group(), high):
                continue
            if low is not None and high is not None and 1 <= low <= high <= MOST and not _is_rate(low, behind):
                yield Count(two.start() if two else match.start(), match.end(), low, high, "offered", sentence)
    for match in _TIMES.finditer(seen.folded, sentence.start, sentence.end):
        n = _often(match)
        if n is not None and n <= MOST and not DONE_BEFORE.search(seen.folded, sentence.start, match.start()):
            low = _n(match["low"] or "") or n
            yield Count(match.start(), match.end(), low, n, "offered", sentence)
    told = [(a.start, a.end) for a in again(seen.folded, sentence.start, sentence.end)]
    for match in _ORDINAL.finditer(seen.folded, sentence.start, sentence.end):
        if any(start <= match.start() < end for start, end in told):
            continue
        n = _ORDINALS[match["n"]] if match["n"] else 2
        yield Count(match.start(), match.end(), n, n, "offered", sentence)


# ---------------------------------------------------------------- counts


def counts(seen: View) -> Iterator[Count]:
    """Numbers of administrations that the rules take, sentence by sentence; what follows from a schedule where no number is said."""
    for sentence in seen.sentences:
        if _NEEDED.search(seen.folded, sentence.start, sentence.end):
            shares = list(_of_some(seen, sentence))
            said = [*_counted(seen, sentence), *_repeated(seen, sentence), *_numbered(seen, sentence)]
            said = [*shares, *(c for c in said if not _inside(c, shares))]
            yield from said
            first = min((c.start for c in said if c.high > 1), default=sentence.end)
            yield from (c for c in _computed(seen, sentence) if c.end < first)


_NEEDED = re.compile(rf"\b{W.needed}\b")


def _counted(seen: View, sentence: Sentence) -> Iterator[Count]:
    for match in _COUNTED.finditer(seen.folded, sentence.start, sentence.end):
        low = _n(match["low"])
        high = _n(match["high"]) if match["high"] else low
        if low is None or high is None or not 1 <= low <= high <= MOST or _names_a_kind(match.group(), high):
            continue
        if _BETWEEN_TWO.search(seen.folded, max(sentence.start, match.start() - 30), match.start()):
            continue  # the number is the upper end of a range
        before = seen.folded[max(sentence.start, match.start() - 60) : match.start()]
        after = seen.folded[match.end() : sentence.end]
        if _not_counted(seen, sentence, match, low, before, after):
            continue
        sites = high > 1 and _are_sites(seen.folded[sentence.start : sentence.end], match.group(), after)
        rule = "sites" if sites else "single" if high == 1 else "counted"
        yield Count(match.start(), match.end(), low, high, rule, sentence, primary=not sites)


_OCCASIONS = ("cycle", "course", "round", "session", "sitting", "procedure")


def _not_counted(seen: View, sentence: Sentence, match: re.Match[str], low: int, before: str, after: str) -> bool:
    noun, mods = match["noun"], match["mods"]
    if AFTER_NOT.match(after) or BEFORE_NOT.search(before) or _is_rate(low, after):
        return True
    if noun.startswith(_OCCASIONS) and not (
        _OF_CELLS.search(match.group() + after[:50])
        or (noun.startswith(_OCCASIONS[3:]) and GIVEN_BEFORE.search(before))
    ):
        return True
    if noun.startswith("treatment") and low == 1 and match["low"] not in ("single", "one", "a single"):
        return True
    if noun.startswith("treatment") and (re.match(r"\s+(?:with|were|was|in)\b", after) and match["low"] != "single"):
        return low == 1
    if OTHER_DRUG.search(match.group() + after[:40]):
        return True
    if TOTAL.search(before) and low > 6 and not _EACH.search(before + after):
        return True
    if noun.startswith("procedure") and low > 4:
        return True
    if noun.startswith("dos") and low > 1:
        return bool(
            LEVELS.search(mods)
            or LEVELS.search(before[-25:])
            or lists_levels(seen, match.end(), sentence.end)
            or _DOSES_ON_TRIAL.search(before)
        )
    return False


def lists_levels(seen: View, start: int, end: int) -> bool:
    """Whether two or more amounts follow: then the "doses" are levels."""
    return len(amounts(seen.folded, start, min(end, start + 100))) > 1


def _are_sites(sentence: str, counted: str, after: str) -> bool:
    if _MANY_SITES.search(counted):
        return True
    return bool(TISSUE.search(sentence)) and not (
        TIME_CUE.search(counted) or TIME_CUE.search(after[:80]) or "intrathecal" in counted or "intravenous" in counted
    )


def _repeated(seen: View, sentence: Sentence) -> Iterator[Count]:
    for match in _TIMES.finditer(seen.folded, sentence.start, sentence.end):
        before = seen.folded[sentence.start : match.start()]
        n = _often(match)
        beside = _interval_before(seen, sentence, match.start())
        if (
            n is None
            or n > MOST
            or not (GIVEN_BEFORE.search(before) or beside)
            or DONE_BEFORE.search(before)
            or OTHER_DRUG.search(before[-60:])
        ):
            continue
        yield Count(match.start(), match.end(), _n(match["low"] or "") or n, n, "times", sentence, beside)


def _interval_before(seen: View, sentence: Sentence, start: int) -> Interval | None:
    """The interval that stands right before a number: "intravenously every 2 weeks, four times"."""
    near = intervals(seen.folded, max(sentence.start, start - 40), start)
    return next((i for i in near if re.fullmatch(r",? ?\(?", seen.folded[i.end : start])), None)


def _numbered(seen: View, sentence: Sentence) -> Iterator[Count]:
    for match in _NUMBER_OF.finditer(seen.folded, sentence.start, sentence.end):
        low = _n(match["low"])
        high = _n(match["high"]) if match["high"] else low
        if low is not None and high is not None and 1 <= low <= high <= MOST:
            yield Count(match.start(), match.end(), low, high, "counted", sentence)


def _computed(seen: View, sentence: Sentence) -> Iterator[Count]:
    """Counts that follow from a schedule: "weekly for 4 weeks", "on days 0 and 28"."""
    text = seen.folded
    for course in courses(text, sentence.start, sentence.end):
        if DRUG_NAME.search(text, course.start, course.end) or (
            VISIT.search(text, course.start, course.end) or SEEN.search(text, sentence.start, course.start)
        ):
            continue
        around = text[max(sentence.start, course.start - 90) : course.end]
        if GIVEN_NEAR.search(around) and not OTHER_DRUG.search(
            text[max(sentence.start, course.start - 60) : course.end]
        ):
            yield Count(course.start, course.end, course.count, course.count, "course", sentence)
    for point in points(text, sentence.start, sentence.end):
        before = text[max(sentence.start, point.start - 170) : point.start]
        if not OTHER_DRUG.search(before[-90:]) and "drug" not in before[-90:] and _given_at(seen, sentence, point):
            yield Count(point.start, point.end, point.count, point.count, "points", sentence, _gap(point))
    for elided in _ELIDED.finditer(text, sentence.start, sentence.end):
        n, gap = _n(elided["n"]), next(iter(intervals(text, elided.end(), sentence.end)), None)
        if n is not None and 1 < n <= MOST:
            yield Count(elided.start("n"), elided.end(), n, n, "times", sentence, gap)
    for total in _IN_ALL.finditer(text, sentence.start, sentence.end) if _spacing(seen, sentence) else ():
        n = _n(total["n"] or total["cycles"])
        if n is not None and n <= MOST and not OTHER_DRUG.search(text, sentence.start, total.start()):
            yield Count(*total.span(), n, n, "times", sentence)
    yield from _one_after_another(seen, sentence)
    for second in again(text, sentence.start, sentence.end):
        yield Count(second.start, second.end, second.low, 2, "times", sentence, _delay(second))


def _of_some(seen: View, sentence: Sentence) -> Iterator[Count]:
    """What one person had where people differ, and what was done on days running."""
    text, begin, end = seen.folded, sentence.start, sentence.end
    for match in _A_PERSON.finditer(text, begin, end):
        low, high = _n(match["low"]), _n(match["high"])
        if low and high and low < high <= MOST and _about_products(text, sentence):
            yield Count(*match.span(), low, high, "counted", sentence)
    for match in _DAYS_RUNNING.finditer(text, begin, end):
        n = _n(match["n"])
        if (
            n
            and n <= MOST
            and GIVEN_NEAR.search(text, begin, end)
            and not OTHER_DRUG.search(text, begin, match.start())
            and not _MOBILISED.search(text, begin, match.start())
        ):
            step = 2.0 if match["how"] == "alternate" else 1.0
            unit = match.group().rsplit(maxsplit=1)[-1]
            yield Count(*match.span(), n, n, "times", sentence, Interval(*match.span(), step, step, unit))
    for first, last, low, most in multiplied(text, begin, end) if GIVEN_NEAR.search(text, begin, end) else ():
        if most <= MOST and _about_products(text, sentence) and not OTHER_DRUG.search(text, begin, first):
            yield Count(first, last, low, most, "times", sentence)
    shares = list(_IN_SOME.finditer(text, begin, end))
    said = sorted({n for m in shares if (n := _often(m)) and n <= MOST})
    told = any(m["adverb"] for m in shares) or any(re.search(rf"\b(?:{_NOUN})\b", m.group()) for m in shares)
    if len(said) > 1 and told and GIVEN_NEAR.search(text, begin, end):
        yield Count(shares[0].start(), shares[-1].end(), said[0], said[-1], "times", sentence)


def _inside(count: Count, others: list[Count]) -> bool:
    return any(o.start <= count.start and count.end <= o.end for o in others)


def _about_products(text: str, sentence: Sentence) -> bool:
    return bool(re.search(rf"\b(?:{_NOUN}|{_GIVE})\b", text[sentence.start : sentence.end]))


def _one_after_another(seen: View, sentence: Sentence) -> Iterator[Count]:
    """The first, a second and a third that one sentence tells of."""
    text, end = seen.folded, sentence.end
    first = _FIRST.search(text, sentence.start, end)
    later = list(_ELLIPTIC.finditer(text, first.end() if first else end, end))
    n = max((_ORDINALS[m["n"]] for m in later), default=0)
    if not first or n < 3 or n != len(later) + 1 or not _about_products(text, sentence):
        return
    delays = list(durations(text, later[0].end(), end))
    steps = {b - a for a, b in pairwise([0.0, *(d.low for d in delays)])}
    gaps = {(d.low, d.high, d.unit) for d in delays}
    low, high, unit = next(iter(gaps)) if len(gaps) == 1 else (0.0, 0.0, "")
    if len(gaps) > 1 and len(steps) == 1 and len({d.unit for d in delays}) == 1:
        low, high, unit = delays[0].low, delays[0].low, delays[0].unit  # "a second after 3 weeks and a third after 6"
    interval = Interval(later[0].start(), later[-1].end(), low, high, unit) if unit else None
    yield Count(first.start(), later[-1].end(), n, n, "times", sentence, interval)


def _spacing(seen: View, sentence: Sentence) -> bool:
    """Whether a sentence says how far apart something was given."""
    return any(about_giving(seen, i, sentence) for i in intervals(seen.folded, sentence.start, sentence.end))


def _given_at(seen: View, sentence: Sentence, point: Points) -> bool:
    """Whether something was given at these points of time, on either side of the words for giving."""
    start = max(sentence.start, point.start - 170)
    before = _POINTS_BEFORE.search(seen.folded, start, point.start)
    if before:
        return not VISIT.search(seen.folded, before.start(), point.start)
    return bool(_GIVEN_BEHIND.match(seen.folded, point.end, sentence.end))


def _delay(second: Again) -> Interval:
    time = second.delay
    return Interval(time.start, time.end, time.low, time.high, time.unit)


def _gap(point: Points) -> Interval | None:
    return Interval(point.start, point.end, point.gap, point.gap, point.unit) if point.gap else None


def _n(text: str) -> int | None:
    return _SAID.get(text) or whole(text)


def _often(match: re.Match[str]) -> int | None:
    """How often, by an adverb or a number: "twice", "four times"."""
    return times(match["adverb"]) if match["adverb"] else _n(match["n"])


def spaced(seen: View, found: list[Count]) -> list[Count]:
    """Each repeated count with the interval of its own sentence, or of the next one that speaks of giving."""
    done = []
    for item in found:
        if item.high > 1 and item.interval is None and item.primary:
            item = replace(item, interval=_interval_near(seen, item))
        done.append(item)
    return done


def _interval_near(seen: View, item: Count) -> Interval | None:
    place = seen.sentences.index(item.sentence)
    for sentence in seen.sentences[place : place + 2]:
        text = seen.folded[sentence.start : sentence.end]
        choices = [
            i
            for i in [*intervals(seen.folded, sentence.start, sentence.end), *_between_points(seen, sentence, item)]
            if about_giving(seen, i, sentence)
            and not VISIT.search(seen.folded[max(sentence.start, i.start - 30) : i.start])
        ]
        if choices and (sentence is item.sentence or GIVEN_NEAR.search(text) or re.search(rf"\b{_NOUN}\b", text)):
            return min(choices, key=lambda i: abs(i.start - item.end))
    return _second_after(seen, item) if item.high == 2 else None


# "again two weeks later", "a second dose was given one week after", "at baseline and 6 months", "repeated after 6 months"
_LATER = re.compile(r"\s*(?:later|after(?:wards?)?|thereafter|apart|in between|between (?:them|the two|both|doses))\b")
_BASELINE_AND = re.compile(
    r"\b(?:baseline|entry|day 0|week 0|the start|inclusion),?\s(?:and\s)?(?:again\s)?(?:at\s|after\s)?$"
)


def _second_after(seen: View, item: Count) -> Interval | None:
    """How long after the first the second of two was given."""
    start, end = max(item.sentence.start, item.start - 60), min(item.sentence.end, item.end + 90)
    for second in again(seen.folded, start, end):
        return _delay(second)
    for length in durations(seen.folded, start, end):
        behind = _LATER.match(seen.folded, length.end) and length.start >= item.start
        if len(length.values) == 2 and not length.ranged and length.start >= item.start:
            gap = length.high - min(length.values)  # "twice, at 4 and 5 weeks after the aspiration"
            return Interval(length.start, length.end, gap, gap, length.unit)
        if behind or _BASELINE_AND.search(seen.folded, item.start, length.start):
            return Interval(length.start, length.end, length.low, length.high, length.unit)
    return None


def _between_points(seen: View, sentence: Sentence, item: Count) -> Iterator[Interval]:
    """The gap of "(day 0 and day 14)" beside "two infusions"."""
    for point in points(seen.folded, sentence.start, sentence.end):
        interval = _gap(point)
        if interval and point.count == item.low:
            yield interval


def about_giving(seen: View, interval: Interval, sentence: Sentence) -> bool:
    """Whether an interval is one between administrations, not between visits."""
    words = seen.folded[max(sentence.start, interval.start - 220) : min(sentence.end, interval.end + 90)]
    after = seen.folded[interval.end : min(sentence.end, interval.end + 30)]
    return bool(re.search(rf"\b(?:{_GIVE}|{_NOUN})\b", words)) and not VISIT.match(after.strip())
