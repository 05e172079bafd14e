"""Builds the spaCy pipeline from the settings, and runs documents through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extractor.assemble import assemble
from extractor.context import PARTS, TEXT
from extractor.context.tokens import tokens
from extractor.context.trained import PIPELINE_PARTS
from extractor.declared import declared_fields, registers
from extractor.errors import SettingsError
from extractor.fields import FIELDS, all_facts
from extractor.model import Document, Record
from extractor.settings import Settings
from extractor.shipped import SHIPPED_MODEL, shipped

BLANK = "blank"


def field_order() -> list[str]:
    """Names of all fields, each after those that it reads; the same on every run."""
    graph = {name: set(one.after) for name, one in sorted(declared_fields().items())}
    for name, needs in graph.items():
        if unknown := needs - graph.keys():
            raise SettingsError(f"field {name!r} comes after {sorted(unknown)}, which are no fields")
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def build(settings: Settings) -> Language:
    """The pipeline: tokeniser, sentences, trained parts, shared context, then one component a field."""
    import extractor.context.abbreviations
    import extractor.context.roles
    import extractor.context.sentences
    import extractor.context.view  # noqa: F401

    nlp = load_model(settings.model)
    nlp.max_length = settings.max_characters
    nlp.add_pipe("trial_sentences", first=True)
    if settings.model != BLANK:
        nlp.add_pipe("trial_roles")
    nlp.add_pipe("trial_abbreviations")
    for name in field_order():
        nlp.add_pipe(FIELDS[name].factory, name=name)
    nlp.add_pipe("trial_plain")
    return nlp


def load_model(name: str) -> Language:
    """The spaCy model that the settings name; empty is the shipped one as far as it earns its time, ``blank`` none.

    The shipped recogniser, tagger and parser stay off: on texts that no rule was written on they added no right fact to
    the rules' (``models/trial_sm/card.md``), and cost half of the time. ``trial_sm`` names them, for who wants entities.

    Raises
    ------
    SettingsError
        If no such model is installed. Nothing is downloaded.
    """
    if name == BLANK:
        return spacy.blank("en")
    folder = shipped("models") / SHIPPED_MODEL
    try:
        if name in ("", SHIPPED_MODEL):
            return spacy.load(folder, exclude=() if name else PIPELINE_PARTS)
        return spacy.load(name)
    except OSError as error:
        raise SettingsError(
            f"model {name!r} is not installed here and nothing is downloaded; install it or leave the setting empty for the shipped one"
        ) from error


def as_doc(nlp: Language, document: Document) -> Doc:
    """The document as a spaCy Doc that knows its parts."""
    doc = tokens(nlp, document.text)
    start, places = 0, []
    for name, text in document.parts.items():
        places.append([name, start, start + len(text)])
        start += len(text) + 1
    doc.user_data[PARTS] = places
    doc.user_data[TEXT] = document.text
    known = {
        "source": document.source,
        "registry": document.source in registers(),
        "publication_types": list(document.publication_types),
    }
    doc.user_data["trialspan_document"] = known
    return doc


def extract(nlp: Language, documents: Iterable[Document], *, batch_size: int = 32) -> Iterator[Record]:
    """Records of `documents`, in their order."""
    order = field_order()
    pairs: Iterator[tuple[Doc, Any]] = ((as_doc(nlp, d), d) for d in documents)
    for doc, document in nlp.pipe(pairs, as_tuples=True, batch_size=batch_size):
        yield assemble(document, all_facts(doc), order)
