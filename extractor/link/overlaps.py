"""Reports of the same people: which one to pool, and why."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.link.profile import ABSTRACT, RECORD, Profile

# a full report first; a registry's own results before a conference abstract
_ROLES = {RECORD: 1, ABSTRACT: 0}


def preferred(profiles: Sequence[Profile]) -> tuple[str, str]:
    """The report to pool of some that share people, and one sentence why.

    Not retracted, then a full report, then the most people, then the latest, then the longest text; the first id at last.
    """
    ranked = sorted(profiles, key=_rank)
    best = ranked[0]
    others = ranked[1:]
    return best.id, f"{best.id} is preferred: {_because(best, others)}."


def _rank(p: Profile) -> tuple[object, ...]:
    return p.retracted, -_ROLES.get(p.role, 2), -(p.n or 0), -(p.year or 0), -p.words, p.id


def _because(best: Profile, others: Sequence[Profile]) -> str:
    if any(p.retracted for p in others) and not best.retracted:
        return "it is not retracted"
    if all(_ROLES.get(p.role, 2) < _ROLES.get(best.role, 2) for p in others):
        return "it is the full report"
    if best.n and all((p.n or 0) < best.n for p in others):
        return f"it has the most people ({best.n})"
    if best.year and all((p.year or 0) < best.year for p in others):
        return f"it is the latest ({best.year})"
    if all(p.words < best.words for p in others):
        return "it says the most"
    return "nothing tells them apart, and its id comes first"
