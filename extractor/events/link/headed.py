"""Counts told under the name of their group: "in the drug arm fever (2) and rash (1), in placebo fever (1)".

A name heads what follows it, up to the next such name or a semicolon. What compares, sums up or names another group is left to the
scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor import patterns as re
from extractor.events.link.arms import RESPECTIVELY, Scene, run_of
from extractor.events.link.name import Name
from extractor.words import Words

W = Words("events")

# what opens a part of a sentence, and the words that lead to the name at its head
OPENS = re.compile(r"(?:\A|[.;:,]\s*|\band\s+|\bwhile\s+|\bwhereas\s+|\bbut\s+)\Z")
LED = re.compile(rf"(?P<by>{W.heads}\s+)?(?:the\s+)?\Z")
# behind a name that is the subject: "the drug group had", "those on placebo reported"
HAD = re.compile(rf"\s*(?:{W.groups}\s*)?(?:{W.groups_people}\s*)?{W.heads_had}\b")
# a name that a count follows: "the control group 31", "placebo in 2"
AT_ONCE = re.compile(rf"\s*(?:{W.groups}\s*)?(?:{W.groups_people}\s*)?(?:in\s+)?\Z")
# what makes a part tell of more than its head's group
NOT_OF_ONE = re.compile(rf"\b{W.heads_not}\b")
NO_GROUP = frozenset(("women", "woman", "men", "man"))  # a sex by itself heads no arm


def headed(scene: Scene) -> dict[int, Name | None]:
    """The group of each count that a name at the head of its part of the sentence tells, by where the count begins.

    None for what is counted before all parts: "nine events were reported: in the drug group ..., in placebo ...".
    """
    folded, sentence = scene.seen.folded, scene.sentence
    if RESPECTIVELY in folded[sentence.start : sentence.end]:
        return {}
    parts = list(_parts(scene))
    even = len(parts) > 1 and len({len(held) for *_, held in parts}) == 1
    found: dict[int, Name | None] = {}
    for name, start, end, held in parts:
        if held and _of_one(scene, name, start, end, held, even):
            found.update((scene.counts[i].start, name) for i in held)
    if len(found) > 1 and len(parts) > 1 and folded[: parts[0][1]].rstrip().endswith(":"):
        found.update((c.start, None) for c in scene.counts if c.end <= parts[0][1])
    return found


def _parts(scene: Scene) -> Iterator[tuple[Name, int, int, list[int]]]:
    """The parts that a name heads: the name, where the part begins and ends, the counts behind the name."""
    heads = list(_heads(scene))
    for place, (start, name) in enumerate(heads):
        last = heads[place + 1][0] if place + 1 < len(heads) else scene.sentence.end
        stop = scene.seen.folded.find(";", name.end, last)
        end = stop if stop >= 0 else last
        yield name, start, end, [i for i, c in enumerate(scene.counts) if name.end <= c.start < end]


def _strong(scene: Scene, name: Name) -> bool:
    return (name.grouped or scene.of_arm(name)) and not name.words <= NO_GROUP


def _heads(scene: Scene) -> Iterator[tuple[int, Name]]:
    """Names at the head of parts of the sentence, each with where its part begins."""
    folded, first = scene.seen.folded, scene.sentence.start
    for name in scene.here:
        if not _strong(scene, name):
            continue
        led = LED.search(folded, max(first, name.start - 24), name.start)
        begins = led.start() if led else name.start
        before = folded[max(first, begins - 10) : begins]
        if begins > first and OPENS.search(before) is None:
            continue
        following = next((c.start for c in scene.counts if c.start >= name.end), None)
        at_once = following is not None and AT_ONCE.fullmatch(folded, name.end, following) is not None
        if (led and led["by"]) or HAD.match(folded, name.end, scene.sentence.end) or at_once:
            yield begins, name


def _of_one(scene: Scene, name: Name, start: int, end: int, held: Sequence[int], even: bool) -> bool:
    """Whether a part of the sentence tells of its head's group alone; two counts side by side do in parts of one make."""
    folded = scene.seen.folded
    if NOT_OF_ONE.search(folded, start, end):
        return False
    if any(start <= n.start < end and n.words != name.words and _strong(scene, n) for n in scene.here):
        return False
    return even or all(len(run_of(folded, scene.counts, i)) == 1 for i in held)
