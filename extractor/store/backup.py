"""A store copied whole, table by table, from one snapshot: SQLite or PostgreSQL at either end.

A backup is a store of its own (an SQLite file), so that every command reads it. What was written is read back and compared
row by row before it counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import BigInteger, Connection, Table, func, insert, select, text

from extractor.errors import StoreError
from extractor.store import Store
from extractor.store.tables import METADATA, SCHEMA_VERSION

AT_ONCE = 200  # rows


def copy(source: Store, target: Store) -> dict[str, int]:
    """Copy all rows of `source` into `target`, which must be empty; how many there are of each table.

    Raises
    ------
    StoreError
        If the target holds anything, or what was read back from it differs.
    """
    counts: dict[str, int] = {}
    with source.reading() as old, target.writing() as new:
        _one_snapshot(old)
        for table in tables():
            if new.execute(select(func.count()).select_from(table)).scalar_one():
                raise StoreError(
                    f"store {target.name} is not empty ({table.name}); name another, which is made, so that nothing is overwritten"
                )
        for table in tables():
            counts[table.name] = _copy(table, old, new)
            if digest(old, table) != digest(new, table):
                raise StoreError(
                    f"store {target.name}: table {table.name} was not written as it was read; nothing was kept"
                )
        _counters(new)
    return counts


def tables() -> list[Table]:
    """All tables that hold something of the user's, as they are declared: parents before children."""
    return [table for table in METADATA.tables.values() if table is not SCHEMA_VERSION]


def digest(conn: Connection, table: Table) -> int:
    """A digest of all rows of a table, whatever their order: the sum of the rows' own."""
    total = 0
    for row in _rows(conn, table):
        words = json.dumps(row, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        total += int.from_bytes(hashlib.sha256(words).digest(), "big")
    return total


def _rows(conn: Connection, table: Table) -> Iterator[list[object]]:
    query = select(table)
    if "key" in table.primary_key.columns:  # a decision that undoes another comes after it
        query = query.order_by(table.c.key)
    for row in conn.execute(query.execution_options(yield_per=AT_ONCE)):
        yield list(row)


def _copy(table: Table, old: Connection, new: Connection) -> int:
    names = [c.name for c in table.columns]
    count = 0
    batch: list[dict[str, object]] = []
    for row in _rows(old, table):
        batch.append(dict(zip(names, row, strict=True)))
        if len(batch) == AT_ONCE:
            new.execute(insert(table), batch)
            count, batch = count + len(batch), []
    if batch:
        new.execute(insert(table), batch)
    return count + len(batch)


def _one_snapshot(conn: Connection) -> None:
    """All tables as they were at one moment; in SQLite every reading transaction is that."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _counters(conn: Connection) -> None:
    """Let PostgreSQL count on from the highest key that was copied."""
    if conn.dialect.name != "postgresql":
        return
    for table in tables():
        if _counted(table):
            highest = f"SELECT max(key) FROM {table.name}"
            conn.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'key'), ({highest})) WHERE ({highest}) IS NOT NULL"
                )
            )


def _counted(table: Table) -> bool:
    """Whether the database counts the table's keys."""
    return [c.name for c in table.primary_key.columns] == ["key"] and isinstance(table.c.key.type, BigInteger)
