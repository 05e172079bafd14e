"""The fitted readers: shipped weights are whole, a result depends on nothing but the features, a choice is a share."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.context.readers import CELLS, DRUG, FILE, Reader, reader, words
from extractor.shipped import SHIPPED_MODEL, shipped

NAMES = sorted(json.loads((shipped("models") / SHIPPED_MODEL / FILE).read_text(encoding="utf-8")))
FEATURES = st.lists(st.sampled_from(["a", "b", "c", "unknown"]), max_size=6)
SMALL = Reader(-0.5, {"a": 1.5, "b": -2.0, "c": 0.25}, {CELLS: 0.5, DRUG: 0.5})


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_reader_is_whole(name: str) -> None:
    found = reader(name)
    assert set(found.thresholds) == {CELLS, DRUG}
    assert all(0 < value < 1 for value in found.thresholds.values())
    assert len(found.weights) > 100
    assert all(math.isfinite(weight) for weight in (found.bias, *found.weights.values()))


def test_the_fields_that_read_by_weights_have_them() -> None:
    assert {"administrations", "age", "follow_up", "participants", "route"} <= set(NAMES)


@given(FEATURES, st.randoms())
def test_order_and_repetition_of_features_do_not_matter(features: list[str], random: object) -> None:
    again = [*features, *features]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert SMALL.probability(again) == SMALL.probability(features)
    assert 0 < SMALL.probability(features) < 1


@given(st.lists(st.tuples(st.integers(1, 4), FEATURES), max_size=8))
def test_shares_of_a_choice_leave_something_for_none(offered: list[tuple[int, list[str]]]) -> None:
    shares = SMALL.shares(offered)
    assert set(shares) == {value for value, _ in offered}
    assert all(share > 0 for share in shares.values())
    assert sum(shares.values()) < 1


def test_candidates_of_one_value_help_one_another() -> None:
    apart = SMALL.shares([(1, ["a"]), (2, ["a"])])
    together = SMALL.shares([(1, ["a"]), (1, ["a"])])
    assert together[1] == pytest.approx(apart[1] + apart[2])


def test_figures_are_one_word() -> None:
    assert words("at 12.5 months (n=3)") == ("at", "0", "months", "(", "n", "=", "0", ")")
