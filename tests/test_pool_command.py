"""``trialspan pool`` and ``pool-simulate`` as a user meets them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from extractor.commands import app
from extractor.errors import PoolError
from extractor.pool.tables import parse_counts

ONE = "study;events;total;route\nA;0;7;it\nB;1;10;it\nC;0;12;iv\nD;3;18;iv\nE;;9;iv\n"
TWO = "study,events1,total1,events2,total2\na,0,18,0,18\nb,1,20,0,10\nc,0,11,1,12\nd,2,32,1,32\n"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.csv"
    path.write_text(ONE, encoding="utf-8")
    return path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.csv"
    path.write_text(TWO, encoding="utf-8")
    return path


def trialspan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["pool", *map(str, arguments)], env={"COLUMNS": "160"})


def test_json_of_one_arm_is_the_contract(one: Path) -> None:
    done = trialspan("--from", one, "--format", "json", "--by", "Route")
    found = json.loads(done.stdout)
    assert (found["k"], found["events"], found["total"]) == (4, 4, 47)
    assert found["left_out"] == [{"study": "E", "reason": "no number for events"}]
    assert set(found["prediction"]) == {"low", "high", "rule"}
    assert found["low"] < found["estimate"] < found["high"] < 1
    assert [group["group"] for group in found["subgroups"]["groups"]] == ["it", "iv"]


def test_json_of_two_arms_is_the_contract(two: Path) -> None:
    found = json.loads(trialspan("--from", two, "--format", "json", "--measure", "RD").stdout)
    assert found["measure"] == "RD" and found["double_zero"] == 1
    assert -1 < found["low"] < found["estimate"] < found["high"] < 1


def test_csv_has_a_line_for_each_method(one: Path, two: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(trialspan("--from", one, "--format", "csv").stdout)))
    assert rows[0]["method"] == "mean of the studies' risks" and float(rows[0]["high"]) < 1 and len(rows) == 12
    rows = list(csv.DictReader(io.StringIO(trialspan("--from", two, "--format", "csv").stdout)))
    assert [row["measure"] for row in rows[:4]] == ["OR", "RR", "RD", "Peto OR"]


def test_the_table_says_what_was_left_out_and_warned_of(one: Path, two: Path) -> None:
    shown = trialspan("--from", one).stdout
    assert (
        "left out: E (no number for events)" in shown
        and "few_studies:" in shown
        and "4 of 47 (8.5 %) in 4 studies" in " ".join(shown.split())
    )
    assert "4 studies, 1 of them without any event" in trialspan("--from", two).stdout


def test_files_are_written(one: Path, tmp_path: Path) -> None:
    done = trialspan(
        "--from",
        one,
        "--plot",
        tmp_path / "f.svg",
        "--metafor",
        tmp_path / "r",
        "-o",
        tmp_path / "out.json",
        "--format",
        "json",
    )
    assert done.exit_code == 0
    assert (tmp_path / "f.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert (tmp_path / "r" / "metafor.csv").read_text(encoding="utf-8").startswith("study,xi,ni,route\n")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["k"] == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--measure", "HR"), "OR, RR, RD, Peto OR"),
        (("--rule", "z"), "t(k-1), t(k-2)"),
        (("--plot", "forest.gif"), ".svg, .pdf, .png"),
        (("--by", "dose"), "the table has: route"),
    ],
)
def test_wrong_usage_lists_what_is_legal(one: Path, arguments: tuple[str, ...], message: str) -> None:
    done = trialspan("--from", one, *arguments)
    assert done.exit_code == 2 and message in done.stderr


def test_an_impossible_table_ends_the_run(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("study,events,total\na,5,4\n", encoding="utf-8")
    done = trialspan("--from", path)
    assert (
        done.exit_code == 1 and isinstance(done.exception, PoolError) and "5 of 4 is impossible" in str(done.exception)
    )


def test_a_simulation_that_misses_its_goals_fails() -> None:
    done = CliRunner().invoke(app, ["pool-simulate", "--replicates", "2", "--seed", "3", "--format", "json"])
    found = json.loads(done.stdout)
    assert len(found["designs"]) == 12 and found["met"] == (done.exit_code == 0)


def test_a_study_that_stands_there_twice_is_asked_about() -> None:
    with pytest.raises(PoolError, match=r"line 3: study 'a' stands there twice. Is it one study\?"):
        parse_counts("study,events,total\na,1,10\na,1,10\n")
