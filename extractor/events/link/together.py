"""The groups of several counts decided together: two that are compared are of two groups, a sum is of none of its parts' groups.

>>> a, b = frozenset("a"), frozenset("b")
>>> best([{a: 0.6, b: 0.3, None: 0.1}, {a: 0.5, b: 0.45, None: 0.05}], [(0, 1)])
[frozenset({'a'}), frozenset({'b'})]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, product

from extractor import patterns as re
from extractor.events.event import Event
from extractor.events.link.arms import ROW_CLOSED, Scene, told_of_row
from extractor.events.link.groups import Group, alike
from extractor.events.words_of_counts import PEOPLE_HAD, VERSUS_ONLY
from extractor.words import Words

W = Words("events")

Shares = dict[frozenset[str] | None, float]  # a group's telling words -> how likely a count is of it; None: of no group

# an arm that is named must be so much likelier than none: a whole trial's count under an arm misleads more than a count without one
NONE_FIRST = 0.15
OFFERED = 5  # names of a count that are tried
AT_ONCE = 4  # counts that are decided together
LEAST = 1e-4
# between the counts of two groups
COMPARED = re.compile(
    rf"[^;]{{0,110}}?\b{W.compared_vs}(?!\w)[^;]{{0,90}}",
    re.S,
)


# between the counts of one row: "5, 7 and 2", "2 vs 7"
ROW = re.compile(r"\s*(?:,|and|, and|vs?\.?|versus|,?\s*compared (?:with|to))\s*")


def likeliest(shares: Shares) -> frozenset[str] | None:
    """The likeliest group by itself."""
    return max(shares, key=lambda words: (_weight(shares, words), words is None))


def _weight(shares: Shares, words: frozenset[str] | None) -> float:
    return shares.get(words, 0.0) + (NONE_FIRST if words is None else 0.0)


def together(scene: Scene, events: Sequence[Event], chances: Mapping[int, Shares]) -> dict[int, frozenset[str] | None]:
    """The group of each count of a sentence, by where it begins."""
    folded = scene.seen.folded
    found = {at: likeliest(shares) for at, shares in chances.items()}
    terms: dict[int, list[Event]] = {}
    for event in events:
        if event.count and event.count.start in chances:
            terms.setdefault(event.mention.start, []).append(event)
    for some in terms.values():
        some.sort(key=lambda e: e.count.start if e.count else 0)
        starts = list(dict.fromkeys(e.count.start for e in some if e.count))
        for at in _sums(some):
            found[at] = None
        parts = [at for at in starts if at not in _sums(some)]
        apart = _apart(folded, some, parts)
        if apart:
            for at, words in zip(parts, best([chances[at] for at in parts], apart), strict=True):
                found[at] = words
        for left, right in pairwise(starts):
            if PEOPLE_HAD.match(folded[next(e.count.end for e in some if e.count and e.count.start == left) : right]):
                found[right] = found[left]  # "six sustained eight burns": both are of one group
        found |= _filled(scene, {e.count.start: e.count.end for e in some if e.count}, parts, found, chances)
    found.update(_of_rows(scene, list(terms.values()), chances))
    return found


def _filled(
    scene: Scene,
    ends: Mapping[int, int],
    parts: Sequence[int],
    found: Mapping[int, frozenset[str] | None],
    chances: Mapping[int, Shares],
) -> dict[int, frozenset[str] | None]:
    """The groups of a row's counts that the row itself tells: the one left over, or all in their order."""
    folded, groups = scene.seen.folded, scene.groups
    if not 2 <= len(parts) == len(groups):
        return {}
    gaps = [folded[ends[left] : right] for left, right in pairwise(parts)]
    if not all(ROW.fullmatch(gap) for gap in gaps):
        return {}
    here = told_of_row(scene, ends[parts[-1]])
    named = [g for i, g in enumerate(groups) if any(scene.arm(n) == i for n in here)]
    first = _first_named(scene, parts, named, ends) if len(named) == 1 else None
    unnamed = not named and len({n.words for n in here}) < len(parts)
    told = first is not None or (unnamed and ROW_CLOSED.match(folded, ends[parts[-1]]) is not None)
    if told:
        rest = _as_compared(groups, named, first) if first is not None else _in_order(scene)
        # where the order is not known: better no group than a wrong one
        return (
            {at: _words_of(scene, g, chances[at]) for at, g in zip(parts, rest, strict=True)}
            if rest
            else dict.fromkeys(parts)
        )
    own = [next((g for g in groups if (words := found.get(at)) and _names(words, g)), None) for at in parts]
    if any(found.get(at) and g is None for at, g in zip(parts, own, strict=True)):
        return {}
    free = [at for at, g in zip(parts, own, strict=True) if g is None]
    rest = [g for g in groups if g not in own] if len(free) == 1 else []
    if len(free) == len(parts) == 2 and VERSUS_ONLY.fullmatch(gaps[0]):
        rest = _in_order(scene)
    return (
        {at: _words_of(scene, g, chances[at]) for at, g in zip(free, rest, strict=True)}
        if len(rest) == len(free)
        else {}
    )


