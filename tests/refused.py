"""What a pattern refuses: its negative looks and word borders, and texts that it would match without one of them.

A counter-example is worth its place when the pattern finds nothing in it, and would find something if it refused less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tests.mutation import class_end

_LOOK = re.compile(r"\(\?<?!")
_OPEN = re.compile(r"\((?:\?(?:P<\w+>|[:=!>]|<[=!]|[aiLmsux-]+:))?")
_BORDER = re.compile(
    r"\(\?<?!(?:\\w|\[\\w[^\]]*\]|\\d|\[\\d[^\]]*\]|\\s)\)"
)  # no letter or digit beside it: not a word of its own
_AROUND = 3  # words on either side


def looks(pattern: str) -> list[tuple[int, int]]:
    """Spans of the negative looks of a pattern, mere borders of a word left out.

    >>> p = r"(?<!\\w)a(?!b(?:c|d))[(?!x)]e"
    >>> [p[s:e] for s, e in looks(p)]
    ['(?!b(?:c|d))']
    """
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    at = 0
    while at < len(pattern):
        mark = pattern[at]
        if mark == "\\":
            at += 1
        elif mark == "[":
            at = class_end(pattern, at)
        elif mark == "(":
            start = _OPEN.match(pattern, at)
            opened.append(at)
            at = start.end() - 1 if start else at
        elif mark == ")":
            found.append((opened.pop(), at + 1))
        at += 1
    return [(s, e) for s, e in found if _LOOK.match(pattern, s) and not _BORDER.fullmatch(pattern, s, e)]


def looser(whole: re.Pattern[str]) -> Iterator[re.Pattern[str]]:
    """The pattern without each of its negative looks."""
    for start, end in looks(whole.pattern):
        try:
            yield re.compile(whole.pattern[:start] + whole.pattern[end:], whole.flags)
        except re.error:  # a reference to a group in it, or nothing left to repeat
            continue


def refuses(whole: re.Pattern[str], text: str) -> bool:
    """Whether a text is a counter-example: nothing is found, and less refusing would find something."""
    return not whole.search(text) and any(loose.search(text) for loose in looser(whole))


def of_texts(whole: re.Pattern[str], texts: Iterable[str], have: Iterable[str] = ()) -> list[str]:
    """A text for each negative look that none of `have` shows: the shortest run of words that the pattern refuses by it."""
    have, texts = list(have), list(texts)
    found: list[str] = []
    for loose in looser(whole):
        if not any(loose.search(t) and not whole.search(t) for t in (*have, *found)):
            found += next(([piece] for text in texts for piece in _pieces(whole, loose, text)), [])
    return found


def _pieces(whole: re.Pattern[str], loose: re.Pattern[str], text: str) -> Iterator[str]:
    for match in loose.finditer(text):
        words = [m.span() for m in re.finditer(r"\S+", text)]
        inside = [i for i, (s, e) in enumerate(words) if e > match.start() and s < max(match.end(), match.start() + 1)]
        for more in range(_AROUND + 1) if inside else ():
            first, last = max(0, inside[0] - more), min(len(words), inside[-1] + 1 + more)
            piece = text[words[first][0] : words[last - 1][1]]
            if len(piece) <= 90 and "|" not in piece and loose.search(piece) and not whole.search(piece):
                yield piece
