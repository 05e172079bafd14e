"""The mean of the studies' risks under the logistic model, and its interval.

The model puts a normal spread on the logits, so that its first parameter is the risk of the median study. What a reviewer
means by a pooled risk is the mean over studies; it follows from the mean and the spread together.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit, logit

from extractor.pool.glmm import LOGIT_LIMIT, MANY, ROOT_95, SIGMA_LIMIT, Fit, information, loglik

_MAX_STEPS = 80
# Spreads between studies that are tried for a mean, before the best of them is refined.
_SPREADS = (0.0, 0.3, 0.7, 1.5, 3.0, 6.0, SIGMA_LIMIT)
_BELL = np.linspace(-9.0, 9.0, 601)
_BELL_WEIGHTS = np.exp(-(_BELL**2) / 2.0) / np.exp(-(_BELL**2) / 2.0).sum()


def marginal_mean(beta: float, sigma: float) -> float:
    """Mean of the study proportions, against ``inverse_logit(beta)``, which is their median.

    Parameters
    ----------
    beta, sigma : float
        Mean and standard deviation on the logit scale.
    """
    return _mean_and_slopes(beta, sigma)[0]


def mean_interval(best: Fit, root: float = ROOT_95) -> tuple[float, float]:
    """Profile-likelihood interval of the mean of the study proportions, of a fit with one common mean.

    Parameters
    ----------
    best : Fit
    root : float
        Signed root of the drop in twice the log-likelihood; 1.96 for 95 %.

    Returns
    -------
    low, high : float
        Proportions; 0 or 1 where the likelihood never drops enough.

    Notes
    -----
    At each value of the mean the standard deviation that suits the data best is sought, and the logit of the median
    follows from the two. Beyond `MANY` studies, where the likelihood is a parabola, the delta method gives the same.
    """
    if best.rows.repeats.sum() > MANY:
        return delta_interval(best, 0, root)
    centre = float(logit(marginal_mean(float(best.beta[0]), best.sigma)))
    profile = _MeanProfile(best)
    low, high = (_mean_bound(profile, centre, side, root) for side in (-1, 1))
    return low, high


def holds(best: Fit, mean: float, root: float = ROOT_95) -> bool:
    """Whether the profile-likelihood interval has this mean; faster than its ends."""
    return _MeanProfile(best).root(float(logit(mean))) <= root


class _MeanProfile:
    """Profile likelihood of the mean of the proportions."""

    def __init__(self, best: Fit) -> None:
        self._best = best
        self._tried = sorted({*_SPREADS, best.sigma})

    def root(self, mean_logit: float) -> float:
        """Signed root of twice the drop in log-likelihood at this logit of the mean."""
        tried = self._tried
        values = [self._value(mean_logit, sigma) for sigma in tried]
        place = int(np.argmax(values))
        low, high = tried[max(0, place - 1)], tried[min(len(tried) - 1, place + 1)]
        found = minimize_scalar(
            lambda sigma: -self._value(mean_logit, float(sigma)), bounds=(low, high), method="bounded",
            options={"xatol": 1e-3},
        )  # fmt: skip
        return sqrt(max(0.0, 2.0 * (self._best.loglik - max(values[place], -float(found.fun)))))

    def _value(self, mean_logit: float, sigma: float) -> float:
        return loglik(self._best.rows, [_median_of(mean_logit, sigma)], sigma)


def _mean_bound(profile: _MeanProfile, centre: float, side: int, root: float) -> float:
    inner, outer, step = centre, centre, 0.25
    while profile.root(outer := outer + side * step) < root:
        inner, step = outer, step * 1.6
        if abs(outer) > LOGIT_LIMIT:
            return 0.0 if side < 0 else 1.0
    return float(expit(brentq(lambda at: profile.root(at) - root, inner, outer, xtol=1e-4)))


def delta_interval(best: Fit, column: int = 0, root: float = ROOT_95) -> tuple[float, float]:
    """Interval of the mean from the curvature at the top, on the logit scale; `column` is the coefficient of a group."""
    mean, by_beta, by_sigma = _mean_and_slopes(float(best.beta[column]), best.sigma)
    slopes = np.zeros(best.beta.size + 1)
    slopes[column], slopes[-1] = by_beta, by_sigma
    held = best.sigma == 0.0 or best.at_limit
    kept = slice(0, best.beta.size if held else None)
    slopes = slopes[kept] / (mean * (1.0 - mean))
    variance = float(slopes @ np.linalg.pinv(information(best)[kept, kept]) @ slopes)
    half = root * sqrt(max(0.0, variance))
    return float(expit(logit(mean) - half)), float(expit(logit(mean) + half))


def _mean_and_slopes(beta: float, sigma: float) -> tuple[float, float, float]:
    """Mean of the proportions, and its slopes in the two parameters."""
    p = expit(beta + sigma * _BELL)
    slope = _BELL_WEIGHTS * p * (1.0 - p)
    return float(_BELL_WEIGHTS @ p), float(slope.sum()), float(slope @ _BELL)


def _median_of(mean_logit: float, sigma: float) -> float:
    """The logit of the median that gives this mean: Newton's method on the logit of the mean, which is nearly straight."""
    beta = mean_logit * sqrt(1.0 + 0.346 * sigma**2)
    for _ in range(_MAX_STEPS):
        mean, slope, _ = _mean_and_slopes(beta, sigma)
        step = (mean_logit - float(logit(mean))) * mean * (1.0 - mean) / max(slope, 1e-300)
        beta += min(max(step, -5.0 - sigma), 5.0 + sigma)
        if abs(step) < 1e-9:
            break
    return beta
