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
from extractor.sources.markup import elements, root_name, text_of

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


@reader("pubmed-xml", sniff=sniff, suffixes=(".xml",))
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """PubMed XML: efetch or baseline, with structured abstracts, deletions and corrections."""
    for element in elements(stream, (*RECORDS, "ERROR"), ROOTS):
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
    citation, data = element.find("MedlineCitation"), element.find("PubmedData")
    if citation is None:
        raise ParseError("PubmedArticle without MedlineCitation")
    article = citation.find("Article")
    if article is None:
        raise ParseError("MedlineCitation without Article")
    pmid = citation.find("PMID")
    journal = article.find("Journal")
    types = _texts(article, "PublicationTypeList/PublicationType")
    links = citation.findall("CommentsCorrectionsList/CommentsCorrections")
    return Document(
        id=f"pubmed:{_number(pmid)}",
        source="pubmed",
        parts=_parts(article, citation),
        ids=_ids(pmid, article, data),
        year=_year(article, journal),
        journal=text_of(journal.find("Title")) or None if journal is not None else None,
        authors=_authors(article),
        affiliations=_affiliations(article),
        publication_types=types,
        language=article.findtext("Language"),
        retracted=RETRACTED in types or any(c.get("RefType") == "RetractionIn" for c in links),
        notes=_notes(pmid, links),
        metadata=_metadata(citation, article, journal, links),
    )


def _number(pmid: Any) -> str:
    if pmid is None or not (pmid.text or "").strip():
        raise ParseError("a record without PMID")
    return str(pmid.text).strip()


def _parts(article: Any, citation: Any) -> dict[str, str]:
    title = text_of(article.find("ArticleTitle")) or text_of(article.find("VernacularTitle"))
    parts = {TITLE: title} if title else {}
    parts[ABSTRACT] = abstract(article.find("Abstract"))
    for other in citation.iterfind("OtherAbstract"):
        if text := abstract(other):
            name = f"abstract ({'-'.join(filter(None, (other.get('Type'), other.get('Language'))))})"
            parts[_free(name, parts)] = text
    return parts


def _free(name: str, parts: dict[str, str]) -> str:
    return next(n for n in (name, *(f"{name} {i}" for i in range(2, 1000))) if n not in parts)


def abstract(element: Any) -> str:
    """Text of an Abstract or OtherAbstract: one line a section, its label first."""
    if element is None:
        return ""
    lines = []
    for section in element.iterfind("AbstractText"):
        text, label = text_of(section), section.get("Label", "").strip()
        if text:
            lines.append(text if label.upper() in NO_LABEL else f"{label}: {text}")
    return "\n".join(lines)


def _ids(pmid: Any, article: Any, data: Any) -> Ids:
    found: dict[str, str] = {}
    if data is not None:
        for one in data.iterfind("ArticleIdList/ArticleId"):
            found.setdefault(one.get("IdType", ""), (one.text or "").strip())
    for place in article.iterfind("ELocationID"):
        if place.get("EIdType") == "doi" and place.get("ValidYN") != "N" and place.text:
            found["doi"] = found.get("doi") or place.text.strip()
    banks = [
        (bank.findtext("DataBankName") or "", (number.text or "").strip())
        for bank in article.iterfind("DataBankList/DataBank")
        for number in bank.iterfind("AccessionNumberList/AccessionNumber")
    ]
    ncts = dict.fromkeys(i for name, i in banks if name == CLINICALTRIALS and i)
    others = dict.fromkeys((name, i) for name, i in banks if name != CLINICALTRIALS and i)
    return Ids(_number(pmid), found.get("doi") or None, found.get("pmc") or None, tuple(ncts), tuple(others))


def _year(article: Any, journal: Any) -> int | None:
    places = [journal.find("JournalIssue/PubDate")] if journal is not None else []
    for place in [*places, article.find("ArticleDate")]:
        if place is not None and (year := year_in(place.findtext("Year") or place.findtext("MedlineDate"))):
            return year
    return None


