"""Groups that may be the trial's arms: a fitted reader says of all that the text offers how likely they are.

Offered are the neighbouring groups of every split, one size taken as often as the total asks, numbers of one sentence that
add up to the total, and the denominators of outcomes told by arm. What the rules choose (:mod:`extractor.people.sides`) is one
of the features, not the answer. Groups that no option holds whole are not found: a size that only a table gives.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extractor import patterns as re
from extractor.context.readers import CELLS, around, reader, words
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.people.beside_controls import of_controls, set_against
from extractor.people.candidates import Cohort, cohort
from extractor.people.counted import countable
from extractor.people.equal_groups import how_many, sizes_of_each
from extractor.people.group import EACH, GROUP_WORD, LETTERED, NO_GROUP, Group
from extractor.people.kinds_near import kinds_near
from extractor.people.sides import KINDS, MOST_GROUPS, PART_OF_TRIAL, Sides, by_rule
from extractor.people.total import Total
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("people")

# "six (28.6%) of 21", "11 of 34", "5/12", "3 out of the 20": the size stands last
OUT_OF_NUMBER = re.compile(
    r"(?:/ ?|of (?:the |these |those |all )?)\d"
)  # what each of the next pattern's matches holds
OUT_OF = re.compile(
    r"(?<![\d/.,])(?:\d+ ?/ ?|(?:\d+|[a-z]+)(?: ?[(\[][^()\[\]%]{1,12}%[)\]])? (?:out )?of (?:the |these |those |all )?)(?P<n>\d{1,5})(?![\d/]|[.,]\d| ?%)"
)
ASSIGNED = re.compile(
    r"randomi|assign|allocat|divided|receiv|treated|given|groups?\b|\barms?\b|cohorts?\b|placebo|control|underwent"
)
# "54 subjects, 34 with X and 20 with Y, were randomised to": kinds of patients, told before they are allotted
STRATA = re.compile(
    r"(?: [^,.;()]{1,40})?[,)] ?(?:were|was) (?:\w+ly )?(?:randomi[sz]ed|assigned|allocated)(?: \w+){0,2} (?:to|into|between)\b"
)
SHARES = ((0.2, "tiny"), (0.5, "under half"), (0.8, "most"), (0.999, "nearly"), (1.001, "all"), (1.05, "just over"))


@dataclass(frozen=True, slots=True)
class Option:
    """Groups that may be the trial's arms, with what the reader is told of them."""

    choice: Sides
    features: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(sorted(g.n for g in self.choice.groups))


@dataclass(frozen=True, slots=True)
class Weighed:
    """The likeliest groups under one total, their share of all that is offered, and how much the offer weighs."""

    choice: Sides | None
    share: float
    weight: float


def weighed(seen: View, own: Total | None) -> Weighed:
    """What the reader makes of the groups that a text offers, where its people are ``own``."""
    model = reader("arm")
    offered = options(seen, own)
    points = [(o, math.exp(model.points(o.features))) for o in offered]
    whole_of = 1 + math.fsum(weight for _, weight in points)
    if not points:
        return Weighed(None, 0.0, 1.0)
    alike: dict[tuple[int, ...], list[tuple[Option, float]]] = {}
    for option, weight in points:
        alike.setdefault(option.sizes, []).append((option, weight))
    share = {sizes: math.fsum(w for _, w in each) / whole_of for sizes, each in alike.items()}
    sizes = max(share, key=lambda value: (share[value], value))
    best, _ = max(alike[sizes], key=lambda each: _preferred(*each))
    return Weighed(best.choice, share[sizes], whole_of)


def _preferred(option: Option, weight: float) -> tuple[bool, int, bool, float, int]:
    """Of options of the same sizes: the one that names its groups."""
    choice = option.choice
    named = sum(bool(g.name) for g in choice.groups)
    return choice.rule != "added", named, not choice.derived, weight, -choice.start


def named(seen: View, found: Weighed) -> Sides | None:
    """The groups with the names beside their sizes; none where they are not likely enough."""
    if found.choice is None or found.share < reader("arm").thresholds[CELLS]:
        return None
    choice = found.choice
    groups = tuple(g if choice.derived or g.name else _with_name(seen, g) for g in choice.groups)
    groups = tuple(_without_verb(seen, g) for g in groups)
    return replace(choice, groups=groups, confidence=round(found.share, 3))


