"""The graph in Biolink's words, against the model's own facts: classes, predicates, ends of edges, prefixes; and public addresses."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from extractor.context.phrases import phrases
from extractor.graph import Review, build, nodes
from extractor.graph.biolink import CLASSES, PREDICATES, Translated, named
from extractor.graph.exchange import FORMATS
from extractor.store import Store
from tests.trial_store import controlled, event, made, starter

MODEL = {
    (kind, name): {"barred": barred, "above": above.split("|"), "domain": domain, "range": span, "prefixes": prefixes}
    for kind, name, barred, above, domain, span, prefixes in (row + [""] * (7 - len(row)) for row in phrases("biolink"))
}
CLASS_NAMES = {named(name): name for name in CLASSES}
PREDICATE_NAMES = {named(name): name for name in PREDICATES}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nx.MultiDiGraph[str]]:
    with starter(tmp_path_factory.mktemp("biolink") / "s.db") as store:
        store.add(controlled("extra", (3, 20), (0, 20)))
        yield build(store)


def small(
    tmp_path: Path, *facts: tuple[str, dict[str, Any], str | None], kind: str = "single-trial"
) -> nx.MultiDiGraph[str]:
    with Store.open(tmp_path / "small.db") as store:
        store.add(made("alpha", "A trial of cells", [("report_kind", {"name": kind}, None), *facts]))
        return build(store)


def test_only_classes_and_predicates_that_may_be_used(graph: nx.MultiDiGraph[str]) -> None:
    assert {name for kind, name in MODEL if kind == "class"} == CLASSES
    assert {name for kind, name in MODEL if kind == "predicate"} == PREDICATES
    assert [name for name, row in MODEL.items() if row["barred"]] == []
    found = Translated(graph)
    used = {c for row in found.nodes() for c in row["category"].split("|")}
    assert used <= CLASS_NAMES.keys()
    assert {row["predicate"] for row in found.edges()} <= PREDICATE_NAMES.keys()


def test_ends_of_edges_are_of_the_classes_that_the_model_allows(graph: nx.MultiDiGraph[str]) -> None:
    found = Translated(graph)
    above = {
        row["id"]: {a for c in row["category"].split("|") for a in MODEL["class", CLASS_NAMES[c]]["above"]}
        for row in found.nodes()
    }
    for edge in found.edges():
        rule = MODEL["predicate", PREDICATE_NAMES[edge["predicate"]]]
        for end, allowed in (("subject", rule["domain"]), ("object", rule["range"])):
            assert not allowed or allowed in above[edge[end]], edge


def test_ids_have_prefixes_of_their_classes_or_our_own(graph: nx.MultiDiGraph[str]) -> None:
    known = {p for row in MODEL.values() for p in row["prefixes"].split("|")}
    for row in Translated(graph).nodes():
        prefix = row["id"].split(":")[0]
        allowed = {p for c in row["category"].split("|") for p in MODEL["class", CLASS_NAMES[c]]["prefixes"].split("|")}
        assert prefix in allowed or prefix not in known, row


def test_few_edges_say_no_more_than_related(graph: nx.MultiDiGraph[str]) -> None:
    found = Counter(edge["predicate"] for edge in Translated(graph).edges())
    assert found["biolink:related_to"] < 0.25 * found.total()


def test_ids_of_cells_and_tissue_are_on_nodes(tmp_path: Path) -> None:
    graph = small(
        tmp_path,
        ("cell_type", {"name": "mesenchymal stem cell", "id": "cl:0000134"}, None),
        ("cell_source", {"name": "bone marrow", "id": "uberon:0002371"}, None),
        ("condition", {"name": "stroke", "id": "mesh:D020521"}, None),
    )
    product = next(row for _, row in graph.nodes(data=True) if row["kind"] == nodes.PRODUCT)
    assert (product["cell_type_id"], product["cell_source_ids"]) == ("CL:0000134", ["UBERON:0002371"])
    said = {(e["predicate"], e["object"]) for e in Translated(graph).edges()}
    assert {
        ("biolink:composed_primarily_of", "CL:0000134"),
        ("biolink:derives_from", "UBERON:0002371"),
        ("biolink:in_clinical_trials_for", "MESH:D020521"),
    } <= said


@pytest.mark.parametrize(
    ("kind", "category"),
    [("single-trial", "biolink:ClinicalTrial"), ("review", "biolink:Study"), ("case-report", "biolink:Study")],
)
def test_a_review_is_no_trial(tmp_path: Path, kind: str, category: str) -> None:
    found = {row["kind"]: row["category"] for row in Translated(small(tmp_path, kind=kind)).nodes()}
    assert found[nodes.TRIAL] == category


def test_zeros_are_negated_and_limited_denials_are_not_said(tmp_path: Path) -> None:
    graph = small(
        tmp_path,
        ("participants", {"n": 10, "kind": "treated"}, None),
        ("adverse_event", event("fever", 2, 10), None),
        ("adverse_event", event("rash", 0, 10, assertion="absent"), None),
        ("adverse_event", event("adverse events", None, None, assertion="none_reported", scope="within a day"), None),
    )
    said = {(e["predicate"], e.get("has_count")): e.get("negated") for e in Translated(graph).edges() if "negated" in e}
    assert said == {("biolink:has_phenotype", 2): False, ("biolink:has_phenotype", 0): True}
    limited = [e for e in Translated(graph).edges() if e["row"]["kind"] == nodes.OF_EVENT and "negated" not in e]
    assert [e["predicate"] for e in limited] == ["biolink:related_to"]


def test_public_addresses(tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = small(
        tmp_path,
        ("cell_type", {"name": "mesenchymal stem cell", "id": "cl:0000134"}, None),
        ("condition", {"name": "stroke", "id": "mesh:D020521"}, None),
    )
    stream = io.BytesIO()
    write = FORMATS["turtle"].to_stream
    assert write
    write(graph, stream)
    found = rdflib.Graph().parse(data=stream.getvalue(), format="turtle")
    others = rdflib.Graph()
    disease = rdflib.URIRef("http://id.nlm.nih.gov/mesh/D020521")
    others.add((disease, rdflib.RDFS.label, rdflib.Literal("Stroke")))
    assert {str(o) for o in (found + others).objects(disease, rdflib.RDFS.label)} == {"Stroke", "stroke"}
    assert (rdflib.URIRef("http://purl.obolibrary.org/obo/CL_0000134"), None, None) in found


def test_labels_in_the_formats_that_programs_draw(tmp_path: Path) -> None:
    graph = small(tmp_path, ("condition", {"name": "stroke", "id": "mesh:D020521"}, None))
    for name, reader in (("graphml", nx.read_graphml), ("gexf", nx.read_gexf)):
        stream = io.BytesIO()
        write = FORMATS[name].to_stream
        assert write
        write(graph, stream)
        back = reader(io.BytesIO(stream.getvalue()))
        assert back.nodes["MESH:D020521"]["label"] == "stroke"
        assert b"STUDIES" in stream.getvalue()


def test_a_trial_is_the_node_of_its_number(tmp_path: Path) -> None:
    with Store.open(tmp_path / "one.db") as store:
        store.add(
            made(
                "alpha",
                "A trial",
                [
                    ("report_kind", {"name": "single-trial"}, None),
                    (
                        "registry_id",
                        {"registry": "ClinicalTrials.gov", "id": "NCT01234567", "registered_on": None},
                        None,
                    ),
                ],
            )
        )
        review = Review(store)
    found = Translated(review.graph)
    assert [row["id"] for row in found.nodes() if row["kind"] == nodes.TRIAL] == ["CLINICALTRIALS:NCT01234567"]
