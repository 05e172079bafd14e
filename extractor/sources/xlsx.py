"""Excel workbooks of references: every sheet that is a table, read as CSV is."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.sources import Item, reader
from extractor.sources.csv import PREAMBLE, is_header, rows_to_items

MAX_BYTES, MAX_UNPACKED = 64_000_000, 512_000_000
MAGIC = b"PK\x03\x04"


def sniff(head: bytes) -> float:
    return 0.95 if head.startswith(MAGIC) and b"xl/" in head else 0.0


@reader("xlsx", sniff=sniff, suffixes=(".xlsx", ".xlsm"), source="csv", rank=200)
def read(stream: BinaryIO, stem: str, *, columns: Mapping[str, str] | None = None) -> Iterator[Item]:
    """Excel workbook: a table of references with a header."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ParseError(f"a workbook of more than {MAX_BYTES:,} bytes; save the sheet as CSV")
    problem = None
    read = 0
    for name, rows in _sheets(data):
        first = next((n for n, row in enumerate(rows[:PREAMBLE]) if is_header(row)), 0)
        within = f"{stem}:{name}" if read else stem
        try:
            found = list(rows_to_items(iter(rows[first:]), within, columns, first + 1))
        except ParseError as error:
            problem = problem or ParseError(f"sheet {name!r}: {error}")
            continue
        read += 1
        yield from found
    if not read:
        raise problem or ParseError("a workbook without a sheet of cells")


def _sheets(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(i.file_size for i in packed.infolist()) > MAX_UNPACKED:
                raise ParseError("a workbook that unpacks to more than can be held; save the sheet as CSV")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in book.worksheets:
                yield sheet.title, [[_cell(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ParseError(f"a broken workbook ({type(error).__name__}: {error}); save the sheet as CSV") from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)