# "34 on placebo", "19 patients of the control group", "24 who got cells", "34 hMSC patients"; "arterial group (AG) 14"
NAME_BEHIND = re.compile(
    rf"[)\]]?(?: (?:patients?|participants?|subjects?|people|adults|children|infants|women|men|cases))?(?: \(\d[\d.]* ?(?:%|percent|per cent)\))?,? (?P<said>(?:{W.joins_name} )*)"
    rf"(?P<name>(?!(?:and|or|vs|versus)\b)[a-z][\w+/ -]{{1,40}}?)(?: (?P<people>patients|participants|subjects))?(?= ?[(\[,;:.)\]]|{W.ends_name}|$)"
)
NAME_BEFORE = re.compile(
    r"(?:[,;:(.]|\band|\bin) (?:the )?(?P<name>(?![\w+/ -]*\b(?:and|or|vs|versus) \d+ of\b)[a-z][\w+/ -]{1,40}?)(?: of)?(?: \([a-z0-9-]{1,6}\))?[ :,=(]*(?:n ?= ?)?$"
)


def _with_name(seen: View, group: Group) -> Group:
    """A group with the name beside its size, where no pattern named it."""
    sentence = seen.sentence_at(group.start)
    behind = NAME_BEHIND.match(seen.folded, group.end, min(sentence.end, group.end + 80))
    before = NAME_BEFORE.search(seen.folded, max(sentence.start, group.start - 60), group.start)
    found: re.Match[str] | None = None
    if behind and behind["said"].strip(" and"):
        found = behind
    elif before and GROUP_WORD.search(before["name"]):
        found = before
    elif behind and (behind["people"] or GROUP_WORD.search(behind["name"])):
        found = behind
    return replace(group, name=found["name"], name_at=found.span("name")) if found else group


# "received placebo", "participants got 100 million", "from the control arm": what leads to a name
LED = re.compile(
    rf"(?:(?!a \+)(?:{W.joins_name}|from|they|patients|participants|subjects|children|women|men) )+(?=[\w+])"
)


def _without_verb(seen: View, group: Group) -> Group:
    """A group named without the words that lead to its name."""
    start, end = group.name_at
    if group.name.lower() == "n":  # the sign before the size
        return replace(group, name="", name_at=(0, 0))
    led = LED.match(seen.folded, start, end) if group.name else None
    if not led or led.end() == end:
        return group
    name = seen.folded[led.end() : end]
    if not any(letter.isalpha() for letter in name):  # "in the 0.25-, 0.75- and 2.25-mg groups": a part of a number
        return replace(group, name="", name_at=(0, 0))
    return replace(group, name=name, name_at=(led.end(), end))


def options(seen: View, own: Total | None) -> list[Option]:
    """All groups that the text offers as arms, each set with its features; one of each place and sizes."""
    found = cohort(seen)
    rules = by_rule(seen, found, own)
    ruled = rules[0] if rules else None
    offered: dict[tuple[object, ...], tuple[Sides, list[str]]] = {}
    for choice, names in itertools.chain(
        _ruled(rules), _of_splits(found), _added(seen, own), _outcomes(seen), _controls(seen, found, own)
    ):
        offered.setdefault((choice.start, tuple(g.n for g in choice.groups)), (choice, names))
    for choice, names in list(_times(seen, own, [c for c, _ in offered.values()])):
        offered.setdefault((choice.start, tuple(g.n for g in choice.groups)), (choice, names))
    every = [each for each in offered.values() if not _strata(seen, each[0])]
    agree = Counter(_sizes(choice) for choice, _ in every)
    sums = any(own and sum(_sizes(c)) == own.n for c, _ in every)
    counted = frozenset(c.count.n for c in found.candidates if c.features & PART_OF_TRIAL)
    return [
        Option(c, (*names, *_features(seen, counted, own, c), *_beside(c, own, ruled, agree, sums)))
        for c, names in every
    ]


def _strata(seen: View, choice: Sides) -> bool:
    """Whether the groups are kinds of patients, all of whom are allotted."""
    end = max(g.end for g in choice.groups)
    return len(choice.groups) > 1 and STRATA.match(seen.folded, end, seen.sentence_at(choice.start).end) is not None


def _sizes(choice: Sides) -> tuple[int, ...]:
    return tuple(sorted(g.n for g in choice.groups))