def _as_compared(groups: Sequence[Group], named: Sequence[Group], first: bool) -> list[Group]:
    """All groups, the one that is named before or behind the others."""
    others = [g for g in groups if g not in named]
    return [*named, *others] if first else [*others, *named]


def _words_of(scene: Scene, group: Group, shares: Shares) -> frozenset[str] | None:
    """The likeliest words for a group; words that are closer to another group are none of its."""
    place = scene.groups.index(group)
    said = [w for w in shares if w and _names(w, group)]
    own = [w for w in said if scene.arms.get(w) == place]
    return max(own or said, key=lambda w: shares[w], default=None)


def _in_order(scene: Scene) -> list[Group]:
    """The trial's groups as the last sentence that names any of them has them all; none where they were named apart."""
    last: dict[str, tuple[int, int]] = {}
    for back, name in scene.before:
        group = next((g for g in scene.groups if alike(name.words, g.words)), None)
        if group is not None:
            last.setdefault(group.name, (back, name.start))
    if len(last) < len(scene.groups) or len({back for back, _ in last.values()}) != 1:
        return []
    return sorted(scene.groups, key=lambda g: last[g.name][1])


# "fewer falls were seen in the placebo group (1 vs 5)"
LESS = re.compile(rf"\b{W.less_than}\b[^.;]*\Z")
MORE = re.compile(rf"\b{W.more_than}\b[^.;]*\Z")


def _first_named(scene: Scene, parts: Sequence[int], named: Sequence[Group], ends: Mapping[int, int]) -> bool | None:
    """Whether the first of two compared numbers is of the one group that is named before them; None where nothing says so."""
    folded = scene.seen.folded
    gap = folded[ends[parts[0]] : parts[1]]
    before = folded[max(0, parts[0] - 120) : parts[0]]
    less, more = LESS.search(before), MORE.search(before)
    if len(parts) != 2 or not VERSUS_ONLY.fullmatch(gap) or bool(less) == bool(more):
        return None
    if not any(scene.arm(n) >= 0 and n.end <= parts[0] for n in scene.here):
        return None
    left, right = (float(folded[at : ends[at]]) if folded[at : ends[at]].isdigit() else 0.0 for at in parts)
    return left == right or (left < right) == bool(less)


def _names(words: frozenset[str], group: Group) -> bool:
    """Whether the words are one of a group's names, in the singular or the plural."""
    return alike(frozenset(w.rstrip("s") for w in words), frozenset(w.rstrip("s") for w in group.words))


def _sums(some: Sequence[Event]) -> set[int]:
    """Counts that are the sum of two or more others of one term: "nine died, four in one group and five in the other".

    People and events may be told side by side: "40 (31%) had 71 events: 28 (33%) with 50 on A and 12 (28%) with 21 on B".
    """
    shared = [e.count for e in some if e.count and e.count.n and e.count.percent is not None]
    alone = [e.count for e in some if e.count and e.count.n and e.count.percent is None]
    both = [*shared, *alone]
    kinds = (both, shared, alone) if shared and alone else (both,)
    return {at for counts in kinds for at in _sum_of({c.start: c.n or 0 for c in counts})} | _shares_of_all(some)


def _sum_of(numbers: Mapping[int, int]) -> set[int]:
    if len(numbers) < 3:
        return set()
    # "5, 7 and 2 patients": what stands in the middle of a row is one of it
    return {at for at, n in numbers.items() if 2 * n == sum(numbers.values()) and at in (min(numbers), max(numbers))}


