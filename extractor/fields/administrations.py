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
from extractor.product import times_given as given
from extractor.product.cells import gives_cells
from extractor.product.times_given import Count
from extractor.quantities.doses import CELL_NOUN
from extractor.quantities.schedules import Interval, intervals


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
        if not gives_cells(seen):
            return
        model = reader("administrations")
        scored = [(model.probability(c.features), c.count) for c in candidates(seen)]
        least = model.thresholds[CELLS]
        chosen = [replace(c, primary=p >= least) for p, c in scored if p >= least or c.rule != "offered"]
        found = _lent(seen, given.spaced(seen, chosen), [c for p, c in scored if p >= LENDING])
        best: dict[tuple[int, int, bool], list[Count]] = {}
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
            every = list(intervals(seen.folded, sentence.start, sentence.end))
            first = next((n for n, item in enumerate(every) if _of_giving(seen, sentence, item)), None)
            for n, item in enumerate(every[first:] if first is not None else ()):
                before = every[(first or 0) + n - 1]
                if n and seen.folded[before.end : item.start] not in (" or ", " or for ", ", or "):
                    break  # "every seven days or every fourteen days" are two
                value = {"low": None, "high": None, "interval": item.to_dict()}
                yield self.fact(doc, value, [(item.start, item.end)], rule="interval", confidence=0.6)
            if first is not None:
                return

    def _fact(self, doc: Doc, group: list[Count]) -> Fact:
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


# "0.5 million cells per ml, every 14 days"
_DOSE_BEFORE = re.compile(r"\bcells?(?: per \w+|/\w+)?,? (?:given )?$")


def _of_giving(seen: View, sentence: Sentence, item: Interval) -> bool:
    """Whether an interval without a number is one between administrations of the product."""
    beside = seen.folded[max(sentence.start, item.start - 25) : min(sentence.end, item.end + 25)]
    before = seen.folded[max(sentence.start, item.start - 45) : item.start]
    drug = given.DRUG_NAME.search(seen.folded, max(sentence.start, item.start - 45), item.end + 25)
    if given.SEEN.search(before) or drug or background(seen, sentence):
        return False
    if _DOSE_BEFORE.search(before):
        return True
    told = given.BESIDE.search(beside) or (given.GIVEN_NEAR.search(before) and not given.VISIT.search(before))
    return bool(told) and given.about_giving(seen, item, sentence)


# "two doses of mannitol", "three infusions of the patient's own cells"
OF_WHAT = re.compile(r"\s+of\s+(?P<what>(?!the\b|this\b|study\b|\d)[a-z][^.;,()]{2,45})")
LENDING = 0.15  # a mention of the same number that is likelier than this may say how far apart


def _lent(seen: View, found: list[Count], others: list[Count]) -> list[Count]:
    """Counts whose own sentence says no interval, with that of another mention: the title's "two doses", told again below."""
    made = []
    for item in found:
        told = any(c.interval for c in found if (c.low, c.high) == (item.low, item.high))
        if item.primary and item.high > 1 and not told:
            alike = [replace(c, primary=True) for c in others if (c.low, c.high) == (item.low, item.high)]
            lent = next((c.interval for c in given.spaced(seen, alike) if c.interval), None)
            item = replace(item, interval=lent)
        made.append(item)
    return made


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

    count: Count
    features: tuple[str, ...]


def candidates(seen: View) -> list[Candidate]:
    """All numbers of something given, or of times, with their features: what the rules think, the words around."""
    ruled = _own(seen, list(given.counts(seen)))
    by_rule = {(c.start, c.end): c for c in ruled}
    every = [*ruled, *(c for c in given.offered(seen) if (c.start, c.end) not in by_rule)]
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


def _holds(seen: View, count: Count, own: set[tuple[int, int]], before: str, after: str) -> Iterator[tuple[str, bool]]:
    """Named truths of a count in its document."""
    sentence = seen.folded[count.sentence.start : count.sentence.end]
    alike = (count.low, count.high) in own
    yield "as by rule", alike
    yield "by rule another", bool(own) and not alike
    yield "nothing by rule", not own
    yield "in title", seen.in_title(count.start)
    yield "background", background(seen, count.sentence) or of_others(seen, count.sentence)
    yield "given before", bool(given.GIVEN_BEFORE.search(seen.folded[count.sentence.start : count.start]))
    yield "done to it before", bool(given.DONE_BEFORE.search(before))
    yield "other drug", bool(given.OTHER_DRUG.search(sentence))
    yield "cells in sentence", bool(re.search(CELL_NOUN, sentence))
    yield "tissue", bool(given.TISSUE.search(sentence))
    yield "time behind", bool(given.TIME_CUE.search(after))
    yield "time in it", bool(given.TIME_CUE.search(seen.folded, count.start, count.end))
    yield "not behind", bool(given.AFTER_NOT.match(after))
    yield "not before", bool(given.BEFORE_NOT.search(before))
    yield "levels before", bool(given.LEVELS.search(before[-25:]))
    yield "levels behind", given.lists_levels(seen, count.end, count.sentence.end)
    yield "total before", bool(given.TOTAL.search(before))
    yield "at most before", bool(given.MAXIMUM.search(before))
    yield "per time behind", bool(given.PER_TIME.match(after))
    of = OF_WHAT.match(after)
    yield "of cells behind", bool(of and re.search(CELL_NOUN, of["what"]))
    yield "of another behind", bool(of and not re.search(CELL_NOUN, of["what"]))
    yield "visit", bool(given.VISIT.search(before[-30:]))


def _own(seen: View, found: list[Count]) -> list[Count]:
    """Counts of the background are others'; a conclusion's or the title's count only where nothing else says one."""
    role = {id(c): seen.role_at(c.start) for c in found}
    found = [c for c in found if not background(seen, c.sentence) and not of_others(seen, c.sentence)]
    body = [c for c in found if role[id(c)] not in ("conclusions",) and c.primary]
    late = [c for c in found if role[id(c)] == "conclusions" and c.primary]
    known = {(c.low, c.high) for c in body}
    return [c for c in found if c not in late or not body or (c.low, c.high) in known]
