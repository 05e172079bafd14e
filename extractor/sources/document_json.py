"""One document a file, as a JSON object with ``id``, ``title`` and ``text``: the form of our own corpora."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import reader


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start.startswith(b"{") or b"protocolSection" in head:
        return 0.0
    return 0.6 if b'"id"' in start and b'"text"' in start and not _is_line(start) else 0.0


def _is_line(start: bytes) -> bool:
    return start.split(b"\n", 1)[0].rstrip().endswith(b"}")


@reader("document-json", sniff=sniff, suffixes=(".json",))
def read(stream: BinaryIO, stem: str) -> Iterator[Document]:
    """One JSON object with id, title and text, such as a file of the starter corpus."""
    try:
        row = json.loads(stream.read().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ParseError(f"not one JSON object in UTF-8: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ParseError("a JSON object with the keys id, title and text is needed")
    parts = {"title": str(row["title"])} if row.get("title") else {}
    yield Document(str(row.get("id") or stem), "jsonl", parts | {"abstract": row["text"]})