def _shares_of_all(some: Sequence[Event]) -> set[int]:
    """ "In 49% of all patients (A, 50%; B, 48%)": a share that lies between those behind it."""
    shares = [e.count for e in some if e.count and e.count.n is None and e.count.percent is not None]
    first, rest = (shares[0], [c.percent or 0.0 for c in shares[1:]]) if len(shares) > 2 else (None, [])
    if first is None or first.percent is None or not min(rest) <= first.percent <= max(rest):
        return set()
    return {first.start} if first.end - first.start > 8 else set()


def _apart(folded: str, some: Sequence[Event], parts: Sequence[int]) -> list[tuple[int, int]]:
    """Which counts of one term, by their places in `parts`, are of two groups."""
    if len(parts) > AT_ONCE or len(parts) < 2:
        return []
    ends = {e.count.start: e.count.end for e in some if e.count}
    none = {e.count.start: e.count.n == 0 for e in some if e.count}
    if _sums(some):
        told = {e.count.start: e.count.percent is not None for e in some if e.count}
        mixed = len(set(told.values())) == 2 and len(parts) > 2  # people and events side by side
        return [(i, j) for i, j in combinations(range(len(parts)), 2) if not mixed or told[parts[i]] == told[parts[j]]]
    plain = {e.count.start: e.count.percent is None and e.count.n is not None for e in some if e.count}
    # "four patients had fever and in the placebo group none": a zero and a count are of two groups, as are "4 and 2 patients"
    return [
        (i, i + 1)
        for i, (left, right) in enumerate(pairwise(parts))
        if none[left] != none[right]
        or COMPARED.fullmatch(folded, ends[left], right)
        or (plain[left] and plain[right] and ROW.fullmatch(folded, ends[left], right))
    ]


def best(offered: Sequence[Shares], apart: Sequence[tuple[int, int]]) -> list[frozenset[str] | None]:
    """The likeliest groups of several counts, no group twice for those that are apart."""
    options = [
        [None, *sorted((w for w in s if w is not None), key=lambda w, s=s: (-s[w], sorted(w)))[:OFFERED]]  # type: ignore[misc]
        for s in offered
    ]
    allowed = [
        list(chosen)
        for chosen in product(*options)
        if not any(chosen[i] is not None and chosen[i] == chosen[j] for i, j in apart)
    ]
    linked = sorted({place for pair in apart for place in pair})
    free = [place for place in range(len(offered)) if place not in linked]
    ways = {tuple(chosen[place] for place in linked): _product(offered, chosen, linked) for chosen in allowed}
    whole = math.fsum(ways.values()) or 1.0

    def score(chosen: Sequence[frozenset[str] | None]) -> float:
        # of what is compared all is of a group, or nothing: no arm is believed before others only for all of it
        none = NONE_FIRST if linked and all(chosen[place] is None for place in linked) else 0.0
        by_itself = math.prod(max(_weight(offered[place], chosen[place]), LEAST) for place in free)
        return by_itself * (_product(offered, chosen, linked) / whole + none)

    return max(allowed, key=score)


def _product(offered: Sequence[Shares], chosen: Sequence[frozenset[str] | None], places: Sequence[int]) -> float:
    return math.prod(max(offered[place].get(chosen[place], 0.0), LEAST) for place in places)


def _of_rows(
    scene: Scene, terms: Sequence[Sequence[Event]], chances: Mapping[int, Shares]
) -> dict[int, frozenset[str] | None]:
    """Rows of counts, one a group: the counts of a row are of one group, those of two rows of two.

    Where the sentence names as many groups as it has rows, each row has one.
    """
    columns = [[e.count.start for e in some if e.count] for some in terms if all(e.how == "count_rows" for e in some)]
    size = min(map(len, columns), default=0)
    if len(columns) < 2 or size < 2 or size > AT_ONCE or any(len(c) != size for c in columns):
        return {}
    rows = [[chances[column[place]] for column in columns] for place in range(size)]
    means = [{w: math.fsum(s.get(w, 0.0) for s in row) / len(row) for s in row for w in s} for row in rows]
    if len({n.words for n in scene.here}) == size:
        means = [{w: share for w, share in row.items() if w is not None} for row in means]
    chosen = best(means, list(combinations(range(size), 2)))
    return {column[place]: chosen[place] for place in range(size) for column in columns}