def _authors(article: Any) -> tuple[str, ...]:
    names = []
    for author in article.iterfind("AuthorList/Author"):
        last, first = author.findtext("LastName"), author.findtext("ForeName") or author.findtext("Initials")
        name = ", ".join(filter(None, (last, first))) or text_of(author.find("CollectiveName"))
        if name:
            names.append(name)
    return tuple(names)


def _affiliations(article: Any) -> tuple[str, ...]:
    found = (text_of(a) for a in article.iterfind("AuthorList/Author/AffiliationInfo/Affiliation"))
    return tuple(dict.fromkeys(filter(None, found)))


def _texts(element: Any, path: str) -> tuple[str, ...]:
    return tuple(filter(None, (text_of(e) for e in element.iterfind(path))))


def _notes(pmid: Any, links: list[Any]) -> tuple[str, ...]:
    notes = [f"version {pmid.get('Version')}"] if pmid.get("Version", "1") != "1" else []
    for link in links:
        if state := STATES.get(link.get("RefType", "")):
            notes.append(": ".join(filter(None, (state, text_of(link.find("RefSource"))))))
    return tuple(dict.fromkeys(notes))


def _metadata(citation: Any, article: Any, journal: Any, links: list[Any]) -> dict[str, Any]:
    """What only PubMed has; empty values are left out."""
    issue = journal.find("JournalIssue") if journal is not None else None
    found = {
        "mesh": [_heading(h) for h in citation.iterfind("MeshHeadingList/MeshHeading")],
        "keywords": list(_texts(citation, "KeywordList/Keyword")),
        "corrections": [_link(c) for c in links],
        "languages": [e.text for e in article.iterfind("Language") if e.text],
        "vernacular_title": text_of(article.find("VernacularTitle")),
        "copyright": text_of(article.find("Abstract/CopyrightInformation")),
        "pages": article.findtext("Pagination/MedlinePgn"),
        "volume": issue.findtext("Volume") if issue is not None else None,
        "issue": issue.findtext("Issue") if issue is not None else None,
        "status": citation.get("Status"),
    }
    return {name: value for name, value in found.items() if value}


def _heading(heading: Any) -> dict[str, Any]:
    """One MeSH heading; it is major where the descriptor or any qualifier is."""
    descriptor = heading.find("DescriptorName")
    qualifiers = heading.findall("QualifierName")
    return {
        "id": descriptor.get("UI"),
        "name": descriptor.text,
        "qualifiers": [q.text for q in qualifiers],
        "major": any(e.get("MajorTopicYN") == "Y" for e in (descriptor, *qualifiers)),
    }


def _link(link: Any) -> dict[str, Any]:
    return {"type": link.get("RefType"), "source": text_of(link.find("RefSource")), "pmid": link.findtext("PMID")}


def _book(element: Any) -> Document:
    """A chapter or book of the NCBI Bookshelf."""
    record = element.find("BookDocument")
    if record is None:
        raise ParseError("PubmedBookArticle without BookDocument")
    pmid, book = record.find("PMID"), record.find("Book")
    name = text_of(book.find("BookTitle")) if book is not None else ""
    title = text_of(record.find("ArticleTitle")) or name
    found = {i.get("IdType"): (i.text or "").strip() for i in record.iterfind("ArticleIdList/ArticleId")}
    return Document(
        id=f"pubmed:{_number(pmid)}",
        source="pubmed",
        parts=({TITLE: title} if title else {}) | {ABSTRACT: abstract(record.find("Abstract"))},
        ids=Ids(_number(pmid), found.get("doi"), found.get("pmc")),
        year=year_in(book.findtext("PubDate/Year")) if book is not None else None,
        journal=name or None,
        authors=_authors(record) or (_authors(book) if book is not None else ()),
        affiliations=_affiliations(record),
        publication_types=_texts(record, "PublicationType"),
        language=record.findtext("Language"),
        notes=("book article",),
    )
