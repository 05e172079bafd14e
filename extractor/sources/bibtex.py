"""BibTeX libraries of reference managers: LaTeX accents decoded, marks kept, entries that repeat a key kept too."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.markup import MARK, SIMPLE, tidy, untagged
from extractor.sources.reference import reference

# "@article{lind2018,"
START = re.compile(r"(?m)^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]")
ENTRY = re.compile(
    r"(?mi)^[ \t]*@(?:article|book|misc|inproceedings|conference|techreport)[{(][ \t]*[^\s,{}()]*,[ \t]*\r?\n\s*\w+\s*="
)
PREAMBLE = 2_000  # characters in which the first entry begins
# "\textsuperscript{6}", "{\textsubscript{2}}"
SCRIPT = re.compile(r"\\text(super|sub)script\{([^{}]*)\}")
# "$10^6$", "$_{2}$": formulas of marks alone, which need no TeX to read
FORMULA = re.compile(r"\$([^$\n]{1,80})\$")
# "..." # "...", {...} # name
JOINED = re.compile(r'^(?:"[^"]*"|\{[^{}]*\}|\w+)(?:\s#\s(?:"[^"]*"|\{[^{}]*\}|\w+))+$')
# "{The Cells and Tissue Consortium}" among authors: its "and" parts no names
WHOLE_NAME = re.compile(r"(?<=[{\s])\{[^{}]* and [^{}]*\}(?=\s+and\s|\s*\})")
AND = "\ue002"
BRACES = {r"\{": "\ue000", r"\}": "\ue001"}
BARE_PERCENT = re.compile(r"(?<!\\)%")
SYMBOLS = {
    r"\textless": "<", r"\textgreater": ">", r"\textpm": "±", r"\texttimes": "×", r"\times": "×", r"\pm": "±", r"\leq": "≤", r"\geq": "≥",
    r"\le": "≤", r"\ge": "≥", r"\cdot": "·", r"\sim": "~", r"\mu": "μ", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\,": " ",
    r"\textasciicircum": "^",
}  # fmt: skip
SYMBOL = re.compile("|".join(rf"{re.escape(s)}(?:\{{\}}|(?![A-Za-z]))" for s in sorted(SYMBOLS, key=len, reverse=True)))


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf"))
    match = START.search(text)
    if ENTRY.search(text[:PREAMBLE]):
        return 0.8  # some exporters write their name and the date above the first entry
    return 0.9 if match and re.match(r"\s*(?:%.*|@comment.*|\s)*$", text[: match.start()], re.S) else 0.0


@reader("bibtex", sniff=sniff, suffixes=(".bib", ".bibtex"), rank=150)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """BibTeX: entries with title and abstract."""
    from bibtexparser.entrypoint import parse_string  # late: other formats do without
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

    def parsed(text: str) -> Any:
        return parse_string(text, append_middleware=[LatexDecodingMiddleware()])

    logging.getLogger("bibtexparser").setLevel(logging.ERROR)  # it prints each entry that is yielded below as failed
    library = parsed(_readied(whole(stream)))
    strings = {s.key.lower(): _clean(s.value) for s in library.strings}
    for number, block in enumerate(library.blocks, 1):
        found = (
            block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock) else block
        )
        place = f"entry at line {(block.start_line or 0) + 1}"
        if isinstance(found, Entry):
            yield attempt(lambda: _document(found, stem, number, strings), place)  # noqa: B023
        elif isinstance(found, ParsingFailedBlock):
            raw = str(found.raw)
            closed = parsed(raw + "}").entries if raw.count("{") == raw.count("}") + 1 else []
            if closed:  # its end alone is missing
                yield attempt(lambda: _document(closed[0], stem, number, strings), place)  # noqa: B023
            yield ParseError(f"{place}: not closed or not BibTeX: {raw.splitlines()[0][:60]!r}")


def _readied(text: str) -> str:
    """The text with marks and symbols in characters, before TeX would drop them."""
    for escaped, kept in BRACES.items():  # braces of the text itself, not of BibTeX
        text = text.replace(escaped, kept)
    text = WHOLE_NAME.sub(lambda m: re.sub(r"\band\b", AND, m[0]), text)
    whole_percents = BARE_PERCENT.sub(r"\\%", text)  # TeX would drop the rest of the line
    return FORMULA.sub(_formula, SYMBOL.sub(_symbol, SCRIPT.sub(_script, whole_percents)))


def _symbol(match: re.Match[str]) -> str:
    return SYMBOLS[match[0].removesuffix("{}")]


def _script(match: re.Match[str]) -> str:
    mark, content = MARK["sup" if match[1] == "super" else "sub"], match[2].strip()
    return mark + content if SIMPLE.fullmatch(content) else f"{mark}({content})"


def _formula(match: re.Match[str]) -> str:
    """A formula without commands as plain text; any other stays as it is."""
    bare = re.sub(r"([\^_])\{([-+−]?\w+)\}", r"\1\2", match[1])
    return bare if "\\" not in bare else match[0]


def _document(entry: Any, stem: str, number: int, strings: Mapping[str, str]) -> Document:
    found: dict[str, list[str]] = {}
    for field in entry.fields:
        value = _joined(str(field.value), strings)
        pieces = re.split(r"\s+and\s+", value) if field.key.lower() == "author" else [value]
        found.setdefault(field.key.lower(), []).extend(map(_clean, pieces))

    def of(*names: str) -> list[str]:
        return [value for name in names for value in found.get(name, ())]

    notes = [part.strip() for text in of("note", "annote", "annotation") for part in text.split(";")]
    fields = {
        "title": of("title"),
        "abstract": of("abstract")[:1],
        "authors": of("author"),
        "affiliations": [p.strip() for text in of("affiliation", "affiliations") for p in text.split(" | ")],
        "id": of("trialspan"),  # by this our own export says what the report is called
        "year": of("year", "date"),
        "journal": of("journal", "journaltitle", "booktitle"),
        "language": of("language", "langid"),
        "types": [t.strip() for text in of("type") for t in text.split(";")]
        or [entry.entry_type] * (not of("trialspan")),
        "doi": of("doi", "url"),
        "pmid": of("pmid", "pubmedid", "pubmed-id")
        + [v for v in of("eprint") if "pubmed" in " ".join(of("eprinttype"))],
        "pmcid": of("pmcid", "pmc"),
        "notes": notes,
        "urls": of("url"),
        "volume": of("volume"),
        "issue": of("number", "issue"),
        "pages": [p.replace("--", "-") for p in of("pages")],
        "keywords": [k.strip() for text in of("keywords") for k in re.split(";" if ";" in text else ",", text)],
    }
    return reference("bibtex", fields, f"{stem}:{entry.key}" if entry.key else f"{stem}:{number}")


def _joined(value: str, strings: Mapping[str, str]) -> str:
    """A value that is put together: ``"Journal of " # cells``, with a name for a string."""
    if not JOINED.search(value):
        return value
    pieces = [p.strip() for p in re.split(r"\s#\s", value)]
    return "".join(p[1:-1] if p[:1] + p[-1:] in ('""', "{}") else strings.get(p.lower(), p) for p in pieces)


def _clean(value: Any) -> str:
    bare = str(value).replace("{", "").replace("}", "").replace(AND, "and")
    for escaped, kept in BRACES.items():
        bare = bare.replace(kept, escaped[1:])
    return tidy(untagged(bare))
