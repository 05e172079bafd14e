"""Each study's own comparison of two arms, for tables and forest plots: never corrected, ``None`` where undefined."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, sqrt

from scipy.stats.contingency import odds_ratio

from extractor.pool.intervals import wilson
from extractor.pool.mantel_haenszel import Tables
from extractor.pool.results import StudyComparison

NO_EFFECT = "no event, or only events, in both arms"
_Z = 1.959963984540054
_Effect = tuple[float | None, float | None, float | None, str]


def study_comparisons(measure: str, tables: Tables, labels: Sequence[str]) -> tuple[StudyComparison, ...]:
    """One row per study.

    Parameters
    ----------
    measure : str
        ``RD`` gets Newcombe's interval, ``RR`` Katz's, ``OR`` Woolf's or, where a cell is empty, the exact conditional
        one, whose open end is ``None``.
    tables : Tables
    labels : sequence of str
    """
    rows = []
    columns = (tables.events1, tables.totals1, tables.events2, tables.totals2)
    for label, *cells in zip(labels, *columns, strict=True):
        a, n1, c, n2 = (int(cell) for cell in cells)
        rows.append(StudyComparison(label, a, n1, c, n2, *_effect(measure, a, n1, c, n2)))
    return tuple(rows)


def _effect(measure: str, a: int, n1: int, c: int, n2: int) -> _Effect:
    if measure == "RD":
        return _newcombe(a, n1, c, n2)
    if (a == 0 and c == 0) or (a == n1 and c == n2):
        return None, None, None, NO_EFFECT
    return _risk_ratio(a, n1, c, n2) if measure == "RR" else _odds_ratio(a, n1, c, n2)


def _newcombe(a: int, n1: int, c: int, n2: int) -> _Effect:
    """Difference of risks with Newcombe's hybrid score interval (doi:10.1002/(SICI)1097-0258(19980430)17:8<873)."""
    p1, p2 = a / n1, c / n2
    (low1, high1), (low2, high2) = wilson(a, n1), wilson(c, n2)
    down, up = sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2), sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    return p1 - p2, p1 - p2 - down, p1 - p2 + up, ""


def _risk_ratio(a: int, n1: int, c: int, n2: int) -> _Effect:
    if a == 0 or c == 0:
        return None, None, None, "no event in one arm: no risk ratio without a correction"
    half = _Z * sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
    ratio = log(a / n1) - log(c / n2)
    return exp(ratio), exp(ratio - half), exp(ratio + half), ""


def _odds_ratio(a: int, n1: int, c: int, n2: int) -> _Effect:
    b, d = n1 - a, n2 - c
    if min(a, b, c, d) > 0:
        half = _Z * sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        ratio = log(a * d / (b * c))
        return exp(ratio), exp(ratio - half), exp(ratio + half), ""
    found = odds_ratio([[a, b], [c, d]], kind="conditional").confidence_interval(0.95)
    low = float(found.low) if found.low > 0 else None
    high = float(found.high) if found.high < inf else None
    return None, low, high, "an empty cell: exact conditional interval, open on one side"
