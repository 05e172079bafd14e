"""What each exporter writes is read; a fault in one record costs no other, in any format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.inputs import documents
from extractor.model import Document
from extractor.settings import Settings
from tests.exporters import EXPORTS


def read(path: Path) -> tuple[list[Document], list[str]]:
    failures: list[str] = []
    return list(documents([path], Settings(), lambda *said: failures.append(": ".join(said)))), failures


def said(document: Document) -> dict[str, Any]:
    return {
        "title": document.title, "abstract": document.parts.get("abstract", ""), "year": document.year,
        "doi": (document.ids.doi or "").lower(), "pmid": document.ids.pmid, "author": (*document.authors, "")[0],
    }  # fmt: skip


@pytest.mark.parametrize("name", list(EXPORTS))
def test_an_export_is_read(tmp_path: Path, name: str) -> None:
    data, count, wanted = EXPORTS[name]
    path = tmp_path / name
    path.write_bytes(data)
    found, failures = read(path)
    assert (len(found), failures) == (count, [])
    first = said(found[0])
    assert wanted.pop("abstract", "") in first["abstract"]
    assert first["author"].startswith(wanted.pop("author", ""))
    assert {key: first[key] for key in wanted} == wanted


def title(i: int) -> str:
    return f"Report number {i} on cells"


def text(i: int) -> str:
    return f"In {i}0 people cells were given. Headache occurred in {i}."


def of(form: str, broken: str, *, between: str = "") -> str:
    """Three records, the second of them broken."""
    return between.join(broken if i == 2 else form.format(i=i, t=title(i), a=text(i)) for i in (1, 2, 3))


PUBMED = "<PubmedArticle><MedlineCitation><PMID>1000000{i}</PMID><Article><ArticleTitle>{t}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
ENDNOTE = "<record><rec-number>{i}</rec-number><ref-type name='Journal Article'>17</ref-type><titles><title>{t}</title></titles></record>"
TRIAL = "<Trial><TrialID>CTRI/2021/03/03123{i}</TrialID><Public_title>{t}</Public_title><Target_size>36</Target_size></Trial>"
STUDY = '{{"protocolSection": {{"identificationModule": {{"nctId": "NCT0999999{i}", "briefTitle": "{t}"}}}}}}'
CSL = '{{"type": "article-journal", "title": "{t}", "DOI": "10.1000/{i}"}}'
RDF = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:z='http://www.zotero.org/namespaces/export#' xmlns:bib='http://purl.org/net/biblio#' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
BROKEN: dict[str, str] = {
    "a.bib": of("@article{{k{i},\n title = {{{t}}},\n abstract = {{{a}}}\n}}\n\n", "@article{k2,\n title = {Broken {never closed,\n\n"),
    "open.csv": "title,abstract,year\n" + of('"{t}","{a}",2020\n', '"Broken,x,2020\n'),
    "last.csv": "title,abstract,year\n" + of("{t},{a},2020\n", '"Broken,x,2020\n'),
    "wide.csv": "title,abstract,year\n" + of('"{t}","{a}",2020\n', "a,b,2020,c,d\n"),
    "a.jsonl": of('{{"title": "{t}", "abstract": "{a}"}}\n', '{"title": "bro\n'),
    "lines.json": "[\n" + of(CSL, '{"type": "article-journal", "title": "bro', between=",\n") + "\n]\n",
    "csl.json": "[" + of(CSL, '"nonsense"', between=", ") + "]",
    "endnote.xml": "<xml><records>" + of(ENDNOTE, "<record><titles><title>A & B <broken</title></titles></record>") + "</records></xml>",
    "pubmed.xml": "<?xml version='1.0'?>\n<PubmedArticleSet>" + of(PUBMED, PUBMED.format(i=2, t="A & B")) + "</PubmedArticleSet>",
    "ictrp.xml": "<Trials_downloaded_from_ICTRP>" + of(TRIAL, TRIAL.format(i=2, t="a & b")) + "</Trials_downloaded_from_ICTRP>",
    "studies.ndjson": of(STUDY, '{"protocolSection": {', between="\n"),
    "studies.json": '{"studies": [' + of(STUDY, '{"protocolSection": "x"}', between=", ") + "]}",
    "a.enw": of("%0 Journal Article\n%T {t}\n%X {a}\n\n", "%0 Journal Article\n%Q ?\n\n"),
    "ovid.txt": of("<{i}>\nUI  - 1000000{i}\nTI  - {t}\nAB  - {a}\n\n", "<2>\nUI - \n\n"),
    "a.ris": of("TY  - JOUR\nTI  - {t}\nAB  - {a}\nER  - \n\n", "TY  - JOUR\nAU  - Lind, A.\nPY  - 2019\nER  - \n\n"),
    "a.nbib": of("PMID- 1000000{i}\nTI  - {t}\nAB  - {a}\n\n", "TI  - \nDP  - 2019\n\n"),
    "wos.txt": "FN Clarivate Analytics Web of Science\nVR 1.0\n" + of("PT J\nTI {t}\nAB {a}\nER\n\n", "PT J\nAU Lind, A\nPY 2019\nER\n\n") + "EF\n",
    "zotero.rdf": RDF + of("<bib:Article rdf:about='#i{i}'><z:itemType>journalArticle</z:itemType><dc:title>{t}</dc:title></bib:Article>", "<bib:Article rdf:about='#i2'><z:itemType>journalArticle</z:itemType><dc:date>2019</dc:date></bib:Article>") + "</rdf:RDF>",
    "refworks.txt": of("RT Journal Article\nID {i}\nT1 {t}\nAB {a}\n\n", "RT Journal Article\n\n"),
    "epmc.json": json.dumps({"resultList": {"result": [{"id": "10000001", "source": "MED", "title": title(1)}, "broken", {"id": "10000003", "source": "MED", "title": title(3)}]}}),
    "openalex.json": '{"results": [' + of('{{"id": "https://openalex.org/W{i}", "title": "{t}", "publication_year": 2021}}', "7", between=", ") + "]}",
}  # fmt: skip


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_fault_in_one_record_costs_no_other_and_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BROKEN[name], encoding="utf-8")
    found, failures = read(path)
    assert {title(1), title(3)} <= {d.title for d in found}
    assert failures


def test_an_entry_whose_last_brace_is_missing_is_read_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text(
        '@article{a,\n title = {Cells},\n journal = "J. of " # "Cells"\n}\n@article{a,\n title = {Others}\n',
        encoding="utf-8",
    )
    found, failures = read(tmp_path / "a.bib")
    assert [(d.title, d.journal) for d in found] == [("Cells", "J. of Cells"), ("Others", None)]
    assert len(failures) == 1 and "entry at line 5: not closed" in failures[0]


def test_every_sheet_of_a_workbook_is_read(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for number, name in enumerate(("Included", "Excluded"), 1):
        sheet = book.create_sheet(name)
        sheet.append(["Search of 1 March"])
        sheet.append(["Title", "Abstract", "Year"])
        sheet.append([f"Cells {number}", "Three fell ill.", 2019])
    book.save(tmp_path / "a.xlsx")
    found, failures = read(tmp_path / "a.xlsx")
    assert ([d.title for d in found], failures) == (["Cells 1", "Cells 2"], [])


def test_a_record_with_a_number_alone_is_kept_and_named(tmp_path: Path) -> None:
    """A report that only its number says is none to lose: it is in the store, and the run's end says that it has no words."""
    (tmp_path / "a.nbib").write_text("PMID- 10000001\nTI  - Cells\n\nPMID- 10000002\nDP  - 2019\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["import", str(tmp_path / "a.nbib"), "--store", str(tmp_path / "s.db")])
    assert done.exit_code == 0
    assert "2 added" in done.output
    assert "neither title nor text came with 1: pubmed:10000002" in done.output


def test_blank_rows_of_a_spreadsheet_are_no_records(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,abstract,year\nCells,Three fell ill.,2019\n,,\n , ,\n", encoding="utf-8")
    found, failures = read(tmp_path / "a.csv")
    assert ([d.title for d in found], failures) == (["Cells"], [])


CITED = "{number}Cell J. 20{i}9 Jan;28(1):55-64.\n\nReport {i} on cells.\n\nLind A(1), Ekman B(2).\n\nFever occurred in {i} people.\n\n{pmid}\n"


@pytest.mark.parametrize("without", [1, 2, 3])
def test_a_record_of_pubmed_without_its_number_keeps_its_own_words(tmp_path: Path, without: int) -> None:
    """Nor does it take the PMID of the record behind it."""
    records = [CITED.format(number=f"{i}. ", i=i, pmid="" if i == without else f"PMID: 1000000{i}") for i in (1, 2, 3)]
    (tmp_path / "a.txt").write_text("\n".join(records), encoding="utf-8")
    found, failures = read(tmp_path / "a.txt")
    assert failures == []
    assert [d.parts for d in found] == [
        {"title": f"Report {i} on cells.", "abstract": f"Fever occurred in {i} people."} for i in (1, 2, 3)
    ]
    assert [d.ids.pmid for d in found] == [None if i == without else f"1000000{i}" for i in (1, 2, 3)]


def test_unnumbered_records_of_pubmed_end_with_the_last_one(tmp_path: Path) -> None:
    records = [CITED.format(number="", i=i, pmid="" if i == 2 else "PMID: 10000001") for i in (1, 2)]
    (tmp_path / "a.txt").write_text("\n".join(records), encoding="utf-8")
    found, _ = read(tmp_path / "a.txt")
    assert [(d.title, d.ids.pmid) for d in found] == [("Report 1 on cells.", "10000001"), ("Report 2 on cells.", None)]
