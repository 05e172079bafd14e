"""Every case and method of the reference numbers from R, within the tolerance of its kind; see tests/reference/README.md.

A method of the reference is compared or stands in ``NOT_OFFERED`` with its reason, and the numbers compared are counted:
the grid cannot shrink unnoticed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm, t

from extractor.pool import (
    beta_binomial,
    effects,
    glmm,
    intervals,
    inverse_variance,
    mantel_haenszel,
    meta_regression,
    pool_proportions,
    pool_two_arm,
    small_study,
    unconditional,
)
from extractor.pool.mantel_haenszel import Estimate, Tables
from extractor.pool.subgroups import compare_subgroups, wald
from extractor.pool.two_arms import conditional
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests" / "reference" / "metafor_reference.json").read_text(encoding="utf-8"))
GRID = json.loads((ROOT / "tests" / "reference" / "profile_grid.json").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = REFERENCE["cases"]
ONE_ARM = [name for name, case in CASES.items() if case["design"] == "single_arm"]
TWO_ARM = [name for name, case in CASES.items() if case["design"] == "two_arm"]

EXACT, ITERATED, NODES_21, NODES_7, OWN, UNIROOT = 1e-8, 1e-4, 1e-4, 2e-3, 1e-3, 1.3e-4
# (method, case or "*") -> why the package gives no such number, or R gives none.
NOT_OFFERED = {
    ("glmm_ml_laplace", "*"): "one quadrature node; the package integrates",
    ("glmm_or_umrs", "*"): "metafor's own help warns of it: fitted by Laplace with lme4 warnings",
    ("glmm_or_cmel", "*"): "did not converge in R on two of the cases",
    ("mh_or_no_drop00", "*"): "the same estimate as mh_or; another way to count studies for Q",
    ("glmm_ml", "two_studies_discordant"): "ill-conditioned; see test_discordant_studies_are_very_wide",
    ("glmm_ml_t", "two_studies_discordant"): "ill-conditioned",
    ("glmm_ml_nagq21", "two_studies_discordant"): "ill-conditioned",
    ("glmm_common", "zero_all_k5"): "R's estimate diverges (logit -26, SE 37,718); the package answers exactly",
    ("glmm_common", "all_events_k4"): "R's estimate diverges; the package answers exactly",
    ("glmm_common", "single_study_zero"): "R's estimate diverges; the package answers exactly",
    ("glmm_common", "single_study_n1"): "R's estimate diverges; the package answers exactly",
}
Numbers = list[tuple[str, Any, Any, float]]


def compare(numbers: Numbers, where: str) -> int:
    """How many numbers agree; fails on the first that does not. None in the reference is "not finite"."""
    done = 0
    for name, ours, theirs, tolerance in numbers:
        if theirs is None:
            continue
        first, second = np.atleast_1d(np.asarray(ours, dtype=float)), np.atleast_1d(np.asarray(theirs, dtype=float))
        allowed = tolerance * np.maximum(1.0, np.abs(second))
        assert first.shape == second.shape, f"{where}: {name}"
        keep = np.isfinite(second)
        assert (np.abs(first - second) <= allowed)[keep].all(), f"{where}: {name} is {first}, R says {second}"
        done += int(keep.sum())
    return done


# --- one arm ---------------------------------------------------------------------------------------------------------


def counts_of(case: dict[str, Any]) -> tuple[Any, Any]:
    return np.asarray(case["events"]), np.asarray(case["n"])


def crude(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
    x, n = (int(values.sum()) for values in counts_of(case))
    return [
        ("estimate", x / n, row["estimate"], EXACT),
        ("clopper_pearson", intervals.clopper_pearson(x, n), row["clopper_pearson"], EXACT),
        ("wilson", intervals.wilson(x, n), row["wilson"], EXACT),
    ]


def fitted(tolerance: float, test: str = "z") -> Callable[..., Numbers]:
    """The GLMM; with t intervals and, at 21 nodes, everything that is derived from it."""

    def numbers(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
        x, n = counts_of(case)
        found = glmm.fit(glmm.rows(x, n))
        k, beta, se = x.size, float(found.beta[0]), float(found.se[0])
        half = se * float(norm.ppf(0.975) if test == "z" else t.ppf(0.975, k - 1))
        full = pool_proportions(x, n, sensitivity=False)
        scale = effects.one_arm("logit", x, n)
        out: Numbers = [
            ("estimate", beta, row["estimate"], tolerance),
            ("se", se, row["se"], tolerance),
            ("ci", [beta - half, beta + half], row["ci"], 3 * tolerance),
            ("tau2", found.tau2, row["tau2"], 2 * tolerance),
            ("I2", inverse_variance.i2_of(found.tau2, scale.variances) / 100, row["I2"] / 100, tolerance),
            ("Q_LRT", full.heterogeneity.q, row["Q_LRT"], 1e-4),
            ("Q_LRT_p", full.heterogeneity.q_p, row["Q_LRT_p"], 1e-4),
            ("Q_df", full.heterogeneity.q_df, row["Q_df"], EXACT),
            ("back", [full.estimate], row["back"]["estimate"], tolerance),
            ("marginal", full.marginal_mean, row["back"].get("marginal_mean"), tolerance),
        ]
        for rule, key in (("t(k-1)", "t_km1"), ("t(k-2)", "t_km2")):
            given = pool_proportions(x, n, sensitivity=False, prediction_rule=rule).prediction
            if given.low is not None:
                out.append((f"prediction {rule}", [given.low, given.high], row["back"]["pi"][key], tolerance))
        return out

    return numbers


def common(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
    found = glmm.fit_common(glmm.rows(*counts_of(case)))
    return [("estimate", found.beta, row["estimate"], 1e-6), ("se", found.se, row["se"], 1e-4)]


def beta_binomially(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
    found = beta_binomial.fit(*counts_of(case))
    out: Numbers = [
        ("mu", found.mean, row["mu"], OWN),
        ("rho", found.correlation, row["rho"], OWN),
    ]
    if row["rho"] > 1e-4:
        out.append(("ci", [found.low, found.high], row["ci_mu"], OWN))
    return out


def series(scale: str, part: str) -> Callable[..., Numbers]:
    def numbers(case: dict[str, Any], row: Any) -> Numbers:
        return [(part, getattr(effects.one_arm(scale, *counts_of(case)), part), row, EXACT)]

    return numbers


def iterated(each: effects.Effects, stop: float) -> float:
    """REML as metafor does it: Fisher scoring from Hedges' estimate until a step is not larger than ``stop``."""
    y, v = each.values, each.variances
    tau2 = inverse_variance.fit(y, v, estimator="HE").tau2
    for _ in range(10_000):
        w = 1.0 / (v + tau2)
        p = np.diag(w) - np.outer(w, w) / w.sum()
        step = float(y @ p @ p @ y - np.trace(p)) / float(np.trace(p @ p))
        while tau2 + step < 0:
            step /= 2
        tau2 += step
        if abs(step) <= stop:
            break
    return tau2


