"""Adverse events: term, assertion, count, arm, grade, severity, seriousness, relatedness, each with its cue.

CONSORT item 19 (harms). Finds events that the text says happened, were looked for and did not happen, or denies as a class.
Does not find laboratory values that the text does not call abnormal, nor outcomes of efficacy. Silence is never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.events.dead import of_its_cause
from extractor.events.event import ABSENT, NONE_REPORTED, PRESENT, Event
from extractor.events.limits import all_people, whole_follow_up
from extractor.events.link.armed import armed
from extractor.events.link.groups import Group, telling
from extractor.events.mentions import CLASS, DEATH, OPEN, ORGAN, Mention, well_known
from extractor.events.of_this_trial import Reports
from extractor.events.paired import paired
from extractor.events.told import events
from extractor.events.verdicts import with_verdicts
from extractor.fields import Field, Place, facts, field
from extractor.model import Fact
from extractor.words import Words

W = Words("fields")

# rule -> probability before calibration that a careful reader agrees
PRIOR = {
    "blanket": 0.93,
    "absent": 0.75,
    "count_class": 0.85,
    "count_beside": 0.88,
    "count_before": 0.8,
    "count_after": 0.78,
    "count_shared": 0.75,
    "count_linked": 0.75,
    "count_elided": 0.8,
    "count_rows": 0.85,
    "count_handed": 0.85,
    "count_either": 0.8,
    "count_pair": 0.8,
    "listed": 0.85,
    "happened": 0.55,
    "judged": 0.6,
    "exception": 0.85,
    "death": 0.85,
    "unknown_term": 0.5,
}


# words of a text that tells groups apart; where there is none, what looks like the arm of an event is its cause or place
COMPARING = re.compile(rf"\b{W.comparing}\b")
# "randomised to tesolimab or placebo (n = 30 per group)"
ALIKE = re.compile(
    r"\b(?:to|into|receive|received|either|with)\s+(?:either\s+)?(?P<names>(?:(?!to\b|receive)[\w/+-]+\s+){0,5}?[\w/+-]+(?:\s*+,\s*+[\w/+-]++(?:\s[\w/+-]++){0,4})*,?\s+(?:or|and|versus|vs)\s+[\w/+-]++(?:\s[\w/+-]++){0,4}?)\s*"
    r"[(,]\s*(?:n\s*=\s*)?\d+\s+(?:\w+\s+)?(?:per|in each|each|for each)\b"
)
NUMBERED = re.compile(
    r"group \d+|(?:not )?receive|with(?:out)?|.*\bpopulation"
)  # how the arms are called that the text sizes without a name
UNITS = ("participants", "administrations", "events")  # the contract's; eyes and teeth are none of them


@field(
    "adverse_event",
    value="{term, term_id, n, denominator, denominator_unit, percent, grade, severity, serious, related, assertion, scope}",
    after=("condition", "report_kind", "participants", "arm", "follow_up"),
    order=170,
    column="adverse events",
    page=(),
    chapter="Outcomes",
    figure=True,
    several=True,
    own=True,
    view={},
    scored=("ae_term", "ae_count", "ae_event", "ae_arm", "ae_blanket"),
)
class AdverseEvent(Field):
    """Adverse events with assertion, counts, arm, severity and relatedness; blanket denials with their scope."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        kinds = {f.value.get("name") for f in facts(doc, "report_kind")}
        conditions = frozenset(str(f.value["name"]).lower() for f in facts(doc, "condition"))
        seen = view(doc)
        reports = Reports.of(seen, conditions)
        if "protocol" in kinds and reports.planned():
            return
        own = {short: seen.text[m.start : m.end] for short, m in reports.classes.items()}
        long_forms = {**seen.abbreviations, **own}
        grouped = COMPARING.search(seen.folded) is not None
        follow_up = [f.value for f in facts(doc, "follow_up") if f.primary]
        people = [f for f in facts(doc, "participants") if f.primary]
        ruled = list(events(reports))
        told = with_verdicts(reports, ruled, list(paired(reports, ruled)))
        for event in armed(reports, groups_of(doc), told) if grouped else (replace(e, arm=None) for e in told):
            if _is_treated(seen.text, event, long_forms, conditions):
                continue
            limited = event.scope and not (
                whole_follow_up(seen.folded[slice(*event.scope)], follow_up)
                or all_people(seen.folded[slice(*event.scope)], _people(seen, people, event.scope))
            )
            told_of = replace(event, scope=event.scope if limited else None)
            yield self._fact(doc, seen.text, of_its_cause(seen.folded, told_of), long_forms)

    def _fact(self, doc: Doc, text: str, event: Event, long_forms: Mapping[str, str]) -> Fact:
        count = event.count
        value: dict[str, Any] = {
            "term": _written_out(_term(text, event, long_forms), long_forms),
            "term_id": event.mention.term.id or None if event.mention.term else None,
            "term_match": event.mention.how or None,
            "n": count.n if count else None,
            "denominator": count.denominator if count else None,
            "denominator_unit": count.unit if count and count.unit in UNITS else None,
            "percent": count.percent if count else None,
            "grade": _slice(text, event.grade),
            "severity": _slice(text, event.severity),
            "serious": event.serious,
            "related": event.related,
            "assertion": event.assertion,
            "scope": _slice(text, _scope(event)),
            "cue": _slice(text, event.cue),
        }
        rule = _rule(event)
        arm = _slice(text, event.arm)
        flags = [name for name in ("excepting", "excepted") if getattr(event, name)]
        return self.fact(doc, value, _places(event), rule=rule, confidence=PRIOR[rule], arm=arm, flags=flags)


