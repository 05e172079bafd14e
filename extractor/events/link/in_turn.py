"""Counts told in the order of the groups without their names: "falls 1, 3 and 1", "reinfarction in 5 and 9".

A run of as many counts of one term as the text has groups is told group by group: in the order of the names in the sentence, or,
where it names none, of the last sentence before that names so many, or in the order of the trial's arms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor import patterns as re
from extractor.events.event import Event
from extractor.events.link.arms import Names, Scene, run_of, told_of_row
from extractor.events.link.groups import Name, alike
from extractor.quantities.counts import ADMINISTRATIONS, PARTICIPANTS, Count
from extractor.words import Words

W = Words("events")

MOST = 5  # groups that are told in turn
FAR = 5  # sentences before that still tell the order
# "in 12% and 20% at 1 and 3 years": told of something else in turn
OTHERWISE = re.compile(
    rf"[^.;]{{0,50}}?\b(?:at|after|by|on|within|during|in)\s+[\w-]+\s*(?:,|\band\b|\bor\b)[\w\s,-]{{1,24}}?\b{W.told_otherwise}\b"
)
# "(157 cells, 158 sham): death in 14 v 12": the sizes give the order
SIZED = re.compile(r"[(,;]\s*(?:and\s+|vs\.?\s+)?\d+\s+\Z")


def in_turn(names: Names, scene: Scene, events: Sequence[Event]) -> Iterator[tuple[int, tuple[int, Name]]]:
    """For each term (by where it begins) whose counts are told in turn: where a count begins, and its group's name."""
    for some in _by_term(events):
        held = [c for e in some if e.count and (c := scene.counted(e.count))]
        if len(held) != len(some) or not 2 <= len(held) <= MOST or not _runs(scene, held):
            continue
        order = _order(names, scene, held)
        if len(order) == len(held):
            yield from ((e.mention.start, (e.count.start, n)) for e, n in zip(some, order, strict=True) if e.count)


def _by_term(events: Sequence[Event]) -> list[list[Event]]:
    found: dict[int, list[Event]] = {}
    for event in events:
        if event.count:
            found.setdefault(event.mention.start, []).append(event)
    return [sorted(some, key=lambda e: e.count.start if e.count else 0) for some in found.values()]


def _runs(scene: Scene, held: Sequence[Count]) -> bool:
    """Whether the counts stand side by side, nobody else's among them, and are of one form."""
    place = scene.counts.index(held[0])
    folded = scene.seen.folded
    if any("(" in folded[left.end : right.start] for left, right in pairwise(held)):
        return False  # "four patients (two per group)": a whole and its parts
    alike_told = len({(c.n is None, c.percent is None) for c in held}) == 1
    if {PARTICIPANTS, ADMINISTRATIONS} <= {c.unit for c in held}:
        return False  # "3 of 40 infusions in 2 patients": one told in two ways
    if not alike_told or run_of(folded, scene.counts, place) != list(held):
        return False
    return OTHERWISE.match(folded, held[-1].end, scene.sentence.end) is None


def _order(names: Names, scene: Scene, held: Sequence[Count]) -> list[Name]:
    """The groups in the order in which the text tells them; none where it is not sure."""
    told = told_of_row(scene, held[-1].end)
    here = _families(scene, told)
    sized = [
        n for n in scene.here if n.brought == "0" and SIZED.search(scene.seen.folded, scene.sentence.start, n.start)
    ]
    if (
        len(sized) == len(held)
        and sized[-1].end <= held[0].start
        and "(" not in scene.seen.folded[sized[0].start : sized[-1].end]
    ):
        return sized
    if here:
        apart = all(n.end <= held[0].start for n in here) or all(n.start >= held[-1].end for n in here)
        return here if apart and len(here) == len(held) else []
    place = next((i for i, s in enumerate(names.body) if s.start == scene.sentence.start), 0)
    for sentence in names.body[max(0, place - FAR) : place][::-1]:
        told = _families(scene, names.of(sentence))
        if len(told) == len(held):
            return told
    declared = [next((n for _, n in scene.before if alike(n.words, g.words)), None) for g in scene.groups]
    return [n for n in declared if n is not None] if len(declared) == len(held) and None not in declared else []


def _families(scene: Scene, some: Sequence[Name]) -> list[Name]:
    """The first name of each group that is told apart from others, in their order."""
    found: list[Name] = []
    for name in some:
        arm = any(alike(name.words, g.words) for g in scene.groups)
        if (name.grouped or arm) and not any(alike(name.words, f.words) for f in found):
            found.append(name)
    return found
