"""A store of the starter corpus, linked, and one with a controlled trial and its registry record in our own words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extractor.engine import Run, run
from extractor.inputs import documents
from extractor.link import link
from extractor.model import TITLE, Document, Evidence, Fact, Ids, Record
from extractor.settings import Settings
from extractor.store import Store
from tests.conftest import ROOT


def starter(path: Path) -> Store:
    """A new store with the starter corpus, extracted and linked."""
    store, report = Store.open(path), Run()
    for record in run(documents([ROOT / "corpora" / "als_msc"], Settings(), report.fail), Settings(), report):
        store.add(record)
    link(store)
    return store


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
