"""Whose number it is: the trial's own total told from arms, subgroups, the screened and the lost.

Every count is given points by the words around it; the count with most points is the trial's. What decides is kept, so
that the fact can say it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractor.context.groups import EACH, LISTED, PAIRED, SERVED, SIZED, Group, Split, splits
from extractor.context.people import BARE, EQUALS, NOUN, PART, Count, counts, nouns
from extractor.context.sexes import Sexes, sexes
from extractor.context.view import View
from extractor.quantities.ages import ages

# what was done to the people counted: kind -> words, searched in the clause of the count
DONE: dict[str, re.Pattern[str]] = {
    "randomized": re.compile(r"randomi[sz](?!ed (?:therapy|treatment)\b)|\b(?:assigned|allocated|divided|distributed|apportioned|stratified|grouped|matched)\b"),
    "enrolled": re.compile(r"\b(?:enrol+(?:ed|ing|s|ment)?|included|inclusion of|recruited|entered|participated|participating|took part|accrued|registered|admitted|selected|inducted|joined|comprised|consisted|consented to (?:participate|take part|enter|join)|agreed to participate|accepted participation)\b"),
    "treated": re.compile(r"\b(?:received|receiving|treated|underwent|undergoing|were given|injected|transplanted|vaccinated|infused|implanted|administered|ingested|consumed|exposed|operated)\b"),
    "studied": re.compile(r"\b(?:studied|evaluated|examined|investigated|compared|conducted|performed|carried out|trial|study|sample|tested|undertaken|involving|involved|assessed|measured|observed)\b"),
    "analyzed": re.compile(r"\b(?:analy[sz]ed|evaluable|assessable|available|analy[sz]able|analys[ie]s|per[ -]protocol|valid|intention|intent)\b"),
    "completed": re.compile(r"\b(?:completed|completing|finished|completers|remained|retained|returned|followed)\b"),
    "screened": re.compile(r"\b(?:(?<!breast cancer )(?:was|were|are|be) screened|eligible(?! for (?:the )?(?:evaluation|analys))|approached|invited|for eligibility|qualified|consent(?:ed)?(?! to (?:participate|take part|enter|join|the study))|contacted|referred|mailed|potential|considered|willing|offered)\b|^ ?(?:\w+ )?screened\b"),
    "planned": re.compile(r"\b(?:will|to be|planned|aims?|target|required?|needed|calculated|intend|intended|anticipated|expected|projected|envisaged|power|goal)\b"),
    "identified": re.compile(r"\bidentified\b"),
    "lost": re.compile(r"\b(?:excluded|withdr[ae]w\w*|dropped|lost|discontinu\w+|died|deaths?|declined|refused|dropouts?|ineligible|excluding|except)\b"),
    "outcome": re.compile(
        r"\b(?:experienced|developed|reported|respon[ds]\w*|occurred|adverse|events?|achieved|relaps\w+|recurrence|positive|improved|improvement|showed|required|remission|toxicity|complications?|survived|cured|failed|failure|without|incidence|suffered)\b"
    ),
}
# of one arm, not of all: "in the X arm, 45 of 50 patients"
IN_ARM = re.compile(r"\b(?:in|of|for|among) the (?:[\w+/-]+ ){1,6}(?:arm|group), (?:\w+ (?:out )?of (?:the )?)?$")
IN_ARM_AFTER = re.compile(r" (?:in|from|of) the [^,;.()]{2,60}\b(?:arm|group)\b")
# a population's figure: "affecting 375,000 people", "an estimated 20 million adults"
POPULATION = re.compile(r"\b(?:affect(?:s|ing)|(?:kills?|killing|causes|causing|worldwide|globally|estimated))(?: (?:about|approximately|an|estimated|up|to|over|more|than|nearly|around|some|almost|every|year|at|least),?)* $")
STILL = re.compile(r"^(?: \w+)? ?(?:remain(?:ed|ing|s)?|still|continu(?:ed|ing|e)) (?:on|in|to|receiving)\b")  # "55 patients remaining on therapy"
# another study's figure
OTHERS = re.compile(r"\b(?:published|preliminary|(?:previous|earlier|prior|another|other)(?: \w+){0,2} (?:study|trial|studies|trials|reports?)|(?:two|three|four|five|six) (?:\w+ )?(?:studies|trials)|meta-analys\w*|worldwide|annually|every year|each year|per year|million (?:people|adults|women|patients)|prevalence)\b")
SUBSET = re.compile(r"\b(?:subset|subgroup|sub-?sample|subsample|substudy|sub-study|of whom|of which|of these|of them|the other|others?|another|remaining|additional|first|last|only)\b")
TOTAL = re.compile(r"\b(?:total(?:ing)?|in all|altogether|overall|entire|study population|cohort|sample)\b[^.;]{0,25}$")
ON = re.compile(r"\b(?:in|on|among|of|with|for|from|involving|comprising|included|by)(?: the| a| an| approximately| about| over| more than| consecutive|,)* ?$")
INSTEAD = ("planned", "identified")  # a number planned or identified gives way to one of people enrolled
DONE_TO = frozenset({"randomized", "enrolled", "treated", "analyzed", "completed"})
SMALL = 5  # fewer people than this are seldom a trial's total, but in first-in-human work
# "participants (n = 54)" counts people in general; "responders (n = 58)" a part of them
PEOPLE_BEFORE = re.compile(r"\b(?:patients|participants|subjects|women|men|children|volunteers|adults|survivors|individuals|students|infants|residents|adolescents|mothers|outpatients|cancer|disease|syndrome|disorder)\)?:? ?[(\[]?$")
CODED = re.compile(r"[A-Z]{2,}[A-Z0-9-]* ?$")  # "SWOG 0307", "NSABP 35": a study's name
DENOMINATOR = re.compile(r"\bof (?:the |these |those |all |our |a total of )*$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A count with the features that speak for or against it being the trial's total."""

    count: Count
    features: frozenset[str]
    kind: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Cohort:
    """The document's counts, best first, and its splits into groups."""

    candidates: tuple[Candidate, ...]
    splits: tuple[Split, ...]
    counts: tuple[Count, ...]
    pairs: tuple[Sexes, ...] = ()


