"""From a saved page to checked facts: what the page must give, with exact offsets and nothing from its frame."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from spacy.language import Language

from extractor.engine import Run, run
from extractor.inputs import documents
from extractor.model import Document, Record, check_evidence
from extractor.pipeline import extract
from extractor.schemas import record_schema
from extractor.settings import Settings
from tests.conftest import ROOT, SHARED

OWN_PAGE = ROOT / "tests" / "golden" / "text" / "reading_service.txt"
SEED_PAGE = Path("payloads/html/qxmd_page_seed.txt")


def read(path: Path, nlp: Language) -> Record:
    problems: list[Any] = []
    found = list(documents([path], Settings(), lambda *p: problems.append(p)))
    assert problems == [] and len(found) == 1
    return next(extract(nlp, found))


@pytest.fixture(params=["own", "seed"])
def page(request: pytest.FixtureRequest) -> Path:
    if request.param == "own":
        return OWN_PAGE
    if SHARED is None:
        pytest.skip("needs the data folder ../shared, which is not here")
    return SHARED / SEED_PAGE


def values(record: Record, name: str) -> list[dict[str, Any]]:
    return [f.value for f in record.of(name)]


def test_a_saved_page(page: Path, nlp: Language) -> None:
    record = read(page, nlp)
    check_evidence(record.document, record.facts)
    text = page.read_text(encoding="utf-8")
    for name, part in record.document.parts.items():
        start = record.document.starts[name]
        assert text[start : start + len(part)] == part
    assert "Add dislike" not in record.document.text and "copyright" not in record.document.text.lower()

    def names(field: str) -> list[str]:
        return [v["name"] for v in values(record, field)]

    assert names("report_kind") == ["single-trial"]
    assert names("condition") == ["amyotrophic lateral sclerosis"]
    assert names("cell_type") == ["mesenchymal stem cell"]
    assert names("cell_source") == ["Wharton's jelly"]
    assert names("route") == ["intrathecal"]
    assert names("route_site") == ["cervical", "thoracic", "lumbar"]
    dose = record.of("dose")
    assert [(f.value["low"], f.value["high"], f.value["unit"], f.value["basis"]) for f in dose] == [
        (420000, 420000, "cells/kg", "mean")
    ]
    assert "exponent_repaired" in dose[0].flags
    given = values(record, "administrations")
    assert [(v["low"], v["high"]) for v in given] == [(2, 2)]
    assert given[0]["interval"] == {"low": 2, "high": 2, "unit": "months"}
    assert [v["n"] for v in values(record, "participants")] == [43]
    assert [(v["female"], v["male"]) for v in values(record, "sex")] == [(16, 27)]
    assert [v["mean"] for v in values(record, "age")] == [57.3]
    assert [(v["high"], v["unit"]) for v in values(record, "follow_up")] == [(6, "months")]
    events = {(v["term"].lower(), v["assertion"], v["n"]) for v in values(record, "adverse_event")}
    assert events == {("adverse events", "none_reported", None), ("headache", "present", 1)}
    assert [c.kind for c in record.conflicts] == ["blanket_contradicted"]
    assert [(v["id"], v["registered_on"]) for v in values(record, "registry_id")] == [("NCT02881476", "2016-08-29")]
    assert [v["id"] for v in values(record, "ethics_approval")] == ["36/2014", "8/2016"]
    assert {"donor", "deaths", "phase", "arm"} <= set(record.not_found)


def test_records_of_the_starter_corpus_are_valid() -> None:
    schema = jsonschema.Draft202012Validator(record_schema())
    report = Run()
    records = list(run(documents([ROOT / "corpora" / "als_msc"], Settings(), report.fail), Settings(), report))
    assert report.failed == 0 and len(records) == 36
    for record in records:
        check_evidence(record.document, record.facts)
        schema.validate(json.loads(json.dumps(record.to_dict())))
        assert [f.value["name"] for f in record.facts if f.field == "report_kind"]


def real_texts(shared: Path, of_gold: int, of_training: int) -> list[dict[str, Any]]:
    """About so many texts of the gold sets and so many real abstracts, spread evenly."""
    paths = sorted(shared.glob("gold/*/*.json"))
    rows = []
    for path in paths[:: max(1, len(paths) // of_gold)]:
        entry = json.loads(path.read_text(encoding="utf-8"))
        rows.append({"id": path.stem, "title": entry.get("title"), "text": entry["text"]})
    for name in ("rct_adverse", "ebm_train", "pico_corpus", "evidence_outcomes"):
        lines = (shared / "training" / f"{name}.jsonl").read_text(encoding="utf-8").strip().split("\n")
        step = max(1, len(lines) // (of_training // 4))
        rows += [
            {"id": f"{name}:{i}", "text": json.loads(line)["text"]} for i, line in enumerate(lines) if i % step == 0
        ]
    return rows


@pytest.mark.parametrize(
    ("of_gold", "of_training", "least"),
    [(40, 40, 80), pytest.param(1_000_000, 2_200, 2_094, marks=pytest.mark.torture)],
)
def test_every_quote_is_its_slice_over_real_texts(shared: Path, of_gold: int, of_training: int, least: int) -> None:
    """Gold texts and real abstracts: no error, no quote that is not there, no invalid record."""
    schema = jsonschema.Draft202012Validator(record_schema())
    rows = real_texts(shared, of_gold, of_training)
    assert len(rows) >= least
    stream = io.BytesIO("\n".join(json.dumps(row) for row in rows).encode())
    report = Run()
    count = 0
    for record in run(documents(["-"], Settings(), report.fail, stdin=stream), Settings(), report):
        check_evidence(record.document, record.facts)
        if count % 10 == 0:
            schema.validate(json.loads(json.dumps(record.to_dict())))
        count += 1
    assert (count, report.failed) == (len(rows), 0)


def test_no_quote_runs_from_title_to_abstract(nlp: Language) -> None:
    """Wherever a text is cut into title and abstract, the whole document is read and every quote stays in its part."""
    text = "Misoprostol by two routes Women were randomised, n = 36 to oral and n = 34 to vaginal use; two (6 %) had fever of 38 degrees"
    blanks = [i for i, letter in enumerate(text) if letter == " "]
    cut = [Document(str(i), "text", {"title": text[:i], "abstract": text[i + 1 :]}) for i in blanks]
    for record in extract(nlp, cut):
        check_evidence(record.document, record.facts)


def test_what_is_no_prose_is_read_in_time(nlp: Language) -> None:
    """A pasted sequence, a number of thousands of digits, a page of blanks: read, and the facts around them found."""
    around = "Ten patients with amyotrophic lateral sclerosis received mesenchymal stem cells. {} No adverse events occurred."
    noise = [
        "a" * 40_000,
        "9" * 5_000,
        " " * 40_000,
        "(" * 500 + "\n" * 3_000,
        "(" * 100_000,
        "( " * 20_000,
        '"' * 20_000,
        "1.1." * 20_000,
        "10(6)" * 9_000,
    ]
    documents = [Document(str(i), "text", {"abstract": around.format(text)}) for i, text in enumerate(noise)]
    for record in extract(nlp, documents):
        check_evidence(record.document, record.facts)
        assert {"participants", "adverse_event"} <= {f.field for f in record.facts}
