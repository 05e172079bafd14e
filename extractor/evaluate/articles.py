"""Gold of full texts: the article that lies beside a gold file, read as any input is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from extractor.evaluate.keys import Gold
from extractor.evaluate.scorer import document_of
from extractor.inputs import Report, documents
from extractor.model import Document
from extractor.settings import Settings

SUFFIXES = (".nxml", ".xml", ".pdf")


def article_beside(folder: Path) -> dict[str, Path]:
    """Id (the file's name without suffix) to article, of all articles in a folder."""
    return {path.stem: path for suffix in SUFFIXES for path in sorted(folder.rglob(f"*{suffix}"))}


def with_text(entries: Iterable[Gold], folder: Path) -> list[Gold]:
    """The entries that have a text: their own, or an article beside them."""
    beside = article_beside(folder)
    return [e for e in entries if e.get("text") or e["id"] in beside]


def documents_of(entries: Sequence[Gold], folder: Path, settings: Settings, report: Report) -> Iterator[Document]:
    """The documents of gold entries, each under the entry's id."""
    beside = article_beside(folder)
    for entry in entries:
        if entry.get("text"):
            yield document_of(entry)
        else:
            for document in documents([beside[entry["id"]]], settings, report):
                yield replace(document, id=entry["id"])
