"""Severity, grade, seriousness and relatedness of an event, and the arm that a count belongs to, as the clause says them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.events.mentions import CLASS, ORGAN, Mention
from extractor.quantities.counts import Count

SEVERITY = re.compile(
    r"\b(?:(?:mild|minor|moderate|severe|slight|life-threatening|fatal|mild-to-moderate|moderate-to-severe)(?:\s*(?:-|to|or|and|/|,)\s*(?:to\s+)?(?:mild|moderate|severe))*)\b"
)
GRADE = re.compile(
    r"\bgrades?[\s-]*(?:[<>=≥≤]+\s*)?(?:or\s*=\s*)?(?P<grade>(?:\d|[iv]+)\b(?:\s*(?:-|/|to|and|or|,)\s*(?:\d|[iv]+)\b)*(?:\s*(?:or (?:higher|greater|more|above)|\+))?)"
)
SERIOUS = re.compile(r"\b(?:serious|saes?|tesaes?|sadrs?|life-threatening|fatal)\b")
DENIED_SERIOUS = re.compile(
    r"\b(?:serious|severe|major|significant|life-threatening|fatal|sae|saes|sadrs?|grade[\s-]*(?:>|>=|<)?\s*(?:or\s*=\s*)?(?:3|4|5|iii|iv|v)\b|high-grade)\b"
)
RELATED = re.compile(
    r"\b(?:[a-z0-9]+[\s-](?:related|attributable|associated|induced|emergent related)|related|attributable|attributed|due to|caused by|adverse drug reactions?|s?adrs?|because of the (?:treatment|drug)|resulting from|from (?:the )?(?:treatment|cells|procedure|injection|product|study drug|transplant\w*|infusion)|ascribed to|linked to|tied to|secondary to (?:the )?(?:treatment|procedure|drug))\b"
)
_AGENT = r"(?:treatment|therapy|drugs?|medication|procedure|operation|surgery|injections?|infusions?|cells?|transplant\w*|product|vaccin\w*|device|intervention|study drug|implantation|administration|stem cell\w*|graft\w*|technique|anesthe\w+|transfusion|block|catheter|stent|supplement\w*|device|exercise|training|method)"
OF_AGENT = re.compile(
    rf"\s+(?:of|from|to|with|by|due to|related to|attributable to|associated with|attributed to|caused by|linked to|tied to|ascribed to|resulting from|arising from|in relation to|as a result of)\s+(?:either\s+|both\s+|any\s+|each\s+|the\s+|this\s+|study\s+|our\s+|intrathecal\s+)?(?:\w+[\s-]+){{0,3}}?{_AGENT}\b"
)
# "no adverse events due to X": in a denial whatever stands there is the agent
FROM_ANY = re.compile(
    r"\s+(?:from|due to|caused by|attributed to|attributable to|related to|arising from|resulting from|ascribed to)\s+(?!baseline|the start|day|week|any|either|one)"
)
RELATED_AFTER = re.compile(
    rf"(?:\s+(?:that|which))?\s+(?:(?:was|were|is|are|being|considered|judged|deemed|thought|possibly|probably|definitely|directly|clearly|to be|could be|and|either|not clearly|believed)\s+)*(?:(?:related|attributable|attributed|ascribed|linked|tied|connected)\b(?!\s+to\b)|(?:related|attributable|attributed|ascribed|linked|tied|connected|due|associated|caused)\s+(?:to|with|by)\s+(?:either\s+|the\s+|this\s+|study\s+|our\s+)*(?:[\w-]+\s+){{0,3}}?{_AGENT}\b)"
)
# "due to disease progression": tied to something that is not the treatment
OTHER_CAUSE = re.compile(
    r"\s+(?:\w+\s+){0,2}?(?:due|related|attributed|attributable|secondary|ascribed|owing)\s+to\s+(?:the\s+|their\s+)?(?:[\w-]+\s+)?(?:disease|progression|underlying|recurrence|tumou?r|cancer|comorbid\w*|malignancy|als|relapse)\b|\s+(?:of|from)\s+(?:the\s+)?(?:disease progression|progressive disease|the disease|underlying)\b"
)
UNRELATED = re.compile(
    r"\b(?:not (?:considered |thought |judged |deemed |believed )?(?:to be )?(?:\w+ly )?(?:related|attributable|attributed|due|associated|ascribed|linked)|unrelated|not [\w-]+-related|un-related)\b"
)
# "non-MSC related malignancies", "a non-treatment-related fall"; the words of the term or right before it
NOT_RELATED = re.compile(
    r"\b(?:non-?|not\s+)(?:[\w-]+[\s-])?(?:related|attributable)\s*(?:[\w-]+\s+){0,2}\Z|\b(?:non-?|un)(?:[\w-]+[\s-])?related\b(?!\s+to\b)[^,;]*\Z"
)
CAUSED = re.compile(r"\b(?:caused(?! by)|causes|cause|induced|produced|provoked|elicited|led to|resulted in)\b")
_GROUP = r"(?:groups?|arms?|cohorts?|patients|recipients|participants|subjects|treated|therapy|regimen|controls?|children|women|infants)"
AFTER_ARM = re.compile(
    rf"\s*(?:\)|\])?\s*,?\s*(?:of|in|with|for|on|among|receiving|taking|given|from|treated with|who received|who were given|by|during|after|under)\s+(?:the\s+|those\s+|patients\s+|subjects\s+|participants\s+)*(?:in\s+|on\s+|with\s+|of\s+|receiving\s+|given\s+|treated with\s+|who received\s+|taking\s+|assigned to\s+)?(?:the\s+)?(?P<arm>[^,;()\[\]]{{1,50}}?)(?=\s*(?:-treated)?\s+{_GROUP}\b|\s*[,;)(\]]|\s+(?:and|vs\.?|versus|v\.?|compared|whereas|while|but|than|or|had|was|were|respectively)\b|\.?\s*\Z)"
)
BARE_ARM = re.compile(
    rf"\s*(?:\)|\])?\s+(?!(?:than|versus|vs|compared|whereas|while|and|or|but|in)\b)(?P<arm>[a-z0-9][\w+/ -]{{0,30}}?)(?:-treated)?\s+{_GROUP}\b"
)
BEFORE_ARM = re.compile(
    r"(?:\b(?:in|with|for|on|of|among|than|to|the|by|versus|vs\.?|and|receiving)\s+|[(,;]\s*)(?:the\s+)?(?P<arm>[a-z0-9][\w+/-]*(?: (?!than|vs|versus|and|compared|in|with)[\w+/-]+){0,4}?)(?:\s+(?:groups?|arms?|patients|recipients|cohort))?\s*[(:,]?\s*(?:n\s*=\s*)?\Z"
)
# "higher in the experimental group than in controls (": the arms of the two counts that follow
COMPARED_ARMS = re.compile(
    rf"\b(?:in|with|for|among|by|on|between|of|receiving)\s+(?:the\s+)?(?P<a>[a-z0-9][\w+/-]*(?: [\w+/-]+){{0,4}}?)(?:\s+{_GROUP})?\s+(?:than|versus|vs\.?|compared (?:with|to)|as compared (?:with|to)|and)\s+(?:in\s+|with\s+|for\s+|to\s+|among\s+|that in\s+|those in\s+)?(?:the\s+)?(?P<b>[a-z0-9][\w+/-]*(?: [\w+/-]+){{0,4}}?)(?:\s+{_GROUP})?\s*[(:,]\s*(?:n\s*=\s*)?\Z"
)
# "15.2% (induction)": the arm in brackets behind its count
BRACKET_ARM = re.compile(r"\s*\((?!p\b|grade|n\b)(?P<arm>[a-z][^()\d%<>=]{1,40})\)")
LISTED = re.compile(
    r"(?:\b(?:in|for|with|of|among|on|by|between)\s+|\()(?:the\s+)?(?P<list>[^;()]{3,140}?)\s*(?:groups?|arms?|patients|treatments?|recipients|subjects)?\s*,?\s*(?:\)\s*,?\s*)?\brespectively"
)
# "adverse events (combination/placebo) were diarrhea (10.8%/0%)": the arms said once for all counts
HEADER = re.compile(
    r"(?:events?|effects?|reactions?|toxicit(?:y|ies)|aes|complications?)\s*\((?P<list>(?!aes?\)|teaes?\)|saes?\))[a-z][^()\d%]{1,60}?(?:/|\bv(?:s|ersus)?\b\.?|\bor\b|\band\b|,)[^()%]{1,60})\)"
)
NO_ARM = re.compile(
    r"\b(?:when|before|least|occurred|were|was|died|developed|seen|observed|respectively|each|both|either|all|total|study|overall|cases?|the trial|days?|weeks?|months?|years?|hours?|which|whom|this|these|first|remaining|only|patients?|subjects?|eyes|incidence|rates?|frequency|addition|terms|severity|intensity|follow-up|comparison|other|another|same|them|those)\b|^\d+$|^(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|of|in)\b"
)


def severity(folded: str, start: int, mention: Mention, end: int) -> tuple[int, int] | None:
    """The words that say how severe, right before the term or said of it after ("headache was mild")."""
    before = list(SEVERITY.finditer(folded, max(start, mention.start - 40), mention.core))
    if before and not re.search(r"[;,:]|\b(?:and|or|of|in|had|was|were)\b", folded[before[-1].end() : mention.start]):
        return before[-1].span()
    after = re.compile(
        r"\s*(?:\([^()]*\)\s*)?(?:was|were|being|of)\s+(?:generally\s+|usually\s+|mostly\s+|all\s+|only\s+|predominantly\s+)?(?=mild|minor|moderate|severe|slight)"
    ).match(folded, mention.end, end)
    found = SEVERITY.match(folded, after.end(), end) if after else None
    return found.span() if found else None


def grade(folded: str, start: int, mention: Mention) -> tuple[int, int] | None:
    """The grade said of the term: "grade 3 neutropenia", "neutropenia (grade 3"."""
    before = list(GRADE.finditer(folded, max(start, mention.start - 60), mention.core))
    if before and not re.search(r"[;.,)]", folded[before[-1].end() : mention.start]):
        return before[-1].span("grade")
    after = re.compile(r"\s*\(\s*").match(folded, mention.end)
    found = GRADE.match(folded, after.end()) if after else None
    return found.span("grade") if found else None


def grade_of_count(folded: str, count: Count) -> tuple[int, int] | None:
    """The grade said of a count: "66 [17%] were grade 3"."""
    said = re.compile(r"\s*(?:of (?:which|whom|these) )?(?:were|was|being|with|had|\()?\s*(?:a )?").match(
        folded, count.end
    )
    found = GRADE.match(folded, said.end()) if said else None
    return found.span("grade") if found else None


def severity_of_count(folded: str, count: Count) -> tuple[int, int] | None:
    """How severe a count's events were: "23 of which were mild", "one was severe"."""
    said = re.compile(r"\s+(?:of (?:which|whom|these|them)\s+)?(?:were|was)\s+(?=mild|moderate|severe|minor)").match(
        folded, count.end
    )
    found = SEVERITY.match(folded, said.end()) if said else None
    return found.span() if found else None


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
    if not denied and NOT_RELATED.search(folded, max(start, mention.start - 40), mention.end):
        return False
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


