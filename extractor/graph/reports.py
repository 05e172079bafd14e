"""A report as a node: what the questions need of it, and how many people it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extractor.declared import registers
from extractor.graph.nodes import Row, evidence, of_report
from extractor.graph.observations import People, is_whole
from extractor.link.check_events import TOTAL
from extractor.link.control import controls, key
from extractor.link.profile import ABSTRACT, MEETING, NO_TRIAL, PAPER, RECORD
from extractor.model import JSON_PART, Document, Evidence, Record, value_at

PLANNED = frozenset({"planned", "anticipated", "estimated"})
MONTHS = {"days": 1 / 30.44, "weeks": 7 / 30.44, "months": 1.0, "years": 12.0}
RESULTS = "resultsSection"
TABLE_WORDS = ("frequencyThreshold", "timeFrame", "description", "eventGroups[0].id")


@dataclass(frozen=True, slots=True)
class Reported:
    """The attributes of a report's node, and its people."""

    row: Row
    people: People


def report_row(record: Record) -> Reported:
    """The attributes of a report's node."""
    document = record.document
    data = document.data or {}
    kind = next((str(f.value.get("name")) for f in record.of("report_kind")), "")
    own = [f for f in record.of("participants") if f.value.get("n") is not None and f.value.get("kind") not in PLANNED]
    arms = {
        str(f.value["name"]).strip().lower(): int(f.value["n"])
        for f in record.of("arm")
        if f.value.get("name") and f.value.get("n")
    }
    named = {str(f.value["name"]) for f in record.of("arm") if f.value.get("name")}
    groups = sorted({key(name) for name in named | {f.arm for f in record.facts if f.arm and f.primary}} - TOTAL)
    n = int(own[0].value["n"]) if own else 1 if kind == "case-report" else None
    row: Row = {
        "document": document.id,
        "source": document.source,
        "title": document.title,
        "year": document.year,
        "pmid": document.ids.pmid,
        "doi": document.ids.doi,
        "retracted": document.retracted,
        "role": _role(record),
        "report_kind": kind,
        "of_people": kind not in NO_TRIAL and kind != "protocol",
        "planned": kind == "protocol",
        "n": n,
        "n_evidence": evidence(document.id, own[0].evidence) if own else [],
        "arms": sorted(name for name in arms if not is_whole(name)),
        "arm_sizes": {name: arms[name] for name in sorted(arms) if not is_whole(name)},
        "groups": groups,
        "has_control": bool(controls(groups)),
        "words": len(document.text.split()),
        "registry_ids": sorted({str(f.value.get("id")) for f in record.of("registry_id")} | set(document.ids.nct)),
        "conflicts": sorted({c.kind for c in record.conflicts}),
        "follow_up_months": _months(record),
        "design": sorted({str(f.value.get("name")) for f in record.of("design")}),
        "phase": sorted({str(f.value.get("name")) for f in record.of("phase")}),
        "about": of_report(document),
        "has_results": RESULTS in data if document.source == "clinicaltrials" else None,
        "serious_table": bool((data.get(RESULTS) or {}).get("adverseEventsModule")),
        **{name: document.metadata.get(name) for name in ("status", "start_date", "completion_date")},
        "threshold": document.metadata.get("adverse_event_threshold"),
        "table_said": _table_said(document),
        "outcomes": _outcomes(data),
    }
    return Reported(row, People(n, arms))


def _role(record: Record) -> str:
    document = record.document
    if document.source in registers():
        return RECORD
    return ABSTRACT if MEETING.search(" ".join([*document.publication_types, document.journal or ""])) else PAPER


def _table_said(document: Document) -> list[Row]:
    """The words that speak for a registry's whole table of adverse events: its threshold, else what it says of itself."""
    for name in TABLE_WORDS:
        path = f"$.{RESULTS}.adverseEventsModule.{name}"
        if quote := value_at(document.data or {}, path):
            return evidence(document.id, (Evidence(JSON_PART, quote, path=path),))
    return []


def _months(record: Record) -> float | None:
    """The longest follow-up in months."""
    found = [
        float(f.value.get("high") or f.value.get("low") or 0) * MONTHS[f.value["unit"]]
        for f in record.of("follow_up")
        if f.value.get("unit") in MONTHS
    ]
    return round(max(found), 2) if found else None


def _outcomes(data: dict[str, Any]) -> list[str]:
    """Titles of a registry's reported outcomes."""
    module = (data.get(RESULTS) or {}).get("outcomeMeasuresModule") or {}
    return [str(one.get("title") or "") for one in module.get("outcomeMeasures") or ()]
