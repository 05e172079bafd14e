"""Events by trials: what each trial says of each event, and which kind of silence there is.

``events`` a count or a mention; ``reported_zero``; ``inferred_complete_table`` for a serious event that a registry's table
of serious events, which is complete, does not list; ``below_threshold`` for one that a registry's table of other events,
which begins at a threshold, does not list; ``denied`` where only a denial of all events covers it; ``not_mentioned``.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.graph.nodes import Row
from extractor.graph.observations import ANY, BELOW_THRESHOLD, COMPLETE_TABLE, DENIED, NOT_MENTIONED, REPORTED_ZERO
from extractor.graph.review import Review

EVENTS, DENIED_ONLY = "events", "denied"
# where two reports of a trial say different things of an event, the first of these
ORDER = (EVENTS, REPORTED_ZERO, COMPLETE_TABLE, BELOW_THRESHOLD, DENIED_ONLY, NOT_MENTIONED)


def cell(review: Review, trial: Row, observed: Sequence[Row], denials: Sequence[Row], *, serious: bool) -> Row:
    """What one trial says of one event.

    Parameters
    ----------
    observed : sequence of dict
        The trial's observations of the event.
    denials : sequence of dict
        Its observations that deny all events.
    serious : bool
        Whether the event is asked for as a serious one.
    """
    happened = [o for o in observed if o["zero_basis"] is None]
    zero = [o for o in observed if o["zero_basis"] is not None]
    if happened:
        return {
            "state": EVENTS,
            "zero_basis": None,
            "evidence": happened[0]["evidence"],
            "events": happened[0]["events"],
            "total": happened[0]["total"],
        }
    if zero:
        return {
            "state": REPORTED_ZERO,
            "zero_basis": REPORTED_ZERO,
            "evidence": zero[0]["evidence"],
            "events": 0,
            "total": zero[0]["total"],
        }
    tables = [review.node(r) for r in trial["reports"] if review.node(r)["serious_table"]]
    if tables:
        state = (
            COMPLETE_TABLE
            if serious
            else BELOW_THRESHOLD
            if tables[0]["threshold"] not in (None, "0")
            else COMPLETE_TABLE
        )
        return _silent(state, state, tables[0]["about"])
    covering = [d for d in denials if d["scope"] == ANY and not d["excepting"]]
    if covering:
        return _silent(DENIED_ONLY, NOT_MENTIONED, covering[0]["evidence"])
    return _silent(NOT_MENTIONED, NOT_MENTIONED, [])


def _silent(state: str, basis: str, evidence: list[Row]) -> Row:
    return {"state": state, "zero_basis": basis, "evidence": evidence, "events": None, "total": None}


def by_trial(found: Sequence[Row]) -> dict[str, list[Row]]:
    """Observations by their trial."""
    groups: dict[str, list[Row]] = {}
    for one in found:
        groups.setdefault(one["trial"], []).append(one)
    return groups


def denials(review: Review) -> dict[str, list[Row]]:
    """Denials of all events, by trial."""
    return by_trial([o for o in review.observations(review.event_named("any")) if o["assertion"] == DENIED])
