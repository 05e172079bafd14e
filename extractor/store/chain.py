"""A chain through what is only ever appended: each row holds a digest of itself and of the row before.

Triggers refuse an edit that goes through the database; whoever has the file can go round them. Then the chain breaks, and
``trialspan doctor`` says where. Rows of an earlier program have no link: the first that has one stands for them too. The id of
a report is not in it, since reports may get another id and take what was said of them along.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, select, text

from extractor.store.tables import DECISIONS, FINALS, REVIEW_EVENTS

LINKED = {  # table: columns that never change
    DECISIONS: (
        "action", "curator", "target", "fact", "undoes", "note", "decided_at", "uid", "verdict", "stage", "mode", "field",
        "others", "reason", "about", "seen_text", "seen_decision",
    ),
    REVIEW_EVENTS: ("event", "curator", "detail", "at"),
}  # fmt: skip
LOCKS = {DECISIONS: 8427001, REVIEW_EVENTS: 8427002}  # PostgreSQL: two rows never follow the same one


def linked(conn: Connection, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row that is about to be appended, with its link; inside the transaction that appends it."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCKS[table]})
    last = conn.execute(select(table).order_by(table.c.key.desc()).limit(1)).mappings().first()
    before = "" if last is None else last["chain"] or _unlinked(conn, table)
    return {**row, "chain": link(before, table, row)}


def link(before: str, table: Table, row: Mapping[str, Any] | RowMapping) -> str:
    """The digest of a row that follows the one with the digest `before`."""
    said = {name: row.get(name) for name in LINKED[table]}
    words = before + json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _unlinked(conn: Connection, table: Table) -> str:
    """What the rows of an earlier program come to."""
    before = ""
    for row in conn.execute(select(table).order_by(table.c.key)).mappings():
        before = link(before, table, row)
    return before


def breaks(conn: Connection) -> Iterator[tuple[str, str]]:
    """Where what was appended is not what is there: the row, and what is wrong."""
    for table in LINKED:
        before, began = "", False
        for row in conn.execute(select(table).order_by(table.c.key)).mappings():
            made = link(before, table, row)
            if row["chain"] is None and began:
                yield f"{table.name} {row['key']}", "was put in between others later; restore a backup"
            elif row["chain"] not in (None, made):
                yield f"{table.name} {row['key']}", "it, or a row before it, is not what was written; restore a backup"
            began = began or row["chain"] is not None
            before = row["chain"] or made
    last = conn.execute(select(func.coalesce(func.max(DECISIONS.c.key), 0))).scalar_one()
    for version, decision in conn.execute(select(FINALS.c.version, FINALS.c.decision).order_by(FINALS.c.version)):
        if decision > last:
            yield f"final version {version}", f"was made after decision {decision}, which is gone; restore a backup"
