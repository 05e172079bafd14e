"""How many centres took part, and the one centre's name where a sentence on the setting gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.quantities.numbers import WHOLE, whole
from extractor.study.plan import telling

_KIND = r"(?:study|trial|clinical|participating|academic|medical|investigational|different|tertiary|referral|specialist|recruiting|transplant|treatment|university|health ?care|public|major|large|independent|care)"  # fmt: skip
COUNTED = re.compile(
    rf"\b(?:at|in|from|across|by|of|involving|among|throughout)\s(?P<n>{WHOLE})\s(?:(?:{_KIND}|(?!of\b|in\b|patients\b)\w+)\s){{0,3}}?"
    rf"(?:cent(?:er|re)s|hospitals|institutions|clinics|{_KIND} sites|sites(?= (?:in|across|throughout)\b))\b(?! of\b)"
)
SINGLE = re.compile(
    r"\b(?:at|in|from) (?:a|one|our) (?:single|one) (?:\w+ ){0,2}(?:cent(?:er|re)|institution|hospital|site)\b"
)
NAMED = re.compile(
    r"\b(?:conducted|performed|carried out|recruited|enrolled|took place|undertaken|admitted|treated|collected)\b(?: \w+){0,6}? (?:at|in|from) (?:the )?"
)
_PLACE = re.compile(
    r"(?:[A-Z][\w’'.&-]*(?:,? (?:of|and|for|the|de|[A-Z][\w’'.&-]*))*? )?(?:Hospital|University|Clinic|Institute|Medical Cent(?:er|re)|Cent(?:er|re))(?: (?:Hospital|of [A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*))?"
)

_OF_ANOTHER = re.compile(r" of (?:our|the|a|an|this)\b")


@field(
    "centres",
    value="{n, name}",
    order=168,
    page=("Setting", "centres"),
    figure=True,
    single=True,
    view={"centres": "n"},
    scored=(),
    shown="{n}[ {name}]",
)
class Centres(Field):
    """How many centres took part; the centre's name where one is named."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        for n, name, place, rule in _first(seen):
            yield self.fact(doc, {"n": n, "name": name}, [place], rule=rule, confidence=0.85)


Found = tuple[int | None, str | None, tuple[int, int], str]


def _first(seen: View) -> list[Found]:
    """The first number of centres; a name where no number is said."""
    return (list(_counted(seen)) or list(_named(seen)))[:1]


def _counted(seen: View) -> Iterator[Found]:
    for sentence in telling(seen, ("centers", "centres", "hospitals", "institutions", "clinics", "sites", "single")):
        if match := COUNTED.search(seen.folded, sentence.start, sentence.end):
            n = whole(match["n"])
            if n and n > 1:
                yield n, None, match.span("n"), "counted"
        elif match := SINGLE.search(seen.folded, sentence.start, sentence.end):
            yield 1, None, match.span(), "single"


def _named(seen: View) -> Iterator[Found]:
    for sentence in telling(seen, ("hospital", "universit", "clinic", "institute", "medical cent")):
        for match in NAMED.finditer(seen.folded, sentence.start, sentence.end):
            place = _PLACE.match(seen.cased, match.end(), sentence.end)
            if place and not _OF_ANOTHER.match(seen.folded, place.end()):
                yield None, seen.text[slice(*place.span())], place.span(), "named"
