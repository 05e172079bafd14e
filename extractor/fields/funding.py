"""Who paid for the trial, where a sentence or a line says so; a sentence that nobody did is its own value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.plan import named_up_to, telling
from extractor.words import Words

W = Words("fields")

PAID = re.compile(
    rf"\b{W.paid_was}(?P<verb>{W.paid_funded}){W.paid_in}? by (?:(?:an? |the )?(?:\w+ )?(?:grants?|funds?|funding|support)(?: (?:nos?\.?|numbers?) [^\s]+)? (?:from|of|by) )?(?:the )?"
)
LABELLED = re.compile(
    r"(?<![a-z,] )\b(?:funding|financial support|source of funding|funding sources?)\s?(?::|\.|-)\s?(?:the )?"
)
GIVEN = re.compile(
    r"\b(?:funding|financial support|funds)(?: for (?:this|the) (?:study|trial|work|research))? (?:was|were|has been|came) ?(?:provided|received|obtained|granted)? ?(?:by|from) (?:grants? (?:from|of) |a grant (?:from|of) )?(?:the )?"
)
SPONSORED = re.compile(
    r"\bsponsor (?:of (?:this|the) (?:study|trial) )?was (?:the )?"
    r"|(?<![a-z,)] )\bfunded by (?:grants? from |a grant from )?(?:the )?"
)
NONE = re.compile(r"\b(?:received no|no|without) (?:specific |external |extramural |outside )*(?:funding|financial support)\b(?! (?:agenc|bod|source (?:had|played)))|\bfunding: ?none\b|\bno funds were received\b")  # fmt: skip
_ENDS = re.compile(rf"[;]|\.(?=\s|$)|\s[([](?=[^)\]]*\d)|\b{W.ends_however}\b|\b(?:clinicaltrials?\.gov|registered|registration|trial)\b")  # fmt: skip
_NO_NAME = re.compile(W.no_name)  # fmt: skip
_OF_PEOPLE = re.compile(rf"\b{W.of_people_manuscript} (?:\w+ ){{0,3}}$")  # fmt: skip


@field(
    "funding",
    value="{name, kind, sector}",
    order=169,
    page=("Setting", "paid by"),
    several=True,
    own=True,
    scored=(),
    shown="{name}[ ({kind})]",
)
class Funding(Field):
    """Who paid for the trial, or sponsored it; ``none`` where the text says that nobody did."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        found = list(_payers(seen))
        for name, kind, place in found or _nobody(seen):
            value = {"name": name, "kind": kind, "sector": None}
            yield self.fact(doc, value, [place], rule=kind or "none", confidence=0.85)


Found = tuple[str, str | None, tuple[int, int]]


def _payers(seen: View) -> Iterator[Found]:
    names: set[str] = set()
    for sentence in telling(seen, ("funded by", "supported by", "sponsored by", "financed by", "in part by", "ly by", "funding", "financial support", "sponsor ", "funds ")):  # fmt: skip
        for pattern in (PAID, LABELLED, GIVEN, SPONSORED):
            for match in pattern.finditer(seen.folded, max(0, sentence.start - 1), sentence.end):
                place = named_up_to(seen, match.end(), sentence.end, _ENDS)
                if place is None or not _payer(seen, match.start(), place):
                    continue
                name = seen.text[slice(*place)]
                if name.lower() not in names:
                    names.add(name.lower())
                    yield name, "sponsor" if "sponsor" in match.group() else "funder", place


def _payer(seen: View, cue: int, place: tuple[int, int]) -> bool:
    """Whether the words are a name: with a capital, said of the study and not of a person or a text."""
    words = seen.text[slice(*place)]
    if _NO_NAME.match(seen.folded, place[0]) or _OF_PEOPLE.search(seen.folded, max(0, cue - 60), cue):
        return False
    return any(c.isupper() for c in words) and not PAID.match(seen.folded, *place)


def _nobody(seen: View) -> Iterator[Found]:
    for sentence in telling(seen, ("funding", "financial support", "no funds")):
        if match := NONE.search(seen.folded, sentence.start, sentence.end):
            yield "none", None, match.span()
            return
