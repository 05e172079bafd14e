"""Offset-safe text: every function keeps the length, so that an offset in its result is an offset in the original.

*Folding* turns the many ways of typing one character into one (dashes, spaces, quotes, signs) and lowers the case,
code point by code point. Patterns run over folded text; quotes are sliced from the frozen text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from extractor import patterns as re

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad"
SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\n\f\v\ufeff\u200b\u2028\u2029\u0085"
LINE_ENDS = "\r\n\u2028\u2029\u0085"
QUOTES = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201b": "'",
    "\u02bc": "'",
    "\u00b4": "'",
    "\u2032": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
}
SIGNS = {
    "\u00d7": "x",
    "\u2715": "x",
    "\u2716": "x",
    "\u2a2f": "x",
    "\u00b7": ".",
    "\u2219": ".",
    "\u22c5": ".",
    "\u2264": "<",
    "\u2265": ">",
    "\u2266": "<",
    "\u2267": ">",
    "\u2a7d": "<",
    "\u2a7e": ">",
    "\u223c": "~",
    "\u2044": "/",
    "\u2215": "/",
    "\uff05": "%",
}

ESCAPE = "\\"  # registry records write "2 x 10\\^6" and "\\>= 40"; nothing else in reports needs the sign

Asked = ParamSpec("Asked")
Found = TypeVar("Found")


def remembered(read: Callable[Asked, Iterable[Found]]) -> Callable[Asked, list[Found]]:
    """What is read of a text, as a list, kept for the texts of late: several fields ask the same of one sentence.

    Only for what depends on nothing but the arguments, and finds what nobody changes.
    """

    @lru_cache(maxsize=512)
    def once(*asked: Asked.args, **named: Asked.kwargs) -> tuple[Found, ...]:
        return tuple(read(*asked, **named))

    @wraps(read)
    def again(*asked: Asked.args, **named: Asked.kwargs) -> list[Found]:
        return list(once(*asked, **named))  # type: ignore[arg-type]  # texts and offsets, which have a hash

    return again


_TABLE: dict[int, str] = (
    {ord(ESCAPE): " "}
    | {ord(c): "-" for c in DASHES}
    | {ord(c): " " for c in SPACES}
    | {ord(c): new for c, new in QUOTES.items()}
    | {ord(c): new for c, new in SIGNS.items()}
)


@lru_cache(maxsize=64)
def fold(text: str) -> str:
    """`text` in lower case with one dash, one space, one quote and one times sign; the same length.

    >>> fold("0·42 × 10⁶ Cells")
    '0.42 x 10⁶ cells'
    >>> fold("2 x 10\\\\^6")
    '2 x 10 ^6'
    """
    return lower(_one_of_each(text))


_TYPED = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}]")
_UNEVEN = re.compile(f"[{''.join(c for c in SPACES if c not in LINE_ENDS)}]")


class Taken:
    """Spans of a text, none over another, of which many are offered.

    >>> taken = Taken()
    >>> taken.take(3, 5), taken.take(4, 9), taken.take(5, 9)
    (True, False, True)
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def free(self, start: int, end: int) -> bool:
        """Whether no span that was taken lies over this one."""
        at = bisect_left(self._ends, start + 1)
        return at == len(self._starts) or self._starts[at] >= end

    def take(self, start: int, end: int) -> bool:
        """Take a span that is not empty, and say so; False where one that was taken lies over it."""
        if not self.free(start, end):
            return False
        at = bisect_left(self._ends, start + 1)
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        return True


def even(text: str) -> str:
    """`text` with blanks of one kind, so that words are told apart alike however they were set; lines and length stay.

    >>> even("12\u00a0patients")
    '12 patients'
    """
    return _UNEVEN.sub(" ", text)


@lru_cache(maxsize=64)
def fold_case(text: str) -> str:
    """Like :func:`fold`, but upper case stays: for patterns that need capitals."""
    return _one_of_each(text)


def _one_of_each(text: str) -> str:
    """As ``text.translate(_TABLE)``, which takes forty times as long for a text with one letter that is not ASCII."""
    return _TYPED.sub(lambda typed: _TABLE[ord(typed[0])], text)


def lower(text: str) -> str:
    """Lower case that never changes the length (``İ`` stays)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


_BLANK = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """White space runs as one blank: for display and comparison, never for offsets."""
    return _BLANK.sub(" ", text).strip()
