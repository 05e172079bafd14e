"""Denials in one sentence, each with its cue, its scope and the exceptions in it.

>>> [d.cue for d in denials("no adverse events other than headache were observed", 0, 51)]
['no']

A cue denies what follows it up to the end of its clause (:mod:`extractor.events.clauses`), exceptions left out. "No
difference", "no increase" and their like deny a comparison, not an event, and are no cue.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor import patterns as re
from extractor.events.clauses import Span, clauses
from extractor.quantities.numbers import WHOLE
from extractor.text import remembered
from extractor.words import Words

W = Words("events")

# "no", "without any", "absence of", "free of", "none of the patients", "did not cause", "was not associated with"
CUE = re.compile(rf"\b(?P<subject>{W.cue_no})|\b(?P<verb>{W.cue_not})|\b(?P<noun>{W.cue_without})")
# After a cue: it denies a difference, not an event
COMPARISON = re.compile(
    rf"\s+(?!{W.comparison_adverse})(?:{W.comparison_statistically}[\s-]+){{0,6}}?{W.comparison_differences}\b"
)
# "without" and "no" in what defines people or groups: "patients with no history of"
ELIGIBLE = re.compile(rf"{W.eligible_patients}(?:\s+{W.eligible_with})?\s*,?\s*\Z")
WITH_NO = re.compile(r"\b(?:with|having|who (?:had|have))\s*\Z")
# "time without toxicity", "days free of side effects", "survival without": a measure, no denial
TIME_WITHOUT = re.compile(
    rf"\b{W.time_without_time}\s+(?:of (?:life|survival|time) |that (?:\w+ ){{1,3}})?\Z|\b(?:only|even)\s+in\s+\Z"
)
# "the HA powder or no adhesion barrier (n = 104) groups": a group's name
NAMES = re.compile(
    rf"\s+(?:(?!{W.names_not}\b)[\w-]+\s+){{1,3}}(?:\(n\s*=\s*\d+\)\s*)?(?:groups?|arms?)\b(?!{W.names_had})"
)
# "drug levels were not associated with adverse effects": what goes with what, and no denial
MEASURES = re.compile(
    r"\b(?:levels?|concentrations?|scores?|titers?|titres?|polymorphisms?|genotypes?|antibod(?:y|ies)|expression|status|age|sex|exposure|responses?|changes?)\s+\Z"
)
# What ends a scope
BREAK = re.compile(W.denials_break)
# "no strokes were seen, and rash appeared in 4 patients": a clause of its own, whatever verb the first has
COUNTED_CLAUSE = re.compile(
    rf",\s+and\s+(?!no\b|none\b|any\b|neither\b)(?:[\w-]+\s+){{1,4}}?(?:{W.counted_clause}\s+(?:in|by)\s+(?:only\s+)?{WHOLE}\b)"
)
EXCEPTION = re.compile(rf",?\s*\(?\b{W.exception_except}\b")
# "Other than mild fever, no adverse events": the exception comes first
FIRST = re.compile(
    rf"\b{W.first_except}\s+(?P<what>[^,;:]{{3,160}}?)(?:,\s*|\s+(?=(?:there|we|the)\b))(?:there (?:was|were|have been|had been)\s+|we (?:saw|observed|noted|found)\s+|(?:the\s+)?(?:[\w-]+\s+){{1,4}}(?:had|was|were|caused|showed)?\s*)?$"
)
# "none of the 8 who were scanned had": the relative clause does not end the scope
CHOSEN = re.compile(rf"\s+(?:who|that|which)\s+[^,;]{{3,60}}?(?=\b{W.chosen_had}\b)")
FINITE = re.compile(rf"\b{W.finite}\b")
# After a term: "were not observed", "did not occur", ": none", "was absent", "occurred in no patient"; not "did not appear to"
POST = re.compile(rf"\s*(?:,\s*)?(?:\([^()]*\)\s*)?{W.post_of}?{W.post_not}(?! to\b)")
# "complications that could be traced to the cells did not arise"
POST_RELATIVE = re.compile(
    rf"\s*(?:that|which)\s+[^,;:()]{{3,80}}?\s+(?:did not {W.post_occur}|{W.post_was} (?:not|never) {W.post_observed})\b"
)
# "none were serious", "none was related to the drug": a denial of the class's kind, not of the class
OF_KIND = re.compile(
    rf"\b{W.of_kind_none}\b(?:\s+of {W.of_kind_these}(?:\s+(?:\w+[\s-]+){{0,3}}{W.of_kind_events})?)?\s*,?\s+(?:{W.were}\s+|had\s+)?(?:\w+ly\s+)?{W.of_kind_considered}?(?:as |to (?:be )?)?(?:\w+ly )?(?P<kind>{W.of_kind_serious})\b"
)


@dataclass(frozen=True, slots=True)
class Denial:
    """A cue at ``start:end``, what it denies in ``scope``, and ``exceptions`` (spans of what it does not deny)."""

    start: int
    end: int
    cue: str
    kind: str
    scope: Span
    clause: Span
    exceptions: tuple[Span, ...] = ()

    def covers(self, start: int, end: int) -> bool:
        inside = self.scope[0] <= start and end <= self.scope[1]
        return inside and not any(a <= start < b for a, b in self.exceptions)


@remembered
def denials(folded: str, start: int, end: int) -> list[Denial]:
    """The denials of one sentence, in order."""
    parts = clauses(folded, start, end)
    found: list[Denial] = []
    for match in CUE.finditer(folded, start, end):
        if (
            COMPARISON.match(folded, match.end(), end)
            or _eligible(folded, start, match)
            or NAMES.match(folded, match.end(), end)
            or (match["verb"] and "associated" in match.group() and MEASURES.search(folded, start, match.start()))
        ):
            continue
        if re.search(r"\d\s*[(=:]\s*\Z", folded[max(start, match.start() - 6) : match.start()]):
            continue  # "0 (no pain) to 10": a point of a scale
        if match.group() == "nor" and any(d.cue.startswith("neither") and d.scope[1] > match.end() for d in found):
            continue  # "neither headache nor nausea": one denial
        kind = match.lastgroup or "noun"
        clause = next(((a, b) for a, b in parts if a <= match.start() < b), (start, end))
        last, exceptions = _scope(folded, match.end(), clause[1], end)
        before = FIRST.search(folded[start : match.start()])
        if before:
            exceptions = (*exceptions, (start + before.start("what"), start + before.end("what")))
        found.append(Denial(*match.span(), match.group(), kind, (match.end(), last), clause, exceptions))
    return found


def _eligible(folded: str, start: int, match: re.Match[str]) -> bool:
    """Whether a noun's cue says who the people are ("patients without stroke"), not how they fared."""
    if (
        match["noun"]
        and match["noun"] not in ("no", "neither", "nor", "never")
        and TIME_WITHOUT.search(folded, max(start, match.start() - 30), match.start())
    ):
        return True
    if folded[max(start, match.start() - 12) : match.start()].endswith("presence or "):
        return True  # "regardless of the presence or absence of mutations"
    if match["noun"] in ("no", "but not") and not WITH_NO.search(folded, start, match.start()):
        return False  # "in three patients no ...", "apart from pain in three patients, no ..."
    found = match["noun"] and ELIGIBLE.search(folded, start, match.start())
    return bool(found) and not re.search(
        r"\b(?:tolerated|safe|safely|completed|success\w*|uneventful\w*|recovered)\b", folded[start : match.start()]
    )


