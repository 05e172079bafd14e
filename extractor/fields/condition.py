"""The treated disease, not one that people also have, nor one that came of the treatment."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import view
from extractor.disease.named import canonical, naming
from extractor.disease.treated import treated
from extractor.disease.weighed import LEAST
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.terms import table

SURE = 2 * LEAST


@field(
    "condition",
    value="{name, id}",
    after=("report_kind",),
    order=20,
    page=("Condition", ""),
    several=True,
    alike=("name",),
)
class Condition(Field):
    """The treated disease, with a CURIE of MeSH or MONDO where one of them has it."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        for candidate in treated(seen):
            best, named = candidate.best, naming(candidate)
            name, curie = canonical(candidate, named)
            said = (
                [best] if best.name == named.name and not best.renamed else [best, named]
            )  # the words that name it stand by those that treat it
            rule = "linked" if curie else "phrase"
            if not curie and (found := table("conditions").get(name)):
                curie = found.id
            sure = min(1.0, candidate.score / SURE)
            yield self.fact(
                doc,
                {"name": name, "id": curie or None},
                [(m.start, m.end) for m in said],
                rule=rule,
                confidence=round((0.55 if curie else 0.4) + 0.4 * sure, 3),
            )
