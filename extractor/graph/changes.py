"""What changed in a store since a date: reports that came, went or were read anew, facts added or gone, decisions."""

from __future__ import annotations

from typing import Any

from extractor.graph.nodes import Row
from extractor.store import Store

# the extraction that counted before the date, and the one that counts now
_READINGS = """
SELECT d.id, e.key, e.added_at, e.is_current AND d.is_current AS now
FROM extractions e JOIN documents d ON d.key = e.document
WHERE d.id IN (SELECT x.id FROM documents x JOIN extractions y ON y.document = x.key WHERE y.added_at >= :date)
ORDER BY d.id, e.added_at, e.key
"""
_VERSIONS = (
    "SELECT id, version, deleted, retracted, added_at FROM documents WHERE added_at >= :date ORDER BY id, version"
)
_FACTS = "SELECT field, value, arm, is_primary, state FROM facts WHERE extraction = :key ORDER BY position"


def changes(store: Store, date: str) -> list[Row]:
    """One row a change; `date` in ISO form, UTC."""
    return [*_reports(store, date), *_facts(store, date), *_decisions(store, date)]


def _row(when: str, what: str, report: str, field: str | None = None, value: Any = None, by: str | None = None) -> Row:
    return {"when": when, "what": what, "report": report, "field": field, "value": value, "by": by}


def _reports(store: Store, date: str) -> list[Row]:
    found = []
    for id, version, deleted, retracted, added in store.select(_VERSIONS, {"date": date})[1]:
        what = (
            "deleted by its source"
            if deleted
            else "retracted"
            if retracted
            else "added"
            if version == 1
            else "text changed"
        )
        found.append(_row(added, f"report {what}", id, value=f"version {version}"))
    return found


def _facts(store: Store, date: str) -> list[Row]:
    """Facts of reports that were known before the date and read anew after it."""
    readings: dict[str, dict[str, tuple[int, str]]] = {}
    for id, key, added, now in store.select(_READINGS, {"date": date})[1]:
        if added < date:
            readings.setdefault(id, {})["before"] = (key, added)
        if now:
            readings.setdefault(id, {})["now"] = (key, added)
    found = []
    for id, at in sorted(readings.items()):
        if len(at) < 2:
            continue
        before, now = (_values(store, at[name][0]) for name in ("before", "now"))
        when = at["now"][1]
        found += [_row(when, "fact added", id, *now[k]) for k in sorted(now.keys() - before.keys())]
        found += [_row(when, "fact gone", id, *before[k]) for k in sorted(before.keys() - now.keys())]
    return found


def _values(store: Store, extraction: int) -> dict[str, tuple[str, str]]:
    rows = store.select(_FACTS, {"key": extraction})[1]
    return {
        f"{field}|{value}|{arm}": (field, str(value))
        for field, value, arm, primary, state in rows
        if primary and not state
    }


def _decisions(store: Store, date: str) -> list[Row]:
    found = []
    for d in store.decisions():
        fact = d.fact or d.target
        if d.decided_at >= date:
            field, value = (fact.field, fact.value) if fact else (None, d.note)
            found.append(_row(d.decided_at, f"decision: {d.action}", d.document, field, value, d.curator))
    return found
