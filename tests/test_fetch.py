"""Searches against a local server that behaves like the services."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from extractor.errors import FetchError
from extractor.fetch import Hosts, clinicaltrials, europepmc, pubmed
from extractor.http import Client, RawStore, redacted, retry_after
from tests.command import trialspan
from tests.conftest import ROOT
from tests.services import FIRST_PMID, Services, World, most_in_a_second, study

TODAY = date(2024, 1, 1)
FAST = 400.0  # requests a second; the limit is raised so that the test is short, and still asserted
SECRET = "s3cr3tkey"


@pytest.fixture
def serve() -> Iterator[object]:
    servers: list[Services] = []

    def start(world: World) -> Services:
        server = Services(world)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def hosts(server: Services) -> Hosts:
    return Hosts(server.address, server.address, server.address)


def client(server: Services, folder: Path, *, rate: float = FAST, offline: bool = False) -> Client:
    host = server.address.removeprefix("http://")
    made = Client(
        RawStore(folder),
        rates={host: rate},
        identity={"api_key": SECRET, "email": "me@example.org", "tool": "trialspan"},
        offline=offline,
    )
    made._backoff = lambda attempt: 0.005  # type: ignore[method-assign]
    return made


def test_everything_arrives_beyond_the_limit_with_faults(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """25,000 hits, 5 % of the requests failing: complete, within the rate, and again from nothing but what was kept."""
    server = serve(World(hits=25_000, faults=0.05))
    asking = client(server, tmp_path)
    asking.begin("pubmed cells")
    found = pubmed.search(asking, hosts(server), "cells", today=TODAY)
    assert (found.count, len(found.ids), found.short) == (25_000, 25_000, 0)
    pages = list(pubmed.fetch(asking, hosts(server), found.ids))
    asking.finish()
    arrived = {m for page in pages for m in re.findall(rb"<PMID Version=\"1\">(\d+)<", page.body)}
    assert arrived == {i.encode() for i in found.ids}
    assert most_in_a_second(server.world.starts) <= FAST
    asked = len(server.world.starts)
    offline = client(server, tmp_path, offline=True)
    offline.begin("pubmed cells")
    again = pubmed.search(offline, hosts(server), "cells", today=TODAY)
    assert again.ids == found.ids
    assert [p.body for p in pubmed.fetch(offline, hosts(server), found.ids)] == [p.body for p in pages]
    assert len(server.world.starts) == asked


def test_a_day_too_large_is_split_by_pmid(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=10_500, one_day=True))
    asking = client(server, tmp_path)
    asking.begin("q")
    assert len(pubmed.search(asking, hosts(server), "cells", today=TODAY).ids) == 10_500


def test_rate_is_kept_to_the_second(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=10))
    asking = client(server, tmp_path, rate=20.0)
    asking.begin("q")
    for i in range(30):
        pubmed.search(asking, hosts(server), f"cells {i}", today=TODAY)
    assert most_in_a_second(server.world.starts) <= 20


def test_unfinished_search_goes_on_and_a_finished_one_asks_afresh(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=10))
    for finish, expected in ((False, 1), (True, 1), (True, 2)):
        asking = client(server, tmp_path)
        asking.begin("q")
        pubmed.search(asking, hosts(server), "cells", today=TODAY)
        assert len(server.world.starts) == expected
        if finish:
            asking.finish()


def test_errors_of_the_service_are_errors(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=10))
    asking = client(server, tmp_path)
    asking.begin("q")
    with pytest.raises(FetchError, match="ID list is empty"):
        list(pubmed.fetch(asking, hosts(server), ["abc"]))
    with pytest.raises(FetchError, match="Query syntax error"):
        europepmc.search(asking, hosts(server), "((")
    assert "phrasesnotfound: unheardof" in pubmed.search(asking, hosts(server), "unheardof", today=TODAY).warnings


def test_offline_without_answers_says_so(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World())
    asking = client(server, tmp_path, offline=True)
    asking.begin("q")
    with pytest.raises(FetchError, match="offline"):
        pubmed.search(asking, hosts(server), "cells", today=TODAY)
    assert server.world.starts == []


def test_nothing_secret_is_written(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=5))
    asking = client(server, tmp_path)
    asking.begin("q")
    pubmed.search(asking, hosts(server), "cells", today=TODAY)
    assert any(SECRET in q for q in server.world.queries)
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert SECRET.encode() not in written and b"example.org" not in written


def test_europe_pmc_by_cursor(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    articles = [{"id": str(i), "source": "MED", "title": f"T{i}"} for i in range(25)]
    server = serve(World(articles=articles, page_size=10))
    asking = client(server, tmp_path)
    asking.begin("q")
    found, pages = europepmc.search(asking, hosts(server), "cells")
    assert (found.count, len(found.ids), len(pages)) == (25, 25, 3)


def test_registry_by_token_and_a_dead_token(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(studies=[study(i) for i in range(1, 26)], page_size=10, dead_tokens=1))
    asking = client(server, tmp_path)
    asking.begin("q")
    found, pages = clinicaltrials.search(asking, hosts(server), "cells")
    assert (found.count, len(found.ids)) == (25, 25)
    assert sum(len(json.loads(p.body)["studies"]) for p in pages) == 25
    by_id = list(clinicaltrials.fetch(asking, hosts(server), ["NCT00000007", "NCT99999999"]))
    assert [
        s["protocolSection"]["identificationModule"]["nctId"] for p in by_id for s in json.loads(p.body)["studies"]
    ] == ["NCT00000007"]


def test_keys_are_redacted() -> None:
    assert SECRET not in redacted(f'GET /x?api_key={SECRET}&a=1 {{"api-key":"{SECRET}"}}')
    assert redacted("x?email=a@b.org&y=1") == "x?email=***&y=1"


def test_retry_after() -> None:
    assert retry_after("2") == 2.0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert retry_after("soon") is None
    assert retry_after(None) is None


def test_pmids_start_where_they_should() -> None:
    assert World(hits=3).pmids()[0] == FIRST_PMID


# ---------------------------------------------------------------- the command


def program(*arguments: str, cwd: Path, server: Services, rate: int = 400) -> subprocess.CompletedProcess[str]:
    environment = {
        "TRIALSPAN_EUTILS": server.address,
        "TRIALSPAN_EUROPEPMC": server.address,
        "TRIALSPAN_CLINICALTRIALS": server.address,
        "TRIALSPAN_REQUESTS_PER_SECOND": str(rate),
        "TRIALSPAN_NCBI_API_KEY": SECRET,
        "TRIALSPAN_MODEL": "blank",
    }
    return trialspan(*arguments, cwd=cwd, **environment)


def test_a_search_into_a_store_and_again_offline(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=40, unknown=frozenset({str(FIRST_PMID + 3)})))
    done = program("fetch", "cells", "--from", "pubmed", "--store", "r.db", cwd=tmp_path, server=server)
    assert done.returncode == 1, done.stderr
    assert f"{FIRST_PMID + 3} (fetch): asked for and not returned" in done.stderr
    assert "hits reported: 40; records arrived: 39; added 39" in done.stdout
    before = program("export", "--format", "jsonl", "--store", "r.db", cwd=tmp_path, server=server).stdout
    assert before.count('"exponent_repaired"') == 0 and "10^6" in before
    asked = len(server.world.starts)
    again = program("fetch", "cells", "--from", "pubmed", "--offline", "--store", "r.db", cwd=tmp_path, server=server)
    assert "unchanged 39" in again.stdout
    assert len(server.world.starts) == asked
    assert program("export", "--format", "jsonl", "--store", "r.db", cwd=tmp_path, server=server).stdout == before
    fresh = program(
        "fetch",
        "cells",
        "--from",
        "pubmed",
        "--offline",
        "--store",
        "r.db",
        "--format",
        "json",
        cwd=tmp_path,
        server=server,
    )
    assert json.loads(fresh.stdout)[0]["missing"] == [str(FIRST_PMID + 3)]
    server.world.hits = 45
    update = program("fetch", "--update", "--store", "r.db", "--format", "json", cwd=tmp_path, server=server)
    assert len(json.loads(update.stdout)[0]["new"]) == 5
    counts = json.loads(program("prisma", "--store", "r.db", "--format", "json", cwd=tmp_path, server=server).stdout)
    assert (counts["database_results"], counts["records_screened"], counts["records_excluded"]) == (44, 44, None)
    assert SECRET not in done.stderr + done.stdout + update.stderr


def test_ids_of_every_kind(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server = serve(World(hits=10, studies=[study(i) for i in range(1, 6)]))
    done = program(
        "fetch", str(FIRST_PMID), "NCT00000002", "--store", "r.db", "--format", "json", cwd=tmp_path, server=server
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["arrived"] == 2
    wrong = program("fetch", "NCT12", "--store", "r.db", cwd=tmp_path, server=server)
    assert wrong.returncode == 2 and "NCT12" in wrong.stderr and "--from" in wrong.stderr
    wrong = program("fetch", "cells", "--from", "nowhere", "--store", "r.db", cwd=tmp_path, server=server)
    assert wrong.returncode == 2 and "europepmc" in wrong.stderr


@pytest.mark.parametrize(("kills", "hits"), [(2, 100), pytest.param(25, 500, marks=pytest.mark.torture)])
def test_killed_again_and_again_the_same_store(serve, tmp_path: Path, kills: int, hits: int) -> None:  # type: ignore[no-untyped-def]
    """Kills at odd moments; then the same command ends with the store that an undisturbed run makes."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    server = serve(World(hits=hits, faults=0.05))
    assert program("fetch", "cells", "--from", "pubmed", "--store", "r.db", cwd=whole, server=server).returncode == 0
    chance = random.Random(7)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TRIALSPAN_EUTILS": server.address,
        "TRIALSPAN_REQUESTS_PER_SECOND": "400",
        "TRIALSPAN_MODEL": "blank",
    }
    command = [sys.executable, "-m", "extractor", "fetch", "cells", "--from", "pubmed", "--store", "r.db"]
    for _ in range(kills):
        running = subprocess.Popen(
            command, cwd=cut, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.8, 2.6))
        running.kill()
        running.wait()
    assert program("fetch", "cells", "--from", "pubmed", "--store", "r.db", cwd=cut, server=server).returncode == 0
    exports = [
        program("export", "--format", "jsonl", "--store", "r.db", cwd=folder, server=server).stdout
        for folder in (whole, cut)
    ]
    assert exports[0] == exports[1] and exports[0].count("\n") == hits
