"""The same proportions by other methods, and without some of the studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import t

from extractor.pool import beta_binomial, effects, glmm, intervals, inverse_variance
from extractor.pool.counts import Counts
from extractor.pool.results import MeanRisk, SensitivityRow
from extractor.pool.risk import Answer, answer

# With more studies, leaving out one at a time moves nothing and takes longer than the rest together.
LEAVE_ONE_OUT_STUDIES = 100
MEAN = "mean of the studies' risks"
ARMS_SUMMED = "one row a trial, its arms summed"
HALF_ADDED = "0.5 added to both cells of {} studies at 0 or 100 %: biased towards 50 % when events are rare"


def proportion_rows(
    main: Answer,
    events: Counts,
    totals: Counts,
    labels: Sequence[str],
    flagged: Mapping[str, NDArray[np.bool_]],
    owners: Sequence[str] | None = None,
    mean: MeanRisk | None = None,
) -> tuple[SensitivityRow, ...]:
    """The sensitivity table of a pooled proportion.

    Parameters
    ----------
    main : Answer
        The main answer, repeated at the top.
    events, totals : int array of shape (K,)
    labels : sequence of str
    flagged : mapping of row name to bool array of shape (K,)
        Studies to leave out in one row each.
    owners : sequence of str, optional
        The trial of each row; rows of one trial are summed in a row of their own.
    mean : MeanRisk, optional
        The mean of the studies' risks, which stands first.
    """
    rows = []
    if mean is not None and main.fit is not None:
        values = (mean.estimate, mean.low, mean.high)
        rows.append(_bare(MEAN, events, totals, values, main.tau2, f"of the model below; {mean.interval}"))
    rows.append(_row(main.method, events, totals, main, "" if main.fit is None else "risk of the median study"))
    if events.size > 1:
        rows += [*_other_methods(events, totals), *_without_flagged(events, totals, flagged)]
        rows += _arms_summed(events, totals, owners)
        rows += _leave_one_out(events, totals, labels)
    return tuple(rows)


def _row(method: str, events: Counts, totals: Counts, found: Answer, note: str = "") -> SensitivityRow:
    return SensitivityRow(
        method,
        events.size,
        int(events.sum()),
        int(totals.sum()),
        found.estimate,
        found.low,
        found.high,
        found.tau2,
        note,
    )


def _bare(
    method: str,
    events: Counts,
    totals: Counts,
    values: tuple[float, float, float] | None,
    tau2: float | None,
    note: str,
) -> SensitivityRow:
    estimate, low, high = values or (None, None, None)
    return SensitivityRow(method, events.size, int(events.sum()), int(totals.sum()), estimate, low, high, tau2, note)


def _other_methods(events: Counts, totals: Counts) -> Iterator[SensitivityRow]:
    yield _wald(events, totals)
    yield _beta_binomial(events, totals)
    yield _logit(events, totals)
    yield _arcsine(events, totals)
    yield _common(events, totals)
    yield _freeman_tukey(events, totals)


def _fittable(events: Counts, totals: Counts) -> bool:
    return bool(0 < events.sum() < totals.sum() and totals.max() > 1)


def _wald(events: Counts, totals: Counts) -> SensitivityRow:
    method = "GLMM, Wald t(k-1)"
    if not _fittable(events, totals):
        return _bare(method, events, totals, None, None, "no model can be fitted")
    fit = glmm.fit(glmm.rows(events, totals))
    half = float(t.ppf(0.975, events.size - 1)) * float(fit.se[0])
    beta = float(fit.beta[0])
    values = (float(expit(beta)), float(expit(beta - half)), float(expit(beta + half)))
    return _bare(method, events, totals, values, fit.tau2, "")


def _beta_binomial(events: Counts, totals: Counts) -> SensitivityRow:
    method = "beta-binomial (maximum likelihood)"
    if not _fittable(events, totals):
        return _bare(method, events, totals, None, None, "no model can be fitted")
    found = beta_binomial.fit(events, totals)
    note = f"mean of the studies, not the median one; correlation {found.correlation:.3g}"
    return _bare(method, events, totals, (found.mean, found.low, found.high), None, note)


def _logit(events: Counts, totals: Counts) -> SensitivityRow:
    scale = effects.one_arm("logit", events, totals)
    found = inverse_variance.fit(scale.values, scale.variances, estimator="REML", test="hk-adhoc")
    corrected = int(scale.zero_corrected.sum())
    note = HALF_ADDED.format(corrected) if corrected else "no study needed a correction"
    values = (effects.from_logit(found.beta[0]), effects.from_logit(found.low[0]), effects.from_logit(found.high[0]))
    return _bare("logit, REML, Knapp-Hartung (ad hoc: never narrower than z)", events, totals, values, found.tau2, note)


def _arcsine(events: Counts, totals: Counts) -> SensitivityRow:
    scale = effects.one_arm("arcsine", events, totals)
    found = inverse_variance.fit(scale.values, scale.variances, estimator="REML")
    low, middle, high = (effects.from_arcsine(v[0]) for v in (found.low, found.beta, found.high))
    return _bare("arcsine, REML", events, totals, (middle, low, high), found.tau2, "tau2 on the arcsine scale")


def _common(events: Counts, totals: Counts) -> SensitivityRow:
    x, n = int(events.sum()), int(totals.sum())
    values = (x / n, *intervals.clopper_pearson(x, n))
    return _bare("common effect (one risk for all), Clopper-Pearson on the sum", events, totals, values, 0.0, "")


def _freeman_tukey(events: Counts, totals: Counts) -> SensitivityRow:
    scale = effects.one_arm("freeman-tukey", events, totals)
    found = inverse_variance.fit(scale.values, scale.variances, estimator="REML")
    size = 1.0 / float(np.mean(1.0 / totals))
    low, middle, high = (effects.from_freeman_tukey(v, size) for v in (found.low[0], found.beta[0], found.high[0]))
    note = "for comparison with older reviews only: misleading where study sizes differ; tau2 on its own scale"
    return _bare("Freeman-Tukey double arcsine, REML", events, totals, (middle, low, high), found.tau2, note)


def _without_flagged(
    events: Counts, totals: Counts, flagged: Mapping[str, NDArray[np.bool_]]
) -> Iterator[SensitivityRow]:
    for method, flags in flagged.items():
        keep = ~flags
        if keep.all():
            continue
        if not keep.any():
            yield _bare(method, events[keep], totals[keep], None, None, "no study is left")
        else:
            yield _row(method, events[keep], totals[keep], answer(events[keep], totals[keep]))


def _arms_summed(events: Counts, totals: Counts, owners: Sequence[str] | None) -> Iterator[SensitivityRow]:
    if owners is None or len(set(owners)) == len(owners):
        return
    place = {owner: i for i, owner in enumerate(dict.fromkeys(owners))}
    at = [place[owner] for owner in owners]
    x, n = (np.bincount(at, weights=values).astype(np.int64) for values in (events, totals))
    yield _row(ARMS_SUMMED, x, n, answer(x, n))


def _leave_one_out(events: Counts, totals: Counts, labels: Sequence[str]) -> Iterator[SensitivityRow]:
    if not 2 < events.size <= LEAVE_ONE_OUT_STUDIES:
        return
    everything = np.arange(events.size)
    for index, label in enumerate(labels):
        keep = everything != index
        found = answer(events[keep], totals[keep])
        note = "" if found.fit is not None else found.method
        yield _row(f"leave-one-out: without {label}", events[keep], totals[keep], found, note)
