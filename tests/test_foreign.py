"""A package that is not ours adds a field and a file format by entry points; everything that lists them knows both.

The package is written to a folder as an installed one looks; a program with that folder on its path runs the commands.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jsonschema
import pytest

from extractor.declared import _read, declared_fields, declared_readers
from extractor.fields import FIELDS
from extractor.plugins import Catalogue
from extractor.sources import READERS
from tests.conftest import ROOT

FIELD = '''
"""Who paid."""

import re

from extractor.context.view import view
from extractor.fields import Field, field

PAID = re.compile(r"funded by (?P<name>[a-z ]+?) \\((?P<grant>[a-z0-9-]+)\\)")


@field("sponsor", value="{name, grant}", order=165, column="paid by", shown="{name}[, grant {grant}]", single=True, alike=("name",))
class Sponsor(Field):
    """Who paid for the trial.

    More is not said here.
    """

    def find(self, doc):
        seen = view(doc)
        for match in PAID.finditer(seen.folded):
            name, grant = (seen.text[slice(*match.span(key))] for key in ("name", "grant"))
            yield self.fact(doc, {"name": name, "grant": grant}, [match.span()], rule="funded_by")
'''
READER = '''
"""Records of a registry of tests."""

from extractor.model import ABSTRACT, TITLE, Document
from extractor.sources import reader


def sniff(head):
    return 0.99 if head.startswith(b"%TESTREG") else 0.0


@reader("testreg", sniff=sniff, suffixes=(".tr",), source="testregister", rank=15, register=True)
def read(stream, stem):
    """One record a line: number, title, text, between bars."""
    for line in stream.read().decode("utf-8").splitlines()[1:]:
        number, title, text = line.split("|")
        yield Document(number, "testregister", {TITLE: title, ABSTRACT: text})
'''
POINTS = "[trialspan.fields]\nsponsor = others.sponsor\n\n[trialspan.readers]\ntestreg = others.testreg\n"
TEXT = "Ten patients with stroke received mesenchymal stem cells. The trial was funded by Cell Fund (CF-7)."
RECORDS = (
    f"%TESTREG\nT-1|Cells for stroke in ten people|{TEXT}\nT-2|Cells for hearts in many people|Nine patients received cells.\n"
    f"T-3|Cells again, for stroke in others|{TEXT.replace('Cell Fund', 'Heart Fund')}\n"
)


# commands by name, run one after another in one program, to spare the time in which each would start
COMMANDS = {
    "extract": "extract some.tr --format jsonl",
    "import": "import some.tr plain.txt --store r.db",
    "show": "show T-1 --store r.db --format json",
    "prisma": "prisma --store r.db --format csv",
    "list": "list --store r.db --format json",
    "sql": "ask --sql 'SELECT sponsor FROM characteristics ORDER BY document' --store r.db",
    "compare": "compare T-1 T-3 --store r.db",
    "xlsx": "export --store r.db --format xlsx -o out.xlsx",
    "csv": "export --store r.db --format csv -o out.csv",
    "report": "report --store r.db -o report.html",
    "evaluate": "evaluate gold --format json",
    "fields": "fields --format md",
    "curate": "curate add T-2 sponsor name=Nobody --quote Nine --by ab --store r.db",
}
PROGRAM = """
import json, shlex, sys
from typer.testing import CliRunner
from extractor.commands import app
from extractor.schemas import record_schema
said = {name: CliRunner().invoke(app, shlex.split(line)) for name, line in json.load(sys.stdin).items()}
bad = {name: one.output for name, one in said.items() if one.exit_code}
json.dump({"bad": bad, "schema": record_schema(), "said": {n: o.stdout for n, o in said.items()}}, sys.stdout)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the foreign package, and one file in its format."""
    folder = tmp_path_factory.mktemp("site")
    package, info = folder / "others", folder / "others-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "sponsor.py").write_text(FIELD, encoding="utf-8")
    (package / "testreg.py").write_text(READER, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(POINTS, encoding="utf-8")
    (folder / "some.tr").write_text(RECORDS, encoding="utf-8")
    gold = {"id": "T-1", "text": TEXT, "kind": "single-trial", "gold": {"sponsor": ["Cell Fund", "Other Fund"]}}
    (folder / "gold").mkdir()
    (folder / "gold" / "one.json").write_text(json.dumps(gold), encoding="utf-8")
    (folder / "plain.txt").write_text(TEXT.replace("Cell Fund", "Heart Fund"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(installed: Path) -> dict[str, Any]:
    """What each command wrote, and the schema of records as it is there."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{installed}", "COLUMNS": "200"}
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(
        command, cwd=installed, input=json.dumps(COMMANDS), capture_output=True, text=True, env=environment
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    assert found["bad"] == {}
    return found


@pytest.fixture(scope="module")
def said(done: dict[str, Any]) -> dict[str, str]:
    return dict(done["said"])


def test_extract(said: dict[str, str]) -> None:
    first, second, _ = map(json.loads, said["extract"].splitlines())
    assert first["document"]["source"] == "testregister"
    (paid,) = [f for f in first["facts"] if f["field"] == "sponsor"]
    assert paid["value"] == {"name": "Cell Fund", "grant": "CF-7"}
    assert paid["evidence"][0]["quote"] == "funded by Cell Fund (CF-7)"
    assert "sponsor" in second["not_found"]


def test_records_are_of_the_shape_that_is_said(done: dict[str, Any]) -> None:
    lines = done["said"]["extract"]
    broken = lines.replace('"grant": ', '"grand": ')
    check = jsonschema.Draft202012Validator(done["schema"])
    fine, wrong = (
        [e.message for x in text.splitlines() for e in check.iter_errors(json.loads(x))] for text in (lines, broken)
    )
    assert fine == []
    assert any("'grant' is a required property" in m for m in wrong)


def test_a_store_and_its_counts(said: dict[str, str]) -> None:
    assert json.loads(said["show"])["document"]["source"] == "testregister"
    assert "database_results" in said["prisma"]


def test_tables(said: dict[str, str]) -> None:
    rows = {r["document"]: r for r in json.loads(said["list"])}
    assert rows["T-1"]["paid by"] == "Cell Fund, grant CF-7"
    assert rows["T-2"]["paid by"] == "not reported"
    headings = list(rows["T-1"])
    assert headings.index("paid by") == headings.index("design") + 1
    assert "Heart Fund" in said["sql"]
    assert "sponsor differs: cell fund / heart fund" in said["compare"]


def test_exports_and_report(installed: Path, said: dict[str, str]) -> None:
    with ZipFile(installed / "out.xlsx") as book:
        assert b"paid by" in book.read("xl/worksheets/sheet1.xml")
    with (installed / "out.csv").open(encoding="utf-8-sig") as stream:
        quotes = [r["quote"] for r in csv.DictReader(stream) if r["field"] == "sponsor"]
    assert quotes == ["funded by Cell Fund (CF-7)", *["funded by Heart Fund (CF-7)"] * 2]
    page = (installed / "report.html").read_text(encoding="utf-8")
    assert "Paid by</th>" in page and "Heart Fund, grant CF-7" in page


def test_curation_and_evaluation(said: dict[str, str]) -> None:
    assert "sponsor" in said["curate"]
    (row,) = [r for r in json.loads(said["evaluate"])["fields"] if r["field"] == "sponsor"]
    assert (row["tp"], row["fn"], row["fp"]) == (1, 1, 0)


def test_catalogue(said: dict[str, str]) -> None:
    assert "| `sponsor` | `{name, grant}` | Who paid for the trial. |" in said["fields"]


@pytest.mark.parametrize("catalogue", [FIELDS, READERS], ids=lambda c: c.kind)
def test_what_is_declared_is_what_is_registered(catalogue: Catalogue[Any]) -> None:
    """The source text of a decorator says what the running decorator says."""
    declared = declared_fields() if catalogue.kind == "field" else declared_readers()
    assert {name: item.declared for name, item in catalogue.items()} == declared


def test_a_declaration_that_is_no_plain_value_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from extractor.sources import reader\nNAME = 'odd'\n@reader(NAME, sniff=len, rank=2 + 1)\ndef read(a, b):\n    'Odd.'\n"
    (tmp_path / "odd_reader.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    ((name, given),) = _read("reader", "odd_reader", find_spec("odd_reader"))
    READERS._items.pop("odd")
    assert (name, given["rank"], given["summary"]) == ("odd", 3, "Odd.")
