"""The graph: the same every time, every edge with its evidence, and back from other programs' formats."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.errors import QueryError
from extractor.graph import Review, build, nodes
from extractor.graph.cypher import query
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
    assert kinds == set(nodes.EDGE_KINDS) - {nodes.DERIVED_FROM}


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
        from extractor.link import link

        link(other)
        again = build(other)
    assert pickle.dumps(list(again.nodes(data=True))) == pickle.dumps(list(build(review.store).nodes(data=True)))
    assert list(again.edges(keys=True)) == list(review.graph.edges(keys=True))
    assert dict(again.nodes(data=True)) == dict(review.graph.nodes(data=True))


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
        store.add(made("alpha", "A trial", [("report_kind", {"name": "single-trial"}, None), ("adverse_event", event("fever", None, of, percent=percent), None)]))
        review = Review(store)
    assert [o["events"] for o in review.observations(review.event_named("fever"))] == [events]


def test_cypher(review: Review) -> None:
    pytest.importorskip("grandcypher")
    rows = query(review.graph, "MATCH (a:Arm)-[:REPORTS]->(o:AEObservation) WHERE o.event_name = 'headache' AND o.total > 10 RETURN o.source, o.events, o.total")
    assert {r["o.source"]: (r["o.events"], r["o.total"]) for r in rows}["barczewska2019"] == (1, 43)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("OPTIONAL MATCH (a) RETURN a", "OPTIONAL MATCH"),
        ("MATCH (a) WHERE a.name IS NOT NULL RETURN a", "IS NOT NULL"),
        ("MATCH (a) RETURN COUNT(*)", "COUNT"),
        ("MATCH (a) SET a.name = 'x' RETURN a", "SET"),
        ("MATCH (a", "not understood"),
    ],
)
def test_limits_of_cypher(review: Review, asked: str, message: str) -> None:
    pytest.importorskip("grandcypher")
    with pytest.raises(QueryError, match=message.replace("*", r"\*")):
        query(review.graph, asked)
