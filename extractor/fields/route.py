"""Route by which the studied product was given.

One fact a route. Not found: a route that only follows from the product's form ("tablets"), and a co-medication's route.

CONSORT item 5, interventions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.background import background, of_others
from extractor.context.readers import CELLS, DRUG, around, reader
from extractor.context.view import View, view
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.product.cells import gives_cells, products
from extractor.product.delivery import Delivery, applied, deliveries, given, of_other_agent, put_into
from extractor.product.grafts import grafts
from extractor.product.studied import PRODUCT
from extractor.words import Words

W = Words("fields")

# words after a route's name that make it something else: "intravenous access", "oral mucosa", "intracerebral hemorrhage"
_NOT_A_ROUTE = re.compile(rf"^[\s-]*{W.not_a_route_ha}\b")
_NO_PRODUCT = re.compile(rf"\b{W.no_product}\b")
_TRIED = re.compile(rf"\b{W.tried}\b")
# "Elobixibat is an oral treatment": the studied drug, named in the title, described
_IS_A = re.compile(
    r"\b(?P<drug>[a-z][\w-]{3,})(?:\s?\([^()]{1,40}\))?,?\s(?:(?:is|are|was)\s)?(?:an?|the)\s(?:[\w-]+,?\s(?:and\s)?){0,5}$"
)
_ASSIGNED = re.compile(rf"\b{W.assigned}\b")
_DOSED = re.compile(rf"\d\s?{W.dosed_mg}\b")
# "despite high-dose inhaled corticosteroids", "inadequately controlled on oral drugs": what people took before
_BASELINE = re.compile(rf"\b{W.baseline_despite}\b[^.;,]{{0,35}}$")
_BLOCKED = re.compile(rf"\b{W.blocked}\b")
# given beside chemotherapy, unless the title names it
_SUPPORTIVE = re.compile(rf"\b{W.supportive}\b")
# "blood samples were obtained from the antecubital vein"
_BLED = re.compile(r"\b(?:blood|samples?|specimens?)\b[^.;]{0,50}\bfrom (?:an? |the )?(?:[\w-]+ )?$")
_PAIN = re.compile(r"\b(?:ana?esthe\w*|analges\w*|block\w*|sedat\w*)\b")
_VAGINAL = re.compile(r"\bvaginal(?:ly)?\b")
BLOCKS = frozenset({"nerve block", "paravertebral", "epidural", "caudal"})
# "IV" "IT" "IM" "SC" in capitals, beside an administration
_SHORT = re.compile(
    rf"\b(?:(?P<short>IV|IT|IM|SC|ICV)\b(?![-/]\d)|(?P<low>{W.short_iv})\b|(?P<dotted>[Ii]\.\s?[VvTtMm]|[Ss]\.\s?[Cc]|[Pp]\.\s?[Oo])\.)"
)
# "40 mg sc", "500 mg/m2 iv": small letters are a route after a dose
_AFTER_DOSE = re.compile(rf"{W.after_dose_mcg} $")
_SHORT_NAMES = {
    "IV": "intravenous",
    "IT": "intrathecal",
    "IM": "intramuscular",
    "SC": "subcutaneous",
    "ICV": "intraventricular",
    "PO": "oral",
}
# "phase IV", "stage IV": a Roman numeral
_NUMERAL = re.compile(rf"\b{W.numeral_phase}[\s,/-]*$")
_SHORT_BESIDE = re.compile(
    W.short_beside,
    re.I,
)
_CORD = re.compile(W.cord)
_REVIEWS = frozenset({"review", "meta-analysis"})


@field(
    "route",
    value="{name}",
    after=("report_kind",),
    order=60,
    page=("Route", ""),
    several=True,
    alike=("name",),
)
class Route(Field):
    """Route of administration of the studied product, one fact each."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        review = any(f.value.get("name") in _REVIEWS for f in facts(doc, "report_kind"))
        model = reader("route")
        groups: dict[str, list[tuple[float, Candidate]]] = {}
        for candidate in candidates(seen):
            groups.setdefault(candidate.item.name, []).append((model.probability(candidate.features), candidate))
        for name, places in groups.items():
            best = sorted(places, key=lambda place: (-place[0], place[1].item.start))
            likely, first = best[0]
            taken = likely >= model.thresholds[first.kind]
            if not taken and not any(c.rule for _, c in best):
                continue
            rule = first.rule or "read"
            at = [(c.item.start, c.item.end) for p, c in best[:4] if p >= model.thresholds[c.kind] or not taken]
            yield self.fact(
                doc,
                {"name": name},
                at,
                rule=rule if taken else "doubtful",
                confidence=round(likely, 2),
                primary=taken and not review,
            )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention of a route, with what the reader is told of it."""

    item: Delivery
    rule: str  # how the rules know it for the product's; empty where they do not
    features: tuple[str, ...]
    kind: str  # of the trial


def candidates(seen: View) -> list[Candidate]:
    """All mentions of routes with their features: what the rules think, the words around, what else the text names."""
    cells = gives_cells(seen)
    ruled = {(i.start, i.end): rule for i, rule in _by_rule(seen, cells)}
    named = [_in_cord(seen, item) for item in deliveries(seen, "routes") if not _through(seen, item)]
    named += applied(seen) if cells else ()
    starts = {n.start for n in named}
    every = [*named, *(i for i, _ in _short(seen, cells) if i.start not in starts)]
    names, cord = Counter(i.name for i in every), bool(_CORD.search(seen.folded))
    certain = {i.name for i in every if ruled.get((i.start, i.end), "doubtful") not in ("doubtful", "alone")}
    made = []
    for item in every:
        rule = ruled.get((item.start, item.end), "")
        own = [
            f"rule {rule}",
            f"{item.kind} rule {rule}",
            f"route {item.name}",
            f"kind {item.kind}",
            *(name for name, holds in _holds(seen, item, names, certain, cord) if holds),
        ]
        kind = CELLS if cells else DRUG
        features = (*around(seen, item.start, item.end), *own, *(f"{kind}: {name}" for name in own))
        made.append(Candidate(item, rule, features, kind))
    return made


def _through(seen: View, item: Delivery) -> bool:
    """Whether a mention is the end of another word ("trans-oral"), or a place that blood was taken from."""
    if seen.folded[: item.start].endswith("trans-"):
        return True
    first = max(item.sentence.start, item.start - 90)
    return item.kind == "target" and _BLED.search(seen.folded, first, item.start) is not None


def _in_cord(seen: View, item: Delivery) -> Delivery:
    """The route of a mention; the lesion of a spinal cord injury lies in the cord."""
    lesion = item.kind == "target" and item.name == "local injection" and seen.folded.startswith("lesion", item.start)
    return replace(item, name="intraspinal") if lesion and _CORD.search(seen.folded) else item


def _holds(
    seen: View, item: Delivery, names: Counter[str], certain: set[str], cord: bool
) -> Iterator[tuple[str, bool]]:
    """Named truths of a mention in its document."""
    sentence = seen.folded[item.sentence.start : item.sentence.end]
    yield "put into", put_into(seen, item)
    yield "given", given(seen, item)
    yield "other agent", of_other_agent(seen, item)
    yield "elsewhere", _elsewhere(seen, item)
    yield "harvest", _harvest(seen, item)
    yield "no route behind", bool(_NOT_A_ROUTE.match(seen.folded[item.end : item.end + 40]))
    yield "in title", seen.in_title(item.start)
    yield "only route", len(names) == 1
    yield "named again", names[item.name] > 1
    yield "certain by another mention", item.name in certain
    yield "another is certain", bool(certain - {item.name})
    yield "nothing is certain", not certain
    yield "product in sentence", bool(PRODUCT.search(sentence))
    yield "no product", bool(_NO_PRODUCT.search(sentence))
    yield "dosed", bool(_DOSED.search(sentence))
    yield "tried", bool(_TRIED.search(sentence))
    yield "cord injury", cord


def _by_rule(seen: View, cells: bool) -> list[tuple[Delivery, str]]:
    """The routes that the rules take for the product's, with how they are known."""
    found = [*_named(seen, cells), *_short(seen, cells)]
    if not cells and (products(seen) or next(grafts(seen), None)):  # drugs around a transplantation are not the product
        found = [(item, rule) for item, rule in found if seen.in_title(item.start)]
    if all(rule == "doubtful" for _, rule in found):  # nothing better: the only routes of the text
        found = [(item, "alone") for item, _ in found]
    return found


