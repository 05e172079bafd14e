"""RIS in the dialects of Ovid, Embase, Scopus, ProQuest, Zotero, EndNote, Rayyan, Web of Science; and its plain-text export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import rispy

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.identifiers import (
    NCT,
    document_id,
    doi_in,
    ncts_in,
    pmcid_in,
    pmid_in,
    retracted_in_title,
    year_in,
)

# "TY  - JOUR"; one exporter in ten leaves out a blank
START = re.compile(r"(?m)^\ufeff?TY {1,2}-")
WOS_START = re.compile(r"(?m)^PT [JBSP]\r?$")
# where each dialect keeps a PMID: EndNote and Ovid an accession number, Embase C5, Scopus C2, Web of Science PM
PUBMED_BASE = re.compile(r"pubmed|medline|\bnlm\b", re.I)
Row = dict[str, Any]


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf"))
    if START.search(text[:2000]):
        return 0.9
    return (
        0.9 if re.match(r"\s*FN (?:Clarivate|Thomson|ISI)", text) or (WOS_START.match(text) and "\nER" in text) else 0.0
    )


@reader("ris", sniff=sniff, suffixes=(".ris", ".txt", ".ciw"), rank=100)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """RIS of any exporter, and Web of Science plain text."""
    text = whole(stream).replace("\r\n", "\n").replace("\r", "\n")
    pattern, parser = (START, rispy.RisParser) if START.search(text) else (WOS_START, rispy.WokParser)
    bounds = [m.start() for m in pattern.finditer(text)]
    line, last = 1, 0
    for number, (start, end) in enumerate(zip(bounds, [*bounds[1:], len(text)], strict=True), 1):
        line, last = line + text.count("\n", last, start), start
        yield attempt(lambda: _document(_row(text[start:end], parser), f"{stem}:{number}"), f"record at line {line}")  # noqa: B023


def _row(chunk: str, parser: Any) -> Row:
    """One record as rispy reads it; a record cut off before its end line is read as far as it goes."""
    chunk = re.sub(r"(?m)^([A-Z][A-Z0-9]) -(?= |$)", r"\1  -", chunk.removeprefix("\ufeff"))
    closed = chunk if re.search(r"(?m)^ER\b", chunk) else chunk + "\nER  - \n"
    rows = rispy.loads(closed, implementation=parser, enforce_list_tags=False)
    if not rows:
        raise ParseError("no record between its first and its last line")
    return dict(rows[0])


def _document(row: Row, otherwise: str) -> Document:
    title = _first(row, "title", "primary_title", "document_title", "translated_title", "short_title")
    text = _joined(row, "abstract") or _joined(row, "notes_abstract")
    ids = _ids(row, text)
    return Document(
        document_id(ids, otherwise),
        "ris",
        ({TITLE: title} if title else {}) | {ABSTRACT: text},
        ids=ids,
        retracted=retracted_in_title(title),
        year=year_in(_first(row, "year", "publication_year", "date", "year_published")),
        journal=_first(
            row, "journal_name", "secondary_title", "alternate_title3", "alternate_title1", "publication_name"
        ),
        authors=tuple(dict.fromkeys([*_values(row, "authors"), *_values(row, "first_authors")])),
        publication_types=tuple(_values(row, "type_of_work") or _values(row, "document_type")),
        language=_first(row, "language"),
        metadata=_metadata(row),
    )


def _values(row: Row, name: str) -> list[str]:
    found = row.get(name)
    values = found if isinstance(found, list) else [found]
    return [str(v).strip() for v in values if v and str(v).strip()]


def _first(row: Row, *names: str) -> str | None:
    return next((values[0] for name in names if (values := _values(row, name))), None)


def _joined(row: Row, name: str) -> str:
    return "\n".join(_values(row, name))


def _ids(row: Row, text: str) -> Ids:
    dois = [
        *_values(row, "doi"),
        *_values(row, "urls"),
        *_values(row, "file_attachments2"),
        *_values(row, "type_of_work"),
    ]
    unknown = row.get("unknown_tag", {})
    notes = [
        *_values(row, "notes"),
        *_values(row, "note"),
        *(str(v) for name in ("C5", "CN") for v in unknown.get(name, ())),
    ]
    pmcids = [v for name in ("custom2", "custom7", "accession_number") for v in _values(row, name) if pmcid_in(v)]
    return Ids(
        _pmid(row, unknown),
        next((d for d in map(doi_in, dois) if d), None),
        pmcid_in(pmcids[0]) if pmcids else None,
        ncts_in(text, *(n for n in notes if NCT.fullmatch(n))),
    )


def _pmid(row: Row, unknown: dict[str, list[str]]) -> str | None:
    """The PMID, from the tag that this row's database uses for it."""
    base = " ".join([*_values(row, "name_of_database"), *_values(row, "database_provider")])
    tags: Iterable[str] = (*_values(row, "pubmed_id"), *unknown.get("PM", ()), *unknown.get("PMID", ()))
    if "embase" in base.lower():
        tags = (*tags, *_values(row, "custom5"))
    if "scopus" in base.lower():
        tags = (*tags, *(v.replace("(PubMed)", "") for v in _values(row, "custom2")))
    if PUBMED_BASE.search(base):
        tags = (*tags, *_values(row, "accession_number"), *_values(row, "id"))
    for url in _values(row, "urls"):
        if match := re.search(r"pubmed(?:\.ncbi\.nlm\.nih\.gov)?/(\d+)", url):
            tags = (*tags, match[1])
    return next((p for p in map(pmid_in, tags) if p), None)


def _metadata(row: Row) -> dict[str, Any]:
    pages = "-".join(filter(None, (_first(row, "start_page"), _first(row, "end_page"))))
    accession = _first(row, "accession_number", "unique_identifier", "id")
    found = {
        "accession": accession,
        "volume": _first(row, "volume"),
        "issue": _first(row, "number"),
        "pages": pages,
        "keywords": _values(row, "keywords"),
    }
    return {name: value for name, value in found.items() if value}
