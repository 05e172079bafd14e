"""The studied cell product's type; cells that are only counted, stained or transfused are none."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.product.cells import products
from extractor.product.grafts import grafts
from extractor.product.studied import studies_cells
from extractor.terms import Term, table

STEM = "hematopoietic stem cell"
NO_PRODUCT = frozenset({"review", "meta-analysis"})


@field(
    "cell_type",
    value="{name, id}",
    after=("report_kind",),
    order=30,
    column="cells",
    page=("Cells", ""),
    several=True,
    alike=("name",),
)
class CellType(Field):
    """Type of the cells that were given, with its CURIE in the Cell Ontology."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        own = not any(f.value.get("name") in NO_PRODUCT for f in facts(doc, "report_kind"))
        found = products(seen)
        if not found:
            yield from self._grafts(doc, seen, own)
        for product in found:
            best, term = product.best, _closer(seen, product.term)
            rule = "title" if seen.in_title(best.start) else "given"
            yield self.fact(
                doc,
                {"name": term.name, "id": term.id or None},
                [(best.start, best.end)],
                rule=rule,
                confidence=0.95 if rule == "title" else 0.85,
                primary=own or rule == "title",  # a review is of the cells that its title names
            )

    def _grafts(self, doc: Doc, seen: View, own: bool) -> Iterable[Fact]:
        """Stem cells of the blood where their transplantation is what a trial of cells studies."""
        graft = next((g for g in grafts(seen) if g.stem_at != (0, 0)), None)
        if graft and studies_cells(seen.folded, seen.title[1]):
            value = {"name": STEM, "id": next(t.id for t in table("cells").terms if t.name == STEM)}
            yield self.fact(doc, value, [graft.stem_at], rule="graft", confidence=0.85, primary=own)


# "after conditioning", "hematopoietic": stem cells of the blood are then those that make blood anew
CONDITIONING = re.compile(r"ha?emato?poietic|ha?emopoietic|\bhsct\b|\bconditioning\b|myeloablat|immunoablat")


def _closer(seen: View, term: Term) -> Term:
    """A product by the closer name that the text gives it: stem cells of the blood that are transplanted, skeletal myoblasts."""
    if term.name == "myoblast" and "skeletal m" in seen.folded:
        return next(t for t in table("cells").terms if t.name == "skeletal myoblast")
    if term.name != "peripheral blood stem cell" or not CONDITIONING.search(seen.folded):
        return term
    return next(t for t in table("cells").terms if t.name == STEM)
