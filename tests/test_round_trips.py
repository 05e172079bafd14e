"""What is exported as references is read back with every field that was written."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from spacy.language import Language

from extractor.export import FORMATS
from extractor.inputs import documents
from extractor.model import Document, Ids, Record, check_evidence
from extractor.pipeline import extract
from extractor.settings import Settings
from tests.conftest import ROOT

FULL = Document(
    "lind2020",
    "ris",
    {"title": "Pericytes & 10^5 cells: 50% of {all}", "abstract": "Nine people_were given 2 x 10^6 cells; P<0.05."},
    Ids("99000021", "10.1234/a_b(1)", "PMC9900021", ("NCT09999991", "NCT09999992"), (("ISRCTN", "ISRCTN12345678"),)),
    year=2020,
    journal="Invented Journal & Co",
    authors=("Lind, Ada", "van den Berg, B", "Ekman, C. D."),
    language="eng",
    retracted=True,
    publication_types=("Journal Article", "Randomized Controlled Trial"),
    metadata={"volume": "7", "issue": "2", "pages": "11-19", "keywords": ["ataxia", "cells, blood"]},
)
BARE = Document("x-2", "csv", {"title": "Only a title", "abstract": ""})


def refused(*said: str) -> None:
    raise AssertionError(": ".join(said))


@pytest.mark.parametrize(
    ("name", "suffix"), [("ris", ".ris"), ("bibtex", ".bib"), ("csl", ".json"), ("jsonl", ".jsonl")]
)
def test_nothing_that_is_written_is_lost(tmp_path: Path, name: str, suffix: str) -> None:
    out = io.BytesIO()
    FORMATS[name].write([Record(FULL), Record(BARE)], out)
    path = tmp_path / f"references{suffix}"
    path.write_bytes(out.getvalue())
    failures: list[str] = []
    first, second = documents([path], Settings(), lambda *said: failures.append(": ".join(said)))
    assert failures == []
    for field in ("parts", "ids", "year", "journal", "authors", "language", "retracted", "publication_types"):
        assert getattr(first, field) == getattr(FULL, field), field
    assert {n: first.metadata.get(n) for n in FULL.metadata} == FULL.metadata
    assert (second.parts, second.year, second.retracted) == (BARE.parts, None, False)


def test_ris_keeps_the_id_and_the_addresses_of_authors(tmp_path: Path) -> None:
    out = io.BytesIO()
    own = replace(FULL, affiliations=("University of X; Town", "Dept, Y"))
    FORMATS["ris"].write([Record(own)], out)
    path = tmp_path / "references.ris"
    path.write_bytes(out.getvalue())
    (found,) = documents([path], Settings(), refused)
    assert (found.id, found.affiliations) == (own.id, own.affiliations)


@pytest.mark.parametrize(
    "name", ["clinicaltrials/study.json", "isrctn/trial.xml", "ctis/trial.json", "ictrp/trials.xml", "jats/set.xml"]
)
def test_what_a_register_or_a_table_states_survives_our_own_export(nlp: Language, tmp_path: Path, name: str) -> None:
    """A field of a register and a cell of a table are no words of the text: the records are read back with them."""
    path = tmp_path / "records.jsonl"
    first = list(extract(nlp, documents([ROOT / "tests" / "golden" / name], Settings(), refused)))
    with path.open("wb") as stream:
        FORMATS["jsonl"].write(first, stream)
    again = list(extract(nlp, documents([path], Settings(), refused)))
    assert [r.to_dict() for r in again] == [r.to_dict() for r in first]
    for record in again:
        check_evidence(record.document, record.facts)
