"""Counts turned into effects with sampling variances, for the inverse-variance methods of the sensitivity tables.

Three of the scales for one arm and three for two arms are undefined at a zero cell; there, and only there, half a
participant is added to each cell of that study (``zero_corrected`` says where). The main methods of this package
need none of this: see :mod:`extractor.pool.glmm` and :mod:`extractor.pool.mantel_haenszel`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from extractor.errors import PoolError

Vector = NDArray[np.float64]

# Added to every cell of a study with an empty cell (Gart and Zweifel 1967, doi:10.1093/biomet/54.1-2.181).
HALF = 0.5
ONE_ARM = ("logit", "log", "raw", "arcsine", "freeman-tukey")
TWO_ARM = ("OR", "RR", "RD", "AS")


@dataclass(frozen=True, slots=True)
class Effects:
    """One effect per study.

    Attributes
    ----------
    values, variances : float array of shape (K,)
    zero_corrected : bool array of shape (K,)
        Studies whose cells had half a participant added.
    """

    values: Vector
    variances: Vector
    zero_corrected: NDArray[np.bool_]


def one_arm(scale: str, events: ArrayLike, totals: ArrayLike) -> Effects:
    """Proportions on a scale.

    Parameters
    ----------
    scale : str
        ``logit``, ``log``, ``raw`` (corrected at 0 and 1), ``arcsine`` or ``freeman-tukey`` (never corrected).
    events, totals : array of shape (K,)

    Returns
    -------
    Effects
        With variances, and which studies were corrected.

    Raises
    ------
    PoolError
        If there is no such scale.

    Notes
    -----
    As ``escalc`` of metafor 3.8 does for PLO, PLN, PR, PAS and PFT.
    """
    x, n = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    if scale == "arcsine":
        return Effects(np.arcsin(np.sqrt(x / n)), 1.0 / (4.0 * n), np.zeros(x.shape, dtype=bool))
    if scale == "freeman-tukey":
        return Effects(_double_arcsine(x, n), 1.0 / (4.0 * n + 2.0), np.zeros(x.shape, dtype=bool))
    empty = (x == 0) | (x == n)
    x, n = x + HALF * empty, n + 2.0 * HALF * empty
    if scale == "logit":
        return Effects(np.log(x / (n - x)), 1.0 / x + 1.0 / (n - x), empty)
    if scale == "log":
        return Effects(np.log(x / n), 1.0 / x - 1.0 / n, empty)
    if scale == "raw":
        return Effects(x / n, x / n * (1.0 - x / n) / n, empty)
    raise PoolError(f"unknown scale {scale!r} for a proportion; legal: {', '.join(ONE_ARM)}")


def two_arm(measure: str, events1: ArrayLike, totals1: ArrayLike, events2: ArrayLike, totals2: ArrayLike) -> Effects:
    """Comparisons of two arms: log OR, log RR, RD or the arcsine difference.

    Parameters
    ----------
    measure : str
        ``OR``, ``RR``, ``RD`` (all three corrected in studies with an empty cell) or ``AS`` (never corrected).
    events1, totals1, events2, totals2 : array of shape (K,)

    Returns
    -------
    Effects
        With variances, and which studies were corrected.

    Raises
    ------
    PoolError
        If there is no such measure.

    Notes
    -----
    As ``escalc`` of metafor 3.8 does.
    """
    a, n1, c, n2 = (np.asarray(values, dtype=float) for values in (events1, totals1, events2, totals2))
    if measure == "AS":
        values = np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2))
        return Effects(values, 1.0 / (4.0 * n1) + 1.0 / (4.0 * n2), np.zeros(a.shape, dtype=bool))
    empty = (a == 0) | (c == 0) | (a == n1) | (c == n2)
    a, c = a + HALF * empty, c + HALF * empty
    n1, n2 = n1 + 2.0 * HALF * empty, n2 + 2.0 * HALF * empty
    if measure == "OR":
        variances = 1.0 / a + 1.0 / (n1 - a) + 1.0 / c + 1.0 / (n2 - c)
        return Effects(np.log(a / (n1 - a)) - np.log(c / (n2 - c)), variances, empty)
    if measure == "RR":
        return Effects(np.log(a / n1) - np.log(c / n2), 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2, empty)
    if measure == "RD":
        p1, p2 = a / n1, c / n2
        return Effects(p1 - p2, p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2, empty)
    raise PoolError(f"unknown measure {measure!r} for two arms; legal: {', '.join(TWO_ARM)}")


def from_logit(value: float) -> float:
    """Proportion of a logit."""
    return float(expit(value))


def from_arcsine(value: float) -> float:
    """Proportion of an arcsine, held between 0 and 1 where the scale ends."""
    return float(np.sin(min(max(value, 0.0), np.pi / 2.0)) ** 2)


def from_freeman_tukey(value: float, size: float) -> float:
    """Proportion of a Freeman-Tukey double arcsine for one sample size (the harmonic mean of the studies').

    Notes
    -----
    Source: Miller 1978, doi:10.2307/2682942. Neither monotone nor invertible over studies of different size (Röver and
    Friede, arXiv:2203.04773): kept for comparison with older reviews only.
    """
    bounds = _double_arcsine(np.array([0.0, size]), np.array([size, size]))
    if value < bounds[0]:
        return 0.0
    if value > bounds[1]:
        return 1.0
    sine = np.sin(2.0 * value)
    inner = 1.0 - (sine + (sine - 1.0 / sine) / size) ** 2
    return float(0.5 * (1.0 - np.sign(np.cos(2.0 * value)) * np.sqrt(max(0.0, inner))))


def _double_arcsine(x: Vector, n: Vector) -> Vector:
    half: Vector = 0.5 * (np.arcsin(np.sqrt(x / (n + 1.0))) + np.arcsin(np.sqrt((x + 1.0) / (n + 1.0))))
    return half
