"""The error budget: how many facts are wrong at most, and which to check first."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.budget import budget
from extractor.calibration import wrong_at_most
from extractor.evaluate.reliability import Judged, budget_held
from extractor.model import Document, Evidence, Fact, Record

CHANCES = st.lists(st.lists(st.floats(0, 1), max_size=8), max_size=8)


def report(id: str, n: int, total: int, confidence: float, method: str = "rule:adverse_event/count_after") -> Record:
    """A report of one counted headache."""
    document = Document(id, "text", {"abstract": "headache"})
    value = {
        "term": "headache",
        "n": n,
        "denominator": total,
        "denominator_unit": "participants",
        "assertion": "present",
    }
    fact = Fact("adverse_event", value, (Evidence("abstract", "headache", 0, 8),), method, confidence)
    return Record(document, (fact,), (), ())


@settings(deadline=None)
@given(CHANCES)
def test_no_more_than_all_and_no_fewer_than_expected(chances: list[list[float]]) -> None:
    most = wrong_at_most(chances)
    assert most <= sum(map(len, chances))
    assert most >= sum(1 - c for some in chances for c in some) - 1e-6 or most == sum(map(len, chances))


def test_sure_facts_are_not_wrong() -> None:
    assert wrong_at_most([[1.0, 1.0], [1.0]]) == 0


def test_errors_of_one_report_go_together() -> None:
    assert wrong_at_most([[0.8] * 40]) > wrong_at_most([[0.8]] * 40)


def test_the_fact_that_moves_a_number_most_comes_first() -> None:
    found = budget([report("a", 1, 100, 0.9), report("b", 40, 60, 0.9), report("c", 2, 90, 0.9)])
    assert found.checks[0].document == "b"
    first = found.checks[0]
    assert (first.pooled, first.without) == (17.2, round(100 * 3 / 190, 4))
    assert found.pooled == 1


def test_a_doubtful_fact_comes_before_a_sure_one() -> None:
    found = budget([report("a", 10, 100, 0.6), report("b", 20, 100, 0.99), report("c", 15, 100, 0.99)])
    assert found.checks[0].document == "a"


def test_what_people_said_is_no_guess() -> None:
    found = budget([report("a", 10, 100, 0.9), report("b", 20, 100, 1.0, method="curator:eva")])
    assert found.whole.facts == 1
    assert [c.document for c in found.checks] == ["a"]


def test_one_report_pools_nothing() -> None:
    found = budget([report("a", 10, 100, 0.9)])
    assert (found.pooled, found.checks) == (0, ())


def test_the_budget_holds_where_confidences_are_true() -> None:
    draw = random.Random(7)
    facts = [Judged(f"d{i // 5}", "dose", "rule:dose/x", 0.9, draw.random() < 0.9) for i in range(1000)]
    held = budget_held(facts)
    assert held is not None
    assert held >= 0.95
