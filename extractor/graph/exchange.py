"""The graph in other programs' formats.

========== ================================== ==========================================================
node-link  one JSON file, lossless            networkx (``source="from", target="to", edges="edges"``), D3
graphml    one XML file                       Gephi, Cytoscape, yEd, networkx
gexf       one XML file                       Gephi, networkx
kgx        folder: nodes.tsv, edges.tsv       KGX and Biolink tools
neo4j      folder: nodes.csv, relationships.csv ``neo4j-admin database import full``
turtle     one file; needs the extra ``rdf``  RDF stores
========== ================================== ==========================================================

GraphML, GEXF and CSV have neither lists nor nothing: lists are JSON text there, and what is not known is left out.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import networkx as nx

from extractor.graph import nodes
from extractor.graph.biolink import Translated
from extractor.graph.nodes import Row
from extractor.graph.triples import write_turtle

SCHEMA = "trialspan.graph/1"
# not allowed in XML 1.0
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_node_link(graph: nx.MultiDiGraph[str], stream: BinaryIO) -> None:
    """Lossless JSON; read it back with :func:`read_node_link`."""
    data = {"schema": SCHEMA} | nx.node_link_data(graph, source="from", target="to", edges="edges")
    stream.write(json.dumps(data, ensure_ascii=True, indent=1).encode() + b"\n")


def read_node_link(stream: BinaryIO) -> nx.MultiDiGraph[str]:
    """The graph that :func:`write_node_link` wrote."""
    found = nx.node_link_graph(json.load(stream), source="from", target="to", edges="edges")
    return cast("nx.MultiDiGraph[str]", found)


def write_graphml(graph: nx.MultiDiGraph[str], stream: BinaryIO) -> None:
    nx.write_graphml_xml(labelled(graph), stream)


def write_gexf(graph: nx.MultiDiGraph[str], stream: BinaryIO) -> None:
    nx.write_gexf(labelled(graph), stream)


def labelled(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """As :func:`flat`, with the ``label`` that programs draw: a node's name, an edge's kind."""
    copy = flat(graph)
    for _, row in copy.nodes(data=True):
        row["label"] = row["name"]
    for _, _, row in copy.edges(data=True):
        row["label"] = row["kind"]
    return copy


def flat(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """A copy with numbers, booleans and text only, of one type a name; lists and mappings are JSON text, None is left out."""
    copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    of_nodes = types(row for _, row in graph.nodes(data=True))
    of_edges = types(row for _, _, row in graph.edges(data=True))
    for id, row in graph.nodes(data=True):
        copy.add_node(id, **plain(row, of_nodes))
    for a, b, key, row in graph.edges(keys=True, data=True):
        copy.add_edge(a, b, key=clean(key), **plain(row, of_edges))
    return copy


def types(rows: Iterable[Row]) -> dict[str, type]:
    """One type for each name: whole numbers beside others are decimal ones, all else that is mixed is text."""
    found: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                found.setdefault(name, set()).add(type(value))
    return {name: _one_of(kinds) for name, kinds in found.items()}


def _one_of(kinds: set[type]) -> type:
    if len(kinds) == 1 and kinds <= {bool, int, float}:
        return next(iter(kinds))
    return float if kinds == {int, float} else str


def plain(row: Row, kinds: dict[str, type]) -> Row:
    return {name: _plain(value, kinds[name]) for name, value in row.items() if value is not None}


def _plain(value: Any, kind: type) -> Any:
    if kind is not str:
        return kind(value)
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))


def clean(text: str) -> str:
    """Text without what XML forbids."""
    return UNPRINTABLE.sub("�", text)


# ---------------------------------------------------------------- tables

NODE_COLUMNS = (
    "id", "category", "name", "kind", "n", "year", "has_route", "dose", "clinical_trial_conditions",
)  # fmt: skip
EDGE_COLUMNS = (
    "id", "subject", "predicate", "object", "relation", "negated", "has_count", "has_total", "has_percentage",
    "knowledge_level", "agent_type", "primary_knowledge_source", "publications", "has_supporting_studies", "agent", "review",
    "confidence", "supporting_text", "unit", "serious", "related", "grade", "assertion", "zero_basis", "limit",
)  # fmt: skip


def write_kgx(graph: nx.MultiDiGraph[str], folder: Path) -> None:
    """``nodes.tsv`` and ``edges.tsv``, with Biolink's classes, predicates and provenance columns."""
    found = Translated(graph)
    _table(folder / "nodes.tsv", NODE_COLUMNS, found.nodes(), "\t")
    _table(folder / "edges.tsv", EDGE_COLUMNS, _kgx_edges(found, graph), "\t")


