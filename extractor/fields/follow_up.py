"""How long the trial's people were followed: the latest time at which they were watched or assessed.

Not found: eligibility, the time before treatment, disease duration, hospital stay, intervals between doses, survival times.
In a trial of anything but cells only what the text calls follow-up, or a time after the end of treatment, is the trial's
own; a treatment's length or an endpoint's time is kept beside it, not primary.

CONSORT item 14a, periods of follow-up.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.background import background
from extractor.context.readers import CELLS, DRUG, around, reader
from extractor.context.sentences import Sentence
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.product.cells import gives_cells
from extractor.product.repeats import again
from extractor.product.studied import GIVING
from extractor.quantities.ages import Age, ages
from extractor.quantities.durations import Duration, durations
from extractor.words import Words

W = Words("fields")

_FOLLOW = W.follow
_PEOPLE = rf"{W.people_patients}\s(?:\w+\s)?{W.people_were}\s{W.people_then}?"
_WATCH = rf"(?:{_FOLLOW}|{_PEOPLE}(?:watched|monitored|observed|tracked)|observation(?:al)?\s(?:periods?|times?|phase)|observed for|(?:watched|observed|monitored)(?=\s(?:for|over)\s{W.watch_an}))"
# between the words and the length: "up for", "was a mean of", "period of", "(range", "visits at"
_LINK = rf"(?:[\s,:(=<>~'\[]|-|\b{W.link_up}\b|(?<![\d.])\d+(?:\.\d+)?(?![\d.])|\)|\]|/|;(?=\s*(?:range|median|mean)))*"
_CALLED_BEFORE = re.compile(rf"\b{_WATCH}{_LINK}$")
# some words between, but a word that binds right before the length: "follow-up in the first study was 41 months"
_LOOSE = re.compile(
    rf"\b{_FOLLOW}(?:(?!\b{W.loose_treat}\b)[^.;,()]|\([^()]{{1,40}}\)){{1,55}}?\b{W.loose_for}\s+{W.loose_the}?$"
)
# "6 months of follow-up", "6-month angiographic follow-up", "12 months (follow-up)", "1-year observation period"
_CALLED_AFTER = re.compile(
    rf"^(?:[\s),']|-|\b{W.called_after_of}\b){{0,8}}\(?(?:{_FOLLOW}|observation(?:al)?\s(?:period|time|phase)|observation\b)(?!\s+by\b)"
)
# "(range, 2-10 years)" behind a mean or median
_SPREAD = re.compile(rf"\d[^.;]{{0,45}}[(\[;,]\s*(?:with\s+a\s+)?{W.spread_range}[\s,:=of]*$")
_NOT_CALLED = re.compile(r"\b(?:lost|loss|returned?|return)\s+(?:to|for)\s+$")
# assessed at: "at 12 months", "after 6 months", "by week 104", "up to 42 months post", "from baseline to 28 weeks"
_AT = re.compile(
    rf"\b{W.at_at}\s+(?:the\s+|a\s+|an\s+)?(?:{W.at_first}\s+){{0,3}}$|\bbaseline,?\s+(?:and\s+)?(?:at\s+)?$"
)
_POST = re.compile(rf"^[\s-]*{W.post_follow}")
_ASSESSED = re.compile(rf"\b{W.assessed}\b")
_ENDPOINT = re.compile(
    r"\b(?:primary|secondary|co-primary|main)\s+(?:\w+\s){0,3}?(?:end ?-?points?|outcomes?|measures?|objectives?)\b"
)
_DIRECT = re.compile(rf"\b(?:end ?-?points?|outcomes?)\s+{W.direct_was}*(?:at|after)\s+(?:the\s+)?$")
_DIRECT_AFTER = re.compile(
    rf"[\s,)]*(?:{W.direct_after_was}\s)?(?:the\s|a\s|our\s)?(?:primary|secondary|main|co-primary)\b"
)
_WHOLE = re.compile(rf"\b{W.whole_median}\b[^.;,]{{0,40}}$|follow-?up \($")
# what a length or point of time is besides follow-up
_NOT_FOLLOW_BEFORE = re.compile(
    rf"\b{W.not_follow_before_aged}\s*{W.not_follow_before_an}?(?:period of |mean of |median of )?$"
)
_NOT_FOLLOW_AFTER = re.compile(rf"^[\s-]*{W.not_follow_after_old}")
# "the 3-year disease-free survival": the horizon of a rate
_THEN = re.compile(r"\bfollowed (?:after|on|from)\s+$")  # "followed after day 15 by a weekly bolus"
_THEN_AFTER = re.compile(r"[\s,)]*followed (?:after|by|on|from)\b")
_RATE = re.compile(rf"^[\s-]*(?:[\w-]+\s){{0,3}}?{W.rate_survival}\b")
# "six months after the end of treatment", "up to one year post-operatively", "three and six months afterwards"
_AFTER_END = re.compile(rf"^[\s-]*{W.after_end_after}")
# between the follow-ups of two arms: " [IQR 6-20] for the drug group and ", " (range, 10.7-37.4 months), and in the other arm it was "
_ARM_GAP = re.compile(
    r"\s*(?:[(\[][^()\[\]]*[)\]])?,?\s*(?:(?:for|in|with|among)\s[^.;()\[\]]{2,80}?)?,?\s*\b(?:and|versus|vs\.?)\s(?:[^.;()\[\]\d]{0,50}\s)?"
)
_IN_BRACKETS = re.compile(r"[(\[]\s?(?:±|sd:?|s\.d\.)\s?$")
_UNIT_BEHIND = re.compile(
    rf"\b{_FOLLOW}{_LINK}(?<![\d.])(?P<n>\d+(?:\.\d+)?) (?:[(\[][^()\[\]]*[)\]] )?(?:for|in|with|among) [^.;()\[\]]{{2,60}}? and (?:[^.;()\[\]\d]{{0,40}} )?$"
)
_RESPECTIVELY = re.compile(r"[^.;()\d]{0,60}\brespectively\b")
_SEEN_AT = re.compile(rf"\b{W.seen_at_at}\s*$")
# "6 months before and after", "ahead of transplantation and equally long after it"
_BOTH_SIDES = re.compile(r"^\s+(?:before|ahead|prior)\b[^.;\d]{0,40}\band\b[^.;\d]{0,25}\bafter\b")
# "died at 1.5, 2 and 9 months": when people died, not how long they were watched
_DEATHS = re.compile(rf"\b{W.deaths_died}\b[^.;]{{0,30}}$")
# what is known of the disease, or what further trials should do
_GENERAL = re.compile(rf"\b{W.general}\b")
# "4 doses over 4 months": how the product was given
_SCHEDULE = re.compile(
    rf"\b{W.schedule_dos}\s(?:\w+\s){{0,2}}?{W.schedule_over}\s(?:a\s|the\s)?(?:(?:total|period) of\s)?$|\b{W.schedule_given}\s(?:at|on)\s(?:study\s)?$"
)
_SPAN_OF_STUDY = re.compile(
    rf"\b{W.span_of_study_study}[^.;]{{0,30}}\b{W.span_of_study_lasting}\s+(?:a period of\s+)?$"
)
# between two times of one list: " p=0.001, and ", " (n = 20), "
_LIST_GAP = re.compile(
    rf"\s*(?:\([^()]{{0,25}}\)|p\s?[=<>]\s?[\d.]+)?\s*(?:{W.list_gap_regarding}\s(?:the\s)?[\w-]+\s)?(?:,\s*and|,|and|or)\s*(?:at\s+|for\s+)?(?:the\s+)?"
)
# "16 weeks regarding efficacy and 18 months regarding safety": two ends, each for its own purpose
_PURPOSE = re.compile(rf"\s{W.purpose_regarding}\s(?:the\s|its\s|their\s)?{W.purpose_clinical}?{W.purpose_efficacy}\b")
_CONFIDENCE = {
    "called": 0.92,
    "endpoint": 0.8,
    "after_end": 0.75,
    "assessed": 0.72,
    "said": 0.55,
    "treatment": 0.5,
    "spread": 0.4,
    "not_latest": 0.4,
}
LONGEST_YEARS = 40.0
ALONE = 0.3  # the likeliest time of a trial of cells is its follow-up from here on, where none reaches the reader's bar
KEPT = 0.15  # less likely times, and no rule for them: not even kept beside the trial's own


@dataclass(frozen=True, slots=True)
class _Time:
    """A duration and how it was known for a follow-up."""

    length: Duration
    rule: str
    sentence: Sentence
    direct: bool = False  # the word endpoint stands right before it
    whole: bool = False  # said of the whole trial: "median follow-up was", "followed for"
    group: int = -1  # the follow-ups of several arms, said in one breath, share the place of the first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A time that may be the trial's follow-up, with what the reader is told of it."""

    time: _Time
    features: tuple[str, ...]
    kind: str  # of the trial


