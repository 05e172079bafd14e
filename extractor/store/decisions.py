"""A curator's words: appended, never edited, and applied to the facts of the current extraction again after each run.

``add`` brings a fact that was missed, ``replace`` puts a fact in place of another (the same value: a confirmation),
``reject`` says that a fact is wrong, ``undo`` takes back an earlier decision (also an undo). The machine's facts stay in
the store with a ``state``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, func, insert, select, update

from extractor.conflicts import KINDS, conflicts
from extractor.model import JSON_PART, Conflict, Document, Evidence, Fact, slice_of, value_at
from extractor.store import reading, rows
from extractor.store.database import batches
from extractor.store.disagreements import disagreements
from extractor.store.tables import CONFLICTS, DECISIONS, EVIDENCE, FACTS

ACTIONS = ("add", "replace", "reject", "undo")
LOST, DISPUTED = "curator_fact_lost", "curators_disagree"
OURS = (LOST, DISPUTED)  # conflicts that decisions make, anew each time that they are applied


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; `target` is the fact that it speaks of, `fact` the curator's own, `undoes` an earlier decision."""

    key: int
    document: str
    action: str
    curator: str
    target: Fact | None
    fact: Fact | None
    undoes: int | None
    note: str | None
    decided_at: str


def load(conn: Connection, document: str | None = None) -> list[Decision]:
    """Decisions in the order in which they were taken."""
    query = select(DECISIONS).order_by(DECISIONS.c.key)
    if document is not None:
        query = query.where(DECISIONS.c.document == document)
    return [
        Decision(
            r.key,
            r.document,
            r.action,
            r.curator,
            Fact.from_dict(r.target) if r.target else None,
            Fact.from_dict(r.fact) if r.fact else None,
            r.undoes,
            r.note,
            r.decided_at,
        )
        for r in conn.execute(query)
    ]


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions that nobody took back, without the undoing ones themselves."""
    undone: set[int] = set()
    for decision in reversed(decisions):
        if decision.action == "undo" and decision.key not in undone and decision.undoes is not None:
            undone.add(decision.undoes)
    return [d for d in decisions if d.action != "undo" and d.key not in undone]


def apply(conn: Connection, extraction: int, document: Document) -> None:
    """Set the states of the extraction's facts, append curators' facts, and raise the record's conflicts anew.

    All from nothing but the decisions: a fact that was rejected contradicts nothing any more, and one that was added may.
    """
    _clear(conn, extraction)
    found = load(conn, document.id)
    if not found:
        return
    conn.execute(delete(CONFLICTS).where(CONFLICTS.c.extraction == extraction, CONFLICTS.c.kind.in_(KINDS)))
    facts = _facts(conn, extraction)
    states: dict[int, str] = {}
    added: dict[int, int] = {}
    lost: list[Conflict] = []
    instead: dict[str, int] = {}  # key of a fact that was replaced: position of what stands in its place
    for decision in standing(found):
        meant = _meant(decision, facts, states)
        if not meant and decision.action == "replace" and decision.target:
            meant = _in_its_place(decision.target, facts, states, instead)
        for position in meant:
            states[position] = "rejected" if decision.action == "reject" else "replaced"
        if decision.fact:
            placed = relocated(document, decision.fact)
            if placed:
                added[len(facts)] = decision.key
                if decision.target:
                    instead[decision.target.key()] = len(facts)
                facts.append(placed)
            else:
                lost.append(_lost(decision, decision.fact))
    _write(conn, extraction, facts, states, added)
    kept = [f.change(primary=False) if i in states else f for i, f in enumerate(facts)]
    anew = [c for c in conflicts(document, kept) if not states.keys() & set(c.facts)]
    _write_conflicts(conn, extraction, anew + lost + _disputed(document.id, standing(found), facts))


def reapply(conn: Connection, reports: Iterable[str]) -> None:
    """Apply the decisions on these reports again; nothing is done where there are none, and were none."""
    for batch in batches(sorted(reports)):
        decided = set(conn.execute(select(DECISIONS.c.document).where(DECISIONS.c.document.in_(batch))).scalars())
        for version, extraction in reading.current(conn, batch, deleted=True):
            if extraction is None:
                continue
            document = reading.documents(conn, [version], checked=False)[version]
            if document.id in decided or _decided(conn, extraction):
                apply(conn, extraction, document)


def _decided(conn: Connection, extraction: int) -> bool:
    """Whether decisions were applied to an extraction before."""
    facts = select(FACTS.c.position).where(FACTS.c.extraction == extraction, FACTS.c.decision.is_not(None))
    states = select(FACTS.c.position).where(FACTS.c.extraction == extraction, FACTS.c.state.is_not(None))
    return conn.execute(facts.limit(1)).first() is not None or conn.execute(states.limit(1)).first() is not None


def _clear(conn: Connection, extraction: int) -> None:
    ours = select(FACTS.c.position).where(FACTS.c.extraction == extraction, FACTS.c.decision.is_not(None))
    conn.execute(delete(EVIDENCE).where(EVIDENCE.c.extraction == extraction, EVIDENCE.c.fact.in_(ours)))
    conn.execute(delete(FACTS).where(FACTS.c.extraction == extraction, FACTS.c.decision.is_not(None)))
    conn.execute(delete(CONFLICTS).where(CONFLICTS.c.extraction == extraction, CONFLICTS.c.kind.in_(OURS)))
    changed = (FACTS.c.extraction == extraction, FACTS.c.state.is_not(None))
    conn.execute(update(FACTS).where(*changed).values(state=None))


def _facts(conn: Connection, extraction: int) -> list[Fact]:
    evidence: dict[int, list[rows.Row]] = {}
    query = select(EVIDENCE).where(EVIDENCE.c.extraction == extraction).order_by(EVIDENCE.c.fact, EVIDENCE.c.position)
    for row in conn.execute(query).mappings():
        evidence.setdefault(row["fact"], []).append(dict(row))
    found = conn.execute(select(FACTS).where(FACTS.c.extraction == extraction).order_by(FACTS.c.position)).mappings()
    return [rows.fact_from(dict(row), evidence.get(row["position"], ())) for row in found]


def _meant(decision: Decision, facts: Sequence[Fact], states: Iterable[int]) -> list[int]:
    """Positions of the facts that a decision speaks of: the very fact, else those with its field, value and arm."""
    target = decision.target
    if target is None:
        return []
    gone = set(states)
    open_ = [(i, f) for i, f in enumerate(facts) if i not in gone]
    exact = [i for i, f in open_ if f.key() == target.key()]
    same = [i for i, f in open_ if (f.field, f.value, f.arm) == (target.field, target.value, target.arm)]
    return exact or same


def _in_its_place(target: Fact, facts: Sequence[Fact], states: Iterable[int], instead: dict[str, int]) -> list[int]:
    """Position of what another curator put in place of `target`, which a later replacement of it speaks of too."""
    key, gone, seen = target.key(), set(states), set()
    while key in instead and key not in seen:
        seen.add(key)
        position = instead[key]
        if position not in gone:
            return [position]
        key = facts[position].key()
    return []


def relocated(document: Document, fact: Fact) -> Fact | None:
    """`fact` with its evidence at the quotes' places in this text; None where a quote is gone.

    A quote that stands at several places is taken at the one nearest to where it was.
    """
    places = [_place(document, item) for item in fact.evidence]
    found = tuple(p for p in places if p is not None)
    if len(found) < len(places):
        return None
    return fact if found == fact.evidence else fact.change(evidence=found, flags=(*fact.flags, "moved"))


def _place(document: Document, item: Evidence) -> Evidence | None:
    if item.part == JSON_PART:
        return item if value_at(document.data, item.path or "") == item.quote else None
    if slice_of(document, item) == item.quote:
        return item
    starts = [m.start() for m in re.finditer(re.escape(item.quote), document.parts.get(item.part, ""))]
    if not starts or not item.quote:
        return None
    start = min(starts, key=lambda s: (abs(s - (item.start or 0)), s))
    return replace(item, start=start, end=start + len(item.quote))


def _lost(decision: Decision, fact: Fact) -> Conflict:
    quotes = "; ".join(repr(e.quote) for e in fact.evidence)
    return Conflict(
        LOST,
        (),
        f"Curator {decision.curator} gave {fact.field} from {quotes}, words that the present text no longer has: decide again.",
    )


def _disputed(document: str, decisions: Sequence[Decision], facts: Sequence[Fact]) -> list[Conflict]:
    return [
        Conflict(DISPUTED, tuple(i for i, f in enumerate(facts) if f.key() in found.claims), found.message)
        for found in disagreements(document, decisions)
    ]


def _write(
    conn: Connection, extraction: int, facts: Sequence[Fact], states: dict[int, str], added: dict[int, int]
) -> None:
    for position, decision in added.items():
        row = rows.fact_row(facts[position], position) | {"extraction": extraction, "decision": decision}
        conn.execute(insert(FACTS).values(row))
        evidence = [r | {"extraction": extraction} for r in rows.evidence_rows(facts[position], position)]
        if evidence:
            conn.execute(insert(EVIDENCE), evidence)
    for position, state in states.items():
        at = (FACTS.c.extraction == extraction, FACTS.c.position == position)
        conn.execute(update(FACTS).where(*at).values(state=state))


def _write_conflicts(conn: Connection, extraction: int, conflicts: Sequence[Conflict]) -> None:
    last = conn.execute(select(func.max(CONFLICTS.c.position)).where(CONFLICTS.c.extraction == extraction)).scalar()
    start = 0 if last is None else last + 1
    if conflicts:
        found = [rows.conflict_row(c, start + i) | {"extraction": extraction} for i, c in enumerate(conflicts)]
        conn.execute(insert(CONFLICTS), found)
