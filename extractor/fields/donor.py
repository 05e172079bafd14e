"""Whose cells they are: the patients' own (autologous) or another's (allogeneic), where the text says so."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.product.cells import Donor, donors, products
from extractor.product.grafts import grafts, in_setting
from extractor.product.studied import studies_cells

NO_PRODUCT = frozenset({"review", "meta-analysis"})


@field(
    "donor",
    value="{name}",
    after=("report_kind", "cell_type"),
    order=50,
    page=("Cells", "donor"),
    alike=("name",),
)
class DonorOfCells(Field):
    """Donor of the cells: autologous or allogeneic."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        own = not any(f.value.get("name") in NO_PRODUCT for f in facts(doc, "report_kind"))
        found = products(seen)
        ranked = donors(seen, found) if found else []
        if not found:
            grafted = list(self._grafts(doc, seen, own))
            yield from grafted
            ranked = [] if grafted else self._of_unnamed(seen)
        for donor in (d for d in ranked if d.weight == ranked[0].weight):  # two where both are studied side by side
            yield self.fact(
                doc, {"name": donor.name}, [(donor.start, donor.end)], rule="said", confidence=0.95, primary=own
            )

    def _of_unnamed(self, seen: View) -> list[Donor]:
        """The donor of cells that no list names ("autologous tissue X cells"), where it is no setting of a drug's trial."""
        if not studies_cells(seen.folded, seen.title[1]):
            return []
        return [d for d in donors(seen, []) if not in_setting(seen, d.start)][:1]

    def _grafts(self, doc: Doc, seen: View, own: bool) -> Iterable[Fact]:
        """Donors of a transplantation that is an arm, where no cell product is studied."""
        for name in ("autologous", "allogeneic"):
            first = next((g for g in grafts(seen) if g.donor == name), None)
            if first:
                yield self.fact(
                    doc, {"name": name}, [(first.start, first.end)], rule="graft", confidence=0.85, primary=own
                )
