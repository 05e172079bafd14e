"""Deaths of the whole trial, added over the arms of a table that counts them; of use where no sentence tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.model import Fact

METHOD, CONFIDENCE = "rule:deaths/table", 0.8
NOT_ALL = frozenset({"pooled_arms"})
LIMITS = ("grade", "severity", "related", "scope")  # such a count is of some deaths alone


def deaths_of(facts: Sequence[Fact]) -> list[Fact]:
    """The deaths that the first table with such a row tells: its total, or the sum of its arms."""
    counted = [f for f in facts if f.field == "adverse_event" and f.value["term"] == "death" and _of_all(f)]
    for table in dict.fromkeys(f.evidence[0].part for f in counted):
        own = [f for f in counted if f.evidence[0].part == table]
        found = list(_total(own)) or list(_sum(own))
        if found:
            return found
    return []


def _of_all(fact: Fact) -> bool:
    value = fact.value
    people = (value.get("denominator_unit") or "participants") == "participants"
    return (
        value.get("n") is not None
        and people
        and not any(value.get(key) for key in LIMITS)
        and not {*fact.flags} & NOT_ALL
    )


def _total(facts: Sequence[Fact]) -> Iterator[Fact]:
    """A column over all arms."""
    totals = [f for f in facts if "total" in f.flags]
    if len(totals) == 1:
        yield Fact("deaths", {"n": totals[0].value["n"]}, totals[0].evidence, METHOD, CONFIDENCE)


def _sum(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Each arm once; where a row is told twice nobody knows which is all."""
    arms = [f.arm for f in facts]
    if len(arms) < 2 or None in arms or len(set(arms)) < len(arms):
        return
    quotes = tuple(dict.fromkeys(e for f in facts for e in f.evidence))
    yield Fact("deaths", {"n": sum(f.value["n"] for f in facts)}, quotes, METHOD, CONFIDENCE, flags=("derived",))
