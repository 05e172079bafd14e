"""A user's own SELECT, run so that it can change nothing, and cannot run, grow or hang without end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from extractor.errors import QueryError
from extractor.store.exact import deep, unescape

MOST_SECONDS = 60.0
MOST_ROWS = 200_000
LONGEST_VALUE = 100_000_000  # bytes of one value that a query may build in SQLite
STEPS = 20_000  # of SQLite's machine between two looks at the clock

Rows = tuple[list[str], list[tuple[Any, ...]]]


def bounded(conn: Connection, sql: str, parameters: Mapping[str, Any] | None, name: str) -> Rows:
    """Column names and rows of one SELECT.

    Raises
    ------
    QueryError
        If it takes too long or gives too many rows; says how to ask for less.
    """
    watch = _Watch(conn, name) if conn.dialect.name == "sqlite" else _Server(conn, name)
    with watch:
        bare = (
            sql if conn.dialect.name == "sqlite" else sql.replace("%", "%%")
        )  # psycopg reads % as a place for a value
        result = conn.execute(text(sql), dict(parameters)) if parameters else conn.exec_driver_sql(bare)
        return list(result.keys()), _rows(result, name)


def _rows(result: CursorResult[Any], name: str) -> list[tuple[Any, ...]]:
    found = [tuple(deep(list(row), unescape)) for row in result.fetchmany(MOST_ROWS)]
    if result.fetchone() is not None:
        raise QueryError(
            f"store {name}: more than {MOST_ROWS:,} rows; ask for fewer with WHERE or LIMIT, or export the facts"
        )
    return found


class _Watch:
    """SQLite: nothing may be written, a look at the clock every few thousand steps, and Ctrl-C heard there."""

    def __init__(self, conn: Connection, name: str) -> None:
        self.conn, self.name, self.stopped = conn, name, ""
        self.driver: Any = conn.connection.driver_connection

    def __enter__(self) -> None:
        import sqlite3

        self.conn.exec_driver_sql("PRAGMA query_only = ON")
        self.driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        self.until = time.monotonic() + MOST_SECONDS
        self.driver.set_progress_handler(self._look, STEPS)

    def _look(self) -> int:
        try:
            if time.monotonic() > self.until:
                self.stopped = "time"
        except KeyboardInterrupt:
            self.stopped = "user"
        return int(bool(self.stopped))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.driver.set_progress_handler(None, 0)
        self.conn.rollback()
        self.conn.exec_driver_sql("PRAGMA query_only = OFF")
        if self.stopped == "time":
            raise too_long(self.name) from error
        if self.stopped or (kind is not None and "interrupted" in str(error)):
            raise KeyboardInterrupt from error


class _Server:
    """PostgreSQL: the server ends what takes too long; psycopg cancels on Ctrl-C."""

    def __init__(self, conn: Connection, name: str) -> None:
        self.conn, self.name = conn, name

    def __enter__(self) -> None:
        self.conn.exec_driver_sql(f"SET LOCAL statement_timeout = {int(MOST_SECONDS * 1000)}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.conn.rollback()
        if error is not None and "statement timeout" in str(error):
            raise too_long(self.name) from error


def too_long(name: str) -> QueryError:
    return QueryError(
        f"store {name}: no answer within {MOST_SECONDS:g} s; ask for less (a recursive query needs an end), or use LIMIT"
    )
