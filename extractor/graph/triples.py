"""The graph as RDF, in Turtle: nodes and edges as triples, and each edge once more as a statement with its origin."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote

import networkx as nx

from extractor.errors import QueryError

NODES, WORDS = "urn:trialspan:", "urn:trialspan:schema#"
PROV = "http://www.w3.org/ns/prov#"
# public addresses of what has one, as other people's triples write them
OBO = "http://purl.obolibrary.org/obo/"
KNOWN = {
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/",
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "CLINICALTRIALS": "https://clinicaltrials.gov/study/",
    "MONDO": f"{OBO}MONDO_",
    "CL": f"{OBO}CL_",
    "UBERON": f"{OBO}UBERON_",
    "SYMP": f"{OBO}SYMP_",
}


def address(id: str) -> str:
    """The address of a node: the public one of what has one, else one of our own.

    >>> address("MESH:D006261"), address("trialspan.route:oral")
    ('http://id.nlm.nih.gov/mesh/D006261', 'urn:trialspan:trialspan.route:oral')
    """
    prefix, _, local = id.partition(":")
    start, rest = (KNOWN[prefix], local) if prefix in KNOWN else (NODES, id)
    return start + quote(rest, safe=":/-_.%+()", errors="replace")


def write_turtle(graph: nx.MultiDiGraph[str], stream: BinaryIO) -> None:
    """Write Turtle.

    Raises
    ------
    QueryError
        If rdflib is not installed.
    """
    try:
        from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
    except ImportError as error:
        raise QueryError("Turtle needs an extra package; install it with: pip install 'trialspan[rdf]'") from error
    words, prov, out = Namespace(WORDS), Namespace(PROV), Graph()
    out.bind("trialspan", words)
    out.bind("prov", prov)
    for id, row in graph.nodes(data=True):
        node = URIRef(address(id))
        out.add((node, RDF.type, words[row["kind"]]))
        out.add((node, RDFS.label, Literal(str(row["name"]))))
        for name, value in row.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str | int | float) and name not in ("kind", "name"):
                    out.add((node, words[name], Literal(one)))
        for e in row.get("evidence", ()):
            out.add((node, words["quote"], Literal(e["quote"])))
    for number, (a, b, _, row) in enumerate(graph.edges(keys=True, data=True), 1):
        ends, statement = (URIRef(address(a)), words[row["kind"]], URIRef(address(b))), URIRef(f"{NODES}edge:{number}")
        out.add(ends)
        out.add((statement, RDF.type, RDF.Statement))
        for what, value in zip((RDF.subject, RDF.predicate, RDF.object), ends, strict=True):
            out.add((statement, what, value))
        out.add((statement, prov["wasDerivedFrom"], Literal(row["source"])))
        out.add((statement, prov["wasAttributedTo"], Literal(row["agent"])))
        out.add((statement, words["review"], Literal(row["review"])))
        for e in row["evidence"]:
            out.add((statement, words["quote"], Literal(e["quote"])))
    stream.write(out.serialize(format="turtle", encoding="utf-8"))
