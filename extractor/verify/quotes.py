"""Where a quote stands in a text: as given, or but for the ways of typing it (dashes, blanks, ligatures, case, dots).

>>> found = Typed("The  ﬁrst arm – 12 patients").places("the first arm - 12")
>>> found
[Place(start=0, end=18)]
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from extractor.text import fold
from extractor.verify.cells import ABSENT, EXACT, NO_QUOTE, TYPOGRAPHIC, Place

LEFT_OUT = re.compile(r"\s*(?:\[?(?:\.\s?\.\s?\.|…)\]?)\s*")  # "fever ... in two": words left out between two pieces
EDGES = " \t\n\"'“”‘’.,;:"
MOST = 25  # places of a short quote that are looked at
LEAST_BARE = 8  # letters of a quote that is looked for without its blanks
SHORTEST = 2  # characters of a piece


class Typed:
    """A text with one way of typing for each character, and the offset that each came from."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _plain(self) -> tuple[str, list[int]]:
        return plain(self.text)

    def places(self, quote: str) -> list[Place]:
        """Places of `quote`, typed in any way."""
        wanted = plain(quote)[0].strip()
        if len(wanted) < SHORTEST:
            return []
        found = _found(*self._plain, wanted)
        bare = wanted.replace(" ", "")
        return found or (_found(*self._bare, bare) if len(bare) >= LEAST_BARE else [])

    @cached_property
    def _bare(self) -> tuple[str, list[int]]:
        """The plain text without blanks: "22.6 %" is "22.6%"."""
        pairs = [(c, at) for c, at in zip(*self._plain, strict=True) if c != " "]
        return "".join(c for c, _ in pairs), [at for _, at in pairs]

    def exact(self, quote: str) -> list[Place]:
        found: list[Place] = []
        at = self.text.find(quote)
        while at >= 0 and len(found) < MOST:
            found.append(Place(at, at + len(quote)))
            at = self.text.find(quote, at + 1)
        return found

    def locate(self, quote: str | None) -> tuple[str, list[Place]]:
        """How the quote stands in the text, and where."""
        if quote is None or not quote.strip():
            return NO_QUOTE, []
        if found := self.exact(quote):
            return EXACT, found
        if found := self.places(quote) or self.places(quote.strip(EDGES)):
            return TYPOGRAPHIC, found
        pieces = [self.places(p.strip(EDGES)) for p in LEFT_OUT.split(quote) if p.strip(EDGES)]
        if len(pieces) > 1 and (joined := in_order(pieces)):
            return TYPOGRAPHIC, joined
        return ABSENT, []


def _found(letters: str, offsets: list[int], wanted: str) -> list[Place]:
    """Places of `wanted` in folded letters, in offsets of the text."""
    found: list[Place] = []
    at = letters.find(wanted)
    while at >= 0 and len(found) < MOST:
        found.append(Place(offsets[at], offsets[at + len(wanted) - 1] + 1))
        at = letters.find(wanted, at + 1)
    return found


def plain(text: str) -> tuple[str, list[int]]:
    """`text` folded, ligatures apart, runs of white space as one blank, no hyphen at a line's end; with its offsets."""
    letters: list[str] = []
    offsets: list[int] = []
    for at, (raw, letter) in enumerate(zip(text, fold(text), strict=True)):
        if raw in "\u00ad\u200b\ufeff":
            continue
        for one in unicodedata.normalize("NFKC", letter).lower() if not letter.isascii() else letter:
            if one.isspace():
                if not letters or letters[-1] == " ":
                    continue
                one = " "
            letters.append(one)
            offsets.append(at)
    return "".join(letters), offsets


def in_order(pieces: list[list[Place]]) -> list[Place]:
    """One place from the first piece to the last, each after the one before; nothing where they do not stand so."""
    if not all(pieces):
        return []
    first = last = pieces[0][0]
    for choices in pieces[1:]:
        following = next((p for p in choices if p.start >= last.end), None)
        if following is None:
            return []
        last = following
    return [Place(first.start, last.end)]
