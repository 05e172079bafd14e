"""The risk that a set of single-arm counts says: the exact answer where no model fits, the logistic one elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import expit

from extractor.pool import glmm, intervals
from extractor.pool.counts import Counts

GLMM = "GLMM (random-intercept logistic, maximum likelihood)"
ONE_STUDY = "one study, not pooled"
NO_EVENT = "exact on the sum (no event in any study)"
ONLY_EVENTS = "exact on the sum (every participant had the event)"
ONE_EACH = "exact on the sum (one participant in each study)"
PROFILE = "profile likelihood, 95 %"
EXACT = "Clopper-Pearson, 95 %"


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
        Checked counts.
    """
    exact = _exact_method(events, totals)
    if exact:
        low, high = intervals.clopper_pearson(int(events.sum()), int(totals.sum()))
        return Answer(exact, EXACT, float(events.sum() / totals.sum()), low, high, None, None)
    fit = glmm.fit(glmm.rows(events, totals))
    low, high = (float(expit(bound)) for bound in glmm.profile_interval(fit))
    return Answer(GLMM, PROFILE, float(expit(fit.beta[0])), low, high, fit.tau2, fit)


def _exact_method(events: Counts, totals: Counts) -> str | None:
    """Why no model is fitted, if none is."""
    if events.size == 1:
        return ONE_STUDY
    if events.sum() == 0:
        return NO_EVENT
    if events.sum() == totals.sum():
        return ONLY_EVENTS
    return ONE_EACH if totals.max() == 1 else None