# ---------------------------------------------------------------- what is offered


def _ruled(rules: Sequence[Sides]) -> Iterator[tuple[Sides, list[str]]]:
    for choice in rules:
        yield choice, ["shape rule", f"offered by rule {choice.rule}"]


def _of_splits(found: Cohort) -> Iterator[tuple[Sides, list[str]]]:
    """Every run of neighbouring groups of every split, also one group alone."""
    for split in found.splits:
        what = [f"shape {split.shape}", f"cued {split.cued}", f"joined {split.joined}", f"near {split.near}"]
        groups = split.groups
        for first in range(len(groups)):
            for last in range(first + 1, min(len(groups), first + MOST_GROUPS) + 1):
                run = groups[first:last]
                if split.shape == EACH and (len(run) < len(groups) or split.k < 2):
                    continue  # one size, told of each: as many as the text says, or none
                names = [*what, "whole split" if len(run) == len(groups) else "part of split"]
                yield Sides(run, split.shape, 0.8, 0, run[0].start, split.shape == EACH), names


def _added(seen: View, own: Total | None) -> Iterator[tuple[Sides, list[str]]]:
    """Two to six numbers of one sentence that follow one another and add up to the total, or do with those left over."""
    if own is None or own.n < 2:
        return
    for sentence in seen.sentences:
        if seen.in_title(sentence.start):
            continue
        groups = list(_numbers(seen, sentence, own.n))
        outer = _outside_brackets(seen, sentence, groups)
        told: set[tuple[Group, ...]] = set()
        for shape, some in (("added", groups), ("added outside brackets", outer)):
            for run in _runs(some):
                if sum(g.n for g in run) == own.n and run not in told:
                    told.add(run)
                    yield Sides(run, "added", 0.7, 0, run[0].start), [f"shape {shape}"]
        yield from _left_over(seen, sentence, outer, own)


def _runs(groups: Sequence[Group]) -> Iterator[tuple[Group, ...]]:
    for first in range(len(groups)):
        for last in range(first + 2, min(len(groups), first + 6) + 1):
            yield tuple(groups[first:last])


def _outside_brackets(seen: View, sentence: Sentence, groups: Sequence[Group]) -> list[Group]:
    """The numbers of a sentence that stand in no bracket: "17 had cells (six low, 11 high) and eight were controls"."""
    text = seen.folded
    return [g for g in groups if text.count("(", sentence.start, g.start) <= text.count(")", sentence.start, g.start)]


# "18 got cells, 18 saline and the others standard care", "the rest had the sponge alone"
LEFT_OVER = re.compile(rf"\bthe (?P<n>{W.left_over})\b(?! of the)")


def _left_over(
    seen: View, sentence: Sentence, groups: Sequence[Group], own: Total
) -> Iterator[tuple[Sides, list[str]]]:
    """Groups of a sentence and those that they leave of the total."""
    rest = LEFT_OVER.search(seen.folded, sentence.start, sentence.end)
    before = [g for g in groups if rest and g.end <= rest.start()]
    for first in range(max(0, len(before) - 3), len(before)):
        run = tuple(before[first:])
        left = own.n - sum(g.n for g in run)
        if rest and left > 1:
            group = Group(left, "", *rest.span("n"), own.at[0])  # derived: it cites the total too
            yield Sides((*run, group), "left_over", 0.7, 0, run[0].start, True), ["shape left over"]


def _numbers(seen: View, sentence: Sentence, most: int) -> Iterator[Group]:
    """Numbers of a sentence that may count people of a group."""
    for n, match in countable(seen.folded, sentence.start, sentence.end):
        if n < most:
            yield Group(n, "", match.start(), match.end(), (0, 0))


def _outcomes(seen: View) -> Iterator[tuple[Sides, list[str]]]:
    """Denominators that follow one another in a sentence: "11 of 34 treated and 7 of 19 on placebo"."""
    for sentence in seen.sentences:
        if not OUT_OF_NUMBER.search(seen.folded, sentence.start, sentence.end):
            continue
        groups: list[Group] = []
        for match in OUT_OF.finditer(seen.folded, sentence.start, sentence.end):
            n = int(match["n"])
            if n > 1:
                groups.append(Group(n, "", *match.span("n"), (0, 0)))
        for first in range(len(groups)):
            for last in range(first + 2, min(len(groups), first + 4) + 1):
                run = tuple(groups[first:last])
                yield Sides(run, "denominators", 0.6, 0, run[0].start), ["shape outcomes"]


