"""Linking synthetic reports: seconds (CPU and wall) and memory for all of them, then for ten more, which touch only their neighbourhood.

Three reports a trial (a registry record, a paper, a follow-up without the registry number); conditions, products and
authors are drawn unevenly, as in a real search.

    python bench/linking.py [--reports 10000] [--json FILE]
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

from extractor.link.linker import link
from extractor.model import ABSTRACT, JSON_PART, TITLE, Document, Evidence, Fact, Ids, Record
from extractor.store import Store

CONDITIONS, SURNAMES, CENTRES = 400, 20_000, 3_000
CELLS = ("mesenchymal stem cell", "mononuclear cell", "neural stem cell", "hematopoietic stem cell", "T cell")
SOURCES = ("bone marrow", "adipose tissue", "Wharton's jelly", "peripheral blood")
ROUTES = ("intravenous", "intrathecal", "intra-articular", "intracoronary", "intramuscular", "subcutaneous")


def records(count: int, seed: int = 1, first: int = 0) -> Iterator[Record]:
    """`count` synthetic records, three to a trial."""
    draw = random.Random(seed)
    for number in range(first, first + count // 3 + 1):
        yield from list(trial(draw, number))[: max(0, min(3, count - 3 * (number - first)))]


def trial(draw: random.Random, number: int) -> Iterator[Record]:
    n, year = draw.randint(6, 300), draw.randint(2003, 2024)
    shared: dict[str, Any] = {
        "condition": f"condition {int(draw.paretovariate(0.7)) % CONDITIONS}",
        "cell_type": draw.choice(CELLS),
        "cell_source": draw.choice(SOURCES),
        "route": draw.choice(ROUTES),
    }
    authors = tuple(f"Surname{draw.randrange(SURNAMES)} {draw.choice('ABCDEFGH')}" for _ in range(6))
    centre = (f"University Hospital {draw.randrange(CENTRES)}",)
    nct = f"NCT{number:08d}"
    title = f"Cells {draw.randrange(10**6)} for {shared['condition']} in trial {number}"
    yield record(f"r{number}", "clinicaltrials", title, year - 2, (nct,), n, shared, centre, ())
    yield record(f"p{number}", "pubmed", f"Results of {title}", year, (nct,), n, shared, authors, centre)
    yield record(f"f{number}", "pubmed", f"Follow-up of {number} people", year + 2, (), n, shared, authors[:5], centre)


def record(
    id: str,
    source: str,
    title: str,
    year: int,
    ncts: tuple[str, ...],
    n: int,
    shared: dict[str, Any],
    authors: tuple[str, ...],
    places: tuple[str, ...],
) -> Record:
    facts = [fact(name, {"name": value, "id": None}) for name, value in shared.items()]
    facts += [fact("report_kind", {"name": "protocol" if source == "clinicaltrials" else "single-trial"})]
    facts += [fact("participants", {"n": n, "kind": "treated"})]
    document = Document(
        id, source, {TITLE: title, ABSTRACT: ""}, Ids(nct=ncts), year=year, authors=authors, affiliations=places
    )
    return Record(document, tuple(facts))


def fact(field: str, value: dict[str, Any]) -> Fact:
    return Fact(field, value, (Evidence(JSON_PART, json.dumps(value), path=f"$.{field}"),), "rule:bench")


def measure(folder: Path, count: int) -> dict[str, float]:
    """Seconds and megabytes for `count` reports, and for ten more."""
    found: dict[str, float] = {"reports": count}
    with Store.open(folder / "bench.db") as store:
        for name, batch in (("all", records(count)), ("ten_more", records(10, seed=2, first=count))):
            start = time.process_time()
            for one in batch:
                store.add(one)
            found[f"{name}_stored_cpu_s"] = round(time.process_time() - start, 1)
            start, began = time.process_time(), time.perf_counter()
            done = link(store)
            found[f"{name}_linked_cpu_s"] = round(time.process_time() - start, 2)
            found[f"{name}_linked_s"] = round(time.perf_counter() - began, 2)
            found[f"{name}_pairs"] = done.compared
            found[f"{name}_trials"] = done.trials
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.reports)
    for name, value in found.items():
        print(f"{name:22} {value:,}")
    if options.json:
        options.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
