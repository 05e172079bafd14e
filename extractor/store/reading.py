"""Rows to records: the current extraction of each report, in the order of their ids (code points)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, collate, select

from extractor.errors import DamageError, StoreError
from extractor.labels import labels
from extractor.model import JSON_PART, Conflict, Document, Record, slice_of, value_at
from extractor.store import rows
from extractor.store.database import batches
from extractor.store.tables import (
    CONFLICTS,
    COPY_NAMES,
    DOCUMENTS,
    EVIDENCE,
    EXTRACTIONS,
    FACTS,
    IDENTIFIERS,
    NOT_FOUND,
    PARTS,
)

SCHEMES = {"pubmed": "pmid", "pmid": "pmid", "doi": "doi", "pmc": "pmcid"}  # what stands before a number: its scheme
ADVICE = "see all damage with: trialspan doctor; import the original again to put it right"
Found = Sequence[rows.Row]
Keys = tuple[int, int | None]  # a document's version and its extraction


CALLED = re.compile(r" (?:19|20)\d\d[a-z]{0,2}$")  # how tables call a report: by its author and year


def by_code_point(conn: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """`column` for ORDER BY, the same on every database and in every locale."""
    return collate(column, "C" if conn.dialect.name == "postgresql" else "BINARY")


def current(conn: Connection, ids: Sequence[str] | None = None, *, deleted: bool = False) -> list[Keys]:
    """Keys of current versions with their current extraction, in the order of the ids."""
    joined = DOCUMENTS.outerjoin(EXTRACTIONS, (EXTRACTIONS.c.document == DOCUMENTS.c.key) & EXTRACTIONS.c.is_current)
    query = select(DOCUMENTS.c.key, EXTRACTIONS.c.key, DOCUMENTS.c.id).select_from(joined).where(DOCUMENTS.c.is_current)
    if not deleted:
        query = query.where(~DOCUMENTS.c.deleted)
    if ids is None:
        return [(d, e) for d, e, _ in conn.execute(query.order_by(by_code_point(conn, DOCUMENTS.c.id)))]
    found = [row for batch in batches(ids) for row in conn.execute(query.where(DOCUMENTS.c.id.in_(batch)))]
    return [(d, e) for d, e, _ in sorted(found, key=lambda row: str(row[2]))]


def resolved(conn: Connection, names: Sequence[str], where: str) -> list[str]:
    """The ids of the reports that these names mean: an id, an identifier (``doi:10.1/x``, an NCT number), a name of a copy.

    Raises
    ------
    StoreError
        If a name means several reports; says which. A name that means none is given back as it is.
    """
    known = {
        i
        for batch in batches(sorted(set(names)))
        for i in conn.execute(select(DOCUMENTS.c.id).where(DOCUMENTS.c.id.in_(batch))).scalars()
    }
    return [name if name in known else _resolved(conn, name, where) for name in names]


def _resolved(conn: Connection, name: str, where: str) -> str:
    scheme, _, value = name.partition(":")
    known = SCHEMES.get(scheme)
    said = (
        (IDENTIFIERS.c.scheme == known) & (IDENTIFIERS.c.value == value.lower())
        if known
        else (IDENTIFIERS.c.value == name.upper())
    )
    by_number = select(DOCUMENTS.c.id).join(IDENTIFIERS, IDENTIFIERS.c.document == DOCUMENTS.c.key).where(said)
    by_name = select(DOCUMENTS.c.id).join(COPY_NAMES, COPY_NAMES.c.document == DOCUMENTS.c.key)
    for query in (by_number, by_name.where(COPY_NAMES.c.name == name)):
        found = sorted(set(conn.execute(query).scalars()))
        if len(found) > 1:
            raise StoreError(
                f"store {where}: {name!r} means {len(found)} reports: {', '.join(found)}; name one of them"
            )
        if found:
            return str(found[0])
    return _called(conn, name) if CALLED.search(name) else name


def _called(conn: Connection, name: str) -> str:
    """The id of the report that tables call so ("Oh 2018"); the name itself where none is."""
    query = select(DOCUMENTS).where(DOCUMENTS.c.is_current, ~DOCUMENTS.c.deleted)
    called = labels(document_of(dict(row), ()) for row in conn.execute(query).mappings())
    return next((id for id, label in called.items() if label.casefold() == name.casefold()), name)


def documents(conn: Connection, keys: Sequence[int], *, checked: bool = True) -> dict[int, Document]:
    """Documents by the keys of their versions; at most ``MOST_VARIABLES`` of them.

    Raises
    ------
    DamageError
        If `checked` and a text is not the one that was put in.
    """
    parts = grouped(conn, PARTS, PARTS.c.document, keys)
    found = conn.execute(select(DOCUMENTS).where(DOCUMENTS.c.key.in_(keys))).mappings()
    made = {}
    for row in found:
        made[row["key"]] = document = document_of(dict(row), parts.get(row["key"], ()))
        if checked and document.sha256 != row["sha256"]:
            raise DamageError(
                f"report {document.id!r}: its stored text is not the one that was put in (the file was changed or damaged); {ADVICE}"
            )
    return made


def document_of(row: Mapping[str, Any], parts: Found) -> Document:
    """The document of a row and its parts.

    Raises
    ------
    DamageError
        If what is stored is none.
    """
    try:
        return rows.document_from(dict(row), parts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamageError(
            f"report {row['id']!r}: what is stored of it is no report any more ({error}); {ADVICE}"
        ) from error


def records(conn: Connection, keys: Sequence[Keys], *, checked: bool = True) -> list[Record]:
    """Records of these versions and extractions, in this order; without an extraction, a record without facts.

    Raises
    ------
    DamageError
        If `checked` and a text is not the one that was put in, or a quote is not the text at its offsets.
    """
    found = documents(conn, [d for d, _ in keys], checked=checked)
    wanted = [e for _, e in keys if e is not None]
    facts = grouped(conn, FACTS, FACTS.c.extraction, wanted)
    evidence = grouped(conn, EVIDENCE, EVIDENCE.c.extraction, wanted, EVIDENCE.c.fact)
    conflicts = grouped(conn, CONFLICTS, CONFLICTS.c.extraction, wanted)
    silence = grouped(conn, NOT_FOUND, NOT_FOUND.c.extraction, wanted)
    made = [
        _record(found[d], facts.get(e, ()), evidence.get(e, ()), conflicts.get(e, ()), silence.get(e, ()))
        if e is not None
        else Record(found[d])
        for d, e in keys
    ]
    for record in made if checked else ():
        check_quotes(record)
    return made


def check_quotes(record: Record) -> None:
    """Each quote against its place; a path of a registry record that leads nowhere is for the doctor to find."""
    for fact in record.facts:
        for item in fact.evidence:
            registry = item.part == JSON_PART
            found = value_at(record.document.data, item.path or "") if registry else slice_of(record.document, item)
            if found != item.quote and not (registry and found is None):
                raise DamageError(
                    f"report {record.document.id!r}: a stored quote of {fact.field} is not the text at its place (changed or damaged); {ADVICE}"
                )


def _record(document: Document, facts: Found, evidence: Found, conflicts: Found, silence: Found) -> Record:
    quotes: dict[int, list[rows.Row]] = {}
    for row in evidence:
        quotes.setdefault(row["fact"], []).append(row)
    curated = {row["field"] for row in facts if row["decision"] is not None}
    return Record(
        document,
        tuple(rows.fact_from(row, quotes.get(row["position"], ())) for row in facts),
        tuple(Conflict.from_dict(row) for row in conflicts),
        tuple(row["field"] for row in silence if row["field"] not in curated),
    )


def grouped(
    conn: Connection, table: Table, owner: Column[Any], keys: Sequence[int], *order: Column[Any]
) -> dict[int, list[rows.Row]]:
    """Rows by their owner's key, in the order of their positions."""
    found: dict[int, list[rows.Row]] = {}
    for batch in batches(keys):
        query = select(table).where(owner.in_(batch)).order_by(owner, *order, table.c.position)
        result = conn.execute(query)
        names = tuple(result.keys())
        place = names.index(owner.name)
        for row in result:
            found.setdefault(row[place], []).append(dict(zip(names, row, strict=True)))
    return found
