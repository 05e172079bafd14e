"""What each arm of a trial was given, one row an arm, with the words that say it."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from extractor.graph import nodes
from extractor.graph.nodes import Row

GIVEN = {"cells": nodes.RECEIVES, "route": nodes.GIVEN_BY, "dose": nodes.AT_DOSE}
Edges = list[tuple[str, Row]]  # where each leads, and what it says


def given_rows(graph: nx.MultiDiGraph[str], id: str, trial: Row) -> Iterator[Row]:
    """Rows of the arms of a trial, in the order of their ids; the arm of everyone always, others where they were given something."""
    for of in sorted(b for _, b, row in graph.out_edges(id, data=True) if row["kind"] == nodes.HAS_ARM):
        arm = graph.nodes[of]
        given = _given(graph, of)
        if not arm["whole"] and not any(given.values()):
            continue
        names = {name: "; ".join(sorted({graph.nodes[b]["name"] for b, _ in given[name]})) for name in GIVEN}
        yield {
            "trial": trial["name"],
            "arm": arm["name"],
            "n": trial["n"] if arm["whole"] else arm["n"],
            **names,
            "planned": not trial["of_people"],
            "reports": [graph.nodes[r]["document"] for r in trial["reports"]],
            "evidence": [e for found in given.values() for _, edge in found for e in edge["evidence"]],
        }


def _given(graph: nx.MultiDiGraph[str], arm: str) -> dict[str, Edges]:
    """Edges to what an arm was given, sorted by where they lead."""
    edges = sorted(((b, row) for _, b, row in graph.out_edges(arm, data=True)), key=lambda e: e[0])
    return {name: [(b, row) for b, row in edges if row["kind"] == kind] for name, kind in GIVEN.items()}
