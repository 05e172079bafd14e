"""How often one participant was given the studied cells, and how far apart.

Cell products only. Sites injected in one operation are no administrations; neither are a co-medication's doses, dose levels
("two doses, 1 and 5 million"), or a cohort's total ("113 injections were given").

CONSORT item 5, interventions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.background import background, of_others
from extractor.context.readers import CELLS, around, reader
from extractor.context.sentences import Sentence
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.product.studied import studies_cells
from extractor.quantities.doses import CELL_NOUN, amounts
from extractor.quantities.durations import durations
from extractor.quantities.numbers import NUMBER_WORDS, whole
from extractor.quantities.schedules import Interval, courses, intervals
from extractor.words import Words

W = Words("fields")

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
    rf"\b(?:(?P<adverb>once|twice|thrice)|(?P<n>{_NUMBER})[\s-]+(?:separate |different |consecutive )?(?:times?|occasions?|time[ -]?points?))\b(?!\s*{W.times_daily})"
)
_GIVE = W.give
_GIVEN_BEFORE = re.compile(rf"\b{_GIVE}\b[^;]{{0,90}}$")
_GIVEN_NEAR = re.compile(rf"\b{_GIVE}\b")
# "on days 0 and 28", "at months 0, 3 and 6": each point one administration where the first is the start
_POINTS_BEFORE = re.compile(rf"\b{_GIVE}\b[^;]{{0,60}}\b(?:on|at|in)\s+(?:study\s+)?$")
_EACH = re.compile(
    rf"\b(?:per|each|every)\s+(?:\w+\s)?{W.each_patient}|\b(?:each|all|every|the) (?:\w+\s)?(?:patients?|participants?|subjects?)\s+(?:\w+\s){{0,2}}(?:receiv|had|got|under)"
)
_AFTER_NOT = re.compile(rf"^{W.after_not_of}")
_OF_CELLS = re.compile(rf"\b(?:cells?|{CELL_NOUN}|infusions?|injections?|transplant\w*)\b")
_BEFORE_NOT = re.compile(rf"(?:\b{W.before_not_at}\s*|\d\s?/\s?)$")
_MAXIMUM = re.compile(r"\b(?:up to|maximum of|at most)\s+(?:a\s+)?$")
_TOTAL = re.compile(r"\b(?:total of|in total,?|altogether,?|a total)\s+$")
# direct injection into a tissue: many injections are sites of one operation
_TISSUE = re.compile(rf"\b{W.tissue}\b")
_TIME_CUE = re.compile(rf"\b{W.time_cue}\b")
_OTHER_DRUG = re.compile(rf"\b\d+(?:\.\d+)?\s?{W.other_drug_mg}\b")
_LEVELS = re.compile(rf"\b{W.levels}\b")
_VISIT = re.compile(rf"\b{W.visit}\b")
_SEEN = re.compile(r"\b(?:seen|reviewed|visited|followed|phoned|called|examined|scanned|weighed)(?: \w+)?\s$")
_SAID = {"single": 1, "sole": 1, "one-time": 1, "two-time": 2, "double": 2}
# "a second infusion was given 3 months later", "again two weeks later": so many in all
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
_ORDINAL = re.compile(
    rf"\b{W.ordinal_an}\s(?P<n>{W.ordinal_second})\s{_BETWEEN}(?:{_NOUN})\b|\b(?P<again>again)\s(?=[\w-]+\s(?:days?|weeks?|months?)\s(?:later|after))"
)
# "between two and five rounds": the lower end stands before the number
_BETWEEN_TWO = re.compile(rf"\bbetween\s(?P<low>{_NUMBER})\sand\s$")
MOST = 30  # more than that is a cohort's total


_BESIDE = re.compile(rf"\b{W.beside}\b")


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of administrations said at ``start:end`` of a sentence."""

    start: int
    end: int
    low: int
    high: int
    rule: str
    sentence: Sentence
    interval: Interval | None = None
    primary: bool = True


