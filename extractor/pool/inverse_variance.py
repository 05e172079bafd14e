"""Inverse-variance meta-analysis and meta-regression of any effects with known sampling variances.

Estimators of the variance between studies: REML, ML, DL (DerSimonian-Laird), PM (Paule-Mandel), HE (Hedges), SJ
(Sidik-Jonkman), EE (none: equal effects). Tests: ``z``, ``hk`` (Knapp-Hartung), ``hk-adhoc`` (Knapp-Hartung that never
narrows: the scale factor is at least 1). Each agrees with metafor's ``rma`` (``tests/reference/``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, norm, t

from extractor.errors import PoolError

Vector = NDArray[np.float64]

ESTIMATORS = ("REML", "ML", "DL", "PM", "HE", "SJ", "EE")
TESTS = ("z", "hk", "hk-adhoc")
# Where the search for a variance ends; metafor uses the same limit for Q-profile bounds.
TAU2_LIMIT = 100.0
_GRID = np.concatenate([[0.0], np.geomspace(1e-8, TAU2_LIMIT * 10, 120)])


@dataclass(frozen=True, slots=True)
class Pooled:
    """Coefficients of an inverse-variance model.

    Attributes
    ----------
    k : int
        Studies.
    beta, se, low, high, p_value : float array of shape (P,)
        Coefficients, standard errors, 95 % interval, two-sided p; P is 1 for a plain mean.
    covariance : float array of shape (P, P)
    tau2 : float
    q, q_df, q_p : float
        Residual heterogeneity by inverse-variance weights.
    i2 : float
        Percent, from tau2 and the typical sampling variance (from Q for equal effects).
    h2 : float
    df : float
        Degrees of freedom of the interval; infinite for z.
    """

    k: int
    beta: Vector
    se: Vector
    low: Vector
    high: Vector
    p_value: Vector
    covariance: Vector
    tau2: float
    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    df: float


def fit(
    values: ArrayLike,
    variances: ArrayLike,
    *,
    design: ArrayLike | None = None,
    estimator: str = "REML",
    test: str = "z",
    tau2: float | None = None,
) -> Pooled:
    """Fit a mean, or a regression, with a variance between studies.

    Parameters
    ----------
    values, variances : array of shape (K,)
    design : array of shape (K, P), optional
        Default: a column of ones.
    estimator : str
        One of ``ESTIMATORS``.
    test : str
        One of ``TESTS``; with as many coefficients as studies always ``z``.
    tau2 : float, optional
        A variance between studies that is known, instead of an estimated one.

    Raises
    ------
    PoolError
        If estimator or test is not known.

    Notes
    -----
    Source: Viechtbauer 2010, doi:10.18637/jss.v036.i03; Knapp and Hartung 2003, doi:10.1002/sim.1482; ad hoc rule: Röver
    et al. 2015, doi:10.1186/s12874-015-0091-1.
    """
    if estimator not in ESTIMATORS:
        raise PoolError(f"unknown estimator {estimator!r}; legal: {', '.join(ESTIMATORS)}")
    if test not in TESTS:
        raise PoolError(f"unknown test {test!r}; legal: {', '.join(TESTS)}")
    y, v = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    x = np.ones((y.size, 1)) if design is None else np.asarray(design, dtype=float).reshape(y.size, -1)
    if tau2 is None:
        tau2 = 0.0 if estimator == "EE" or y.size <= x.shape[1] else _TAU2[estimator](y, v, x)
    return _summarise(y, v, x, tau2, estimator, test)


def q_profile(values: ArrayLike, variances: ArrayLike) -> tuple[float, float]:
    """95 % interval of the variance between studies (Viechtbauer 2007, doi:10.1002/sim.2514), at most ``TAU2_LIMIT``."""
    y, v = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    x = np.ones((y.size, 1))
    df = y.size - 1

    def solve(target: float) -> float:
        return _root(lambda tau2: _q(y, v, x, tau2) - target, TAU2_LIMIT)

    return solve(float(chi2.ppf(0.975, df))), solve(float(chi2.ppf(0.025, df)))


def i2_of(tau2: float, variances: ArrayLike) -> float:
    """Percent of the variability that is between studies, for a variance found on the same scale by another model."""
    v = np.asarray(variances, dtype=float)
    typical = _typical_variance(v, np.ones((v.size, 1)))
    return float(100.0 * tau2 / (tau2 + typical))


# --- the model at a given variance -----------------------------------------------------------------------------------


def _weighted(y: Vector, v: Vector, x: Vector, tau2: float) -> tuple[Vector, Vector, Vector]:
    """Coefficients, their covariance, and weights."""
    w = 1.0 / (v + tau2)
    covariance: Vector = np.linalg.inv(x.T @ (w[:, None] * x))
    beta: Vector = covariance @ (x.T @ (w * y))
    return beta, covariance, w


def _q(y: Vector, v: Vector, x: Vector, tau2: float) -> float:
    beta, _, w = _weighted(y, v, x, tau2)
    return float(np.sum(w * (y - x @ beta) ** 2))


def _trace(v: Vector, x: Vector, tau2: float) -> float:
    """Trace of P, the weights with the fixed effects projected out; never made as a matrix of K times K."""
    w = 1.0 / (v + tau2)
    return float(np.sum(w) - np.trace(np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w[:, None] ** 2 * x))))


def _weighted_residuals(y: Vector, v: Vector, x: Vector, tau2: float) -> Vector:
    """P times the effects."""
    beta, _, w = _weighted(y, v, x, tau2)
    return w * (y - x @ beta)


def _typical_variance(v: Vector, x: Vector) -> float:
    return (v.size - x.shape[1]) / _trace(v, x, 0.0)


def _summarise(y: Vector, v: Vector, x: Vector, tau2: float, estimator: str, test: str) -> Pooled:
    k, p = x.shape
    beta, covariance, w = _weighted(y, v, x, tau2)
    free = k - p
    q = _q(y, v, x, 0.0)
    df, factor = np.inf, 1.0
    if test != "z" and free > 0:
        df, factor = float(free), float(np.sum(w * (y - x @ beta) ** 2)) / free
        factor = max(1.0, factor) if test == "hk-adhoc" else factor
    covariance = covariance * factor
    se = np.sqrt(np.diag(covariance))
    spread = se * (norm.ppf(0.975) if np.isinf(df) else t.ppf(0.975, df))
    i2, h2 = _share(q, free, tau2, estimator, v, x)
    return Pooled(
        k, beta, se, beta - spread, beta + spread, _p_values(beta, se, df), covariance, tau2,
        q, free, float(chi2.sf(q, free)) if free > 0 else 1.0, i2, h2, df,
    )  # fmt: skip


def _p_values(beta: Vector, se: Vector, df: float) -> Vector:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(beta / se)
    tail: Vector = 2.0 * (norm.sf(ratio) if np.isinf(df) else t.sf(ratio, df))
    return tail


def _share(q: float, free: int, tau2: float, estimator: str, v: Vector, x: Vector) -> tuple[float, float]:
    if free <= 0:
        return 0.0, 1.0
    if estimator == "EE":
        return max(0.0, 100.0 * (q - free) / q) if q > 0 else 0.0, q / free
    typical = _typical_variance(v, x)
    return 100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0


# --- variance between studies ----------------------------------------------------------------------------------------


def _root(difference: Callable[[float], float], limit: float) -> float:
    """Where a falling function of the variance is 0; 0 or the limit where it is not in between."""
    if difference(0.0) <= 0.0:
        return 0.0
    if difference(limit) >= 0.0:
        return limit
    return float(brentq(difference, 0.0, limit, xtol=1e-12, rtol=1e-12))


def _dersimonian_laird(y: Vector, v: Vector, x: Vector) -> float:
    return max(0.0, (_q(y, v, x, 0.0) - (y.size - x.shape[1])) / _trace(v, x, 0.0))


def _hedges(y: Vector, v: Vector, x: Vector) -> float:
    inverse = np.linalg.inv(x.T @ x)
    residuals = y - x @ (inverse @ (x.T @ y))
    leverages = np.sum((x @ inverse) * x, axis=1)
    return max(0.0, float(np.sum(residuals**2) - np.sum((1.0 - leverages) * v)) / (y.size - x.shape[1]))


def _paule_mandel(y: Vector, v: Vector, x: Vector) -> float:
    free = y.size - x.shape[1]
    return _root(lambda tau2: _q(y, v, x, tau2) - free, TAU2_LIMIT * 100)


def _sidik_jonkman(y: Vector, v: Vector, x: Vector) -> float:
    start = float(np.var(y))
    if start == 0.0:
        return 0.0
    return start * _q(y, v, x, start) / (y.size - x.shape[1])


def _reml_score(y: Vector, v: Vector, x: Vector, tau2: float) -> float:
    return float(np.sum(_weighted_residuals(y, v, x, tau2) ** 2)) - _trace(v, x, tau2)


def _reml_loglik(y: Vector, v: Vector, x: Vector, tau2: float) -> float:
    total = v + tau2
    _, logdet = np.linalg.slogdet(x.T @ (x / total[:, None]))
    return -0.5 * (float(np.sum(np.log(total))) + float(logdet) + _q(y, v, x, tau2))


def _ml_score(y: Vector, v: Vector, x: Vector, tau2: float) -> float:
    return float(np.sum(_weighted_residuals(y, v, x, tau2) ** 2) - np.sum(1.0 / (v + tau2)))


def _ml_loglik(y: Vector, v: Vector, x: Vector, tau2: float) -> float:
    return -0.5 * (float(np.sum(np.log(v + tau2))) + _q(y, v, x, tau2))


def _maximum(score: Callable[[float], float], loglik: Callable[[float], float]) -> float:
    """The best of a grid, made exact by the zero of the score beside it."""
    best = int(np.argmax([loglik(float(tau2)) for tau2 in _GRID]))
    low, high = float(_GRID[max(0, best - 1)]), float(_GRID[min(_GRID.size - 1, best + 1)])
    if score(low) <= 0.0:
        return low if best <= 1 else float(_GRID[best])
    if score(high) >= 0.0:
        return high
    return float(brentq(score, low, high, xtol=1e-12, rtol=1e-12))


def _reml(y: Vector, v: Vector, x: Vector) -> float:
    return _maximum(lambda tau2: _reml_score(y, v, x, tau2), lambda tau2: _reml_loglik(y, v, x, tau2))


def _ml(y: Vector, v: Vector, x: Vector) -> float:
    return _maximum(lambda tau2: _ml_score(y, v, x, tau2), lambda tau2: _ml_loglik(y, v, x, tau2))


_TAU2: dict[str, Callable[[Vector, Vector, Vector], float]] = {
    "REML": _reml, "ML": _ml, "DL": _dersimonian_laird, "PM": _paule_mandel, "HE": _hedges, "SJ": _sidik_jonkman,
}  # fmt: skip
