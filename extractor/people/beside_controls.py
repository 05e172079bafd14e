"""Two groups told without a total: the treated and their controls, "59 patients who got cells; 59 control subjects were found".

Offered to the readers of arms and of the total, who weigh them among all else: the people studied beside a count of controls, and
two numbers of a sentence that tells of controls.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View, once
from extractor.people.counted import Count, countable
from extractor.people.group import Group
from extractor.words import Words

W = Words("people")

CONTROLS = re.compile(rf"\b{W.beside_controls}\b")
# right behind a count, and right before it, what makes its people controls
CONTROLS_BEHIND = re.compile(
    rf"[)\]]?(?: [\w-]+){{0,3}}? {W.beside_controls}\b|[^.;]{{0,60}}\b{W.served_as}\b(?: (?:group|arm|cohort))?"
)
CONTROLS_BEFORE = re.compile(
    rf"\b{W.beside_controls}(?: (?:group|arm|cohort))?(?: of| numbered|,|:| was| were)? ?[(\[]?(?:n ?= ?)?\Z"
)
NO_CONTROLS = re.compile(r"\bhealthy\b|\bdonors?\b")
# a sentence that sets two groups against one another
AGAINST = re.compile(rf"\b{W.near_control}")
GIVEN = re.compile(rf"\b{W.near_verb}\b|\bcompared\b|\bwith\b|\bin\b")
FAR = 120  # characters between two numbers that are set against one another
NEAR = 70
LEAST = 2  # people whom a sentence without a total may set against others
MOST_NUMBERS = 4  # in a sentence that tells of two groups alone


def of_controls(seen: View, count: Count) -> tuple[int, int] | None:
    """Where the text says that a count is of controls; None where it is of others."""
    sentence = seen.sentence_at(count.start)
    around = seen.folded[max(sentence.start, count.start - NEAR) : min(sentence.end, count.end + NEAR)]
    if NO_CONTROLS.search(around):
        return None
    own = CONTROLS.search(seen.folded, count.start, count.end)
    behind = CONTROLS_BEHIND.match(seen.folded, count.end, sentence.end)
    before = CONTROLS_BEFORE.search(seen.folded, sentence.start, count.start)
    said = own or behind or before
    found = CONTROLS.search(seen.folded, *said.span()) if said else None
    return found.span() if found else said.span() if said else None


@once
def set_against(seen: View) -> tuple[tuple[Group, Group], ...]:
    """Two numbers of one sentence that speaks of controls: "given to ten patients (placebo group) and cells to twenty-four"."""
    return tuple(pair for s in seen.sentences if not seen.in_title(s.start) for pair in _in_sentence(seen, s))


def _in_sentence(seen: View, sentence: Sentence) -> Iterator[tuple[Group, Group]]:
    text = seen.folded
    if not AGAINST.search(text, sentence.start, sentence.end) or not GIVEN.search(text, sentence.start, sentence.end):
        return
    found = list(_numbers(seen, sentence))
    if len(found) > MOST_NUMBERS:
        return
    for left, right in pairwise(found):
        if right.start - left.end < FAR:
            yield left, right


def _numbers(seen: View, sentence: Sentence) -> Iterator[Group]:
    text = seen.folded
    for n, match in countable(text, sentence.start, sentence.end):
        marker = text.endswith("(", sentence.start, match.start()) and text.startswith(
            ")", match.end()
        )  # "(2) control"
        if n > LEAST and not marker:
            yield Group(n, "", match.start(), match.end(), (0, 0))
