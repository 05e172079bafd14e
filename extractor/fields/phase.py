"""This trial's own phase: 1, 1/2a, 2b, 3; not that of earlier or planned trials."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.study.designs import Said, phases

NO_PHASE = frozenset({"review", "meta-analysis", "animal", "in-vitro"})


@field(
    "phase",
    value="{name}",
    after=("report_kind",),
    order=150,
    page=("Design", "phase"),
    figure=True,
    single=True,
    alike=("name",),
)
class Phase(Field):
    """This trial's own phase."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        other = any(f.value.get("name") in NO_PHASE for f in facts(doc, "report_kind"))
        best: dict[tuple[str, bool], Said] = {}
        for said in phases(seen):
            held = best.get((said.name, said.own))
            if held is None or (seen.in_title(held.start) and not seen.in_title(said.start)):
                best[said.name, said.own] = said
        titled = {name for (name, mine), said in best.items() if mine and seen.title[1] and _in_title(seen, name, said)}
        own = {name for name, mine in best if mine and _agrees(name, titled)}
        for (name, mine), said in best.items():
            if not mine and name in own:
                continue
            general = any(_holds(o, name) for o in own)
            rule = "title" if seen.in_title(said.start) else "said"
            primary = mine and name in own and not other and not general
            yield self.fact(
                doc,
                {"name": name},
                [(said.start, said.end)],
                rule=rule,
                confidence=0.93 if primary else 0.7,
                primary=primary,
            )


def _in_title(seen: View, name: str, said: Said) -> bool:
    return seen.in_title(said.start) or any(t.name == name and seen.in_title(t.start) for t in phases(seen))


def _agrees(name: str, titled: set[str]) -> bool:
    """Whether the text's phase is the title's, said more or less closely; any is, where the title has none."""
    return not titled or name in titled or any(_holds(name, t) or _holds(t, name) for t in titled)


def _holds(longer: str, shorter: str) -> bool:
    """Whether one phase says the other and more: "2b" says "2", "1/2" says "1"."""
    return longer != shorter and (longer.startswith(shorter) or shorter in longer.split("/"))