def variance(each: effects.Effects, estimator: str, row: dict[str, Any]) -> Numbers:
    """The variance between studies. Where R's own search ends early, what R says is that search, and ours its end."""
    found = inverse_variance.fit(each.values, each.variances, estimator=estimator).tau2
    if estimator == "REML" and each.values.size > 1 and row["tau2"] > 0:
        return [
            ("tau2", found, row["tau2"], ITERATED),
            ("tau2 of metafor's search", iterated(each, 1e-5), row["tau2"], 1e-7),
            ("tau2 of that search, ended", found, iterated(each, 1e-13), 1e-7),
        ]
    return [("tau2", found, row["tau2"], {"PM": UNIROOT, "ML": ITERATED, "REML": ITERATED}.get(estimator, EXACT))]


def weighted(
    each: effects.Effects, estimator: str, test: str, row: dict[str, Any]
) -> tuple[inverse_variance.Pooled, Numbers]:
    """What every inverse-variance row has: tau2 within its tolerance, and all else exactly at R's tau2.

    Where tau2 is small (risk differences, arcsines) the early end of R's search shows in its estimate; on the scales of
    order one the estimate itself is compared too.
    """
    found = inverse_variance.fit(each.values, each.variances, estimator=estimator, test=test, tau2=row["tau2"])
    own = inverse_variance.fit(each.values, each.variances, estimator=estimator, test=test)
    direct = ITERATED if row["tau2"] == 0 or row["tau2"] > 0.01 else 1e-3
    tolerance = EXACT
    numbers: Numbers = [
        *variance(each, estimator, row),
        ("own estimate", own.beta, row["estimate"], direct),
        ("own se", own.se, row["se"], direct),
        ("k", found.k, row["k"], EXACT),
        ("estimate", found.beta, row["estimate"], tolerance),
        ("se", found.se, row["se"], tolerance),
        ("ci", [found.low[0], found.high[0]], row["ci"], tolerance),
        ("pval", found.p_value, row["pval"], tolerance),
        ("I2", found.i2 / 100, row["I2"] / 100 if row["I2"] is not None else None, tolerance),
        ("H2", found.h2, row["H2"], tolerance),
        ("Q", found.q, row["Q"], EXACT),
        ("Q_df", found.q_df, row["Q_df"], EXACT),
        ("Q_p", found.q_p, row["Q_p"], EXACT),
    ]
    return found, numbers


