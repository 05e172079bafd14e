"""The wheel, built from the source distribution, works alone: in an empty folder, without a home, from a read-only place."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEXT = (
    "Ten patients with amyotrophic lateral sclerosis received intrathecal autologous bone marrow mesenchymal stem cells. "
    "Headache occurred in 3 of 10 patients. No serious adverse events occurred. Two patients died."
)
LEFT_BEHIND = {"__pycache__"}
SHIPPED = {"extractor": "extractor", "models": "extractor/_models", "corpora/als_msc": "extractor/_als_msc"}


def built(folder: Path) -> Path:
    """A wheel of this checkout by way of the source distribution, so that nothing comes from beside it."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert len(list(folder.glob("*.tar.gz"))) == 1
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed(wheel: Path, folder: Path) -> Path:
    """An environment with this wheel; its libraries are those of the environment that runs the tests."""
    venv.create(folder)
    python = folder / "bin" / "python"
    said = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    # a line of a .pth file adds a folder without reading the .pth files in it: the checkout stays out of reach
    libraries = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (Path(said.stdout.strip()) / "libraries.pth").write_text("\n".join(libraries) + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def stands(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def locked(folder: Path) -> None:
    """Nobody may write there; root may all the same, so that the test also looks at what stands there."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)


def unlocked(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o700)


def tried(program: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program in an empty folder, without a home."""
    kept = {
        name: os.environ[name] for name in ("PATH", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS") if name in os.environ
    }
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=kept | {"COLUMNS": "100"}, capture_output=True, text=True
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.torture
def test_the_wheel_works_alone(tmp_path: Path) -> None:
    wheel = built(tmp_path / "dist")
    inside = set(zipfile.ZipFile(wheel).namelist())
    for place, within in SHIPPED.items():
        names = {p.relative_to(ROOT / place).as_posix() for p in (ROOT / place).rglob("*") if p.is_file()}
        names = {name for name in names if not LEFT_BEHIND & set(Path(name).parts)}
        assert {f"{within}/{name}" for name in names} <= inside

    here, work = installed(wheel, tmp_path / "place"), tmp_path / "work"
    work.mkdir()
    (work / "report.txt").write_text(TEXT, encoding="utf-8")
    before = stands(here)
    locked(here)
    try:
        program = here / "bin" / "trialspan"
        where = tried(here / "bin" / "python", work, "-c", "import extractor; print(extractor.__file__)").stdout
        assert Path(where.strip()).is_relative_to(here), "another copy was imported"
        tried(program, work, "extract", "report.txt", "--store", "r.db", "--format", "jsonl", "-o", "alone.jsonl")
        assert "report" in tried(program, work, "list", "--store", "r.db").stdout
        tried(program, work, "report", "--store", "r.db", "-o", "r.html")
        corpus = next((here / "lib").glob("python*/site-packages/extractor/_als_msc")) / "barczewska2019.json"
        tried(program, work, "extract", str(corpus), "--store", "r.db", "--format", "jsonl", "-o", "corpus.jsonl")
        pages = "import extractor.review.app; from importlib.resources import files; "
        pages += "print(len(list(files('extractor.review').joinpath('assets').iterdir())))"
        assert int(tried(here / "bin" / "python", work, "-c", pages).stdout) > 10
    finally:
        unlocked(here)
    assert stands(here) == before
    assert {p.name for p in work.iterdir()} == {"report.txt", "r.db", "r.html", "alone.jsonl", "corpus.jsonl"}
    assert "3 of 10" in (work / "r.html").read_text(encoding="utf-8")

    checkout = [sys.executable, "-m", "extractor", "extract"]
    for given, name in (("report.txt", "alone.jsonl"), (str(corpus), "corpus.jsonl")):
        subprocess.run([*checkout, given, "--format", "jsonl", "-o", "again.jsonl"], cwd=work, check=True)
        assert (work / "again.jsonl").read_bytes() == (work / name).read_bytes()
