"""A store with its graph, indexed: what the questions are asked of."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from extractor.errors import QueryError
from extractor.graph import nodes
from extractor.graph.build import build
from extractor.graph.nodes import Row
from extractor.graph.observations import CLASS_IDS, grounded
from extractor.store import Store

OUTCOMES = {"any": CLASS_IDS["any"], "serious": CLASS_IDS["serious"]}


class Review:
    """A store and its graph.

    Parameters
    ----------
    store : Store
        Read only.
    graph : networkx.MultiDiGraph, optional
        As :func:`extractor.graph.build` made it from this store; made where it is not given.
    """

    def __init__(self, store: Store, graph: nx.MultiDiGraph[str] | None = None) -> None:
        self.store = store
        self.graph = build(store) if graph is None else graph
        self._kinds: dict[str, list[str]] = {kind: [] for kind in nodes.NODE_KINDS}
        for id, row in self.graph.nodes(data=True):
            self._kinds[row["kind"]].append(id)
        for ids in self._kinds.values():
            ids.sort()
        self.cohorts: list[tuple[str, str, Row]] = []  # pairs of reports that share people, sorted
        self._rivals = self._preferred_elsewhere()
        self._names = {self.graph.nodes[i]["name"].lower(): i for i in self._kinds[nodes.TRIAL]}
        self._reports = {
            self.graph.nodes[i]["document"]: i
            for kind in (nodes.PUBLICATION, nodes.SOURCE_RECORD)
            for i in self._kinds[kind]
        }

    def of(self, kind: str) -> list[str]:
        """Ids of all nodes of a kind, sorted."""
        return list(self._kinds[kind])

    def node(self, id: str) -> Row:
        """The attributes of a node."""
        return self.graph.nodes[id]

    def trials(self) -> Iterator[tuple[str, Row]]:
        """Trials in the order of their ids."""
        for id in self.of(nodes.TRIAL):
            yield id, self.graph.nodes[id]

    def trial_named(self, name: str) -> str:
        """The trial with this name, or that a report or a registry number belongs to.

        Raises
        ------
        QueryError
            If nothing has this name.
        """
        if name.lower() in self._names:
            return self._names[name.lower()]
        if name in self.graph and self.graph.nodes[name]["kind"] == nodes.TRIAL:
            return name
        report = self.report_named(name)
        return next(t for t, _ in self.graph.in_edges(report) if self.graph.nodes[t]["kind"] == nodes.TRIAL)

    def report_named(self, name: str) -> str:
        """The node of the report with this id or registry number.

        Raises
        ------
        QueryError
            If there is none.
        """
        found = [name, *self.store.find("nct", name.upper()), *self.store.find("pmid", name)]
        for one in found:
            if one in self._reports:
                return self._reports[one]
        raise QueryError(
            f"store {self.store.name} has no trial or report {name!r}; see all with: trialspan list, trialspan trial"
        )

    def event_named(self, outcome: str) -> str:
        """The id of an event: ``any``, ``serious``, ``death``, a CURIE, or a term as people write it."""
        if outcome in OUTCOMES:
            return OUTCOMES[outcome]
        return outcome if outcome in self.graph else _event(outcome)

    def observations(self, event: str) -> list[Row]:
        """Observations of an event, in the order of their ids."""
        if event not in self.graph:
            return []
        found = sorted(o for o, _ in self.graph.in_edges(event))
        return [self.graph.nodes[o] | {"id": o} for o in found]

    def rivals(self, trial: str) -> tuple[str, str] | None:
        """The report that is preferred before those of this trial because it shares people with them, and why."""
        return self._rivals.get(trial)

    def _preferred_elsewhere(self) -> dict[str, tuple[str, str]]:
        trial_of = {r: t for t in self._kinds[nodes.TRIAL] for r in self.graph.nodes[t]["reports"]}
        found: dict[str, tuple[str, str]] = {}
        for report in sorted(trial_of):
            for _, other, row in sorted(self.graph.out_edges(report, data=True), key=lambda e: (e[1], e[2]["kind"])):
                if row["kind"] != nodes.SAME_COHORT_AS:
                    continue
                self.cohorts.append((report, other, row))
                best = row["preferred"]
                if row["state"] == "rejected" or not best:
                    continue
                for one in (trial_of[report], trial_of[other]):
                    if best not in self.graph.nodes[one]["reports"]:
                        found.setdefault(one, (best, str(row["state"])))
        return found

    def out(self, node: str, kind: str) -> list[tuple[str, Row]]:
        """Where edges of a kind lead from a node, with what they say; in their order."""
        return sorted(
            ((b, row) for _, b, row in self.graph.out_edges(node, data=True) if row["kind"] == kind), key=lambda e: e[0]
        )

    def edges(self, node: str, kind: str) -> list[Row]:
        """Edges of a kind at a node, in both directions, with their ends as ``a`` and ``b``."""
        both = [*self.graph.out_edges(node, keys=True, data=True), *self.graph.in_edges(node, keys=True, data=True)]
        found = {(a, b, key): data | {"a": a, "b": b} for a, b, key, data in both if data["kind"] == kind}
        return [found[at] for at in sorted(found)]


def _event(term: str) -> str:
    lowered = " ".join(term.lower().split())
    if lowered in ("death", "deaths"):
        return nodes.curie("event", "death")
    return grounded("", lowered)[0]
