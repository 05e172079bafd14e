"""Exports: exact quotes, the same bytes twice, opened by the tools that they are meant for, zeros told apart."""

from __future__ import annotations

import csv
import io
import json
import re
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import QueryError
from extractor.export import FORMATS, characteristics, shown, workbook
from extractor.export.characteristics import columns, lines
from extractor.export.office import LONGEST_CELL, clean
from extractor.export.plain import CSV_COLUMNS, cell
from extractor.model import Conflict, Document, Evidence, Fact, Ids, Record
from extractor.sources.bibtex import read as read_bibtex
from extractor.sources.ris import read as read_ris
from tests.strategies import records

BODY = (
    "=1+1 Two injections. No adverse events occurred; headache in 1 of 43. No deaths. Pain in 0 of 6. \x00|\r\n\u2028*"
)


def fact(field: str, value: dict[str, Any], quote: str = "headache", **more: Any) -> Fact:
    start = BODY.index(quote)
    return Fact(field, value, (Evidence("abstract", quote, start, start + len(quote)),), f"rule:{field}/x", 0.9, **more)


def event(term: str, assertion: str, **value: Any) -> Fact:
    keys = workbook.EVENT_KEYS[1:]
    return fact("adverse_event", dict.fromkeys(keys) | {"term": term, "assertion": assertion} | value)


def sample() -> list[Record]:
    document = Document("=cmd|' /C calc'!A0", "text", {"title": "A *bold* | title", "abstract": BODY}, year=2019)
    facts = (
        fact("report_kind", {"name": "single-trial"}),
        fact("route", {"name": "intrathecal"}),
        fact("route", {"name": "intravenous"}),
        fact("participants", {"n": 43, "kind": "treated"}, "43"),
        fact("participants", {"n": 6, "kind": "treated"}, "6", primary=False),
        fact("deaths", {"n": 0}, "No deaths"),
        fact("ethics_approval", {"id": "=1+1"}, "=1+1"),
        event("adverse events", "none_reported"),
        event("headache", "present", n=1, denominator=43, denominator_unit="participants"),
        event("pain", "absent", n=0, denominator=6),
        fact("nonsense", {"x": "\x00|"}, "\x00|\r\n\u2028*"),
    )
    conflict = Conflict("blanket_contradicted", (7, 8), "The text denies all | yet reports one.")
    quiet = Record(Document("quiet", "text", {"abstract": "nothing"}, retracted=True), (), (), ("sex", "deaths"))
    others = Record(Document("review", "text", {"abstract": BODY}), (facts[4],), (), ("sex",))
    return [Record(document, facts, (conflict,), ("sex", "age")), quiet, others]


def written(name: str, found: list[Record]) -> bytes:
    out = BytesIO()
    FORMATS[name].write(iter(found), out)
    return out.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_records_give_the_same_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = written(name, sample())
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert written(name, sample()) == first


@pytest.mark.parametrize("name", FORMATS)
def test_no_records_give_a_legal_file(name: str) -> None:
    out = written(name, [])
    assert out or name in ("jsonl", "ris", "bibtex")
    if name == "json":
        assert json.loads(out) == []


# -- text -------------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(record=records())
def test_csv_and_json_give_the_quotes_back(record: Record) -> None:
    text = written("csv", [record]).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(record.facts)
    for row, one in zip(rows, record.facts, strict=True):
        assert json.loads(row["value"]) == one.value
        first = one.evidence[0]
        assert row["quote"] == first.quote.encode("utf-8", "backslashreplace").decode()
        assert (row["start"], row["end"]) == (
            "" if first.start is None else str(first.start),
            "" if first.end is None else str(first.end),
        )
    assert [json.loads(line) for line in written("jsonl", [record]).decode().split("\n")[:-1]] == [record.to_dict()]
    assert json.loads(written("json", [record, record])) == [record.to_dict()] * 2


def test_csv_has_the_columns_of_the_contract() -> None:
    assert ",".join(CSV_COLUMNS) == "document,field,value,quote,part,start,end,confidence,method,primary,arm,flags"
    rows = list(csv.DictReader(io.StringIO(written("csv", sample()).decode(), newline="")))
    assert rows[6]["quote"] == "=1+1" and rows[6]["document"] == "'=cmd|' /C calc'!A0"
    assert [row["primary"] for row in rows[3:5]] == ["true", "false"]


