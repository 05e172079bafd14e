"""Puts documents and extractions in: nothing doubles, nothing is overwritten, the last one put in is current."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, CursorResult, delete, insert, select, text, update

from extractor.model import Document, Record
from extractor.store import rows
from extractor.store.parts import heal
from extractor.store.tables import (
    CONFLICTS,
    DOCUMENTS,
    EVIDENCE,
    EXTRACTIONS,
    FACTS,
    IDENTIFIERS,
    NOT_FOUND,
    PARTS,
)

Outcome = Literal["added", "unchanged", "updated"]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def put_document(conn: Connection, document: Document, run: int | None) -> tuple[int, Outcome]:
    """The key of `document`'s version, which is current afterwards, and what had to be done for it."""
    if conn.dialect.name == "postgresql":  # two writers of one report take turns; SQLite has one writer at all
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:id))"), {"id": rows.digest(document.id)})
    row = rows.document_row(document)
    same_id = DOCUMENTS.c.id == document.id
    known = conn.execute(select(DOCUMENTS.c.key, DOCUMENTS.c.digest, DOCUMENTS.c.is_current).where(same_id)).all()
    same = next((k for k in known if k.digest == row["digest"]), None)
    healed = same is not None and heal(conn, same.key, document)
    if same and same.is_current:
        return same.key, "updated" if healed else "unchanged"
    conn.execute(update(DOCUMENTS).where(same_id, DOCUMENTS.c.is_current).values(is_current=False))
    if same:  # an older text is back, such as one file read after another with the same id
        conn.execute(update(DOCUMENTS).where(DOCUMENTS.c.key == same.key).values(is_current=True))
        return same.key, "updated"
    row |= {"version": len(known) + 1, "is_current": True, "run": run, "added_at": now()}
    key = key_of(conn.execute(insert(DOCUMENTS).values(row)))
    for table, found in ((PARTS, rows.part_rows(document)), (IDENTIFIERS, rows.identifier_rows(document))):
        if found:
            conn.execute(insert(table), [r | {"document": key} for r in found])
    return key, "updated" if known else "added"


def put_extraction(
    conn: Connection, document: int, record: Record, extractor: str, run: int | None
) -> tuple[int, Outcome]:
    """The key of the extraction of `record` by `extractor`, which is current afterwards, and what had to be done."""
    digest = rows.record_digest(record)
    of_document = EXTRACTIONS.c.document == document
    known = conn.execute(select(EXTRACTIONS).where(of_document)).all()
    same = next((k for k in known if (k.digest, k.extractor) == (digest, extractor)), None)
    healed = same is not None and _heal_facts(conn, same.key, record)
    if same and same.is_current:
        return same.key, "updated" if healed else "unchanged"
    conn.execute(update(EXTRACTIONS).where(of_document, EXTRACTIONS.c.is_current).values(is_current=False))
    if same:
        conn.execute(update(EXTRACTIONS).where(EXTRACTIONS.c.key == same.key).values(is_current=True))
        return same.key, "updated"
    row = {
        "document": document,
        "extractor": extractor,
        "digest": digest,
        "is_current": True,
        "run": run,
        "added_at": now(),
    }
    key = key_of(conn.execute(insert(EXTRACTIONS).values(row)))
    _put_found(conn, key, record)
    return key, "updated" if known else "added"


def _heal_facts(conn: Connection, extraction: int, record: Record) -> bool:
    """Write an extraction's own rows anew where they are not those of `record`, which has its digest; whether they were."""
    machine = (FACTS.c.extraction == extraction, FACTS.c.decision.is_(None))
    stored = conn.execute(select(FACTS).where(*machine).order_by(FACTS.c.position)).mappings()
    facts = [{k: row[k] for k in row if k not in ("extraction", "state")} for row in stored]
    ours = select(FACTS.c.position).where(*machine)
    quoted = conn.execute(
        select(EVIDENCE)
        .where(EVIDENCE.c.extraction == extraction, EVIDENCE.c.fact.in_(ours))
        .order_by(EVIDENCE.c.fact, EVIDENCE.c.position)
    ).mappings()
    evidence = [{k: row[k] for k in row if k != "extraction"} for row in quoted]
    wanted = [{k: v for k, v in rows.fact_row(f, i).items() if k != "state"} for i, f in enumerate(record.facts)]
    if facts == wanted and evidence == [r for i, f in enumerate(record.facts) for r in rows.evidence_rows(f, i)]:
        return False
    for table in (EVIDENCE, FACTS, CONFLICTS, NOT_FOUND):
        conn.execute(delete(table).where(table.c.extraction == extraction))
    _put_found(conn, extraction, record)
    return True


def _put_found(conn: Connection, extraction: int, record: Record) -> None:
    facts = [rows.fact_row(f, i) for i, f in enumerate(record.facts)]
    evidence = [row for i, f in enumerate(record.facts) for row in rows.evidence_rows(f, i)]
    conflicts = [rows.conflict_row(c, i) for i, c in enumerate(record.conflicts)]
    silence = [{"position": i, "field": name} for i, name in enumerate(record.not_found)]
    for table, found in ((FACTS, facts), (EVIDENCE, evidence), (CONFLICTS, conflicts), (NOT_FOUND, silence)):
        if found:
            conn.execute(insert(table), [row | {"extraction": extraction} for row in found])


def key_of(result: CursorResult[Any]) -> int:
    """The key of the row that was just put in."""
    inserted = result.inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def put_reading(conn: Connection, document: int, record: Record, reader: str, run: int | None) -> Outcome:
    """Keep what another reader said of a version of a report, beside our extraction and never in its place.

    It is an extraction that is not current; what the reader said before stays.
    """
    digest = rows.record_digest(record)
    of_reader = (EXTRACTIONS.c.document == document, EXTRACTIONS.c.extractor == reader)
    known = conn.execute(select(EXTRACTIONS.c.digest).where(*of_reader).order_by(EXTRACTIONS.c.key)).scalars().all()
    if known and known[-1] == digest:
        return "unchanged"
    row = {
        "document": document,
        "extractor": reader,
        "digest": digest,
        "is_current": False,
        "run": run,
        "added_at": now(),
    }
    _put_found(conn, key_of(conn.execute(insert(EXTRACTIONS).values(row))), record)
    return "updated" if known else "added"
