"""What each sentence does in its abstract, by the trained model: background, objective, methods, results, conclusions.

Written into ``doc.user_data`` as plain data; headings, where there are any, say more (:mod:`extractor.context.view`).
"""

from __future__ import annotations

from functools import cached_property

from spacy.language import Language
from spacy.tokens import Doc

from extractor.context import in_title, text_of
from extractor.context.sentences import sentences
from extractor.context.trained import RoleClassifier
from extractor.context.view import PREDICTED
from extractor.shipped import SHIPPED_MODEL, shipped


class Roles:
    """Predicts roles on the first document, so that building a pipeline reads no weights."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.nlp_name = name

    @cached_property
    def classifier(self) -> RoleClassifier:
        return RoleClassifier.load(shipped("models") / SHIPPED_MODEL)

    def __call__(self, doc: Doc) -> Doc:
        body = [s for s in sentences(doc) if not in_title(doc, s.start)]
        text = text_of(doc)
        found = self.classifier.roles([text[s.start : s.end] for s in body])
        doc.user_data[PREDICTED] = [[s.start, role, round(p, 4)] for s, (role, p) in zip(body, found, strict=True)]
        return doc


@Language.factory("trial_roles")
def make_roles(nlp: Language, name: str) -> Roles:
    return Roles(nlp, name)
