"""Sentences in which unwanted effects are marked by hand, as further training data for the entity recogniser.

PHEE, the ADE corpus and the TAC 2017 drug labels mark effects (and drugs), not every disease. What they leave unmarked is
filled in by a *teacher*: a recogniser trained on BC5CDR alone, where all diseases and chemicals are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from training.corpora import Row, SpanTuple, normal, rows

#: Longer "effects" are clauses ("in order to improve safety"), not names.
MOST_WORDS = 6
#: Paragraphs with fewer letters per character are tables.
LETTERS = 0.65
SHORTEST = 60
TOGETHER = 4  # sentences in one document
#: Deaths are no diseases; the rules count them.
DEATH = frozenset({"death", "deaths", "died", "fatal", "fatalities", "fatality", "mortality"})
#: A guess of the teacher is kept where it has a word in small letters; brand names and bullets mislead it.
NAME = re.compile(r"[a-z]{3}")
KINDS = {"Effect": "Disease", "AdverseReaction": "Disease", "TreatDisorder": "Disease", "Drug": "Chemical"}

Marked = tuple[str, list[SpanTuple]]


def marked(folder: Path) -> Iterator[Marked]:
    """All texts with their effects and drugs; no abstract behind PHEE's dev split, no sentence twice."""
    shut = {row["id"].split("_")[0] for row in rows(folder / "phee_dev.jsonl")}
    seen = set[str]()
    sentences = rows(folder / "phee_train.jsonl") + _merged(rows(folder / "ade_v2_pos.jsonl"))
    for row in sentences:
        if row.get("pmid") not in shut and normal(row["text"]) not in seen:
            seen.add(normal(row["text"]))
            yield row["text"], _kinds(row["spans"])
    for row in rows(folder / "tac2017_adr_train.jsonl"):
        yield from _prose(row)


def docs(nlp: Language, teacher: Language, folder: Path) -> list[Doc]:
    """Training documents: hand-marked entities first, the teacher's where it contradicts none of them."""
    joined = list(_together(marked(folder)))
    guessed = teacher.pipe(text for text, _ in joined)
    return [_filled(nlp, text, spans, guess) for (text, spans), guess in zip(joined, guessed, strict=True)]


def _filled(nlp: Language, text: str, spans: list[SpanTuple], guess: Doc) -> Doc:
    """Entities by hand, then the teacher's; clauses and doubtful guesses are left unknown, neither right nor wrong."""
    doc = nlp.make_doc(text)
    by_hand = _cut(doc, spans)
    taken = {token.i for span in by_hand for token in span}
    guessed = _cut(doc, [(e.start_char, e.end_char, e.label_) for e in guess.ents])
    guessed = [span for span in guessed if not taken & {token.i for token in span}]
    sure = [span for span in by_hand if len(span) <= MOST_WORDS] + [span for span in guessed if NAME.search(span.text)]
    doc.set_ents(sure, missing=[span for span in by_hand + guessed if span not in sure], default="outside")
    return doc


def _cut(doc: Doc, spans: Iterable[SpanTuple]) -> list[Span]:
    found = [doc.char_span(start, end, label=label) for start, end, label in spans]
    return filter_spans([span for span in found if span is not None and span.text.lower() not in DEATH])


def _kinds(spans: Iterable[Row]) -> list[SpanTuple]:
    return [(s["start"], s["end"], KINDS[s["label"]]) for s in spans if s["label"] in KINDS]


def _merged(items: list[Row]) -> list[Row]:
    """The ADE corpus has a row a relation; its rows of one sentence as one."""
    merged: dict[str, Row] = {}
    for row in items:
        merged.setdefault(row["text"], {**row, "spans": []})["spans"].extend(row["spans"])
    return list(merged.values())


def _prose(row: Row) -> Iterator[Marked]:
    """Paragraphs of a drug label that are sentences, white space runs as one blank, spans moved along."""
    spans = _kinds(row["spans"])
    for match in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", row["text"]):
        text, shifted = _squeezed(match.group(), match.start(), spans)
        letters = sum(c.isalpha() for c in text)
        if len(text) >= SHORTEST and letters / len(text) >= LETTERS and text.rstrip().endswith((".", ":", "]")):
            yield text, shifted


def _squeezed(text: str, start: int, spans: list[SpanTuple]) -> Marked:
    place, out = list[int](), list[str]()
    for char in text:
        place.append(len(out))
        if not char.isspace() or (out and out[-1] != " "):
            out.append(" " if char.isspace() else char)
    place.append(len(out))
    inside = [(s - start, e - start, label) for s, e, label in spans if start <= s and e <= start + len(text)]
    return "".join(out), [(place[s], place[e - 1] + 1, label) for s, e, label in inside]


def _together(items: Iterable[Marked]) -> Iterator[Marked]:
    text, spans, count = "", list[SpanTuple](), 0
    for one, marks in items:
        shift = len(text) + bool(text)
        text = f"{text} {one}" if text else one
        spans += [(s + shift, e + shift, label) for s, e, label in marks]
        count += 1
        if count == TOGETHER:
            yield text, spans
            text, spans, count = "", [], 0
    if text:
        yield text, spans