def _is_treated(text: str, event: Event, long_forms: Mapping[str, str], conditions: frozenset[str]) -> bool:
    """Whether an abbreviation stands for the treated disease itself: "14 have familial ALS (9 confirmed genetically)"."""
    written = _slice(text, (event.mention.start, event.mention.end)) or ""
    term = _written_out(_term(text, event, long_forms), long_forms)
    return written.isupper() and term.lower() in conditions


def _people(seen: View, people: Iterable[Fact], scope: tuple[int, int]) -> set[int]:
    """The trial's numbers of people, those left out that the words of a limit alone tell."""
    return {f.value["n"] for f in people if any(e.quote not in seen.text[slice(*scope)] for e in f.evidence)}


def _scope(event: Event) -> tuple[int, int] | None:
    """The words that limit a denial, but for those that the fact's arm says already."""
    if event.arm and event.scope and event.scope[0] <= event.arm[0] < event.scope[1]:
        return None
    return event.scope


def groups_of(doc: Doc) -> tuple[Group, ...]:
    """The trial's arms that the text names."""
    found = [f.value for f in facts(doc, "arm") if f.primary]
    named = [v for v in found if not NUMBERED.fullmatch(v["name"])]
    if found and not named:
        named = _sized_alike(view(doc).folded, found)
    return tuple(Group(v["name"], telling(v["name"]), v["n"]) for v in named)


