"""The tissue that the cells were taken from, as stated; none is inferred from the cell type."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.product.cells import products, sources
from extractor.product.grafts import grafts
from extractor.terms import table

NO_PRODUCT = frozenset({"review", "meta-analysis"})
INSIDE = {"Wharton's jelly": "umbilical cord", "fetal spinal cord": "spinal cord"}  # the closer one is the source
NEAR = 0.1  # a second source counts only where it is said as clearly as the first ("marrow- or fat-derived")


@field(
    "cell_source",
    value="{name, id}",
    after=("report_kind", "cell_type"),
    order=40,
    column="source",
    page=("Cells", "from"),
    several=True,
    alike=("name",),
)
class CellSource(Field):
    """Tissue of origin of the cells, with its CURIE in UBERON."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        found = products(seen)
        own = not any(f.value.get("name") in NO_PRODUCT for f in facts(doc, "report_kind"))
        if not found:
            yield from self._grafts(doc, seen, own)
            return
        ranked = sources(seen, found)
        hidden = {INSIDE[s.term.name] for s in ranked if s.term.name in INSIDE}
        kept = [s for s in ranked if s.term.name not in hidden]
        for place, source in enumerate(kept):
            if place >= len(found) and source.weight < kept[0].weight - NEAR:
                break
            yield self.fact(
                doc,
                {"name": source.term.name, "id": source.term.id or None},
                [(source.start, source.end)],
                rule="beside",
                confidence=0.93,
                primary=own,
            )

    def _grafts(self, doc: Doc, seen: View, own: bool) -> Iterable[Fact]:
        """Tissues of a transplantation that is an arm, where no cell product is studied."""
        named = {g.tissue: g.tissue_at for g in reversed(list(grafts(seen))) if g.tissue}
        for tissue, at in sorted(named.items(), key=lambda item: item[1]):
            term = table("sources").get(tissue)
            value = {"name": tissue, "id": (term.id or None) if term else None}
            yield self.fact(doc, value, [at], rule="graft", confidence=0.85, primary=own)
