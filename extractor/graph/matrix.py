"""Events by trials: what each trial says of each event, and which kind of silence there is.

``events`` a count or a mention; ``reported_zero``; ``inferred_complete_table`` for a serious event that a registry's table
of serious events, which is complete, does not list; ``below_threshold`` for one that a registry's table of other events,
which begins at a threshold, does not list; ``denied`` where only a denial of all events covers it; ``not_mentioned``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.graph.nodes import Row
from extractor.graph.observations import BELOW_THRESHOLD, COMPLETE_TABLE, NOT_MENTIONED, REPORTED_ZERO
from extractor.graph.review import Review

EVENTS, DENIED_ONLY = "events", "denied"
# where two reports of a trial say different things of an event, the first of these
ORDER = (EVENTS, REPORTED_ZERO, COMPLETE_TABLE, BELOW_THRESHOLD, DENIED_ONLY, NOT_MENTIONED)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one trial says of one event: its state, the plain values of an answer, and the words."""

    state: str
    said: Row
    evidence: list[Row]


def mentioned(observed: Sequence[Row]) -> Cell:
    """The cell of an event that a trial mentions; what happened goes before what did not."""
    happened = next((o for o in observed if o["zero_basis"] is None), None)
    if happened:
        return _cell(EVENTS, None, happened["evidence"], happened["events"], happened["total"])
    return _cell(REPORTED_ZERO, REPORTED_ZERO, observed[0]["evidence"], 0, observed[0]["total"])


def unmentioned(review: Review, *, serious: bool) -> dict[str, Cell]:
    """What trials say, by a table or a denial, of every event that they do not mention; not of those that are silent.

    Parameters
    ----------
    serious : bool
        Whether events are asked for as serious ones.
    """
    found = {id: cell for id, denials in review.denials.items() if (cell := _by_denial(denials))}
    return found | {id: _by_table(report, serious) for id, report in review.event_tables.items()}


def cell(review: Review, trial: Row, observed: Sequence[Row], denials: Sequence[Row], *, serious: bool) -> Row:
    """What one trial says of one event, as plain values with ``evidence``.

    Parameters
    ----------
    observed : sequence of dict
        The trial's observations of the event.
    denials : sequence of dict
        Its observations that deny all events.
    serious : bool
        Whether the event is asked for as a serious one.
    """
    table = next((report for r in trial["reports"] if (report := review.node(r))["serious_table"]), None)
    if observed:
        found = mentioned(observed)
    else:
        found = _by_table(table, serious) if table else _by_denial(denials) or _cell(NOT_MENTIONED, NOT_MENTIONED, [])
    return {**found.said, "evidence": found.evidence}


def _by_table(report: Row, serious: bool) -> Cell:
    complete = serious or report["threshold"] in (None, "0")
    state = COMPLETE_TABLE if complete else BELOW_THRESHOLD
    return _cell(state, state, report["about"])


def _by_denial(denials: Sequence[Row]) -> Cell | None:
    covering = next((d for d in denials if not d["excepting"]), None)
    return _cell(DENIED_ONLY, NOT_MENTIONED, covering["evidence"]) if covering else None


def by_trial(found: Sequence[Row]) -> dict[str, list[Row]]:
    """Observations by their trial."""
    groups: dict[str, list[Row]] = {}
    for one in found:
        groups.setdefault(one["trial"], []).append(one)
    return groups


def _cell(
    state: str, basis: str | None, evidence: list[Row], events: int | None = None, total: int | None = None
) -> Cell:
    return Cell(state, {"state": state, "zero_basis": basis, "events": events, "total": total}, evidence)
