"""Europe PMC's JSON and XML: pages of core records, their abstracts as HTML with ``<h4>`` headings, titles sometimes escaped twice."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import whole
from extractor.sources.identifiers import document_id, ncts_in, year_in
from extractor.sources.markup import elements, lines_of, local, root_name, tidy, untagged

MAX_BYTES = 200_000_000  # a page of 1,000 core records has some 10 MB
# elements of XML that are lists in JSON
LISTED = frozenset(
    {"author", "authorAffiliation", "pubType", "keyword", "meshHeading", "meshQualifier", "commentCorrection", "dbName"}
)
ESCAPED_AT_MOST = 2  # times
RETRACTED = ("retracted publication",)
# type of a link: what a user must see of it
STATES = {
    "Retraction in": "retracted",
    "Expression of concern in": "expression of concern",
    "Erratum in": "corrected",
    "Corrected and republished in": "corrected and republished",
    "Update in": "updated",
    "Retraction of": "retraction notice",
    "Erratum for": "correction notice",
}


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start.startswith(b"{"):
        return 0.0
    if b'"resultList"' in start or (b'"hitCount"' in start and b'"version"' in start):
        return 0.95
    return 0.92 if b'"pubTypeList"' in start or b'"authorString"' in start else 0.0


@reader("europepmc-json", sniff=sniff, suffixes=(".json",), source="europepmc", rank=30)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Europe PMC search results or one record, as JSON."""
    try:
        found = json.loads(whole(stream, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"broken or truncated JSON: {error}") from error
    for number, result in enumerate(_results(found), 1):
        yield attempt(lambda: _document(result, f"{stem}:{number}"), f"result {number}")  # noqa: B023


def sniff_xml(head: bytes) -> float:
    return 0.97 if root_name(head) == "responseWrapper" and b"resultList" in head else 0.0


@reader("europepmc-xml", sniff=sniff_xml, suffixes=(".xml",), source="europepmc", rank=30)
def read_xml(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Europe PMC search results as XML."""
    for number, result in enumerate(elements(stream, ("result",)), 1):
        yield attempt(lambda: _document(_plain(result), f"{stem}:{number}"), f"result {number}")  # noqa: B023


def _plain(element: Any) -> Any:
    """An element as the same service's JSON has it."""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return element.text or ""
    found: dict[str, Any] = {}
    for child in children:
        name, value = local(child.tag), _plain(child)
        if name in LISTED and element.tag != "result":
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _results(found: Any) -> list[Any]:
    if isinstance(found, dict):
        if said := found.get("errMsg") or found.get("errCode"):
            raise ParseError(f"the service's answer is an error: {said}")
        if isinstance(found.get("result"), dict):
            return [found["result"]]
        listed = found.get("resultList")
        if isinstance(listed, dict):
            return list(listed.get("result") or [])
        if "title" in found:
            return [found]
    raise ParseError("no resultList: a parameter was rejected, or this is no answer of Europe PMC")


def _document(result: dict[str, Any], otherwise: str) -> Document:
    ids = _ids(result)
    types = tuple((result.get("pubTypeList") or {}).get("pubType") or ())
    links = (result.get("commentCorrectionList") or {}).get("commentCorrection") or []
    title = shown(result.get("title") or "")
    journal = (result.get("journalInfo") or {}).get("journal") or {}
    source, number = result.get("source"), result.get("id")
    return Document(
        document_id(ids, f"europepmc:{source}:{number}" if source and number else otherwise),
        "europepmc",
        ({TITLE: tidy(title)} if title else {}) | {ABSTRACT: lines_of(shown(result.get("abstractText") or ""))},
        ids=ids,
        year=year_in(str(result.get("pubYear") or "")),
        journal=journal.get("title") or result.get("journalTitle"),
        authors=_authors(result),
        affiliations=_affiliations(result),
        publication_types=types,
        language=result.get("language"),
        retracted=any(t.lower() in RETRACTED for t in types)
        or any(link.get("type") == "Retraction in" for link in links),
        notes=_notes(links),
        metadata=_metadata(result),
    )


def shown(text: str) -> str:
    """Text of an HTML fragment; escaped once or twice, as the service has it."""
    for _ in range(ESCAPED_AT_MOST):
        text = untagged(text)
        plain = html.unescape(text)
        if plain == text:
            break
        text = plain
    return untagged(text)


def _ids(result: dict[str, Any]) -> Ids:
    number = result.get("id") if result.get("source") == "MED" else None
    ncts = ncts_in(*(str(x) for x in (result.get("dbCrossReferenceList") or {}).get("dbName") or ()))
    return Ids(result.get("pmid") or number, result.get("doi"), result.get("pmcid"), ncts)


def _people(result: dict[str, Any]) -> list[dict[str, Any]]:
    return list((result.get("authorList") or {}).get("author") or [])


def _authors(result: dict[str, Any]) -> tuple[str, ...]:
    names = []
    for author in _people(result):
        given = author.get("firstName") or author.get("initials")
        whole_name = f"{author['lastName']}, {given}" if author.get("lastName") and given else author.get("fullName")
        names.append(author.get("collectiveName") or whole_name or author.get("lastName") or "")
    return tuple(filter(None, names)) or tuple(filter(None, (result.get("authorString") or "").rstrip(".").split(", ")))


def _affiliations(result: dict[str, Any]) -> tuple[str, ...]:
    found = [
        place.get("affiliation")
        for author in _people(result)
        for place in (author.get("authorAffiliationDetailsList") or {}).get("authorAffiliation") or []
    ]
    return tuple(dict.fromkeys(tidy(f) for f in found if f))


def _notes(links: list[dict[str, Any]]) -> tuple[str, ...]:
    said = [(STATES.get(link.get("type", "")), link.get("reference")) for link in links]
    return tuple(dict.fromkeys(": ".join(filter(None, (state, reference))) for state, reference in said if state))


def _metadata(result: dict[str, Any]) -> dict[str, Any]:
    info = result.get("journalInfo") or {}
    mesh = (result.get("meshHeadingList") or {}).get("meshHeading") or []
    found = {
        "mesh": [_heading(heading) for heading in mesh],
        "keywords": (result.get("keywordList") or {}).get("keyword"),
        "volume": info.get("volume"),
        "issue": info.get("issue"),
        "pages": result.get("pageInfo"),
        "licence": result.get("license"),
    }
    return {name: value for name, value in found.items() if value}


def _heading(heading: dict[str, Any]) -> str:
    """A MeSH heading as MEDLINE writes it: "Stroke/*therapy"."""
    qualifiers = (heading.get("meshQualifierList") or {}).get("meshQualifier") or []
    parts = [(heading.get("majorTopic_YN"), heading.get("descriptorName"))]
    parts += [(q.get("majorTopic_YN"), q.get("qualifierName")) for q in qualifiers]
    return "/".join(("*" if major == "Y" else "") + str(name or "") for major, name in parts)