def short_forms(seen: View) -> frozenset[str]:
    """Abbreviations of the document that stand for people: "BCS" for breast cancer survivors."""
    known = nouns()
    return frozenset(short.lower() for short, long in seen.abbreviations.items() if known.get(long.lower().split()[-1], "") in ("person", "female", "male"))


def cohort(seen: View) -> Cohort:
    """All counts of people in the document, with points, best first; read once a document."""
    made: Cohort | None = seen.readings.get("cohort")
    if made is None:
        made = seen.readings["cohort"] = _read(seen)
    return made


def _read(seen: View) -> Cohort:
    found = tuple(c for c in counts(seen.folded, short_forms(seen)) if seen.one_sentence(c.start, c.end))
    parts = splits(seen)
    pairs = [s for s in sexes(seen.folded) if s.shape == "pair" and seen.one_sentence(s.start, s.end)]
    made = [Candidate(c, f, _kind(f), score(f)) for c, f in zip(found, _all_features(seen, found, parts, pairs), strict=True)]
    return Cohort(tuple(sorted(made, key=lambda c: -c.points)), tuple(parts), found, tuple(pairs))


def clause(seen: View, count: Count, following: Count | None, before: Count | None) -> tuple[str, str]:
    """The words before and after a count: up to the neighbouring counts, within its sentence."""
    sentence = seen.sentence_at(count.start)
    first = max(sentence.start, count.start - 160, before.end if before and before.end <= count.start else 0)
    last = min(sentence.end, count.end + 200, following.start if following and following.start > count.end else len(seen.folded))
    if count.form == PART and following and following.start < count.end + 60:  # "68 (62%) of 109 patients were recruited"
        last = min(sentence.end, following.end + 120)
    return seen.folded[first : count.start], seen.folded[count.end : last]


