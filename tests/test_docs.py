"""The documents tell the truth: generated parts are those that the program would write today."""

from __future__ import annotations

import re

from extractor.commands.fields import markdown
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_field_table_is_the_catalogue() -> None:
    assert markdown() in README


def test_every_command_is_in_the_readme() -> None:
    import typer.main

    from extractor.commands import app

    names = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert [n for n in names if f"trialspan {n}" not in README] == []


def test_nothing_of_a_workplace() -> None:
    """No machine path or neighbouring folder outside tests, continuous integration and recipes."""
    words = re.compile(r"/work/|\.\./shared|issue \d|/root/")
    paths = [
        p
        for pattern in ("*.md", "extractor/**/*.py", "docs/*.md", "Makefile", "pyproject.toml")
        for p in ROOT.glob(pattern)
    ]
    assert [str(p) for p in paths if words.search(p.read_text(encoding="utf-8"))] == []
