"""A question without an end is given up, also by Ctrl-C; one with too many rows is refused, never cut in silence."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import pytest

from extractor.errors import QueryError
from extractor.graph import cypher
from extractor.store import Store, questions
from tests.conftest import ROOT
from tests.trial_store import controlled

ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
MANY = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5000) SELECT n FROM t"


def test_a_question_without_end_is_given_up(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_SECONDS", 0.5)
    with Store.open(store_url) as store:
        store.add(controlled("alpha", (1, 10), (0, 10)))
        with pytest.raises(QueryError, match=r"no answer within 0\.5 s"):
            store.select(ENDLESS)
        assert store.select("SELECT count(*) FROM documents")[1] == [(1,)]
        store.add(controlled("beta", (1, 10), (0, 10)))


def test_too_many_rows_are_refused(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(store_url) as store:
        assert len(store.select(MANY)[1]) == 5000
        monkeypatch.setattr(questions, "MOST_ROWS", 4999)
        with pytest.raises(QueryError, match="more than 4,999 rows"):
            store.select(MANY)


def test_a_value_too_long_is_refused_by_sqlite(tmp_path: Path) -> None:
    with Store.open(tmp_path / "r.db") as store, pytest.raises(QueryError):
        store.select("SELECT length(zeroblob(900000000))")


def test_ctrl_c_ends_a_question(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    Store.open(path).close()
    command = [sys.executable, "-m", "extractor", "ask", "--store", str(path), "--sql", ENDLESS]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    log = path.with_name("r.db-wal")
    until = time.monotonic() + 60
    while not log.exists() and time.monotonic() < until:  # the store is open
        time.sleep(0.1)
    time.sleep(1.0)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) in (130, -signal.SIGINT)


# the timer may ring inside a collector's callback, where Python ignores it; it rings again
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cypher_question_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("grandcypher")
    monkeypatch.setattr(cypher, "MOST_SECONDS", 0.3)
    graph: nx.MultiDiGraph[str] = nx.complete_graph(40, create_using=nx.MultiDiGraph)
    for _, row in graph.nodes(data=True):
        row["kind"] = "trial"
    for *_, row in graph.edges(data=True):
        row["kind"] = "of"
    with pytest.raises(QueryError, match="no answer within"):
        cypher.query(graph, "MATCH (a)-[]->(b)-[]->(c)-[]->(d)-[]->(e) RETURN a.id, e.id")