def _controls(seen: View, found: Cohort, own: Total | None) -> Iterator[tuple[Sides, list[str]]]:
    """The people studied beside a count of controls, the controls alone, and two numbers set against one another."""
    for candidate in found.candidates:
        count = candidate.count
        named = None if seen.in_title(count.start) or count.n < 2 else of_controls(seen, count)
        if named is None:
            continue
        controls = Group(count.n, seen.folded[slice(*named)], count.start, count.end, named)
        yield Sides((controls,), "controls", 0.65, 0, count.start), ["shape controls alone"]
        if own and not own.derived and own.at[0][0] != count.start:
            treated = Group(own.n, "", *own.at[0], (0, 0))
            run = (treated, controls) if treated.start < controls.start else (controls, treated)
            yield Sides(run, "controls", 0.65, 0, run[0].start), ["shape controls beside"]
    for pair in set_against(seen):
        yield Sides(pair, "added", 0.6, 0, pair[0].start), ["shape set against"]


def _times(seen: View, own: Total | None, others: Sequence[Sides]) -> Iterator[tuple[Sides, list[str]]]:
    """One size as often as the total asks, alone or beside other groups: "15 per dose group, and 15 controls"."""
    if own is None:
        return
    for match in sizes_of_each(seen):
        name = "n" if match["n"] else "of"
        n = whole(match[name])
        if not n or n < 2 or not seen.one_sentence(*match.span()):
            continue
        size = Group(n, "", *match.span(name), (0, 0))
        sentence = seen.sentence_at(match.start())
        beside = {
            c.groups
            for c in others
            if len(c.groups) < 3 and all(sentence.start <= g.start < sentence.end for g in c.groups)
        }
        for more in ((), *sorted(beside, key=lambda groups: groups[0].start)):
            left = own.n - sum(g.n for g in more)
            k, over = divmod(left, n)
            if over == 0 and 2 <= k + len(more) <= MOST_GROUPS and k > 0 and size.start not in {g.start for g in more}:
                groups = (*itertools.repeat(size, k), *more)
                yield Sides(groups, EACH, 0.7, 0, size.start, True), ["shape times", f"times with {len(more)}"]


# ---------------------------------------------------------------- what the reader is told


def _beside(
    choice: Sides, own: Total | None, ruled: Sides | None, agree: Counter[tuple[int, ...]], sums: bool
) -> Iterator[str]:
    """What the option is among all options of its document."""
    sizes = _sizes(choice)
    if ruled is None:
        yield "rule chose nothing"
    elif sizes == _sizes(ruled):
        yield "rule chose it"
        yield f"rule chose it: {ruled.rule}"
    else:
        yield "rule chose another"
    if agree[sizes] > 1:
        yield "offered twice"
    if own is None:
        yield "no total"
    elif sums and sum(sizes) != own.n:
        yield "another adds up"


def _features(seen: View, counted: frozenset[int], own: Total | None, choice: Sides) -> Iterator[str]:
    groups = choice.groups
    whole_of = sum(g.n for g in groups)
    yield f"groups {len(groups)}"
    if own:
        yield f"share {_share(whole_of / own.n)}"
        yield f"share {_share(whole_of / own.n)} of {min(len(groups), 4)}"
        yield f"total by {own.rule}"
    if whole_of in counted and len(groups) > 1:
        yield "sum is counted"
    yield from (
        name
        for name, holds in (
            ("even", len({g.n for g in groups}) == 1),
            ("one of one", min(g.n for g in groups) == 1),
            ("far apart", min(g.n for g in groups) * 5 < max(g.n for g in groups)),
            ("derived", choice.derived),
            ("in title", seen.in_title(choice.start)),
        )
        if holds
    )
    yield from _in_document(seen, choice, own)
    if len(groups) > 1:
        yield from kinds_near(seen, [(g.start, g.end) for g in groups])
    yield from _named(groups)
    yield from _near(seen, groups)
    yield from _between(seen, groups)
    yield from _in_sentence(seen, groups)