def _scope(folded: str, start: int, end: int, sentence: int) -> tuple[int, tuple[Span, ...]]:
    """Where the scope that begins at `start` ends, inside its clause, and the exceptions inside it."""
    chosen = CHOSEN.match(folded, start, end)
    stop = BREAK.search(folded, chosen.end() if chosen else start, end)
    last = stop.start() if stop else end
    counted = COUNTED_CLAUSE.search(folded, start, last)
    last = counted.start() if counted else last
    except_ = EXCEPTION.search(folded, start, last)
    if except_ is None:
        return last, ()
    border = BREAK.search(folded, except_.end(), sentence)  # "except one, who died": told of the exception
    last = max(last, border.start() if border else sentence) if last == end else last
    close = FINITE.search(folded, except_.end(), last)
    return last, ((except_.end(), close.start() if close else last),)


FIRST_OF_TWO = re.compile(r"[:=-]\s*(?:none|nil|no|0|zero)\Z")
NEXT_COUNT = re.compile(r"\s*(?:and|vs\.?|versus|,|/|;)\s*(?:\d|one\b|two\b|three\b|four\b|five\b|six\b)")


def denied_after(folded: str, at: int, end: int) -> re.Match[str] | None:
    """The words right after a term that deny it ("were not observed", ": none"), or None."""
    found = POST.match(folded, at, end) or POST_RELATIVE.match(folded, at, end)
    if found and FIRST_OF_TWO.search(found.group()) and NEXT_COUNT.match(folded, found.end(), end):
        return None  # "hypoglycemia: none and 2 episodes": a zero among counts
    return found
