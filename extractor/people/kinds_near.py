"""What stands beside each of several sizes, as kinds of words: a dose, a control, a verb of treatment, an order, a group.

Words alone are too rare to weigh; that *each* size has a dose beside it, or that one of them is of controls, is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor import patterns as re
from extractor.context.view import View
from extractor.people.group import GROUP_WORD
from extractor.words import Words

W = Words("people")

REACH = 70  # characters on each side of a size, up to the next size, that tell of it
KINDS: dict[str, re.Pattern[str]] = {
    "dose": re.compile(W.near_dose),
    "control": re.compile(rf"\b{W.near_control}"),
    "verb": re.compile(rf"\b{W.near_verb}\b"),
    "order": re.compile(rf"\b{W.near_order}\b"),
    "outcome": re.compile(rf"\b{W.near_outcome}"),
    "group": GROUP_WORD,
}


def kinds_near(seen: View, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Which kinds of words stand beside all, some, one or none of these sizes."""
    told = [{name for name, pattern in KINDS.items() if pattern.search(text)} for text in _beside(seen, places)]
    for name in KINDS:
        times = sum(name in kinds for kinds in told)
        yield f"{name} by {'all' if times == len(told) else 'one' if times == 1 else 'some' if times else 'none'}"


def _beside(seen: View, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The text of each size: from the size before it, or the sentence's begin, to the size after it."""
    ordered = sorted(set(places))
    for place, (start, end) in enumerate(ordered):
        sentence = seen.sentence_at(start)
        first = max(sentence.start, start - REACH, ordered[place - 1][1] if place else 0)
        last = min(sentence.end, end + REACH, ordered[place + 1][0] if place + 1 < len(ordered) else len(seen.folded))
        yield seen.folded[first:last]
