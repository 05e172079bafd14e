"""Sentence boundaries of abstracts, set before every other component.

Abbreviations, decimals, initials and registry numbers do not end a sentence; a heading glued to the word after it
(``trial.MethodsThe study``) does; a part never shares a sentence with the next. Measured against pysbd in the model card.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from spacy.attrs import IDX, LENGTH, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context import parts, text_of
from extractor.context.titles import run_on
from extractor.text import even
from extractor.words import Words

W = Words("context")

SENTENCES = "trialspan_sentences"  # doc.user_data: [[start, end], ...]
WIDEST_PAGE, FEWEST_BREAKS = 120, 4  # characters of a line; breaks that tell a page from a few lines
WRAPPED = 0.8  # share of the breaks of a wrapped text at which the next word did not fit
HEADING_WORDS = 3  # a line of so few words without a stop is a heading
# of 78,000 sentences of abstracts the longest has 1,484 characters; what goes on is no sentence, and a reader that
# compares each word of a sentence with each other would take the square of its length
LONGEST = 2_000
NOT_A_START = -1  # spaCy's sign for "no sentence begins here", which a parser respects
# "vs." "e.g." "No. 36/2014" "Fig. 2" "et al. found" "St. Louis" "approx. 5"
ABBREVIATION = re.compile(
    rf"(?:\b{W.abbreviation_vs}|(?<![A-Za-z])[A-Z])\.$",
    re.I,
)
# "was seen in arm B. With a median follow-up", "in groups B and C. Side effects"
LETTERED = re.compile(
    r"\b(?:groups?|arms?|cohorts?) (?:[A-Z]{1,2}(?:,| and| or| versus| vs\.?),? ?(?:groups? |arms? )?){0,4}[A-Z]\.\Z",
    re.I,
)
# a full stop, then a new sentence: "cases. No events", "given.[5] The", "trial.MethodsThe", "NCT01234567] RESULTS The",
# "assessed.<BR> RESULTS"
END = re.compile(
    rf"""[.!?](?:\s?<(?i:br)\s?/?>)+|[.!?]['\")\]’”]*(?:\[\d[\d,\s-]*\])?(?=\s)|[.!?](?=[A-Z][a-z]+[A-Z]|[A-Z]{{4,}}[: ]|{W.end_background}\b)|\](?=\s+(?:RESULTS|METHODS|FINDINGS|CONCLUSIONS?|BACKGROUND|OBJECTIVES?)\s)|\n+"""
)
NEXT = re.compile(r"\s*+(?:['\"(\[“‘]\s*+)?(?:[A-Z0-9Α-Ω≥≤<>±~•–-]|[a-z]{1,3}[A-Z]|p38|α|β)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Offsets of one sentence in ``doc.text``, and its place in the order."""

    start: int
    end: int
    index: int


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of the sentences of `text`, without gaps between them but white space."""
    begin, width = 0, page_width(text)
    for match in END.finditer(text):
        for cut in _cuts(text, begin, match.start()):
            yield begin, cut
            begin = cut
        if (
            _line_ends(text, begin, match, width)
            if match.group()[0] == "\n"
            else _ends(text, begin, match.start(), match.end())
        ):
            if text[begin : match.end()].strip():
                yield begin, match.end()
            begin = match.end()
    for cut in _cuts(text, begin, len(text)):
        yield begin, cut
        begin = cut
    if text[begin:].strip():
        yield begin, len(text)


def _cuts(text: str, begin: int, end: int) -> Iterator[int]:
    """Where a run of words that is longer than any sentence is cut: at its blanks."""
    while end - begin > LONGEST:
        blank = text.rfind(" ", begin + 1, begin + LONGEST)
        begin = blank if blank > 0 else begin + LONGEST
        yield begin


def page_width(text: str) -> int:
    """The width that the lines of `text` were wrapped to; 0 where they were not.

    A program breaks a line where the next word would no longer fit; nobody who writes lists or headings does.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    breaks = [(line, following) for line, following in pairwise(lines) if line.strip() and following.strip()]
    if len(breaks) < FEWEST_BREAKS or width > WIDEST_PAGE:
        return 0
    full = sum(_full(line, following, width) for line, following in breaks)
    return width if full >= WRAPPED * len(breaks) else 0


def _full(line: str, following: str, width: int) -> bool:
    """Whether the first word of the next line would not have fitted behind a line."""
    return len(line) + 1 + len(following.split(None, 1)[0]) > width


def _wrap(text: str, at: int, width: int) -> bool:
    """Whether the line break at `at` is one of a page of that width, and nothing that was written."""
    line, rest = text[text.rfind("\n", 0, at) + 1 : at], text[at + 1 : at + 1 + width]
    return bool(line.strip() and rest.strip()) and rest[0] != "\n" and _full(line, rest, width)


def flowed(text: str) -> str:
    """`text` with a blank for each break of a page that it was wrapped to; the same length."""
    width = page_width(text)
    return re.sub("\n", lambda m: " " if _wrap(text, m.start(), width) else "\n", text) if width else text


def _line_ends(text: str, begin: int, mark: re.Match[str], width: int) -> bool:
    """Whether a line break ends the sentence: not where the text was only wrapped to a width."""
    if width and _wrap(text, mark.start(), width):
        return False
    before, following = text[begin : mark.start()].rstrip(), text[mark.end() : mark.end() + 1]
    if "\n\n" in mark.group() or not before or before[-1] in ".!?:;":
        return True
    line = before[before.rfind("\n") + 1 :]
    goes_on = following.islower() or (following.isdecimal() and len(line.split()) > HEADING_WORDS)
    return not goes_on


def _ends(text: str, begin: int, stop: int, after: int) -> bool:
    """Whether the mark at `stop` ends the sentence that began at `begin`."""
    if (
        text[stop] == "."
        and ABBREVIATION.search(text[max(begin, stop - 12) : stop + 1])
        and not LETTERED.search(text, max(begin, stop - 40), stop + 1)
    ):
        # "group A. The trial": an initial at the end of a sentence is followed by a common opener
        return bool(
            re.match(r"\s+(?:The|A|An|In|No|We|This|These|All|There|Of|After|Both|One|Two|Three)\b", text[after:])
        ) and not re.search(r"\b(?:vs|e\.g|i\.e|al|no|fig|dr)\.$", text[max(begin, stop - 6) : stop + 1], re.I)
    if not NEXT.match(text, after):
        return False
    depth = text.count("(", begin, stop) - text.count(")", begin, stop)
    return depth <= 0 or after - begin > 600


def _pieces(text: str, name: str, number: int) -> Iterator[tuple[int, int]]:
    """Sentences of one part; in a text without a title of its own, one that runs into the abstract is cut off."""
    end = run_on(text) if name == "abstract" and number == 1 else None
    if end is None:
        yield from spans(text)
        return
    yield 0, end
    yield from ((end + start, end + stop) for start, stop in spans(text[end:]))


@Language.component("trial_sentences", assigns=["token.is_sent_start"])
def trial_sentences(doc: Doc) -> Doc:
    """Set the sentence boundaries of `doc`, and keep their exact offsets: a boundary may lie inside a token."""
    found = _found(doc)
    doc.user_data[SENTENCES] = found
    flags = np.full(len(doc), NOT_A_START, dtype=np.int64)
    ends = doc.to_array([IDX, LENGTH]).sum(axis=1).astype(np.int64)
    places = np.searchsorted(
        ends, [start for start, _ in found], side="right"
    )  # the first token that ends behind a start
    flags[places[places < len(doc)]] = 1
    flags[:1] = 1
    return doc.from_array([SENT_START], flags.astype(np.uint64))  # type: ignore[arg-type]  # the stub knows 2-d only


def _found(doc: Doc) -> list[list[int]]:
    text = even(text_of(doc))
    return [
        [first + start + _lead(text[first + start : first + end]), first + len(text[first : first + end].rstrip())]
        for name, first, last in parts(doc)
        for start, end in _pieces(text[first:last], name, len(parts(doc)))
    ]


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())


def sentences(doc: Doc) -> list[Sentence]:
    """The sentences of `doc` in order, as offsets (white space at the ends is left out)."""
    stored: list[list[int]] | None = doc.user_data.get(SENTENCES)
    if stored is None:
        bounded = doc.has_annotation("SENT_START")
        stored = [[s.start_char, s.start_char + len(s.text.rstrip())] for s in doc.sents] if bounded else _found(doc)
    return [Sentence(start, end, index) for index, (start, end) in enumerate(stored)]
