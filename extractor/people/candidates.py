"""Whose number it is: the trial's own total told from arms, subgroups, the screened and the lost.

Every count is given points by the words around it; the count with most points is the trial's. What decides is kept, so
that the fact can say it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor import patterns as re
from extractor.context.view import View, once
from extractor.people.counted import BARE, EQUALS, NOUN, PART, Count, counts, nouns
from extractor.people.group import EACH, PAIRED, SERVED, Split
from extractor.people.sexes import Sexes, sexes
from extractor.people.splits import splits
from extractor.words import Words

W = Words("people")

# what was done to the people counted: kind -> words, searched in the clause of the count
DONE: dict[str, re.Pattern[str]] = {
    "randomized": re.compile(rf"randomi[sz](?!ed (?:therapy|treatment)\b)|\b{W.done_assigned}\b"),
    "enrolled": re.compile(rf"\b{W.done}\b"),
    "treated": re.compile(rf"\b{W.candidates_done}\b"),
    "studied": re.compile(rf"\b{W.done_studied}\b"),
    "analyzed": re.compile(rf"\b{W.done_analy}\b"),
    "completed": re.compile(rf"\b{W.done_completed}\b"),
    "screened": re.compile(rf"\b{W.done_breast}\b|^ ?(?:\w+ )?screened\b"),
    "planned": re.compile(rf"\b{W.done_will}\b"),
    "identified": re.compile(r"\bidentified\b"),
    "lost": re.compile(rf"\b{W.done_excluded}\b"),
    "outcome": re.compile(rf"\b{W.done_experienced}\b"),
}
# of one arm, not of all: "in the X arm, 45 of 50 patients"
IN_ARM = re.compile(r"\b(?:in|of|for|among) the (?:[\w+/-]+ ){1,6}(?:arm|group), (?:\w+ (?:out )?of (?:the )?)?$")
IN_ARM_AFTER = re.compile(r" (?:in|from|of) the [^,;.()]{2,60}\b(?:arm|group)\b")
# a population's figure: "affecting 375,000 people", "an estimated 20 million adults"
POPULATION = re.compile(rf"\b(?:affect(?:s|ing)|{W.population_kills})(?: {W.population_about},?)* $")
STILL = re.compile(
    r"^(?: \w+)? ?(?:remain(?:ed|ing|s)?|still|continu(?:ed|ing|e)) (?:on|in|to|receiving)\b"
)  # "55 patients remaining on therapy"
# another study's figure
OTHERS = re.compile(rf"\b{W.others}\b")
SUBSET = re.compile(rf"\b{W.subset}\b")
REPRESENTING = re.compile(r"\b(?:representing|constituting|comprising|being) \d+(?:\.\d+)? ?% of (?:the |all )?$")
TOTAL = re.compile(rf"\b{W.total_total}\b[^.;]{{0,25}}$")
ON = re.compile(rf"\b{W.on_in}{W.on_the}* ?$")
INSTEAD = ("planned", "identified")  # a number planned or identified gives way to one of people enrolled
DONE_TO = frozenset({"randomized", "enrolled", "treated", "analyzed", "completed"})
SMALL = 5  # fewer people than this are seldom a trial's total, but in first-in-human work
# "participants (n = 54)" counts people in general; "responders (n = 58)" a part of them
PEOPLE_BEFORE = re.compile(rf"\b{W.people_before_patients}\)?:? ?[(\[]?$")
CODED = re.compile(r"[A-Z]{2,}[A-Z0-9-]* ?$")  # "SWOG 0307", "NSABP 35": a study's name
# "From 49 smokers attending four clinics, 24 volunteered": the sentence goes on with those who entered the trial
FROM = re.compile(rf"(?:results |methods |findings )?(?:from|of|out of|among)(?: {W.from_total})?")
# "the target number of subjects was set at 300"
NUMBER_OF = re.compile(
    rf"\bnumber of {W.subjects}(?: to be \w+| needed| required)?(?: was| is|:)(?: set (?:at|to)| calculated (?:as|to be))? $"
)
DENOMINATOR = re.compile(rf"\bof {W.denominator_the}*$")


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
    return frozenset(
        short.lower()
        for short, long in seen.abbreviations.items()
        if known.get(long.lower().split()[-1], "") in ("person", "female", "male")
    )


@once
def cohort(seen: View) -> Cohort:
    """All counts of people in the document, with points, best first."""
    found = tuple(
        c
        for c in counts(seen.folded, short_forms(seen))
        if seen.one_sentence(c.start, c.end) and not REPRESENTING.search(seen.folded, max(0, c.start - 40), c.start)
    )
    parts = splits(seen)
    pairs = [s for s in sexes(seen.folded) if s.shape == "pair" and seen.one_sentence(s.start, s.end)]
    made = [
        Candidate(c, f, _kind(f), score(f))
        for c, f in zip(found, _all_features(seen, found, parts, pairs), strict=True)
    ]
    return Cohort(tuple(sorted(made, key=lambda c: -c.points)), tuple(parts), found, tuple(pairs))


def clause(seen: View, count: Count, following: Count | None, before: Count | None) -> tuple[str, str]:
    """The words before and after a count: up to the neighbouring counts, within its sentence."""
    sentence = seen.sentence_at(count.start)
    first = max(sentence.start, count.start - 160, before.end if before and before.end <= count.start else 0)
    last = min(
        sentence.end,
        count.end + 200,
        following.start if following and following.start > count.end else len(seen.folded),
    )
    if (
        count.form == PART and following and following.start < count.end + 60
    ):  # "68 (62%) of 109 patients were recruited"
        last = min(sentence.end, following.end + 120)
    return seen.folded[first : count.start], seen.folded[count.end : last]


def _all_features(
    seen: View, found: Sequence[Count], parts: Sequence[Split], pairs: Sequence[Sexes]
) -> list[frozenset[str]]:
    made: list[set[str]] = []
    values = Counter(c.n for c in found)
    largest = max(values, default=0)
    sized = {
        g.start + d
        for s in parts
        for g in s.groups
        if (len(s.groups) > 1 or s.shape == EACH) and s.shape != PAIRED
        for d in (0, 1)
    }
    sums = {total for s in parts for total in _sums(s)} | {p.total for p in pairs}
    begins = [p.start for p in pairs]  # in order, none over another
    sized |= {c.start for c in found if (at := bisect_right(begins, c.start)) and c.start < pairs[at - 1].end}
    body = [c for c in found if not seen.in_title(c.start)]
    body = [c for c in body if c.n >= SMALL and c.form in (NOUN, EQUALS, PART)] or body
    for place, count in enumerate(found):
        before, after = clause(
            seen, count, found[place + 1] if place + 1 < len(found) else None, found[place - 1] if place else None
        )
        features = set(_words(before, after, count))
        if place and found[place - 1].form == PART and "of" in features and found[place - 1].end > count.start - 60:
            features = (
                {"whole"}
                | ({"one arm"} if "whole of arm" in features or "one arm" in made[-1] else set())
                | {f for f in features if f.startswith("before:") or f == "screened"}
            )
        features |= {
            f"part:{f}"
            for f in ("randomized", "enrolled", "treated", "outcome", "completed")
            if count.form == PART and f in features
        }
        features |= {
            f"bare:{f}"
            for f in ("randomized", "enrolled", "analyzed")
            if count.form == BARE and (f in features or f"before:{f}" in features)
        }
        if (
            "screened" in features
            and count.n not in sums
            and not features & {"randomized", "enrolled", "treated", "completed", "analyzed"}
        ):
            features.add("screened only")
        if made and "screened only" in made[-1] and features & {"randomized", "enrolled", "treated", "analyzed"}:
            features = {"after screening"} | features - {"before:screened", "before:studied"}
        features |= {count.form, f"role:{seen.role_at(count.start)}"}
        features |= {
            name
            for name, holds in (
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
                ("one sex", count.kind in ("male", "female") and before.rstrip().endswith("(") and count.n < largest),
                ("capital", count.form == EQUALS and seen.text[count.start] == "N"),
                ("coded", bool(CODED.search(seen.cased, max(0, count.start - 12), count.start))),
                ("late", count.start > 0.7 * len(seen.text)),
            )
            if holds
        }
        if (
            count.form == EQUALS
            and not features
            & {
                "randomized",
                "enrolled",
                "treated",
                "analyzed",
                "studied",
                "before:randomized",
                "before:enrolled",
                "before:treated",
                "before:studied",
                "sum",
                "capital",
            }
            and not PEOPLE_BEFORE.search(before)
        ):
            features.add("only equals")
        if "others" in features:
            features -= {"largest", "first"}
        made.append(features)
    firm = any(
        "planned" not in f
        and "before:planned" not in f
        and f & {"randomized", "enrolled", "before:randomized", "before:enrolled", "analyzed"}
        for f in made
    )
    _give_way(found, made)
    return [
        frozenset(
            f
            | {
                f"{why} instead"
                for why in INSTEAD
                if firm and f & {why, f"before:{why}"} and not (why == "identified" and f & DONE_TO)
            }
        )
        for f in made
    ]


def _give_way(found: Sequence[Count], made: Sequence[set[str]]) -> None:
    """People of whom fewer were randomised or entered: "297 were registered; 174 were randomised to X (n = 89) or Y (n = 85)"."""
    randomized = [
        c
        for c, f in zip(found, made, strict=True)
        if "sum" in f and f & {"randomized"} and c.form in (NOUN, PART, BARE) and "role:title" not in f
    ]
    for count, features in zip(found, made, strict=True):
        if not features & {"randomized", "before:randomized", "sum"} and any(
            count.end < r.start and r.n < count.n for r in randomized
        ):
            features.add("registered instead")
    for place, (count, features) in enumerate(zip(found, made, strict=True)):
        following = made[place + 1] if place + 1 < len(found) else set()
        if (
            "of these" in features
            and following
            and found[place + 1].n < count.n
            and found[place + 1].form in (BARE, NOUN)
            and following & {"randomized", "enrolled"}
            and not features & {"randomized", "before:randomized", "enrolled", "before:enrolled", "treated", "sum"}
        ):
            features.add("entered instead")
            following.add("after screening")


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
    if NUMBER_OF.search(before):
        yield "number of"
    if FROM.fullmatch(before.strip()):
        yield "of these"


# Points of each feature. A conditional logit over PICO-Corpus (fitted on one half, right on .98 of the other) gave the
# sizes, rounded; what that corpus cannot teach (it marks the screened as totals too) is by hand.
POINTS: dict[str, float] = {
    "largest": 1.5,
    "first": 1.8,
    "sum": 1.4,
    "randomized": 1.1,
    "before:randomized": 0.6,
    "enrolled": 0.9,
    "before:enrolled": 0.4,
    "analyzed": 0.3,
    "total": 0.5,
    "treated": 0.2,
    "planned": 0.1,
    "equals": 0.2,
    "on": 0.2,
    "capital": 0.5,
    "opens": 0.1,
    NOUN: 1.0,
    PART: 0.0,
    "part:enrolled": 0.9,
    "part:randomized": 0.9,
    "part:treated": 0.5,
    "small bare": -2.0,
    "small staff": -3.0,
    "served": -2.5,
    "whole": -0.7,
    BARE: -1.3,
    "bare:randomized": 1.2,
    "bare:enrolled": 1.0,
    "bare:analyzed": 0.9,
    "screened only": -4.0,
    "screened": -0.2,
    "before:screened": -0.5,
    "lost": -0.6,
    "before:lost": -0.6,
    "outcome": -0.4,
    "others": -1.5,
    "after screening": 1.5,
    "subset": -0.8,
    "completed": -0.3,
    "before:completed": -0.2,
    "before:outcome": -0.2,
    "before:studied": -0.2,
    "small": -0.6,
    "coded": -2.0,
    "repeated": -0.3,
    "one": -1.5,
    "group": -1.0,
    "late": -1.0,
    "staff": -2.5,
    "one sex": -1.5,
    "only equals": -3.0,
    "planned instead": -4.6,
    "identified instead": -3.0,
    "one arm": -3.0,
    "still": -1.5,
    "registered instead": -3.2,
    "entered instead": -4.5,
    "number of": 2.0,
    "percent": -0.5,
    "part:outcome": -0.5,
    "role:background": -1.5,
    "role:conclusions": -1.0,
    "role:title": -0.5,
}


def score(features: frozenset[str]) -> float:
    return math.fsum(
        POINTS.get(f, 0.0) for f in features
    )  # exact: a set has no order, so a plain sum may differ in its last digit


def _kind(features: frozenset[str]) -> str:
    """The contract's kind of a count."""
    if "planned" in features or "before:planned" in features:
        return "planned"
    for kind in ("randomized", "enrolled", "treated", "analyzed"):
        if kind in features or f"before:{kind}" in features:
            return kind
    return "unspecified"
