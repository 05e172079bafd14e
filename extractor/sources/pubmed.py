"""PubMed XML: efetch answers and baseline or update files, streamed in constant memory.

Labels of structured abstracts stay in the text as ``LABEL: text`` lines; superscripts as ``^``; every abstract of a record
is a part. A deletion is a document with ``deleted`` true. Nothing is looked up: no DTD, no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.identifiers import year_in
from extractor.sources.markup import elements, free_name, root_name, text_of

ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet")
RECORDS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
ERRORS = ("eFetchResult", "ERROR")
CLINICALTRIALS = "ClinicalTrials.gov"
NO_LABEL = frozenset({"", "UNLABELLED", "UNLABELED", "UNASSIGNED"})
RETRACTED = "Retracted Publication"
# RefType of CommentsCorrections: what a user must see of it; RetractionOf marks the notice, not a retracted report
STATES = {
    "RetractionIn": "retracted",
    "ExpressionOfConcernIn": "expression of concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected and republished",
    "RetractedandRepublishedIn": "retracted and republished",
    "UpdateIn": "updated",
    "RetractionOf": "retraction notice",
    "ErratumFor": "correction notice",
}


def sniff(head: bytes) -> float:
    name = root_name(head)
    return 1.0 if name in ROOTS or name in RECORDS or name in ERRORS else 0.0


@reader("pubmed-xml", sniff=sniff, suffixes=(".xml",), source="pubmed", rank=10)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """PubMed XML: efetch or baseline, with structured abstracts, deletions and corrections."""
    for element in elements(stream, (*RECORDS, "ERROR")):
        if element.tag == "DeleteCitation":
            yield from (_deleted(pmid) for pmid in element.iterfind("PMID"))
        elif element.tag == "ERROR":
            raise ParseError(f"the service's answer is an error: {text_of(element)}")
        else:
            build = _article if element.tag == "PubmedArticle" else _book
            yield attempt(lambda: build(element), f"record at line {element.sourceline}")  # noqa: B023


def _deleted(pmid: Any) -> Document:
    number = pmid.text or ""
    return Document(f"pubmed:{number}", "pubmed", {}, ids=Ids(pmid=number), deleted=True, notes=("deleted",))


def _article(element: Any) -> Document:
    """One PubmedArticle; its children are taken by name once, since a search from the top is slow."""
    outer = children(element)
    citation = outer.get("MedlineCitation")
    if citation is None:
        raise ParseError("PubmedArticle without MedlineCitation")
    inner = children(citation)
    article = inner.get("Article")
    if article is None:
        raise ParseError("MedlineCitation without Article")
    named = children(article)
    issue = _issue(named.get("Journal"))
    types = _texts(named.get("PublicationTypeList"), "PublicationType")
    links = [_link(link) for link in inner.get("CommentsCorrectionsList", ())]
    names, places = _people(named.get("AuthorList"))
    version, number = _number(inner.get("PMID"))
    return Document(
        id=f"pubmed:{number}",
        source="pubmed",
        parts=_parts(named, citation if "OtherAbstract" in inner else None),
        ids=_ids(number, named, article, outer.get("PubmedData")),
        year=_year(issue.pop("date"), named.get("ArticleDate")),
        journal=issue.pop("journal"),
        authors=names,
        affiliations=places,
        publication_types=types,
        language=_first_text(article, "Language"),
        retracted=RETRACTED in types or any(link["type"] == "RetractionIn" for link in links),
        notes=_notes(version, links),
        metadata=_metadata(citation, inner, article, named, issue | {"corrections": links}),
    )


def children(element: Any) -> dict[str, Any]:
    """Direct children by name; of those with one name the last."""
    return {child.tag: child for child in element}


def _first_text(element: Any, tag: str) -> str | None:
    return next((e.text for e in element.iterchildren(tag) if e.text), None)


def _texts(element: Any, tag: str) -> tuple[str, ...]:
    """Texts of the children with one name; nothing where the element is not there."""
    if element is None:
        return ()
    return tuple([text for e in element.iterchildren(tag) if (text := text_of(e))])


def _number(pmid: Any) -> tuple[str, str]:
    """Version and number of a PMID."""
    if pmid is None or not (pmid.text or "").strip():
        raise ParseError("a record without PMID")
    return pmid.get("Version", "1"), pmid.text.strip()


def _parts(named: dict[str, Any], citation: Any) -> dict[str, str]:
    title = text_of(named.get("ArticleTitle")) or text_of(named.get("VernacularTitle"))
    parts = {TITLE: title} if title else {}
    parts[ABSTRACT] = abstract(named.get("Abstract"))
    for other in citation.iterchildren("OtherAbstract") if citation is not None else ():
        if text := abstract(other):
            name = f"abstract ({'-'.join(filter(None, (other.get('Type'), other.get('Language'))))})"
            parts[free_name(name, parts, "{} {}")] = text
    return parts


def abstract(element: Any) -> str:
    """Text of an Abstract or OtherAbstract: one line a section, its label first."""
    if element is None:
        return ""
    lines = []
    for section in element.iterchildren("AbstractText"):
        text, label = text_of(section), section.get("Label", "").strip()
        if text:
            lines.append(text if label.upper() in NO_LABEL else f"{label}: {text}")
    return "\n".join(lines)


def _ids(number: str, named: dict[str, Any], article: Any, data: Any) -> Ids:
    """Ids of the article itself; those in its list of references stand deeper and are not looked at."""
    found: dict[str, str] = {}
    for listed in data.iterchildren("ArticleIdList") if data is not None else ():
        for one in listed:
            found.setdefault(one.get("IdType", ""), (one.text or "").strip())
    doi = found.get("doi") or next((e.text.strip() for e in article.iterchildren("ELocationID") if _is_doi(e)), None)
    ncts, others = _banks(named["DataBankList"]) if "DataBankList" in named else ((), ())
    return Ids(number, doi or None, found.get("pmc") or None, ncts, others)


def _is_doi(place: Any) -> bool:
    return place.get("EIdType") == "doi" and place.get("ValidYN") != "N" and bool(place.text)


def _banks(listed: Any) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(NCT ids, others with their bank's name), each once."""
    banks = []
    for bank in listed:
        name, *numbers = bank
        banks += [(name.text or "", (number.text or "").strip()) for group in numbers for number in group]
    ncts = dict.fromkeys(i for name, i in banks if name == CLINICALTRIALS and i)
    others = dict.fromkeys((name, i) for name, i in banks if name != CLINICALTRIALS and i)
    return tuple(ncts), tuple(others)


