"""What crosses every border: Document, Evidence, Fact, Conflict, Record. Plain data, standard library only.

A *document* is one report as it was printed; its parts (title, abstract, sections) are frozen. A *fact* is one claim
with the *evidence* that says it: ``part[start:end] == quote`` in code points, half-open, or the value at a JSON path of
a registry record. A *record* is a document with its facts, the conflicts between them and the fields looked for in vain.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from extractor.errors import EvidenceError

SCHEMA = "trialspan.record/1"
NOT_READ = " (not read)"  # behind the name of a field in `not_found`: part of the report that may tell it was not read
TITLE, ABSTRACT, JSON_PART = "title", "abstract", "json"
LAYOUT = "layout"  # metadata: {part: [[start, end, page, left, top, right, bottom, edges of its words], ...]}
PDF_SHA256 = "pdf_sha256"  # metadata: digest of the file whose pages `LAYOUT` speaks of
OF_ONE_TEXT = (LAYOUT, PDF_SHA256)  # metadata that speak of a copy's own text, not of the report
SOURCE = re.compile(r"[a-z][a-z0-9-]*")  # which sources there are, the catalogue of readers knows


_SORTED = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that say a value: a slice of a part, or the value at a path of a structured record.

    Parameters
    ----------
    part : str
        Name of the document's part; ``"json"`` for a structured record.
    quote : str
        The slice itself, or the value at the path as text. Never empty for a slice.
    start, end : int, optional
        Half-open code-point offsets from the start of the part.
    path : str, optional
        JSON path, for ``part == "json"`` only.
    row, column : str, optional
        Labels of the row and the column, for a cell of a table.
    page : int, optional
        Page of a file that has pages, from 1.
    box : tuple of float, optional
        Where the words stand on the page: left, top, right, bottom as shares of its width and height.
    """

    part: str
    quote: str
    start: int | None = None
    end: int | None = None
    path: str | None = None
    row: str | None = None
    column: str | None = None
    page: int | None = None
    box: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.part == JSON_PART:
            if not self.path:
                raise EvidenceError(f"evidence in part 'json' needs a path; quote {self.quote!r} has none")
        elif self.start is None or self.end is None or not 0 <= self.start < self.end:
            raise EvidenceError(
                f"evidence {self.quote!r} in part {self.part!r}: offsets {self.start}-{self.end} are no span"
            )

    def to_dict(self) -> dict[str, Any]:
        if self.part == JSON_PART:
            return {"part": self.part, "path": self.path, "quote": self.quote}
        data = {"part": self.part, "start": self.start, "end": self.end, "quote": self.quote}
        box = list(self.box) if self.box else None
        places = {"row": self.row, "column": self.column, "page": self.page, "box": box}
        return data | {name: value for name, value in places.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evidence:
        return cls(
            data["part"],
            data["quote"],
            data.get("start"),
            data.get("end"),
            data.get("path"),
            data.get("row"),
            data.get("column"),
            data.get("page"),
            tuple(data["box"]) if data.get("box") else None,
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """One claim about a trial.

    Parameters
    ----------
    field : str
        A name of the field catalogue.
    value : dict
        The field's value, see the record contract.
    evidence : tuple of Evidence
        Never empty, but for ``report_kind``.
    method : str
        Who says so: ``rule:<field>/<rule>``, ``model:<name>``, ``registry:<reader>``, ``curator:<id>``.
    confidence : float
        Probability, 0-1, that a careful reader agrees.
    primary : bool
        False: kept and shown, but not the trial's own value.
    arm : str, optional
        Name of the arm that the value belongs to.
    flags : tuple of str
        Such as ``derived`` or ``exponent_repaired``.
    """

    field: str
    value: dict[str, Any]
    evidence: tuple[Evidence, ...]
    method: str
    confidence: float = 1.0
    primary: bool = True
    arm: str | None = None
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence and self.field != "report_kind":
            raise EvidenceError(f"a {self.field} fact {self.value!r} without evidence does not exist")
        if not 0.0 <= self.confidence <= 1.0:
            raise EvidenceError(f"confidence of a {self.field} fact is {self.confidence}, not a probability")

    def to_dict(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "value": self.value,
            "evidence": [e.to_dict() for e in self.evidence],
            "method": self.method,
            "confidence": round(self.confidence, 4),
            "primary": self.primary,
            "arm": self.arm,
            "flags": list(self.flags),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fact:
        return cls(
            data["field"],
            dict(data["value"]),
            tuple(Evidence.from_dict(e) for e in data["evidence"]),
            data["method"],
            data.get("confidence", 1.0),
            data.get("primary", True),
            data.get("arm"),
            tuple(data.get("flags", ())),
        )

    def key(self) -> str:
        """What makes two facts the same claim: field, value, arm and place, as sorted JSON."""
        place = [e.to_dict() for e in self.evidence]
        return _SORTED.encode([self.field, self.value, self.arm, place])

    def change(self, **changes: Any) -> Fact:
        """A copy with some attributes changed; the original stays as it is."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Ids:
    """Identifiers of a report, without prefixes."""

    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None
    nct: tuple[str, ...] = ()
    other: tuple[tuple[str, str], ...] = ()  # (registry or scheme, id), for what has no place above

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {"pmid": self.pmid, "doi": self.doi, "pmcid": self.pmcid, "nct": list(self.nct)}
        if self.other:
            data["other"] = [list(pair) for pair in self.other]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Ids:
        other = tuple((str(a), str(b)) for a, b in data.get("other", ()))
        return cls(data.get("pmid"), data.get("doi"), data.get("pmcid"), tuple(data.get("nct") or ()), other)


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One report, its text frozen.

    ``parts`` maps a part's name to its text, title first. ``given`` holds facts that a structured source states itself
    (a registry record's enrolment); ``data`` is that record, so that a path can be checked. ``starts`` says where each
    part begins in the file it was cut from. ``notes`` are states that a user must see (``corrected``, ``version 2``).
    """

    id: str
    source: str
    parts: dict[str, str]
    ids: Ids = Ids()
    year: int | None = None
    journal: str | None = None
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    language: str | None = None
    retracted: bool = False
    deleted: bool = False
    notes: tuple[str, ...] = ()
    starts: dict[str, int] = field(default_factory=dict)
    given: tuple[Fact, ...] = ()
    data: dict[str, Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)  # what only some sources have: mesh, pages, volume, ...
    named: bool = True  # False: nothing in it names it, and the id says only in which file it stood, and where

    def __post_init__(self) -> None:
        if not SOURCE.fullmatch(self.source):
            raise ValueError(f"document {self.id!r}: {self.source!r} cannot be the name of a source")

    def __repr__(self) -> str:
        return f"<Document {self.id}: {self.source}, {len(self.text):,} characters>"

    @property
    def title(self) -> str | None:
        return self.parts.get(TITLE)

    @property
    def text(self) -> str:
        """The frozen text: the parts, title first, joined by a newline."""
        return "\n".join(self.parts.values())

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": self.id,
            "source": self.source,
            "title": self.title,
            "ids": self.ids.to_dict(),
            "year": self.year,
            "journal": self.journal,
            "authors": list(self.authors),
            "affiliations": list(self.affiliations),
            "publication_types": list(self.publication_types),
            "language": self.language,
            "retracted": self.retracted,
            "parts": dict(self.parts),
            "sha256": self.sha256,
        }
        extra = {"deleted": self.deleted, "notes": list(self.notes), "starts": self.starts, "metadata": self.metadata}
        return data | {name: value for name, value in extra.items() if value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        return cls(
            id=data["id"],
            source=data["source"],
            parts=dict(data["parts"]),
            ids=Ids.from_dict(data["ids"]),
            year=data.get("year"),
            journal=data.get("journal"),
            authors=tuple(data.get("authors", ())),
            affiliations=tuple(data.get("affiliations", ())),
            publication_types=tuple(data.get("publication_types", ())),
            language=data.get("language"),
            retracted=data.get("retracted", False),
            deleted=data.get("deleted", False),
            notes=tuple(data.get("notes", ())),
            starts=dict(data.get("starts", {})),
            metadata=dict(data.get("metadata", {})),
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts that cannot all be true, and one sentence that says why."""

    kind: str
    facts: tuple[int, ...]
    message: str
    other: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        other = [{"document": name, "facts": list(facts)} for name, facts in self.other]
        return {"kind": self.kind, "facts": list(self.facts), "other": other, "message": self.message}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Conflict:
        other = tuple((o["document"], tuple(o["facts"])) for o in data.get("other", ()))
        return cls(data["kind"], tuple(data["facts"]), data["message"], other)


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """A document with all its facts; conflicts stay beside them."""

    document: Document
    facts: tuple[Fact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    not_found: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = f"{len(self.facts)} facts, {len(self.conflicts)} conflicts, {len(self.not_found)} not reported"
        return f"<Record {self.document.id}: {counts}>"

    def of(self, name: str, *, primary: bool = True) -> list[Fact]:
        """Facts of one field; only the trial's own unless ``primary`` is false."""
        return [f for f in self.facts if f.field == name and (f.primary or not primary)]

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "document": self.document.to_dict(),
            "facts": [f.to_dict() for f in self.facts],
            "conflicts": [c.to_dict() for c in self.conflicts],
            "not_found": list(self.not_found),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        return cls(
            Document.from_dict(data["document"]),
            tuple(Fact.from_dict(f) for f in data["facts"]),
            tuple(Conflict.from_dict(c) for c in data["conflicts"]),
            tuple(data["not_found"]),
        )


def check_evidence(document: Document, facts: Iterable[Fact]) -> None:
    """Raise EvidenceError at the first quote that is not the text at its offsets, or not the value at its path."""
    for fact in facts:
        for item in fact.evidence:
            found = value_at(document.data, item.path or "") if item.part == JSON_PART else slice_of(document, item)
            if found != item.quote:
                where = item.path or f"{item.part} {item.start}-{item.end}"
                raise EvidenceError(
                    f"document {document.id!r}, {fact.field} at {where}: the text says {found!r}, the quote {item.quote!r}"
                )


def slice_of(document: Document, item: Evidence) -> str | None:
    part = document.parts.get(item.part)
    return None if part is None else part[item.start : item.end]


def value_at(data: Any, path: str) -> str | None:
    """The value at a JSON path such as ``$.a.b[0].c``, as text; None where the path leads nowhere."""
    for step in path.removeprefix("$").replace("[", ".[").split(".")[1:]:
        try:
            data = data[int(step[1:-1])] if step.startswith("[") else data[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return as_text(data)


def as_text(value: Any) -> str:
    """A JSON value as the text that evidence quotes: strings as they are, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
