"""Does the risk rise with the dose within trials? Arms are compared with arms of their own trial only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from extractor.errors import PoolError
from extractor.pool import counts

_Z = 1.959963984540054
METHOD = "stratified test for trend (Mantel's extension), each trial its own stratum"
ONE_STEP = "one step from no effect, as Peto's: for rare events and small effects"


@dataclass(frozen=True, slots=True)
class Stratum:
    """The arms of one trial: doses, people with the event, people."""

    study: str
    doses: tuple[float, ...]
    events: tuple[int, ...]
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """What the trials say together.

    Attributes
    ----------
    k, arms : int
        Trials that tell anything, and their arms.
    statistic, p_value : float
        Normal deviate of the test for trend, and its two-sided p.
    odds_ratio, low, high : float
        For one unit of the dose, one step from no effect.
    """

    method: str
    estimate_method: str
    k: int
    arms: int
    statistic: float
    p_value: float
    odds_ratio: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def trend(strata: Sequence[Stratum]) -> Trend:
    """Test for trend over trials, with the odds ratio for one unit of the dose.

    Parameters
    ----------
    strata : sequence of Stratum
        A trial without an event, with nothing else, or with one dose only says nothing.

    Raises
    ------
    PoolError
        If counts are impossible, or no trial says anything.

    Notes
    -----
    Source: Mantel 1963, doi:10.2307/2282717. In each trial the events are held against their expectation given the trial's
    own total of events; no trial is compared with another.
    """
    score = information = 0.0
    told, arms = 0, 0
    for one in strata:
        x, n = (values.astype(float) for values in counts.checked(one.events, one.totals))
        found = _of_trial(np.asarray(one.doses, dtype=float), x, n)
        if found[1] > 0:
            score, information = score + found[0], information + found[1]
            told, arms = told + 1, arms + len(one.doses)
    if not information:
        raise PoolError("no trial has several doses with events in some of its people and not in all")
    beta, se = score / information, 1.0 / sqrt(information)
    statistic = score * se
    ratios = [exp(min(max(value, -700.0), 700.0)) for value in (beta, beta - _Z * se, beta + _Z * se)]
    return Trend(METHOD, ONE_STEP, told, arms, statistic, float(2.0 * norm.sf(abs(statistic))), *ratios)


def _of_trial(dose: NDArray[np.float64], x: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[float, float]:
    """Score of the dose and its variance, given the trial's events."""
    people, events = float(n.sum()), float(x.sum())
    if people < 2:
        return 0.0, 0.0
    mean = float((n * dose).sum()) / people
    spread = float((n * (dose - mean) ** 2).sum())
    variance = events * (people - events) * spread / (people * (people - 1.0))
    return float((x * (dose - mean)).sum()), variance
