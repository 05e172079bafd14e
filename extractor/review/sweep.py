"""What the program may have missed: numbers and words of harm in a report that no fact's quote covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.model import Document, Evidence
from extractor.quantities.counts import PEOPLE
from extractor.quantities.numbers import NUMBER_WORDS
from extractor.review.claim import Claim, sentence
from extractor.text import fold

NUMBER = re.compile(rf"\b\d[\d,.]*\s*%?|(?:{NUMBER_WORDS}|\b(?:none|no|half|all)\b)(?=\s+(?:\w+\s+)?{PEOPLE}\b)")
_HARM_FORMS = (
    r"deaths?",
    r"died",
    r"fatal\w*",
    r"serious",
    r"severe",
    r"adverse",
    r"complicat\w+",
    r"toxicit\w+",
    r"side effects?",
    r"reactions?",
    r"infections?",
    r"bleed\w*",
    r"h(?:a)?emorrhag\w*",
    r"thrombo\w+",
    r"embol\w+",
    r"seizures?",
    r"strokes?",
    r"infarct\w*",
    r"arrhythmi\w*",
    r"tumou?rs?",
    r"neoplas\w*",
    r"malignan\w*",
    r"fever",
    r"pyrexia",
    r"headaches?",
    r"nausea",
    r"vomiting",
    r"pain",
    r"discontinu\w+",
    r"withdr[ae]w\w*",
    r"hospitali[sz]\w+",
    r"worsen\w*",
    r"relaps\w*",
    r"rejection",
)
HARM = re.compile(rf"\b(?:{'|'.join(_HARM_FORMS)})\b")
MOST = 400  # words listed of one report
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Unread:
    """One sentence with words under no fact: where it is, and which words."""

    part: str
    start: int
    end: int
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    harm: bool

    @property
    def id(self) -> str:
        return f"{self.part}:{self.start}"


def sweep(document: Document, claims: Sequence[Claim]) -> list[Unread]:
    """Sentences that hold a number or a word of harm under no fact, those with a harm first, in the order of the text."""
    covered = {part: bytearray(len(text)) for part, text in document.parts.items()}  # 1 where a quote stands
    for place in (e for c in claims if c.state != "reject" for e in c.places if e.part in covered):
        start, end = place.start or 0, place.end or 0
        covered[place.part][start:end] = b"\x01" * (end - start)
    found: list[Unread] = []
    for part, text in document.parts.items():
        found += _of_part(document, part, text, covered[part])
    return sorted(found[:MOST], key=lambda one: not one.harm)


def _of_part(document: Document, part: str, text: str, covered: bytearray) -> Iterable[Unread]:
    folded = fold(text)
    words = [(m.start(), m.end(), m.re is HARM) for pattern in (NUMBER, HARM) for m in pattern.finditer(folded)]
    by_sentence: dict[tuple[int, int], list[tuple[int, int, bool]]] = {}
    for start, end, harm in sorted(words):
        if any(covered[start:end]) or (not harm and YEAR.fullmatch(folded[start:end])):
            continue
        place = Evidence(part, text[start:end], start, end)
        by_sentence.setdefault(sentence(document, place), []).append((start, end, harm))
    for (begin, stop), spans in by_sentence.items():
        said = tuple(dict.fromkeys(text[a:b].strip() for a, b, _ in spans))
        yield Unread(part, begin, stop, said, tuple((a, b) for a, b, _ in spans), any(h for *_, h in spans))
