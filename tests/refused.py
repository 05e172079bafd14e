"""What a pattern refuses: its negative looks, and texts that it would find otherwise without one of them.

Of each pattern that refuses something, one of its examples is found otherwise if it refused less: best a counter-example, in
which it finds nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tests.mutation import marks, tells

_LOOK = re.compile(r"\(\?<?!")
_BORDER = re.compile(
    r"\(\?<?!(?:\\w|\[\\w[^\]]*\]|\\d|\[\\d[^\]]*\]|\\s)\)"
)  # no letter or digit beside it: not a word of its own
_AROUND = 3  # words on either side
LONGEST = 90  # letters of a text


def looks(pattern: str) -> list[tuple[int, int]]:
    """Spans of the negative looks of a pattern, mere borders of a word left out.

    >>> p = r"(?<!\\w)a(?!b(?:c|d))[(?!x)]e"
    >>> [p[s:e] for s, e in looks(p)]
    ['(?!b(?:c|d))']
    """
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for mark in marks(pattern):
        if mark[0] == ")":
            found.append((opened.pop(), mark.end()))
        elif mark[0] != "|":
            opened.append(mark.start())
    return [(s, e) for s, e in found if _LOOK.match(pattern, s) and not _BORDER.fullmatch(pattern, s, e)]


def looser(whole: re.Pattern[str]) -> Iterator[tuple[tuple[int, int], re.Pattern[str]]]:
    """Each negative look of a pattern, and the pattern without it."""
    for start, end in looks(whole.pattern):
        try:
            yield (start, end), re.compile(whole.pattern[:start] + whole.pattern[end:], whole.flags)
        except re.error:  # a reference to a group in it, or nothing left to repeat
            continue


def shown(whole: re.Pattern[str], texts: Iterable[str]) -> bool:
    """Whether one of the texts is found otherwise by the pattern if it refused less."""
    return any(tells(whole, loose, text) for _, loose in looser(whole) for text in texts)


def of_texts(whole: re.Pattern[str], texts: Iterable[str]) -> str:
    """The shortest run of words that shows what a pattern refuses; better one in which nothing is found."""
    texts, spare = list(texts), ""
    for _, loose in looser(whole):
        for text in texts:
            for piece in _pieces(whole, loose, text):
                if not whole.search(piece):
                    return piece
                spare = spare or piece
    return spare


def _pieces(whole: re.Pattern[str], loose: re.Pattern[str], text: str) -> Iterator[str]:
    for match in loose.finditer(text):
        words = [m.span() for m in re.finditer(r"\S+", text)]
        inside = [i for i, (s, e) in enumerate(words) if e > match.start() and s < max(match.end(), match.start() + 1)]
        for more in range(_AROUND + 1) if inside else ():
            first, last = max(0, inside[0] - more), min(len(words), inside[-1] + 1 + more)
            piece = text[words[first][0] : words[last - 1][1]]
            if len(piece) <= LONGEST and "|" not in piece and tells(whole, loose, piece):
                yield piece