def _sized_alike(folded: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The names of arms that the text sizes with one number: "randomised to tesolimab or placebo (n = 30 per group)"."""
    said = ALIKE.search(folded)
    names = re.split(r"\s*,\s*(?:or\s+|and\s+)?|\s+(?:or|and|versus|vs)\s+", said["names"]) if said else []
    if len(names) != len(found):
        return []
    return [{"name": name, "n": arm["n"]} for name, arm in zip(names, found, strict=True)]


def term_of(reports: Reports, mention: Mention) -> str:
    """The term that an event of a mention would have."""
    text = reports.seen.text
    own = {short: text[m.start : m.end] for short, m in reports.classes.items()}
    long_forms = {**reports.seen.abbreviations, **own}
    return _written_out(_term(text, Event(mention, PRESENT, None, None, None, "", (0, 0)), long_forms), long_forms)


def _term(text: str, event: Event, long_forms: Mapping[str, str]) -> str:
    mention = event.mention
    if mention.kind == DEATH:
        return "death"
    words = text[mention.start : mention.end].split()
    if mention.tail:  # a head before ("elevated ... nucleated cells") or after ("low back ... pain")
        head = text[slice(*mention.tail)].split()
        noun = mention.kind in (CLASS, ORGAN) or len(head) == 1  # "withdrawal", without "because of" behind it
        because = ["due", "to"] if mention.stopped and noun else []
        organ = mention.kind == ORGAN and not mention.stopped  # "toxicity was hepatic"
        ahead = mention.tail[0] < mention.start and not organ
        words = [*head, *because, *words] if ahead else [*words, *head]
    if mention.stopped:
        words = _stopped(" ".join(words)).split()
    if mention.kind in (CLASS, ORGAN):
        if (text_ := " ".join(words)) != (long := _written_out(text_, long_forms)):
            return long
        return _spelled(GRADED.sub("", " ".join(words)))
    return " ".join([*words, *(text[slice(*event.also)].split() if event.also else ())])


def _stopped(term: str) -> str:
    """A stop named by a noun with its reason: "left the study owing to nausea" is "discontinuation due to nausea"."""
    led = LED_TO_STOP.fullmatch(term)
    if led:
        what = led["what"]
        noun = "withdrawal" if led["withdrawal"] else "discontinuation"
        return f"{noun} due to {what[0].lower() + what[1:] if what[1:2].islower() else what}"
    return STOPPED.sub(lambda m: f"{'withdrawal' if m['withdrawal'] else 'discontinuation'} due to ", term)


def _written_out(term: str, long_forms: Mapping[str, str]) -> str:
    """An abbreviation that the text explains, as it explains it; any other term as it is."""
    own = long_forms.get(term) or (long_forms.get(term[:-1]) if term.endswith("s") else None)
    if own or term in well_known():
        return own or well_known()[term]
    quality, _, last = term.rpartition(" ")  # "acute GVHD"
    return f"{quality} {well_known()[last]}" if quality and last in well_known() else term


# "AEs", "SAE", "TEAEs", "ADRs": written out in the term; the quote stays as it is
SHORT = {
    "ae": "adverse event",
    "sae": "serious adverse event",
    "teae": "treatment-emergent adverse event",
    "tesae": "treatment-emergent serious adverse event",
    "adr": "adverse drug reaction",
    "sadr": "serious adverse drug reaction",
}
# "discontinued treatment due to", "withdrew owing to", "premature discontinuation for": named by its noun
STOPPED = re.compile(
    rf"\A(?:{W.stopped_treatment}\s+(?:was|were|had to be)\s+)?(?:{W.stopped_study}\s+)*(?:{W.stopped_discontinu}|withdr[ae]wn?|(?P<withdrawal>withdrawals?)|dropp?(?:ed)?[\s-]?outs?|left)\b\s+(?:\([^()]*\)\s*|[\w-]+\s+){{0,8}}?{W.stopped_because}\s+(?:an?\s+)?",
    re.I,
)
# "adverse events leading to (permanent) discontinuation": the same, the reason first
LED_TO_STOP = re.compile(
    rf"(?P<what>.{{4,80}}?)\s+(?:that\s+|which\s+)?{W.led_leading}\s+(?:to\s+|in\s+)?(?:(?!and\b|or\b)[\w/-]+\s+){{0,3}}?(?:discontinuations?|(?P<withdrawal>withdrawals?)|cessation|stopping|stop|halting|interruptions?)\b(?:\s+(?:of\s+)?(?:the\s+)?(?:infusions?|injections?|treatment|study|trial)\b)?",
    re.I,
)
# "grade 3-4", "grade 3 or higher": a class's grade is told apart from its name
GRADED = re.compile(
    rf"(?:\A|(?<=\s))(?:ctcae |nci |who )?grades?[\s-]*(?:[<>=≥≤]+\s*)?(?:\d|[iv]+)\b(?:\s*(?:[-–/,]|to|and|or)\s*(?:\d|[iv]+)\b)*(?:\s*(?:or {W.graded_higher}|and (?:higher|above|greater)|\+))?\s+",
    re.I,
)
ABBREVIATED = re.compile(rf"\b(?P<short>{W.abbreviated_tesae})(?P<plural>s?)\b", re.I)


def _spelled(term: str) -> str:
    """A class with its abbreviation written out, and without one in brackets behind it."""
    term = re.sub(r"\s*\((?:t?e?s?aes?|adrs?|ars?)\)", "", term, flags=re.I)
    term = re.sub(r"\bGI(?= (?:t?e?s?aes?|adverse|side|tox))", "gastrointestinal", term, flags=re.I)
    return ABBREVIATED.sub(lambda m: SHORT[m["short"].lower()] + ("s" if m["plural"] else ""), term)


def _slice(text: str, span: tuple[int, int] | None) -> str | None:
    return text[span[0] : span[1]].strip() if span else None


def _rule(event: Event) -> str:
    kind = event.mention.kind
    if event.assertion == NONE_REPORTED:
        return "blanket"
    if kind == DEATH:
        return "death"
    if kind == OPEN:
        return "unknown_term"
    if event.assertion == ABSENT and event.how == "denied":
        return "absent"
    if event.count and kind in (CLASS, ORGAN):
        return "count_class"
    return event.how


def _places(event: Event) -> list[Place]:
    """The term, and the count where it stands apart; the denial's cue with what it denies."""
    mention = event.mention
    places: list[Place] = [(mention.start, mention.end)]
    if event.cue and event.cue != (mention.start, mention.end):
        places = [(min(event.cue[0], mention.start), max(event.cue[1], mention.end))]
    if mention.tail:
        places.append(mention.tail)
    if event.also:
        places.append(event.also)
    if event.count:
        places.append((event.count.start, event.count.end))
    if event.arm and not any(a <= event.arm[0] and event.arm[1] <= b for a, b in places):
        places.append(event.arm)
    return places
