"""The parts of a stored version, written anew where they are not those that were put in."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from extractor.model import Document
from extractor.store import rows
from extractor.store.tables import PARTS


def heal(conn: Connection, key: int, document: Document) -> bool:
    """Write the parts of a version anew where they are not those of `document`, which has its digest; whether they were."""
    stored = conn.execute(
        select(PARTS.c.name, PARTS.c.text).where(PARTS.c.document == key).order_by(PARTS.c.position)
    ).all()
    if [tuple(row) for row in stored] == list(document.parts.items()):
        return False
    conn.execute(delete(PARTS).where(PARTS.c.document == key))
    if document.parts:
        conn.execute(insert(PARTS), [row | {"document": key} for row in rows.part_rows(document)])
    return True
