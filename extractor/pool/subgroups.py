"""Subgroups of single-arm proportions, and the test between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import chi2

from extractor.errors import PoolError
from extractor.pool import counts, glmm, mean_risk
from extractor.pool.counts import Counts
from extractor.pool.results import Group, LeftOut, MeanRisk, Note, Subgroups
from extractor.pool.risk import DELTA, answer, mean_of

# With fewer studies in any group one variance for all is the default (Borenstein and Higgins 2013,
# doi:10.1007/s11121-013-0377-7).
STUDIES_PER_GROUP = 5
COMMON = "GLMM, one tau2 for all groups, profile likelihood"
_Vector = NDArray[np.float64]


def compare_subgroups(
    events: ArrayLike,
    totals: ArrayLike,
    groups: Sequence[str],
    *,
    common_tau2: bool | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Subgroups:
    """Pool each subgroup and test whether they differ.

    Parameters
    ----------
    events, totals : int array of shape (K,)
    groups : sequence of str of length K
        Which group each study belongs to; order of first appearance is kept.
    common_tau2 : bool, optional
        One variance between studies for all groups; by default where any group has fewer than 5 studies.
    left_out : sequence of LeftOut
        Handed through.

    Returns
    -------
    Subgroups

    Raises
    ------
    PoolError
        If counts are impossible or there are not two groups.

    Notes
    -----
    Without a bound on the spread between studies (groups of 0 and of 100 %) there is no test either.
    A group without any event (or with nothing else) has an infinite logit: it is given exactly and is no part of the
    test. The test compares studies, not patients: what differs between them besides the group is not adjusted for.
    """
    x, n = counts.checked(events, totals)
    labels = counts.names(groups, x.size)
    order = list(dict.fromkeys(labels))
    if len(order) < 2:
        raise PoolError(f"subgroups need at least two groups; there is only {order[0]!r}")
    member = {name: np.array([label == name for label in labels]) for name in order}
    smallest = min(int(mask.sum()) for mask in member.values())
    common = smallest < STUDIES_PER_GROUP if common_tau2 is None else common_tau2
    modelled = [name for name in order if 0 < x[member[name]].sum() < n[member[name]].sum()]
    found = _common(x, n, member, modelled) if common and len(modelled) > 1 else {}
    rows = tuple(found.get(name) or _alone(name, x[member[name]], n[member[name]]) for name in order)
    q = _between_common(x, n, member, modelled) if common else _between_separate(x, n, member, modelled)
    df = len(modelled) - 1
    notes = _notes(order, modelled, smallest, common)
    if q is None:
        untested = Note(
            "not_tested", "Fewer than two groups can be modelled, or the spread between studies has no bound."
        )
        return Subgroups(common, rows, None, None, None, tuple(left_out), (*notes, untested))
    return Subgroups(common, rows, q, df, float(chi2.sf(q, df)), tuple(left_out), notes)


def _design(member: dict[str, NDArray[np.bool_]], names: Sequence[str]) -> tuple[NDArray[np.bool_], _Vector]:
    """Studies of the modelled groups, and one indicator column per group."""
    columns = np.column_stack([member[name] for name in names])
    used: NDArray[np.bool_] = columns.any(axis=1)
    return used, columns[used].astype(float)


def _fit_common(x: Counts, n: Counts, member: dict[str, NDArray[np.bool_]], names: Sequence[str]) -> glmm.Fit:
    used, design = _design(member, names)
    return glmm.fit(glmm.rows(x[used], n[used], design))


def _common(x: Counts, n: Counts, member: dict[str, NDArray[np.bool_]], names: Sequence[str]) -> dict[str, Group]:
    fit = _fit_common(x, n, member, names)
    rows = {}
    for column, name in enumerate(names):
        mask = member[name]
        low, high = (float(expit(bound)) for bound in glmm.profile_interval(fit, column))
        estimate = float(expit(fit.beta[column]))
        mean = mean_risk.marginal_mean(float(fit.beta[column]), fit.sigma)
        around = MeanRisk(mean, *mean_risk.delta_interval(fit, column), DELTA)
        k, events, total = int(mask.sum()), int(x[mask].sum()), int(n[mask].sum())
        rows[name] = Group(name, k, events, total, around, estimate, low, high, fit.tau2, COMMON)
    return rows


def _alone(name: str, x: Counts, n: Counts) -> Group:
    found = answer(x, n)
    return Group(
        name,
        x.size,
        int(x.sum()),
        int(n.sum()),
        mean_of(found, interval=False),
        found.estimate,
        found.low,
        found.high,
        found.tau2,
        found.method,
    )


def _between_common(x: Counts, n: Counts, member: dict[str, NDArray[np.bool_]], names: Sequence[str]) -> float | None:
    """Wald test of equal logits, from the model with one variance."""
    if len(names) < 2:
        return None
    fit = _fit_common(x, n, member, names)
    return None if fit.at_limit else wald(fit.beta, fit.covariance, _contrasts(len(names)))


def _between_separate(x: Counts, n: Counts, member: dict[str, NDArray[np.bool_]], names: Sequence[str]) -> float | None:
    """Wald test of equal logits, each group with its own variance between studies."""
    if len(names) < 2:
        return None
    fits = [glmm.fit(glmm.rows(x[member[name]], n[member[name]])) for name in names]
    if any(fit.at_limit for fit in fits):
        return None
    beta = np.array([float(fit.beta[0]) for fit in fits])
    return wald(beta, np.diag([float(fit.covariance[0, 0]) for fit in fits]), _contrasts(len(names)))


def _contrasts(size: int) -> _Vector:
    """Every group against the first."""
    columns: _Vector = np.hstack([-np.ones((size - 1, 1)), np.eye(size - 1)])
    return columns


def wald(beta: _Vector, covariance: _Vector, contrasts: _Vector) -> float:
    """Wald statistic of contrasts being zero."""
    difference = contrasts @ beta
    return float(difference @ np.linalg.solve(contrasts @ covariance @ contrasts.T, difference))


def _notes(order: Sequence[str], modelled: Sequence[str], smallest: int, common: bool) -> tuple[Note, ...]:
    found = [
        Note("ecological", "Groups of studies were compared, not patients: other differences are not adjusted for.")
    ]
    apart = [name for name in order if name not in modelled]
    if apart:
        message = (
            f"No event, or only events, in {', '.join(apart)}: exact interval, not part of the test between groups."
        )
        found.append(Note("group_not_modelled", message))
    if smallest < STUDIES_PER_GROUP:
        of_group = f"A group has {smallest} {'study' if smallest == 1 else 'studies'}"
        message = (
            f"{of_group}: one tau2 is taken for all groups, and the test between them (Wald, normal) finds too much where studies are few."
            if common
            else f"{of_group}; its own tau2 is poorly known."
        )
        found.append(Note("few_studies", message))
    return tuple(found)
