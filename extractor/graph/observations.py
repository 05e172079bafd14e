"""An adverse-event fact as an observation: the event it is of, people with it, people at risk, and what a zero rests on.

``zero_basis``: ``reported_zero`` where the text says that the event, or the very class of events, did not happen;
``limited_zero`` where it says so within limits only (related or severe ones, a time, a group, with exceptions), which is no
zero. A denial of a class says nothing of counts of the events under it. None where something happened. What a report does
not mention has no observation; :func:`extractor.graph.matrix.cell` tells its kinds of silence apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any

from extractor import terms
from extractor.export.values import limits
from extractor.graph.nodes import CURIE, Row, curie, standard
from extractor.groups import alike, telling
from extractor.link.check_events import CLASS_WORDS, OVERLAP, SERIOUS_WORDS, TOTAL
from extractor.link.control import OF_CONTROLS
from extractor.model import Fact

ANY, SERIOUS, NOT_SERIOUS, NAMED, CLASS = "any", "serious", "not serious", "named", "class"
REPORTED_ZERO, COMPLETE_TABLE, LIMITED = "reported_zero", "inferred_complete_table", "limited_zero"
BELOW_THRESHOLD, NOT_MENTIONED = "below_threshold", "not_mentioned"
DENIED = "none_reported"
CLASS_IDS = {
    ANY: curie("event", "any adverse event"),
    SERIOUS: curie("event", "any serious adverse event"),
    NOT_SERIOUS: curie("event", "any adverse event other than serious"),
}
DEATH_ID = curie("event", "death")
# "adverse events", "side effects", "treatment-emergent adverse events": nothing else in the name
PLAIN_CLASS = re.compile(
    r"^(?:any\s+|treatment[-‐‑ ]emergent\s+)?(?:adverse|side|unwanted|untoward)\s+(?:events?|effects?|reactions?)$",
    re.I,
)
# "no severe headache", "no grade 3 or higher fever": the word just before an event that did not happen
LIMITING = re.compile(
    r"\b((?:severe|serious|major|significant|life-threatening)|grades?\s*(?:[≥>=]+\s*)?[2-5](?:\s*[-–]\s*[2-5])?"
    r"(?:\s+or (?:higher|greater|more|above|worse))?)\s+", re.I,
)  # fmt: skip
SEVERE = re.compile(r"\b(?:moderate|severe|serious|major|significant|life|fatal|high|intense|extreme|grade)", re.I)
MILD = re.compile(r"\b(?:mild|minor|slight|low)", re.I)
SERIOUS_OR = re.compile(
    r"\bserious\b.*(?:\bor\b|\band\b|[,/])|(?:\bor\b|\band\b|[,/]).*\bserious\b", re.I
)  # "severe or serious"
CLAUSE = re.compile(r"[.;:](?=\s|$)|\n")
REACH = 200  # characters of a sentence that are looked at around a zero
LIMIT_REACH = 40  # characters before an event in which such words end
ROUNDED, ROUNDED_WHOLE = 0.05, 0.5  # percentages are printed to one decimal, or to none


@dataclass(frozen=True, slots=True)
class People:
    """How many people a report speaks of: in all, and by arm (names in lower case)."""

    n: int | None
    arms: Mapping[str, int]


def event_of(value: Mapping[str, Any]) -> tuple[str, str, str]:
    """Id, name and scope of the event that a value is about."""
    term = " ".join(str(value.get("term") or "event").split())
    lowered = term.lower()
    if lowered in ("death", "deaths"):
        return DEATH_ID, "death", NAMED
    scope = _scope(lowered, value)
    if scope in CLASS_IDS:
        return CLASS_IDS[scope], CLASS_IDS[scope].split(":")[1].replace("_", " "), scope
    if scope == CLASS:
        return curie("event", lowered), lowered, CLASS
    return (*grounded(str(value.get("term_id") or ""), lowered), NAMED)


@lru_cache(maxsize=10_000)
def grounded(term_id: str, term: str) -> tuple[str, str]:
    """The id of a named event, from the vocabulary where it has one there, and its name."""
    found = terms.table("adverse_events").get(term)
    if not term_id and found is not None:
        term_id = found.id
    if CURIE.fullmatch(term_id):
        return standard(term_id), terms.table("adverse_events").by_id.get(term_id, term)
    name = found.name if found is not None else term
    return curie("event", name), name


def _scope(term: str, value: Mapping[str, Any]) -> str:
    if "other than serious" in term or re.search(r"\bnon-?serious\b", term):
        return NOT_SERIOUS
    is_class = bool(CLASS_WORDS.search(term))
    serious = SERIOUS_WORDS.search(term) or (
        value.get("serious") is True and value.get("assertion") == DENIED and not SEVERE.search(term)
    )  # "no severe adverse events" leaves those open that are serious and not severe
    if is_class and serious:
        return SERIOUS
    if is_class and PLAIN_CLASS.match(term):
        return ANY
    return CLASS if is_class or value.get("assertion") == DENIED else NAMED


def observed(fact: Fact, people: People, parts: Mapping[str, str] | None = None) -> Row:
    """The attributes of an observation, but for its origin; `parts` are the report's texts."""
    value = fact.value
    id, name, scope = event_of(value)
    events, events_from = counted(value, fact, people)
    total, total_from = at_risk(value, fact, people)
    row = {
        "event": id,
        "event_name": name,
        "term": _same(value.get("term")),
        "scope": scope,
        "field": fact.field,
        "events": events,
        "events_from": events_from,
        "total": total,
        "total_from": total_from,
        "unit": _same(value.get("denominator_unit")),
        "percent": value.get("percent"),
        "serious": value.get("serious"),
        "related": value.get("related"),
        "grade": value.get("grade"),
        "severity": value.get("severity") or (_limit(fact, parts or {}) if events == 0 and scope == NAMED else None),
        "assertion": _same(value.get("assertion")),
        "limit": value.get("scope"),
        "of_registry": fact.method.startswith("registry:"),
        "zero_basis": REPORTED_ZERO if events == 0 else None,
        "arm": None if is_whole(fact.arm) else _same(fact.arm),
        "groups_overlap": OVERLAP in fact.flags,
        "excepting": "excepting" in fact.flags,
        "of_controls": _of_controls(fact, parts or {}, whole_clause=events == 0 and is_whole(fact.arm)),
    }
    counts_others = events is None and value.get("assertion") in ("absent", DENIED)
    if counts_others or (events == 0 and (row["related"] is not None or limit_of(row))):
        row["zero_basis"] = LIMITED
    return row