def test_csv_of_a_registry_record_names_the_path() -> None:
    data = {"protocolSection": {"n": 126}}
    one = Fact(
        "participants",
        {"n": 126, "kind": "planned"},
        (Evidence("json", "126", path="$.protocolSection.n"),),
        "registry:x",
    )
    record = Record(Document("NCT1", "clinicaltrials", {}, data=data), (one,))
    row = next(csv.DictReader(io.StringIO(written("csv", [record]).decode())))
    assert (row["quote"], row["part"], row["start"], row["end"]) == ("126", "json:$.protocolSection.n", "", "")


def test_markdown_keeps_a_cell_in_its_cell() -> None:
    text = written("md", sample()).decode()
    assert "A \\*bold\\* \\| title" in text
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)
    assert "- The text denies all \\| yet reports one. (blanket\\_contradicted)" in text
    assert "## quiet (retracted)" in text


def test_markdown_cell() -> None:
    assert cell("a\n\tb <i>") == "a b \\<i\\>"


# -- office -----------------------------------------------------------------------------------------------------


def sheet(name: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(BytesIO(written("xlsx", sample())))
    return list(book[name].iter_rows(values_only=True))


def test_nothing_in_the_workbook_is_a_formula() -> None:
    book = openpyxl.load_workbook(BytesIO(written("xlsx", sample())))
    cells = [c for name in book.sheetnames for row in book[name].iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s", "n"}
    assert "=1+1" in {c.value for c in cells}


def test_the_workbook_tells_the_kinds_of_nothing_apart() -> None:
    wide = [dict(zip(sheet("characteristics")[0], row, strict=True)) for row in sheet("characteristics")[1:]]
    assert [row["deaths"] for row in wide] == [0, "not reported", None]
    assert [row["n"] for row in wide] == [43, None, "only others' figures"]
    assert [row["n: kind"] for row in wide] == ["treated", None, None]
    assert wide[0]["adverse events"] == "headache (1 of 43); no pain (0 of 6); none (denied): adverse events"
    place = workbook.EVENT_COLUMNS.index("nothing")
    zeros = [(row[2], row[place]) for row in sheet("adverse events")[1:]]
    assert zeros == [("adverse events", "none (denied)"), ("headache", None), ("pain", "reported zero")]
    assert [row[1:] for row in sheet("not reported")[1:]] == [
        *[(name, "not reported", sample()[0].document.id) for name in ("sex", "age")],
        *[(name, "not reported", "quiet") for name in ("sex", "deaths")],
        ("sex", "not reported", "review"),
    ]
    assert sheet("conflicts")[1][1:-1] == (
        "blanket_contradicted",
        "The text denies all | yet reports one.",
        "headache; headache",
    )


def test_characters_that_xml_cannot_hold() -> None:
    assert sheet("sources")[11][4] in ("␀|\r\n\u2028*", "␀|\n\u2028*")
    assert clean("\ud800\uffff\x1b") == "\ufffd\ufffd␛"


@settings(max_examples=15, deadline=None)
@given(record=records())
def test_office_files_open_whatever_is_in_them(record: Record) -> None:
    book = openpyxl.load_workbook(BytesIO(written("xlsx", [record])))
    assert book["sources"].max_row == 1 + len(record.facts)
    file = docx.Document(BytesIO(written("docx", [record])))
    assert file.tables[0].cell(0, 1).text == "Methods" and file.tables[-1].cell(0, 2).text == "words of the report"


def test_a_long_text_is_cut_and_says_so() -> None:
    body = "x" * 40_000
    one = Fact("condition", {"name": "y", "id": None}, (Evidence("abstract", body, 0, len(body)),), "m")
    book = openpyxl.load_workbook(BytesIO(written("xlsx", [Record(Document("a", "text", {"abstract": body}), (one,))])))
    quote = str(book["sources"]["E2"].value)
    assert len(quote) == LONGEST_CELL and quote.endswith("the CSV export has all of it]")


def test_more_rows_than_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    with pytest.raises(QueryError, match="--format csv"):
        written("xlsx", sample())


def test_the_word_file() -> None:
    file = docx.Document(BytesIO(written("docx", sample())))
    table = [[c.text for c in row.cells] for row in file.tables[-3].rows]
    assert ["n", "43 treated", "“43”"] in table
    assert not any("not reported" in row for row in table)
    assert any(p.text.startswith("not reported: ") and "sex" in p.text for p in file.paragraphs)
    assert any("yet reports one" in p.text for p in file.paragraphs)
    assert [p.text for p in file.paragraphs if p.text.startswith("quiet")] == ["quiet (retracted)"]


# -- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (
            "dose",
            {"low": 420000, "high": 420000, "unit": "cells/kg", "basis": "mean", "sd": None},
            "420,000 cells/kg (mean)",
        ),
        ("dose", {"low": 1e6, "high": 2e6, "unit": "cells", "basis": None, "sd": None}, "1,000,000–2,000,000 cells"),
        (
            "dose",
            {"low": 15e6, "high": 15e6, "unit": "cells", "basis": None, "sd": 3e6},
            "15,000,000 ± 3,000,000 cells",
        ),
        (
            "administrations",
            {"low": 2, "high": 2, "interval": {"low": 1, "high": 1, "unit": "months"}},
            "2, every 1 month",
        ),
        ("administrations", {"low": 1, "high": 4, "interval": None}, "1–4"),
        ("participants", {"n": 1200, "kind": "unspecified"}, "1,200"),
        ("sex", {"female": 16, "male": None}, "16 female"),
        (
            "age",
            {"mean": 57.3, "sd": 4, "median": None, "low": 30, "high": 70, "unit": "years"},
            "mean 57.3, SD 4, range 30–70 years",
        ),
        ("age", {"mean": 60, "sd": None, "median": None, "low": 60, "high": 60, "unit": "years"}, "60 years"),
        ("age", {"mean": None, "sd": None, "median": None, "low": 40, "high": None, "unit": "years"}, "≥ 40 years"),
        ("arm", {"name": "placebo", "n": 12}, "placebo (n = 12)"),
        ("arm", {"name": "placebo", "n": None}, "placebo"),
        ("follow_up", {"low": 6, "high": 6, "unit": "months"}, "6 months"),
        ("deaths", {"n": 0}, "0"),
        ("registry_id", {"registry": "x", "id": "NCT1", "registered_on": "2016-08-29"}, "NCT1 (registered 2016-08-29)"),
        ("ethics_approval", {"id": "36/2014"}, "36/2014"),
        ("unknown", {"a": [1]}, '{"a": [1]}'),
    ],
)
def test_values_in_words(field: str, value: dict[str, Any], words: str) -> None:
    assert shown(field, value) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (event("fever", "present"), "fever"),
        (
            event("fever", "present", n=12, denominator=111, denominator_unit="administrations"),
            "fever (12 of 111 administrations)",
        ),
        (
            event("fever", "present", percent=36.7, grade="3", serious=True, related=False),
            "fever (36.7 %, grade 3, serious, not related)",
        ),
        (event("fever", "absent"), "no fever"),
        (
            event("serious adverse events", "none_reported", related=True),
            "none (denied): serious adverse events, related ones",
        ),
        (
            event("adverse events", "none_reported", severity="severe", scope="within 24 hours"),
            "none (denied): adverse events, severe ones, only within 24 hours",
        ),
        (event("fever", "absent", scope="during infusion"), "no fever (only during infusion)"),
    ],
)
def test_events_in_words(one: Fact, words: str) -> None:
    assert shown("adverse_event", one.value) == words


