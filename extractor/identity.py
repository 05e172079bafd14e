"""Which copies are of one report, what a report is called, and what is in force of its copies.

A *copy* is one report as one channel gave it. All that is decided here depends on the set of the copies alone, never on
the order in which they came. Copies are of one report where they share a strong identifier (PMID, PMC id, DOI, number of
a registry record) and their titles agree, the same given name and title, or all of title, author, year and text. What
contradicts (two PMIDs) is never joined.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

from extractor.declared import rank_of, registers
from extractor.model import OF_ONE_TEXT, TITLE, Document, Ids

# which number tells two reports apart: a PMID is of one article alone, a DOI may be of a supplement or of a version
KINDS = ("pmid", "pmcid", "doi", "registry")
# after which number a report is called, the first that it alone has: the DOI is what most databases have in common
PREFIX = {"doi": "doi", "pmid": "pubmed", "pmcid": "pmc"}
# "pubmed:30602021", "europepmc:PPR:123": a name that says whose number it is; others are names that people gave
CURIE = re.compile(r"[a-z][a-z0-9-]*:\S+")
ALIKE = 0.9  # share of characters by which two titles are one title, misprints allowed
SAME_WORDS = 0.6  # share of words by which two texts without a title are versions of one
SHORTEST_PREFIX = 3  # words that a title cut short, or one without its subtitle, must have
HEX = 8  # characters of a digest in a report's id
_NO_WORD = re.compile(r"[\W_]+")
_MARKED = re.compile(r"[\^_]\{?([-+−]?\w+)\}?")
_RETRACTED = re.compile(r"retracted(?: article| paper| publication)?(?= )")
_NUMBERED = re.compile(r"\d+|\b[ivx]+\b|\bpart \w+")
_TRANSLATED = re.compile(r"\s*\[[^\[\]]+\][\s.]*")
_TAGS = re.compile(r"\[[^\]]*\][\s.]*$")


@dataclass(frozen=True, slots=True)
class Copy:
    """What is compared of one copy; empty where unknown. ``key`` is a digest of all of it."""

    key: str
    source: str
    title: str = ""
    author: str = ""
    year: int | None = None
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    registry: str = ""
    names: frozenset[str] = frozenset()  # those that the content gave, not a file's name or a place in it
    content: str = ""
    words: frozenset[str] = frozenset()  # of the text, where there is no title
    deleted: bool = False
    size: tuple[int, int] = (0, 0)  # parts with words in them, characters
    updated: str = ""
    slug: str = ""
    translated: bool = False  # the title stands in square brackets: a database's own, not the report's

    @property
    def strong(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS)

    @property
    def keys(self) -> list[str]:
        """By what other copies of the same report find this one."""
        found = [f"{kind}:{getattr(self, kind)}" for kind in KINDS if getattr(self, kind)]
        found += [f"name:{name}" for name in self.names]
        return [*found, f"{self._content}:{self.content}"] if self.content else found

    @property
    def sought(self) -> list[str]:
        """Keys of other copies that may be of the same report."""
        both = self._content == "content" and bool(self.content)
        return [*self.keys, f"content:{self.content}", *([f"named:{self.content}"] if both else [])]

    @property
    def _content(self) -> str:
        return "named" if self.names and not self.strong else "content"


def folded(text: str) -> str:
    """Words alone, in lower case, without accents and marks.

    >>> folded("Cells for ALS: 10^6 a day!"), folded("Épée")
    ('cells for als 10 6 a day', 'epee')
    """
    bare = unicodedata.normalize("NFKD", _MARKED.sub(r" \1", text.lower()))
    return _NO_WORD.sub(" ", "".join(c for c in bare if not unicodedata.combining(c))).strip()


def folded_title(title: str | None) -> str:
    """A title by which copies are compared: folded, a mark of retraction before it and a note in brackets after it left out."""
    words = folded(_TAGS.sub("", title or "") or title or "")
    return _RETRACTED.sub("", words, count=1).strip() if words.startswith("retracted") else words


def family(name: str) -> str:
    """The family name of an author, folded.

    >>> family("Oh KW"), family("Alpha, A."), family("Ann Alpha"), family("van der Berg AB")
    ('oh', 'alpha', 'alpha', 'van der berg')
    """
    first, comma, _ = name.partition(",")
    words = first.split()
    if not comma and len(words) > 1:
        capitals = re.fullmatch(r"[A-Z](?:[-.]?[A-Z]){0,3}\.?", words[-1])
        return folded(" ".join(words[:-1]) if capitals else words[-1])
    return folded(first)


def copy_of(document: Document, key: str, names: Iterable[str] = ()) -> Copy:
    """What is compared of a document, whose digest is `key` and which came under `names`."""
    title = folded_title(document.title)
    author = family(document.authors[0]) if document.authors else ""
    text = folded(" ".join(t for name, t in document.parts.items() if name != TITLE))
    ids, record = document.ids, document.source in registers()
    content = f"{title}|{author}|{document.year or ''}|{text}" if title or text else ""
    return Copy(
        key,
        document.source,
        title,
        author,
        document.year,
        (ids.pmid or "").lstrip("0"),
        (ids.pmcid or "").upper(),
        (ids.doi or "").lower(),
        registry_number(document) if record else "",
        frozenset(names),
        _digest(content) if content else "",
        frozenset() if title else frozenset(text.split()),
        document.deleted,
        (sum(bool(t.strip()) for t in document.parts.values()), len(document.text)),
        str(document.metadata.get("updated_on") or ""),
        _slug(author, title, document.year),
        bool(_TRANSLATED.fullmatch(document.title or "")),
    )


def registry_number(document: Document) -> str:
    """The number of a registry record: what its id says after the register's name, else its first own number."""
    prefix, mark, number = document.id.partition(":")
    if mark and prefix in registers():
        return number.upper()
    return next((n.upper() for n in document.ids.nct), "")


