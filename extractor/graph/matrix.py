"""Events by trials: what each trial says of each event, and which kind of silence there is.

``events`` a count or a mention; ``reported_zero``; ``inferred_complete_table`` for a serious event that a registry's table
of serious events, which is complete, does not list; ``below_threshold`` for one that a registry's table of other events,
which begins at a threshold, does not list; ``denied`` where only a denial of all events covers it, or one of a part of the trial; ``not_mentioned``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.graph.nodes import Row
from extractor.graph.observations import BELOW_THRESHOLD, COMPLETE_TABLE, LIMITED, NOT_MENTIONED, REPORTED_ZERO
from extractor.graph.review import Review

EVENTS, DENIED_ONLY = "events", "denied"
WHOLE = ("0", "0.0")  # thresholds of a table that lists every event
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
    happened = [o for o in observed if o["zero_basis"] is None]
    zeros = [o for o in observed if o["zero_basis"] not in (None, LIMITED)]
    if not happened and not zeros:
        return _cell(DENIED_ONLY, NOT_MENTIONED, _words(observed))
    observed = [*happened, *zeros]
    counted = _counted(happened, observed)
    if not happened:
        total = sum(o["total"] for o in counted) if counted and all(o["total"] for o in counted) else None
        return _cell(REPORTED_ZERO, REPORTED_ZERO, _words(counted or observed[:1]), 0, total)
    if not counted:
        return _cell(EVENTS, None, happened[0]["evidence"])
    total = sum(o["total"] for o in counted) if all(o["total"] for o in counted) else None
    events = sum(o["events"] for o in counted)
    if total is not None and events > total:  # a number of events: it leaves as none of people
        return _cell(EVENTS, None, _words(counted))
    return _cell(EVENTS, None, _words(counted), events, total)


def _counted(happened: Sequence[Row], observed: Sequence[Row]) -> list[Row]:
    """The observations that make the trial's own count: one of everyone, else one of each arm of one report.

    None where arms share people or an arm is counted twice, as by a registry that lists an event as serious and as other.
    """
    whole = [o for o in happened or observed if o["arm"] is None and o["events"] is not None]
    if whole:
        return sorted(whole, key=lambda o: o["related"] is not None)[:1]
    report = (happened or observed)[0]["report"]
    arms = [o for o in observed if o["report"] == report and o["arm"] is not None]
    names = {o["arm"] for o in arms}
    apart = len(names) == len(arms) and not any(o["groups_overlap"] for o in arms)
    people = all(o["events"] is not None and o["unit"] in ("participants", None) for o in arms)
    return arms if apart and people else []


def _words(observed: Sequence[Row]) -> list[Row]:
    return [e for o in observed for e in o["evidence"]]


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
    complete = serious or report["threshold"] in WHOLE  # a table that says no threshold may have one
    state = COMPLETE_TABLE if complete else BELOW_THRESHOLD
    return _cell(state, state, report["table_said"] or report["about"])


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
