"""What is compared of a report: its facts and metadata in normal forms. Plain data, kept in the store beside the report.

A *centre* is the name of an institution, an *author* a surname with the first initial, a *code* the name of a product or
protocol ("NSI-566", "NurOwn"). ``own`` registry ids are the trial's, ``cited`` ones others'.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from extractor.declared import registers
from extractor.link.statements import statements
from extractor.model import Fact, Record
from extractor.text import fold_case
from extractor.words import Words

W = Words("link")

RECORD, ABSTRACT, PAPER = "record", "conference", "paper"
NO_TRIAL = frozenset({"review", "meta-analysis", "animal", "in-vitro", "other"})
SHINGLES = 24  # hashes a text; the share of equal ones estimates the share of common three-word phrases
WORD = re.compile(r"[a-z0-9]+")
STOP = W.members("stop")
# "Mayo Clinic", "University of Warmia", "Hadassah Medical Center"
CENTRE = re.compile(
    W.centre,
    re.I,
)
GENERAL = re.compile(rf"^{W.general_department}", re.I)
# NSI-566RSC, AstroRx®, MSC-NTF, NS2008-1; not CD133, not ALSFRS
CODE = re.compile(r"\b(?:[A-Z]{2,}[-]?\d{3,}[A-Z]*(?:-\d+)?|[A-Za-z-]{4,}(?=\s?[®™])|[A-Z][a-z]+[A-Z][a-z]+\w*)")
NO_CODE = re.compile(
    r"^(?:NCT|ISRCTN|CD\d|ACTRN|PMC|UMIN|IRCT|DRKS|CTRI|ClinicalTrials|EudraCT|MedDRA|PubMed|ChiCTR|InterQuartile)",
    re.I,
)
# NCT02881476
NUMBER = re.compile(r"NCT\d{8}")
# "Poster", "Abstract 2135", "Annual Meeting"
MEETING = re.compile(W.meeting, re.I)


@dataclass(frozen=True, slots=True)
class Profile:
    """A report as the comparison sees it; empty where the report is silent."""

    id: str
    role: str = PAPER
    kind: str = ""
    year: int | None = None
    start_year: int | None = None
    retracted: bool = False
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    own: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    statements: tuple[tuple[str, str, str], ...] = ()  # (kind, whom, quote)
    references: tuple[tuple[str, str, str], ...] = ()  # (pmid, type, path)
    conditions: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    doses: tuple[tuple[float, float, str], ...] = ()
    n: int | None = None
    counts: tuple[int, ...] = ()
    other_counts: tuple[int, ...] = ()
    female: int | None = None
    male: int | None = None
    age: float | None = None
    arms: tuple[int, ...] = ()
    phases: tuple[str, ...] = ()
    ethics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    shingles: tuple[int, ...] = ()
    words: int = 0
    quotes: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Only what is not empty."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", (), {}, 0, False)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Profile:
        known = {f.name for f in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in data.items() if name in known})

    @property
    def is_record(self) -> bool:
        return self.role == RECORD

    @property
    def of_people(self) -> bool:
        """Whether it may report a trial at all."""
        return self.kind not in NO_TRIAL


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list | tuple) else value


def profile(record: Record, *, likeness: bool = True) -> Profile:
    """The profile of a record; without `likeness` it lacks what only tells how alike two texts are."""
    document = record.document
    own = _own(record)
    text = document.text if likeness else ""
    return Profile(
        id=document.id,
        role=_role(record),
        kind=next((str(f.value.get("name")) for f in record.of("report_kind")), ""),
        year=document.year,
        start_year=_start_year(record),
        retracted=document.retracted,
        pmid=document.ids.pmid or "",
        doi=(document.ids.doi or "").lower(),
        pmcid=document.ids.pmcid or "",
        own=own,
        cited=tuple(sorted({_id(f) for f in record.of("registry_id", primary=False)} - set(own))),
        statements=tuple(statements(document)),
        references=_references(record),
        conditions=_names(record, "condition"),
        cells=_names(record, "cell_type"),
        sources=_names(record, "cell_source"),
        donors=_names(record, "donor"),
        routes=_names(record, "route"),
        sites=_names(record, "route_site"),
        doses=_doses(record),
        **_people(record),
        phases=_names(record, "phase"),
        ethics=tuple(sorted({str(f.value.get("id")) for f in record.of("ethics_approval")})),
        authors=tuple(dict.fromkeys(filter(None, map(author, _authors(record))))),
        centres=centres([*document.affiliations, *_sponsors(record)]),
        codes=codes(text),
        title=title_words(document.title or ""),
        shingles=shingles(text),
        words=len(WORD.findall(plain(text))),
        quotes=_quotes(record),
    )


def _role(record: Record) -> str:
    document = record.document
    if document.source in registers():
        return RECORD
    types = " ".join([*document.publication_types, document.journal or ""])
    return ABSTRACT if MEETING.search(types) else PAPER


def _id(fact: Fact) -> str:
    return str(fact.value.get("id", "")).upper()


def _own(record: Record) -> tuple[str, ...]:
    document = record.document
    found = {_id(f) for f in record.of("registry_id")} | {n.upper() for n in document.ids.nct}
    cited = {_id(f) for f in record.of("registry_id", primary=False)}
    found |= {value.upper() for scheme, value in document.ids.other if scheme.lower() in REGISTRIES}
    number = document.id.upper().split(":")[-1]
    if document.source in registers() and NUMBER.fullmatch(number):  # not the row of an export without numbers
        found.add(number)
    return tuple(sorted(i for i in found - (cited - {_id(f) for f in record.of("registry_id")}) if i))


REGISTRIES = W.members("registries")


def registry_of(id: str) -> str:
    """The registry that an id's form is of.

    >>> registry_of("NCT02881476"), registry_of("2006-004374-27")
    ('NCT', 'EUDRACT')
    """
    letters = re.match(r"[A-Z]+", id)
    return letters.group() if letters else "EUDRACT"


def _names(record: Record, field: str) -> tuple[str, ...]:
    return tuple(sorted({str(f.value.get("name", "")).lower() for f in record.of(field)} - {""}))


def _doses(record: Record) -> tuple[tuple[float, float, str], ...]:
    found = {
        (
            float(f.value.get("low") or f.value["high"]),
            float(f.value.get("high") or f.value["low"]),
            str(f.value.get("unit")),
        )
        for f in record.of("dose")
        if f.value.get("low") is not None or f.value.get("high") is not None
    }
    return tuple(sorted(found))


def _people(record: Record) -> dict[str, Any]:
    own = [int(f.value["n"]) for f in record.of("participants") if f.value.get("n") is not None]
    everyone = [int(f.value["n"]) for f in record.of("participants", primary=False) if f.value.get("n") is not None]
    sex = next((f.value for f in record.of("sex")), {})
    age = next((f.value for f in record.of("age")), {})
    return {
        "n": own[0] if own else None,
        "counts": tuple(sorted(set(own))),
        "other_counts": tuple(sorted(set(everyone) - set(own))),
        "female": sex.get("female"),
        "male": sex.get("male"),
        "age": age.get("mean"),
        "arms": tuple(sorted(int(f.value["n"]) for f in record.of("arm") if f.value.get("n"))),
    }


def _references(record: Record) -> tuple[tuple[str, str, str], ...]:
    """Papers that a registry record names: PMID, type (RESULT, DERIVED, BACKGROUND), path."""
    found = (_protocol(record).get("referencesModule") or {}).get("references") or []
    path = "$.protocolSection.referencesModule.references"
    return tuple(
        (str(r["pmid"]), str(r.get("type", "")), f"{path}[{i}].pmid") for i, r in enumerate(found) if r.get("pmid")
    )


def _start_year(record: Record) -> int | None:
    found = re.search(r"\b(?:19|20)\d\d\b", str(record.document.metadata.get("start_date", "")))
    return int(found.group()) if found else None


def _authors(record: Record) -> list[str]:
    """Names of people; a registry record's authors are its sponsors, so its officials stand for them."""
    if record.document.source not in registers():
        return list(record.document.authors)
    module = _protocol(record).get("contactsLocationsModule") or {}
    names = [str(o.get("name", "")).split(",")[0] for o in module.get("overallOfficials") or ()]
    return [n for n in names if len(n.split()) > 1]


