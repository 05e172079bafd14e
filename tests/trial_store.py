"""A store of the starter corpus, linked, and one with a controlled trial and its registry record in our own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from extractor.engine import Run, run
from extractor.graph import Review
from extractor.inputs import documents
from extractor.link.linker import link
from extractor.model import TITLE, Document, Evidence, Fact, Ids, Record
from extractor.report import report
from extractor.settings import Settings
from extractor.store import Store
from tests import check_cases
from tests.check_cases import base
from tests.conftest import ROOT
from tests.once import copied, once


def starter(path: Path) -> Store:
    """A new store with the starter corpus, extracted and linked; it is made once a session, and copied."""
    return Store.open(copied("starter.db", _starter, path))


def _starter(path: Path) -> None:
    read = Run()
    with Store.open(path) as store:
        for record in run(documents([ROOT / "corpora" / "als_msc"], Settings(), read.fail), Settings(), read):
            store.add(record)
        link(store)


def made(id: str, title: str, facts: Sequence[tuple[str, dict[str, Any], str | None]], **more: Any) -> Record:
    """A record whose facts all cite the words of their values in its text, in order: ``(field, value, arm)``."""
    words = [f"{field} {number}" for number, (field, _, _) in enumerate(facts)]
    text, claims = ". ".join(words), []
    for said, (field, value, arm) in zip(words, facts, strict=True):
        start = text.index(said)
        evidence = (Evidence("abstract", said, start, start + len(said)),)
        claims.append(Fact(field, value, evidence, f"rule:{field}/made", 0.9, arm=arm))
    document = Document(id, "jsonl", {TITLE: title, "abstract": text}, ids=Ids(**more))
    return Record(document, tuple(claims))


def event(term: str, n: int | None, of: int | None = None, **more: Any) -> dict[str, Any]:
    """The value of an adverse event."""
    assertion = "present" if n or n is None else "absent"
    return {"term": term, "n": n, "denominator": of, "denominator_unit": "participants", "assertion": assertion} | more


def controlled(id: str, treated: tuple[int, int], control: tuple[int, int]) -> Record:
    """A randomised trial with serious events in both groups."""
    return made(
        id, f"A randomised trial called {id}",
        [
            ("report_kind", {"name": "single-trial"}, None), ("condition", {"name": "stroke"}, None),
            ("cell_type", {"name": "mesenchymal stem cell"}, None), ("route", {"name": "intravenous"}, None),
            ("participants", {"n": treated[1] + control[1], "kind": "randomized"}, None),
            ("arm", {"name": "cells", "n": treated[1]}, None), ("arm", {"name": "placebo", "n": control[1]}, None),
            ("design", {"name": "randomized"}, None), ("follow_up", {"low": 6, "high": 6, "unit": "months"}, None),
            ("adverse_event", event("serious adverse events", treated[0]), "cells"),
            ("adverse_event", event("serious adverse events", control[0]), "placebo"),
        ],
    )  # fmt: skip


def single_arm(id: str, events: int | None, people: int, cells: float) -> Record:
    """An uncontrolled trial with headaches and a dose, and one serious event in the larger ones; None: events uncounted."""
    return made(
        id, f"Cells for stroke: {id}",
        [
            ("report_kind", {"name": "single-trial"}, None), ("condition", {"name": "stroke"}, None),
            ("cell_type", {"name": "mesenchymal stem cell"}, None), ("cell_source", {"name": "bone marrow"}, None),
            ("route", {"name": "intrathecal" if people % 2 else "intravenous"}, None),
            ("dose", {"low": cells, "high": cells, "unit": "cells", "basis": "total", "sd": None}, None),
            ("administrations", {"low": 1 + people % 2, "high": 1 + people % 2, "interval": None}, None),
            ("participants", {"n": people, "kind": "treated"}, None),
            ("adverse_event", event("headache", events, people), None),
            ("adverse_event", event("serious adverse events", None if events is None else people // 15, people), None),
        ],
    )  # fmt: skip


def awkward() -> Record:
    """A report whose text a page could spoil: markup, a closing script, line ends, characters beyond sixteen bits."""
    text = "\n Two\r\nlines, 𝛼-cells & <b>bold</b> </script><script>alert(1)</script>\u2028 in 7 people 🧪; no “fever”."
    said = [
        ("report_kind", {"name": "single-trial"}, "lines"),
        ("participants", {"n": 7, "kind": "treated"}, "7 people 🧪"),
    ]
    said += [("condition", {"name": "<i>odd</i> & 'quoted'"}, "<b>bold</b> </script>")]
    said += [("adverse_event", event("fever", 0, 7), "no “fever”")]
    facts = []
    for field, value, words in said:
        start = text.index(words)
        facts.append(Fact(field, value, (Evidence("abstract", words, start, start + len(words)),), "rule:made", 0.9))
    return Record(Document("odd <&>\"' id", "jsonl", {TITLE: "An <odd> title", "abstract": text}), tuple(facts))


def busy(path: Path) -> Store:
    """A new store with all that a report can show: groups to compare, doses, a registry record that differs, odd characters."""
    return Store.open(copied("busy.db", _busy, path))


def pages(name: str) -> Path:
    """The report of one of these stores as a page, made once a session."""
    return once(f"{name}.html", {"starter": _starter_page, "busy": _busy_page}[name])


def _starter_page(path: Path) -> None:
    with Store.open(once("starter.db", _starter)) as store:
        path.write_bytes(report(store).encode())


def _busy_page(path: Path) -> None:
    with Store.open(once("busy.db", _busy)) as store:
        path.write_bytes(report(store).encode())


def _busy(path: Path) -> None:
    pair = base(1)
    check_cases._other_route(pair)
    with Store.open(path) as store:
        for record in pair.records():
            store.add(record)
        link(store)  # before the rest, whose reports are so much alike that they would be taken for one group's
        for id, treated, control in (
            ("alpha", (3, 20), (1, 20)),
            ("beta", (2, 30), (2, 28)),
            ("gamma", (0, 10), (0, 10)),
        ):
            store.add(controlled(id, treated, control))
        for number in range(12):
            store.add(single_arm(f"single{number:02}", number % 4, 10 + 3 * number, 10.0 ** (6 + number % 3)))
        store.add(awkward())


@pytest.fixture(scope="module", name="store_path")
def path_of_starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with the starter corpus; to be imported by who asks for ``store_path`` or ``review``."""
    path = tmp_path_factory.mktemp("starter") / "review.db"
    starter(path).close()
    return path


@pytest.fixture(scope="module", name="review")
def review_of_starter(store_path: Path) -> Iterator[Review]:
    with Store.open(store_path) as store:
        yield Review(store)
