"""What is said of a trial as a whole, from its reports: the one to pool first, its people, products, routes and doses."""

from __future__ import annotations

import networkx as nx

from extractor.graph import nodes
from extractor.graph.nodes import Row
from extractor.link.authority import ranked
from extractor.link.profile import Profile

LISTS = ("routes", "cell_types", "sources", "donors", "conditions")


def describe(graph: nx.MultiDiGraph[str]) -> None:
    """Write onto each trial's node what its reports and arms say."""
    for id, row in graph.nodes(data=True):
        if row["kind"] == nodes.TRIAL:
            row |= _of_reports(graph, row) | _of_arms(graph, id)


def _of_reports(graph: nx.MultiDiGraph[str], trial: Row) -> Row:
    rows = {i: graph.nodes[i] for i in trial["reports"]}
    order = ranked([_light(i, r) for i, r in rows.items()]) if len(rows) > 1 else list(rows)
    best = next((rows[i] for i in order if rows[i]["n"] is not None), rows[order[0]])
    return {
        "reports": order,
        "preferred": order[0],
        "n": best["n"],
        "n_evidence": best["n_evidence"],
        "of_people": any(r["of_people"] for r in rows.values()),
        "case_report": all(r["report_kind"] == "case-report" for r in rows.values()),
        "retracted": all(r["retracted"] for r in rows.values()),
        "registered": any(r["kind"] == nodes.SOURCE_RECORD for r in rows.values()),
        "published": any(r["kind"] == nodes.PUBLICATION and r["of_people"] for r in rows.values()),
        "follow_up_months": max((r["follow_up_months"] for r in rows.values() if r["follow_up_months"]), default=None),
        "design": sorted({d for r in rows.values() for d in r["design"]}),
        "arms": sorted({a for r in rows.values() for a in r["arms"]}),
        "groups": sorted({g for r in rows.values() for g in r["groups"]}),
    }


def _light(id: str, row: Row) -> Profile:
    return Profile(id, role=row["role"], year=row["year"], retracted=row["retracted"], n=row["n"], words=row["words"])


def _of_arms(graph: nx.MultiDiGraph[str], trial: str) -> Row:
    found: dict[str, set[str]] = {name: set() for name in LISTS}
    doses: dict[str, Row] = {}
    for _, id, edge in graph.out_edges(trial, data=True):
        if edge["kind"] == nodes.STUDIES:
            found["conditions"].add(graph.nodes[id]["name"])
        if edge["kind"] != nodes.HAS_ARM:
            continue
        for _, other, given in graph.out_edges(id, data=True):
            kind, row = given["kind"], graph.nodes[other]
            if kind == nodes.GIVEN_BY:
                found["routes"].add(row["name"])
            elif kind == nodes.RECEIVES:
                found["cell_types"].add(row["cell_type"])
                found["sources"] |= set(row["cell_source"])
                found["donors"] |= set(row["donor"])
            elif kind == nodes.AT_DOSE:
                doses[other] = row
    schedules = [r for r in doses.values() if r["of"] == "administrations"]
    most = max((r["high"] or r["low"] or 0 for r in schedules), default=None)
    return {
        **{name: sorted(values) for name, values in found.items()},
        "doses": sorted(id for id, r in doses.items() if r["of"] == "dose"),
        "administrations": most,
    }
