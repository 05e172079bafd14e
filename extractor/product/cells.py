"""The studied cell product: its type, the tissue it was taken from, and whose cells they are.

A cell is a product where the text gives it to people: it stands in the title, or beside words of giving (injection,
transplantation, therapy). Cells that are counted, stained or transfused along the way are none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from extractor import patterns as re
from extractor.context.view import View, once
from extractor.product.studied import studies_cells
from extractor.terms import Term, table
from extractor.words import Words

W = Words("product")

# a cheap look: no such word, no cell product
CELLS = re.compile(W.cells)
GIVING = re.compile(rf"\b{W.giving}\b")
# "count", "level", "positive", "infiltration": cells as a measurement
MEASURED = re.compile(rf"^[\s)]*{W.measured_counts}\b")
# "patients undergoing stem cell transplantation", "after autologous stem-cell transplantation": what came before the trial
EARLIER = re.compile(rf"\b{W.earlier_undergoing} (?:{W.earlier_an}[ -]){{0,5}}$")
GRAFT = re.compile(rf"^[- ]{W.graft_transplant}\b")
# "mobilization of peripheral blood stem cells", "side effects of stem cell therapy": cells of a drug's trial
COLLECTED = re.compile(rf"\b{W.collected_mobili} (?:of )?(?:[\w-]+ ){{0,3}}$")
# "the proportion of T cells", "subpopulations of": cells that were measured
SHARE_OF = re.compile(
    r"\b(?:sub-?populations?|subsets?|proportions?|percentages?|ratios?|frequenc(?:y|ies)) of (?:the )?(?:[\w-]+ ){0,3}\(?$"
)
BLOOD_GRAFTS = frozenset(
    {"hematopoietic stem cell", "peripheral blood stem cell", "stem cell", "umbilical cord blood cell"}
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One mention of a cell: its span, its term, how strongly it is the product."""

    start: int
    end: int
    term: Term
    weight: float


@dataclass(slots=True)
class Product:
    """A cell type of the study with its mentions."""

    term: Term
    mentions: list[Cell] = field(default_factory=list)

    @property
    def score(self) -> float:
        strong = sorted((m.weight for m in self.mentions), reverse=True)
        return strong[0] + 0.3 * sum(strong[1:5])

    @property
    def best(self) -> Cell:
        return max(self.mentions, key=lambda m: (m.weight, -m.start))


LEAST = 2.0  # once beside a word of giving, in the study's own sentence or in the title


@once
def products(seen: View) -> list[Product]:
    """The cell types that the study gives, the surest first."""
    if not CELLS.search(seen.folded):
        return []
    groups: dict[str, Product] = {}
    for cell in cells(seen):
        groups.setdefault(cell.term.name, Product(cell.term)).mentions.append(cell)
    ranked = sorted(groups.values(), key=lambda p: (-p.score, p.mentions[0].start))
    ranked = [p for p in ranked if p.term.name not in BLOOD_GRAFTS or _more_than_a_graft(seen, p)]
    exact = [p for p in ranked if p.term.kind != "general" and p.score >= LEAST]
    if not exact:
        return [p for p in ranked[:1] if p.score >= LEAST]
    return _own(seen, exact)


@once
def gives_cells(seen: View) -> bool:
    """Whether the document's product is made of cells, by its words or by a cell type that the study gives."""
    return studies_cells(seen.folded, seen.title[1]) or bool(products(seen))


def _more_than_a_graft(seen: View, product: Product) -> bool:
    """Whether the title names the transplant as what is studied, or the cells themselves are said to be given."""
    return any(
        m.weight >= LEAST and (seen.in_title(m.start) or not GRAFT.match(seen.folded[m.end : m.end + 20]))
        for m in product.mentions
    )


def _own(seen: View, ranked: list[Product]) -> list[Product]:
    """The first, and such others as the title names too, or nothing tells from it in weight."""
    # "bone marrow cells" of the title are the "mononuclear cells" of the text
    ranked = [p for p in ranked if p.term.name not in VAGUE] or ranked
    first = ranked[0]
    titled = [p for p in ranked if any(seen.in_title(m.start) for m in p.mentions)]
    if titled:
        beside = _side_by_side(seen, titled)
        return beside or _unlike(titled)
    return _unlike([first, *(p for p in ranked[1:] if p.score > 0.85 * first.score)])