def _in_document(seen: View, choice: Sides, own: Total | None) -> Iterator[str]:
    """What the whole text says of groups: how many there are, whether people were allotted, the sizes told again."""
    groups = choice.groups
    alone = "alone" if len(groups) == 1 else "beside"
    allotted, against, told = _told(seen.folded)
    all_of = own is not None and sum(g.n for g in groups) == own.n
    yield f"allotted {allotted} {alone}"
    yield f"against {against} {alone}"
    yield f"allotted {allotted} against {against} all {all_of} {alone}"
    k, _ = how_many(seen.folded, choice.start, seen.sentence_at(choice.start))
    if k:
        yield "as many as said" if k == len(groups) else "fewer than said" if len(groups) < k else "more than said"
    if own and len(groups) > 1 and any(g.n == own.n for g in groups):
        yield f"one is the total, against {against}"
    again = [str(g.n) in told for g in groups]
    yield f"told again {'all' if all(again) else 'some' if any(again) else 'none'}"


# words that say that people were allotted to groups; that some stood against others
ALLOTTED = re.compile(r"\brandomi[sz]ed\b|\brandomly\b|\brandomi[sz]ation\b|\ballocated\b|\bassigned\b")
AGAINST = re.compile(W.against)
OF_SIZE = re.compile(r"(?:/ ?|\bof (?:the )?)(\d+)\b(?!\.\d)")


@lru_cache(maxsize=4)
def _told(folded: str) -> tuple[bool, bool, frozenset[str]]:
    """What a text says of groups, once for all options: people allotted, groups against others, the wholes of its parts."""
    return bool(ALLOTTED.search(folded)), bool(AGAINST.search(folded)), frozenset(OF_SIZE.findall(folded))


def _near(seen: View, groups: Sequence[Group]) -> Iterator[str]:
    """Words right before and behind each size."""
    for group in {(g.start, g.end) for g in groups}:
        sentence = seen.sentence_at(group[0])
        left = words(seen.folded[max(sentence.start, group[0] - 40) : group[0]])[-3:]
        right = words(seen.folded[group[1] : min(sentence.end, group[1] + 50)])[:4]
        yield from (f"before size {word}" for word in left)
        yield from (f"behind size {word}" for word in right)
        yield f"size between {' '.join(left[-1:])} _ {' '.join(right[:1])}"


def _share(part: float) -> str:
    return next((name for limit, name in SHARES if part < limit), "more")


def _named(groups: Sequence[Group]) -> Iterator[str]:
    """What the names say."""
    named = sum(bool(GROUP_WORD.search(g.name)) for g in groups)
    yield f"names group {'all' if named == len(groups) else 'some' if named else 'none'}"
    yield f"named {'all' if all(g.name for g in groups) else 'not all'}"
    if any(NO_GROUP.search(g.name) for g in groups):
        yield "names an outcome"
    if len(groups) > 1 and all(LETTERED.match(g.name) for g in groups):
        last = [g.name[-1] for g in sorted(groups, key=lambda g: g.name)]
        row = all(ord(b) - ord(a) == 1 for a, b in itertools.pairwise(last)) and last[0] in "a1i"
        yield "letters in a row" if row else "letters"
    yield from (f"said {g.said}" for g in groups if g.said)
    yield from (f"name {word}" for g in groups for word in words(g.name)[:6])


def _between(seen: View, groups: Sequence[Group]) -> Iterator[str]:
    """Words between the groups, and where the last ends."""
    ordered = sorted({(g.start, g.end) for g in groups})
    for a, b in itertools.pairwise(ordered):
        gap = seen.folded[a[1] : b[0]] if seen.one_sentence(a[0], b[1]) else ""
        yield from (f"gap {word}" for word in words(gap)[:14])
        yield f"gap of {min(len(gap) // 40, 4)}"
        if not gap:
            yield "gap over sentences"


def _in_sentence(seen: View, groups: Sequence[Group]) -> Iterator[str]:
    """What stands around the groups."""
    start, end = min(g.start for g in groups), max(g.end for g in groups)
    sentence = seen.sentence_at(start)
    text = seen.folded[sentence.start : sentence.end]
    yield f"assigned {bool(ASSIGNED.search(text))}"
    if KINDS.search(text[: max(0, start - sentence.start)]):
        yield "kinds of patients"
    end = end if end <= sentence.end else next(g.end for g in groups if g.start == start)
    yield from (what for what in around(seen, start, end) if not what.startswith("own "))
