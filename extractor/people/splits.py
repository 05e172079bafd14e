"""Groups with sizes: "placebo (n = 30)", "33 to X and 32 to Y", "group A (49 patients)", "six patients in each group".

Yields *splits*: the groups that one stretch of text names side by side. Which split is the trial's own arms is decided
by :mod:`extractor.fields.arm`; that a split adds up to the trial's total is evidence for both.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.people.counted import EQUAL
from extractor.people.equal_groups import each_of
from extractor.people.group import GROUP_WORD, LETTERED, LISTED, PAIRED, SIZED, Group, Split, numbered
from extractor.people.name_then_size import sized
from extractor.people.size_then_name import listed
from extractor.people.sized_in_passing import denominators, in_bracket, loosely, made_of, paired
from extractor.words import Words

W = Words("people")

# a sentence without any of these names no groups
CUE = re.compile(W.splits_cue)
ASSIGNED = re.compile(W.assigned)
# "the intention-to-treat population (A: n = 46; B: n = 47)": a bracket of nothing but groups right after the people
IN_ONE_BRACKET = re.compile(
    rf"\b{W.in_one_bracket_population}s? [(\[][^()\[\]]{{1,40}}[,:]? ?n ?= ?\d+[^()\[\]]{{1,60}}n ?= ?\d+ ?[)\]]"
)
GROUPS_FOLLOW = re.compile(r"[)\]]? (?:\w+ ){0,2}(?:groups|arms|cohorts)\b")  # "X (n = 335) and Y (n = 347) groups"


def splits(seen: View) -> list[Split]:
    """All splits of the document, in order of the text."""
    found: list[Split] = []
    for sentence in seen.sentences:
        counted = numbered(seen.folded, sentence.start, sentence.end) or EQUAL.search(
            seen.folded, sentence.start, sentence.end
        )
        if counted and CUE.search(seen.folded, sentence.start, sentence.end):
            found += _in_sentence(seen, sentence)
    found += [*_joined(found), *denominators(seen)]
    return [s for s in found if all(seen.one_sentence(*g.name_at) for g in s.groups)]


def _in_sentence(seen: View, sentence: Sentence) -> Iterator[Split]:
    text = seen.folded
    cued = bool(
        ASSIGNED.search(text, sentence.start, sentence.end) or IN_ONE_BRACKET.search(text, sentence.start, sentence.end)
    )
    each = list(each_of(text, sentence))
    taken = [(g.start, g.end) for s in each for g in s.groups]
    for shape, groups in ((SIZED, list(sized(text, sentence))), (LISTED, list(listed(text, sentence)))):
        own = tuple(g for g in groups if not any(s < g.end and g.start < e for s, e in taken))
        if own and not _parts_had_it(text, own):
            named = sum(bool(GROUP_WORD.search(g.name)) for g in own)
            groups_follow = bool(GROUPS_FOLLOW.match(text, own[-1].end))
            yield Split(shape, own, cued or named > 0 or groups_follow)
    pairs = tuple(paired(text, sentence))
    if len(pairs) > 1:
        yield Split(PAIRED, pairs, cued)
    yield from in_bracket(text, sentence)
    yield from loosely(text, sentence)
    consisting = tuple(made_of(text, sentence))
    if consisting:
        yield Split(LISTED, consisting, True)
    yield from each


# "10 patients (8.2%) in one group and 14 (11.6%) in the other": so many of each had something
SHARE = re.compile(r"[^()]{0,30}?\( ?(?P<share>\d{1,3}(?:\.\d+)?) ?%")
WHOLE_SHARE = (85, 115)
PART_OF = re.compile(r"(?:\bof (?:the )?|/ ?)$")


def _parts_had_it(text: str, groups: tuple[Group, ...]) -> bool:
    """Whether each size has a percentage behind it, and these do not make a whole."""
    found = [SHARE.match(text, g.start, g.end + 10) for g in groups]
    if any(PART_OF.search(text, max(0, g.start - 8), g.start) for g in groups):
        return False  # "20 of 1,608 (1.2%)": the share is of the number before
    shares = [float(m["share"]) for m in found if m]
    return len(groups) > 1 and len(shares) == len(groups) and not WHOLE_SHARE[0] <= sum(shares) <= WHOLE_SHARE[1]


def _joined(found: list[Split]) -> Iterator[Split]:
    """Groups that consecutive sentences size one at a time: "Group A (n = 6) had X. Group B (n = 5) had Y."""
    for shape in (SIZED, LISTED):
        run = [s for s in found if s.shape == shape]
        unique: dict[str, Group] = {}
        for split in run:
            for group in split.groups:
                if len(split.groups) == 1 or LETTERED.match(group.name):
                    unique.setdefault(group.name.removeprefix("the "), group)
        if len(unique) > 1 and len({g.start for g in unique.values()}) > 1:
            yield Split(
                shape, tuple(sorted(unique.values(), key=lambda g: g.start)), all(s.cued for s in run), joined=True
            )
