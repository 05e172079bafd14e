"""Countries in which the trial was done, where a sentence on its setting names them."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.plan import telling
from extractor.terms import table

# what is done with people at a place
_DONE = ("conducted", "performed", "carried out", "recruited", "enrol", "took place", "undertaken", "admitted", "treated", "multicent", "multi-cent", "centers", "centres", "sites in", "countries", "hospitals in", "clinics in", "collected in")  # fmt: skip
_CUE = re.compile(
    r"\b(?:conducted|performed|carried out|recruited|enrol\w+|took place|taking place|undertaken|admitted|treated|multi-?cent\w+|cent(?:er|re)s|sites|countries|hospitals|clinics|collected)\b"
)
_BEFORE = re.compile(r"(?:\bin|\bacross|\bfrom|\bthroughout|,|\(|\band|/)\s?(?:the )?$")
_INSTITUTION = re.compile(r"^,? ?(?:\w+ ){0,2}(?:universit|regist|health|society|association|foundation|ministry|institut|national|and elsewhere|clinical trial|patent|guideline|heart|food|fda)")  # fmt: skip
_COMPANY = re.compile(r"\b(?:hospital|universit|clinic|cent(?:er|re)s?\b|sites?\b|countr|department|institut)")
_FAR = 160


@field(
    "country",
    value="{name, id}",
    order=167,
    page=("Setting", ""),
    figure=True,
    single=True,
    several=True,
    scored=(),
    shown="{name}",
)
class Country(Field):
    """Countries in which the trial was done, with their two letters."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        found: dict[str, tuple[str, tuple[int, int]]] = {}
        for sentence in telling(seen, _DONE):
            cue = _CUE.search(seen.folded, sentence.start, sentence.end)
            if not cue:
                continue
            for match in table("countries").find(seen.folded, sentence.start, sentence.end):
                if match.term.name not in found and _setting(seen, cue.end(), match.start, match.end):
                    found[match.term.name] = (match.term.id, (match.start, match.end))
        for name, (id, place) in found.items():
            yield self.fact(doc, {"name": name, "id": id}, [place], rule="setting", confidence=0.85)


def _setting(seen: View, cue: int, start: int, end: int) -> bool:
    """Whether a country is where it was done: behind the cue, no part of an institution's or a company's name."""
    text = seen.folded
    if (
        not cue <= start <= cue + _FAR
        or not seen.text[start].isupper()
        or not _BEFORE.search(text, max(0, start - 14), start)
    ):
        return False
    opened = text.rfind("(", cue, start)
    if opened > text.rfind(")", cue, start) and not _COMPANY.search(text, max(0, opened - 20), start):
        return False
    return ";" not in text[cue:start] and not _INSTITUTION.match(text[end : end + 40])
