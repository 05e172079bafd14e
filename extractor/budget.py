"""An error budget: how many facts of a table are wrong at most, and which to check first because a pooled number hangs on them.

The confidence of a fact is the share of its kind that readers agreed with (:mod:`extractor.calibration`); what people confirmed is
taken as right. A *pooled number* here is the risk of one event: people with it over people at risk, added up over reports. What a
fact moves it by is the difference that leaving the fact out makes, times the probability that the fact is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.calibration import wrong_at_most
from extractor.graph.observations import People, at_risk, counted, event_of
from extractor.model import Fact, Record

MOST = 10  # facts to check first
LEAST_REPORTS = 2  # a number is pooled from
READ = ("rule:", "model:")  # what a machine read from a text; a registry's field and a curator's word are no guess


@dataclass(frozen=True, slots=True)
class PooledTable:
    """One table's share of the budget: its facts, how many are wrong by their confidences, and at most with 95 %."""

    name: str
    facts: int
    expected: float
    at_most: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Check:
    """A fact to check: the pooled risk of its event with and without it, and what it moves it by, in percentage points."""

    document: str
    event: str
    arm: str | None
    events: int
    total: int
    confidence: float
    pooled: float
    without: float
    quote: str

    @property
    def moves(self) -> float:
        """Percentage points that the number is expected to be off by for this fact."""
        return (1 - self.confidence) * abs(self.pooled - self.without)

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"moves": round(self.moves, 4)}


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be wrong in a store, by table and in all, and what to check first."""

    tables: tuple[PooledTable, ...]
    whole: PooledTable
    checks: tuple[Check, ...]
    pooled: int  # numbers that could be pooled

    def to_dict(self) -> dict[str, Any]:
        return {
            "tables": [t.to_dict() for t in self.tables],
            "all": self.whole.to_dict(),
            "events_pooled": self.pooled,
            "check_first": [c.to_dict() for c in self.checks],
        }


def budget(records: Iterable[Record], *, most: int = MOST) -> Budget:
    """The error budget of records: of each field's table, of all, and the facts to check first."""
    read: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    parts: dict[str, list[_Part]] = defaultdict(list)
    for record in records:
        for fact in record.facts:
            if fact.primary and fact.method.startswith(READ):
                read[fact.field][record.document.id].append(fact.confidence)
        for part in _parts(record):
            parts[part.event].append(part)
    pooled = {e: some for e, some in parts.items() if len({p.document for p in some}) >= LEAST_REPORTS}
    checks = sorted(_checks(pooled.values()), key=lambda c: (-c.moves, c.document, c.event, c.arm or "", c.events))
    every: dict[str, list[float]] = defaultdict(list)
    for of_field in read.values():
        for document, some in of_field.items():
            every[document] += some
    tables = tuple(_table(name, list(read[name].values())) for name in sorted(read))
    return Budget(tables, _table("all", list(every.values())), tuple(checks[:most]), len(pooled))


def _table(name: str, by_document: Sequence[Sequence[float]]) -> PooledTable:
    expected = sum(1 - c for some in by_document for c in some)
    return PooledTable(name, sum(map(len, by_document)), round(expected, 2), wrong_at_most(by_document))


@dataclass(frozen=True, slots=True)
class _Part:
    """One count of one report in a pooled number."""

    document: str
    event: str
    fact: Fact
    events: int
    total: int


def _parts(record: Record) -> Iterator[_Part]:
    """The counts of a report that can be pooled, each event and arm once."""
    own = [f for f in record.facts if f.primary]
    sizes = {str(f.value.get("name")).lower(): f.value["n"] for f in own if f.field == "arm" and f.value.get("n")}
    whole = next((f.value.get("n") for f in own if f.field == "participants"), None)
    people, seen = People(whole, sizes), set()
    for fact in own:
        if fact.field != "adverse_event" or fact.value.get("assertion") == "none_reported":
            continue
        events, total = counted(fact.value, fact, people)[0], at_risk(fact.value, fact, people)[0]
        name = event_of(fact.value)[1]
        if events is None or not total or events > total or (name, fact.arm) in seen:
            continue
        seen.add((name, fact.arm))
        yield _Part(record.document.id, name, fact, events, total)


def _checks(pooled: Iterable[list[_Part]]) -> Iterator[Check]:
    """Each read fact of a pooled number, with the number as it is and without the fact."""
    for some in pooled:
        events, total = sum(p.events for p in some), sum(p.total for p in some)
        for part in some:
            rest = total - part.total
            if not rest or not part.fact.method.startswith(READ):
                continue
            yield Check(
                part.document,
                part.event,
                part.fact.arm,
                part.events,
                part.total,
                part.fact.confidence,
                round(100 * events / total, 4),
                round(100 * (events - part.events) / rest, 4),
                part.fact.evidence[0].quote if part.fact.evidence else "",
            )
