"""Whether the pooling model finds the top of its likelihood: random sets of studies against an independent grid.

Each set has 1 to 100 studies of 1 to 100,000 people and any risk, sets without any event and with nothing else among them.
Every one must be answered. Where a model is fitted, its log-likelihood must not lie below the best of a grid over mean and
spread that shares no code with the package: the integral over the study effect is a sum of trapezoids around a peak found by
bisection, and the grid is narrowed around its own best point, not around the package's.

    python bench/likelihood.py [--sets 10000] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from extractor.pool import glmm
from extractor.pool.proportions import pool_proportions

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

SETS, SEED = 10_000, 20261129
MOST_STUDIES, MOST_PEOPLE = 100, 100_000
TAUS = (0.0, 0.05, 0.2, 0.8, 2.0, 4.0)
SIGMAS = np.array([0.0, 0.05, 0.15, 0.4, 1.0, 2.5, 6.0, 10.0])
SHIFTS = np.linspace(-9.0, 6.0, 16)
ROUNDS, SIZE = 6, 5  # the grid is narrowed so often, to so many values each
POINTS, REACH, HALVINGS = 81, 12.0, 40  # of the trapezoid, its reach from the peak, and the search for the peak
# Rounding of sums over millions of people; and of the package's quadrature where the spread runs into its limit.
SLACK, SLACK_AT_LIMIT = 1e-5, 1e-4


@dataclass(frozen=True, slots=True)
class Checked:
    """One set: what went wrong (nothing where it is right), and how far the package is above the grid."""

    wrong: str
    above: float | None


def random_set(seed: int) -> tuple[Counts, Counts]:
    """Events and people of one set of studies."""
    draw = np.random.default_rng([SEED, seed])
    k = round(float(np.exp(draw.uniform(0.0, np.log(MOST_STUDIES)))))
    largest = np.exp(draw.uniform(0.0, np.log(MOST_PEOPLE)))
    totals = np.rint(np.exp(draw.uniform(0.0, np.log(largest), k))).astype(np.int64)
    kind = draw.integers(10)
    if kind < 2:
        return (totals * int(kind)), totals
    logits = draw.uniform(-8.0, 3.0) + draw.choice(TAUS) * draw.standard_normal(k)
    return draw.binomial(totals, expit(logits)), totals


def checked(events: Counts, totals: Counts) -> Checked:
    """One set, answered and compared."""
    try:
        found = pool_proportions(events, totals, sensitivity=False)
    except Exception as error:  # any failure is what is looked for
        return Checked(f"failed: {error!r}", None)
    if not 0.0 <= found.low <= found.estimate <= found.high <= 1.0:
        return Checked(f"interval {found.low} to {found.high} without its estimate {found.estimate}", None)
    if found.tau2 is None:
        return Checked("", None)
    fit = glmm.fit(glmm.rows(events, totals))
    above = fit.loglik - grid_top(events, totals)
    slack = SLACK_AT_LIMIT if fit.at_limit else SLACK
    return Checked(f"log-likelihood {-above:.3g} below the grid's" if above < -slack else "", float(above))


def grid_top(events: Counts, totals: Counts) -> float:
    """The highest log-likelihood (without binomial constants) on a grid narrowed around its best points."""
    x, n = events.astype(float), totals.astype(float)
    mus = float(logit(x.sum() / n.sum())) + SHIFTS
    sigmas, best = SIGMAS, -np.inf
    for _ in range(ROUNDS):
        values = np.array([logliks(x, n, mus, float(sigma)) for sigma in sigmas])
        best = max(best, float(values.max()))
        i, j = np.unravel_index(int(values.argmax()), values.shape)
        sigmas = np.clip(_around(sigmas, int(i)), 0.0, glmm.SIGMA_LIMIT)
        mus = _around(mus, int(j))
    return best


def _around(values: Vector, place: int) -> Vector:
    low, high = values[max(0, place - 1)], values[min(values.size - 1, place + 1)]
    spare = 0.5 * (high - low) if place in (0, values.size - 1) else 0.0
    narrowed: Vector = np.linspace(low - spare, high + spare, SIZE)
    return narrowed


def logliks(x: Vector, n: Vector, mus: Vector, sigma: float) -> Vector:
    """Log-likelihood at several means and one spread, by trapezoids in a variable that is fine at the peak and far beside it."""
    mu = mus[:, None]
    if sigma == 0.0:
        plain: Vector = np.sum(x * mu - n * np.logaddexp(0.0, mu), axis=1)
        return plain
    low, high = -sigma * n - 1.0 + 0.0 * mu, sigma * x + 1.0 + 0.0 * mu
    for _ in range(HALVINGS):
        z = (low + high) / 2.0
        rising = sigma * (x - n * expit(mu + sigma * z)) > z
        low, high = np.where(rising, z, low), np.where(rising, high, z)
    p = expit(mu + sigma * z)
    width = 1.0 / np.sqrt(1.0 + sigma**2 * n * p * (1.0 - p))
    ends = np.arcsinh(REACH / width)[:, :, None]
    u = ends * np.linspace(-1.0, 1.0, POINTS)
    at = z[:, :, None] + width[:, :, None] * np.sinh(u)
    eta = mu[:, :, None] + sigma * at
    terms = x[:, None] * eta - n[:, None] * np.logaddexp(0.0, eta) - at**2 / 2.0
    top = terms.max(axis=2)
    areas = (np.exp(terms - top[:, :, None]) * np.cosh(u)).sum(axis=2) * width * 2.0 * ends[:, :, 0] / (POINTS - 1)
    each: Vector = np.log(areas) + top
    return np.asarray(each.sum(axis=1) - 0.5 * x.size * np.log(2.0 * np.pi), dtype=float)


def run(sets: int) -> Iterator[tuple[int, Checked]]:
    """Every set, on all cores; each depends on its own seed alone."""
    with ProcessPoolExecutor() as pool:
        yield from enumerate(pool.map(_checked, range(sets), chunksize=20))


def _checked(seed: int) -> Checked:
    return checked(*random_set(seed))


def main() -> int:
    """Exit code 1 where any set is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sets", type=int, default=SETS)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    began = time.perf_counter()
    found = list(run(wanted.sets))
    wrong = [{"set": seed, "wrong": one.wrong} for seed, one in found if one.wrong]
    above = [one.above for _, one in found if one.above is not None]
    result = {
        "sets": len(found), "fitted": len(above), "wrong": wrong, "lowest_above_grid": min(above, default=None),
        "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip
    print(f"{len(found):,} sets, {len(above):,} with a model, {len(wrong)} wrong, {result['seconds']} s")
    if above:
        print(f"log-likelihood less that of the grid: from {min(above):.2g} to {max(above):.2g}")
    for one in wrong[:20]:
        print(f"set {one['set']}: {one['wrong']}")
    if wanted.json:
        wanted.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
