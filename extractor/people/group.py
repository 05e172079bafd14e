"""A group of people with its size, groups side by side, and the grammar that every way of naming them shares.

Numbers are found once a text; a pattern that begins with a number is tried only where one begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extractor import patterns as re
from extractor.people.counted import NUMBER, numbers
from extractor.words import Words

W = Words("people")

Place = tuple[int, int]
SIZED, LISTED, EACH, EQUALLY, PAIRED = "sized", "listed", "each", "equally", "paired"
NUM = NUMBER.pattern
PEOPLE_NOUN = rf"(?:(?!{W.people_noun_of})[a-z][a-z'/-]* ){{0,3}}?{W.people_noun_patients}"
GROUP_NOUN = W.group_noun
TAIL = re.compile(rf"{W.tail_to}.*$")
# names that are outcomes or features, not groups
NO_GROUP = re.compile(rf"\b{W.no_group}")
# what a size in brackets may not size
NO_SIZED = re.compile(rf"\b{W.no_sized}\b")
GROUP_WORD = re.compile(rf"\b{W.group_word_groups}\b|\+")
LETTERED = re.compile(r"(?:the )?(?:group|arm|cohort)[ -][a-z0-9+-]{1,4}$")
# "ten patients with confirmed disease and no transplantation served as a control group"
SERVED = re.compile(
    rf"[^.;]{{0,90}}?\b{W.served_served} as (?:an? |the |its |their )?(?:\w+ )?(?P<name>controls?(?: (?:group|subjects|patients|arm))?)\b(?! for)"
)


@dataclass(frozen=True, slots=True)
class Group:
    """One group: size, name as written, the phrase that says the size; ``name_at`` are the offsets of the name."""

    n: int
    name: str
    start: int
    end: int
    name_at: Place
    said: str = ""  # how the text joins size and name: received, to, in, with, or nothing


@dataclass(frozen=True, slots=True)
class Split:
    """Groups named side by side. ``shape``: sized, listed, paired, each (one size for k groups), equally (by division).

    Paired sizes ("HCT group 68 cases", "placebo, 201") are groups only where they add up to a count of the text.
    """

    shape: str
    groups: tuple[Group, ...]
    cued: bool  # the sentence says that people were assigned, or the names say group
    k: int = 0
    near: bool = False  # the number of groups stands in the same sentence
    joined: bool = False  # from several sentences

    @property
    def total(self) -> int:
        return sum(g.n for g in self.groups)

    @property
    def start(self) -> int:
        return self.groups[0].start


@lru_cache(maxsize=64)
def _starts(text: str) -> tuple[int, ...]:
    return tuple(m.start() for m in numbers(text))


def numbered(text: str, first: int, last: int) -> bool:
    """Whether a number begins in ``text[first:last]``."""
    starts = _starts(text)
    place = bisect_left(starts, first)
    return place < len(starts) and starts[place] < last


def at_numbers(pattern: re.Pattern[str], text: str, first: int, last: int) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer`` gives, for a pattern that begins with a number: tried at numbers only."""
    starts = _starts(text)
    for start in starts[bisect_left(starts, first) :]:
        if start >= last:
            return
        match = pattern.match(text, start, last) if start >= first else None
        if match:
            yield match
            first = match.end()
