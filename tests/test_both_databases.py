"""Views, ``ask --sql``, the graph and its questions: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from extractor.bias.tools import OVERALL
from extractor.commands import app
from extractor.errors import QueryError
from extractor.graph import QUESTIONS, Review, ask, build
from extractor.link.decide import decide
from extractor.link.linker import link
from extractor.model import Conflict, Record
from extractor.store import VIEWS, Store
from extractor.store.judgements import Judgement, JudgementStore
from tests.conftest import ROOT, new_schema
from tests.registry_store import outcome, paper, registry_record
from tests.trial_store import controlled, event, made

LONG_AGO = "2020-01-01T00:00:00+00:00"
NAMED = "NCT07000001"
ARGUMENTS: dict[str, dict[str, Any]] = {
    "papers-of": {"trial": NAMED}, "side-by-side": {"trials": (NAMED, "alpha")}, "provenance": {"report": "paper1"},
    "changed-since": {"date": "2019-01-01"}, "unpublished": {"today": "2026-01-01"}, "given": {"cells": "", "route": ""},
    "event-risk": {"events": ("fever", "headache"), "route": "", "denials": True}, "never-reported": {"everything": True},
    "disagreements": {"everything": True}, "sensitivity": {"denials": True}, "dose-within-trials": {"outcome": "headache"},
}  # fmt: skip


def reports() -> Iterator[Record]:
    """Registry records and papers that differ, controlled trials, a denial, a tumour that was not seen, silence."""
    for number in (1, 2):
        yield registry_record(number, outcomes=[outcome("Slope of ALSFRS-R", [("Cells", "-0.4"), ("Placebo", None)])])
        yield paper(number, people=40 + 20 * (number == 2), serious=3 + number)
    yield registry_record(3)
    for id, treated in (("alpha", 3), ("beta", 2), ("gamma", 0)):
        yield controlled(id, (treated, 20), (1, 20))
    plain = [("report_kind", {"name": "single-trial"}, None), ("participants", {"n": 12, "kind": "treated"}, None)]
    dose = ("dose", {"low": 1e6, "high": 2e7, "unit": "cells", "basis": "total"}, None)
    times = ("administrations", {"low": 1, "high": 3, "interval": {"low": 2, "high": 2, "unit": "weeks"}}, None)
    denial = {"term": "adverse events", "n": None, "assertion": "none_reported"}
    delta = made("delta", "Quotes ' and 100 %, ümlaut", [*plain, dose, times, ("adverse_event", denial, None)])
    yield replace(
        delta, conflicts=(Conflict("sexes_do_not_sum", (1,), "5 and 6 are not 12."),), not_found=("sex", "age")
    )
    tumour, fever = ("adverse_event", event("tumor", 0), None), ("adverse_event", event("fever", 2), None)
    yield made("epsilon", "A trial", [*plain, tumour, fever])
    yield made("zeta", "A silent trial", plain)
    once = ("administrations", {"low": 1, "high": 1, "interval": None}, None)
    arms = [
        fact
        for name, cells, n in (("low dose", 1e6, 1), ("high dose", 1e7, 3))
        for fact in (
            ("arm", {"name": name, "n": 6}, None),
            ("dose", {"low": cells, "high": cells, "unit": "cells", "basis": None}, name),
            ("adverse_event", event("headache", n, 6), name),
        )
    ]
    yield made("eta", "A trial of two doses", [*plain, once, *arms])


def filled(store: Store) -> None:
    """The reports in a store, linked, with people's words on them, all of one day."""
    for record in reports():
        store.add(record)
    link(store)
    decide(store, "confirm", "overlap", [("alpha", "beta")], "ann")
    JudgementStore(store).add([Judgement("rob2", "gamma", OVERALL, "High", "No blinding.", "ann")])
    dated = {
        "documents": "added_at",
        "extractions": "added_at",
        "link_decisions": "decided_at",
        "judgements": "decided_at",
    }
    with store.writing() as conn:
        for table, column in dated.items():
            conn.execute(text(f"UPDATE {table} SET {column} = :day"), {"day": LONG_AGO})


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """What every database is held against: a store on SQLite."""
    with Store.open(tmp_path_factory.mktemp("both") / "review.db") as store:
        filled(store)
        yield store


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def full_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Such a store on each database in turn; no test changes it."""
    if request.param == "sqlite":
        url = str(tmp_path_factory.mktemp("full") / "review.db")
    else:
        url = new_schema(request.getfixturevalue("postgres"))
    with Store.open(url) as store:
        filled(store)
    return url


def asked(url: str, sql: str) -> list[dict[str, Any]]:
    """What ``trialspan ask --sql`` prints."""
    done = CliRunner().invoke(app, ["ask", "--sql", sql, "--format", "json", "--store", url])
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.output)
    return found


def test_every_view_is_asked_in_sql(full_url: str, lite: Store) -> None:
    """Each view on the command line, and each with rows."""
    for view in VIEWS:
        columns = [n for n in lite.select(f"SELECT * FROM {view} LIMIT 1")[0] if not n.endswith("_key")]
        sql = f"SELECT {', '.join(columns)} FROM {view}"
        found, expected = (sorted(map(_plain, asked(url, sql))) for url in (full_url, lite.name))
        assert found == expected and found, view


def _plain(row: dict[str, Any]) -> str:
    """A row as text; SQLite has no truth values, PostgreSQL's JSON no whole numbers, and nested JSON is spaced differently."""
    return json.dumps({name: _same(value) for name, value in row.items()}, sort_keys=True)


def _same(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return float(value) if isinstance(value, bool | int | float) else value


def documented() -> list[str]:
    """The SELECT statements of the page about the graph."""
    return re.findall(r"^    (SELECT .*)$", (ROOT / "docs" / "graph.md").read_text(encoding="utf-8"), re.M)


def test_documented_queries(full_url: str, lite: Store) -> None:
    assert len(documented()) >= 3
    for sql in documented():
        found = asked(full_url, sql)
        assert found and list(map(_plain, found)) == list(map(_plain, asked(lite.name, sql)))


def test_sql_cannot_write(full_url: str) -> None:
    for statement in (
        "DELETE FROM facts",
        "UPDATE documents SET title = 'x'",
        "DROP VIEW doses",
        "SELECT nothing FROM here",
    ):
        done = CliRunner().invoke(app, ["ask", "--sql", statement, "--store", full_url])
        assert done.exit_code == 1 and isinstance(done.exception, QueryError)
        assert "one SELECT over its tables and views is taken" in str(done.exception)
    assert asked(full_url, "SELECT count(*) AS n FROM doses")[0]["n"] > 0


def test_one_graph_and_the_same_twenty_answers(full_url: str, lite: Store) -> None:
    with Store.open(full_url) as store:
        graph, expected = build(store), build(lite)
        assert list(graph.nodes(data=True)) == list(expected.nodes(data=True))
        assert list(graph.edges(keys=True, data=True)) == list(expected.edges(keys=True, data=True))
        ours, theirs = Review(store, graph), Review(lite, expected)
        for name in QUESTIONS:
            one, two = (ask(r, name, **ARGUMENTS.get(name, {})).to_dict() for r in (ours, theirs))
            assert one["rows"] and json.dumps(one) == json.dumps(two), name
