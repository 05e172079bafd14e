"""Every field against its table of cases (``tests/cases/<field>.jsonl``), and the law of evidence.

A case: ``{"text": ..., "title"?: ..., "facts": [{"value": {...}, ...}], "fails"?: "why"}``. Each fact listed must be found,
compared on the keys it names (``value`` keys, ``primary``, ``flags``, ``quote``); and nothing else may be found with
``primary`` true, unless the case says ``"more": true``.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from spacy.language import Language

from extractor.fields import FIELDS
from extractor.model import Document, Fact, check_evidence
from extractor.pipeline import extract
from tests.conftest import CASES


def cases(name: str) -> list[Any]:
    path = CASES / f"{name}.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    rows = [(number, json.loads(line)) for number, line in enumerate(lines, 1) if line.strip()]
    return [
        pytest.param(
            name,
            row,
            id=f"{name}-{number}",
            marks=[pytest.mark.xfail(reason=row["fails"], strict=True)] if "fails" in row else [],
        )
        for number, row in rows
    ]


ALL = [case for name in sorted(FIELDS) for case in cases(name)]


def agrees(wanted: dict[str, Any], fact: Fact) -> bool:
    value = wanted.get("value", {})
    if any(fact.value.get(key) != value[key] for key in value):
        return False
    if not set(wanted.get("flags", ())) <= set(fact.flags) or wanted.get("primary", True) != fact.primary:
        return False
    if "arm" in wanted and wanted["arm"] != fact.arm:
        return False
    return "quote" not in wanted or any(e.quote == wanted["quote"] for e in fact.evidence)


@pytest.mark.parametrize(("name", "case"), ALL)
def test_case(name: str, case: dict[str, Any], nlp: Language) -> None:
    parts = ({"title": case["title"]} if case.get("title") else {}) | {"abstract": case["text"]}
    document = Document("case", "text", parts)
    record = next(extract(nlp, [document]))
    check_evidence(document, record.facts)
    found = [f for f in record.facts if f.field == name]
    left = list(found)
    for wanted in case["facts"]:
        match = next((f for f in left if agrees(wanted, f)), None)
        assert match, f"not found: {wanted}; found: {[f.to_dict() for f in found]}"
        left.remove(match)
    if not case.get("more"):
        assert not [f.to_dict() for f in left if f.primary]


def test_every_field_has_cases() -> None:
    assert [name for name in FIELDS if not cases(name)] == []
