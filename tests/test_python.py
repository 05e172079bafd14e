"""docs/python.md is run as it stands, and the face of the library is what it says."""

from __future__ import annotations

import importlib.metadata
import os
import re
import runpy
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

import extractor
from extractor.errors import ParseError, SettingsError
from extractor.fields import FIELDS
from extractor.library import Documents, Records
from extractor.shown import Shown
from tests.conftest import ROOT

BLOCK = re.compile(r"```(python|output)\n(.*?)```", re.S)
TEXT = "Ten patients with stroke received mesenchymal stem cells intravenously; <b>two</b> had fever."


def declared(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """spaCy components that an installed package declares, as setup.py says them."""
    given: dict[str, Any] = {}
    monkeypatch.setattr("setuptools.setup", lambda **said: given.update(said))
    monkeypatch.chdir(ROOT)
    runpy.run_path("setup.py")
    return dict(point.split(" = ") for point in given["entry_points"]["spacy_factories"])


@pytest.fixture
def parts_installed() -> None:
    """An installation of before the entry points knows none of them."""
    if not importlib.metadata.entry_points(group="spacy_factories", name="trial_dose"):
        pytest.skip("the package is installed without its spaCy entry points; run: make")


def test_document_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts_installed: None) -> None:
    """Each block of code, one after another; what it prints is the block of output behind it."""
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    printed = StringIO()
    blocks = BLOCK.findall((ROOT / "docs" / "python.md").read_text(encoding="utf-8"))
    assert sum(kind == "output" for kind, _ in blocks) >= 4
    for kind, text in blocks:
        if kind == "output":
            assert printed.getvalue() == text
            continue
        printed = StringIO()
        with redirect_stdout(printed):
            exec(text, names)
    assert len(names["frame"]) == sum(len(r.facts) for r in names["records"])
    assert set(names["frame"]["document"]) <= {d.id for d in names["documents"]}
    assert names["answer"].rows and names["again"].text == names["doc"].text


def test_import_loads_nothing() -> None:
    code = "import sys, extractor; extractor.Document; print([m for m in ('spacy', 'sqlalchemy', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_all_names_are_there() -> None:
    assert {name for name in extractor.__all__ if not callable(getattr(extractor, name))} == set()
    assert set(extractor.__all__) <= set(dir(extractor))
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = extractor.nothing  # type: ignore[attr-defined]


def test_a_text_and_a_file(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(TEXT, encoding="utf-8")
    (tmp_path / "bad.xml").write_bytes(b"%PDF-1.7")
    read = extractor.read(tmp_path)
    assert (len(read), [f.input.endswith("bad.xml") for f in read.failures]) == (1, [True])
    records = extractor.extract(read)
    assert [f.value for f in records[0].facts] == [f.value for f in extractor.extract(TEXT)[0].facts]
    assert "1 failed" in records.summary() and "bad.xml" in records.summary()
    with pytest.raises(SettingsError, match="read it first"):
        extractor.extract(str(path))
    with pytest.raises(SettingsError, match="no such file"):
        extractor.read(tmp_path / "none.txt")
    with pytest.raises(ParseError, match=r"bad\.xml"):
        extractor.read(tmp_path / "bad.xml")


def test_results_show_themselves() -> None:
    records = extractor.extract(TEXT)
    risk = extractor.pool_proportions([1, 0, 2], [10, 12, 30])
    odds = extractor.pool_two_arms([1, 0, 2], [10, 12, 30], [1, 1, 4], [10, 12, 30])
    found: list[Shown] = [Documents(r.document for r in records), records, records.wide(), risk, odds]
    for one in found:
        assert len(one.to_frame()) == len(one.rows_shown()) > 0
        assert len(repr(one)) < 150 and "\n" not in repr(one)
        assert "<table>" in one._repr_html_() and "<b>" not in one._repr_html_()
        assert one.summary()
    assert (
        repr(records[0]).startswith("<Record text: ")
        and repr(records[0].document) == f"<Document text: text, {len(TEXT)} characters>"
    )
    assert Records().rows_shown() == [] and "<table>" not in Records()._repr_html_()


def test_every_field_is_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {
        f"trial_{name}": f"{e.cls.__module__}:{e.cls.__name__}"
        for name, e in FIELDS.items()
        if e.cls.__module__.startswith("extractor.")
    }
    assert {name: place for name, place in declared(monkeypatch).items() if ".fields." in place} == wanted


def test_a_part_alone_is_found_without_importing_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an installed package has it: spaCy finds the component by its entry point, and its Doc is plain data."""
    info = tmp_path / "parts-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parts\nVersion: 1\n", encoding="utf-8")
    points = "\n".join(f"{name} = {place}" for name, place in declared(monkeypatch).items())
    (info / "entry_points.txt").write_text(f"[spacy_factories]\n{points}\n", encoding="utf-8")
    code = (
        "import spacy; nlp = spacy.blank('en'); nlp.add_pipe('trial_donor'); doc = nlp('Autologous mesenchymal stem cells were given to ten patients.'); "
        "print(sorted(doc.user_data['trialspan_facts']), len(doc.to_bytes()) > 0); print(nlp.get_pipe_meta('trial_donor').requires)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["['cell_type', 'donor', 'report_kind'] True", "['token.is_sent_start']"]


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_field_alone_finds_what_the_pipeline_finds(name: str, nlp: spacy.language.Language) -> None:
    """Behind the shared parts, each field by itself gives the facts that it gives among all."""
    alone = spacy.blank("en")
    for part in ("trial_sentences", "trial_roles", "trial_abbreviations", f"trial_{name}"):
        alone.add_pipe(part)
    text = (ROOT / "tests" / "golden" / "text" / "plain_abstract.txt").read_text(encoding="utf-8")
    whole, one = nlp(text), alone(text)
    assert one.user_data["trialspan_facts"][name] == whole.user_data["trialspan_facts"][name]
    assert Doc(alone.vocab).from_bytes(one.to_bytes()).user_data["trialspan_facts"] == one.user_data["trialspan_facts"]
