"""HTML pages: title and abstract from the page's own markup (PubMed, PMC, publishers), else its metadata, else its main text.

Superscripts become ``^``; the text of a block is otherwise as the page shows it. Where the markup says nothing, the page is
read as its text would be (:mod:`extractor.sources.pages`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, reader
from extractor.sources.decoding import MAX_TEXT_BYTES, encoding_of, plain
from extractor.sources.identifiers import doi_in, ncts_in, pmcid_in, pmid_in, retracted_in_title, year_in
from extractor.sources.markup import MARK, add_mark, root_name, tidy
from extractor.sources.pages import find_page

if TYPE_CHECKING:  # late: other formats do without its parser
    from bs4 import BeautifulSoup, Tag

# what may hold an abstract, best first: PubMed, PMC, Springer, Elsevier, Wiley, Oxford, MDPI, PLOS, Frontiers, others
ABSTRACTS = (
    "#eng-abstract", "#abstract .abstract-content", ".abstract-content.selected", "section.abstract#abstract1", "#Abs1-content",
    "section[data-title=Abstract] .c-article-section__content", "#abstracts .abstract.author", ".abstract.author",
    "section.article-section__abstract .article-section__content", ".abstractSection", ".hlFld-Abstract", "section.abstract",
    "section.html-abstract", ".art-abstract", ".JournalAbstract", ".article__abstract", "#abstract", "#Abstract", "[id^=abstract]",
    "[role=doc-abstract]", "[itemprop=description].abstract", "div.abstract", "[class*=abstract-text]", "[class*=abstractText]",
    "[class*=article-abstract]", "[class*=Abstract]", "[class*=abstract]", ".tsec.sec", "blockquote.abstract",
)  # fmt: skip
FRAMES = "script, style, noscript, template, svg, nav, header nav, footer, form, button, aside, iframe, [aria-hidden=true], [hidden]"
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
        "br",
        "td",
        "th",
        "title",
        "button",
        "option",
    ]
)
TITLES = (
    "h1.heading-title",
    "h1.c-article-title",
    "h1.citation__title",
    "h1.content-title",
    "h1[itemprop=headline]",
    "h1.article-title",
    "h1.title",
    "h1",
)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")  # XHTML's, which says nothing once the text is decoded
HEADING = re.compile(r"(?:structured |author )?(?:abstract|summary)\s*:?", re.I)
# what a block of an abstract may end with and is none of it
APPENDED = re.compile(
    r"(?:key ?words?|index terms|subject terms|mesh terms|copyright|©|\(c\) ?\d{4}|trial registration number:?$)\b.*",
    re.I,
)
SHORTEST_HEADING = 20  # characters; less names a site, not a report
SAID = (
    "citation_abstract",
    "dc.description",
    "dcterms.abstract",
    "dcterms.description",
)  # metadata that speak of the article
BLURBS = ("og:description", "description", "twitter:description")  # of the page, or of the whole site: often cut short
# titles of pages that stand before the one that was wanted
WALL = re.compile(
    r"just a moment|checking your browser|access denied|attention required|are you a robot|captcha|page not found|^404\b|^403\b|forbidden|"
    r"verif(?:y|ying) (?:you|that you)|security check|error 4\d\d|cookies? (?:required|disabled|absent)",
    re.I,
)
LEAST_BEHIND_WALL = 600  # characters; a report of that name would have more
SHORTEST = 80  # characters; less is a teaser, not an abstract
ARTICLES = frozenset(
    {"ScholarlyArticle", "MedicalScholarlyArticle", "Article", "NewsArticle", "WebPage", "Report", "MedicalTrial"}
)
# "Title of it - PubMed", "Title of it | Journal of it"
SITE = re.compile(r"\s+[-–|]\s+(?:PubMed|PMC|[^-–|]{2,60})$")


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:4096].lower()
    name = (root_name(head) or "").lower()
    if name == "html" or start.startswith(b"<!doctype html"):
        return 0.95
    if not start.startswith(b"<"):
        return 0.0
    return (
        0.7
        if name in ("head", "body", "div", "p", "meta", "title", "article", "main", "section", "span", "table")
        and b"<?xml" not in start
        else 0.0
    )


@reader("html", sniff=sniff, suffixes=(".html", ".htm", ".xhtml"), rank=250)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """HTML: a saved page of PubMed, PMC, a publisher or a reading service."""
    data = stream.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise ParseError(f"more than {MAX_TEXT_BYTES:,} bytes in one page")
    yield page_document(soup_of(data), stem)


def soup_of(data: bytes) -> BeautifulSoup:
    """The parsed page; its encoding is the one of its mark, else the one declared where the bytes are in it."""
    return _soup(DECLARATION.sub("", _decoded(data).replace("\0", "")))


def _soup(text: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    return BeautifulSoup(text, "lxml")


def _decoded(data: bytes) -> str:
    from bs4.dammit import EncodingDetector

    named = encoding_of(data) or EncodingDetector.find_declared_encoding(data, is_html=True)
    try:
        return data.decode(named) if named else plain(data)
    except (UnicodeDecodeError, LookupError):
        return plain(data)


def page_document(soup: BeautifulSoup, stem: str) -> Document:
    """Title, abstract and what the page says of itself."""
    meta, linked = _meta(soup), _linked(soup)
    title = _title(soup, meta, linked)
    abstract = _marked_abstract(soup) or _longest(_said(meta, linked, SAID), SHORTEST)
    if not abstract:
        found_title, found = _main_text(soup)
        abstract = max(found, _longest(_said(meta, {}, BLURBS), SHORTEST), key=len)
        title = title or (found_title if abstract == found else "")
    title = title or _weak_title(soup, meta)
    if WALL.search(title) and len(abstract) < LEAST_BEHIND_WALL:
        raise ParseError(f"the page is {title!r}, not a report; open it in the browser, and save it when it has loaded")
    if not abstract and not title:
        raise ParseError("a page without title and text; was it saved before it had loaded?")
    parts = ({TITLE: title} if title else {}) | {ABSTRACT: abstract}
    return Document(
        stem,
        "html",
        parts,
        ids=_ids(meta, parts),
        retracted=retracted_in_title(title),
        year=year_in(
            _first(
                meta, "citation_publication_date", "citation_date", "citation_year", "dc.date", "citation_online_date"
            )
        ),
        journal=_first(meta, "citation_journal_title", "prism.publicationname", "citation_journal_abbrev"),
        authors=_authors(meta),
        affiliations=tuple(dict.fromkeys(meta.get("citation_author_institution", []))),
        language=_first(meta, "citation_language", "dc.language"),
    )


def _meta(soup: BeautifulSoup) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in soup.find_all("meta"):
        name, content = tag.get("name") or tag.get("property"), tag.get("content")
        if name and content and str(content).strip():
            found.setdefault(str(name).lower(), []).append(str(content).strip())
    return found


def _first(meta: dict[str, list[str]], *names: str) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _linked(soup: BeautifulSoup) -> dict[str, Any]:
    """The article that the page's JSON-LD describes; empty where there is none."""
    for tag in soup.find_all("script", type="application/ld+json"):
        try:
            found = json.loads(tag.get_text())
        except (ValueError, RecursionError):
            continue
        for one in _described(found):
            kinds = one.get("@type", [])
            if ARTICLES.intersection([kinds] if isinstance(kinds, str) else kinds):
                return one
    return {}