def _protocol(record: Record) -> dict[str, Any]:
    return dict((record.document.data or {}).get("protocolSection") or {})


def _sponsors(record: Record) -> list[str]:
    if record.document.source not in registers():
        return []
    module = _protocol(record).get("contactsLocationsModule") or {}
    places = [str(p.get("facility", "")) for p in module.get("locations") or ()][:10]
    officials = [str(o.get("affiliation", "")) for o in module.get("overallOfficials") or ()]
    return [*record.document.authors, *officials, *places]


def _quotes(record: Record) -> dict[str, str]:
    """The words that say what is compared, for the reasons of a link."""
    compared = (
        "registry_id",
        "condition",
        "cell_type",
        "route",
        "dose",
        "participants",
        "sex",
        "age",
        "phase",
        "ethics_approval",
    )
    found = {name: record.of(name) for name in compared}
    return {name: facts[0].evidence[0].quote for name, facts in found.items() if facts and facts[0].evidence}


# ---------------------------------------------------------------- normal forms


def plain(text: str) -> str:
    """`text` in lower-case ASCII letters, for comparison only.

    >>> plain("Gómez‐Núñez")
    'gomez-nunez'
    """
    folded = unicodedata.normalize("NFKD", fold_case(text)).lower()
    return "".join(c for c in folded if not unicodedata.combining(c))


