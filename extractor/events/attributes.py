"""Severity, grade, seriousness and relatedness of an event, as the clause says them; words that name no arm."""

from __future__ import annotations

from extractor import patterns as re
from extractor.events.mentions import CLASS, ORGAN, Mention
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

SEVERITY = re.compile(rf"\b(?:{W.severity_mild}(?:\s*(?:-|to|or|and|/|,)\s*(?:to[\s-]+)?(?:mild|moderate|severe))*)\b")
GRADE = re.compile(
    r"\bgrades?(?:\s+of)?[\s-]*(?:[<>=≥≤]+\s*)?(?:or\s*=\s*)?(?P<grade>(?:\d|[iv]+)\b(?:\s*(?:-|/|to|and|or|,)\s*(?:\d|[iv]+)\b)*(?:\s*(?:or (?:higher|greater|more|above|worse)|\+))?)"
)
SERIOUS = re.compile(rf"\b{W.serious}\b")
RELATED = re.compile(rf"\b{W.related}\b")
_AGENT = W.agent
OF_AGENT = re.compile(rf"\s+{W.of_agent_of}\s+{W.of_agent_either}?(?:\w+[\s-]+){{0,3}}?{_AGENT}\b")
# "no adverse events due to X": in a denial whatever stands there is the agent
FROM_ANY = re.compile(rf"\s+{W.from_any_from}\s+(?!{W.from_any_baseline})")
RELATED_AFTER = re.compile(
    rf"(?:\s+(?:that|which))?\s+(?:{W.related_after_was}\s+)*(?:{W.attributable}\b(?!\s+to\b)|{W.related_after_related}\s+(?:to|with|by)\s+{W.related_after_either}*(?:[\w-]+\s+){{0,3}}?{_AGENT}\b)"
)
# "due to disease progression": tied to something that is not the treatment
OTHER_CAUSE = re.compile(
    rf"\s+(?:\w+\s+){{0,2}}?{W.other_cause_due}\s+to\s+(?:the\s+|their\s+)?(?:[\w-]+\s+)?{W.other_cause_disease}\b|\s+(?:of|from)\s+(?:the\s+)?(?:disease progression|progressive disease|the disease|underlying)\b"
)
UNRELATED = re.compile(rf"\b{W.unrelated}\b")
# "non-MSC related malignancies", "a non-treatment-related fall"; the words of the term or right before it
NOT_RELATED = re.compile(
    r"\b(?:non-?|not\s+)(?:[\w-]+[\s-])?(?:related|attributable)\s*(?:[\w-]+\s+){0,2}\Z|\b(?:non-?|un)(?:[\w-]+[\s-])?related\b(?!\s+to\b)[^,;]*\Z"
)
# "cancer-related death", "AIDS-related illness": tied to what people have, not to what they were given
OF_ILLNESS = re.compile(
    r"\b(?:disease|cancer|tumou?r|aids|hiv|age|lymphoma|leuka?emia|melanoma|myeloma|carcinoma|progression)[\s-](?:related|associated|specific)\b[^,;:.()]{0,20}\Z"
)
CAUSED = re.compile(rf"\b{W.caused}\b")
NO_ARM = re.compile(W.no_arm)


def severity(folded: str, start: int, mention: Mention, end: int) -> tuple[int, int] | None:
    """The words that say how severe, right before the term or said of it after ("headache was mild")."""
    before = list(SEVERITY.finditer(folded, max(start, mention.start - 40), mention.core))
    if before and not re.search(r"[;,:]|\b(?:and|or|of|in|had|was|were)\b", folded[before[-1].end() : mention.start]):
        return before[-1].span()
    after = re.compile(
        r"\s*(?:\([^()]*\)\s*)?(?:(?:was|were)(?:\s+of)?|being|of)\s+(?:generally\s+|usually\s+|mostly\s+|all\s+|only\s+|predominantly\s+)?(?=mild|minor|moderate|severe|slight)"
    ).match(folded, mention.end, end)
    found = SEVERITY.match(folded, after.end(), end) if after else None
    return found.span() if found else None


def grade(folded: str, start: int, mention: Mention) -> tuple[int, int] | None:
    """The grade said of the term: "grade 3 neutropenia", "neutropenia (grade 3", "adverse events of grade 3 or higher"."""
    before = list(GRADE.finditer(folded, max(start, mention.start - 60), mention.core))
    if before and not re.search(r"[;.,)]", folded[before[-1].end() : mention.start]):
        return before[-1].span("grade")
    after = re.compile(
        r"\s*(?:\(\s*)?(?:of\s+)?(?:(?:(?:greater|higher|more|worse) than(?:\s+or equal to)?|at least|[>≥])\s*)?(?=(?:ctcae |nci |who )?grade)|\s+(?:of|with)\s+(?:an?\s+)?(?:maximum|highest|worst)\s+(?=grade)|\s*\(\s*"
    ).match(folded, mention.end)
    found = GRADE.match(folded, after.end()) if after else None
    return found.span("grade") if found else None