def _slug(author: str, title: str, year: int | None) -> str:
    word = (author or next((w for w in title.split() if len(w) > 3), "") or "report").replace(" ", "-")
    return f"{word[:24]}{year or ''}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# -- one report or two ---------------------------------------------------------------------------------------------


def titles_agree(one: str, other: str) -> bool:
    """Whether two folded titles are one: the same, one cut short, or a misprint apart; numbers must be the same.

    >>> titles_agree("cells in als a phase 2 trial", "cells in als"), titles_agree("cells in als part 1", "cells in als part 2")
    (True, False)
    """
    if one == other:
        return bool(one)
    short, long = sorted((one, other), key=len)
    if not short or _NUMBERED.findall(short) != _NUMBERED.findall(long)[: len(_NUMBERED.findall(short))]:
        return False
    if long.startswith(short + " ") and len(short.split()) >= SHORTEST_PREFIX:
        return True
    if _NUMBERED.findall(short) != _NUMBERED.findall(long) or len(short) < ALIKE * len(long):
        return False
    match = SequenceMatcher(None, short, long, autojunk=False)
    return match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE


def same(a: Copy, b: Copy) -> bool:
    """Whether two copies are of one report, seen by themselves."""
    return not contradict(a, b) and bool(_strongly(a, b) or _by_name(a, b) or _by_content(a, b))


def contradict(a: Copy, b: Copy) -> bool:
    """Whether two copies cannot be of one report: two numbers of one kind, and no better number that they share."""
    if (a.source in registers()) != (b.source in registers()):
        return True
    for kind in KINDS:
        one, other = getattr(a, kind), getattr(b, kind)
        if one and other:
            return bool(one != other)
    return False


def _strongly(a: Copy, b: Copy) -> bool:
    shared = [kind for kind in KINDS if getattr(a, kind) and getattr(a, kind) == getattr(b, kind)]
    if not shared:
        return False
    if "registry" in shared or len(shared) > 1 or not a.title or not b.title or titles_agree(a.title, b.title):
        return True
    # a title in another language: the number alone must be of one article, or the one title be marked as a translation,
    # and who wrote it and when must be the same
    one_article = shared != ["doi"] or a.translated != b.translated
    return one_article and bool(a.author and a.author == b.author and _years_agree(a, b))


def _years_agree(a: Copy, b: Copy) -> bool:
    return a.year is not None and b.year is not None and abs(a.year - b.year) <= 1


def _by_name(a: Copy, b: Copy) -> bool:
    if not a.names & b.names:
        return False
    if a.title or b.title:
        return a.title == b.title or a.deleted or b.deleted
    every = a.words | b.words
    return not every or len(a.words & b.words) >= SAME_WORDS * len(every)


def _by_content(a: Copy, b: Copy) -> bool:
    """All of it the same; two names that people gave stay two reports, which are named as duplicates."""
    return bool(a.content) and a.content == b.content and (not a.names or not b.names or a.strong or b.strong)


def grouped(copies: Iterable[Copy]) -> list[list[Copy]]:
    """The copies of each report; within a report the best channel first. No group holds a contradiction."""
    order = sorted(copies, key=best_first)
    groups = {c.key: [c] for c in order}
    for joined in (_strongly, _by_name, _by_content):
        for a, b in combinations(order, 2):
            one, other = groups[a.key], groups[b.key]
            if one is not other and not contradict(a, b) and joined(a, b) and _may_join(one, other):
                one += other
                for c in other:
                    groups[c.key] = one
    return [sorted(g, key=best_first) for g in {id(g): g for g in groups.values()}.values()]