@field(
    "administrations",
    value="{low, high, interval}",
    order=90,
    page=("Dose", "times given"),
    figure=True,
    alike=("low", "high"),
    view={},
    scored=("administrations", "interval"),
)
class Administrations(Field):
    """How often one participant was given the cells, with the interval between two administrations."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        if not studies_cells(seen.folded, seen.title[1]):
            return
        model = reader("administrations")
        scored = [(model.probability(c.features), c.count) for c in candidates(seen)]
        least = model.thresholds[CELLS]
        chosen = [replace(c, primary=p >= least) for p, c in scored if p >= least or c.rule != "offered"]
        found = _spaced(seen, chosen)
        best: dict[tuple[int, int, bool], list[_Count]] = {}
        for item in found:
            best.setdefault((item.low, item.high, item.primary), []).append(item)
        own = {key[:2] for key in best if key[2]}
        for key, group in best.items():
            if key[2] or key[:2] not in own:
                yield self._fact(doc, group)
        if not any(c.primary for c in found):
            yield from self._intervals(doc, seen)

    def _intervals(self, doc: Doc, seen: View) -> Iterator[Fact]:
        """Where no number is said: "repeated monthly injections"."""
        for sentence in seen.body():
            for item in intervals(seen.folded, sentence.start, sentence.end):
                beside = seen.folded[max(sentence.start, item.start - 25) : min(sentence.end, item.end + 25)]
                before = seen.folded[max(sentence.start, item.start - 45) : item.start]
                if _SEEN.search(before):
                    continue
                told = _BESIDE.search(beside) or (_GIVEN_NEAR.search(before) and not _VISIT.search(before))
                if told and not background(seen, sentence) and _about_giving(seen, item, sentence):
                    value = {"low": None, "high": None, "interval": item.to_dict()}
                    yield self.fact(doc, value, [(item.start, item.end)], rule="interval", confidence=0.6)
                    return

    def _fact(self, doc: Doc, group: list[_Count]) -> Fact:
        spaced = next((c for c in group if c.interval), None)
        first = spaced or group[0]
        places = [(first.start, first.end)]
        if first.interval and not first.start <= first.interval.start < first.end:
            places.append((first.interval.start, first.interval.end))
        places += [(c.start, c.end) for c in group if c is not first]
        value = {"low": first.low, "high": first.high, "interval": first.interval.to_dict() if first.interval else None}
        flags = ["derived"] if first.rule in ("course", "points") else []
        return self.fact(
            doc,
            value,
            places[:4],
            rule=first.rule,
            confidence=_CONFIDENCE[first.rule],
            primary=first.primary,
            flags=flags,
        )


_CONFIDENCE = {
    "single": 0.9,
    "counted": 0.85,
    "times": 0.8,
    "course": 0.75,
    "points": 0.75,
    "interval": 0.6,
    "offered": 0.6,
    "sites": 0.3,
}


# ---------------------------------------------------------------- candidates


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be that of one person's administrations, with what the reader is told of it."""

    count: _Count
    features: tuple[str, ...]


def candidates(seen: View) -> list[Candidate]:
    """All numbers of something given, or of times, with their features: what the rules think, the words around."""
    ruled = _own(seen, list(_counts(seen)))
    by_rule = {(c.start, c.end): c for c in ruled}
    every = [*ruled, *(c for c in _offered(seen) if (c.start, c.end) not in by_rule)]
    own = {(c.low, c.high) for c in ruled if c.primary}
    made = []
    for count in every:
        before = seen.folded[max(count.sentence.start, count.start - 60) : count.start]
        after = seen.folded[count.end : min(count.sentence.end, count.end + 60)]
        names = [
            f"rule {count.rule} {count.primary}",
            f"number {min(count.high, 7)}",
            f"noun {seen.folded[count.start : count.end].split()[-1]}",
            *(name for name, holds in _holds(seen, count, own, before, after) if holds),
            *around(seen, count.start, count.end),
        ]
        made.append(Candidate(count, tuple(names)))
    return made


