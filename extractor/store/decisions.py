"""A curator's words: appended, never edited, and applied to the facts of the current extraction again after each run.

``add`` brings a fact that was missed, ``replace`` puts a fact in place of another (the same value: a confirmation),
``reject`` says that a fact is wrong, ``say`` changes no fact (unsure, really not reported, a note), ``undo`` takes back an
earlier decision (also an undo). The machine's facts stay in the store with a ``state``. What a second, independent reader
says (stage ``second``) changes no fact either: it is held against what stands (:mod:`extractor.store.second`).
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from extractor.conflicts import KINDS, conflicts
from extractor.errors import StaleError, StoreError
from extractor.model import JSON_PART, Conflict, Document, Evidence, Fact, Record, check_evidence, slice_of, value_at
from extractor.store import chain, reading, rows
from extractor.store.database import batches
from extractor.store.decision import (
    ACTIONS,
    MODES,
    SAYING,
    SECOND,
    STAGES,
    Decision,
    How,
    Said,
)
from extractor.store.disagreements import disagreements
from extractor.store.second import DIFFERS, differing
from extractor.store.tables import CONFLICTS, DECISIONS, DOCUMENTS, EVIDENCE, FACTS
from extractor.store.versions import LOCK, now

DECIDED_FLAGS = frozenset({"rejected", "replaced"})  # flags of a fact that a decision took out of the count
LOST, DISPUTED = "curator_fact_lost", "curators_disagree"
OURS = (LOST, DISPUTED, DIFFERS)  # conflicts that decisions make, anew each time that they are applied


def append(conn: Connection, id: str, said: Said, how: How, where: str) -> int:
    """Append a decision on a report and apply it, inside one writing transaction; its key.

    Raises
    ------
    StaleError
        If it was taken on a text, a fact or a decision that is not so any more.
    StoreError
        If the store has no such report.
    """
    version = locked(conn, id)
    if how.uid and (known := conn.execute(select(DECISIONS).where(DECISIONS.c.uid == how.uid)).mappings().first()):
        if (known["document"], known["curator"], known["action"]) != (id, said.curator, said.action):
            raise StaleError(f"uid {how.uid!r} is that of another decision; nothing was decided")
        return int(known["key"])
    found = reading.current(conn, [id], deleted=True)
    if not found:
        raise StoreError(f"store {where} has no report {id!r}; see all with: trialspan list --store {where}")
    extraction = found[0][1]
    document = reading.documents(conn, [found[0][0]])[found[0][0]]
    held = _held(conn, extraction)
    record = Record(document, held.shown)
    reading.check_quotes(record)
    _check(record, held.keys, said, how)
    _check_seen(conn, record, said, how)
    row = {
        "document": id, "action": said.action, "curator": said.curator, "copy": version, "undoes": said.undoes,
        "decided_at": how.decided_at or now(), "note": said.note, "uid": how.uid or uuid.uuid4().hex,
        "verdict": said.verdict or verdict_of(said.action, said.target, said.fact),
        "field": said.field or next((f.field for f in (said.target, said.fact) if f), None),
        "stage": how.stage, "mode": how.mode, "reason": how.reason, "about": list(how.about) or None,
        "target": said.target and said.target.to_dict(), "fact": said.fact and said.fact.to_dict(),
        "others": [f.to_dict() for f in said.others] or None,
        "seen_text": how.seen_text, "seen_decision": how.seen_decision,
    }  # fmt: skip
    key = rows.key_of(conn.execute(insert(DECISIONS).values(chain.linked(conn, DECISIONS, row))))
    if extraction is not None:
        apply(conn, extraction, document, held)
    return key


def locked(conn: Connection, id: str) -> int | None:
    """The key of the copy in force, locked: decisions on one report are taken one after the other, none while copies are put in."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": LOCK})
    query = select(DOCUMENTS.c.key).where(DOCUMENTS.c.id == id, DOCUMENTS.c.is_current).with_for_update()
    return conn.execute(query).scalar()