def _all_features(seen: View, found: Sequence[Count], parts: Sequence[Split], pairs: Sequence[Sexes]) -> list[frozenset[str]]:
    made: list[set[str]] = []
    values = Counter(c.n for c in found)
    largest = max(values, default=0)
    sized = {g.start + d for s in parts for g in s.groups if (len(s.groups) > 1 or s.shape == EACH) and s.shape != PAIRED for d in (0, 1)}
    sums = {total for s in parts for total in _sums(s)} | {p.total for p in pairs}
    sized |= {c.start for c in found for p in pairs if p.start <= c.start < p.end}
    body = [c for c in found if not seen.in_title(c.start)]
    body = [c for c in body if c.n >= SMALL and c.form in (NOUN, EQUALS, PART)] or body
    for place, count in enumerate(found):
        before, after = clause(seen, count, found[place + 1] if place + 1 < len(found) else None, found[place - 1] if place else None)
        features = set(_words(before, after, count))
        if place and found[place - 1].form == PART and "of" in features and found[place - 1].end > count.start - 60:
            features = {"whole"} | ({"one arm"} if "whole of arm" in features or "one arm" in made[-1] else set()) | {f for f in features if f.startswith("before:") or f == "screened"}
        features |= {f"part:{f}" for f in ("randomized", "enrolled", "treated", "outcome", "completed") if count.form == PART and f in features}
        features |= {f"bare:{f}" for f in ("randomized", "enrolled", "analyzed") if count.form == BARE and (f in features or f"before:{f}" in features)}
        if "screened" in features and count.n not in sums and not features & {"randomized", "enrolled", "treated", "completed", "analyzed"}:
            features.add("screened only")
        if made and "screened only" in made[-1] and features & {"randomized", "enrolled", "treated", "analyzed"}:
            features = {"after screening"} | features - {"before:screened", "before:studied"}
        features |= {count.form, f"role:{seen.role_at(count.start)}"}
        features |= {name for name, holds in (
            ("largest", count.n == largest),
            ("first", bool(body) and count is body[0]),
            ("second", len(body) > 1 and count is body[1]),
            ("repeated", values[count.n] > 1),
            ("percent", count.percent),
            ("sum", count.n in sums),
            ("group", count.start in sized and count.n not in sums),
            ("one", count.n == 1),
            ("small", 1 < count.n < SMALL),
            ("served", bool(SERVED.match(seen.folded, count.end))),
            ("small staff", count.n < SMALL and count.kind == "staff"),
            ("small bare", count.n < SMALL and count.form == BARE),
            ("staff", count.kind == "staff"),
            ("capital", count.form == EQUALS and seen.text[count.start] == "N"),
            ("coded", bool(CODED.search(seen.cased, max(0, count.start - 12), count.start))),
            ("late", count.start > 0.7 * len(seen.text)),
        ) if holds}
        if count.form == EQUALS and not features & {"randomized", "enrolled", "treated", "analyzed", "studied", "before:randomized", "before:enrolled", "before:treated", "before:studied", "sum", "capital"} and not PEOPLE_BEFORE.search(before):
            features.add("only equals")
        if "others" in features:
            features -= {"largest", "first"}
        made.append(features)
    firm = any("planned" not in f and "before:planned" not in f and f & {"randomized", "enrolled", "before:randomized", "analyzed"} for f in made)
    _give_way(found, made)
    return [frozenset(f | {f"{why} instead" for why in INSTEAD if firm and f & {why, f"before:{why}"} and not (why == "identified" and f & DONE_TO)}) for f in made]