@field(
    "follow_up",
    value="{low, high, unit}",
    order=140,
    column="follow-up",
    page=("Follow-up", ""),
    figure=True,
    alike=("low", "high", "unit"),
    view={},
)
class FollowUp(Field):
    """The times at which the trial's people were last watched or assessed."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        for time, places, likely, primary in _grouped(candidates(view(doc))):
            rules = [place.rule for place in places if place.rule]
            said = min(rules, key=list(_CONFIDENCE).index, default="read")
            yield self.fact(
                doc,
                {"low": time.low, "high": time.high, "unit": time.unit},
                [(place.length.start, place.length.end) for place in places[:4]],
                rule=said if primary else "not_latest",
                confidence=round(likely, 2),
                primary=primary,
            )


def _grouped(found: list[Candidate]) -> list[tuple[Duration, list[_Time], float, bool]]:
    """Each time once, with all its places, the likeliest first: "1 year" and "12 months" are one time said twice."""
    model = reader("follow_up")
    groups: list[tuple[Duration, list[_Time], float, bool]] = []
    scored = [(model.probability(c.features), c) for c in found]
    for likely, candidate in sorted(scored, key=lambda pair: (-pair[0], pair[1].time.length.start)):
        length, primary = candidate.time.length, likely >= model.thresholds[candidate.kind]
        primary = primary or (not groups and candidate.kind == CELLS and likely >= ALONE)
        same = next((g for g in groups if _one_time(g[0], length)), None)
        if same:
            same[1].append(candidate.time)
        elif likely >= KEPT or candidate.time.rule:
            groups.append((length, [candidate.time], likely, primary))
    return groups


def _one_time(a: Duration, b: Duration) -> bool:
    """Whether two lengths are the same: in one unit the same numbers, in two units within a hundredth."""
    if a.unit == b.unit:
        return (a.low, a.high) == (b.low, b.high)  # "76.3 months" and "76.5 months" are two arms' times
    return abs(a.days - b.days) <= 0.01 * a.days and abs(a.low * b.high - b.low * a.high) <= 0.02 * a.high * b.high


def candidates(seen: View) -> list[Candidate]:
    """All times of the document with their features: what the rules think, the words around, their rank among all."""
    cells = gives_cells(seen)
    found = list(_times(seen))
    chosen = {id(t) for t in _chosen(found, cells)}
    ruled = {t.length.start for t in found}
    others = [_Time(d, "", s) for s in seen.sentences for d in durations(seen.folded, s.start, s.end)]
    every = [*found, *(t for t in others if t.length.start not in ruled)]
    aged = ages(seen.folded)
    every = [t for t in every if 0 < t.length.days <= LONGEST_YEARS * 365.25 and not _in_age(t.length, aged)]
    likely = [t for t in every if t.rule not in ("", "spread", "treatment")]
    told = {id(t) for t in likely}
    longest = max((t.length.days for t in likely), default=0.0)
    called = any(t.rule == "called" for t in every)
    among = _among(every, longest)
    why = {id(t): t.rule or _why_not(seen, t.length, t.sentence) for t in every}
    open_longest = max((t.length.days for t in every if why[id(t)] == "none" or id(t) in told), default=0.0)
    made = []
    for time in every:
        own = [
            f"rule {why[id(time)]}",
            f"rule {time.rule} {'called' if called else 'nothing called'}",
            f"kind {time.length.kind}",
            f"unit {time.length.unit}",
            *(name for name, holds in _holds(time, among, id(time) in chosen, called) if holds),
            *(name for name, holds in _beside(seen, time, open_longest) if holds),
            *(["own purpose"] if _PURPOSE.match(seen.folded, time.length.end, time.sentence.end) else []),
        ]
        features = [*around(seen, time.length.start, time.length.end), *own]
        kind = CELLS if cells else DRUG
        made.append(Candidate(time, (*features, *(f"{kind}: {name}" for name in own)), kind))
    return made


def _in_age(length: Duration, aged: list[Age]) -> bool:
    at = bisect_right(aged, length.start, key=lambda a: a.start)  # in order, none over another
    return at > 0 and length.end <= aged[at - 1].end + 9


def _beside(seen: View, time: _Time, open_longest: float) -> Iterator[tuple[str, bool]]:
    """Named truths of the words that stand beside a time."""
    length, sentence = time.length, time.sentence
    before = seen.folded[max(sentence.start, length.start - 90) : length.start]
    after = seen.folded[length.end : min(sentence.end, length.end + 70)]
    words = seen.folded[sentence.start : sentence.end]
    centred, watched = bool(CENTRED.search(before)), bool(WATCHED.search(before))
    yield "centre before", centred
    yield "watched before", watched
    yield "centre of watching", centred and (watched or bool(WATCHED.search(after)))
    yield "watched behind", bool(WATCHED.search(after))
    yield "deaths in sentence", bool(DIED.search(words))
    yield "longest of what is open", length.days >= 0.99 * open_longest > 0
    yield "spread behind", bool(SPREAD_BEHIND.match(after))


CENTRED = re.compile(r"\b(?:median|mean|average)\b[^.;,()]{0,30}$")
WATCHED = re.compile(
    r"\bfollow(?:ed|[- ]?ups?)?\b|\bobserv(?:ed|ation)\b|\bmonitored\b|\bwatched\b|\bseen\b|\bcontact\b|\bsurveillance\b|\bvisits?\b|\bre-?view(?:ed)?\b"
)
DIED = re.compile(r"\bdied\b|\bdeaths?\b|\bmortality\b|\bsurviv\w*")
SPREAD_BEHIND = re.compile(r"(?: ?[(\[,;] ?(?:range|iqr|interquartile|min|\d)| ?±| \(± )")


@dataclass(frozen=True, slots=True)
class _Among:
    """All times of a document, in order once."""

    days: list[float]  # sorted
    longest: float
    of_sentence: dict[int, float]  # start of a sentence: its longest time


def _among(every: list[_Time], longest: float) -> _Among:
    of_sentence: dict[int, float] = {}
    for time in every:
        start = time.sentence.start
        of_sentence[start] = max(time.length.days, of_sentence.get(start, 0.0))
    return _Among(sorted(t.length.days for t in every), longest, of_sentence)


def _alike(among: _Among, days: float) -> int:
    """How many times of the document are this one, within a fiftieth."""
    near = 0.02 * days
    return bisect_left(among.days, days + near) - bisect_right(among.days, days - near)


def _holds(time: _Time, among: _Among, chosen: bool, called: bool) -> Iterator[tuple[str, bool]]:
    """Named truths of a time among all times of its document."""
    days, longest = time.length.days, among.longest
    yield "chosen by rule", chosen
    yield "chosen by rule, something called", chosen and called
    yield "longest", days >= 0.99 * longest > 0
    yield "longer than any", days > 1.01 * longest
    yield "half of longest", 0.4 * longest <= days < 0.99 * longest
    yield "short beside longest", days < 0.1 * longest
    yield "longest of its sentence", days >= among.of_sentence[time.sentence.start]
    yield "only time", len(among.days) == 1
    yield "said again", _alike(among, days) > 1
    yield "whole", time.whole
    yield "direct", time.direct
    yield "several values", len(time.length.values) > 1
    yield "range", time.length.ranged
    yield "under a day", days < 1
    yield "under a week", 1 <= days < 7
    yield "under a month", 7 <= days < 28
    yield "under half a year", 28 <= days < 182
    yield "years", days >= 365


def _why_not(seen: View, length: Duration, sentence: Sentence) -> str:
    """Why no rule takes a time for follow-up, in a word."""
    before = seen.folded[max(sentence.start, length.start - 110) : length.start]
    after = seen.folded[length.end : min(sentence.end, length.end + 70)]
    for name, holds in (
        ("none: after", _NOT_FOLLOW_AFTER.match(after)),
        ("none: before", _NOT_FOLLOW_BEFORE.search(before)),
        ("none: background", background(seen, sentence)),
        ("none: deaths", _DEATHS.search(before)),
        ("none: general", _GENERAL.search(seen.folded, sentence.start, sentence.end)),
        ("none: schedule", _SCHEDULE.search(before) or _is_delay(seen, sentence, length)),
        ("none: rate", length.kind == "adjective" and _RATE.match(after)),
    ):
        if holds:
            return name
    return "none"


def _times(seen: View) -> Iterator[_Time]:
    for sentence in seen.sentences:
        last: _Time | None = None
        for length in durations(seen.folded, sentence.start, sentence.end):
            if _IN_BRACKETS.search(seen.folded, max(sentence.start, length.start - 12), length.start) and last:
                continue  # "8.6 months (± 4.9 months) for the first and 9.6 months for the second"
            previous = last
            arm = bool(last and _next_arm(seen, last, length))
            rule = last.rule if last and (arm or _continues(seen, last, length)) else _rule(seen, sentence, length)
            rule = "called" if rule is None and _unit_behind(seen, sentence, length) else rule
            before = seen.folded[max(sentence.start, length.start - 60) : length.start]
            after = seen.folded[length.end : min(sentence.end, length.end + 60)]
            last = (
                _Time(
                    length,
                    rule,
                    sentence,
                    bool(_DIRECT.search(before) or _DIRECT_AFTER.match(after)),
                    arm or bool(_WHOLE.search(before)),
                    previous.group if arm and previous else length.start,
                )
                if rule
                else None
            )
            if last and last.rule == "spread" and not arm:
                yield last
                last = previous
            elif last:
                yield from _first_arm(seen, last)
                yield from _each_arm(seen, last)


def _first_arm(seen: View, last: _Time) -> Iterator[_Time]:
    """The first arm's time, whose unit stands behind the second's: "follow-up was 27.9 in one group and 30.5 months in the other"."""
    match = _unit_behind(seen, last.sentence, last.length)
    if match:
        length = replace(last.length, start=match.start("n"), values=(float(match["n"].replace("·", ".")),))
        yield replace(last, length=length, rule="called", whole=True)


def _unit_behind(seen: View, sentence: Sentence, length: Duration) -> re.Match[str] | None:
    """The number of the first arm before the second's time, where it has no unit of its own."""
    return _UNIT_BEHIND.search(seen.folded, max(sentence.start, length.start - 170), length.start)


