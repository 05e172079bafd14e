"""Binomial regression with one normal random intercept per row, by maximum likelihood.

The model is ``events_i ~ Binomial(totals_i, inverse_logit(x_i'beta + offset_i + sigma * z_i))`` with ``z_i ~ N(0, 1)``.
The integral over ``z_i`` is taken by adaptive Gauss-Hermite quadrature, for all rows and nodes at once; the gradient
and the Hessian are the posterior moments of the score (Louis 1982, doi:10.1111/j.2517-6161.1982.tb01203.x), so a fit
takes a few milliseconds. Rows without any event are ordinary data: nothing is ever added to a count.

Words: ``beta`` coefficients on the logit scale, ``sigma`` the standard deviation between studies (``tau``),
``theta`` the vector ``(*beta, sigma)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import inf, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, roots_hermite

Vector = NDArray[np.float64]

# Nodes of the quadrature, by the largest standard deviation that they serve. 21 reproduce lme4 with 21; 81 are exact to
# 1e-9 up to a standard deviation of 2. Beyond it the integrand of a study without events is a step, which needs more.
NODES = ((2.0, 81), (4.0, 161), (7.0, 481), (inf, 961))
# Beyond so many studies equal ones are fitted as one row: trials are small, so that a hundred thousand have few counts.
MANY = 1_000
# Standard deviations beyond this are not told apart: at 10, 95 % of studies lie between 3e-9 and 1 - 3e-9.
SIGMA_LIMIT = 10.0
# A bound further out than this on the logit scale is a proportion of 0 or 1 to any printed precision (1e-17).
LOGIT_LIMIT = 40.0
# A gain in log-likelihood below this is rounding: the simpler model (no variance) is reported.
NEGLIGIBLE_GAIN = 1e-9
# 95 % point of chi-square with one degree of freedom, as a signed root.
ROOT_95 = 1.959963984540054
# The likelihood of sparse studies can have a second top at a wide spread.
_STARTS = (0.5, 2.0, 5.0)
_MAX_STEPS = 80
_LONGEST_STEP = 3.0
_CONVERGED = 1e-13
# Below this the standard deviation is taken for 0 when a climb ends; from the first value on, halved, it is left again.
_NEAR_ZERO, _FIRST_STEP_OFF, _STEPS_OFF = 1e-5, 0.5, 18


@dataclass(frozen=True, slots=True)
class Rows:
    """What is fitted: one row per study.

    Attributes
    ----------
    events, totals : float array of shape (K,)
        ``0 <= events <= totals``.
    design : float array of shape (K, P)
        Fixed effects; a column of ones for a plain mean.
    offset : float array of shape (K,)
        Added to the logit as it is.
    repeats : float array of shape (K,)
        How many studies a row stands for: among many, those that are equal in all of these share one.
    """

    events: Vector
    totals: Vector
    design: Vector
    offset: Vector
    repeats: Vector


@dataclass(frozen=True, slots=True)
class Fit:
    """A maximum of the likelihood.

    Attributes
    ----------
    beta : float array of shape (P,)
    sigma : float
        Standard deviation between studies on the logit scale; 0 where the data ask for none.
    covariance : float array of shape (P, P)
        Of ``beta``, from the inverse of the full observed information.
    loglik : float
        Without the binomial constants.
    at_limit : bool
        The standard deviation ran into ``SIGMA_LIMIT``: the data do not bound it.
    """

    rows: Rows
    beta: Vector
    sigma: float
    covariance: Vector
    loglik: float
    at_limit: bool

    @property
    def tau2(self) -> float:
        """Variance between studies, squared logits."""
        return self.sigma**2

    @property
    def se(self) -> Vector:
        """Standard errors of ``beta``; infinite where the likelihood is no hill (the spread ran into its limit)."""
        variances = np.diag(self.covariance)
        errors: Vector = np.where(variances > 0, np.sqrt(np.abs(variances)), inf)
        return errors


@dataclass(frozen=True, slots=True)
class _Point:
    """Log-likelihood, gradient and Hessian at one theta."""

    theta: Vector
    value: float
    gradient: Vector
    hessian: Vector


def rows(
    events: ArrayLike, totals: ArrayLike, design: ArrayLike | None = None, offset: ArrayLike | None = None
) -> Rows:
    """Arrange counts for a fit; without a design, one common mean.

    Parameters
    ----------
    events, totals : array of shape (K,)
    design : array of shape (K, P), optional
    offset : array of shape (K,), optional
    """
    counts = np.asarray(events, dtype=float)
    size = counts.shape[0]
    columns = np.ones((size, 1)) if design is None else np.asarray(design, dtype=float).reshape(size, -1)
    shift = np.zeros(size) if offset is None else np.asarray(offset, dtype=float)
    found = Rows(counts, np.asarray(totals, dtype=float), columns, shift, np.ones(size))
    return found if size <= MANY else _gathered(found)


def _gathered(data: Rows) -> Rows:
    """The same likelihood with one row for all studies that are equal."""
    whole = np.column_stack([data.events, data.totals, data.offset, data.design])
    unique, repeats = np.unique(whole, axis=0, return_counts=True)
    return Rows(unique[:, 0], unique[:, 1], unique[:, 3:], unique[:, 2], repeats.astype(float))


def fit(data: Rows) -> Fit:
    """Maximise the likelihood over coefficients and the standard deviation between studies.

    Parameters
    ----------
    data : Rows
        Must not be all zeros or all events in a column of the design: the coefficient would be infinite, and the
        caller has an exact answer for that.

    Returns
    -------
    Fit
        With ``sigma == 0``, the plain logistic answer, where no positive variance does better.
    """
    plain = _climb(data, np.append(_start(data), 0.0), np.arange(data.design.shape[1]))
    free = np.arange(plain.theta.size)
    tries = [_climb(data, np.append(plain.theta[:-1], sigma), free) for sigma in (0.0, *_STARTS)]
    best = max(tries, key=lambda point: point.value)
    if best.value - plain.value <= NEGLIGIBLE_GAIN:
        best = plain
    return _as_fit(data, _polished(data, best))


def fit_common(data: Rows) -> Fit:
    """Maximise the likelihood with no variance between studies (plain logistic regression)."""
    plain = _climb(data, np.append(_start(data), 0.0), np.arange(data.design.shape[1]))
    return _as_fit(data, _polished(data, plain))


def profile_interval(best: Fit, column: int = 0, root: float = ROOT_95) -> tuple[float, float]:
    """Profile-likelihood interval of one coefficient.

    Parameters
    ----------
    best : Fit
    column : int
        Which coefficient.
    root : float
        Signed root of the drop in twice the log-likelihood; 1.96 for 95 %.

    Returns
    -------
    low, high : float
        On the logit scale; infinite where the likelihood never drops enough within ``LOGIT_LIMIT``.

    Notes
    -----
    The other coefficients and the standard deviation are maximised anew at each value. Source: Venzon and Moolgavkar
    1988, doi:10.2307/2347496. Checked against a brute-force grid (``tests/reference/``).
    """
    return _bound(best, column, -1, root), _bound(best, column, 1, root)


def profile_spread(best: Fit, root: float = ROOT_95) -> tuple[float, float]:
    """Profile-likelihood interval of the standard deviation between studies.

    Parameters
    ----------
    best : Fit
    root : float
        Signed root of the drop in twice the log-likelihood; 1.96 for 95 %.

    Returns
    -------
    low, high : float
        ``low`` is 0 where the data do not rule out that all studies have one risk; ``high`` is infinite where they do not
        bound the spread within ``SIGMA_LIMIT``. ``best.sigma`` is always inside.

    Notes
    -----
    The coefficients are maximised anew at each value; conservative near 0, where the spread ends. Source: Hardy and
    Thompson 1996 (Statistics in Medicine 15:619-629), for the likelihood of effects.
    """
    free = np.arange(best.beta.size)

    def excess(sigma: float) -> float:
        point = _climb(best.rows, np.append(best.beta, sigma), free)
        return 2.0 * (best.loglik - point.value) - root**2

    low = 0.0 if excess(0.0) <= 0.0 else float(brentq(excess, 0.0, best.sigma, xtol=1e-7))
    inner, outer = best.sigma, min(best.sigma + 0.25, SIGMA_LIMIT)
    while excess(outer) < 0.0:
        if outer >= SIGMA_LIMIT:
            return low, inf
        inner, outer = outer, min(outer * 1.5, SIGMA_LIMIT)
    return low, float(brentq(excess, inner, outer, xtol=1e-7))


def loglik(data: Rows, beta: ArrayLike, sigma: float) -> float:
    """Log-likelihood (without binomial constants) at given parameters."""
    return _evaluate(data, np.append(np.asarray(beta, dtype=float), sigma)).value


def deviance_against_saturated(common: Fit) -> float:
    """Likelihood-ratio statistic of one common proportion against one proportion per study (LRT Q)."""
    data = common.rows
    return max(0.0, 2.0 * (_saturated(data) - common.loglik))


def information(best: Fit) -> Vector:
    """Observed information of the coefficients and, last, of the standard deviation between studies."""
    return -_evaluate(best.rows, np.append(best.beta, best.sigma)).hessian


# --- likelihood ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _hermite(nodes: int) -> tuple[Vector, Vector]:
    """Nodes, and log weights with the Gaussian factor taken out, of Gauss-Hermite quadrature."""
    points, weights = roots_hermite(nodes)
    with np.errstate(divide="ignore"):  # the outermost of many nodes weigh nothing
        return points, np.log(weights) + points**2


def _modes(data: Rows, eta: Vector, sigma: float) -> tuple[Vector, Vector]:
    """Where each study's integrand peaks, and its width there: Newton kept inside a shrinking bracket."""
    events, totals = data.events, data.totals
    low, high = sigma * (events - totals), sigma * events
    spread = 1.0 / (events + 0.5) + 1.0 / (totals - events + 0.5)
    guess = np.log((events + 0.5) / (totals - events + 0.5)) - eta
    z = np.clip(sigma * guess / (sigma**2 + spread), low, high)
    for _ in range(_MAX_STEPS):
        p = expit(eta + sigma * z)
        slope = sigma * (events - totals * p) - z
        curvature = 1.0 + sigma**2 * totals * p * (1.0 - p)
        low, high = np.where(slope > 0, z, low), np.where(slope > 0, high, z)
        step = z + slope / curvature
        step = np.where((step < low) | (step > high), (low + high) / 2.0, step)
        moved = np.abs(step - z).max()
        z = step
        if moved < 1e-5:
            break
    return z, 1.0 / np.sqrt(curvature)


