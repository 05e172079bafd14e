"""One claim told in many places is one fact with all its quotes: abstract, results and table.

Two adverse events are one claim where term, arm and figures are the same, or where what one leaves open the other says; the
fuller value stays. Arms are one where size and name fit. Nothing else is joined, and no number is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from extractor import terms
from extractor.model import ABSTRACT, TITLE, Fact

SHORT = frozenset({TITLE, ABSTRACT})
EVENT, ARM = "adverse_event", "arm"
LEXICON = "adverse_events"
OPEN = (
    "denominator",
    "percent",
    "grade",
    "severity",
    "serious",
    "related",
    "scope",
    "denominator_unit",
    "term_id",
    "n",
)
SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "with",
        "and",
        "or",
        "group",
        "groups",
        "arm",
        "arms",
        "patient",
        "patients",
        "participant",
        "participants",
        "subject",
        "subjects",
        "treatment",
        "treated",
        "therapy",
        "cohort",
        "recipients",
        "any",
    ]
)
ROUNDED = 0.6  # percentage points between a percentage told in full numbers and one with decimals
TOLD_APART = "percent_told_apart"
DOUBTS = frozenset(
    {"percent_disagrees", TOLD_APART}
)  # what one place says against itself is not mended by another place
OVER_ARMS = frozenset({"total", "pooled_arms"})


def joined(facts: Iterable[Fact]) -> list[Fact]:
    """The facts, each claim once; the first of a claim keeps its place."""
    found: list[Fact] = []
    by_term: dict[tuple[str, ...], list[int]] = {}
    beyond: dict[tuple[str, ...], list[int]] = {}  # those of them that stand behind the abstract
    for fact in facts:
        place = _place(fact, found, beyond if _short(fact) else by_term)
        if place is None:
            by_term.setdefault(_key(fact), []).append(len(found))
            if not _short(fact):
                beyond.setdefault(_key(fact), []).append(len(found))
            found.append(fact)
        else:
            found[place] = _together(found[place], fact)
    return _arms_of_two_places(found)


def _short(fact: Fact) -> bool:
    """Whether a fact stands in title and abstract alone; two such facts are never one claim."""
    return {e.part for e in fact.evidence} <= SHORT


def _key(fact: Fact) -> tuple[str, ...]:
    return (fact.field, str(fact.primary), *(term_words(fact.value.get("term") or "") if fact.field == EVENT else ()))


def _place(fact: Fact, found: Sequence[Fact], by_term: dict[tuple[str, ...], list[int]]) -> int | None:
    """Where the same claim stands already; None where it stands nowhere, or in two places that fit alike."""
    one = {EVENT: same_event, ARM: same_arm}.get(fact.field, same_value)
    fits = [p for p in by_term.get(_key(fact), ()) if _other_place(found[p], fact) and one(found[p], fact)]
    exact = [place for place in fits if found[place].arm == fact.arm]
    chosen = exact or fits
    return chosen[0] if len(chosen) == 1 or exact else None


def _other_place(a: Fact, b: Fact) -> bool:
    """Whether one of two facts stands behind the abstract, and not in the part of the other alone."""
    parts = {e.part for e in a.evidence}, {e.part for e in b.evidence}
    uncounted = a.field == EVENT and _counted(a.value) is None and _said_alike(a.value, b.value)
    return (parts[0] != parts[1] or uncounted or _told_again(a, b)) and not parts[0] | parts[1] <= SHORT


def _told_again(a: Fact, b: Fact) -> bool:
    """Whether one part tells the same count of the same arm twice, in two sentences; the dead are told apart by their causes."""
    if a.field != EVENT or a.arm is None or a.arm != b.arm or any(e.row for e in (*a.evidence, *b.evidence)):
        return False
    if a.value.get("term") == "death" and not a.value.get("scope"):
        return False
    return _counted(a.value) is not None and _said_alike(a.value, b.value)


def same_value(a: Fact, b: Fact) -> bool:
    return a.value == b.value and a.arm == b.arm


# ---------------------------------------------------------------- adverse events


def term_words(term: str) -> tuple[str, ...]:
    """The concept that a term names, or its words."""
    known = terms.table(LEXICON).get(term)
    return (known.name,) if known else terms.words(term.lower())


def same_event(a: Fact, b: Fact) -> bool:
    """Whether two facts of one term say the same of the same people."""
    if OVER_ARMS & {*a.flags} != OVER_ARMS & {*b.flags} or not _arms_fit(a.arm, b.arm):
        return False
    if a.value.get("term") == "death" and not same_cause(a.value.get("scope"), b.value.get("scope")):
        return False
    if _counted(a.value) is None or _counted(b.value) is None:
        return _said_alike(a.value, b.value)
    if any(e.row for e in a.evidence) and any(e.row for e in b.evidence):  # two cells are two claims
        return False
    if _person(a) and _person(b) and not (_told_again(a, b) or _of_one_cause(a, b) or _retold(a, b)):
        return False
    said = OPEN[2:6] if a.value.get("term") == "death" else OPEN[2:7]  # its scope is a cause, compared above
    return _figures_fit(a.value, b.value) and all(_fits(a.value.get(k), b.value.get(k)) for k in said)


# how a term was written and found: no part of what is claimed of it
HOW = frozenset({"term", "term_match", "term_id", "cue"})


def same_cause(a: str | None, b: str | None) -> bool:
    """Whether two counts of the dead are of one cause, in the same words but for the first, or both of none."""
    return (a or "").lower().split()[1:] == (b or "").lower().split()[1:]


def _said_alike(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two values of one term claim the same: "showed absence of neoplasms", "no neoplasm was seen"."""
    return _claimed(a) == _claimed(b)