GRADED_BEFORE = re.compile(rf"[(\[]\s*{GRADE.pattern}\s*[,:]\s*\Z")
# "seizure (possibly related), hip fracture (unrelated)"
BEHIND = re.compile(r"\s*\((?=[^()]*(?:related|attribut))[^()]{0,60}\)")


# "grade 3 in ", "of grade 3 or 4 in ": right before a count
GRADE_AHEAD = re.compile(
    rf"{GRADE.pattern}(?:\s+(?:disease|events?|ones?|toxicity|reactions?))?\s+(?:in|among|by)\s+\Z"
)


def grade_of_count(folded: str, count: Count) -> tuple[int, int] | None:
    """The grade said of a count: "66 [17%] were grade 3", "grade 4 in three", "in all patients (grade 3, 65%)"."""
    first = max(0, count.start - 50)
    ahead = GRADE_AHEAD.search(folded, first, count.start) or GRADED_BEFORE.search(folded, first, count.start)
    if ahead:
        return ahead.span("grade")
    said = re.compile(r"\s*(?:of (?:which|whom|these) )?(?:were|was|being|with|had|\()?\s*(?:a )?").match(
        folded, count.end
    )
    found = GRADE.match(folded, said.end()) if said else None
    return found.span("grade") if found else None


SEVERE_BEFORE = re.compile(rf"(?P<how>{SEVERITY.pattern})\s+(?:severity|intensity)\s*\((?:in\s+)?(?:n\s*=\s*)?\Z")


def severity_of_count(folded: str, count: Count) -> tuple[int, int] | None:
    """How severe a count's events were: "23 of which were mild", "one was severe", "of moderate severity (in 20%)"."""
    ahead = SEVERE_BEFORE.search(folded, max(0, count.start - 60), count.start)
    if ahead:
        return ahead.span("how")
    said = re.compile(
        r"\s+(?:of (?:which|whom|these|them)\s+)?(?:(?:were|was)\s+)?(?=mild|moderate|severe|minor)"
    ).match(folded, count.end)
    found = SEVERITY.match(folded, said.end()) if said else None
    return found.span() if found else None


RANKS = re.compile(r"(?:mild|minor|moderate|severe)(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:mild|minor|moderate|severe))+")
RANK = re.compile(r"[a-z]+")


def ranks(folded: str, severity: tuple[int, int] | None, size: int) -> list[tuple[int, int]]:
    """ "Mild, moderate and severe headache in 6, 3 and 1": the rank of each of as many counts; none where they do not match."""
    if severity is None or not RANKS.fullmatch(folded, *severity):
        return []
    each = [m.span() for m in RANK.finditer(folded, *severity) if m.group() != "and"]
    return each if len(each) == size else []


def grade_in(folded: str, mention: Mention) -> tuple[int, int] | None:
    """The grade inside a mention: "grade 3-4 toxicities"."""
    found = GRADE.search(folded, mention.start, mention.end)
    return found.span("grade") if found else None


def serious(folded: str, mention: Mention) -> bool | None:
    text = folded[mention.start : mention.end]
    if SERIOUS.search(text):
        return not re.search(r"non-?serious", text)
    return None


def related(folded: str, start: int, mention: Mention, end: int, *, denied: bool) -> bool | None:
    """Whether the text ties the event to the treatment (True), denies the tie (False), or says nothing."""
    text = folded[mention.start : mention.end]
    bracket = BEHIND.match(folded, mention.end)
    if not denied and bracket:
        return not UNRELATED.search(bracket.group())
    if not denied and NOT_RELATED.search(folded, max(start, mention.start - 40), mention.end):
        return False
    if OF_ILLNESS.search(folded, max(start, mention.start - 40), mention.end):
        return False if not denied else None
    if RELATED.search(text):
        return True
    tail = folded[mention.end : min(end, mention.end + 90)]
    if OF_AGENT.match(tail) or (denied and FROM_ANY.match(tail)):
        return True
    if not denied and (
        OTHER_CAUSE.match(tail)
        or re.search(r"\bunrelated\s+\Z", folded[max(start, mention.start - 12) : mention.start])
    ):
        return False
    if not denied and UNRELATED.search(tail.split(";")[0]):
        return False
    if RELATED_AFTER.match(tail) and not re.match(r"\s+\w+ (?:more|most)", tail):
        return True
    head = folded[max(start, mention.start - 60) : mention.start]
    caused = list(CAUSED.finditer(head))
    if caused and not re.search(r"[,;:]|\bwas\b|\bwere\b", head[caused[-1].end() :]):
        return True
    if re.search(
        r"(?:[a-z0-9]+-(?:related|induced|associated|attributable)|related|adverse (?:drug )?reactions?)\s+\Z", head
    ) and mention.kind not in (CLASS, ORGAN):
        return True
    return None


def tied_behind(folded: str, at: int, end: int) -> bool:
    """Whether the words at the end of a list tie all of it to the treatment: "no complications or allergies from the infusion"."""
    return OF_AGENT.match(folded, at, end) is not None or RELATED_AFTER.match(folded, at, end) is not None
