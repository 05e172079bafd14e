"""What a sentence denies: classes ("no adverse events"), named events, and kinds ("none of which were serious")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractor import patterns as re
from extractor.events import attributes
from extractor.events.clauses import Span, clause_of
from extractor.events.denials import EXCEPTION, OF_KIND, Denial
from extractor.events.event import ABSENT, NONE_REPORTED, Event
from extractor.events.limits import Limits, limits, subject_group
from extractor.events.lists import list_end
from extractor.events.mentions import CLASS, DEATH, NAMED, OPEN, ORGAN, Mention
from extractor.events.said_of import EVERYONE, EXAM, SOME, behind, said_of
from extractor.events.sentence import Reading
from extractor.events.words_of_counts import APPOSED
from extractor.events.words_of_events import BUT_SOME, CASES_OF, OTHER_HEAD
from extractor.words import Words

W = Words("events")

# behind a term: it only qualifies a word that is denied ("adverse event profiles"), or is compared
QUALIFIES = re.compile(rf"\s+(?:\w+\s+){{0,2}}?{W.qualifies_of}\b")
# "neither group had a reduction in mortality": a change is denied
CHANGE = re.compile(rf"\b{W.change_reductions}\s+(?:in|of|on|for)\b")
# "in-hospital deaths", "30-day mortality": of a part of the time
OF_A_TIME = re.compile(rf"{W.of_a_time}\b")
CAUSES = re.compile(W.causes)
# "without causing any side effect", "neither the infusion nor the puncture brought complications"
CAUSING = re.compile(rf"[^,;:]{{0,80}}?\b{W.causing}\s+(?:any\s+|an?\s+)?\Z")
# "no late adverse events", "no acute toxicity": of a part of the time
LIMITED_QUALITY = re.compile(rf"\b{W.limited_quality}\b")
NEXT_CLASS = re.compile(r",\s*(?:or|and|nor)\s+")  # "no adverse events related to the cells, or serious adverse events"
OR_CLASS = re.compile(r"\s*,?\s*(?:or|and|nor)\s+(?:any\s+)?")
LISTED_BEHIND = re.compile(r"\s*,")
PRONOUN = re.compile(r"\b(?:it|this|these|they|which|that)\s+\Z")  # what an event did not lead to
ITEM = re.compile(r",\s*(?:(?:and|or)\s+)?")
# "the remaining twelve had no adverse event": of the others it is told
REMAINING = re.compile(rf"\b{W.remaining}\b[^,;]{{0,30}}\Z")
# "infusion-associated or serious unexpected adverse events": two classes with one head
TWO_CLASSES = re.compile(
    r"(?P<tied>[\w-]+(?:[\s-][\w-]+)??[\s-](?:related|associated))\s+(?:or|and)\s+(?P<grave>(?:other\s+)?(?:serious|severe)\b)"
)
# "were absent in all but two patients": of these two the denial does not tell
ALL_BUT = re.compile(
    r"\s+(?:(?:was|were)\s+(?:\w+\s+)?)?(?P<whom>(?:in|for|among|by|from)\s+all\s+(?:patients\s+)?(?:but|except)\s+[\w-]+(?:\s+(?!who\b|and\b)[a-z]+)?)"
)
# the people denied, where those of another group are counted behind them
IN_GROUP = re.compile(
    r"\s+(?:(?:was|were|occurred)\s+(?:\w+\s+)?)?(?P<who>(?:in|among|on|with|for|after)\s+[^,;:()]{3,40})"
)
# "no death was attributed to"
RELATED_TO = re.compile(
    rf"\s+(?:(?:was|were)\s+)?(?:\w+ly\s+)?{W.of_kind_considered}?(?:as |to be )?(?:\w+ly )?(?:[\w-]+[\s-])?{W.relation_related}\s+{W.relation_to}\b"
)


def denied(
    reading: Reading, mention: Mention, cue: Span, inner: list[Mention], denial: Denial | None, last: int
) -> Iterator[Event]:
    """A mention denied by `cue`: a class as none reported, a named event as absent; nothing where something else is denied."""
    if _not_told(reading, mention, cue, inner, denial, last):
        return
    if denial and denial.cue.startswith("without") and any(m.end == denial.start - 1 for m in inner):
        return  # "nausea without vomiting": of what those people had
    clause = denial.clause if denial else clause_of(reading.folded, reading.start, reading.end, mention.start)
    stop = min([a for a, _ in denial.exceptions if a >= mention.end], default=clause[1]) if denial else clause[1]
    of = said_of(reading.folded, denial, mention.end, stop) if denial else behind(reading.folded, cue[1], clause[1])
    of = of or EVERYONE
    blanket = mention.kind == CLASS
    rest = REMAINING.search(reading.folded[clause[0] : cue[0]]) if of.whom == SOME and blanket else None
    if of.whom == SOME and rest is None:
        return
    two = TWO_CLASSES.match(reading.folded, mention.start, mention.end) if blanket else None
    if two:
        tied = replace(mention, end=two.end("tied"), tail=(mention.core, mention.end))
        yield from denied(reading, tied, cue, inner, denial, last)
        grave = replace(mention, start=two.start("grave"))
        for one in denied(reading, grave, (cue[0], grave.start), inner, denial, last):
            yield replace(one, cue=cue)
        return
    others = _before_others(reading, mention, clause[1])
    found = _limits(reading, mention, _behind_class(reading, mention, cue, inner), inner, denial, (clause[0], others))
    arm = reading.arm_after(mention, min(last, others))
    but = ALL_BUT.match(reading.folded, max(cue[1], mention.end), last)
    scope = (clause[0] + rest.start(), cue[0]) if rest else but.span("whom") if but else None
    apart = IN_GROUP.fullmatch(reading.folded, mention.end, others) if others < clause[1] else None
    scope = (
        scope
        or found.scope
        or (apart.span("who") if apart else None)
        or (subject_group(reading.folded, denial, mention.start) if denial else None)
    )
    if blanket and of.count is not None and not (denial and denial.kind == "subject"):
        scope = scope or (of.count.start, of.count.end)
    if (
        mention.kind == DEATH
        and scope is None
        and (some := OF_A_TIME.match(reading.folded, mention.start, mention.end))
    ):
        scope = some.span()
    if blanket and scope is None and (early := LIMITED_QUALITY.search(reading.folded, mention.start, mention.core)):
        scope = early.span()
    yield Event(
        mention,
        NONE_REPORTED if blanket else ABSENT,
        of.count if of.whom == EXAM and not blanket else None,
        arm,
        cue,
        "denied",
        (reading.start, reading.end),
        severity=found.severity,
        serious=found.serious if blanket or mention.kind == ORGAN else None,
        related=found.related,
        concluded=reading.concluded,
        scope=scope,
        excepting=bool(denial.exceptions if denial else EXCEPTION.match(reading.folded, cue[1], last)),
    )


def _not_told(
    reading: Reading, mention: Mention, cue: Span, inner: list[Mention], denial: Denial | None, last: int
) -> bool:
    """Whether it is not the event that is denied: an outcome, a plan, a word that the term only qualifies."""
    named = mention.kind in (NAMED, OPEN)
    if mention.kind == DEATH and _cause_denied(reading, mention, last):
        return True
    if named and (reading.reports.outcome(mention, reading.start, last) or reading.reports.subject(mention)):
        return True
    if (named and reading.concluded) or reading.hypothetical(cue[0]):
        return True
    if mention.kind == CLASS and (
        _stop_before(reading, mention, inner)
        or _of_one_event(reading, mention, denial)
        or _died_of(reading, mention, inner)
    ):
        return True
    lead = _head(reading, denial, mention, inner) if denial else ""
    if any(denial and m.kind == CLASS and denial.end <= m.start and m.end < mention.start for m in inner):
        lead = lead[max((m.end() for m in NEXT_CLASS.finditer(lead)), default=0) :]
    own = _own_item(reading, denial, mention, inner, lead) if denial else lead
    if CHANGE.search(lead) or OTHER_HEAD.search(own) or (re.search(r"\b\w+ of\b", own) and not CASES_OF.search(lead)):
        return True
    return QUALIFIES.match(reading.folded, mention.end, last) is not None


def _own_item(reading: Reading, denial: Denial, mention: Mention, inner: list[Mention], lead: str) -> str:
    """What stands before a term in its own item of a list whose first item is a plain term: "no bleeding, need for blood, pain"."""
    first = next((m for m in inner if m.start >= denial.end), mention)
    before = reading.folded[denial.end : first.start]
    if first is mention or OTHER_HEAD.search(before) or not LISTED_BEHIND.match(reading.folded, first.end):
        return lead
    return ITEM.split(lead)[-1]


def _cause_denied(reading: Reading, mention: Mention, last: int) -> bool:
    """ "Two died; neither death was related to the cells": deaths were told, and only their cause is denied."""
    before = any(m.kind == DEATH and m.end <= mention.start for m in reading.mentions)
    return before and RELATED_TO.match(reading.folded, mention.end, last) is not None


DIED_OF = re.compile(r"\s+(?:of|from|due to|because of|owing to)\s+(?:\w+\s+)?")


def _died_of(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """ "No patient died of toxicity": a death is denied, not the toxicity."""
    dead = [m.end for m in inner if m.kind == DEATH and m.end < mention.start]
    return any(DIED_OF.fullmatch(reading.folded, at, mention.start) for at in dead)


def _of_one_event(reading: Reading, mention: Mention, denial: Denial | None) -> bool:
    """ "It did not lead to any serious problems", "site reactions were mild, with no severe reactions": of an event told before."""
    first = denial.start if denial else mention.start
    told = [m for m in reading.mentions if m.kind in (NAMED, OPEN) and m.end <= first]
    last = reading.folded[mention.start : mention.end].split()[-1].rstrip("s")
    if any(reading.folded[m.start : m.end].rstrip("s").endswith(f" {last}") for m in told):
        return True
    before = reading.folded[max(reading.start, first - 20) : first]
    return bool(told) and denial is not None and denial.kind == "verb" and PRONOUN.search(before) is not None


def _stop_before(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """ "no withdrawals due to adverse events, including related ones": the class explains what is denied."""
    past = [m for m in inner if m.stopped and m.end <= mention.start]
    return any(APPOSED.match(reading.folded[m.end : mention.start] + " ") for m in past)


def _limits(
    reading: Reading, mention: Mention, cue: Span, inner: list[Mention], denial: Denial | None, clause: Span
) -> Limits:
    """What the words around a denied term limit the denial to."""
    head = (cue[0], cue[1]) if denial else (mention.start, mention.start)
    clause = (clause[0], _next_denial(reading, mention, clause[1]))
    excepted = max([b for a, b in denial.exceptions if b <= cue[0]], default=clause[0]) if denial else clause[0]
    found = limits(reading.folded, (max(excepted, clause[0]), clause[1]), head, (mention.start, mention.end))
    if denial and (
        (denial.kind == "verb" and CAUSES.search(denial.cue))
        or CAUSING.match(reading.folded[denial.end : mention.start])
    ):
        found = Limits(found.scope, found.severity, found.serious, True)
    if attributes.related(reading.folded, reading.start, mention, clause[1], denied=True) or attributes.tied_behind(
        reading.folded, list_end(reading, mention, inner), clause[1]
    ):
        found = Limits(found.scope, found.severity, found.serious, True)
    return found


def _before_others(reading: Reading, mention: Mention, end: int) -> int:
    """ "No deaths among treated patients and two among controls": where the denial ends, before those that are counted."""
    other = BUT_SOME.match(reading.folded, mention.end, end)
    return other.start("other") if other else end


def _next_denial(reading: Reading, mention: Mention, end: int) -> int:
    """Where another denial begins that has limits of its own: "no mortality, and no complication during the operation"."""
    later = [d.start for d in reading.denials if mention.end < d.start < end]
    return next((at for at in later if reading.folded.endswith((", and ", "; "), 0, at)), end)


def _behind_class(reading: Reading, mention: Mention, cue: Span, inner: list[Mention]) -> Span:
    """ "No infusion-associated events or serious adverse events": the second class has a limit of its own, not the first's."""
    before = [m for m in inner if m.kind == CLASS and cue[1] <= m.start and m.end < mention.start]
    if not before or mention.kind not in (CLASS, ORGAN) or mention.start == mention.core:
        return cue
    return (cue[0], before[-1].end) if OR_CLASS.fullmatch(reading.folded, before[-1].end, mention.start) else cue


