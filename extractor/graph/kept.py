"""Answers that are kept, and what moved them since: the same question asked anew, row by row against what was kept.

A kept answer is a JSON file beside the store (in the working folder for a database), so that it can be sent, and read without
this program.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractor.errors import QueryError
from extractor.graph.answers import Answer
from extractor.graph.changes import changes
from extractor.graph.nodes import Row
from extractor.store import Store

SCHEMA = "trialspan.answer/1"
FOLDER = "trialspan-answers"
NAME = re.compile(r"[\w][\w .-]{0,80}")
ROWS_BY = (
    "event",
    "organ_class",
    "study",
    "trial",
    "arm",
    "route",
    "variant",
    "report",
    "field",
    "what",
)  # what tells rows apart
UNCOMPARED = frozenset({"evidence", "observation"})  # a quote that is found anew is no other answer
ESTIMATES = ("k", "events", "total", "estimate", "low", "high", "p_value", "q_p")


def keep(store: Store, answer: Answer, name: str, *, now: datetime | None = None) -> Path:
    """Keep an answer under a name; one that is kept already is never written over.

    Raises
    ------
    QueryError
        If the name is none for a file, or an answer has it.
    """
    path = _path(store, name)
    if path.exists():
        raise QueryError(
            f"{path} is kept already; what moved it since says: trialspan ask --changed {shlex.quote(name)};"
            " keep the new answer under another name, or take that file away first"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {"schema": SCHEMA, "saved_at": (now or datetime.now(UTC)).isoformat(timespec="seconds"), **answer.to_dict()}
    with path.open("x", encoding="utf-8") as file:  # two who keep at once: one is refused
        file.write(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    return path


def kept(store: Store, name: str) -> Row:
    """The answer that was kept under a name.

    Raises
    ------
    QueryError
        If there is none, or the file is no kept answer.
    """
    path = _path(store, name)
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise QueryError(f"no answer is kept as {name!r} in {path.parent}; there are: {there}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise QueryError(f"{path}: no kept answer ({error}); ask again with --save {name}") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise QueryError(f"{path}: no kept answer of this program; ask again with --save {name}")
    return found


def _path(store: Store, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise QueryError(f"--save {name}: letters, digits, blanks, dots and hyphens make a name")
    home = Path(store.name)
    return (home.parent if "://" not in store.name else Path()) / FOLDER / f"{name}.json"


def moved(store: Store, before: Row, after: Answer) -> list[Row]:
    """One row a difference: rows and studies that came, went or changed, what is pooled, and what happened in the store since."""
    now = json.loads(json.dumps(after.to_dict()))
    found = [*_rows(before["rows"], now["rows"]), *_left_out(before["left_out"], now["left_out"])]
    found += _pooled(before["pooled"], now["pooled"])
    if found:
        found += [
            {"what": f"in the store: {row['what']}", "of": row["report"], "before": None, "now": f"{row['field'] or ''} {row['value'] or ''}".strip()}
            for row in changes(store, before["saved_at"])
        ]  # fmt: skip
    return found


def _row(what: str, of: str, before: Any = None, now: Any = None) -> Row:
    return {"what": what, "of": of, "before": before, "now": now}


def _keyed(rows: Sequence[Row]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        name = ", ".join(dict.fromkeys(str(row[k]) for k in ROWS_BY if row.get(k) is not None)) or "row"
        while name in found:
            name += " (again)"
        found[name] = {k: v for k, v in row.items() if k not in UNCOMPARED}
    return found


def _rows(before: Sequence[Row], now: Sequence[Row]) -> Iterator[Row]:
    old, new = _keyed(before), _keyed(now)
    for name in [*old, *(n for n in new if n not in old)]:
        if name not in new:
            yield _row("row gone", name, _said(old[name]))
        elif name not in old:
            yield _row("row added", name, now=_said(new[name]))
        else:
            for key in sorted(old[name].keys() | new[name].keys()):
                if old[name].get(key) != new[name].get(key):
                    yield _row(f"{key} changed", name, old[name].get(key), new[name].get(key))


def _said(row: Row) -> str:
    parts = [f"{k} {row[k]}" for k in ("events", "total", "value") if row.get(k) is not None]
    return ", ".join(parts) or "-"


def _left_out(before: Sequence[Row], now: Sequence[Row]) -> Iterator[Row]:
    old, new = ({(r.get("event") or "", r["study"]): r["reason"] for r in rows} for rows in (before, now))
    for key in [*old, *(k for k in new if k not in old)]:
        if old.get(key) != new.get(key):
            yield _row("left out", ", ".join(filter(None, key)), old.get(key), new.get(key))


def _pooled(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None, of: str = "") -> Iterator[Row]:
    """Estimates that moved, wherever they stand in what was pooled."""
    old, new = before or {}, now or {}
    for key in sorted(old.keys() | new.keys()):
        a, b = old.get(key), new.get(key)
        if isinstance(a, dict) or isinstance(b, dict):
            first, second = (x if isinstance(x, dict) else None for x in (a, b))
            yield from _pooled(first, second, f"{of} {key}".strip())
        elif key in ESTIMATES and a != b:
            yield _row(f"pooled {key}", of, a, b)