def _issue(journal: Any) -> dict[str, Any]:
    """Journal, date, volume and issue, each None where it is not there."""
    found: dict[str, Any] = dict.fromkeys(("journal", "date", "volume", "issue"))
    if journal is None:
        return found
    for child in journal:
        tag = child.tag
        if tag == "Title":
            found["journal"] = text_of(child) or None
        elif tag == "JournalIssue":
            inner = children(child)
            found["date"] = inner.get("PubDate")
            found["volume"], found["issue"] = (inner[t].text if t in inner else None for t in ("Volume", "Issue"))
    return found


def _year(*dates: Any) -> int | None:
    for date in dates:
        for child in date if date is not None else ():
            if child.tag in ("Year", "MedlineDate") and (year := year_in(child.text)):
                return year
    return None


def _people(listed: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the authors, and where they work, each place once."""
    names: list[str] = []
    places: dict[str, None] = {}
    last = first = ""
    for part in (*listed.iter(), None) if listed is not None else ():
        tag = "Author" if part is None else part.tag
        if tag == "LastName":
            last = part.text or ""
        elif tag == "ForeName" or (tag == "Initials" and not first):
            first = part.text or ""
        elif tag == "Affiliation":
            places[text_of(part)] = None
        elif tag == "CollectiveName":
            last = text_of(part)
        elif tag == "Author" and (last or first):  # the next one begins
            names.append(f"{last}, {first}" if last and first else last or first)
            last = first = ""
    places.pop("", None)
    return tuple(names), tuple(places)


def _notes(version: str, links: list[dict[str, Any]]) -> tuple[str, ...]:
    notes = [f"version {version}"] if version != "1" else []
    for link in links:
        if state := STATES.get(link["type"]):
            notes.append(f"{state}: {link['source']}" if link["source"] else state)
    return tuple(dict.fromkeys(notes))


def _metadata(
    citation: Any, inner: dict[str, Any], article: Any, named: dict[str, Any], more: dict[str, Any]
) -> dict[str, Any]:
    """What only PubMed has; empty values are left out."""
    pagination = named.get("Pagination")
    terms, ids = _headings(inner.get("MeshHeadingList"))
    found = {
        "mesh": terms,
        "mesh_ids": ids,
        "keywords": [k for e in citation.iterchildren("KeywordList") for k in _texts(e, "Keyword")]
        if "KeywordList" in inner
        else [],
        "languages": [e.text for e in article.iterchildren("Language") if e.text],
        "vernacular_title": text_of(named.get("VernacularTitle")),
        "copyright": _copyright(named.get("Abstract")),
        "pages": _first_text(pagination, "MedlinePgn") if pagination is not None else None,
        "status": citation.get("Status"),
        "updated_on": _day(inner.get("DateRevised")),
    }
    return {name: value for name, value in (found | more).items() if value}


def _day(element: Any) -> str:
    """A date of PubMed as 2026-11-30; empty where it is not whole."""
    parts = ["" if element is None else _first_text(element, name) or "" for name in ("Year", "Month", "Day")]
    year, month, day = (int(part) if part.strip().isdecimal() else 0 for part in parts)
    return f"{year:04}-{month:02}-{day:02}" if year and month and day else ""


def _copyright(element: Any) -> str:
    return "" if element is None else text_of(next(element.iterchildren("CopyrightInformation"), None))


def _headings(listed: Any) -> tuple[list[str], list[str]]:
    """MeSH headings as MEDLINE writes them ("Stroke/*therapy", a star for a major one), and the descriptors' ids."""
    terms: list[str] = []
    ids: list[str] = []
    for part in listed.iter("DescriptorName", "QualifierName") if listed is not None else ():
        name = f"*{part.text}" if part.get("MajorTopicYN") == "Y" else part.text or ""
        if part.tag == "DescriptorName":
            terms.append(name)
            ids.append(part.get("UI", ""))
        elif terms:
            terms[-1] += f"/{name}"
    return terms, ids


def _link(link: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": link.get("RefType", ""), "source": "", "pmid": None}
    for child in link:
        if child.tag == "RefSource":
            found["source"] = text_of(child)
        elif child.tag == "PMID":
            found["pmid"] = child.text
    return found


def _book(element: Any) -> Document:
    """A chapter or book of the NCBI Bookshelf."""
    record = element.find("BookDocument")
    if record is None:
        raise ParseError("PubmedBookArticle without BookDocument")
    named = children(record)
    book = named.get("Book")
    name = text_of(book.find("BookTitle")) if book is not None else ""
    title = text_of(named.get("ArticleTitle")) or name
    found = {i.get("IdType"): (i.text or "").strip() for i in record.iterfind("ArticleIdList/ArticleId")}
    names, places = _people(named.get("AuthorList", book.find("AuthorList") if book is not None else None))
    _, number = _number(named.get("PMID"))
    return Document(
        id=f"pubmed:{number}",
        source="pubmed",
        parts=({TITLE: title} if title else {}) | {ABSTRACT: abstract(named.get("Abstract"))},
        ids=Ids(number, found.get("doi"), found.get("pmc")),
        year=_year(book.find("PubDate")) if book is not None else None,
        journal=name or None,
        authors=names,
        affiliations=places,
        publication_types=_texts(record, "PublicationType"),
        language=_first_text(record, "Language"),
        notes=("book article",),
    )
