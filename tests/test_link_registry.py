"""Real ClinicalTrials.gov records with papers written for them: linked by their number, held against each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from extractor.link.annotated import annotated
from extractor.link.check import check
from extractor.link.linker import link
from extractor.model import Document, Record
from extractor.pipeline import extract
from extractor.sources.clinicaltrials import read
from extractor.store import Store
from extractor.store.links import LinkStore

PAPER = """Background: This is a report of one trial. Methods: In this randomized trial (ClinicalTrials.gov {nct}), {n}
patients were enrolled. Results: Patients were followed for 12 months."""


def studies(shared: Path) -> list[Document]:
    """The real records that have a number and an enrolment."""
    found = []
    for path in sorted((shared / "payloads" / "ctgov_v2").glob("aact_NCT*.json")):
        with path.open("rb") as stream:
            found += [d for d in read(stream, path.stem) if isinstance(d, Document) and d.ids.nct]
    return [d for d in found if enrolment(d) and len(d.text) < 30_000]


def enrolment(document: Document) -> int:
    return next((f.value["n"] for f in document.given if f.field == "participants"), 0)


def paper(document: Document, n: int) -> Document:
    text = PAPER.format(nct=document.ids.nct[0], n=n)
    return Document(f"paper-{document.ids.nct[0]}", "jsonl", {"title": "A report", "abstract": text}, year=2024)


@pytest.fixture
def records(shared: Path, nlp: Language) -> dict[str, list[Record]]:
    """For each real record: the record, a paper that agrees, and one with other people."""
    found = {}
    for document in studies(shared):
        n = enrolment(document)
        pages = [document, paper(document, n), paper(document, n + 50)]
        found[document.ids.nct[0]] = list(extract(nlp, pages))
    assert len(found) >= 4
    return found


def test_a_paper_finds_its_record(records: dict[str, list[Record]], tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db") as store:
        for entry, right, _ in records.values():
            store.add(entry)
            store.add(right)
        link(store)
        trials = LinkStore(store).trials()
        for nct, (entry, right, _) in records.items():
            assert trials[nct] == sorted([entry.document.id, right.document.id])
            how = LinkStore(store).links([right.document.id], kind="trial")
            assert [(one.method, one.state) for one in how] == [("registry_id", "confirmed")]
        conflicts = [
            c for r in annotated(store) for c in r.conflicts if c.kind in ("registry_differs", "duplicate_cohort")
        ]
        assert [c for c in conflicts if "people" in c.message] == []


def test_other_people_are_a_difference(records: dict[str, list[Record]]) -> None:
    for entry, right, wrong in records.values():
        assert "enrolment" not in {d.kind for d in check([entry, right])}
        assert "enrolment" in {d.kind for d in check([entry, wrong])}
