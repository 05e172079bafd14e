"""Records with the conflicts that only their links show: the registry differs, the same people are reported twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractor.declared import registers
from extractor.errors import StoreError
from extractor.model import Conflict, Record
from extractor.store import Store
from extractor.store.links import Link, LinkStore

AT_ONCE = 200  # records whose trials are looked up together


def annotated(store: Store, ids: Sequence[str] | None = None) -> Iterator[Record]:
    """Records of the store in the order of their ids, with the conflicts between reports; as they are where nothing is linked.

    ``duplicate_cohort`` stands on the report that is not preferred, ``registry_differs`` on the paper: each conflict once.
    """
    links = LinkStore(store)
    batch: list[Record] = []
    for record in store.records(ids):
        batch.append(record)
        if len(batch) == AT_ONCE:
            yield from _with_conflicts(store, links, batch)
            batch = []
    yield from _with_conflicts(store, links, batch)


def trial_records(store: Store) -> Iterator[Record]:
    """Each trial as one record, for tables (see :func:`~extractor.link.authority.merged`), in the order of their names.

    Raises
    ------
    StoreError
        If reports have come in since the store was linked.
    """
    from extractor.link.authority import merged  # a list without trials does without it

    links = LinkStore(store)
    if links.stale()[0]:
        raise StoreError(
            f"store {store.name} has reports that are not linked yet; run: trialspan link --store {store.name}"
        )
    for name, ids in links.trials().items():
        if included := [i for i in ids if store.only is None or i in store.only]:
            yield merged(name, list(annotated(store, included)))


def is_linked(store: Store) -> bool:
    """Whether the reports of a store were linked, all of them."""
    links = LinkStore(store)
    return not any(links.stale()) and bool(links.trials())


def _with_conflicts(store: Store, links: LinkStore, records: Sequence[Record]) -> Iterator[Record]:
    ids = [r.document.id for r in records]
    overlaps = links.links(ids, kind="overlap")
    trials = links.trials_of(ids)
    differences = differing(store, links, sorted(set(trials.values())))
    for record in records:
        id = record.document.id
        found = [
            duplicate(one) for one in overlaps if id in one.pair and id != one.preferred and one.state != "rejected"
        ]
        found += differences.get(id, [])
        yield replace(record, conflicts=(*record.conflicts, *found)) if found else record


def duplicate(link: Link) -> Conflict:
    """The conflict of an overlap, for the report that is not preferred."""
    other = link.preferred or link.a
    proposed = "Perhaps the same people" if link.state == "proposed" else "The same people"
    return Conflict("duplicate_cohort", (), f"{proposed} as in {other}: {link.why}", ((other, ()),))


def differing(store: Store, links: LinkStore, trials: Sequence[str]) -> dict[str, list[Conflict]]:
    """``registry_differs`` of all papers of some trials that have a registry record and a paper."""
    found: dict[str, list[Conflict]] = {}
    for trial in trials:
        ids = links.reports_of([trial])
        if len(ids) < 2:
            continue
        records = list(store.records(ids))
        registry = {r.document.id for r in records if r.document.source in registers()}
        if registry and len(registry) < len(records):
            from extractor.link.check import check, registry_conflicts  # only where there is something to check

            found |= registry_conflicts(check(records), registry)
    return found