def _claimed(value: dict[str, Any]) -> dict[str, Any]:
    """What a value claims; a count without a unit is one of people."""
    said = {k: v for k, v in value.items() if k not in HOW and k != "denominator_unit"}
    return said | {"unit": (value.get("denominator_unit") or "participants") if _counted(value) is not None else None}


def _person(fact: Fact) -> bool:
    """Whether a fact tells of one person, who may be another than the next one."""
    return fact.value.get("n") == 1 and fact.value.get("denominator") is None and fact.value.get("percent") is None


def _of_one_cause(a: Fact, b: Fact) -> bool:
    """Whether two people died of one cause, named both times: in two parts they are one."""
    return (
        bool(a.value.get("scope"))
        and a.value.get("term") == "death"
        and same_cause(a.value["scope"], b.value.get("scope"))
    )


RETELLS = re.compile(r"(?:\d[.\d]*\s*)?(?:discussion|conclusions?|concluding|summary|comment)s?\b", re.I)


def _retold(a: Fact, b: Fact) -> bool:
    """Whether one of two facts stands where results are told again: its one patient is one of those before."""
    parts = [all(RETELLS.match(e.part) for e in f.evidence) for f in (a, b)]
    return parts[0] != parts[1]


def _counted(value: dict[str, Any]) -> float | None:
    found: float | None = value.get("n") if value.get("n") is not None else value.get("percent")
    return found


