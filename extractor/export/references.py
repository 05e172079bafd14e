"""References for reviewers' tools: RIS (Covidence, RevMan, Rayyan, EndNote, Zotero) and CSL-JSON; one reference a report.

RIS is read line by line, so a line break within a value becomes one blank: an abstract keeps its length, and offsets into
it hold. Authors stand as their source wrote them, ``Oh KW`` as ``Oh, KW``; what is not known is left out, never made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from extractor.export.plain import json_text
from extractor.model import ABSTRACT, Document, Record

# Whatever a reader may take for the end of a line.
_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# "Oh KW", "de la Cruz M-L": family name, then initials
_INITIALS = re.compile(r"(?P<family>[^\s,].*?) (?P<given>[A-Z](?:[-.]?[A-Z]){0,3}\.?)")
_PAGES = re.compile(r"(?P<first>[^-–]+)[-–](?P<last>.+)")
RETRACTED = "Retracted publication"


def write_ris(records: Iterable[Record], stream: BinaryIO) -> None:
    """RIS: identifiers in ``DO``, ``AN`` (PubMed), ``C2`` (PMC) and ``N1`` (registry numbers), addresses in ``UR``."""
    for record in records:
        lines = [f"{tag}  - {_line(value)}" for tag, value in _tags(record) if value and _line(value)]
        stream.write("\n".join([*lines, "ER  - ", "", ""]).encode("utf-8", "backslashreplace"))


def _tags(record: Record) -> Iterator[tuple[str, str]]:
    document = record.document
    meta, ids = document.metadata, document.ids
    yield "TY", "JOUR" if document.journal or ids.pmid else "GEN"
    yield "TI", document.title or ""
    yield from (("AU", inverted(name)) for name in document.authors)
    yield "PY", str(document.year or "")
    yield "T2", document.journal or ""
    yield "AB", document.parts.get(ABSTRACT, "")
    yield "DO", ids.doi or ""
    if ids.pmid:
        yield "DB", "PubMed"
        yield "AN", ids.pmid
    yield "C2", ids.pmcid or ""
    yield "VL", str(meta.get("volume") or "")
    yield "IS", str(meta.get("issue") or "")
    first, last = _pages(meta)
    yield "SP", first
    yield "EP", last
    yield "LA", document.language or ""
    yield from (("N1", number) for number in registry_numbers(record))
    yield "N1", RETRACTED if document.retracted else ""
    yield from (("UR", address) for address in addresses(document))
    yield "ID", document.id


def _line(value: str) -> str:
    return _BREAK.sub(" ", value).strip()


def inverted(name: str) -> str:
    """A name with its family name first where the source leaves no doubt.

    >>> inverted("Oh KW"), inverted("Panayiota Petrou"), inverted("Oh, Ki-Wook")
    ('Oh, KW', 'Panayiota Petrou', 'Oh, Ki-Wook')
    """
    found = None if "," in name else _INITIALS.fullmatch(name)
    return f"{found['family']}, {found['given']}" if found else name


def registry_numbers(record: Record) -> list[str]:
    """Registry numbers of the trial, as each registry writes them, none twice."""
    said = [str(fact.value.get("id") or "") for fact in record.of("registry_id")]
    return [n for n in dict.fromkeys([*record.document.ids.nct, *said]) if n]


def addresses(document: Document) -> list[str]:
    """Where a report can be read: its DOI, PubMed, PMC; of a registry record its page there."""
    ids = document.ids
    found = [
        f"https://doi.org/{ids.doi}" if ids.doi else "",
        f"https://pubmed.ncbi.nlm.nih.gov/{ids.pmid}/" if ids.pmid else "",
        f"https://pmc.ncbi.nlm.nih.gov/articles/{ids.pmcid}/" if ids.pmcid else "",
    ]
    if document.source == "clinicaltrials":
        found += [f"https://clinicaltrials.gov/study/{nct}" for nct in ids.nct[:1]]
    return [address for address in found if address]


def _pages(metadata: dict[str, Any]) -> tuple[str, str]:
    pages = str(metadata.get("pages") or "")
    found = _PAGES.fullmatch(pages)
    return (found["first"], found["last"]) if found else (pages, "")


def write_csl(records: Iterable[Record], stream: BinaryIO) -> None:
    """CSL-JSON, one reference a line in one array: for Zotero, pandoc and citation processors."""
    start = b"[\n"
    for record in records:
        stream.write(start + json_text(csl(record)).encode())
        start = b",\n"
    stream.write(b"[]\n" if start == b"[\n" else b"\n]\n")


def csl(record: Record) -> dict[str, Any]:
    """A report as a CSL item; only what is known."""
    document = record.document
    meta, ids = document.metadata, document.ids
    where = addresses(document)
    item = {
        "id": document.id,
        "type": "article-journal" if document.journal or ids.pmid else "document",
        "title": document.title,
        "author": [_csl_name(inverted(name)) for name in document.authors],
        "issued": {"date-parts": [[document.year]]} if document.year else None,
        "container-title": document.journal,
        "volume": meta.get("volume"),
        "issue": meta.get("issue"),
        "page": meta.get("pages"),
        "abstract": document.parts.get(ABSTRACT),
        "DOI": ids.doi,
        "PMID": ids.pmid,
        "PMCID": ids.pmcid,
        "URL": where[0] if where else None,
        "language": document.language,
        "note": "; ".join([*registry_numbers(record), *([RETRACTED] if document.retracted else [])]),
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    family, mark, given = name.partition(", ")
    return {"family": family, "given": given} if mark else {"literal": name}