def _each_arm(seen: View, item: _Time) -> Iterator[_Time]:
    """One time for each arm: "mean follow-up was 19.5 and 16.5 months, respectively"."""
    length = item.length
    if item.whole and len(length.values) == 2 and not length.ranged and _RESPECTIVELY.match(seen.folded, length.end):
        for value in length.values:
            yield replace(item, length=replace(length, values=(value,)))
    else:
        yield item


def _continues(seen: View, last: _Time, length: Duration) -> bool:
    """Whether a list goes on: "follow-ups (Day 7 p=0.001, and Day 14 p=0.01)"."""
    gap = seen.folded[last.length.end : length.start]
    alike = last.length.kind == length.kind or "adjective" in (last.length.kind, length.kind)
    return last.rule != "spread" and alike and bool(_LIST_GAP.fullmatch(gap))


def _next_arm(seen: View, last: _Time, length: Duration) -> bool:
    """Whether the follow-up of the next arm stands here: "was 13 months for A and 16 months for B"."""
    same = last.whole and last.rule == "called" and last.length.unit == length.unit
    seen_at = _SEEN_AT.search(seen.folded, last.length.end, length.start)  # "and improvement was seen at 12 months"
    return same and not seen_at and bool(_ARM_GAP.fullmatch(seen.folded[last.length.end : length.start]))