def _figures_fit(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if not _fits(a.get("n"), b.get("n")) or not _fits(a.get("denominator"), b.get("denominator")):
        return False
    if (a.get("denominator_unit") or "participants") != (b.get("denominator_unit") or "participants"):
        return False
    one, two = share(a), share(b)
    if a.get("n") is None or b.get("n") is None:  # a percentage alone, and its count
        return one is not None and two is not None and abs(one - two) <= ROUNDED
    return one is None or two is None or abs(one - two) <= ROUNDED


def _shares_apart(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether one count has two percentages that are no roundings of one another: "16.5 %" in the text, "16.7" in a table."""
    one, two = a.get("percent"), b.get("percent")
    if one is None or two is None:
        return False
    places = min(len(f"{x:g}".partition(".")[2]) for x in (one, two))
    return bool(round(abs(one - two), 6) > 1.5 * 10**-places)


def share(value: dict[str, Any]) -> float | None:
    """The percentage, as told or from count and size."""
    if value.get("percent") is not None:
        return float(value["percent"])
    return 100 * value["n"] / value["denominator"] if value.get("n") is not None and value.get("denominator") else None


def _fits(a: Any, b: Any) -> bool:
    return a is None or b is None or a == b


def arm_words(name: str) -> frozenset[str]:
    found = frozenset(terms.stem(w) for w in re.findall(r"[a-z0-9+]+", name.lower()))
    return found - SMALL or found


def _arms_fit(a: str | None, b: str | None) -> bool:
    if a is None or b is None:
        return True
    one, two = arm_words(a), arm_words(b)
    return bool(one & two) and (one <= two or two <= one)


# ---------------------------------------------------------------- arms


def same_arm(a: Fact, b: Fact) -> bool:
    """Whether two facts name one arm with one size."""
    names = str(a.value.get("name") or ""), str(b.value.get("name") or "")
    return bool(
        a.value.get("n") == b.value.get("n") and a.primary == b.primary and _arms_fit(*names) and _elsewhere(a, b)
    )


def _elsewhere(a: Fact, b: Fact) -> bool:
    """Two arms of one sentence, or one table, are two arms."""
    return not {e.part for e in a.evidence} & {e.part for e in b.evidence if e.row or e.column}


def _arms_of_two_places(facts: list[Fact]) -> list[Fact]:
    """Arms that abstract and table name by other words, where both have as many and each size says which is which.

    Where a table's arms make up the trial, groups of other sizes in the pages alone are parts of its people, not arms.
    """
    arms = [
        f for f in facts if f.field == ARM and f.primary and f.value.get("n") is not None and not {*f.flags} & OVER_ARMS
    ]
    printed = [f for f in arms if _of_table(f)]
    told = [f for f in arms if any(e.part in SHORT for e in f.evidence)]
    if len(printed) < 2:
        return facts
    changed = {id(f): f.change(primary=False) for f in arms if _part_of_people(f, printed, facts)}
    if len(printed) == len(told):
        rest = [f for f in printed if f not in told]
        others = [f for f in told if f not in printed]
        sizes = [f.value["n"] for f in rest]
        if len(set(sizes)) == len(sizes) and sorted(sizes) == sorted(f.value["n"] for f in others):
            for fact in rest:
                twin = next(f for f in others if f.value["n"] == fact.value["n"])
                changed[id(fact)] = fact.change(evidence=tuple(dict.fromkeys([*fact.evidence, *twin.evidence])))
                changed[id(twin)] = changed[id(fact)]
    return list({id(f): f for f in (changed.get(id(f), f) for f in facts)}.values())


def _of_table(fact: Fact) -> bool:
    return fact.method.endswith("/table") or any(e.column for e in fact.evidence)


def _part_of_people(fact: Fact, printed: Sequence[Fact], facts: Sequence[Fact]) -> bool:
    """Whether a group of the pages is none of the arms, which a table prints and which make up all people."""
    if fact in printed or any(e.part in SHORT for e in fact.evidence):
        return False
    people = {f.value.get("n") for f in facts if f.field == "participants" and f.primary}
    sizes = [f.value["n"] for f in printed]
    named = any(_arms_fit(str(fact.value.get("name")), str(f.value.get("name"))) for f in printed)
    return sum(sizes) in people and fact.value["n"] not in sizes and not named


# ---------------------------------------------------------------- one fact of two


def _together(a: Fact, b: Fact) -> Fact:
    """The fuller of two facts with the quotes of both, what it leaves open filled by the other."""
    fuller, other = (a, b) if _said(a) >= _said(b) else (b, a)
    value = {k: other.value.get(k) if v is None and k in OPEN else v for k, v in fuller.value.items()}
    quotes = tuple(dict.fromkeys([*a.evidence, *b.evidence]))
    doubts = DOUBTS & {*fuller.flags, *other.flags} | ({TOLD_APART} if _shares_apart(a.value, b.value) else set())
    flags = tuple(dict.fromkeys([*fuller.flags, *sorted(doubts)]))
    return fuller.change(
        value=value,
        evidence=quotes,
        arm=fuller.arm or other.arm,
        confidence=max(a.confidence, b.confidence),
        flags=flags,
    )


def _said(fact: Fact) -> int:
    """How much a fact says."""
    return sum(v is not None for v in fact.value.values()) + (fact.arm is not None)
