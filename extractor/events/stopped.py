"""Who stopped because of an event: "discontinued treatment owing to", "dropouts because of", and the list that shares the reason."""

from __future__ import annotations

from extractor import patterns as re
from extractor.words import Words

W = Words("events")

FAR = 110  # characters before a term in which the stop is said
_BECAUSE = W.because
# "discontinued because of an", "withdrawals due to", "stopped early because of", "left the study owing to"; group "what"
REASON = re.compile(
    rf"\b(?P<what>(?:{W.treatment}\s+(?:was|were|had to be)\s+)?(?:{W.reason_treatment}\s+)*{W.reason_discontinu}\b(?:\s+(?:(?!{W.reason_but}\b|and {W.reason_one}\b)[\w-]+\s+){{0,9}}?|\s*\((?:(?!\bv(?:s|ersus)?\b)[^()])*\)\s*){_BECAUSE}\s+){W.reason_an}?\Z"
)
# "thirty-six dropped out of the study, 17 because of", "discontinued (9/94 vs 2/86) because of": the stop first, then how many
# for this reason
DIVIDED = re.compile(
    rf"\b(?P<what>{W.divided_discontinued})\b(?:[^.;,()]{{0,40}}\([^()]*\d[^()]*\bv(?:s|ersus)?\b[^()]*\)\s*|[^.;,()]{{0,50}},?\s+(?:including\s+|of (?:whom|which|these)\s+)?(?:\d+|[a-z]+)(?:\s*[(\[][^()\[\]]*[)\]])?\s+(?:of them\s+|patients\s+|women\s+|men\s+)?){_BECAUSE}\s+(?:an?\s+|the\s+)?\Z"
)
# "the most common reasons for (treatment) discontinuation were": the stop as a noun, its reasons behind it
REASON_WAS = re.compile(
    rf"\breasons?\s+for\s+(?:{W.stop_reason_kind}\s+)*(?P<what>{W.stop_noun})\b[^.;:()]{{0,40}}?\b(?:was|were|included?|being)\s+(?:an?\s+|the\s+)?(?:[\w' -]{{3,50}}(?:\([^()]*\)\s*)?(?:,\s*(?:and\s+)?|\band\s+)){{0,4}}\Z"
)
# cheap: no reason without one of these
STOPS = re.compile(W.stops)
# "nausea (2), headache (3) and rash (1)", "diarrhoea and nine patients owing to": one reason to the next
SHARED = re.compile(
    rf"\s*(?:\([^()]*\)|\[[^\[\]]*\])?\s*(?:,|;|and|or|,\s*and|/)\s*(?:{W.shared_an}\s+(?:(?:\w+\s+)?{W.shared_patients}\s+)?(?:(?:{_BECAUSE}|with)\s+)?)?(?:an?\s+)?(?:{W.shared_mild}\s+)?\Z"
)


def reason_before(folded: str, start: int, at: int) -> re.Match[str] | None:
    """The stop whose reason begins at `at`, if one is said in ``folded[start:at]``; its group ``what`` ends at the reason."""
    first = max(start, at - FAR)
    return REASON.search(folded, first, at) if STOPS.search(folded, first, at) else None


def reason_was(folded: str, start: int, at: int) -> re.Match[str] | None:
    """The stop whose reasons are listed from `at` on; ``what`` is its noun."""
    return REASON_WAS.search(folded, max(start, at - FAR), at)


def divided_reason(folded: str, start: int, at: int) -> re.Match[str] | None:
    """The stop that several reasons divide, where a count and "because of" stand right before `at`; ``what`` is the stop."""
    first = max(start, at - FAR)
    return DIVIDED.search(folded, first, at) if STOPS.search(folded, first, at) else None


def shared_reason(between: str) -> bool:
    """Whether the text between two terms lists them as reasons of one stop."""
    return SHARED.fullmatch(between) is not None
