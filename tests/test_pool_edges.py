"""Pooling at its edges: what a careful reader would catch us at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import PoolError
from extractor.pool import compare_subgroups, glmm, meta_regression, pool_proportions, pool_two_arm
from extractor.pool.forest_rows import one_arm_lines, two_arm_lines
from extractor.pool.tables import parse_counts
from extractor.report.page import p_value


@pytest.mark.parametrize(
    ("events", "totals"),
    [
        ([2, 5], [20, 22]),
        ([3, 3], [15, 15]),
        ([1] * 6, [30] * 6),
        ([0, 1, 5], [12, 15, 20]),
        ([1, 2, 500], [10, 20, 1_000_000]),
    ],
)
def test_the_interval_of_tau2_holds_its_estimate(events: list[int], totals: list[int]) -> None:
    """One of empirical logits need not: it was 0.31 to 0.42 about an estimate of 0.54, and 0 to 0 for studies all alike."""
    found = pool_proportions(events, totals, sensitivity=False).heterogeneity
    assert found.tau2 is not None and found.tau2_low is not None and found.tau2_high is not None
    assert found.tau2_low <= found.tau2 < found.tau2_high


def test_the_interval_of_tau2_of_many_studies() -> None:
    draw = np.random.default_rng(1)
    totals = draw.integers(5, 200, 300)
    events = draw.binomial(totals, 1 / (1 + np.exp(-draw.normal(-3, 0.7, 300))))
    found = pool_proportions(events, totals, sensitivity=False).heterogeneity
    assert found.tau2 and found.tau2_low and found.tau2_high
    assert found.tau2_low < 0.49 < found.tau2_high and found.tau2_low < found.tau2 < found.tau2_high


def test_the_ends_of_the_interval_of_tau2_are_where_the_likelihood_has_dropped() -> None:
    fit = glmm.fit(glmm.rows([1, 4, 9, 2, 0], [20, 22, 25, 30, 18]))
    for end in glmm.profile_spread(fit):
        if end > 0:
            best = max(glmm.loglik(fit.rows, [beta], end) for beta in np.linspace(-4, 1, 2001))
            assert 2 * (fit.loglik - best) == pytest.approx(glmm.ROOT_95**2, abs=1e-3)


def test_no_upper_end_is_said_and_no_prediction_is_made_of_it() -> None:
    found = pool_proportions([0, 0, 0, 10, 10, 10], [10] * 6, sensitivity=False)
    assert found.heterogeneity.tau2_high is None and "no upper bound" in found.heterogeneity.note
    assert found.prediction.low is None and "not bounded" in found.prediction.rule
    foot = " ".join(one_arm_lines(found, None, None)[2])
    assert "to no bound" in foot and "Prediction interval not given: the spread between studies is not bounded" in foot


def test_a_covariate_that_separates_is_refused() -> None:
    with pytest.raises(PoolError, match="no finite coefficient is best"):
        meta_regression([0] * 6 + [3] * 6, [10] * 12, {"dose": [0.0] * 6 + [1.0] * 6})
    with pytest.raises(PoolError, match="no finite coefficient is best"):
        meta_regression([0] * 6 + [10] * 6, [10] * 12, {"dose": [0.0] * 6 + [1.0] * 6})


def test_a_large_scale_of_a_covariate_is_no_separation() -> None:
    found = meta_regression([1, 2, 3, 2] * 3, [10] * 12, {"cells": [1e6 * i for i in range(12)]})
    assert abs(found.coefficients[1].estimate) < 1e-6 and found.coefficients[1].p_value > 0.05


def test_the_check_of_a_regression_is_never_certain() -> None:
    """Effects that lie on a line leave Knapp and Hartung a standard error of 0."""
    found = meta_regression([2] * 6 + [4] * 6, [20] * 12, {"dose": [0.0] * 6 + [1.0] * 6})
    assert all(c.se > 0.1 for c in found.check) and "never narrower" in found.check_method


def test_why_a_difference_is_undefined() -> None:
    found = pool_two_arm([10, 5], [10, 5], [0, 0], [8, 3], measure="RD")
    assert found.estimate is None and "its variance cannot be estimated" in found.warnings[0].message


def test_what_was_added_for_q_is_said() -> None:
    counts = [3, 2, 5], [20, 20, 20], [0, 1, 2], [20, 20, 20]
    said = {note.code: note.message for note in pool_two_arm(*counts).warnings}
    assert "but for Q and I2 (0.5 to each of its cells)" in said["single_zero"] and "below 1 %" in said["peto_not_rare"]
    peto = {note.code: note.message for note in pool_two_arm(*counts, measure="Peto OR").warnings}
    assert peto["single_zero"].endswith("nothing was added to it.")
    foot = " ".join(two_arm_lines(pool_two_arm(*counts), ("Cells", "Control"))[2])
    assert "(one effect for all studies)" in foot and "0.5 to each of its cells" in foot


def test_few_studies_in_a_group_are_told() -> None:
    found = compare_subgroups([1, 2, 3, 5], [20] * 4, ["a", "a", "a", "b"])
    assert any("A group has 1 study: one tau2 is taken for all groups" in note.message for note in found.warnings)
    result = pool_proportions([1, 2, 3, 5], [20] * 4, sensitivity=False)
    foot = " ".join(one_arm_lines(result, ["a", "a", "a", "b"], found)[2])
    assert "Wald Q" in foot and "Groups of studies were compared, not patients" in foot


def test_case_reports_are_told_on_the_plot_with_the_median_study() -> None:
    result = pool_proportions([1, 0, 2, 9], [1, 20, 20, 25], sensitivity=False)
    foot = " ".join(one_arm_lines(result, None, None)[2])
    assert "1 of 4 rows are case reports or of one participant" in foot
    assert (
        "Mean of the studies' risks (profile likelihood of the mean, 95 %)" in foot
        and "All participants together: " in foot
    )


@pytest.mark.parametrize(("value", "words"), [(1e-9, "p < 0.001"), (0.0312, "p = 0.031"), (1.0, "p = 1.000")])
def test_p_is_never_printed_as_zero(value: float, words: str) -> None:
    assert p_value(value) == words


def test_the_command_says_what_the_estimate_is_and_how_groups_differ(tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    table.write_text("study,events,total,route\nA,1,9,iv\nB,0,20,iv\nC,2,20,it\nD,9,25,it\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["pool", "--from", str(table), "--by", "route"], env={"COLUMNS": "200"}).output
    assert (
        "The first line is the mean of the studies' risks; the second is the risk of the median study." in said
        and "profile likelihood), likelihood-ratio p" in said
    )
    assert "Between groups: Wald Q" in said and "Groups of studies were compared, not patients" in said
    table.write_text("study,events1,total1,events2,total2\nA,3,20,1,20\nB,2,30,2,28\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["pool", "--from", str(table)], env={"COLUMNS": "200"}).output
    assert "takes one effect for all studies (OR: Q p = " in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study,events,total\nA,1,99999999999999999999999\nB,2,20\n", "line 2, column 'total': '9999"),
        ("study,events,total\nA,1_0,20\n", "'1_0' is no count"),
        ('study,events,total\nA,1,10\n"B,2,20\nC,3,30\n', "close each quotation mark"),
    ],
)
def test_slips_in_a_table_are_refused(text: str, message: str) -> None:
    with pytest.raises(PoolError, match=message):
        parse_counts(text)


def test_more_people_than_there_are_is_refused() -> None:
    with pytest.raises(PoolError, match="0 < total <= 10,000,000,000"):
        pool_proportions([1, 2], [1e23, 20])


def test_a_csv_says_beside_itself_what_was_left_out(tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    table.write_text("study,events,total\nA,,10\nB,1,20\nC,2,20\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["pool", "--from", str(table), "--format", "csv"])
    assert "left out: A (no number for events)" in done.stderr and "few_studies" in done.stderr
    assert "left out" not in done.stdout


def test_the_order_of_the_studies_changes_no_digit() -> None:
    events, totals = [0, 3, 1, 5, 0, 2], [12, 40, 9, 33, 20, 25]
    one, other = (pool_proportions(events[::way], totals[::way]) for way in (1, -1))
    assert (one.estimate, one.low, one.high, one.tau2, one.mean) == (
        other.estimate, other.low, other.high, other.tau2, other.mean,
    )  # fmt: skip
