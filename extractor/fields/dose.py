"""Doses of cells: how many were given, of what unit, on what basis.

Cells only: a drug's milligrams, a co-medication's units and blood counts are none. Not found: doses in drops or vials, and
numbers whose exponent is gone for good (``1 × 10 cells``): from those no dose is made.

Definition: the number of cells given, per administration or in all (CONSORT item 5, interventions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.background import background, of_others
from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.product.cells import gives_cells
from extractor.product.studied import GIVING
from extractor.quantities.doses import CELL_NOUN, LARGEST, SMALLEST, Amount, amounts
from extractor.words import Words

W = Words("fields")

BEFORE, AFTER = 90, 80  # characters of the sentence read on either side of an amount
_NOUN = re.compile(rf"\b(?:{CELL_NOUN})\b")
_DOSE_WORD = re.compile(rf"\b{W.dose_word}\b")
# "<5 × 10(7)", "more than 1 million": a threshold
_THRESHOLD = re.compile(rf"{W.threshold_than}$")
_AT_LEAST = re.compile(r"\b(?:at least|minimum of)\s+$")
# verbs that say what was done to cells before anybody got them
_MADE = re.compile(rf"\b{W.made}\b")
_RECEIVED = re.compile(rf"\b{W.received}\b")
_DIGITS = re.compile(r"[\d,\s]+")
_EARLIER = re.compile(rf"\b(?:previous(?:ly)?|earlier|prior) {W.earlier_stud}")
# "0.5 x 10^8/kg, within the range seen in other studies", "20 million cells as part of a previous study": own all the same
_COMPARED = re.compile(
    r"[\w\s/^)±.-]{0,40}?(?:,\s*(?:which (?:is|was) |a figure )?(?:within the range|in line with|similar to|comparable|consistent with|as (?:in|seen in|used in))\b|\bas part of (?:a|an|our|the) (?:previous|earlier|prior|first|initial)\b)"
)
_TOTAL = re.compile(
    r"\b(?:total|cumulative|overall|altogether)\b(?!\s+(?:of\s+)?\d+\s+(?:patients|participants|subjects))[^.;,]{0,40}$"
)
_TOTAL_AFTER = re.compile(r"^\s*\(?(?:in total|altogether|total\b|cumulative)")
_MEAN = re.compile(r"\b(?:mean|average|averag\w+)\b[^.;]{0,45}$")
_MEAN_AFTER = re.compile(r"^\s*\(?on average\b")
_RANGE = re.compile(r"\brang(?:e|ed|ing)\b[\s:,=of]*(?:from\s)?$")
_MEDIAN = re.compile(r"\bmedian\b[^.;]{0,45}$")
_MAXIMUM = re.compile(rf"\b{W.maximum_up}\b[^.;,]{{0,30}}$")
_EACH = re.compile(rf"\b(?:per|each|every)\s+(?:\w+\s)?{W.each_injection}|\beach time\b")
_GIVEN = re.compile(rf"\b{W.given}\b")
_ARM = re.compile(
    rf"^\s*[(\[,]?\s*(?P<arm>{W.arm_cohort}\s+(?:\d+|[a-z]|[ivx]+)\b|{W.arm_low}[ -](?:dose)\b(?: (?:group|cohort|arm))?)"
)
_BODY = W.members("body")


@dataclass(frozen=True, slots=True)
class _Seen:
    """An amount with the words of its sentence on either side."""

    amount: Amount
    before: str
    after: str
    sentence: str
    primary: bool
    rule: str


@field(
    "dose",
    value="{low, high, unit, basis, sd}",
    after=("administrations",),
    order=80,
    page=("Dose", ""),
    figure=True,
    several=True,
    alike=("low", "high", "unit"),
    view={},
    scored=("dose", "dose_basis"),
)
class Dose(Field):
    """Doses of cells, each dose group one fact, with what the figure is (per administration, total, mean, ...)."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        if not gives_cells(seen):
            return
        merged = _merged(_placed(seen))
        for group in merged:
            yield self._fact(doc, seen, group)
        yield from self._derived(doc, [g[0] for g in merged])

    def _fact(self, doc: Doc, seen: View, group: list[_Seen]) -> Fact:
        first = group[0]
        amount = first.amount
        basis = next((b for b in map(_basis, group) if b), None)
        value = {"low": amount.low, "high": amount.high, "unit": amount.unit, "basis": basis, "sd": amount.sd}
        arm = next((m["arm"] for s in group if (m := _ARM.match(s.after))), None)
        places = list(dict.fromkeys((s.amount.start, s.amount.end) for s in group if s.primary == first.primary))
        flags = sorted({f for s in group for f in s.amount.flags})
        return self.fact(
            doc,
            value,
            places[:4],
            rule=first.rule,
            confidence=_CONFIDENCE[first.rule],
            primary=first.primary,
            arm=arm,
            flags=flags,
        )

    def _derived(self, doc: Doc, found: list[_Seen]) -> Iterator[Fact]:
        """What one participant got in all: one dose per administration, times one stated number of administrations."""
        times = [f for f in facts(doc, "administrations") if f.primary]
        own = [s for s in found if s.primary]
        if len(own) != 1 or len(times) != 1 or own[0].amount.unit == "cells/ml":
            return
        n, amount = times[0].value["low"], own[0].amount
        if n is None or n < 2 or n != times[0].value["high"] or _basis(own[0]) != "per administration":
            return
        value = {"low": amount.low * n, "high": amount.high * n, "unit": amount.unit, "basis": "total", "sd": None}
        fact = self.fact(
            doc,
            value,
            [(amount.start, amount.end)],
            rule="algebra",
            confidence=0.7,
            primary=False,
            flags=["derived", *amount.flags],
        )
        yield fact.change(evidence=(*fact.evidence, *times[0].evidence))


