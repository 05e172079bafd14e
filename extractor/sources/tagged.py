"""Tagged texts that are no RIS: EndNote's (``%T``), RefWorks' (``T1 ``) and Ovid's, with tags or with labels.

Each is a table of tags beside one way of finding records and values; :mod:`extractor.sources.reference` does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.reference import reference

Tagged = list[tuple[str, str]]
Names = Mapping[str, str]
ENDNOTE: Names = {
    "T": "title", "A": "authors", "D": "year", "J": "journal", "B": "journal", "X": "abstract", "R": "doi", "U": "urls",
    "V": "volume", "N": "issue", "P": "pages", "K": "keywords", "G": "language", "9": "types", "M": "accession",
    "Z": "notes", "O": "notes", "2": "pmcid", "+": "affiliations", "8": "date", "F": "label", "L": "notes",
    "~": "database", "W": "database",
}  # fmt: skip
REFWORKS: Names = {
    "T1": "title", "A1": "authors", "YR": "year", "FD": "date", "JF": "journal", "JO": "journal", "T2": "journal", "AB": "abstract",
    "DO": "doi", "LK": "urls", "UL": "urls", "VO": "volume", "IS": "issue", "SP": "pages", "OP": "pages", "K1": "keywords",
    "LA": "language", "NO": "notes", "AN": "accession", "AD": "affiliations", "U1": "notes", "U2": "notes", "RT": "types",
    "ID": "accession", "PM": "pmid", "DS": "database", "DB": "database",
}  # fmt: skip
OVID: Names = {
    "TI": "title", "TT": "title", "AU": "authors", "FA": "full names", "AB": "abstract", "SO": "citation", "YR": "year", "DP": "year",
    "PY": "year", "JN": "journal", "JT": "journal", "VO": "volume", "IP": "issue", "PG": "pages", "DO": "doi", "DI": "doi",
    "UI": "accession", "AN": "accession", "PM": "pmid", "LG": "language", "LA": "language", "PT": "types", "KW": "keywords",
    "SH": "keywords", "IN": "affiliations", "CN": "registry", "SI": "registry", "CI": "copyright", "DB": "database",
}  # fmt: skip
COCHRANE: Names = {
    "TI": "title", "AU": "authors", "AB": "abstract", "SO": "journal", "YR": "year", "VL": "volume", "NO": "issue", "PG": "pages",
    "PM": "notes", "XR": "references", "PT": "types", "KY": "keywords", "DOI": "doi", "ID": "accession", "US": "address", "CC": "group",
    "C3": "registry",
}  # fmt: skip
LABELS: Names = {
    "title": "title", "original title": "title", "author": "authors", "authors": "authors", "authors full name": "full names",
    "abstract": "abstract", "source": "citation", "publication year": "year", "year of publication": "year",
    "date of publication": "year", "journal": "journal", "volume": "volume", "issue part": "issue", "page": "pages",
    "doi": "doi", "digital object identifier": "doi", "unique identifier": "accession", "accession number": "accession",
    "pmid": "pmid", "language": "language", "publication type": "types", "keyword heading": "keywords",
    "subject headings": "keywords", "institution": "affiliations", "clinical trial number": "registry",
    "secondary source id": "registry", "database": "database",
}  # fmt: skip
WHOLE = ("TI", "AB", "title", "original title", "abstract", "TT")
PERCENT = re.compile(r"[ \t]*%([0-9A-Z@?!#$&*()+^>\[\]~=])[ \t](.*)")
REFWORKS_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
# "<1>" alone on its line, "1." before a line with a tag, or the name of the program, which has no number
OVID_START = re.compile(
    r"(?m)^\ufeff?(?:(?:(?<=\n\n)|(?<![\s\S]))VN {0,2}- ?Ovid.*$|<\s*(\d+)\s*\.?\s*>[ \t]*$|\d+\.[ \t]*$(?=\n(?:[A-Z]{2} {0,3}-|[A-Z]{2}\s*\n|Unique Identifier\s*\n)))"
)
OVID_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}- ?(.*)")
COCHRANE_START = re.compile(r"(?m)^\ufeff?Record #\d+ of \d+[ \t]*$")
COCHRANE_LINE = re.compile(r"([A-Z][A-Z0-9]{1,2}): (.*)")
# "Journal of Cells.  12(3):1-9, 2019.", "Cell Transplant. 28(1):55-64, 2019 Jan."
CITATION = re.compile(
    r"^(?P<journal>.+?)\.\s+(?:(?P<volume>\d+)\s*(?:\((?P<issue>[^)]*)\))?\s*(?:[:,]\s*(?P<pages>[A-Za-z]?\d[\w-]*))?)?"
)


def _text(head: bytes) -> str:
    return plain(head.removeprefix(b"\xef\xbb\xbf")).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def sniff_endnote(head: bytes) -> float:
    text = _text(head)
    first = next((line for line in text.split("\n") if line.strip()), "")
    return 0.9 if PERCENT.fullmatch(first) and re.search(r"(?m)^[ \t]*%[TADJ] ", text) else 0.0


def sniff_refworks(head: bytes) -> float:
    return 0.9 if re.search(r"(?m)^RT [A-Z]", _text(head)[:3000]) and re.search(r"(?m)^T1 ", _text(head)) else 0.0


def sniff_ovid(head: bytes) -> float:
    match = OVID_START.search(_text(head)[:3000])
    return (
        0.9
        if match and re.search(r"(?m)^(?:[A-Z]{2} {0,3}- |(?:Title|Unique Identifier|TI|UI|AN)\s*$)", _text(head))
        else 0.0
    )


def sniff_cochrane(head: bytes) -> float:
    return 0.9 if COCHRANE_START.search(_text(head)[:3000]) and re.search(r"(?m)^(?:TI|ID): ", _text(head)) else 0.0


@reader("cochrane", sniff=sniff_cochrane, suffixes=(".txt",), rank=104)
def read_cochrane(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """The Cochrane Library's plain text: "Record #1 of 20", TI, AU, AB."""
    yield from _read(stream, stem, "cochrane", _cochrane_records, COCHRANE)


