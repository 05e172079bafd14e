"""What rules take for the trial's arms: groups that add up to its people, or that a sized list names.

Which groups the arms are is decided in :mod:`extractor.people.together`, where this is one voice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.context.view import View
from extractor.people.candidates import Cohort
from extractor.people.counted import NOUN
from extractor.people.equal_groups import equal_parts, how_many
from extractor.people.group import EACH, EQUALLY, GROUP_WORD, LISTED, PAIRED, SERVED, SIZED, Group, Split
from extractor.people.total import Total
from extractor.words import Words

W = Words("people")

MOST_GROUPS = 8
KINDS = re.compile(rf"\b{W.kinds}\b")
CONTROL = re.compile(r"\b(?:controls?|comparison|placebo|untreated) (?:group|arm|cohort)\b|^(?:the )?controls$")
ASSIGNED_TO = re.compile(W.assigned_to)
HALF = 0.5  # a sized list that reaches less of the total sizes something else
LEAST_SHARE = 0.25  # arms of a part of the trial's people (those analysed, one centre): no smaller part
PART_OF_TRIAL = frozenset({"randomized", "enrolled", "analyzed", "before:analyzed", "completed", "treated"})


@dataclass(frozen=True, slots=True)
class Sides:
    """Groups that may be the trial's arms."""

    groups: tuple[Group, ...]
    rule: str
    confidence: float
    rank: int  # lower is better
    start: int
    derived: bool = False


def by_rule(seen: View, found: Cohort, own: Total | None) -> list[Sides]:
    """The groups that the rules take for arms, the best first."""
    return sorted(_choices(seen, found, own), key=lambda c: (c.rank, c.start))


def _choices(seen: View, found: Cohort, own: Total | None) -> Iterator[Sides]:
    n = own.n if own else None
    others = {
        c.count.n
        for c in found.candidates
        if c.features & PART_OF_TRIAL and c.count.n > 1 and (n is None or c.count.n <= n)
    }
    for split in found.splits:
        if seen.in_title(split.start) or all(g.said == "with" and not GROUP_WORD.search(g.name) for g in split.groups):
            continue
        if _diagnoses(seen, split):
            continue  # "five patients with X and six with Y" are diagnoses, no arms
        if split.shape == EACH:
            yield from _each(split, n)
        else:
            yield from _named(split, own, others)
    if own:
        yield from _against_controls(seen, found, own)
    yield from _controls_alone(found)
    if own is None:
        yield from _denominators(found)
    equal = equal_parts(seen)
    if equal and own and not own.derived:
        yield from _equal(seen, equal, own)


def _diagnoses(seen: View, split: Split) -> bool:
    """Whether the groups are kinds of patients: "the diagnosis was leukaemia (n = 27) or lymphoma (n = 29)"."""
    sentence = seen.sentence_at(split.start)
    words = seen.folded[sentence.start : split.groups[-1].end]
    return bool(KINDS.search(words)) and not ASSIGNED_TO.search(words)


def _named(split: Split, own: Total | None, others: set[int]) -> Iterator[Sides]:
    """Groups that add up to the total, or to those analysed; or all where no total is said or they are a sized list."""
    n = own.n if own else None
    groups = split.groups
    sums = [0, *itertools.accumulate(g.n for g in groups)]
    for size in range(min(len(groups), MOST_GROUPS), 1, -1):
        for first in range(len(groups) - size + 1):
            whole = sums[first + size] - sums[first]
            if whole != n and whole not in others:
                continue
            run = groups[first : first + size]
            loose = split.shape == PAIRED or all(g.said == "had" and not GROUP_WORD.search(g.name) for g in run)
            if whole == n:
                yield Sides(
                    run,
                    "sum_agrees",
                    0.8 if own and own.derived else 0.9 if loose else 0.95,
                    (1 if run[0].name else 2) if loose else 0,
                    run[0].start,
                )
            elif (split.cued or split.shape == SIZED) and (n is None or whole >= LEAST_SHARE * n):
                yield Sides(run, "sum_of_part", 0.75, 3 if loose else 2, run[0].start)
    if (
        split.shape == SIZED
        and not split.joined
        and len(groups) > 1
        and split.cued
        and len(groups) <= MOST_GROUPS
        and (n is None or all(g.n < n for g in groups))
        and (n is None or HALF * n <= split.total <= 1.05 * n)
    ):
        yield Sides(groups, "sized", 0.7, 4, split.start)
    elif split.shape == LISTED and split.cued and n is not None:
        for run in alike(groups):
            if len(run) > 1 and 0.8 * n <= sum(g.n for g in run) < n:
                yield Sides(run, "listed", 0.6, 5, run[0].start)


