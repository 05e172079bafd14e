"""Pooling comparisons of two arms where events are rare: Mantel-Haenszel and Peto, every measure side by side.

No half is added for the main answers. Double-zero studies are counted and said; all-zero data are refused with the
reason; a model with a spread between studies stands beside as a check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm

from extractor.errors import PoolError
from extractor.pool import counts, effects, glmm, inverse_variance, mantel_haenszel, unconditional
from extractor.pool.intervals import one_sided_upper
from extractor.pool.mantel_haenszel import Estimate, Tables
from extractor.pool.results import Comparison, LeftOut, Note, PooledComparison
from extractor.pool.risk import ONE_STUDY
from extractor.pool.sensitivity import LEAVE_ONE_OUT_STUDIES
from extractor.pool.study_effects import study_comparisons

MEASURES = ("OR", "RR", "RD", "Peto OR")
MANTEL_HAENSZEL = "Mantel-Haenszel, no correction"
PETO = "Peto, one step"
CONDITIONAL = "GLMM, conditional on the events of each study (approximate, CM.AL)"
# Above this allocation ratio in any study Peto's method is biased (Cochrane Handbook, 10.4.4.1).
ALLOCATION_RATIO = 2.0
# Event rate below which Peto's method is recommended, given balanced arms and small effects (same source).
PETO_RATE = 0.01
# Above this share of events in either arm the binomial law of the conditional model is no longer near the true one.
RARE = 0.1
# What speaks against one effect for all studies: Q's p below this (Cochrane Handbook, 10.10.2), or I2 from this on.
Q_P, I2_LARGE = 0.1, 50.0
_MAIN: dict[str, tuple[str, Callable[[Tables], Estimate | None]]] = {
    "OR": (MANTEL_HAENSZEL, mantel_haenszel.odds_ratio),
    "RR": (MANTEL_HAENSZEL, mantel_haenszel.risk_ratio),
    "RD": (MANTEL_HAENSZEL, mantel_haenszel.risk_difference),
    "Peto OR": (PETO, mantel_haenszel.peto),
}
_Z = 1.959963984540054


def pool_two_arm(
    events1: ArrayLike,
    totals1: ArrayLike,
    events2: ArrayLike,
    totals2: ArrayLike,
    *,
    measure: str = "OR",
    studies: Sequence[str] | None = None,
    left_out: Sequence[LeftOut] = (),
    sensitivity: bool = True,
) -> PooledComparison:
    """Pool a comparison of two arms.

    Parameters
    ----------
    events1, totals1, events2, totals2 : int array of shape (K,)
        Arm 1 is the treated one; ``0 <= events <= totals``, ``totals > 0``.
    measure : str
        ``OR``, ``RR``, ``RD`` or ``Peto OR``; the others are given beside it in ``measures``.
    studies : sequence of str, optional
    left_out : sequence of LeftOut
        Studies that the caller already set aside; handed through.
    sensitivity : bool
        False skips the models with a spread between studies.

    Returns
    -------
    PooledComparison
        ``estimate`` is None, with the reason in ``warnings``, where the measure is undefined.

    Raises
    ------
    PoolError
        If counts are impossible, shapes differ or the measure is unknown.

    Notes
    -----
    Checked against metafor's ``rma.mh``, ``rma.peto`` and ``rma.glmm`` (``tests/reference/``).
    """
    if measure not in MEASURES:
        raise PoolError(f"unknown measure {measure!r} for two arms; legal: {', '.join(MEASURES)}")
    tables = _tables(events1, totals1, events2, totals2)
    k = tables.size.size
    labels = counts.names(studies, k)
    measures = tuple(_compare(name, tables) for name in MEASURES)
    main = measures[MEASURES.index(measure)]
    models = [*_models(tables), *_leave_one_out(measure, tables, labels)] if sensitivity else []
    tau2 = next((m.tau2 for m in models if m.tau2 is not None), None)
    q, q_df, i2 = _heterogeneity(measure, tables)
    return PooledComparison(
        measure=measure, method=main.method, k=k,
        events1=int(tables.events1.sum()), total1=int(tables.totals1.sum()),
        events2=int(tables.events2.sum()), total2=int(tables.totals2.sum()),
        estimate=main.estimate, low=main.low, high=main.high,
        double_zero=int(tables.double_zero.sum()), single_zero=int(tables.single_zero.sum()), tau2=tau2,
        q=q, q_df=q_df, q_p=float(chi2.sf(q, q_df)) if q is not None and q_df else None, i2=i2, measures=measures,
        studies=study_comparisons(measure, tables, labels), left_out=tuple(left_out),
        sensitivity=tuple(models), warnings=(*_warnings(main, tables), *_differing(main, q, q_df, i2)),
    )  # fmt: skip


def _tables(events1: ArrayLike, totals1: ArrayLike, events2: ArrayLike, totals2: ArrayLike) -> Tables:
    first, second = counts.checked(events1, totals1, arm="1"), counts.checked(events2, totals2, arm="2")
    if first[0].size != second[0].size:
        raise PoolError(f"arm 1 has {first[0].size} studies, arm 2 has {second[0].size}; each study needs both arms")
    arrays = (values.astype(float) for values in (*first, *second))
    return Tables(*arrays)


def _compare(measure: str, tables: Tables) -> Comparison:
    method, estimate_of = _MAIN[measure]
    found = estimate_of(tables)
    k = tables.size.size
    if found is None:
        return Comparison(measure, method, k, None, None, None, None, None, _why_undefined(measure, tables))
    estimate, low, high = found.values
    used = k - int(_silent(measure, tables).sum())
    note = ONE_STUDY if k == 1 else "" if used == k else f"{used} of {k} studies carry information on a ratio"
    return Comparison(measure, method, k, estimate, low, high, found.p_value, None, note)


def _silent(measure: str, tables: Tables) -> NDArray[np.bool_]:
    """Studies that carry no information on this measure."""
    if measure == "RD":
        return np.zeros(tables.size.size, dtype=bool)
    return tables.double_zero if measure == "RR" else tables.uninformative


def _why_undefined(measure: str, tables: Tables) -> str:
    events1, events2 = int(tables.events1.sum()), int(tables.events2.sum())
    if events1 + events2 == 0:
        return f"refused: no event in any arm of any study; all that can be said is {_bounds(tables)}"
    if events1 + events2 == int(tables.size.sum()):
        return "refused: every participant of every arm had the event"
    if measure == "RD":
        return "undefined: its variance cannot be estimated where all of one arm had the event and none of the other"
    empty = [arm for arm, events in (("arm 1", events1), ("arm 2", events2)) if events == 0]
    if empty:
        return f"undefined: no event in {empty[0]} of any study; see the risk difference and Peto's odds ratio"
    return (
        f"undefined: no study has what {'an' if measure == 'OR' else 'a'} {measure} compares; see the risk difference"
    )


def _but_for_q(main: Comparison) -> str:
    return "" if main.measure == "Peto OR" else ", but for Q and I2 (0.5 to each of its cells)"


def _bounds(tables: Tables) -> str:
    sizes = (int(tables.totals1.sum()), int(tables.totals2.sum()))
    said = (f"arm {arm}: 0 of {n}, at most {100 * one_sided_upper(0, n):.1f} %" for arm, n in enumerate(sizes, start=1))
    return "; ".join(said) + " (one-sided 95 %)"


def _heterogeneity(measure: str, tables: Tables) -> tuple[float | None, int | None, float | None]:
    """Q over the studies with an effect of their own, as metafor's ``rma.mh`` and ``rma.peto`` give it."""
    found = _MAIN[measure][1](tables)
    if found is None:
        return None, None, None
    if measure == "Peto OR":
        q, df = mantel_haenszel.peto_q(tables)
    else:
        kept = tables.where(~tables.uninformative)
        each = effects.two_arm(measure, kept.events1, kept.totals1, kept.events2, kept.totals2)
        q, df = float(np.sum((each.values - found.estimate) ** 2 / each.variances)), each.values.size - 1
    i2 = max(0.0, 100.0 * (q - df) / q) if q > 0 else 0.0
    return (q, df, i2) if df > 0 else (None, None, None)