def _is_delay(seen: View, sentence: Sentence, length: Duration) -> bool:
    """Whether a length of time says when the cells were given again."""
    return any(a.delay.start == length.start for a in again(seen.folded, sentence.start, sentence.end))


def _rule(seen: View, sentence: Sentence, length: Duration) -> str | None:
    """How a duration is known to be one of follow-up; None where it is something else."""
    before = seen.folded[max(sentence.start, length.start - 110) : length.start]
    after = seen.folded[length.end : min(sentence.end, length.end + 70)]
    if (
        length.high <= 0
        or length.days > LONGEST_YEARS * 365.25
        or (_NOT_FOLLOW_AFTER.match(after) and not _BOTH_SIDES.search(after))
    ):
        return None
    if (length.kind == "ordinal" and length.unit == "years") or (length.kind == "adjective" and _RATE.match(after)):
        return None
    if length.kind == "point" and (_THEN.search(before) or _THEN_AFTER.match(after)):
        return None
    called = _CALLED_BEFORE.search(before)
    called = called or _LOOSE.search(before)
    if re.search(r"\bevery\s+$|\bages?:? \d+ years? to $", before) or _is_delay(seen, sentence, length):
        return None
    if (called and not _NOT_CALLED.search(before[: called.start()])) or _CALLED_AFTER.match(after):
        return "spread" if _SPREAD.search(before) else "called"
    if _NOT_FOLLOW_BEFORE.search(before) or background(seen, sentence) or _SPAN_OF_STUDY.search(before):
        return None
    if length.kind == "point" and _SCHEDULE.search(before):
        return None
    words = seen.folded[sentence.start : sentence.end]
    if length.days >= 1 and _AFTER_END.match(after) and not _DEATHS.search(before) and not _GENERAL.search(words):
        return "after_end"
    if length.kind == "adjective":
        return (
            "assessed"
            if re.match(
                r"^[\s-]*(?:treatment |study |observation |evaluation )?(?:update|control|period|phase|time ?points?|study|trial|safety|visit|assessment|endpoint|results?|outcomes?|data|efficacy)|^\s?,[^.;]{0,50}\b(?:study|trial)\b",
                after,
            )
            else None
        )
    linked = bool(_AT.search(before)) or bool(_POST.match(after))
    if length.kind in ("point", "ordinal"):
        linked = linked or bool(
            re.search(r"\b(?:end|end of (?:the )?[\w-]{1,12}|visit|time ?points?|on)\s*[(:]?$", before)
        )
    if not linked or _DEATHS.search(before) or _GENERAL.search(words):
        return None
    if _ENDPOINT.search(words) or _DIRECT_AFTER.match(after):
        return "endpoint"
    if _treats(before) and not _POST.match(after):
        return "treatment"
    if _SCHEDULE.search(before):
        return None
    return "assessed" if _ASSESSED.search(words) or seen.in_title(length.start) else "said"


