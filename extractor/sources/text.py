"""Plain text: an abstract as it stands, or a page as it was copied, of which title and abstract are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.pdf.copied import TABLE, paper
from extractor.pdf.headed import free, sections
from extractor.sources import Item, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.identifiers import doi_in, ncts_in, pmcid_in, retracted_in_title
from extractor.sources.pages import find_page
from extractor.tables.grid import Table
from extractor.tables.read import read_tables

# "PMID: 30602021", "DOI: 10.1177/...", "PMCID: PMC6301165": the first of each is the page's own
LABELLED = re.compile(r"\b(?P<name>pmid|doi|pmcid)\s*:?\s*(?P<id>10\.\d{4,9}/\S+|PMC\d+|\d{4,9}\b)", re.I)
LONGEST_ABSTRACT = 8000  # characters; a longer text may be a whole paper
PAPER = re.compile(r"introduction|discussion|references", re.I)
# "%T ", "TI  - ", "RT ", "A.3 Full title: ": a tag at the start of a line
TAG = re.compile(
    r"\ufeff?[ \t]*(%[A-Z0-9]|<?[A-Z][A-Z0-9]{1,4}>?(?= {0,3}[-:=] | [A-Z\[])|[A-Z](?:\.\d+)+(?=\s)|[A-Z][A-Za-z ]{2,30}(?=: ))"
)
DOI_LINE = re.compile(r"(?m)^DOI: *(10\.\d{4,9}/\S+)")  # two of them are of two reports
LEAST_TAGS, TAGGED_SHARE = 3, 0.6  # tags that come again, and the share of lines that begin with one
# the root of an XML text without a declaration, with a name space or attributes; HTML is known by its own names
XML = re.compile(
    rb"<(?!!doctype html|html\b|body\b|head\b|div\b|p\b|b\b|i\b|a\b|span\b|h[1-6]\b|sup\b|sub\b|table\b|ul\b|br\b)[A-Za-z_][\w.:-]*(?:\s[^<>]*)?>\s*<[A-Za-z_]",
    re.I,
)
LONGEST_CAPTION = 300  # characters
NO_CELLS = "was copied as text, without its rows and columns,"
COPIED = "copied from pages: their numbers, running heads and line ends were left out"
LONGEST_PAGE = 2_000_000  # characters; a longer text is taken as it stands, and is no saved page of a report
CONTROLS = bytes(range(9)) + bytes(range(14, 32)) + b"\x7f"
# share of control characters (ESC, BEL, ...) that a text copied from anywhere may have, and a number that is always taken:
# they are kept where they stand, since a quote must be its slice of the text, and escaped when printed
MOST_CONTROLS, FEW_CONTROLS = 0.1, 8


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"<?xml") or XML.match(start) or many_records(head):
        return 0.0
    return 0.0 if b"\0" in head or too_many_controls(head) else 0.1


def many_records(head: bytes) -> str:
    """What a text of many tagged records looks like, in words; empty for any other text.

    One plain text is one report, so that several records in it would become one. Tags begin lines, and the same ones come
    again and again.
    """
    tags: dict[str, int] = {}
    lines = 0
    for line in plain(head).splitlines():
        lines += bool(line.strip())
        if match := TAG.match(line):
            tags[match[1]] = tags.get(match[1], 0) + 1
    repeated = [tag for tag, count in tags.items() if count > 1]
    several = len({m.lower().rstrip(".") for m in DOI_LINE.findall(plain(head))}) > 1
    if len(repeated) < LEAST_TAGS or (sum(tags.values()) < TAGGED_SHARE * lines and not several):
        return ""
    return (
        f"text of some {max(tags.values())} tagged records ({', '.join(repeated[:4])}, ...), in a format that is not known;"
        " export it as RIS, BibTeX or CSV (or, if it is one report: --reader text)"
    )


def too_many_controls(head: bytes) -> int:
    """How many control characters there are where they are too many for a text; 0 for a text."""
    found = len(head) - len(head.translate(None, CONTROLS))
    return found if found > max(FEW_CONTROLS, MOST_CONTROLS * len(head)) else 0


@reader("text", sniff=sniff, suffixes=(".txt", ".text", ".md"), rank=400)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """Text: one abstract as it stands, or a copied page of which title and abstract are found."""
    text = whole(stream)
    if len(text) <= LONGEST_PAGE and (parts := paper(text)):
        yield _copied(text, parts, stem)
        return
    page = find_page(text) if len(text) <= LONGEST_PAGE else None
    if page is None:
        yield _unframed(text, stem)
        return
    spans = ({TITLE: _whole_title(text, page.title)} if page.title else {}) | {ABSTRACT: page.abstract}
    for section in sections(text, page.abstract[1]):
        spans[free(section.name, spans)] = (section.start, section.end)
    parts = {name: text[start:end] for name, (start, end) in spans.items()}
    starts = {name: start for name, (start, _) in spans.items()}
    yield Document(
        stem,
        "text",
        parts,
        ids=_ids(text, {k: parts[k] for k in (TITLE, ABSTRACT) if k in parts}),
        retracted=retracted_in_title(parts.get(TITLE)),
        starts=starts,
    )


def _copied(text: str, parts: dict[str, str], stem: str) -> Document:
    """A paper as it was copied from its pages; its parts are no slices of the file, for what only pages have is left out."""
    own = {k: parts[k] for k in (TITLE, ABSTRACT) if k in parts}
    ids, retracted = _ids(text, own), retracted_in_title(parts.get(TITLE))
    told = {name: said for name, said in parts.items() if TABLE.match(name)}
    unread = [Table(caption=said[:LONGEST_CAPTION], name=n, picture=True, why=NO_CELLS) for n, said in told.items()]
    notes = (COPIED, *read_tables(unread).notes)
    return Document(stem, "text", parts, ids=ids, retracted=retracted, notes=notes)


def _unframed(text: str, stem: str) -> Document:
    """An abstract as it stands; of a text with the length and the sections of a paper, what stands before them."""
    found = sections(text) if len(text) > LONGEST_ABSTRACT else []
    if not any(PAPER.match(section.name) for section in found):
        return Document(stem, "text", {ABSTRACT: text})
    spans = {ABSTRACT: (0, len(text[: found[0].start].rpartition("\n")[0].rstrip()))}
    for section in found:
        spans[free(section.name, spans)] = (section.start, section.end)
    parts = {name: text[start:end] for name, (start, end) in spans.items()}
    return Document(stem, "text", parts, starts={name: start for name, (start, _) in spans.items()})


def _whole_title(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The title with its second line, where the first one breaks off."""
    start, end = span
    line = re.match(r"[ \t]*\n[ \t]*(?P<rest>[a-z][^\n]{5,160})", text[end:])
    broken = re.search(r"(?:\b(?:a|an|the|of|in|for|and|with|on|by|to|versus)|[:,-])$", text[start:end].rstrip(), re.I)
    return (start, end + line.end("rest")) if line and broken else span


def _ids(text: str, parts: dict[str, str]) -> Ids:
    """Ids that stand in title and abstract; of the page only what is labelled as its own."""
    found = {match["name"].lower(): match["id"] for match in reversed(list(LABELLED.finditer(text)))}
    return Ids(found.get("pmid"), doi_in(found.get("doi")), pmcid_in(found.get("pmcid")), ncts_in(*parts.values()))