def _described(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for one in found:
            yield from _described(one)
    elif isinstance(found, dict):
        yield from (one for key in ("mainEntity", "@graph", "mainEntityOfPage") for one in _described(found.get(key)))
        yield found


def _title(soup: BeautifulSoup, meta: dict[str, list[str]], linked: dict[str, Any]) -> str:
    """The title that the page's metadata of the article say; from its heading where that says the same (it keeps the marks)."""
    said = _first(meta, "citation_title", "dc.title", "prism.title") or linked.get("headline")
    if not isinstance(said, str):
        return ""
    plain = tidy(_soup(said).get_text() if "<" in said else said)
    same = (h for h in _headings(soup) if letters(h) == letters(plain))
    return next(same, plain if "citation_title" in meta else SITE.sub("", plain))


def _headings(soup: BeautifulSoup) -> list[str]:
    return [text for query in TITLES for tag in soup.select(query) if (text := tidy(block_text(tag)))]


def _weak_title(soup: BeautifulSoup, meta: dict[str, list[str]]) -> str:
    """A heading long enough for a report's, else what the page calls itself for other sites or in the tab."""
    heading = next((h for h in _headings(soup) if len(h) > SHORTEST_HEADING), "")
    tab = tidy(soup.title.get_text()) if soup.title else ""
    return heading or SITE.sub("", tidy(_first(meta, "og:title") or tab))


def letters(text: str) -> str:
    """Letters and digits alone: to compare two forms of one title."""
    return "".join(c for c in text.lower() if c.isalnum())


def _marked_abstract(soup: BeautifulSoup) -> str:
    """The abstract where the page's own markup says which it is; empty else."""
    for query in ABSTRACTS:
        texts = [_cleaned(block_text(tag)) for tag in soup.select(query) if not _graphical(tag)]
        if (longest := max(texts, key=len, default="")) and len(longest) >= SHORTEST:
            return longest
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        if HEADING.fullmatch(tidy(heading.get_text())):
            text = _cleaned("\n".join(filter(None, (block_text(tag) for tag in _after(heading)))))
            if len(text) >= SHORTEST:
                return text
    return ""


def _graphical(tag: Tag) -> bool:
    said = f"{tag.get('id', '')} {' '.join(tag.get('class') or [])}".lower()
    return bool(re.search("graphical|teaser|highlights|video|translat|lay-?summary", said))


def _after(heading: Tag) -> Iterator[Tag]:
    """Siblings of a heading up to the next heading of its rank."""
    from bs4 import Tag

    for sibling in heading.next_siblings:
        if isinstance(sibling, Tag):
            if re.fullmatch("h[1-6]", sibling.name) and sibling.name <= heading.name:
                return
            yield sibling


def _cleaned(text: str) -> str:
    """The lines of an abstract without its own heading and without key words or rights at its end."""
    lines = [line for line in text.split("\n") if line]
    while lines and HEADING.fullmatch(lines[0]):
        lines.pop(0)
    for number, line in enumerate(lines):
        if number and APPENDED.fullmatch(line):
            lines = lines[:number]
            break
    if lines:
        lines[0] = re.sub(r"^(?i:abstract)\s*[:.—–-]?\s+(?=[A-Z])", "", lines[0])
    return "\n".join(lines)


def _said(meta: dict[str, list[str]], linked: dict[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Abstracts in the metadata of these names, and in the description of the linked article."""
    for said in [*(meta[n][0] for n in names if n in meta), linked.get("abstract"), linked.get("description")]:
        if isinstance(said, str):
            yield _cleaned(block_text(_soup(said)) if "<" in said else tidy(said))


def _longest(texts: Iterable[str], least: int) -> str:
    return max((text for text in texts if len(text) >= least), key=len, default="")


def _main_text(soup: BeautifulSoup) -> tuple[str, str]:
    """Title and abstract of a page without helpful markup, found as in copied text; the page's text is what blocks show."""
    text = block_text(soup.body or soup)
    page = find_page(text, sure=True)
    if page is None:
        return "", text
    return text[slice(*page.title)] if page.title else "", text[slice(*page.abstract)]


def block_text(tag: Tag) -> str:
    """Text of a tag as a page shows it: one line a block, superscripts and subscripts marked, frames left out."""
    skipped = {id(one) for one in tag.select(FRAMES)}
    pieces: list[str] = []
    _show(tag, pieces, skipped)
    lines = (tidy(line) for line in "".join(pieces).split("\v"))
    return "\n".join(line for line in lines if line)


def _show(tag: Tag, pieces: list[str], skipped: set[int]) -> None:
    """Append the texts of a tag; ``\\v`` marks where a block begins or ends."""
    from bs4.element import NavigableString, PreformattedString, Tag

    for child in tag.children:
        if isinstance(child, NavigableString):
            if not isinstance(child, PreformattedString):
                pieces.append(str(child).replace("\v", " "))
        elif isinstance(child, Tag) and id(child) not in skipped:
            if mark := MARK.get(child.name):
                inner: list[str] = []
                _show(child, inner, skipped)
                following = child.next_sibling
                add_mark(pieces, mark, "".join(inner), str(following) if type(following) is NavigableString else "")
            elif child.name in BLOCKS:
                pieces.append("\v")
                _show(child, pieces, skipped)
                pieces.append("\v")
            else:
                _show(child, pieces, skipped)


def _ids(meta: dict[str, list[str]], parts: dict[str, str]) -> Ids:
    doi = next(
        (d for n in ("citation_doi", "dc.identifier", "prism.doi", "doi") for v in meta.get(n, []) if (d := doi_in(v))),
        None,
    )
    pmcid = pmcid_in(
        _first(meta, "citation_pmcid", "ncbi_pmcid") or _first(meta, "og:url", "citation_fulltext_html_url")
    )
    pmid = pmid_in(_first(meta, "citation_pmid", "uid", "ncbi_uid"))
    return Ids(pmid, doi, pmcid, ncts_in(*parts.values()))


def _authors(meta: dict[str, list[str]]) -> tuple[str, ...]:
    names = meta.get("citation_author") or meta.get("dc.creator") or []
    if not names and (listed := _first(meta, "citation_authors")):
        names = [name.strip() for name in listed.split(";")]
    return tuple(filter(None, names))
