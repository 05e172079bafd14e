"""What all fields may ask of a document: its parts, sentences, sections and who is spoken of. Plain data only."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from spacy.tokens import Doc

from extractor.errors import EvidenceError

PARTS = "trialspan_parts"  # doc.user_data key: [[name, start, end, start within the part], ...] in document order


TEXT = "trialspan_text"  # doc.user_data key: the frozen text, which spaCy would join from its tokens on each access


def text_of(doc: Doc) -> str:
    """The frozen text of `doc`."""
    stored: str | None = doc.user_data.get(TEXT)
    return doc.text if stored is None else stored


def parts(doc: Doc) -> list[tuple[str, int, int]]:
    """(name, start, end) of each part or piece of one, in offsets of ``doc.text``; a bare text is one part ``abstract``."""
    stored: list[Any] | None = doc.user_data.get(PARTS)
    return [(n, s, e) for n, s, e, _ in stored] if stored else [("abstract", 0, len(text_of(doc)))]


def located(doc: Doc, start: int, end: int) -> tuple[str, int]:
    """(name, start) of the part that holds the span: where the part would begin in ``doc.text``.

    Raises
    ------
    EvidenceError
        If no single part holds it.
    """
    every = parts(doc)
    place = max(0, bisect_right([s for _, s, _ in every], start) - 1)
    name, first, last = every[place]
    if not first <= start < end <= last:
        raise EvidenceError(f"span {start}-{end} ({text_of(doc)[start:end]!r}) is not inside one part of the document")
    stored = doc.user_data.get(PARTS)
    return name, first - (stored[place][3] if stored else 0)


def in_title(doc: Doc, start: int) -> bool:
    """Whether an offset lies in the title."""
    return any(name == "title" and first <= start < last for name, first, last in parts(doc))
