"""What the treated people were compared with: placebo, sham, no treatment, usual care, another treatment, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.plan import named_up_to, telling

PLACEBO, SHAM, USUAL, UNTREATED, NOTHING, OTHER = "placebo", "sham", "usual care", "no treatment", "none", "active"
_KINDS = (
    (PLACEBO, re.compile(r"\bplacebo|\b(?:saline|vehicle)\b")),
    (SHAM, re.compile(r"\b(?:sham|dummy)\b")),
    (UNTREATED, re.compile(r"\bno (?:\w+ )?(?:treatment|therapy|cells?|injection|infusion|intervention)\b|\buntreated\b")),
    (USUAL, re.compile(r"\b(?:standard|usual|conventional|routine|regular|best)\b.*\b(?:care|treatment|therapy|management)\b")),
)  # fmt: skip
_SAID = (
    (PLACEBO, re.compile(r"(?<!anti-)\bplacebo(?=[\s-](?:controlled|arm|group|treated|recipients?|patients)|\b(?! effect| response| lead| run))")),
    (SHAM, re.compile(r"\bsham(?:[ -](?!controlled\b|feed)(?:bone marrow |lumbar )?(?:procedures?|surger\w+|operations?|injections?|infusions?|treatments?|aspirations?|punctures?|interventions?|controls?|groups?|arms?)|-controlled\b)")),
    (UNTREATED, re.compile(r"\buntreated (?:control|patient|participant|group|arm)\w*|\b(?:or|versus|vs\.?|to) no (?:further |additional )?(?:treatment|therapy|intervention)\b")),
    (USUAL, re.compile(r"\b(?:versus|vs\.?|or|to|with|and|received|receive|receiving) (?:the )?(?P<name>(?:standard|usual|conventional|routine|regular|best)(?: (?:medical|supportive|available|of|drug|clinical)){0,2} (?:care|treatment|therapy|management)) ?(?:alone|only|\((?:control|n)|group|arm|control)")),
    (NOTHING, re.compile(r"\b(?:no|without a|without|lack of a|absence of a|lacked a) (?:concurrent |parallel |placebo )?(?:control|comparison|comparator) (?:groups?|arms?|patients)\b(?! (?:of|who|that|receiving|treated))")),
)  # fmt: skip
# "the control group received standard care": what the controls were given, in the text's words
_GIVEN = re.compile(
    r"\b(?:controls|(?:control|comparison|comparator) (?:group|arm|patients|subjects|participants))(?: \([^()]{1,30}\))?,? (?:\(?n ?= ?\d+\)? )?"
    r"(?:will receive|received|was given|were given|receives?|was treated with|were treated with|underwent|was administered|had received)(?: only| just)? (?:an? |the )?"
)
_ENDS = re.compile(
    r"[,;.(]|\b(?:and|while|whereas|whilst|which|who|that|at|on|for|in|by|with no|without|but|as|via|through|during|after|before|intra\w+|according)\b"
)
_DENIED = re.compile(r"\b(?:no|not|without|non)[ -](?:a )?$")
_NO_NAME = re.compile(
    r"(?:same|identical|similar|equal|both|\d|it|this|that|these|more|less|fewer|significant|higher|lower)\b"
)


@field(
    "comparator",
    value="{name, kind}",
    order=166,
    page=("Design", "compared with"),
    figure=True,
    single=True,
    several=True,
    scored=(),
    shown="{name}",
)
class Comparator(Field):
    """What the treated people were compared with; ``none`` where the text says that nobody was."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        given = list(_given(seen))
        kinds = {kind for _, kind, _ in given}
        best = {
            name: (kind, place)
            for name, kind, place in [*_said(seen), *given]
            if kind not in kinds or (name, kind, place) in given
        }
        for name, (kind, place) in best.items():
            rule = "given" if kind in kinds else "said"
            yield self.fact(doc, {"name": name, "kind": kind}, [place], rule=rule, confidence=0.85)


Found = tuple[str, str, tuple[int, int]]


def _said(seen: View) -> Iterator[Found]:
    """Kinds of comparison, each by its first words."""
    told = list(telling(seen, ("placebo", "sham", "untreated", "no treatment", "standard", "usual", "conventional", "routine", "regular", "best", "no ", "without", "lack", "absence")))  # fmt: skip
    for kind, pattern in _SAID:
        matches = (m for s in told for m in pattern.finditer(seen.folded, s.start, s.end))
        match = next((m for m in matches if not _DENIED.search(seen.folded, max(0, m.start() - 12), m.start())), None)
        if match:
            place = match.span("name") if "name" in match.groupdict() else match.span()
            yield seen.text[slice(*place)] if kind == USUAL else kind, kind, place


def _given(seen: View) -> Iterator[Found]:
    for sentence in telling(seen, ("control", "compar")):
        for match in _GIVEN.finditer(seen.folded, sentence.start, sentence.end):
            place = named_up_to(seen, match.end(), sentence.end, _ENDS, 80)
            if place and not _NO_NAME.match(seen.folded, place[0]):
                yield seen.text[slice(*place)], _kind(seen.folded[slice(*place)]), place


def _kind(words: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), OTHER)
