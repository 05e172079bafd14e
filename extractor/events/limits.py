"""How far a denial reaches: a time, a group, a measure, a cause or a severity, said anywhere in its clause.

>>> text = "no adverse events were seen within 24 hours"
>>> found = limits(text, (0, len(text)), (0, 2), (3, 17))
>>> text[slice(*found.scope)]
'within 24 hours'

"During the study", "in any patient" and "after treatment" limit nothing; they are the trial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from extractor import patterns as re
from extractor.events.denials import Denial
from extractor.quantities.numbers import WHOLE, whole
from extractor.words import Words

W = Words("events")

Span = tuple[int, int]

# "related to", "in connection with": what follows is the cause that alone is denied; the words of an agent follow
RELATION = re.compile(
    rf"\b(?<!non-)(?<!not ){W.relation_related}\s+(?:\([^()]*\)\s+)?(?:directly\s+)?{W.relation_to}\b"
)
# "(study drug) related", "-related" before or in the class
RELATED_WORD = re.compile(W.related_word)
NOT_RELATED = re.compile(r"\b(?:non-?|not |un)(?:[\w-]+[\s-])?(?:related|attributable)\b")
# "related to disease progression": no cause of the trial's
OTHER_CAUSE = re.compile(rf"\s+(?:the\s+|their\s+|an?\s+|any\s+)?(?:[\w-]+\s+){{0,2}}?{W.other_cause_progression}\b")
SEVERITY = re.compile(rf"\b{W.severity_clinically}(?:\s*{W.severity_or}\s*{W.severity_severe})*")
SERIOUS = re.compile(r"(?<!non)(?<!non-)\b(?:serious|t?e?saes?|sadrs?)\b")

# "infusional toxicities", "no long-term cell therapy side effects"
OF_PROCEDURE = re.compile(rf"\b{W.of_procedure_infusion}\s+(?:[\w-]+\s+){{0,2}}?{W.of_procedure_effects}")
# "no adverse event was considered serious": a denial of that kind alone
OF_KIND_BEHIND = re.compile(
    rf"\s+(?:that\s+)?(?:{W.were}|proved|turned out)\s+(?:\w+ly\s+)?{W.of_kind_considered}?(?:as |to (?:be )?)?(?P<kind>serious|severe|life-threatening|fatal|significant|major)\b"
)
# "no adverse events of note"
OF_NOTE = re.compile(rf"\s+{W.severity_behind}\b")
GRADED_BEHIND = re.compile(
    rf"\s+(?:of\s+)?(?P<grade>(?:{W.graded_behind_above}\s+)?(?:ctcae )?grades?[\s-]*(?:[<>=≥≤]+\s*)?(?:\d|[iv]+)\b(?:\s*(?:-|/|to|and|or)\s*(?:\d|[iv]+)\b)?(?:\s+or (?:higher|greater|more|above|worse))?)"
)
# "Related to the infusion, no serious adverse events": the cause leads the clause
LED_BY_RELATION = re.compile(rf"(?:[a-z ]{{3,20}}:)?[\s,;]*{RELATION.pattern}")

_WORD = r"[\w/%.°+-]+"
# a few words up to a mark or the end, else as many as there are up to a word that begins something else
_NP = (
    rf"(?:{_WORD}(?:\s+{_WORD}){{0,6}}?\s*+(?=[,;.()]|\Z)|"
    rf"{_WORD}(?:\s+{_WORD}){{0,6}}(?=\s+{W.time_and}\b))"
)
TIME = re.compile(rf"\b{W.time_after}\s+(?:the\s+|an?\s+|each\s+)?{W.time_first}?\s*{_NP}")
TIMED = re.compile(rf"\b{W.timed}\b")
# the trial itself: "during follow-up", "after transplantation", "throughout the study", "at the end of the study"
WHOLE_TIME = re.compile(
    rf"(?:{W.whole_time_during}\s+(?:(?:(?=\d*\.)[\d.]++|\w++)[\s-]++)*?{W.whole_time_study}\b|(?:after|following|upon)\s+{W.whole_time_any}*(?:\w+\s+){{0,2}}?{W.whole_time_treatment}\s*\Z)"
)
_GROUPS = W.groups
_PEOPLE = W.people
_GROUP_FORMS = (
    rf"\b{W.group_in}\s+(?:the\s+)?(?P<who>(?:[\w+/-]+\s+){{0,4}}?{_GROUPS}(?:\s+{W.group_one})?\b|(?:[\w+/-]+\s+){{0,2}}?{_PEOPLE}\s+{W.group_who}\s+[\w\s/%.-]{{2,50}}?(?=[,;.()]|\s+{W.group_and}\b|\s*\Z)|{W.group_first}\s+(?:[\w-]+\s+){{0,2}}?{_PEOPLE}\b|controls?\b|{W.group_placebo}\s+{_PEOPLE}|placebo\b)",
    rf"\b{W.group_with}\s+(?:the\s+)?(?P<what>{W.group_sham})\b(?=\s*{W.group_but})",
)
GROUP = re.compile("|".join(_GROUP_FORMS))
# "the study group", not "the calcium study arm"
EVERY_GROUP = re.compile(
    rf"\b{W.every_group_any}\b[\w\s-]*\Z|(?:\A|\d\s+){W.every_group_study}\s+(?:{_PEOPLE}|{_GROUPS}|population)\Z"
)
MEASURE = re.compile(rf"\b{W.measure_with}\b[^,;.()]*")
TOXIC_DEATH = re.compile(r"\btoxic deaths?\b")
# "no adverse effects on routine laboratory values"
EFFECT = re.compile(r"effects?\Z")
EFFECT_ON = re.compile(
    r"\s+(?P<on>on\s+(?:[\w-]+\s+){0,5}?(?:values|parameters|tests|functions?|quality|levels?|pressure|growth|variables|indices|outcomes?))\b"
)
# What ends the words of a limit
TRAILING = re.compile(r"[\s,;.]*(?:\b(?:or|and|in|for)\s*)?\Z")
BEHIND = re.compile(rf"\s+{W.behind_was}\b(?! (?:required|needed))")
ADDED = re.compile(rf"\b{W.added}\b")


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
    found = SEVERITY.search(folded, head, last) or OF_NOTE.match(folded, last, clause[1])
    severity = found.span() if found else _graded_behind(folded, last, clause[1])
    said = folded[head:last]
    kind = OF_KIND_BEHIND.match(folded, last, clause[1])
    severity = severity or (kind.span("kind") if kind and kind["kind"] != "serious" else None)
    led = LED_BY_RELATION.match(folded, clause[0], first)
    related = bool(
        TOXIC_DEATH.search(said)
        or relation
        or led
        or OF_PROCEDURE.search(said)
        or (RELATED_WORD.search(said) and not NOT_RELATED.search(said))
    )
    return Limits(
        _scope(folded, clause, first, last, relation),
        severity,
        bool(SERIOUS.search(said) or (kind and kind["kind"] == "serious")) or None,
        related or None,
    )


def _graded_behind(folded: str, start: int, end: int) -> Span | None:
    """ "no toxicities of grade 2-5", "no reaction above grade 1": the severity behind a denied class."""
    found = GRADED_BEHIND.match(folded, start, end)
    return found.span("grade") if found else None


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
    on = EFFECT_ON.match(folded, last, stop) if EFFECT.search(folded, max(0, last - 8), last) else None
    if on:
        return on.span("on")
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
    spans += [m.span() for m in GROUP.finditer(folded, start, end) if not EVERY_GROUP.search(m["who"] or m["what"])]
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


# "no child on the drug had", "none of those given cells developed": the people denied are of one group
OF_GROUP = re.compile(
    rf"\s+(?P<who>(?:(?:who|that)\s+(?:were\s+|had\s+)?)?{W.of_group_on}\s+(?!{W.of_group_any}\b)(?:the\s+)?(?!{W.of_group_study}\b)[\w+/-]+(?:\s+[\w+/-]+){{0,3}}?)\s+(?={W.of_group_had}\b|\Z)"
)
# "no control", "none of the placebo recipients": the group stands inside the subject
GROUP_INSIDE = re.compile(
    rf"{W.group_inside_no}\s*(?P<who>controls?|(?:{W.group_inside_cell}\s+)+(?:{_PEOPLE}|animals?))\b"
)


# "the cell group had no": the group that a denied verb has as its subject
GROUP_BEFORE = re.compile(
    rf"(?:\A|[,;.:(]|\b(?:and|but|whereas|while)\b)\s*(?:the\s+)?(?P<who>(?!{W.group_before_not}\b)(?:(?!(?:and|or|of|in)\b)[\w+/-]+\s+){{1,4}}?{W.group_before_end}|{W.group_before_who})"
    rf"\s*(?:\([^()]*\)\s*)?{W.group_before_had}\s*\Z"
)
EVERY_ARM = re.compile(rf"\b{W.every_arm}\b")


def subject_group(folded: str, denial: Denial, mention: int) -> Span | None:
    """The group that a negated subject names, or that is the subject of a denied verb ("the cell group had no fever")."""
    if denial.kind != "subject":
        stop = (
            denial.end - len("no") if denial.cue.endswith(" no") else denial.start if denial.cue == "no" else denial.end
        )
        before = GROUP_BEFORE.search(folded[denial.clause[0] : stop])
        if before is None or EVERY_ARM.search(before["who"]):
            return None
        first, last = before.span("who")
        return denial.clause[0] + first, denial.clause[0] + last
    inside = GROUP_INSIDE.match(folded, denial.start, mention)
    if inside and inside["who"] not in ("treated patients", "treated subjects", "treated participants"):
        return inside.span("who")
    behind = OF_GROUP.match(folded, denial.end, mention)
    return behind.span("who") if behind else None


SO_MANY = re.compile(
    rf"(?:(?:in|among|of)\s+)?(?:all\s+|the\s+|these\s+)*(?P<n>{WHOLE})\s+(?:[\w-]+\s+)?{_PEOPLE}(?:\s+(?:treated|studied|enrolled|included))?"
)


def all_people(words: str, people: Iterable[int]) -> bool:
    """Whether the words of a limit only count the trial's own people ("in 20 patients", of 20), and so limit nothing."""
    found = SO_MANY.fullmatch(words.strip())
    return found is not None and whole(found["n"]) in set(people)
