"""Words that a match of a pattern cannot do without: a cheap look before a long pattern runs over a text.

>>> sorted(needles(r"\\bcross-?over (?:trial|study)\\b|\\btwo periods\\b"))
['cross', 'two periods']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ahocorasick_rs import AhoCorasick

from extractor.patterns import codes, parser

LEAST = 3  # letters: shorter words are in every text
MOST = 60  # words: more of them are in every text
NO_WIDTH = (codes.AT, codes.ASSERT, codes.ASSERT_NOT)


def needles(pattern: str) -> frozenset[str]:
    """Strings of which any match holds at least one; empty where the pattern promises none.

    Parameters
    ----------
    pattern : str
        A regular expression without flags.
    """
    found = _of(parser.parse(pattern))
    return frozenset(found) if found and len(found) <= MOST else frozenset()


class Sieve:
    """Which of many patterns a text may match, by one pass over it.

    Parameters
    ----------
    words : sequence of frozenset of str
        For each pattern the strings of which any match holds one (:func:`needles`); none where it promises none.
    """

    def __init__(self, words: Sequence[frozenset[str]]) -> None:
        self._always = frozenset(place for place, some in enumerate(words) if not some)
        every = sorted(frozenset().union(*words))
        self._patterns = [frozenset(place for place, some in enumerate(words) if word in some) for word in every]
        self._found = AhoCorasick(every).find_matches_as_indexes

    def may(self, text: str) -> frozenset[int]:
        """The places of the patterns that the text may match; the others have no match in it."""
        held = {word for word, _, _ in self._found(text, overlapping=True)}
        return self._always.union(*(self._patterns[word] for word in held))


def _of(items: Iterable[Any]) -> set[str]:
    """The best set of one sequence: the one whose shortest word is longest."""
    sets: list[set[str]] = []
    run = ""
    for code, value in items:
        if code is codes.LITERAL:
            run += chr(value)
            continue
        if code in NO_WIDTH:
            continue
        sets.append({run})
        run = ""
        sets.append(_inside(code, value))
    useful = [s for s in (*sets, {run}) if s and min(map(len, s)) >= LEAST]
    return max(useful, key=lambda s: (min(map(len, s)), -len(s)), default=set())


def _inside(code: Any, value: Any) -> set[str]:
    """The set of one item; empty where it promises nothing."""
    if code is codes.SUBPATTERN:
        return _of(value[3])
    if code is codes.BRANCH:
        sets = [_of(branch) for branch in value[1]]
        return set().union(*sets) if all(sets) else set()
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] > 0:
        return _of(value[2])
    return set()
