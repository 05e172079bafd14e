"""A store with its graph, indexed: what the questions are asked of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import networkx as nx

from extractor.errors import QueryError
from extractor.graph import nodes
from extractor.graph.arms import given_rows
from extractor.graph.build import build
from extractor.graph.counts import Counted, counted
from extractor.graph.memory import growing
from extractor.graph.nodes import Row
from extractor.graph.observations import CLASS_IDS, DEATH_ID, DENIED, NAMED, grounded
from extractor.graph.people import groups
from extractor.link.check_events import CLASS_WORDS
from extractor.store import Store

GRAVE = re.compile(r"^\D*[45]")  # grades that are serious by definition: life-threatening, fatal
OUTCOMES = {"any": CLASS_IDS["any"], "serious": CLASS_IDS["serious"]}
CHOSEN_BY = ("conditions", "cell_types", "routes")  # of a trial, in the order in which choices name them


class Review:
    """A store and its graph, with what the questions look up again and again where it is found at once.

    Everything that is indexed is made with the review, and shared: rows are not to be changed.

    Parameters
    ----------
    store : Store
        Read only.
    graph : networkx.MultiDiGraph, optional
        As :func:`extractor.graph.build` made it from this store; made where it is not given.

    Attributes
    ----------
    cohorts : list of tuple
        Pairs of reports that share people, with their edge; sorted.
    differences : dict
        Edges between reports that disagree on people or serious events, by trial, in their order.
    denials, other_denials : dict
        Denials of all events, and of a class of them such as severe ones, by trial.
    registry_records : list of tuple
        A trial and one of its registry records; trials in the order of their ids.
    unrecorded : list of str
        Registry numbers that a report names and no registry record of the store bears; sorted.
    event_tables : dict
        The report whose results have a table of serious events, by trial.
    groups : dict
        People by group, by trial.
    given : dict
        One row an arm that was given something, by trial.
    """

    def __init__(self, store: Store, graph: nx.MultiDiGraph[str] | None = None) -> None:
        self.store = store
        self.graph = build(store) if graph is None else graph
        with growing():
            self._index()

    def _index(self) -> None:
        self._kinds: dict[str, list[str]] = {kind: [] for kind in nodes.NODE_KINDS}
        for id, row in self.graph.nodes(data=True):
            self._kinds[row["kind"]].append(id)
        for ids in self._kinds.values():
            ids.sort()
        trials = self._trials = list(self._all(nodes.TRIAL))
        self._names = {t["name"].lower(): id for id, t in trials}
        self._fitting = [(id, t) for id, t in trials if t["of_people"]]
        self._planned = [(id, t) for id, t in trials if t["of_people"] or self._is_plan(t)]
        self._values = {field: {name for _, t in trials for name in t[field]} for field in CHOSEN_BY}
        self._reports = {r["document"]: id for kind in nodes.REPORT_KINDS for id, r in self._all(kind)}
        self.registry_records = [
            (trial, report)
            for _, trial in trials
            for report in map(self.node, trial["reports"])
            if report["kind"] == nodes.SOURCE_RECORD
        ]
        self.unrecorded = self._unrecorded()
        self.event_tables = self._event_tables()
        self._trial_of = {r: id for id, t in trials for r in t["reports"]}
        self.cohorts, self.differences = self._between_reports()
        self._rivals = self._preferred_elsewhere()
        self._observed = self._by_event_and_trial()
        self._happened = self._all_that_happened()
        self._counts = {event: self._counted(event, by_trial) for event, by_trial in self._observed.items()}
        self.denials = self._denials()
        self.other_denials = self._other_denials()
        self.groups = {id: groups(t, [self.node(r) for r in t["reports"]]) for id, t in trials}
        self.given = {id: tuple(given_rows(self.graph, id, t)) for id, t in self._planned}

    def _unrecorded(self) -> list[str]:
        known = {record["document"].split(":")[-1] for _, record in self.registry_records}
        named = {number for kind in nodes.REPORT_KINDS for _, r in self._all(kind) for number in r["registry_ids"]}
        return sorted(named - known)

    def _event_tables(self) -> dict[str, Row]:
        found = {}
        for id, trial in self._trials:
            table = next((r for r in map(self.node, trial["reports"]) if r["serious_table"]), None)
            if table is not None:
                found[id] = table
        return found

    def _is_plan(self, trial: Row) -> bool:
        return any(self.node(r)["planned"] for r in trial["reports"])

    def _all(self, kind: str) -> Iterator[tuple[str, Row]]:
        for id in self._kinds[kind]:
            yield id, self.graph.nodes[id]

    def _between_reports(self) -> tuple[list[tuple[str, str, Row]], dict[str, list[Row]]]:
        """Edges from report to report: those of the same people, and those that differ."""
        cohorts: list[tuple[str, str, Row]] = []
        differ: dict[str, list[Row]] = {}
        for report in sorted(self._trial_of):
            for _, other, row in sorted(self.graph.out_edges(report, data=True), key=lambda e: (e[1], e[2]["kind"])):
                if row["kind"] == nodes.SAME_COHORT_AS:
                    cohorts.append((report, other, row))
                elif row["kind"] == nodes.DIFFERS_FROM:
                    differ.setdefault(self._trial_of[report], []).append(row)
        return cohorts, {trial: sorted(rows, key=lambda r: r["position"]) for trial, rows in differ.items()}

    def _preferred_elsewhere(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for report, other, row in self.cohorts:
            best = row["preferred"]
            if row["state"] == "rejected" or not best:
                continue
            for one in (self._trial_of[report], self._trial_of[other]):
                if best not in self.node(one)["reports"]:
                    found.setdefault(one, []).append((best, str(row["state"])))
        return found

    def _by_event_and_trial(self) -> dict[str, dict[str, list[Row]]]:
        found: dict[str, dict[str, list[Row]]] = {}
        for _, row in self._all(nodes.OBSERVATION):
            found.setdefault(row["event"], {}).setdefault(row["trial"], []).append(row)
        return found

    def _all_that_happened(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for _, row in self._all(nodes.OBSERVATION):
            if row["zero_basis"] is None:
                found.setdefault(row["trial"], []).append(row)
        return found

    def _counted(self, event: str, by_trial: Mapping[str, Sequence[Row]]) -> dict[str, Counted]:
        return {
            id: counted(self.node(id), self.node, observed, happened=self.happened(id, event))
            for id, observed in by_trial.items()
        }

    def happened(self, trial: str, event: str) -> list[Row]:
        """What a trial says to have happened that a zero of this event denies: any event, serious ones and deaths, the event itself."""
        every = self._happened.get(trial, [])
        if event == OUTCOMES["any"]:
            return every
        if event == OUTCOMES["serious"]:
            return [
                o
                for o in every
                if o["serious"] is True or o["event"] in (event, DEATH_ID) or GRAVE.search(str(o["grade"] or ""))
            ]
        return [o for o in every if o["event"] == event]

    def _denials(self) -> dict[str, list[Row]]:
        found = {}
        for id, observed in self.by_trial(OUTCOMES["any"]).items():
            if denied := [o for o in observed if o["assertion"] == DENIED]:
                found[id] = denied
        return found

    def _other_denials(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for _, row in self._all(nodes.OBSERVATION):
            named_as_class = row["assertion"] == DENIED and CLASS_WORDS.search(row["event_name"])
            if named_as_class and row["event"] != OUTCOMES["any"]:
                found.setdefault(row["trial"], []).append(row)
        return found

    # -- nodes --------------------------------------------------------------------------------------------------

    def of(self, kind: str) -> list[str]:
        """Ids of all nodes of a kind, sorted."""
        return list(self._kinds[kind])

    def node(self, id: str) -> Row:
        """The attributes of a node."""
        return self.graph.nodes[id]

    def trials(self) -> Iterator[tuple[str, Row]]:
        """Trials in the order of their ids."""
        return iter(self._trials)

    def fitting(
        self, condition: str = "", cells: str = "", route: str = "", *, planned: bool = False
    ) -> list[tuple[str, Row]]:
        """Trials of people whose condition, cells and route have these words in a name, in the order of their ids.

        With `planned` also those that were only planned.
        """
        found = self._planned if planned else self._fitting
        for word, field in zip((condition, cells, route), CHOSEN_BY, strict=True):
            if word:
                names = {n for n in self._values[field] if word.lower() in n.lower()}
                found = [(id, trial) for id, trial in found if not names.isdisjoint(trial[field])]
        return found

    def said_of_total(self, trial: str, observation: Row) -> list[Row]:
        """The words behind the people at risk, where the observation's own words do not have them.

        Parameters
        ----------
        trial : str
            Id of the trial's node.
        observation : dict
            Its ``total_from`` says whether the people are the report's (``participants``) or an arm's (``arm``).
        """
        report = self.node(observation["report"])
        if observation["total_from"] == "participants":
            return list(report["n_evidence"])
        if observation["total_from"] != "arm":
            return []
        return self.said_of_arm(trial, str(observation["arm"]), report["document"])

    def said_of_arm(self, trial: str, arm: str, document: str) -> list[Row]:
        """The words of a report that say how large an arm is."""
        wanted = arm.strip().lower()
        return [
            e
            for id, edge in self.out(trial, nodes.HAS_ARM)
            if str(self.node(id)["name"]).strip().lower() == wanted
            for e in edge["evidence"]
            if e["document"] == document
        ]

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
        return self._trial_of[self.report_named(name)]

    def report_named(self, name: str) -> str:
        """The node of the report with this id or registry number.

        Raises
        ------
        QueryError
            If there is none.
        """
        found = [name, *self.store.find("nct", name.upper()), *self.store.find("pmid", name), *self.store.named([name])]
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
        """Observations of an event with their ``id``, in the order of their ids."""
        if event not in self.graph:
            return []
        found = sorted(o for o, _ in self.graph.in_edges(event))
        return [self.graph.nodes[o] | {"id": o} for o in found]

    def by_trial(self, event: str) -> Mapping[str, Sequence[Row]]:
        """Observations of an event by trial, both in the order of the observations' ids."""
        return self._observed.get(event, {})

    def named_events(self) -> list[str]:
        """Events that a report names, not classes of them, in the order of their ids."""
        return sorted(
            event for event, by_trial in self._observed.items() if next(iter(by_trial.values()))[0]["scope"] == NAMED
        )

    def counts(self, event: str) -> Mapping[str, Counted]:
        """What each trial that mentions an event gives to pool, denials of all events apart."""
        return self._counts.get(event, {})

    def rivals(self, trial: str) -> tuple[str, str] | None:
        """The first report that is preferred before those of this trial because it shares people with them, and why."""
        return next(iter(self._rivals.get(trial, ())), None)

    def shadowed(self, chosen: Iterable[str], gives: Callable[[str], bool]) -> dict[str, tuple[str, str]]:
        """Trials whose people a preferred report has too, with that report and the state of the overlap.

        A report that is preferred, but is not of those chosen or gives nothing, takes no one's place: of each cohort one
        trial is left.

        Parameters
        ----------
        chosen : iterable of str
            Trials.
        gives : callable
            Whether a trial says what is asked for.
        """
        members = set(chosen)
        found: dict[str, tuple[str, str] | None] = {}

        def judge(one: str) -> tuple[str, str] | None:
            if one not in found:
                found[one] = None  # of two that are each preferred to the other the second stays
                for best, state in self._rivals.get(one, ()):
                    other = self._trial_of[best]
                    if other in members and gives(other) and judge(other) is None:
                        found[one] = best, state
                        break
            return found[one]

        return {one: rival for one in sorted(members & self._rivals.keys()) if (rival := judge(one))}

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
