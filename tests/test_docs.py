"""The documents tell the truth: generated parts are those that the program would write today, and the README's commands run."""

from __future__ import annotations

import doctest
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.commands.fields import markdown
from tests.conftest import ROOT
from training.commands import commands

README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_WORDS = 1_000  # of prose, tables of links left out
COMMAND = re.compile(r"^    (trialspan .*)$", re.M)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)


SHOWN = [p for p in sorted((ROOT / "extractor").rglob("*.py")) if ">>> " in p.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", SHOWN, ids=lambda p: str(p.relative_to(ROOT)))
def test_examples_in_docstrings(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    found = doctest.testmod(import_module(name))
    assert found.attempted and not found.failed


def written(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_field_table_is_the_catalogue() -> None:
    assert markdown() in written("docs/fields.md"), "write it again with: make docs"


def test_commands_are_those_that_there_are() -> None:
    assert written("docs/commands.md") == commands(), "write it again with: make docs"


def test_every_command_of_the_readme_runs_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that holds nothing but what a fresh clone holds."""
    for name in ("corpora", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    lines = [line.split("  #")[0] for line in COMMAND.findall(README)]
    assert len(lines) > 10
    failed = {}
    for line in lines:
        done = CliRunner().invoke(app, shlex.split(line)[1:], env={"COLUMNS": "80"})
        if done.exit_code:
            failed[line] = done.output
    assert failed == {}
    names: dict[str, Any] = {}
    for block in PYTHON.findall(README):
        exec(block, names)
    assert len(names["frame"]) > 100 and names["risk"].k == 3


def test_readme_is_short() -> None:
    prose = re.sub(r"<!-- sample -->.*?<!-- /sample -->|^\|.*$", "", README, flags=re.S | re.M)
    assert len(prose.split()) <= MOST_WORDS


@pytest.mark.parametrize(
    "path", ["README.md", "ARCHITECTURE.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(path: str) -> None:
    """Every file that a document links to is there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", written(path))
    assert [x for x in links if not ((ROOT / path).parent / x).exists()] == []


def test_nothing_of_a_workplace() -> None:
    """No machine path or neighbouring folder outside tests, continuous integration and recipes."""
    words = re.compile(r"/work/|\.\./shared|issue \d|/root/")
    paths = [
        p
        for pattern in ("*.md", "extractor/**/*.py", "docs/*.md", "Makefile", "pyproject.toml")
        for p in ROOT.glob(pattern)
    ]
    assert [str(p) for p in paths if words.search(p.read_text(encoding="utf-8"))] == []
