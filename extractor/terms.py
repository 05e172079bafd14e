"""Tables of terms and exact look-up in text: the longest match, word by word, plural and hyphen forgiven.

A table is a TSV in ``extractor/lexicons``: ``id, name, kind, synonyms`` (synonyms separated by ``|``); lines that begin
with ``#`` are comments. A grounding is exact or a listed synonym, else none: a likeness is no identity.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from operator import itemgetter
from typing import NamedTuple

from extractor import patterns as re
from extractor.text import remembered

REMEMBERED = 50_000  # stems kept: the words of a language in use, not those of all texts
WORD = re.compile(r"[^\W_]+(?:'s\b)?")
Spans = list[tuple[int, int]]


class Term(NamedTuple):
    """One concept: CURIE (may be empty), canonical name, kind within its table."""

    id: str
    name: str
    kind: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A term found at ``start:end`` (half-open, in the searched text); ``how`` is ``name`` or ``synonym``."""

    start: int
    end: int
    term: Term
    how: str


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """A word without its plural ending or possessive.

    >>> [stem(w) for w in ("cells", "biopsies", "illness", "virus", "crohn's")]
    ['cell', 'biopsy', 'illness', 'virus', 'crohn']
    """
    word = word.removesuffix("'s")
    if "ae" in word or "oe" in word:  # British spellings: "oesophagitis", "anaemia"
        word = word.replace("ae", "e").replace("oe", "e")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses")) and not word.endswith("aches"):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us", "as")):
        return word[:-1]
    if word.endswith(("omas", "ias")):  # "myomas", "arrhythmias"; not "pancreas"
        return word[:-1]
    return word


@lru_cache(maxsize=8_192)
def words(text: str) -> tuple[str, ...]:
    """Stemmed words of folded text; the key under which a term is found."""
    return tuple(map(stem, WORD.findall(text)))


class Terms:
    """A look-up table of terms.

    Parameters
    ----------
    terms : iterable of Term
        Where two terms share a synonym, the first keeps it; a canonical name always wins.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._waiting: dict[str, list[tuple[str, Term, str]]] = {}  # labels by their first word, until a text has that
        self._index: dict[tuple[str, ...], tuple[Term, str]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        for how in ("name", "synonym"):
            for term in self.terms:
                for label in (term.name,) if how == "name" else term.synonyms:
                    label = label.lower()
                    if first := WORD.search(label):
                        self._waiting.setdefault(stem(first[0]), []).append((label, term, how))
        self._firsts = frozenset(self._waiting)

    def _begun_by(self, word: str) -> tuple[int, ...]:
        """How many words the terms have that begin with a word, the longest first; their labels are taken apart only now."""
        known = self._lengths.get(word)
        if known is None and word in self._waiting:
            found = [(words(label), term, how) for label, term, how in self._waiting.pop(word)]
            for key, term, how in found:
                self._index.setdefault(key, (term, how))
            known = self._lengths[word] = tuple(sorted({len(key) for key, *_ in found}, reverse=True))
        return known or ()

    @cached_property
    def by_id(self) -> Mapping[str, str]:
        """The name of each id; where several concepts share one, the first is its own."""
        return {t.id: t.name for t in reversed(self.terms) if t.id}

    def get(self, label: str) -> Term | None:
        """The term with this name or synonym."""
        key = words(label.lower())
        found = self._index.get(key) if key and self._begun_by(key[0]) else None
        return found[0] if found else None

    @remembered
    def find(self, folded: str, start: int = 0, end: int | None = None) -> Iterator[Match]:
        """Longest matches in ``folded[start:end]``, left to right, none inside another.

        `folded` comes from :func:`extractor.text.fold`. A match never crosses sentence punctuation.
        """
        stop = len(folded) if end is None else end
        stems = _stems(folded, start, stop)
        firsts = self._firsts
        free = 0
        for place in [place for place, word in enumerate(stems) if word in firsts]:
            if place >= free:
                match = self._at(folded, start, stop, stems, place)
                if match:
                    yield match[0]
                    free = place + match[1]

    def _at(self, folded: str, start: int, stop: int, stems: tuple[str, ...], place: int) -> tuple[Match, int] | None:
        for size in self._begun_by(stems[place]):
            found = self._index.get(stems[place : place + size])
            if found and size <= len(stems) - place:
                spans = _spans(folded, start, stop)[place : place + size]
                if not _broken(folded, spans):
                    return Match(spans[0][0], spans[-1][1], *found), size
        return None


@lru_cache(maxsize=1_024)  # sentences: each part of the pipeline reads a batch of texts before the next does
def _stems(folded: str, start: int, stop: int) -> tuple[str, ...]:
    """The stems of the words of ``folded[start:stop]``."""
    return tuple(map(stem, WORD.findall(folded, start, stop)))


@lru_cache(maxsize=256)
def _spans(folded: str, start: int, stop: int) -> Spans:
    """Where these words stand; asked only for sentences that hold a term."""
    return [m.span() for m in WORD.finditer(folded, start, stop)]


def _broken(folded: str, piece: Spans) -> bool:
    """Whether punctuation other than a hyphen, slash or apostrophe stands between the words."""
    return any(folded[a[1] : b[0]].strip(" -/'") for a, b in itertools.pairwise(piece))


@cache
def table(name: str) -> Terms:
    """The shipped table ``extractor/lexicons/<name>.tsv``."""
    return Terms(rows(name))


def rows(name: str) -> tuple[Term, ...]:
    """The rows of a shipped table, in its order; after them those of one's own."""
    text = files("extractor.lexicons").joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    head, *lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    columns = itemgetter(*map(head.index, ("id", "name", "kind", "synonyms")))
    found = (Term(id_, own, kind, tuple(filter(None, more.split("|")))) for id_, own, kind, more in map(columns, lines))
    return (*found, *_more.get(name, ()))


_more: dict[str, tuple[Term, ...]] = {}


def use_more(found: Mapping[str, tuple[Term, ...]]) -> None:
    """Extend shipped tables by rows of one's own, in place of those before; for a process that has read no text yet."""
    if found != _more:
        _more.clear()
        _more.update(found)
        table.cache_clear()


UNCLASSED = "Not in a class"  # events of other vocabularies, and those that no vocabulary lists


@cache
def _organ_classes() -> tuple[tuple[int, int, str], ...]:
    text = files("extractor.lexicons").joinpath("organ_classes.tsv").read_text(encoding="utf-8")
    rows = csv.reader((li for li in text.splitlines() if not li.startswith("#")), delimiter="\t")
    next(rows)
    return tuple((int(first), int(last), name) for first, last, name in rows)


def organ_class(curie: str | None) -> str:
    """The system organ class of an adverse event by its id in CTCAE 5.

    >>> organ_class("CTCAE5:0564"), organ_class("mesh:D009463")
    ('Nervous system disorders', 'Not in a class')
    """
    scheme, _, number = (curie or "").partition(":")
    if scheme != "CTCAE5" or not number.isdigit():
        return UNCLASSED
    return next((name for first, last, name in _organ_classes() if first <= int(number) <= last), UNCLASSED)