def author(name: str) -> str:
    """Surname and first initial, whatever the order in which the name is written.

    >>> [author(n) for n in ("Staff NP", "Nathan P. Staff", "Staff, Nathan P", "van der Berg L", "Madonna")]
    ['staff n', 'staff n', 'staff n', 'van der berg l', 'madonna']
    """
    name = " ".join(plain(name).replace(".", " ").split())
    if "," in name:
        last, _, first = name.partition(",")
        return f"{last.strip()} {first.strip()[:1]}".strip()
    words = name.split()
    if len(words) > 1 and len(words[-1]) <= 2:
        return f"{' '.join(words[:-1])} {words[-1][0]}"
    return f"{words[-1]} {words[0][0]}" if len(words) > 1 else name


def centres(affiliations: Iterable[str]) -> tuple[str, ...]:
    """Names of institutions, without departments and towns."""
    found: dict[str, None] = {}
    for affiliation in affiliations:
        for piece in re.split(r"[,;.]|\band\b", affiliation):
            if CENTRE.search(piece) and not GENERAL.match(piece.strip()):
                found[" ".join(w for w in WORD.findall(plain(piece)) if w not in {"the", "of", "and", "de", "di"})] = (
                    None
                )
    return tuple(sorted(found))


def codes(text: str) -> tuple[str, ...]:
    """Names of products and protocols that few reports share."""
    found = {m.group() for m in CODE.finditer(fold_case(text))}
    return tuple(sorted({plain(c).replace("-", "") for c in found if not NO_CODE.match(c)}))


def title_words(title: str) -> tuple[str, ...]:
    """The title's words of weight, in their order, none twice."""
    return tuple(dict.fromkeys(w for w in WORD.findall(plain(title)) if w not in STOP))


def shingles(text: str) -> tuple[int, ...]:
    """A minhash of the text's three-word phrases (Broder 1997); empty for a text that is too short to tell."""
    words = WORD.findall(plain(text))
    if len(words) < SHINGLES:
        return ()
    phrases = {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
    hashes = [int.from_bytes(hashlib.blake2b(p.encode(), digest_size=8).digest(), "big") for p in phrases]
    return tuple(min((h * a + b) % _PRIME for h in hashes) for a, b in _FACTORS)


_PRIME = (1 << 61) - 1
_FACTORS: Sequence[tuple[int, int]] = [
    (6364136223846793005 * (i + 1) % _PRIME, 1442695040888963407 * (i + 7) % _PRIME) for i in range(SHINGLES)
]


def alike(a: Sequence[int], b: Sequence[int]) -> float:
    """The estimated share of common phrases of two texts, 0-1."""
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a) if a and b else 0.0