def alike(groups: tuple[Group, ...]) -> Iterator[tuple[Group, ...]]:
    """Runs of neighbouring groups that the text joins to their names in one way."""
    for _, run in itertools.groupby(groups, key=lambda g: g.said):
        yield tuple(run)


def _each(split: Split, n: int | None) -> Iterator[Sides]:
    size = split.groups[0] if split.groups else None
    if size is None:
        return
    k = split.k if 2 <= split.k <= MOST_GROUPS else 0
    if k and k * size.n == n:
        yield Sides(split.groups, "each_agrees", 0.9, 1, split.start, True)
    elif k and split.near:
        yield Sides(split.groups, "each", 0.7, 2, split.start, True)
    elif n is not None and n % size.n == 0 and 2 <= n // size.n <= MOST_GROUPS:
        yield Sides(tuple(itertools.repeat(size, n // size.n)), "each_agrees", 0.8, 2, split.start, True)
    elif k:
        yield Sides(split.groups, "each", 0.6, 5, split.start, True)


def _denominators(found: Cohort) -> Iterator[Sides]:
    """Groups that only the denominators of their outcomes size, where the text says no total."""
    for split in found.splits:
        if split.shape == PAIRED and split.joined and 1 < len(split.groups) <= MOST_GROUPS:
            yield Sides(split.groups, "denominators", 0.6, 6, split.start)


def _controls_alone(found: Cohort) -> Iterator[Sides]:
    """The one group that is sized: "the control group comprised 9 patients"."""
    for group in (g for s in found.splits for g in s.groups if g.said == "of" and CONTROL.search(g.name)):
        yield Sides((group,), "controls", 0.65, 7, group.start)


def _against_controls(seen: View, found: Cohort, own: Total) -> Iterator[Sides]:
    """The treated and those who "served as controls": part of the total, or beside it where only the treated are totalled."""
    for candidate in found.candidates:
        count = candidate.count
        served = SERVED.match(seen.folded, count.end)
        if not served or count.form != NOUN or "healthy" in count.modifiers or seen.in_title(count.start):
            continue
        controls = Group(count.n, "controls", count.start, count.end, served.span("name"))
        treated = next((c.count for c in found.candidates if c.count.n == own.n - count.n), None)
        if treated:
            yield Sides(
                (Group(treated.n, "", treated.start, treated.end, (0, 0)), controls), "controls", 0.75, 4, count.start
            )
        elif own.at[0][0] != count.start:
            yield Sides((Group(own.n, "", *own.at[0], (0, 0)), controls), "controls", 0.65, 5, count.start)


def _equal(seen: View, equal: tuple[int, int], own: Total) -> Iterator[Sides]:
    """Arms of one size by division: "130 patients were equally randomised to X or Y"."""
    k, _at = how_many(seen.folded, equal[1], seen.sentence_at(equal[0]))
    k = k or 2
    if own.n % k == 0 and own.n // k > 1:
        group = Group(own.n // k, "", own.at[0][0], own.at[0][1], equal)
        yield Sides(tuple(itertools.repeat(group, k)), EQUALLY, 0.8, 2, equal[0], True)
