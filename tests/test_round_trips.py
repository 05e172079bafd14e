"""What is exported as references is read back with every field that was written."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from extractor.export import FORMATS
from extractor.inputs import documents
from extractor.model import Document, Ids, Record
from extractor.settings import Settings

FULL = Document(
    "lind2020",
    "ris",
    {"title": "Pericytes & 10^5 cells: 50% of {all}", "abstract": "Nine people_were given 2 x 10^6 cells; P<0.05."},
    Ids("99000021", "10.1234/a_b(1)", "PMC9900021", ("NCT09999991",)),
    year=2020,
    journal="Invented Journal & Co",
    authors=("Lind, Ada", "van den Berg, B", "Ekman, C. D."),
    language="eng",
    retracted=True,
    metadata={"volume": "7", "issue": "2", "pages": "11-19"},
)
BARE = Document("x-2", "csv", {"title": "Only a title", "abstract": ""})


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
    for field in ("parts", "ids", "year", "journal", "authors", "language", "retracted"):
        assert getattr(first, field) == getattr(FULL, field), field
    assert {n: first.metadata.get(n) for n in FULL.metadata} == FULL.metadata
    assert (second.parts, second.year, second.retracted) == (BARE.parts, None, False)
