"""Where records are kept: SQLite or PostgreSQL, through SQLAlchemy, which nothing else in the package uses.

Facts are long, one row each; wide tables are views (:mod:`extractor.store.views`). Each report is one transaction: a
program that is stopped leaves whole reports behind, and the same command completes the rest without doubling anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from extractor import __version__
from extractor.errors import QueryError, StoreError
from extractor.model import Document, Fact, Record
from extractor.store import decisions, old, reading, rows, versions
from extractor.store.database import absent, asked, batches, engine_for, guarded, shown
from extractor.store.decision import Decision, How, Said
from extractor.store.migrations import is_newest, migrate
from extractor.store.questions import bounded
from extractor.store.tables import DOCUMENTS, EXTRACTIONS, IDENTIFIERS, ISSUES, RUNS
from extractor.store.versions import Outcome, now
from extractor.store.views import VIEWS

__all__ = ["VIEWS", "Arrival", "Decision", "How", "Outcome", "RunRow", "Store", "Version"]
EXTRACTOR = f"trialspan {__version__}"
RECORDS_AT_ONCE = 100
# what a question may begin with: ATTACH makes a file, VACUUM INTO a copy, though nothing in the store changes
READING = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/)*+(?:SELECT|WITH|VALUES|EXPLAIN)\b", re.I | re.S)
MOST_SHOWN = 60  # characters of a refused statement in the message


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a report, without its text."""

    key: int
    id: str
    version: int
    current: bool
    source: str
    title: str | None
    year: int | None
    retracted: bool
    deleted: bool
    sha256: str
    added_at: str
    run: int | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a record that was put in; ``renamed`` maps ids that reports bore before to those that they bear now."""

    outcome: Outcome
    report: str
    in_force: bool
    renamed: dict[str, str]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a command; ``ended_at`` is None where it was stopped, or still goes on."""

    key: int
    command: str
    extractor: str
    settings: dict[str, Any]
    counts: dict[str, Any] | None
    started_at: str
    ended_at: str | None


