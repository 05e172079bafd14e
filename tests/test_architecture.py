"""The shape of the house: who may import whom, nothing at import, modules short."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.store import Store
from tests.conftest import ROOT

MODULES = sorted((ROOT / "extractor").rglob("*.py"))
LONGEST = 500


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it is"


def test_import_does_no_work() -> None:
    """Importing the library loads neither spaCy nor a model, and touches no file of the working folder."""
    code = "import sys, extractor, extractor.model, extractor.text, extractor.terms; print('spacy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "False"
    assert out.stderr == ""


def test_a_store_is_listed_without_the_libraries_that_only_other_commands_need(tmp_path: Path) -> None:
    Store.open(tmp_path / "trialspan.db").close()
    heavy = ("spacy", "pydantic", "networkx", "scipy", "matplotlib", "openpyxl", "sqlalchemy.orm")
    code = (
        f"import atexit, sys; atexit.register(lambda: print([m for m in {heavy} if m in sys.modules], file=sys.stderr))"
    )
    run = f"{code}; sys.argv = ['trialspan', 'list', '--store', 'trialspan.db']; from extractor.commands import main; main()"
    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_layers() -> None:
    """The import contract in pyproject.toml holds."""
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert out.returncode == 0, out.stdout + out.stderr


def test_functions_branch_little() -> None:
    """The mean complexity of the rooms that read events, people and fields is under 4; lint holds each function to 15."""
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "C901", "--output-format", "json"]
    every = [*ruff, "--config", "lint.mccabe.max-complexity=0", "--exit-zero", "--no-cache"]
    for room in ("events", "people", "fields"):
        out = subprocess.run([*every, f"extractor/{room}"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        found = [int(re.search(r"\((\d+) > 0\)", one["message"])[1]) for one in json.loads(out)]
        assert len(found) > 50
        assert sum(found) / len(found) < 4, room
