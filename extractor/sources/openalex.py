"""Works of OpenAlex as its service answers: a page of results, one work, or one a line; the abstract is put together from its index."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import whole
from extractor.sources.reference import reference

MOST_WORDS = 200_000  # of an abstract: places beyond are no abstract's


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    named = b"openalex.org/W" in start and (b'"authorships"' in start or b'"publication_year"' in start)
    return 0.95 if start[:1] in (b"[", b"{") and named else 0.0


@reader("openalex", sniff=sniff, suffixes=(".json", ".jsonl"), source="csv", rank=135)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Works of OpenAlex in JSON."""
    for number, work in enumerate(_works(whole(stream).lstrip("\ufeff")), 1):
        yield attempt(lambda: _document(work, f"{stem}:{number}"), f"work {number}")  # noqa: B023


def _works(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return [_of_line(line) for line in text.splitlines() if line.strip()]
    return list(found.get("results", [found]) if isinstance(found, dict) else found)


def _of_line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None  # named where it is made a document


def _document(work: Any, otherwise: str) -> Document:
    if not isinstance(work, Mapping):
        raise ParseError("no JSON object")
    ids, place = work.get("ids") or {}, (work.get("primary_location") or {}).get("source") or {}
    biblio = work.get("biblio") or {}
    pages = [str(biblio[n]) for n in ("first_page", "last_page") if biblio.get(n)]
    people = [
        (a.get("author") or {}).get("display_name") or a.get("raw_author_name") or ""
        for a in work.get("authorships") or ()
    ]
    fields = {
        "title": [work.get("title") or work.get("display_name") or ""],
        "abstract": [abstract_of(work.get("abstract_inverted_index") or {})],
        "authors": people,
        "year": [str(work.get("publication_year") or "")],
        "journal": [str(place.get("display_name") or "")],
        "language": [str(work.get("language") or "")],
        "types": [str(work.get("type") or "")],
        "doi": [str(work.get("doi") or ids.get("doi") or "")],
        "pmid": [str(ids.get("pmid") or "").rpartition("/")[2]],
        "pmcid": [str(ids.get("pmcid") or "").rpartition("/")[2]],
        "volume": [str(biblio.get("volume") or "")],
        "issue": [str(biblio.get("issue") or "")],
        "pages": ["-".join(pages)],
        "accession": [str(work.get("id") or "").rpartition("/")[2]],
        "retracted": ["true" if work.get("is_retracted") else ""],
    }
    return reference("csv", fields, otherwise)


def abstract_of(index: Mapping[str, Any]) -> str:
    """The text whose words stand at these places.

    >>> abstract_of({"cells": [1, 3], "Stem": [0], "are": [2]})
    'Stem cells are cells'
    """
    placed = {
        at: word for word, places in index.items() for at in places if isinstance(at, int) and 0 <= at < MOST_WORDS
    }
    return " ".join(placed[at] for at in sorted(placed))