def test_characteristics_of_few_reports_can_be_turned() -> None:
    table = characteristics(sample())
    assert all(len(row) == len(table.headings) for row in table.rows)
    turned = table.turned()
    assert turned.headings[0] == "study" and turned.rows[0] == ("document", *(r.document.id for r in sample()))
    assert ("route", "intrathecal; intravenous", "", "") in turned.rows
    assert table.rows[1][2].startswith("RETRACTED")


def test_a_third_partys_field_has_its_line() -> None:
    assert [line.heading for line in lines(sample()[0])][len(columns()) :] == ["nonsense"]


# -- references -------------------------------------------------------------------------------------------------


def references() -> list[Record]:
    text = "Background: Ten people.\nResults: headache in 1 of 10.\u2028  Registered as NCT01363401."
    ids = Ids("30602021", "10.1002/x(1)", "PMC6301165", ("NCT01363401",))
    full = Document(
        "pubmed:30602021", "pubmed", {"title": "Cells <i>for</i> all: α & β", "abstract": text, "methods": "We treated."}, ids, 2018,
        "Stem Cells", ("Oh KW", "de la Cruz M-L", "Petrou, Panayiota", "ALS Group of Seoul"), language="eng",
        metadata={"volume": "36", "issue": "2", "pages": "101-9"},
    )  # fmt: skip
    number = Fact(
        "registry_id",
        {"registry": "EudraCT", "id": "2006-004374-27"},
        (Evidence("abstract", "Ten", 12, 15),),
        "rule:x/y",
    )
    registry = Document(
        "clinicaltrials:NCT02017912",
        "clinicaltrials",
        {"title": "A study", "abstract": "Summary."},
        Ids(nct=("NCT02017912",)),
    )
    bare = Document("typed-in", "text", {"abstract": "No title."}, retracted=True)
    return [Record(full, (number,)), Record(registry), Record(bare)]


