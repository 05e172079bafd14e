"""Where a text says that something was brought into the body: routes and sites beside words of giving.

What it does not decide: which of them is the studied product's (see the fields ``route`` and ``route_site``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.product.studied import GIVING, PRODUCT
from extractor.terms import Match, table
from extractor.words import Words

W = Words("product")

# "into the", "in", "to both", "via a", "at the level of": what stands before a place that something is put into
INTO = re.compile(rf"(?P<link>\b{W.into_into}\b|\b(?:of|and|or|plus)\b|,|/)\s*{W.into_the}*$")
# a drug beside the product: its route is not the product's
OTHER_AGENT = re.compile(rf"\b{W.other_agent}\b")
# "local treatment of perianal fistulas"
_LOCAL = re.compile(rf"\blocal {W.local_treatment} of (?:the |complex |perianal )*$")
# the preposition before the first of several places: "in biceps and triceps"
_EARLIER_INTO = re.compile(rf"\b{W.earlier_into_into}\b[^.;]{{0,90}}$")
_DRUG_DOSE = re.compile(rf"\b\d+(?:\.\d+)?\s?{W.drug_dose_mg}\b")
_BREAK = re.compile(W.delivery_break)
NEAR = 80  # characters between a place and the verb of giving
# "spinal cord injury", "knee osteoarthritis": a disease of the place, not the place
_DISEASE = re.compile(rf"[\s-]*{W.disease_injur}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A route or site at ``start:end``, in its sentence."""

    start: int
    end: int
    name: str
    kind: str
    sentence: Sentence


def deliveries(seen: View, lexicon: str) -> Iterator[Delivery]:
    """Entries of the table `lexicon` (``routes`` or ``sites``) in the document, left to right."""
    found: list[Match] = table(lexicon).find(seen.folded)
    for match in found:
        sentence = seen.sentence_at(match.start)
        if match.end <= sentence.end:  # a title's last word and the text's first are no term
            yield Delivery(match.start, match.end, match.term.name, match.term.kind, sentence)


# "sprayed onto the wounds", "sheets were laid on the cornea": put on a surface
_APPLIED = re.compile(rf"\b{W.applied}\b[^.;]{{0,70}}?\b(?:on|onto|to|over|upon) (?P<site>{W.applied_on}\b)")
_APPLIED_FORM = re.compile(
    r"\b(?:cells?|mscs?|fibroblasts?|keratinocytes?|sheets?|sprays?|gels?|suspensions?|epitheli\w+|constructs?|grafts?)\b"
)


def applied(seen: View) -> Iterator[Delivery]:
    """Surfaces of the body that cells were put on: the route is ``topical``."""
    for match in _APPLIED.finditer(seen.folded):
        sentence = seen.sentence_at(match.start())
        told = match.end() <= sentence.end and _APPLIED_FORM.search(seen.folded, sentence.start, match.end())
        if told and not _DISEASE.match(seen.folded, match.end()):
            yield Delivery(*match.span("site"), "topical", "applied", sentence)


def clause(seen: View, item: Delivery) -> tuple[int, int]:
    """Offsets of the clause around `item`: its sentence, cut at breaks on both sides."""
    start, end = item.sentence.start, item.sentence.end
    for mark in _BREAK.finditer(seen.folded, start, item.start):
        start = mark.end()
    mark_after = _BREAK.search(seen.folded, item.end, end)
    return start, mark_after.start() if mark_after else end


def given(seen: View, item: Delivery) -> bool:
    """Whether a word of giving stands near `item` in its sentence."""
    start = max(item.sentence.start, item.start - NEAR)
    return bool(GIVING.search(seen.folded, start, min(item.sentence.end, item.end + NEAR)))


def put_into(seen: View, item: Delivery) -> bool:
    """Whether `item` follows "into the ...", with a word of giving before it."""
    before = seen.folded[item.sentence.start : item.start]
    if _DISEASE.match(seen.folded, item.end):
        return False
    if _LOCAL.search(before):
        return True
    into = INTO.search(before[-60:])
    if not into or not GIVING.search(before[-150:]):
        return False
    joins = into["link"] in ("of", "and", "or", "plus", ",", "/")
    return not joins or bool(_EARLIER_INTO.search(before[-110:]))


def of_other_agent(seen: View, item: Delivery) -> bool:
    """Whether the clause speaks of a drug beside the product, nearer than of the product."""
    start, end = clause(seen, item)
    others = [*OTHER_AGENT.finditer(seen.folded, start, end), *_DRUG_DOSE.finditer(seen.folded, start, end)]
    if not others:
        return False
    products = [*PRODUCT.finditer(seen.folded, start, end)]
    return not products or _nearest(item, others) < _nearest(item, products)


def _nearest(item: Delivery, places: list[re.Match[str]]) -> int:
    return min(max(m.start() - item.end, item.start - m.end(), 0) for m in places)
