"""Building the graph of synthetic trials and asking the twenty questions: seconds and memory by number of trials.

Three reports a trial in the first half (a registry record with results, a paper, a conference abstract of the same
people), one paper in the second; two events an arm. The store is filled without linking, trials and overlaps are put in
as they are known; the time of that is not counted. Questions that fit models have no time goal.

    python bench/graph.py [--trials 1000 10000] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractor.graph import QUESTIONS, Review, ask, build
from extractor.model import ABSTRACT, TITLE, Document, Evidence, Fact, Ids, Record
from extractor.store import Store
from extractor.store.links import Link, LinkStore

EVENTS = ("headache", "fever", "nausea", "back pain", "fatigue", "vomiting", "rash", "seizure", "anemia", "insomnia")
ROUTES = ("intravenous", "intrathecal", "intra-articular", "intracoronary", "intramuscular")
SOURCES = ("bone marrow", "adipose tissue", "Wharton's jelly", "peripheral blood")
MODELS = frozenset({3, 4, 7, 8, 9, 10, 20})  # questions without a time goal
GOAL_S = 0.5
EVENTS_A_REPORT = 4


def trial(draw: random.Random, number: int) -> Iterator[Record]:
    """The reports of one synthetic trial."""
    size = draw.randint(8, 60)
    name, nct = f"t{number:06}", f"NCT{number:08}"
    found = claims(draw, number, size)
    for report in ("paper", "record", "abstract") if number % 2 == 0 else ("paper",):
        source = "clinicaltrials" if report == "record" else "pubmed"
        said = found[:-EVENTS_A_REPORT] if report == "abstract" else found
        if report == "record" and number % 20 == 0:  # one trial in twenty differs from its record
            said = claims(draw, number, size + 1)
        yield record(f"{source}:{nct}" if report == "record" else f"{name}{report}", source, nct, said)


def claims(draw: random.Random, number: int, size: int) -> list[tuple[str, dict[str, Any], str | None]]:
    """(field, value, arm) of one report."""
    dose = 10.0 ** draw.randint(6, 8)
    found: list[tuple[str, dict[str, Any], str | None]] = [
        ("report_kind", {"name": "single-trial"}, None),
        ("condition", {"name": f"condition {number % 300}"}, None),
        ("cell_type", {"name": "mesenchymal stem cell"}, None),
        ("cell_source", {"name": SOURCES[number % 4]}, None),
        ("route", {"name": ROUTES[number % 5]}, None),
        ("dose", {"low": dose, "high": dose, "unit": "cells", "basis": "total"}, None),
        ("administrations", {"low": 1 + number % 3, "high": 1 + number % 3, "interval": None}, None),
        ("participants", {"n": 2 * size, "kind": "treated"}, None),
        ("arm", {"name": "cells", "n": size}, None),
        ("arm", {"name": "placebo", "n": size}, None),
        ("follow_up", {"low": 6, "high": 6, "unit": "months"}, None),
    ]
    for arm in ("cells", "placebo"):
        for term in ("serious adverse events", draw.choice(EVENTS)):
            n = min(size, int(draw.expovariate(0.8)))
            value = {
                "term": term,
                "n": n,
                "denominator": size,
                "denominator_unit": "participants",
                "assertion": "present" if n else "absent",
            }
            found.append(("adverse_event", value, arm))
    return found


def record(id: str, source: str, nct: str, found: list[tuple[str, dict[str, Any], str | None]]) -> Record:
    words = [f"{field} {i} is said here" for i, (field, _, _) in enumerate(found)]
    text = ". ".join(words)
    facts, start = [], 0
    for said, (field, value, arm) in zip(words, found, strict=True):
        facts.append(
            Fact(field, value, (Evidence(ABSTRACT, said, start, start + len(said)),), "rule:bench", 0.9, arm=arm)
        )
        start += len(said) + 2
    document = Document(id, source, {TITLE: f"Report {id}", ABSTRACT: text}, ids=Ids(nct=(nct,)), year=2020)
    return Record(document, tuple(facts))


def fill(store: Store, trials: int) -> int:
    """Put synthetic trials in; the number of reports."""
    draw, links, members = random.Random(1), [], {}
    for number in range(trials):
        reports = [r.document.id for r in trial_into(store, draw, number)]
        members |= dict.fromkeys(reports, f"NCT{number:08}")
        if len(reports) == 3:
            a, b = sorted((reports[0], reports[1]))
            links.append(Link(a, b, "trial", "same_trial", "registry_id", 0.99, "confirmed", "One number.", reasons=[]))
        if number % 10 == 3 and number > 10:  # people of a trial before
            a, b = sorted((f"t{number:06}paper", f"t{number - 2:06}paper"))
            links.append(Link(a, b, "overlap", "same_people", "score", 0.9, "proposed", "Perhaps.", preferred=a))
    LinkStore(store).put_links(links)
    LinkStore(store).put_trials(members)
    return len(members)


def trial_into(store: Store, draw: random.Random, number: int) -> list[Record]:
    found = list(trial(draw, number))
    for one in found:
        store.add(one)
    return found


def measured(trials: int) -> dict[str, Any]:
    """Build and ask once."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "bench.db") as store:
        reports = fill(store, trials)
        before, start = peak(), time.perf_counter()
        graph = build(store)
        built = time.perf_counter() - start
        memory, start = peak(), time.perf_counter()
        review = Review(store, graph)
        indexed = time.perf_counter() - start
        seconds = {q.name: round(timed(review, q.name, trials), 3) for q in QUESTIONS.values()}
    slow = {n: s for n, s in seconds.items() if QUESTIONS[n].number not in MODELS and s > GOAL_S}
    return {
        "trials": trials, "reports": reports, "nodes": len(graph), "edges": graph.number_of_edges(), "build_s": round(built, 2),
        "index_s": round(indexed, 2), "memory_before_mb": before, "memory_mb": memory, "questions_s": seconds, "above_goal": slow,
    }  # fmt: skip


def timed(review: Review, name: str, trials: int) -> float:
    last = f"NCT{trials - 1:08}"
    arguments: dict[str, dict[str, Any]] = {
        "papers-of": {"trial": last}, "side-by-side": {"trials": (last, "NCT00000002")},
        "provenance": {"report": "t000001paper"}, "changed-since": {"date": "2100-01-01"},
    }  # fmt: skip
    start = time.perf_counter()
    ask(review, name, **arguments.get(name, {}))
    return time.perf_counter() - start


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--trials", type=int, nargs="+", default=[1_000, 10_000])
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    results = [measured(n) for n in chosen.trials]
    for found in results:
        print(
            f"{found['trials']:,} trials, {found['reports']:,} reports: {found['nodes']:,} nodes, {found['edges']:,} edges in {found['build_s']} s, {found['memory_mb']} MB (before: {found['memory_before_mb']})"
        )
        print("   " + ", ".join(f"{n} {s}" for n, s in found["questions_s"].items()))
        print(f"   above {GOAL_S} s: {found['above_goal'] or 'none'}")
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
