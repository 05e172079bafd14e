"""The grammar of lengths and points of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.quantities.durations import UNITS, durations
from extractor.text import fold


@given(st.integers(1, 400), st.sampled_from(UNITS), st.sampled_from([" ", "-", "‐", "", "\u00a0"]))
def test_a_length_is_read_as_it_was_written(n: int, unit: str, joint: str) -> None:
    text = f"for {n}{joint}{unit}"
    (found,) = durations(fold(text))
    assert (found.low, found.high, found.unit) == (n, n, unit)
    assert text[found.start : found.end] == text[4:]


@given(st.lists(st.integers(1, 99), min_size=2, max_size=6, unique=True), st.sampled_from(UNITS))
def test_of_a_list_the_largest_counts(numbers: list[int], unit: str) -> None:
    text = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]} {unit}"
    (found,) = durations(f"at {text}")
    assert found.values == tuple(map(float, numbers))
    assert found.low == found.high == max(numbers)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("six to 12 months", 6, 12, "months"),
        ("between 6 and 18 months", 6, 18, "months"),
        ("3- and 6-month", 6, 6, "months"),
        ("3-, 6-, and 12-months", 12, 12, "months"),
        ("week 104", 104, 104, "weeks"),
        ("days 14 and 28", 28, 28, "days"),
        ("day 1 to day 28", 1, 28, "days"),
        ("one and a half years", 1.5, 1.5, "years"),
        ("half a year", 0.5, 0.5, "years"),
        ("18·5 months", 18.5, 18.5, "months"),
        ("17 (range 1–39) months", 17, 17, "months"),
        ("12 ± 3 months", 12, 12, "months"),
        ("thirty‐six months", 36, 36, "months"),
        ("the 15th, 30th and 60th day", 60, 60, "days"),
        ("4 consecutive weeks", 4, 4, "weeks"),
        ("12 mo", 12, 12, "months"),
        ("24 h", 24, 24, "hours"),
    ],
)
def test_notations(text: str, low: float, high: float, unit: str) -> None:
    (found,) = durations(fold(text))
    assert (found.low, found.high, found.unit) == (low, high, unit)


@pytest.mark.parametrize("text", ["in the year 2013", "monthly", "p = 0.05 in days gone by", "phase 2"])
def test_what_is_no_duration(text: str) -> None:
    assert list(durations(fold(text))) == []
