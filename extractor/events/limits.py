"""How far a denial reaches: a time, a group, a measure, a cause or a severity, said anywhere in its clause.

>>> text = "no adverse events were seen within 24 hours"
>>> found = limits(text, (0, len(text)), (0, 2), (3, 17))
>>> text[slice(*found.scope)]
'within 24 hours'

"During the study", "in any patient" and "after treatment" limit nothing; they are the trial.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from extractor.quantities.numbers import WHOLE, whole

Span = tuple[int, int]

# "related to", "in connection with": what follows is the cause that alone is denied; the words of an agent follow
RELATION = re.compile(
    r"\b(?<!non-)(?<!not )(?:related|attribut(?:ed|able)|ascrib(?:ed|able)|linked|tied|connected|secondary|due|owing|caused|induced|provoked|associated|resulting|arising|stemming"
    r"|in (?:connection|relation|association)|as an? (?:result|consequence)|consequent|possibly|probably)\s+(?:directly\s+)?(?:to|by|with|from|of|related)\b"
)
# "(study drug) related", "-related" before or in the class
RELATED_WORD = re.compile(
    r"(?<!non)(?<!non-)(?<!un)\b(?:[a-z0-9]+[\s-])?(?<!non-)(?:related|attributable)\b(?!\s+to)|\b(?:[a-z0-9]+-(?:associated|induced|emergent related))\b|\badverse drug reactions?\b|\bs?adrs?\b"
)
NOT_RELATED = re.compile(r"\b(?:non-?|not |un)(?:[\w-]+[\s-])?(?:related|attributable)\b")
# "related to disease progression": no cause of the trial's
OTHER_CAUSE = re.compile(
    r"\s+(?:the\s+|their\s+|an?\s+|any\s+)?(?:[\w-]+\s+){0,2}?(?:disease|progression|underlying|recurrence|tumou?r|cancer|comorbid\w*|malignancy|relapse|als)\b"
)
SEVERITY = re.compile(
    r"\b(?:(?:clinically |medically )?(?:severe|major|significant)|life-threatening|fatal|lethal|high-grade|dose-limiting|limiting|moderate|(?:ctcae )?grades?[\s-]*(?:[<>=≥≤]+\s*)?(?:or\s*=\s*)?(?:\d|[iv]+)\b(?:\s*(?:-|/|to|and|or)\s*(?:\d|[iv]+)\b)?(?:\s+or (?:higher|greater|more|above|worse))?)"
    r"(?:\s*(?:or|and|to|/|,)\s*(?:severe|major|significant|life-threatening|fatal|moderate))*"
)
SERIOUS = re.compile(r"(?<!non)(?<!non-)\b(?:serious|t?e?saes?|sadrs?)\b")

_UNITS = r"(?:seconds?|minutes?|min|hours?|h|days?|d|weeks?|wks?|months?|years?|yrs?)"
_WORD = r"[\w/%.°+-]+"
# a few words up to a mark or the end, else as many as there are up to a word that begins something else
_NP = (
    rf"(?:{_WORD}(?:\s+{_WORD}){{0,6}}?\s*+(?=[,;.()]|\Z)|"
    rf"{_WORD}(?:\s+{_WORD}){{0,6}}(?=\s+(?:and|but|or|in|with|were|was|which|that|to|had|except|other|apart)\b))"
)
TIME = re.compile(
    rf"\b(?:(?:immediately|shortly|directly|early|late|soon)\s+(?:after|following|before)|during|within|throughout|over|at|on|by|until|up to|before|prior to|after|following|between|in)\s+(?:the\s+|an?\s+|each\s+)?(?:first|initial|last|next|early|acute|same|subsequent)?\s*{_NP}"
)
TIMED = re.compile(
    rf"\b(?:{_UNITS}|infusions?|injections?|procedures?|surgery|operations?|transplantation|administration|treatment|therapy|hospital\w*|discharge|visits?|baseline|night|period|phase|stage|course|time|anesthesia|anaesthesia|induction|harvest\w*|aspiration|collection|apheresis|delivery|pregnancy|puncture|follow-?up|study|trial|observation|implantation|transfusion|engraftment|cycles?|doses?)\b"
)
# the trial itself: "during follow-up", "after transplantation", "throughout the study", "at the end of the study"
WHOLE_TIME = re.compile(
    r"(?:(?:during|throughout|over|in|at|within|through|on|by|until|for|up to)\s+(?:(?:(?=\d*\.)[\d.]++|\w++)[\s-]++)*?(?:study|trial|follow-?ups?|observation(?:al|s)?|investigation|research)\b"
    r"|(?:after|following|upon)\s+(?:the\s+|any\s+|each\s+|all\s+|repeated\s+|single\s+|both\s+|intra\w+\s+|cell\s+|stem\s+|msc\s+|autologous\s+|allogeneic\s+)*(?:\w+\s+){0,2}?(?:treatment|therapy|transplantations?|injections?|infusions?|administrations?|implantations?|procedures?|interventions?|surgery|operations?|vaccination|cells?|transfusions?|transplants?)\s*\Z)"
)
_GROUPS = r"(?:cohorts?|groups?|arms?|stratum|strata|subgroups?|tier|dose levels?)"
_PEOPLE = r"(?:patients?|subjects?|participants?|volunteers?|individuals?|women|men|children|infants|adults|recipients|those|people|eyes|knees)"
GROUP = re.compile(
    rf"\b(?:in|among|for|within|at)\s+(?:the\s+)?(?P<who>(?:[\w+/-]+\s+){{0,4}}?{_GROUPS}(?:\s+(?:[a-d]|[iv]+|\d+|one|two|three|four|that\s+[\w\s-]{{3,40}}|who\s+[\w\s-]{{3,40}}|receiving\s+[\w\s-]{{2,30}}|treated\s+[\w\s-]{{2,30}}))?\b"
    rf"|(?:[\w+/-]+\s+){{0,2}}?{_PEOPLE}\s+(?:who|with|receiving|given|treated|aged|assigned|randomi[sz]ed|allocated|older|younger|under|over|on|taking|from)\s+[\w\s/%.-]{{2,50}}?(?=[,;.()]|\s+(?:and|but|were|was)\b|\s*\Z)"
    rf"|(?:first|last|initial)\s+(?:[\w-]+\s+){{0,2}}?{_PEOPLE}\b|controls?\b|(?:placebo|control|sham|younger|older|treated|untreated|female|male|adult|p(?:a)?ediatric)\s+{_PEOPLE}|placebo\b)"
)
EVERY_GROUP = re.compile(
    rf"\b(?:any|either|both|all|each|neither|every|whole|entire|these|the study|our|present|treatment groups)\b[\w\s-]*\Z|(?:study|treated|enrolled|included|our)\s+(?:{_PEOPLE}|{_GROUPS}|population)\Z"
)
MEASURE = re.compile(
    r"\b(?:with (?:regard|respect|reference) to|as regards|in terms of|in respect of|regarding|concerning|(?:that|which)\s+(?:\w+ly\s+)?(?:required|needed|necessitated|led|resulted|warranted|called|prompted|caused|prevented|limited|persisted|lasted)|requiring|necessitating|leading|resulting in|warranting|affecting|involving|lasting|persisting"
    r"|on (?:mri|ct|imaging|magnetic|computed|ultrasound|examination|physical|laboratory|blood|ecg|electrocardiog\w+|echocardiog\w+|x-ray|radiog\w+|chest)"
    r"|(?:in|on) (?:the\s+)?(?:vital signs|laboratory|blood (?:tests|counts?|chemistry)|physical examination|ecg|electrocardiog\w+|haematolog\w+|hematolog\w+|liver|renal|kidney|routine|clinical chemistry|urinalysis|imaging|neurological examination|parameters)"
    r"|at the (?:[\w-]+\s+){0,3}?sites?|at (?:autopsy|necropsy|biopsy)|by (?:mri|ct|imaging)|of (?:the )?(?:central nervous system|cns|wound|graft|donor site))\b[^,;.()]*"
)
# What ends the words of a limit
TRAILING = re.compile(r"[\s,;.]*(?:\b(?:or|and|in|for)\s*)?\Z")
BEHIND = re.compile(r"\s+(?:was|were|had|have|has|occurred)\b(?! (?:required|needed))")
ADDED = re.compile(
    r"\b(?:in (?:addition|conclusion|summary|total|general|contrast|particular|fact|this|the present|our)|at all|at least|of note|over all|on average|in the literature)\b"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a denial reaches no further than; ``scope`` and ``severity`` as spans, all empty where nothing limits it."""

    scope: Span | None = None
    severity: Span | None = None
    serious: bool | None = None
    related: bool | None = None