def _give_way(found: Sequence[Count], made: Sequence[set[str]]) -> None:
    """People registered of whom fewer were randomised to groups: "297 were registered; 174 were randomised to X (n = 89) or Y (n = 85)"."""
    randomized = [c for c, f in zip(found, made, strict=True) if "sum" in f and f & {"randomized"} and c.form in (NOUN, PART, BARE) and "role:title" not in f]
    for count, features in zip(found, made, strict=True):
        if not features & {"randomized", "before:randomized", "sum"} and any(count.end < r.start and r.n < count.n for r in randomized):
            features.add("registered instead")


def _sums(split: Split) -> set[int]:
    """Sums of two or more neighbouring groups."""
    sizes = [g.n for g in split.groups]
    return {sum(sizes[i:j]) for i in range(len(sizes)) for j in range(i + 2, len(sizes) + 1)}


def _words(before: str, after: str, count: Count) -> Iterator[str]:
    """Features from the words around a count."""
    near = after[:90]
    for name, pattern in DONE.items():
        if pattern.search(near) or (pattern.search(count.modifiers) and name != "screened"):
            yield name
        if pattern.search(before[-60:]):
            yield "before:" + name
    for name, pattern, text in (
        ("others", OTHERS, before[-70:] + after[:30]),
        ("subset", SUBSET, before[-40:]),
        ("total", TOTAL, before),
        ("on", ON, before),
        ("of", DENOMINATOR, before),
    ):
        if pattern.search(text):
            yield name
    if POPULATION.search(before[-60:]):
        yield "others"
    if IN_ARM.search(before[-90:]):
        yield "one arm"
    if IN_ARM_AFTER.match(after):
        yield "whole of arm"
    if STILL.search(near):
        yield "still"
    if not before.strip(" ,;:"):
        yield "opens"


# Points of each feature. A conditional logit over PICO-Corpus (fitted on one half, right on .98 of the other) gave the
# sizes, rounded; what that corpus cannot teach (it marks the screened as totals too) is by hand.
POINTS: dict[str, float] = {
    "largest": 1.5, "first": 1.8, "sum": 1.4, "randomized": 1.1, "before:randomized": 0.6, "enrolled": 0.9, "before:enrolled": 0.4, "analyzed": 0.3, "total": 0.5,
    "treated": 0.2, "planned": 0.1, "equals": 0.2, "on": 0.2, "capital": 0.5, "opens": 0.1,
    NOUN: 1.0, PART: 0.0, "part:enrolled": 0.9, "part:randomized": 0.9, "part:treated": 0.5, "small bare": -2.0, "small staff": -3.0, "served": -2.5, "whole": -0.7, BARE: -1.3,
    "bare:randomized": 1.2, "bare:enrolled": 1.0, "bare:analyzed": 0.9, "screened only": -4.0, "screened": -0.2, "before:screened": -0.5, "lost": -0.6, "before:lost": -0.6, "outcome": -0.4, "others": -1.5, "after screening": 1.5, "subset": -0.8, "completed": -0.3,
    "before:completed": -0.2, "before:outcome": -0.2, "before:studied": -0.2, "small": -0.6, "coded": -2.0, "repeated": -0.3, "one": -1.5, "group": -1.0, "late": -1.0, "staff": -2.5, "only equals": -3.0, "planned instead": -3.5, "identified instead": -3.0, "one arm": -3.0, "still": -1.5, "registered instead": -3.0,
    "percent": -0.5, "part:outcome": -0.5, "role:background": -1.5, "role:conclusions": -1.0, "role:title": -0.5,
}


def score(features: frozenset[str]) -> float:
    return math.fsum(POINTS.get(f, 0.0) for f in features)  # exact: a set has no order, so a plain sum may differ in its last digit


def _kind(features: frozenset[str]) -> str:
    """The contract's kind of a count."""
    if "planned" in features or "before:planned" in features:
        return "planned"
    for kind in ("randomized", "enrolled", "treated", "analyzed"):
        if kind in features or f"before:{kind}" in features:
            return kind
    return "unspecified"


# ---------------------------------------------------------------- the trial's own total

