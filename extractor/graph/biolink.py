"""The graph in the words of the Biolink model 4, so that it joins with other people's graphs.

A trial with a ClinicalTrials.gov number is that number's node. A count of an event is an edge from the arm to the event, with
the count on it: Biolink has no class for it that is not abstract. A zero is a negated edge; a denial within limits is none.
Routes and doses are properties of arms there. What has no predicate is ``related_to`` with our own word as ``relation``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import networkx as nx

from extractor.graph import nodes
from extractor.graph.nodes import Row
from extractor.graph.observations import LIMITED

TRIAL, STUDY, POPULATION, TREATMENT = "clinical trial", "study", "study population", "treatment"
DISEASE, FEATURE, CELL, TISSUE = "disease", "phenotypic feature", "cell", "gross anatomical structure"
ARTICLE, PUBLICATION = "journal article", "publication"
CLASSES = frozenset({TRIAL, STUDY, POPULATION, TREATMENT, DISEASE, FEATURE, CELL, TISSUE, ARTICLE, PUBLICATION})
HAS_PART, COMPOSED, DERIVES, MENTIONS = "has part", "composed primarily of", "derives from", "mentions"
IN_TRIALS, STUDIED, HAS_PHENOTYPE, HAS_EVENT = (
    "in clinical trials for", "studied to treat", "has phenotype", "has adverse event",
)  # fmt: skip
RELATED = "related to"
PREDICATES = frozenset({HAS_PART, COMPOSED, DERIVES, MENTIONS, IN_TRIALS, STUDIED, HAS_PHENOTYPE, HAS_EVENT, RELATED})
# reports of trials; a review, an animal study or a case report is a study
OF_TRIALS = frozenset({"single-trial", "protocol"})
CLASS_OF = {
    nodes.ARM: POPULATION, nodes.PRODUCT: TREATMENT, nodes.CELL: CELL, nodes.TISSUE: TISSUE, nodes.CONDITION: DISEASE,
    nodes.EVENT: FEATURE, nodes.SOURCE_RECORD: PUBLICATION,
}  # fmt: skip
PLAIN = {nodes.HAS_ARM: HAS_PART, nodes.OF_CELLS: COMPOSED, nodes.FROM_TISSUE: DERIVES}
PROPERTIES = (nodes.ROUTE, nodes.DOSE, nodes.OBSERVATION)  # no nodes there
LINKS = nodes.BETWEEN_REPORTS
REGISTRY = "CLINICALTRIALS:"


def named(term: str) -> str:
    """A class or predicate as a CURIE.

    >>> named("has adverse event"), named("clinical trial")
    ('biolink:has_adverse_event', 'biolink:ClinicalTrial')
    """
    return "biolink:" + ("".join(w.capitalize() for w in term.split()) if term in CLASSES else term.replace(" ", "_"))


class Translated:
    """A graph as rows of Biolink's nodes and edges.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As :func:`extractor.graph.build` makes it.
    """

    def __init__(self, graph: nx.MultiDiGraph[str]) -> None:
        self._graph = graph
        self._id = _joined(graph)
        self._merged = {new for old, new in self._id.items() if new != old}

    def nodes(self) -> Iterator[Row]:
        """One row a node: id, category (several joined by ``|``), name, and what else Biolink's columns hold."""
        targets = {b for _, b, row in self._graph.edges(data=True) if row["kind"] == nodes.OF_EVENT}
        for id, row in self._graph.nodes(data=True):
            kind = row["kind"]
            if kind in PROPERTIES or id in self._merged:
                continue
            classes = sorted({self._class(row), *((FEATURE,) if id in targets else ())})
            yield {
                "id": self._id[id],
                "category": "|".join(map(named, classes)),
                "name": row["name"],
                "kind": kind,
            } | self._more(id, row)

    def edges(self) -> Iterator[Row]:
        """One row an edge, with the kind and the origin of ours that it says."""
        for a, b, key, row in self._graph.edges(keys=True, data=True):
            yield from self._edge(a, b, key, row)

    # -- nodes --------------------------------------------------------------------------------------------------

    def _class(self, row: Row) -> str:
        if row["kind"] == nodes.TRIAL:
            return TRIAL if self._is_trial(row) else STUDY
        if row["kind"] == nodes.PUBLICATION:
            return ARTICLE if row.get("pmid") else PUBLICATION
        return CLASS_OF[row["kind"]]

    def _is_trial(self, trial: Row) -> bool:
        return any(self._graph.nodes[r]["report_kind"] in OF_TRIALS for r in trial["reports"])

    def _more(self, id: str, row: Row) -> Row:
        if row["kind"] == nodes.ARM:
            given = defaultdict(list)
            for _, b, edge in self._graph.out_edges(id, data=True):
                given[edge["kind"]].append(self._graph.nodes[b]["name"])
            found = {"has_route": nodes.GIVEN_BY, "dose": nodes.AT_DOSE}
            said = {name: "|".join(dict.fromkeys(given[kind])) for name, kind in found.items() if given[kind]}
            return said | ({"n": row["n"]} if row.get("n") is not None else {})
        if row["kind"] == nodes.TRIAL:
            conditions = [self._id[b] for _, b, e in self._graph.out_edges(id, data=True) if e["kind"] == nodes.STUDIES]
            known = {"n": row.get("n"), "clinical_trial_conditions": "|".join(dict.fromkeys(conditions))}
            return {name: value for name, value in known.items() if value not in (None, "")}
        return {"year": row["year"]} if row.get("year") is not None else {}

    # -- edges --------------------------------------------------------------------------------------------------

    def _edge(self, a: str, b: str, key: str, row: Row) -> Iterator[Row]:
        kind = row["kind"]
        if kind in PLAIN:
            yield self._row(a, PLAIN[kind], b, row)
        elif kind == nodes.STUDIES:
            yield from self._studies(a, b, row)
        elif kind == nodes.OF_EVENT:
            yield from self._counted(a, b, row)
        elif kind in (nodes.REPORTED_IN, nodes.DERIVED_FROM) and self._graph.nodes[a]["kind"] == nodes.TRIAL:
            if self._id[a] != self._id[b]:
                yield self._row(b, MENTIONS, a, row)
        elif kind in (*LINKS, nodes.RECEIVES):
            yield self._row(a, RELATED, b, row)

    def _row(self, a: str, predicate: str, b: str, row: Row, **more: object) -> Row:
        return {"subject": self._id[a], "predicate": named(predicate), "object": self._id[b], "row": row} | more

    def _studies(self, trial: str, condition: str, row: Row) -> Iterator[Row]:
        """Each product of the trial against its condition; the trial itself where no product is known."""
        predicate = IN_TRIALS if self._is_trial(self._graph.nodes[trial]) else STUDIED
        products = sorted(
            {product for arm in self._out(trial, nodes.HAS_ARM) for product in self._out(arm, nodes.RECEIVES)}
        )
        for product in products:
            yield self._row(product, predicate, condition, row, has_supporting_studies=self._id[trial])
        if not products:
            yield self._row(trial, RELATED, condition, row)

    def _counted(self, observation: str, event: str, row: Row) -> Iterator[Row]:
        """A count of people with an event: from the arm, and from the product where the arm was given it alone."""
        said = self._graph.nodes[observation]
        arm = next(a for a, _, e in self._graph.in_edges(observation, data=True) if e["kind"] == nodes.REPORTS)
        more = {
            "has_count": said["events"],
            "has_total": said["total"],
            "has_percentage": _percent(said["events"], said["total"]),
            "has_supporting_studies": self._id[said["trial"]],
        } | {
            name: said.get(name) for name in ("unit", "serious", "related", "grade", "zero_basis", "limit", "assertion")
        }
        if said["zero_basis"] == LIMITED:
            yield self._row(arm, RELATED, event, row, **more)
            return
        none = said["events"] == 0 or said["assertion"] != "present"
        yield self._row(arm, HAS_PHENOTYPE, event, row, negated=none, **more)
        if not none and said.get("related") is not False and not self._with_controls(arm):
            for product in self._out(arm, nodes.RECEIVES):
                yield self._row(product, HAS_EVENT, event, row, **more)

    def _with_controls(self, arm: str) -> bool:
        """Whether an arm is everyone of a trial with groups: what happened there may have happened to the controls."""
        row = self._graph.nodes[arm]
        return bool(row["whole"] and self._graph.nodes[row["trial"]]["groups"])

    def _out(self, node: str, kind: str) -> list[str]:
        return sorted({b for _, b, row in self._graph.out_edges(node, data=True) if row["kind"] == kind})


def _percent(n: int | None, total: int | None) -> float | None:
    return round(100 * n / total, 6) if n is not None and total else None


def _joined(graph: nx.MultiDiGraph[str]) -> dict[str, str]:
    """Each node's id in the export: a trial and its one record of ClinicalTrials.gov are one node, that of the number."""
    found = {id: id for id in graph}
    claims: dict[str, str] = {}
    for id, row in graph.nodes(data=True):
        if row["kind"] == nodes.TRIAL:
            numbers = _numbers(graph, row)
            if len(numbers) == 1:
                claims[id] = next(iter(numbers))
    once = Counter(claims.values())
    return found | {trial: number for trial, number in claims.items() if once[number] == 1}


def _numbers(graph: nx.MultiDiGraph[str], trial: Row) -> set[str]:
    """Numbers of ClinicalTrials.gov of a trial's reports: of its records, else of what its papers state."""
    records = {r for r in trial["reports"] if r.startswith(REGISTRY)}
    stated = {REGISTRY + n for r in trial["reports"] for n in graph.nodes[r]["registry_ids"] if n.startswith("NCT")}
    return records or {number for number in stated if number not in graph}