_TEST_OF = {"hk": "hk", "adhoc": "hk-adhoc"}


def split(method: str) -> tuple[str, str, str]:
    """``logit_reml_hk_adhoc`` -> scale, estimator, test."""
    scale, estimator, *rest = method.split("_")
    return scale, {"common": "EE"}.get(estimator, estimator.upper()), _TEST_OF.get(rest[-1] if rest else "", "z")


SCALES = {"logit": "logit", "arcsine": "arcsine", "pft": "freeman-tukey", "raw": "raw", "log": "log"}


def one_arm_weighted(method: str) -> Callable[..., Numbers]:
    scale, estimator, test = split(method)

    def numbers(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
        x, n = counts_of(case)
        each = effects.one_arm(SCALES[scale], x, n)
        found, out = weighted(each, estimator, test, row)
        size = 1.0 / float(np.mean(1.0 / n))
        back: dict[str, Callable[[float], float]] = {
            "logit": effects.from_logit, "arcsine": effects.from_arcsine, "log": lambda v: float(np.exp(v)),
            "pft": lambda v: effects.from_freeman_tukey(v, size), "raw": float,
        }  # fmt: skip
        if "back" in row:
            out.append(("back", back[scale](found.beta[0]), row["back"]["estimate"], EXACT))
            out.append(("back ci", [back[scale](found.low[0]), back[scale](found.high[0])], row["back"]["ci"], EXACT))
        if row.get("tau2_ci_qprofile"):
            # metafor looks for the bounds of tau2 with R's uniroot, which stops at 1.2e-4
            bounds = inverse_variance.q_profile(each.values, each.variances)
            out.append(("q-profile", bounds, row["tau2_ci_qprofile"], UNIROOT))
            shares = [inverse_variance.i2_of(bound, each.variances) / 100 for bound in row["tau2_ci_qprofile"]]
            out.append(("q-profile I2", shares, np.array(row["I2_ci_qprofile"], dtype=float) / 100, EXACT))
        return out

    return numbers


def slope(predict: Callable[..., small_study.Slope]) -> Callable[..., Numbers]:
    def numbers(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
        each = effects.one_arm("logit", *counts_of(case))
        found = predict(case, each)
        out: Numbers = [
            ("t", found.statistic, row["t"], 1e-6),
            ("df", found.df, row["df"], EXACT),
            ("p", found.p_value, row["p"], 1e-6),
        ]
        return [*out, ("limit", found.intercept, row.get("limit_estimate"), 1e-6)]

    return numbers


def leave_one_out(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
    each = effects.one_arm("logit", *counts_of(case))
    keep = ~np.eye(each.values.size, dtype=bool)
    found = [inverse_variance.fit(each.values[mask], each.variances[mask]) for mask in keep]
    return [
        ("estimate", [float(f.beta[0]) for f in found], row["estimate"], ITERATED),
        ("tau2", [f.tau2 for f in found], row["tau2"], ITERATED),
        ("I2", [f.i2 / 100 for f in found], np.array(row["I2"]) / 100, ITERATED),
    ]


ONE_ARM_METHODS: dict[str, Callable[..., Numbers]] = {
    "crude_pooled": crude,
    "glmm_ml": fitted(NODES_7),
    "glmm_ml_t": fitted(NODES_7, "t"),
    "glmm_ml_nagq21": fitted(NODES_21),
    "glmm_common": common,
    "betabinomial": beta_binomially,
    **{f"{short}_{end}": series(SCALES[short], part) for short in ("logit", "arcsine", "pft") for end, part in (("yi", "values"), ("vi", "variances"))},
    **{
        method: one_arm_weighted(method)
        for method in (
            *(f"logit_{end}" for end in ("reml", "dl", "pm", "ml", "sj", "he", "reml_hk", "pm_hk", "reml_hk_adhoc", "common")),
            *(f"{scale}_{end}" for scale in ("arcsine", "pft") for end in ("reml", "reml_hk", "dl", "common")),
            "raw_reml", "log_reml",
        )
    },
    "harmonic_mean_n": lambda case, row: [("n", 1.0 / float(np.mean(1.0 / counts_of(case)[1])), row, EXACT)],
    "egger_logit": slope(lambda case, each: small_study.egger(each.values, each.variances)),
    "peters_like_n": slope(lambda case, each: small_study.by_size(*counts_of(case), force=True)),
    "leave1out_logit_reml": leave_one_out,
}  # fmt: skip


# --- two arms --------------------------------------------------------------------------------------------------------


def tables_of(case: dict[str, Any]) -> Tables:
    return Tables(*(np.asarray(case[name], dtype=float) for name in ("events1", "n1", "events2", "n2")))


MAIN = {
    "mh_or": ("OR", mantel_haenszel.odds_ratio),
    "mh_rr": ("RR", mantel_haenszel.risk_ratio),
    "mh_rd": ("RD", mantel_haenszel.risk_difference),
    "peto_or": ("Peto OR", mantel_haenszel.peto),
}


def without_correction(method: str) -> Callable[..., Numbers]:
    measure, estimate_of = MAIN[method]

    def numbers(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
        tables = tables_of(case)
        found: Estimate | None = estimate_of(tables)
        result = pool_two_arm(
            *(case[name] for name in ("events1", "n1", "events2", "n2")), measure=measure, sensitivity=False
        )
        out: Numbers = [("CMH", mantel_haenszel.cochran_mantel_haenszel(tables)[0], row.get("CMH"), EXACT)]
        out.append(("CMH_p", mantel_haenszel.cochran_mantel_haenszel(tables)[1], row.get("CMH_p"), EXACT))
        if row["estimate"] is None or row["se"] == 0:
            assert found is None and result.estimate is None  # undefined, or a variance of 0 out of no event at all
            return out
        assert found is not None
        low, high = found.estimate - norm.ppf(0.975) * found.se, found.estimate + norm.ppf(0.975) * found.se
        out += [
            ("estimate", found.estimate, row["estimate"], EXACT),
            ("se", found.se, row["se"], EXACT),
            ("ci", [low, high], row["ci"], EXACT),
            ("pval", found.p_value, row["pval"], EXACT),
            ("back", result.estimate, row["back"]["estimate"], EXACT),
            ("back ci", [result.low, result.high], row["back"]["ci"], EXACT),
        ]
        if result.q is not None:
            out += [("Q", result.q, row["Q"], EXACT), ("Q_p", result.q_p, row["Q_p"], EXACT)]
            out.append(("I2", (result.i2 or 0.0) / 100, row["I2"] / 100, EXACT))
        return out

    return numbers


def effect_of(case: dict[str, Any], measure: str, drop: bool = False) -> effects.Effects:
    tables = tables_of(case)
    tables = tables.where(~tables.uninformative) if drop else tables
    return effects.two_arm(measure.upper(), tables.events1, tables.totals1, tables.events2, tables.totals2)


def two_arm_series(measure: str, part: str) -> Callable[..., Numbers]:
    return lambda case, row: [(part, getattr(effect_of(case, measure), part), row, EXACT)]


def two_arm_weighted(method: str) -> Callable[..., Numbers]:
    measure, estimator, test = split(method)
    drop = method.endswith("drop00")

    def numbers(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
        return weighted(effect_of(case, measure, drop), estimator, test, row)[1]

    return numbers


def modelled(method: str) -> Callable[..., Numbers]:
    def numbers(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
        tables = tables_of(case)
        tables = tables.where(~tables.uninformative)
        if method == "glmm_or_umfs":
            free = unconditional.fit(tables)
            theta, se, tau2 = free.theta, free.se, free.sigma**2
        else:
            events = tables.events1 + tables.events2
            fit = glmm.fit(glmm.rows(tables.events1, events, offset=np.log(tables.totals1 / tables.totals2)))
            theta, se, tau2 = float(fit.beta[0]), float(fit.se[0]), fit.tau2
        result = pool_two_arm(*(case[name] for name in ("events1", "n1", "events2", "n2")))
        name = "UM.FS" if method == "glmm_or_umfs" else "CM.AL"
        shown = next(line for line in result.sensitivity if name in line.method)
        if shown.note.startswith("withheld"):  # where events are not rare
            shown = conditional(tables)
        return [
            ("estimate", theta, row["estimate"], NODES_7),
            ("se", se, row["se"], NODES_7),
            ("tau2", tau2, row["tau2"], NODES_7),
            ("k", shown.k, row["k"], EXACT),
            ("shown", shown.estimate, row["back"]["estimate"], NODES_7),
            ("shown ci", [shown.low, shown.high], row["back"]["ci"], NODES_7),
        ]

    return numbers


def two_arm_egger(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
    each = effect_of(case, "OR")
    found = small_study.egger(each.values, each.variances)
    return [
        ("t", found.statistic, row["t"], 1e-6),
        ("df", found.df, row["df"], EXACT),
        ("p", found.p_value, row["p"], 1e-6),
    ]


def two_arm_ranks(case: dict[str, Any], row: dict[str, Any]) -> Numbers:
    each = effect_of(case, "OR")
    tau, p_value = small_study.rank_correlation(each.values, each.variances)
    return [("tau", tau, row["tau"], EXACT), ("p", p_value, row["p"], EXACT)]


_ENDS = ("reml", "dl", "pm", "ee", "reml_hk")
TWO_ARM_METHODS: dict[str, Callable[..., Numbers]] = {
    **{method: without_correction(method) for method in MAIN},
    **{f"{m}_{end}": two_arm_series(m, part) for m in ("rr", "or", "rd", "as") for end, part in (("yi", "values"), ("vi", "variances"))},
    **{f"{m}_{end}": two_arm_weighted(f"{m}_{end}") for m in ("rr", "or", "rd", "as") for end in _ENDS},
    **{f"{m}_reml_drop00": two_arm_weighted(f"{m}_reml_drop00") for m in ("rr", "or")},
    "glmm_or_umfs": modelled("glmm_or_umfs"),
    "glmm_or_cmal": modelled("glmm_or_cmal"),
    "egger_or": two_arm_egger,
    "ranktest_or": two_arm_ranks,
}  # fmt: skip


# --- the grid --------------------------------------------------------------------------------------------------------


def grid(case: str) -> Iterator[tuple[str, Any]]:
    """Methods of a case that are to be compared."""
    for method, row in CASES[case]["methods"].items():
        if (method, "*") in NOT_OFFERED or (method, case) in NOT_OFFERED:
            continue
        if isinstance(row, dict) and "error" in row:
            continue  # R itself gives no number; what the package says there is in test_pool.py
        yield method, row


@pytest.mark.parametrize("case", [*ONE_ARM, *TWO_ARM])
def test_every_method_agrees_with_r(case: str) -> None:
    methods = ONE_ARM_METHODS if case in ONE_ARM else TWO_ARM_METHODS
    for method, row in grid(case):
        assert compare(methods[method](CASES[case], row), f"{case}, {method}") > 0 or method in MAIN


def test_the_grid_is_complete() -> None:
    assert len(ONE_ARM) == 20 and len(TWO_ARM) == 9
    assert sum(len(case["methods"]) for case in CASES.values()) == 1088
    seen = {method for case in CASES.values() for method in case["methods"]}
    left = {method for method, case in NOT_OFFERED if case == "*"}
    assert seen == set(ONE_ARM_METHODS) | set(TWO_ARM_METHODS) | left
    counted = Counter(sum(1 for _ in grid(name)) for name in CASES)
    assert sum(size * times for size, times in counted.items()) == COMPARED
    errors = sum(
        1 for case in CASES.values() for row in case["methods"].values() if isinstance(row, dict) and "error" in row
    )
    assert errors == ERRORS_IN_R


# Rows of the reference that are compared, and rows where R gives an error instead of numbers.
COMPARED, ERRORS_IN_R = 1000, 48


@pytest.mark.parametrize("case", ONE_ARM + TWO_ARM)
def test_intervals_of_each_study_agree_with_r(case: str) -> None:
    for row in CASES[case]["per_study"] or []:
        if "clopper_pearson" not in row:
            continue
        x, n = row["events"], row["n"]
        numbers: Numbers = [
            ("clopper_pearson", intervals.clopper_pearson(x, n), row["clopper_pearson"], EXACT),
            ("wilson", intervals.wilson(x, n), row["wilson"], EXACT),
            ("one-sided", intervals.one_sided_upper(x, n), row["one_sided_upper95_exact"], EXACT),
        ]
        assert compare(numbers, f"{case}: {x}/{n}") == 5


def test_discordant_studies_are_very_wide() -> None:
    """0 of 10 against 8 of 10: quadrature is ill-conditioned (R says tau2 13.6, 14.5 or 14.1); only the width is sure."""
    found = pool_proportions([0, 8], [10, 10])
    assert found.low < 0.001 and found.high > 0.99 and found.tau2 is not None and found.tau2 > 10


@pytest.mark.parametrize("case", list(GRID))
def test_profile_interval_agrees_with_a_brute_force_grid(case: str) -> None:
    row = GRID[case]
    fit = glmm.fit(glmm.rows(row["events"], row["totals"]))
    low, high = glmm.profile_interval(fit)
    # beyond a logit of 10 (5 in 100,000) both are a proportion of 0 or 1 to any use: compared as proportions
    for ours, theirs in ((low, row["low"]), (high, row["high"])):
        assert (
            ours == pytest.approx(theirs, abs=2e-3)
            if abs(theirs) < 10
            else expit(ours) == pytest.approx(expit(theirs), abs=1e-6)
        )
    if case != "two_studies_discordant":
        assert float(fit.beta[0]) == pytest.approx(row["mu"], abs=5e-3)


def test_the_brute_force_grid_is_complete() -> None:
    modelled_cases = {n for n in ONE_ARM if 0 < sum(CASES[n]["events"]) < sum(CASES[n]["n"]) and len(CASES[n]["n"]) > 1}
    assert modelled_cases <= set(GRID) and len(GRID) == len(modelled_cases) + 7


# --- moderators ------------------------------------------------------------------------------------------------------

MODERATORS = REFERENCE["moderators"]
# Covariates of dat.debruin2009 (quality score; population) and dat.bcg (latitude; allocation) of metadat, as the cases.
SCQ = (21.0, 22.67, 15.07, 3.67, 8.6, 27.8, 4.8, 12.07, 20.0, 7.47, 7.8, 10.47, 22.8)
CAUCASIAN = (False, True, True, False, True, False, True, True, False, True, False, False, False)
ABLAT = (44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33)
ALLOCATION = ("random",) * 4 + ("alternate",) * 2 + ("random",) * 3 + ("systematic",) * 4


def debruin() -> tuple[Any, Any, effects.Effects]:
    x, n = counts_of(CASES["debruin2009"])
    return x, n, effects.one_arm("logit", x, n)


def bcg() -> effects.Effects:
    return effect_of(CASES["bcg"], "RR")


def moderator(found: inverse_variance.Pooled, row: dict[str, Any]) -> int:
    """Coefficients and the test of all but the intercept."""
    size = found.beta.size
    q = wald(found.beta, found.covariance, np.eye(size)[1:])
    q = q if np.isinf(found.df) else q / (size - 1)
    numbers: Numbers = [
        ("b", found.beta, row["b"], ITERATED),
        ("se", found.se, row["se"], ITERATED),
        ("pval", found.p_value, row["pval"], ITERATED),
        ("low", found.low, row["ci_lb"], ITERATED),
        ("high", found.high, row["ci_ub"], ITERATED),
        ("tau2", found.tau2, row["tau2"], ITERATED),
        ("QE", found.q, row["QE"], 1e-6),
        ("I2", found.i2 / 100, row["I2"] / 100, ITERATED),
        ("QM", q, row["QM"], ITERATED),
    ]
    return compare(numbers, "moderators")


@pytest.mark.parametrize(
    ("name", "test"), [("debruin2009_scq_ethnicity_reml", "z"), ("debruin2009_scq_ethnicity_reml_hk", "hk")]
)
def test_two_covariates(name: str, test: str) -> None:
    _, _, each = debruin()
    design = np.column_stack([np.ones(13), SCQ, [not c for c in CAUCASIAN]])
    assert (
        moderator(inverse_variance.fit(each.values, each.variances, design=design, test=test), MODERATORS[name]) == 19
    )


@pytest.mark.parametrize(("name", "test"), [("bcg_ablat_rr_reml", "z"), ("bcg_ablat_rr_reml_hk", "hk")])
def test_latitude(name: str, test: str) -> None:
    design = np.column_stack([np.ones(13), ABLAT])
    found = inverse_variance.fit(bcg().values, bcg().variances, design=design, test=test)
    assert moderator(found, MODERATORS[name]) == 14


def test_allocation() -> None:
    dummies = [[kind == level for kind in ALLOCATION] for level in ("random", "systematic")]
    design = np.column_stack([np.ones(13), *dummies])
    assert (
        moderator(inverse_variance.fit(bcg().values, bcg().variances, design=design), MODERATORS["bcg_alloc_rr_reml"])
        == 19
    )


def test_subgroups_with_one_variance() -> None:
    _, _, each = debruin()
    design = np.column_stack([np.ones(13), [not c for c in CAUCASIAN]])
    found = inverse_variance.fit(each.values, each.variances, design=design)
    assert moderator(found, MODERATORS["debruin2009_subgroup_common_tau2"]) == 14


def test_subgroups_apart() -> None:
    _, _, each = debruin()
    row = MODERATORS["debruin2009_subgroup_separate"]
    found = []
    for name, mask in (("caucasian", np.array(CAUCASIAN)), ("other", ~np.array(CAUCASIAN))):
        fit = inverse_variance.fit(each.values[mask], each.variances[mask])
        numbers: Numbers = [
            (key, ours, row[name][key], ITERATED)
            for key, ours in (("estimate", fit.beta), ("se", fit.se), ("tau2", fit.tau2))
        ]
        assert compare(numbers, name) == 3
        found.append(fit)
    q = wald(np.array([f.beta[0] for f in found]), np.diag([f.se[0] ** 2 for f in found]), np.array([[-1.0, 1.0]]))
    assert q == pytest.approx(row["Q_between"], abs=1e-3)


def test_regression_by_glmm() -> None:
    x, n, _ = debruin()
    found = meta_regression(x, n, {"scq": SCQ})
    row = MODERATORS["debruin2009_scq_glmm"]
    numbers: Numbers = [
        ("b", [c.estimate for c in found.coefficients], row["b"], NODES_7),
        ("se", [c.se for c in found.coefficients], row["se"], NODES_7),
        ("tau2", found.tau2, row["tau2"], NODES_7),
        ("QM", found.q_moderators, row["QM"], NODES_7),
        ("QM_p", found.q_p, row["QM_p"], NODES_7),
    ]
    assert compare(numbers, "glmm") == 7
    assert [c.name for c in found.coefficients] == ["intercept", "scq"]


def test_subgroups_by_glmm_are_the_regression_on_their_indicator() -> None:
    x, n, _ = debruin()
    groups = ["caucasian" if c else "other" for c in CAUCASIAN]
    found = compare_subgroups(x, n, groups, common_tau2=True)
    other = meta_regression(x, n, {"other": [float(not c) for c in CAUCASIAN]})
    assert found.q_between == pytest.approx(other.q_moderators, rel=1e-6)
    assert logit(
        found.groups[0].estimate if found.groups[0].group == "caucasian" else found.groups[1].estimate
    ) == pytest.approx(other.coefficients[0].estimate, abs=1e-6)


def test_every_moderator_model_is_compared() -> None:
    assert len(MODERATORS) == 8