def _evaluate(data: Rows, theta: Vector) -> _Point:
    """Log-likelihood with its first two derivatives."""
    sigma = float(theta[-1])
    eta = data.design @ theta[:-1] + data.offset
    events, totals = data.events[:, None], data.totals[:, None]
    points, log_weights = _hermite(next(nodes for widest, nodes in NODES if sigma <= widest))
    mode, width = _modes(data, eta, sigma)
    z = mode[:, None] + sqrt(2.0) * width[:, None] * points
    logits = eta[:, None] + sigma * z
    small = np.exp(-np.abs(logits))
    p = np.where(logits < 0.0, small, 1.0) / (1.0 + small)
    # log(1 - p) from p itself loses digits where p is near 1; softplus does not
    log_rest = -np.maximum(logits, 0.0) - np.log1p(small)
    terms = log_weights + events * logits + totals * log_rest - z**2 / 2.0
    top = terms.max(axis=1)
    weights = np.exp(terms - top[:, None])
    mass = weights.sum(axis=1)
    value = float(np.sum(data.repeats * (np.log(mass * width) + top))) - 0.5 * float(data.repeats.sum()) * np.log(pi)
    weights /= mass[:, None]
    return _derivatives(data, theta, value, weights, z, events - totals * p, totals * p * (1.0 - p))