# between two products of a title: "mesenchymal stem cells and mononuclear bone marrow cells"
SIDES = re.compile(r"[\s)]*(?:and|or|versus|vs\.?|against|with or without|with|plus|,|combined with) (?:[\w-]+ ){0,2}")


def _side_by_side(seen: View, titled: list[Product]) -> list[Product]:
    """Two types that the title names one after the other, also where one is as wide as mononuclear cells."""
    if len(titled) != 2 or not any(p.term.name == "mononuclear cell" for p in titled):
        return []
    first, second = ([m for m in p.mentions if seen.in_title(m.start)] for p in titled)
    for a in first:
        for b in second:
            left, right = (a, b) if a.start < b.start else (b, a)
            if SIDES.fullmatch(seen.folded[left.end : right.start]):
                return titled
    return []


def _unlike(ranked: list[Product]) -> list[Product]:
    """Without types that a better one of the list includes (a CD133+ cell is a mononuclear cell here, too)."""
    kept: list[Product] = []
    for product in ranked:
        covers = any(
            k.term.name in product.term.name or product.term.name in k.term.name or _wider(product.term, k.term)
            for k in kept
        )
        if not covers:
            kept.append(product)
    return kept[:2]


WIDE = frozenset(
    {
        "bone marrow cell",
        "bone marrow-derived stem cell",
        "mononuclear cell",
        "stem cell",
        "umbilical cord blood cell",
        "peripheral blood stem cell",
        "fetal cell",
    }
)


VAGUE = frozenset(
    {
        "embryonic stem cell",
        "induced pluripotent stem cell",
        "bone marrow cell",
        "bone marrow-derived stem cell",
        "peripheral blood stem cell",
        "stem cell",
    }
)


def _wider(one: Term, other: Term) -> bool:
    return one.name in WIDE


@once
def cells(seen: View) -> list[Cell]:
    """Mentions of cells, also by their abbreviation."""
    marked = ((m.start(), m.end(), _named("cells", f"CD{m['number']}+ cell")) for m in MARKED.finditer(seen.folded))
    listed = (
        (m.start, m.end, m.term)
        for m in table("cells").find(seen.folded)
        if not m.term.name.startswith("CD") and _capitals(seen.text[m.start : m.end], "cells")
    )
    spans: list[tuple[int, int, Term]] = []
    for start, end, term in itertools.chain(marked, _abbreviated(seen), listed):  # what the text defines comes first
        if not any(s < end and start < e for s, e, _ in spans):
            spans.append((start, end, term))
    return [
        Cell(start, end, term, _weight(seen, start, end, term))
        for start, end, term in spans
        if end <= seen.sentence_at(start).end and not MEASURED.match(seen.folded[end : end + 30])
    ]


def _capitals(written: str, name: str) -> bool:
    """An abbreviation counts only in capitals: "MSC", not "msc"; "islet" in any."""
    return written.lower().rstrip("s") not in _short(name) or any(c.isupper() for c in written)


@cache
def _short(name: str) -> frozenset[str]:
    """The abbreviations of a table, in lower case."""
    every = (s for t in table(name).terms for s in t.synonyms)
    return frozenset(s.lower().rstrip("s") for s in every if " " not in s and sum(c.isupper() for c in s) > 1)


# "CD133(+) stem cells", "CD34-positive cells", "CD34+ autologous cells"
MARKED = re.compile(r"\bcd(?P<number>133|34)(?: ?\(\+\)|\+|[- ]positive|\(pos\))[ -](?:[\w/-]+ ){0,2}?cells?\b")


@cache
def _named(name: str, label: str) -> Term:
    """The term of a shipped table with this name."""
    return next(t for t in table(name).terms if t.name == label)


def _abbreviated(seen: View) -> Iterator[tuple[int, int, Term]]:
    for short, long in seen.abbreviations.items():
        found = list(table("cells").find(long.lower()))
        term = (
            found[-1].term
            if found
            and long.lower().endswith(
                ("cell", "cells", "fraction", "blood", "vesicles", "exosomes", "astrocytes", "papilla")
            )
            else None
        )
        if term is None or len(short) < 2:
            continue
        for match in re.finditer(rf"(?<![\w]){re.escape(short)}(?![\w+])", seen.text):
            yield match.start(), match.end(), term


