"""The curators' page served for tests: in a thread of this process, on a free port, over a store of our own words."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from extractor.model import Document, Evidence, Fact, Ids, Record
from extractor.review.app import Desk, guarded_app
from extractor.review.serve import Where, desk, listening
from extractor.store import Store

TITLE = "Stem cells for stroke: a randomised trial"
TEXT = (
    "Forty people with stroke were randomised to cells (n = 20) or placebo (n = 20). "
    "Each of the 20 people in the cell group was given 2 million cells by vein. "
    "Headache occurred in 3 of 20 people given cells and in 1 of 20 given placebo. No infections were seen. "
    "There were no serious adverse events related to the cells. One person died, of another cause. "
    "Two people had a rash, which the investigators did not count."
)
SILENT = dict.fromkeys(
    ("term_id", "denominator", "denominator_unit", "percent", "grade", "severity", "serious", "related")
)


def fact(field: str, value: dict[str, Any], quote: str, nth: int = 0, text: str = TEXT, **more: Any) -> Fact:
    """A fact that quotes the nth place of some words."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    place = Evidence("abstract", quote, start, start + len(quote))
    return Fact(field, value, (place,), f"rule:{field}/made", more.pop("confidence", 0.8), **more)


def event(term: str, n: int | None, of: int | None = None, **more: Any) -> dict[str, Any]:
    return SILENT | {"term": term, "n": n, "denominator": of, "assertion": "present"} | more


def stroke(id: str = "stroke1") -> Record:
    """A controlled trial, with a wrong dose, a rash that was missed, and a death."""
    facts = (
        fact("participants", {"n": 40, "kind": "randomized"}, "Forty people"),
        fact("arm", {"name": "cells", "n": 20}, "cells (n = 20)"),
        fact("arm", {"name": "placebo", "n": 20}, "placebo (n = 20)"),
        fact("condition", {"name": "stroke", "id": None}, "stroke"),
        fact("route", {"name": "intravenous"}, "by vein"),
        fact("dose", {"low": 2e7, "high": 2e7, "unit": "cells", "basis": "per administration", "sd": None}, "2 million cells"),
        fact("adverse_event", event("headache", 3, 20), "Headache", arm="cells"),
        fact("adverse_event", event("headache", 1, 20), "1 of 20", arm="placebo"),
        fact("adverse_event", event("infections", None, assertion="absent"), "No infections"),
        fact("adverse_event", event("adverse events", None, assertion="none_reported", serious=True, related=True), "no serious adverse events"),
        fact("deaths", {"n": 1}, "One person died"),
    )  # fmt: skip
    document = Document(id, "jsonl", {"title": f"{TITLE} ({id})", "abstract": TEXT}, ids=Ids())
    return Record(document, facts, (), ("age", "sex"))


@dataclass(slots=True)
class Running:
    """A server that runs: its address, its desk."""

    base: str
    desk: Desk

    def link(self, name: str = "ann", role: str = "curator") -> str:
        return f"{self.base}/enter?token={self.desk.sessions.link(name, role)}"

    def client(self, name: str = "ann", role: str = "curator") -> httpx.Client:
        """A browser that came in."""
        found = httpx.Client(base_url=self.base, headers={"Origin": self.base, "Accept": "text/html"}, timeout=60)
        found.cookies.set(self.desk.cookie, self.desk.sessions.open(name, role))
        return found


@contextmanager
def running(store: Store, stage: str | None = "first", checker: Any = None, port: int = 0) -> Iterator[Running]:
    """Serve a store until the end; without a stage people have accounts."""
    where = Where(port=port)
    with listening(where) as found:
        port = found.getsockname()[1]
        at = desk(store, where, port, stage or "first", checker)
        at.local = stage
        server = uvicorn.Server(uvicorn.Config(guarded_app(at), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [found]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield Running(f"http://127.0.0.1:{port}", at)
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(name="store")
def store_with_one(store_url: str) -> Iterator[Store]:
    """A store with one report, on both databases; to be imported by who asks for ``store``."""
    with Store.open(store_url) as opened:
        opened.add(stroke())
        yield opened


@pytest.fixture(name="lite")
def lite_with_one(tmp_path: Path) -> Iterator[Store]:
    """The same in a file, where the database makes no difference."""
    with Store.open(tmp_path / "review.db") as opened:
        opened.add(stroke())
        yield opened
