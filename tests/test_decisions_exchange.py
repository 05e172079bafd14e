"""Decisions of two laptops put together, each once; checked reports as gold for the scorer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from extractor.commands import app
from extractor.curation import add, confirm, correct, evidence_for, reject, say, undo
from extractor.evaluate.keys import keys_of_gold, keys_of_record
from extractor.evaluate.scorer import load_gold
from extractor.review.agree import differences
from extractor.store import How, Store
from extractor.store.review import ReviewStore
from tests.review_server import stroke


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def two(tmp_path: Path) -> tuple[Store, Store]:
    """ann's laptop and ben's, with the same reports."""
    found = Store.open(tmp_path / "ann.db"), Store.open(tmp_path / "ben.db")
    for store in found:
        for id in ("stroke1", "stroke2"):
            store.add(stroke(id))
    return found


def worked(ann: Store, ben: Store) -> None:
    """ann reads stroke1 first, ben blind; ben also decides on stroke2, and takes a word back."""
    confirm(ann, "stroke1", 0, "ann")
    correct(ann, "stroke1", 5, "ann", {"low": "2000000", "high": "2000000"})
    reject(ann, "stroke1", 4, "ann", how=How(reason="wrong_value"))
    say(ann, "stroke1", "not_reported", "ann", field="sex")
    ReviewStore(ann).note("finished", "ann", "stroke1", {"stage": "first", "decision": 4})
    document = ben.record("stroke1").document
    blind = How(stage="second", mode="blind")
    add(ben, "stroke1", "deaths", "ben", {"n": "2"}, evidence_for(document, ["One person died"]), how=blind)
    undo(ben, confirm(ben, "stroke2", 0, "ben"), "ben")
    ReviewStore(ben).note("finished", "ben", "stroke1", {"stage": "second", "decision": 1})


def test_two_laptops_are_joined_and_nothing_doubles(tmp_path: Path, store_url: str) -> None:
    ann, ben = two(tmp_path)
    with ann, ben, Store.open(store_url) as team:
        worked(ann, ben)
        files = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
        for store, file in zip((ann, ben), files, strict=True):
            assert run("decisions", "export", "-o", file, "--store", store.name).exit_code == 0
        for id in ("stroke1", "stroke2"):
            team.add(stroke(id))
        first, second = (run("decisions", "merge", *files, "--store", store_url) for _ in range(2))
        assert (first.exit_code, second.exit_code) == (0, 0), first.output
        assert "9 added, 0 there already" in first.output and "0 added, 9 there already" in second.output
        assert sorted(d.uid for d in team.decisions()) == sorted(d.uid for s in (ann, ben) for d in s.decisions())
        assert [f.value["low"] for f in team.record("stroke1").of("dose")] == [2e6]
        assert [c.kind for c in team.record("stroke1").conflicts] == ["second_reader_differs"]
        assert any(
            d.field == "deaths" and d.first and d.second
            for d in differences(team.record("stroke1"), team.decisions("stroke1"))
        )
        assert not any(f.method.startswith("curator:") for f in team.record("stroke2").facts)
        assert [e.curator for e in ReviewStore(team).events("stroke1", "finished")] == ["ann", "ben"]
        again = run("decisions", "merge", files[1], "--store", ann.name)
        assert again.exit_code == 0 and "4 added" in again.output


def test_what_cannot_be_put_in_is_said(tmp_path: Path) -> None:
    ann, ben = two(tmp_path)
    with ann, ben:
        worked(ann, ben)
        file = tmp_path / "b.jsonl"
        assert run("decisions", "export", "-o", str(file), "--store", ben.name).exit_code == 0
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            line["document"] = "gone"
        file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        done = run("decisions", "merge", str(file), "--store", ann.name)
        assert done.exit_code == 1 and "0 added, 0 there already, 4 refused" in done.output and "'gone'" in done.output
        assert "not in this store" in done.output and len(ann.decisions()) == 4
        for text in ("{", '{"schema": "other"}', "[]"):
            file.write_text(text, encoding="utf-8")
            done = run("decisions", "merge", str(file), "--store", ann.name)
            assert done.exit_code == 2 and "line 1" in done.output and "Traceback" not in done.output
        assert run("decisions", "merge", str(tmp_path / "none"), "--store", ann.name).exit_code == 2


@pytest.mark.parametrize("everything", [True, False])
def test_a_report_that_was_checked_through_is_gold(tmp_path: Path, everything: bool) -> None:
    folder = tmp_path / "gold"
    with Store.open(tmp_path / "ann.db") as store:
        store.add(stroke())
        for number in range(11 if everything else 10):
            confirm(store, "stroke1", number, "ann")
        done = run("decisions", "gold", str(folder), "--store", store.name)
        assert done.exit_code == 0 and f"{int(everything)} checked reports" in done.output
        entries = load_gold(folder)
        assert len(entries) == everything
        for entry in entries:
            said, kept = keys_of_gold(entry), keys_of_record(store.record("stroke1").to_dict())
            for field in ("participants", "arm", "dose", "route", "condition", "deaths", "ae_term", "ae_count"):
                assert said[field] == kept[field] and said[field], field