def _weight(seen: View, start: int, end: int, term: Term) -> float:
    sentence = seen.sentence_at(start)
    role = seen.role_at(start)
    around = seen.folded[max(sentence.start, start - 80) : min(sentence.end, end + 80)]
    title = seen.in_title(start)
    weight = 3.0 if title else 1.0
    if role in ("methods", "objective", "results"):
        weight += 0.3
    if role == "background":
        weight -= 0.5
    if GIVING.search(around):
        weight += 1.0
    if term.kind == "general":
        weight -= 0.5
    if OWN_CELLS.search(seen.folded, max(sentence.start, start - 45), start):
        weight += 0.5
    if GIVEN.search(seen.folded, start, sentence.end) and not title:
        weight += 0.4
    if (
        term.name in BLOOD_GRAFTS
        and GRAFT.match(seen.folded[end : end + 20])
        and EARLIER.search(seen.folded, max(sentence.start, start - 70), start)
    ):
        weight -= 3.0
    if term.name in BLOOD_GRAFTS and COLLECTED.search(seen.folded, max(sentence.start, start - 50), start):
        weight -= 3.0
    if SHARE_OF.search(seen.folded, max(sentence.start, start - 60), start):
        weight -= 1.0
    if term.name in WIDE and not title:
        weight -= 0.3
    return weight


# "... were injected", "given by lumbar puncture": said of the cells before it
GIVEN = re.compile(W.given)
OWN_CELLS = re.compile(rf"\b{W.own_cells}\b")


# "BM-MSC", "UC-MSCs", "adipose-derived", "from the umbilical cord"
PREFIX: dict[str, str] = {
    "bm": "bone marrow",
    "ad": "adipose tissue",
    "at": "adipose tissue",
    "had": "adipose tissue",
    "uc": "umbilical cord",
    "huc": "umbilical cord",
    "wj": "Wharton's jelly",
    "ucb": "umbilical cord blood",
    "hucb": "umbilical cord blood",
    "cb": "umbilical cord blood",
    "pb": "peripheral blood",
}
SHORT_SOURCE = re.compile(rf"(?<![a-z0-9])a?(?P<source>{W.short_source_bm})-?\s?(?={W.short_source_mscs})")
ADIPOSE = re.compile(r"(?<![\w-])(?:ASC|ADSC|ADRC)s?\b|(?<![\w-])h?Ad(?=MSC)|(?<![\w-])at(?=MSC)")
# words between the tissue and its cells: "bone marrow derived clonal", "marrow -derived human"
TO_CELL = re.compile(
    r"^[\s,-]*+(?:(?:\([^)]{1,12}\)|(?:ex vivo|progenitors?|mesenchymal|hematopoietic|biops\w++)\b|cd\d++\+|"
    r"\w[\w-]{0,9}+)[\s,-]*+){0,5}$"
)
FROM_CELL = re.compile(W.from_cell)
NO_SOURCE_AFTER = re.compile(rf"^[\s-]*{W.no_source_after_biopsy}\b")


@dataclass(frozen=True, slots=True)
class Source:
    term: Term
    start: int
    end: int
    weight: float


def sources(seen: View, found: list[Product]) -> list[Source]:
    """Tissues that are said of the product's cells, the surest first."""
    best: dict[str, Source] = {}
    for source in _sources(seen, found):
        held = best.get(source.term.name)
        if held is None or source.weight > held.weight:
            best[source.term.name] = source
    return sorted(best.values(), key=lambda s: (-s.weight, s.start))


def _sources(seen: View, found: list[Product]) -> Iterator[Source]:
    own = {p.term.name for p in found}
    places = sorted((c.start, c.end, c.weight if c.term.name in own else 0.5) for c in cells(seen))
    for match in table("sources").find(seen.folded):
        if not _capitals(seen.text[match.start : match.end], "sources") or NO_SOURCE_AFTER.match(
            seen.folded[match.end : match.end + 20]
        ):
            continue
        weight = _nearness(seen, match.start, match.end, places)
        if weight > 0:
            yield Source(match.term, match.start, match.end, weight)
    for short in SHORT_SOURCE.finditer(seen.folded):
        if seen.text[short.start("source") : short.end("source")] != short["source"]:
            yield Source(_named("sources", PREFIX[short["source"]]), short.start("source"), short.end("source"), 1.5)
    for adipose in ADIPOSE.finditer(seen.text):
        yield Source(_named("sources", "adipose tissue"), *adipose.span(), 1.2)


