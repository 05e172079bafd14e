"""Counts whose group stands right beside them as a label, so that no weighing is needed.

"(lorcatan, 32% vs. placebo, 19%)", "14% (lorcatan) and 29% (placebo)", and, once labels were given, the pairs that follow without
them: "(lorcatan/placebo) included nausea (12%/3%)". A label must be told as a group's name elsewhere in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor import patterns as re
from extractor.events.brackets import brackets, inside
from extractor.events.link.arms import Scene
from extractor.events.link.groups import Name, alike, telling
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

_NAME = r"[a-z][\w+.-]*(?:(?: |\s?[/+&]\s?)[\w+.-]+){0,5}"
# what joins the count before to a label, and a label to its count
LEAD = re.compile(
    r"\s*(?:%|[\])])?\s*(?:[,;/:]|\b(?:vs\.?|versus|v\.?|and|or|than|compared (?:with|to))(?!\w)|\b(?:for|in|with|on|the)\b|\s)*"
)
LABEL = re.compile(rf"(?P<name>{_NAME}?)\s*(?:[,:=]|\b(?:was|were|in|group|arm)\b|\s)*\Z")
BEHIND = re.compile(rf"\s*[(\[]\s*(?:the\s+)?(?P<name>{_NAME})\s*[)\]]")
# "(lorcatan/placebo)", "(lorcatan vs placebo, respectively)": the order of the pairs that follow
ORDER = re.compile(
    r"[(\[]\s*(?P<first>[^()\[\];,]{1,40}?)\s*(?:/|\bvs\.?(?!\w)|\bversus\b|\bv\b|\bcompared (?:with|to)\b)\s*(?P<second>[^()\[\];,]{1,40}?)\s*(?:,?\s*respectively\s*)?[)\]]"
)
# a bracket of counts and nothing else: "(36% vs. 9%, p < 0.001)", "(11%/0%)"
BARE = re.compile(
    r"(?:[\s\d.,;:/%~()\[\]<>=·-]|\b(?:vs?|versus|and|or|p|compared|with|to|of|respectively|patients)\b\.?)*"
)
NO_LABEL = re.compile(rf"\b{W.no_label}\b")
# "the most common adverse events with lorcatan were": those listed are of that group
INTRODUCED = re.compile(rf"\b{W.introduced_were}\b")


def labelled(scene: Scene) -> dict[int, Name]:
    """The group of each count that has a label, by where the count begins."""
    folded, sentence = scene.seen.folded, scene.sentence
    pairs = brackets(folded, sentence.start, sentence.end)
    found: dict[int, Name] = {}
    order: list[Name] = []
    for pair in pairs:
        held = [c for c in scene.counts if pair[0] < c.start < pair[1]]
        own = [_before(scene, c, held[i - 1].end if i else pair[0] + 1) for i, c in enumerate(held)]
        names = [n for n in own if n is not None]
        if len(names) > 1 and len(names) == len(held):
            order = names
        elif not held:
            order = _order(scene, pair) or order
        elif len(order) != len(held) or not _only_counts(scene, pair, held):
            continue
        found.update((c.start, n) for c, n in zip(held, order, strict=False) if len(order) == len(held))
    behind = [(c, n) for c in scene.counts if not inside(pairs, c.start) and (n := _behind(scene, c)) is not None]
    if len({n.words for _, n in behind}) > 1:
        found.update((c.start, n) for c, n in behind)
    return found or _introduced(scene, pairs) or _closing(scene, pairs)


def _named(scene: Scene, start: int, end: int) -> Name | None:
    """The label at ``start:end``, where the text elsewhere has it as a name."""
    text = scene.seen.folded[start:end]
    words = telling(text)
    if not words or NO_LABEL.search(text) or any(a < end and start < b for a, b in scene.terms):
        return None
    known = any(alike(words, g.words) for g in scene.groups) or words in scene.echoes
    return Name(start, end, words, "label") if known or _elsewhere(scene, text) else None


def _elsewhere(scene: Scene, text: str) -> bool:
    """Whether a text says the words of a label in another sentence too."""
    folded, sentence = scene.seen.folded, scene.sentence
    if text not in folded[: sentence.start] and text not in folded[sentence.end :]:
        return False
    again = re.compile(rf"(?<![\w]){re.escape(text)}(?!\w)")
    return bool(again.search(folded, 0, sentence.start) or again.search(folded, sentence.end))


def _before(scene: Scene, count: Count, start: int) -> Name | None:
    lead = LEAD.match(scene.seen.folded, start, count.start)
    label = LABEL.fullmatch(scene.seen.folded, lead.end() if lead else start, count.start)
    return _named(scene, *label.span("name")) if label else None


def _behind(scene: Scene, count: Count) -> Name | None:
    label = BEHIND.match(scene.seen.folded, count.end, scene.sentence.end)
    return _named(scene, *label.span("name")) if label else None


def _order(scene: Scene, pair: tuple[int, int]) -> list[Name]:
    """The names that brackets without a count give in the order of the counts behind them."""
    said = ORDER.fullmatch(scene.seen.folded, *pair)
    names = [_named(scene, *said.span(part)) for part in ("first", "second")] if said else []
    return [n for n in names if n is not None] if all(names) else []


def _only_counts(scene: Scene, pair: tuple[int, int], held: Sequence[Count]) -> bool:
    text = list(scene.seen.folded[slice(*pair)])
    for count in held:
        text[count.start - pair[0] : count.end - pair[0]] = "~" * (count.end - count.start)
    return BARE.fullmatch("".join(text)) is not None


def _introduced(scene: Scene, pairs: Sequence[tuple[int, int]]) -> dict[int, Name]:
    """The counts of a list, one in each pair of brackets, whose one group is named before "were"."""
    folded, sentence = scene.seen.folded, scene.sentence
    said = INTRODUCED.search(folded, sentence.start, sentence.end)
    arms = [n for n in scene.here if scene.of_arm(n)]
    if said is None or len({n.words for n in arms}) != 1 or any(n.end > said.end() and n.brought for n in scene.here):
        return {}
    name = arms[-1]
    alone = list(_alone(scene, pairs))
    if len(alone) < 2 or len(alone) != len(scene.counts) or alone[0].start < said.end():
        return {}
    return {c.start: name for c in alone}


def _closing(scene: Scene, pairs: Sequence[tuple[int, int]]) -> dict[int, Name]:
    """The counts of a list, one in each pair of brackets, whose one group is named behind them all."""
    alone = list(_alone(scene, pairs))
    if len(alone) < 2 or len(alone) != len(scene.counts):
        return {}
    told = {n.words: n for n in scene.here if n.grouped or scene.of_arm(n)}
    last = scene.seen.folded.find(")", alone[-1].end)
    only = next(iter(told.values())) if len(told) == 1 else None
    return {c.start: only for c in alone} if only is not None and only.start > last > 0 else {}


def _alone(scene: Scene, pairs: Sequence[tuple[int, int]]) -> Iterator[Count]:
    for pair in pairs:
        held = [c for c in scene.counts if pair[0] < c.start < pair[1]]
        if len(held) == 1 and _only_counts(scene, pair, held):
            yield held[0]
