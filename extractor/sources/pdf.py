"""PDF, as far as it was born digital: title, abstract, sections and tables, with the page and the place of every line.

A PDF of pictures is refused with a hint. Words are joined over line ends, columns read one after the other, running
heads left out. The places are kept in the document's ``metadata`` as ``layout``: part, then start, end, page and box; the
file's digest as ``pdf_sha256``, by which it is found again when its pages are to be shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, LAYOUT, PDF_SHA256, TITLE, Document, Ids
from extractor.pdf.headed import free
from extractor.sources import Item, reader
from extractor.sources.identifiers import doi_in, ncts_in, retracted_in_title

if TYPE_CHECKING:
    from extractor.pdf.paper import Paper, Part


def sniff(head: bytes) -> float:
    return 1.0 if head.startswith(b"%PDF-") else 0.0


@reader("pdf", sniff=sniff, suffixes=(".pdf",), rank=30)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """PDF papers that hold text: sections, tables, page and place of each quote (needs trialspan[pdf])."""
    from extractor.pdf.paper import paper_of  # late: other formats do without

    data = stream.read()
    try:
        yield _document(paper_of(data), stem, hashlib.sha256(data).hexdigest())
    except ParseError as error:
        yield error


def _document(paper: Paper, stem: str, digest: str) -> Document:
    parts: dict[str, str] = {}
    layout: dict[str, list[list[Any]]] = {}
    for part in [*sorted(paper.parts, key=_first), *(part for part, _ in paper.tables)]:
        name = free(part.name, parts)
        parts[name] = part.text
        layout[name] = [[*line[:-1], list(line[-1])] for line in part.lines]
    tables = []
    names = list(parts)[len(paper.parts) :]
    for name, (_, table) in zip(names, paper.tables, strict=True):
        table.name = name
        tables.append(table)
    body = "\n".join(text for name, text in parts.items() if name not in names)
    from extractor.tables.read import read_tables

    found = read_tables([*tables, *paper.unread], body)
    return Document(
        stem,
        "pdf",
        parts,
        ids=Ids(doi=doi_in(body[:4000]), nct=ncts_in(parts.get(TITLE), parts.get(ABSTRACT))),
        retracted=retracted_in_title(parts.get(TITLE)),
        notes=found.notes,
        given=found.facts,
        metadata={LAYOUT: layout, PDF_SHA256: digest},
    )


def _first(part: Part) -> int:
    """Title and abstract stand before the rest, whose order is that of the pages."""
    return {TITLE: 0, ABSTRACT: 1}.get(part.name, 2)
