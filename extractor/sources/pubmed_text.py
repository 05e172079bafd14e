"""PubMed's "Abstract (text)" format, as saved to a file or copied: numbered records of blocks apart by blank lines.

Title and abstract are unchanged slices, their line breaks included; ``starts`` says where each stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import Item, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.identifiers import doi_in, ncts_in, pmcid_in, year_in
from extractor.sources.reference import names

# "1. Cell Transplant. 2019 Jan;28(1):55-64. doi: 10.1177/...", at the start of a record
CITATION = re.compile(
    r"(?:^|(?<=\n\n)|(?<=\n\r\n))(?:(?P<number>\d+)\. )?(?P<journal>[A-Z][^.\n]{1,90})\. (?=(?:19|20)\d\d\b)", re.M
)
PMID_LINE = re.compile(r"^PMID: ?(\d+)", re.M)
DOI_LINE = re.compile(r"\bdoi: ?(10\.\S+)", re.I)
PMC_LINE = re.compile(r"^PMCID: ?(PMC\d+)", re.M)
BLOCK = re.compile(r"(?:[^\r\n]+(?:\r?\n)?)+")
# "[Article in French]", "[Article in English, Spanish; Abstract available in Spanish from the publisher]"
LANGUAGE = re.compile(r"\[Article in [^\]]+\]", re.I)
# blocks that are neither title nor abstract
OTHER = re.compile(
    r"(?:Author information:|Collaborators?:|Comment(?:ary)? (?:in|on)|Erratum (?:in|for)|Update (?:in|of)|Retraction (?:in|of)|Republished|"
    r"Original report|Summary for|Copyright|©|Published by|Conflict of interest|DOI:|PMID:|PMCID:|Trial registration: ?$|Plain language|Cites:)",
    re.I,
)


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf"))
    return 0.6 if CITATION.match(text.lstrip()) and "\nPMID: " in text.replace("\r", "") else 0.0


@reader("pubmed-text", sniff=sniff, suffixes=(".txt",), source="text", rank=400)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """PubMed's abstract text format: one or many numbered records."""
    text = whole(stream)
    bounds = _records(text)
    for number, (start, end) in enumerate(bounds, 1):
        yield _document(text, start, end, stem if len(bounds) == 1 else f"{stem}:{number}")


def _records(text: str) -> list[tuple[int, int]]:
    """Spans of the records: each from its citation to its PMID line, or to the next record where it has none."""
    starts = _starts(text)
    spans = []
    for start, following in pairwise([*starts, len(text)]):
        pmid = PMID_LINE.search(text, start, following)
        spans.append((start, pmid.end() if pmid else following))
    return spans


def _starts(text: str) -> list[int]:
    """Where records begin: at citations whose numbers rise, or, without numbers, at the first one behind each PMID line."""
    found = list(CITATION.finditer(text))
    starts, last, reached = [], 0, 0
    for match in found:
        if found[0]["number"]:
            begins = int(match["number"] or 0) > last
            last = int(match["number"]) if begins else last
        else:
            begins = match.start() >= reached
            pmid = PMID_LINE.search(text, match.start())
            reached = (pmid.end() if pmid else len(text)) if begins else reached
        if begins:
            starts.append(match.start())
    return starts


def _document(text: str, start: int, end: int, otherwise: str) -> Document:
    blocks = [(m.start(), m.end()) for m in BLOCK.finditer(text, start, end)]
    spans = {name: _bare(text, *span) for name, span in _found(text, blocks).items()}
    parts = {name: text[a:b] for name, (a, b) in spans.items()}
    record = text[start:end]
    pmid, doi, pmc = PMID_LINE.search(record), DOI_LINE.search(record), PMC_LINE.search(record)
    journal = CITATION.match(text, start)
    ids = Ids(
        pmid[1] if pmid else None,
        doi_in(doi[1]) if doi else None,
        pmcid_in(pmc[1]) if pmc else None,
        ncts_in(*parts.values()),
    )
    return Document(
        f"pubmed:{ids.pmid}" if ids.pmid else otherwise,
        "text",
        parts | {ABSTRACT: parts.get(ABSTRACT, "")},
        ids=ids,
        year=year_in(record[: record.find("\n")]),
        journal=journal["journal"] if journal else None,
        authors=_authors(text, blocks),
        starts={name: a for name, (a, _) in spans.items()},
    )


def _authors(text: str, blocks: list[tuple[int, int]]) -> tuple[str, ...]:
    """ "Barczewska M(1), Grudniak M(2)(3)." under the title, without the numbers of their places."""
    told = (text[slice(*b)].strip() for b in blocks[2:4])
    block = next((words for words in told if not LANGUAGE.fullmatch(words)), "")
    if not _names(block) or OTHER.match(block) or not block.endswith("."):
        return ()
    return names([re.sub(r"\(\d+\)|#", "", re.sub(r"\s+", " ", block)).rstrip(".")])


def _found(text: str, blocks: list[tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Blocks of title and abstract: citation, title, authors, then whatever is not labelled as something else."""
    found = {TITLE: blocks[1]} if len(blocks) > 1 else {}
    body = [b for b in blocks[2:] if not OTHER.match(text, b[0])]
    blocks = blocks[:2] + [b for b in blocks[2:] if not LANGUAGE.fullmatch(text[slice(*b)].strip())]
    body = [b for b in body if b in blocks]
    authors = len(blocks) > 2 and body[:1] == [blocks[2]] and _names(text[slice(*blocks[2])])
    body = body[1:] if authors else body
    if body:
        found[ABSTRACT] = (body[0][0], _contiguous(blocks, body))
    return found


def _contiguous(blocks: list[tuple[int, int]], body: list[tuple[int, int]]) -> int:
    """End of the run of blocks that begins with the first of the body."""
    place, end = blocks.index(body[0]), body[0][1]
    while place + 1 < len(blocks) and blocks[place + 1] in body:
        place += 1
        end = blocks[place][1]
    return end


def _names(block: str) -> bool:
    """Whether a block lists authors: "Barczewska M(1), Grudniak M(2)." with hardly a word in lower case."""
    words = re.findall(r"[^\W\d_]{2,}", block)
    return bool(words) and sum(w.islower() for w in words) <= 0.2 * len(words)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
