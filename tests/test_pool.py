"""Pooling: what is said where no model fits, what is refused, tables, plots, hand-on, and laws that hold for all counts."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from extractor.errors import PoolError
from extractor.pool import (
    LeftOut,
    compare_subgroups,
    forest,
    glmm,
    meta_regression,
    metafor,
    pool_proportions,
    pool_table,
    pool_two_arm,
    read_counts,
    simulate,
    small_study,
    weights,
)
from extractor.pool.risk import answer
from extractor.pool.tables import parse_counts
from tests.conftest import skip_or_fail

MIXED = ([0, 1, 0, 3, 2, 0, 5, 1, 0, 7], [7, 10, 12, 18, 20, 26, 13, 6, 9, 37])
ROUTES = ["intrathecal"] * 6 + ["intravenous"] * 4

# --- one arm ---------------------------------------------------------------------------------------------------------


def test_no_event_anywhere_is_exact_with_a_one_sided_bound() -> None:
    found = pool_proportions([0, 0, 0, 0, 0], [8, 12, 19, 26, 5])
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 70))
    assert found.one_sided_upper == pytest.approx(1 - 0.05 ** (1 / 70))
    assert found.tau2 is None and found.heterogeneity.note == "heterogeneity not estimable"
    assert found.prediction.low is None and "not given" in found.prediction.rule
    assert "no event" in found.method


def test_events_in_everybody_is_the_mirror_image() -> None:
    none, all_ = pool_proportions([0, 0, 0], [9, 14, 6]), pool_proportions([9, 14, 6], [9, 14, 6])
    assert (all_.estimate, all_.low, all_.high) == pytest.approx((1.0, 1 - none.high, 1.0))
    assert none.one_sided_upper is not None
    assert all_.one_sided_lower == pytest.approx(1 - none.one_sided_upper) and all_.one_sided_upper is None


def test_one_study_is_not_pooled() -> None:
    found = pool_proportions([3], [18])
    assert found.method == "one study, not pooled"
    assert (found.low, found.high) == pytest.approx((0.0357850831215747, 0.414177491394774))
    assert len(found.sensitivity) == 1


def test_one_participant_each_has_no_heterogeneity_to_estimate() -> None:
    found = pool_proportions([0, 1, 0, 0], [1, 1, 1, 1])
    assert "one participant" in found.method and found.estimate == 0.25 and found.tau2 is None


def test_identical_studies_are_plain_logistic() -> None:
    """lme4 raises here; Knapp-Hartung says 20 % [20-20]."""
    found = pool_proportions([2] * 5, [10] * 5)
    assert found.estimate == pytest.approx(0.2, abs=1e-12) and found.tau2 == 0.0
    assert found.low < 0.11 and found.high > 0.32
    hartung = next(row for row in found.sensitivity if "Knapp-Hartung" in row.method)
    assert hartung.low is not None and hartung.low < 0.1


def test_wald_t_stands_beside_few_studies_only() -> None:
    few, many = pool_proportions([0, 6, 0, 1], [12, 20, 25, 9]), pool_proportions(*MIXED)
    assert few.wald_t is not None and few.wald_t.df == 3
    assert few.wald_t.high - few.wald_t.low > few.high - few.low
    assert many.wald_t is None and many.tau2 is not None and many.tau2 > 0


def test_the_prediction_interval_names_its_rule() -> None:
    one = pool_proportions(*MIXED, sensitivity=False)
    two = pool_proportions(*MIXED, sensitivity=False, prediction_rule="t(k-2)")
    assert (one.prediction.rule, two.prediction.rule) == ("t(k-1)", "t(k-2)")
    assert one.prediction.high is not None and two.prediction.high is not None
    assert two.prediction.high > one.prediction.high > one.high
    with pytest.raises(PoolError, match=r"t\(k-1\), t\(k-2\)"):
        pool_proportions(*MIXED, prediction_rule="z")


def test_the_sensitivity_table_has_every_method_and_says_where_a_half_was_added() -> None:
    case_reports = [n <= 7 for n in MIXED[1]]
    found = pool_proportions(*MIXED, case_reports=case_reports, overlaps=[i == 9 for i in range(10)])
    methods = [row.method for row in found.sensitivity]
    for word in ("GLMM", "beta-binomial", "Knapp-Hartung (ad hoc", "arcsine", "common effect", "Freeman-Tukey"):
        assert any(word in method for method in methods), word
    assert sum(method.startswith("leave-one-out: without ") for method in methods) == 10
    without = {row.method: row for row in found.sensitivity if row.method.startswith("without ")}
    assert without["without case reports"].k == 8 and without["without overlaps"].events == 12
    logit_row = next(row for row in found.sensitivity if row.method.startswith("logit"))
    assert "0.5 added to both cells of 4 studies" in logit_row.note
    freeman = next(row for row in found.sensitivity if "Freeman" in row.method)
    assert "older reviews only" in freeman.note


def test_studies_of_one_participant_are_case_reports_unless_said_otherwise() -> None:
    counts = ([0, 1, 0, 2, 1, 4, 0], [1, 1, 1, 14, 11, 29, 17])
    row = next(row for row in pool_proportions(*counts).sensitivity if row.method == "without case reports")
    assert (row.k, row.events, row.total) == (4, 7, 71)
    told = pool_proportions(*counts, case_reports=[False] * 7)
    assert all(row.method != "without case reports" for row in told.sensitivity)


def test_freeman_tukey_is_shown_failing() -> None:
    """n from 10 to 100,000: the back-transformed common effect is 0.00 % although 74 events were seen (Schwarzer 2019)."""
    found = pool_proportions([0, 1, 3, 40, 30], [10, 25, 150, 20000, 100000])
    freeman = next(row for row in found.sensitivity if "Freeman" in row.method)
    assert freeman.estimate is not None and freeman.estimate < 1e-4 < 1e-3 < found.estimate


def test_leaving_out_the_only_event_is_answered_exactly() -> None:
    found = pool_proportions([0, 0, 1, 0], [7, 10, 12, 18], studies=["a", "b", "c", "d"])
    row = next(row for row in found.sensitivity if row.method == "leave-one-out: without c")
    assert row.estimate == 0.0 and "no event" in row.note


def test_warnings_are_data() -> None:
    codes = [
        note.code for note in pool_proportions([0, 6, 0, 1], [12, 20, 25, 9], studies=["a", "a", "b", "c"]).warnings
    ]
    assert codes == ["few_studies", "zero_studies", "duplicate_names"]
    assert pool_proportions([0, 10, 0], [10, 10, 8]).warnings[0].code == "tau2_at_limit"


def test_studies_at_0_and_at_100_percent_leave_everything_open() -> None:
    counts = ([0, 14, 14, 16], [4, 14, 14, 16])
    found = pool_proportions(*counts)
    assert found.warnings[0].code == "tau2_at_limit" and found.low < 0.05 and found.high > 0.99
    assert found.marginal_mean is None and found.wald_t is not None and found.wald_t.high - found.wald_t.low > 0.9
    groups = compare_subgroups([0, 9, 0, 8], [9, 9, 8, 8], ["a", "a", "b", "b"])
    assert groups.q_between is None and groups.warnings[-1].code == "not_tested"
    with pytest.raises(PoolError, match="without a bound"):
        meta_regression([0, 9, 0, 8, 0, 7], [9, 9, 8, 8, 9, 7], {"dose": [1, 2, 4, 3, 6, 5]}, force=True)


def test_the_dictionary_is_the_contract() -> None:
    found = pool_proportions(*MIXED, left_out=[LeftOut("x", "below threshold")]).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {
        "method",
        "k",
        "events",
        "total",
        "estimate",
        "low",
        "high",
        "tau2",
        "prediction",
        "left_out",
        "sensitivity",
    } <= set(found)
    assert set(found["prediction"]) == {"low", "high", "rule"}
    assert found["left_out"] == [{"study": "x", "reason": "below threshold"}]
    assert (found["k"], found["events"], found["total"]) == (10, 19, 158)


@pytest.mark.parametrize(
    ("events", "totals", "message"),
    [
        ([3], [2], "study 1: events 3 of total 2"),
        ([1, -1], [5, 5], "study 2: events -1"),
        ([1.5], [5], "whole numbers"),
        ([0], [0], "0 < total"),
        ([], [], "nothing to pool"),
        ([1, 2], [5], "same length"),
        ([float("nan")], [5], "whole numbers"),
    ],
)
def test_impossible_counts_are_refused(events: list[float], totals: list[float], message: str) -> None:
    with pytest.raises(PoolError, match=message):
        pool_proportions(events, totals)


def test_names_and_flags_must_be_as_many_as_studies() -> None:
    with pytest.raises(PoolError, match="2 study names for 1 studies"):
        pool_proportions([1], [5], studies=["a", "b"])
    with pytest.raises(PoolError, match="case_reports"):
        pool_proportions([1], [5], case_reports=[True, False])


# --- laws ------------------------------------------------------------------------------------------------------------

studies = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.lists(studies, min_size=2, max_size=8)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def arrays(table: list[tuple[int, int]]) -> tuple[Any, Any]:
    return np.array([x for x, _ in table]), np.array([n for _, n in table])


@quick
@given(tables, st.randoms())
def test_the_order_of_studies_does_not_matter(table: list[tuple[int, int]], random: Any) -> None:
    shuffled = random.sample(table, len(table))
    first, second = answer(*arrays(table)), answer(*arrays(shuffled))
    assert (first.estimate, first.low, first.high) == pytest.approx(
        (second.estimate, second.low, second.high), abs=1e-5
    )


@quick
@given(tables)
def test_events_and_their_absence_are_mirror_images(table: list[tuple[int, int]]) -> None:
    x, n = arrays(table)
    first, second = answer(x, n), answer(n - x, n)
    assert first.estimate == pytest.approx(1 - second.estimate, abs=1e-5)
    assert (first.low, first.high) == pytest.approx((1 - second.high, 1 - second.low), abs=1e-4)


@quick
@given(tables)
def test_the_interval_holds_the_estimate_within_0_and_1(table: list[tuple[int, int]]) -> None:
    found = answer(*arrays(table))
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found.tau2 is None or 0 <= found.tau2 <= glmm.SIGMA_LIMIT**2


@quick
@given(tables)
def test_the_fit_is_no_worse_than_plain_logistic_or_the_profile_ends(table: list[tuple[int, int]]) -> None:
    x, n = arrays(table)
    assume(0 < x.sum() < n.sum() and n.max() > 1)
    data = glmm.rows(x, n)
    fit = glmm.fit(data)
    assert fit.loglik >= glmm.fit_common(data).loglik - 1e-9
    for bound in glmm.profile_interval(fit):
        if np.isfinite(bound):
            drops = [
                2 * (fit.loglik - glmm.loglik(data, [bound], sigma)) for sigma in np.linspace(0, glmm.SIGMA_LIMIT, 60)
            ]
            assert min(drops) >= 3.84146 - 0.02


@quick
@given(st.lists(studies, min_size=2, max_size=8), st.integers(0, 7))
def test_one_more_event_never_lowers_a_common_risk(table: list[tuple[int, int]], position: int) -> None:
    x, n = arrays(table)
    position %= len(table)
    assume(x[position] < n[position] and x.sum() > 0 and x.sum() + 1 < n.sum())
    more = x.copy()
    more[position] += 1
    before, after = (glmm.fit_common(glmm.rows(counts, n)).beta[0] for counts in (x, more))
    assert after > before


@quick
@given(tables, st.floats(-4, 4), st.floats(0.05, 4))
def test_gradient_and_likelihood_agree(table: list[tuple[int, int]], beta: float, sigma: float) -> None:
    data = glmm.rows(*arrays(table))
    step = 1e-5
    point = glmm._evaluate(data, np.array([beta, sigma]))
    along = (glmm.loglik(data, [beta + step], sigma) - glmm.loglik(data, [beta - step], sigma)) / (2 * step)
    across = (glmm.loglik(data, [beta], sigma + step) - glmm.loglik(data, [beta], sigma - step)) / (2 * step)
    assert point.gradient == pytest.approx([along, across], abs=2e-2, rel=1e-2)


@quick
@given(st.lists(st.tuples(studies, studies), min_size=1, max_size=6))
def test_swapping_arms_inverts_ratios_and_turns_differences(
    table: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    (a, n1), (c, n2) = arrays([first for first, _ in table]), arrays([second for _, second in table])
    for measure in ("OR", "RR", "RD", "Peto OR"):
        one = pool_two_arm(a, n1, c, n2, measure=measure, sensitivity=False)
        two = pool_two_arm(c, n2, a, n1, measure=measure, sensitivity=False)
        if one.estimate is None or two.estimate is None:
            assert one.estimate is two.estimate
        elif measure == "RD":
            assert one.estimate == pytest.approx(-two.estimate, abs=1e-12)
        else:
            assert one.estimate == pytest.approx(1 / two.estimate, rel=1e-9)


@quick
@given(st.lists(st.tuples(studies, studies), min_size=2, max_size=6), st.integers(1, 30), st.integers(1, 30))
def test_a_double_zero_study_changes_no_ratio(
    table: list[tuple[tuple[int, int], tuple[int, int]]], m1: int, m2: int
) -> None:
    (a, n1), (c, n2) = arrays([first for first, _ in table]), arrays([second for _, second in table])
    for measure in ("OR", "RR", "Peto OR"):
        one = pool_two_arm(a, n1, c, n2, measure=measure, sensitivity=False)
        two = pool_two_arm([*a, 0], [*n1, m1], [*c, 0], [*n2, m2], measure=measure, sensitivity=False)
        assert two.double_zero == one.double_zero + 1
        assert (one.estimate is None and two.estimate is None) or one.estimate == pytest.approx(two.estimate, rel=1e-9)


# --- two arms --------------------------------------------------------------------------------------------------------


def test_no_event_in_any_arm_is_refused_with_the_reason() -> None:
    found = pool_two_arm([0, 0, 0], [18, 20, 11], [0, 0, 0], [18, 10, 12])
    assert found.estimate is None and found.double_zero == 3
    assert all(row.estimate is None and row.note.startswith("refused") for row in found.measures)
    assert found.warnings[0].code == "undefined" and "0 of 49, at most" in found.warnings[0].message


def test_one_study_with_an_empty_control_arm_has_a_difference_and_petos_ratio_only() -> None:
    found = pool_two_arm([3], [16], [0], [16])
    given_measures = {row.measure for row in found.measures if row.estimate is not None}
    assert given_measures == {"RD", "Peto OR"} and found.estimate is None
    assert "no event in arm 2" in found.measures[0].note
    assert found.studies[0].low is not None and found.studies[0].high is None


def test_double_zeros_are_counted_and_said() -> None:
    found = pool_two_arm([0, 1, 0, 2, 3, 0], [18, 20, 11, 32, 48, 10], [0, 0, 1, 1, 2, 0], [18, 10, 12, 32, 48, 9])
    assert (found.double_zero, found.single_zero) == (2, 2)
    assert found.measures[0].note == "4 of 6 studies carry information on a ratio" and found.measures[2].note == ""
    assert {"double_zero", "single_zero"} <= {note.code for note in found.warnings}
    halves = [row for row in found.sensitivity if "inverse variance" in row.method]
    assert all("0.5 added to every cell of 2 studies" in row.note for row in halves)


def test_unequal_arms_warn_of_peto() -> None:
    found = pool_two_arm([6, 4, 9, 3], [36, 27, 95, 30], [1, 1, 2, 0], [12, 9, 94, 10], measure="Peto OR")
    assert {"unequal_arms", "peto_not_rare"} <= {note.code for note in found.warnings}
    with pytest.raises(PoolError, match="OR, RR, RD, Peto OR"):
        pool_two_arm([1], [5], [1], [5], measure="HR")
    with pytest.raises(PoolError, match="both arms"):
        pool_two_arm([1], [5], [1, 2], [5, 5])


def test_the_two_arm_dictionary_is_the_contract() -> None:
    found = pool_two_arm([5, 0], [32, 10], [2, 1], [32, 11], measure="RR").to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {"measure", "estimate", "low", "high", "double_zero", "measures", "left_out", "sensitivity"} <= set(found)
    assert found["measure"] == "RR" and [row["measure"] for row in found["measures"]] == ["OR", "RR", "RD", "Peto OR"]


# --- subgroups, regression, small studies ----------------------------------------------------------------------------


def test_small_groups_share_one_variance() -> None:
    found = compare_subgroups(*MIXED, ROUTES)
    assert found.common_tau2 and [group.group for group in found.groups] == ["intrathecal", "intravenous"]
    assert len({group.tau2 for group in found.groups}) == 1
    assert found.q_df == 1 and found.q_p is not None and 0 < found.q_p < 1
    apart = compare_subgroups(*MIXED, ROUTES, common_tau2=False)
    assert apart.groups[0].tau2 != apart.groups[1].tau2 and "few_studies" in {n.code for n in apart.warnings}


def test_a_group_without_events_is_exact_and_not_tested() -> None:
    found = compare_subgroups([0, 0, 1, 3, 2, 1], [10, 12, 10, 12, 15, 9], ["a", "a", "b", "b", "c", "c"])
    assert found.groups[0].estimate == 0.0 and found.q_df == 1
    assert any(note.code == "group_not_modelled" and " a:" in note.message for note in found.warnings)
    with pytest.raises(PoolError, match="at least two groups"):
        compare_subgroups([1, 2], [5, 5], ["a", "a"])


def test_meta_regression_refuses_few_studies_unless_forced() -> None:
    dose = [float(i) for i in range(8)]
    x, n = MIXED[0][:8], MIXED[1][:8]
    with pytest.raises(PoolError, match="fewer than 10 per covariate"):
        meta_regression(x, n, {"log10 cells": dose})
    found = meta_regression(x, n, {"log10 cells": dose}, force=True)
    assert {note.code for note in found.warnings} == {"ecological", "few_studies", "half_added"}
    assert len(found.coefficients) == len(found.check) == 2


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        ({}, "at least one covariate"),
        ({"dose": [1.0] * 10}, "constant"),
        ({"dose": [1.0, 2.0]}, "2 values for 10 studies"),
        ({"dose": [1.0] * 9 + [float("nan")]}, "no number for study 10"),
    ],
)
def test_meta_regression_needs_a_covariate_that_varies(covariates: dict[str, list[float]], message: str) -> None:
    with pytest.raises(PoolError, match=message):
        meta_regression(*MIXED, covariates)


def test_small_study_tests_need_ten_studies() -> None:
    with pytest.raises(PoolError, match="fewer than 10"):
        small_study.by_size([1, 2, 0], [10, 12, 9])
    assert 0 <= small_study.by_size(*MIXED).p_value <= 1


# --- tables ----------------------------------------------------------------------------------------------------------


def test_reads_any_case_order_separator_and_mark(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes("\ufeffTotal;Route;EVENTS;Study\r\n10;it;1;Ölmez 2019\r\n\r\n12.0;iv;0;b\r\n".encode())
    found = read_counts(path)
    assert found.studies == ("Ölmez 2019", "b") and found.events == ((1, 0),) and found.totals == ((10, 12),)
    assert found.extra == {"route": ("it", "iv")} and found.left_out == ()
    assert pool_table(found).to_dict()["k"] == 2


def test_missing_counts_are_left_out_with_the_reason() -> None:
    found = parse_counts("study,events,total\na,1,10\nb,,12\nc,NR,\nd,0,0\n")
    assert found.studies == ("a",)
    assert [(row.study, row.reason) for row in found.left_out] == [
        ("b", "no number for events"), ("c", "no number for events, total"), ("d", "no participants (total is 0)"),
    ]  # fmt: skip
    assert pool_table(found).to_dict()["left_out"][0]["study"] == "b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study,events,total\na,1,10\nb,5,4\n", r"line 3, columns 'events' and 'total': 5 of 4 is impossible"),
        ("study,events,total\na,-1,10\n", r"line 2, column 'events': '-1' is no count"),
        ("study,events,total\na,1.5,10\n", r"line 2, column 'events': '1.5' is no count; legal are whole numbers"),
        ("study,events,total\na,one,10\n", r"line 2, column 'events'"),
        ("study,events1,total1,events2,total2\na,1,10,9,8\n", r"columns 'events2' and 'total2'"),
        ("study,events,n\na,1,10\n", r"no column 'total'"),
        ("study,events1,total1,events2\na,1,10,2\n", r"no column 'total2'"),
        ("study,events,total,events\na,1,10,1\n", r"'events' occurs more than once"),
        ("study,events,total\na,1,10,3\n", r"line 2: 4 cells under 3"),
        ("", r"empty"),
        ("study,events,total,overlap\na,1,10,maybe\nb,1,9,no\n", r"'overlap': 'maybe' is neither yes nor no"),
        ("study,events,total\na,,10\n", r"nothing to pool \(a: no number for events\)"),
    ],
)
def test_an_impossible_table_names_row_and_column(text: str, message: str) -> None:
    with pytest.raises(PoolError, match=message):
        pool_table(parse_counts(text))


def test_a_file_that_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(PoolError, match="cannot be read"):
        read_counts(tmp_path / "nothing.csv")
    (tmp_path / "latin.csv").write_bytes(b"study,events,total\n\xe9,1,2\n")
    with pytest.raises(PoolError, match="not UTF-8"):
        read_counts(tmp_path / "latin.csv")


def test_flags_of_a_table_reach_the_sensitivity_table() -> None:
    found = pool_table(parse_counts("study,events,total,case_report\na,1,10,no\nb,0,1,yes\nc,2,14,\nd,1,9,0\n"))
    row = next(row for row in found.to_dict()["sensitivity"] if row["method"] == "without case reports")
    assert row["k"] == 3 and row["total"] == 33


names = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(lambda s: s.strip())


@quick
@given(
    st.lists(st.tuples(names, studies), min_size=1, max_size=6, unique_by=lambda row: row[0].strip().lower()),
    st.sampled_from(",;\t"),
)
def test_what_is_written_is_read(table: list[tuple[str, tuple[int, int]]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["study", "events", "total"])
    writer.writerows([name, x, n] for name, (x, n) in table)
    found = parse_counts(out.getvalue())
    assert found.studies == tuple(name.strip() for name, _ in table)
    assert list(zip(found.events[0], found.totals[0], strict=True)) == [counts for _, counts in table]


# --- plots -----------------------------------------------------------------------------------------------------------


def plot_text(figure: Any) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_a_plot_is_the_same_bytes_every_time(tmp_path: Path, suffix: str, start: bytes) -> None:
    found = pool_proportions(*MIXED, sensitivity=False)
    first = forest.draw(found, tmp_path / f"a{suffix}", title="Headache").read_bytes()
    second = forest.draw(found, tmp_path / f"b{suffix}", title="Headache").read_bytes()
    assert first == second and first.startswith(start)


def test_a_plot_shows_studies_groups_pooled_and_left_out() -> None:
    found = pool_proportions(*MIXED, sensitivity=False, left_out=[LeftOut("Moura 2020", "below threshold")])
    texts = plot_text(forest.figure(found, groups=ROUTES, subgroups=compare_subgroups(*MIXED, ROUTES)))
    assert {
        "intrathecal",
        "Mean (6 studies)",
        "Mean risk (10 studies)",
        "Median study",
        "Prediction interval, t(k-1)",
    } <= set(texts)
    assert "8.9 [2.2 to 17.8]" in texts and any("τ² = 0.83" in text for text in texts)
    assert any("Moura 2020 (below threshold)" in text for text in texts)
    assert any(text.startswith("Between groups: Wald Q = ") for text in texts)


def test_a_plot_of_no_event_says_what_is_left_open() -> None:
    texts = plot_text(forest.figure(pool_proportions([0, 0], [30, 40])))
    assert any("risk at most 4.2 %" in text for text in texts) and "Heterogeneity not estimable." in texts


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "Peto OR"])
def test_a_plot_of_two_arms(tmp_path: Path, measure: str) -> None:
    found = pool_two_arm(
        [0, 1, 0, 2], [18, 20, 11, 32], [0, 0, 1, 1], [18, 10, 12, 32], measure=measure, sensitivity=False
    )
    texts = plot_text(forest.figure(found, arms=("MSC", "Control")))
    assert "MSC n/N" in texts and "1/20" in texts and any("fewer events, MSC" in text for text in texts)
    assert ("no event" in texts) == (measure != "RD")
    forest.draw(found, tmp_path / "two.svg")


@pytest.mark.parametrize(
    ("measure", "shares"),
    # OR: (n1 - e1) e2 / N; RR: e2 n1 / N; RD: n1 n2 / N; Peto: n1 n2 e (N - e) / (N2 (N - 1)), as metafor's rma.mh and rma.peto
    [("OR", "23.7 76.3"), ("RR", "25.8 74.2"), ("RD", "36.7 63.3"), ("Peto OR", "41.5 58.5")],
)
def test_weights_of_two_arms_are_the_methods_own(measure: str, shares: str) -> None:
    found = pool_two_arm([3, 2], [20, 40], [2, 5], [22, 33], measure=measure, sensitivity=False)
    made, note = weights.of_effects(found)
    assert " ".join(f"{100 * (one or 0):.1f}" for one in made) == shares and note.startswith("Weights: those of")
    assert set(shares.split()) <= set(plot_text(forest.figure(found)))


def test_weights_of_risks_know_the_spread() -> None:
    found = pool_proportions([1, 0, 3, 6], [64, 43, 20, 26], sensitivity=False)
    made, note = weights.of_risks(found)
    tau2, p = found.tau2 or 0.0, found.estimate
    own = [1 / (tau2 + 1 / (n * p * (1 - p))) for n in (64, 43, 20, 26)]
    assert made == pytest.approx([one / sum(own) for one in own]) and note == weights.BY_SPREAD
    assert "Weight, %" in plot_text(forest.figure(found))
    alone = pool_proportions([1], [64], sensitivity=False)
    assert weights.of_risks(alone) == ((None,), "") and "Weight, %" not in plot_text(forest.figure(alone))
    none = pool_proportions([0, 0], [30, 10], sensitivity=False)
    assert weights.of_risks(none) == ((0.75, 0.25), weights.BY_PEOPLE)


def test_a_plot_of_undefined_arms_is_drawn_all_the_same() -> None:
    assert "not estimable" in plot_text(forest.figure(pool_two_arm([0], [10], [0], [10])))


def test_plots_refuse_what_they_cannot_draw(tmp_path: Path) -> None:
    found = pool_proportions(*MIXED, sensitivity=False)
    with pytest.raises(PoolError, match=r"legal: \.svg, \.pdf, \.png"):
        forest.draw(found, tmp_path / "forest.gif")
    with pytest.raises(PoolError, match="1 groups for 10 studies"):
        forest.figure(found, groups=["a"])


# --- coverage --------------------------------------------------------------------------------------------------------


def test_the_simulation_is_the_same_for_the_same_seed_and_a_subset_of_designs() -> None:
    first = simulate.run(20, studies=(4,), risks=(0.05,), taus=(0.8,))
    again = simulate.run(20, studies=(4,), risks=(0.01, 0.05), taus=(0.8,))
    assert first[0] == again[1]
    assert simulate.run(20, seed=1, studies=(4,), risks=(0.05,), taus=(0.8,)) != first
    with pytest.raises(PoolError, match="at least 1"):
        simulate.run(0)


def test_default_intervals_cover_in_a_short_run() -> None:
    """The full table (2,000 replicates) is in docs/coverage.md; here 25 a design, goals less three standard errors."""
    rows = simulate.run(25, studies=(4,), risks=(0.01, 0.25), taus=(0.0, 0.8))
    found = simulate.summary(rows)
    assert len(rows) == 4 and found["mean"] > 0.93 - 3 * (0.93 * 0.07 / 100) ** 0.5
    assert found["lowest"] > 0.86 - 3 * (0.86 * 0.14 / 25) ** 0.5
    text = simulate.as_markdown(rows)
    assert text.count("\n| ") == 4 and "goals" in text
    assert len(simulate.as_dicts(rows)) == 4


# --- hand-on to R ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def missing_in_r() -> str | None:
    """What is not installed of what the scripts need."""
    if shutil.which("Rscript") is None:
        return "Rscript is not installed"
    probe = subprocess.run(
        ["Rscript", "-e", 'stopifnot(all(c("metafor", "lme4") %in% rownames(installed.packages())))'],
        capture_output=True,
    )
    return None if probe.returncode == 0 else "the R packages metafor and lme4 are not installed"


def run_in_r(folder: Path, script: str) -> dict[str, float]:
    """What the exported script prints; skipped, with the reason, where R or metafor is missing."""
    if reason := missing_in_r():
        skip_or_fail("r", reason)
    done = subprocess.run(["Rscript", script], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    pairs = (line.split() for line in done.stdout.splitlines())
    return {name: float(value) for name, value in pairs if value != "NA"}


@pytest.mark.parametrize(
    "counts",
    [MIXED, ([0, 0, 0], [8, 12, 19]), ([2] * 5, [10] * 5), ([3], [18])],
    ids=["mixed", "none", "identical", "one"],
)
def test_the_exported_script_gives_the_same_estimate_in_r(tmp_path: Path, counts: tuple[list[int], list[int]]) -> None:
    text = "study,events,total,route\n" + "".join(
        f'"s, {i}",{x},{n},it\n' for i, (x, n) in enumerate(zip(*counts, strict=True))
    )
    table = parse_counts(text)
    _, script = metafor.write(table, tmp_path / "r", stem="headache")
    ours = pool_proportions(*counts)
    theirs = run_in_r(tmp_path / "r", script.name)
    assert theirs["estimate"] == pytest.approx(ours.estimate, abs=2e-3)
    if ours.tau2:
        assert logit(ours.estimate) == pytest.approx(theirs["logit"], abs=2e-3)
        assert ours.tau2 == pytest.approx(theirs["tau2"], abs=2e-3)
    if ours.tau2 is None:
        assert (theirs["low"], theirs["high"]) == pytest.approx((ours.low, ours.high), abs=1e-8)
    if len(counts[0]) > 1:
        row = next(row for row in ours.sensitivity if "Knapp-Hartung" in row.method)
        assert theirs["reml_hk_adhoc"] == pytest.approx(row.estimate, abs=1e-4)
    assert (tmp_path / "r" / "headache_forest.pdf").read_bytes().startswith(b"%PDF")


def test_the_exported_two_arm_script_gives_the_same_estimates_in_r(tmp_path: Path) -> None:
    text = "study,events1,total1,events2,total2\na,0,18,0,18\nb,1,20,0,10\nc,0,11,1,12\nd,2,32,1,32\ne,3,48,2,48\n"
    table = parse_counts(text)
    _, script = metafor.write(table, tmp_path)
    theirs = run_in_r(tmp_path, script.name)
    ours = pool_table(table)
    for row in ours.to_dict()["measures"]:
        name = row["measure"].split()[0]
        for key in ("estimate", "low", "high"):
            assert theirs[f"{name if row['measure'] != 'Peto OR' else 'Peto'}_{key}"] == pytest.approx(
                row[key], abs=1e-8
            )
    assert theirs["double_zero"] == 1
    glmm_row = ours.to_dict()["sensitivity"][0]
    assert theirs["GLMM_estimate"] == pytest.approx(glmm_row["estimate"], abs=2e-3)


def test_the_exported_csv_has_metafors_names_and_keeps_the_rest() -> None:
    one = metafor.csv_text(parse_counts("study,events,total,note,route\na,1,10,x,it\n"))
    assert one == "study,xi,ni,route,note\na,1,10,it,x\n"
    two = metafor.csv_text(parse_counts("study,events1,total1,events2,total2\na,1,10,2,11\n"))
    assert two == "study,ai,n1i,ci,n2i\na,1,10,2,11\n"


def test_the_median_study_is_what_the_estimate_is() -> None:
    """With a large spread the mean of the risks lies above the median one (rare events)."""
    fit = glmm.fit(glmm.rows([0, 12, 3, 30, 1, 8], [400] * 6))
    found = pool_proportions([0, 12, 3, 30, 1, 8], [400] * 6, sensitivity=False)
    assert found.estimate == pytest.approx(float(expit(fit.beta[0]))) and found.marginal_mean is not None
    assert found.marginal_mean > 1.5 * found.estimate
