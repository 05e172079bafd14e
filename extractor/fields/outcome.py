"""Primary and secondary outcomes as the text names them, with their time point and scale; no results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.outcomes import scale_in, time_in
from extractor.study.plan import named_up_to, telling
from extractor.text import trim
from extractor.words import Words

W = Words("fields")
LONGEST_BEFORE = 150  # characters of a name that stands before its verb

_WORD = W.word
SAID = re.compile(
    rf"\b(?P<kind>{W.said_primary})(?: (?:and \w+ )?{W.said_efficacy})*+(?: {_WORD})++(?: (?:of|in|for) (?:this|the|our) (?:present |current )?(?:study|trial))?(?:,? ?{W.said_was}(?: defined as| to {W.said_assess})?|:)\s(?:the |an? )?"
)
# "Survival at one year was the primary end point": the name stands before
BEFORE = re.compile(
    r"(?:was|were) (?:used as |chosen as |defined as )?(?:the |our )(?P<kind>primary|main|secondary) (?:efficacy |safety |study )?(?:outcome|end ?point)s?\b(?: measures?)?(?=[.;,]|$| of (?:the|this) (?:study|trial))"
)
_NO_NAME = re.compile(r"(?:this|it|there|that|these|those|which|we|they|both|all|none|neither|no|what)\b|[^.;]*[,;:]")
_ENDS = re.compile(rf"[;]|\.(?=\s|$)|\b{W.ends_and}\b")  # fmt: skip
# what is said of a result, no name of an outcome
_RESULT = re.compile(rf"{W.result_not}*{W.result_met}")


@field(
    "outcome",
    value="{kind, name, time, scale}",
    order=172,
    page=(),
    figure=True,
    single=True,
    several=True,
    own=True,
    view={},
    scored=(),
    shown="{kind}: {name}[, {time}]",
)
class Outcome(Field):
    """Primary and secondary outcomes, with time point and scale; no effect sizes."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        done: set[tuple[str, str]] = set()
        for kind, place in _named(seen):
            name = seen.text[slice(*place)]
            if (kind, name.lower()) in done:
                continue
            done.add((kind, name.lower()))
            folded = seen.folded[slice(*place)]
            value = {"kind": kind, "name": name, "time": time_in(name, folded), "scale": scale_in(folded)}
            yield self.fact(doc, value, [place], rule=kind, confidence=0.85)


def _named(seen: View) -> Iterator[tuple[str, tuple[int, int]]]:
    for sentence in telling(seen, ("primary", "main ", "principal", "secondary")):
        for match in SAID.finditer(seen.folded, sentence.start, sentence.end):
            place = named_up_to(seen, match.end(), sentence.end, _ENDS)
            if place and not _RESULT.match(seen.folded, place[0]):
                yield _kind(match), place
        behind = BEFORE.search(seen.folded, sentence.start, sentence.end)
        if behind and not _NO_NAME.match(seen.folded, sentence.start, behind.start()):
            start, end = trim(seen.text, sentence.start, behind.start())
            if 1 < end - start <= LONGEST_BEFORE:
                yield _kind(behind), (start, end)


def _kind(match: re.Match[str]) -> str:
    return "secondary" if match["kind"] == "secondary" else "primary"