def _check(record: Record, keys: Collection[str], said: Said, how: How) -> None:
    needed = {"add": (False, True), "replace": (True, True), "reject": (True, False)}
    if said.action not in (*needed, "say", "undo"):
        raise StoreError(f"no decision is called {said.action!r}; legal are {', '.join(ACTIONS[:-1])}")
    if how.stage not in STAGES or how.mode not in MODES:
        raise StoreError(f"stage {how.stage!r}, mode {how.mode!r}: legal are {', '.join(STAGES)}; {', '.join(MODES)}")
    if not said.curator:
        raise StoreError("a decision needs a curator's name; set it as curator in trialspan.toml")
    given = (said.target is not None, said.fact is not None)
    if said.action in needed and given != needed[said.action]:
        raise StoreError(
            f"{said.action} on report {record.document.id!r}: add takes a fact, reject a target, replace both"
        )
    if said.action == "say" and (said.verdict not in SAYING or not (said.target or said.field)):
        raise StoreError(f"say on report {record.document.id!r}: {', '.join(SAYING)}, of a fact or a field")
    for target in said.targets:
        if target.key() not in keys:
            raise StoreError(f"report {record.document.id!r} has no {target.field} fact {target.value!r} at that place")
    if said.fact:
        check_evidence(record.document, [said.fact])


def _check_seen(conn: Connection, record: Record, said: Said, how: How) -> None:
    """Refuse what was decided on another text, or before somebody else's newer word on the same fact."""
    if how.seen_text is not None and how.seen_text != record.document.sha256:
        raise StaleError(f"report {record.document.id!r} has another text now; read it again, then decide")
    if how.seen_decision is None or said.action == "undo" or said.verdict == "note":
        return
    since = [
        d
        for d in load(conn, record.document.id, after=how.seen_decision)
        if d.stage == how.stage and d.verdict != "note"
    ]
    undone = any(d.undoes is not None for d in since)
    by_key = {d.key: d for d in (load(conn, record.document.id) if undone else since)}
    keys = {f.key() for f in said.targets}
    for newer in since:
        base = _base(newer, by_key)
        same = keys & {f.key() for f in base.targets} or (not keys and said.fact is None and base.field == said.field)
        if same:
            raise StaleError(
                f"report {record.document.id!r}: {newer.curator} said {newer.verdict.replace('_', ' ')} of this"
                f" {base.field} at {newer.decided_at}, after the page was made; look at it again, then decide"
            )


def _base(decision: Decision, by_key: Mapping[int, Decision]) -> Decision:
    """The decision on a fact that a chain of undoes is about."""
    while decision.undoes is not None and decision.undoes in by_key:
        decision = by_key[decision.undoes]
    return decision


def load(conn: Connection, document: str | None = None, *, after: int = 0) -> list[Decision]:
    """Decisions in the order in which they were taken, or only those after one."""
    query = select(DECISIONS).where(DECISIONS.c.key > after).order_by(DECISIONS.c.key)
    if document is not None:
        query = query.where(DECISIONS.c.document == document)
    uids: dict[int, str] = {}
    found = []
    for row in conn.execute(query).mappings():
        one = _decision(dict(row), uids)
        uids[one.key] = one.uid
        found.append(one)
    return found


def _decision(row: Mapping[str, Any], uids: Mapping[int, str]) -> Decision:
    target = Fact.from_dict(row["target"]) if row["target"] else None
    fact = Fact.from_dict(row["fact"]) if row["fact"] else None
    return Decision(
        row["key"], row["document"], row["action"], row["curator"], target, fact, row["undoes"], row["note"],
        row["decided_at"], row["uid"] or _old_uid(row, uids), row["verdict"] or verdict_of(row["action"], target, fact),
        row["stage"], row["mode"], row["field"] or next((f.field for f in (target, fact) if f), None),
        tuple(Fact.from_dict(f) for f in row["others"] or ()), row["reason"], tuple(row["about"] or ()), row["seen_text"],
        row["seen_decision"],
    )  # fmt: skip


