"""The headline of a pooled risk: the mean over studies with its interval, what it rests on, and two arms that differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit, logit

from bench.likelihood import logliks
from extractor.commands.ask import pooled_lines
from extractor.pool import glmm, mean_risk, pool_proportions, pool_two_arm
from extractor.pool.two_arms import CONDITIONAL
from tests.test_pool_reference import CASES, TWO_ARM

SPARSE = ([25, 0, 0, 0, 0], [38, 25, 25, 25, 25])
quick = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
studies = st.lists(
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=7
)


def test_one_large_outbreak_is_not_headed_by_the_median_of_zeros() -> None:
    found = pool_proportions(*SPARSE, sensitivity=False)
    assert found.estimate < 0.007 < 0.05 < found.mean.estimate < 0.3 and found.crude == pytest.approx(25 / 138)
    (line, *_) = pooled_lines("fever", found.to_dict())
    assert line.startswith("fever: only 5 studies, 4 of them without an event: mean risk 9.4 %, 95 % ")
    assert "25 of 138 (18.1 %) in 5 studies" in line and "e-" not in line
    assert found.warnings[0].code == "few_studies_mostly_zero"


def test_the_mean_stands_first_in_every_table() -> None:
    found = pool_proportions([0, 1, 0, 3, 2, 7], [7, 10, 12, 18, 20, 37])
    assert [row.method for row in found.sensitivity[:2]] == ["mean of the studies' risks", found.method]
    assert found.sensitivity[0].estimate == found.mean.estimate == found.marginal_mean


NODES = np.linspace(-9.0, 9.0, 4001)
WEIGHTS = np.exp(-(NODES**2) / 2.0) / np.exp(-(NODES**2) / 2.0).sum()
SPREADS = np.concatenate([np.linspace(0.0, 3.0, 121), np.linspace(3.1, 10.0, 70)])


def _less_mean(median: float, sigma: float, mean: float) -> float:
    return float(WEIGHTS @ expit(median + sigma * NODES)) - mean


def _grid_mean(events: Any, totals: Any, best: float, at: float) -> float:
    """Twice the drop in log-likelihood at this mean, over a grid of spreads, with the integral of another program."""
    medians = [brentq(_less_mean, -80.0, 80.0, args=(sigma, at)) for sigma in SPREADS]
    values = [logliks(events, totals, np.array([m]), float(s))[0] for m, s in zip(medians, SPREADS, strict=True)]
    return 2.0 * (best - float(max(values)))


@pytest.mark.parametrize(
    ("events", "totals"),
    [SPARSE, ([0, 1, 0, 3, 2, 0, 5, 1], [7, 10, 12, 18, 20, 26, 13, 6])],
)  # fmt: skip
def test_the_interval_ends_where_an_independent_likelihood_has_dropped(events: list[int], totals: list[int]) -> None:
    x, n = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    fit = glmm.fit(glmm.rows(x, n))
    for bound in mean_risk.mean_interval(fit):
        assert _grid_mean(x, n, fit.loglik, bound) == pytest.approx(glmm.ROOT_95**2, abs=0.02)


@quick
@given(studies)
def test_the_mean_lies_in_its_interval_and_mirrors(table: list[tuple[int, int]]) -> None:
    x, n = np.array([a for a, _ in table]), np.array([b for _, b in table])
    found, mirror = (pool_proportions(counts, n, sensitivity=False).mean for counts in (x, n - x))
    assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0
    assert found.estimate == pytest.approx(1.0 - mirror.estimate, abs=1e-4)
    assert (found.low, found.high) == pytest.approx((1.0 - mirror.high, 1.0 - mirror.low), abs=5e-3)


def test_many_studies_have_the_same_interval_by_the_delta_method(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(3)
    totals = draw.integers(8, 120, 400)
    events = draw.binomial(totals, expit(draw.normal(-2.5, 0.8, 400)))
    fit = glmm.fit(glmm.rows(events, totals))
    slow = mean_risk.mean_interval(fit)
    monkeypatch.setattr(mean_risk, "MANY", 10)
    assert logit(mean_risk.mean_interval(fit)) == pytest.approx(logit(slow), abs=0.02)


def test_effects_that_differ_are_told_by_a_code() -> None:
    alike = pool_two_arm([3, 4, 5], [20, 20, 20], [1, 2, 3], [20, 20, 20])
    differing = pool_two_arm([15, 1, 14], [20, 20, 20], [2, 12, 1], [20, 20, 20])
    assert "heterogeneity" not in {note.code for note in alike.warnings}
    (note,) = [note for note in differing.warnings if note.code == "heterogeneity"]
    assert "takes one for all" in note.message


@pytest.mark.parametrize("name", TWO_ARM)
def test_an_approximation_for_rare_events_is_given_for_rare_events_only(name: str) -> None:
    case = CASES[name]
    found = pool_two_arm(*(case[key] for key in ("events1", "n1", "events2", "n2")))
    row = next(line for line in found.sensitivity if line.method == CONDITIONAL)
    rates = [sum(case[f"events{arm}"]) / sum(case[f"n{arm}"]) for arm in (1, 2)]
    if row.estimate is not None:
        assert max(rates) <= 0.1
    elif max(rates) > 0.1 and "not fitted" not in row.note:
        assert row.note.startswith("withheld: an approximation for rare events")
