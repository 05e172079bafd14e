"""Files of many exporters: each gives what is right, and none costs another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from extractor.inputs import documents
from extractor.model import Document
from extractor.pipeline import extract
from extractor.settings import Settings
from extractor.store import Store
from tests.conftest import SHARED
from tests.test_identity import put

FILES = SHARED / "cases" / "files" if SHARED else None
# file: how many reports, and what the first one says
WANTED: dict[str, tuple[int, dict[str, Any]]] = {
    "wos_new_tags.txt": (1, {"year": 2023, "doi": "10.1000/abc.1", "pmid": "31234567"}),
    "ris_two_ab_blank_line.ris": (1, {"abstract": "Background: a reason.\nResults: headache occurred in 3 of 12 patients."}),
    "ris_two_m3_blank_line.ris": (1, {}),
    "ris_ty_not_first.ris": (2, {"title": "First report of cells in ALS"}),
    "endnote_tagged.enw": (2, {}),
    "ovid_tagged.txt": (2, {}),
    "euctr_download.txt": (2, {"id": "euctr:2015-001234-20", "n": 24, "phase": "2"}),
    "refworks_tagged.txt": (2, {}),
    "pubmed_summary.txt": (2, {"pmid": "31234567", "title": "Mesenchymal stem cells in ALS"}),
    "isrctn_no_declaration.xml": (1, {"id": "isrctn:ISRCTN12345678"}),
    "endnote.xml": (1, {"year": 2019, "doi": "10.1000/abc.1", "pmid": "31234567"}),
    "library_csl.json": (2, {"doi": "10.1000/abc.1", "pmid": "31234567", "year": 2019, "journal": "Journal of Cells"}),
    "embase_export.csv": (1, {"year": 2019, "doi": "10.1000/abc.1", "pmid": "31234567"}),
    "covidence.csv": (1, {"year": 2019}),
    "openalex.csv": (1, {"title": "Mesenchymal stem cells in ALS", "journal": "Journal of Cells", "pmid": "31234567", "retracted": True}),
    "ictrp.csv": (1, {"nct": ("NCT01234567",), "n": 24, "phase": "2"}),
    "ictrp.xml": (1, {"n": 24}),
    "springer.csv": (1, {"title": "Mesenchymal stem cells in ALS", "doi": "10.1000/abc.1", "year": 2019}),
    "one_author.csv": (2, {"authors": ("Gamma, C",)}),
    "central_registry.ris": (1, {"nct": ("NCT01234567",), "authors": ()}),
    "central_article.ris": (1, {"pmid": "31234567", "journal": "Journal of cells"}),
    "bib_repeated_field.bib": (1, {}),
    "pubmed_article_in.txt": (1, {"abstract": "Twenty patients with amyotrophic lateral sclerosis received intrathecal cells. \nHeadache occurred in 3 of 20 patients."}),
    "ris_no_blank_after_hyphen.ris": (1, {"title": "Cells in ALS", "abstract": "Six patients received cells."}),
    "ris_indented.ris": (2, {}),
    "na_values.ris": (1, {"abstract": "", "journal": None, "authors": ()}),
    "pmid_zero.csv": (2, {"pmid": None}),
}  # fmt: skip


def said(document: Document) -> dict[str, Any]:
    given = {f.field: f.value for f in document.given}
    return {
        "id": document.id, "title": document.title, "abstract": document.parts.get("abstract"), "year": document.year,
        "journal": document.journal, "authors": document.authors, "retracted": document.retracted, "doi": document.ids.doi,
        "pmid": document.ids.pmid, "nct": document.ids.nct, "n": given.get("participants", {}).get("n"),
        "phase": given.get("phase", {}).get("name"),
    }  # fmt: skip


def read(*names: str) -> list[Document]:
    assert FILES is not None
    failures: list[str] = []
    found = list(documents([FILES / n for n in names], Settings(), lambda *what: failures.append(": ".join(what))))
    assert failures == []
    return found


@pytest.mark.parametrize("name", list(WANTED))
def test_what_a_file_says(shared: Path, name: str) -> None:
    count, first = WANTED[name]
    found = read(name)
    assert len(found) == count
    assert {key: said(found[0])[key] for key in first} == first


@pytest.mark.parametrize(
    ("names", "reports"),
    [
        (("same_name_a/export.ris", "same_name_b/export.ris"), 2),
        (("id_column_a.csv", "id_column_b.csv"), 2),
        (("pmid_zero.csv",), 2),
        (("dup_short_a.ris", "dup_short_b.ris"), 1),
        (("richer.nbib", "poorer.csv"), 1),
        (("poorer.csv", "richer.nbib"), 1),
    ],
)
def test_how_many_reports_they_are(shared: Path, tmp_path: Path, names: tuple[str, ...], reports: int) -> None:
    with Store.open(tmp_path / "r.db") as store:
        put(store, *read(*names))
        assert len(store.documents()) == reports
        if "poorer.csv" in names:
            (one,) = (r.document for r in store.records())
            assert one.retracted and one.ids.nct == ("NCT01234567",) and one.ids.pmcid == "PMC6512345"
            assert "Headache occurred in 3 of 12" in one.text


# text: what must be read of its events (term, count, assertion, grade), or of another field
READ: dict[str, set[tuple[Any, ...]]] = {
    "neg_but.txt": {("headache", None, "absent", None), ("fever", 5, "present", None)},
    "neg_although.txt": {("meningitis", None, "absent", None), ("fever", 4, "present", None)},
    "neg_and.txt": {("headache", None, "absent", None), ("fever", 5, "present", None)},
    "neg_fever_but_no.txt": {("fever", 5, "present", None), ("headache", None, "absent", None)},
    "neg_deaths_and.txt": {("death", None, "absent", None), ("headache", 3, "present", None)},
    "absence_of.txt": set(),
    "improvement_of.txt": set(),
    "dose_arm_as_count.txt": {("infusion-related reactions", 2, "present", "3 to 4")},
    "decimal_comma.txt": {("headache", None, "present", None)},
    "dose_blanks.txt": set(),
}
VALUES = {"decimal_comma.txt": ("adverse_event", "percent", 12.5), "dose_blanks.txt": ("dose", "low", 1_500_000)}
VALUES |= {"neg_deaths_and.txt": ("deaths", "n", 0), "neg_although.txt": ("adverse_event", "denominator", 20)}


@pytest.mark.parametrize("name", [*READ, "no_difference_samples.txt"])
def test_what_is_read_of_a_text(shared: Path, nlp: Language, name: str) -> None:
    (record,) = extract(nlp, read(name))
    events = [f.value for f in record.of("adverse_event")]
    found = {(e["term"].lower(), e["n"], e["assertion"], e["grade"]) for e in events}
    assert found == READ.get(name, set())
    if name in VALUES:
        field, key, value = VALUES[name]
        assert value in [f.value[key] for f in record.of(field)]


def test_every_file_of_references_is_named_above(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "cases" / "files" / "list.jsonl").read_text().splitlines()]
    texts = [r["file"] for r in rows if " import " in f" {r['command']}" or not r["file"].endswith(".txt")]
    others = {"robvis_rob2.csv", "richer.nbib", "poorer.csv", "dup_short_a.ris", "dup_short_b.ris"}
    others |= {"id_column_a.csv", "id_column_b.csv", "same_name_a/export.ris", "same_name_b/export.ris"}
    assert [name for name in texts if name not in WANTED and name not in others and "file of" not in name] == []
    assert {r["file"] for r in rows} <= {*WANTED, *READ, *others, "no_difference_samples.txt"}
