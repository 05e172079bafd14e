"""Who speaks in a part of a report: the trial itself, others' work, or nobody that a rule for sentences could read.

Of a part on others' work (introduction, discussion, earlier trials under any heading) only the sentences that speak of this
study are read. Tables have a reader of their own; lists of references, legends and declarations of interest say nothing
of the trial. What is left out here is no silence of the report: its own parts are read in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.model import ABSTRACT, TITLE, Document
from extractor.words import Words

W = Words("context")

NUMBER = r"(?:\d[.\d]*+\s*+|[IVX]++\.\s*+)?+"  # never gone back over, so that a name of digits is read once
OTHERS = re.compile(
    rf"{NUMBER}{W.others_results}",
    re.I,
)
UNREAD = re.compile(
    rf"{NUMBER}{W.unread_tables}",
    re.I,
)
# a sentence of an introduction or a discussion that speaks of this study
OWN = re.compile(
    W.spoken_own,
    re.I,
)
# of other people all the same: "in contrast to our study, Smith et al. found ..."
CITED = re.compile(
    W.cited,
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
