"""Abbreviations resolved to their long forms by scispaCy's detector (Schwartz & Hearst 2003), kept as plain data."""

from __future__ import annotations

import warnings

from scispacy.abbreviation import AbbreviationDetector
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from extractor.context import text_of
from extractor.context.view import ABBREVIATIONS

# The detector passes over brackets with more tokens than this in them, but its own pattern follows each open bracket to
# the end of the text first: 10,000 open brackets take it six seconds, with the bound none.
MOST_TOKENS = 8


class Abbreviations:
    """Writes ``{short: long}`` into ``doc.user_data``; the first definition in the text wins."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._detector = AbbreviationDetector(nlp, name, make_serializable=True)
        self._detector.matcher = Matcher(nlp.vocab)
        self._detector.matcher.add("parenthesis", [[{"ORTH": "("}, {"OP": f"{{1,{MOST_TOKENS}}}"}, {"ORTH": ")"}]])

    def __call__(self, doc: Doc) -> Doc:
        if "(" not in text_of(doc):
            doc.user_data[ABBREVIATIONS] = {}
            return doc
        with warnings.catch_warnings():  # W036: the detector's second matcher is empty where nothing was defined
            warnings.simplefilter("ignore", UserWarning)
            doc = self._detector(doc)
        found: dict[str, str] = {}
        for item in doc._.abbreviations:
            found.setdefault(item["short_text"], item["long_text"])
        doc._.abbreviations = []
        doc.user_data[ABBREVIATIONS] = found
        return doc


@Language.factory("trial_abbreviations")
def make_abbreviations(nlp: Language, name: str) -> Abbreviations:
    return Abbreviations(nlp, name)