def _nearness(seen: View, start: int, end: int, places: list[tuple[int, int, float]]) -> float:
    """How surely the tissue at the span is that of the cells: inside their name, before it, or "derived from" it."""
    sentence = seen.sentence_at(start)
    for first, last, weight in places:
        if first <= start and end <= last:
            return 2.0 + weight
        if end <= first <= end + 70 and first <= sentence.end and TO_CELL.match(seen.folded[end:first]):
            return 1.5 + weight
    before = seen.folded[max(sentence.start, start - 90) : start]
    if FROM_CELL.search(before) and re.search(
        r"\bcells?\b|mscs?\b|marrow|stem|product|fraction|mncs?\b", seen.folded[sentence.start : sentence.end]
    ):
        return 1.5
    return 0.0


AUTOLOGOUS = re.compile(W.autologous)
ALLOGENEIC = re.compile(W.allogeneic)


@dataclass(frozen=True, slots=True)
class Donor:
    name: str
    start: int
    end: int
    weight: float


def donors(seen: View, found: list[Product]) -> list[Donor]:
    """``autologous`` and ``allogeneic`` as said of the product, the surest first."""
    best: dict[str, Donor] = {}
    places = [(m.start, m.end) for p in found for m in p.mentions]
    for name, pattern in (("autologous", AUTOLOGOUS), ("allogeneic", ALLOGENEIC)):
        for match in pattern.finditer(seen.folded):
            weight = _said_of(seen, match.start(), match.end(), places)
            if weight and (name not in best or weight > best[name].weight):
                best[name] = Donor(name, *match.span(), weight)
    return sorted(best.values(), key=lambda d: -d.weight)


def _said_of(seen: View, start: int, end: int, places: list[tuple[int, int]]) -> float:
    sentence = seen.sentence_at(start)
    own = any(s <= end + 2 and start < e for s, e in places)  # "autologous tenocytes" are the product itself
    if end > sentence.end or (not own and NO_DONOR.match(seen.folded, end, end + 25)):
        return 0.0
    near = [max(s - end, start - e) for s, e in places if sentence.start <= s < sentence.end]
    if not near:  # "autologous transplantation into the motor cortex is safe", "vaccinated with autologous DCs"
        return 0.5 if TRANSPLANTED.match(seen.folded, end) or _cells_follow(seen, end, sentence.end) else 0.0
    bonus = 1.0 if seen.in_title(start) else 0.0
    if seen.role_at(start) == "background":
        bonus -= 0.5
    return max(0.1, bonus + (2.0 if min(near) < CLOSE else 1.0))


NO_DONOR = re.compile(
    r"[\s-]*(?:serum|plasma|blood patch|fat graft|bone graft|cartilage|platelet|tenocyte|skin|tissue graft|cerebrospinal)"
)
TRANSPLANTED = re.compile(r" (?:[\w-]+ )?(?:transplant|implant|infusion|injection|therapy|graft)")
# cells, or the tissue that they are made of, after a few words: "autologous RAPA-501 cells", "autologous marrow was taken"
CELLS_FOLLOW = re.compile(
    r"[ -](?:(?!(?:and|or|with|in|for|was|were|to|serum|plasma)\b)[\w+/()-]+ ){0,6}?(?:\w+-)?(?:cells?\b|[a-z]+cytes\b|macrophages\b|myoblasts\b|fibroblasts\b|islets\b|grafts?\b|[a-z-]*mscs?\b|dcs\b|"
    r"(?:bone )?marrow (?:was|were) (?:taken|aspirated|harvested|drawn|collected)|hsct\b|stem[ -]cell)"
)


def _cells_follow(seen: View, end: int, last: int) -> bool:
    match = CELLS_FOLLOW.match(seen.folded, end, last)
    return bool(match) and not MEASURED.match(seen.folded[match.end() : match.end() + 30]) if match else False


CLOSE = 60  # characters: "autologous bone marrow-derived mesenchymal stem cells"