class Store:
    """An open store; a context manager. Made by :meth:`open`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self.name = shown(engine.url)
        self.only: frozenset[str] | None = None  # reports that are given out where all are asked for; None: all

    @classmethod
    def open(cls, target: str | Path, *, create: bool = True) -> Store:
        """Open a store, bringing its schema to the newest.

        Parameters
        ----------
        target : str or Path
            A file, made where it is not there, or ``postgresql://user@host/database``.
        create : bool
            False: a missing file is an error, for commands that only read.

        Raises
        ------
        StoreError
            If it cannot be opened or is no store of ours; says what to do.
        MigrationError
            If it was written by a newer program, or a migration failed.
        """
        engine = engine_for(str(target))
        store = cls(engine)
        if not create and (missing := absent(engine.url)):
            raise StoreError(
                f"store {store.name} {missing}; make it with: trialspan extract FILES --store {store.name}"
            )
        try:
            store._migrate()
        except BaseException:
            store.close()
            raise
        return store

    def _migrate(self) -> None:
        with self.reading() as conn:
            if is_newest(conn):
                return
        with self.writing() as conn:
            applied = migrate(conn, self.name)
            decisions.reapply(conn, old.settle_all(conn, applied))

    def close(self) -> None:
        """Close all connections; the store may not be used afterwards."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """One writing transaction: all of it is kept, or nothing; where `durable`, a power failure takes none of it."""
        engine = self._writer.execution_options(durable=True) if durable else self._writer
        with guarded(self.name), engine.begin() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One reading transaction."""
        with guarded(self.name), self._engine.begin() as conn:
            yield conn

    # -- putting in ---------------------------------------------------------------------------------------------

    def add(self, record: Record, run: int | None = None, *, extractor: str = EXTRACTOR) -> Outcome:
        """Put a record in, in one transaction.

        Returns
        -------
        Outcome
            ``added`` for a report or a first extraction that is new, ``unchanged`` where the same text gave the same facts
            by the same extractor before, else ``updated``: a report that is known has a copy or an extraction more.
        """
        return self.put(record, run, extractor=extractor).outcome

    def put(self, record: Record, run: int | None = None, *, extractor: str = EXTRACTOR) -> Arrival:
        """Like :meth:`add`, and say which report the record is of and what became of others by it."""
        with self.writing() as conn:
            put = versions.put_document(conn, record.document, run)
            outcome = versions.put_extraction(conn, put.key, record, extractor, run)[1]
            at = select(DOCUMENTS.c.id, DOCUMENTS.c.is_current).where(DOCUMENTS.c.key == put.key)
            report, in_force = conn.execute(at).one()
            if not put.settled.alone and (put.settled.changed or outcome != "unchanged"):
                decisions.reapply(conn, put.settled.changed | {report})
        return Arrival(
            put.outcome if put.outcome == "updated" else outcome, report, in_force, dict(put.settled.renamed)
        )

    def add_document(self, document: Document, run: int | None = None) -> Outcome:
        """Put a document in without extracting it; :meth:`pending` lists such documents."""
        with self.writing() as conn:
            put = versions.put_document(conn, document, run)
            decisions.reapply(conn, put.settled.changed)
        return put.outcome

    def pending(self, extractor: str = EXTRACTOR) -> Iterator[Document]:
        """Current documents in which `extractor` has not looked yet, in the order of their ids."""
        done = select(EXTRACTIONS.c.document).where(EXTRACTIONS.c.extractor == extractor, EXTRACTIONS.c.is_current)
        order = reading.by_code_point
        with self.reading() as conn:
            query = select(DOCUMENTS.c.key).where(
                DOCUMENTS.c.is_current, ~DOCUMENTS.c.deleted, DOCUMENTS.c.key.not_in(done)
            )
            keys = list(conn.execute(query.order_by(order(conn, DOCUMENTS.c.id))).scalars())
        for batch in batches(keys, RECORDS_AT_ONCE):
            with self.reading() as conn:
                found = reading.documents(conn, batch)
            yield from (found[key] for key in batch)

    # -- taking out ---------------------------------------------------------------------------------------------

    def records(self, ids: Sequence[str] | None = None, *, deleted: bool = False) -> Iterator[Record]:
        """Current records in the order of their ids (code points), with curators' decisions applied.

        Parameters
        ----------
        ids : sequence of str, optional
            Only these reports; an id that is not there is an error.
        deleted : bool
            Also reports that their source deleted.

        Raises
        ------
        StoreError
            If an id is unknown.
        """
        with self.reading() as conn:
            wanted = None if ids is None else reading.resolved(conn, ids, self.name)
            keys = reading.current(conn, wanted, deleted=deleted)
            if wanted is not None and len(keys) < len(set(wanted)):
                self._name_missing(conn, wanted)
            if wanted is None and self.only is not None:
                keys = reading.current(conn, sorted(self.only), deleted=deleted)
        for batch in batches(keys, RECORDS_AT_ONCE):
            with self.reading() as conn:
                found = reading.records(conn, batch)
            yield from found

    def record(self, id: str) -> Record:
        """The current record of one report.

        Raises
        ------
        StoreError
            If the store has no such report.
        """
        return next(self.records([id], deleted=True))

    def document_version(self, id: str, version: int) -> Document:
        """One version of a report, with its text.

        Raises
        ------
        StoreError
            If the store has no such report or version.
        """
        with self.reading() as conn:
            at = (DOCUMENTS.c.id.in_(reading.resolved(conn, [id], self.name)), DOCUMENTS.c.version == version)
            key = conn.execute(select(DOCUMENTS.c.key).where(*at)).scalar()
            if key is None:
                raise StoreError(f"store {self.name} has no version {version} of report {id!r}")
            return reading.documents(conn, [key])[key]

    def documents(self, *, deleted: bool = False, history: bool = False) -> list[Version]:
        """All reports, without their texts, in the order of their ids; with `history` also older versions."""
        with self.reading() as conn:
            query = select(*(DOCUMENTS.c[n if n != "current" else "is_current"] for n in Version.__dataclass_fields__))
            if not history:
                query = query.where(DOCUMENTS.c.is_current)
            if not deleted:
                query = query.where(~DOCUMENTS.c.deleted)
            order = reading.by_code_point(conn, DOCUMENTS.c.id)
            found = [Version(*row) for row in conn.execute(query.order_by(order, DOCUMENTS.c.version))]
        return [one for one in found if self.only is None or one.id in self.only]

    def find(self, scheme: str, value: str) -> list[str]:
        """Ids of current reports with this identifier: ``find("nct", "NCT02881476")``; DOIs in lower case."""
        joined = DOCUMENTS.join(IDENTIFIERS, IDENTIFIERS.c.document == DOCUMENTS.c.key)
        at = (IDENTIFIERS.c.scheme == scheme, IDENTIFIERS.c.value == value, DOCUMENTS.c.is_current)
        with self.reading() as conn:
            return sorted(conn.execute(select(DOCUMENTS.c.id).select_from(joined).where(*at)).scalars())

    def named(self, names: Sequence[str]) -> list[str]:
        """The ids of the reports that these names mean: ids, identifiers (``doi:10.1/x``), names under which copies came.

        Raises
        ------
        StoreError
            If a name means several reports. A name that means none is given back as it is.
        """
        with self.reading() as conn:
            return reading.resolved(conn, names, self.name)

    def has(self, name: str) -> bool:
        """Whether a name (an id, an identifier, what a copy came as) means a report that its source did not delete.

        Raises
        ------
        StoreError
            If it means several reports.
        """
        with self.reading() as conn:
            return bool(reading.current(conn, reading.resolved(conn, [name], self.name)))

    def data(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The registry's own JSON of current reports that have it, without reading their facts."""
        with self.reading() as conn:
            return {
                row.id: row.data
                for batch in batches(ids)
                for row in conn.execute(
                    select(DOCUMENTS.c.id, DOCUMENTS.c.data).where(
                        DOCUMENTS.c.is_current, DOCUMENTS.c.id.in_(batch), DOCUMENTS.c.data.is_not(None)
                    )
                )
            }

    def select(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one SELECT over the tables and views; nothing can be changed by it.

        Parameters
        ----------
        sql : str
            In the database's own SQL; the views are the same on both.
        parameters : mapping, optional
            Values for ``:name`` places in `sql`.

        Returns
        -------
        tuple
            Column names, and rows.

        Raises
        ------
        QueryError
            If the database refuses it, such as a statement that would change something, or it takes longer than
            ``questions.MOST_SECONDS`` or gives more than ``questions.MOST_ROWS`` rows.
        """
        if not READING.match(sql):
            raise QueryError(
                f"store {self.name}: {sql.strip()[:MOST_SHOWN]!r} is none; one SELECT over its tables and views is taken"
            )
        with asked(self.name), self._engine.connect().execution_options(postgresql_readonly=True) as conn:
            return bounded(conn, sql, parameters, self.name)

    def _name_missing(self, conn: Connection, ids: Sequence[str]) -> None:
        known = {
            i
            for batch in batches(ids)
            for i in conn.execute(select(DOCUMENTS.c.id).where(DOCUMENTS.c.id.in_(batch))).scalars()
        }
        missing = sorted(set(ids) - known)
        if missing:
            raise StoreError(
                f"store {self.name} has no report {', '.join(map(repr, missing[:5]))}; see all with: trialspan list --store {self.name}"
            )

    # -- curators -----------------------------------------------------------------------------------------------

    def decide(
        self,
        document: str,
        action: str,
        curator: str,
        *,
        target: Fact | None = None,
        fact: Fact | None = None,
        note: str | None = None,
        verdict: str | None = None,
        field: str | None = None,
        others: Sequence[Fact] = (),
        how: How | None = None,
    ) -> int:
        """Append a curator's decision on a report's facts and apply it; the decision's key. Durable when it returns.

        Parameters
        ----------
        action : {"add", "replace", "reject", "say"}
            ``add`` needs `fact`, ``reject`` needs `target`, ``replace`` needs both; ``say`` changes no fact and needs
            `verdict` (unsure, not_reported, note) and a `target` or a `field`.
        target : Fact
            A fact of the current record, as :meth:`record` gives it; `others` are more places of the same claim.
        fact : Fact
            The curator's own; its method becomes ``curator:<id>``, its quotes must be the text at their offsets. Whether it is
            ``primary`` is the curator's word too.
        how : How, optional
            Stage, mode, reason, and what was in view; a decision with a uid that is known is not taken twice.

        Raises
        ------
        StoreError
            If something needed is missing, or the record has no such fact.
        StaleError
            If the text, or what others say of this fact, is not what was in view any more.
        EvidenceError
            If a quote is not the text at its offsets.
        """
        how = how or How()
        if fact:
            fact = fact.change(method=f"curator:{curator}", confidence=1.0)
        said = Said(action, curator, target, fact, tuple(others), verdict, field, note)
        with self.reading() as conn:
            (id,) = reading.resolved(conn, [document], self.name)
        with self.writing(durable=True) as conn:
            return decisions.append(conn, id, said, how, self.name)

    def undo(self, decision: int, curator: str, *, note: str | None = None, how: How | None = None) -> int:
        """Take a decision back (an undo too); appended like any other.

        Raises
        ------
        StoreError
            If the store has no such decision.
        """
        found = {d.key: d for d in self.decisions()}
        if decision not in found:
            raise StoreError(f"store {self.name} has no decision {decision}")
        said = Said("undo", curator, note=note, undoes=decision)
        how = how or How(stage=found[decision].stage, mode=found[decision].mode)
        with self.writing(durable=True) as conn:
            return decisions.append(conn, found[decision].document, said, how, self.name)

    def decisions(self, document: str | None = None) -> list[Decision]:
        """All decisions, or those on one report, in the order in which they were taken."""
        with self.reading() as conn:
            return decisions.load(conn, document and reading.resolved(conn, [document], self.name)[0])

    # -- runs ---------------------------------------------------------------------------------------------------

    def begin(self, command: str, *, settings: Mapping[str, Any] | None = None, extractor: str = EXTRACTOR) -> int:
        """Open a run; its key goes to :meth:`add` and :meth:`issue`."""
        row = {"command": command, "extractor": extractor, "settings": dict(settings or {}), "started_at": now()}
        with self.writing() as conn:
            return rows.key_of(conn.execute(insert(RUNS).values(row)))

    def finish(self, run: int, counts: Mapping[str, Any]) -> None:
        """Close a run with its counts."""
        with self.writing() as conn:
            conn.execute(update(RUNS).where(RUNS.c.key == run).values(counts=dict(counts), ended_at=now()))

    def issue(self, run: int, input: str, stage: str, error: str) -> None:
        """Note an input that failed."""
        with self.writing() as conn:
            conn.execute(insert(ISSUES).values(run=run, input=input, stage=stage, error=error))

    def runs(self) -> list[RunRow]:
        """All runs, the first first."""
        with self.reading() as conn:
            return [
                RunRow(*row)
                for row in conn.execute(select(*(RUNS.c[n] for n in RunRow.__dataclass_fields__)).order_by(RUNS.c.key))
            ]

    def issues(self, run: int | None = None) -> list[tuple[int, str, str, str]]:
        """(run, input, stage, error) of failed inputs, in the order in which they failed."""
        query = select(ISSUES.c.run, ISSUES.c.input, ISSUES.c.stage, ISSUES.c.error).order_by(ISSUES.c.key)
        with self.reading() as conn:
            return [tuple(r) for r in conn.execute(query if run is None else query.where(ISSUES.c.run == run))]
