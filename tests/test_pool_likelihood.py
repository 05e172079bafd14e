"""The pooling model stands on the top of its likelihood: never on the saddle where no spread is seen."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from bench.likelihood import checked, logliks, random_set
from extractor.pool import glmm
from tests.conftest import ROOT

TAU2: list[dict[str, Any]] = json.loads((ROOT / "tests/reference/tau2_cases.json").read_text(encoding="utf-8"))["cases"]
SETS = 50  # of those that `make bench` checks ten thousand of


@pytest.mark.parametrize("case", TAU2, ids=lambda c: f"{sum(c['events'])} of {sum(c['totals'])}")
def test_a_spread_that_r_finds_is_found(case: dict[str, Any]) -> None:
    """Sets on which a climb that steps onto no spread at all stays there."""
    fit = glmm.fit(glmm.rows(case["events"], case["totals"]))
    assert float(fit.beta[0]) == pytest.approx(case["beta"], abs=1e-4)
    assert fit.tau2 == pytest.approx(case["tau2"], abs=1e-4)
    assert float(fit.se[0]) == pytest.approx(case["se"], abs=1e-4)


def test_random_sets_are_answered_at_the_top_of_an_independent_grid() -> None:
    found = [checked(*random_set(seed)) for seed in range(SETS)]
    assert [one.wrong for one in found if one.wrong] == []
    assert sum(one.above is not None for one in found) > SETS // 3


# a second top at a wide spread; a search that forgot where it began; integrands that are steps
@pytest.mark.parametrize("seed", [244, 2182, 6817, 850, 1373])
def test_sets_on_which_a_climb_or_an_integral_once_failed(seed: int) -> None:
    assert checked(*random_set(seed)).wrong == ""


def test_the_profile_leaves_the_saddle_too() -> None:
    """At a mean away from the best one the spread that explains it is found, whatever the best spread is."""
    case = TAU2[9]
    x, n = np.asarray(case["events"], dtype=float), np.asarray(case["totals"], dtype=float)
    fit = glmm.fit(glmm.rows(x, n))
    for bound in glmm.profile_interval(fit):
        best = max(float(logliks(x, n, np.array([bound]), float(s))[0]) for s in np.linspace(0.0, 1.5, 301))
        assert 2.0 * (fit.loglik - best) == pytest.approx(glmm.ROOT_95**2, abs=1e-3)