def _derivatives(data: Rows, theta: Vector, value: float, weights: Vector, z: Vector, r: Vector, w: Vector) -> _Point:
    """Gradient and Hessian from posterior moments of the residual ``r``, the binomial variance ``w`` and ``z``."""
    slope, slope_sigma = (weights * r).sum(axis=1), (weights * r * z).sum(axis=1)
    second = weights * (r**2 - w)
    bend = second.sum(axis=1) - slope**2
    cross = (second * z).sum(axis=1) - slope * slope_sigma
    bend_sigma = float(np.sum(data.repeats * ((second * z**2).sum(axis=1) - slope_sigma**2)))
    design = data.repeats[:, None] * data.design
    size = theta.size
    hessian = np.empty((size, size))
    hessian[:-1, :-1] = design.T @ (bend[:, None] * data.design)
    hessian[:-1, -1] = hessian[-1, :-1] = design.T @ cross
    hessian[-1, -1] = bend_sigma
    gradient = np.append(design.T @ slope, (data.repeats * slope_sigma).sum())
    return _Point(theta, value, gradient, hessian)


def _saturated(data: Rows) -> float:
    """Log-likelihood with one proportion per row."""
    events, rest = data.events, data.totals - data.events
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(events > 0, events * np.log(events / data.totals), 0.0)
        parts = parts + np.where(rest > 0, rest * np.log(rest / data.totals), 0.0)
    return float((data.repeats * parts).sum())