# --- models with a spread between studies ----------------------------------------------------------------------------


def _models(tables: Tables) -> list[Comparison]:
    return [_conditional(tables), _unconditional(tables), *_by_inverse_variance(tables)]


def _fittable(tables: Tables) -> str:
    """Why no model can be fitted; empty where one can."""
    kept = tables.where(~tables.uninformative)
    if kept.size.size < 2:
        return "not fitted: fewer than two studies with an event"
    failures1, failures2 = kept.totals1 - kept.events1, kept.totals2 - kept.events2
    if min(kept.events1.sum(), kept.events2.sum(), failures1.sum(), failures2.sum()) == 0:
        return "not fitted: one arm has no event, or nothing else, in all studies"
    return ""


def _conditional(tables: Tables) -> Comparison:
    method, reason = CONDITIONAL, _fittable(tables)
    rates = float(tables.events1.sum() / tables.totals1.sum()), float(tables.events2.sum() / tables.totals2.sum())
    if not reason and max(rates) > RARE:
        reason = f"withheld: an approximation for rare events, and {100 * max(rates):.0f} % of one arm had it (more than {100 * RARE:.0f} %)"
    if reason:
        return _unfitted(method, tables, reason)
    return conditional(tables)


def conditional(tables: Tables) -> Comparison:
    """The conditional model, whether or not events are rare enough for it."""
    method, kept = CONDITIONAL, tables.where(~tables.uninformative)
    events = kept.events1 + kept.events2
    fit = glmm.fit(glmm.rows(kept.events1, events, offset=np.log(kept.totals1 / kept.totals2)))
    note = "for rare events; double-zero studies carry no information and are left out"
    return _ratio(method, kept, float(fit.beta[0]), float(fit.se[0]), fit.tau2, note)


