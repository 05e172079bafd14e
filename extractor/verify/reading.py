"""A document as it is checked: frozen and folded text, sentences, what our own readers found, the arms and their sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from spacy.language import Language
from spacy.tokens import Doc

from extractor.context.sentences import spans
from extractor.context.view import ABBREVIATIONS, quiet
from extractor.model import JSON_PART, Document, Fact, Record
from extractor.pipeline import read
from extractor.text import fold
from extractor.verify.cells import Place
from extractor.verify.numbers import Said, numbers
from extractor.verify.quotes import Typed
from extractor.verify.words import arm_words, mentions
from extractor.words import Words

W = Words("verify")

NO_ARM = re.compile(W.no_arm)
JOIN = 1  # the newline between two parts


@dataclass(slots=True)
class Found:
    """One of our own facts with its places in the whole text."""

    fact: Fact
    places: tuple[Place, ...]

    def near(self, span: Place) -> bool:
        return any(p.start < span.end and span.start < p.end for p in self.places)


@dataclass
class Reading:
    """One document, read once for all of its cells. Offsets are those of ``text``."""

    document: Document
    record: Record
    text: str
    folded: str
    sentences: list[Place]
    long_forms: dict[str, str]
    named_arms: tuple[str, ...] = ()  # arms that the table under check names
    _numbers: dict[tuple[int, int], list[Said]] = field(default_factory=dict)
    _mentions: dict[tuple[str, int, int], list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, doc: Doc, record: Record, named_arms: Sequence[str] = ()) -> Reading:
        text = record.document.text
        short = {fold(k): fold(v) for k, v in doc.user_data.get(ABBREVIATIONS, {}).items()}
        return cls(
            record.document, record, text, quiet(fold(text)), sentences_of(record.document), short, tuple(named_arms)
        )

    @cached_property
    def typed(self) -> Typed:
        return Typed(self.text)

    @cached_property
    def starts(self) -> dict[str, int]:
        """Where each part begins in the text."""
        found, at = {}, 0
        for name, part in self.document.parts.items():
            found[name] = at
            at += len(part) + JOIN
        return found

    @cached_property
    def facts(self) -> list[Found]:
        return [Found(f, tuple(self._places(f))) for f in self.record.facts]

    def _places(self, fact: Fact) -> Iterator[Place]:
        for item in fact.evidence:
            if item.part != JSON_PART and item.start is not None and item.end is not None:
                yield Place(self.starts[item.part] + item.start, self.starts[item.part] + item.end)

    def of_field(self, name: str) -> list[Found]:
        return [f for f in self.facts if f.fact.field == name]

    def around(self, place: Place) -> Place:
        """From the start of the first sentence that a place touches to the end of the last."""
        touched = [s for s in self.sentences if s.start < place.end and place.start < s.end]
        return Place(touched[0].start, max(touched[-1].end, place.end)) if touched else place

    def numbers(self, span: Place) -> list[Said]:
        key = (span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = numbers(self.folded, span.start, span.end)
        return self._numbers[key]

    def mentions(self, term: str, span: Place) -> list[tuple[int, int]]:
        key = (term, span.start, span.end)
        if key not in self._mentions:
            self._mentions[key] = mentions(term, self.folded, span.start, span.end, self.long_forms)
        return self._mentions[key]

    @cached_property
    def arms(self) -> list[str]:
        """Names of arms: the table's and those of our readers' arms, else of our readers' events; each once."""
        ours = [f.value.get("name") for f in self.record.facts if f.field == "arm"]
        if not ours and not self.named_arms:
            ours = [f.arm for f in self.record.facts]
        names = dict.fromkeys(str(n) for n in [*self.named_arms, *ours] if n and not NO_ARM.fullmatch(fold(str(n))))
        return list(names)

    @cached_property
    def arm_vocabulary(self) -> frozenset[str]:
        return frozenset(w for name in self.arms for w in arm_words(name))

    @cached_property
    def sizes(self) -> list[tuple[str, float]]:
        """Names and sizes of the arms that our readers found."""
        return [
            (str(f.value.get("name")), float(f.value["n"]))
            for f in self.record.facts
            if f.field == "arm" and f.value.get("n") is not None
        ]

    def where(self, place: Place) -> tuple[str | None, int | None, int | None]:
        """Part and offsets in it."""
        for name, first in reversed(list(self.starts.items())):
            if place.start >= first:
                return name, place.start - first, place.end - first
        return None, None, None


def sentences_of(document: Document) -> list[Place]:
    """The sentences of all parts, in offsets of the whole text."""
    found, at = [], 0
    for part in document.parts.values():
        found += [Place(at + start, at + end) for start, end in spans(part)]
        at += len(part) + JOIN
    return found


def readings(
    nlp: Language, documents: Iterable[Document], arms: dict[str, list[str]] | None = None
) -> Iterator[Reading]:
    """Each document read; `arms` holds the names of arms that the table under check uses, by document."""
    for doc, record in read(nlp, documents):
        yield Reading.of(doc, record, (arms or {}).get(record.document.id, ()))
