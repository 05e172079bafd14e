"""Stores of earlier programs, brought to what holds now.

Where the last copy with an id took the place of all others, every copy is settled anew; where a PMID came before a DOI,
reports are named anew, and each name that a report had still leads to it; where the text in force bore the places of a PDF
that is another copy, its report is written anew. A decision of a curator stays with the copy whose words it quotes, so that
it never speaks of another paper that came to the same id later.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection, or_, select, update

from extractor.errors import StoreError
from extractor.model import Document, Fact
from extractor.store import copies, reading, rows
from extractor.store.database import batches
from extractor.store.migrations import NAMED_ANEW, PLACES_APART
from extractor.store.tables import COPY_KEYS, DECISIONS, DOCUMENTS, LINK_DECISIONS, PARTS

Version = tuple[int, str]  # key of a copy, and when it came


def settle_all(conn: Connection, applied: Sequence[int]) -> set[str]:
    """Do what the schema's steps leave to the program; the ids of all reports that this touched."""
    changed = _settle_unsettled(conn)
    changed |= _name_anew(conn) if NAMED_ANEW in applied else set()
    return changed | (_places_apart(conn) if PLACES_APART in applied else set())


def _name_anew(conn: Connection) -> set[str]:
    """Call reports that have a DOI by it."""
    joined = COPY_KEYS.join(DOCUMENTS, DOCUMENTS.c.key == COPY_KEYS.c.document)
    has_doi = or_(*(COPY_KEYS.c.key.startswith(start, autoescape=True) for start in ("id:doi:", "id#")))
    query = select(DOCUMENTS.c.id).select_from(joined).where(has_doi, ~DOCUMENTS.c.id.startswith("doi:")).distinct()
    settled = copies.Settled()
    for report in sorted(conn.execute(query).scalars()):
        copies.rename(conn, report, settled)
    _decided_by_other_names(conn)
    return settled.changed


def _places_apart(conn: Connection) -> set[str]:
    """Write reports anew of which a PDF is a copy that is not in force."""
    changed: set[str] = set()
    query = select(DOCUMENTS.c.key).where(DOCUMENTS.c.source == "pdf", ~DOCUMENTS.c.is_current)
    for key in sorted(conn.execute(query).scalars()):
        changed |= copies.settle(conn, key).changed
    return changed


def _decided_by_other_names(conn: Connection) -> None:
    """Decisions on pairs that were taken under another name of a report hold for that report."""
    joined = LINK_DECISIONS.outerjoin(DOCUMENTS, DOCUMENTS.c.id.in_((LINK_DECISIONS.c.a, LINK_DECISIONS.c.b)))
    known = set(conn.execute(select(DOCUMENTS.c.id).select_from(joined).distinct()).scalars())
    rows = conn.execute(select(LINK_DECISIONS.c.a, LINK_DECISIONS.c.b)).all()
    for name in sorted({name for row in rows for name in row} - known):
        with suppress(StoreError):  # a name that means several reports: no report is meant
            (report,) = reading.resolved(conn, [name], "")
            copies.rename_links(conn, name, report)


def _settle_unsettled(conn: Connection) -> set[str]:
    """Settle the copies that no program has settled yet; the ids of all reports that this touched."""
    keys = list(
        conn.execute(select(DOCUMENTS.c.key).where(DOCUMENTS.c.own.is_(None)).order_by(DOCUMENTS.c.key)).scalars()
    )
    if not keys:
        return set()
    _follow_content(conn)
    for batch in batches(keys):
        for key, document in _documents(conn, batch).items():
            _ready(conn, key, document)
    changed: set[str] = set()
    for key in keys:
        changed |= copies.settle(conn, key).changed
    return changed


def _ready(conn: Connection, key: int, document: Document) -> None:
    row = copies.copy_row(document)
    digest = row["digest"]
    if conn.execute(select(DOCUMENTS.c.key).where(DOCUMENTS.c.digest == digest)).first():
        digest = f"{digest}:{key}"
    conn.execute(update(DOCUMENTS).where(DOCUMENTS.c.key == key).values(own=row["own"], digest=digest))
    copies.put_name(conn, key, document)
    copies.compare(conn, key, document, digest)


def _documents(conn: Connection, keys: Sequence[int]) -> dict[int, Document]:
    parts: dict[int, list[rows.Row]] = {}
    for part in conn.execute(select(PARTS).where(PARTS.c.document.in_(keys)).order_by(PARTS.c.position)).mappings():
        parts.setdefault(part["document"], []).append(dict(part))
    query = select(DOCUMENTS).where(DOCUMENTS.c.key.in_(keys)).order_by(DOCUMENTS.c.key)
    return {r["key"]: reading.document_of(dict(r), parts.get(r["key"], ())) for r in conn.execute(query).mappings()}


def _follow_content(conn: Connection) -> None:
    """Tie each decision to the copy that it was taken on."""
    for row in conn.execute(select(DECISIONS).where(DECISIONS.c.copy.is_(None))).mappings().all():
        at = select(DOCUMENTS.c.key, DOCUMENTS.c.added_at).where(DOCUMENTS.c.id == row["document"])
        known = [(k, t) for k, t in conn.execute(at.order_by(DOCUMENTS.c.key))]
        if not known:
            continue
        said = row["fact"] or row["target"] or _undone(conn, row["undoes"])
        quoted = [v for v in known if said and _holds(conn, v[0], Fact.from_dict(said))]
        chosen = _latest(quoted or known, row["decided_at"])
        conn.execute(update(DECISIONS).where(DECISIONS.c.key == row["key"]).values(copy=chosen))


def _undone(conn: Connection, key: int | None) -> dict[str, object] | None:
    """The fact that the decision which was taken back spoke of."""
    while key is not None:
        row = conn.execute(select(DECISIONS).where(DECISIONS.c.key == key)).mappings().one()
        if said := row["fact"] or row["target"]:
            return dict(said)
        key = row["undoes"]
    return None


def _holds(conn: Connection, key: int, fact: Fact) -> bool:
    texts = {p.name: p.text for p in conn.execute(select(PARTS).where(PARTS.c.document == key))}
    return all(texts.get(e.part, "")[e.start : e.end] == e.quote for e in fact.evidence if e.path is None)


def _latest(known: Sequence[Version], at: str) -> int:
    """The copy that was the newest one at a time; the first where all came later."""
    return max((v for v in known if v[1] <= at), key=lambda v: (v[1], v[0]), default=known[0])[0]
