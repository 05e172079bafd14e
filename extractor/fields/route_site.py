"""Place in the body where the studied cells were put: a level of the spine, a structure of the brain, a vessel, a muscle.

Cell products only. Not found: the side, and the place of a biopsy or of the disease.

CONSORT item 5, interventions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor.context.background import background, of_others
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.product.delivery import Delivery, deliveries, given, of_other_agent, put_into
from extractor.product.studied import studies_cells
from extractor.words import Words

W = Words("fields")

# "C1-C2" "T10/11" "L3-L4" "C7-T1" "D5-D10": vertebral levels, in capitals
_VERTEBRAE = re.compile(r"(?<![\w-])(?P<level>[CTLD]\d{1,2}\s?[-/]\s?[CTLDS]?\d{1,2})(?![\w-])")
_TAKEN = re.compile(rf"\b{W.taken_from}\b[^,;]{{0,40}}$")
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
        if not studies_cells(seen.folded, seen.title[1]):
            return
        groups: dict[str, list[tuple[int, int, str]]] = {}
        for start, end, name, rule in [*_sites(seen), *_vertebrae(seen)]:
            groups.setdefault(name, []).append((start, end, rule))
        for name, places in groups.items():
            rule = places[0][2]
            at = [(start, end) for start, end, _ in places[:4]]
            yield self.fact(
                doc, {"name": name}, at, rule=rule, confidence=_CONFIDENCE[rule], primary=rule != "doubtful"
            )


_CONFIDENCE = {"into": 0.85, "level": 0.85, "vertebrae": 0.75, "doubtful": 0.4}


def _sites(seen: View) -> Iterator[tuple[int, int, str, str]]:
    for item in deliveries(seen, "sites"):
        if background(seen, item.sentence) or of_others(seen, item.sentence) or of_other_agent(seen, item):
            continue
        if _TAKEN.search(seen.folded[max(item.sentence.start, item.start - 60) : item.start]):
            continue
        if item.kind == "level":
            if _beside_giving(seen, item):
                yield item.start, item.end, item.name, "level"
        elif put_into(seen, item):
            yield item.start, item.end, item.name, "into"


def _beside_giving(seen: View, item: Delivery) -> bool:
    after = seen.folded[item.end : min(item.sentence.end, item.end + 60)]
    own = seen.folded[item.start : item.end]
    beside = bool(_LEVEL_BESIDE.match(after)) or " " in own or bool(re.match(r"\s*(?:,|and|or|and/or|plus)\s", after))
    return given(seen, item) and (beside or put_into(seen, item))


def _vertebrae(seen: View) -> Iterator[tuple[int, int, str, str]]:
    for match in _VERTEBRAE.finditer(seen.cased):
        sentence = seen.sentence_at(match.start())
        item = Delivery(match.start(), match.end(), match["level"], "level", sentence)
        if match.end() <= sentence.end and given(seen, item) and not of_other_agent(seen, item):
            yield match.start(), match.end(), seen.text[match.start() : match.end()], "vertebrae"
