"""Links all reports of a store that are new or changed since the last time, with their neighbourhood and no more.

Two passes over the stale reports, each in batches that are whole transactions: their profiles and keys go in first, then
each is compared with the reports that share a key. A report counts as linked only after the second pass, so that a run
that was stopped is completed by the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.link.blocking import keys, most_behind
from extractor.link.judge import judge
from extractor.link.profile import Profile, profile
from extractor.link.trials import regroup
from extractor.store import Store
from extractor.store.database import batches
from extractor.store.links import Link, LinkStore

AT_ONCE = 500  # reports in one transaction
PROFILES_KEPT = 50_000  # in memory, some 2 kB each


@dataclass(slots=True)
class Linked:
    """Counts of a run."""

    reports: int = 0
    gone: int = 0
    compared: int = 0
    made: int = 0
    proposed: int = 0
    trials: int = 0


def link(store: Store, *, afresh: bool = False) -> Linked:
    """Link what is new or changed; with `afresh`, everything. Decisions of curators stay and win.

    The result does not depend on the order in which reports came in, but for keys behind which more reports stand than
    are compared (see :mod:`extractor.link.blocking`).
    """
    links = LinkStore(store)
    if afresh:
        links.forget([v.id for v in store.documents()])
    stale, gone = links.stale()
    done = Linked(reports=len(stale), gone=len(gone))
    touched = set(stale) | set(gone)
    touched |= set(links.reports_of(set(links.trials_of(touched).values())))
    links.put({}, {}, gone)
    for batch in batches(stale, AT_ONCE):
        found = {record.document.id: profile(record) for record in store.records(batch)}
        links.put({i: p.to_dict() for i, p in found.items()}, {i: keys(p) for i, p in found.items()})
    known = Profiles(links)
    waiting = set(stale)
    for batch in batches(stale, AT_ONCE):
        made = list(_links(links, known, batch, waiting, done))
        links.put_links(made)
        links.done(batch)
    done.trials = regroup(links, touched - set(gone))
    return done


def _links(links: LinkStore, known: Profiles, batch: Sequence[str], waiting: set[str], done: Linked) -> Iterator[Link]:
    pairs = candidates(links, known.get(batch), waiting)
    for some in batches(sorted(pairs), AT_ONCE * 20):
        found = known.get(sorted({i for pair in some for i in pair}))
        for a, b in some:
            done.compared += 1
            for one in judge(found[a], found[b]):
                done.made += one.state == "confirmed"
                done.proposed += one.state == "proposed"
                yield one


def candidates(links: LinkStore, batch: dict[str, Profile], waiting: set[str]) -> set[tuple[str, str]]:
    """Pairs of a report of the batch with one that shares a key; a pair of two waiting reports only once."""
    of = {i: keys(p) for i, p in batch.items()}
    members = links.members({key for found in of.values() for key in found}, most_behind)
    pairs = {(min(i, j), max(i, j)) for i, found in of.items() for key in found for j in members.get(key, ()) if i != j}
    return {(a, b) for a, b in pairs if not (a in waiting and b in waiting) or a in batch}


class Profiles:
    """Profiles from the store, those used last kept in memory."""

    def __init__(self, links: LinkStore) -> None:
        self._links = links
        self._kept: dict[str, Profile] = {}

    def get(self, ids: Sequence[str]) -> dict[str, Profile]:
        if len(self._kept) > PROFILES_KEPT:
            self._kept.clear()
        missing = [i for i in ids if i not in self._kept]
        self._kept |= {i: Profile.from_dict({"id": i} | data) for i, data in self._links.profiles(missing).items()}
        return {i: self._kept[i] for i in ids}
