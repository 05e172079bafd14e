"""The links between reports: what the machine found, what curators decided, and which trial each report belongs to.

Machine links may be made anew at any time. Decisions are appended, never edited, and win over the machine: a rejected
link does not come back by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, or_, select, update

from extractor.errors import StoreError
from extractor.store import Store, reading
from extractor.store.database import batches
from extractor.store.rows import key_of
from extractor.store.tables import (
    DOCUMENTS,
    EXTRACTIONS,
    LINK_DECISIONS,
    LINK_KEYS,
    LINK_PROFILES,
    LINKS,
    TRIAL_REPORTS,
)
from extractor.store.versions import now

KINDS = ("trial", "overlap")
ACTIONS = {"confirm": "confirmed", "reject": "rejected"}
UNLINKED = -1  # in place of a version: not linked yet
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Two reports of one trial (``trial``), or of the same people (``overlap``); ``a`` sorts before ``b``.

    ``state`` is ``proposed``, ``confirmed`` or ``rejected``, ``by`` who says so (``rule`` or a curator). ``reasons`` are
    dicts with ``feature``, ``a``, ``b``, ``weight`` and the quotes. ``preferred`` is the report to pool, for overlaps.
    """

    a: str
    b: str
    kind: str
    relation: str
    method: str
    score: float
    state: str
    why: str
    preferred: str | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    by: str = "rule"

    @property
    def pair(self) -> Pair:
        return self.a, self.b


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """A curator's word on a pair; ``undo`` takes an earlier one back."""

    key: int
    action: str
    kind: str
    a: str
    b: str
    curator: str
    undoes: int | None
    note: str | None
    decided_at: str


