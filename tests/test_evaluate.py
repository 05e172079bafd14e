"""The evaluation: equal to the reference scorer, true to brute force, intervals, reliability."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluate.figures import evaluate
from extractor.evaluate.reliability import Judged, calibration_error, cross_fitted, fit
from extractor.evaluate.scorer import cell, load_gold, match, match_arms, score
from tests.conftest import ROOT

CORPUS = ROOT / "corpora" / "als_msc"


def perfect(entry: dict[str, Any]) -> dict[str, Any]:
    """A record that says what gold says of a few fields."""
    gold = entry["gold"]
    facts = [{"field": "report_kind", "value": {"name": entry["kind"]}, "evidence": []}]
    for field in ("condition", "cell_type", "cell_source", "route", "route_site", "design"):
        facts += [{"field": field, "value": {"name": v}, "evidence": [evidence(entry)]} for v in gold[field]]
    for event in gold["adverse_events"]:
        facts.append({"field": "adverse_event", "value": event, "evidence": [evidence(entry)]})
    return {
        "document": {"id": entry["id"]},
        "facts": [{"primary": True, "method": "rule:x/y", "confidence": 0.9} | f for f in facts],
    }


def evidence(entry: dict[str, Any]) -> dict[str, Any]:
    return {"part": "abstract", "start": 0, "end": 5, "quote": entry["text"][:5]}


def test_gold_against_itself_is_perfect() -> None:
    entries = load_gold(CORPUS)
    summary, errors = score(entries, {e["id"]: perfect(e) for e in entries})
    fields = (
        "report_kind",
        "condition",
        "cell_type",
        "cell_source",
        "route",
        "route_site",
        "design",
        "ae_term",
        "ae_count",
        "ae_blanket",
    )
    assert {f: summary["fields"][f]["f1"] for f in fields} == dict.fromkeys(fields, 1.0)
    assert summary["bad_evidence"] == 0
    assert not [e for e in errors if e[1] in fields]


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_match_against_brute_force(gold: set[int], found: set[int]) -> None:
    hits, misses, extra = match("participants", gold, found)
    assert hits == {g for g in gold if g in found}
    assert misses == {g for g in gold if g not in found}
    assert extra == {f for f in found if f not in gold}


def test_agrees_with_the_reference_scorer(shared: Path, tmp_path: Path) -> None:
    """The same figures to the last digit, on records that are right, wrong and missing."""
    entries = load_gold(shared / "gold")
    records = {
        e["id"]: perfect(entries[(i * 7) % len(entries)] if i % 3 == 0 else e) for i, e in enumerate(entries) if i % 10
    }
    for entry in entries:
        if entry["id"] in records:
            records[entry["id"]]["document"] = {"id": entry["id"]}
    path = tmp_path / "predictions.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in records.values()), encoding="utf-8")
    command = [sys.executable, str(shared / "score" / "score.py"), "score", str(shared / "gold"), str(path), "--json"]
    reference = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    ours, _ = score([e for e in entries if e.get("text")], records)
    assert json.loads(json.dumps(ours)) == reference


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("cell group", ({"cell"}, set(), set())),
        ("placebo", (set(), {"cell"}, {"placebo"})),
        (None, (set(), {"cell"}, set())),
    ],
)
def test_arm_of_a_counted_event(arm: str | None, expected: tuple[set[str], set[str], set[str]]) -> None:
    count = ("fever", 3.0, None)
    found = {(*count, arm)} if arm else set()
    assert tuple({k[3] for k in part} for part in match_arms({(*count, "cell")}, {count}, {count}, found)) == expected


def test_an_arm_where_gold_has_none_is_a_false_alarm() -> None:
    count = ("fever", 3.0, None)
    assert match_arms(set(), {count}, {count}, {(*count, "cell")}) == (set(), set(), {(*count, "cell")})


def test_a_part_of_a_text_holds_no_false_alarm_against_a_cell() -> None:
    assert cell(filled=False, missed=False, extra=True, partial=True)["right"] == 1
    assert cell(filled=False, missed=False, extra=True, partial=False)["right"] == 0
    assert cell(filled=True, missed=True, extra=False, partial=True)["filled_right"] == 0


def test_intervals_hold_the_estimate() -> None:
    entries = load_gold(CORPUS)
    found = evaluate(entries, {e["id"]: perfect(entries[(i * 5) % len(entries)]) for i, e in enumerate(entries)})
    rows = [r for r in found.rows if r.f1 is not None and r.low is not None and r.high is not None]
    assert len(rows) > 5
    assert all(r.low <= r.f1 <= r.high for r in rows if r.tp + r.fn >= 10)  # type: ignore[operator]


def facts(rights: Sequence[bool], confidence: float = 0.9) -> list[Judged]:
    return [Judged(f"d{i}", "dose", "rule:dose/plain", confidence, right) for i, right in enumerate(rights)]


def test_calibration_error_is_the_distance() -> None:
    assert calibration_error(facts([True] * 9 + [False])) == pytest.approx(0.0)
    assert calibration_error(facts([True, False])) == pytest.approx(0.4)
    assert calibration_error([]) is None


def test_calibration_table_is_the_share_of_right_facts() -> None:
    table = fit(facts([True] * 900 + [False] * 100))
    assert table["rule:dose/plain"] == pytest.approx(0.9, abs=0.01)
    held = cross_fitted(facts([True] * 900 + [False] * 100, confidence=0.1))
    assert calibration_error(held) == pytest.approx(0.0, abs=0.03)


def test_a_rare_rule_is_drawn_to_its_field() -> None:
    rare = [Judged("x", "dose", "rule:dose/rare", 0.5, False)]
    assert fit([*facts([True] * 100), *rare])["rule:dose/rare"] > 0.7


def test_no_field_fell_below_its_recorded_interval(tmp_path: Path) -> None:
    """The starter corpus against the recorded figures: a drop beyond the bootstrap interval fails."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "extractor",
            "evaluate",
            str(CORPUS),
            "--baseline",
            str(ROOT / "tests" / "baseline.json"),
            "--html",
            str(tmp_path / "r.html"),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "Reliability diagram" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_drop_is_a_failure(tmp_path: Path) -> None:
    recorded = json.loads((ROOT / "tests" / "baseline.json").read_text(encoding="utf-8"))
    for row in recorded["fields"]:
        row["low"] = 1.01 if row["field"] == "dose" else None
    high = tmp_path / "high.json"
    high.write_text(json.dumps(recorded), encoding="utf-8")
    command = [sys.executable, "-m", "extractor", "evaluate", str(CORPUS), "--baseline", str(high)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "dose: F1" in done.stderr
