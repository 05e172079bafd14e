"""Fixtures for all tests: paths, the pipeline loaded once, and no network."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from tests import once

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "cases"


def _shared() -> Path | None:
    """The folder of real data beside the checkout, where there is one."""
    named = os.environ.get("EXTRACTOR_SHARED")
    candidates = [Path(named)] if named else [ROOT.parent / "shared"]
    return next((p for p in candidates if p.is_dir()), None)


SHARED = _shared()


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless browser for the pages of one module of tests."""
    from tests import browser

    if reason := browser.missing():
        skip_or_fail("browser", reason)
    with browser.chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def shared() -> Path:
    if SHARED is None:
        pytest.skip("needs the data folder ../shared, which is not here")
    return SHARED


def required(what: str) -> bool:
    """Whether the environment turns a missing `what` (postgres, browser, distributed, r) from a skip into a failure."""
    return what in os.environ.get("EXTRACTOR_REQUIRE", "").split(",")


def skip_or_fail(what: str, reason: str) -> None:
    if required(what):
        pytest.fail(f"EXTRACTOR_REQUIRE names {what}, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the processes of one session keep what is made once."""
    own = tmp_path_factory.getbasetemp()
    once.FOLDER[:] = [own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own]


@pytest.fixture(scope="session")
def nlp() -> Language:
    from extractor.pipeline import build
    from extractor.settings import Settings

    return build(Settings())


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    from tests.postgres import missing, server

    if reason := missing():
        skip_or_fail("postgres", reason)
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be made, on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "review.db")
    return new_schema(request.getfixturevalue("postgres"))


def new_schema(server: str) -> str:
    """The address of a new, empty schema on a PostgreSQL server."""
    import psycopg

    schema = f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE SCHEMA {schema}".encode())
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be spoken to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else str(address)
        if isinstance(address, tuple) and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
