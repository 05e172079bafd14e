"""PubMed's "Summary (text)" format and a saved page of its results: references without abstracts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.reference import reference

START = re.compile(r"(?m)^(\d+): (?=\S)")
# "Alpha A, Beta B. Mesenchymal stem cells in ALS. J Cells. 2019 Jan;12(3):1-9. doi: ...": authors, title, journal, year
_AUTHOR = r"[^\W\d_][\w'’-]*(?: [\w'’-]+){0,3} [A-Z]{1,4}(?: (?:Jr|Sr|2nd|3rd))?"
CITED = re.compile(
    rf"(?:(?P<authors>{_AUTHOR}(?:[,;] {_AUTHOR})*+(?:[,;] )?(?:et al|[^.;]{{3,80}})?)\. )?"
    r"(?P<title>.+?[.?!]\]?)\s+(?P<journal>[A-Z][^.;?!]{1,90}(?:\. ?[A-Z][\w ]*)?)\.\s+(?P<year>(?:18|19|20)\d\d)\b(?P<rest>.*)",
    re.S,
)
PLACE = re.compile(r"[^;]*;\s*(?P<volume>[^(:;.]+)?(?:\((?P<issue>[^)]+)\))?(?::(?P<pages>[\w-]+))?")
PMID, PMC, DOI = re.compile(r"PMID:\s*(\d+)"), re.compile(r"PMCID:\s*(PMC\d+)"), re.compile(r"doi:\s*(10\.\S+)")


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf")).replace("\r", "").lstrip("\ufeff \n")
    if b"docsum-title" in head or b"full-docsum" in head:
        return 0.97
    return 0.9 if START.match(text) and PMID.search(text) and "Author information:" not in text else 0.0


@reader("pubmed-summary", sniff=sniff, suffixes=(".txt", ".html"), source="pubmed-summary", rank=120)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """PubMed's summaries, and a saved page of its results: no abstracts; bring them with trialspan fetch."""
    text = whole(stream).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if "docsum-title" in text:
        from bs4 import BeautifulSoup  # late: other formats do without

        soup = BeautifulSoup(text, "lxml")
        for number, found in enumerate(soup.select("article.full-docsum") or soup.select(".docsum-content"), 1):
            yield attempt(lambda: _of_page(found, f"{stem}:{number}"), f"result {number}")  # noqa: B023
        return
    bounds = [*(m.start() for m in START.finditer(text)), len(text)]
    for number, (start, end) in enumerate(pairwise(bounds), 1):
        yield attempt(lambda: _of_text(text[start:end], f"{stem}:{number}"), f"entry {number}")  # noqa: B023


def _of_text(entry: str, otherwise: str) -> Document:
    line = " ".join(entry.split()).partition(": ")[2]
    match = CITED.match(line)
    said = match.groupdict() if match else {"title": line.partition(" doi:")[0].partition(" PMID:")[0]}
    place = PLACE.match(said.get("rest") or "")
    pmids = PMID.findall(line)[:1]
    fields = {
        "id": [f"pubmed:{n}" for n in pmids],
        "title": [re.sub(r"^\[No authors listed\]\.\s*|\.$", "", said.get("title") or "")],
        "authors": [(said.get("authors") or "").replace(", et al", "")],
        "journal": [said.get("journal") or ""],
        "year": [said.get("year") or ""],
        "doi": [m[1].rstrip(".") for m in DOI.finditer(line)][:1],
        "pmid": pmids,
        "pmcid": PMC.findall(line)[:1],
        **({n: [(place[n] or "").strip()] for n in ("volume", "issue", "pages")} if place else {}),
    }
    return reference("pubmed-summary", fields, otherwise)


def _of_page(found: object, otherwise: str) -> Document:
    def text(selector: str) -> str:
        one = found.select_one(selector)  # type: ignore[attr-defined]
        return one.get_text(" ", strip=True) if one else ""

    citation = text(".docsum-journal-citation.full-journal-citation") or text(".docsum-journal-citation")
    pmid = text(".docsum-pmid")
    fields = {
        "id": [f"pubmed:{pmid}"] if pmid else [],
        "title": [text(".docsum-title").rstrip(".")],
        "authors": [text(".docsum-authors.full-authors").rstrip(".")],
        "journal": [citation.partition(".")[0]],
        "year": [citation],
        "doi": [m[1].rstrip(".") for m in DOI.finditer(citation)][:1],
        "pmid": [pmid],
        "notes": [m[0] for m in [PMC.search(text(".docsum-citation") or "")] if m],
    }
    return reference("pubmed-summary", fields, otherwise)
