"""The frozen text of a report for the page: cut where a quote begins or ends, every piece with its offset, tables as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor import around
from extractor.model import JSON_PART, Document, Evidence
from extractor.review.claim import Claim, label, sentence


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of a part that the same claims cover throughout; `start` is where it begins, in code points."""

    start: int
    text: str
    claims: tuple[str, ...] = ()
    lit: bool = False  # in the sentence of the claim in view
    current: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part: running text in pieces, or the rows of a table, whose cells are pieces; what is between cells is not shown."""

    name: str
    pieces: tuple[Piece, ...]
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()


Span = tuple[int, int, str]


def parts(document: Document, claims: Sequence[Claim], current: Claim | None) -> list[Part]:
    """All parts of a report with the quotes of claims marked.

    The pieces of a part joined are its text, character by character; of a table with a tab between cells and a line feed
    between rows.
    """
    spans: dict[str, list[Span]] = {}
    for claim in claims:
        for place in (e for e in claim.places if e.part != JSON_PART):
            spans.setdefault(place.part, []).append((place.start or 0, place.end or 0, claim.id))
    lit: dict[str, list[tuple[int, int]]] = {}
    for place in (e for e in current.places if e.part != JSON_PART) if current else ():
        lit.setdefault(place.part, []).append(sentence(document, place))
    mine = current.id if current else ""
    return [_part(n, t, spans.get(n, []), lit.get(n, []), mine) for n, t in document.parts.items() if t]


def _part(name: str, text: str, spans: Sequence[Span], lit: Sequence[tuple[int, int]], current: str) -> Part:
    is_table = "\t" in text
    found = tuple(pieces(text, spans, lit, current, "\t\n" if is_table else ""))
    return Part(name, () if is_table else found, tuple(_rows(found)) if is_table else ())


def pieces(
    text: str, spans: Sequence[Span], lit: Sequence[tuple[int, int]] = (), current: str = "", apart: str = ""
) -> Iterator[Piece]:
    """Cut a text at every border of a span, and around the characters `apart`.

    >>> [(p.text, p.claims) for p in pieces("abcd", [(0, 2, "x"), (1, 3, "y")])]
    [('a', ('x',)), ('b', ('x', 'y')), ('c', ('y',)), ('d', ())]
    """
    cuts = [(at, at + 1) for at, char in enumerate(text) if char in apart] if apart else []
    begins: dict[int, list[Span]] = {}
    for span in spans:
        begins.setdefault(span[0], []).append(span)
    over: list[Span] = []
    for start, end in around.pieces(0, len(text), [*((a, b) for a, b, _ in spans), *lit, *cuts]):
        over = [s for s in over if s[1] > start] + begins.get(start, [])
        ids = tuple(dict.fromkeys(s[2] for s in over))
        yield Piece(start, text[start:end], ids, any(a <= start and end <= b for a, b in lit), current in ids)


def _rows(found: Sequence[Piece]) -> Iterator[tuple[tuple[Piece, ...], ...]]:
    row: list[list[Piece]] = [[]]
    for piece in found:
        if piece.text == "\n":
            yield tuple(map(tuple, row))
            row = [[]]
        elif piece.text == "\t":
            row.append([])
        else:
            row[-1].append(piece)
    yield tuple(map(tuple, row))


Marked = tuple[str, tuple[tuple[str, bool], ...]]  # where, and the words in turn: those of a quote, and those around it


def sentences(document: Document, places: Sequence[Evidence]) -> list[Marked]:
    """The sentences that hold some places, each once, with all quotes in it marked."""
    found: dict[tuple[str, int, int], list[Evidence]] = {}
    alone: list[Marked] = []
    for place in places:
        if place.part == JSON_PART:
            alone.append((label(place), ((place.quote, True),)))
        else:
            found.setdefault((place.part, *sentence(document, place)), []).append(place)
    return alone + [
        (label(inside[0]), tuple(_marked(document.parts[part], start, end, inside)))
        for (part, start, end), inside in found.items()
    ]


def _marked(text: str, start: int, end: int, places: Sequence[Evidence]) -> Iterator[tuple[str, bool]]:
    spans = [(p.start or 0, p.end or 0) for p in places]
    end = max(end, *(b for _, b in spans))
    for a, b in around.pieces(start, end, spans):
        yield text[a:b], any(x <= a and b <= y for x, y in spans)
