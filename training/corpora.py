"""Read the public corpora that the recipe trains on.

What it is: one small reader for every file of the corpus folder, plain rows in, plain rows or spaCy docs out.
What it is not: a downloader. ``training/README.md`` says where each corpus comes from.
Words: a *row* is one line of a jsonl file; a *span* is ``(start, end, label)`` in code points, half-open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

Row = dict[str, Any]
SpanTuple = tuple[int, int, str]

NER_LABELS = ("Disease", "Chemical")


def rows(path: Path) -> list[Row]:
    """Read one jsonl file.

    Raises
    ------
    FileNotFoundError
        If the folder lacks the file; the message names the corpus that is wanted.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: corpus file missing; see training/README.md for its source")
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def normal(text: str) -> str:
    """Reduce a sentence to letters and digits, so that the same sentence in two corpora compares equal."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def labelled(row: Row, labels: Iterable[str]) -> list[SpanTuple]:
    """List the row's spans that carry one of ``labels``."""
    wanted = set(labels)
    return [(span["start"], span["end"], span["label"]) for span in row["spans"] if span["label"] in wanted]


def entity_doc(nlp: Language, text: str, spans: Iterable[SpanTuple]) -> Doc:
    """Tokenise ``text`` and set its entities; a span that cuts a token is dropped, of two that overlap the longer stays."""
    doc = nlp.make_doc(text)
    found = (doc.char_span(start, end, label=label) for start, end, label in spans)
    doc.set_ents(filter_spans([span for span in found if span is not None]), default="outside")
    return doc


def bc5cdr(nlp: Language, folder: Path, split: str) -> list[Doc]:
    """BC5CDR abstracts with Disease and Chemical entities (``split`` is ``train`` or ``dev``)."""
    return [entity_doc(nlp, r["text"], labelled(r, NER_LABELS)) for r in rows(folder / f"bc5cdr_{split}.jsonl")]


def ncbi(nlp: Language, folder: Path, split: str, *, chemicals: frozenset[str] = frozenset()) -> list[Doc]:
    """NCBI disease sentences, joined eight at a time; words of ``chemicals`` are left unannotated.

    The corpus marks no chemicals, so a known chemical's name must not be taught as "no entity".
    """
    docs = []
    for batch in _eights(rows(folder / f"ncbi_{split}.jsonl")):
        text, spans = _joined(batch)
        doc = entity_doc(nlp, text, spans)
        inside = {token.i for ent in doc.ents for token in ent}
        unknown = [Span(doc, t.i, t.i + 1) for t in doc if t.i not in inside and t.lower_ in chemicals]
        doc.set_ents(list(doc.ents), missing=unknown, default="outside")
        docs.append(doc)
    return docs


def chemical_words(docs: Iterable[Doc]) -> frozenset[str]:
    """Words of one-token chemicals seen in ``docs``, lower case, three letters and more."""
    found = (ent[0].lower_ for doc in docs for ent in doc.ents if ent.label_ == "Chemical" and len(ent) == 1)
    return frozenset(word for word in found if len(word) > 2)


def craft(nlp: Language, folder: Path, split: str) -> list[Doc]:
    """CRAFT paragraphs with tags and dependencies (tokens as the corpus has them)."""
    path = folder / f"dep_craft_{split}.spacy"
    if not path.exists():
        raise FileNotFoundError(f"{path}: corpus file missing; see training/README.md for its source")
    return list(DocBin().from_disk(path).get_docs(nlp.vocab))


def _eights(items: list[Row]) -> Iterator[list[Row]]:
    for at in range(0, len(items), 8):
        yield items[at : at + 8]


def _joined(batch: list[Row]) -> tuple[str, list[SpanTuple]]:
    text, spans = "", list[SpanTuple]()
    for row in batch:
        shift = len(text) + bool(text)
        text = f"{text} {row['text']}" if text else row["text"]
        spans += [(start + shift, end + shift, label) for start, end, label in labelled(row, ("Disease",))]
    return text, spans
