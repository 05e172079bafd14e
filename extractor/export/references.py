"""References: RIS (Covidence, RevMan, Rayyan, EndNote, Zotero), BibTeX and CSL-JSON; one reference a report.

RIS is read line by line, so a line break within a value becomes one blank: an abstract keeps its length, and offsets into
it hold. Authors stand as ``Oh, KW`` and ``Oh, Ki-Wook``, groups as they are; what is not known is left out, never made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from extractor.declared import registers
from extractor.export.plain import json_text
from extractor.model import ABSTRACT, Document, Record
from extractor.study.registries import identifiers
from extractor.text import fold_case

# Whatever a reader may take for the end of a line.
_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# "Oh KW", "de la Cruz M-L": family name, then initials
_INITIALS = re.compile(r"(?P<family>[^\s,].*?) (?P<given>[A-Z](?:[-.]?[A-Z]){0,3}\.?)")
# "Panayiota Petrou", "Maria J. de la Cruz": one to three given names or initials, then the family name with what belongs to it
_PARTICLE = r"(?:(?:[Dd]e|[Dd]el|[Dd]ella|[Dd]i|[Dd]a|[Dd]os|[Vv]an|[Vv]on|[Dd]en|[Dd]er|[Tt]er|[Ll]a|[Ll]e|[Ee]l|[Aa]l|[Bb]in|[Ss]aint|[Ss]t\.?) )"
_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[-'’][^\W\d_]+)*"
_WHOLE = re.compile(rf"(?P<given>(?:(?:{_WORD}|[A-Z]\.(?:-?[A-Z]\.)*) ){{1,3}}?)(?P<family>{_PARTICLE}*{_WORD})")
# a word of the name of a group, a company or a hospital
_GROUP_FORMS = (
    r"group",
    r"stud(?:y|ies)",
    r"trials?",
    r"consortium",
    r"network",
    r"investigators?",
    r"team",
    r"committee",
    r"society",
    r"association",
    r"alliance",
    r"universit\w+",
    r"institut\w*",
    r"hospitals?",
    r"clinics?",
    r"cent(?:er|re)s?",
    r"college",
    r"school",
    r"department",
    r"foundation",
    r"company",
    r"corporation",
    r"inc",
    r"ltd",
    r"llc",
    r"gmbh",
    r"pharma\w*",
    r"biotech\w*",
    r"therapeutics",
    r"laborator\w+",
    r"research",
    r"medical",
    r"health",
    r"national",
    r"international",
    r"initiative",
    r"collaborat\w+",
    r"registry",
    r"program(?:me)?",
    r"council",
    r"ministry",
    r"for",
    r"the",
    r"and",
)
_GROUP = re.compile(
    rf"\b(?:{'|'.join(_GROUP_FORMS)})\b",
    re.I,
)
# the register of a source, as databases of references name it
REGISTERS = {
    "clinicaltrials": "ClinicalTrials.gov", "ictrp": "WHO ICTRP", "isrctn": "ISRCTN", "euctr": "EU Clinical Trials Register",
    "ctis": "CTIS",
}  # fmt: skip
# What may not stand in a key of BibTeX.
_KEY = re.compile(r"[^A-Za-z0-9:.+/-]+")
_VERBATIM = frozenset({"doi", "url", "pmid", "pmcid"})  # addresses and numbers, which TeX's packages take as they stand
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
# "10^6" after its escape
_RAISED = re.compile(r"\\textasciicircum\{\}([-+−]?\d+)")
_PAGES = re.compile(r"(?P<first>[^-–]+)[-–](?P<last>.+)")
RETRACTED = "Retracted publication"
OURS = "Trialspan"  # by this our own reader knows that ID is the report's id


def write_ris(records: Iterable[Record], stream: BinaryIO) -> None:
    """RIS: identifiers in ``DO``, ``AN`` with ``DB`` (PubMed, or the register of a record), ``C2`` (PMC) and ``N1`` (registry numbers), addresses in ``UR``."""
    for record in records:
        lines = [f"{tag}  - {_line(value)}" for tag, value in _tags(record) if value and _line(value)]
        stream.write("\n".join([*lines, "ER  - ", "", ""]).encode("utf-8", "backslashreplace"))


def _tags(record: Record) -> Iterator[tuple[str, str]]:
    document = record.document
    meta, ids = document.metadata, document.ids
    yield "TY", "JOUR" if document.journal or ids.pmid else "GEN"
    yield "TI", document.title or ""
    yield from (("AU", name) for name in names(document))
    yield "PY", str(document.year or "")
    yield "T2", document.journal or ""
    yield "AB", document.parts.get(ABSTRACT, "")
    yield "DO", ids.doi or ""
    if ids.pmid:
        yield "DB", "PubMed"
        yield "AN", ids.pmid
    elif document.source in registers():
        yield "DB", REGISTERS.get(document.source, document.source)
        yield "AN", next(iter([*ids.nct, *(id for _, id in ids.other)]), "")
    yield "C2", ids.pmcid or ""
    yield "VL", str(meta.get("volume") or "")
    yield "IS", str(meta.get("issue") or "")
    first, last = _pages(meta)
    yield "SP", first
    yield "EP", last
    yield "LA", document.language or ""
    yield from (("AD", place) for place in document.affiliations)
    yield from (("M3", kind) for kind in document.publication_types)
    yield from (("KW", word) for word in _keywords(meta))
    yield from (("N1", number) for number in registry_numbers(record))
    yield "N1", RETRACTED if document.retracted else ""
    yield from (("UR", address) for address in addresses(document))
    yield "DP", OURS
    yield "ID", document.id


def _keywords(metadata: dict[str, Any]) -> list[str]:
    return [str(word) for word in metadata.get("keywords") or ()]


def _line(value: str) -> str:
    return _BREAK.sub(" ", value).strip()


def names(document: Document) -> list[str]:
    """Authors with the family name first; of a registry record the sponsor as it is."""
    whole = document.source in registers()
    return [name if whole else inverted(name) for name in document.authors]


def inverted(name: str) -> str:
    """A name with its family name first; one that is no person's, or leaves a doubt, as it is.

    >>> inverted("Oh KW"), inverted("Panayiota Petrou"), inverted("Oh, Ki-Wook")
    ('Oh, KW', 'Petrou, Panayiota', 'Oh, Ki-Wook')
    >>> inverted("Maria J. de la Cruz"), inverted("ALS Study Group")
    ('de la Cruz, Maria J.', 'ALS Study Group')
    """
    if "," in name:
        return name
    short = _INITIALS.fullmatch(name)
    found = short or (None if _GROUP.search(name) else _WHOLE.fullmatch(name))
    return f"{found['family']}, {found['given'].strip()}" if found else name


def registry_numbers(record: Record) -> list[str]:
    """Registry numbers of the trial, as each registry writes them, none twice."""
    said = [str(fact.value.get("id") or "") for fact in record.of("registry_id")]
    ids = record.document.ids
    own = [number for _, number in ids.other if next(identifiers(fold_case(number)), None)]
    return [n for n in dict.fromkeys([*ids.nct, *own, *said]) if n]


def addresses(document: Document) -> list[str]:
    """Where a report can be read: its DOI, PubMed, PMC; of a registry record its page there."""
    ids = document.ids
    found = [
        f"https://doi.org/{ids.doi}" if ids.doi else "",
        f"https://pubmed.ncbi.nlm.nih.gov/{ids.pmid}/" if ids.pmid else "",
        f"https://pmc.ncbi.nlm.nih.gov/articles/{ids.pmcid}/" if ids.pmcid else "",
    ]
    if document.source == "clinicaltrials":
        found += [f"https://clinicaltrials.gov/study/{nct}" for nct in ids.nct[:1]]
    return [address for address in found if address]


def _pages(metadata: dict[str, Any]) -> tuple[str, str]:
    pages = str(metadata.get("pages") or "")
    found = _PAGES.fullmatch(pages)
    return (found["first"], found["last"]) if found else (pages, "")


def write_bibtex(records: Iterable[Record], stream: BinaryIO) -> None:
    """BibTeX: text in UTF-8, what TeX would take for a command escaped; a key used before gets a number."""
    used: dict[str, int] = {}
    for record in records:
        document = record.document
        key = _KEY.sub("_", document.id).strip("_") or "report"
        used[key] = used.get(key, 0) + 1
        name = key if used[key] == 1 else f"{key}-{used[key]}"
        rows = [
            f"  {field} = {{{_line(value) if field in _VERBATIM else value if field == 'author' else _tex(value)}}}"
            for field, value in _fields(record)
            if value and _line(value)
        ]
        kind = "article" if document.journal or document.ids.pmid else "misc"
        stream.write(",\n".join([f"@{kind}{{{name}", *rows]).encode("utf-8", "backslashreplace") + b"\n}\n\n")


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    document = record.document
    meta, ids = document.metadata, document.ids
    yield "author", " and ".join(map(_author, names(document)))
    yield "title", document.title or ""
    yield "journal", document.journal or ""
    yield "year", str(document.year or "")
    yield "volume", str(meta.get("volume") or "")
    yield "number", str(meta.get("issue") or "")
    yield "pages", str(meta.get("pages") or "")
    yield "doi", ids.doi or ""
    yield "pmid", ids.pmid or ""
    yield "pmcid", ids.pmcid or ""
    yield "language", document.language or ""
    yield "type", "; ".join(document.publication_types)
    yield "keywords", "; ".join(_keywords(meta))
    yield "url", next(iter(addresses(document)), "")
    yield "note", "; ".join([*registry_numbers(record), *([RETRACTED] if document.retracted else [])])
    yield "abstract", document.parts.get(ABSTRACT, "")
    yield "affiliation", " | ".join(document.affiliations)
    yield OURS.lower(), document.id


def _author(name: str) -> str:
    """A name for BibTeX; that of a group which an "and" or a comma would cut stands in braces."""
    group = _GROUP.search(name) and (" and " in name or "," in name)
    return f"{{{_tex(name)}}}" if group else _tex(name)


def _tex(value: str) -> str:
    found = "".join(_ESCAPES.get(letter, letter) for letter in _line(value))
    return _RAISED.sub(r"\\textsuperscript{\1}", found)


def write_csl(records: Iterable[Record], stream: BinaryIO) -> None:
    """CSL-JSON, one reference a line in one array: for Zotero, pandoc and citation processors."""
    start = b"[\n"
    for record in records:
        stream.write(start + json_text(csl(record)).encode())
        start = b",\n"
    stream.write(b"[]\n" if start == b"[\n" else b"\n]\n")


def csl(record: Record) -> dict[str, Any]:
    """A report as a CSL item; only what is known."""
    document = record.document
    meta, ids = document.metadata, document.ids
    where = addresses(document)
    item = {
        "id": document.id,
        "type": "article-journal" if document.journal or ids.pmid else "document",
        "title": document.title,
        "author": [_csl_name(name) for name in names(document)],
        "issued": {"date-parts": [[document.year]]} if document.year else None,
        "container-title": document.journal,
        "volume": meta.get("volume"),
        "issue": meta.get("issue"),
        "page": meta.get("pages"),
        "abstract": document.parts.get(ABSTRACT),
        "DOI": ids.doi,
        "PMID": ids.pmid,
        "PMCID": ids.pmcid,
        "URL": where[0] if where else None,
        "language": document.language,
        "genre": "; ".join(document.publication_types),
        "keyword": "; ".join(_keywords(meta)),
        "note": "; ".join([*registry_numbers(record), *([RETRACTED] if document.retracted else [])]),
        "custom": {"affiliations": list(document.affiliations)} if document.affiliations else None,
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    family, mark, given = name.partition(", ")
    return {"family": family, "given": given} if mark else {"literal": name}
