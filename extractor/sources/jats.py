"""JATS, the XML of PMC and of publishers: front matter, abstracts, sections and tables as parts, article sets too.

The abstract is the one without a type; others are parts of their own. A section of the body is a part named by its
title, with its subsections; each table and figure legend is a part. Tables of adverse events are read into facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.identifiers import document_id, ncts_in, pmcid_in, retracted_in_title, year_in
from extractor.sources.markup import XLINK, block_text, elements, free_name, local, root_name, text_of
from extractor.sources.tables import laid_out
from extractor.tables.grid import Table

XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
BLOCKS = frozenset(
    [
        "p",
        "title",
        "sec",
        "label",
        "list",
        "list-item",
        "disp-quote",
        "disp-formula",
        "def-list",
        "def-item",
        "boxed-text",
        "caption",
        "fig",
        "table-wrap",
        "table",
        "tr",
        "fn",
        "break",
        "speech",
        "statement",
        "verse-group",
        "kwd",
        "attrib",
        "sig-block",
        "subtitle",
        "table-wrap-foot",
        "abstract",
    ]
)
ADDRESS = frozenset({"institution", "addr-line", "country", "city", "state", "institution-wrap"})
FLOATS = frozenset({"table-wrap", "fig", "table-wrap-group", "fig-group", "supplementary-material"})
HIDDEN = frozenset(
    {"object-id", "ref-list"}
)  # identifiers of figures and lists of references are no text of the report
SAME_AS_NONE = frozenset({"", "abstract", "normal", "structured", "unstructured", "section", "sections"})
RETRACTED_TYPES = frozenset({"retracted-article", "retracted"})
NOTICES = {
    "retraction": "retraction notice",
    "correction": "correction notice",
    "expression-of-concern": "expression of concern notice",
}
CLOSED = "does not allow downloading"  # PMC's comment in place of a body
UNTITLED = "text"
LONGEST_NAME = 80  # characters of a part's name
# elements of the body and of what follows it that are parts, and the names of those without a title
SECTIONS = {
    "sec": UNTITLED, "ack": "acknowledgements", "notes": "notes", "app-group": "appendix", "fn-group": "footnotes",
    "glossary": "glossary", "bio": "biography",
}  # fmt: skip


def sniff(head: bytes) -> float:
    name = root_name(head)
    if name in ("pmc-articleset", "articles"):
        return 1.0
    if name == "article":
        return 0.95 if any(w in head for w in (b"article-meta", b"JATS", b"journal-meta", b"<front")) else 0.3
    return 0.8 if b"article-meta" in head and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml") else 0.0


@reader("jats", sniff=sniff, suffixes=(".xml", ".nxml"), rank=20)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """JATS articles of PMC and publishers, one or a set, with sections, tables and adverse-event tables."""
    for number, element in enumerate(elements(stream, ("article",)), 1):
        yield attempt(lambda: _article(element, f"{stem}:{number}" if number > 1 else stem), f"article {number}")  # noqa: B023


def _article(article: Any, otherwise: str) -> Document:
    meta = article.find("front/article-meta")
    meta = article.find("front") if meta is None else meta
    meta = etree.Element("article-meta") if meta is None else meta
    parts = _front_parts(meta)
    tables: list[Table] = []
    for place in ("body", "floats-group", "back"):
        _read_body(article.find(place), parts, tables)
    names = {table.name for table in tables}
    from extractor.tables.read import read_tables  # late: it brings all rules of tables

    read = read_tables(tables, "\n".join(text for name, text in parts.items() if name not in names))
    ids = _ids(meta, parts)
    kind = article.get("article-type", "")
    return Document(
        document_id(ids, otherwise),
        "jats",
        parts,
        ids=ids,
        year=_year(meta),
        journal=text_of(article.find("front/journal-meta//journal-title")) or None,
        authors=_authors(meta),
        affiliations=tuple(dict.fromkeys(filter(None, map(_affiliation, meta.iter("aff"))))),
        publication_types=(kind,) if kind else (),
        language=article.get(XML_LANGUAGE),
        retracted=kind in RETRACTED_TYPES or retracted_in_title(parts.get(TITLE)),
        notes=(*_notes(article, kind), *read.notes),
        given=read.facts,
        metadata=_metadata(meta),
    )


def _front_parts(meta: Any) -> dict[str, str]:
    title = block_text(meta.find("title-group/article-title"), BLOCKS).replace("\n", " ")
    parts = {TITLE: title} if title else {}
    plain, others = "", []
    for abstract in [*meta.iterfind("abstract"), *meta.iterfind("trans-abstract")]:
        kind, language = (
            abstract.get("abstract-type", "").lower(),
            abstract.get(XML_LANGUAGE, ""),
        )
        text = _abstract(abstract)
        if local(abstract.tag) == "abstract" and kind in SAME_AS_NONE and not plain:
            plain = text
        else:
            others.append(("-".join(filter(None, (kind, language))) or "other", text))
    parts[ABSTRACT] = plain
    for kind, text in others:
        if text:
            parts[free_name(f"abstract ({kind})", parts)] = text
    if text := block_text(meta.find("author-notes"), BLOCKS, HIDDEN):
        parts[free_name("notes", parts)] = text
    return parts


def _abstract(abstract: Any) -> str:
    """Text of an abstract without the word "Abstract" over it."""
    text = block_text(abstract, BLOCKS, HIDDEN)
    heading = abstract.find("title")
    first, _, rest = text.partition("\n")
    return rest if heading is not None and first == text_of(heading) and rest else text


def _read_body(body: Any, parts: dict[str, str], tables: list[Table]) -> None:
    """Sections, then the tables and figures in them, as parts; the tables' grids into `tables`."""
    if body is None:
        return
    loose: list[str] = []
    for child in body:
        if not isinstance(child.tag, str) or local(child.tag) in HIDDEN | FLOATS:
            continue
        text = block_text(child, BLOCKS, FLOATS | HIDDEN)
        if local(child.tag) not in SECTIONS:
            loose += [text] if text else []
            continue
        loose = _flushed(loose, parts)
        heading = text_of(child.find("title")) or UNTITLED if local(child.tag) == "sec" else SECTIONS[local(child.tag)]
        if text:
            parts[free_name(heading[:LONGEST_NAME], parts)] = text
    _flushed(loose, parts)
    for float_ in body.iter("table-wrap", "fig", "supplementary-material"):
        if not any(local(a.tag) in FLOATS - {"table-wrap-group", "fig-group"} for a in float_.iterancestors()):
            _read_float(float_, parts, tables)