# --- climbing --------------------------------------------------------------------------------------------------------


def _start(data: Rows) -> Vector:
    """Coefficients near the plain logistic answer: least squares on shrunken logits."""
    spread = 1.0 / (data.events + 0.5) + 1.0 / (data.totals - data.events + 0.5)
    logits = np.log((data.events + 0.5) / (data.totals - data.events + 0.5)) - data.offset
    root = np.sqrt(data.repeats) / np.sqrt(spread)
    solution: Vector = np.linalg.lstsq(data.design * root[:, None], logits * root, rcond=None)[0]
    return solution


def _climb(data: Rows, start: Vector, free: NDArray[np.int64]) -> _Point:
    """The top that is reached from here; a standard deviation of 0 only where the likelihood bends down from it."""
    point = _ascent(data, start, free)
    last = point.theta.size - 1
    if last not in free or point.theta[last] > _NEAR_ZERO:
        return point
    return _off_zero(data, point, free)


def _off_zero(data: Rows, point: _Point, free: NDArray[np.int64]) -> _Point:
    """The top behind a standard deviation of 0, if that is a saddle.

    The likelihood is even in the standard deviation, so its slope at 0 is always 0 and a step onto 0 stays there: only
    the curvature tells a top from a saddle.
    """
    last = point.theta.size - 1
    zero = _ascent(data, np.append(point.theta[:-1], 0.0), free[free != last])
    for halving in range(_STEPS_OFF if zero.hessian[last, last] > 0.0 else 0):
        trial = np.append(zero.theta[:-1], _FIRST_STEP_OFF * 0.5**halving)
        if _evaluate(data, trial).value > zero.value:
            return _ascent(data, trial, free)
    return max(point, zero, key=lambda found: found.value)


def _ascent(data: Rows, start: Vector, free: NDArray[np.int64]) -> _Point:
    """Newton's method over the free parameters, turned uphill where the Hessian is not, halved where it overshoots."""
    point = _evaluate(data, start)
    for _ in range(_MAX_STEPS):
        movable = _movable(point, free)
        if movable.size == 0:
            break
        direction, promise = _direction(point, movable)
        if promise < _CONVERGED:
            break
        better = _line_search(data, point, movable, direction)
        if better is None:
            break
        point = better
    return point


def _movable(point: _Point, free: NDArray[np.int64]) -> NDArray[np.int64]:
    """The free parameters, without a standard deviation that is held at its limit."""
    last = point.theta.size - 1
    if point.theta[last] >= SIGMA_LIMIT and point.gradient[last] > 0:
        held: NDArray[np.int64] = free[free != last]
        return held
    return free


def _direction(point: _Point, movable: NDArray[np.int64]) -> tuple[Vector, float]:
    """A step uphill and the gain that it promises."""
    values, vectors = np.linalg.eigh(-point.hessian[np.ix_(movable, movable)])
    scale = np.maximum(np.abs(values), 1e-8 * max(1.0, float(np.abs(values).max())))
    along = vectors.T @ point.gradient[movable]
    direction = vectors @ (along / scale)
    longest = np.abs(direction).max()
    if longest > 2.0:
        direction *= 2.0 / longest
    return direction, float(np.sum(along**2 / scale))


