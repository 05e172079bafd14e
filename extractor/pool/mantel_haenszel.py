"""Two-arm comparisons without any added half: Mantel-Haenszel odds ratio, risk ratio and risk difference, Peto's odds ratio.

All take the 2x2 tables as they are. Studies with no event in either arm carry no information on a ratio and drop out of
it by themselves; they do count in the risk difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

Vector = NDArray[np.float64]

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Tables:
    """2x2 tables: events and totals of both arms, float arrays of shape (K,)."""

    events1: Vector
    totals1: Vector
    events2: Vector
    totals2: Vector

    @property
    def size(self) -> Vector:
        """Participants of both arms, per study."""
        return self.totals1 + self.totals2

    @property
    def double_zero(self) -> NDArray[np.bool_]:
        """Studies with no event in either arm."""
        double: NDArray[np.bool_] = (self.events1 == 0) & (self.events2 == 0)
        return double

    @property
    def uninformative(self) -> NDArray[np.bool_]:
        """Studies that say nothing of an odds ratio: no event, or nothing but events, in both arms."""
        full = (self.events1 == self.totals1) & (self.events2 == self.totals2)
        silent: NDArray[np.bool_] = self.double_zero | full
        return silent

    @property
    def single_zero(self) -> NDArray[np.bool_]:
        """Studies with an empty cell that are informative all the same."""
        full = (self.events1 == self.totals1) | (self.events2 == self.totals2)
        single: NDArray[np.bool_] = ((self.events1 == 0) | (self.events2 == 0) | full) & ~self.uninformative
        return single

    def where(self, keep: NDArray[np.bool_]) -> Tables:
        """Some of the studies."""
        return Tables(self.events1[keep], self.totals1[keep], self.events2[keep], self.totals2[keep])


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate on the scale of its standard error (log for ratios), and back.

    Attributes
    ----------
    log_scale : bool
    estimate, se : float
    """

    log_scale: bool
    estimate: float
    se: float

    @property
    def values(self) -> tuple[float, float, float]:
        """Estimate, low and high (95 %) on the measure's own scale."""
        ends = (self.estimate, self.estimate - _Z * self.se, self.estimate + _Z * self.se)
        first, second, third = (exp(end) if self.log_scale else end for end in ends)
        return first, second, third

    @property
    def p_value(self) -> float:
        """Two-sided, by the normal distribution."""
        return float(2.0 * norm.sf(abs(self.estimate) / self.se))


def odds_ratio(tables: Tables) -> Estimate | None:
    """Mantel-Haenszel odds ratio; None where it is undefined (no discordant pair on one side).

    Notes
    -----
    Source: Mantel and Haenszel 1959; variance: Robins, Breslow and Greenland 1986, doi:10.2307/2531052.
    """
    a, b = tables.events1, tables.totals1 - tables.events1
    c, d = tables.events2, tables.totals2 - tables.events2
    n = tables.size
    p, q = (a + d) / n, (b + c) / n
    r, s = a * d / n, b * c / n
    up, down = float(r.sum()), float(s.sum())
    if up <= 0 or down <= 0:
        return None
    variance = np.sum(p * r) / (2 * up**2) + np.sum(p * s + q * r) / (2 * up * down) + np.sum(q * s) / (2 * down**2)
    return Estimate(True, log(up / down), sqrt(float(variance)))


def risk_ratio(tables: Tables) -> Estimate | None:
    """Mantel-Haenszel risk ratio; None where an arm had no event at all.

    Notes
    -----
    Source: Greenland and Robins 1985, doi:10.2307/2530643.
    """
    a, n1, c, n2 = tables.events1, tables.totals1, tables.events2, tables.totals2
    n = tables.size
    up, down = float(np.sum(a * n2 / n)), float(np.sum(c * n1 / n))
    if up <= 0 or down <= 0:
        return None
    variance = float(np.sum((n1 * n2 * (a + c) - a * c * n) / n**2)) / (up * down)
    # with nothing but events everywhere the variance is 0: no uncertainty is a statement that nobody can make
    return Estimate(True, log(up / down), sqrt(variance)) if variance > 0 else None


def risk_difference(tables: Tables) -> Estimate | None:
    """Mantel-Haenszel risk difference; None where no variance can be estimated (no event at all).

    Notes
    -----
    Variance: Sato, Greenland and Robins 1989, doi:10.2307/2531768.
    """
    a, n1, c, n2 = tables.events1, tables.totals1, tables.events2, tables.totals2
    n = tables.size
    weight = float(np.sum(n1 * n2 / n))
    difference = float(np.sum(a * n2 / n - c * n1 / n)) / weight
    left = np.sum(c * (n1 / n) ** 2 - a * (n2 / n) ** 2 + (n1 / n) * (n2 / n) * (n2 - n1) / 2.0)
    right = np.sum(a * (n2 - c) / n + c * (n1 - a) / n) / 2.0
    variance = (difference * float(left) + float(right)) / weight**2
    return Estimate(False, difference, sqrt(variance)) if variance > 0 else None


def peto(tables: Tables) -> Estimate | None:
    """Peto's one-step odds ratio; None where one of the outcomes never occurred.

    Notes
    -----
    Source: Yusuf, Peto et al. 1985, doi:10.1016/s0033-0620(85)80003-7. Biased where arms are unequal or effects large.
    """
    observed, variance = _peto_parts(tables)
    total = float(variance.sum())
    return Estimate(True, float(observed.sum()) / total, sqrt(1.0 / total)) if total > 0 else None


def peto_q(tables: Tables) -> tuple[float, int]:
    """Heterogeneity of Peto's method: Q and its degrees of freedom."""
    observed, variance = _peto_parts(tables)
    keep = variance > 0
    ratios = observed[keep] / variance[keep]
    pooled = float(observed.sum() / variance.sum())
    return float(np.sum(variance[keep] * (ratios - pooled) ** 2)), int(keep.sum()) - 1


def cochran_mantel_haenszel(tables: Tables) -> tuple[float, float]:
    """Continuity-corrected test of no effect: chi-square with one degree of freedom, and p; nan without any event."""
    observed, variance = _peto_parts(tables)
    total = float(variance.sum())
    if total <= 0:
        return float("nan"), float("nan")
    statistic = (abs(float(observed.sum())) - 0.5) ** 2 / total
    return statistic, float(chi2.sf(statistic, 1))


def _peto_parts(tables: Tables) -> tuple[Vector, Vector]:
    """Observed less expected events of arm 1, and their hypergeometric variance."""
    n1, n2, n = tables.totals1, tables.totals2, tables.size
    events = tables.events1 + tables.events2
    variance = events * (n - events) * n1 * n2 / (n**2 * np.maximum(n - 1.0, 1.0))
    return tables.events1 - events * n1 / n, variance
