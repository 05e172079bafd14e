"""Counts whose groups the layout of the sentence tells, whatever the groups are called.

An order told in brackets holds for every pair behind it that has its sign: "(low/high dose) were chills (20%/59%), rash (7%/43%)",
"(placebo versus drug): fever 25% versus 33%, rash 30% versus 53%". Rows are closed by their group: "23% and 5% in the drug arm, and
15% and 1% in the placebo arm". Names stand before brackets of their own: "between drug A (61%) and drug B (73%)".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor import patterns as re
from extractor.events.brackets import brackets
from extractor.events.link.arms import RESPECTIVELY, Scene, name_of, run_of, sized
from extractor.events.link.groups import Group
from extractor.events.link.name import Name, made
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

_SIGNS = {"/": r"/", "v": r"\b(?:vs?\.?|versus)(?!\w)", "and": r"\band\b"}
_SIDE = r"(?:the\s+)?(?P<{}>[a-z][^()\[\];,:%<=>]{{0,40}}?)"
ANNOUNCED = {
    sign: re.compile(
        rf"[(\[]\s*{_SIDE.format('first')}\s*{pattern}\s*{_SIDE.format('second')}\s*(?:,?\s*respectively)?\s*[)\]]"
    )
    for sign, pattern in _SIGNS.items()
}
SIGNED = {sign: re.compile(rf"\s*%?\s*{pattern}\s*") for sign, pattern in _SIGNS.items()}
NO_LABEL = re.compile(rf"\b(?:any|{W.no_label})\b")
ROUNDED, WHOLE_ROUNDED = 0.051, 0.501  # what a percentage may be off by: "9.5%", "10%"
EACH_TOLD = 3  # rows of one count that are each closed by a name
# what may stand between a row's last count and the group that closes it
CLOSED = re.compile(
    rf"\s*%?\s*[,)]*\s*(?:\([^()]*\)\s*)?(?:respectively\s*,?\s*)?(?:of\s+)?(?:(?:the\s+)?{W.persons}\s+)?(?:in|for|with|on|among|of|receiving)\s+(?:the\s+)?"
)
# behind a name, before another one that shares the row: "in the a and b groups"
GOES_ON = re.compile(rf"\s*(?:{W.groups}\s*)?(?:,|and|or|versus|vs\.?|/)\s*(?:the\s+)?")
DID = re.compile(rf"\s*(?:{W.groups}|{W.groups_people})?\s*(?:did|were|was)(?:\s+so)?\s*(?:\Z|[.;,])")
OWN_BRACKET = re.compile(rf"\s*(?:{W.groups}|{W.groups_people})?\s*[(\[]\s*(?:n\s*=\s*)?")
NEXT_NAME = re.compile(
    r"\s*[)\]]*\s*(?:,|,?\s*and|,?\s*versus|,?\s*vs\.?|,?\s*than|,?\s*compared (?:with|to))\s+(?:(?:in|with|for|on|after)\s+)?(?:the\s+|those\s+)?"
)


def laid_out(scene: Scene) -> dict[int, Name]:
    """The group of each count that the layout tells, by where the count begins."""
    pairs = brackets(scene.seen.folded, scene.sentence.start, scene.sentence.end)
    return _by_size(scene) | _closed(scene) | _before_brackets(scene, pairs) | _announced(scene, pairs) | _did(scene)


def _by_size(scene: Scene) -> dict[int, Name]:
    """Counts side by side whose wholes are the sizes of different arms: "(0 of 3 versus 31 of 101)", "three (19%) vs. five (14%)"."""
    groups = scene.groups
    if len({g.size for g in groups}) < max(len(groups), 2):
        return {}
    found: dict[int, Name] = {}
    for place, count in enumerate(scene.counts):
        run = run_of(scene.seen.folded, scene.counts, place)
        if count is not run[0] or not 2 <= len(run) <= len(groups):
            continue
        fits = [[g for g in groups if _fits(c, g)] for c in run]
        own = [fit[0] for fit in fits if len(fit) == 1]
        names = [name_of(scene, g) for g in own]
        if len({g.name for g in own}) == len(run):
            found.update((c.start, n) for c, n in zip(run, names, strict=True) if n is not None)
    return found


def _fits(count: Count, group: Group) -> bool:
    """Whether a count's whole, or its percentage as rounded, is of a group's size."""
    said = sized(count, group)
    if said != "share" or not group.size or not count.n or count.percent is None:
        return said == "same"
    return abs(100 * count.n / group.size - count.percent) <= (ROUNDED if count.percent % 1 else WHOLE_ROUNDED)


def _announced(scene: Scene, held_in: Sequence[tuple[int, int]]) -> dict[int, Name]:
    """Pairs behind an order that brackets without a count tell."""
    folded = scene.seen.folded
    found: dict[int, Name] = {}
    for start, end in held_in:
        if any(start < c.start < end for c in scene.counts) or NO_LABEL.search(folded, start, end):
            continue
        for sign, said in ANNOUNCED.items():
            told = said.fullmatch(folded, start, end)
            if told is None or (sign == "and" and RESPECTIVELY not in folded[start:end]):
                continue
            pairs = list(_pairs(scene, sign, end))
            for place, side in enumerate(("first", "second")) if len(pairs) > 1 else ():
                name = made(folded, *told.span(side), "label", grouped=True)
                found.update((pair[place].start, name) for pair in pairs)
    return found


def _pairs(scene: Scene, sign: str, start: int) -> Iterator[tuple[Count, Count]]:
    """Counts behind `start` that a sign joins, two and no more."""
    folded = scene.seen.folded
    held = [c for c in scene.counts if c.start >= start]
    joined = [SIGNED[sign].fullmatch(folded, a.end, b.start) is not None for a, b in pairwise(held)]
    for place, (pair, here) in enumerate(zip(pairwise(held), joined, strict=True)):
        if here and not any(joined[place - 1 : place]) and not any(joined[place + 1 : place + 2]):
            yield pair


def _closed(scene: Scene) -> dict[int, Name]:
    """Rows of counts, each closed by the name of its group; one row at least has several counts, or all of many one."""
    folded, counts = scene.seen.folded, scene.counts
    rows: list[list[Count]] = []
    for place, count in enumerate(counts):
        if not rows or count not in rows[-1]:
            rows.append(run_of(folded, counts, place))
    closed = [(row, name) for row in rows if (name := _closing(scene, row)) is not None]
    if len(closed) < 2 or len({n.words for _, n in closed}) < len(closed):
        return {}
    several = any(len(row) > 1 for row, _ in closed) or len(closed) == len(rows) >= EACH_TOLD
    return {c.start: name for row, name in closed for c in row} if several else {}


def _closing(scene: Scene, row: Sequence[Count]) -> Name | None:
    folded, end = scene.seen.folded, scene.sentence.end
    if "(" in folded[row[0].end : row[-1].start]:
        return None  # "12 children (8 on the drug, ...)": a whole and its parts
    name = _behind(scene, row[-1])
    if name is None or not (name.grouped or scene.of_arm(name)):
        return None
    on = GOES_ON.match(folded, name.end, end)
    return None if on and any(n.start == on.end() for n in scene.here) else name


def _did(scene: Scene) -> dict[int, Name]:
    """Counts whose group is the subject of "did": "nobody on the drug was ill; two on placebo were"."""
    folded, end = scene.seen.folded, scene.sentence.end
    found: dict[int, Name] = {}
    for count in scene.counts:
        name = _behind(scene, count)
        if name is not None and DID.match(folded, name.end, end):
            found[count.start] = name
    return found


def _behind(scene: Scene, count: Count) -> Name | None:
    """The name that a count is closed by."""
    said = CLOSED.match(scene.seen.folded, count.end, scene.sentence.end)
    return next((n for n in scene.here if n.start == said.end()), None) if said else None


def _before_brackets(scene: Scene, held_in: Sequence[tuple[int, int]]) -> dict[int, Name]:
    """Names of groups side by side, each with brackets that hold its one count."""
    folded = scene.seen.folded
    own: list[tuple[Count, Name, int]] = []
    for start, end in held_in:
        held = [c for c in scene.counts if start < c.start < end]
        if len(held) != 1:
            continue
        before = (n for n in scene.here if n.end <= start)
        name = next((n for n in before if OWN_BRACKET.fullmatch(folded, n.end, held[0].start)), None)
        if name is not None:
            own.append((held[0], name, end))
    sure: dict[int, Name] = {}
    for (left, one, end), (right, two, _) in pairwise(own):
        if one.words != two.words and NEXT_NAME.fullmatch(folded, end, two.start):
            sure |= {left.start: one, right.start: two}
    return sure
