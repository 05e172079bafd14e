"""Age of the people studied (CONSORT 15): mean or median with spread, range, limits; one person's age is all three.

A limit counts where it is said of the people studied, not where it says who was eligible. Ages of single arms are kept
as not the trial's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.readers import CELLS, DRUG, around, reader
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.people.counted import counts
from extractor.people.together import total
from extractor.people.total import one_by_one
from extractor.product.cells import gives_cells
from extractor.quantities.ages import Age, ages
from extractor.words import Words

W = Words("fields")
FEW = 3  # people whose ages may be listed one by one

ELIGIBLE = re.compile(rf"\b{W.eligible}\b")
STUDIED = re.compile(W.studied)
BACKGROUND = re.compile(rf"\b{W.background}\b")
AFTER = re.compile(rf"\b{W.after_subgroup}\b[^.]{{0,20}}$")
COMPARED = re.compile(rf"^.{{0,40}}?{W.compared_vs}")
PART = re.compile(r"\b(?:of whom|of which|of them|of these)\b[^.;]{0,25}$")  # "19 of whom were aged 18-24"
PER_ARM = re.compile(
    r"\b(?:in|for) (?:the )?(?:[\w+-]+ ){0,4}(?:group|arm|controls?|placebo)\b|\bof (?:the )?(?:[\w+-]+ ){0,3}(?:group|arm)\b"
)
OPENS = 4  # characters from the start of a sentence to its subject
PLANNED = re.compile(r"\bwill\b")
RELATIVE = re.compile(r"\b(?:donor|mother|father|parent|brother|sister|sibling|one patient|one of)s?\b")
ANIMALS = re.compile(r"\b(?:mice|mouse|rats?|pigs?|minipigs?|sheep|ewes|dogs?|rabbits?|monkeys?|horses?)\b")


@field(
    "age",
    value="{mean, sd, median, low, high, unit}",
    order=130,
    page=("People", "age"),
    figure=True,
    single=True,
    view={},
)
class AgeField(Field):
    """Age of the participants."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        model = reader("age")
        kinds: set[bool] = set()
        cases = _cases(seen)
        if cases:
            kinds.add(False)
            low, high = min(a.low or 0 for a in cases), max(a.high or 0 for a in cases)
            value = {"mean": None, "sd": None, "median": None, "low": low, "high": high, "unit": cases[0].unit}
            at = [(a.start, a.end) for a in cases]
            yield self.fact(doc, value, at, rule="range", confidence=0.85, flags=("derived",))
        for candidate in candidates(seen):
            age = candidate.age
            central = age.shape == "centre"
            likely = model.probability(candidate.features)
            primary = central not in kinds and likely >= model.thresholds[candidate.kind]
            primary = primary and not _of_some(seen, age)
            if primary:
                kinds.add(central)
            yield self.fact(
                doc,
                value_of(age),
                [(age.start, age.end)],
                rule=age.shape if primary else "other",
                confidence=round(likely, 2),
                primary=primary,
            )


def _cases(seen: View) -> list[Age]:
    """The ages of two or three people who are told one by one: "Case 1: a 34-year-old woman ... Case 2: a 29-year-old woman"."""
    people = total(seen)
    told = one_by_one(seen)
    alike = len({a.unit for a in told}) == 1
    return told if people is not None and 1 < people.n <= FEW and len(told) == people.n and alike else []


# "in patients 60 years of age or older (76% vs. 47%)", "20 mg for patients over 75": a part of the people
SHARE_BEHIND = re.compile(r"\s*\(\s*\d+(?:\.\d+)?\s*%\s*(?:vs|versus|and|,|v\b|;)")
# "age (<40, >=40 years)": the borders of parts
BORDERS = re.compile(r"[<>≤≥]\s*(?:=\s*)?\d{1,3},?\s*(?:and |or |vs\.? |versus )?$")
DOSE_FOR = re.compile(
    r"\d\s*(?:mg|g|mcg|ml)(?:/\w+)? (?:for|in) (?:patients|those|subjects|people|adults)(?: aged)?\s*$"
)


def _of_some(seen: View, age: Age) -> bool:
    """Whether a limit says of which part of the people a result or a dose is, or a mean stands beside another arm's."""
    sentence = seen.sentence_at(age.start)
    if age.shape != "centre":
        before = DOSE_FOR.search(seen.folded, max(sentence.start, age.start - 50), age.start)
        before = before or BORDERS.search(seen.folded, max(sentence.start, age.start - 12), age.start)
        return before is not None or SHARE_BEHIND.match(seen.folded, age.end, sentence.end) is not None
    others = [a for a in ages(seen.folded) if a.shape == "centre" and sentence.start <= a.start < sentence.end]
    means = {a.mean for a in others if a.mean is not None}
    medians = {a.median for a in others if a.median is not None}
    return len(means if age.mean is not None else medians) > 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """An age that may be that of the trial's people, with what the reader is told of it."""

    age: Age
    features: tuple[str, ...]
    kind: str  # of the trial


