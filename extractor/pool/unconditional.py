"""Odds ratio over studies by a logistic model with one free intercept per study and a normal spread of the log odds ratio.

``logit p1 = a_i + (theta + sigma z_i) / 2``, ``logit p2 = a_i - (theta + sigma z_i) / 2``, ``z_i ~ N(0, 1)``. Each
study's intercept enters its own likelihood only, so it is maximised inside; the outer search has two parameters.
This is the model that metafor calls UM.FS (Jackson et al. 2018, doi:10.1002/sim.7588). The conditional model CM.AL needs
nothing of its own: it is :mod:`extractor.pool.glmm` on events of arm 1 among all events, with an offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from extractor.pool.glmm import SIGMA_LIMIT
from extractor.pool.mantel_haenszel import Tables, odds_ratio

Vector = NDArray[np.float64]

_POINTS = 61
_STEPS = 100
_HALF = 1e-3


@dataclass(frozen=True, slots=True)
class LogOddsRatio:
    """``theta`` with its standard error, and the standard deviation between studies."""

    theta: float
    se: float
    sigma: float
    loglik: float


def fit(tables: Tables) -> LogOddsRatio:
    """Fit by maximum likelihood.

    Parameters
    ----------
    tables : Tables
        At least two studies, none of them double-zero, with events in both arms over all.
    """
    first = odds_ratio(tables)
    start = first.estimate if first else 0.0
    inner = _Intercepts(tables)

    def without_spread(at: Vector) -> float:
        return -inner.loglik(float(at[0]), 0.0)

    def with_spread(at: Vector) -> float:
        return -inner.loglik(float(at[0]), min(abs(float(at[1])), SIGMA_LIMIT))

    plain = minimize(without_spread, (start,), method="BFGS", options={"gtol": 1e-8})
    best, loglik, sigma = float(plain.x[0]), -float(plain.fun), 0.0
    for guess in (0.4, 1.2):
        found = minimize(
            with_spread, (best, guess), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 2000}
        )
        if -float(found.fun) > loglik + 1e-8:
            best, sigma, loglik = float(found.x[0]), min(abs(float(found.x[1])), SIGMA_LIMIT), -float(found.fun)
    return LogOddsRatio(best, _standard_error(inner, best, sigma), sigma, loglik)


def _standard_error(inner: _Intercepts, theta: float, sigma: float) -> float:
    """From the Hessian of the profile likelihood by central differences; one-dimensional where sigma is 0."""
    names = (0,) if sigma == 0.0 else (0, 1)
    moves = np.eye(2) * _HALF

    def at(shift: Vector) -> float:
        return inner.loglik(theta + float(shift[0]), sigma + float(shift[1]))

    hessian = np.array(
        [
            [
                (at(moves[i] + moves[j]) - at(moves[i] - moves[j]) - at(moves[j] - moves[i]) + at(-moves[i] - moves[j]))
                / (4.0 * _HALF**2)
                for j in names
            ]
            for i in names
        ]
    )
    return sqrt(max(0.0, float(np.linalg.pinv(-hessian)[0, 0])))


class _Intercepts:
    """The likelihood of the two outer parameters, with every study's intercept at its best."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        points, weights = np.polynomial.hermite.hermgauss(_POINTS)  # type: ignore[no-untyped-call]
        self._points, self._log_weights = points, np.log(weights) + points**2
        pooled = (tables.events1 + tables.events2 + 0.5) / (tables.size + 1.0)
        self._start = np.log(pooled / (1.0 - pooled))

    def loglik(self, theta: float, sigma: float) -> float:
        """Maximum over intercepts, by Newton steps of all studies at once, halved where they lose."""
        at = self._start.copy()
        value, slope, bend = self._parts(at, theta, sigma)
        for _ in range(_STEPS):
            step = np.clip(slope / np.maximum(-bend, 1e-6), -1.0, 1.0)
            for _ in range(30):
                trial = at + step
                new = self._parts(trial, theta, sigma)
                lost = new[0] < value - 1e-12
                if not lost.any():
                    break
                step = np.where(lost, step / 2.0, step)
            at, (value, slope, bend) = trial, new
            if np.abs(step).max() < 1e-9:
                break
        return float(value.sum())

    def _parts(self, at: Vector, theta: float, sigma: float) -> tuple[Vector, Vector, Vector]:
        """Per-study log-likelihood with its first two derivatives in the intercept."""
        tables = self._tables
        mode, width = self._modes(at, theta, sigma)
        z = mode[:, None] + sqrt(2.0) * width[:, None] * self._points
        shift = (theta + sigma * z) / 2.0
        first, second = at[:, None] + shift, at[:, None] - shift
        n1, n2 = tables.totals1[:, None], tables.totals2[:, None]
        terms = self._log_weights - z**2 / 2.0 + tables.events1[:, None] * first - n1 * np.logaddexp(0.0, first)
        terms = terms + tables.events2[:, None] * second - n2 * np.logaddexp(0.0, second)
        top = terms.max(axis=1)
        weights = np.exp(terms - top[:, None])
        mass = weights.sum(axis=1)
        weights /= mass[:, None]
        p1, p2 = expit(first), expit(second)
        r = tables.events1[:, None] - n1 * p1 + tables.events2[:, None] - n2 * p2
        w = n1 * p1 * (1.0 - p1) + n2 * p2 * (1.0 - p2)
        slope = (weights * r).sum(axis=1)
        bend = (weights * (r**2 - w)).sum(axis=1) - slope**2
        return np.log(mass * width) + top, slope, bend

    def _modes(self, at: Vector, theta: float, sigma: float) -> tuple[Vector, Vector]:
        """Where each study's integrand peaks, and its width: Newton inside a bracket."""
        tables = self._tables
        edge = sigma * tables.size + 1.0
        low, high, z = -edge, edge, np.zeros_like(at)
        for _ in range(_STEPS):
            shift = (theta + sigma * z) / 2.0
            p1, p2 = expit(at + shift), expit(at - shift)
            pull = tables.events1 - tables.totals1 * p1 - tables.events2 + tables.totals2 * p2
            slope = sigma / 2.0 * pull - z
            spread = tables.totals1 * p1 * (1.0 - p1) + tables.totals2 * p2 * (1.0 - p2)
            curvature = 1.0 + sigma**2 / 4.0 * spread
            low, high = np.where(slope > 0, z, low), np.where(slope > 0, high, z)
            step = z + slope / curvature
            step = np.where((step < low) | (step > high), (low + high) / 2.0, step)
            moved = np.abs(step - z).max()
            z = step
            if moved < 1e-7:
                break
        return z, 1.0 / np.sqrt(curvature)
