"""The graph: the same every time, every edge with its evidence, and back from other programs' formats."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import QueryError
from extractor.graph import Review, build, nodes
from extractor.graph.cypher import query
from extractor.graph.exchange import FORMATS, read_node_link
from extractor.link.linker import link
from extractor.store import Store
from tests.trial_store import controlled, event, made, starter


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    with starter(tmp_path_factory.mktemp("graph") / "review.db") as store:
        yield Review(store)


def test_kinds_and_ids(review: Review) -> None:
    found = {row["kind"] for _, row in review.graph.nodes(data=True)}
    assert found == set(nodes.NODE_KINDS) - {nodes.SOURCE_RECORD}  # the starter corpus has no registry records
    assert all(nodes.CURIE.fullmatch(id) for id in review.graph)
    kinds = {row["kind"] for _, _, row in review.graph.edges(data=True)}
    assert kinds == set(nodes.EDGE_KINDS) - {nodes.DERIVED_FROM, nodes.DIFFERS_FROM}  # none disagree


def test_every_claim_has_its_words(review: Review) -> None:
    """Evidence of every edge and observation is the text at its place; origin and review are said."""
    texts = {r.document.id: r.document.parts for r in review.store.records()}
    claims = [row for _, _, row in review.graph.edges(data=True)]
    claims += [review.node(o) for o in review.of(nodes.OBSERVATION)]
    assert len(claims) > 300
    for claim in claims:
        assert claim["source"] and claim["agent"] and claim["review"]
        assert claim["evidence"]
        for e in claim["evidence"]:
            assert texts[e["document"]][e["part"]][e["start"] : e["end"]] == e["quote"]


def test_same_every_time(review: Review, tmp_path: Path) -> None:
    """The order in which reports were stored does not matter."""
    with Store.open(tmp_path / "other.db") as other:
        for record in reversed(list(review.store.records())):
            other.add(record)
        link(other)
        again = build(other)
    assert list(again.nodes(data=True)) == list(review.graph.nodes(data=True))
    assert list(again.edges(keys=True, data=True)) == list(review.graph.edges(keys=True, data=True))


def test_observation_of_a_count(review: Review) -> None:
    (one,) = [o for o in review.observations("CTCAE5:0564") if o["source"] == "barczewska2019"]
    assert (one["events"], one["total"], one["total_from"], one["zero_basis"]) == (1, 43, "participants", None)
    assert [e["quote"] for e in one["evidence"]] == ["headache", "one case"]


def test_zero_has_a_basis(review: Review) -> None:
    zeros = {o["source"]: o for o in review.observations(review.event_named("tumor formation"))}
    assert zeros["staff2016"]["zero_basis"] == "reported_zero"
    denial = next(o for o in review.observations(review.event_named("any")) if o["source"] == "barczewska2019")
    assert (denial["assertion"], denial["events"], denial["scope"]) == ("none_reported", 0, "any")


def test_reports_of_one_trial_share_a_node(review: Review) -> None:
    assert review.trial_named("staff2016") == review.trial_named("staff2016-lostexp")
    with pytest.raises(QueryError, match="no trial or report 'nobody'"):
        review.trial_named("nobody")


def test_unlinked_reports_and_curators(tmp_path: Path) -> None:
    with Store.open(tmp_path / "one.db") as store:
        store.add(controlled("alpha", (2, 20), (1, 20)))
        target = next(f for f in store.record("alpha").facts if f.field == "route")
        store.decide("alpha", "replace", "ann", target=target, fact=target.change(value={"name": "intrathecal"}))
        graph = build(store)
    edges = [row for _, _, row in graph.edges(data=True) if row["kind"] == nodes.GIVEN_BY]
    assert [(e["agent"], e["review"]) for e in edges] == [("curator:ann", nodes.CURATED)]
    assert graph.nodes["trialspan.trial:alpha"]["routes"] == ["intrathecal"]


@pytest.mark.parametrize(
    ("percent", "of", "events"), [(12.5, 16, 2), (12.2, 67, None), (33.3, 3, 1), (0.0, 10, 0), (50.0, None, None)]
)
def test_percentages(tmp_path: Path, percent: float, of: int | None, events: int | None) -> None:
    """A percentage gives a number of people only where one fits."""
    with Store.open(tmp_path / "one.db") as store:
        store.add(
            made(
                "alpha",
                "A trial",
                [
                    ("report_kind", {"name": "single-trial"}, None),
                    ("adverse_event", event("fever", None, of, percent=percent), None),
                ],
            )
        )
        review = Review(store)
    assert [o["events"] for o in review.observations(review.event_named("fever"))] == [events]


# ---------------------------------------------------------------- other programs' formats


def written(review: Review, form: str) -> io.BytesIO:
    stream = io.BytesIO()
    write = FORMATS[form].to_stream
    assert write is not None
    write(review.graph, stream)
    stream.seek(0)
    return stream


def test_node_link_loses_nothing(review: Review) -> None:
    back = read_node_link(written(review, "node-link"))
    assert dict(back.nodes(data=True)) == dict(review.graph.nodes(data=True))
    assert list(back.edges(keys=True, data=True)) == list(review.graph.edges(keys=True, data=True))


@pytest.mark.parametrize(("form", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_xml_is_read_back(review: Review, form: str, read: Callable[[io.BytesIO], nx.MultiDiGraph[str]]) -> None:
    back = read(written(review, form))
    assert set(back) == set(review.graph) and back.number_of_edges() == review.graph.number_of_edges()
    one = review.of(nodes.OBSERVATION)[0]
    assert json.loads(back.nodes[one]["evidence"]) == review.node(one)["evidence"]


@pytest.mark.parametrize("form", ["node-link", "graphml", "gexf", "turtle"])
def test_files_are_the_same_every_time(review: Review, form: str) -> None:
    if form == "turtle":
        pytest.importorskip("rdflib")
    one, two = (re.sub(rb'lastmodifieddate="[^"]*"', b"", written(review, form).read()) for _ in range(2))
    assert one == two


def test_turtle_is_parsed(review: Review) -> None:
    rdflib = pytest.importorskip("rdflib")
    found = rdflib.Graph().parse(written(review, "turtle"), format="turtle")
    statements = list(found.subjects(rdflib.RDF.type, rdflib.RDF.Statement))
    assert len(statements) == review.graph.number_of_edges()
    trials = list(found.subjects(rdflib.RDF.type, rdflib.URIRef("urn:trialspan:schema#Trial")))
    assert len(trials) == len(review.of(nodes.TRIAL))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t" if path.suffix == ".tsv" else ","))


def test_tables(review: Review, tmp_path: Path) -> None:
    for form, names, key in (
        ("kgx", ("nodes.tsv", "edges.tsv"), "id"),
        ("neo4j", ("nodes.csv", "relationships.csv"), ":ID"),
    ):
        write = FORMATS[form].to_folder
        assert write is not None
        write(review.graph, tmp_path / form)
        tables = [rows_of(tmp_path / form / n) for n in names]
        known = {row[key] for row in tables[0]}
        ends = ("subject", "object") if form == "kgx" else (":START_ID", ":END_ID")
        assert {row[end] for row in tables[1] for end in ends} <= known
        if form == "neo4j":
            assert known == set(review.graph) and len(tables[1]) == review.graph.number_of_edges()
    edges = rows_of(tmp_path / "kgx" / "edges.tsv")
    assert {e["agent_type"] for e in edges} <= {"text_mining_agent", "data_analysis_pipeline", "manual_agent"}
    assert all(e["supporting_text"] for e in edges)


def test_what_xml_forbids(tmp_path: Path) -> None:
    with Store.open(tmp_path / "one.db") as store:
        store.add(
            made(
                "alpha",
                "A trial",
                [("report_kind", {"name": "single-trial"}, None), ("route", {"name": "intra\x0bthecal \ud800"}, None)],
            )
        )
        review = Review(store)
    for form in ("node-link", "graphml", "gexf"):
        assert len(written(review, form).read()) > 100


def test_graph_on_the_command_line(review: Review, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["graph", "--format", "kgx", "--store", review.store.name])
    assert done.exit_code == 2 and "-o FOLDER" in done.output
    done = CliRunner().invoke(
        app, ["graph", "--format", "gexf", "-o", str(tmp_path / "t.gexf"), "--store", review.store.name]
    )
    assert done.exit_code == 0 and "nodes" in done.output and (tmp_path / "t.gexf").stat().st_size > 1000


def test_missing_extras_are_named(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rdflib", "grandcypher"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(QueryError, match=r"trialspan\[rdf\]"):
        written(review, "turtle")
    with pytest.raises(QueryError, match=r"trialspan\[cypher\]"):
        query(review.graph, "MATCH (a) RETURN a")


def test_cypher(review: Review) -> None:
    pytest.importorskip("grandcypher")
    rows = query(
        review.graph,
        "MATCH (a:Arm)-[:REPORTS]->(o:AEObservation) WHERE o.event_name = 'headache' AND o.total > 10 RETURN o.source, o.events, o.total",
    )
    assert {r["o.source"]: (r["o.events"], r["o.total"]) for r in rows}["barczewska2019"] == (1, 43)


def test_whole_numbers_divide_to_whole_numbers_in_cypher(review: Review) -> None:
    """The trap that the documents warn of, and the way around it."""
    pytest.importorskip("grandcypher")
    found = "MATCH (o:AEObservation) WHERE o.events * 100 > o.total AND o.event_name = 'headache' RETURN o.source"
    assert {"o.source": "barczewska2019"} in query(review.graph, found)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("OPTIONAL MATCH (a) RETURN a", "OPTIONAL MATCH"),
        ("MATCH (a) WHERE a.name IS NOT NULL RETURN a", "IS NOT NULL"),
        ("MATCH (a) RETURN COUNT(*)", "COUNT"),
        ("MATCH (a) SET a.name = 'x' RETURN a", "SET"),
        ("MATCH (a:Arm), (b:Arm) RETURN a.name", "not understood"),
        ("MATCH (a:AEObservation) RETURN a.events + 1", "not understood"),
        ("MATCH (a) WHERE a.name = $name RETURN a", "n"),
        ("MATCH (a", "not understood"),
    ],
)
def test_limits_of_cypher(review: Review, asked: str, message: str) -> None:
    pytest.importorskip("grandcypher")
    with pytest.raises(QueryError, match=message.replace("*", r"\*")):
        query(review.graph, asked)
