"""Tests for small-study effects. Near 0 % the standard error of a proportion depends on the proportion itself, so a funnel
plot or Egger's test of proportions finds asymmetry where there is none: for one arm only a test against the size is offered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import kendalltau, t

from extractor.errors import PoolError
from extractor.pool import counts, effects

# With fewer studies such tests have no power (Sterne et al. 2011, doi:10.1136/bmj.d4002).
STUDIES = 10
_Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slope:
    """Weighted regression of effects on a predictor: t statistic, degrees of freedom, p, and the intercept."""

    statistic: float
    df: int
    p_value: float
    intercept: float


def by_size(events: ArrayLike, totals: ArrayLike, *, force: bool = False) -> Slope:
    """Do small studies report other proportions than large ones? Peters' kind of test, of empirical logits against 1/n.

    Parameters
    ----------
    events, totals : int array of shape (K,)
    force : bool
        Test with fewer than 10 studies.

    Raises
    ------
    PoolError
        If there are fewer than 10 studies and ``force`` is not set, or fewer than three, or all have one size.

    Notes
    -----
    Source: Peters et al. 2006, doi:10.1001/jama.295.6.676. Empirical logits have 0.5 added at 0 and 100 %.
    """
    x, n = counts.checked(events, totals)
    if x.size < STUDIES and not force:
        raise PoolError(
            f"{x.size} studies: fewer than {STUDIES} are refused for a test of small-study effects; plot p against n"
        )
    logits = effects.one_arm("logit", x, n)
    return regression(logits.values, logits.variances, 1.0 / n)


def egger(values: ArrayLike, variances: ArrayLike) -> Slope:
    """Egger's test of effects of two arms (doi:10.1136/bmj.315.7109.629): regression on the standard error.

    Raises
    ------
    PoolError
        As :func:`regression`.
    """
    return regression(values, variances, np.sqrt(np.asarray(variances, dtype=float)))


def regression(values: ArrayLike, variances: ArrayLike, predictor: ArrayLike) -> Slope:
    """Effects on a predictor, weighted by inverse variance, with a residual scale.

    Raises
    ------
    PoolError
        If there are fewer than three studies, or the predictor is constant.
    """
    y, v, x = (np.asarray(a, dtype=float) for a in (values, variances, predictor))
    if y.size < 3 or np.ptp(x) <= 1e-12 * max(1.0, float(np.abs(x).max())):
        raise PoolError("a test of small-study effects needs three studies and sizes that differ")
    design = np.column_stack([np.ones(y.size), x])
    w = 1.0 / v
    inverse = np.linalg.inv(design.T @ (w[:, None] * design))
    beta = inverse @ (design.T @ (w * y))
    df = y.size - 2
    scale = float(np.sum(w * (y - design @ beta) ** 2)) / df
    statistic = float(beta[1] / np.sqrt(scale * inverse[1, 1]))
    return Slope(statistic, df, float(2.0 * t.sf(abs(statistic), df)), float(beta[0]))


def rank_correlation(values: ArrayLike, variances: ArrayLike) -> tuple[float, float]:
    """Begg and Mazumdar's test of effects of two arms (doi:10.2307/2533446): Kendall's tau and its p."""
    y, v = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    mean = float(np.sum(y / v) / np.sum(1.0 / v))
    deviates: _Vector = (y - mean) / np.sqrt(v - 1.0 / np.sum(1.0 / v))
    found = kendalltau(deviates, v)
    return float(found.statistic), float(found.pvalue)


def harbord(events1: ArrayLike, totals1: ArrayLike, events2: ArrayLike, totals2: ArrayLike) -> Slope:
    """Harbord's test of two arms, for rare events: the score of each study's odds ratio on its standard error.

    Raises
    ------
    PoolError
        As :func:`regression`; studies without any event, or with nothing else, say nothing and are left out.

    Notes
    -----
    Source: Harbord, Egger and Sterne 2006, doi:10.1002/sim.2380. Under no effect the score and its variance do not depend on
    each other as a log odds ratio and its standard error do.
    """
    a, n1, c, n2 = _informative(events1, totals1, events2, totals2)
    everyone, events = n1 + n2, a + c
    score = a - events * n1 / everyone
    variance = n1 * n2 * events * (everyone - events) / (everyone**2 * (everyone - 1.0))
    return regression(score / variance, 1.0 / variance, 1.0 / np.sqrt(variance))


def peters(events1: ArrayLike, totals1: ArrayLike, events2: ArrayLike, totals2: ArrayLike) -> Slope:
    """Peters' test of two arms: log odds ratios on the inverse of the size, weighted by the events of both arms.

    Raises
    ------
    PoolError
        As :func:`harbord`.

    Notes
    -----
    Source: Peters et al. 2006, doi:10.1001/jama.295.6.676. 0.5 is added to all cells of a study with an empty one.
    """
    a, n1, c, n2 = _informative(events1, totals1, events2, totals2)
    logs = effects.two_arm("OR", a, n1, c, n2).values
    events, everyone = a + c, n1 + n2
    return regression(logs, 1.0 / events + 1.0 / (everyone - events), 1.0 / everyone)


def _informative(events1: ArrayLike, totals1: ArrayLike, events2: ArrayLike, totals2: ArrayLike) -> tuple[_Vector, ...]:
    """Studies with some events and not only events, of which there must be enough."""
    a, n1, c, n2 = (np.asarray(values, dtype=float) for values in (events1, totals1, events2, totals2))
    kept = (a + c > 0) & (a + c < n1 + n2)
    if kept.sum() < STUDIES:
        raise PoolError(
            f"{int(kept.sum())} studies with events: fewer than {STUDIES} are refused for a test of small-study effects"
        )
    return a[kept], n1[kept], c[kept], n2[kept]
