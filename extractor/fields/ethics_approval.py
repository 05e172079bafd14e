"""Numbers of ethics approvals: what a committee or review board gave, not a registry's number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.registries import DATE, identifiers
from extractor.words import Words

W = Words("fields")

CUE = re.compile(W.cue, re.I)
# "IR.TUMS.REC.1394.123"
IRAN = re.compile(r"\bIR\.(?:[A-Z]+\.){1,5}\d{4}\.\d{1,4}\b")
# "12/LO/1234", "07/Q0603/76"
BRITISH = re.compile(r"(?<![\w/])\d{2}/(?:[A-Z]{1,3}\d{0,4}|[A-Z]\d{4})/\d{2,4}(?![\d/])")
_ID = r"(?P<id>(?=[\w./:-]*\d)[A-Z0-9][\w./:-]*\w)"
# "approval No. 36/2014", "(reference number: 2014-1433)", "ref: 15/YH/0207", "approval code KMU-2014-5"
LABELLED = re.compile(
    rf"\b{W.labelled_approvals}[\s.:,(]{{0,3}}(?:{W.labelled_numbers}[\s.:,(#]{{1,3}}){{0,4}}#?{_ID}",
    re.I,
)
# "ethics committee of X (no 2015-1146)", "(17/ES/0073)"
BRACKET = re.compile(rf"\((?:[^()]{{0,40}}?\b{W.bracket_no}[\s.:#]{{1,3}}|#){_ID}[^()]{{0,40}}\)", re.I)
MORE = re.compile(rf"^{W.more_and}\s(?:(?:approval|no|number)[\s.:]{{1,3}}){{0,2}}{_ID}")
# a number that labels something else: "protocol version 2", "3 patients"
NO_ID = re.compile(r"^(?:\d{1,3}|(?:19|20)\d\d|v\d.*|\d+(?:\.\d+)?%?|\d+[a-z]{2})$", re.I)


@field(
    "ethics_approval",
    value="{id}",
    order=200,
    column="ethics",
    page=(),
    shared=True,
    own=True,
    view={},
)
class EthicsApproval(Field):
    """Number of the approval of an ethics committee or review board."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        if not CUE.search(seen.text):
            return
        taken = [(i.start, i.end) for i in identifiers(seen.cased)] + [m.span() for m in DATE.finditer(seen.folded)]
        for start, end, rule in _numbers(seen):
            if any(s < end and start < e for s, e in taken):
                continue
            taken.append((start, end))
            sure = 0.95 if rule == "form" else 0.85
            yield self.fact(doc, {"id": seen.text[start:end]}, [(start, end)], rule=rule, confidence=sure)


def _numbers(seen: View) -> Iterator[tuple[int, int, str]]:
    for form in (IRAN, BRITISH):
        for match in form.finditer(seen.cased):
            yield *match.span(), "form"
    for sentence in seen.sentences:
        words = seen.cased[sentence.start : sentence.end]
        if not ETHICS.search(words):
            continue
        for pattern in (LABELLED, BRACKET):
            for match in pattern.finditer(words):
                yield from _listed(sentence.start, words, match)


ETHICS = re.compile(W.ethics, re.I)


def _listed(offset: int, words: str, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """The number itself, and those listed after it ("36/2014 and 8/2016")."""
    found: re.Match[str] | None = match
    base = 0
    while found:
        start, end = base + found.start("id"), base + found.end("id")
        if NO_ID.match(words[start:end]):
            return
        yield offset + start, offset + end, "labelled"
        base = end
        found = MORE.match(words[end:])
