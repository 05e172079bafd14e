"""Whose number it is: the trial's own total told from arms, subgroups, the screened and the lost.

Every count is given points by the words around it; the count with most points is the trial's. What decides is kept, so
that the fact can say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.context.groups import Split, splits
from extractor.context.people import BARE, EQUALS, NOUN, PART, Count, counts, nouns
from extractor.context.view import View
from extractor.quantities.ages import ages

# what was done to the people counted: kind -> words, searched in the clause of the count
DONE: dict[str, re.Pattern[str]] = {
    "randomized": re.compile(r"randomi[sz]|\b(?:assigned|allocated|divided|distributed|apportioned|stratified|grouped|matched)\b"),
    "enrolled": re.compile(r"\b(?:enrol+(?:ed|ing|s|ment)?|included|recruited|entered|participated|participating|took part|accrued|registered|admitted|selected|inducted|joined|comprised|consisted)\b"),
    "treated": re.compile(r"\b(?:received|receiving|treated|underwent|undergoing|were given|injected|transplanted|vaccinated|infused|implanted|administered|ingested|consumed|exposed|operated)\b"),
    "studied": re.compile(r"\b(?:studied|evaluated|examined|investigated|compared|conducted|performed|carried out|trial|study|sample|tested|undertaken|involving|involved|assessed|measured|observed)\b"),
    "analyzed": re.compile(r"\b(?:analy[sz]ed|evaluable|assessable|available|analy[sz]able|analys[ie]s|per[ -]protocol|valid|intention|intent)\b"),
    "completed": re.compile(r"\b(?:completed|completing|finished|completers|remained|retained|returned|followed)\b"),
    "screened": re.compile(r"\b(?:(?<!breast cancer )(?:was|were|are|be) screened|eligible|approached|invited|eligibility|consent(?:ed)?|identified|contacted|referred|mailed|potential|considered|willing|offered)\b|^ ?(?:\w+ )?screened\b"),
    "planned": re.compile(r"\b(?:will|to be|planned|aims?|target|required?|needed|calculated|intend|intended|anticipated|expected|projected|envisaged|power|goal)\b"),
    "lost": re.compile(r"\b(?:excluded|withdr[ae]w\w*|dropped|lost|discontinu\w+|died|deaths?|declined|refused|dropouts?|ineligible|excluding|except)\b"),
    "outcome": re.compile(
        r"\b(?:experienced|developed|reported|respon[ds]\w*|occurred|adverse|events?|achieved|relaps\w+|recurrence|positive|improved|improvement|showed|required|remission|toxicity|complications?|survived|cured|failed|failure|without|incidence|suffered)\b"
    ),
}
OTHERS = re.compile(r"\b(?:previous(?:ly)?|earlier|meta-analys|prior|another (?:study|trial)|other (?:study|trial|studies)|pooled|(?:two|three|four|five|six|\d) (?:\w+ )?(?:studies|trials)|worldwide|annually|every year|each year|per year|million|prevalence|population|parent|main (?:study|trial)|larger (?:study|trial))\b")
SUBSET = re.compile(r"\b(?:subset|subgroup|sub-?sample|subsample|substudy|sub-study|of whom|of which|of these|of them|the other|others?|another|remaining|additional|first|last|only)\b")
TOTAL = re.compile(r"\b(?:total(?:ing)?|in all|altogether|overall|entire|study population|cohort|sample)\b[^.;]{0,25}$")
ON = re.compile(r"\b(?:in|on|among|of|with|for|from|involving|comprising|included|by)(?: the| a| an| approximately| about| over| more than| consecutive|,)* ?$")
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


def short_forms(seen: View) -> frozenset[str]:
    """Abbreviations of the document that stand for people: "BCS" for breast cancer survivors."""
    known = nouns()
    return frozenset(short.lower() for short, long in seen.abbreviations.items() if known.get(long.lower().split()[-1], "") in ("person", "female", "male"))


def cohort(seen: View) -> Cohort:
    """All counts of people in the document, with points, best first."""
    found = counts(seen.folded, short_forms(seen))
    parts = splits(seen)
    made = [Candidate(c, f, _kind(f), score(f)) for c, f in zip(found, _all_features(seen, found, parts), strict=True)]
    return Cohort(tuple(sorted(made, key=lambda c: -c.points)), tuple(parts), found)


def clause(seen: View, count: Count, following: Count | None, before: Count | None) -> tuple[str, str]:
    """The words before and after a count: up to the neighbouring counts, within its sentence."""
    sentence = seen.sentence_at(count.start)
    first = max(sentence.start, count.start - 160, before.end if before and before.end <= count.start else 0)
    last = min(sentence.end, count.end + 200, following.start if following and following.start > count.end else len(seen.folded))
    if count.form == PART and following and following.start < count.end + 60:  # "68 (62%) of 109 patients were recruited"
        last = min(sentence.end, following.end + 120)
    return seen.folded[first : count.start], seen.folded[count.end : last]


def _all_features(seen: View, found: Sequence[Count], parts: Sequence[Split]) -> Iterator[frozenset[str]]:
    values = Counter(c.n for c in found)
    largest = max(values, default=0)
    sized = {g.start + d for s in parts for g in s.groups if len(s.groups) > 1 for d in (0, 1)}
    sums = {total for s in parts for total in _sums(s)}
    body = [c for c in found if not seen.in_title(c.start)]
    for place, count in enumerate(found):
        before, after = clause(seen, count, found[place + 1] if place + 1 < len(found) else None, found[place - 1] if place else None)
        features = set(_words(before, after, count))
        if place and found[place - 1].form == PART and "of" in features and found[place - 1].end > count.start - 60:
            features = {"whole"} | {f for f in features if f.startswith("before:") or f == "screened"}
        features |= {f"part:{f}" for f in ("randomized", "enrolled", "outcome", "completed") if count.form == PART and f in features}
        if "screened" in features and not features & {"randomized", "enrolled", "treated", "completed", "analyzed"}:
            features.add("screened only")
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
            ("small", 1 < count.n < 5),
            ("capital", count.form == EQUALS and seen.text[count.start] == "N"),
            ("coded", bool(CODED.search(seen.cased, max(0, count.start - 12), count.start))),
            ("late", count.start > 0.7 * len(seen.text)),
        ) if holds}
        yield frozenset(features)


def _sums(split: Split) -> set[int]:
    """Sums of two or more neighbouring groups."""
    sizes = [g.n for g in split.groups]
    return {sum(sizes[i:j]) for i in range(len(sizes)) for j in range(i + 2, len(sizes) + 1)}


def _words(before: str, after: str, count: Count) -> Iterator[str]:
    """Features from the words around a count."""
    near = after[:90]
    for name, pattern in DONE.items():
        if pattern.search(near) or pattern.search(count.modifiers):
            yield name
        if pattern.search(before[-60:]):
            yield "before:" + name
    for name, pattern, text in (
        ("others", OTHERS, before + after[:60]),
        ("subset", SUBSET, before[-40:]),
        ("total", TOTAL, before),
        ("on", ON, before),
        ("of", DENOMINATOR, before),
    ):
        if pattern.search(text):
            yield name
    if not before.strip(" ,;:"):
        yield "opens"


# Points of each feature. A conditional logit over PICO-Corpus (fitted on one half, right on .98 of the other) gave the
# sizes, rounded; what that corpus cannot teach (it marks the screened as totals too) is by hand.
POINTS: dict[str, float] = {
    "largest": 1.5, "first": 1.8, "sum": 1.4, "randomized": 1.1, "before:randomized": 0.6, "enrolled": 0.9, "before:enrolled": 0.4, "analyzed": 0.3, "total": 0.5,
    "treated": 0.2, "planned": 0.1, "equals": 0.2, "on": 0.2, "capital": 0.5, "opens": 0.1,
    NOUN: 1.0, PART: 0.0, "part:enrolled": 0.9, "part:randomized": 0.9, "whole": -0.7, BARE: -1.3,
    "screened only": -2.5, "screened": -0.2, "before:screened": -0.5, "lost": -0.6, "before:lost": -0.6, "outcome": -0.4, "others": -1.2, "subset": -0.8, "completed": -0.3,
    "before:completed": -0.2, "before:outcome": -0.2, "before:studied": -0.2, "small": -0.6, "coded": -2.0, "repeated": -0.3, "one": -1.5, "group": -1.0, "late": -1.0,
    "percent": -0.5, "part:outcome": -0.5, "role:background": -1.5, "role:conclusions": -1.0, "role:title": -0.5,
}


def score(features: frozenset[str]) -> float:
    return sum(POINTS.get(f, 0.0) for f in features)


def _kind(features: frozenset[str]) -> str:
    """The contract's kind of a count."""
    if "planned" in features or "before:planned" in features:
        return "planned"
    for kind in ("randomized", "enrolled", "treated", "analyzed"):
        if kind in features or f"before:{kind}" in features:
            return kind
    return "unspecified"


