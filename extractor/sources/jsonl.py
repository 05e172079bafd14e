"""JSON lines of ``{"id", "title", "text"}``, and of whole records as this program writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import SCHEMA, Document
from extractor.sources import reader


def sniff(head: bytes) -> float:
    first = head.lstrip(b"\xef\xbb\xbf \r\n\t").split(b"\n", 1)[0].rstrip()
    if not first.startswith(b"{"):
        return 0.0
    return 0.9 if first.endswith(b"}") and (b'"text"' in first or b'"document"' in first) else 0.3


@reader("jsonl", sniff=sniff, suffixes=(".jsonl", ".ndjson"))
def read(stream: BinaryIO, stem: str) -> Iterator[Document]:
    """One JSON object a line: id, title, text (an empty text is a document too)."""
    for number, line in enumerate(stream, 1):
        if line.strip(b"\xef\xbb\xbf \r\n\t"):
            yield _document(_row(line, number), stem, number)


def _row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ParseError(f"line {number}: not a JSON object in UTF-8: {error}") from error
    if not isinstance(row, dict):
        raise ParseError(f"line {number}: a JSON object with id, title and text is needed, found {type(row).__name__}")
    return row


def _document(row: dict[str, Any], stem: str, number: int) -> Document:
    if row.get("schema") == SCHEMA:
        return Document.from_dict(row["document"])
    if "text" not in row:
        raise ParseError(f"line {number}: no key 'text'; found {', '.join(sorted(map(str, row)))}")
    parts = {"title": str(row["title"])} if row.get("title") else {}
    return Document(str(row.get("id") or f"{stem}:{number}"), "jsonl", parts | {"abstract": str(row["text"] or "")})
