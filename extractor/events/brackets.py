"""A sentence cut where punctuation cuts it: at semicolons outside brackets, and by its outermost brackets."""

from __future__ import annotations

from collections.abc import Sequence

from extractor import patterns as re
from extractor.text import remembered

BRACKET = re.compile(r"[()\[\]]")
# "major adverse cardiac events (", "the composite of safety (": what is counted once, and what it is made of
COMPOSITE = re.compile(
    r"\b(?:(?:cardiac|cardiovascular|cerebrovascular|coronary|vascular|isch(?:a)?emic|thrombo\w+|limb)\s+events?|composite(?: (?:of|end[ -]?point|outcome)\b[^,;()]{0,40})?)\s*(?:\([^()]{1,8}\)\s*)?\Z"
)
PARTS = re.compile(r"[^()\d]*,[^()\d]*\Z")


def segments(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence cut at semicolons that stand outside brackets."""
    cuts, depth, first = [], 0, start
    for at in range(start, end):
        letter = folded[at]
        depth += (letter in "([") - (letter in ")]")
        if letter == ";" and depth <= 0:
            cuts.append((first, at))
            first = at + 1
    return [*cuts, (first, end)]


@remembered
def brackets(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Outermost bracket pairs as (open, after close); an open one that never closes reaches to the end."""
    pairs, stack = [], []
    for mark in BRACKET.finditer(folded, start, end):
        at = mark.start()
        if folded[at] in "([":
            stack.append(at)
        elif stack:
            first = stack.pop()
            if not stack:
                pairs.append((first, at + 1))
    return [*pairs, (stack[0], end)] if stack else pairs


def inside(pairs: Sequence[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The outermost bracket pair that holds an offset."""
    return next(((a, b) for a, b in pairs if a < at < b), None)


def of_composite(folded: str, start: int, opened: int, closed: int) -> bool:
    """Whether brackets say what a composite is made of ("cardiac events (death, infarction, or stroke) occurred in 15")."""
    if PARTS.match(folded, opened + 1, closed - 1) is None:
        return False
    return COMPOSITE.search(folded, max(start, opened - 90), opened) is not None
