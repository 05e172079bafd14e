"""Whose word counts: a curator's before registry results, before the report (rule before model), before a registry's plan.

For each field the trial's own values come from the one report that ranks first; the rivals are kept beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.declared import having
from extractor.labels import PREFERRED, labels
from extractor.link.overlaps import preferred
from extractor.link.profile import Profile, profile
from extractor.model import JSON_PART, Fact, Record

CURATOR, RESULTS, RULE, MODEL, PLAN = range(5)
REPORTS, OWNERS = (
    "reports",
    "fact_reports",
)  # metadata of a trial's record: its reports by name, and the report of each fact
RESULTS_PATH = "$.resultsSection"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A field of a trial: the values that count with the report that gives them, and the others'."""

    field: str
    report: str
    facts: tuple[Fact, ...]
    rivals: tuple[tuple[str, Fact], ...]


def authority(fact: Fact) -> int:
    """The rank of a fact, 0 first."""
    who = fact.method.split(":")[0]
    if who == "curator":
        return CURATOR
    if any(e.part == JSON_PART for e in fact.evidence):
        return RESULTS if any((e.path or "").startswith(RESULTS_PATH) for e in fact.evidence) else PLAN
    return MODEL if who == "model" else RULE


def characteristics(records: Sequence[Record]) -> list[Chosen]:
    """The fields of a trial from its reports, in the order in which the records have them."""
    order = ranked([profile(r) for r in records])
    by_id = {r.document.id: r for r in records}
    fields = dict.fromkeys(f.field for i in order for f in by_id[i].facts if f.primary)
    return [choice for name in fields if (choice := _choice(name, [by_id[i] for i in order]))]


def merged(name: str, records: Sequence[Record]) -> Record:
    """A trial as one record, for tables only: its facts are what counts of each field, from several reports.

    Its document is the preferred report's under the trial's name, so that the evidence of the others is not in it; its
    metadata names the reports, and of each fact the report that says it.
    """
    best = next(r for r in records if r.document.id == ranked([profile(r) for r in records])[0])
    facts = [f for choice in characteristics(records) for f in choice.facts]
    owner = {id(f): r.document.id for r in records for f in r.facts}
    called = labels(r.document for r in records)
    told = {
        REPORTS: [f"{called[i]} ({i})" for i in called],
        OWNERS: [owner[id(f)] for f in facts],
        PREFERRED: best.document.id,
    }
    found = {f.field for f in facts}
    silent = dict.fromkeys(n for r in records for n in r.not_found if n not in found)
    conflicts = [replace(c, facts=()) for r in records for c in r.conflicts]  # places in other records' facts
    document = replace(best.document, id=name, metadata=best.document.metadata | told)
    return Record(document, tuple(facts), tuple(conflicts), tuple(silent))


def ranked(profiles: Sequence[Profile]) -> list[str]:
    """Ids of reports, the one preferred for pooling first."""
    left, order = list(profiles), []
    while left:
        best, _ = preferred(left)
        order.append(best)
        left = [p for p in left if p.id != best]
    return order


def _choice(field: str, records: Sequence[Record]) -> Chosen | None:
    found = [(r.document.id, r.of(field)) for r in records if r.of(field)]
    if not found:
        return None
    if field in having("shared"):
        every = {f.value.get("id"): f for _, facts in found for f in facts}
        return Chosen(field, found[0][0], tuple(every.values()), ())
    best, facts = min(found, key=lambda item: min(authority(f) for f in item[1]))
    rank = min(authority(f) for f in facts)
    if field in having("several"):  # a curator's word on one of them leaves the others as they are
        rank = min((a for f in facts if (a := authority(f)) != CURATOR), default=CURATOR)
    own = tuple(f for f in facts if authority(f) in (CURATOR, rank))
    values = [f.value for f in own]
    rivals = [(i, f) for i, others in found for f in others if f not in own and f.value not in values]
    return Chosen(field, best, own, tuple(rivals))
