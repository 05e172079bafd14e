"""Small fitted readers: how likely a candidate of a field is the trial's own, from named features.

What it is: the loader of ``models/trial_sm/readers.json`` and the features that every reader shares, the words around a
candidate and its place in the text. What it is not: a finder of candidates, or a decision; each field finds its own
generously, adds what its rules think of them as further features, and sets facts where a reader's probability reaches
the reader's threshold. Training is ``training/readers.py``.

A reader is a logistic regression with a name for each weight, so that anyone can read off why. Sums are exact
(``math.fsum``): a result depends on nothing but the candidate and its document.
"""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat
from typing import Any

from extractor import patterns as re
from extractor.context.view import View
from extractor.shipped import SHIPPED_MODEL, shipped

FILE = "readers.json"
CELLS, DRUG = "cells", "drug"  # kinds of trials: of a product made of cells, of anything else
NEAR, FAR = 4, 9  # words on each side whose place counts; words on each side at all
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"[^\W_]+|[^\w\s]")
MOST_POINTS = 30.0
REACH = 110  # characters on each side in which words are looked for


@dataclass(frozen=True, slots=True)
class Reader:
    """A logistic regression over named features, each there or not.

    ``thresholds`` hold the probability from which it says yes, one for each kind of trial (``cells``, ``drug``): what is
    read of them is not equally often said, and not equally sure.
    """

    bias: float
    weights: Mapping[str, float]
    thresholds: Mapping[str, float]

    def points(self, features: Iterable[str]) -> float:
        """Log odds of a candidate with these features."""
        total = math.fsum(map(self.weights.get, set(features), repeat(0.0))) + self.bias
        return max(-MOST_POINTS, min(MOST_POINTS, total))

    def probability(self, features: Iterable[str]) -> float:
        """Probability that a candidate with these features is the trial's own."""
        return 1 / (1 + math.exp(-self.points(features)))

    def shares(self, offered: Sequence[tuple[Hashable, Iterable[str]]]) -> dict[Hashable, float]:
        """Of values of which a document has one at most, the probability of each; candidates of one value add up."""
        weights: dict[Hashable, list[float]] = {}
        for value, features in offered:
            weights.setdefault(value, []).append(math.exp(self.points(features)))
        whole = 1 + math.fsum(w for each in weights.values() for w in each)
        return {value: math.fsum(each) / whole for value, each in weights.items()}


given: dict[str, Reader] = {}  # in place of what ships, where training reads documents by readers that did not see them


def reader(name: str) -> Reader:
    """The reader of a field."""
    return given.get(name) or _shipped(name)


@cache
def _shipped(name: str) -> Reader:
    found = _all()[name]
    return Reader(found["bias"], found["weights"], found["thresholds"])


@cache
def _all() -> dict[str, dict[str, Any]]:
    path = shipped("models") / SHIPPED_MODEL / FILE
    loaded: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1_024)
def words(text: str) -> tuple[str, ...]:
    """Words and marks of folded text, figures as ``0``.

    >>> words("at 12.5 months (n=3)")
    ('at', '0', 'months', '(', 'n', '=', '0', ')')
    """
    return tuple(WORD.findall(_NUMBER.sub("0", text)))


def around(seen: View, start: int, end: int) -> Iterator[str]:
    """Features of the words around ``start:end`` in its sentence, of its own words, and of its place in the document."""
    sentence = seen.sentence_at(start)
    left = words(seen.folded[max(sentence.start, start - REACH) : start])[::-1][:FAR]
    right = words(seen.folded[end : min(sentence.end, end + REACH)])[:FAR]
    yield from (f"own {word}" for word in words(seen.folded[start:end]))
    yield from _side("left", left)
    yield from _side("right", right)
    yield f"between {' '.join(left[:1])} _ {' '.join(right[:1])}"
    role, _ = seen.likely_role(start)
    yield f"role {role}"
    if sentence.index + 1 == len(seen.sentences):
        yield "last sentence"


def _side(name: str, near: Sequence[str]) -> Iterator[str]:
    yield from (f"{name} {word}" for word in near)
    yield from (f"{name}{place} {word}" for place, word in enumerate(near[:NEAR]))
    yield from (f"{name} {near[place]} {near[place + 1]}" for place in range(min(NEAR, len(near) - 1)))
    if not near:
        yield f"{name} edge"
