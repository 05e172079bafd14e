"""What more is asked of tables: regression, small-study effects, trend over doses within trials, leave-one-out, a store's trials.

Figures of reference are of R 4.2 (``lm``, ``prop.trend.test``, ``mantelhaen.test``) and metafor 3.8.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import PoolError
from extractor.pool import pool_two_arm, small_study
from extractor.pool.trend import Stratum, trend
from extractor.store import Store
from tests.trial_store import single_arm

A, N1 = (4, 2, 6, 1, 8, 3, 5, 2, 7, 10, 0, 3), (40, 25, 60, 22, 95, 31, 48, 20, 77, 120, 15, 33)
C, N2 = (1, 2, 3, 1, 6, 1, 2, 3, 4, 8, 1, 0), (41, 24, 62, 20, 90, 30, 50, 22, 75, 118, 16, 31)
MANTEL_HAENSZEL = 4.4644128411


def test_small_study_tests_of_two_arms_agree_with_r() -> None:
    harbord, peters = small_study.harbord(A, N1, C, N2), small_study.peters(A, N1, C, N2)
    assert (harbord.statistic, harbord.p_value) == pytest.approx((-0.1044159695, 0.9189038183), abs=1e-9)
    assert (peters.statistic, peters.p_value) == pytest.approx((-0.4207460994, 0.6828395517), abs=1e-9)


def test_fewer_than_ten_studies_are_refused() -> None:
    for test in (small_study.harbord, small_study.peters):
        with pytest.raises(PoolError, match="9 studies with events: fewer than 10"):
            test((*A[:9], 0), (*N1[:9], 10), (*C[:9], 0), (*N2[:9], 12))


def test_leave_one_out_of_two_arms_agrees_with_metafor() -> None:
    rows = [row for row in pool_two_arm(A, N1, C, N2).sensitivity if row.method.startswith("leave-one-out")]
    assert len(rows) == len(A) and rows[1].method == "leave-one-out: without study 2"
    assert (rows[1].estimate, rows[1].low, rows[1].high) == pytest.approx(
        (1.6802761540, 1.0495061421, 2.6901490524), abs=1e-8
    )


def test_a_trend_of_one_trial_and_of_several_agrees_with_r() -> None:
    one = trend([Stratum("x", (6, 7, 8), (1, 3, 6), (12, 15, 14))])
    assert one.statistic**2 == pytest.approx(4.1583135897, abs=1e-9)
    pairs = [
        Stratum(str(i), (0, 1), (c, a), (n2, n1)) for i, (a, n1, c, n2) in enumerate(zip(A, N1, C, N2, strict=True))
    ]
    assert trend(pairs).statistic ** 2 == pytest.approx(MANTEL_HAENSZEL, abs=1e-8)


def test_trials_are_never_compared_with_one_another() -> None:
    """A high dose in a trial of sick people says nothing beside a low one in a trial of healthy ones."""
    with pytest.raises(PoolError, match="no trial has several doses"):
        trend([Stratum("low", (6,), (0,), (20,)), Stratum("high", (8,), (9,), (20,))])
    flat = trend([Stratum("low", (6, 7), (1, 1), (20, 20)), Stratum("high", (8, 9), (9, 9), (20, 20))])
    assert flat.statistic == 0 and flat.odds_ratio == 1


TABLE = "study,events,total,dose,place\n" + "".join(
    f"s{i},{x},{n},{5 + i / 10},{'ab'[i % 2]}\n" for i, (x, n) in enumerate(zip(A, N1, strict=True))
)


def pooled(tmp_path: Path, text: str, *options: str) -> dict[str, Any]:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["pool", "--from", str(tmp_path / "t.csv"), "--format", "json", *options])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_regression_and_small_studies_on_a_table(tmp_path: Path) -> None:
    found = pooled(tmp_path, TABLE + "s99,1,10,unknown,a\n", "--on", "dose", "--small-study")
    assert [c["name"] for c in found["regression"]["coefficients"]] == ["intercept", "dose"]
    assert [row["study"] for row in found["regression"]["left_out"]] == ["s99"]
    assert found["small_study"][0]["p_value"] is not None
    few = pooled(tmp_path, "\n".join(TABLE.split("\n")[:6]), "--small-study")["small_study"][0]
    assert few["p_value"] is None and "fewer than 10" in few["note"]


@pytest.mark.parametrize(
    ("options", "why"), [(["--on", "colour"], "no column 'colour'"), (["--on", "place"], "holds no number")]
)
def test_a_column_that_is_no_number_is_refused(tmp_path: Path, options: list[str], why: str) -> None:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    done = CliRunner().invoke(app, ["pool", "--from", str(tmp_path / "t.csv"), *options])
    assert done.exit_code != 0 and why in str(done.output) + str(done.exception)


def test_a_store_is_pooled_without_what_was_screened_out(tmp_path: Path) -> None:
    path = str(tmp_path / "s.db")
    with Store.open(path) as store:
        for number in range(4):
            store.add(single_arm(f"single{number}", number, 10 + number, 1e6))

    def studies() -> list[str]:
        done = CliRunner().invoke(
            app, ["pool", "--store", path, "--outcome", "headache", "--by", "route", "--format", "json"]
        )
        assert done.exit_code == 0, done.output
        return [row["study"].split()[-1] for row in json.loads(done.stdout)["studies"]]

    assert studies() == ["single0", "single1", "single2", "single3"]
    runner = CliRunner()
    for verb, reports in (("exclude", ["single0"]), ("include", ["single1", "single2", "single3"])):
        for report in reports:
            done = runner.invoke(
                app,
                [
                    "screen",
                    verb,
                    report,
                    *(["--reason", "wrong population"] if verb == "exclude" else []),
                    "--by",
                    "ann",
                    "--store",
                    path,
                ],
            )
            assert done.exit_code == 0, done.output
    assert studies() == ["single1", "single2", "single3"]
    assert runner.invoke(app, ["pool"]).exit_code == 2
