"""Beta-binomial pooling of proportions: the mean of the studies' risks, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit

Vector = NDArray[np.float64]

# Correlation below which the answer is that of one common proportion.
NO_CORRELATION = 1e-5
_STARTS = (-6.0, -3.0, -1.0, 1.0)
# Logits of the correlation are searched within this, so that the Beta parameters stay finite.
_BOX = 16.0
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """``mean`` and ``correlation`` (0-1) with the 95 % Wald interval of the logit of the mean."""

    mean: float
    low: float
    high: float
    correlation: float
    loglik: float


def fit(events: ArrayLike, totals: ArrayLike) -> BetaBinomial:
    """Fit by maximum likelihood.

    Parameters
    ----------
    events, totals : array of shape (K,)
        K of at least 2, neither all zero nor all events: otherwise the likelihood has no maximum.

    Notes
    -----
    Source: Griffiths 1973, doi:10.2307/2529131. Where the correlation runs to 0 the plain binomial answer is returned.
    """
    x, n = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    crude = float(logit(x.sum() / n.sum()))
    found = [
        minimize(_minus_loglik, (crude, start), args=(x, n), method="L-BFGS-B", bounds=[(-30.0, 30.0), (-_BOX, _BOX)],
                 options={"ftol": 1e-15, "gtol": 1e-9})
        for start in _STARTS
    ]  # fmt: skip
    best = min(found, key=lambda result: float(result.fun))
    plain = -_minus_loglik(np.array([crude, -_BOX]), x, n)
    correlation = float(expit(best.x[1]))
    if correlation < NO_CORRELATION or -best.fun - plain < 1e-7:
        return _plain(x, n, plain)
    se = _standard_error(best.x, x, n)
    centre = float(best.x[0])
    low, high = expit(centre - _Z * se), expit(centre + _Z * se)
    return BetaBinomial(float(expit(centre)), float(low), float(high), correlation, -float(best.fun))


def _plain(x: Vector, n: Vector, loglik: float) -> BetaBinomial:
    total, size = float(x.sum()), float(n.sum())
    centre, se = float(logit(total / size)), sqrt(1.0 / total + 1.0 / (size - total))
    low, high = float(expit(centre - _Z * se)), float(expit(centre + _Z * se))
    return BetaBinomial(total / size, low, high, 0.0, loglik)


def _minus_loglik(theta: Vector, x: Vector, n: Vector) -> float:
    mean, correlation = expit(theta[0]), expit(theta[1])
    size = (1.0 - correlation) / correlation
    first, second = mean * size, (1.0 - mean) * size
    return -float(np.sum(betaln(x + first, n - x + second) - betaln(first, second)))


def _standard_error(theta: Vector, x: Vector, n: Vector) -> float:
    """Of the logit of the mean, from a Hessian by central differences."""
    step = 1e-3
    hessian = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            moves = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
            values = [_minus_loglik(theta + step * (a * np.eye(2)[i] + b * np.eye(2)[j]), x, n) for a, b in moves]
            hessian[i, j] = (values[0] - values[1] - values[2] + values[3]) / (4.0 * step**2)
    return sqrt(max(0.0, float(np.linalg.pinv(hessian)[0, 0])))
