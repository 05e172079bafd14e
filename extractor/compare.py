"""Trials side by side: what each says of each field, where they differ, and how alike they are with the reasons.

A trial's own values come from the report whose word counts (:mod:`extractor.link.authority`). Silence is no difference.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extractor.declared import declared_fields, having
from extractor.errors import QueryError, StoreError
from extractor.export.values import NOT_REPORTED, events_shown, fact_shown
from extractor.link.authority import Chosen, characteristics
from extractor.link.decide import reports_named
from extractor.model import Fact, Record
from extractor.store import Store
from extractor.store.links import LinkStore

EVENTS = "adverse_event"
SAME_DOSE = 0.02  # doses within 2 % are one, rounded


@dataclass(frozen=True, slots=True)
class Trial:
    """One column: a trial, its reports, and what counts of each field."""

    name: str
    records: tuple[Record, ...]
    fields: dict[str, Chosen]

    def facts(self, field: str) -> tuple[Fact, ...]:
        return self.fields[field].facts if field in self.fields else ()


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One field of the comparison: a cell a trial, and whether those that speak differ."""

    field: str
    cells: tuple[str, ...]
    differs: bool
    evidence: tuple[tuple[dict[str, Any], ...], ...]

    def to_row(self, names: Sequence[str]) -> dict[str, Any]:
        cells = dict(zip(names, self.cells, strict=True))
        return {
            "field": self.field,
            "differs": self.differs,
            **cells,
            "evidence": [e for found in self.evidence for e in found],
        }


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two trials are, 0-1: the mean share of common values over the fields on which both speak."""

    a: str
    b: str
    score: float | None
    reasons: tuple[str, ...]

    def to_row(self) -> dict[str, Any]:
        return {"a": self.a, "b": self.b, "score": self.score, "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Trials side by side."""

    names: tuple[str, ...]
    lines: tuple[ComparedLine, ...]
    events: tuple[ComparedLine, ...]
    similar: tuple[Similarity, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return {
            "trials": list(self.names),
            "characteristics": [line.to_row(self.names) for line in self.lines],
            "events": [line.to_row(self.names) for line in self.events],
            "similarity": [s.to_row() for s in self.similar],
        }


def compare(store: Store, names: Sequence[str]) -> Comparison:
    """Put trials side by side.

    Parameters
    ----------
    names : sequence of str
        Two or more trials, by name, report or registry number.

    Raises
    ------
    QueryError
        If fewer than two different trials are named.
    StoreError
        If one is unknown.
    """
    trials = list({t.name: t for t in (_trial(store, name) for name in names)}.values())
    if len(trials) < 2:
        raise QueryError(
            f"comparing takes two different trials or more; {', '.join(map(repr, names))} is {len(trials)}"
        )
    found = dict.fromkeys(f for t in trials for f in t.fields if f != EVENTS)
    return Comparison(
        tuple(t.name for t in trials),
        tuple(_line(field, trials) for field in found),
        tuple(_events(trials)),
        tuple(similarity(a, b) for a, b in itertools.combinations(trials, 2)),
    )


def _trial(store: Store, name: str) -> Trial:
    try:
        ids = reports_named(store, name)
    except StoreError:
        if not store.has(name):
            raise
        ids = store.named([name])  # not linked yet: a trial of its own
    title = LinkStore(store).trials_of(ids).get(ids[0], ids[0])
    records = tuple(store.records(ids))
    return Trial(title, records, {c.field: c for c in characteristics(records)})


def _line(field: str, trials: Sequence[Trial]) -> ComparedLine:
    cells = [_cell(t, field) for t in trials]
    said = {_key(t.facts(field)) for t in trials if t.facts(field)}
    return ComparedLine(
        field,
        tuple(cells),
        len(said) > 1 and field not in having("own"),
        tuple(_evidence(t, t.facts(field)) for t in trials),
    )


def _cell(trial: Trial, field: str) -> str:
    facts = trial.facts(field)
    return "; ".join(dict.fromkeys(map(fact_shown, facts))) if facts else NOT_REPORTED


def _key(facts: Sequence[Fact]) -> str:
    """What makes two cells the same: the values, whatever their order and arms' names."""
    return json.dumps(sorted(json.dumps(f.value, sort_keys=True, default=str).lower() for f in facts))


def _evidence(trial: Trial, facts: Sequence[Fact]) -> tuple[dict[str, Any], ...]:
    of = {id(f): r.document.id for r in trial.records for f in r.facts}
    return tuple({"document": of.get(id(f), trial.name), **e.to_dict()} for f in facts for e in f.evidence)


def _events(trials: Sequence[Trial]) -> list[ComparedLine]:
    """One line an event: what each trial says of it, by arm."""
    terms = sorted({_term(f) for t in trials for f in t.facts(EVENTS)})
    lines = []
    for term in terms:
        facts = [[f for f in t.facts(EVENTS) if _term(f) == term] for t in trials]
        cells = tuple("; ".join(events_shown(found)) if found else "not mentioned" for found in facts)
        said = {_key(found) for found in facts if found}
        evidence = tuple(_evidence(t, found) for t, found in zip(trials, facts, strict=True))
        lines.append(ComparedLine(term, cells, len(said) > 1, evidence))
    return lines


def _term(fact: Fact) -> str:
    return " ".join(str(fact.value.get("term") or "").lower().split())


def similarity(a: Trial, b: Trial) -> Similarity:
    """How alike two trials are, and why."""
    shares, reasons = [], []
    for field, declared in declared_fields().items():
        one, two = _values(a, field, declared.alike), _values(b, field, declared.alike)
        if not one or not two:
            continue
        common = {x for x in one if any(_same(x, y) for y in two)}
        share = len(common) / len(one | two if field != "dose" else max(one, two, key=len))
        shares.append(min(1.0, share))
        words = field.replace("_", " ")
        if common:
            reasons.append(f"both: {words} {_said(common)}")
        else:
            reasons.append(f"{words} differs: {_said(one)} / {_said(two)}")
    score = round(sum(shares) / len(shares), 3) if shares else None
    return Similarity(a.name, b.name, score, tuple(reasons) or ("no field on which both speak",))


Value = tuple[object, ...]


def _values(trial: Trial, field: str, keys: Sequence[str]) -> set[Value]:
    """What a trial says of a field, by the keys that make trials alike; none where it says nothing, or no key does."""
    found = {tuple(_plain(f.value.get(key)) for key in keys) for f in trial.facts(field)}
    return {value for value in found if any(v not in (None, "") for v in value)}


def _plain(value: Any) -> object:
    return value.lower() if isinstance(value, str) else value


def _same(x: Value, y: Value) -> bool:
    if len(x) != len(y):
        return False
    return all(
        p == q
        or (isinstance(p, int | float) and isinstance(q, int | float) and abs(p - q) <= SAME_DOSE * max(abs(p), abs(q)))
        for p, q in zip(x, y, strict=True)
    )


def _said(values: set[Value]) -> str:
    return ", ".join(
        sorted(
            "-".join(f"{v:g}" if isinstance(v, float) else str(v) for v in dict.fromkeys(x) if v not in (None, ""))
            for x in values
        )
    )
