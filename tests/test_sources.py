"""Readers: golden pairs of raw bytes and documents, recognition by content, nothing lost of the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor import inputs
from extractor.model import Document, check_evidence
from extractor.settings import Settings
from extractor.sources import READERS, Item
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden"
RAW = sorted(p for p in GOLDEN.glob("*/*") if not p.name.endswith(".expected.json"))


def items(path: Path) -> list[Item]:
    with path.open("rb") as stream:
        return list(inputs.read(stream, path.name, path.stem, Settings()))


def shape(item: Item) -> dict[str, Any]:
    if not isinstance(item, Document):
        return {"error": str(item)}
    return item.to_dict() | ({"given": [fact.to_dict() for fact in item.given]} if item.given else {})


@pytest.mark.parametrize("path", RAW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_golden(path: Path) -> None:
    """The bytes give exactly the documents beside them, and every given fact quotes its source."""
    found = items(path)
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))
    assert [shape(item) for item in found] == expected
    for item in found:
        assert isinstance(item, Document)
        check_evidence(item, item.given)


def test_every_reader_has_a_golden_pair() -> None:
    used = {inputs.recognised(_head(path), path.name).name for path in RAW}
    assert used == set(READERS)


def _head(path: Path) -> bytes:
    import gzip

    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == inputs.GZIP else data


@pytest.mark.parametrize("path", RAW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_recognised_without_its_name(path: Path) -> None:
    """The content alone tells the format."""
    assert inputs.recognised(_head(path)).name == inputs.recognised(_head(path), path.name).name


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("text/*.txt")), ids=lambda p: p.name)
def test_parts_of_a_page_are_slices_of_it(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    for item in items(path):
        assert isinstance(item, Document)
        for name, start in item.starts.items():
            assert text[start : start + len(item.parts[name])] == item.parts[name]
