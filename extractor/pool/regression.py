"""Meta-regression of single-arm proportions on study characteristics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm

from extractor.errors import PoolError
from extractor.pool import counts, effects, glmm, inverse_variance
from extractor.pool.results import Coefficient, LeftOut, Note, Regression
from extractor.pool.subgroups import wald

# Fewer studies per covariate are refused unless forced (Cochrane Handbook, 10.11.5.1).
STUDIES_PER_COVARIATE = 10
METHOD = "logistic GLMM with covariates (maximum likelihood, Wald z)"
CHECK = "empirical logits, REML, Knapp-Hartung t (ad hoc: never narrower than without)"
# Standard errors of a study's logit beyond this mean a likelihood without a maximum: a covariate tells studies without
# events from those with them, and the coefficient runs off to infinity.
SEPARATED_SE = 100.0
ECOLOGICAL = "A relation between studies need not hold between patients (ecological bias), and studies differ in more than the covariate."
_Vector = NDArray[np.float64]
_Z = 1.959963984540054


def meta_regression(
    events: ArrayLike,
    totals: ArrayLike,
    covariates: Mapping[str, Sequence[float]],
    *,
    force: bool = False,
    left_out: Sequence[LeftOut] = (),
) -> Regression:
    """Relate the risk to study characteristics.

    Parameters
    ----------
    events, totals : int array of shape (K,)
    covariates : mapping of name to K numbers
        One unit each, never mixed: log10 cells per kg, or log10 cells, not both.
    force : bool
        Fit with fewer than 10 studies per covariate, with a warning.
    left_out : sequence of LeftOut
        Handed through.

    Returns
    -------
    Regression

    Raises
    ------
    PoolError
        If there are too few studies and ``force`` is not set, a covariate is constant or has missing numbers, there is no
        event (or nothing else) at all, the data do not bound the spread between studies, or a covariate separates studies
        without events from those with events, so that no finite coefficient is best.
    """
    x, n = counts.checked(events, totals)
    design = _design(covariates, x.size)
    _check(x, n, design, len(covariates), force)
    fit = glmm.fit(glmm.rows(x, n, design))
    if fit.at_limit:
        raise PoolError("no meta-regression: studies at 0 and at 100 % leave the spread between them without a bound")
    if np.sqrt(np.max(np.sum((design @ fit.covariance) * design, axis=1))) > SEPARATED_SE:
        raise PoolError(
            "no meta-regression: a covariate tells all studies at 0 or at 100 % from the others, so that no finite coefficient is best"
        )
    names = ("intercept", *covariates)
    contrasts = np.eye(design.shape[1])[1:]
    q = wald(fit.beta, fit.covariance, contrasts)
    logits = effects.one_arm("logit", x, n)
    check = inverse_variance.fit(logits.values, logits.variances, design=design, test="hk-adhoc")
    return Regression(
        METHOD, x.size, _wald_rows(names, fit), tuple(tuple(map(float, row)) for row in fit.covariance), fit.tau2, q, len(covariates), float(chi2.sf(q, len(covariates))),
        CHECK, _check_rows(names, check), check.tau2, tuple(left_out),
        tuple(_notes(x.size, len(covariates), int(logits.zero_corrected.sum()))),
    )  # fmt: skip


def _design(covariates: Mapping[str, Sequence[float]], size: int) -> _Vector:
    if not covariates:
        raise PoolError("meta-regression needs at least one covariate")
    columns = [np.ones(size)]
    for name, values in covariates.items():
        column = np.asarray(values, dtype=float)
        if column.shape != (size,):
            raise PoolError(f"covariate {name!r} has {column.size} values for {size} studies")
        if not np.isfinite(column).all():
            missing = int(np.flatnonzero(~np.isfinite(column))[0]) + 1
            raise PoolError(
                f"covariate {name!r} has no number for study {missing}; leave that study out, with its reason"
            )
        columns.append(column)
    return np.column_stack(columns)


def _check(x: counts.Counts, n: counts.Counts, design: _Vector, covariates: int, force: bool) -> None:
    if x.size < STUDIES_PER_COVARIATE * covariates and not force:
        raise PoolError(
            f"{x.size} studies for {covariates} covariates: fewer than {STUDIES_PER_COVARIATE} per covariate is refused; "
            "force it only to explore"
        )
    if np.linalg.matrix_rank(design) < design.shape[1] or x.size <= design.shape[1]:
        raise PoolError("a covariate is constant, repeats another, or there are no more studies than coefficients")
    if x.sum() in (0, n.sum()):
        raise PoolError("no meta-regression: no event, or nothing but events, in any study")


def _wald_rows(names: Sequence[str], fit: glmm.Fit) -> tuple[Coefficient, ...]:
    return tuple(
        Coefficient(name, float(b), float(s), float(b - _Z * s), float(b + _Z * s), float(2 * norm.sf(abs(b / s))))
        for name, b, s in zip(names, fit.beta, fit.se, strict=True)
    )


def _check_rows(names: Sequence[str], found: inverse_variance.Pooled) -> tuple[Coefficient, ...]:
    columns = (found.beta, found.se, found.low, found.high, found.p_value)
    return tuple(Coefficient(name, *(float(v) for v in row)) for name, *row in zip(names, *columns, strict=True))


def _notes(k: int, covariates: int, corrected: int) -> list[Note]:
    found = [Note("ecological", ECOLOGICAL)]
    if k < STUDIES_PER_COVARIATE * covariates:
        message = f"Forced: {k} studies for {covariates} covariates; findings this thin rarely replicate."
        found.append(Note("few_studies", message))
    if corrected:
        found.append(Note("half_added", f"The check added 0.5 to both cells of {corrected} studies at 0 or 100 %."))
    return found