# ---------------------------------------------------------------- the trial's own total

LEAST = 1.0  # fewer points than this: no count in the text is the trial's total


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
    best = found.candidates[0] if found.candidates else None
    if best and best.points >= LEAST and not _is_part(best):
        return _stated(best, found)
    return _summed(seen, found) or (_stated(best, found) if best and best.points >= LEAST else None) or _one(seen)


def _is_part(best: Candidate) -> bool:
    return "group" in best.features and "sum" not in best.features


def _stated(best: Candidate, found: Cohort) -> Total:
    rule = "sum_agrees" if "sum" in best.features else best.kind if best.kind in ("randomized", "enrolled") else "stated"
    second = next((c for c in found.candidates[1:] if c.count.n != best.count.n), None)
    margin = best.points - (second.points if second else 0.0)
    confidence = min(0.98, 0.75 + 0.07 * margin)
    count = best.count
    return Total(count.n, best.kind, ((count.start, count.end),), rule, confidence, noun=count.kind, count=count)


def _summed(seen: View, found: Cohort) -> Total | None:
    """The sum of groups that people were assigned to, where no total is written."""
    for split in found.splits:
        groups = split.groups
        if len(groups) < 2 or not split.cued or seen.in_title(split.start):
            continue
        if split.shape == "each":
            return Total(split.total, "unspecified", (groups[0].name_at, (groups[0].start, groups[0].end)), "times_groups", 0.7, True)
        if split.shape == "sized" or all(g.n > 1 for g in groups):
            return Total(split.total, "randomized" if split.shape == "sized" else "treated", tuple((g.start, g.end) for g in groups), "sum_of_groups", 0.75, True)
    return None


def _one(seen: View) -> Total | None:
    """One person: "a 55-year-old man"."""
    for age in ages(seen.folded):
        if age.shape == "one":
            return Total(1, "treated", ((age.start, age.end),), "one_person", 0.85, False, noun="")
    return None
