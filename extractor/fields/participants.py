"""Number of participants: the people treated or enrolled in this trial (CONSORT 13a), other counts kept as not its own.

Does not find: totals that only a flow diagram or table gives; families, eyes or samples are no people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor.context.view import view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.people.candidates import cohort
from extractor.people.together import total
from extractor.people.total import Total

KEPT = frozenset(
    {
        "randomized",
        "enrolled",
        "treated",
        "analyzed",
        "completed",
        "screened",
        "planned",
        "lost",
        "before:randomized",
        "before:enrolled",
    }
)


@field(
    "participants",
    value="{n, kind}",
    order=100,
    column="n",
    page=("People", ""),
    figure=True,
    single=True,
)
class Participants(Field):
    """How many people the trial treated or enrolled; one is the trial's own, screened and part counts are kept apart."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        own = total(seen)
        if own:
            yield self._own(doc, own)
        yield from self._others(doc, own)

    def _own(self, doc: Doc, own: Total) -> Fact:
        flags = ("derived",) if own.derived else ()
        return self.fact(
            doc, {"n": own.n, "kind": own.kind}, own.at, rule=own.rule, confidence=own.confidence, flags=flags
        )

    def _others(self, doc: Doc, own: Total | None) -> Iterator[Fact]:
        """Counts that are said of people but are not the trial's total, one fact a number."""
        said = {own.n} if own else set()
        for candidate in cohort(view(doc)).candidates:
            count = candidate.count
            if (
                count.n in said
                or count.n < 2
                or not candidate.features & KEPT
                or "outcome" in candidate.features
                or not count.noun
            ):
                continue
            said.add(count.n)
            kind = "unspecified" if "screened only" in candidate.features else candidate.kind
            yield self.fact(
                doc,
                {"n": count.n, "kind": kind},
                [(count.start, count.end)],
                rule="other",
                confidence=0.8,
                primary=False,
            )
