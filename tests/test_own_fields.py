"""A field and vocabularies of one's own go through reading, store, curation and every export; what does not fit is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from extractor import own
from extractor.commands import app
from extractor.declared import declared_fields, field_order
from extractor.errors import SettingsError
from extractor.export import FORMATS
from extractor.schemas import record_schema
from extractor.sheets.read import pairs
from extractor.store import Store
from tests.conftest import ROOT

FIELDS = r"""
[fields.blinding]
type = "choice"
heading = "Blinding"
after = "design"
choices = { open = ['open[- ]label'], double = ['double[- ]blind\w*'] }

[fields.bmi]
type = "number"
heading = "BMI"
unit = "kg/m2"
chapter = "Participants"
patterns = ['body mass index (?:of )?(?P<value>\d+(?:\.\d+)?)']

[fields.device]
type = "text"
vocabulary = "devices.tsv"

[fields.funder]
type = "text"
under = "Funding"

[fields.consent]
type = "yes/no"
choices = { yes = ['gave (?:written )?consent'], no = ['without consent'] }

[vocabularies]
cells = "cells.tsv"
routes = "routes.csv"
events = "events.csv"
conditions = "conditions.txt"
"""
FILES = {
    "my_fields.toml": FIELDS,
    "devices.tsv": "id\tname\tsynonyms\nx:1\tneedle guide\tguiding needle|needle holder\n",
    "cells.tsv": "name\tsynonyms\nhobbit cell\thobbit-derived cells\n",
    "routes.csv": "name,kind\nintragnomic,sure\n",
    "events.csv": "name,synonyms\nbeard greying,beard graying\n",
    "conditions.txt": "hobbitosis\n",
    "report.txt": (
        "Hobbit cells in hobbitosis: a double-blind trial\n\nTwelve patients with hobbitosis (body mass index 23.5) gave"
        " written consent and received intragnomic injection of autologous hobbit cells with a needle holder. Two patients"
        " had beard greying. The trial was paid for by the Shire Fund.\n"
    ),
}


WORDS = (
    "hobbit cell",
    "intragnomic",
    "hobbitosis",
    "beard greying",
)  # of the vocabularies, as a report of them has them


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that another process filled: a vocabulary is read once in a process."""
    home = tmp_path_factory.mktemp("own")
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    given = [
        "extract",
        "report.txt",
        "--fields",
        "my_fields.toml",
        "--store",
        "s.db",
        "--format",
        "jsonl",
        "-o",
        "r.jsonl",
    ]
    subprocess.run([sys.executable, "-m", "extractor", *given], cwd=home, check=True, capture_output=True)
    return home


@pytest.fixture(autouse=True)
def taken_back() -> Iterator[None]:
    yield
    own.use("")


def call(folder: Path, *words: str) -> Result:
    store = ["--store", str(folder / "s.db")]
    return CliRunner().invoke(app, [*words, *store, "--fields", str(folder / "my_fields.toml")])


def test_texts_are_read_for_own_fields_and_words(folder: Path) -> None:
    record = json.loads((folder / "r.jsonl").read_text(encoding="utf-8"))
    found = {f["field"]: (f["value"], f["evidence"][0]) for f in record["facts"]}
    text = record["document"]["parts"]
    for value, words in found.values():
        assert text[words["part"]][words["start"] : words["end"]] == words["quote"], value
    assert found["blinding"][0] == {"name": "double"} and found["blinding"][1]["quote"] == "double-blind"
    assert found["bmi"][0] == {"n": 23.5, "unit": "kg/m2"} and found["device"][0] == {
        "name": "needle guide",
        "id": "x:1",
    }
    assert found["consent"][0] == {"name": "yes"}
    assert [found[name][0]["name"] for name in ("cell_type", "route", "condition")] == [
        "hobbit cell",
        "intragnomic",
        "hobbitosis",
    ]
    assert found["adverse_event"][0]["term"] == "beard greying" and found["adverse_event"][0]["n"] == 2
    assert "funder" not in found and "funder" not in record["not_found"]  # nobody looked for it


