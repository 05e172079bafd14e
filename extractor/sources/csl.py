"""CSL-JSON, as Zotero, Mendeley, pandoc and this program write it: one reference an object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import whole
from extractor.sources.markup import untagged
from extractor.sources.reference import reference

TYPE = re.compile(
    rb'"type"\s*:\s*"(?:article(?:-journal|-magazine|-newspaper)?|book|chapter|document|thesis|report|paper-conference|webpage|dataset|manuscript|entry[a-z-]*|review[a-z-]*|speech|software|journal-article|posted-content|proceedings-article)"'
)
OWN = re.compile(rb'"(?:container-title|issued|author|DOI|title-short)"')


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] not in (b"[", b"{") or b'"protocolSection"' in start or b"openalex.org/W" in start:
        return 0.0
    return 0.95 if TYPE.search(start) and OWN.search(start) else 0.0


@reader("csl", sniff=sniff, suffixes=(".json",), rank=130)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """CSL-JSON of reference managers."""
    text = whole(stream).lstrip("\ufeff")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _by_line(text)
    if isinstance(found, dict) and isinstance(found.get("message"), dict):
        found = found["message"]  # an answer of Crossref
    rows = found.get("items", [found]) if isinstance(found, dict) else found
    for number, row in enumerate(rows, 1):
        if isinstance(row, ParseError):
            yield row
            continue
        yield attempt(lambda: _document(row, f"{stem}:{number}"), f"entry {number}")  # noqa: B023


def _by_line(text: str) -> list[Any]:
    """One object a line, as members of an array too; a line that is none is an error of its own.

    Raises
    ------
    ParseError
        If it is that neither.
    """
    found: list[Any] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip().removeprefix("[").removesuffix("]").strip().removesuffix(",")
        try:
            found += [json.loads(bare)] if bare else []
        except (ValueError, RecursionError) as error:
            found.append(ParseError(f"line {number}: no JSON: {error}"))
    if not any(isinstance(row, dict) for row in found):
        raise ParseError("not one JSON value, nor one a line")
    return found


def _document(row: Any, otherwise: str) -> Document:
    if not isinstance(row, dict):
        raise ParseError(f"an object is needed, found {type(row).__name__}")
    note = str(row.get("note") or "")
    fields = {
        "title": [untagged(_text(row, "title"))],
        "abstract": [untagged(_text(row, "abstract"))],
        "year": [_year(row.get(name)) for name in ("issued", "published-online", "published-print", "original-date")],
        "journal": [_text(row, "container-title"), _text(row, "container-title-short")],
        "language": [_text(row, "language")],
        "types": [kind.strip() for kind in _text(row, "genre").split(";")],
        "doi": [_text(row, "DOI"), note],
        "pmid": [_text(row, "PMID")],
        "pmcid": [_text(row, "PMCID")],
        "notes": [part.strip() for part in re.split(r"[;\n]", note)],
        "urls": [_text(row, "URL")],
        "affiliations": _affiliations(row.get("custom")),
        "volume": [_text(row, "volume")],
        "issue": [_text(row, "issue")],
        "pages": [_text(row, "page")],
        "keywords": [k.strip() for k in re.split(";" if ";" in _text(row, "keyword") else ",", _text(row, "keyword"))],
        "registry": [_text(row, "number")],
        "id": [_given(row.get("id"))],
    }
    found = reference("csl", fields, otherwise)
    people = tuple(name for name in map(_name, row.get("author") or ()) if name)
    return Document(**{n: getattr(found, n) for n in found.__dataclass_fields__} | {"authors": people})


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _affiliations(custom: Any) -> list[str]:
    found = custom.get("affiliations") if isinstance(custom, dict) else None
    return [str(place) for place in found] if isinstance(found, list) else []


def _given(value: Any) -> str:
    """An id that means something beside this file: no address of a library's item, no running number."""
    text = "" if value is None else str(value)
    return "" if ("/" in text and "://" in text) or text.isdigit() else text


def _name(person: Any) -> str:
    if not isinstance(person, dict):
        return str(person or "")
    family = " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
    given = " ".join(filter(None, (person.get("given"), person.get("dropping-particle"))))
    whole_name = ", ".join(filter(None, (family, given)))
    return whole_name or str(person.get("literal") or person.get("name") or "")


def _year(date: Any) -> str:
    if not isinstance(date, dict):
        return str(date or "")
    parts = date.get("date-parts") or []
    first = parts[0] if parts else []
    return str(first[0] if isinstance(first, list) and first else first or date.get("raw") or date.get("literal") or "")