def _treats(before: str) -> bool:
    """Whether the length is how long a treatment was given: "received X for 12 weeks"."""
    return bool(re.search(r"\bfor\s+(?:\w+\s){0,2}$", before)) and bool(GIVING.search(before[-80:]))


def _chosen(times: list[_Time], cells: bool) -> list[_Time]:
    """The latest time that the text calls follow-up; in cell trials also the latest assessment, and what an endpoint names."""
    called = [t for t in times if t.rule == "called"]
    whole = [t for t in called if t.whole]
    if whole:
        return _with_arms(_latest(called if cells else whole), whole)
    if not cells:
        return _latest([t for t in times if t.rule in ("called", "after_end")])
    endpoint = [t for t in times if t.rule == "endpoint"]
    latest = _latest([t for t in times if t.rule in ("called", "endpoint", "after_end", "assessed")])
    latest = latest or _latest([t for t in times if t.rule == "said"])
    return latest + _named_by_endpoint(endpoint, called)


def _with_arms(latest: list[_Time], whole: list[_Time]) -> list[_Time]:
    """The latest, and the other arms' follow-ups that were said with them."""
    groups = {t.group for t in latest}
    return list({id(t): t for t in [*latest, *(t for t in whole if t.group in groups)]}.values())


def _named_by_endpoint(endpoint: list[_Time], called: list[_Time]) -> list[_Time]:
    """The latest time of each sentence on endpoints, where nothing is called follow-up."""
    if called:
        return []
    by_sentence: dict[int, list[_Time]] = {}
    for item in endpoint:
        by_sentence.setdefault(item.sentence.index, []).append(item)
    direct = [t for t in endpoint if t.rule == "endpoint" and t.direct]
    return list({id(t): t for t in [*direct, *(t for group in by_sentence.values() for t in _latest(group))]}.values())


def _latest(times: list[_Time]) -> list[_Time]:
    """Those within a hundredth of the longest: "24 months" and "week 104" are one time said twice."""
    longest = max((t.length.days for t in times), default=0.0)
    return [t for t in times if t.length.days >= 0.99 * longest]
