"""Place in the body where the studied cells were put: a level of the spine, a structure of the brain, a vessel, a muscle.

Cell products only. Not found: the side, and the place of a biopsy or of the disease.

CONSORT item 5, interventions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.background import background, of_others
from extractor.context.readers import CELLS, around, reader
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.product.cells import gives_cells
from extractor.product.delivery import Delivery, deliveries, given, of_other_agent, put_into
from extractor.words import Words

W = Words("fields")

# "C1-C2" "T10/11" "L3-L4" "C7-T1" "D5-D10": vertebral levels, in capitals
_VERTEBRAE = re.compile(r"(?<![\w-])(?P<level>[CTLD]\d{1,2}\s?[-/]\s?[CTLDS]?\d{1,2})(?![\w-])")
_TAKEN = re.compile(rf"\b{W.taken_from}\b[^,;]{{0,40}}$")
# "stenosis of the renal artery", "MRI of the cervical spine": what is found there, or how it is looked at
_FINDING = re.compile(rf"\b{W.finding}(?: (?:was|were|rose|fell))? (?:of|in|at) (?:the |both |left |right )*$")
# a level beside the route: "lumbar intraspinal injection", "cervical microinjection", "thoracolumbar or cervical injections"
_LEVEL_BESIDE = re.compile(
    rf"^[\s/]*(?:{W.level_beside_and}\s*(?:bilateral |unilateral )?{W.level_beside_cervical}\s*)*{W.level_beside_intraspinal}"
)


@field(
    "route_site",
    value="{name}",
    order=70,
    column="site",
    page=("Route", "site"),
    figure=True,
    several=True,
    alike=("name",),
)
class RouteSite(Field):
    """Where in the body the cells were put."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        if not gives_cells(seen):
            return
        model = reader("route_site")
        groups: dict[str, list[tuple[float, Candidate]]] = {}
        for candidate in (c for c in candidates(seen) if not _is_finding(seen, c.item)):
            groups.setdefault(candidate.item.name, []).append((model.probability(candidate.features), candidate))
        best = {name: max(p for p, _ in places) for name, places in groups.items()}
        for name, places in groups.items():
            likely = best[name]
            if any(name in other and name != other and p >= likely for other, p in best.items()):
                continue  # "motor cortex" is the "frontal motor cortex" of this text
            if likely < KEPT:
                continue
            places.sort(key=lambda place: (-place[0], place[1].item.start))
            yield self.fact(
                doc,
                {"name": name},
                [(c.item.start, c.item.end) for p, c in places[:4] if p >= KEPT],
                rule=places[0][1].rule or "read",
                confidence=round(likely, 2),
                primary=likely >= model.thresholds[CELLS],
            )


KEPT = 0.25  # less likely places are not even kept beside the trial's own


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place of the body that the text names, with what the reader is told of it."""

    item: Delivery
    features: tuple[str, ...]
    rule: str = ""


def candidates(seen: View) -> list[Candidate]:
    """All places of the body that the text names, as far as they may be where cells were put."""
    found = [*((item, _rule(seen, item)) for item in deliveries(seen, "sites")), *_vertebrae(seen)]
    ruled = {item.name for item, rule in found if rule}
    titled = {item.name for item, _ in found if seen.in_title(item.start)}
    made = []
    for item, rule in found:
        names = (
            f"rule {rule or 'none'}",
            f"kind {item.kind}",
            f"{item.kind} rule {rule or 'none'}",
            *(name for name, holds in _holds(seen, item, ruled, titled) if holds),
            *around(seen, item.start, item.end),
        )
        made.append(Candidate(item, names, rule))
    return made


def _holds(seen: View, item: Delivery, ruled: set[str], titled: set[str]) -> Iterator[tuple[str, bool]]:
    """Named truths of a place in its document."""
    before = seen.folded[max(item.sentence.start, item.start - 60) : item.start]
    yield "by rule elsewhere", item.name in ruled
    yield "by rule another", bool(ruled) and item.name not in ruled
    yield "nothing by rule", not ruled
    yield "in title", seen.in_title(item.start)
    yield "titled", item.name in titled
    yield "given", given(seen, item)
    yield "put into", put_into(seen, item)
    yield "other agent", of_other_agent(seen, item)
    yield "background", background(seen, item.sentence) or of_others(seen, item.sentence)
    yield "taken", bool(_TAKEN.search(before))
    yield "beside giving", _beside_giving(seen, item)


def _is_finding(seen: View, item: Delivery) -> bool:
    return bool(_FINDING.search(seen.folded, max(item.sentence.start, item.start - 60), item.start))


def _rule(seen: View, item: Delivery) -> str:
    """What the rules say of a place: ``into``, ``level``, or nothing."""
    if background(seen, item.sentence) or of_others(seen, item.sentence) or of_other_agent(seen, item):
        return ""
    before = seen.folded[max(item.sentence.start, item.start - 60) : item.start]
    if _TAKEN.search(before):
        return ""
    if item.kind == "level":
        return "level" if _beside_giving(seen, item) else ""
    return "into" if put_into(seen, item) else ""


def _beside_giving(seen: View, item: Delivery) -> bool:
    after = seen.folded[item.end : min(item.sentence.end, item.end + 60)]
    own = seen.folded[item.start : item.end]
    beside = bool(_LEVEL_BESIDE.match(after)) or " " in own or bool(re.match(r"\s*(?:,|and|or|and/or|plus)\s", after))
    return given(seen, item) and (beside or put_into(seen, item))


def _vertebrae(seen: View) -> Iterator[tuple[Delivery, str]]:
    for match in _VERTEBRAE.finditer(seen.cased):
        sentence = seen.sentence_at(match.start())
        name = seen.text[match.start() : match.end()]
        item = Delivery(match.start(), match.end(), name, "vertebrae", sentence)
        if match.end() <= sentence.end:
            yield item, "vertebrae" if given(seen, item) and not of_other_agent(seen, item) else ""
