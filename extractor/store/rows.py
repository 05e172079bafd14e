"""Plain data to rows and back: a record split into table rows, and put together again exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult

from extractor.model import Conflict, Document, Evidence, Fact, Record

_PARTS = ("parts", "sha256", "title")  # of Document.to_dict(): have their own places
Row = dict[str, Any]


def document_row(document: Document) -> Row:
    """The values of a row of ``documents``, without its key, version, digest, run and time."""
    details = {k: v for k, v in document.to_dict().items() if k not in _PARTS}
    return {
        "id": document.id,
        "source": document.source,
        "title": document.title,
        "year": document.year,
        "journal": document.journal,
        "language": document.language,
        "pmid": document.ids.pmid,
        "doi": document.ids.doi,
        "pmcid": document.ids.pmcid,
        "retracted": document.retracted,
        "deleted": document.deleted,
        "sha256": document.sha256,
        "details": details,
        "given": [exact_fact(f) for f in document.given],
        "data": document.data,
    }


def identifier_rows(document: Document) -> list[Row]:
    """(scheme, value) of each identifier, none twice."""
    ids = document.ids
    pairs = [("pmid", ids.pmid), ("doi", ids.doi and ids.doi.lower()), ("pmcid", ids.pmcid)]
    pairs += [("nct", nct) for nct in ids.nct] + [(scheme, value) for scheme, value in ids.other]
    return [{"scheme": scheme, "value": value} for scheme, value in dict.fromkeys(pairs) if value]


def part_rows(document: Document) -> list[Row]:
    return [{"position": i, "name": name, "text": text} for i, (name, text) in enumerate(document.parts.items())]


def document_from(row: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> Document:
    """The document of a ``documents`` row and its parts in order."""
    data = row["details"] | {"parts": {p["name"]: p["text"] for p in parts}}
    bare = Document.from_dict(data)
    if row["data"] is None and not row["given"]:
        return bare
    given = tuple(Fact.from_dict(f) for f in row["given"])
    fields = {name: getattr(bare, name) for name in bare.__dataclass_fields__}
    return Document(**fields | {"given": given, "data": row["data"]})


def exact_fact(fact: Fact) -> Row:
    """`fact` as a dict with its confidence not rounded."""
    return fact.to_dict() | {"confidence": fact.confidence}


def fact_row(fact: Fact, position: int) -> Row:
    return {
        "position": position,
        "field": fact.field,
        "value": fact.value,
        "method": fact.method,
        "confidence": fact.confidence,
        "is_primary": fact.primary,
        "arm": fact.arm,
        "flags": list(fact.flags),
        "state": None,
        "decision": None,
    }


def evidence_rows(fact: Fact, position: int) -> list[Row]:
    return [
        {
            "fact": position,
            "position": i,
            "part": item.part,
            "start_offset": item.start,
            "end_offset": item.end,
            "path": item.path,
            "quote": item.quote,
            "row_label": item.row,
            "column_label": item.column,
            "page": item.page,
            "box": list(item.box) if item.box else None,
        }
        for i, item in enumerate(fact.evidence)
    ]


def evidence_from(row: Mapping[str, Any]) -> Evidence:
    return Evidence(
        row["part"],
        row["quote"],
        row["start_offset"],
        row["end_offset"],
        row["path"],
        row["row_label"],
        row["column_label"],
        row["page"],
        tuple(row["box"]) if row["box"] else None,
    )


def fact_from(row: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> Fact:
    """The fact of a row; one that a curator rejected or replaced is shown as not the trial's own, and says so."""
    state = (row["state"],) if row["state"] else ()
    return Fact(
        row["field"],
        row["value"],
        tuple(map(evidence_from, evidence)),
        row["method"],
        row["confidence"],
        row["is_primary"] and not state,
        row["arm"],
        (*row["flags"], *state),
    )


def conflict_row(conflict: Conflict, position: int) -> Row:
    data = conflict.to_dict()
    return {
        "position": position,
        "kind": data["kind"],
        "message": data["message"],
        "facts": data["facts"],
        "other": data["other"],
    }


def record_digest(record: Record) -> str:
    """What makes two extractions of one document the same: facts, conflicts and silence, in order."""
    data = record.to_dict()
    return digest([data["facts"], data["conflicts"], data["not_found"]])


def digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_of(result: CursorResult[Any]) -> int:
    """The key of the row that was just put in."""
    inserted = result.inserted_primary_key
    assert inserted is not None
    return int(inserted[0])
