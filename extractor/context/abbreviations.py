"""Abbreviations resolved to their long forms by scispaCy's rules (Schwartz & Hearst 2003), kept as plain data.

Only the rules are used: scispaCy's component also looks for every later mention of each abbreviation, which nobody here
asks for and which costs as much again.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scispacy.abbreviation import filter_matches, find_abbreviation
from spacy.attrs import ORTH
from spacy.language import Language
from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context import text_of
from extractor.context.view import ABBREVIATIONS

WIDEST = 120  # characters before a bracket in which a long form is looked for
MOST_TOKENS = 8  # in a bracket; scispaCy's rules pass over those with more


@Language.component("trial_abbreviations")
def trial_abbreviations(doc: Doc) -> Doc:
    """Write ``{short: long}`` into ``doc.user_data``; the first definition in the text wins."""
    doc.user_data[ABBREVIATIONS] = dict(definitions(doc)) if "(" in text_of(doc) else {}
    return doc


def definitions(doc: Doc) -> Iterator[tuple[str, str]]:
    """(short form, long form), each of them once."""
    shorts: set[str] = set()
    longs: set[str] = set()
    for long_candidate, short_candidate in filter_matches(brackets(doc), doc):
        short, long = find_abbreviation(long_candidate, short_candidate)
        if long is None or long.text in longs or short.text in shorts:
            continue
        shorts.add(short.text)
        longs.add(long.text)
        yield short.text, by_initials(doc, short.text, short.start) or long.text


def by_initials(doc: Doc, short: str, bracket: int) -> str:
    """The words before the bracket that begin with the letters of the short form, one word a letter, if they do.

    The rules stop at the nearest words that hold the letters: "spectrum disorder" for "stiff-person spectrum disorder (SPSD)".
    """
    if len(short) <= 2 or not short.isupper():
        return ""
    before = text_of(doc)[: doc[bracket].idx].rstrip(" (")[-WIDEST:]
    words = list(re.finditer(r"[^\W\d_]+", before))[-len(short) :]
    if len(words) < len(short) or "".join(w[0][0] for w in words).upper() != short:
        return ""
    return before[words[0].start() :]


def brackets(doc: Doc) -> list[tuple[int, int, int]]:
    """What stands between an opening and a closing bracket, as (0, first token, end), in the order of their ends."""
    orths = doc.to_array(ORTH)
    opened = np.flatnonzero(orths == doc.vocab.strings["("])
    found = []
    for end in np.flatnonzero(orths == doc.vocab.strings[")"]):
        first, last = np.searchsorted(opened, (end - MOST_TOKENS - 1, end - 1))
        found += [(0, int(at) + 1, int(end)) for at in opened[first:last]]
    return found