def _holds(seen: View, count: _Count, own: set[tuple[int, int]], before: str, after: str) -> Iterator[tuple[str, bool]]:
    """Named truths of a count in its document."""
    sentence = seen.folded[count.sentence.start : count.sentence.end]
    alike = (count.low, count.high) in own
    yield "as by rule", alike
    yield "by rule another", bool(own) and not alike
    yield "nothing by rule", not own
    yield "in title", seen.in_title(count.start)
    yield "background", background(seen, count.sentence) or of_others(seen, count.sentence)
    yield "given before", bool(_GIVEN_BEFORE.search(seen.folded[count.sentence.start : count.start]))
    yield "done to it before", bool(_DONE_BEFORE.search(before))
    yield "other drug", bool(_OTHER_DRUG.search(sentence))
    yield "cells in sentence", bool(re.search(CELL_NOUN, sentence))
    yield "tissue", bool(_TISSUE.search(sentence))
    yield "time behind", bool(_TIME_CUE.search(after))
    yield "time in it", bool(_TIME_CUE.search(seen.folded, count.start, count.end))
    yield "not behind", bool(_AFTER_NOT.match(after))
    yield "not before", bool(_BEFORE_NOT.search(before))
    yield "levels before", bool(_LEVELS.search(before[-25:]))
    yield "levels behind", _lists_levels(seen, count.end, count.sentence.end)
    yield "total before", bool(_TOTAL.search(before))
    yield "at most before", bool(_MAXIMUM.search(before))
    yield "per time behind", bool(_PER_TIME.match(after))
    yield "visit", bool(_VISIT.search(before[-30:]))


# "was bent five times", "and scored twice": done so often, and no giving
_DONE_BEFORE = re.compile(rf"\b{W.done_before_was}\s(?:\w+ly\s)?(?!{_GIVE}\b)\w+{W.done_before_ed}\s(?:\w+ly\s)?$")
_PER_TIME = re.compile(r"\s(?:per|each|a|(?P<every>every))\s(?:\w+\s)?(?:day|week|month|year)s?\b")


def _is_rate(n: int, after: str) -> bool:
    """Whether a number says how often, not how many: "one infusion per week"; "four infusions every week" are four."""
    match = _PER_TIME.match(after)
    return bool(match) and (n == 1 or not (match and match["every"]))


def _offered(seen: View) -> Iterator[_Count]:
    """Numbers that no rule takes, for the reader to judge."""
    for sentence in seen.sentences:
        if not _NEEDED.search(seen.folded, sentence.start, sentence.end):
            continue
        for pattern in (_COUNTED, _NUMBER_OF):
            for match in pattern.finditer(seen.folded, sentence.start, sentence.end):
                low = _n(match["low"])
                high = _n(match["high"]) if match["high"] else low
                two = _BETWEEN_TWO.search(seen.folded, max(sentence.start, match.start() - 30), match.start())
                low = _n(two["low"]) if two else low
                behind = seen.folded[match.end() : sentence.end]
                if low is not None and high is not None and 1 <= low <= high <= MOST and not _is_rate(low, behind):
                    yield _Count(two.start() if two else match.start(), match.end(), low, high, "offered", sentence)
        for match in _TIMES.finditer(seen.folded, sentence.start, sentence.end):
            n = {"once": 1, "twice": 2, "thrice": 3}.get(match["adverb"] or "") or _n(match["n"] or "")
            if n is not None and n <= MOST and not _DONE_BEFORE.search(seen.folded, sentence.start, match.start()):
                yield _Count(match.start(), match.end(), n, n, "offered", sentence)
        for match in _ORDINAL.finditer(seen.folded, sentence.start, sentence.end):
            n = _ORDINALS[match["n"]] if match["n"] else 2
            yield _Count(match.start(), match.end(), n, n, "offered", sentence)


# ---------------------------------------------------------------- counts


def _counts(seen: View) -> Iterator[_Count]:
    for sentence in seen.sentences:
        if _NEEDED.search(seen.folded, sentence.start, sentence.end):
            said = [*_counted(seen, sentence), *_repeated(seen, sentence), *_numbered(seen, sentence)]
            yield from said
            if all(c.high == 1 for c in said):
                yield from _computed(seen, sentence)


_NEEDED = re.compile(rf"\b{W.needed}\b")


