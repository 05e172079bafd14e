"""PostgreSQL is as hard as SQLite: writers at once, a lost connection, a server that is killed, a backup brought back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from extractor.errors import StoreError
from extractor.link.linker import link
from extractor.store import Store
from extractor.store.backup import copy
from tests.conftest import ROOT, skip_or_fail
from tests.postgres import Cluster, cluster, missing
from tests.test_store import TEXT, people, report

WRITER = """
import sys
from tests.test_store import report, people, TEXT
from extractor.store import Store
with Store.open(sys.argv[1]) as store:
    print("open", flush=True)
    for n in range(int(sys.argv[3])):
        store.add(report(f"{sys.argv[2]}{n:03}", f"{TEXT} Of {sys.argv[2]} {n}.", people()))
        print(n, flush=True)
"""


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A server that no other test speaks to, with its writes on the disk when they are acknowledged."""
    if reason := missing():
        skip_or_fail("postgres", reason)
    if os.environ.get("EXTRACTOR_TEST_POSTGRES"):
        pytest.skip("a server that was given is not killed")
    with cluster() as started:
        yield started


def url(own: Cluster, name: str) -> str:
    """The address of a new, empty schema."""
    with psycopg.connect(own.url, autocommit=True) as conn:
        conn.execute(f"CREATE SCHEMA IF NOT EXISTS {name}".encode())
    return f"{own.url}&options=-csearch_path%3D{name}"


def writer(target: str, prefix: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, target, prefix, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("count", [6, pytest.param(150, marks=pytest.mark.torture)])
def test_two_programs_write_at_once_and_nothing_is_lost(own: Cluster, count: int) -> None:
    target = url(own, f"two{count}")
    Store.open(target).close()
    running = [writer(target, prefix, count) for prefix in "ab"]
    said = [one.communicate(timeout=600) for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    with Store.open(target) as store:
        assert [r.document.id for r in store.records()] == [f"{p}{n:03}" for p in "ab" for n in range(count)]


def test_a_lost_connection_is_said_and_the_store_goes_on(own: Cluster) -> None:
    with Store.open(url(own, "lost")) as store:
        store.add(report("a", TEXT, people()))
        with psycopg.connect(own.url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        outcomes = []
        for _ in range(2):
            try:
                outcomes.append(store.add(report("b", f"{TEXT} Again.", people())))
            except StoreError as error:
                assert "run the same command again" in str(error)
                outcomes.append("lost")
        assert outcomes[-1] in ("added", "unchanged"), outcomes
        assert [r.document.id for r in store.records()] == ["a", "b"]


@pytest.mark.parametrize(("kills", "count"), [(1, 40), pytest.param(6, 200, marks=pytest.mark.torture)])
def test_a_killed_server_leaves_what_it_acknowledged(own: Cluster, kills: int, count: int) -> None:
    """After each kill of the server in the middle of a run: every report that was acknowledged, each whole."""
    target = url(own, f"killed{kills}")
    for kill in range(kills):
        running = writer(target, f"k{kill}", count)
        assert running.stdout
        seen = [running.stdout.readline() for _ in range(4 + kill)]
        own.stop()
        rest, error = running.communicate(timeout=120)
        own.start()
        assert running.returncode != 0 and "StoreError" in error, error
        acknowledged = [line for line in [*seen, *rest.splitlines()] if line.strip().isdigit()]
        with Store.open(target) as store:
            found = {r.document.id: r for r in store.records()}
            assert {f"k{kill}{int(n):03}" for n in acknowledged} <= found.keys()
            assert all(len(r.facts) == 1 and r.document.parts["abstract"].startswith(TEXT) for r in found.values())
    with Store.open(target) as store:
        again = [store.add(report(f"k0{n:03}", f"{TEXT} Of k0 {n}.", people())) for n in range(count)]
        assert set(again) <= {"added", "unchanged"}
        assert sum(r.document.id.startswith("k0") for r in store.records()) == count


def test_a_backup_comes_back_on_another_server(own: Cluster, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    with Store.open(url(own, "whole")) as store:
        for name in ("a", "b"):
            store.add(report(name, f"{TEXT} Of {name}.", people()))
        link(store)
        before = [r.to_dict() for r in store.records()]
        with Store.open(kept) as file:
            copy(store, file)
    with Store.open(kept) as file, Store.open(url(own, "back")) as back:
        copy(file, back)
        assert [r.to_dict() for r in back.records()] == before
        assert back.add(report("c", f"{TEXT} Of c.", people())) == "added"
