"""How much each study says in a pooled result, as a share; models for rare events have no weights of their own to print.

What is shown is each study's share of the information on what is pooled, at the pooled value: with the variance between
studies for a risk, by the method's own weights for Mantel-Haenszel and Peto.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from extractor.pool.results import PooledComparison, PooledProportion, StudyComparison, StudyRisk

BY_SPREAD = "Weights: share of the information on the mean, 1/(τ² + 1/(N p (1 − p))) at the risk of the median study."
BY_PEOPLE = "Weights: share of the participants."
BY_MANTEL_HAENSZEL = "Weights: those of Mantel and Haenszel."
BY_PETO = "Weights: those of Peto."
Weights = tuple[float | None, ...]


def of_risks(result: PooledProportion) -> tuple[Weights, str]:
    """Shares of the studies of a pooled risk, which add up to 1, and how they were made; none of one study.

    >>> from extractor.pool import pool_proportions
    >>> [round(share, 2) for share in of_risks(pool_proportions([1, 2], [10, 30], sensitivity=False))[0]]
    [0.25, 0.75]
    """
    if result.k < 2:
        return (None,) * len(result.studies), ""
    risk, tau2 = result.estimate, result.tau2
    if tau2 is None or not 0 < risk < 1:
        return _shares(result.studies, lambda s: float(s.total)), BY_PEOPLE
    return _shares(result.studies, lambda s: 1 / (tau2 + 1 / (s.total * risk * (1 - risk)))), BY_SPREAD


def of_effects(result: PooledComparison) -> tuple[Weights, str]:
    """Shares of the studies of a comparison, the method's own: 0 where the second arm of a ratio has no event."""
    if result.k < 2 or result.estimate is None:
        return (None,) * len(result.studies), ""
    note = BY_PETO if result.measure == "Peto OR" else BY_MANTEL_HAENSZEL
    return _shares(result.studies, _OWN[result.measure]), note


def _shares(studies: Sequence[StudyRisk] | Sequence[StudyComparison], of: Callable[..., float]) -> Weights:
    found = [of(study) for study in studies]
    whole = sum(found)
    return tuple(one / whole if whole else None for one in found)


def _odds_ratio(study: StudyComparison) -> float:
    return (study.total1 - study.events1) * study.events2 / (study.total1 + study.total2)


def _risk_ratio(study: StudyComparison) -> float:
    return study.events2 * study.total1 / (study.total1 + study.total2)


def _risk_difference(study: StudyComparison) -> float:
    return study.total1 * study.total2 / (study.total1 + study.total2)


def _peto(study: StudyComparison) -> float:
    people, events = study.total1 + study.total2, study.events1 + study.events2
    return study.total1 * study.total2 * events * (people - events) / (people**2 * max(1, people - 1))


_OWN: Mapping[str, Callable[[StudyComparison], float]] = {
    "OR": _odds_ratio, "Peto OR": _peto, "RR": _risk_ratio, "RD": _risk_difference,
}  # fmt: skip