def _kgx_edges(found: Translated, graph: nx.MultiDiGraph[str]) -> Iterator[Row]:
    papers = {row["document"]: id for id, row in graph.nodes(data=True) if row["kind"] in nodes.REPORT_KINDS}
    for number, edge in enumerate(found.edges(), 1):
        row = edge.pop("row")
        yield {
            "id": f"trialspan.edge:{number}",
            **edge,
            "relation": f"trialspan:{row['kind']}",
            "knowledge_level": knowledge_level(row),
            "agent_type": agent_type(row),
            "primary_knowledge_source": "infores:trialspan",
            "publications": papers.get(row["source"], row["source"]),
            "supporting_text": "|".join(str(e["quote"]).replace("|", " ") for e in row["evidence"]),
        } | _few(row, ("agent", "review", "confidence"))


def knowledge_level(row: Row) -> str:
    """Biolink's: counts are observations, links of the program predictions, differences follow from them, the rest is asserted by the text."""
    if row["kind"] in (nodes.LINKED_TO, nodes.SAME_COHORT_AS):
        return "knowledge_assertion" if row["review"] in ("confirmed", nodes.CURATED) else "prediction"
    if row["kind"] == nodes.DIFFERS_FROM:
        return "logical_entailment"
    return "observation" if row["kind"] in (nodes.REPORTS, nodes.OF_EVENT) else "knowledge_assertion"


def agent_type(row: Row) -> str:
    """Biolink's: who said it."""
    who = str(row["agent"]).split(":")[0]
    return {"curator": "manual_agent", "registry": "data_analysis_pipeline", "reader": "data_analysis_pipeline"}.get(
        who, "text_mining_agent"
    )


def write_neo4j(graph: nx.MultiDiGraph[str], folder: Path) -> None:
    """``nodes.csv`` and ``relationships.csv`` with the headers of ``neo4j-admin database import``."""
    whole = flat(graph)
    of_nodes = sorted({name for _, row in whole.nodes(data=True) for name in row} - {"kind"})
    of_edges = sorted({name for _, _, row in whole.edges(data=True) for name in row} - {"kind"})
    found = ({":ID": id, ":LABEL": row["kind"]} | row for id, row in whole.nodes(data=True))
    _table(folder / "nodes.csv", (":ID", ":LABEL", *of_nodes), found, ",")
    tied = ({":START_ID": a, ":END_ID": b, ":TYPE": row["kind"]} | row for a, b, row in whole.edges(data=True))
    _table(folder / "relationships.csv", (":START_ID", ":END_ID", ":TYPE", *of_edges), tied, ",")


def _few(row: Row, names: tuple[str, ...]) -> Row:
    return {name: row.get(name) for name in names if row.get(name) is not None}


def _table(path: Path, columns: tuple[str, ...], rows: Iterator[Row], delimiter: str) -> None:
    """A table; tab-separated ones have no quoting, so that tabs and line ends within a cell become spaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tabs = delimiter == "\t"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        if tabs:
            stream.write("\t".join(columns) + "\n")
            for row in rows:
                stream.write("\t".join(" ".join(_cell(row.get(c)).split()) for c in columns) + "\n")
            return
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(c)) for c in columns] for row in rows)


def _cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class GraphFormat:
    """One format: how it is written, to a stream or into a folder."""

    name: str
    to_stream: Callable[[nx.MultiDiGraph[str], BinaryIO], None] | None = None
    to_folder: Callable[[nx.MultiDiGraph[str], Path], None] | None = None


FORMATS = {
    f.name: f
    for f in (
        GraphFormat("node-link", write_node_link),
        GraphFormat("graphml", write_graphml),
        GraphFormat("gexf", write_gexf),
        GraphFormat("kgx", to_folder=write_kgx),
        GraphFormat("neo4j", to_folder=write_neo4j),
        GraphFormat("turtle", write_turtle),
    )
}