# "we report a patient with", "this case report describes the case of a woman"
CASE = re.compile(
    r"\b(?:we|authors|report|article|paper|here,?|case)(?: (?:here|also|hereby|now))? (?:report|describe|present|document|reports|describes|presents|reported|described|presented)(?: on| here)? (?P<who>(?:an?|one|the) (?:case of an? )?(?:[a-z-]+ ){0,4}?(?:patient|man|woman|male|female|boy|girl|child|infant|case)\b)"
)
# "A child with autism ... was studied": a trial of one
SINGLE = re.compile(r"(?<![\w,;] )(?<!\w)(?P<who>(?:an?|one|the) (?:[a-z-]+ ){0,3}?(?:patient|man|woman|boy|girl|child|infant|adolescent|subject)) (?:with|who|suffering|diagnosed)\b[^.]{0,200}? was (?:studied|treated|given|evaluated|enrolled|randomi[sz]ed|assessed|observed|followed)\b")
# between two numbers: the second is part of the first, not beside it
NESTED = re.compile(r"\b(?:of whom|of which|of these|of those|of them|including|included|completed|were evaluable|agreed)\b")
MOST_APART = 80  # characters between a group and the next that borrows its verb
RANDOMIZED_TO = re.compile(r"randomi[sz]|\bassigned\b|\ballocated\b")
MANY = 20  # listed numbers that reach this are people even where no noun says so
LOST_SHARE = 0.15  # of the people in a trial, so many may be missing from its groups' sizes
LEAST_SHARE = 0.2  # groups of one trial are of one order of size
LEAST = 0.5  # fewer points than this: no count in the text is the trial's total


@dataclass(frozen=True, slots=True)
class Total:
    """The trial's number of people, with the phrases that say it; a sum cites each part."""

    n: int
    kind: str
    at: tuple[tuple[int, int], ...]
    rule: str
    confidence: float
    derived: bool = False
    noun: str = ""  # kind of the noun: person, female, male
    count: Count | None = None


def total(seen: View, found: Cohort) -> Total | None:
    """The number of people treated or enrolled; None where the text does not say."""
    best = next((c for c in found.candidates if c.count.n > 1), None)
    if best and best.points < LEAST:
        best = None
    if best and "sum" not in best.features:
        summed = _summed(seen, found, best) or _outgrown(seen, found, best)
        return (_nearly(found, summed) or summed) if summed else _stated(best, found)
    if best and best.count.form == BARE:  # "150 women were randomised ... and 148 (71 and 77) were analysed"
        best = next((c for c in found.candidates if _begins(c, best)), best)
    return _stated(best, found) if best else _summed(seen, found, None) or _one(seen)


def _stated(best: Candidate, found: Cohort) -> Total:
    rule = "sum_agrees" if "sum" in best.features else best.kind if best.kind in ("randomized", "enrolled") else "stated"
    second = next((c for c in found.candidates[1:] if c.count.n != best.count.n), None)
    margin = best.points - (second.points if second else 0.0)
    confidence = min(0.98, 0.75 + 0.07 * margin)
    count = best.count
    return Total(count.n, best.kind, ((count.start, count.end),), rule, confidence, noun=count.kind, count=count)


def _begins(candidate: Candidate, best: Candidate) -> bool:
    """Whether a count is of the people from whom those of `best` remained."""
    few_more = best.count.n < candidate.count.n <= best.count.n * (1 + LOST_SHARE)
    return few_more and candidate.count.form == NOUN and bool(candidate.features & {"randomized", "before:randomized"}) and candidate.points > LEAST


def _outgrown(seen: View, found: Cohort, best: Candidate) -> Total | None:
    """Groups people were randomised to, that are together more than the best count: then that count is a part."""
    for split in found.splits:
        sentence = seen.sentence_at(split.start)
        if split.shape == SIZED and len(split.groups) > 1 and not split.joined and split.total > best.count.n * (1 + LOST_SHARE) and RANDOMIZED_TO.search(seen.folded, sentence.start, sentence.end):
            return _added(split, split.groups)
    return None