def limits(folded: str, clause: Span, cue: Span, mention: Span) -> Limits:
    """The limits of the denial of ``folded[mention]`` by ``folded[cue]`` in a clause."""
    first, last = min(cue[0], mention[0]), mention[1]
    head = cue[1] if cue[1] <= mention[0] else mention[0]
    relation = _relation(folded, last, clause[1])
    severity = SEVERITY.search(folded, head, last)
    said = folded[head:last]
    related = bool(relation or (RELATED_WORD.search(said) and not NOT_RELATED.search(said)))
    return Limits(
        _scope(folded, clause, first, last, relation),
        severity.span() if severity else None,
        bool(SERIOUS.search(said)) or None,
        related or None,
    )


def _relation(folded: str, start: int, end: int) -> Span | None:
    """The words behind a term that tie the denied events to the treatment."""
    for match in RELATION.finditer(folded, start, end):
        if not OTHER_CAUSE.match(folded, match.end(), end):
            return match.start(), end
    plain = re.compile(r"[\w\s]*?\b(?:was|were)\s+(?:\w+\s+){0,3}?(?:[\w-]+-)?related\b").match(folded, start, end)
    return (plain.start(), end) if plain else None


def _scope(folded: str, clause: Span, first: int, last: int, relation: Span | None) -> Span | None:
    """The first limit that stands behind the denial, or leads its clause."""
    stop = relation[0] if relation else clause[1]
    found = [s for s in (_limit(folded, last, stop), _limit(folded, clause[0], first)) if s]
    return found[0] if found else None