def test_ris_as_others_read_it() -> None:
    rows = rispy.loads(written("ris", references()).decode(), enforce_list_tags=False)
    assert [row["type_of_reference"] for row in rows] == ["JOUR", "GEN", "GEN"]
    first = rows[0]
    assert first["authors"] == ["Oh, KW", "de la Cruz, M-L", "Petrou, Panayiota", "ALS Group of Seoul"]
    assert (first["title"], first["year"], first["secondary_title"]) == (
        "Cells <i>for</i> all: α & β",
        "2018",
        "Stem Cells",
    )
    assert (first["doi"], first["accession_number"], first["custom2"]) == ("10.1002/x(1)", "30602021", "PMC6301165")
    assert (first["volume"], first["number"], first["start_page"], first["end_page"]) == ("36", "2", "101", "9")
    assert first["notes"] == ["NCT01363401", "2006-004374-27"] and first["urls"][0] == "https://doi.org/10.1002/x(1)"
    assert rows[1]["urls"] == ["https://clinicaltrials.gov/study/NCT02017912"]
    assert (rows[1]["accession_number"], rows[1]["name_of_database"]) == ("NCT02017912", "ClinicalTrials.gov")
    assert "title" not in rows[2] and rows[2]["notes"] == ["Retracted publication"]  # nothing is made up


def test_ris_comes_back_through_our_own_reader() -> None:
    made = references()
    back = [d for d in read_ris(io.BytesIO(written("ris", made)), "back") if isinstance(d, Document)]
    assert len(back) == len(made)
    for one, record in zip(back, made, strict=True):
        document = record.document
        assert (one.title, one.year, one.journal, one.language) == (
            document.title,
            document.year,
            document.journal,
            document.language,
        )
        assert (one.ids.pmid, one.ids.doi, one.ids.pmcid) == (document.ids.pmid, document.ids.doi, document.ids.pmcid)
        assert set(document.ids.nct) <= set(one.ids.nct)
        assert len(one.parts["abstract"]) == len(document.parts["abstract"])
        assert one.parts["abstract"].split() == document.parts["abstract"].split()
    assert back[0].id == "pubmed:30602021"


@settings(max_examples=60, deadline=None)
@given(found=st.lists(records(), max_size=3))
def test_ris_has_one_reference_a_report_whatever_is_in_it(found: list[Record]) -> None:
    text = written("ris", found).decode()
    assert len(rispy.loads(text)) == len(found)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in text.split("\n") if line)


def test_bibtex_comes_back_through_our_own_reader() -> None:
    hard = Document(
        "a_b c", "text", {"title": r"50 % of R&D: x_1^2 {10}~# costs $5\6", "abstract": "One.\nTwo."}, year=2020
    )
    made = [*references(), Record(hard), Record(hard)]
    text = written("bibtex", made).decode()
    assert re.findall(r"(?m)^@(\w+)\{([^,]*),", text) == [
        ("article", "pubmed:30602021"), ("misc", "clinicaltrials:NCT02017912"), ("misc", "typed-in"), ("misc", "a_b_c"),
        ("misc", "a_b_c-2"),
    ]  # fmt: skip
    back = [d for d in read_bibtex(io.BytesIO(text.encode()), "back") if isinstance(d, Document)]
    assert [d.title for d in back[:2]] == ["Cells for all: α & β", "A study"]  # the reader takes marks off
    assert back[3].title == back[4].title == r"50 % of R&D: x_1^2 {10}~# costs $5\6"
    assert (back[0].ids.pmid, back[0].ids.doi, back[0].year, back[0].journal) == (
        "30602021",
        "10.1002/x(1)",
        2018,
        "Stem Cells",
    )
    assert [d.parts["abstract"].split() for d in back] == [r.document.parts["abstract"].split() for r in made]


def test_csl_json() -> None:
    first, registry, bare = json.loads(written("csl", references()))
    assert first["author"][0] == {"family": "Oh", "given": "KW"} and first["author"][3] == {
        "literal": "ALS Group of Seoul"
    }
    assert first["issued"] == {"date-parts": [[2018]]} and first["PMID"] == "30602021" and first["page"] == "101-9"
    assert registry["URL"].endswith("NCT02017912") and registry["type"] == "document"
    assert "title" not in bare and bare["note"] == "Retracted publication"
