"""The shipped JSON Schema: every record that is written validates, every broken one does not."""

from __future__ import annotations

import copy
import itertools
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from spacy.language import Language

from extractor.export import FORMATS
from extractor.model import Record
from extractor.pipeline import extract
from extractor.schemas import record_schema
from extractor.sources.jsonl import read
from tests.conftest import CASES
from tests.strategies import records

VALIDATOR = Draft202012Validator(record_schema())


def problems(data: dict[str, Any]) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in VALIDATOR.iter_errors(data)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(record_schema())


@settings(max_examples=60, deadline=None)
@given(record=records())
def test_every_record_validates_and_comes_back(record: Record) -> None:
    data = record.to_dict()
    assert problems(data) == []
    bare = Record.from_dict(data)
    assert bare.to_dict() == data
    assert (bare.facts, bare.conflicts, bare.not_found) == (record.facts, record.conflicts, record.not_found)


@pytest.mark.parametrize("step", [15, pytest.param(1, marks=pytest.mark.torture)])
def test_what_the_pipeline_writes_validates(nlp: Language, step: int) -> None:
    """Texts of every case file, through extraction and the JSON export."""
    found = []
    for path in sorted(CASES.glob("*.jsonl")):
        with path.open("rb") as stream:
            found += list(extract(nlp, itertools.islice(read(stream, path.stem), 0, None, step)))
    assert found
    out = BytesIO()
    FORMATS["jsonl"].write(found, out)
    bad = [problem for record in found for problem in problems(record.to_dict())]
    assert bad == []
    assert len(out.getvalue().splitlines()) == len(found)


VALID: dict[str, Any] = {
    "schema": "trialspan.record/1",
    "document": {
        "id": "a",
        "source": "text",
        "title": None,
        "ids": {"pmid": None, "doi": None, "pmcid": None, "nct": []},
        "year": None,
        "journal": None,
        "authors": [],
        "affiliations": [],
        "publication_types": [],
        "language": None,
        "retracted": False,
        "parts": {"abstract": "43 patients"},
        "sha256": "0" * 64,
    },
    "facts": [
        {
            "field": "participants",
            "value": {"n": 43, "kind": "treated"},
            "evidence": [{"part": "abstract", "start": 0, "end": 11, "quote": "43 patients"}],
            "method": "rule:participants/x",
            "confidence": 0.9,
            "primary": True,
            "arm": None,
            "flags": [],
        }
    ],
    "conflicts": [{"kind": "k", "facts": [0], "other": [{"document": "b", "facts": [0]}], "message": "m"}],
    "not_found": ["sex"],
}


def test_a_key_may_be_added() -> None:
    assert problems(VALID | {"extra": 1}) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "trialspan.record/2"),
        ("document.source", "By fax"),
        ("document.sha256", "short"),
        ("document.parts.abstract", None),
        ("facts.0.confidence", 1.5),
        ("facts.0.evidence", []),
        ("facts.0.evidence.0.start", None),
        ("facts.0.evidence.0.quote", ""),
        ("facts.0.value", {"n": 43}),
        ("facts.0.value.kind", "invited"),
        ("facts.0.value.n", -1),
        ("conflicts.0.facts", ["first"]),
        ("not_found", None),
    ],
)
def test_a_broken_record_does_not_validate(path: str, value: object) -> None:
    data: Any = copy.deepcopy(VALID)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    assert problems(data) != []


VALUES: list[tuple[str, dict[str, Any], bool]] = [
    ("report_kind", {"name": "single-trial"}, True),
    ("report_kind", {"name": "letter"}, False),
    ("dose", {"low": 420000, "high": 420000, "unit": "cells/kg", "basis": "mean", "sd": None}, True),
    ("dose", {"low": 5, "high": 5, "unit": "mg", "basis": None, "sd": None}, False),
    ("administrations", {"low": 2, "high": 2, "interval": {"low": 2, "high": 2, "unit": "months"}}, True),
    ("administrations", {"low": 2, "high": 2, "interval": "2 months"}, False),
    ("phase", {"name": "1/2a"}, True),
    ("phase", {"name": "II"}, False),
    ("condition", {"name": "amyotrophic lateral sclerosis", "id": "MONDO:0004976"}, True),
    ("condition", {"name": "amyotrophic lateral sclerosis", "id": "no curie"}, False),
    ("registry_id", {"registry": "ClinicalTrials.gov", "id": "NCT02881476", "registered_on": "2016-08-29"}, True),
    ("registry_id", {"registry": "ClinicalTrials.gov", "id": "NCT02881476", "registered_on": "August"}, False),
    ("a_field_of_a_third_party", {"anything": [1]}, True),
]


@pytest.mark.parametrize(("field", "value", "valid"), VALUES)
def test_values_of_fields(field: str, value: dict[str, Any], valid: bool) -> None:
    data = copy.deepcopy(VALID)
    data["facts"][0] |= {"field": field, "value": value}
    assert (problems(data) == []) is valid
