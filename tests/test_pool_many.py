"""Many studies: equal ones are fitted as one row, and nothing that is computed changes by it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from extractor.pool import glmm, meta_regression, pool_proportions

TOLERANCE = 1e-7  # of estimates and bounds, which are roots found to 1e-10


@pytest.fixture
def counts() -> tuple[list[int], list[int]]:
    """60 studies, many of them equal."""
    draw = np.random.default_rng(7)
    totals = draw.integers(8, 12, 60)
    events = draw.binomial(totals, expit(draw.normal(-1.5, 0.8, 60)))
    return [int(x) for x in events], [int(n) for n in totals]


def test_equal_studies_are_one_row(counts: tuple[list[int], list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    alone = glmm.rows(*counts)
    monkeypatch.setattr(glmm, "MANY", 10)
    together = glmm.rows(*counts)
    assert together.events.size < alone.events.size == together.repeats.sum() == 60
    assert together.repeats @ together.events == sum(counts[0]) and together.repeats @ together.totals == sum(counts[1])


def test_a_pooled_risk_is_the_same(counts: tuple[list[int], list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    alone = pool_proportions(*counts, sensitivity=False)
    monkeypatch.setattr(glmm, "MANY", 10)
    together = pool_proportions(*counts, sensitivity=False)
    for name in ("estimate", "low", "high", "tau2", "marginal_mean"):
        assert getattr(together, name) == pytest.approx(getattr(alone, name), rel=TOLERANCE), name
    assert together.heterogeneity.q == pytest.approx(alone.heterogeneity.q, rel=TOLERANCE)
    assert (together.k, together.studies, together.warnings) == (alone.k, alone.studies, alone.warnings)


def test_a_regression_is_the_same(counts: tuple[list[int], list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Studies are equal only where what they are explained by is equal too."""
    dose = {"dose": [float(i % 3) for i in range(60)]}
    alone = meta_regression(*counts, dose)
    monkeypatch.setattr(glmm, "MANY", 10)
    together = meta_regression(*counts, dose)
    for one, two in zip(alone.coefficients, together.coefficients, strict=True):
        assert (two.estimate, two.low, two.high) == pytest.approx((one.estimate, one.low, one.high), rel=TOLERANCE)


def test_offsets_keep_studies_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    events, totals, offset = [1, 2, 1, 2] * 5, [10] * 20, [0.0, 0.0, 0.5, 0.5] * 5
    alone = glmm.fit(glmm.rows(events, totals, offset=offset))
    monkeypatch.setattr(glmm, "MANY", 4)
    together = glmm.fit(glmm.rows(events, totals, offset=offset))
    assert together.rows.events.size == 4
    assert together.loglik == pytest.approx(alone.loglik, rel=TOLERANCE)
    assert glmm.profile_interval(together) == pytest.approx(glmm.profile_interval(alone), rel=TOLERANCE)