def _unconditional(tables: Tables) -> Comparison:
    method = "GLMM with one intercept per study (UM.FS)"
    reason, kept = _fittable(tables), tables.where(~tables.uninformative)
    if reason:
        return _unfitted(method, tables, reason)
    fit = unconditional.fit(kept)
    return _ratio(method, kept, fit.theta, fit.se, fit.sigma**2, "double-zero studies are left out")


def _by_inverse_variance(tables: Tables) -> list[Comparison]:
    """Log OR and log RR by REML with the ad hoc Knapp-Hartung interval; double-zero studies left out."""
    kept = tables.where(~tables.uninformative)
    if kept.size.size < 2:
        return []
    rows = []
    for measure in ("OR", "RR"):
        each = effects.two_arm(measure, kept.events1, kept.totals1, kept.events2, kept.totals2)
        found = inverse_variance.fit(each.values, each.variances, test="hk-adhoc")
        corrected = int(each.zero_corrected.sum())
        note = f"0.5 added to every cell of {corrected} studies" if corrected else "no study needed a correction"
        values = (exp(found.beta[0]), exp(found.low[0]), exp(found.high[0]))
        method = "inverse variance, REML, Knapp-Hartung (ad hoc: never narrower than z)"
        rows.append(Comparison(measure, method, kept.size.size, *values, float(found.p_value[0]), found.tau2, note))
    return rows


def _leave_one_out(measure: str, tables: Tables, labels: Sequence[str]) -> list[Comparison]:
    """The main answer without each study in turn."""
    if not 2 < len(labels) <= LEAVE_ONE_OUT_STUDIES:
        return []
    everything = np.arange(len(labels))
    without = ((label, tables.where(everything != index)) for index, label in enumerate(labels))
    return [replace(_compare(measure, kept), method=f"leave-one-out: without {label}") for label, kept in without]


def _unfitted(method: str, tables: Tables, reason: str) -> Comparison:
    return Comparison("OR", method, tables.size.size, None, None, None, None, None, reason)


def _ratio(method: str, tables: Tables, theta: float, se: float, tau2: float, note: str) -> Comparison:
    low, high = _exp(theta - _Z * se), _exp(theta + _Z * se)
    p_value = float(2.0 * norm.sf(abs(theta) / se)) if se > 0 else None
    return Comparison("OR", method, tables.size.size, _exp(theta), low, high, p_value, tau2, note)


def _exp(value: float) -> float:
    return exp(min(max(value, -700.0), 700.0))


def _differing(main: Comparison, q: float | None, df: int | None, i2: float | None) -> list[Note]:
    """That effects differ between studies, where the main method takes one for all."""
    if main.estimate is None or q is None or not df:
        return []
    p = float(chi2.sf(q, df))
    if p >= Q_P and (i2 or 0.0) < I2_LARGE:
        return []
    message = (
        f"Effects differ between studies (Q p = {p:.2g}, I2 {i2 or 0.0:.0f} %), and {main.method} takes one for all: "
        "its interval is too narrow; see the models with a spread."
    )
    return [Note("heterogeneity", message)]


# --- warnings --------------------------------------------------------------------------------------------------------


def _warnings(main: Comparison, tables: Tables) -> list[Note]:
    found = []
    k, double = tables.size.size, int(tables.double_zero.sum())
    if main.estimate is None:
        found.append(Note("undefined", f"{main.measure}: {main.note}."))
    elif k == 1:
        found.append(Note("not_pooled", ONE_STUDY))
    if double:
        message = f"{double} of {k} studies saw no event in either arm: no part of a ratio, but of the risk difference."
        found.append(Note("double_zero", message))
    single = int(tables.single_zero.sum())
    if single:
        found.append(
            Note(
                "single_zero",
                f"{single} of {k} studies have an empty cell in one arm; nothing was added to it{_but_for_q(main)}.",
            )
        )
    ratio = float(np.max(np.maximum(tables.totals1 / tables.totals2, tables.totals2 / tables.totals1)))
    if ratio > ALLOCATION_RATIO:
        message = f"Arms differ up to {ratio:.1f} to 1 in size: Peto's odds ratio is biased; use Mantel-Haenszel."
        found.append(Note("unequal_arms", message))
    rate = float((tables.events1.sum() + tables.events2.sum()) / tables.size.sum())
    if rate > PETO_RATE and mantel_haenszel.peto(tables) is not None:  # it is always given, asked for or not
        found.append(Note("peto_not_rare", f"Peto's method is meant for events below 1 %; here {100 * rate:.1f} %."))
    return found
