"""Counts of one event in two reports of a trial, arm by arm: a sum that agrees may hide arms that do not.

Arms are matched by name, as controls, by their number of people, or by the words that their names share. Where they cannot
be matched, the counts as such are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.link.control import controls, key
from extractor.link.difference import Difference, Numbered, Side
from extractor.words import Words

W = Words("link")

OVERLAP = "groups_overlap"
TOTAL = frozenset({"total", "overall", "all participants"})  # a group of a registry's table that holds the others
PEOPLE = ("participants", None)
WORD = re.compile(r"[a-z0-9]+")
COMMON = W.members("common")


@dataclass(frozen=True, slots=True)
class Counted:
    """People with an event in one arm, of how many, and the fact's place."""

    arm: str
    n: int
    of: int | None
    place: int

    @property
    def shown(self) -> str:
        return f"{self.n} of {self.of}" if self.of else str(self.n)


def is_whole(arm: str | None) -> bool:
    """Whether a fact is of the whole trial."""
    return not arm or key(arm) in TOTAL


def by_arm(side: Side, facts: Sequence[Numbered]) -> dict[str, Counted]:
    """Counts of people in the arms of a report; empty where an arm has several, or arms share people."""
    sizes = {key(str(f.value.get("name") or "")): f.value.get("n") for _, f in side.of("arm")}
    found: dict[str, Counted] = {}
    for place, fact in facts:
        value = fact.value
        n = 0 if value.get("assertion") == "absent" and value.get("n") is None else value.get("n")
        if is_whole(fact.arm) or n is None:
            continue
        arm = key(str(fact.arm))
        if arm in found or OVERLAP in fact.flags or value.get("denominator_unit") not in PEOPLE or value.get("related"):
            return {}
        found[arm] = Counted(str(fact.arm), int(n), value.get("denominator") or sizes.get(arm), place)
    return found


def matched(one: Mapping[str, int | None], two: Mapping[str, int | None]) -> list[tuple[str, str]]:
    """Pairs of arms of two reports that are one; `one` and `two` have the people of each arm, where they are known."""
    pairs = [(arm, arm) for arm in one if arm in two]
    mine, theirs = ([a for a in arms if (a, a) not in pairs] for arms in (one, two))
    known = controls(one), controls(two)
    control = [[a for a in left if a in known[i]] for i, left in enumerate((mine, theirs))]
    if len(control[0]) == len(control[1]) == 1:
        _take(pairs, mine, theirs, control[0][0], control[1][0])
    for a in list(mine):  # a size that one arm alone has on both sides
        same = [b for b in theirs if one[a] is not None and one[a] == two[b] and (a in known[0]) == (b in known[1])]
        if len(same) == 1 and [one[x] for x in mine].count(one[a]) == 1:
            _take(pairs, mine, theirs, a, same[0])
    for a in list(mine):
        alike = [b for b in theirs if (a in known[0]) == (b in known[1])]
        shared = sorted(((len(_words(a) & _words(b)), b) for b in alike), reverse=True)
        if shared and shared[0][0] and (len(shared) == 1 or shared[0][0] > shared[1][0]):
            _take(pairs, mine, theirs, a, shared[0][1])
    if len(mine) == len(theirs) == 1 and len(one) == len(two):
        _take(pairs, mine, theirs, mine[0], theirs[0])
    return pairs


def _take(pairs: list[tuple[str, str]], mine: list[str], theirs: list[str], a: str, b: str) -> None:
    pairs.append((a, b))
    mine.remove(a)
    theirs.remove(b)


def _words(name: str) -> set[str]:
    return set(WORD.findall(name)) - COMMON


def arms_differ(
    one: Side, two: Side, facts: tuple[Sequence[Numbered], Sequence[Numbered]], what: str, kind: tuple[str, str]
) -> Iterator[Difference]:
    """Differences in the counts of one event, arm by arm.

    Parameters
    ----------
    facts : pair of sequences
        The facts of the event in both reports.
    what : str
        The event, in words.
    kind : pair of str
        Kind and severity of the differences.
    """
    mine, theirs = by_arm(one, facts[0]), by_arm(two, facts[1])
    if not mine or not theirs:
        return
    pairs = matched({a: c.of for a, c in mine.items()}, {b: c.of for b, c in theirs.items()})
    for a, b in pairs:
        x, y = mine[a], theirs[b]
        if x.n != y.n:
            name = x.arm if key(x.arm) == key(y.arm) else f"{x.arm} ({y.arm} in {two.id})"
            words = f"In the arm {name}, {one.id} counts {x.shown} people with {what}, {two.id} {y.shown}."
            yield Difference(*kind, one.id, two.id, (x.place,), (y.place,), words)
    if not pairs and len(mine) == len(theirs) and _counts(mine) != _counts(theirs):
        places = tuple(c.place for c in mine.values()), tuple(c.place for c in theirs.values())
        said = [", ".join(f"{c.arm} {c.shown}" for c in found.values()) for found in (mine, theirs)]
        words = f"The arms' counts of {what} differ, and the arms cannot be matched: {one.id} has {said[0]}; {two.id} {said[1]}."
        yield Difference(*kind, one.id, two.id, *places, words)


def _counts(found: Mapping[str, Counted]) -> list[tuple[int, int]]:
    return sorted((c.n, c.of or 0) for c in found.values())
