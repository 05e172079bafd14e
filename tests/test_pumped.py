"""No pattern of the package goes back and forth without end, and no text of one phrase takes a time that its length does not explain."""

from __future__ import annotations

import random

import pytest

from tests.pumped import END, patterns, pumps, seconds

PATTERNS = patterns()
SHORT = 40  # rounds: an exponential pattern would need longer than the world has stood
LONG = 2_000  # characters: what a sentence holds at most
GROWTH = 1.5  # exponent from which a pattern is no longer called linear


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 900


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.torture) for seed in range(2, 12))])
def test_no_pattern_is_exponential(seed: int) -> None:
    endless = {
        where: (before, unit)
        for pattern, where in PATTERNS.items()
        for before, unit in sorted(
            pumps(pattern, random.Random(f"{seed} {where}"))
        )  # no pattern's texts hang on another's
        if seconds(pattern, before + unit * SHORT + END, 2.0) == float("inf")
    }
    assert endless == {}
