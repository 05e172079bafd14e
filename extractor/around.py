"""The words around a place of a text: the sentence that holds it, and the pieces into which places cut it."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

from extractor import patterns as re

BREAK = re.compile(r"(?<=[.?!])[ \t]+(?=[^a-z\s])|\n")  # between sentences, or lines of a table

Span = tuple[int, int]


def sentence(text: str, start: int, end: int) -> Span:
    """Where the sentence, or the line of a table, begins and ends that holds a place.

    >>> text = "Twelve were treated. Two had fever, e.g. by night. None died."
    >>> text[slice(*sentence(text, 29, 34))]
    'Two had fever, e.g. by night.'
    """
    begins, ends = _borders(text)
    first = bisect_right(begins, start) - 1
    last = bisect_left(ends, end)
    return begins[first], ends[last] if last < len(ends) else len(text)


@lru_cache(maxsize=256)
def _borders(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where sentences and lines begin, and where they end."""
    breaks = [m.span() for m in BREAK.finditer(text)]
    return (0, *(begin for _, begin in breaks)), (*(end for end, _ in breaks), len(text))


def pieces(start: int, end: int, spans: Iterable[Span]) -> Iterator[Span]:
    """A stretch of text cut at every border of a span.

    >>> list(pieces(0, 4, [(1, 3)]))
    [(0, 1), (1, 3), (3, 4)]
    """
    return itertools.pairwise(sorted({start, end, *(at for span in spans for at in span)}))
