"""Who speaks in a part of a report: the trial itself, others' work, or nobody that a rule for sentences could read.

Of a part on others' work (introduction, discussion, earlier trials under any heading) only the sentences that speak of this
study are read. Tables have a reader of their own; lists of references, legends and declarations of interest say nothing
of the trial. What is left out here is no silence of the report: its own parts are read in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.model import ABSTRACT, TITLE, Document

NUMBER = r"(?:\d[.\d]*+\s*+|[IVX]++\.\s*+)?+"  # never gone back over, so that a name of digits is read once
OTHERS = re.compile(
    NUMBER
    + r"(?:(?:introduction|background|rationale|discussion|conclusions?|comments?|interpretation|perspectives?|outlook|limitations?|implications|future\b|literature|related work|state of the art)\b(?!.*\bresults?\b)|"
    r".*\b(?:earlier|previous|prior|other|published|past) (?:clinical |human |animal |preclinical )?(?:trials?|stud(?:y|ies)|work|reports?|experience|literature)\b|.*\breview of (?:the )?literature)",
    re.I,
)
UNREAD = re.compile(
    NUMBER
    + r"(?:tables?\b|fig(?:ure|s)?\b|supplement|supporting information|references|bibliography|competing|conflicts? of|declaration of (?:interest|competing)|disclosures?|author(?:s|ship)?\b|"
    r"contribut|glossary|biography|abbreviations|list of abbreviations|data availability|availability of data|peer review|publisher)",
    re.I,
)
# a sentence of an introduction or a discussion that speaks of this study
OWN = re.compile(
    r"\b(?:in|during|of|for|from) (?:our|this|the present|the current|the described) (?:\w+ ){0,2}(?:study|trial|series|cohort|patients|work|report|experience|case)\b|"
    r"\b(?:our|this|the present|the current) (?:\w+ ){0,2}(?:study|trial|series|cohort)\b|\bour (?:\w+ ){0,2}(?:patients|results|findings|data|participants|experience)\b|"
    r"\bwe (?:\w+ )?(?:found|observed|enrol\w+|treated|report(?:ed)?|show(?:ed)?|used|injected|administered|demonstrated?|conducted|performed|included|saw|noted|infused|transplanted|randomi[sz]ed|assessed|evaluated|followed)\b",
    re.I,
)
# of other people all the same: "in contrast to our study, Smith et al. found ..."
CITED = re.compile(
    r"\bet al\b|\b(?:previous|earlier|other|prior) (?:\w+ ){0,2}(?:studies|trials|reports|authors|investigators)\b|\bwas reported by\b|\bin contrast to\b|\bpatients in (?:the|that) study by\b",
    re.I,
)
SENTENCE = re.compile(r"[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]`` of a part that is read."""

    part: str
    start: int
    end: int


def has_body(document: Document) -> bool:
    """Whether a report has more than its title and abstract."""
    return any(name not in (TITLE, ABSTRACT) for name in document.parts)


def in_short(document: Document) -> list[Piece]:
    """Title and abstract."""
    return [Piece(name, 0, len(text)) for name, text in document.parts.items() if name in (TITLE, ABSTRACT)]


def own_pieces(document: Document) -> list[Piece]:
    """What the trial says of itself, in the order of the report."""
    return [piece for name, text in document.parts.items() for piece in _pieces(name, text)]


def _pieces(name: str, text: str) -> Iterator[Piece]:
    if name in (TITLE, ABSTRACT) or not (UNREAD.match(name) or OTHERS.match(name)):
        yield Piece(name, 0, len(text))
    elif not UNREAD.match(name):
        yield from (Piece(name, *match.span()) for match in SENTENCE.finditer(text) if _own(match.group()))


def _own(sentence: str) -> bool:
    return OWN.search(sentence) is not None and CITED.search(sentence) is None