def _counted(seen: View, sentence: Sentence) -> Iterator[_Count]:
    for match in _COUNTED.finditer(seen.folded, sentence.start, sentence.end):
        low = _n(match["low"])
        high = _n(match["high"]) if match["high"] else low
        if low is None or high is None or not 1 <= low <= high <= MOST:
            continue
        if _BETWEEN_TWO.search(seen.folded, max(sentence.start, match.start() - 30), match.start()):
            continue  # the number is the upper end of a range
        before = seen.folded[max(sentence.start, match.start() - 60) : match.start()]
        after = seen.folded[match.end() : sentence.end]
        if _not_counted(seen, sentence, match, low, before, after):
            continue
        sites = high > 1 and _are_sites(seen.folded[sentence.start : sentence.end], match.group(), after)
        rule = "sites" if sites else "single" if high == 1 else "counted"
        yield _Count(match.start(), match.end(), low, high, rule, sentence, primary=not sites)


def _not_counted(seen: View, sentence: Sentence, match: re.Match[str], low: int, before: str, after: str) -> bool:
    noun, mods = match["noun"], match["mods"]
    if _AFTER_NOT.match(after) or _BEFORE_NOT.search(before) or _is_rate(low, after):
        return True
    if noun.startswith(("cycle", "course", "round", "session")) and not _OF_CELLS.search(match.group() + after[:50]):
        return True
    if noun.startswith("treatment") and low == 1 and match["low"] not in ("single", "one", "a single"):
        return True
    if noun.startswith("treatment") and (re.match(r"\s+(?:with|were|was|in)\b", after) and match["low"] != "single"):
        return low == 1
    if _OTHER_DRUG.search(match.group() + after[:40]):
        return True
    if _TOTAL.search(before) and low > 6 and not _EACH.search(before + after):
        return True
    if noun.startswith("dos") and low > 1:
        return bool(
            _LEVELS.search(mods) or _LEVELS.search(before[-25:]) or _lists_levels(seen, match.end(), sentence.end)
        )
    return False


def _lists_levels(seen: View, start: int, end: int) -> bool:
    """Whether two or more amounts follow: then the "doses" are levels."""
    return len(amounts(seen.folded, start, min(end, start + 100))) > 1


def _are_sites(sentence: str, counted: str, after: str) -> bool:
    return bool(_TISSUE.search(sentence)) and not (
        _TIME_CUE.search(counted)
        or _TIME_CUE.search(after[:80])
        or "intrathecal" in counted
        or "intravenous" in counted
    )


def _repeated(seen: View, sentence: Sentence) -> Iterator[_Count]:
    for match in _TIMES.finditer(seen.folded, sentence.start, sentence.end):
        before = seen.folded[sentence.start : match.start()]
        n = {"once": 1, "twice": 2, "thrice": 3}.get(match["adverb"] or "") or _n(match["n"] or "")
        if (
            n is None
            or n > MOST
            or not _GIVEN_BEFORE.search(before)
            or _DONE_BEFORE.search(before)
            or _OTHER_DRUG.search(before[-60:])
        ):
            continue
        yield _Count(match.start(), match.end(), n, n, "times", sentence)


def _numbered(seen: View, sentence: Sentence) -> Iterator[_Count]:
    for match in _NUMBER_OF.finditer(seen.folded, sentence.start, sentence.end):
        low = _n(match["low"])
        high = _n(match["high"]) if match["high"] else low
        if low is not None and high is not None and 1 <= low <= high <= MOST:
            yield _Count(match.start(), match.end(), low, high, "counted", sentence)


def _computed(seen: View, sentence: Sentence) -> Iterator[_Count]:
    """Counts that follow from a schedule: "weekly for 4 weeks", "on days 0 and 28"."""
    text = seen.folded
    for course in courses(text, sentence.start, sentence.end):
        if _VISIT.search(text, course.start, course.end) or _SEEN.search(text, sentence.start, course.start):
            continue
        around = text[max(sentence.start, course.start - 90) : course.start + 10]
        if _GIVEN_NEAR.search(around) and not _OTHER_DRUG.search(
            text[max(sentence.start, course.start - 60) : course.end]
        ):
            yield _Count(course.start, course.end, course.count, course.count, "course", sentence)
    for point in durations(text, sentence.start, sentence.end):
        listed = point.kind == "point" and len(point.values) > 1 and not point.ranged and min(point.values) <= 1
        before = text[max(sentence.start, point.start - 90) : point.start]
        if (
            listed
            and not _OTHER_DRUG.search(before)
            and "drug" not in before
            and _POINTS_BEFORE.search(text, max(sentence.start, point.start - 90), point.start)
        ):
            n, gaps = len(point.values), {b - a for a, b in zip(point.values, point.values[1:], strict=False)}
            gap = gaps.pop() if len(gaps) == 1 else None
            interval = Interval(point.start, point.end, gap, gap, point.unit) if gap and gap > 0 else None
            yield _Count(point.start, point.end, n, n, "points", sentence, interval)