def _may_join(one: Sequence[Copy], other: Sequence[Copy]) -> bool:
    if any(contradict(a, b) for a in one for b in other):
        return False
    both = [*one, *other]
    names = frozenset[str]().union(*(c.names for c in both))
    return len(names) < 2 or any(c.strong for c in both)


def best_first(copy: Copy) -> tuple[int, tuple[int, ...], str]:
    """For sorting: the copy of the best channel first, within a channel the one that was updated last."""
    return rank_of(copy.source), tuple(-ord(c) for c in copy.updated or " "), copy.key


# -- what a report is called ---------------------------------------------------------------------------------------


def candidates(group: Sequence[Copy]) -> list[str]:
    """Ids that a report may bear, the best first; which of them is free depends on the other reports."""
    classes = zip(*(_classed(c) for c in group), strict=True)
    found = [i for listed in classes for i in sorted(i for ids in listed for i in ids)]
    # each copy's digest, since each is a claim: a report that bears one of them must hear of it, whatever came first
    return [*dict.fromkeys([*found, *sorted(_by_digest(c) for c in group)])]


def _classed(copy: Copy) -> tuple[list[str], ...]:
    """Names that people gave, DOI, PMID, PMC id, names of other channels (numbers of registers among them)."""
    given = sorted(n for n in copy.names if not CURIE.fullmatch(n))
    numbers = [[f"{PREFIX[kind]}:{getattr(copy, kind)}"] if getattr(copy, kind) else [] for kind in PREFIX]
    return (given, *numbers, sorted(n for n in copy.names if CURIE.fullmatch(n)))


def _by_digest(copy: Copy) -> str:
    """Who, when, and a digest of what it says."""
    return f"{copy.slug}-{(copy.content or copy.key)[:HEX]}"


def last_resort(group: Sequence[Copy]) -> str:
    """The id of a report all of whose other ids are claimed by others too."""
    first = min(group, key=lambda c: c.key)
    return f"{first.slug}-{first.key[: 2 * HEX]}"


# -- what is in force of a report ----------------------------------------------------------------------------------


def text_in_force(group: Sequence[Copy]) -> Copy:
    """The copy whose text counts: of each channel the one updated last, of these the one with most parts."""
    newest: dict[str, Copy] = {}
    for copy in sorted(group, key=lambda c: (c.updated, c.size, c.key)):
        newest[copy.source] = copy
    return min(newest.values(), key=lambda c: (c.deleted, -c.size[0], -c.size[1], *best_first(c)))


def assembled(documents: Sequence[Document], chosen: int, id: str) -> Document:
    """The record in force: text of the chosen document, each other value from the best document that has it.

    Parameters
    ----------
    documents : sequence of Document
        All copies, the best channel first.
    chosen : int
        Which of them has the text in force.
    id : str
        The report's id.
    """
    text = documents[chosen]
    data = {name: getattr(text, name) for name in Document.__dataclass_fields__} | {"id": id, "named": True}
    if len(documents) > 1:
        values: dict[str, Any] = {n: _first(documents, n) for n in ("year", "journal", "language")}
        values |= {n: _first(documents, n) or () for n in ("authors", "affiliations", "publication_types")}
        metadata: dict[str, Any] = {}
        for document in reversed(documents):
            metadata |= {
                n: v for n, v in document.metadata.items() if v not in (None, "", [], {}) and n not in OF_ONE_TEXT
            }
        metadata |= {n: text.metadata[n] for n in OF_ONE_TEXT if n in text.metadata}
        data |= values | {
            "ids": _ids(documents),
            "retracted": any(d.retracted for d in documents),
            "deleted": any(d.deleted for d in documents),
            "notes": tuple(dict.fromkeys(n for d in documents for n in d.notes)),
            "metadata": {n: metadata[n] for n in sorted(metadata)},
        }
    return Document(**data)


def _first(documents: Sequence[Document], name: str) -> Any:
    return next((value for d in documents if (value := getattr(d, name))), None)


def _ids(documents: Sequence[Document]) -> Ids:
    every = [d.ids for d in documents]
    return Ids(
        next((i.pmid for i in every if i.pmid), None),
        next((i.doi for i in every if i.doi), None),
        next((i.pmcid for i in every if i.pmcid), None),
        tuple(dict.fromkeys(n for i in every for n in i.nct)),
        tuple(dict.fromkeys(pair for i in every for pair in i.other)),
    )