def test_people_fill_in_a_field_and_every_export_has_all(folder: Path) -> None:
    with Store.open(folder / "s.db") as store:
        report = store.documents()[0].id
    if not any("Shire" in r.stdout for r in [call(folder, "show", report)]):
        done = call(
            folder,
            "curate",
            "add",
            report,
            "funder",
            "text=Shire Fund",
            "--quote",
            "paid for by the Shire Fund",
            "--by",
            "ann",
        )
        assert done.exit_code == 0, done.output
    for name in ("csv", "jsonl", "json", "md", "xlsx", "docx"):  # the others hold references, which name no fact
        file = folder / f"out.{name}"
        assert call(folder, "export", "--format", name, "-o", str(file)).exit_code == 0
        words = everything(file)
        for said in ("Shire Fund", "23.5", "double", "needle guide", *WORDS):
            assert said in words, (name, said)
    page = openpyxl.load_workbook(folder / "out.xlsx")["characteristics"]
    row = {c.value: v.value for c, v in zip(page[1], page[2], strict=True)}
    assert (row["Blinding"], row["funder"], row["BMI"], row["BMI: unit"]) == ("double", "Shire Fund", 23.5, "kg/m2")
    included = openpyxl.load_workbook(folder / "out.xlsx")["included studies"]
    chapters = {c.value: str(v.value) for c, v in zip(included[1], included[2], strict=True)}
    assert "bmi: 23.5 kg/m2" in chapters["Participants"] and "blinding: double" in chapters["Methods"]
    html = folder / "out.html"
    assert call(folder, "report", "-o", str(html)).exit_code == 0
    assert all(said in html.read_text(encoding="utf-8") for said in ("Blinding", "23.5 kg/m2", "Shire Fund", *WORDS))
    asked = call(folder, "ask", "--sql", "SELECT blinding, bmi, funder FROM characteristics")
    assert all(said in asked.output for said in ("double", "23.5", "Shire Fund"))
    assert "1 report(s) in no trial yet" in call(folder, "trial").output and call(folder, "link").exit_code == 0
    for screen in (("list",), ("trial",), ("trial", report), ("show", report)):
        told = " ".join(call(folder, *screen).output.split())
        assert "hobbit cell" in told and "beard greying" in told, screen
        assert screen == ("trial",) or all(said in told for said in ("double", "23.5 kg/m2", "Shire Fund")), screen
    for form in ("graphml", "turtle", "kgx", "neo4j"):
        out = folder / f"graph.{form}"
        assert call(folder, "graph", "--format", form, "-o", str(out)).exit_code == 0
        files = [out] if out.is_file() else sorted(out.rglob("*.*"))
        told = " ".join(one.read_text(encoding="utf-8") for one in files)
        assert all(said in told for said in WORDS), form
    sheet = folder / "check.xlsx"
    assert call(folder, "sheet", "export", "-o", str(sheet)).exit_code == 0 and "double" in everything(sheet)


def everything(file: Path) -> str:
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file)
        return " ".join(str(c.value) for page in book for row in page.iter_rows() for c in row)
    if file.suffix == ".docx":
        return " ".join(c.text for table in docx.Document(str(file)).tables for c in table._cells)
    return file.read_text(encoding="utf-8")


def test_a_value_of_ones_own_field_is_checked(folder: Path) -> None:
    with Store.open(folder / "s.db") as store:
        report = store.documents()[0].id
    wrong = call(folder, "curate", "add", report, "blinding", "name=triple", "--quote", "double-blind", "--by", "ann")
    assert wrong.exit_code == 2 and "legal: open, double" in wrong.output.replace("\n", " ")


def test_the_schema_and_the_order_hold_own_fields(folder: Path) -> None:
    own.use(str(folder / "my_fields.toml"))
    values = record_schema()["$defs"]["values"]
    assert values["bmi"]["properties"]["n"] == {"type": "number"} and values["consent"]["properties"]["name"][
        "enum"
    ] == ["yes", "no"]
    names = list(declared_fields())
    assert names.index("blinding") == names.index("design") + 1 and declared_fields()["blinding"].part == "Methods"
    assert "bmi" in field_order() and "funder" not in field_order()
    assert pairs("bmi", "24") == {"n": "24"} and pairs("blinding", "open") == {"name": "open"}
    own.use("")
    assert "bmi" not in declared_fields()


def test_a_store_with_own_fields_is_read_without_their_file(folder: Path) -> None:
    with Store.open(folder / "s.db") as store:
        out = BytesIO()
        FORMATS["md"].write(store.records(), out)
    assert "| bmi | 23.5 |" in out.getvalue().decode()


def test_they_may_stand_in_the_settings(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("devices.tsv", "cells.tsv", "routes.csv", "events.csv", "conditions.txt"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    (tmp_path / "trialspan.toml").write_text(f'curator = "ann"\n{FIELDS}', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["fields"])
    assert done.exit_code == 0 and "blinding" in done.output
    (tmp_path / "trialspan.toml").write_text(f'fields = "{(folder / "my_fields.toml").as_posix()}"', encoding="utf-8")
    assert "blinding" in CliRunner().invoke(app, ["fields"]).output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fields.Blinding]\n", "small letters"),
        ("[fields.dose]\n", "a field of this name already"),
        ("[fields.x1]\ntype = 'date'", "legal: text, number, choice, yes/no"),
        ("[fields.x1]\ncolour = 'red'", "there is no 'colour'"),
        ("[fields.x1]\ntype = 'choice'", "a choice needs choices"),
        ("[fields.x1]\nchoices = ['a']", "choices are for the types"),
        ("[fields.x1]\ntype = 'yes/no'\nchoices = ['maybe']", "are yes and no"),
        ("[fields.x1]\npatterns = ['(']", "pattern '('"),
        ("[fields.x1]\npatterns = ['a*']", "a value needs words"),
        ("[fields.x1]\npatterns = 3", "is a list of texts"),
        ("[fields.x1]\nchapter = 'Methodes'", "legal: Methods"),
        ("[fields.x1]\nafter = 'nothing'", "no field is called so"),
        ("[fields.x1]\nvocabulary = 'none.tsv'", "cannot be read"),
        ("[vocabularies]\ncell = 'a.tsv'", "legal: cells"),
        ("fields = 3", "write fields as [fields.NAME]"),
        ("", "declares nothing"),
        ("[", "cannot be read"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_is_legal(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "f.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        own.use(str(file))
    assert said in str(caught.value) and str(file) in str(caught.value)


def test_the_document_says_what_there_is() -> None:
    text = (ROOT / "docs" / "own_fields.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in (*own.KEYS, *own.TYPES, *own.VOCABULARIES))