def _old_uid(row: Mapping[str, Any], uids: Mapping[int, str]) -> str:
    """The uid of a decision of an earlier program, which gave none: the same in every copy of its store."""
    said = [row[n] for n in ("document", "action", "curator", "target", "fact", "note", "decided_at")]
    words = json.dumps([*said, uids.get(row["undoes"])], sort_keys=True, ensure_ascii=False)
    return f"old-{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def verdict_of(action: str, target: Fact | None, fact: Fact | None) -> str:
    """The curator's word behind an action: a replacement by the very same claim accepts it."""
    if action == "replace" and target and fact:
        return "accept" if target.key() == fact.key() and fact.primary >= target.primary else "correct"
    return action


def undone(decisions: Sequence[Decision]) -> set[int]:
    """Keys of the decisions, also undoes, that somebody took back."""
    found: set[int] = set()
    for decision in reversed(decisions):
        if decision.undoes is not None and decision.key not in found:
            found.add(decision.undoes)
    return found


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions that nobody took back, without the undoing ones themselves."""
    gone = undone(decisions)
    return [d for d in decisions if d.action != "undo" and d.key not in gone]


@dataclass(frozen=True, slots=True)
class _Held:
    """What the store holds of an extraction: the machine's facts, what decisions made of them, and the curators' own facts."""

    facts: tuple[Fact, ...] = ()  # the machine's, as nobody had decided
    states: Mapping[int, str] = field(default_factory=dict)  # position: rejected or replaced
    added: tuple[tuple[int, Fact], ...] = ()  # key of the decision, its fact
    shown: tuple[Fact, ...] = ()  # all, as a record has them
    keys: tuple[str, ...] = ()  # of all


def _held(conn: Connection, extraction: int | None) -> _Held:
    if extraction is None:
        return _Held()
    evidence: dict[int, list[rows.Row]] = {}
    for row in reading.grouped(conn, EVIDENCE, EVIDENCE.c.extraction, [extraction], EVIDENCE.c.fact).get(
        extraction, ()
    ):
        evidence.setdefault(row["fact"], []).append(row)
    found = reading.grouped(conn, FACTS, FACTS.c.extraction, [extraction]).get(extraction, [])
    shown = tuple(rows.fact_from(row, evidence.get(row["position"], ())) for row in found)
    bare = [_stateless(row, fact) for row, fact in zip(found, shown, strict=True)]
    return _Held(
        tuple(f for row, f in zip(found, bare, strict=True) if row["decision"] is None),
        {position: row["state"] for position, row in enumerate(found) if row["state"]},
        tuple((row["decision"], f) for row, f in zip(found, bare, strict=True) if row["decision"] is not None),
        shown,
        tuple(f.key() for f in shown),
    )


def _stateless(row: rows.Row, fact: Fact) -> Fact:
    return fact.change(primary=row["is_primary"], flags=tuple(row["flags"])) if row["state"] else fact


def apply(conn: Connection, extraction: int, document: Document, held: _Held | None = None) -> None:
    """Set the states of the extraction's facts, append curators' facts, and raise the record's conflicts anew.

    All from nothing but the decisions: a fact that was rejected contradicts nothing any more, and one that was added may.
    With what the store holds (`held`) only what differs from it is written; without it all is made anew.
    """
    if held is None:
        _clear(conn, extraction)
        held = _held(conn, extraction)
    stale = KINDS if (found := load(conn, document.id)) else ()
    conn.execute(delete(CONFLICTS).where(CONFLICTS.c.extraction == extraction, CONFLICTS.c.kind.in_((*OURS, *stale))))
    if not found:
        return
    facts = list(held.facts)
    states: dict[int, str] = {}
    added: dict[int, int] = {}
    lost: list[Conflict] = []
    instead: dict[str, int] = {}  # key of a fact that was replaced: position of what stands in its place
    stands = standing(found)
    index = _Index(facts, held.keys)
    for decision in stands:
        if decision.action == "say" or decision.stage == SECOND:
            continue
        keys = [t.key() for t in decision.targets]
        meant = index.meant(decision, keys, states)
        if not meant and decision.action == "replace" and decision.target:
            meant = _in_its_place(decision.target, facts, states, instead)
        for position in meant:
            states[position] = "rejected" if decision.action == "reject" else "replaced"
        if decision.fact:
            placed = relocated(document, decision.fact)
            if placed:
                added[len(facts)] = decision.key
                instead |= dict.fromkeys(keys, len(facts))
                index.put(len(facts), placed.key())
                facts.append(placed)
            else:
                lost.append(_lost(decision, decision.fact))
    _write(conn, extraction, facts, states, added, held)
    kept = [f.change(primary=False) if i in states else f for i, f in enumerate(facts)]
    anew = [c for c in conflicts(document, kept) if not states.keys() & set(c.facts)]
    second = differing(stands, [(i, f) for i, f in enumerate(kept) if f.primary])
    _write_conflicts(conn, extraction, anew + lost + _disputed(document.id, stands, facts) + second)


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
    changed = (FACTS.c.extraction == extraction, FACTS.c.state.is_not(None))
    conn.execute(update(FACTS).where(*changed).values(state=None))


class _Index:
    """Positions of facts by their key; by field, value and arm where the very fact is gone."""

    def __init__(self, facts: Sequence[Fact], keys: Iterable[str]) -> None:
        self._facts = facts
        self._keys: dict[str, list[int]] = {}
        for position, key in zip(range(len(facts)), keys, strict=False):
            self.put(position, key)

    def put(self, position: int, key: str) -> None:
        self._keys.setdefault(key, []).append(position)

    def meant(self, decision: Decision, keys: Iterable[str], gone: Mapping[int, str]) -> list[int]:
        """Positions of the facts that a decision speaks of, and that no other put aside: the very facts, else their like."""
        exact = [i for key in keys for i in self._keys.get(key, ()) if i not in gone]
        if exact or not decision.targets:
            return exact
        values = [(t.field, t.value, t.arm) for t in decision.targets]
        open_ = ((i, f) for i, f in enumerate(self._facts) if i not in gone)
        return [i for i, f in open_ if (f.field, f.value, f.arm) in values]


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
    if len({d.curator for d in decisions}) < 2:
        return []  # nobody contradicts oneself: the last word counts
    return [
        Conflict(DISPUTED, tuple(i for i, f in enumerate(facts) if f.key() in found.claims), found.message)
        for found in disagreements(document, decisions)
    ]


def _write(
    conn: Connection, extraction: int, facts: Sequence[Fact], states: dict[int, str], added: dict[int, int], held: _Held
) -> None:
    """Write what differs from what is held: curators' facts from the first that is another, and states."""
    wanted = [(key, facts[position]) for position, key in added.items()]
    same = next((i for i, (old, new) in enumerate(zip(held.added, wanted, strict=False)) if old != new), None)
    first = len(held.facts) + (min(len(held.added), len(wanted)) if same is None else same)
    if first < len(held.facts) + len(held.added):
        for table, place in ((EVIDENCE, EVIDENCE.c.fact), (FACTS, FACTS.c.position)):
            conn.execute(delete(table).where(table.c.extraction == extraction, place >= first))
    new = [position for position in added if position >= first]
    made = [
        rows.fact_row(facts[p], p) | {"extraction": extraction, "decision": added[p], "state": states.get(p)}
        for p in new
    ]
    evidence = [r | {"extraction": extraction} for p in new for r in rows.evidence_rows(facts[p], p)]
    for table, put in ((FACTS, made), (EVIDENCE, evidence)):
        if put:
            conn.execute(insert(table), put)
    changed = [{"_position": p, "_state": states.get(p)} for p in range(first) if states.get(p) != held.states.get(p)]
    if changed:
        at = (FACTS.c.extraction == extraction, FACTS.c.position == bindparam("_position"))
        conn.execute(update(FACTS).where(*at).values(state=bindparam("_state")), changed)


def _write_conflicts(conn: Connection, extraction: int, conflicts: Sequence[Conflict]) -> None:
    last = conn.execute(select(func.max(CONFLICTS.c.position)).where(CONFLICTS.c.extraction == extraction)).scalar()
    start = 0 if last is None else last + 1
    if conflicts:
        found = [rows.conflict_row(c, start + i) | {"extraction": extraction} for i, c in enumerate(conflicts)]
        conn.execute(insert(CONFLICTS), found)
