"""Pooling single-arm proportions of rare events.

Main answer: a random-intercept logistic model by maximum likelihood with a profile-likelihood interval; exact intervals
where no model can be fitted (no event, only events, one study). No count is ever changed for it. What other methods
say is in :mod:`extractor.pool.sensitivity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import chi2, t

from extractor.errors import PoolError
from extractor.pool import counts, effects, glmm, intervals, inverse_variance
from extractor.pool.counts import Counts
from extractor.pool.results import Heterogeneity, LeftOut, Note, PooledProportion, Prediction, StudyRisk, WaldT
from extractor.pool.risk import ONE_STUDY, Answer, answer, mean_of
from extractor.pool.sensitivity import ARMS_SUMMED, proportion_rows

# Up to so many studies the Wald t interval is shown beside the profile one (which is short of 95 % there).
FEW_STUDIES = 5
# A prediction interval needs so many studies; with fewer there is no degree of freedom left for k - 2.
PREDICTION_STUDIES = 3
# Degrees of freedom of the prediction interval: Veroniki et al. 2019 (doi:10.1002/jrsm.1350), Higgins, Thompson and
# Spiegelhalter 2009 (doi:10.1111/j.1467-985X.2008.00552.x).
PREDICTION_RULES = {"t(k-1)": 1, "t(k-2)": 2}
CASE_REPORTS = "without case reports"


def pool_proportions(
    events: ArrayLike,
    totals: ArrayLike,
    *,
    studies: Sequence[str] | None = None,
    case_reports: Sequence[bool] | None = None,
    overlaps: Sequence[bool] | None = None,
    trials: Sequence[str] | None = None,
    left_out: Sequence[LeftOut] = (),
    prediction_rule: str = "t(k-1)",
    sensitivity: bool = True,
) -> PooledProportion:
    """Pool proportions across studies.

    Parameters
    ----------
    events, totals : int array of shape (K,)
        Participants with the event, and at risk; ``0 <= events <= totals``, ``totals > 0``.
    studies : sequence of str, optional
        Names, for tables and plots.
    case_reports, overlaps : sequence of bool, optional
        Studies to leave out in the rows "without case reports" (by default those of one participant) and "without
        overlaps" of the sensitivity table; in the main answer they stay.
    trials : sequence of str, optional
        The trial of each row, where arms of one trial are rows of their own: a warning says so, and a row of the sensitivity
        table sums them.
    left_out : sequence of LeftOut
        Studies that the caller already set aside; handed through.
    prediction_rule : str
        ``t(k-1)`` or ``t(k-2)``.
    sensitivity : bool
        False skips the sensitivity table.

    Returns
    -------
    PooledProportion

    Raises
    ------
    PoolError
        If counts are impossible, shapes differ or the rule is unknown.

    Notes
    -----
    Source: Stijnen, Hamza and Özdemir 2010, doi:10.1002/sim.4040. ``mean`` is the mean of the studies' risks, ``estimate``
    that of the median study. Checked
    against metafor and brute force (``tests/reference/``); coverage in ``docs/coverage.md``.
    """
    if prediction_rule not in PREDICTION_RULES:
        raise PoolError(f"unknown prediction rule {prediction_rule!r}; legal: {', '.join(PREDICTION_RULES)}")
    x, n = counts.checked(events, totals)
    labels = counts.names(studies, x.size)
    flagged = {
        CASE_REPORTS: n == 1 if case_reports is None else counts.flags(case_reports, x.size, "case_reports"),
        "without overlaps": counts.flags(overlaps, x.size, "overlaps"),
    }
    owners = counts.names(trials, x.size) if trials is not None else None
    main = answer(x, n)
    prediction = _prediction(main, x.size, prediction_rule)
    mean = mean_of(main)
    rows = proportion_rows(main, x, n, labels, flagged, owners, mean) if sensitivity else ()
    warnings = [*_warnings(main, x, labels), *_about_rows(flagged[CASE_REPORTS], owners)]
    return PooledProportion(
        method=main.method, interval=main.interval, k=x.size, events=int(x.sum()), total=int(n.sum()),
        crude=float(x.sum() / n.sum()), mean=mean, zero_studies=int(np.sum(x == 0)), estimate=main.estimate, low=main.low, high=main.high, tau2=main.tau2, prediction=prediction,
        heterogeneity=_heterogeneity(main, x, n), marginal_mean=None if main.fit and main.fit.at_limit else mean.estimate,
        one_sided_upper=intervals.one_sided_upper(0, int(n.sum())) if x.sum() == 0 else None,
        one_sided_lower=intervals.one_sided_lower(int(n.sum()), int(n.sum())) if x.sum() == n.sum() else None,
        wald_t=_wald_t(main, x.size), studies=study_risks(x, n, labels), left_out=tuple(left_out),
        sensitivity=rows, warnings=tuple(warnings),
    )  # fmt: skip


def is_mostly_silent(k: int, zeros: int) -> bool:
    """Whether an answer rests on few studies most of which saw no event: a reader must know it first."""
    return 1 < k <= FEW_STUDIES and 2 * zeros > k


def study_risks(events: Counts, totals: Counts, labels: Sequence[str]) -> tuple[StudyRisk, ...]:
    """Each study with its exact interval."""
    exact = cache(intervals.clopper_pearson)  # many studies have the same counts
    return tuple(
        StudyRisk(
            label, int(x), int(n), float(x / n), *exact(int(x), int(n)),
            intervals.one_sided_upper(0, int(n)) if x == 0 else None,
        )
        for label, x, n in zip(labels, events, totals, strict=True)
    )  # fmt: skip


def _prediction(main: Answer, k: int, rule: str) -> Prediction:
    if main.fit is None:
        return Prediction(None, None, "not given: heterogeneity not estimable")
    if k < PREDICTION_STUDIES:
        return Prediction(None, None, f"not given: fewer than {PREDICTION_STUDIES} studies")
    if main.fit.sigma == 0.0:
        return Prediction(None, None, "not given: no heterogeneity was found (tau2 = 0)")
    if main.fit.at_limit:
        return Prediction(None, None, "not given: the spread between studies is not bounded by these data")
    beta, se = float(main.fit.beta[0]), float(main.fit.se[0])
    half = float(t.ppf(0.975, k - PREDICTION_RULES[rule])) * sqrt(main.fit.tau2 + se**2)
    return Prediction(float(expit(beta - half)), float(expit(beta + half)), rule)


def _wald_t(main: Answer, k: int) -> WaldT | None:
    if main.fit is None or k > FEW_STUDIES or main.fit.sigma == 0.0:
        return None
    beta, half = float(main.fit.beta[0]), float(t.ppf(0.975, k - 1)) * float(main.fit.se[0])
    return WaldT(float(expit(beta - half)), float(expit(beta + half)), k - 1)


def _heterogeneity(main: Answer, events: Counts, totals: Counts) -> Heterogeneity:
    if main.fit is None:
        return Heterogeneity(None, None, None, None, None, None, None, None, "heterogeneity not estimable")
    logits = effects.one_arm("logit", events, totals)
    low, high = (spread**2 for spread in glmm.profile_spread(main.fit))
    q = glmm.deviance_against_saturated(glmm.fit_common(main.fit.rows))
    df = events.size - 1
    corrected = int(logits.zero_corrected.sum())
    note = "I2 is computed from tau2 and says little where events are rare."
    if corrected:
        note += f" It rests on the variances of empirical logits, with 0.5 added in {corrected} studies at 0 or 100 %."
    if not isfinite(high):
        note += " The data set no upper bound to tau2."
    return Heterogeneity(
        main.fit.tau2, main.fit.sigma, low, high if isfinite(high) else None, q, df, float(chi2.sf(q, df)),
        inverse_variance.i2_of(main.fit.tau2, logits.variances), note,
    )  # fmt: skip


def _warnings(main: Answer, events: Counts, labels: Sequence[str]) -> list[Note]:
    found = []
    if main.fit is None:
        found.append(Note("not_pooled" if main.method == ONE_STUDY else "heterogeneity_not_estimable", main.method))
    elif main.fit.at_limit:
        message = f"The spread between studies is not bounded by these data (tau held at {glmm.SIGMA_LIMIT:g})."
        found.append(Note("tau2_at_limit", message))
    if is_mostly_silent(events.size, int(np.sum(events == 0))) and main.fit is not None:
        message = f"{int(np.sum(events == 0))} of only {events.size} studies saw no event: the answer rests on {int(np.sum(events > 0))}."
        found.append(Note("few_studies_mostly_zero", message))
    if main.fit is not None and events.size <= FEW_STUDIES:
        message = f"Only {events.size} studies: heterogeneity is poorly known and the interval may be too narrow."
        found.append(Note("few_studies", message))
    zeros = int(np.sum(events == 0))
    if zeros and main.fit is not None:
        found.append(
            Note("zero_studies", f"{zeros} of {events.size} studies saw no event; they are in the model as they are.")
        )
    if len(set(labels)) < len(labels):
        found.append(Note("duplicate_names", "Study names occur more than once: check that no cohort counts twice."))
    return found


def _about_rows(case_reports: NDArray[np.bool_], owners: Sequence[str] | None) -> list[Note]:
    """What kind of rows were pooled, where that bears on the answer."""
    found = []
    if case_reports.any() and case_reports.size > 1:
        message = (
            f"{int(case_reports.sum())} of {case_reports.size} rows are case reports or of one participant, often published "
            f'because of what happened: see the answer "{CASE_REPORTS}".'
        )
        found.append(Note("case_reports", message))
    if owners is not None and len(set(owners)) < len(owners):
        message = (
            f"{len(owners)} rows are arms of {len(set(owners))} trials, and are treated as independent studies: where trials "
            f'differ the interval is too narrow; see the answer "{ARMS_SUMMED}".'
        )
        found.append(Note("arms_as_studies", message))
    return found
