"""Groups that counts cannot have by arithmetic and order: two of one row are not of one group, a whole is not its part's.

>>> whole_of([13, 4, 9])
[0]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from extractor import patterns as re
from extractor.events.event import Event
from extractor.events.link.arms import ROW_CLOSED, Scene
from extractor.events.link.together import ROW
from extractor.events.words_of_counts import PEOPLE_HAD
from extractor.quantities.counts import Count

Place = tuple[int, int]
MOST_PARTS = 4
MORE = 2  # groups, and counts of each


def impossible(scene: Scene, events: Sequence[Event], known: Mapping[int, Place | None]) -> set[int]:
    """Where the counts of a sentence begin whose group cannot be the one that they were given: better none than a wrong one."""
    folded, gone = scene.seen.folded, set[int]()
    terms = sorted((e for e in events if e.count), key=lambda e: e.mention.start)
    for at, some in groupby(terms, key=lambda e: e.mention.start):
        told = sorted({e.count for e in some if e.count}, key=lambda c: c.start)
        for row in _rows(folded, told):
            names = {c.start: folded[slice(*place)] for c in row if (place := known.get(c.start))}
            gone |= {at for at, name in names.items() if [*names.values()].count(name) > 1 and CONTROLS.search(name)}
        gone |= {told[i].start for i in whole_of([c.n for c in told]) if _divided(folded, told[i:])}
        for left, right in pairwise(told):
            around = left.end <= at < right.start
            if right.start in gone and (around or PEOPLE_HAD.match(folded[left.end : right.start])):
                gone.add(left.start)  # "fifteen events in thirteen people (four on A, nine on B)"
    return gone


# behind a group's name: " group (7.1% and 11.0%)"
BEHIND_NAME = re.compile(r"\s*(?:(?:groups?|arms?)\s*)?\((?P<inside>[^()]*)\)")
COMPARED = re.compile(r"\b(?:vs|versus|v|compared|respectively)\b")


def bracketed(scene: Scene, events: Sequence[Event]) -> dict[int, Place | None]:
    """The groups of several counts in brackets right behind each group's name: "in the drug group (7% and 11%) as in the placebo group (9% and 12%)"."""
    folded, end = scene.seen.folded, scene.sentence.end
    starts = {e.count.start for e in events if e.count}
    found: dict[Place, list[int]] = {}
    for name in scene.here:
        inside = BEHIND_NAME.match(folded, name.end, end) if name.grouped else None
        if inside and not COMPARED.search(inside["inside"]):
            first, last = inside.span("inside")
            found[name.place] = sorted(at for at in starts if first <= at < last)
    sizes = {len(held) for held in found.values() if held}
    if len(found) < MORE or len(sizes) != 1 or min(sizes) < MORE or not all(found.values()):
        return {}
    return {at: place for place, held in found.items() for at in held}


def _rows(folded: str, told: Sequence[Count]) -> Iterator[list[Count]]:
    """Runs of counts that stand side by side and are said to be of several groups in their order."""
    row: list[Count] = []
    for count in told:
        if row and not ROW.fullmatch(folded, row[-1].end, count.start):
            yield from _told(folded, row)
            row = []
        row.append(count)
    yield from _told(folded, row)


def _told(folded: str, row: list[Count]) -> Iterator[list[Count]]:
    if len(row) > 1 and ROW_CLOSED.match(folded, row[-1].end):
        yield row


# one drug may be the name of several of its doses; a control is one group
CONTROLS = re.compile(r"\b(?:placebo|controls?|sham|vehicle|saline|usual|standard|untreated)\b")
# "thirteen patients (control group, four; drug group, nine)": the brackets divide what stands before them
OPENED = re.compile(r"[^()\d;.]{0,60}\(")


def _divided(folded: str, told: Sequence[Count]) -> bool:
    """Whether the two numbers behind the first stand in brackets that open right behind it."""
    opened = OPENED.match(folded, told[0].end, told[1].start)
    return opened is not None and ")" not in folded[opened.end() : told[2].start]


def whole_of(numbers: Sequence[int | None]) -> list[int]:
    """The places of numbers that those right behind them add up to."""
    found = []
    for place, whole in enumerate(numbers):
        for last in range(place + 3, min(len(numbers), place + 1 + MOST_PARTS) + 1):
            parts = [n for n in numbers[place + 1 : last] if n]
            if whole and len(parts) == last - place - 1 and sum(parts) == whole:
                found.append(place)
                break
    return found
