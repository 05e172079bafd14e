"""What a user decides about links: confirm, reject, merge, split, undo; the trials follow at once."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.errors import StoreError
from extractor.link.trials import regroup
from extractor.store import Store
from extractor.store.links import LinkStore, Pair


def decide(
    store: Store, action: str, kind: str, pairs: Sequence[Pair], curator: str, *, note: str | None = None
) -> list[int]:
    """``confirm`` or ``reject`` links of a kind (``trial``, ``overlap``); the keys of the decisions, for :func:`undo`.

    Raises
    ------
    StoreError
        If the store has no such report, or a pair is one report twice.
    """
    pairs = [(a, b) for a, b in (store.named(pair) for pair in pairs)]
    if same := [a for a, b in pairs if a == b]:
        raise StoreError(f"{same[0]!r} is one report; a decision takes two")
    links = LinkStore(store)
    keys = links.decide(action, kind, pairs, curator, note=note)
    _follow(links, {i for pair in pairs for i in pair})
    return keys


def merge(store: Store, names: Sequence[str], curator: str, *, note: str | None = None) -> list[int]:
    """Make one trial of some trials or reports, given by name or id.

    Raises
    ------
    StoreError
        If fewer than two are given, or one is unknown.
    """
    heads = [reports_named(store, name)[0] for name in names]
    if len(set(heads)) < 2:
        raise StoreError("merging takes two trials or reports that are not one already")
    first, *others = dict.fromkeys(heads)
    return decide(store, "confirm", "trial", [(first, other) for other in others], curator, note=note)


def split(store: Store, report: str, curator: str, *, note: str | None = None) -> list[int]:
    """Take a report out of its trial, and keep it apart from each of the others.

    Raises
    ------
    StoreError
        If the store has no such report, or it is alone in its trial.
    """
    links = LinkStore(store)
    (report,) = store.named([report])
    trial = links.trials_of([report]).get(report)
    others = [i for i in links.reports_of([trial] if trial else []) if i != report]
    if not others:
        raise StoreError(f"report {report!r} shares its trial with no other report of {store.name}")
    return decide(store, "reject", "trial", [(report, other) for other in others], curator, note=note)


def undo(store: Store, key: int, curator: str, *, note: str | None = None) -> int:
    """Take a decision back; the machine's own link counts again."""
    links = LinkStore(store)
    done = links.undo(key, curator, note=note)
    found = next(d for d in links.decisions() if d.key == key)
    _follow(links, {found.a, found.b})
    return done


def reports_named(store: Store, name: str) -> list[str]:
    """Ids of the reports of a trial, or of the trial that a report or a registry number belongs to.

    Raises
    ------
    StoreError
        If no trial and no report has this name.
    """
    links = LinkStore(store)
    own = links.reports_of([name])
    if not own:
        reports = [name, *store.find("nct", name)]
        known = links.trials_of(reports) or links.trials_of(store.named([name]))
        own = links.reports_of(known.values())
    if not own:
        raise StoreError(
            f"store {store.name} has no trial and no linked report {name!r}; see all with: trialspan trial --store {store.name};"
            f" if reports came in since the last linking, run: trialspan link --store {store.name}"
        )
    return own


def _follow(links: LinkStore, ids: set[str]) -> None:
    trials = set(links.trials_of(ids).values())
    regroup(links, ids | set(links.reports_of(trials)))