def _limit(folded: str, start: int, end: int) -> Span | None:
    """The first words of ``folded[start:end]`` that limit something."""
    spans = [m.span() for m in MEASURE.finditer(folded, start, end)]
    spans += [
        m.span()
        for m in TIME.finditer(folded, start, end)
        if TIMED.search(m.group()) and not WHOLE_TIME.match(TRAILING.sub("", m.group()))
    ]
    spans += [m.span() for m in GROUP.finditer(folded, start, end) if not EVERY_GROUP.search(m["who"])]
    kept = [(a, b) for a, b in spans if not ADDED.match(folded, a, b)]
    if not kept:
        return None
    a, b = min(kept, key=lambda s: (s[0], -s[1]))
    verb = BEHIND.search(folded, a, b)
    return a, a + len(TRAILING.sub("", folded[a : verb.start() if verb else b]))


_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
LENGTH = re.compile(rf"\b(?P<n>{WHOLE})[\s-]+(?P<unit>day|week|month|year)s?\b")
NEAR = 0.02  # 52 weeks are a year


def whole_follow_up(words: str, follow_up: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the words of a limit name the trial's own follow-up, and so limit nothing ("at 12 months", followed for a year)."""
    found = LENGTH.search(words)
    n = whole(found["n"]) if found else None
    if found is None or n is None:
        return False
    said = n * _DAYS[found["unit"]]
    own = [
        v["high"] * _DAYS[v["unit"].rstrip("s")]
        for v in follow_up
        if v.get("high") and str(v.get("unit") or "").rstrip("s") in _DAYS
    ]
    return any(abs(said - days) <= NEAR * days for days in own)
