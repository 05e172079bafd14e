"""Questions beside one risk a trial: organ classes, administrations, follow-up, doses within trials; answers that are kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import QueryError
from extractor.graph import Answer, Review, ask
from extractor.model import Record
from extractor.store import Store
from tests.trial_store import event, made

Said = tuple[str, dict[str, Any], str | None]
KIND: Said = ("report_kind", {"name": "single-trial"}, None)


def people(n: int) -> Said:
    return "participants", {"n": n, "kind": "treated"}, None


def adverse(term: str, n: int | None, of: int | None = None, arm: str | None = None, **more: Any) -> Said:
    return "adverse_event", event(term, n, of, **more), arm


def given(low: int, high: int | None = None) -> Said:
    return "administrations", {"low": low, "high": high or low, "interval": None}, None


def arm(name: str, n: int, cells: float) -> tuple[Said, Said]:
    dose = {"low": cells, "high": cells, "unit": "cells", "basis": None, "sd": None}
    return ("arm", {"name": name, "n": n}, None), ("dose", dose, name)


def asked(folder: Path, question: str, records: Sequence[Record], **arguments: Any) -> Answer:
    with Store.open(folder / "made.db") as store:
        for record in records:
            store.add(record)
        return ask(Review(store), question, **arguments)


def test_a_class_has_bounds_and_no_sum(tmp_path: Path) -> None:
    one = made(
        "alpha",
        "A trial",
        [KIND, people(20), adverse("headache", 4, 20), adverse("dizziness", 3, 20), adverse("nausea", 1, 20)],
    )
    two = made("beta", "A trial", [KIND, people(10), adverse("headache", 2, 10)])
    answer = asked(tmp_path, "risk-by-class", [one, two])
    rows = {(r["organ_class"], r["event"]): (r["trials"], r["events"], r["total"]) for r in answer.rows}
    nervous = "Nervous system disorders"
    assert rows[nervous, "(any of the class)"] == (2, "6 to 9", 30)
    assert rows[nervous, "headache"] == (2, "6", 30) and rows[nervous, "dizziness"] == (1, "3", 20)
    assert rows["Gastrointestinal disorders", "(any of the class)"] == (1, "1", 20)
    assert answer.pooled is None and "no number of people of a class" in answer.notes[0]


def test_events_for_each_administration(tmp_path: Path) -> None:
    records = [
        made("stated", "A trial", [KIND, people(20), adverse("headache", 12, 111, denominator_unit="administrations")]),
        made("derived", "A trial", [KIND, people(10), given(3), adverse("headache", 2, 10)]),
        made("ranged", "A trial", [KIND, people(10), given(1, 3), adverse("headache", 1, 10)]),
        made("silent", "A trial", [KIND, people(10), adverse("headache", 1, 10)]),
    ]
    answer = asked(tmp_path, "per-administration", records, event="headache")
    rows = {r["study"]: (r["events"], r["administrations"], r["counted"]) for r in answer.rows}
    assert rows == {"stated": (12, 111, "administrations"), "derived": (2, 30, "people")}
    assert answer.pooled and answer.pooled["risk per administration"]["total"] == 141
    reasons = {r["study"]: r["reason"] for r in answer.left_out}
    assert "not one number" in reasons["ranged"] and "not reported" in reasons["silent"]
    assert any("lower bound" in note for note in answer.notes)


def test_windows_of_follow_up(tmp_path: Path) -> None:
    records = [
        made(f"t{months}", "A trial", [KIND, people(10 + months), adverse("fever", 1 + months % 3, 10 + months), ("follow_up", {"low": months, "high": months, "unit": "months"}, None)])
        for months in (3, 6, 7, 12, 24)
    ]  # fmt: skip
    answer = asked(tmp_path, "risk-by-follow-up", records, outcome="fever")
    found = {r["study"]: r["follow_up"] for r in answer.rows}
    assert found == {
        "t3": "up to 6 months",
        "t6": "up to 6 months",
        "t7": "over 6 to 12 months",
        "t12": "over 6 to 12 months",
        "t24": "over 12 months",
    }
    with pytest.raises(QueryError, match="write numbers"):
        ask_again(tmp_path, "risk-by-follow-up", months=("soon",))


def ask_again(folder: Path, question: str, **arguments: Any) -> Answer:
    with Store.open(folder / "made.db", create=False) as store:
        return ask(Review(store), question, **arguments)


def test_doses_within_trials(tmp_path: Path) -> None:
    low, high = arm("low dose", 20, 1e6), arm("high dose", 20, 1e7)
    counts = [adverse("fever", 2, 20, "low dose"), adverse("fever", 8, 20, "high dose")]
    between = made(
        "one",
        "A trial",
        [
            KIND,
            people(20),
            ("dose", {"low": 1e9, "high": 1e9, "unit": "cells", "basis": None, "sd": None}, None),
            adverse("fever", 19, 20),
        ],
    )
    answer = asked(
        tmp_path,
        "dose-within-trials",
        [made("two", "A trial", [KIND, people(40), *low, *high, *counts]), between],
        outcome="fever",
    )
    assert [(r["study"], r["arm"], r["dose"], r["events"]) for r in answer.rows] == [
        ("two", "low dose", 1e6, 2),
        ("two", "high dose", 1e7, 8),
    ]
    assert answer.pooled is not None
    found = answer.pooled["tenfold dose in cells"]["trend"]
    assert (
        (found["k"], found["arms"]) == (1, 2)
        and found["odds_ratio"] > 1
        and found["p_value"] == pytest.approx(0.0303, abs=1e-3)
    )
    assert [r["study"] for r in answer.left_out] == ["one"]


# ---------------------------------------------------------------- answers that are kept


def test_a_kept_answer_tells_what_moved_it(tmp_path: Path) -> None:
    path = str(tmp_path / "s.db")
    with Store.open(path) as store:
        for number in (1, 2):
            store.add(made(f"t{number}", "A trial", [KIND, people(10), adverse("fever", number, 10)]))
    run = CliRunner()
    done = run.invoke(app, ["ask", "event-risk", "fever", "--save", "fever", "--store", path])
    assert done.exit_code == 0, done.output
    assert "Nothing moved it" in run.invoke(app, ["ask", "--changed", "fever", "--store", path]).stdout
    with Store.open(path) as store:
        store.add(made("t3", "A trial", [KIND, people(20), adverse("fever", 9, 20)]))
        store.add(made("t2", "A trial", [KIND, people(10), adverse("fever", 5, 10)]))
    done = run.invoke(app, ["ask", "--changed", "fever", "--store", path, "--format", "json"])
    found = {(row["what"], row["of"]): (row["before"], row["now"]) for row in json.loads(done.stdout)["moved"]}
    assert found["row added", "fever, t3"] == (None, "events 9, total 20")
    assert found["events changed", "fever, t2"] == (2, 5)
    assert found["pooled events", "fever risk"] == (3, 15)
    assert any(what.startswith("in the store: report added") and of == "t3" for what, of in found)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--changed", "nothing"], "no answer is kept"),
        (["event-risk", "--save", "../x"], "make a name"),
        (["--save", "x", "--list"], "name one"),
    ],
)
def test_wrong_names_of_kept_answers(tmp_path: Path, options: list[str], why: str) -> None:
    path = str(tmp_path / "s.db")
    Store.open(path).close()
    done = CliRunner().invoke(app, ["ask", *options, "--store", path])
    assert done.exit_code != 0 and why in done.output + str(done.exception)
