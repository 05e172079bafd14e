"""How soon a command answers: CPU seconds of whole commands beside those of ``python -c "import spacy"``, and the goals.

Each is run by itself, several times in turn with the yardstick; the least time of each counts, because a busy machine only adds.
Bytecode is kept, as where a package was installed: the first run of each makes it, and is not counted.

    python bench/startup.py [--rounds 5] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TEXT = "Ten patients with amyotrophic lateral sclerosis received mesenchymal stem cells intrathecally; two had fever."
YARDSTICK = [sys.executable, "-c", "import spacy"]
# command: goal in seconds where importing spaCy takes 0.57
GOALS = {
    "--version": 0.35,
    "--help": 0.35,
    "fields": 0.35,
    "list": 0.35,
    "show page": 0.35,
    "ask given": 0.6,
    "extract page.txt": 1.5,
}
SPACY = 0.57


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.txt").write_text(TEXT, encoding="utf-8")
        seconds(trialspan("extract page.txt --store trialspan.db"), folder)
        commands = {"import spacy": YARDSTICK} | {name: trialspan(name) for name in GOALS}
        for command in commands.values():
            seconds(command, folder)
        taken = [{name: seconds(command, folder) for name, command in commands.items()} for _ in range(options.rounds)]
        least = {name: min(one[name] for one in taken) for name in commands}
    rows = [row(name, least) for name in GOALS]
    print(f"python -c 'import spacy': {least['import spacy']:.2f} s CPU")
    for one in rows:
        met = "met" if one["ratio"] <= one["goal"] else "missed"
        print(f"{one['command']:<18}{one['seconds']:>7.2f} s{one['ratio']:>7.2f} of it, goal {one['goal']:.2f}, {met}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def row(name: str, least: dict[str, float]) -> dict[str, Any]:
    ratio = least[name] / least["import spacy"]
    return {"command": name, "seconds": least[name], "ratio": ratio, "goal": GOALS[name] / SPACY}


def trialspan(arguments: str) -> list[str]:
    return [sys.executable, "-m", "extractor", *arguments.split()]


def seconds(command: list[str], folder: str) -> float:
    """CPU seconds of one run, its own and the system's for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
