"""Curators at once, and the server killed in the middle: no acknowledged decision is lost or doubled. The long run is in bench."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_no_acknowledged_decision_is_lost_or_doubled(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    words = [
        "--torture",
        "240",
        "--enough",
        "24",
        "--curators",
        "3",
        "--store",
        str(tmp_path / "torture.db"),
        "--json",
        str(found),
    ]
    done = subprocess.run(
        [sys.executable, "bench/review.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(found.read_text(encoding="utf-8"))
    assert counts["acknowledged"] >= 12
    assert {counts[n] for n in ("lost", "doubled", "of nobody", "backup lost", "chain breaks")} == {0} and counts[
        "backup reads the same"
    ]
