"""Builds the spaCy pipeline from the settings, and runs documents through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extractor import own
from extractor.assemble import assemble
from extractor.context import PARTS, TEXT, text_of
from extractor.context.sentences import flowed
from extractor.context.spoken import Piece, has_body, in_short, own_pieces
from extractor.context.tokens import tokens
from extractor.context.trained import PIPELINE_PARTS
from extractor.declared import field_order, registers
from extractor.errors import SettingsError
from extractor.fields import FIELDS, all_facts
from extractor.fields.own import register
from extractor.fulltext import both
from extractor.model import Document, Fact, Record
from extractor.settings import Settings
from extractor.shipped import SHIPPED_MODEL, shipped
from extractor.text import even

BLANK = "blank"
BATCH_CHARACTERS = 60_000  # of a batch: those of one full text
Reading = tuple[Doc, Document, bool]  # what is read, whose it is, whether it is title and abstract of a full text
UNFILLED, USUAL = {"@tokenizers": "trial_unfilled"}, {"@tokenizers": "spacy.Tokenizer.v1"}


def build(settings: Settings) -> Language:
    """The pipeline: tokeniser, sentences, trained parts, shared context, then one component a field."""
    import extractor.context.abbreviations
    import extractor.context.roles
    import extractor.context.sentences
    import extractor.context.view  # noqa: F401

    own.use(settings.fields)
    register()
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
            made = spacy.load(folder, exclude=() if name else PIPELINE_PARTS, config={"nlp": {"tokenizer": UNFILLED}})
            made.config["nlp"]["tokenizer"] = USUAL  # what a saved pipeline names, spaCy itself has
            return made
        return spacy.load(name)
    except OSError as error:
        raise SettingsError(
            f"model {name!r} is not installed here and nothing is downloaded; install it or leave the setting empty for the shipped one"
        ) from error


def as_doc(nlp: Language, document: Document, pieces: Sequence[Piece] | None = None) -> Doc:
    """What is read of the document (its own pieces, if none are given) as a spaCy Doc that knows its parts."""
    start, places, texts = 0, [], []
    for piece in own_pieces(document) if pieces is None else pieces:
        text = document.parts[piece.part][piece.start : piece.end]
        places.append([piece.part, start, start + len(text), piece.start])
        texts.append(text)
        start += len(text) + 1
    whole = "\n".join(texts)
    doc = tokens(nlp, "\n".join(flowed(even(text)) for text in texts))
    doc.user_data[PARTS] = places
    doc.user_data[TEXT] = whole
    known = {
        "source": document.source,
        "registry": document.source in registers(),
        "publication_types": list(document.publication_types),
    }
    doc.user_data["trialspan_document"] = known
    return doc


def extract(nlp: Language, documents: Iterable[Document], *, batch_size: int = 32) -> Iterator[Record]:
    """Records of `documents`, in their order."""
    yield from (record for _, record in read(nlp, documents, batch_size=batch_size))


def read(nlp: Language, documents: Iterable[Document], *, batch_size: int = 32) -> Iterator[tuple[Doc, Record]]:
    """Each record with the annotated Doc of the whole document: for who needs its sentences and abbreviations too.

    A full text is read twice: title and abstract alone, and all that the trial says of itself. What the abstract says
    is read no worse for the pages behind it.
    """
    order = field_order()
    short: list[Fact] = []
    for batch in _batches(_readings(nlp, documents), batch_size):
        for doc, (_, document, is_short) in zip(_run(nlp, [doc for doc, *_ in batch], batch_size), batch, strict=True):
            if is_short:
                short = list(all_facts(doc))
            else:
                yield doc, assemble(document, both(document, short, list(all_facts(doc))), order)
                short = []


def _run(nlp: Language, docs: list[Doc], batch_size: int) -> list[Doc]:
    """The docs after all parts of the pipeline, each part over all docs before the next.

    One part's code and patterns stay in the processor's cache for the whole batch: a sixth of the time of abstracts.
    """
    for _, part in nlp.pipeline:
        docs = list(part.pipe(docs, batch_size=batch_size)) if hasattr(part, "pipe") else [part(doc) for doc in docs]
    return docs


def _batches(readings: Iterable[Reading], most: int) -> Iterator[list[Reading]]:
    """Readings in batches of at most ``most``; long ones in smaller batches, so that memory stays that of one full text."""
    batch: list[Reading] = []
    characters = 0
    for reading in readings:
        length = len(text_of(reading[0]))
        if batch and (len(batch) == most or characters + length > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(reading)
        characters += length
    if batch:
        yield batch


def _readings(nlp: Language, documents: Iterable[Document]) -> Iterator[Reading]:
    """Each document, a full text after its own title and abstract."""
    for document in documents:
        pieces = in_short(document)
        if pieces and has_body(document):
            yield as_doc(nlp, document, pieces), document, True
        yield as_doc(nlp, document), document, False
