"""Which values a reader should look at twice, and why: one rule for the colours of a workbook and the footnotes of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extractor.model import Fact, Record

LIKELY = 0.75  # a value that is less probable than this is doubtful
WHY: Mapping[str, str] = {  # flag of a fact: what is said of it
    "exponent_repaired": "the power of ten had lost its raised figure in the text and was put back",
    "derived": "reckoned from other figures of the report, which does not state it",
    "not_said": "taken by a person although the words do not say it",
    "moved": "the words stand at another place than when a person chose them",
    "open": "two readers of this report disagree",
}


def doubts(fact: Fact) -> list[str]:
    """Why a value is doubtful, in words; nothing where it is not."""
    if fact.method.startswith("curator:"):
        return [WHY[flag] for flag in fact.flags if flag in ("not_said", "moved")]
    found = [WHY[flag] for flag in fact.flags if flag in WHY]
    if fact.confidence < LIKELY:
        found.append(f"doubtful: such readings are right in {100 * fact.confidence:.0f} of 100")
    return found


def person(fact: Fact) -> str:
    """Who confirmed, corrected or added a value; empty where it is the program's own."""
    who, _, name = fact.method.partition(":")
    return name if who == "curator" else ""


def footnote(fact: Fact) -> str:
    """What a table says below of a value that is doubtful or that a person gave; empty where there is nothing to say."""
    by = person(fact)
    said = [f"checked, corrected or added by {by}"] if by else []
    return "; ".join([*said, *doubts(fact)])


def in_conflict(record: Record) -> set[str]:
    """Names of the fields of which two values of a record contradict each other."""
    places = (i for conflict in record.conflicts for i in conflict.facts)
    return {record.facts[i].field for i in places if i < len(record.facts)}


def doubtful(facts: Iterable[Fact]) -> set[str]:
    """Names of the fields of which a value is doubtful."""
    return {fact.field for fact in facts if fact.primary and doubts(fact)}