def _named(seen: View, cells: bool) -> Iterator[tuple[Delivery, str]]:
    for item in (*deliveries(seen, "routes"), *(applied(seen) if cells else ())):
        if _NOT_A_ROUTE.match(seen.folded[item.end : item.end + 40]):
            continue
        rule = _rule_of_cells(seen, item) if cells else _rule_of_drug(seen, item)
        if rule:
            yield item, rule


def _rule_of_cells(seen: View, item: Delivery) -> str | None:
    """How a route in a trial of cells is known to be the cells', if it is."""
    if item.kind == "applied":
        return "doubtful" if _elsewhere(seen, item) else "into"
    if item.kind == "target":
        if not put_into(seen, item) or of_other_agent(seen, item) or _harvest(seen, item):
            return None
        return "doubtful" if _elsewhere(seen, item) else "into"
    if item.kind == "word" and not given(seen, item):
        return None
    if of_other_agent(seen, item):
        return None
    if seen.in_title(item.start):
        return "title"
    if item.name in ("oral", "topical", "rectal", "epidural", "nerve block", "inhaled", "transdermal"):
        return "doubtful"
    return "doubtful" if _elsewhere(seen, item) else "named"


def _elsewhere(seen: View, item: Delivery) -> bool:
    """Whether the sentence speaks of animals or of other people's studies."""
    return background(seen, item.sentence) or of_others(seen, item.sentence)


