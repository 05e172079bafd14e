"""A disk that is really full: a small file system in memory, where one can be mounted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import trialspan
from tests.conftest import ROOT
from tests.trial_store import starter

CORPUS = ROOT / "corpora" / "als_msc"
SMALL = "700k"  # room for some reports of the starter corpus, not for all


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of SMALL bytes; skipped where this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    done = _mount("-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(place))
    if done is None or done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip() if done else 'not root on Linux'}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*arguments: str) -> subprocess.CompletedProcess[str] | None:
    if sys.platform != "linux" or os.geteuid() != 0:
        return None
    return subprocess.run(["mount", *arguments], capture_output=True, text=True)


def program(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """As a program of its own, which the full disk ends."""
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run(command, cwd=cwd, capture_output=True, env=environment)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_store_on_a_full_disk_stays_whole_and_is_completed_later(disk: Path, tmp_path: Path) -> None:
    store, fresh = disk / "r.db", tmp_path / "fresh.db"
    done = program("extract", CORPUS, "--store", store, "--format", "jsonl", "-o", "x.jsonl", cwd=tmp_path)
    assert done.returncode == 1 and not (tmp_path / "x.jsonl").exists()
    assert "no space is left; make room, then run the same command again" in done.stderr
    assert "Traceback" not in done.stderr and "internal" not in done.stderr
    grown = _mount("-o", "remount,size=32m", str(disk))
    assert grown is not None and grown.returncode == 0
    kept = [
        row["document"]
        for row in json.loads(trialspan("list", "--store", store, "--format", "json", cwd=tmp_path).stdout)
    ]
    assert 0 < len(kept) < 36
    for target in (store, fresh):
        assert (
            trialspan("extract", CORPUS, "--store", target, "--format", "csv", "-o", "x", cwd=tmp_path).returncode == 0
        )
        assert (
            trialspan(
                "export", "--store", target, "--format", "jsonl", "-o", f"{target.stem}.out", cwd=tmp_path
            ).returncode
            == 0
        )
    assert (tmp_path / "r.out").read_bytes() == (tmp_path / "fresh.out").read_bytes()


def test_a_store_on_a_disk_that_is_read_only(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ten patients with ALS received stem cells.", encoding="utf-8")
    store = disk / "a b%20#.db"
    assert trialspan("extract", "a.txt", "--store", store, cwd=tmp_path).returncode == 0
    closed = _mount("-o", "remount,ro", str(disk))
    assert closed is not None and closed.returncode == 0
    listed = trialspan("list", "--store", store, "--format", "json", cwd=tmp_path)
    assert len(json.loads(listed.stdout)) == 1
    done = trialspan("curate", "confirm", "a", "0", "--by", "ann", "--store", store, cwd=tmp_path)
    assert done.returncode == 1 and f"store {store}: it may not be written to" in done.stderr
    done = trialspan("export", "--store", store, "-o", disk / "x.csv", cwd=tmp_path)
    assert done.returncode == 2 and "cannot write there: Read-only" in done.stderr and "internal" not in done.stderr


def test_no_half_file_is_left_and_an_old_one_stays(disk: Path, tmp_path: Path) -> None:
    starter(tmp_path / "r.db").close()
    (tmp_path / "counts.csv").write_text("study,events,total\na,1,10\nb,2,20\nc,0,12\n", encoding="utf-8")
    (disk / "old.jsonl").write_text("kept\n", encoding="utf-8")
    with (disk / "fill").open("wb") as stream, pytest.raises(OSError, match="No space"):
        while True:
            os.write(stream.fileno(), bytes(4096))
    before = sorted(p.name for p in disk.iterdir())
    for arguments in (
        ("export", "--store", "r.db", "--format", "jsonl", "-o", disk / "old.jsonl"),
        ("export", "--store", "r.db", "--format", "xlsx", "-o", disk / "x.xlsx"),
        ("extract", CORPUS, "--format", "csv", "-o", disk / "x.csv"),
        ("graph", "--store", "r.db", "--format", "graphml", "-o", disk / "x.graphml"),
        ("pool", "--from", "counts.csv", "--plot", disk / "x.svg"),
    ):
        done = trialspan(*arguments, cwd=tmp_path)
        assert done.returncode == 1 and "no space is left; make room" in done.stderr, (arguments, done.stderr)
    assert sorted(p.name for p in disk.iterdir()) == before
    assert (disk / "old.jsonl").read_text(encoding="utf-8") == "kept\n"
