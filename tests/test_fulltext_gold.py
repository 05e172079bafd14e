"""No field is read worse from the whole text than from the abstract alone, on annotated full texts (kept beside the project)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.evaluate.articles import documents_of, with_text
from extractor.evaluate.keys import Gold
from extractor.evaluate.scorer import load_gold, score_document
from extractor.model import ABSTRACT, TITLE, Document
from extractor.pipeline import build, extract
from extractor.settings import Settings

GOLD = Path(__file__).parents[2] / "shared" / "gold_fulltext"
# single arms' ages and sexes are facts of full texts that a score of whole trials counts as false
FIELDS = (
    "report_kind", "condition", "cell_type", "cell_source", "donor", "route", "route_site", "dose", "administrations",
    "participants", "arm", "phase", "design", "ae_term", "ae_count", "ae_event", "ae_blanket", "registry_id",
)  # fmt: skip


def f1(entries: list[Gold], records: dict[str, Gold]) -> dict[str, float]:
    tally: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    for entry in entries:
        scored = score_document(entry, records[entry["id"]])
        for name in FIELDS:
            tally[name] += scored.tally[name]
    return {name: 2 * t["tp"] / max(1, 2 * t["tp"] + t["fp"] + t["fn"]) for name, t in tally.items()}


@pytest.mark.skipif(not GOLD.is_dir(), reason="the annotated full texts do not lie beside the project")
def test_no_field_is_worse_from_the_whole_text() -> None:
    entries = with_text(load_gold(GOLD), GOLD)
    documents = list(documents_of(entries, GOLD, Settings(), lambda *_: None))
    nlp = build(Settings())
    whole = {r.document.id: r.to_dict() for r in extract(nlp, documents)}
    short = {r.document.id: r.to_dict() for r in extract(nlp, map(abstract_of, documents))}
    before, now = f1(entries, short), f1(entries, whole)
    assert {name: (before[name], now[name]) for name in FIELDS if now[name] < before[name]} == {}


def abstract_of(document: Document) -> Document:
    parts = {name: text for name, text in document.parts.items() if name in (TITLE, ABSTRACT)}
    return replace(document, parts=parts, given=(), notes=())
