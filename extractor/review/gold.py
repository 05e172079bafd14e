"""Checked reports as gold: the form that ``trialspan evaluate`` reads, made of what people left standing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractor.model import TITLE, Fact, Record
from extractor.review.claim import OPEN, claims
from extractor.store import Decision

NAMES = ("condition", "cell_type", "cell_source", "route", "route_site", "design")
ONE_OF = ("donor", "phase")
EVENT_KEYS = ("term", "n", "denominator", "percent", "grade", "severity", "serious", "related", "assertion")


def checked(record: Record, decisions: Sequence[Decision]) -> bool:
    """Whether somebody decided every claim of a report, and left none unsure."""
    own = [c for c in claims(record, decisions) if not c.put_aside]
    return bool(own) and all(c.state not in (OPEN, "unsure") for c in own)


def gold(record: Record) -> dict[str, Any]:
    """One gold document of a record whose claims were checked."""
    document = record.document
    text = "\n".join(part for name, part in document.parts.items() if name != TITLE)
    kind = next((str(f.value["name"]) for f in record.of("report_kind")), "other")
    return {
        "id": document.id, "title": document.title, "text": text, "text_origin": "checked", "kind": kind, "notes": "", "traps": [],
        "gold": _values(record),
    }  # fmt: skip


def _values(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {name: [f.value["name"] for f in record.of(name)] for name in NAMES}
    found |= {name: "; ".join(str(f.value["name"]) for f in record.of(name)) or None for name in ONE_OF}
    found["dose"] = [_kept(f, "low", "high", "unit", "basis") for f in record.of("dose")]
    found["administrations"] = [_times(f) for f in record.of("administrations")]
    found["cohort"] = _cohort(record)
    found["follow_up"] = [
        {"value": f.value["high"] if f.value["high"] is not None else f.value["low"], "unit": f.value["unit"], "quote": _quote(f)}
        for f in record.of("follow_up")
    ]  # fmt: skip
    found["adverse_events"] = [_kept(f, *EVENT_KEYS) for f in record.of("adverse_event")]
    found["deaths"] = next((f.value["n"] for f in record.of("deaths")), None)
    found["registry_ids"] = [f.value["id"] for f in record.of("registry_id")]
    found["ethics_ids"] = [f.value["id"] for f in record.of("ethics_approval")]
    return found


def _kept(fact: Fact, *keys: str) -> dict[str, Any]:
    return {key: fact.value.get(key) for key in keys} | {"quote": _quote(fact)}


def _quote(fact: Fact) -> str:
    return fact.evidence[0].quote if fact.evidence else ""


def _times(fact: Fact) -> dict[str, Any]:
    low, high, every = (fact.value.get(k) for k in ("low", "high", "interval"))
    between = f"{every['low']:g} {every['unit']}" if every and every.get("low") is not None else None
    return {"n": low if low == high else [low, high], "interval": between, "quote": _quote(fact)}


def _cohort(record: Record) -> dict[str, Any]:
    people = record.of("participants")
    sex, age = (next((f.value for f in record.of(name) if not f.arm), {}) for name in ("sex", "age"))
    cohort: dict[str, Any] = {
        "n": people[0].value["n"] if people else None, "n_kind": people[0].value["kind"] if people else None,
        "n_alternatives": [f.value["n"] for f in people[1:]], "female": sex.get("female"), "male": sex.get("male"),
    }  # fmt: skip
    cohort |= {f"age_{key}": age.get(key) for key in ("mean", "sd", "low", "high")}
    cohort["arms"] = [{"name": f.value["name"], "n": f.value["n"]} for f in record.of("arm")]
    return cohort | {"quote": _quote(people[0]) if people else ""}
