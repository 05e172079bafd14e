"""Readers: golden pairs of raw bytes and documents, recognition by content, nothing lost of the text."""

from __future__ import annotations

import io
import json
import textwrap
from pathlib import Path

import jsonschema
import pytest

from extractor import inputs
from extractor.assemble import assemble
from extractor.model import Document, Evidence, Fact, check_evidence
from extractor.schemas import record_schema
from extractor.settings import Settings
from extractor.sources import READERS
from extractor.sources.pages import find_page
from tests.conftest import ROOT
from tests.golden import SUFFIX, expected, items, shape, write

GOLDEN = ROOT / "tests" / "golden"
RAW = sorted(p for p in GOLDEN.glob("*/*") if not p.name.endswith(SUFFIX))


@pytest.mark.parametrize("path", RAW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_golden(path: Path) -> None:
    """The bytes give exactly the documents beside them, and every given fact quotes its source."""
    found = items(path)
    wanted = json.loads(expected(path).read_text(encoding="utf-8"))
    assert [shape(item) for item in found] == wanted
    for item in found:
        assert isinstance(item, Document)
        check_evidence(item, item.given)


def test_an_expected_file_is_written(tmp_path: Path) -> None:
    raw = tmp_path / "one.ris"
    raw.write_text("TY  - JOUR\nTI  - Cells for all\nAB  - Ten patients were treated.\nER  - \n", encoding="utf-8")
    (found,) = json.loads(write(raw).read_text(encoding="utf-8"))
    assert found["parts"] == {"title": "Cells for all", "abstract": "Ten patients were treated."}


def test_every_reader_has_a_golden_pair() -> None:
    used = {inputs.recognised(_head(path), path.name).name for path in RAW}
    assert used == set(READERS)


def _head(path: Path) -> bytes:
    import gzip

    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == inputs.GZIP else data


@pytest.mark.parametrize("path", RAW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_recognised_without_its_name(path: Path) -> None:
    """The content alone tells the format."""
    assert inputs.recognised(_head(path)).name == inputs.recognised(_head(path), path.name).name


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("text/*.txt")), ids=lambda p: p.name)
def test_parts_of_a_page_are_slices_of_it(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    for item in items(path):
        assert isinstance(item, Document)
        for name, start in item.starts.items():
            assert text[start : start + len(item.parts[name])] == item.parts[name]


STARTER = sorted((ROOT / "corpora" / "als_msc").glob("*.json"))
READING = (GOLDEN / "text" / "reading_service.txt").read_text(encoding="utf-8")
FRAMES = {
    "reading service": (READING[: READING.index("Safety of")], "", READING[READING.index("Full text links") :]),
    "with names": ("Add to saved papers\nJOURNAL ARTICLE\n", "\nAda Lind, Bo Ekman, Cia Strand\nInvented Journal 2019 March 12\n", "\nFull text links\nSimilar articles\n"),
    "types before, comments after": (
        "Log In | Sign Up\nSearch\nCLINICAL TRIAL\nMULTICENTER STUDY\nRESEARCH SUPPORT, NON-U.S. GOV'T\n",
        "\nAda Lind, Bo Ekman, Cia Strand\nInvented Journal 2019 March\n",
        "\nComments\nYou need to log in to comment.\nTrending Papers\nHow to read a page that has more on it than was asked for. It is a practical approach.\n",
    ),
    "pubmed": (
        "Skip to main page content\nLog in\nDisplay options\nCell Ther Invent\n. 2019 Jan;28(1):55-64. doi: 10.1234/x. Epub 2018 Oct 9.\n",
        "\nAda Lind et al.\nAffiliations\n1 Department of Cells, University of Nowhere, Nowhere.\nPMID: 99000001 DOI: 10.1234/x\nAbstract\n",
        "\nKeywords: cells; trial.\nPubMed Disclaimer\nSimilar articles\nStem cells for everything: a systematic review of all the trials that were ever done.\n",
    ),
    "publisher": (
        "Skip to main content\nSearch\nJournal of Cells\nArticle\n",
        "\nOpen access\nPublished: 09 October 2018\nVolume 28, pages 55–64\nAda Lind & Bo Ekman\n1234 Accesses\nAbstract\n",
        "\nIntroduction\nCells have been used in many diseases. They were first described long ago, and have since been studied by many people in many places.\nReferences\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
def test_title_and_abstract_are_found_in_any_frame(frame: str) -> None:
    """Each starter document, put into a page's frame, comes out of it unchanged."""
    before, between, after = FRAMES[frame]
    for path in STARTER:
        row = json.loads(path.read_text(encoding="utf-8"))
        if not row.get("title"):
            continue
        text = f"{before}{row['title']}{between or chr(10) * 2}{row['text']}\n{after}"
        page = find_page(text)
        assert page is not None and page.title is not None, path.name
        assert text[slice(*page.title)] == row["title"].strip(), path.name
        assert text[slice(*page.abstract)] == row["text"].strip(), path.name


def test_a_page_wrapped_to_a_width() -> None:
    """Line breaks in the middle of sentences are no ends of lines; the slices keep them."""
    row = json.loads((ROOT / "corpora" / "als_msc" / "barczewska2019.json").read_text(encoding="utf-8"))
    title, abstract = textwrap.fill(row["title"], 80), textwrap.fill(row["text"], 80)
    before, _, after = (
        "\n".join(textwrap.fill(line, 80) for line in part.split("\n")) for part in FRAMES["reading service"]
    )
    text = f"{before}{title}\n\n{abstract}\n\n{after}"
    page = find_page(text)
    assert page is not None and page.title is not None
    assert (text[slice(*page.title)], text[slice(*page.abstract)]) == (title, abstract)


def test_a_text_without_a_frame_is_no_page() -> None:
    assert [p.name for p in STARTER if find_page(json.loads(p.read_text(encoding="utf-8"))["text"])] == []


def test_a_record_of_fields_outranks_its_text() -> None:
    """One kind of report, and one enrolment of the trial's own, though the text was read too."""
    (study,) = items(GOLDEN / "clinicaltrials" / "study.json")
    assert isinstance(study, Document)
    quote = Evidence("title", "Trial", 46, 51)
    read = [
        Fact("report_kind", {"name": "protocol"}, (quote,), "rule:report_kind/title", 0.9),
        Fact("participants", {"n": 5, "kind": "treated"}, (quote,), "rule:participants/number", 0.9),
    ]
    record = assemble(study, read, ["report_kind", "participants", "ethics_approval"])
    assert [f.value for f in record.of("report_kind")] == [{"name": "single-trial"}]
    assert [f.value["n"] for f in record.of("participants")] == [20]
    assert [f.value["n"] for f in record.of("participants", primary=False)] == [20, 5]
    assert record.not_found == ("ethics_approval",)


def test_xml_in_utf16_and_named_characters() -> None:
    head = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "http://127.0.0.1:9/none.dtd">'
    text = "<article><front><article-meta><title-group><article-title>&beta;-cells in Z&uuml;rich&nbsp;1</article-title></title-group></article-meta></front></article>"
    (document,) = inputs.read(io.BytesIO((head + text).encode("utf-16")), "x.xml", "x", Settings())
    assert isinstance(document, Document)
    assert document.title == "β-cells in Zürich\u00a01"


def test_an_unknown_entity_is_named() -> None:
    head = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "http://127.0.0.1:9/none.dtd">'
    text = "<article><front><article-meta><title-group><article-title>&nosuch;</article-title></title-group></article-meta></front></article>"
    (item,) = inputs.read(io.BytesIO((head + text).encode()), "x.xml", "x", Settings())
    assert "&nosuch; is not known" in str(item)


def test_figures_in_sections_on_others_work_are_not_primary() -> None:
    (document, _) = items(GOLDEN / "jats" / "set.xml")
    assert isinstance(document, Document)
    own, table = Evidence("Methods", "Cells", 8, 13), Evidence("Table 1", "Cells (n = 30)", 78, 92)
    read = [
        Fact("participants", {"n": 30, "kind": "treated"}, (at,), "rule:participants/number", 0.9)
        for at in (own, table)
    ]
    record = assemble(document, read, [])
    assert [f.primary for f in record.of("participants", primary=False)] == [True, False]
    assert all(f.primary for f in record.of("adverse_event", primary=False))


@pytest.mark.parametrize(
    ("title", "retracted"),
    [
        ("RETRACTED: Cells for all", True),
        ("[Retracted] Cells for all", True),
        ("Retracted Article: Cells for all", True),
        ("Retraction: Cells for all", False),
        ("Retracted papers in cell therapy: a survey", False),
    ],
)
def test_retraction_in_a_title(title: str, retracted: bool) -> None:
    table = f'Title,Abstract,PMID\n"{title}",Ten people.,99000001\n'.encode()
    (document,) = inputs.read(io.BytesIO(table), "x.csv", "x", Settings())
    assert isinstance(document, Document)
    assert (document.retracted, document.id) == (retracted, "pubmed:99000001")


def test_pubmed_text_with_carriage_returns() -> None:
    data = (GOLDEN / "text" / "two_records_pubmed.txt").read_bytes()
    plain, other = (
        list(inputs.read(io.BytesIO(d), "x.txt", "x", Settings())) for d in (data, data.replace(b"\n", b"\r\n"))
    )
    assert [shape(item)["title"].split() for item in plain] == [shape(item)["title"].split() for item in other]
    assert [shape(item)["parts"]["abstract"].split() for item in plain] == [
        shape(item)["parts"]["abstract"].split() for item in other
    ]


@pytest.mark.parametrize("path", RAW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_records_are_of_the_shipped_shape(path: Path) -> None:
    for item in items(path):
        assert isinstance(item, Document)
        jsonschema.validate(json.loads(json.dumps(assemble(item, [], []).to_dict())), record_schema())
