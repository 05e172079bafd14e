"""Counts whose groups are compared in another order than they are named, and totals that are of no one group.

"Compared with placebo, cells gave more fever (8 vs 3)": the first number is of what is compared, not of what is named first. "Four
patients had fever, three of them in the placebo group": the four are of all.
"""

from __future__ import annotations

from itertools import pairwise

from extractor import patterns as re
from extractor.events.link.arms import Scene, name_of
from extractor.events.link.name import Name
from extractor.words import Words

W = Words("events")

# what leads to the group that others are compared with, at the head of a sentence
LED = re.compile(
    r"(?:\A|[.:;]\s*)(?:as\s+)?(?:compared|in comparison|by comparison|relative)\s+(?:with|to)\s+(?:the\s+|those\s+)?\Z"
)
VERSUS = re.compile(r"\s*%?\s*(?:vs\.?|versus|v\.?|against|and|,)\s*")
# behind a part of a total: "three of them in", "two of whom were on"
OF_THEM = re.compile(
    rf"\s+(?:{W.groups_people}\s+)?of\s+(?:them|whom|these|which)\s+(?:were\s+|was\s+|occurred\s+)?(?:both\s+|all\s+)?{W.in_arm_in}\s+(?:the\s+)?"
)


def compared(scene: Scene) -> dict[int, Name]:
    """The groups of two numbers side by side, in a sentence that begins with the group that the other is compared with."""
    folded, first = scene.seen.folded, scene.sentence.start
    led = next((n for n in scene.here if n.grouped or scene.arm(n) >= 0), None)
    if led is None or LED.search(folded[first : led.start]) is None:
        return {}
    other = _other(scene, led)
    held = [c for c in scene.counts if c.start >= led.end]
    found: dict[int, Name] = {}
    for left, right in pairwise(held):
        if other and VERSUS.fullmatch(folded, left.end, right.start) and left.start not in found:
            found |= {left.start: other, right.start: led}
    return found


def _other(scene: Scene, led: Name) -> Name | None:
    """The second of two arms, or the one other group that the sentence names."""
    if scene.arm(led) >= 0 and len(scene.groups) == 2:
        return name_of(scene, scene.groups[1 - scene.arm(led)])
    others = {n.words: n for n in scene.here if n.words != led.words and n.grouped}
    return next(iter(others.values())) if len(others) == 1 else None


def wholes(scene: Scene) -> dict[int, None]:
    """Totals of which a part is told to be of a group, in a sentence that names no group before that part."""
    folded = scene.seen.folded
    found: dict[int, None] = {}
    for total, part in pairwise(scene.counts):
        said = OF_THEM.match(folded, part.end, scene.sentence.end)
        if (
            said
            and any(n.start == said.end() for n in scene.here)
            and not any(n.start < part.start for n in scene.here)
        ):
            found[total.start] = None
    return found
