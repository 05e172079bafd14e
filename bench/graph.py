"""The graph of synthetic trials and the twenty-four questions to it: seconds and memory by number of trials.

Each size has its own process and its own store (see synthetic.py), filled without linking: trials and overlaps are put in
as they are known, and the time of that is not counted. Building reads every record from the store. A question's time is
the median of several rounds on one review, whose index is made once and shared by all questions. Questions that fit models
are asked once and have no time goal; controlled-risk, whose exact models grow with the square of the trials, is asked of
one condition in three hundred where there are more than a thousand trials.

    python bench/graph.py [--trials 1000 10000 100000] [--rounds 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from synthetic import fill

from extractor.graph import QUESTIONS, Review, ask, build
from extractor.store import Store

MODELS = frozenset({3, 4, 7, 8, 9, 10, 20, 22, 23})  # questions without a time goal
GOAL_S = 0.5
ALL_TRIALS = 1_000  # up to so many, controlled-risk is asked of all
SIZES = (1_000, 10_000, 100_000)
# the widest that a question may be asked; no goal
WIDER: dict[str, dict[str, Any]] = {
    "given": {"cells": "", "route": ""},
    "never-reported": {"everything": True},
    "poolable": {"outcome": "headache"},
    "changed-since": {"date": "2000-01-01"},
}


def measured(trials: int, rounds: int) -> dict[str, Any]:
    """Fill, build, index and ask, in this process."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "bench.db") as store:
        filling, reports = timed(lambda: fill(store, trials))
        size = sum(f.stat().st_size for f in Path(folder).iterdir())
        before = resident()
        building, graph = timed(lambda: build(store))
        after = resident()
        indexing, review = timed(lambda: Review(store, graph))
        found = {
            "trials": trials, "reports": reports, "facts": store.select("SELECT count(*) FROM facts")[1][0][0],
            "store_mb": megabytes(size), "filling": filling, "nodes": len(graph), "edges": graph.number_of_edges(),
            "building": building, "indexing": indexing, "graph_mb": after - before, "index_mb": resident() - after,
        }  # fmt: skip
        asked = {name: median(review, name, arguments(name, trials), rounds) for name in QUESTIONS}
        wider = {name: median(review, name, given, rounds) for name, given in WIDER.items()}
    return found | {"questions": asked, "wider": wider, "peak_mb": megabytes(peak()), "load": os.getloadavg()[0]}


def arguments(name: str, trials: int) -> dict[str, Any]:
    last = f"NCT{trials - 2:08}"
    found: dict[str, dict[str, Any]] = {
        "papers-of": {"trial": last}, "side-by-side": {"trials": (last, "NCT00000002")},
        "provenance": {"report": "t000001paper"}, "changed-since": {"date": "2025-06-01"},
    }  # fmt: skip
    if name == "controlled-risk" and trials > ALL_TRIALS:
        return {"condition": "condition 007"}
    return found.get(name, {})


def median(review: Review, name: str, given: dict[str, Any], rounds: int) -> dict[str, Any]:
    """Seconds of a question, and how many rows its answer has."""
    once = QUESTIONS[name].number in MODELS
    taken, rows = [], 0
    for _ in range(1 if once else rounds):
        seconds, answer = timed(lambda: ask(review, name, **given))
        taken.append(seconds)
        rows = len(answer.rows)
        del answer  # of a hundred thousand rows one is enough
    return {kind: statistics.median(s[kind] for s in taken) for kind in ("wall_s", "cpu_s")} | {"rows": rows}


def timed(function: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds by the clock and of this process's own work, and what came of it."""
    wall, own = time.perf_counter(), time.process_time()
    result = function()
    return {"wall_s": round(time.perf_counter() - wall, 4), "cpu_s": round(time.process_time() - own, 4)}, result


def resident() -> int:
    """Megabytes that this process holds now; the peak where the system does not say."""
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text().split()[1]) * resource.getpagesize() if statm.exists() else peak()
    return megabytes(pages)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def megabytes(size: int) -> int:
    return round(size / 1e6)


# ---------------------------------------------------------------- what is printed


def table(results: list[dict[str, Any]]) -> list[str]:
    """One column a size."""
    lines = [_line("synthetic trials", [f"{r['trials']:,}" for r in results])]
    for words, key in (("reports", "reports"), ("facts", "facts"), ("nodes", "nodes"), ("edges", "edges")):
        lines.append(_line(words, [f"{r[key]:,}" for r in results]))
    lines.append(_line("store on disk, MB", [f"{r['store_mb']:,}" for r in results]))
    for words, key in (("filling (not counted), s", "filling"), ("building, s", "building"), ("index, s", "indexing")):
        lines.append(_line(words, [f"{r[key]['wall_s']:,.1f} ({r[key]['cpu_s']:,.1f})" for r in results]))
    for words, key in (("graph, MB", "graph_mb"), ("index, MB", "index_mb"), ("peak of the process, MB", "peak_mb")):
        lines.append(_line(words, [f"{r[key]:,}" for r in results]))
    lines.append("")
    for name, question in QUESTIONS.items():
        mark = "*" if question.number in MODELS else ""
        cells = [_seconds(r["questions"][name], goal=not mark) for r in results]
        lines.append(_line(f"{question.number:2} {name}{mark}", cells))
    lines.append("")
    for name, given in WIDER.items():
        words = " ".join(f"{k}={v if v != '' else '(any)'}" for k, v in given.items())
        lines.append(_line(f"{name} {words}", [_seconds(r["wider"][name], goal=False) for r in results]))
    return lines


def _line(words: str, cells: list[str]) -> str:
    return f"{words:<40}" + "".join(f"{cell:>30}" for cell in cells)


def _seconds(found: dict[str, Any], *, goal: bool) -> str:
    late = " late" if goal and found["wall_s"] > GOAL_S else ""
    return f"{found['rows']:,} rows {found['wall_s']:.3f} ({found['cpu_s']:.3f}){late}"


def verdict(result: dict[str, Any]) -> str:
    """Whether each question with a goal keeps it: by the clock, and by the process's own time where the machine was shared."""
    goals = [n for n, q in QUESTIONS.items() if q.number not in MODELS]
    said = []
    for words, kind in (("by the clock", "wall_s"), ("by the process's own time", "cpu_s")):
        late = [n for n in goals if result["questions"][n][kind] > GOAL_S]
        said.append(f"{words} {'missed by ' + ', '.join(late) if late else 'met'}")
    return f"{result['trials']:,} trials, each question under {GOAL_S} s: {'; '.join(said)}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--trials", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    results = []
    for trials in chosen.trials:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:  # so that each peak is its own
            results.append(one.submit(measured, trials, chosen.rounds).result())
    print("\n".join(table(results)))
    loads = ", ".join(f"{r['load']:.1f}" for r in results)
    print(
        f"\nSeconds by the clock, in brackets of the process itself; questions: median of {chosen.rounds}, rows of the answer."
        f"\n* fits models: no goal, asked once; controlled-risk above {ALL_TRIALS:,} trials of one condition in 300."
        f"\n{os.cpu_count()} processors; load when a size ended: {loads}."
    )
    for r in results:
        print(verdict(r))
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
