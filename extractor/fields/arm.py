"""Arms and dose groups with their sizes (CONSORT 13a).

Does not find: sizes that only a table gives, and groups that are never sized.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.people.arms import arms
from extractor.people.sides import Sides


@field(
    "arm",
    value="{name, n}",
    order=110,
    column="arms",
    page=("Design", "arms"),
    shown="{name}[ (n = {n})]",
    figure=True,
    several=True,
    view={},
)
class Arm(Field):
    """Each arm or dose group with its size."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        choice = arms(seen)
        if choice:
            yield from self._facts(doc, seen, choice)

    def _facts(self, doc: Doc, seen: View, choice: Sides) -> Iterator[Fact]:
        for place, group in enumerate(choice.groups, 1):
            name = seen.text[slice(*group.name_at)] if group.name else f"group {place}"
            at = [(group.start, group.end)]
            if group.name_at != (0, 0) and not (group.start <= group.name_at[0] < group.end):
                at.append(group.name_at)
            flags = ("derived",) if choice.derived else ()
            yield self.fact(
                doc,
                {"name": name, "n": group.n},
                at,
                rule=choice.rule,
                confidence=choice.confidence,
                arm=name,
                flags=flags,
            )
