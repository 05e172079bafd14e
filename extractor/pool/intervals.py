"""Intervals of one study's proportion, exact and by Wilson's score."""

from __future__ import annotations

from math import sqrt

from scipy.stats import beta

# Two-sided level of every interval of this package.
LEVEL = 0.95
_Z = 1.959963984540054


def clopper_pearson(events: int, total: int) -> tuple[float, float]:
    """Exact 95 % interval of a proportion.

    Parameters
    ----------
    events, total : int
        ``0 <= events <= total``, ``total > 0``.

    Returns
    -------
    low, high : float
        Proportions, 0-1. With no event ``low`` is 0 and ``high`` the 97.5 % bound.

    Notes
    -----
    Source: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    tail = (1.0 - LEVEL) / 2.0
    low = 0.0 if events == 0 else float(beta.ppf(tail, events, total - events + 1))
    high = 1.0 if events == total else float(beta.ppf(1.0 - tail, events + 1, total - events))
    return low, high


def wilson(events: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a proportion (doi:10.1080/01621459.1927.10502953)."""
    p = events / total
    centre = (p + _Z**2 / (2 * total)) / (1 + _Z**2 / total)
    half = _Z * sqrt(p * (1 - p) / total + _Z**2 / (4 * total**2)) / (1 + _Z**2 / total)
    return max(0.0, centre - half), min(1.0, centre + half)


def one_sided_upper(events: int, total: int) -> float:
    """Exact one-sided 95 % upper bound: with no event, what the data still allow."""
    return 1.0 if events == total else float(beta.ppf(LEVEL, events + 1, total - events))


def one_sided_lower(events: int, total: int) -> float:
    """Exact one-sided 95 % lower bound."""
    return 0.0 if events == 0 else float(beta.ppf(1.0 - LEVEL, events, total - events + 1))