_CONFIDENCE = {"with_unit": 0.95, "after_noun": 0.85, "threshold": 0.5, "not_given": 0.4, "earlier": 0.4}


def _placed(seen: View) -> Iterator[_Seen]:
    for sentence in seen.sentences:
        found = _abbreviated(seen, sentence.end, amounts(seen.folded, sentence.start, sentence.end))
        units = [a.unit for a in found if a.unit and a.unit not in ("other", "cells")]
        for amount in found:
            if amount.unit == "other" or not SMALLEST <= amount.low <= LARGEST:
                continue
            before = seen.folded[max(sentence.start, amount.start - BEFORE) : amount.start]
            after = seen.folded[amount.end : min(sentence.end, amount.end + AFTER)]
            words = seen.folded[sentence.start : sentence.end]
            known = bool(amount.unit)
            if not known and not _speaks_of_cells(before, after):
                continue
            if not known and not _likely_bare(seen.folded[amount.start : amount.end], amount, before):
                continue
            unit = amount.unit or (units[0] if units else "cells")
            rule = _doubt(seen, amount, before, after, words) or ("with_unit" if known else "after_noun")
            yield _Seen(_with(amount, unit), before, after, words, rule in ("with_unit", "after_noun"), rule)


def _with(amount: Amount, unit: str) -> Amount:
    return replace(amount, unit=unit)


def _abbreviated(seen: View, end: int, found: list[Amount]) -> list[Amount]:
    """Amounts whose unit is a short form of the document's own: "100 × 106 MC"."""
    done = []
    for amount in found:
        word = re.match(r"\s?([A-Za-z][\w+-]*?)s?\b", seen.text[amount.end : min(end, amount.end + 30)])
        long = seen.abbreviations.get(word[1], "") if word and not amount.unit else ""
        if word and "cell" in long.lower():
            amount = replace(amount, unit="cells", end=amount.end + word.end())
        done.append(amount)
    return done


def _speaks_of_cells(before: str, after: str) -> bool:
    """Whether an amount without a unit is one of cells: a cell noun before it, or a word of dosing."""
    return bool(
        _NOUN.search(before) or _DOSE_WORD.search(before) or re.match(r"\W{0,3}(?:dose|group|arm|cohort)", after)
    )


def _likely_bare(text: str, amount: Amount, before: str) -> bool:
    """Whether digits alone, without power, word or unit, are a dose: round, and right behind a word of dosing."""
    return not _DIGITS.fullmatch(text) or (amount.low % SMALLEST == 0 and bool(_DOSE_WORD.search(before[-40:])))


def _doubt(seen: View, amount: Amount, before: str, after: str, sentence: str) -> str | None:
    """Why the amount is not the trial's dose, if it is not."""
    if _THRESHOLD.search(before) or (_AT_LEAST.search(before) and not _RECEIVED.search(sentence)):
        return "threshold"
    whole = sentence[: sentence.find(seen.folded[amount.start : amount.end])]
    made = [m for m in _MADE.finditer(whole) if not _describes(whole, m)]
    if made and not GIVING.search(whole, made[-1].end()) and not GIVING.search(after[:60]):
        return "not_given"
    place = seen.sentence_at(amount.start)
    if _COMPARED.match(after) and not _EARLIER.search(before):
        return None
    if background(seen, place) or of_others(seen, place) or _EARLIER.search(sentence):
        return "earlier"
    return None


def _describes(whole: str, made: re.Match[str]) -> bool:
    """Whether the word only describes the cells that are given: "injection of hypoxic cultured, marrow-derived cells"."""
    given = GIVING.search(whole, 0, made.start()) and not _PASSIVE.search(whole, 0, made.start())
    return bool(given and _ADJECTIVE.match(whole, made.end()))


# from "cultured" on: words that go before a noun, and cells with nothing between them and the amount
_ADJECTIVE = re.compile(
    rf",?\s(?:(?!(?:from|in|on|to|at|for|by|with|and|were|was|of)\b)[\w+/-]+,?\s){{0,7}}?(?:{CELL_NOUN})\b[\s(\[:,]*(?:dose[\s:,]*)?$"
)
_PASSIVE = re.compile(r"\b(?:was|were|been|be|being|is|are|and|then)\s(?:\w+ly\s)?$")


def _basis(seen: _Seen) -> str | None:
    amount, before = seen.amount, seen.before
    if amount.per and amount.per not in _BODY:
        return "per administration"
    if _MAXIMUM.search(before):
        return "maximum"
    if amount.low != amount.high and _RANGE.search(before):
        return "range"
    if _MEDIAN.search(before):
        return "median"
    if amount.sd is not None or _MEAN.search(before) or _MEAN_AFTER.match(seen.after):
        return "mean"
    if amount.low != amount.high:
        return "range"
    if amount.per in _BODY or _TOTAL.search(before) or _TOTAL_AFTER.match(seen.after):
        return "total"
    if _EACH.search(before[-40:] + " " + seen.after[:40]) or _GIVEN.search(before + seen.after):
        return "per administration"
    return None


def _merged(found: Iterable[_Seen]) -> list[list[_Seen]]:
    """The same dose said again is one fact that cites both places; the trial's own mention leads."""
    groups: dict[Any, list[_Seen]] = {}
    for item in found:
        a = item.amount
        groups.setdefault((a.low, a.high, a.unit), []).append(item)
    return [sorted(group, key=lambda s: (not s.primary, s.rule != "with_unit")) for group in groups.values()]
