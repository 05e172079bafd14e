"""RIS in the dialects of Ovid, Embase, Scopus, ProQuest, Zotero, EndNote, Rayyan, CENTRAL; and Web of Science's plain text.

Lines are brought to the form that rispy reads: exporters indent them, leave out blanks, put tags before the first one,
wrap values and repeat tags. What a tag means rispy's tables say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.identifiers import NCT, pmcid_in, pmid_in
from extractor.sources.reference import known, reference

# "TY  - JOUR"; exporters leave out a blank before or after the hyphen, or indent
START = re.compile(r"(?m)^\ufeff?[ \t]*TY {1,2}-")
LINE = re.compile(r"[ \t]*([A-Z][A-Z0-9]) {1,2}-(?: |$)?(.*)")
WOS_START = re.compile(r"(?m)^\ufeff?PT [A-Z]\s*$")
WOS_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
# where each dialect keeps a PMID: EndNote and Ovid an accession number, Embase C5, Scopus C2, Web of Science PM
PUBMED_BASE = re.compile(r"pubmed|medline|\bnlm\b", re.I)
OURS = "Trialspan"
Row = dict[str, Any]
Tagged = list[tuple[str, str]]


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf"))
    if START.search(text[:4000]):
        return 0.9
    wos = re.match(r"\s*\ufeff?FN (?:Clarivate|Thomson|ISI)", text) or WOS_START.match(text.lstrip())
    return 0.9 if wos and re.search(r"(?m)^(?:ER|TI |UT )", text) else 0.0


@reader("ris", sniff=sniff, suffixes=(".ris", ".txt", ".ciw"), rank=100)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """RIS of any exporter, and Web of Science plain text."""
    import rispy  # late: other formats do without

    text = whole(stream).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    ris = bool(START.search(text))
    for number, (line, record) in enumerate(_records(text) if ris else _wos_records(text), 1):
        parser: Any = rispy.RisParser if ris else rispy.WokParser
        yield attempt(lambda: _document(_row(record, parser), f"{stem}:{number}"), f"record at line {line}")  # noqa: B023


def _records(text: str) -> Iterator[tuple[int, Tagged]]:
    """(line, tags with their values) of each record; tags before its first one are its own where none is open."""
    record: Tagged = []
    first, ended, closed = 1, True, False
    for number, line in enumerate(text.split("\n"), 1):
        match = LINE.fullmatch(line)
        if match is None:
            if line.strip() and record and not ended:
                tag, value = record[-1]
                record[-1] = tag, f"{value} {line.strip()}".strip()
            continue
        tag, value = match[1], match[2].strip()
        if tag == "ER":
            if record:
                yield first, record
            record, ended, closed = [], True, True
            continue
        if tag == "TY" and any(t == "TY" for t, _ in record):  # the one before was not closed
            yield first, record
            record = []
        if not record:
            first = number
        record.append((tag, value))
        ended = False
    # Ovid writes a tag of the last record behind its end
    if record and (len(record) > 1 or record[0][0] == "TY" or not closed):
        yield first, record


def _wos_records(text: str) -> Iterator[tuple[int, Tagged]]:
    record: Tagged = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        match = WOS_LINE.fullmatch(line.rstrip())
        if match is None:
            if line.strip() and record:
                tag, value = record[-1]
                more = line.strip()
                record[-1:] = (
                    [(tag, value), (tag, more)] if tag in ("AU", "AF", "C1", "CR") else [(tag, f"{value} {more}")]
                )
        elif match[1] == "ER":
            if record:
                yield first, record
            record = []
        elif match[1] not in ("FN", "VR", "EF"):
            if match[1] == "PT" and record:
                yield first, record
                record = []
            first = first if record else number
            record.append((match[1], (match[2] or "").strip()))
    if record:
        yield first, record


def _row(record: Tagged, parser: Any) -> Row:
    """One record under the names that rispy gives its tags; a tag that rispy does not know under its own."""
    if not any(tag in ("TY", "PT") for tag, _ in record) and len(record) < 2:
        raise ParseError("no record between its first and its last line")
    row: dict[str, list[str]] = {}
    for tag, value in record:
        name = parser.DEFAULT_MAPPING.get(tag, tag)
        cut = parser.DEFAULT_DELIMITER_MAPPING.get(tag)
        row.setdefault(name, []).extend(v.strip() for v in (value.split(cut) if cut else [value]))
    return {name: values for name, found in row.items() if (values := known(found))}


def _document(row: Row, otherwise: str) -> Document:
    fields = {
        "title": _any(row, "title", "primary_title", "document_title", "translated_title", "short_title"),
        "abstract": row.get("abstract") or row.get("notes_abstract", []),
        "authors": [_one(n) for n in [*row.get("authors", ()), *row.get("first_authors", ())]],
        "affiliations": row.get("author_address", []) if _ours(row) else [],
        "year": _any(row, "year", "publication_year", "date", "year_published", "early_access_date"),
        "journal": [v for v in _any(row, *JOURNALS) if "://" not in v],
        "language": row.get("language", []),
        "types": [t for t in row.get("type_of_work") or row.get("document_type", []) if "doi.org" not in t],
        "doi": [v for name in ("doi", "file_attachments2", "L3", "type_of_work") for v in row.get(name, ())],
        "pmid": list(_pmids(row)),
        "database": [*row.get("name_of_database", ()), *row.get("database_provider", ())],
        "pmcid": [v for n in ("custom2", "custom7", "accession_number") for v in row.get(n, ()) if pmcid_in(v)],
        "registry": [*row.get("custom3", ()), *row.get("custom5", ()), *row.get("call_number", ()), *_fully(row)],
        "notes": [*row.get("notes", ()), *row.get("note", ()), *row.get("research_notes", ())],
        "urls": [*row.get("urls", ()), *(v for v in _any(row, *JOURNALS) if "://" in v)],
        "volume": row.get("volume", []),
        "issue": row.get("number", []) or row.get("issue", []),
        "pages": ["-".join([*row.get("start_page", [])[:1], *row.get("end_page", [])[:1]])],
        "keywords": row.get("keywords", []),
        "accession": _any(row, "accession_number", "unique_identifier", *(() if _ours(row) else ("id",))),
        "id": row.get("id", []) if _ours(row) else [],
    }
    return reference("ris", fields, otherwise, exact=_ours(row))


JOURNALS = (
    "alternate_title3",
    "journal_name",
    "secondary_title",
    "alternate_title2",
    "alternate_title1",
    "publication_name",
)


def _one(name: str) -> str:
    """A name as one author: RIS has one a tag, so a comma in it never parts two."""
    return name


def _any(row: Row, *names: str) -> list[str]:
    return [v for name in names for v in row.get(name, ())]


def _ours(row: Row) -> bool:
    return OURS in row.get("database_provider", ())


def _fully(row: Row) -> list[str]:
    """Notes that are a registry number and nothing else."""
    return [v for v in [*row.get("notes", ()), *row.get("note", ())] if NCT.fullmatch(v)]


def _pmids(row: Row) -> Iterator[str]:
    """Values of the tags that this row's database uses for a PMID."""
    base = " ".join([*row.get("name_of_database", ()), *row.get("database_provider", ())])
    tags: Iterable[str] = [*row.get("pubmed_id", ()), *row.get("PM", ()), *row.get("PMID", ())]
    if "embase" in base.lower():
        tags = [*tags, *row.get("custom5", ())]
    if "scopus" in base.lower():
        tags = [*tags, *(v.replace("(PubMed)", "") for v in row.get("custom2", ()))]
    if PUBMED_BASE.search(base):
        tags = [*tags, *row.get("accession_number", ()), *row.get("id", ())]
    tags = [*tags, *(v for v in row.get("accession_number", ()) if re.match(r"\s*pmid\b", v, re.I))]
    yield from (t for t in tags if pmid_in(t))
    yield from (v for v in row.get("custom3", ()) if "pubmed" in v.lower())