def limit_of(one: Row) -> str:
    """What a count is limited to, so that it is no count of all: ``of severe ones``; empty where it is not limited.

    Mild ones of a named event are all of it where nothing worse is said. None of one grade leaves the others open, as does
    none at some time or in some group, or none but for something.
    """
    if one["events"] == 0 and one["limit"]:
        return f"within limits (“{one['limit']}”)"
    if one["events"] == 0 and one["excepting"]:
        return "with exceptions"
    if one["serious"] and one["scope"] == NAMED and one["event"] != DEATH_ID and not one["of_registry"]:
        return "of serious ones"
    grade, severity = str(one["grade"] or ""), str(one["severity"] or "")
    if not grade and not severity:
        return ""
    if one["scope"] == SERIOUS and one["events"] == 0 and _of_serious_too(one, severity):
        return ""
    lowest = min(map(int, re.findall(r"[1-5]", grade)), default=1)
    worse = lowest > 1 or (SEVERE.search(severity) and not MILD.search(severity))
    if one["scope"] == NAMED and one["events"] != 0 and not worse:
        return ""
    return f"of grade {grade} ones" if grade else f"of {severity.lower()} ones"


def _of_serious_too(one: Row, severity: str) -> bool:
    """Whether a denial of "severe or serious adverse events" is one of all serious ones."""
    return "serious" in severity.lower() or SERIOUS_OR.search(str(one["term"] or "")) is not None


def _of_controls(fact: Fact, parts: Mapping[str, str], *, whole_clause: bool) -> bool:
    """Whether the words of a count, or of a zero without an arm the sentence around it, name a control group."""
    for e in fact.evidence:
        said = e.quote
        if whole_clause and e.part in parts and e.start is not None and e.end is not None:
            text = parts[e.part]
            begins = max(
                (m.end() for m in CLAUSE.finditer(text, max(0, e.start - REACH), e.start)),
                default=max(0, e.start - REACH),
            )
            ends = CLAUSE.search(text, e.end, e.end + REACH)
            said = text[begins : ends.start() if ends else e.end + REACH]
        if OF_CONTROLS.search(said):
            return True
    return False