def _harvest(seen: View, item: Delivery) -> bool:
    """Whether something was taken out there, not put in."""
    before = seen.folded[max(item.sentence.start, item.start - 60) : item.start]
    return bool(re.search(r"\b(?:from|catheter in|drawn|taken|aspirat\w*|collect\w*|samples?|harvest\w*)\b", before))


def _rule_of_drug(seen: View, item: Delivery) -> str | None:
    """How a route in any other trial is known to be the studied product's."""
    if item.kind == "target":
        return None
    sentence = seen.folded[item.sentence.start : item.sentence.end]
    if seen.in_title(item.start):
        return "title"
    described = _IS_A.search(seen.folded[item.sentence.start : item.start])
    if described and described["drug"] in seen.folded[: seen.title[1]]:
        return "drug"
    if _elsewhere(seen, item) or not _TRIED.search(sentence):
        return None
    around = seen.folded[max(item.sentence.start, item.start - 60) : min(item.sentence.end, item.end + 60)]
    if _BASELINE.search(seen.folded[max(item.sentence.start, item.start - 60) : item.start]):
        return None
    if item.name in BLOCKS:
        return "drug" if _BLOCKED.search(around) else None
    if item.name == "rectal" and _VAGINAL.search(around):  # "vaginal suppositories"
        return None
    if _SUPPORTIVE.search(around) and not _SUPPORTIVE.search(seen.folded[: seen.title[1]]):
        return None
    if _NO_PRODUCT.search(around) and not _PAIN.search(seen.folded[: seen.title[1]]):
        return None
    if not (given(seen, item) or _ASSIGNED.search(around) or _DOSED.search(around)):
        return None
    return "drug"


def _short(seen: View, cells: bool) -> Iterator[tuple[Delivery, str]]:
    """Short forms in capitals: "given IV", "IT injection"."""
    for match in _SHORT.finditer(seen.cased):
        name = _SHORT_NAMES.get(
            (match["short"] or match["low"] or match["dotted"]).replace(".", "").replace(" ", "").upper()
        )
        sentence = seen.sentence_at(match.start())
        if match.end() > sentence.end or (match["low"] and not _after_dose(seen, match.start())):
            continue
        beside = (
            seen.folded[match.end() : match.end() + 20],
            seen.folded[max(sentence.start, match.start() - 30) : match.start()],
        )
        item = Delivery(match.start(), match.end(), name or "", "sure", sentence)
        if (
            name
            and not _NUMERAL.search(beside[1])
            and (match["dotted"] or match["low"] or any(_SHORT_BESIDE.search(x) for x in beside))
            and not _NOT_A_ROUTE.match(seen.folded[match.end() : match.end() + 40])
            and ((not match["short"] and not cells) or not of_other_agent(seen, item))
        ):
            rule = "abbreviation" if cells else _rule_of_drug(seen, item)
            if rule:
                yield item, "doubtful" if _elsewhere(seen, item) else rule


def _after_dose(seen: View, start: int) -> bool:
    return bool(_AFTER_DOSE.search(seen.folded, max(0, start - 6), start))