def _nearly(found: Cohort, summed: Total) -> Total | None:
    """A stated total that the groups all but reach: "81 were randomised. Forty underwent A; 40 underwent B; one was excluded"."""
    for candidate in found.candidates:
        if summed.n <= candidate.count.n <= summed.n * (1 + LOST_SHARE) and candidate.points > 0 and not candidate.features & {"planned", "served"}:
            return _stated(candidate, found)
    return None


def _summed(seen: View, found: Cohort, best: Candidate | None) -> Total | None:
    """The sum of groups that people were assigned to, where no total is written; `best` must be one of the groups."""
    for pair in found.pairs:
        if not seen.in_title(pair.start) and (best is None or pair.start <= best.count.start < pair.end):
            return Total(pair.total, "enrolled", ((pair.start, pair.end),), "sum_of_sexes", 0.85, True)
    for split in found.splits:
        groups = split.groups
        if seen.in_title(split.start) or not split.cued or split.joined:
            continue
        if best and (("of" in best.features and "total" not in best.features and split.shape != EACH) or not any(g.start <= best.count.start + 1 and best.count.start < g.end for g in groups)):
            continue
        if split.shape == EACH and split.k:
            return Total(split.total, "unspecified", (groups[0].name_at, (groups[0].start, groups[0].end)), "times_groups", 0.8, True)
        groups = _siblings(seen, split, best)
        if split.shape in (SIZED, LISTED) and len(groups) > 1 and min(g.n for g in groups) >= LEAST_SHARE * max(g.n for g in groups) and _of_people(seen, split, groups):
            return _added(split, groups)
    return None


def _of_people(seen: View, split: Split, groups: tuple[Group, ...]) -> bool:
    """Whether small listed numbers are said of people: "3 vaccines and 6 boosters" are not."""
    return split.shape == SIZED or sum(g.n for g in groups) >= MANY or any(" " in seen.text[g.start : g.end] for g in groups)


def _added(split: Split, groups: tuple[Group, ...]) -> Total:
    """The sum of groups; one of them may be the sum of the others: "(n = 179) were randomised to A (n = 88) or B (n = 91)"."""
    kind = "randomized" if split.shape == SIZED else "treated"
    added = sum(g.n for g in groups)
    for group in groups:
        if len(groups) > 2 and 2 * group.n == added:
            return Total(group.n, kind, ((group.start, group.end),), "sum_agrees", 0.9)
    return Total(added, kind, tuple((g.start, g.end) for g in groups), "sum_of_groups", 0.8, True)


def _siblings(seen: View, split: Split, best: Candidate | None) -> tuple[Group, ...]:
    """The run of neighbouring groups, said in one way, that holds `best`: none of them inside another."""
    runs: list[list[Group]] = []
    for group in split.groups:
        last = runs[-1][-1] if runs else None
        said = group.said or (last.said if last and group.start - last.end < MOST_APART else "")  # "five had X and five Y"
        if last and last.said == said and not NESTED.search(seen.folded, last.end, group.start):
            runs[-1].append(replace(group, said=said))
        else:
            runs.append([group])
    held = [run for run in runs if best is None or any(g.start <= best.count.start + 1 and best.count.start < g.end for g in run)]
    return tuple(held[0]) if held else ()


def _one(seen: View) -> Total | None:
    """One person: "a 55-year-old man", "we report a patient with"."""
    for age in ages(seen.folded):
        if age.shape == "one" and seen.one_sentence(age.start, age.end):
            return Total(1, "treated", ((age.start, age.end),), "one_person", 0.85)
    match = next((m for p in (CASE, SINGLE) for m in p.finditer(seen.folded) if seen.one_sentence(*m.span("who"))), None)
    return Total(1, "treated", (match.span("who"),), "one_person", 0.7) if match else None
