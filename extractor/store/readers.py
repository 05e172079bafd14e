"""What other readers said of the reports of a store: kept beside our facts, never among them.

A reading is an extraction that is never current, by the extractor ``reader:<name>``; the newest of a reader counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from extractor.errors import StoreError
from extractor.model import Fact, Record, check_evidence
from extractor.store import Store, reading, versions
from extractor.store.tables import DOCUMENTS, EXTRACTIONS
from extractor.store.versions import Outcome

PREFIX = "reader:"


class ReaderStore:
    """Readings in an open store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def put(self, id: str, reader: str, facts: Sequence[Fact], run: int | None = None) -> Outcome:
        """Keep a reader's facts of a report's current version.

        Raises
        ------
        StoreError
            If the store has no such report.
        EvidenceError
            If a quote is not the text at its offsets.
        """
        with self.store.writing() as conn:
            found = reading.current(conn, [id])
            if not found:
                raise StoreError(f"store {self.store.name} has no report {id!r}")
            key = found[0][0]
            document = reading.documents(conn, [key])[key]
            check_evidence(document, facts)
            return versions.put_reading(conn, key, Record(document, tuple(facts)), PREFIX + reader, run)

    def names(self) -> list[str]:
        """The readers of current versions, in the order of the alphabet."""
        with self.store.reading() as conn:
            query = select(EXTRACTIONS.c.extractor).distinct().where(EXTRACTIONS.c.extractor.like(f"{PREFIX}%"))
            return sorted(name.removeprefix(PREFIX) for name in conn.execute(query).scalars())

    def of(self, id: str) -> dict[str, tuple[Fact, ...]]:
        """What each reader found in one report's current version, newest readings, by the reader's name."""
        joined = EXTRACTIONS.join(DOCUMENTS, DOCUMENTS.c.key == EXTRACTIONS.c.document)
        at = (EXTRACTIONS.c.extractor.like(f"{PREFIX}%"), DOCUMENTS.c.is_current, DOCUMENTS.c.id == id)
        query = select(EXTRACTIONS.c.extractor, DOCUMENTS.c.key, EXTRACTIONS.c.key).select_from(joined).where(*at)
        with self.store.reading() as conn:
            newest = {name: (document, key) for name, document, key in conn.execute(query.order_by(EXTRACTIONS.c.key))}
            return {n.removeprefix(PREFIX): reading.records(conn, [k])[0].facts for n, k in sorted(newest.items())}

    def readings(self, reader: str) -> Iterator[Record]:
        """The newest reading of each report's current version, in the order of the reports' ids."""
        joined = EXTRACTIONS.join(DOCUMENTS, DOCUMENTS.c.key == EXTRACTIONS.c.document)
        newest = func.max(EXTRACTIONS.c.key)
        with self.store.reading() as conn:
            query = (
                select(DOCUMENTS.c.key, newest)
                .select_from(joined)
                .where(EXTRACTIONS.c.extractor == PREFIX + reader, DOCUMENTS.c.is_current, ~DOCUMENTS.c.deleted)
                .group_by(DOCUMENTS.c.key, DOCUMENTS.c.id)
                .order_by(reading.by_code_point(conn, DOCUMENTS.c.id))
            )
            keys = [(document, extraction) for document, extraction in conn.execute(query)]
        for pair in keys:
            with self.store.reading() as conn:
                (record,) = reading.records(conn, [pair])
            yield record