@reader("endnote", sniff=sniff_endnote, suffixes=(".enw", ".txt"), rank=110)
def read_endnote(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """EndNote's tagged export and that of Google Scholar: %T, %A, %X."""
    yield from _read(stream, stem, "endnote", _percent_records, ENDNOTE)


@reader("refworks", sniff=sniff_refworks, suffixes=(".txt",), rank=112)
def read_refworks(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """RefWorks' tagged export: RT, T1, A1."""
    yield from _read(stream, stem, "refworks", _refworks_records, REFWORKS)


@reader("ovid", sniff=sniff_ovid, suffixes=(".txt", ".cgi"), rank=105)
def read_ovid(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Ovid's own exports, with tags or with labels."""
    yield from _read(stream, stem, "ovid", _ovid_records, {**OVID, **LABELS})


def _read(
    stream: BinaryIO, stem: str, source: str, records: Callable[[str], Iterator[tuple[int, Tagged]]], names: Names
) -> Iterator[Item]:
    text = whole(stream).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    for number, (line, record) in enumerate(records(text), 1):
        yield attempt(lambda: _document(record, names, source, f"{stem}:{number}"), f"record at line {line}")  # noqa: B023


def _percent_records(text: str) -> Iterator[tuple[int, Tagged]]:
    """Records begin with %0; where an exporter leaves it out, after a blank line."""
    yield from _grouped(text, PERCENT, begins=lambda tag, blank, seen: tag == "0" or (blank and tag in seen))


def _refworks_records(text: str) -> Iterator[tuple[int, Tagged]]:
    yield from _grouped(text, REFWORKS_LINE, begins=lambda tag, blank, seen: tag == "RT")


def _grouped(
    text: str, pattern: re.Pattern[str], begins: Callable[[str, bool, set[str]], bool]
) -> Iterator[tuple[int, Tagged]]:
    record: Tagged = []
    first, blank = 1, True
    for number, line in enumerate(text.split("\n"), 1):
        match = pattern.fullmatch(line.rstrip())
        if match:
            if record and begins(match[1], blank, {t for t, _ in record}):
                yield first, record
                record = []
            first = first if record else number
            record.append((match[1], (match[2] or "").strip()))
        elif line.strip() and record:
            record[-1] = record[-1][0], f"{record[-1][1]} {line.strip()}".strip()
        blank = not line.strip()
    if record:
        yield first, record


def _cochrane_records(text: str) -> Iterator[tuple[int, Tagged]]:
    bounds = [*(m.start() for m in COCHRANE_START.finditer(text)), len(text)]
    for start, end in pairwise(bounds):
        record = text[text.index("\n", start) : end] if "\n" in text[start:end] else ""
        for _, tagged in _grouped(record, COCHRANE_LINE, begins=lambda tag, blank, seen: False):
            yield text.count("\n", 0, start) + 1, tagged


def _ovid_records(text: str) -> Iterator[tuple[int, Tagged]]:
    bounds = [*(m.start() for m in OVID_START.finditer(text)), len(text)]
    for start, end in pairwise(bounds):
        lines = text[start:end].split("\n")[1:]
        tagged = any(OVID_LINE.fullmatch(line.rstrip()) for line in lines)
        yield text.count("\n", 0, start) + 1, list(_ovid_tags(lines) if tagged else _labels(lines))


def _ovid_tags(lines: list[str]) -> Iterator[tuple[str, str]]:
    found: Tagged = []
    for line in lines:
        if match := OVID_LINE.fullmatch(line.rstrip()):
            found.append((match[1], match[2].strip()))
        elif line.strip() and found:
            found.append((found[-1][0], line.strip())) if found[-1][0] in ("AU", "FA") else found.__setitem__(
                -1, (found[-1][0], f"{found[-1][1]} {line.strip()}".strip())
            )
    return iter(found)


def _labels(lines: list[str]) -> Iterator[tuple[str, str]]:
    """A label alone on its line, its value indented below it."""
    label = ""
    for line in lines:
        if line.strip() and not line[:1].isspace():
            bare = line.strip().rstrip(":")
            label = bare if re.fullmatch(r"[A-Z]{2}", bare) else bare.lower()
        elif line.strip() and label:
            yield label, line.strip()


def _document(record: Tagged, names: Names, source: str, otherwise: str) -> Document:
    fields: dict[str, list[str]] = {}
    for tag, value in _whole(record) if source == "ovid" else record:
        fields.setdefault(names.get(tag, "unread"), []).append(value)
    if not {"title", "abstract"} & fields.keys():
        raise ParseError(f"neither title nor abstract; tags found: {', '.join(dict.fromkeys(t for t, _ in record))}")
    if source == "ovid":
        _ovid(fields)
    if source == "refworks":
        fields["pages"] = ["-".join(fields.get("pages", ()))]
    if source == "endnote":
        fields["types"] = [v for t, v in record if t == "9"]
    fields["year"] = [*fields.get("year", ()), *fields.get("date", ())]
    if source == "endnote" and not fields.get("pmid"):
        fields["pmid"] = [v for t, v in record if t in "MZ" and re.fullmatch(r"(?:PMID:?\s*)\d+", v)]
    return reference(source, fields, otherwise)


def _whole(record: Tagged) -> Tagged:
    """Titles and abstracts that stand on several lines under one label, each in one piece."""
    joined: dict[str, str] = {}
    for tag, value in record:
        if tag in WHOLE:
            joined[tag] = f"{joined[tag]} {value}" if tag in joined else value
    return [*joined.items(), *((tag, value) for tag, value in record if tag not in WHOLE)]


def _ovid(fields: dict[str, list[str]]) -> None:
    """The citation says journal, year and pages; of several titles the first counts."""
    full = fields.pop("full names", [])
    fields["authors"] = full if len(full) >= len(fields.get("authors", ())) else fields["authors"]
    citation = " ".join(fields.get("citation", ()))
    if match := CITATION.match(citation):
        fields.setdefault("journal", [match["journal"]])
        for name in ("volume", "issue", "pages"):
            fields.setdefault(name, [match[name] or ""])
        fields["year"] = [*fields.get("year", ()), *re.findall(r"(?:19|20)\d\d", citation[match.end("journal") :])[-1:]]
