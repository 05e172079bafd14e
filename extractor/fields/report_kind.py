"""What kind of report this is: one answer for every document."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.kinds import kind_of


@field(
    "report_kind",
    value="{name}",
    order=10,
    column="report",
    page=(),
    chapter="Methods",
    own=True,
)
class ReportKind(Field):
    """Kind of report: single-trial, case-report, protocol, review, meta-analysis, animal, in-vitro or other."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        verdict = kind_of(doc, view(doc))
        at = [verdict.at] if verdict.at else []
        yield self.fact(doc, {"name": verdict.kind}, at, rule=verdict.rule, confidence=verdict.confidence)
