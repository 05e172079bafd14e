"""The part of a store that the curators' page keeps beside decisions: what happened, accounts, final versions. All appended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select

from extractor.errors import StoreError
from extractor.store import Store, chain, decisions
from extractor.store.rows import key_of
from extractor.store.tables import (
    ACCOUNTS,
    DECISIONS,
    DOCUMENTS,
    EXTRACTIONS,
    FINAL_RECORDS,
    FINALS,
    REVIEW_EVENTS,
)
from extractor.store.versions import now

READINGS = ("first", "second")
ASSIGNED = "assigned"  # the event of a reader to whom a report was given
ROLES = ("curator", "adjudicator", "admin", "none")  # none: the account is closed


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: who began, finished or reopened a report, swept a sentence, came in, was refused."""

    key: int
    event: str
    document: str | None
    curator: str
    detail: dict[str, Any]
    at: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may come in from another machine; the password is kept as its Argon2 hash."""

    name: str
    role: str
    password: str = field(repr=False)
    made_by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Final:
    """A final version: the records as they stood, its number, date and digest."""

    key: int
    version: int
    curator: str
    decision: int
    digest: str
    counts: dict[str, Any]
    note: str | None
    at: str


Stamp = tuple[int, int | None, int | None]  # keys of a report's version, of its extraction, of the last decision on it


def free_stage(curator: str, began: Mapping[str, str], assigned: Mapping[str, str]) -> str | None:
    """The stage in which somebody may begin a report: the one given to them, else one that nobody has.

    >>> free_stage("ann", {}, {"first": "ben"}), free_stage("ann", {"first": "ben"}, {}), free_stage("ann", {}, {})
    ('second', 'second', 'first')
    """
    given = [s for s in READINGS if assigned.get(s) == curator]
    free = [s for s in (*given, *READINGS) if s not in began and assigned.get(s, curator) == curator]
    return free[0] if free else None


class Said(NamedTuple):
    """Somebody who decided on a report in a stage."""

    stage: str
    curator: str


class ReviewStore:
    """Events, accounts and final versions of an open :class:`~extractor.store.Store`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def note(
        self,
        event: str,
        curator: str,
        document: str | None = None,
        detail: Mapping[str, Any] | None = None,
        *,
        at: str | None = None,
    ) -> int:
        """Append an event, of now or from elsewhere; its key."""
        row = {
            "event": event,
            "document": document,
            "curator": curator,
            "detail": dict(detail or {}),
            "at": at or now(),
        }
        with self.store.writing(durable=True) as conn:
            return key_of(conn.execute(insert(REVIEW_EVENTS).values(chain.linked(conn, REVIEW_EVENTS, row))))

    def note_all(self, event: str, of: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Append events of one kind at once: who, report, detail."""
        at = now()
        with self.store.writing(durable=True) as conn:
            for who, id, detail in of:
                row = {"event": event, "curator": who, "document": id, "detail": dict(detail), "at": at}
                conn.execute(insert(REVIEW_EVENTS).values(chain.linked(conn, REVIEW_EVENTS, row)))

    def stamps(self) -> dict[str, Stamp]:
        """Of each report that is not deleted, in the order of their ids, what it is made of now; another: it has changed."""
        last = select(DECISIONS.c.document, func.max(DECISIONS.c.key)).group_by(DECISIONS.c.document)
        at = DOCUMENTS.outerjoin(EXTRACTIONS, (EXTRACTIONS.c.document == DOCUMENTS.c.key) & EXTRACTIONS.c.is_current)
        query = select(DOCUMENTS.c.id, DOCUMENTS.c.key, EXTRACTIONS.c.key).select_from(at)
        with self.store.reading() as conn:
            decided = {str(row[0]): int(row[1]) for row in conn.execute(last)}
            rows = conn.execute(query.where(DOCUMENTS.c.is_current, ~DOCUMENTS.c.deleted)).all()
        return {id: (version, extraction, decided.get(id)) for id, version, extraction in sorted(map(tuple, rows))}

    def said(self) -> dict[str, list[Said]]:
        """Who decided on each report in which stage, in the order of their first words."""
        columns = DECISIONS.c.document, DECISIONS.c.stage, DECISIONS.c.curator
        query = (
            select(*columns).where(DECISIONS.c.action != "undo").group_by(*columns).order_by(func.min(DECISIONS.c.key))
        )
        found: dict[str, list[Said]] = {}
        with self.store.reading() as conn:
            for document, stage, curator in conn.execute(query):
                found.setdefault(document, []).append(Said(stage, curator))
        return found

    def begin(self, document: str, curator: str) -> str:
        """Take a report as its first reader, or as its second; the stage. Two people who ask at once get different ones.

        Raises
        ------
        StoreError
            If two others read it already.
        """
        with self.store.writing(durable=True) as conn:
            decisions.locked(conn, document)
            kinds = REVIEW_EVENTS.c.event.in_(("began", ASSIGNED))
            query = (
                select(REVIEW_EVENTS).where(REVIEW_EVENTS.c.document == document, kinds).order_by(REVIEW_EVENTS.c.key)
            )
            taken: dict[str, dict[str, str]] = {"began": {}, ASSIGNED: {}}
            for row in conn.execute(query).mappings():
                taken[row["event"]][row["detail"]["stage"]] = row["curator"]
            began = taken["began"]
            stage = next((s for s, who in began.items() if who == curator), None) or free_stage(curator, **taken)
            if stage is None:
                raise StoreError(f"report {document!r} has its two readers already, or is given to others")
            if stage not in began:
                event = {"event": "began", "document": document, "curator": curator, "detail": {"stage": stage}}
                conn.execute(insert(REVIEW_EVENTS).values(chain.linked(conn, REVIEW_EVENTS, event | {"at": now()})))
        return stage

    def events(self, document: str | None = None, *kinds: str) -> list[Event]:
        """All events, or those of one report, or of some kinds, in their order."""
        query = select(*(REVIEW_EVENTS.c[n] for n in Event.__dataclass_fields__)).order_by(REVIEW_EVENTS.c.key)
        if document is not None:
            query = query.where(REVIEW_EVENTS.c.document == document)
        if kinds:
            query = query.where(REVIEW_EVENTS.c.event.in_(kinds))
        with self.store.reading() as conn:
            return [Event(*row) for row in conn.execute(query)]

    def last_decision(self) -> int:
        """The key of the last decision of the store; 0 before the first."""
        with self.store.reading() as conn:
            return int(conn.execute(select(func.coalesce(func.max(DECISIONS.c.key), 0))).scalar_one())

    # -- accounts -----------------------------------------------------------------------------------------------

    def put_account(self, name: str, role: str, password: str, made_by: str) -> None:
        """Append an account, or its new role and password: the last row of a name stands.

        Raises
        ------
        StoreError
            If the role is none of the legal ones, or the name is empty.
        """
        if role not in ROLES or not name.strip():
            raise StoreError(f"account {name!r}, role {role!r}: a name is needed, and a role of {', '.join(ROLES)}")
        row = {"name": name, "role": role, "password": password, "made_by": made_by, "at": now()}
        with self.store.writing(durable=True) as conn:
            conn.execute(insert(ACCOUNTS).values(row))

    def accounts(self) -> dict[str, Account]:
        """Accounts that are not closed, by name."""
        columns = [ACCOUNTS.c[n] for n in Account.__dataclass_fields__]
        with self.store.reading() as conn:
            last = {row[0]: Account(*row) for row in conn.execute(select(*columns).order_by(ACCOUNTS.c.key))}
        return {name: one for name, one in last.items() if one.role != "none"}

    # -- final versions -----------------------------------------------------------------------------------------

    def freeze(self, curator: str, counts: Mapping[str, Any], note: str | None = None) -> Final:
        """Keep all records as they stand under the next version number."""
        records = [(r.document.id, r.to_dict()) for r in self.store.records()]
        digest = hashlib.sha256()
        for _, record in records:
            digest.update(line(record))
        decision = self.last_decision()
        with self.store.writing(durable=True) as conn:
            version = conn.execute(select(func.coalesce(func.max(FINALS.c.version), 0))).scalar_one() + 1
            row = {
                "version": version, "curator": curator, "decision": decision, "digest": digest.hexdigest(),
                "counts": dict(counts), "note": note, "at": now(),
            }  # fmt: skip
            key = key_of(conn.execute(insert(FINALS).values(row)))
            rows = [
                {"final": key, "position": i, "document": id, "record": record}
                for i, (id, record) in enumerate(records)
            ]
            if rows:
                conn.execute(insert(FINAL_RECORDS), rows)
        return next(f for f in self.finals() if f.key == key)

    def finals(self) -> list[Final]:
        """All final versions, the first first."""
        with self.store.reading() as conn:
            columns = [FINALS.c[n] for n in Final.__dataclass_fields__]
            return [Final(*row) for row in conn.execute(select(*columns).order_by(FINALS.c.version))]

    def final_lines(self, version: int) -> Iterator[bytes]:
        """A final version as JSON lines, a record a line, byte for byte as it was frozen.

        Raises
        ------
        StoreError
            If there is no such version, or what is stored is not what was frozen.
        """
        final = next((f for f in self.finals() if f.version == version), None)
        if final is None:
            raise StoreError(f"store {self.store.name} has no final version {version}")
        with self.store.reading() as conn:
            query = select(FINAL_RECORDS.c.record).where(FINAL_RECORDS.c.final == final.key)
            lines = [line(row) for row in conn.execute(query.order_by(FINAL_RECORDS.c.position)).scalars()]
        if hashlib.sha256(b"".join(lines)).hexdigest() != final.digest:
            raise StoreError(
                f"final version {version} of store {self.store.name} is not what was frozen: restore a backup"
            )
        yield from lines


def line(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
