"""The risk that a set of single-arm counts says: the exact answer where no model fits, the logistic one elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import expit

from extractor.pool import glmm, intervals, mean_risk
from extractor.pool.counts import Counts
from extractor.pool.results import MeanRisk

GLMM = "GLMM (random-intercept logistic, maximum likelihood)"
ONE_STUDY = "one study, not pooled"
NO_EVENT = "exact on the sum (no event in any study)"
ONLY_EVENTS = "exact on the sum (every participant had the event)"
ONE_EACH = "exact on the sum (one participant in each study)"
PROFILE = "profile likelihood, 95 %"
MEAN_PROFILE = "profile likelihood of the mean, 95 %"
DELTA = "delta method, 95 %"
EXACT = "Clopper-Pearson, 95 %"
# A page asks for the same studies under several heads, and each time for all but one of them: answers of so few studies
# are kept, so many at a time.
KEPT_STUDIES, KEPT_ANSWERS = 100, 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The estimate alone: what leaving out a study repeats.

    Attributes
    ----------
    fit : glmm.Fit or None
        None where the answer is exact.
    """

    method: str
    interval: str
    estimate: float
    low: float
    high: float
    tau2: float | None
    fit: glmm.Fit | None


def answer(events: Counts, totals: Counts) -> Answer:
    """Estimate and 95 % interval of the risk, by the rule that these counts call for.

    Parameters
    ----------
    events, totals : int array of shape (K,)
        Checked counts. Their order does not matter: they are taken by size.
    """
    order = np.lexsort((totals, events))
    if events.size > KEPT_STUDIES:
        return _answer(events[order], totals[order])
    return _kept(tuple(events[order].tolist()), tuple(totals[order].tolist()))


@lru_cache(maxsize=KEPT_ANSWERS)
def _kept(events: tuple[int, ...], totals: tuple[int, ...]) -> Answer:
    return _answer(np.array(events), np.array(totals))


def _answer(events: Counts, totals: Counts) -> Answer:
    exact = _exact_method(events, totals)
    if exact:
        low, high = intervals.clopper_pearson(int(events.sum()), int(totals.sum()))
        return Answer(exact, EXACT, float(events.sum() / totals.sum()), low, high, None, None)
    fit = glmm.fit(glmm.rows(events, totals))
    low, high = (float(expit(bound)) for bound in glmm.profile_interval(fit))
    return Answer(GLMM, PROFILE, float(expit(fit.beta[0])), low, high, fit.tau2, fit)


def mean_of(main: Answer, *, interval: bool = True) -> MeanRisk:
    """The mean of the studies' risks by the same model; where there is none, the exact answer is both mean and median.

    Parameters
    ----------
    interval : bool
        False takes the faster interval by the delta method.
    """
    if main.fit is None:
        return MeanRisk(main.estimate, main.low, main.high, main.interval)
    mean = mean_risk.marginal_mean(float(main.fit.beta[0]), main.fit.sigma)
    quick = not interval or main.fit.rows.repeats.sum() > glmm.MANY
    low, high = mean_risk.delta_interval(main.fit) if quick else mean_risk.mean_interval(main.fit)
    return MeanRisk(mean, min(low, mean), max(high, mean), DELTA if quick else MEAN_PROFILE)


def _exact_method(events: Counts, totals: Counts) -> str | None:
    """Why no model is fitted, if none is."""
    if events.size == 1:
        return ONE_STUDY
    if events.sum() == 0:
        return NO_EVENT
    if events.sum() == totals.sum():
        return ONLY_EVENTS
    return ONE_EACH if totals.max() == 1 else None
