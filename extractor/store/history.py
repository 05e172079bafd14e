"""All copies of a report, and a person's word on which of them is in force."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from extractor import identity
from extractor.errors import StoreError
from extractor.model import Document
from extractor.store import Store, copies, decisions, reading
from extractor.store.tables import COPY_NAMES, DOCUMENTS, IN_FORCE
from extractor.store.versions import now


@dataclass(frozen=True, slots=True)
class Kept:
    """One copy of a report, as it came: its number, the names it came under, what it holds, and who put it in force."""

    version: int
    in_force: bool
    source: str
    names: tuple[str, ...]
    title: str | None
    year: int | None
    characters: int
    parts: int
    retracted: bool
    deleted: bool
    added_at: str
    by: str | None


def copies_of(store: Store, report: str) -> tuple[str, list[Kept]]:
    """The id of a report, and all its copies in the order in which they came.

    Raises
    ------
    StoreError
        If the store has no such report.
    """
    id = store.record(report).document.id
    with store.reading() as conn:
        rows = (
            conn.execute(select(DOCUMENTS).where(DOCUMENTS.c.id == id).order_by(DOCUMENTS.c.version)).mappings().all()
        )
        keys = [row["key"] for row in rows]
        names: dict[int, list[str]] = {}
        for key, name in conn.execute(
            select(COPY_NAMES.c.document, COPY_NAMES.c.name).where(COPY_NAMES.c.document.in_(keys))
        ):
            names.setdefault(key, []).append(name)
        hand = conn.execute(select(IN_FORCE).where(IN_FORCE.c.document.in_(keys)).order_by(IN_FORCE.c.key)).all()
        whole = copies.own_documents(conn, keys)
    by = hand[-1].curator if hand else None
    return id, [
        Kept(
            row["version"],
            row["is_current"],
            row["source"],
            tuple(sorted(names.get(row["key"], ()))),
            row["title"],
            whole[row["key"]].year,
            len(whole[row["key"]].text),
            len(whole[row["key"]].parts),
            whole[row["key"]].retracted,
            whole[row["key"]].deleted,
            row["added_at"],
            by if row["is_current"] else None,
        )
        for row in rows
    ]


def put_in_force(store: Store, report: str, version: int, curator: str, *, note: str | None = None) -> str:
    """Let the text of one copy count, whatever the rule says; appended, so that the last word stands. The report's id.

    Raises
    ------
    StoreError
        If there is no such copy, or the curator has no name.
    """
    if not curator:
        raise StoreError("a decision needs a curator's name; set it as curator in trialspan.toml")
    id = store.record(report).document.id
    with store.writing() as conn:
        at = (DOCUMENTS.c.id == id, DOCUMENTS.c.version == version)
        key = conn.execute(select(DOCUMENTS.c.key).where(*at)).scalar()
        if key is None:
            raise StoreError(
                f"store {store.name} has no version {version} of report {id!r}; see: trialspan versions {id}"
            )
        conn.execute(insert(IN_FORCE).values(document=key, curator=curator, note=note, decided_at=now()))
        decisions.reapply(conn, copies.settle(conn, key).changed)
        return next(i for i in reading.resolved(conn, [id], store.name))


class Finder:
    """Which report of a store a document is of, for many documents: the copies are read once."""

    def __init__(self, store: Store) -> None:
        with store.reading() as conn:
            rows = conn.execute(select(DOCUMENTS.c.id, DOCUMENTS.c.compared)).all()
        self._by_key: dict[str, list[tuple[str, identity.Copy]]] = {}
        for id, data in rows:
            copy = copies.copy_from(data)
            for key in [*copy.keys, f"title:{copy.title}"]:
                self._by_key.setdefault(key, []).append((id, copy))

    def report_of(self, document: Document) -> str | None:
        """The report, by what they share, else by title and year; None where there is none, or more than one."""
        own = identity.copy_of(document, "", [document.id] if document.named else [])
        found = {id for key in own.sought for id, copy in self._by_key.get(key, ()) if identity.same(own, copy)}
        if not found and own.title:
            alike = self._by_key.get(f"title:{own.title}", ())
            found = {id for id, copy in alike if not identity.contradict(own, copy) and _near(own, copy)}
        return found.pop() if len(found) == 1 else None


def _near(one: identity.Copy, other: identity.Copy) -> bool:
    """Whether the years of two copies agree wherever both say one: online and in print may be a year apart."""
    return one.year is None or other.year is None or abs(one.year - other.year) <= 1
