"""The graph of the page: trials in the middle, what they gave on the left, what happened on the right.

The places are computed here, so that the drawing is the same every time; the page's script only moves and hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.export.values import counted
from extractor.graph import Review, nodes
from extractor.graph.nodes import Row
from extractor.graph.observations import DENIED, NAMED, limit_words
from extractor.report.harms import OUTCOME_NAMES
from extractor.report.included import Trial
from extractor.report.quotes import Quotes
from extractor.report.said import Said

LEFT, MIDDLE, RIGHT = 0, 620, 1240  # pixels of the drawing at full size
STEP, GAP = 34, 26  # between nodes of a column, and extra between its kinds
MOST_TRIALS = 150  # more make no picture: those of which most is said are drawn
KINDS = (nodes.CONDITION, nodes.PRODUCT, nodes.ROUTE)
GIVEN = {nodes.RECEIVES: "received", nodes.GIVEN_BY: "by"}
KIND_NAMES = {nodes.PRODUCT: "Cells", nodes.EVENT: "Adverse event"}  # others as they are
SAME_PEOPLE = "may share people with"


@dataclass(frozen=True, slots=True)
class Relation:
    """One edge of the drawing: ``a`` and ``b`` are ids, ``words`` the verb, ``said`` what is said with its quotes."""

    a: str
    b: str
    kind: str
    words: str
    said: Said


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes with their places, relations, and what was left out."""

    nodes: tuple[Row, ...]
    relations: tuple[Relation, ...]
    left_out: int

    def elements(self) -> list[dict[str, Any]]:
        """Nodes and edges as cytoscape.js takes them."""
        drawn = [
            {
                "data": {"id": n["id"], "label": n["name"]},
                "position": {"x": n["x"], "y": n["y"]},
                "classes": n["kind"],
            }
            for n in self.nodes
        ]
        lines = [
            {"data": {"id": f"e{i}", "source": r.a, "target": r.b}, "classes": r.kind}
            for i, r in enumerate(self.relations)
        ]
        return drawn + lines


def network(review: Review, trials: Sequence[Trial], quotes: Quotes) -> Network:
    """What these trials gave, what happened in them, and which of them may share people."""
    drawn = sorted(trials, key=lambda t: (-_weight(review, t), t.name.lower()))[:MOST_TRIALS]
    drawn.sort(key=lambda t: (_main_route(t), t.name.lower()))
    relations: list[Relation] = []
    for trial in drawn:
        relations += _given(review, trial, quotes)
        relations += _events(review, trial, quotes)
    relations += _shared(review, {t.id for t in drawn}, quotes)
    placed = _placed(review, [t.id for t in drawn], relations)
    names = {n["id"]: n for n in placed}
    kept = [r for r in relations if r.a in names and r.b in names]
    return Network(tuple(placed), tuple(kept), len(trials) - len(drawn))


def _weight(review: Review, trial: Trial) -> int:
    return sum(len(review.out(arm, nodes.REPORTS)) for arm, _ in review.out(trial.id, nodes.HAS_ARM))


def _main_route(trial: Trial) -> str:
    return ", ".join(trial.node["routes"]) or "~"


def _given(review: Review, trial: Trial, quotes: Quotes) -> list[Relation]:
    found: dict[tuple[str, str, str], list[Row]] = {}
    for to, edge in review.out(trial.id, nodes.STUDIES):
        found.setdefault((to, nodes.STUDIES, "in"), []).extend(edge["evidence"])
    for arm, _ in review.out(trial.id, nodes.HAS_ARM):
        for kind, verb in GIVEN.items():
            for to, edge in review.out(arm, kind):
                found.setdefault((to, kind, verb), []).extend(edge["evidence"])
    return [
        Relation(trial.id, to, kind, verb, Said(str(review.node(to)["name"]), quotes.refs(said)))
        for (to, kind, verb), said in found.items()
    ]


def _events(review: Review, trial: Trial, quotes: Quotes) -> list[Relation]:
    """One relation an event: all that the trial says of it."""
    found: dict[str, list[Row]] = {}
    for arm, _ in review.out(trial.id, nodes.HAS_ARM):
        for one, _ in review.out(arm, nodes.REPORTS):
            row = review.node(one)
            if row["scope"] == NAMED or row["scope"] in OUTCOME_NAMES:
                found.setdefault(row["event"], []).append(row)
    return [
        Relation(trial.id, event, nodes.REPORTS, "had", _said(review, rows, quotes))
        for event, rows in sorted(found.items())
    ]


def _said(review: Review, rows: Sequence[Row], quotes: Quotes) -> Said:
    words = dict.fromkeys(f"{r['event_name']}: {_count(r)}" + (f" ({r['arm']})" if r["arm"] else "") for r in rows)
    return Said(
        "; ".join(words), quotes.refs(e for r in rows for e in (*r["evidence"], *review.said_of_total(r["trial"], r)))
    )


def _count(row: Row) -> str:
    if row["assertion"] == DENIED:
        return ", ".join(filter(None, ["denied", limit_words(row)]))
    return counted(row["events"], row["total"], row["percent"], row["unit"]) or "yes, without a count"


def _shared(review: Review, drawn: set[str], quotes: Quotes) -> Iterable[Relation]:
    trial_of = {r: t for t in drawn for r in review.node(t)["reports"]}
    for a, b, row in review.cohorts:
        ends = trial_of.get(a), trial_of.get(b)
        if ends[0] and ends[1] and ends[0] != ends[1] and row["state"] != "rejected":
            said = Said(f"{row['state']}: {row['why']}", quotes.refs(row["evidence"]))
            yield Relation(ends[0], ends[1], nodes.SAME_COHORT_AS, SAME_PEOPLE, said)


# ---------------------------------------------------------------- places


def _placed(review: Review, trials: Sequence[str], relations: Sequence[Relation]) -> list[Row]:
    """Three columns; in the outer ones each node stands near the middle of its trials, as far as its kind allows."""
    rank = {t: i for i, t in enumerate(trials)}
    of: dict[str, list[int]] = {}
    for r in relations:
        if r.kind != nodes.SAME_COHORT_AS:
            of.setdefault(r.b, []).append(rank[r.a])
    middle = {id: sum(at) / len(at) for id, at in of.items()}
    left = [sorted((i for i in of if review.node(i)["kind"] == k), key=lambda i: (middle[i], i)) for k in KINDS]
    right = sorted((i for i in of if review.node(i)["kind"] == nodes.EVENT), key=lambda i: (middle[i], i))
    columns: list[tuple[int, list[list[str]]]] = [(LEFT, left), (MIDDLE, [list(trials)]), (RIGHT, [right])]
    tallest = max(_height(groups) for _, groups in columns)
    return [row for x, groups in columns for row in _column(review, x, groups, tallest)]


def _height(groups: Sequence[Sequence[str]]) -> int:
    return sum(len(g) * STEP for g in groups) + GAP * (sum(1 for g in groups if g) - 1)


def _column(review: Review, x: int, groups: Sequence[Sequence[str]], tallest: int) -> list[Row]:
    """A column of nodes, spread over the height of the tallest one."""
    count = sum(map(len, groups))
    if not count:
        return []
    step = STEP + (tallest - _height(groups)) / count
    found: list[Row] = []
    y = step / 2
    for group in groups:
        for id in group:
            row: Mapping[str, Any] = review.node(id)
            found.append({"id": id, "name": row["name"], "kind": row["kind"], "x": x, "y": round(y, 1)})
            y += step
        y += GAP if group else 0
    return found