def limit_words(observation: Row) -> str:
    """What a denial reaches no further than, in words; empty where it is not limited."""
    words = limits({**observation, "scope": observation["limit"]})
    unrelated = ["not related ones"] if observation["related"] is False else []
    grade = [f"grade {observation['grade']} ones"] if observation["grade"] else []
    return ", ".join([*words, *unrelated, *grade, *(["with exceptions"] if observation["excepting"] else [])])


def _same(text: Any) -> Any:
    """One string for all that are equal: few words are said of many events."""
    return intern(text) if type(text) is str else text


def _limit(fact: Fact, parts: Mapping[str, str]) -> str | None:
    """The words just before a denied event that limit the denial to severe ones."""
    term = str(fact.value.get("term") or "").lower()
    for e in fact.evidence:
        if e.part in parts and e.start is not None and e.end is not None:
            said = parts[e.part][max(0, e.start - LIMIT_REACH) : e.end].lower()
            for found in LIMITING.finditer(said):
                if term and said.startswith(term, found.end()):
                    return found[1]
    return None


def is_whole(arm: str | None) -> bool:
    """Whether what is said of this arm is said of the whole trial."""
    return not arm or arm.strip().lower() in TOTAL


def counted(value: Mapping[str, Any], fact: Fact, people: People) -> tuple[int | None, str | None]:
    """People with the event and where the number is from: the text, its denial, or a percentage that only one number gives."""
    denied = value.get("assertion") in ("absent", DENIED)
    if value.get("n") is not None and value["n"] != int(value["n"]):
        return None, None  # no number of people
    if value.get("n") is not None and not (denied and value["n"]):
        return int(value["n"]), "stated"
    if denied:  # with a number, those who did not have it are counted, or nothing that can be told
        return (0, "denied") if not value.get("n") else (None, None)
    percent, total = value.get("percent"), at_risk(value, fact, people)[0]
    if percent is None or not total:
        return None, None
    rounded = ROUNDED_WHOLE if float(percent).is_integer() else ROUNDED
    fitting = [k for k in range(total + 1) if abs(100 * k / total - percent) <= rounded]
    return (fitting[0], "percentage") if len(fitting) == 1 else (None, None)


def at_risk(value: Mapping[str, Any], fact: Fact, people: People) -> tuple[int | None, str | None]:
    """People at risk and where the number is from: the text, the arm's size, or the report's number of people."""
    if value.get("denominator") and value["denominator"] == int(value["denominator"]):
        return int(value["denominator"]), "stated"
    if value.get("denominator_unit") not in ("participants", None):
        return None, None
    if not is_whole(fact.arm):
        size = size_of(str(fact.arm), people.arms)
        return (size, "arm") if size else (None, None)
    return (people.n, "participants") if people.n else (None, None)


def size_of(arm: str, sizes: Mapping[str, int]) -> int | None:
    """How many people an arm has: the one of this name, else the only one that the name may be of.

    >>> size_of("Placebo group", {"placebo": 20, "stem cells": 21}), size_of("20/30 mg", {"30 mg": 5})
    (20, None)
    >>> size_of("cell group", {"marrow cells": 12, "controls": 11})
    12
    """
    if exact := sizes.get(arm.strip().lower()):
        return exact
    mine, words = _telling(arm), {name: _telling(name) for name in sizes}
    same = [name for name in sizes if alike(mine, words[name]) and not _doses(mine ^ words[name])]
    return sizes[same[0]] if len(same) == 1 else None


def _telling(arm: str) -> frozenset[str]:
    """The words that tell an arm from others, in the singular."""
    return frozenset(map(terms.stem, telling(arm)))


def _doses(words: frozenset[str]) -> bool:
    """Whether one of two names has a number that the other lacks: they are of two doses."""
    return any(word[0].isdigit() for word in words)


def death(fact: Fact) -> Fact:
    """A report's number of deaths as an adverse event."""
    n = fact.value.get("n")
    value = {"term": "death", "n": n, "denominator_unit": "participants", "assertion": "present" if n else "absent"}
    return fact.change(value=value)
