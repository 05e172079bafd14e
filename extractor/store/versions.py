"""Puts copies and extractions in: nothing doubles, nothing is overwritten; the last extraction of a copy is its current one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, text, update

from extractor.model import Document, Record
from extractor.store import copies, rows
from extractor.store.copies import Settled
from extractor.store.parts import heal
from extractor.store.rows import key_of
from extractor.store.tables import (
    CONFLICTS,
    DOCUMENTS,
    EVIDENCE,
    EXTRACTIONS,
    FACTS,
    NOT_FOUND,
)

Outcome = Literal["added", "unchanged", "updated"]
LOCK = 7_261_454  # any number of our own, for PostgreSQL's advisory lock


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Put:
    """A copy that was put in: its row, what had to be done for it, and what became of reports by that."""

    key: int
    outcome: Outcome
    settled: Settled


def put_document(conn: Connection, document: Document, run: int | None) -> Put:
    """Put a copy in, and settle which report it is of and what is in force of it.

    ``added``: a new report. ``updated``: a report that is known has a copy more. ``unchanged``: this very copy is known.
    """
    if conn.dialect.name == "postgresql":  # writers take turns, since any two copies may be of one report
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    row = copies.copy_row(document)
    known = conn.execute(select(DOCUMENTS.c.key).where(DOCUMENTS.c.digest == row["digest"])).scalars().first()
    if known is not None:
        outcome: Outcome = "updated" if heal(conn, known, document) else "unchanged"
        if not copies.put_name(conn, known, document):
            return Put(known, outcome, Settled())
        copies.compare(conn, known, document, row["digest"])
        return Put(known, outcome, copies.settle(conn, known))
    row |= {"run": run, "added_at": now()}
    alone = copies.put_alone(conn, document, row)
    if alone is not None:
        return Put(alone, "added", Settled(alone=True))
    key = copies.put_beside(conn, document, row)
    settled = copies.settle(conn, key)
    version = conn.execute(select(DOCUMENTS.c.version).where(DOCUMENTS.c.key == key)).scalar_one()
    return Put(key, "updated" if version > 1 else "added", settled)


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
