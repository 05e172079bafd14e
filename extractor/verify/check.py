"""One answer to one cell: where its quote stands, and what the words there say to its value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from spacy.language import Language

from extractor.model import JSON_PART, Document, Fact
from extractor.text import trim
from extractor.verify import events, figures, names
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Answer, Cell, Place
from extractor.verify.confidence import confidence
from extractor.verify.reading import Reading, readings
from extractor.verify.verdict import Verdict
from extractor.words import Words

W = Words("verify")

Check = Callable[[Reading, Cell, Place, Place | None], Verdict]
RANK = {FOLLOWS: 0, NOT_DERIVABLE: 1, CONTRADICTS: 2}
NEAR = 6  # characters within which an open bracket closes
MOST_READ = 3  # of our own facts in the words of an answer


def check_of(field: str) -> Check:
    if field == "adverse_event":
        return events.check
    return figures.check if field in figures.KEYS else names.check


def answer(reading: Reading, cell: Cell) -> Answer:
    """What the document says to a cell."""
    state, quoted, verdict = best_place(reading, cell)
    place = closed(reading.text, verdict.at) if verdict.at else quoted
    place = Place(*trim(reading.text, place.start, place.end)) if place else None
    part, start, end = reading.where(place) if place else (None, None, None)
    says = reading.text[place.start : place.end] if place else ""
    share = confidence(cell, state, verdict)
    return Answer(
        cell, state, verdict.value, verdict.reasons, says, part, start, end, _read(verdict), share, verdict.how
    )


def closed(text: str, place: Place) -> Place:
    """The place with the bracket closed that it opens: "7 (22.6%)", not "7 (22.6"."""
    words = text[place.start : place.end]
    for opens, closes in ("()", "[]"):
        if words.count(opens) > words.count(closes):
            end = text.find(closes, place.end, place.end + NEAR)
            return Place(place.start, end + 1) if end >= 0 else place
    return place


def best_place(reading: Reading, cell: Cell) -> tuple[str, Place | None, Verdict]:
    """How the quote stands in the text; where, of several places at the one that bears it out; and what is said there."""
    state, places = reading.typed.locate(cell.quote)
    check = check_of(cell.field)
    if not places:
        return state, None, everywhere(reading, cell, check)
    pairs = [
        (place, own_study(reading, reading.around(place), check(reading, cell, reading.around(place), place)))
        for place in places
    ]
    place, verdict = min(pairs, key=lambda pair: RANK[pair[1].value])
    return state, place, verdict


# "earlier work in 30 patients reported no infections": another study's words
OTHERS = re.compile(W.others)


def own_study(reading: Reading, span: Place, verdict: Verdict) -> Verdict:
    """The verdict, but where the sentence speaks of another study and our own readers take nothing from it."""
    if (
        verdict.value != FOLLOWS
        or any(f.fact.primary for f in verdict.facts)
        or not OTHERS.search(reading.folded, span.start, span.end)
    ):
        return verdict
    return Verdict(CONTRADICTS, ("other_study",), verdict.at, "other_study", verdict.facts)


def everywhere(reading: Reading, cell: Cell, check: Check) -> Verdict:
    """Without a quote that stands in the text: the whole text, sentence by sentence."""
    whole = Place(0, len(reading.text))
    if cell.field != "adverse_event":
        return check(reading, cell, whole, None)
    term = str(cell.value.get("term") or "")
    verdicts = []
    for span in reading.sentences:
        ours = any(f.near(span) for f in reading.of_field("adverse_event"))
        if ours or reading.mentions(term, span):
            verdicts.append(check(reading, cell, span, None))
    if not verdicts:
        return events.unsaid(cell)
    return min(verdicts, key=_rank_without_quote)


def _rank_without_quote(verdict: Verdict) -> tuple[int, int]:
    """One sentence that says it is enough; a silence is not told from a sentence of another matter."""
    order = {FOLLOWS: 0, CONTRADICTS: 1, NOT_DERIVABLE: 2}
    return order[verdict.value], not verdict.reasons


def _read(verdict: Verdict) -> tuple[Fact, ...]:
    """Our own facts in the words, each once."""
    found = {json.dumps([f.fact.value, f.fact.arm], sort_keys=True): f.fact for f in verdict.facts}
    return tuple(found.values())[:MOST_READ]


def verify(
    nlp: Language, documents: Iterable[Document], cells: Sequence[Cell], arms: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Answer]:
    """Answers to all cells of `documents`, in the order of the documents, then of the cells.

    `arms` holds the names of arms by document, where more are known than the cells name.
    """
    by_document: dict[str, list[Cell]] = {}
    for cell in cells:
        by_document.setdefault(cell.document, []).append(cell)
    named = {
        name: sorted({c.arm for c in group if c.arm} | set((arms or {}).get(name, ())))
        for name, group in by_document.items()
    }
    wanted = (d for d in documents if d.id in by_document)
    for reading in readings(nlp, wanted, named):
        yield from (answer(reading, cell) for cell in by_document[reading.document.id])


def reasons_against(nlp: Language, document: Document, fact: Fact) -> tuple[str, ...]:
    """Why no quote of a fact says its value; empty where one does, or where the words do not decide."""
    cells = [Cell(document.id, fact.field, fact.value, e.quote, fact.arm) for e in fact.evidence if e.part != JSON_PART]
    answers = list(verify(nlp, [document], cells)) if cells else []
    if not all(a.flagged for a in answers):
        return ()
    return answers[0].reasons if answers else ()
