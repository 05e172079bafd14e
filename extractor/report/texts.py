"""Reports as the page prints them: frozen text, cut where a quote begins or ends, and a registry's values by path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor import around
from extractor.model import TITLE, Document, Record
from extractor.report.quotes import Quote

LINKS = {"pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/", "doi": "https://doi.org/{}"}
AROUND = 40  # characters that stand around a quote in print
LEAST_LEFT_OUT = 40  # fewer are printed
NCT_LINK = "https://clinicaltrials.gov/study/{}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of text that the same quotes cover throughout; ``begins`` are those that begin with it.

    ``unprinted`` is far from every quote: it is on the screen, and is left out in print.
    """

    text: str
    begins: tuple[Quote, ...]
    marked: bool
    unprinted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report. The pieces joined are the part's frozen text, character by character."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def printed(self) -> bool:
        """Whether print has it: the title, and what something is quoted of."""
        return self.name == TITLE or any(piece.marked for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Source:
    """A report at the end of the page, where the quotes lead."""

    id: str
    anchor: str
    title: str
    about: str
    links: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    values: tuple[Quote, ...]


def source(record: Record, number: int, quotes: Sequence[Quote]) -> Source:
    """A report with its quotes marked.

    Parameters
    ----------
    number : int
        Of the report in the page; makes its anchor.
    quotes : sequence of Quote
        Those of this report.
    """
    document = record.document
    parts = [
        Part(name, pieces(text, [q for q in quotes if q.part == name and q.path is None]))
        for name, text in document.parts.items()
        if text
    ]
    return Source(
        document.id,
        f"r{number}",
        document.title or document.id,
        _about(document),
        tuple(_links(document)),
        tuple(parts),
        tuple(q for q in quotes if q.path is not None),
    )


def pieces(text: str, quotes: Sequence[Quote]) -> tuple[Piece, ...]:
    """Cut a text at every border of a quote.

    >>> q = Quote(1, "a", "title", "bc", 1, 3, None)
    >>> [(p.text, p.marked) for p in pieces("abcd", [q])]
    [('a', False), ('bc', True), ('d', False)]
    """
    spans = [(q.start or 0, q.end or 0) for q in quotes]
    found = []
    for start, end in around.pieces(0, len(text), spans):
        begins = tuple(q for q in quotes if q.start == start)
        marked = any(a <= start and end <= b for a, b in spans)
        found += [Piece(text[start:end], begins, True)] if marked else _far(text, start, end, begins)
    return tuple(found)


def _far(text: str, start: int, end: int, begins: tuple[Quote, ...]) -> list[Piece]:
    """Words that nobody quotes: those near a quote, and between them what print leaves out."""
    first = start + (AROUND if start else 0)
    last = end - (AROUND if end < len(text) else 0)
    if last - first < LEAST_LEFT_OUT:
        return [Piece(text[start:end], begins, False)]
    first, last = _at_blank(text, first, last), _at_blank(text, last, end)
    found = [Piece(text[start:first], begins, False)] if first > start else []
    found.append(Piece(text[first:last], () if found else begins, False, unprinted=True))
    return [*found, *([Piece(text[last:end], (), False)] if end > last else [])]


def _at_blank(text: str, place: int, end: int) -> int:
    """`place`, or the next one at which a word begins."""
    while 0 < place < end and not text[place - 1].isspace():
        place += 1
    return place


def _about(document: Document) -> str:
    words = [document.source, document.journal or "", str(document.year or "")]
    if document.retracted:
        words.append("retracted")
    words += document.notes  # what was not read stands beside what was
    return ", ".join(filter(None, words))


def _links(document: Document) -> list[tuple[str, str]]:
    ids = document.ids
    found = [
        (f"{name.upper()} {value}", link.format(value)) for name, link in LINKS.items() if (value := getattr(ids, name))
    ]
    return found + [(nct, NCT_LINK.format(nct)) for nct in ids.nct]