def value_of(age: Age) -> dict[str, float | str | None]:
    """The value of the fact."""
    return {name: getattr(age, name) for name in ("mean", "sd", "median", "low", "high", "unit")}


def candidates(seen: View) -> list[Candidate]:
    """All ages of the document with their features: what the rules think, the words around, what else is said."""
    every = [a for a in ages(seen.folded) if seen.one_sentence(a.start, a.end)]
    cells = gives_cells(seen)
    own = [a for a in every if _own(seen, a, False)]
    ruled = {id(a) for a in own}
    kinds = {centre: _among([a for a in every if (a.shape == "centre") == centre], ruled) for centre in (True, False)}
    centred = any(a.shape == "centre" for a in own)
    people = total(seen)
    size = "unknown" if people is None else "one" if people.n == 1 else "few" if people.n <= FEW else "many"
    made = []
    for place, age in enumerate(every):
        names = [name for name in ("mean", "sd", "median", "low", "high") if getattr(age, name) is not None]
        features = [
            f"shape {age.shape}",
            f"shape {age.shape} {'own' if id(age) in ruled else 'of others'} by rule",
            f"numbers {' '.join(names)}",
            f"unit {age.unit}",
            f"{age.shape} of {size}",
            f"{age.shape} {seen.likely_role(age.start)[0]}",
            *(name for name, holds in _holds(seen, age, place, kinds[age.shape == "centre"], own, centred) if holds),
            *around(seen, age.start, age.end),
        ]
        made.append(Candidate(age, tuple(features), CELLS if cells else DRUG))
    return made


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is asked of all ages of one kind: the first of them, the first that the rules take, whether there is but one."""

    first: Age | None
    ruled: Age | None
    alone: bool


def _among(alike: list[Age], ruled: set[int]) -> _Kind:
    return _Kind(alike[0] if alike else None, next((a for a in alike if id(a) in ruled), None), len(alike) == 1)


def _holds(seen: View, age: Age, place: int, kind: _Kind, own: list[Age], centred: bool) -> Iterator[tuple[str, bool]]:
    """Named truths of an age among all ages of its document."""
    sentence = seen.sentence_at(age.start)
    words = seen.folded[sentence.start : sentence.end]
    limits = age.shape != "centre" and bool(ELIGIBLE.search(words))
    yield "eligible beside a centre", limits and centred
    yield "first age", place == 0
    yield "first of its kind", kind.first is age
    yield "only one of its kind", kind.alone
    yield "only age by rule", len(own) == 1 and own[0] is age
    yield "no age by rule", not own
    yield "first of its kind by rule", kind.ruled is age
    yield "eligible", bool(ELIGIBLE.search(words))
    yield "studied", bool(STUDIED.search(words))
    yield "people counted before", any(sentence.start <= c.start < age.start and c.n > 1 for c in counts(seen.folded))
    yield "in title", seen.in_title(age.start)
    yield f"{age.shape} beside a centre", centred and age.shape != "centre"
    yield "opens its sentence", age.start - sentence.start <= OPENS
    yield "planned", bool(PLANNED.search(words))
    yield "of another", bool(RELATIVE.search(seen.folded, sentence.start, age.start))
    yield "animals", bool(ANIMALS.search(words))


def _own(seen: View, age: Age, already: bool) -> bool:
    """Whether an age is said of the trial's people."""
    sentence = seen.sentence_at(age.start)
    words = seen.folded[sentence.start : sentence.end]
    role = seen.role_at(age.start)
    if age.shape == "centre":
        after = seen.folded[age.end : min(sentence.end, age.end + 60)]
        phrase = seen.folded[max(sentence.start, age.start - 40) : age.end]
        return (
            not (COMPARED.search(after) or PER_ARM.search(after[:50]) or PER_ARM.search(phrase))
            and role != "background"
        )
    if age.shape == "one":
        return not already and role not in ("background", "conclusions")
    before = seen.folded[max(sentence.start, age.start - 60) : age.start]
    if ELIGIBLE.search(words) or role in ("background", "conclusions", "objective") or AFTER.search(before):
        return False
    if BACKGROUND.search(words) or PER_ARM.search(before) or PART.search(before):
        return False
    return bool(STUDIED.search(words)) or any(
        sentence.start <= c.start < age.start and c.n > 1 for c in counts(seen.folded)
    )
