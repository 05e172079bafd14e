"""What all formats of references share: fields under their names, each a list of strings, made into a document.

A reader of references only says which of its tags is which field. Marks of a missing value are dropped, names stand
apart, and identifiers are found wherever an exporter keeps them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Ids
from extractor.sources.identifiers import document_id, doi_in, ncts_in, pmcid_in, pmid_in, retracted_in_title, year_in
from extractor.sources.markup import TAG, lines_of, untagged
from extractor.study.registries import identifiers
from extractor.text import fold_case

Fields = Mapping[str, Sequence[str]]
# "NA", "n/a", "null", "NaN", "None", "-": no value at all
MISSING = re.compile(
    r"\s*(?:n/?a|\[?no abstract(?: available)?\]?|#n/a|null|nan|none|nil|undefined|unknown|not available|[-–—.?]+)?\s*",
    re.I,
)
# "(*Retracted publication)", "Retracted Publication", "Retracted"
RETRACTED = re.compile(r"\W*retracted(?: publication| article| paper)?\W*", re.I)
# "NCT02881476," in the place of an author, "CTgov NCT02881476"
NUMBER_ALONE = re.compile(r"\W*(?:CTgov|ClinicalTrials\.gov|ICTRP)?\W*(?P<id>[A-Za-z0-9/-]{8,24})\W*")
# "PMID: 31234567", "PUBMED 31234567", "pubmed/31234567"
PMID_SAID = re.compile(
    r"\b(?:PMID|PubMed(?: ID)?|MEDLINE)\b\s*[:=]?\s*(?:NLM)?(\d{4,9})\b|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/(?:\?term=)?(\d+)",
    re.I,
)
# databases whose accession numbers are PMIDs
PUBMED_BASE = re.compile(r"pubmed|medline|\bnlm\b", re.I)
ACCESSION = re.compile(r"(?:PMID|NLM)?\s*[:=]?\s*(\d{7,8})", re.I)
PMCID_SAID = re.compile(r"\bPMC ?ID\b\s*[:=]?\s*(PMC\d+)|\b(PMC\d{4,})\b", re.I)
# Rayyan writes into the notes: RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-EXCLUSION-REASONS: wrong population
RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{(?P<said>[^}]*)\}")
# Covidence writes into the notes of what was excluded: "Exclusion reason: Wrong population; "
COVIDENCE = re.compile(r"\bExclusion reason:\s*(?P<reason>[^;|\n]+)", re.I)
REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*(?P<reason>[^|\n]+)")
_QUOTED_WORD = re.compile(r'=>\s*\\?"([^"\\]+)')
VERDICTS = {
    "include": re.compile(r"(?:1(?:\.0)?|yes|true|include[sd]?|relevant)", re.I),
    "exclude": re.compile(r"(?:0(?:\.0)?|no|false|exclude[sd]?|irrelevant)", re.I),
}
_LIST = re.compile(r"\[.*\]", re.S)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SIGN = re.compile(r"\s*[;；、]\s*|\s*\|\s*|\s*//\s*|\n+")
_AND = re.compile(r",?\s+(?:and|&|und)\s+")
# the name of a group, whose words are not people's
_GROUP = re.compile(
    r"\b(?:group|consortium|network|investigators?|collaborat\w+|committee|societ(?:y|ies)|association|organi[sz]ation|alliance"
    r"|universit\w+|institut\w*|hospitals?|cent(?:er|re)s?|foundation|council|department|ministry|initiative|company|team)\b",
    re.I,
)
# "Alpha, Ann", "Alpha AB", "Ann Alpha": what is a person's name beside that of a group
_PERSON = re.compile(r"[^,]+,.+|\S.* [A-Z]{1,3}\.?|(?!The\b)[^\W\d_a-z]\S*(?: [^\W\d_a-z]\S*){1,2}")
# "&amp;", "&#39;", "&ndash;": characters as web pages write them
ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")
MARKED_UP = ("title", "abstract", "authors", "journal", "keywords", "affiliations")
# "A.", "A B", "KW", "J.-P.": what is written for given names
_INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}|[A-Z]\.(?:[ -]?[A-Z]\.){0,3}")
_REGISTRY_URL = re.compile(
    r"clinicaltrials|isrctn|trialsearch|clinicaltrialsregister|anzctr|drks|chictr|ctri|jrct|umin", re.I
)


def known(values: Iterable[str | None]) -> list[str]:
    """Values without those that say that there is none.

    >>> known([" NA", "Nature", "", "n/a", "Null results"])
    ['Nature', 'Null results']
    """
    return [v.strip() for v in values if v is not None and not MISSING.fullmatch(v)]


def names(values: Iterable[str]) -> tuple[str, ...]:
    """Names of authors, one each, as they are written.

    >>> names(["Alpha, A. and Beta, B."]), names(["Gamma, C"]), names(["Alpha A., Beta B."])
    (('Alpha, A.', 'Beta, B.'), ('Gamma, C',), ('Alpha A.', 'Beta B.'))
    >>> names(["The Cells and Tissue Consortium"]), names(["Alpha A, Beta B and the ALS Study Group"])
    (('The Cells and Tissue Consortium',), ('Alpha A', 'Beta B', 'the ALS Study Group'))
    >>> names(["Alpha, A., Beta, B."]), names(["Ann Alpha, Bo Beta"]), names(["A Alpha|B Beta"])
    (('Alpha, A.', 'Beta, B.'), ('Ann Alpha', 'Bo Beta'), ('A Alpha', 'B Beta'))
    """
    found: list[str] = []
    for value in known(values):
        if _LIST.fullmatch(value):
            found += [a or b for a, b in _QUOTED.findall(value)]
            continue
        for piece in _SIGN.split(value):
            found += [piece.strip()] if _is_group(piece) else [n for p in _AND.split(piece) for n in _apart(p.strip())]
    return tuple(dict.fromkeys(n for n in (one.strip().strip(",") for one in found) if n and not MISSING.fullmatch(n)))


def _is_group(piece: str) -> bool:
    """Whether a piece is the name of one group: "The Cells and Tissue Consortium", not "Alpha A, Beta B and the ALS Group"."""
    parts = _AND.split(piece.strip())
    if len(parts) == 1:
        parts = [p.strip() for p in piece.split(",")]
    if len(parts) == 1 or not _GROUP.search(piece):
        return False
    return not any(_PERSON.fullmatch(p) for p in parts if not _GROUP.search(p))


def _apart(text: str) -> list[str]:
    """Names in a text that has commas at most: a comma parts names, or a family name from given ones."""
    pieces = [p.strip() for p in text.split(",") if p.strip()]
    if len(pieces) < 2:
        return pieces
    given = [bool(_INITIALS.fullmatch(p)) for p in pieces]
    if len(pieces) % 2 == 0 and all(given[1::2]) and not any(given[::2]):
        return [", ".join(pieces[i : i + 2]) for i in range(0, len(pieces), 2)]
    if len(pieces) > 3 and len(pieces) % 2 == 0 and not any(" " in p for p in pieces[::2]):
        return [", ".join(pieces[i : i + 2]) for i in range(0, len(pieces), 2)]  # "Alpha, Ann, Beta, Bo C."
    if len(pieces) == 2 and (" " not in pieces[0] or " " not in pieces[1]):
        return [", ".join(pieces)]  # "Alpha, Ann", "de la Cruz, Maria", "Alpha, Ann B."
    if len(pieces) == 3 and re.fullmatch(r"Jr\.?|Sr\.?|I{1,3}|IV", pieces[1]):
        return [", ".join(pieces)]
    return pieces


def reference(source: str, fields: Fields, otherwise: str, *, exact: bool = False) -> Document:
    """The document of one reference.

    Parameters
    ----------
    source : str
        The source of its reader.
    fields : mapping
        Any of ``title``, ``abstract``, ``authors``, ``affiliations``, ``year``, ``journal``, ``language``, ``types``,
        ``doi``, ``pmid``, ``pmcid``, ``registry``, ``notes``, ``urls``, ``volume``, ``issue``, ``pages``, ``keywords``,
        ``accession``, ``database``, ``id`` and ``retracted``; of single ones the first value that is one.
    otherwise : str
        The id where nothing in it names it.
    exact : bool
        The texts are as they should be read: marks of a web page in them are none.

    Raises
    ------
    ParseError
        If it has neither words nor a name by which a report could be found.
    """
    marked = () if exact else MARKED_UP
    of = {name: known(map(shown, values) if name in marked else values) for name, values in fields.items()}
    title = _single(of, "title")
    abstract = "\n".join(of.get("abstract", ()))
    people = names(of.get("authors", ()))
    numbers = [n for n in people if registry_numbers(n) and NUMBER_ALONE.fullmatch(n)]
    ids = _ids(of, abstract, numbers)
    said = [v for name in ("types", "notes") for v in of.get(name, ())]
    strong = document_id(ids, "")
    if not (title or abstract or ids != Ids() or of.get("id") or of.get("accession")):
        raise ParseError(f"neither title nor abstract nor an identifier; it holds: {_listed(of)}")
    return Document(
        _single(of, "id") or strong or otherwise,
        source,
        ({TITLE: title} if title else {}) | {ABSTRACT: abstract},
        ids=ids,
        year=next((y for y in map(year_in, of.get("year", ())) if y), None),
        journal=_single(of, "journal"),
        authors=tuple(n for n in people if n not in numbers),
        affiliations=tuple(dict.fromkeys(of.get("affiliations", ()))),
        publication_types=tuple(of.get("types", ())),
        language=_single(of, "language"),
        retracted=retracted_in_title(title) or any(map(_retracted, said)) or _true(of.get("retracted", ())),
        metadata=_metadata(of),
    )


def shown(text: str) -> str:
    """Text without the marks of a web page that an exporter left in it.

    >>> shown("Cells &amp; <i>more</i>: P&lt;0.05"), shown("p < 0.05 & n > 3")
    ('Cells & more: P<0.05', 'p < 0.05 & n > 3')
    """
    if "<" not in text and "&" not in text:
        return text
    bare = html.unescape(text) if ENTITY.search(text) else text
    return lines_of(untagged(bare)) if TAG.search(bare) else bare


def _listed(of: Mapping[str, list[str]]) -> str:
    return ", ".join(sorted(name for name, values in of.items() if values)) or "nothing"


def _single(of: Mapping[str, list[str]], name: str) -> str | None:
    return next(iter(of.get(name, ())), None)


def _retracted(value: str) -> bool:
    return any(RETRACTED.fullmatch(part) for part in value.split(";"))


def _true(values: Iterable[str]) -> bool:
    return any(v.lower() in ("true", "1", "yes", "retracted") for v in values)


def screening(of: Mapping[str, list[str]]) -> dict[str, str]:
    """What a screening program says of a reference: its own field, Rayyan's or Covidence's line in the notes; empty where in doubt."""
    notes = "\n".join(of.get("notes", ()))
    match = RAYYAN.search(notes)
    words = _QUOTED_WORD.findall(match["said"]) if match else of.get("decision", [])
    verdicts = {v for w in words for v, form in VERDICTS.items() if form.fullmatch(w.strip())}
    reason = REASONS.search(notes) or COVIDENCE.search(notes)
    if not words and COVIDENCE.search(notes):
        verdicts = {"exclude"}
    if len(verdicts) != 1:
        return {}
    said = reason["reason"].strip() if reason else next(iter(of.get("reason", ())), "")
    return {"verdict": verdicts.pop()} | ({"reason": said} if said else {})


def _metadata(of: Mapping[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {n: _single(of, n) for n in ("accession", "volume", "issue", "pages")}
    found |= {"keywords": of.get("keywords", []), "screening": screening(of)}
    return {n: v for n, v in found.items() if v}


def registry_numbers(text: str) -> list[tuple[str, str]]:
    """(registry, number) of each registered trial that a text names."""
    return [(found.registry, found.id) for found in identifiers(fold_case(text))]


def _ids(of: Mapping[str, list[str]], abstract: str, numbers: Sequence[str]) -> Ids:
    notes = [*of.get("notes", ()), *of.get("registry", ())]
    urls = of.get("urls", [])
    dois = [*of.get("doi", ()), *urls]
    pmids = [pmid_in(v) or _said(PMID_SAID, [v]) for v in of.get("pmid", ())]
    pmids += [m[1] for m in map(ACCESSION.fullmatch, _accessions(of)) if m]
    registered = [
        pair
        for value in [*of.get("registry", ()), *numbers, *(n for n in of.get("notes", ()) if NUMBER_ALONE.fullmatch(n))]
        for pair in registry_numbers(value)
    ]
    registered += [
        pair for url in [*urls, *of.get("journal", ())] if _REGISTRY_URL.search(url) for pair in registry_numbers(url)
    ]
    ncts = [number for registry, number in registered if registry == "ClinicalTrials.gov"]
    return Ids(
        next((p for p in pmids if p), None) or _said(PMID_SAID, [*notes, *urls]),
        next((d for d in map(doi_in, dois) if d), None),
        next((p for p in map(pmcid_in, of.get("pmcid", ())) if p), None) or _said(PMCID_SAID, [*notes, *urls]),
        tuple(dict.fromkeys([*ncts, *ncts_in(abstract)])),
        tuple(dict.fromkeys(pair for pair in registered if pair[0] != "ClinicalTrials.gov")),
    )


def _accessions(of: Mapping[str, list[str]]) -> list[str]:
    """Accession numbers that are PMIDs: those that say so, and those of PubMed's own databases."""
    own = any(map(PUBMED_BASE.search, of.get("database", ())))
    return [v for v in of.get("accession", ()) if own or re.match(r"\s*PMID\b", v, re.I)]


def _said(pattern: re.Pattern[str], texts: Iterable[str]) -> str | None:
    for text in texts:
        if match := pattern.search(text):
            number = next(g for g in match.groups() if g)
            return number.upper() if number.upper().startswith("PMC") else pmid_in(number)
    return None