def _head(reading: Reading, denial: Denial, mention: Mention, inner: list[Mention]) -> str:
    """What stands between a denial's cue and a term, other terms left out."""
    text = reading.folded[denial.end : mention.start]
    for other in inner:
        if denial.end <= other.start and other.end <= mention.start:
            text = text.replace(reading.folded[other.start : other.end], " ", 1)
    return text


def kinds_denied(reading: Reading) -> Iterator[Event]:
    """ "... , none of which were serious": the class denied only in kind."""
    for match in OF_KIND.finditer(reading.folded, reading.start, reading.end):
        before = [m for m in reading.mentions if m.kind in (CLASS, ORGAN) and m.start < match.end()]
        before = before or _told_before(reading, match)
        if not before or any(
            d.start == match.start() and d.covers(before[-1].start, before[-1].end) for d in reading.denials
        ):
            continue  # "none of the adverse events was related": told as a denial already
        kind = match["kind"]
        is_serious, is_severe = kind == "serious", bool(re.match(r"severe|life|fatal|clinically", kind))
        tied = not (is_serious or is_severe)  # "serious ones occurred; none was related" denies those that are both
        yield Event(
            before[-1],
            NONE_REPORTED,
            None,
            None,
            match.span(),
            "kind",
            (reading.start, reading.end),
            severity=match.span("kind") if is_severe else None,
            serious=is_serious or (tied and attributes.serious(reading.folded, before[-1])) or None,
            related=tied or None,
            concluded=reading.concluded,
        )


def _told_before(reading: Reading, match: re.Match[str]) -> list[Mention]:
    """ "Adverse events numbered 18. None was related to the cells": the class that the sentence before tells of, if anybody died of none."""
    if reading.mentions or reading.start == 0 or match["kind"] in ("serious", "severe", "fatal"):
        return []
    seen, reports = reading.reports.seen, reading.reports
    former = seen.sentence_at(reading.start - 2)
    if former.start == reading.start or seen.in_title(former.start) or reports.silent(former):
        return []
    named = reports.named(former.start, former.end)
    if any(m.kind == DEATH for m in named):
        return []
    return [m for m in named if m.kind in (CLASS, ORGAN) and not m.stopped]
