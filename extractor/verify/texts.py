"""Which document a claim means: by its id, or by an identifier of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractor.model import Document
from extractor.verify.cells import Cell


def names_of(document: Document) -> list[str]:
    """All names by which a table may call a document, in lower case."""
    ids = document.ids
    return [n.strip().lower() for n in (document.id, ids.pmid, ids.doi, ids.pmcid, *ids.nct, document.title) if n]


def settled(cells: Sequence[Cell], documents: Iterable[Document]) -> tuple[list[Cell], list[Cell]]:
    """The cells with the id of their document, and those whose document is not there."""
    known: dict[str, str] = {}
    for document in documents:
        for name in names_of(document):
            known.setdefault(name, document.id)
    found, lost = [], []
    for cell in cells:
        id = known.get(cell.document.strip().lower()) or known.get(
            cell.document.strip().lower().removeprefix("pmid:").strip()
        )
        if id is None:
            lost.append(cell)
        else:
            found.append(replace(cell, document=id))
    return found, lost
