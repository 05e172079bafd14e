"""Denials in one sentence, each with its cue, its scope and the exceptions in it.

>>> [d.cue for d in denials("no adverse events other than headache were observed", 0, 51)]
['no']

A cue denies what follows it up to the end of its clause (:mod:`extractor.events.clauses`), exceptions left out. "No
difference", "no increase" and their like deny a comparison, not an event, and are no cue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractor.events.clauses import Span, clauses

# "no", "without any", "absence of", "free of", "none of the patients", "did not cause", "was not associated with"
CUE = re.compile(
    r"\b(?P<subject>no\s+(?:\w+[\s-]+){0,2}?(?:patients?|subjects?|participants?|volunteers?|child(?:ren)?|infants?|wom[ae]n|m[ae]n|individuals?|one|person|people|animals?|neonates?|cases?(?!\s+of)|controls?(?=\s+(?:had|developed|experienced|suffered|died|vomited|showed|reported|required)\b))\b(?!\s*(?:-|related|reported))"
    r"|not (?:a single|one)(?: of (?:the |our |these )?(?:\w+ )?)?\s*(?:\w+\s+){0,2}?(?:patients?|subjects?|participants?|volunteers?|child(?:ren)?|infants?|wom[ae]n|m[ae]n|individuals?|person|people|recipients?|controls?|them|us)\b"
    r"|none of (?:the |these |our |them|those |all )?(?:(?:\d+ |\w+ )?(?:patients?|subjects?|participants?|volunteers?|child(?:ren)?|infants?|wom[ae]n|m[ae]n|individuals?|cases?|groups?|them|neonates|recipients)|\d+|\w+(?= (?:who|had|developed|experienced|died|of whom)\b)|(?=\w))\b"
    r"|neither\s+(?:of the\s+)?(?:groups?|arms?|patients?|treatments?|drugs?|formulation|regimen)|nobody|in no (?:case|patient)s?)"
    r"|\b(?P<verb>(?:did|do|does|has|have|had|was|were|is|are|could) not (?:\w+ly )?(?:be )?(?:caused?|produced?|develop(?:ed)?|experienced?|report(?:ed)?|reveal(?:ed)?|shown?|showed|have|had|lead to|led to|result(?:ed)? in|induced?|"
    r"found|find|identif(?:y|ied)|observed?|detect(?:ed)?|associated with|accompanied by|suffer(?:ed)?(?: from)?|complain(?:t|ed)?(?: of)?|noted?|note|see|seen|exhibit(?:ed)?|demonstrate(?:d)?|elicit(?:ed)?|present(?:ed)?(?: with)?|provoke)\b"
    r"|(?:caused|produced|reported|showed|had|experienced|revealed|developed|found|demonstrated|induced) no\b|denied|failed to (?:show|reveal|detect|cause))"
    r"|\b(?P<noun>no\b|without(?: any)?\b|(?:the )?(?:total |complete )?absence of|free (?:of|from)\b|lack of|devoid of|nor\b|neither\b|not any\b|zero\b|never\b|nil\b|but not\b(?! (?:only|all|always|statistically|significantly|in|with|for|by|to|at|on|of|until|after|before|during|when|the (?:other|control|placebo))\b))"
)
# After a cue: it denies a difference, not an event
COMPARISON = re.compile(
    r"\s+(?!adverse|side|[\w-]+[\s-](?:related|emergent|associated|induced|attributable|limiting|specific)\b)(?:(?:statistically|statistical|significant(?:ly)?|major|clear|marked|real|clinically|clinical|important|relevant|meaningful|other|further|apparent|substantial|between-group|between|group|intergroup|treatment|overall|additional|"
    r"notable|evident|obvious|such|consistent|appreciable|or|and|evidence|of|for|an?|any|detectable|material|remarkable|particular|striking|numerical|dose-related|the|discernible|great|large|in)[\s-]+){0,6}?"
    r"(?:differences?|differ\b|different|changes?\b|chang(?:ed|ing)|increas\w+|decreas\w+|effects? (?:on|of|in|was|were)\b|effect\b(?!s)|association|correlations?|impact|benefits?|influence|improve\w*|reduc\w+|relation(?:ship)?|interactions?|superiority|variation|advantages?|"
    r"consensus|data|information|comparison|significance|predict\w*|excess|worse|better|more|less|greater|higher|lower|longer|need|requirement|evidence (?:that|for)|role|trend|doubt|loss to follow|treatment|intervention|"
    r"prophyla\w*|therapy|placebo|control|medication|history|previous|prior|known|later than|risk factors?|contraindications?|symptoms? at|prevention|mask|drain(?:age)?|antibiotics?|drug|analges\w+|premedication|correlat\w+|preference|dose|apparent dose|findings?|regarding)\b"
)
# "without" and "no" in what defines people or groups: "patients with no history of"
ELIGIBLE = re.compile(
    r"(?:patients?|subjects?|participants?|women|men|children|adults|volunteers|individuals|pregnan\w+|those|people|infants|eyes|recipients)(?:\s+(?:with|having|who (?:had|have)|and|or|but|aged [\w -]{1,20}))?\s*,?\s*\Z"
)
WITH_NO = re.compile(r"\b(?:with|having|who (?:had|have))\s*\Z")
# "time without toxicity", "days free of side effects", "survival without": a measure, no denial
TIME_WITHOUT = re.compile(
    r"\b(?:time|times|days?|periods?|weeks?|months?|years?|survival|survived|interval|duration|hours?|rates?|probability|proportion)\s+(?:of (?:life|survival|time) |that (?:\w+ ){1,3})?\Z|\b(?:only|even)\s+in\s+\Z"
)
# "the HA powder or no adhesion barrier (n = 104) groups": a group's name
NAMES = re.compile(
    r"\s+(?:[\w-]+\s+){1,3}(?:\(n\s*=\s*\d+\)\s*)?(?:groups?|arms?)\b(?! had| developed| showed| experienced| reported)"
)
# What ends a scope
BREAK = re.compile(
    r"[;]|\b(?:but|however|although|though|whereas|while|yet|despite|because|since|until|which|who|when|if|unless|compared|versus|vs|(?<!other )than)\b|\bonly\b|:\s|\bwith\s+(?:one|two|three|only|the exception)\b|,?\s+and\s+(?:the\s+)?(?:overall\s+)?(?:incidences?|rates?|frequency|frequencies|most common|proportions?|percentages?)\b"
)
EXCEPTION = re.compile(
    r",?\s*\(?\b(?:except(?:ing|ion)?(?:\s+(?:for|of|that|in))?|other than|apart from|aside from|besides|with the exception of|beyond|excluding|save for|outside of)\b"
)
# "Other than mild fever, no adverse events": the exception comes first
FIRST = re.compile(
    r"\b(?:except (?:for|of)|other than|apart from|aside from|besides|with the exception of|excluding)\s+(?P<what>[^,;:]{3,160}),\s*(?:there (?:was|were|have been|had been)\s+|we (?:saw|observed|noted|found)\s+)?$"
)
# "none of the 8 who were scanned had": the relative clause does not end the scope
CHOSEN = re.compile(
    r"\s+(?:who|that|which)\s+[^,;]{3,60}?(?=\b(?:had|developed|showed|experienced|suffered|reported|died)\b)"
)
FINITE = re.compile(
    r"\b(?:was|were|is|are|has been|have been|had been|occurred|developed|appeared|experienced|reported|had|showed|died|observed|noted|seen|required|suffered|withdrew|discontinued|complained|revealed|led|resulted|completed|arose|happened)\b"
)
# After a term: "were not observed", "did not occur", ": none", "was absent", "occurred in no patient"
POST = re.compile(
    r"\s*(?:,\s*)?(?:\([^()]*\)\s*)?(?:of any (?:kind|type|grade|severity)\s+|in (?:any|either|both) (?:patients?|groups?|arms?|of the \w+)\s+|(?:related|attributable|due|attributed) to (?:the )?(?:\w+ ){0,4}?)?"
    r"(?:(?:(?:was|were|has been|have been|had been|is|are|could be)\s+)?(?:not|never|neither)\s+(?:be\s+)?(?:\w+ly\s+)?(?:observed|seen|noted|reported|detected|found|recorded|encountered|documented|identified|experienced|present|evident|apparent|noticed|mentioned|demonstrated|an? (?:problem|issue))"
    r"|did not (?:occur|develop|appear|arise|happen|present)|(?:was|were) (?:absent|nil|none|zero)\b|absent\b|(?:occurred|was (?:observed|seen|reported|noted|found)|were (?:observed|seen|reported|noted|found)) in (?:none|no (?:patients?|subjects?|participants?|cases?|one)|neither)"
    r"|\s*(?::|-|=)\s*(?:none|nil|no\b|absent|0\b(?!\.)|zero)|\((?:none|nil|n\s*=\s*0|0|0\s*%)\))"
)
# "none were serious", "none was related to the drug": a denial of the class's kind, not of the class
OF_KIND = re.compile(
    r"\bnone\b(?:\s+of (?:these|them|the|which|those)(?:\s+(?:\w+[\s-]+){0,3}(?:events?|aes?|saes?|effects?|complications?|reactions?))?)?\s*,?\s+(?:(?:was|were|is|are|being)\s+)?(?:\w+ly\s+)?(?:considered |judged |deemed |thought |assessed |regarded |classified )?(?:as |to be )?(?:\w+ly )?"
    r"(?P<kind>serious|severe|life-threatening|fatal|(?:[\w-]+[\s-])?related|attributable|attributed|ascribed|linked|due|caused by|clinically significant)\b"
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


def denials(folded: str, start: int, end: int) -> list[Denial]:
    """The denials of one sentence, in order."""
    parts = clauses(folded, start, end)
    found: list[Denial] = []
    for match in CUE.finditer(folded, start, end):
        if (
            COMPARISON.match(folded, match.end(), end)
            or _eligible(folded, start, match)
            or NAMES.match(folded, match.end(), end)
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
        and match["noun"] != "no"
        and TIME_WITHOUT.search(folded, max(start, match.start() - 30), match.start())
    ):
        return True
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
    except_ = EXCEPTION.search(folded, start, last)
    if except_ is None:
        return last, ()
    border = BREAK.search(folded, except_.end(), sentence)  # "except one, who died": told of the exception
    last = max(last, border.start() if border else sentence) if last == end else last
    close = FINITE.search(folded, except_.end(), last)
    return last, ((except_.end(), close.start() if close else last),)


def denied_after(folded: str, at: int, end: int) -> re.Match[str] | None:
    """The words right after a term that deny it ("were not observed", ": none"), or None."""
    return POST.match(folded, at, end)
