"""CSV with any column names: delimiter and encoding found, columns recognised by what exports call them, or mapped."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources import HEAD_BYTES, Item, attempt, reader
from extractor.sources.decoding import lines, plain
from extractor.sources.identifiers import document_id, doi_in, ncts_in, pmcid_in, pmid_in, retracted_in_title, year_in

# our name: what exports of PubMed, Scopus, Web of Science, Embase, Cochrane, EPPI, Rayyan, Covidence, Zotero, ASReview call it
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "document", "document id", "doc id", "record id", "key", "item id", "study id", "ref id", "covidence #", "rayyan key", "ut", "eid", "accession number", "ut (unique wos id)", "unique id"),
    "title": ("title", "article title", "ti", "document title", "primary title", "study title", "original title", "paper title", "publication title (article)", "titles", "t1"),
    "text": ("text", "abstract", "ab", "abstract note", "abstracts", "abstract text", "summary", "notes abstract", "n2", "abstract (english)", "full abstract", "original abstract", "body"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "pubmed", "pubmed_id", "medline pmid", "medline pubmed id", "pm"),
    "doi": ("doi", "di", "digital object identifier", "doi link", "article doi"),
    "pmcid": ("pmcid", "pmc id", "pmc", "pubmed central id"),
    "nct": ("nct", "nct number", "nct id", "clinical trial number", "clinical trial numbers", "trial registration", "registry id"),
    "year": ("year", "publication year", "py", "pub year", "publication date", "date", "year published", "yr", "entry year"),
    "journal": ("journal", "source title", "source", "journal/book", "journal title", "publication title", "so", "secondary title", "journal name", "t2"),
    "authors": ("authors", "author", "au", "author names", "author full names", "author names (full)", "first authors", "a1", "author(s)"),
    "language": ("language", "la", "language of original document", "lang"),
    "publication_types": ("publication type", "publication types", "document type", "pt", "item type", "type of reference", "article type"),
}  # fmt: skip
KNOWN = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
DELIMITERS = ",;\t|"
ROWS_SEEN = 50  # lines that tell a table from prose
MAX_FIELD = 10_000_000  # characters; csv's own limit of 131,072 cuts full texts
FACTS_HEADER = ("document", "field", "value", "quote")  # this program's own export of facts
LONGEST_NAME = 50  # characters of a column's name
MOST_NAMED, NAME_SHOWN = 12, 40  # columns in a message, and characters of each


def sniff(head: bytes) -> float:
    header = header_of(head)
    if len(header) < 2:
        return 0.0
    known = {KNOWN[name] for name in map(normal, header) if name in KNOWN}
    if tuple(map(normal, header[:4])) == FACTS_HEADER or (known & {"title", "text"} and len(known) > 1):
        return 0.8
    named = all(name and len(name) < LONGEST_NAME for name in map(normal, header))
    if known and named and b"\n" in head:
        return 0.3
    return 0.2 if named and is_table(head) else 0.0


def is_table(head: bytes) -> bool:
    """Whether the first lines have the same number of cells, more than one, with no blank after a delimiter as prose has it."""
    seen = plain(head).removeprefix("\ufeff").splitlines()
    whole = seen[:-1] if len(head) >= HEAD_BYTES else seen
    first, *rest = [line for line in whole if line.strip()][:ROWS_SEEN] or [""]
    delimiter = delimiter_of(first)
    if not rest or re.search(rf"{re.escape(delimiter)}[ \u00a0]", first) or re.search(r"[.!?]\s*$", first):
        return False
    try:
        widths = {len(row) for row in csv.reader([first, *rest], delimiter=delimiter) if row}
    except csv.Error:
        return False
    return len(widths) == 1 and widths != {1}


def header_of(head: bytes) -> list[str]:
    """Cells of the first line of a table, from its first bytes; empty where it is none."""
    first = plain(head.removeprefix(b"\xef\xbb\xbf")).lstrip("\r\n")
    separator = re.match(r"sep=(.)\r?\n", first)
    first = first[separator.end() :] if separator else first
    if not first:
        return []
    try:
        return next(csv.reader(first.splitlines(keepends=True), delimiter=delimiter_of(first)), [])
    except csv.Error:
        return []


def delimiter_of(text: str) -> str:
    """The delimiter that makes most known column names of the first line; the most frequent one between equals."""
    first = text.split("\n", 1)[0]

    def quality(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(normal(cell) in KNOWN for cell in cells), first.count(delimiter)

    return max(DELIMITERS, key=quality)


def normal(name: str) -> str:
    """A column's name in lower case, underscores and runs of blanks as one blank."""
    return re.sub(r"[\s_]+", " ", name.replace("\ufeff", "")).strip(" \"'").lower()


