"""People who left the trial before its end, with the reason and the arm where the text gives them; a stated zero is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.quantities.numbers import WHOLE, whole
from extractor.study.plan import named_up_to, telling

_PEOPLE = r"(?:patients?|participants?|subjects?|women|men|individuals?|people|persons?|children|volunteers?|cases?)"
_LEFT = (
    r"(?:(?:was|were|had|have|has) )?(?:prematurely |subsequently |later |then |also )?(?:withdrew\b(?: (?:from (?:the )?(?:study|trial)|(?:their |his |her |informed )?consent|prematurely))?"
    r"|withdrawn from (?:the )?(?:study|trial)|dropped out\b|lost to follow[- ]?up|(?:did not|failed to) complete (?:the )?(?:study|trial|follow[- ]?up|protocol|treatment)|discontinued (?:from )?(?:the )?(?:study|trial|treatment|participation))"
)
# an arm's name, which neither another arm nor another count stands in: "the cell group and one of 19 in the placebo group"
_ARM = rf"(?:(?!and (?:{WHOLE})\b|(?:group|arm)\b)[\w/+-]+ ){{1,6}}(?:group|arm)"
_IN = r" (?:in|from|of) (?:the )?"
FIRST = re.compile(
    rf"(?<![\w.-])(?P<n>{WHOLE}|none|no)\b(?: of (?:the |all )?(?P<of>{WHOLE}))?(?: {_PEOPLE})?{_IN}(?P<arm>{_ARM})"
    rf"(?=(?:,? and|,) (?P<second>(?P<n2>{WHOLE}|none)(?: of (?:the )?(?P<of2>{WHOLE}))?(?: {_PEOPLE})?{_IN}(?P<arm2>{_ARM})) (?P<left>{_LEFT}))"
)
COUNTED = re.compile(
    rf"(?<![\w.-])(?P<n>{WHOLE}|none|no)\b(?: of (?:the |all )?(?P<of>{WHOLE}))?(?: (?:\w+ )?{_PEOPLE})?(?: \([^()]{{1,25}}\))?"
    rf"(?: (?:in|from|of) (?:the )?(?P<arm>{_ARM}))?(?: \([^()]{{1,25}}\))? {_LEFT}"
)
NONE = re.compile(
    r"\bthere (?:were|was) (?:no|0) (?:patient |study )?(?:drop-?outs?|withdrawals?|loss(?:es)? to follow[- ]?up)\b"
)
ALL = re.compile(
    rf"\ball (?:the |of the )?(?:(?P<of>{WHOLE}) )?(?:enrolled |included |treated |randomi[sz]ed )?{_PEOPLE} completed (?:the )?(?:entire |whole |full )?(?:study|trial|follow-up|protocol)\b"
)
WHY = re.compile(
    # a number on the way counts others: "36 dropped out, 17 because of rash"
    rf" (?:for|(?:(?!\b(?:{WHOLE})\b)[^.;()]){{0,40}}?\b(?:because of|due to|owing to|on account of|as a result of)) (?:the )?"
)
_ENDS = re.compile(
    r"[.;,()]|\b(?:and (?:one|two|three|four|five|six|seven|eight|nine|ten|\d+|the|none|all)|while|whereas|but|at|after|before|from|in)\b"
)
_BEFORE = re.compile(r"(?:[\d/]|\b(?:week|day|month|grade|phase|age|than|least|most|to|group|cohort|and))\s?$")
_NO_REASON = re.compile(r"(?:\d|(?:one|two|three|four|five|six|a|an|\w+ (?:weeks?|months?|years?))\b)")


@field(
    "withdrawals",
    value="{n, of, reason, period}",
    order=175,
    page=("People", "left"),
    figure=True,
    single=True,
    several=True,
    own=True,
    view={},
    scored=(),
    shown="{n}[ of {of}][: {reason}][, {period}]",
)
class Withdrawals(Field):
    """People who left the trial before its end, by arm and reason where they are given."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        for n, of, reason, arm, places, rule in _told(seen):
            flags = ("derived",) if rule == "completed" else ()
            value = {"n": n, "of": of, "reason": reason, "period": None}
            yield self.fact(doc, value, places, rule=rule, confidence=0.85, arm=arm, flags=flags)


Found = tuple[int, int | None, str | None, str | None, list[tuple[int, int]], str]


def _told(seen: View) -> Iterator[Found]:
    words = ("withdr", "dropped out", "drop-out", "dropout", "lost to follow", "loss", "complete", "discontinued")
    for sentence in telling(seen, words):
        start, end = sentence.start, sentence.end
        for match in COUNTED.finditer(seen.folded, start, end):
            if not _BEFORE.search(seen.folded, max(start, match.start() - 12), match.start()):
                yield from _counted(seen, match, end)
        for match in FIRST.finditer(seen.folded, start, end):
            if not _BEFORE.search(seen.folded, max(start, match.start() - 12), match.start()):
                yield from _both(seen, match)
        for pattern, rule in ((NONE, "none"), (ALL, "completed")):
            if found := pattern.search(seen.folded, start, end):
                of = whole(found["of"]) if "of" in found.groupdict() and found["of"] else None
                yield 0, of, None, None, [found.span()], rule


def _number(written: str) -> int | None:
    return 0 if written in ("no", "none") else whole(written)


def _both(seen: View, match: re.Match[str]) -> Iterator[Found]:
    """Two arms with one verb: "three in the cell group and one in the placebo group withdrew"."""
    for count, of, arm, place in (("n", "of", "arm", 0), ("n2", "of2", "arm2", "second")):
        n = _number(match[count])
        if n is not None:
            places = [match.span(place), match.span("left")]
            total = whole(match[of]) if match[of] else None
            yield n, total, None, seen.text[slice(*match.span(arm))], places, "counted"


def _counted(seen: View, match: re.Match[str], end: int) -> Iterator[Found]:
    n = _number(match["n"])
    if n is None:
        return
    reason, places = None, [match.span()]
    why = WHY.match(seen.folded, match.end(), end)
    place = named_up_to(seen, why.end(), end, _ENDS, 80) if why else None
    if place and not _NO_REASON.match(seen.folded, place[0]):
        reason, places = seen.text[slice(*place)], [(match.start(), place[1])]
    arm = seen.text[slice(*match.span("arm"))] if match["arm"] else None
    yield n, whole(match["of"]) if match["of"] else None, reason, arm, places, "counted"