def arms(folded: str, start: int, end: int, found: Sequence[Count], mention: Mention) -> list[tuple[int, int] | None]:
    """The arm of each of several counts of one event, as spans; None where the text gives none.

    A count behind the term has its arm behind it too; the arm of the last count before a term may stand behind the term.
    """
    if not found:
        return []
    listed = LISTED.search(folded, found[-1].end, end)
    if listed and len(found) > 1 and "%" not in listed["list"]:
        spans = _split(folded, *listed.span("list"))
        if len(spans) == len(found):
            return list(spans)
    header = HEADER.search(folded, start, found[0].start)
    if header and len(found) > 1:
        spans = _split(folded, *header.span("list"))
        if len(spans) == len(found):
            return list(spans)
    compared = COMPARED_ARMS.search(folded, start, found[0].start)
    if compared and len(found) == 2 and not NO_ARM.search(compared["a"]):
        return [compared.span("a"), compared.span("b")]
    out: list[tuple[int, int] | None] = []
    for place, count in enumerate(found):
        stop = found[place + 1].start if place + 1 < len(found) else end
        first = found[place - 1].end if place else (mention.end if mention.end <= count.start else start)
        leads = count.end <= mention.start < stop
        arm = _arm(folded, first, count, mention.start if leads else stop)
        if arm is None and leads:
            arm = _arm(folded, mention.end, Count(mention.start, mention.end, ""), stop)
        out.append(arm)
    return out


def _split(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for comma in [
        *re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s+versus\s+|\s+vs?\.?\s+|\s+or\s+|/").finditer(folded, start, end),
        None,
    ]:
        stop = comma.start() if comma else end
        if stop > at:
            spans.append((at, stop))
        at = comma.end() if comma else end
    return spans


def _arm(folded: str, first: int, count: Count, stop: int) -> tuple[int, int] | None:
    for pattern in (BRACKET_ARM, AFTER_ARM, BARE_ARM):
        after = pattern.match(folded, count.end, stop)
        if after and not NO_ARM.search(after["arm"]):
            return after.span("arm")
    before = BEFORE_ARM.search(folded, max(first, count.start - 60), count.start)
    if (
        before
        and not NO_ARM.search(before["arm"])
        and re.search(r"group|arm|\(|patients|recipients", folded[before.start() : count.start])
    ):
        return before.span("arm")
    return None
