"""The grammar of intervals and courses."""

from __future__ import annotations

import pytest

from extractor.quantities.schedules import courses, intervals
from extractor.text import fold


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("every 3 months", 3, 3, "months"),
        ("every 2 to 3 weeks", 2, 3, "weeks"),
        ("every other week", 2, 2, "weeks"),
        ("once a month", 1, 1, "months"),
        ("monthly", 1, 1, "months"),
        ("three-weekly", 3, 3, "weeks"),
        ("fortnightly", 2, 2, "weeks"),
        ("given 26 days apart", 26, 26, "days"),
        ("at 2‐month intervals", 2, 2, "months"),
        ("separated by a 6 week interval", 6, 6, "weeks"),
        ("with an interval of 4 weeks", 4, 4, "weeks"),
        ("the interval between injections was 30 days", 30, 30, "days"),
        ("q4w", 4, 4, "weeks"),
    ],
)
def test_intervals(text: str, low: float, high: float, unit: str) -> None:
    (found,) = intervals(fold(text))
    assert (found.low, found.high, found.unit) == (low, high, unit)


@pytest.mark.parametrize("text", ["twice weekly", "three times weekly", "after 3 months", "week 12"])
def test_no_interval(text: str) -> None:
    assert intervals(fold(text)) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("weekly for 4 weeks", 4),
        ("monthly for three months", 3),
        ("every 3 months for one year", 4),
        ("twice per week for each of 4 consecutive weeks", 8),
        ("weekly x 4", 4),
    ],
)
def test_courses(text: str, count: int) -> None:
    (found,) = courses(fold(text))
    assert found.count == count
