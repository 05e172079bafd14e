"""Total participants on PICO-Corpus (808 breast-cancer trial abstracts): one answer a document.

    python bench/pico.py FOLDER [--wrong]

FOLDER holds ``pico_corpus.jsonl`` (rows ``pmid``, ``text``, ``spans`` with ``start``, ``end``, ``label``). Right: the
primary participants figure equals the number that one of the document's ``total-participants`` spans writes. Documents
without such a span do not count; a document without an answer is wrong. Prints right of all, with a 95 % Wilson interval.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from extractor.model import Document  # noqa: E402
from extractor.people.counted import NUMBER  # noqa: E402
from extractor.pipeline import build, extract  # noqa: E402
from extractor.quantities.numbers import whole  # noqa: E402
from extractor.settings import Settings  # noqa: E402
from extractor.text import fold  # noqa: E402

LABEL = "total-participants"
_GROUPED = re.compile(r"(?<=\d)[ \u2009\u202f\u00a0](?=\d{3}(?!\d))")  # "1 907", "67 142"


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Rows with at least one total that can be read as a number."""
    for line in (folder / "pico_corpus.jsonl").read_text(encoding="utf-8").split("\n"):
        if line.strip():
            row = json.loads(line)
            row["totals"] = totals(row)
            if row["totals"]:
                yield row


def totals(row: dict[str, Any]) -> set[int]:
    found = set()
    for span in row["spans"]:
        if span["label"] == LABEL:
            written = fold(_GROUPED.sub("", row["text"][span["start"] : span["end"]].strip()))
            match = NUMBER.search(written)
            number = whole(match.group()) if match else None
            if number is not None:
                found.add(number)
    return found


def wilson(right: int, total: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927)."""
    z, p = 1.96, right / total
    middle, spread = p + z * z / (2 * total), z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print each wrong document")
    args = parser.parse_args()
    asked = list(rows(args.folder))
    documents = [Document(row["pmid"], "jsonl", {"abstract": row["text"]}) for row in asked]
    right = 0
    for row, record in zip(asked, extract(build(Settings()), documents), strict=True):
        found = [f.value["n"] for f in record.facts if f.field == "participants" and f.primary]
        good = bool(found) and found[0] in row["totals"]
        right += good
        if args.wrong and not good:
            print(f"{row['pmid']}: found {found}, the corpus says {sorted(row['totals'])}")
    low, high = wilson(right, len(asked))
    print(
        f"total participants: {right} of {len(asked)} documents right = {right / len(asked):.3f} ({low:.3f}-{high:.3f})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
