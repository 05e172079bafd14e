"""MEDLINE format, as in ``.nbib`` files: four characters of tag, a hyphen, a value; lines that go on begin with six blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import lines, plain
from extractor.sources.identifiers import document_id, own_number, pmid_in, year_in

# "PMID- 30602021", "TI  - Safety of", "LID - 10.1177/... [doi]"
TAGGED = re.compile(r"([A-Z][A-Z0-9]{0,3}) *- ?(.*)")
TAG_WIDTH = 4
CONTINUED = "      "
FIRST_TAGS = ("PMID", "PMC")  # either opens a record; PMC's own export puts its id first
Record = dict[str, list[str]]
# tag of a link to another report: what a user must see of it
STATES = {
    "RIN": "retracted",
    "ECI": "expression of concern",
    "EIN": "corrected",
    "CRI": "corrected and republished",
    "RRI": "retracted and republished",
    "UIN": "updated",
    "ROF": "retraction notice",
    "EFR": "correction notice",
}


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf")).lstrip("\r\n ")
    opened = re.match(r"(?:PMID|PMC|OWN|STAT) *- ", text)
    return 0.9 if opened and re.search(r"(?m)^(?:TI  |AB  |FAU |DP  |SO  )- ", text) else 0.6 if opened else 0.0


@reader("medline", sniff=sniff, suffixes=(".nbib", ".medline", ".txt"), rank=40)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """MEDLINE or nbib: PubMed's tagged export."""
    for number, (place, record) in enumerate(_records(lines(stream)), 1):
        yield attempt(lambda: _document(record, f"{stem}:{number}"), f"record at line {place}")  # noqa: B023


def _records(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Record]]:
    """(first line, tags with their values) of each record; a value is one line again."""
    record: Record = {}
    start, tag = 0, ""
    for number, line in numbered:
        bare = line.rstrip()
        match = TAGGED.match(bare) if bare[TAG_WIDTH : TAG_WIDTH + 1] == "-" else None
        if match:
            tag = match[1]
            if not record or (tag in FIRST_TAGS and tag in record):
                if record:
                    yield start, record
                record, start = {}, number
            record.setdefault(tag, []).append(match[2])
        elif not bare:
            if record:
                yield start, record
            record, tag = {}, ""
        elif record and tag:
            value = bare.strip(" ") if bare.startswith(CONTINUED) else bare
            record[tag][-1] = f"{record[tag][-1]} {value}".strip()
    if record:
        yield start, record


def _document(record: Record, otherwise: str) -> Document:
    if not _first(record, "PMID", "PMC", "TI", "BTI", "TT", "AB"):
        raise ParseError(f"no PMID, title or abstract; tags found: {', '.join(record)}")
    types = tuple(record.get("PT", ()))
    ids = _ids(record)
    return Document(
        own_number(ids, document_id(ids, otherwise)),
        "medline",
        _parts(record),
        ids=ids,
        year=year_in(_first(record, "DP", "DEP", "CDAT")),
        journal=_first(record, "JT", "TA"),
        authors=(*record.get("FAU", record.get("AU", ())), *record.get("CN", ())),
        affiliations=tuple(dict.fromkeys(record.get("AD", ()))),
        publication_types=types,
        language=_first(record, "LA"),
        retracted="Retracted Publication" in types or "RIN" in record,
        notes=tuple(f"{state}: {value}" for tag, state in STATES.items() for value in record.get(tag, ())),
        metadata=_metadata(record),
    )


def _first(record: Record, *tags: str) -> str | None:
    return next((record[tag][0] for tag in tags if record.get(tag) and record[tag][0]), None)


def _parts(record: Record) -> dict[str, str]:
    title = _first(record, "TI", "BTI", "TT")
    parts = {TITLE: title} if title else {}
    parts[ABSTRACT] = "\n".join(filter(None, record.get("AB", ())))
    others = [text for text in record.get("OAB", ()) if text]
    return parts | {f"abstract (other {n})": text for n, text in enumerate(others, 1)}


def _ids(record: Record) -> Ids:
    labelled = [v for tag in ("LID", "AID") for v in record.get(tag, ())]
    doi = next((v.removesuffix("[doi]").strip() for v in labelled if v.endswith("[doi]")), None)
    pmc = next((re.match(r"PMC\d+", v) for v in record.get("PMC", ())), None)
    banks = [(name, number) for v in record.get("SI", ()) for name, _, number in [v.partition("/")] if number]
    ncts = dict.fromkeys(i for name, i in banks if name == "ClinicalTrials.gov")
    others = dict.fromkeys(pair for pair in banks if pair[0] != "ClinicalTrials.gov")
    return Ids(pmid_in(_first(record, "PMID")), doi, pmc[0] if pmc else None, tuple(ncts), tuple(others))


def _metadata(record: Record) -> dict[str, Any]:
    named = {"volume": "VI", "issue": "IP", "pages": "PG", "copyright": "CI", "status": "STAT"}
    found: dict[str, Any] = {name: value for name, tag in named.items() if (value := _first(record, tag))}
    listed = {"mesh": "MH", "keywords": "OT"}
    revised = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", (_first(record, "LR") or "").strip())
    found |= {"updated_on": "-".join(revised.groups())} if revised else {}
    return found | {name: record[tag] for name, tag in listed.items() if record.get(tag)}
