"""Zotero's RDF, read with rdflib: one reference an item that has a title, with what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.reference import reference

DC, TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
BIB, FOAF, PRISM = (
    "http://purl.org/net/biblio#",
    "http://xmlns.com/foaf/0.1/",
    "http://prismstandard.org/namespaces/1.2/basic/",
)
Z, RDF = "http://www.zotero.org/namespaces/export#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_BYTES = 64_000_000


def sniff(head: bytes) -> float:
    return 0.95 if b"<rdf:RDF" in head and (b"zotero.org/namespaces" in head or b"net/biblio#" in head) else 0.0


@reader("zotero-rdf", sniff=sniff, suffixes=(".rdf", ".xml"), source="zotero", rank=125)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Zotero RDF: a library of references."""
    try:
        from rdflib import Graph
    except ModuleNotFoundError as error:
        raise ParseError(
            "Zotero's RDF needs rdflib: pip install 'trialspan[rdf]'; or export the library as RIS"
        ) from error
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES or b"<!ENTITY" in data:
        raise ParseError("RDF with entities of its own, or too large to be held")
    graph = Graph()
    try:
        graph.parse(data=data, format="xml", publicID="https://example.org/")
    except Exception as error:
        raise ParseError(f"broken RDF: {type(error).__name__}: {error}") from error
    items = [
        s
        for s in graph.subjects(_uri(Z + "itemType"), None)
        if _one(graph, s, Z + "itemType") not in ("attachment", "note")
    ]
    for number, item in enumerate(sorted(set(items), key=lambda s: (_one(graph, s, DC + "title"), str(s))), 1):
        yield attempt(lambda: _document(graph, item, f"{stem}:{number}"), f"item {number}")  # noqa: B023


def _uri(name: str) -> Any:
    from rdflib import URIRef

    return URIRef(name)


def _all(graph: Any, subject: Any, name: str) -> list[str]:
    return sorted(str(o) for o in graph.objects(subject, _uri(name)))


def _one(graph: Any, subject: Any, name: str) -> str:
    return next(iter(_all(graph, subject, name)), "")


def _document(graph: Any, item: Any, otherwise: str) -> Document:
    parts = list(graph.objects(item, _uri(TERMS + "isPartOf")))
    said = [*_all(graph, item, DC + "identifier"), *(i for p in parts for i in _all(graph, p, DC + "identifier"))]
    extra = [line for text in _all(graph, item, DC + "description") for line in text.splitlines()]
    urls = [u for i in graph.objects(item, _uri(DC + "identifier")) for u in _all(graph, i, RDF + "value")]
    fields = {
        "title": [_one(graph, item, DC + "title")],
        "abstract": [_one(graph, item, TERMS + "abstract")],
        "authors": list(_people(graph, item)),
        "year": [_one(graph, item, DC + "date")],
        "journal": [t for p in parts for t in _all(graph, p, DC + "title")],
        "language": [_one(graph, item, Z + "language"), _one(graph, item, DC + "language")],
        "doi": [s for s in said if s.upper().startswith("DOI")],
        "notes": extra,
        "urls": [*urls, *([str(item)] if "://" in str(item) and "example.org" not in str(item) else [])],
        "volume": [v for p in [item, *parts] for v in _all(graph, p, PRISM + "volume")],
        "issue": [v for p in [item, *parts] for v in _all(graph, p, PRISM + "number")],
        "pages": [_one(graph, item, BIB + "pages")],
        "keywords": [k for k in _all(graph, item, DC + "subject") if not re.fullmatch(r"[nN][0-9a-f]{30,}.*", k)],
        "types": [],
    }
    return reference("zotero", fields, otherwise)


def _people(graph: Any, item: Any) -> Iterator[str]:
    """Authors in the order of their list."""
    for listed in graph.objects(item, _uri(BIB + "authors")):
        members = [
            (int(str(p).rsplit("_", 1)[1]), o)
            for p, o in graph.predicate_objects(listed)
            if str(p).startswith(RDF + "_")
        ]
        for _, person in sorted(members, key=lambda pair: pair[0]):
            family = _one(graph, person, FOAF + "surname") or _one(graph, person, FOAF + "name")
            given = _one(graph, person, FOAF + "givenName") or _one(graph, person, FOAF + "givenname")
            yield ", ".join(filter(None, (family, given)))
