"""What a registry record states of a trial's plan and course, as tables show it."""

from __future__ import annotations

from io import BytesIO

import pytest
from spacy.language import Language

from extractor.export.values import field_shown
from extractor.model import Document, Record
from extractor.pipeline import extract
from extractor.sources.clinicaltrials import read
from tests.conftest import ROOT

PLAN = ROOT / "tests" / "golden" / "clinicaltrials" / "plan.json"


@pytest.fixture(scope="module")
def record(nlp: Language) -> Record:
    documents = [d for d in read(BytesIO(PLAN.read_bytes()), "plan") if isinstance(d, Document)]
    return next(extract(nlp, documents))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("comparator", "Sham puncture; Watched"),
        ("country", "South Korea; Nowhereland"),
        ("funding", "Example Biotech (sponsor); Example Health Agency (collaborator); Nowhere Foundation (collaborator)"),
        ("recruitment", "2016-03-01 to 2019-06 (study)"),
        ("outcome", "primary: Adverse events, 12 months; 2 secondary outcomes"),
        ("withdrawals", "2 of 10 (2 death) [Cells, First year]; 0 of 10 [Sham puncture, First year]; 1 of 8 [Cells, Extension]"),
        ("concomitant", "Riluzole (both groups); Filgrastim (tested group)"),
    ],
)  # fmt: skip
def test_the_record_outranks_its_text_and_stays_short(record: Record, field: str, words: str) -> None:
    assert field_shown(record, field) == words


def test_a_stated_zero_of_a_reason_is_kept(record: Record) -> None:
    deaths = [f for f in record.of("withdrawals") if f.value["reason"] == "death"]
    assert {f.arm: f.value["n"] for f in deaths} == {"Cells": 2, "Sham puncture": 0}
