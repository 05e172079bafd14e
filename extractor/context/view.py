"""One document as the fields look at it: frozen text, folded text, sentences with roles, abbreviations.

The view is made once a document and lives beside the Doc, not on it, so that only plain data leaves (serialisation, other
processes), whichever components run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context import TEXT, parts, text_of
from extractor.context.sections import Roles, sections
from extractor.context.sentences import Sentence, sentences
from extractor.context.titles import leading
from extractor.text import even, fold, fold_case

WALL = "|"  # neither a word nor a blank
_VIEWS: WeakKeyDictionary[Doc, View] = WeakKeyDictionary()
PREDICTED = "trialspan_roles"  # doc.user_data: [[start of a sentence, role, probability], ...], the title left out
ABBREVIATIONS = "trialspan_abbreviations"  # doc.user_data: {short form: long form as written}


@dataclass(slots=True)
class View:
    """All offsets are those of ``text``, the document's frozen text."""

    text: str
    folded: str  # fold(text): lower case, one dash, one space; same length; a wall between parts
    cased: str  # fold_case(text): as folded, but capitals stay
    sentences: list[Sentence]
    roles: Roles
    title: tuple[int, int]  # offsets of the title; (0, 0) where there is none
    abbreviations: dict[str, str] = field(default_factory=dict)
    predicted: dict[int, tuple[str, float]] = field(default_factory=dict)  # start of a sentence: role, probability
    readings: dict[str, Any] = field(
        default_factory=dict
    )  # what shared grammars read in the text, each once a document
    _starts: list[int] = field(default_factory=list)

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds `offset` (or the last one that begins before it)."""
        if not self._starts:
            self._starts = [s.start for s in self.sentences]
        return self.sentences[max(0, bisect_right(self._starts, offset) - 1)]

    def role_at(self, offset: int) -> str | None:
        """``title``, or the role that the headings give: background, objective, methods, results, conclusions, ..."""
        if self.title[0] <= offset < self.title[1]:
            return "title"
        return self.roles.at(offset)

    def likely_role(self, offset: int) -> tuple[str | None, float]:
        """Role and probability: what a heading says (1.0), else what the trained model thinks; (None, 0.0) without either."""
        role = self.role_at(offset)
        if role is not None:
            return role, 1.0
        return self.predicted.get(self.sentence_at(offset).start, (None, 0.0))

    def one_sentence(self, start: int, end: int) -> bool:
        """Whether a span lies in one sentence, and so in one part."""
        return end <= self.sentence_at(start).end

    def in_title(self, offset: int) -> bool:
        return self.title[0] <= offset < self.title[1]

    def body(self) -> list[Sentence]:
        """Sentences that are not the title's."""
        return [s for s in self.sentences if not self.in_title(s.start)]


T = TypeVar("T")


def once(read: Callable[[View], T]) -> Callable[[View], T]:
    """What is read of a view, read once a document; for what nobody changes."""
    name = f"{read.__module__}.{read.__qualname__}"

    @wraps(read)
    def again(seen: View) -> T:
        if name not in seen.readings:
            seen.readings[name] = read(seen)
        made: T = seen.readings[name]
        return made

    return again


def view(doc: Doc) -> View:
    """The view of `doc`, made on the first call and kept as long as the Doc lives, beside it: a Doc holds plain data alone."""
    if doc not in _VIEWS:
        _VIEWS[doc] = _make(doc)
    return _VIEWS[doc]


def _make(doc: Doc) -> View:
    text = text_of(doc)
    every = sentences(doc)
    spaced = even(text)
    title = next(((s, e) for name, s, e in parts(doc) if name == "title"), None) or _leading(spaced, every)
    found = [x for name, s, e in parts(doc) if name != "title" for x in sections(spaced[s:e], s)]
    return View(
        text,
        walled(fold(text), doc),
        walled(fold_case(text), doc),
        every,
        Roles(found),
        title,
        dict(doc.user_data.get(ABBREVIATIONS, {})),
        {start: (role, p) for start, role, p in doc.user_data.get(PREDICTED, ())},
    )


def _leading(text: str, every: list[Sentence]) -> tuple[int, int]:
    """The title at the head of a text that was handed over in one piece; (0, 0) where there is none."""
    if every and leading(text, every[0].start, every[0].end):
        return every[0].start, every[0].end
    return 0, 0


# a pasted sequence, an encoded picture, a page of blanks: nothing that a sentence holds
NOISE = re.compile(r"\S{400,}|\s{40,}")
SOME_NOISE = re.compile(r"\s(?:\S{400}|\s{39})")  # behind a blank: a look at words, not at letters


def quiet(folded: str) -> str:
    """Folded text with walls in place of what is no prose."""
    return NOISE.sub(lambda m: WALL * len(m.group()), folded) if SOME_NOISE.search(f" {folded}") else folded


def walled(folded: str, doc: Doc) -> str:
    """Folded text with walls that no pattern may run through: between two parts, and in place of what is no prose."""
    folded = quiet(folded)
    for _, _, end in parts(doc)[:-1]:
        folded = folded[:end] + WALL + folded[end + 1 :]
    return folded


@Language.component("trial_plain")
def trial_plain(doc: Doc) -> Doc:
    """Last in the pipeline: takes the view off, so that only plain data is left on the Doc."""
    _VIEWS.pop(doc, None)
    doc.user_data.pop(TEXT, None)
    return doc
