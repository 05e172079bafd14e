"""EndNote's XML, which Covidence, SyRF, EPPI and most reference managers exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.markup import elements, local, root_name, tidy
from extractor.sources.reference import reference

MARKS = {"superscript": "^", "subscript": "_"}
SIMPLE = re.compile(r"[-+−]?\w+")


def sniff(head: bytes) -> float:
    start = head[:6000]
    root = root_name(head)
    return (
        0.95
        if root in ("xml", "records")
        and b"<record" in start
        and (b"<ref-type" in head or b"<titles" in head or b"rec-number" in head)
        else 0.0
    )


@reader("endnote-xml", sniff=sniff, suffixes=(".xml",), rank=90)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """EndNote XML: a library of references."""
    for number, record in enumerate(elements(stream, ("record",)), 1):
        yield attempt(lambda: _document(record, f"{stem}:{number}"), f"record {number}")  # noqa: B023


def _document(record: Any, otherwise: str) -> Document:
    kind = record.find(".//ref-type")
    base = " ".join([*_texts(record, "remote-database-name"), *_texts(record, "remote-database-provider")])
    accession = _texts(record, "accession-num")
    fields = {
        "title": _texts(record, "titles/title"),
        "abstract": _texts(record, "abstract"),
        "authors": _texts(record, "contributors/authors/author"),
        "affiliations": _texts(record, "auth-address"),
        "year": [*_texts(record, "dates/year"), *_texts(record, "dates/pub-dates/date")],
        "journal": [
            *_texts(record, "titles/secondary-title"),
            *_texts(record, "periodical/full-title"),
            *_texts(record, "alt-periodical/full-title"),
        ],
        "language": _texts(record, "language"),
        "types": _texts(record, "work-type") or ([kind.get("name")] if kind is not None and kind.get("name") else []),
        "doi": _texts(record, "electronic-resource-num"),
        "pmid": accession if not base or re.search("medline|pubmed|nlm", base, re.I) else [],
        "pmcid": [*_texts(record, "custom2"), *_texts(record, "custom7")],
        "registry": [*_texts(record, "custom3"), *_texts(record, "custom5")],
        "notes": [*_texts(record, "notes"), *_texts(record, "research-notes")],
        "urls": _texts(record, ".//url"),
        "volume": _texts(record, "volume"),
        "issue": _texts(record, "number"),
        "pages": _texts(record, "pages"),
        "keywords": _texts(record, "keywords/keyword"),
        "accession": accession,
        "database": [base],
    }
    return reference("endnote", fields, otherwise)


def _texts(record: Any, path: str) -> list[str]:
    """Texts at a path; bold and italic runs in one piece, with the blanks between them; raised ones with their mark."""
    return [tidy("".join(_runs(element))) for element in record.findall(path)]


def _runs(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        inner = "".join(_runs(child)) if isinstance(child.tag, str) else ""
        mark = MARKS.get(child.get("face", "")) if isinstance(child.tag, str) and local(child.tag) == "style" else None
        yield (mark + inner if SIMPLE.fullmatch(inner) else f"{mark}({inner})") if mark and inner.strip() else inner
        yield child.tail or ""
