"""Whether a store still holds what was put in: texts, quotes and records against their digests, rows against one another.

What is read is checked each time (:mod:`extractor.store.reading`): a digest of a text costs microseconds. :func:`examine`
reads the whole store, older versions too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, select, text, update

from extractor.errors import DamageError, EvidenceError
from extractor.model import Document, check_evidence
from extractor.store import chain, copies, decisions, reading, rows
from extractor.store.database import batches
from extractor.store.tables import DECISIONS, DOCUMENTS, EVIDENCE, EXTRACTIONS, FACTS

AT_ONCE = 100  # documents read at once


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what it is of, what it is, and whether it can be put right without guessing."""

    what: str
    message: str
    mendable: bool = False


def examine(conn: Connection) -> Iterator[Finding]:
    """Everything that is wrong, in the order of the documents' keys."""
    yield from _database(conn)
    keys = list(conn.execute(select(DOCUMENTS.c.key).order_by(DOCUMENTS.c.key)).scalars())
    for batch in batches(keys, AT_ONCE):
        try:
            yield from list(_documents(conn, batch))
        except (DamageError, ValueError):  # one that cannot even be read is named, the others are looked at
            yield from _one_by_one(conn, batch)
    yield from _orphans(conn)
    yield from (Finding(what, wrong) for what, wrong in chain.breaks(conn))


def mend(conn: Connection) -> list[str]:
    """What can be put right without guessing: a report whose newest version is not in force, states of decided facts."""
    done = []
    for id in _without_current(conn):
        newest = select(func.max(DOCUMENTS.c.version)).where(DOCUMENTS.c.id == id).scalar_subquery()
        conn.execute(
            update(DOCUMENTS).where(DOCUMENTS.c.id == id, DOCUMENTS.c.version == newest).values(is_current=True)
        )
        copies.settle(conn, conn.execute(select(func.max(DOCUMENTS.c.key)).where(DOCUMENTS.c.id == id)).scalar_one())
        done.append(f"report {id!r}: its newest version is in force again")
    found = set(conn.execute(select(DECISIONS.c.document)).scalars())
    for document, extraction in reading.current(conn, sorted(found), deleted=True):
        if extraction is not None:
            decisions.apply(conn, extraction, reading.documents(conn, [document], checked=False)[document])
    return done


def _database(conn: Connection) -> Iterator[Finding]:
    """What the database itself says; PostgreSQL keeps its own checksums and holds its own keys."""
    if conn.dialect.name != "sqlite":
        return
    for (line,) in conn.execute(text("PRAGMA integrity_check")):
        if line != "ok":
            yield Finding("database", f"{line}; restore a backup")
    for table, row, parent, _ in conn.execute(text("PRAGMA foreign_key_check")):
        yield Finding(f"{table} row {row}", f"belongs to a row of {parent} that is not there")


def _one_by_one(conn: Connection, keys: Sequence[int]) -> Iterator[Finding]:
    for key in keys:
        try:
            yield from list(_documents(conn, [key]))
        except (DamageError, ValueError) as error:
            id, version = conn.execute(select(DOCUMENTS.c.id, DOCUMENTS.c.version).where(DOCUMENTS.c.key == key)).one()
            yield Finding(f"report {id!r}, version {version}", f"cannot be read ({error}); restore a backup")


def _documents(conn: Connection, keys: Sequence[int]) -> Iterator[Finding]:
    documents = reading.documents(conn, keys, checked=False)
    stored = {row["key"]: row for row in conn.execute(select(DOCUMENTS).where(DOCUMENTS.c.key.in_(keys))).mappings()}
    query = select(EXTRACTIONS.c.key, EXTRACTIONS.c.document).where(EXTRACTIONS.c.document.in_(keys))
    pairs = [(document, extraction) for extraction, document in conn.execute(query.order_by(EXTRACTIONS.c.key))]
    for key in keys:
        row, document = stored[key], documents[key]
        name = f"report {document.id!r}, version {row['version']}"
        if document.sha256 != row["sha256"]:
            yield Finding(name, "its text is not the one that was put in; import the original again")
        elif not copies.is_sound(conn, dict(row), document):
            yield Finding(name, "its bibliographic values or registry data are not those that were put in")
        elif wrong := _columns(row, document):
            yield Finding(name, f"its {', '.join(wrong)} in the table of reports is not what the report says")
    for record in reading.records(conn, pairs, checked=False):
        try:
            check_evidence(record.document, record.facts)
        except EvidenceError as error:
            yield Finding(f"report {record.document.id!r}", f"{error}; import the original again")


def _columns(row: RowMapping, document: Document) -> list[str]:
    """Columns that repeat what the document says, and say something else."""
    own = rows.document_row(document)
    return [name for name in own if name not in ("digest", "details", "given", "data") and own[name] != row[name]]


def _without_current(conn: Connection) -> list[str]:
    current = select(DOCUMENTS.c.id).where(DOCUMENTS.c.is_current)
    return sorted(conn.execute(select(DOCUMENTS.c.id).where(DOCUMENTS.c.id.not_in(current)).distinct()).scalars())


def _orphans(conn: Connection) -> Iterator[Finding]:
    for id in _without_current(conn):
        yield Finding(f"report {id!r}", "no version of it is in force", mendable=True)
    known = select(DOCUMENTS.c.id)
    for id in conn.execute(select(DECISIONS.c.document).where(DECISIONS.c.document.not_in(known)).distinct()).scalars():
        yield Finding(f"decisions on {id!r}", "the store has no such report")
    loose = select(EVIDENCE.c.extraction).outerjoin(
        FACTS, (FACTS.c.extraction == EVIDENCE.c.extraction) & (FACTS.c.position == EVIDENCE.c.fact)
    )
    count = conn.execute(select(func.count()).select_from(loose.where(FACTS.c.field.is_(None)).subquery())).scalar_one()
    if count:
        yield Finding("evidence", f"{count} quotes belong to no fact")