def _polished(data: Rows, point: _Point) -> _Point:
    """One last full step, which takes the answer to rounding."""
    size = point.theta.size
    held = point.theta[-1] == 0.0 or point.theta[-1] >= SIGMA_LIMIT
    movable = np.arange(size - 1 if held else size)
    direction, promise = _direction(point, movable)
    if promise > 1e-6:
        return point
    theta = point.theta.copy()
    theta[movable] += direction
    theta[-1] = min(abs(theta[-1]), SIGMA_LIMIT)
    stepped = _evaluate(data, theta)
    return stepped if stepped.value >= point.value - NEGLIGIBLE_GAIN else point


def _line_search(data: Rows, point: _Point, movable: NDArray[np.int64], direction: Vector) -> _Point | None:
    """The first of ever shorter steps that gains; None where rounding leaves nothing to gain."""
    for halving in range(25):
        theta = point.theta.copy()
        theta[movable] += direction * 0.5**halving
        theta[-1] = min(abs(theta[-1]), SIGMA_LIMIT)
        trial = _evaluate(data, theta)
        if trial.value > point.value:
            return trial
    return None


def _as_fit(data: Rows, point: _Point) -> Fit:
    """The covariance of the coefficients at a maximum."""
    sigma = float(point.theta[-1])
    held = sigma == 0.0 or sigma >= SIGMA_LIMIT
    information = -point.hessian[:-1, :-1] if held else -point.hessian
    size = point.theta.size - 1
    covariance: Vector = np.linalg.pinv(information)[:size, :size]
    return Fit(data, point.theta[:-1], sigma, covariance, point.value, sigma >= SIGMA_LIMIT)


# --- profile ---------------------------------------------------------------------------------------------------------


def _bound(best: Fit, column: int, side: int, root: float) -> float:
    """One end of the profile interval: the zero of the signed root of the deviance less ``root``."""
    profile_root = cache(_Profile(best, column).root)  # each search starts where the last ended: one answer a value
    centre = float(best.beta[column])
    step = root * min(max(float(best.se[column]), 1e-6), _LONGEST_STEP)
    inner, outer = centre, centre + side * step
    while profile_root(outer) < root:
        inner = outer
        step *= 1.6
        outer = outer + side * step
        if abs(outer) > LOGIT_LIMIT:
            return side * inf
    return float(brentq(lambda value: profile_root(value) - root, inner, outer, xtol=1e-7, rtol=1e-10))


class _Profile:
    """Profile likelihood of one coefficient; each maximisation starts where the last one ended."""

    def __init__(self, best: Fit, column: int) -> None:
        self._best = best
        self._column = column
        self._free = np.array([i for i in range(best.beta.size + 1) if i != column], dtype=np.int64)
        self._last = np.append(best.beta, best.sigma)

    def root(self, value: float) -> float:
        """Signed root of twice the drop in log-likelihood at this value of the coefficient."""
        if value == self._best.beta[self._column]:
            return 0.0
        point = max((self._climb(value, sigma) for sigma in self._sigmas()), key=lambda found: found.value)
        self._last = point.theta
        return sqrt(max(0.0, 2.0 * (self._best.loglik - point.value)))

    def _sigmas(self) -> tuple[float, ...]:
        last = float(self._last[-1])
        return (last,) if last > 0.3 else (0.6,)

    def _climb(self, value: float, sigma: float) -> _Point:
        start = self._last.copy()
        start[self._column] = value
        start[-1] = sigma
        return _climb(self._best.rows, start, self._free)


def without(data: Rows, index: int) -> Rows:
    """The same rows less one."""
    keep = np.arange(data.events.size) != index
    return replace(
        data, events=data.events[keep], totals=data.totals[keep], design=data.design[keep], offset=data.offset[keep],
        repeats=data.repeats[keep],
    )  # fmt: skip
