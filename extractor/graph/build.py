"""From the store to the graph: one pass over the records, then the links; linear in what is stored.

The same store gives the same graph, node by node and edge by edge, whatever the order in which it was filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from extractor.declared import registers
from extractor.export.values import duration, shown
from extractor.graph import nodes
from extractor.graph.differences import PEOPLE_AND_SERIOUS, Disagreement, disagreements, suspects
from extractor.graph.memory import growing
from extractor.graph.nodes import Row, claim, curie, origin, standard
from extractor.graph.observations import death, observed
from extractor.graph.reports import Reported, report_row
from extractor.graph.trials import describe
from extractor.link.profile import RECORD
from extractor.model import Document, Fact, Record
from extractor.store import Store
from extractor.store.links import Link, LinkStore

CLAIMED = ("evidence", "source", "agent", "review")  # on every edge; the confidence is on the observation


def build(store: Store) -> nx.MultiDiGraph[str]:
    """The graph of a store.

    Parameters
    ----------
    store : Store
        Reports that were not linked yet are trials of their own.

    Returns
    -------
    networkx.MultiDiGraph
        Ids are CURIEs; see :mod:`extractor.graph` for kinds and attributes.
    """
    with growing():
        links = LinkStore(store)
        found = links.links()
        builder = Builder({i: trial for trial, ids in links.trials().items() for i in ids}, found)
        for record in store.records():
            builder.report(record)
        describe(builder.graph)
        for link in found:
            builder.link(link)
        for _, differ in disagreements(store, suspects(builder.graph)):
            for place, one in enumerate(d for d in differ if d.difference.kind in PEOPLE_AND_SERIOUS):
                builder.difference(place, one)
    return builder.graph


class Builder:
    """Takes reports and links one by one."""

    def __init__(self, trial_of: dict[str, str], links: Sequence[Link]) -> None:
        self.graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self._trial_of = trial_of
        self._nodes: dict[str, str] = {}  # report: its node
        self._quotes: dict[str, dict[str, Row]] = {}  # report: quotes of its links, and where they are
        for link in links:
            for id, name in ((link.a, "quote_a"), (link.b, "quote_b")):
                self._quotes.setdefault(id, {}).update({r[name]: {} for r in link.reasons if r.get(name)})

    # -- reports ------------------------------------------------------------------------------------------------

    def report(self, record: Record) -> None:
        """Add a report with all that it says of its trial."""
        document = record.document
        trial = self._trial(document)
        info = report_row(record)
        self._report_node(document, trial, info)
        self._locate(document)
        for fact in record.of("condition"):
            self._condition(trial, document, fact)
        for fact in record.of("arm"):
            self._arm(trial, record, fact.value.get("name"), fact)
        self._given(trial, record)
        people = info.people
        for position, fact in enumerate(record.facts):
            if fact.primary and fact.field in ("adverse_event", "deaths"):
                made = death(fact) if fact.field == "deaths" else fact
                self._observation(trial, record, position, made, observed(made, people, document.parts))

    def _trial(self, document: Document) -> str:
        name = self._trial_of.get(document.id, document.id)
        trial = curie("trial", name)
        if trial not in self.graph:
            self.graph.add_node(trial, kind=nodes.TRIAL, name=name, reports=[])
        return trial

    def _report_node(self, document: Document, trial: str, info: Reported) -> None:
        is_record = info.row["role"] == RECORD
        id = _report_id(document)
        if id in self.graph:  # two files of one paper
            id = curie("report", document.id)
        self._nodes[document.id] = id
        self.graph.add_node(
            id, kind=nodes.SOURCE_RECORD if is_record else nodes.PUBLICATION, name=document.id, **info.row
        )
        self._edge(trial, id, nodes.DERIVED_FROM if is_record else nodes.REPORTED_IN, document.id, origin(document))
        self.graph.nodes[trial]["reports"].append(id)

    def _arm(self, trial: str, record: Record, name: Any, fact: Fact | None = None) -> str:
        """The arm of a trial with this name; that of everyone without one."""
        id = curie("arm", trial.split(":", 1)[1], name or nodes.ALL)
        if id not in self.graph:
            self.graph.add_node(id, kind=nodes.ARM, name=name or nodes.ALL, whole=not name, n=None, trial=trial)
        if fact is None:
            fact = next(iter(record.of("participants")), None) if not name else None
        if not self.graph.has_edge(trial, id) or (fact and fact.field == "arm"):
            why = claim(record.document.id, fact) if fact else origin(record.document)
            self._edge(trial, id, nodes.HAS_ARM, _place(record, fact), why)
        if fact and fact.value.get("n") is not None and self.graph.nodes[id]["n"] is None:
            self.graph.nodes[id]["n"] = fact.value["n"]
        return id

    def _condition(self, trial: str, document: Document, fact: Fact) -> None:
        name = str(fact.value.get("name") or "").lower()
        given = str(fact.value.get("term_id") or fact.value.get("id") or "")
        id = _identified(given, "condition", name)
        self.graph.add_node(id, kind=nodes.CONDITION, name=self.graph.nodes.get(id, {}).get("name", name))
        self._edge(trial, id, nodes.STUDIES, f"{document.id}/{name}", claim(document.id, fact))

    def _given(self, trial: str, record: Record) -> None:
        """Products, routes, doses and schedules, each on the arm that it is said of."""
        document = record.document
        for fact in record.of("cell_type"):
            id, row = _product(record, str(fact.value.get("name") or ""))
            self.graph.add_node(id, **row)
            told = [f for f in (*record.of("cell_source"), *record.of("donor")) if f.evidence]
            why = claim(document.id, fact)
            why["evidence"] = why["evidence"] + [e for f in told for e in nodes.evidence(document.id, f.evidence)]
            self._edge(self._arm(trial, record, fact.arm), id, nodes.RECEIVES, _place(record, fact), why)
            self._made_of(id, nodes.CELL, nodes.OF_CELLS, document, fact)
            for source in record.of("cell_source"):
                self._made_of(id, nodes.TISSUE, nodes.FROM_TISSUE, document, source)
        for field, edge in (("route", nodes.GIVEN_BY), ("dose", nodes.AT_DOSE), ("administrations", nodes.AT_DOSE)):
            for fact in record.of(field):
                id, row = _described(fact)
                self.graph.add_node(id, **row)
                self._edge(self._arm(trial, record, fact.arm), id, edge, _place(record, fact), claim(document.id, fact))

    def _made_of(self, product: str, kind: str, edge: str, document: Document, fact: Fact) -> None:
        """The cells or the tissue of a product as a node with the id of its ontology, once for each report that says so."""
        name = str(fact.value.get("name") or "")
        id = _identified(str(fact.value.get("id") or ""), kind.lower(), name)
        if id not in self.graph:
            self.graph.add_node(id, kind=kind, name=name)
        self._edge(product, id, edge, document.id, claim(document.id, fact))

    def _observation(self, trial: str, record: Record, position: int, fact: Fact, row: Row) -> None:
        document = record.document.id
        id = curie("observation", document, position)
        why = claim(document, fact)
        report = self._nodes[document]
        self.graph.add_node(
            id,
            kind=nodes.OBSERVATION,
            name=row["event_name"],
            trial=trial,
            report=report,
            position=position,
            **row,
            **why,
        )
        if row["event"] not in self.graph:
            self.graph.add_node(row["event"], kind=nodes.EVENT, name=row["event_name"], scope=row["scope"])
        place = f"{document}/{position}"
        self._edge(self._arm(trial, record, row["arm"]), id, nodes.REPORTS, place, why)
        self._edge(id, row["event"], nodes.OF_EVENT, place, why)
        is_record = self.graph.nodes[report]["kind"] == nodes.SOURCE_RECORD
        self._edge(id, report, nodes.DERIVED_FROM if is_record else nodes.REPORTED_IN, place, why)

    # -- links --------------------------------------------------------------------------------------------------

    def link(self, link: Link) -> None:
        """Add a link between two reports, whatever its state."""
        if link.a not in self._nodes or link.b not in self._nodes:
            return
        sides = ((link.a, "quote_a"), (link.b, "quote_b"))
        found = [self._quotes[id].get(r[name]) for r in link.reasons for id, name in sides if r.get(name)]
        ends = self._nodes[link.a], self._nodes[link.b]
        said = [e for e in found if e] or [e for id in ends for e in self.graph.nodes[id]["about"]]
        why = {
            "evidence": _once(said),
            "source": link.a,
            "agent": link.by if link.by != "rule" else f"rule:link/{link.method}",
            "review": link.state,
            "confidence": round(link.score, 4),
            "method": link.method,
            "score": round(link.score, 4),
            "state": link.state,
            "relation": link.relation,
            "why": link.why,
            "preferred": self._nodes.get(link.preferred or ""),
        }
        kind = nodes.SAME_COHORT_AS if link.kind == "overlap" else nodes.LINKED_TO
        self._edge(*ends, kind, f"{kind}|{link.relation}", why)

    def difference(self, position: int, found: Disagreement) -> None:
        """Add what two reports of one trial disagree on; `position` is its place among those of the trial."""
        one = found.difference
        said = {"on" if name == "kind" else name: value for name, value in found.to_row().items()}
        why = {"source": one.a, "agent": "rule:check", "review": nodes.UNREVIEWED, "position": position, **said}
        self._edge(self._nodes[one.a], self._nodes[one.b], nodes.DIFFERS_FROM, f"{nodes.DIFFERS_FROM}|{position}", why)

    def _locate(self, document: Document) -> None:
        wanted = self._quotes.get(document.id, {})
        for quote in wanted:
            for part, text in document.parts.items():
                start = text.find(quote)
                if start >= 0:
                    wanted[quote] = {
                        "document": document.id,
                        "part": part,
                        "start": start,
                        "end": start + len(quote),
                        "quote": quote,
                    }
                    break

    def _edge(self, a: str, b: str, kind: str, place: str, why: Row) -> None:
        said = why if kind in nodes.BETWEEN_REPORTS else {n: why[n] for n in CLAIMED}
        self.graph.add_edge(a, b, key=place, kind=kind, **said)


def _report_id(document: Document) -> str:
    if document.source in registers():
        return _identified(document.id, "record", document.id)
    if document.ids.pmid:
        return standard(f"pubmed:{document.ids.pmid}")
    return curie("report", document.id)


def _identified(given: str, kind: str, name: str) -> str:
    """The CURIE that a value has, with the common prefix; one of our own where it has none."""
    return standard(given) if nodes.CURIE.fullmatch(given) else curie(kind, name)


def _place(record: Record, fact: Fact | None) -> str:
    if fact is None:
        return record.document.id
    return f"{record.document.id}/{next(i for i, f in enumerate(record.facts) if f is fact)}"


def _product(record: Record, cells: str) -> tuple[str, Row]:
    sources, donors = _names(record, "cell_source"), _names(record, "donor")
    words = [cells, *sources, *donors]
    row = {
        "kind": nodes.PRODUCT,
        "name": ", ".join(words),
        "cell_type": cells,
        "cell_type_id": next(iter(_ids(record, "cell_type", cells)), None),
        "cell_source": sources,
        "cell_source_ids": [id for name in sources for id in _ids(record, "cell_source", name)],
        "donor": donors,
    }
    return curie("product", *words), row


def _names(record: Record, field: str) -> list[str]:
    return sorted({str(f.value.get("name")) for f in record.of(field) if f.value.get("name")})


def _ids(record: Record, field: str, name: str) -> list[str]:
    """The CURIEs that a field gives to a name."""
    found = {str(f.value.get("id")) for f in record.of(field) if f.value.get("name") == name and f.value.get("id")}
    return sorted(map(standard, found))


def _described(fact: Fact) -> tuple[str, Row]:
    """A route, a dose or a schedule as a node."""
    value = fact.value
    if fact.field == "route":
        name = str(value.get("name") or "")
        return curie("route", name), {"kind": nodes.ROUTE, "name": name}
    names = ("low", "high", "unit", "basis") if fact.field == "dose" else ("low", "high")
    row: Row = {n: value.get(n) for n in names}
    name = shown(fact.field, value)
    times = fact.field == "administrations"
    if times:
        row["interval"] = duration(value["interval"]) if value.get("interval") else None
        name = (
            f"given {name} time{'' if name == '1' else 's'}"
            if "," not in name
            else f"given {name.replace(',', ' times,', 1)}"
        )
    return curie("dose", name), {"kind": nodes.DOSE, "name": name, "of": fact.field, **row}


def _once(found: list[Row]) -> list[Row]:
    unique: dict[str, Row] = {}
    for row in found:
        unique.setdefault(repr(sorted(row.items(), key=str)), row)
    return list(unique.values())
