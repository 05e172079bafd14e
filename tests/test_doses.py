"""The grammar of cell doses: what is written in any notation is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.quantities.doses import amounts
from extractor.text import fold

# how one power of ten is typed, and whether its superscript was lost
POWERS = {
    "10^{e}": False,
    "10({e})": False,
    "10 ({e})": False,
    "10e{e}": False,
    "10**{e}": False,
    "10{e}": True,
    "10 {e}": True,
}
TIMES = (" × ", "×", " x ", "x", " X ", "*", "âÃâ")
UNITS = {"cells": " cells", "cells/kg": " cells/kg", "cells/ml": " cells/ml", "cells/m2": " cells/m2"}
FACTORS = st.integers(1, 999).map(lambda n: n / 10)


@given(
    FACTORS, st.integers(4, 9), st.sampled_from(sorted(POWERS)), st.sampled_from(TIMES), st.sampled_from(sorted(UNITS))
)
def test_a_dose_is_read_as_it_was_written(factor: float, exponent: int, power: str, times: str, unit: str) -> None:
    text = f"{factor:g}{times}{power.format(e=exponent)}{UNITS[unit]}"
    (found,) = amounts(fold(text))
    assert found.low == found.high == pytest.approx(factor * 10**exponent)
    assert found.unit == unit
    assert ("exponent_repaired" in found.flags) == POWERS[power]
    assert text[found.start : found.end] == text


@given(st.integers(1, 40), st.integers(41, 99), st.integers(4, 9), st.sampled_from(["-", "–", " to "]))
def test_both_ends_of_a_range_share_the_exponent(low: int, high: int, exponent: int, joint: str) -> None:
    (found,) = amounts(fold(f"{low}{joint}{high} × 10^{exponent} MSCs/kg"))
    assert (found.low, found.high) == (low * 10.0**exponent, high * 10.0**exponent)


@given(st.integers(1, 99), st.integers(1, 9), st.integers(5, 8), st.sampled_from(["±", " ± ", "+/-"]))
def test_a_spread_shares_the_exponent_and_is_no_dose(mean: int, spread: int, exponent: int, sign: str) -> None:
    (found,) = amounts(fold(f"{mean}{sign}{spread}×10{exponent} cells"))
    assert (found.low, found.high, found.sd) == (mean * 10.0**exponent, mean * 10.0**exponent, spread * 10.0**exponent)


@given(st.integers(1_000, 9_999_999))
def test_thousands_commas(n: int) -> None:
    (found,) = amounts(f"{n:,} cells per injection")
    assert (found.low, found.per) == (n, "injection")


@pytest.mark.parametrize(
    "text",
    ["1 × 10 cells", "1 x 10 to 1 x 10 cells", "106 patients", "cd133(+) cells", "236-4187 per million", "p = 0.05"],
)
def test_what_is_no_amount(text: str) -> None:
    assert amounts(fold(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "2 × 105 IU/m2",
        "20 × 10(9)/L platelets",
        "1.2 million Americans",
        "5 × 10^9 CFU",
        "10^3 cells/µl × 10^3 cells/µl",
    ],
)
def test_other_things_than_cells_are_said_to_be_so(text: str) -> None:
    assert all(a.unit == "other" for a in amounts(fold(text)))


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("0.5-1 X 10*6 cells/kg", 5e5, 1e6, "cells/kg"),
        ("1x10(exp 6) cells", 1e6, 1e6, "cells"),
        ("1×10^6 cells kg-1", 1e6, 1e6, "cells/kg"),
        ("(1.5–3.0) × 10^6 cells/kg", 1.5e6, 3e6, "cells/kg"),
        ("6 × 10 5 cells/cm3", 6e5, 6e5, "cells/ml"),
        ("1∼10 × 107 cells/kg", 1e7, 1e8, "cells/kg"),
        ("0,5 x 10^6 cells/kg", 5e5, 5e5, "cells/kg"),
        ("5.106 cells/kg", 5e6, 5e6, "cells/kg"),
        ("10^6/kg", 1e6, 1e6, "cells/kg"),
        ("50×106/2ml", 5e7, 5e7, "cells"),
        ("5x10^5–1x10^6/kg", 5e5, 1e6, "cells/kg"),
        ("one hundred million cells", 1e8, 1e8, "cells"),
        ("30M cells", 3e7, 3e7, "cells"),
        ("3.1 (range 1.8-5.2) × 10(6) MSC/kg", 3.1e6, 3.1e6, "cells/kg"),
    ],
)
def test_rarer_notations(text: str, low: float, high: float, unit: str) -> None:
    (found,) = amounts(fold(text))
    assert (found.low, found.high, found.unit) == (pytest.approx(low), pytest.approx(high), unit)
    assert text[found.start : found.end] == text
