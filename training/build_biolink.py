"""Builds ``extractor/lexicons/biolink.tsv``: what the graph's exports use of the Biolink model (CC0).

    python training/build_biolink.py biolink_model.yaml

Each class and predicate with its parents and mixins, all the way up, so that a test can check ends of edges without the model.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor.graph.biolink import CLASSES, PREDICATES  # noqa: E402

OUT = ROOT / "extractor" / "lexicons" / "biolink.tsv"
COLUMNS = ("kind", "name", "barred", "above", "domain", "range", "prefixes")


def above(table: dict[str, Any], name: str) -> Iterator[str]:
    """A class or slot, its mixins, and those of its parents."""
    row = table[name]
    yield name
    for other in (*(row.get("mixins") or ()), *filter(None, [row.get("is_a")])):
        yield from above(table, other)


def line(kind: str, table: dict[str, Any], name: str) -> str:
    row = table[name]
    barred = next((word for word in ("abstract", "mixin", "deprecated") if row.get(word)), "")
    cells = (
        kind, name, barred, "|".join(dict.fromkeys(above(table, name))), row.get("domain") or "", row.get("range") or "",
        "|".join(dict.fromkeys(row.get("id_prefixes") or ())),
    )  # fmt: skip
    return "\t".join(cells)


def main() -> None:
    model = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = [
        f"# Of the Biolink model {model['version']} (CC0): classes and predicates that the graph's exports use. Built by training/build_biolink.py",
        "\t".join(COLUMNS),
        *(line("class", model["classes"], name) for name in sorted(CLASSES)),
        *(line("predicate", model["slots"], name) for name in sorted(PREDICATES)),
    ]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
