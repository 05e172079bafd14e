"""Runs many inputs through the pipeline: one guard a document, counts at the end, an honest outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from spacy.language import Language

from extractor.model import Document, Record
from extractor.pipeline import extract


@dataclass(slots=True)
class Issue:
    """One input that failed: which, where, why."""

    input: str
    stage: str
    error: str


@dataclass(slots=True)
class Run:
    """Counts of a run, filled while it goes on."""

    read: int = 0
    extracted: int = 0
    deleted: int = 0
    issues: list[Issue] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return len(self.issues)


def run(nlp: Language, documents: Iterable[Document]) -> Iterator[Record]:
    """Records of `documents`, in order."""
    yield from extract(nlp, documents)
