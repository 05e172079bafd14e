"""Sentences in which a report says that it belongs to another: an extension, a further analysis, people reported before.

Each statement is (kind, whom, quote): `whom` is a registry id, ``surname year`` of a cited paper, a count of people, or
empty where the sentence names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.model import Document
from extractor.quantities.numbers import WHOLE, whole
from extractor.text import fold_case
from extractor.words import Words

W = Words("link")

EXTENSION, ANALYSIS, EARLIER = "extension", "analysis", "earlier"
REGISTRY_ID = re.compile(
    r"\bNCT ?\d{8}\b|\bISRCTN ?\d{8}\b|\b\d{4}-\d{6}-\d{2}\b|\bChiCTR[-\w]*\d{8,}\b|\bUMIN ?\d{9}\b"
)
# "(Glass et al., 2012)", "Glass and others (2012)"
CITED = re.compile(
    r"\b([A-Z][a-z]+(?:-[A-Z][a-z]+)?)(?: et al\.?| and (?:others|colleagues|coworkers)),? ?\(?((?:19|20)\d\d)\)?"
)
SENTENCE = re.compile(r"[^.;]+(?:\.(?=\d|\w)[^.;]*|(?<=al)\.[^.;]*)*[.;]?")
# in lower case; the example that each must match stands after it
_KINDS = (
    # "an open-label extension of NCT01363401", "long-term follow-up of the trial"
    (
        EXTENSION,
        re.compile(W.kinds),
    ),
    # "a secondary analysis of the trial (NCT01363401)"
    (
        ANALYSIS,
        re.compile(W.statements_kinds),
    ),
    # "Preliminary results for the first 12 subjects are published", "in the earlier cohort"
    (
        EARLIER,
        re.compile(W.kinds_previously_already),
    ),
)
# "the first 12 subjects", "the same ten patients"
PEOPLE = re.compile(rf"\b{W.people_first} ({WHOLE}) (?:[\w-]+ ){{0,2}}{W.people_patients}\b")


def statements(document: Document) -> Iterator[tuple[str, str, str]]:
    """Statements of a document, in its order."""
    for text in document.parts.values():
        cased = fold_case(text)
        for match in SENTENCE.finditer(cased):
            lower = match.group().lower()
            for kind, pattern in _KINDS:
                if pattern.search(lower):
                    quote = text[match.start() : match.end()].strip()
                    yield from ((kind, whom, quote) for whom in _whom(match.group()))


def _whom(sentence: str) -> list[str]:
    """Whom a sentence names; an empty name where nobody."""
    found = [m.group().replace(" ", "").upper() for m in REGISTRY_ID.finditer(sentence)]
    found += [f"{m.group(1).lower()} {m.group(2)}" for m in CITED.finditer(sentence)]
    for match in PEOPLE.finditer(sentence.lower()):
        n = whole(match.group(1))
        found += [f"n={n}"] if n is not None else []
    return list(dict.fromkeys(found)) or [""]
