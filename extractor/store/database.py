"""Opens a database and turns its errors into messages: what, where, what to do.

SQLite runs with a write-ahead log (a killed process loses at most the transaction it was in), foreign keys on, and waits
for another writer. Writing transactions begin ``IMMEDIATE``, so that two programs never block each other half-way.
"""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from extractor.errors import DamageError, QueryError, StoreError

BUSY_TIMEOUT_S = 30.0
MOST_VARIABLES = 500  # values in one IN (...); SQLite before 3.32 takes 999 in a whole statement
POSTGRES = "postgresql+psycopg"
_FORMS = "a path (review.db) or postgresql://user@host/database"
_CAUSES = (
    ("database is locked", "another program is writing to it; wait for it to end, then run the same command again"),
    ("disk is full", "no space is left; make room, then run the same command again: what was stored is complete"),
    ("disk i/o error", "the disk refused; check its space and health, then run the same command again"),
    ("not a database", "the file is no SQLite database; name another with --store"),
    ("malformed", "the file is damaged; restore a copy of it, or name another with --store"),
    ("read-only transaction", "nothing may be changed here"),
    ("readonly database", "it may not be written to; check its permissions, or name another with --store"),
    ("unable to open", "it cannot be opened; check that the folder exists and may be written to"),
    (
        "terminating connection",
        "the server ended the connection; run the same command again: what was stored is complete",
    ),
    ("server closed the connection", "the server went away; run the same command again: what was stored is complete"),
    ("connection", "the database server cannot be reached; check the address, the name and the password"),
    ("no space left", "no space is left on the server; make room, then run the same command again"),
)
T = TypeVar("T")


def engine_for(target: str) -> Engine:
    """The engine behind a path or a database URL; nothing is connected yet.

    Raises
    ------
    StoreError
        If the URL is of no database that is supported, or its folder does not exist.
    """
    url = url_of(target)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"store {shown(url)} needs psycopg; install it with: pip install 'trialspan[postgres]'"
        ) from error


def url_of(target: str) -> URL:
    if "://" not in target:
        return URL.create("sqlite", database=target)
    try:
        url = make_url(target)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreError(f"store {target.split('@')[-1]!r} is no database address; legal are {_FORMS}") from error
    if backend in ("postgresql", "postgres"):
        return url.set(drivername=POSTGRES)
    if backend != "sqlite":
        raise StoreError(f"store {shown(url)}: {backend} is not supported; legal are {_FORMS}")
    return url


def shown(url: URL) -> str:
    """The store's name for messages: a path as it was given, a URL without its password."""
    if url.get_backend_name() == "sqlite":
        name = url.database or ":memory:"
        return urllib.parse.unquote(name.removeprefix("file:")) if "uri" in url.query else name
    return url.render_as_string(hide_password=True)


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or ":memory:")
    if path.is_dir():
        raise StoreError(f"store {path} is a folder; name a file in it, such as {path / 'review.db'}")
    if not path.parent.is_dir():
        raise StoreError(f"store {path}: the folder {path.parent} does not exist; make it first")
    if path.is_file() and not os.access(path.parent, os.W_OK) and not _log_of(path).exists():
        # no log can be made beside it, and nobody can be writing to it: read as it stands
        quoted = urllib.parse.quote(str(path.resolve()))
        url = URL.create("sqlite", database=f"file:{quoted}", query={"immutable": "1", "uri": "true"})
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def absent(url: URL) -> str | None:
    """What is wrong with an SQLite store that is to be read and is not there: SQLite would make one of an empty file."""
    if url.get_backend_name() != "sqlite" or "uri" in url.query:
        return None
    path = Path(url.database or ":memory:")
    if not path.is_file():
        return "does not exist"
    return "is an empty file" if not path.stat().st_size and not _log_of(path).exists() else None


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver's own transactions commit before DDL; ours begin below
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    options = conn.get_execution_options()
    if options.get(
        "writes"
    ):  # a person's word is on the disk when it is acknowledged, a run's last reports may be read again
        conn.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable') else 'NORMAL'}")
    conn.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Database errors inside become StoreError with their cause and what to do."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"store {name}: {explained(error)}") from error
    except UnicodeDecodeError as error:
        raise DamageError(f"store {name}: the file is damaged ({error.reason}); restore a copy of it") from error
    except JSONDecodeError as error:
        raise DamageError(
            f"store {name}: a stored value is no JSON any more ({error}); see all damage with: trialspan doctor, or restore a backup"
        ) from error


@contextmanager
def asked(name: str) -> Iterator[None]:
    """Errors in a user's own SQL become QueryError."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = explained(error) if isinstance(error, DBAPIError) else str(error)
        raise QueryError(f"store {name}: {reason}; one SELECT over its tables and views is taken") from error


def explained(error: DBAPIError) -> str:
    first = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    advice = next((advice for sign, advice in _CAUSES if sign in first.lower()), "the database refused")
    return f"{advice} ({first})"


def batches(items: Iterable[T], size: int = MOST_VARIABLES) -> Iterator[list[T]]:
    """`items` in lists of at most `size`, for statements that take a limited number of values."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