def _flushed(loose: list[str], parts: dict[str, str]) -> list[str]:
    """Paragraphs under no heading as a part; what is left of them, which is nothing."""
    if loose:
        parts[free_name(UNTITLED, parts)] = "\n".join(loose)
    return []


def _read_float(float_: Any, parts: dict[str, str], tables: list[Table]) -> None:
    label = text_of(float_.find("label")).rstrip(".:")
    default = {"table-wrap": "Table", "fig": "Figure"}.get(local(float_.tag), "Supplement")
    name = free_name(label[:LONGEST_NAME] or default, parts)
    pictured = local(float_.tag) == "fig" and label.lower().startswith("table")  # a table set as a picture
    if local(float_.tag) != "table-wrap" and not pictured:
        if text := block_text(float_, BLOCKS, HIDDEN):
            parts[name] = text
        return
    table = laid_out(float_, BLOCKS, HIDDEN)
    if table.text:
        parts[name] = table.text
        table.name = name
        tables.append(table)


def _ids(meta: Any, parts: dict[str, str]) -> Ids:
    found = {i.get("pub-id-type", ""): text_of(i) for i in meta.iterfind("article-id")}
    pmc = found.get("pmcid") or found.get("pmc") or ""
    pmcid = pmcid_in(pmc) or (f"PMC{pmc}" if pmc.isdigit() else None)
    return Ids(
        found.get("pmid") or None, found.get("doi") or None, pmcid, ncts_in(parts.get(TITLE), parts.get(ABSTRACT))
    )


def _year(meta: Any) -> int | None:
    dates = {
        d.get("pub-type") or d.get("publication-format") or d.get("date-type", ""): d for d in meta.iterfind("pub-date")
    }
    ranked = [dates[k] for k in ("ppub", "collection", "pub", "epub") if k in dates]
    return next((year for d in [*ranked, *dates.values()] if (year := year_in(text_of(d.find("year"))))), None)


def _authors(meta: Any) -> tuple[str, ...]:
    names = []
    for contributor in meta.iterfind("contrib-group/contrib"):
        if contributor.get("contrib-type", "author") != "author":
            continue
        name = next(contributor.iter("name"), None)
        if name is not None:
            names.append(", ".join(filter(None, (text_of(name.find("surname")), text_of(name.find("given-names"))))))
        else:
            names.append(text_of(contributor.find("collab")) or text_of(contributor.find("string-name")))
    return tuple(filter(None, names))


def _affiliation(aff: Any) -> str:
    return (
        block_text(aff, BLOCKS | ADDRESS, frozenset({"label", "sup", "institution-id"}))
        .replace("\n", " ")
        .replace(" ,", ",")
    )


def _notes(article: Any, kind: str) -> tuple[str, ...]:
    notes = [NOTICES[kind]] if kind in NOTICES else []
    if any(CLOSED in (c.text or "") for c in article.iter(etree.Comment)):
        notes.append("full text not open: front matter only")
    return tuple(notes)


def _metadata(meta: Any) -> dict[str, Any]:
    pages = "-".join(filter(None, (text_of(meta.find("fpage")), text_of(meta.find("lpage")))))
    found = {
        "volume": text_of(meta.find("volume")),
        "issue": text_of(meta.find("issue")),
        "pages": pages or text_of(meta.find("elocation-id")),
        "keywords": [text_of(k) for k in meta.iterfind("kwd-group/kwd")],
        "licence": next((e.get(f"{XLINK}href") for e in meta.iterfind("permissions/license")), None),
        "copyright": text_of(meta.find("permissions/copyright-statement")),
    }
    return {name: value for name, value in found.items() if value}