class LinkStore:
    """The part of a store that holds links; made from an open :class:`~extractor.store.Store`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # -- profiles -----------------------------------------------------------------------------------------------

    def stale(self) -> tuple[list[str], list[str]]:
        """Ids of reports that are new or changed since they were linked, and of those that are gone, both sorted."""
        joined = DOCUMENTS.outerjoin(
            EXTRACTIONS, (EXTRACTIONS.c.document == DOCUMENTS.c.key) & EXTRACTIONS.c.is_current
        )
        query = select(DOCUMENTS.c.id, DOCUMENTS.c.key, EXTRACTIONS.c.key).select_from(joined)
        with self.store.reading() as conn:
            present = {i: (v, e) for i, v, e in conn.execute(query.where(DOCUMENTS.c.is_current, ~DOCUMENTS.c.deleted))}
            known = {
                i: (v, e)
                for i, v, e in conn.execute(
                    select(LINK_PROFILES.c.document, LINK_PROFILES.c.version, LINK_PROFILES.c.extraction)
                )
            }
        return sorted(i for i, keys in present.items() if known.get(i) != keys), sorted(known.keys() - present.keys())

    def put(
        self, profiles: Mapping[str, dict[str, Any]], keys: Mapping[str, Iterable[str]], gone: Sequence[str] = ()
    ) -> None:
        """Put profiles and their blocking keys in; links of these reports, and of those that are gone, are forgotten.

        The reports stay stale until :meth:`done`.
        """
        with self.store.writing() as conn:
            _delete(conn, [*profiles, *gone])
            rows = [{"document": i, "profile": p, "version": UNLINKED, "extraction": None} for i, p in profiles.items()]
            if rows:
                conn.execute(insert(LINK_PROFILES), rows)
            found = [{"document": i, "key": key} for i in profiles for key in sorted(set(keys[i]))]
            if found:
                conn.execute(insert(LINK_KEYS), found)

    def done(self, ids: Sequence[str]) -> None:
        """Say that these reports, as they are now, are linked."""
        with self.store.writing() as conn:
            rows = [{"_document": i, "version": v, "extraction": e} for i, v, e in _versions(conn, ids)]
            if rows:
                conn.execute(update(LINK_PROFILES).where(LINK_PROFILES.c.document == bindparam("_document")), rows)

    def forget(self, ids: Sequence[str]) -> None:
        """Say that these reports are to be linked again."""
        with self.store.writing() as conn:
            for batch in batches(ids):
                conn.execute(update(LINK_PROFILES).where(LINK_PROFILES.c.document.in_(batch)).values(version=UNLINKED))

    def profiles(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Profiles by report."""
        with self.store.reading() as conn:
            return {
                row.document: row.profile
                for batch in batches(sorted(set(ids)))
                for row in conn.execute(select(LINK_PROFILES).where(LINK_PROFILES.c.document.in_(batch)))
            }

    def members(self, keys: Iterable[str], most: Callable[[str], int]) -> dict[str, list[str]]:
        """The reports behind each blocking key, sorted; a key with more than ``most(key)`` of them is left out."""
        found: dict[str, list[str]] = {}
        with self.store.reading() as conn:
            for batch in batches(sorted(set(keys))):
                at = LINK_KEYS.c.key.in_(batch)
                sizes = conn.execute(select(LINK_KEYS.c.key, func.count()).where(at).group_by(LINK_KEYS.c.key)).all()
                small = [key for key, size in sizes if 1 < size <= most(key)]
                query = select(LINK_KEYS.c.key, LINK_KEYS.c.document).where(LINK_KEYS.c.key.in_(small))
                for key, document in conn.execute(query):
                    found.setdefault(key, []).append(document)
        return {key: sorted(members) for key, members in found.items()}

    # -- links --------------------------------------------------------------------------------------------------

    def put_links(self, links: Sequence[Link]) -> None:
        """Put machine links in, replacing those of the same pair and kind."""
        names = ("a", "b", "kind", "relation", "method", "score", "state", "preferred", "why", "reasons")
        with self.store.writing() as conn:
            if links:
                at = (LINKS.c.a == bindparam("_a"), LINKS.c.b == bindparam("_b"), LINKS.c.kind == bindparam("_kind"))
                conn.execute(delete(LINKS).where(*at), [{"_a": x.a, "_b": x.b, "_kind": x.kind} for x in links])
                conn.execute(insert(LINKS), [{n: getattr(link, n) for n in names} for link in links])

    def links(self, ids: Sequence[str] | None = None, *, kind: str | None = None) -> list[Link]:
        """Links with curators' decisions applied, in the order of their pairs; all, or those that touch `ids`."""
        with self.store.reading() as conn:
            found = {(r["a"], r["b"], r["kind"]): r for r in self._rows(conn, LINKS, ids)}
            decided = standing([LinkDecision(**r) for r in self._rows(conn, LINK_DECISIONS, ids)])
        links = [_decided(row, decided.get(at)) for at, row in found.items()]
        links += [_curated(d) for at, d in decided.items() if at not in found]
        links = [li for li in links if li.a != li.b]  # decided between copies that proved to be of one report
        return sorted((li for li in links if kind in (None, li.kind)), key=lambda li: (li.a, li.b, li.kind))

    def _rows(self, conn: Connection, table: Any, ids: Sequence[str] | None) -> Iterator[dict[str, Any]]:
        if ids is None:
            yield from (dict(r) for r in conn.execute(select(table)).mappings())
            return
        seen = set()
        for batch in batches(ids):
            either: ColumnElement[bool] = or_(table.c.a.in_(batch), table.c.b.in_(batch))
            for row in conn.execute(select(table).where(either)).mappings():
                at = tuple(row[c.name] for c in table.primary_key)
                if at not in seen:
                    seen.add(at)
                    yield dict(row)

    # -- decisions ----------------------------------------------------------------------------------------------

    def decide(
        self, action: str, kind: str, pairs: Sequence[Pair], curator: str, *, note: str | None = None
    ) -> list[int]:
        """Append a curator's ``confirm`` or ``reject`` for each pair; the decisions' keys.

        Raises
        ------
        StoreError
            If the action or kind is none of the legal ones, the curator has no name, or a report is unknown.
        """
        if action not in ACTIONS or kind not in KINDS:
            raise StoreError(
                f"no link decision is called {action} {kind}; legal are {', '.join(ACTIONS)} of {', '.join(KINDS)}"
            )
        self._check(curator, {i for pair in pairs for i in pair})
        rows = [dict(zip("ab", sorted(pair), strict=True)) for pair in pairs]
        return self._append([row | {"action": action, "kind": kind} for row in rows], curator, note)

    def undo(self, key: int, curator: str, *, note: str | None = None) -> int:
        """Take a decision back (an undo too).

        Raises
        ------
        StoreError
            If there is no such decision, or no name.
        """
        found = {d.key: d for d in self.decisions()}
        if key not in found:
            raise StoreError(f"store {self.store.name} has no link decision {key}")
        self._check(curator, ())
        row = {"action": "undo", "kind": found[key].kind, "a": found[key].a, "b": found[key].b, "undoes": key}
        return self._append([row], curator, note)[0]

    def decisions(self) -> list[LinkDecision]:
        """All decisions on links, in the order in which they were taken."""
        with self.store.reading() as conn:
            rows = conn.execute(select(LINK_DECISIONS).order_by(LINK_DECISIONS.c.key)).mappings()
            return [LinkDecision(**row) for row in rows]

    def _check(self, curator: str, ids: Iterable[str]) -> None:
        if not curator:
            raise StoreError("a decision needs a curator's name; set it as curator in trialspan.toml")
        if wanted := sorted(ids):
            for _ in self.store.records(wanted):
                pass

    def _append(self, rows: Sequence[dict[str, Any]], curator: str, note: str | None) -> list[int]:
        extra = {"curator": curator, "note": note, "decided_at": now()}
        with self.store.writing() as conn:
            return [key_of(conn.execute(insert(LINK_DECISIONS).values(row | extra))) for row in rows]

    # -- trials -------------------------------------------------------------------------------------------------

    def put_trials(self, members: Mapping[str, str]) -> None:
        """Say for each report (key) which trial (value) it belongs to."""
        with self.store.writing() as conn:
            for batch in batches(sorted(members)):
                conn.execute(delete(TRIAL_REPORTS).where(TRIAL_REPORTS.c.document.in_(batch)))
                conn.execute(insert(TRIAL_REPORTS), [{"document": i, "trial": members[i]} for i in batch])

    def trials(self) -> dict[str, list[str]]:
        """All trials with the ids of their reports, both in the order of their ids."""
        found: dict[str, list[str]] = {}
        with self.store.reading() as conn:
            order = reading.by_code_point(conn, TRIAL_REPORTS.c.document)
            for document, trial in conn.execute(select(TRIAL_REPORTS).order_by(order)):
                found.setdefault(trial, []).append(document)
        return dict(sorted(found.items()))

    def trials_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The trial of each report that was linked."""
        with self.store.reading() as conn:
            return {
                row.document: row.trial
                for batch in batches(sorted(set(ids)))
                for row in conn.execute(select(TRIAL_REPORTS).where(TRIAL_REPORTS.c.document.in_(batch)))
            }

    def trials_named(self, names: Iterable[str], besides: Collection[str]) -> set[str]:
        """Those of some names of trials that reports other than `besides` bear."""
        with self.store.reading() as conn:
            return {
                row.trial
                for batch in batches(sorted(names))
                for row in conn.execute(select(TRIAL_REPORTS).where(TRIAL_REPORTS.c.trial.in_(batch)))
                if row.document not in besides
            }

    def reports_of(self, trials: Iterable[str]) -> list[str]:
        """Ids of the reports of some trials, sorted."""
        with self.store.reading() as conn:
            return sorted(
                i
                for batch in batches(sorted(set(trials)))
                for i in conn.execute(
                    select(TRIAL_REPORTS.c.document).where(TRIAL_REPORTS.c.trial.in_(batch))
                ).scalars()
            )


def standing(decisions: Iterable[LinkDecision]) -> dict[tuple[str, str, str], LinkDecision]:
    """The decision that stands for each (a, b, kind): the last one that nobody took back."""
    undone: set[int] = set()
    found: dict[tuple[str, str, str], LinkDecision] = {}
    for decision in sorted(decisions, key=lambda d: d.key, reverse=True):
        if decision.key in undone:
            continue
        if decision.action == "undo" and decision.undoes is not None:
            undone.add(decision.undoes)
        else:
            found.setdefault((decision.a, decision.b, decision.kind), decision)
    return found


def _decided(row: Mapping[str, Any], decision: LinkDecision | None) -> Link:
    link = Link(**row)
    if decision is None:
        return link
    return Link(**dict(row) | {"state": ACTIONS[decision.action], "by": f"curator:{decision.curator}"})


def _curated(decision: LinkDecision) -> Link:
    """A link that only a curator sees."""
    why = decision.note or f"{decision.curator} decided so"
    by = f"curator:{decision.curator}"
    return Link(decision.a, decision.b, decision.kind, "curated", by, 1.0, ACTIONS[decision.action], why, by=by)


def _versions(conn: Connection, ids: Sequence[str]) -> Iterator[tuple[str, int, int | None]]:
    joined = DOCUMENTS.outerjoin(EXTRACTIONS, (EXTRACTIONS.c.document == DOCUMENTS.c.key) & EXTRACTIONS.c.is_current)
    query = select(DOCUMENTS.c.id, DOCUMENTS.c.key, EXTRACTIONS.c.key).select_from(joined).where(DOCUMENTS.c.is_current)
    for batch in batches(ids):
        yield from (tuple(row) for row in conn.execute(query.where(DOCUMENTS.c.id.in_(batch))))


def _delete(conn: Connection, ids: Sequence[str]) -> None:
    for batch in batches(ids):
        conn.execute(delete(LINK_PROFILES).where(LINK_PROFILES.c.document.in_(batch)))
        conn.execute(delete(LINK_KEYS).where(LINK_KEYS.c.document.in_(batch)))
        conn.execute(delete(LINKS).where(or_(LINKS.c.a.in_(batch), LINKS.c.b.in_(batch))))
        conn.execute(delete(TRIAL_REPORTS).where(TRIAL_REPORTS.c.document.in_(batch)))
