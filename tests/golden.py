"""Golden pairs of readers: raw bytes, and beside them what they must give (``FILE.expected.json``).

``python -m tests.golden FILE...`` writes the expected file of each, to be read over before it is kept.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from extractor import inputs
from extractor.model import Document, check_evidence
from extractor.settings import Settings
from extractor.sources import Item

SUFFIX = ".expected.json"


def items(path: Path) -> list[Item]:
    with path.open("rb") as stream:
        return list(inputs.read(stream, path.name, path.stem, Settings()))


def shape(item: Item) -> dict[str, Any]:
    if not isinstance(item, Document):
        return {"error": str(item)}
    return item.to_dict() | ({"given": [fact.to_dict() for fact in item.given]} if item.given else {})


def expected(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def write(path: Path) -> Path:
    """Write what `path` gives today beside it; a quote that is not its text stops it."""
    found = items(path)
    for item in found:
        if isinstance(item, Document):
            check_evidence(item, item.given)
    text = json.dumps([shape(item) for item in found], ensure_ascii=False, indent=1)
    expected(path).write_text(text + "\n", encoding="utf-8")
    return expected(path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"written: {write(Path(name))}; read it over, then keep it")
