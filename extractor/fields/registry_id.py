"""Registry identifiers, checked against each registry's own form, with the date of registration.

Not found: a registration that is only said ("registered at ClinicalTrials.gov") without its number.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.study.registries import Identifier, identifiers, page_of, registered_on
from extractor.words import Words

W = Words("fields")

# "patients who completed the parent trial (NCT01234567)"
PARENT = re.compile(rf"\b{W.parent_parent} (?:[\w-]+ ){{0,3}}(?:study|trial|studies|trials)\b[^.;]{{0,30}}$")
OTHERS = frozenset({"review", "meta-analysis"})  # numbers in them are those of the trials that they speak of
OWN_OF_REVIEWS = "PROSPERO"


@field(
    "registry_id",
    value="{registry, id, registered_on, url}",
    after=("report_kind",),
    order=190,
    column="registry",
    page=("Registered", ""),
    shown="{id}[ (registered {registered_on})]",
    shared=True,
    own=True,
    view={"registry_ids": "id"},
)
class RegistryId(Field):
    """Registry identifiers (NCT, ISRCTN, EudraCT, ...), with the date of registration where it stands beside."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        found = list(identifiers(seen.cased))
        review = any(f.value.get("name") in OTHERS for f in facts(doc, "report_kind"))
        parents = [f for f in found if _parent(seen, f)]
        for item in found:
            own = item.registry == OWN_OF_REVIEWS if review else item not in parents or len(parents) == len(found)
            date = registered_on(seen.folded, item, found)
            if date and seen.in_title(item.start) != seen.in_title(date[1]):
                date = None
            value = {
                "registry": item.registry,
                "id": item.id,
                "registered_on": date[0] if date else None,
                "url": page_of(item.registry, item.id),
            }
            at = [(item.start, item.end), *([date[1:]] if date else [])]
            yield self.fact(doc, value, at, rule="form", confidence=0.99 if own else 0.8, primary=own)


def _parent(seen: View, item: Identifier) -> bool:
    return bool(PARENT.search(seen.folded, max(0, item.start - 90), item.start))
