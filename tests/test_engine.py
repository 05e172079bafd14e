"""Runs: order, counts, one bad document among good ones, one process or several."""

from __future__ import annotations

import json

from spacy.language import Language

from extractor.engine import Run, extract_batch, run
from extractor.model import Document, Record
from extractor.settings import Settings


def documents(count: int) -> list[Document]:
    return [
        Document(f"d{i}", "text", {"abstract": f"Trial NCT0{i:07d} gave {i} patients cells."}) for i in range(count)
    ]


def lines(settings: Settings, count: int) -> list[str]:
    return [json.dumps(r.to_dict()) for r in run(documents(count), settings, Run())]


def test_processes_change_nothing() -> None:
    assert lines(Settings(processes=2), 70) == lines(Settings(), 70)


def test_one_document_at_fault(nlp: Language) -> None:
    long = Document("long", "text", {"abstract": "x " * nlp.max_length})
    outcomes = extract_batch(nlp, [*documents(2), long, *documents(1)])
    assert [type(o).__name__ for o in outcomes] == ["Record", "Record", "Issue", "Record"]
    issue = outcomes[2]
    assert not isinstance(issue, Record)
    assert issue.input == "long" and "max_length" in issue.error


def test_counts(nlp: Language) -> None:
    report = Run()
    gone = Document("gone", "pubmed", {}, deleted=True)
    empty = Document("empty", "jsonl", {"abstract": ""})
    records = list(run([*documents(1), gone, empty], Settings(), report))
    assert [r.document.id for r in records] == ["d0", "gone", "empty"]
    assert report.summary() == "3 read, 2 extracted, 1 deleted, 0 failed"
    assert records[2].not_found
