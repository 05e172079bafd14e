"""Words that name a class of events where they are denied, and elsewhere much else: "no therapy-related reactions".

>>> text = "no therapy-related reactions were seen, and no event was attributed to the cells"
>>> [text[a:b] for a, b in classes_denied(text, 0, len(text))]
['therapy-related reactions', 'event']
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.words import Words

W = Words("events")

DENIED_CLASS = re.compile(
    rf"\b(?:no|nor|without|neither|any|nothing|anything|of|suffered|to)\s+(?:any\s+|other\s+)?(?P<what>{W.denied_class})"
)
# "nine adverse events were recorded, but no event was linked to the cells": the class is told already
TOLD = re.compile(r"\b(?:adverse|side|untoward|complications?|toxicit(?:y|ies)|[st]?e?s?aes?)\b")


def classes_denied(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where such words stand in a sentence."""
    for match in DENIED_CLASS.finditer(folded, start, end):
        if not (match["what"].startswith("event") and TOLD.search(folded, start, match.start())):
            yield match.span("what")
