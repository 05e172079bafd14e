"""Registry against paper, arm by arm: sums that agree may hide arms that do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from extractor.link.check import check
from extractor.link.check_arms import matched
from extractor.link.difference import Difference
from extractor.model import Record
from tests.trial_store import event, made

Counts = dict[str, tuple[int, int]]


def report(id: str, counts: Counts, term: str = "serious adverse events", source: str = "jsonl", **more: Any) -> Record:
    facts: list[Any] = [("report_kind", {"name": "single-trial"}, None)]
    facts += [("arm", {"name": arm, "n": of}, None) for arm, (_, of) in counts.items()]
    facts += [("adverse_event", event(term, n, of, **more), arm) for arm, (n, of) in counts.items()]
    record = made(id, "A trial", facts)
    return replace(record, document=replace(record.document, source=source, data={} if source != "jsonl" else None))


def differences(paper: Counts, registry: Counts, term: str = "serious adverse events") -> list[Difference]:
    found = check(
        [report("paper", paper, term), report("clinicaltrials:NCT00000001", registry, term, "clinicaltrials")]
    )
    return [d for d in found if d.kind in ("serious_events", "other_events", "deaths")]


@pytest.mark.parametrize("term", ["serious adverse events", "fever", "death"])
@pytest.mark.parametrize(
    ("paper", "registry"),
    [
        ({"cells": (5, 12), "placebo": (1, 8)}, {"cells": (1, 12), "placebo": (5, 8)}),
        ({"MSC": (5, 12), "control": (1, 8)}, {"Mesenchymal cells": (1, 12), "Placebo": (5, 8)}),
        ({"treated": (5, 12), "untreated": (1, 12)}, {"Autologous cells": (1, 12), "No treatment": (5, 12)}),
    ],
)
def test_arms_that_are_exchanged_are_named(paper: Counts, registry: Counts, term: str) -> None:
    found = differences(paper, registry, term)
    assert len(found) == 2 and all("In the arm " in d.message and d.explanation is None for d in found)
    for name, (n, of) in registry.items():
        assert any(name in d.message and f"counts {n} of {of} people" in d.message for d in found)


def test_arms_that_agree_are_no_difference() -> None:
    assert differences({"MSC": (5, 12), "control": (1, 8)}, {"Mesenchymal": (5, 12), "Placebo": (1, 8)}) == []


def test_arms_that_cannot_be_matched_are_compared_as_counts() -> None:
    (found,) = differences({"alpha": (5, 10), "beta": (1, 10)}, {"gamma": (4, 10), "delta": (2, 10)})
    assert "cannot be matched" in found.message and "alpha 5 of 10" in found.message


def test_arms_whose_sizes_are_exchanged() -> None:
    found = check(
        [report("a", {"cells": (1, 12), "placebo": (1, 8)}), report("b", {"cells": (1, 8), "placebo": (1, 12)})]
    )
    assert [d.message for d in found if d.kind == "arms"] == [
        "The arm cells has 12 people in a, 8 in b.", "The arm placebo has 8 people in a, 12 in b.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "two", "pairs"),
    [
        ({"low": 5, "high": 5}, {"high": 5, "low": 5}, [("low", "low"), ("high", "high")]),
        ({"low dose": None, "high dose": None}, {"high dose msc": None, "low dose msc": None},
         [("low dose", "low dose msc"), ("high dose", "high dose msc")]),
        ({"a": 10, "b": 10}, {"c": 10, "d": 10}, []),
        ({"msc": 10}, {"placebo": 10, "treated": 9}, []),
    ],
)  # fmt: skip
def test_matching(one: dict[str, int | None], two: dict[str, int | None], pairs: list[tuple[str, str]]) -> None:
    assert matched(one, two) == pairs
