"""Embase's CSV with one field a row, which has no header: ``"TITLE","..."``, ``"AUTHOR NAMES","A","B"``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.reference import reference

NAMES = {
    "TITLE": "title", "ABSTRACT": "abstract", "AUTHOR NAMES": "authors", "AUTHORS": "authors", "SOURCE TITLE": "journal",
    "SOURCE": "citation", "PUBLICATION YEAR": "year", "VOLUME": "volume", "ISSUE": "issue", "PAGES": "pages", "DOI": "doi",
    "MEDLINE PMID": "pmid", "PUBLICATION TYPE": "types", "LANGUAGE OF ARTICLE": "language", "CLINICAL TRIAL NUMBERS": "registry",
    "AUTHOR ADDRESSES": "affiliations", "PUI": "accession", "AUTHOR KEYWORDS": "keywords", "FULL TEXT LINK": "urls",
}  # fmt: skip
FIELD = re.compile(r'(?m)^\ufeff?"?([A-Z][A-Z /()-]+)"?,')
JOURNAL = re.compile(r"(?P<journal>.+?)\s*\((?:19|20)\d\d\)")
LEAST = 3  # fields that make a file one of these


def sniff(head: bytes) -> float:
    """Several rows that begin with the name of a field, the title among them, and none that is a header of them."""
    named = [name for name in FIELD.findall(plain(head.removeprefix(b"\xef\xbb\xbf"))) if name in NAMES]
    return 0.95 if "TITLE" in named and len(set(named)) >= LEAST else 0.0


@reader("embase-csv", sniff=sniff, suffixes=(".csv", ".txt"), source="csv", rank=190)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Embase CSV with one field a row; a record begins with its title."""
    fields: dict[str, list[str]] = {}
    number, first = 0, 1
    rows = csv.reader(io.StringIO(whole(stream).removeprefix("\ufeff"), newline=""))
    for row in rows:
        name = row[0].strip() if row else ""
        if name == "TITLE" and "title" in fields:
            number += 1
            yield attempt(lambda: _document(fields, stem, number), f"record at line {first}")  # noqa: B023
            fields = {}
        first = first if fields else rows.line_num
        if name in NAMES:
            fields.setdefault(NAMES[name], []).extend(cell for cell in row[1:] if cell.strip())
    if fields:
        yield attempt(lambda: _document(fields, stem, number + 1), f"record at line {first}")


def _document(fields: dict[str, list[str]], stem: str, number: int) -> Document:
    cited = JOURNAL.match(" ".join(fields.pop("citation", ())))
    given = {"journal": [cited["journal"]]} if cited and "journal" not in fields else {}
    pmids = [cell.split("(")[0] for cell in fields.get("pmid", ())]
    return reference("csv", fields | given | {"pmid": pmids}, f"{stem}:{number}")
