"""How the cells were made and delivered: passage, fresh or frozen, viability, medium, product name, manufacturer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context import parts
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import ABSTRACT, TITLE, Fact
from extractor.product.cells import gives_cells
from extractor.study.plan import named_up_to, telling
from extractor.words import Words

W = Words("fields")

_CELLS = re.compile(rf"\b{W.cells}\b")
_GIVEN = re.compile(rf"\b{W.product_details_given}\b")
_PATTERNS = (
    ("passage", re.compile(W.patterns)),
    ("viability", re.compile(rf"\bviabilit(?:y|ies)\b[^.;%]{{0,50}}?(?P<text>(?:[<>]=? ?|~ ?|{W.patterns_at} )?\d{{2,3}}(?:\.\d+)?(?: ?(?:±|\+/-) ?\d+(?:\.\d+)?)? ?%(?: ?(?:-|to) ?\d{{2,3}}(?:\.\d+)? ?%)?)|(?P<viable>(?:[<>]=? ?|at least |more than |over )?\d{{2,3}}(?:\.\d+)? ?%) (?:cell )?viab(?:le|ility)\b")),
    ("medium", re.compile(rf"\b{W.product_details_patterns}")),
)  # fmt: skip
_FRESH = re.compile(rf"\bfresh(?:ly)?(?:[ -]{W.fresh_isolated})* (?:\w+ ){{0,3}}?{W.fresh_cells}\b")
_FROZEN = re.compile(
    r"\b(?:cryo-?preserved|thawed|frozen)(?: and thawed|[ -]thawed)?\b(?! (?:plasma|shoulder|section))"
)
_NOT_GIVEN = re.compile(rf"\b{W.not_given}\b")
_NAMED = re.compile(
    r"\b(?P<text>[A-Z][\w-]{3,30}(?: [A-Z][\w-]{1,20})?)\s?[®™]|\((?P<short>[A-Z][\w-]{3,30})(?:\s?[®™])[^()]{0,60}\)"
)
_MADE = re.compile(rf"\b{W.made_manufactured} (?:at|by) (?:the )?")
_ENDS = re.compile(rf"[;,(]|\.(?=\s|$)|\b{W.ends_under}\b")


@field(
    "product_details",
    value="{kind, text}",
    order=45,
    column="product details",
    page=("Cells", "made"),
    figure=True,
    several=True,
    view={},
    scored=(),
    shown="{kind}: {text}",
)
class ProductDetails(Field):
    """Of the cells: passage, fresh or frozen, viability, medium, product name, manufacturer."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        if not gives_cells(seen):
            return
        done: set[tuple[str, str]] = set()
        for kind, text, place in (*_made(seen), *_states(seen), *_names(doc, seen)):
            if (kind, text.lower()) not in done:
                done.add((kind, text.lower()))
                yield self.fact(
                    doc, {"kind": kind, "text": text}, [place], rule=kind.replace(" ", "_"), confidence=0.85
                )


Found = tuple[str, str, tuple[int, int]]


def _made(seen: View) -> Iterator[Found]:
    """Passage, viability and medium, each in the text's words."""
    for sentence in telling(
        seen, ("passage", "viab", "mem", "rpmi", "imdm", "vivo", "stempro", "essential medium", "eagle")
    ):
        for kind, pattern in _PATTERNS:
            for match in pattern.finditer(seen.folded, sentence.start, sentence.end):
                place = next((match.span(n) for n in ("text", "viable") if match.groupdict().get(n)), match.span())
                yield kind, seen.text[slice(*place)], place


def _states(seen: View) -> Iterator[Found]:
    for sentence in telling(seen, ("fresh", "cryo", "thawed", "frozen")):
        start, end = sentence.start, sentence.end
        if _NOT_GIVEN.search(seen.folded, start, end) or not _CELLS.search(seen.folded, start, end):
            continue
        if fresh := _FRESH.search(seen.folded, start, end):
            yield "state", "fresh", fresh.span()
        frozen = _FROZEN.search(seen.folded, start, end)
        if frozen and (frozen.group().startswith("cryo") or _GIVEN.search(seen.folded, frozen.end(), end)):
            yield "state", "cryopreserved", frozen.span()


def _names(doc: Doc, seen: View) -> Iterator[Found]:
    """The product's registered name, in title and abstract only: elsewhere it is a reagent's; and who made it."""
    short = [(start, end) for name, start, end in parts(doc) if name in (TITLE, ABSTRACT)]
    if "®" in seen.text or "™" in seen.text:
        for start, end in short:
            for match in _NAMED.finditer(seen.text, start, end):
                sentence = seen.sentence_at(match.start())
                if _CELLS.search(seen.folded, sentence.start, sentence.end):
                    place = match.span("text" if match["text"] else "short")
                    yield "product name", seen.text[slice(*place)], place
    for sentence in telling(seen, ("manufactured", "produced", "supplied", "provided", "processed")):
        made = _MADE.search(seen.folded, sentence.start, sentence.end)
        if made and _CELLS.search(seen.folded, sentence.start, made.start()):
            called = named_up_to(seen, made.end(), sentence.end, _ENDS, 80)
            if called and seen.text[called[0]].isupper():
                yield "manufacturer", seen.text[slice(*called)], called
