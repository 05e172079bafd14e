"""The trial's design, one fact a word: randomized, double-blind, placebo-controlled, ...

Named as the text names it: a trial with a placebo group is ``placebo-controlled`` only where it says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.study.designs import Said, designs

NO_DESIGN = frozenset({"review", "meta-analysis", "animal", "in-vitro"})


@field(
    "design",
    value="{name}",
    after=("report_kind",),
    order=160,
    page=("Design", ""),
    several=True,
    alike=("name",),
)
class Design(Field):
    """The trial's design: randomized, open-label, double-blind, placebo-controlled, crossover, ..."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        other = any(f.value.get("name") in NO_DESIGN for f in facts(doc, "report_kind"))
        best: dict[str, Said] = {}
        for said in designs(seen):
            held = best.get(said.name)
            if held is None or _rank(seen, said) > _rank(seen, held):
                best[said.name] = said
        for said in best.values():
            own = said.own and not other
            rule = "title" if seen.in_title(said.start) else "said"
            sure = 0.93 if own else 0.7
            yield self.fact(doc, {"name": said.name}, [(said.start, said.end)], rule=rule, confidence=sure, primary=own)


def _rank(seen: View, said: Said) -> tuple[bool, bool]:
    """This trial's own before others', the text before the title."""
    return said.own, not seen.in_title(said.start)
