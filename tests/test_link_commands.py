"""``trialspan link``, ``check``, ``decide`` and ``trial`` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from extractor.commands import app
from extractor.store import Store
from tests import check_cases
from tests.check_cases import base
from tests.link_families import published
from tests.link_records import record
from tests.make_link_pairs import report_ids

FAMILY = ("glass2012", "riley2014", "feldman2014", "martinez2009", "martinez2012", "staff2016")


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with families of reports, and a paper with its registry record that differ."""
    path = tmp_path / "review.db"
    pair = base(1)
    check_cases._other_route(pair)
    with Store.open(path) as store:
        for report in published():
            if report["id"] in FAMILY:
                store.add(record(report | {"ids": report_ids(report)}))
        for one in pair.records():
            store.add(one)
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--store", str(path)], env={"COLUMNS": "200"})


def test_link_then_check_then_the_page(filled: Path) -> None:
    done = run(filled, "link")
    assert done.exit_code == 0 and "reports linked: 8 " in done.output
    assert "martinez2012" in done.output and "trialspan decide confirm|reject" in done.output
    checked = run(filled, "check", "paper")
    assert "The route is intrathecal in clinicaltrials:NCT06000001, intravenous in paper." in " ".join(
        checked.output.split()
    )
    assert "trials checked: 1; differences: 1; without an explanation: 1" in checked.output
    page = run(filled, "trial", "paper").output
    for words in (
        "NCT06000001",
        "characteristics",
        "intravenous",
        "adverse events in paper",
        "headache",
        "differences",
        "registry_id (rule)",
    ):
        assert words in page, words


def test_json(filled: Path) -> None:
    run(filled, "link")
    data = json.loads(run(filled, "link", "--format", "json").output)
    assert data["trials"]["NCT01348451"] == ["feldman2014", "glass2012", "riley2014"]
    assert (
        json.loads(run(filled, "check", "NCT06000001", "--format", "json").output)["NCT06000001"][0]["kind"] == "route"
    )
    page = json.loads(run(filled, "trial", "glass2012", "--format", "json").output)
    assert page["reports"] == ["feldman2014", "glass2012", "riley2014"]
    rows = json.loads(run(filled, "trial", "--format", "json").output)
    assert {row["trial"]: row["reports"] for row in rows} == data["trials"]
    row = next(row for row in rows if row["trial"] == "NCT01348451")
    assert (row["n"], row["route"], row["conflicts"]) == ("15 treated", "intraspinal", "")


def test_characteristics_of_trials(filled: Path, tmp_path: Path) -> None:
    early = run(filled, "export", "--trials", "--format", "md")
    assert early.exit_code == 1 and "not linked yet" in str(early.exception)
    run(filled, "link")
    done = run(filled, "export", "--trials", "--format", "md", "-o", str(tmp_path / "studies.md"))
    assert done.exit_code == 0
    text = (tmp_path / "studies.md").read_text(encoding="utf-8")
    assert text.count("\n## ") == 5 and "## NCT01348451" in text and "| n | 15 treated |" in text
    assert "registry\\_differs" in text
    assert run(filled, "export", "--trials", "--format", "xlsx", "-o", str(tmp_path / "studies.xlsx")).exit_code == 0
    assert run(filled, "export", "--trials", "--format", "jsonl").exit_code == 2
    page = openpyxl.load_workbook(tmp_path / "studies.xlsx")
    reports = {str(row[1]) for row in page["included studies"].iter_rows(min_row=2, values_only=True)}
    assert any("(feldman2014)" in cell and "(glass2012)" in cell and "(riley2014)" in cell for cell in reports)
    owners = {row[-1] for row in page["sources"].iter_rows(min_row=2, values_only=True)}
    assert {"glass2012", "riley2014"} & owners and "NCT01348451" not in owners  # the report that says a value
    bare = run(filled, "export", "--format", "xlsx", "-o", str(tmp_path / "bare.xlsx"))
    assert "one row a trial" in bare.output and f"written: {tmp_path / 'bare.xlsx'}" in bare.output.replace("\n", "")


def trials(path: Path) -> dict[str, list[str]]:
    return {row["trial"]: row["reports"] for row in json.loads(run(path, "trial", "--format", "json").output)}


def test_decisions(filled: Path) -> None:
    run(filled, "link")
    done = run(filled, "decide", "split", "glass2012", "--by", "ann", "--why", "other people")
    assert done.exit_code == 0 and "decided (1, 2)" in done.output
    assert trials(filled)["NCT01348451"] == ["feldman2014", "riley2014"]
    listed = run(filled, "decide", "list").output
    assert "ann" in listed and "other people" in listed
    rows = json.loads(run(filled, "decide", "list", "--format", "json").output)
    assert tuple(rows[0][name] for name in ("key", "action", "curator", "note")) == (1, "reject", "ann", "other people")
    for number in ("1", "2"):
        assert run(filled, "decide", "undo", number, "--by", "ann").exit_code == 0
    assert len(trials(filled)["NCT01348451"]) == 3
    made = run(filled, "decide", "undo", "3", "--by", "ann", "--format", "json")
    assert [(d["key"], d["action"], d["undoes"]) for d in json.loads(made.output)] == [(5, "undo", 3)]
    assert run(filled, "decide", "undo", "5", "--by", "ann").exit_code == 0
    assert run(filled, "decide", "confirm", "martinez2009", "martinez2012", "--overlap", "--by", "ann").exit_code == 0
    assert run(filled, "decide", "merge", "martinez2009", "martinez2012", "--by", "ann").exit_code == 0
    assert "martinez2009, martinez2012" in run(filled, "trial").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("decide", "confirm", "glass2012"), "takes 2 names"),
        (("decide", "merge", "glass2012"), "takes at least 2 names"),
        (("decide", "undo", "first"), "takes the number of a decision"),
        (("decide", "shrug", "a"), "shrug"),
    ],
)
def test_wrong_usage(filled: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(filled, *arguments, "--by", "ann")
    assert done.exit_code == 2 and message in done.output


def test_before_linking(filled: Path) -> None:
    done = run(filled, "trial", "glass2012")
    assert done.exit_code == 1 and "run: trialspan link" in str(done.exception)
