"""Sentences that tell of a trial's plan, and the words behind a cue: what fields of the plan have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.context.background import background, of_others
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.text import trim

LONGEST = 250  # characters of a name: more is no name
_CLOSERS = {")": "(", "]": "["}


def telling(seen: View, words: tuple[str, ...]) -> Iterator[Sentence]:
    """The trial's own sentences that hold one of some words, each once, in order; the words are folded."""
    places: set[int] = set()
    for word in words:
        at = seen.folded.find(word)
        while at >= 0:
            sentence = seen.sentence_at(at)
            places.add(sentence.index)
            at = seen.folded.find(word, max(sentence.end, at + 1))
    for index in sorted(places):
        sentence = seen.sentences[index]
        if not background(seen, sentence) and not of_others(seen, sentence):
            yield sentence


def named_up_to(seen: View, start: int, stop: int, end: re.Pattern[str], most: int = LONGEST) -> tuple[int, int] | None:
    """The words from `start` to where `end` matches or `stop`, without blanks; None where they are no name."""
    cut = end.search(seen.folded, start, stop)
    start, finish = trim(seen.text, start, cut.start() if cut else stop)
    finish = _closed(seen.text, start, finish)
    while finish > start and (seen.text[finish - 1] in ".,;:" or seen.text[finish - 1].isspace()):
        finish -= 1
    return (start, finish) if 1 < finish - start <= most else None


def _closed(text: str, start: int, end: int) -> int:
    """The end before a bracket that is left open, or that closes one opened before."""
    opened: list[int] = []
    for place in range(start, end):
        if text[place] in "([":
            opened.append(place)
        elif text[place] in _CLOSERS:
            if not opened:
                return place
            opened.pop()
    return opened[0] if opened else end
