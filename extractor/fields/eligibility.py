"""Who was eligible: limits of age and severity, criteria of the diagnosis, where a sentence on eligibility says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.eligible import Limited, age_limits, diagnosis
from extractor.study.plan import telling
from extractor.study.scales import limits

_CUE = re.compile(r"\b(?:inclusion criteri\w+|eligib\w+|criteria for inclusion|inclusion required|(?:were|be) included if|had to be|entry criteri\w+|enrol?lment criteri\w+|selection criteri\w+|fulfil\w+ the following)\b")  # fmt: skip
_EXCLUDED = re.compile(r"\bexclu\w+|\bineligib\w+|\bnot eligib\w+")


@field(
    "eligibility",
    value="{kind, text, low, high, unit}",
    order=104,
    page=("People", "eligible"),
    figure=True,
    several=True,
    own=True,
    view={},
    scored=(),
    shown="{kind}: {text}[ from {low}][ to {high}][ {unit}]",
)
class Eligibility(Field):
    """Who was eligible: limits of age, sex and severity, criteria of the diagnosis."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        told: set[tuple[Any, ...]] = set()
        for found in _limits(seen):
            value = {"kind": found.kind, "text": found.text, "low": found.low, "high": found.high, "unit": found.unit}
            key = tuple(value.values())
            if key not in told:
                told.add(key)
                yield self.fact(doc, value, [(found.start, found.end)], rule=found.kind, confidence=0.85)


def _limits(seen: View) -> Iterator[Limited]:
    for sentence in telling(seen, ("inclusion", "eligib", "included if", "had to be", "criteri", "fulfil")):
        start, end = sentence.start, sentence.end
        end = _before_excluded(seen.folded, start, end)
        yield from diagnosis(seen.cased, seen.text, start, end)
        if not _CUE.search(seen.folded, start, end):
            continue
        yield from age_limits(seen.folded, start, end)
        for one in limits(seen.folded, start, end):
            yield Limited("severity", one.name, one.low, one.high, one.unit, one.start, one.end)


def _before_excluded(folded: str, start: int, end: int) -> int:
    """Where the clause on who was excluded begins; the sentence's end where there is none."""
    out = _EXCLUDED.search(folded, start, end)
    return max(start, *(folded.rfind(mark, start, out.start()) for mark in ";,.")) if out else end
