"""How often the default 95 % interval holds the truth: a simulation over the designs that cell-therapy trials have.

Studies of 5 to 30 participants; the target is the risk of the median study (inverse logit of the mean logit), which is
what the interval claims to hold. The same seed gives the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import expit, logit
from scipy.stats import t

from extractor.errors import PoolError
from extractor.pool import mean_risk
from extractor.pool.risk import Answer, answer

STUDIES = (4, 8)
RISKS = (0.01, 0.05, 0.25)
TAUS = (0.0, 0.8)
SMALLEST, LARGEST = 5, 30
REPLICATES = 2000
SEED = 20261122
# What the default interval must reach: on average, and in every design.
GOAL_MEAN, GOAL_EACH = 0.93, 0.86


@dataclass(frozen=True, slots=True)
class Coverage:
    """One design and how its intervals did.

    Attributes
    ----------
    k, risk, tau : int, float, float
        Studies, median risk, standard deviation between studies on the logit scale.
    replicates : int
    coverage, error : float
        Share of default intervals that hold the risk, and its Monte Carlo standard error.
    missed_below, missed_above : float
        Share of intervals that end below the risk, and that begin above it.
    width : float
        Mean width of the default interval.
    wald_t : float
        Share of Wald t(k-1) intervals that hold the risk (the exact interval where no model fits).
    no_event : float
        Share of replicates without any event, or with nothing else.
    mean : float
        The mean of the studies' risks in this design.
    mean_coverage, mean_below, mean_above : float
        Share of the default intervals of the mean that hold it, end below it, begin above it.
    """

    k: int
    risk: float
    tau: float
    replicates: int
    coverage: float
    error: float
    missed_below: float
    missed_above: float
    width: float
    wald_t: float
    no_event: float
    mean: float
    mean_coverage: float
    mean_below: float
    mean_above: float


def run(
    replicates: int = REPLICATES,
    *,
    seed: int = SEED,
    studies: Sequence[int] = STUDIES,
    risks: Sequence[float] = RISKS,
    taus: Sequence[float] = TAUS,
    progress: Callable[[Coverage], None] | None = None,
) -> tuple[Coverage, ...]:
    """Simulate every design.

    Parameters
    ----------
    replicates : int
        Meta-analyses per design.
    seed : int
        Each design has its own stream, so that a subset of designs gives the same rows.
    studies, risks, taus : sequences
        Designs are all their combinations.
    progress : callable, optional
        Called with each finished row.

    Raises
    ------
    PoolError
        If there is nothing to simulate.
    """
    if replicates < 1:
        raise PoolError(f"replicates must be at least 1, not {replicates}")
    rows = []
    for k, risk, tau in product(studies, risks, taus):
        rows.append(_design(k, risk, tau, replicates, seed))
        if progress:
            progress(rows[-1])
    return tuple(rows)


def summary(rows: Sequence[Coverage]) -> dict[str, Any]:
    """Mean and lowest coverage, against the goals."""
    coverages = [share for row in rows for share in (row.coverage, row.mean_coverage)]
    mean, lowest = sum(coverages) / len(coverages), min(coverages)
    return {
        "mean": mean, "lowest": lowest, "goal_mean": GOAL_MEAN, "goal_each": GOAL_EACH,
        "met": mean >= GOAL_MEAN and lowest >= GOAL_EACH,
    }  # fmt: skip


def as_dicts(rows: Sequence[Coverage]) -> list[dict[str, Any]]:
    """Rows for JSON."""
    return [asdict(row) for row in rows]


def as_markdown(rows: Sequence[Coverage]) -> str:
    """Rows and summary as a Markdown table, in percent."""
    head = (
        "| studies | median risk | tau | coverage | MC error | ends below | begins above | mean width | Wald t(k-1) | no event | mean risk | its coverage | ends below | begins above |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
    )
    found = summary(rows)
    means = [row.mean_coverage for row in rows]
    verdict = "met" if found["met"] else "not met"
    return (
        head
        + "".join(_line(row) for row in rows)
        + f"\nMean {100 * found['mean']:.1f} %, lowest {100 * found['lowest']:.1f} % "
        f"(goals: mean at least {100 * GOAL_MEAN:.0f} %, none under {100 * GOAL_EACH:.0f} %): {verdict}.\n"
        f"Of the mean of the risks: mean {100 * sum(means) / len(means):.1f} %, lowest {100 * min(means):.1f} %.\n"
    )


def _line(row: Coverage) -> str:
    shares = (
        row.coverage, row.error, row.missed_below, row.missed_above, row.width, row.wald_t, row.no_event, row.mean,
        row.mean_coverage, row.mean_below, row.mean_above,
    )  # fmt: skip
    return f"| {row.k} | {100 * row.risk:g} % | {row.tau:g} | " + " | ".join(f"{100 * s:.1f}" for s in shares) + " |\n"


def _design(k: int, risk: float, tau: float, replicates: int, seed: int) -> Coverage:
    below = above = inside_t = empty = mean_below = mean_above = 0
    mean = mean_risk.marginal_mean(float(logit(risk)), tau)
    width = 0.0
    for events, totals in _draws(k, risk, tau, replicates, seed):
        found = answer(events, totals)
        below += found.high < risk
        above += found.low > risk
        width += found.high - found.low
        empty += found.fit is None
        inside_t += _wald_t_holds(found, k, risk)
        side = _missed_mean(found, mean)
        mean_below += side < 0
        mean_above += side > 0
    share = 1.0 - (below + above) / replicates
    error = sqrt(share * (1.0 - share) / replicates)
    return Coverage(
        k, risk, tau, replicates, share, error, below / replicates, above / replicates, width / replicates,
        inside_t / replicates, empty / replicates, mean, 1.0 - (mean_below + mean_above) / replicates,
        mean_below / replicates, mean_above / replicates,
    )  # fmt: skip


def _draws(k: int, risk: float, tau: float, replicates: int, seed: int) -> Iterator[tuple[Any, Any]]:
    random = np.random.default_rng([seed, k, round(risk * 1e6), round(tau * 1e6)])
    for _ in range(replicates):
        totals = random.integers(SMALLEST, LARGEST, size=k, endpoint=True)
        yield random.binomial(totals, expit(logit(risk) + tau * random.standard_normal(k))), totals


def _missed_mean(found: Answer, mean: float) -> int:
    """0 where the interval of the mean holds it; -1 where it ends below, 1 where it begins above."""
    if found.fit is None:
        return -int(found.high < mean) + int(found.low > mean)
    if mean_risk.holds(found.fit, mean):
        return 0
    return -1 if mean_risk.marginal_mean(float(found.fit.beta[0]), found.fit.sigma) < mean else 1


def _wald_t_holds(found: Answer, k: int, risk: float) -> bool:
    if found.fit is None:
        return found.low <= risk <= found.high
    half = float(t.ppf(0.975, k - 1)) * float(found.fit.se[0])
    return bool(abs(float(logit(risk)) - float(found.fit.beta[0])) <= half)