@reader("csv", sniff=sniff, suffixes=(".csv", ".tsv", ".tab"), rank=200)
def read(stream: BinaryIO, stem: str, *, columns: Mapping[str, str] | None = None) -> Iterator[Item]:
    """CSV or TSV with a header; columns found by their names, or named by an option."""
    rows = table_rows(stream)
    header = next(rows, [])
    places = _places(header, columns or {})
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row) or len(row) > 1:
            yield attempt(lambda: _document(row, places, len(header), f"{stem}:{number}"), f"row {number}")  # noqa: B023


def table_rows(stream: BinaryIO) -> Iterator[list[str]]:
    """Rows of a table, the header first; delimiter and encoding found."""
    csv.field_size_limit(MAX_FIELD)
    texts = (line for _, line in lines(stream))
    first = next((line for line in texts if line.strip()), "")
    if match := re.match(r"sep=(.)\r?\n", first):
        delimiter, first = match[1], next(texts, "")
    else:
        delimiter = delimiter_of(first)

    ended = False

    def chained() -> Iterator[str]:
        nonlocal ended
        yield first
        yield from texts
        ended = True

    reading = csv.reader(chained(), delimiter=delimiter, strict=False)
    while True:
        start = reading.line_num + 1
        try:
            row = next(reading)
        except StopIteration:
            return
        except csv.Error as error:
            raise ParseError(f"line {reading.line_num}: {error}; is a quotation mark not closed above it?") from error
        if ended:  # a row that was still looking for more lines
            raise ParseError(f"line {start}: a quotation mark is not closed; what follows it was not read")
        yield row


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Our name to the column's number.

    Raises
    ------
    ParseError
        If a mapped column is not there, or there is neither title nor text.
    """
    names = [normal(cell) for cell in header]
    if tuple(names[:4]) == FACTS_HEADER:
        raise ParseError("a table of facts as this program exports it: it holds no texts; give the .jsonl export")
    places: dict[str, int] = {}
    for name, aliases in COLUMNS.items():
        wanted = (normal(columns[name]),) if name in columns else aliases
        found = next((names.index(alias) for alias in wanted if alias in names), None)
        if found is not None and found not in places.values():
            places[name] = found
        elif name in columns and found is None:
            raise ParseError(f"no column {columns[name]!r} for {name}; there are: {listed(header)}")
    if not {"title", "text"} & places.keys():
        raise ParseError(
            f"no column whose name is known for titles or texts; found: {listed(header)}. Known are {', '.join(COLUMNS)} and what"
            f" exports call them (Article Title, Abstract, AB, ...). Name yours: --column text={header[0].strip() if header and len(header[0]) <= NAME_SHOWN else 'NAME'};"
            " or, if the file is no table: --reader text"
        )
    return places


def listed(names: Sequence[str]) -> str:
    """Names for a message: the first ones, each short."""
    bare = [n.strip().removeprefix("\ufeff") or "(no name)" for n in names]
    shown = [n if len(n) <= NAME_SHOWN else f"{n[:NAME_SHOWN]}…" for n in bare[:MOST_NAMED]]
    more = [f"{len(bare) - MOST_NAMED} more"] if len(bare) > MOST_NAMED else []
    return ", ".join(shown + more) or "none"


def _document(row: list[str], places: Mapping[str, int], width: int, otherwise: str) -> Document:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise ParseError(f"{len(row)} cells under a header of {width}: a quote or delimiter is missing")
    cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
    parts = {TITLE: cells["title"]} if cells.get("title", "").strip() else {}
    texts = parts | {ABSTRACT: cells.get("text", "")}
    ids = _ids(cells)
    return Document(
        cells.get("id", "").strip() or document_id(ids, otherwise),
        "csv",
        texts,
        ids=ids,
        retracted=retracted_in_title(cells.get("title")),
        year=year_in(cells.get("year")),
        journal=cells.get("journal", "").strip() or None,
        authors=_listed(cells.get("authors", "")),
        publication_types=_listed(cells.get("publication_types", "")),
        language=cells.get("language", "").strip() or None,
    )


def _ids(cells: Mapping[str, str]) -> Ids:
    return Ids(
        pmid_in(cells.get("pmid")), doi_in(cells.get("doi")), pmcid_in(cells.get("pmcid")), ncts_in(cells.get("nct"))
    )


def _listed(cell: str) -> tuple[str, ...]:
    """Names in one cell: a Python list, or names apart by semicolons, else by commas between names with a comma-free form."""
    bare = cell.strip()
    if bare.startswith("[") and bare.endswith("]"):
        return tuple(m[1] or m[2] for m in re.finditer(r"'([^']*)'|\"([^\"]*)\"", bare))
    separator = ";" if ";" in bare else "|" if "|" in bare else ", "
    return tuple(filter(None, (name.strip() for name in bare.split(separator))))
