"""The program where its user may write nowhere but in the working folder: no home, and nothing beside the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.trial_store import busy

DRAWING = (("plot", "matrix", "-o", "m.svg"), ("report", "-o", "r.html"))


def ran(arguments: tuple[str, ...], folder: Path, home: str | None) -> subprocess.CompletedProcess[str]:
    environment = {
        k: v for k, v in os.environ.items() if k not in ("HOME", "MPLCONFIGDIR") and not k.startswith("XDG_")
    }
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | ({"HOME": home} if home else {})
    command = [sys.executable, "-m", "extractor", *arguments, "--store", "r.db"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("arguments", DRAWING)
def test_nothing_is_written_into_a_home(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    home, folder = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    folder.mkdir()
    busy(folder / "r.db").close()
    done = ran(arguments, folder, str(home))
    assert done.returncode == 0 and "matplotlib" not in done.stderr.lower(), done.stderr
    assert list(home.iterdir()) == []
    assert {p.name for p in folder.iterdir()} == {"r.db", arguments[-1]}


@pytest.mark.parametrize("home", [None, "/nowhere/at/all"])
def test_without_a_home(tmp_path: Path, home: str | None) -> None:
    busy(tmp_path / "r.db").close()
    done = ran(DRAWING[0], tmp_path, home)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
