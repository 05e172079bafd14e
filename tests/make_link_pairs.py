"""Writes ``tests/link_pairs.jsonl``: labelled pairs of reports. Run: ``python -m tests.make_link_pairs``.

Each line is a pair with its labels: ``trial`` (reports of one trial) and ``overlap`` (papers that share people). Pairs
come with the registry numbers that the reports give (``ids``), and without them (``bare``), so that the comparison has to
find them. ``half`` is drawn by the family, so that no family stands in both halves; ``test`` was not used for tuning.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.link_families import Report, constructed, published

PAIRS = Path(__file__).with_name("link_pairs.jsonl")


def trials(report: Report) -> set[str]:
    return {report["trial"]} if isinstance(report["trial"], str) else set(report["trial"])


def labels(a: Report, b: Report) -> dict[str, bool]:
    """One trial: the same one, and neither report pools several; overlap: papers with people in common."""
    papers = all(r.get("source") != "clinicaltrials" for r in (a, b))
    return {
        "trial": trials(a) == trials(b) and len(trials(a)) == 1,
        "overlap": papers and bool(set(a["people"]) & set(b["people"])),
    }


def bare(report: Report) -> Report:
    """The report without registry numbers; a registry record keeps its own."""
    said = {} if "NCT" not in report.get("said", "") else {"said": ""}
    return report | said | {"ids": report_ids(report) if report.get("source") == "clinicaltrials" else []}


def report_ids(report: Report) -> list[str]:
    return sorted(t for t in trials(report) if t.startswith("NCT"))


def half(report: Report) -> str:
    """Families stay together: constructed ones by three (one group), published ones by their first author's group."""
    name = report["id"]
    family = f"c{int(name[1:].split('-')[0]) // 3}" if name[0] == "c" and "-" in name else group_of(report)
    return "tune" if int(hashlib.sha1(family.encode()).hexdigest(), 16) % 2 else "test"


def group_of(report: Report) -> str:
    """The senior author, under whom published families of one group stand together."""
    groups = {
        "Feldman": "neuralstem",
        "Boulis": "neuralstem",
        "Glass": "neuralstem",
        "Fagioli": "turin",
        "Vescovi": "turin",
        "Zeiher": "repair",
        "Simari": "cctrn",
        "Hare": "miami",
        "Lardo": "miami",
        "Aakhus": "astami",
        "Forfang": "astami",
        "Drexler": "boost",
        "Wijns": "cardio3",
        "Terzic": "cardio3",
        "Maksymowicz": "olsztyn",
        "Windebank": "mayo",
        "Kim": "corestem",
        "Brown": "nurown",
        "Karussis": "nurown",
    }
    return groups.get(report["authors"][-1].split()[0], report["authors"][0])


def surnames(report: Report) -> set[str]:
    return {name.split()[0].strip(",") for name in report["authors"]}


def group(a: Report, b: Report) -> bool:
    """Whether a pair is of one group, or of one trial."""
    return (
        a.get("affiliation", 0) == b.get("affiliation", 1)
        or bool(surnames(a) & surnames(b))
        or bool(trials(a) & trials(b))
    )


def wanted(number: int, a: Report, b: Report) -> bool:
    """All pairs that belong together, every fourth of one group, every twelfth of one condition; others share no key."""
    if half(a) != half(b):
        return False
    if any(labels(a, b).values()):
        return True
    return number % 4 == 0 if group(a, b) else a["condition"] == b["condition"] and number % 12 == 0


def pairs() -> Iterator[dict[str, Any]]:
    """All wanted pairs, with and without the registry numbers."""
    for reports in (published(), constructed()):
        for number, (a, b) in enumerate(itertools.combinations(reports, 2)):
            if not wanted(number, a, b):
                continue
            with_ids = a | {"ids": report_ids(a)}, b | {"ids": report_ids(b)}
            for variant, (one, two) in {"ids": with_ids, "bare": (bare(a), bare(b))}.items():
                yield {"half": half(a), "variant": variant, **labels(a, b), "a": one, "b": two}


def main() -> None:
    lines = [json.dumps(pair, ensure_ascii=False) for pair in pairs()]
    PAIRS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
