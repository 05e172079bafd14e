"""Runs many documents through the pipeline: one guard a document, counts at the end, on one process or twenty.

The unit of work is a batch of documents in input order. A batch is a pure function of its documents, and results come back
in order, so the number of processes never changes the output.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from spacy.language import Language

from extractor.errors import TimeLimitError
from extractor.limits import limited
from extractor.model import Document, Record
from extractor.pipeline import build, extract
from extractor.settings import Settings

BATCH = 32  # documents; also the batch of the trained components
AHEAD = 4  # batches a process that wait for their turn, so that memory stays bounded

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Issue:
    """One input that failed: which, at which stage, why."""

    input: str
    stage: str
    error: str


@dataclass(slots=True)
class Run:
    """Counts of a run, filled while it goes on."""

    read: int = 0
    extracted: int = 0
    deleted: int = 0
    wordless: list[str] = field(default_factory=list)  # ids of reports that came with neither title nor text
    issues: list[Issue] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return len(self.issues)

    def fail(self, name: str, stage: str, error: str) -> None:
        """Write down one failure; the run goes on."""
        log.debug("%s failed at %s: %s", name, stage, error)
        self.issues.append(Issue(name, stage, error))

    def summary(self) -> str:
        """The counts in one line.

        >>> Run(read=3, extracted=2, deleted=1).summary()
        '3 read, 2 extracted, 1 deleted, 0 failed'
        """
        return f"{self.read} read, {self.extracted} extracted, {self.deleted} deleted, {self.failed} failed"


Outcome = Record | Issue


def run(documents: Iterable[Document], settings: Settings, report: Run) -> Iterator[Record]:
    """Records of `documents` in their order; failures go to `report`.

    A deleted document comes back as a record without facts, so that the store can mark it.
    """
    batches = batched(counted(documents, report), BATCH)
    outcomes = _parallel(batches, settings) if settings.processes > 1 else _serial(batches, settings)
    for outcome in outcomes:
        if isinstance(outcome, Issue):
            report.issues.append(outcome)
            continue
        if outcome.document.deleted:
            report.deleted += 1
        else:
            report.extracted += 1
        yield outcome


def counted(documents: Iterable[Document], report: Run) -> Iterator[Document]:
    for document in documents:
        report.read += 1
        if not (document.deleted or document.given or document.text.strip()):
            report.wordless.append(document.id)
        yield document


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """`items` in lists of `size`, the last one shorter."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def extract_batch(nlp: Language, batch: list[Document], seconds: float = 0) -> list[Outcome]:
    """Outcomes of one batch; where the batch fails as a whole, each document is tried alone to find the one at fault."""
    try:
        return list(limited(_records(nlp, batch), seconds))
    except Exception as error:
        if len(batch) > 1:
            return [outcome for document in batch for outcome in extract_batch(nlp, [document], seconds)]
        log.debug("traceback", exc_info=True)
        said = str(error) if isinstance(error, TimeLimitError) else f"{type(error).__name__}: {error}"
        return [Issue(batch[0].id, "extract", said)]


def _records(nlp: Language, batch: list[Document]) -> Iterator[Record]:
    done = extract(nlp, [d for d in batch if not d.deleted], batch_size=BATCH)
    for document in batch:
        yield Record(document) if document.deleted else next(done)


def _serial(batches: Iterable[list[Document]], settings: Settings) -> Iterator[Outcome]:
    nlp = build(settings)
    for batch in batches:
        yield from extract_batch(nlp, batch, settings.max_seconds)


def _parallel(batches: Iterator[list[Document]], settings: Settings) -> Iterator[Outcome]:
    with ProcessPoolExecutor(
        settings.processes, mp_context=get_context("spawn"), initializer=_start, initargs=(settings,)
    ) as pool:
        waiting: list[Future[list[Outcome]]] = []
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            if len(waiting) > AHEAD * settings.processes:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


_worker: dict[str, tuple[Language, Settings]] = {}  # one pipeline a worker process, set by its initializer


def _start(settings: Settings) -> None:
    _worker["nlp"] = build(settings), settings


def _work(batch: list[Document]) -> list[Outcome]:
    nlp, settings = _worker["nlp"]
    return extract_batch(nlp, batch, settings.max_seconds)
