"""Terms of one head, listed behind it: "pain in the knee (3), the hip (2) and the back (1)", "a rise in AST and in bilirubin".

Where each has a count of its own, each is a term. Where one count is of all, they are one term, as written.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor import patterns as re
from extractor.quantities.numbers import NUMBER_WORDS
from extractor.words import Words

W = Words("events")

Span = tuple[int, int]
_BRACKETS = r"(?:\s*\((?P<own>[^()]*)\))?"
_AND = r"(?:\s*,\s*(?:and\s+|or\s+|and/or\s+)?|\s+(?:and|or|and/or)\s+)"
_ENDS = rf"(?=\s*(?:[,;.:()\[\]]|\Z)|\s+(?:and|or|and/or|in|with|by|was|were|that|which|after|during|who|lasting|{W.finite})\b)"
SITES = re.compile(rf"{_BRACKETS}{_AND}(?P<prep>{W.right_at}\s+)?(?:the\s+|an?\s+)?(?P<what>{W.right_site}){_ENDS}")
VALUES = re.compile(
    rf"{_BRACKETS}{_AND}(?:(?P<prep>(?:in|of)\s+)|(?P<n>\d{{1,3}}|{NUMBER_WORDS})\s+(?:in|of)\s+)?(?:the\s+)?"
    rf"(?P<what>(?:{W.laboratory_serum}\s+){{0,2}}{W.laboratory_protein}(?:\s+{W.laboratory_levels})?){_ENDS}"
)
# "low back pain", not "low hypoglycemia rates"
LOW_PLACED = re.compile(W.placed)
# what makes an arm a group: "in the placebo arm", not "of the left arm"
GROUP_ARM = re.compile(rf"\b(?:in|of|on|from)\s+(?:the\s+)?(?:(?!{W.body_arm}\b)[\w+/-]+\s+){{1,3}}\Z")
PLACED = re.compile(
    rf"\s+{W.right_at}\s+(?:the\s+|an?\s+)?"
)  # between a head and its site, before a site that has such a word of its own
_ONE = rf"(?:\d{{1,3}}|{NUMBER_WORDS})(?![\w.%/]|,\d|\s*(?:%|of\s+\d))"
# "5, 3 and 2": behind the list, a number for each
RUN = re.compile(rf"(?<![\w.,/-]){_ONE}(?:\s*,\s*{_ONE})*\s*,?\s*and\s+{_ONE}")
FIGURE = re.compile(r"\d")
NUMBER = re.compile(_ONE)
FAR = 70  # characters between a list and the numbers of its items


@dataclass(frozen=True, slots=True)
class Listed:
    """Items behind the first one; ``end`` is where their list ends, ``apart`` whether each has a count of its own."""

    items: tuple[Span, ...]
    end: int
    apart: bool


def listed(pattern: re.Pattern[str], folded: str, at: int, end: int) -> Listed | None:
    """The further items of a list whose first one ends at `at`; None where there is none."""
    items: list[Span] = []
    own = False
    while found := pattern.match(folded, at, end):
        own = own or FIGURE.search(found["own"] or "") is not None
        items.append((found.start("prep" if found["prep"] else "what"), found.end("what")))
        at = found.end("what")
    if not items:
        return None
    return Listed(tuple(items), at, own or _numbered(folded, at, end, len(items) + 1))


def _numbered(folded: str, at: int, end: int, size: int) -> bool:
    """Whether as many numbers as there are items stand behind their list."""
    run = RUN.search(folded, at, min(end, at + FAR + 40))
    return run is not None and len(NUMBER.findall(run.group())) == size


def head_of(folded: str, item: Span, bare: Span, placed: Span) -> Span:
    """The words that an item shares: "swelling" before "of the foot", "swelling of the" before "foot"."""
    return bare if PLACED.match(f" {folded[slice(*item)]}") else placed


_PREPOSITION = re.compile(r"\s+(?:in|of)\Z")


def alone(folded: str, head: Span) -> Span:
    """A head without the word that leads to its items: "a rise" of "a rise in"."""
    found = _PREPOSITION.search(folded, *head)
    return (head[0], found.start()) if found else head
