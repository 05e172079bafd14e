"""Where reports of one trial, or registry and paper, disagree on people, arms, serious events or deaths.

Only reports whose counts differ in the graph are read again and held against each other (:func:`extractor.link.check.check`);
what differs in another field alone is not looked for here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from extractor.graph import nodes
from extractor.graph.nodes import Row
from extractor.graph.observations import ANY, CLASS_IDS, DEATH_ID, DENIED, SERIOUS
from extractor.link.check import check
from extractor.link.difference import Difference
from extractor.model import Record
from extractor.store import Store
from extractor.store.database import batches

PEOPLE_AND_SERIOUS = frozenset({"enrolment", "serious_events", "deaths", "arms"})
COUNTED = (CLASS_IDS[ANY], CLASS_IDS[SERIOUS], DEATH_ID)
TRIALS_AT_ONCE = 50

Count = tuple[str | None, int | None, bool]  # arm, people, whether it is a denial
Counts = dict[str, dict[str, set[Count]]]  # of a trial, by event and report


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A difference, and the words of both sides."""

    difference: Difference
    evidence: list[Row]

    def to_row(self) -> Row:
        """Plain values; ``facts_a`` and ``facts_b`` are places in the records' facts."""
        places = {name: list(getattr(self.difference, name)) for name in ("facts_a", "facts_b")}
        return {**self.difference.to_dict(), **places, "evidence": self.evidence}


def disagreements(store: Store, reports: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, list[Disagreement]]]:
    """Trials in turn, with all differences between their reports.

    Parameters
    ----------
    reports : mapping
        Ids of the documents of each trial.
    """
    for batch in batches(reports, TRIALS_AT_ONCE):
        records = {r.document.id: r for r in store.records(sorted({i for trial in batch for i in reports[trial]}))}
        for trial in batch:
            found = check([records[i] for i in sorted(reports[trial])])
            yield trial, [Disagreement(d, _evidence(d, records)) for d in found]


def _evidence(difference: Difference, records: Mapping[str, Record]) -> list[Row]:
    places = [(difference.a, i) for i in difference.facts_a] + [(difference.b, i) for i in difference.facts_b]
    return [e for id, i in places for e in nodes.evidence(id, records[id].facts[i].evidence)]


def several(graph: nx.MultiDiGraph[str]) -> dict[str, list[str]]:
    """Trials with more than one report, and the documents of each, in the order of their ids."""
    trials = sorted(id for id, row in graph.nodes(data=True) if row["kind"] == nodes.TRIAL and len(row["reports"]) > 1)
    return {id: [graph.nodes[r]["document"] for r in graph.nodes[id]["reports"]] for id in trials}


def suspects(graph: nx.MultiDiGraph[str]) -> dict[str, list[str]]:
    """Those of them whose reports have different numbers of people, arms, serious events or deaths: worth a closer look."""
    found = several(graph)
    counts: dict[str, Counts] = {}
    for event in COUNTED:
        for id, _ in graph.in_edges(event) if event in graph else ():
            one = graph.nodes[id]
            said = (one["arm"], one["events"], one["assertion"] == DENIED)
            if one["trial"] in found:
                counts.setdefault(one["trial"], {}).setdefault(event, {}).setdefault(one["report"], set()).add(said)
    return {id: ids for id, ids in found.items() if _may_differ(graph, graph.nodes[id], counts.get(id, {}))}


def _may_differ(graph: nx.MultiDiGraph[str], trial: Row, counts: Counts) -> bool:
    reports = [graph.nodes[r] for r in trial["reports"]]
    people = {(r["n"], tuple(r["arms"])) for r in reports if r["n"] is not None or r["arms"]}
    if len(people) > 1 or any(r["planned"] for r in reports):
        return True
    said = [list(by_report.values()) for by_report in counts.values()]
    denied = any(is_denial for event in said for of_report in event for _, _, is_denial in of_report)
    return denied or any(of_report != event[0] for event in said for of_report in event)