def _n(text: str) -> int | None:
    return _SAID.get(text) or whole(text)


# ---------------------------------------------------------------- choice


def _own(seen: View, found: list[_Count]) -> list[_Count]:
    """Counts of the background are others'; a conclusion's or the title's count only where nothing else says one."""
    role = {id(c): seen.role_at(c.start) for c in found}
    found = [c for c in found if not background(seen, c.sentence) and not of_others(seen, c.sentence)]
    body = [c for c in found if role[id(c)] not in ("conclusions",) and c.primary]
    late = [c for c in found if role[id(c)] == "conclusions" and c.primary]
    known = {(c.low, c.high) for c in body}
    return [c for c in found if c not in late or not body or (c.low, c.high) in known]


def _spaced(seen: View, found: list[_Count]) -> list[_Count]:
    """Each repeated count with the interval of its own sentence, or of the next one that speaks of giving."""
    done = []
    for item in found:
        if item.high > 1 and item.interval is None and item.primary:
            item = replace(item, interval=_interval_near(seen, item))
        done.append(item)
    return done


def _interval_near(seen: View, item: _Count) -> Interval | None:
    place = seen.sentences.index(item.sentence)
    for sentence in seen.sentences[place : place + 2]:
        text = seen.folded[sentence.start : sentence.end]
        choices = [
            i
            for i in [*intervals(seen.folded, sentence.start, sentence.end), *_between_points(seen, sentence, item)]
            if _about_giving(seen, i, sentence)
            and not _VISIT.search(seen.folded[max(sentence.start, i.start - 30) : i.start])
        ]
        if choices and (sentence is item.sentence or _GIVEN_NEAR.search(text) or re.search(rf"\b{_NOUN}\b", text)):
            return min(choices, key=lambda i: abs(i.start - item.end))
    return _second_after(seen, item) if item.high == 2 else None


# "again two weeks later", "a second dose was given one week after", "at baseline and 6 months", "repeated after 6 months"
_LATER = re.compile(r"\s*(?:later|after(?:wards?)?|thereafter|apart|in between|between (?:them|the two|both|doses))\b")
_BASELINE_AND = re.compile(
    r"\b(?:baseline|entry|day 0|week 0|the start|inclusion),?\s(?:and\s)?(?:again\s)?(?:at\s|after\s)?$"
)


def _second_after(seen: View, item: _Count) -> Interval | None:
    """How long after the first the second of two was given."""
    start, end = max(item.sentence.start, item.start - 60), min(item.sentence.end, item.end + 90)
    for length in durations(seen.folded, start, end):
        behind = _LATER.match(seen.folded, length.end) and length.start >= item.start
        if behind or _BASELINE_AND.search(seen.folded, item.start, length.start):
            return Interval(length.start, length.end, length.low, length.high, length.unit)
    return None


def _between_points(seen: View, sentence: Sentence, item: _Count) -> Iterator[Interval]:
    """The gap of "(day 0 and day 14)" beside "two infusions"."""
    for point in durations(seen.folded, sentence.start, sentence.end):
        gaps = {b - a for a, b in zip(point.values, point.values[1:], strict=False)}
        if point.kind == "point" and len(point.values) == item.low and len(gaps) == 1 and min(point.values) <= 1:
            gap = gaps.pop()
            if gap > 0:
                yield Interval(point.start, point.end, gap, gap, point.unit)


def _about_giving(seen: View, interval: Interval, sentence: Sentence) -> bool:
    """Whether an interval is one between administrations, not between visits."""
    words = seen.folded[max(sentence.start, interval.start - 220) : min(sentence.end, interval.end + 90)]
    after = seen.folded[interval.end : min(sentence.end, interval.end + 30)]
    return bool(re.search(rf"\b(?:{_GIVE}|{_NOUN})\b", words)) and not _VISIT.match(after.strip())
