"""CSV with any column names: delimiter and encoding found, columns recognised by what exports call them, or mapped."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document
from extractor.sources import HEAD_BYTES, Item, attempt, reader
from extractor.sources.decoding import lines, plain
from extractor.sources.reference import MISSING, known, names, reference

# our name: what exports of PubMed, Scopus, Web of Science, Embase, Cochrane, EPPI, Rayyan, Covidence, Zotero, ASReview, OpenAlex,
# Lens, Dimensions, Springer, RefWorks call it
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "document", "document id", "doc id", "record id", "study id", "ref id", "unique id"),
    "title": ("title", "article title", "ti", "document title", "primary title", "title primary", "study title", "item title", "display name", "original title", "paper title", "publication title (article)", "titles", "t1", "titel", "titre", "título", "titulo", "titolo", "标题", "题名", "篇名", "題名", "タイトル", "論文名", "제목", "論文タイトル", "titel der arbeit"),
    "text": ("text", "abstract", "ab", "abstract note", "abstracts", "abstract text", "summary", "notes abstract", "n2", "abstract (english)", "full abstract", "original abstract", "body", "zusammenfassung", "abstrakt", "kurzfassung", "résumé", "resume", "resumen", "resumo", "riassunto", "samenvatting", "摘要", "抄録", "要旨", "초록", "sommario"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "pubmed", "pubmed_id", "medline pmid", "medline pubmed id", "pm", "ids.pmid", "pubmed identifier", "pub med id", "pubmed-id", "pubmed-nr", "pubmed nr"),
    "doi": ("doi", "di", "digital object identifier", "doi link", "article doi", "item doi", "ids.doi", "doi url", "do", "digitalobjectidentifier"),
    "pmcid": ("pmcid", "pmc id", "pmc", "pubmed central id", "ids.pmcid", "pmc identifier"),
    "nct": ("nct", "nct number", "nct id", "clinical trial number", "clinical trial numbers", "trial registration", "registry id", "ctgov id", "clinicaltrials.gov id", "ictrp id", "drks-id", "drks id", "isrctn", "isrctn number", "registration number", "trial registration number", "trial number", "studienregister-nr"),
    "year": ("year", "publication year", "published year", "py", "pub year", "pubyear", "publication date", "date", "date published", "year published", "yr", "entry year", "jahr", "erscheinungsjahr", "publikationsjahr", "année", "annee", "année de publication", "año", "ano", "anno", "jaar", "年份", "年", "出版年", "发表年份", "发表时间", "発行年", "연도", "anno di pubblicazione", "año de publicación", "ano de publicação", "jahr der veröffentlichung", "veröffentlichungsjahr"),
    "journal": ("journal", "source title", "source", "journal/book", "journal title", "publication title", "so", "secondary title", "journal name", "t2", "primary location.source.display name", "host venue.display name", "periodical full", "source title/anthology title", "container title", "zeitschrift", "revue", "périodique", "revista", "rivista", "tijdschrift", "期刊", "刊名", "期刊名称", "文献来源", "来源", "雑誌名", "掲載誌", "학술지", "publication", "quelle", "fonte", "fuente"),
    "authors": ("authors", "author", "au", "author names", "author full names", "author names (full)", "first authors", "a1", "author(s)", "author/s", "authors, primary", "author string", "authorships.author.display name", "authorships.raw author name", "author list", "autoren", "autor", "autor/en", "autor/innen", "verfasser", "auteurs", "auteur", "autores", "autor(es)", "autori", "autore", "作者", "著者", "著者名", "저자", "autor(en)", "autor(in)", "autores/as"),
    "language": ("language", "la", "language of original document", "lang", "sprache", "langue", "idioma", "lingua", "taal", "语言"),
    "publication_types": ("publication type", "publication types", "document type", "pt", "item type", "type of reference", "article type", "content type", "reference type"),
    "retracted": ("is retracted", "retracted"),
    "volume": ("volume", "vl", "journal volume", "biblio.volume", "band", "jahrgang", "volumen"),
    "issue": ("issue", "is", "journal issue", "biblio.issue", "heft", "numéro", "número"),
    "pages": ("pages", "page", "pagination", "seiten", "páginas", "pagine", "页码"),
    "keywords": ("keywords", "author keywords", "de", "manual tags", "schlagwörter", "schlagworte", "mots-clés", "mots clés", "palabras clave", "palavras-chave", "parole chiave", "关键词"),
    "decision": ("included", "asreview label", "label included", "label", "decision", "inclusion", "final decision"),
    "reason": ("exclusion reason", "reason for exclusion", "exclusion reasons", "ausschlussgrund"),
    "notes": ("notes", "extra", "note", "identifiers"),
    "urls": ("url", "urls", "link", "links", "external url"),
    "accession": ("key", "item id", "covidence #", "rayyan key", "ut", "eid", "accession number", "ut (unique wos id)", "lens id", "publication id", "openalex id", "pui", "an"),
    "database": ("database", "source database", "database name", "name of database", "database provider", "db"),
}  # fmt: skip
# of several columns for one of these the first that is filled counts; of notes and numbers of registers all
FILLED = frozenset({"title", "text", "pmid", "doi", "pmcid", "year", "authors", "language", "accession"})
ALL = frozenset({"notes", "nct", "urls"})
KNOWN = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
# "Ann AlphaBo Beta": Springer puts no sign between names; not "Eva McDonald", "Lea DeVries"
GLUED = re.compile(
    r"(?<=[^\W\d_A-Z])(?<!\bMc)(?<!\bMac)(?<!\b[DL][aei])(?<!\bVan)(?=[A-ZÀ-ÖØ-Þ])|(?<=\.)(?=[A-Z][a-z])"
)
Places = dict[str, list[int]]
DELIMITERS = ",;\t|"
PREAMBLE = 40  # lines among which the header is looked for: exporters write the search above it
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
    """Cells of the header of a table, from its first bytes; empty where it is none."""
    seen = plain(head.removeprefix(b"\xef\xbb\xbf")).lstrip("\r\n").splitlines(keepends=True)
    place, delimiter = header_place(seen[:PREAMBLE])
    try:
        return next(csv.reader(seen[place:], delimiter=delimiter), [])
    except csv.Error:
        return []


def header_place(seen: Sequence[str]) -> tuple[int, str]:
    """The line that is the header, and its delimiter: the first with a title or text and one more column that is known."""
    first = next((n for n, line in enumerate(seen) if line.strip()), 0)
    if first < len(seen) and (match := re.match(r"\ufeff?sep=(.)\r?\n", seen[first])):
        return first + 1, match[1]
    for place, line in enumerate(seen):
        delimiter = delimiter_of(line)
        if is_header(_cells(line, delimiter)):
            return place, delimiter
    return first, delimiter_of(seen[first]) if seen else ","


def is_header(cells: Sequence[str]) -> bool:
    """Whether these are names of columns: of a title or a text, and of one thing more that is known."""
    found = {KNOWN[name] for name in map(normal, cells) if name in KNOWN}
    return bool(found & {"title", "text"}) and len(found) > 1


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
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
    bare = unicodedata.normalize("NFC", name.replace("\ufeff", ""))
    return re.sub(r"[\s_]+", " ", bare).strip(" \"'").lower()


@reader("csv", sniff=sniff, suffixes=(".csv", ".tsv", ".tab"), rank=200)
def read(stream: BinaryIO, stem: str, *, columns: Mapping[str, str] | None = None) -> Iterator[Item]:
    """CSV or TSV with a header; columns found by their names, or named by an option."""
    yield from rows_to_items(table_rows(stream), stem, columns)


def rows_to_items(
    rows: Iterator[list[str]], stem: str, columns: Mapping[str, str] | None = None, first: int = 1
) -> Iterator[Item]:
    """Items of the rows of a table, of which the first (with the number `first` in its file) is the header."""
    header = next(rows, [])
    places = _places(header, columns or {})
    glued = places.get("authors", []) if "item doi" in map(normal, header) else []
    for number, row in enumerate(rows, first + 1):
        if any(cell.strip() for cell in row):  # a spreadsheet's blank rows are delimiters alone
            row = [GLUED.sub("; ", cell) if place in glued else cell for place, cell in enumerate(row)]
            yield attempt(lambda: _document(row, places, len(header), f"{stem}:{number}"), f"row {number}")  # noqa: B023


def table_rows(stream: BinaryIO) -> Iterator[list[str]]:
    """Rows of a table, the header first; delimiter and encoding found."""
    csv.field_size_limit(MAX_FIELD)
    texts = (line for _, line in lines(stream))
    seen = list(islice(texts, PREAMBLE))
    place, delimiter = header_place(seen)

    ended = False
    taken: list[str] = []  # lines of the row that is being read

    def chained() -> Iterator[str]:
        nonlocal ended
        for line in chain(seen[place:], texts):
            taken.append(line)
            yield line
        ended = True

    reading = csv.reader(chained(), delimiter=delimiter, strict=False)
    width, broken = 0, list[int]()
    while True:
        start = place + reading.line_num + 1
        taken.clear()
        try:
            row = next(reading)
        except StopIteration:
            break
        except csv.Error as error:
            raise ParseError(
                f"line {place + reading.line_num}: {error}; is a quotation mark not closed above it?"
            ) from error
        if ended:  # a row that was still looking for more lines
            whole_rows, others = _behind(taken, delimiter, width)
            yield from whole_rows
            raise ParseError(
                f"line {start}: a quotation mark is not closed; behind it {len(whole_rows)} whole rows were read, and {others} lines were no rows"
            )
        if whole_rows := _swallowed(taken, delimiter, width):
            yield from whole_rows
            broken.append(start)
            continue
        width = width or len(row)
        yield row
    if broken:
        raise ParseError(
            f"line {broken[0]}: a quotation mark is not closed; {len(broken)} rows like it, the others were read"
        )


def _swallowed(taken: Sequence[str], delimiter: str, width: int) -> list[list[str]]:
    """Whole rows that a row with an open quotation mark took in; none where it is a row of several lines."""
    if len(taken) < 2 or not width:
        return []
    try:
        next(csv.reader(taken, delimiter=delimiter, strict=True))
    except csv.Error:
        return _behind(taken, delimiter, width)[0]
    return []


def _behind(taken: Sequence[str], delimiter: str, width: int) -> tuple[list[list[str]], int]:
    """Rows of the right width among the lines behind an open quotation mark, each of one line; how many lines are none."""
    rows = [next(csv.reader([line], delimiter=delimiter), []) for line in taken[1:] if line.strip()]
    whole_rows = [row for row in rows if len(row) == width > 1]
    return whole_rows, len(rows) - len(whole_rows)


def _places(header: list[str], columns: Mapping[str, str]) -> Places:
    """Our name to the numbers of its columns, the best first.

    Raises
    ------
    ParseError
        If a mapped column is not there, or there is neither title nor text.
    """
    names = [normal(cell) for cell in header]
    if tuple(names[:4]) == FACTS_HEADER:
        raise ParseError(
            "a table of facts as this program exports it: it holds no texts; to keep them beside the facts of a store that has the"
            " texts: trialspan second import FILE --as NAME; the .jsonl export holds both"
        )
    places: Places = {}
    for name, aliases in COLUMNS.items():
        wanted = (normal(columns[name]),) if name in columns else aliases
        taken = {place for others in places.values() for place in others}
        found = [names.index(alias) for alias in wanted if alias in names]
        if name in columns and not found:
            raise ParseError(f"no column {columns[name]!r} for {name}; there are: {listed(header)}")
        if free := [place for place in found if place not in taken]:
            places[name] = free if name in FILLED | ALL else free[:1]
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


def _cell(row: list[str], places: Sequence[int], name: str) -> str:
    found = [row[place] for place in places if place < len(row)]
    if name in ALL:
        return "\n".join(filter(None, found))
    return next((cell for cell in found if not MISSING.fullmatch(cell)), found[0] if found else "")


def _document(row: list[str], places: Places, width: int, otherwise: str) -> Document:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise ParseError(f"{len(row)} cells under a header of {width}: a quote or delimiter is missing")
    cells = {name: _cell(row, numbers, name) for name, numbers in places.items()}
    given = cells.get("id", "").strip()
    accession = next(iter(known([cells.get("accession", "")])), "")
    fields = {
        "title": [cells.get("title", "")],
        "abstract": [cells.get("text", "")],
        "year": [cells.get("year", "")],
        "journal": [cells.get("journal", "")],
        "authors": [cells.get("authors", "")],
        "language": [cells.get("language", "")],
        "types": names([cells.get("publication_types", "")]),
        "doi": [cells.get("doi", "")],
        "pmid": [cells.get("pmid", "")],
        "pmcid": [cells.get("pmcid", "")],
        "registry": cells.get("nct", "").split("\n"),
        "notes": re.split(r"[\n;]", cells.get("notes", "")),
        "urls": cells.get("urls", "").split("\n"),
        "database": [cells.get("database", "")],
        "decision": [cells.get("decision", "")],
        "reason": [cells.get("reason", "")],
        "retracted": [cells.get("retracted", "")],
        "id": ["" if "://" in given else given],
        "volume": [cells.get("volume", "")],
        "issue": [cells.get("issue", "")],
        "pages": [cells.get("pages", "")],
        "keywords": re.split(r"\s*[;|]\s*", cells.get("keywords", "")),
        "accession": [accession],
    }
    found = reference("csv", fields, accession or otherwise)
    exact = {TITLE: cells.get("title", ""), ABSTRACT: cells.get("text", "")}
    return replace(found, parts={name: exact[name] if text else text for name, text in found.parts.items()})
