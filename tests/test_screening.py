"""Which reports are in the review: said by people, read from screening programs, and counted in every box of the flow."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from extractor.commands import app

TABLE = """title,abstract,doi,year
Pericytes in the lung,Seven people inhaled pericytes. Cough occurred in 2 of 7.,10.1000/a,2020
Tablets for the gut,Thirty people were given tablets.,10.1000/b,2021
A review of drops,Drops were reviewed.,10.1000/c,2022
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def store(tmp_path: Path) -> str:
    path, target = tmp_path / "a.csv", str(tmp_path / "r.db")
    path.write_text(TABLE, encoding="utf-8")
    done = run(
        "import", str(path), "--store", target, "--database", "Embase", "--searched", "2026-03-01", "--query", "lung"
    )
    assert done.exit_code == 0, done.output
    return target


def test_every_box_is_filled_from_the_store(tmp_path: Path) -> None:
    target = store(tmp_path)
    assert run("import", str(tmp_path / "a.csv"), "--store", target, "--database", "ICTRP").exit_code == 0
    before = json.loads(run("prisma", "--store", target, "--format", "json").output)
    assert before["records_excluded"] is None and before["records_screened"] == 3
    said = ("--by", "ann", "--store", target)
    assert run("screen", "exclude", "doi:10.1000/c", "--reason", "a review", *said).exit_code == 0
    assert run("screen", "include", "doi:10.1000/a", "doi:10.1000/b", *said).exit_code == 0
    assert (
        run("screen", "exclude", "doi:10.1000/b", "--stage", "fulltext", "--reason", "no cells", *said).exit_code == 0
    )
    assert run("screen", "include", "doi:10.1000/a", "--stage", "fulltext", *said).exit_code == 0
    boxes = json.loads(run("prisma", "--store", target, "--format", "json").output)
    assert (boxes["database_results"], boxes["register_results"], boxes["duplicates"]) == (3, 3, 3)
    assert (boxes["records_screened"], boxes["records_excluded"], boxes["dbr_assessed"]) == (3, 1, 2)
    assert (boxes["reasons"], boxes["new_studies"], boxes["new_reports"]) == ({"no cells": 1}, 1, 1)
    assert {s["searched"] for s in boxes["searches"]} == {"2026-03-01", None}
    drawn = run("prisma", "--store", target, "--format", "svg").output
    assert "not recorded" not in drawn and "Embase (n = 3)" in drawn and "no cells (n = 1)" in drawn


def test_tables_hold_what_is_included_and_say_so(tmp_path: Path) -> None:
    target = store(tmp_path)
    everything = run("list", "--store", target, "--format", "json")
    assert len(json.loads(everything.output)) == 3
    assert run("screen", "include", "doi:10.1000/a", "--by", "ann", "--store", target).exit_code == 0
    some = CliRunner().invoke(app, ["list", "--store", target, "--format", "json"])
    assert [row["document"] for row in json.loads(some.stdout)] == ["doi:10.1000/a"]
    assert "of 3 reports" in some.stderr and "the 1 that screening includes; 2 were not screened" in some.stderr
    assert run("show", "doi:10.1000/b", "--store", target).exit_code == 0


def test_decisions_of_screening_programs(tmp_path: Path) -> None:
    target = store(tmp_path)
    asreview = tmp_path / "asreview.csv"
    asreview.write_text(
        "title,abstract,doi,included\nPericytes in the lung,,10.1000/a,1\nTablets for the gut,,10.1000/b,0\nA review of drops,,,\n"
    )
    done = run("screen", "from", str(asreview), "--by", "ann", "--store", target)
    assert done.exit_code == 0 and "1 included, 1 excluded, 1 without a decision, 0 not in the store" in done.output
    rayyan = tmp_path / "rayyan.ris"
    rayyan.write_text(
        "TY  - JOUR\nTI  - A review of drops\nPY  - 2022\n"
        'N1  - RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: wrong design\nER  - \n'
        'TY  - JOUR\nTI  - Never seen before\nN1  - RAYYAN-INCLUSION: {"Ann"=>"Included"}\nER  - \n'
    )
    done = run("screen", "from", str(rayyan), "--by", "ann", "--store", target)
    assert done.exit_code == 1 and "1 not in the store" in done.output and "Never seen before" in done.output
    assert "doi:10.1000/c: exclude at abstract by ann: wrong design" in run("screen", "list", "--store", target).output


def test_the_notes_of_covidence_say_why_and_the_rest_is_asked_for(tmp_path: Path) -> None:
    target = store(tmp_path)
    covidence = tmp_path / "covidence.csv"
    covidence.write_text(
        "Title,Published Year,Covidence #,Notes\nTablets for the gut,2021,#1,Exclusion reason: Wrong dose; \nA review of drops,2022,#2,\n"
    )
    done = run("screen", "from", str(covidence), "--stage", "fulltext", "--by", "ann", "--store", target)
    assert (
        "0 included, 1 excluded, 1 without a decision" in done.output and "--as include or --as exclude" in done.output
    )
    assert "exclude at fulltext by ann: Wrong dose" in run("screen", "list", "--store", target).output


def test_wrong_words_are_refused(tmp_path: Path) -> None:
    target = store(tmp_path)
    assert run("screen", "include", "nobody", "--by", "ann", "--store", target).exit_code == 2
    assert (
        run("screen", "include", "doi:10.1000/a", "--stage", "never", "--by", "ann", "--store", target).exit_code == 2
    )
    assert run("screen", "include", "doi:10.1000/a", "--store", target).exit_code == 2
    assert run("import", str(tmp_path / "a.csv"), "--store", target, "--searched", "yesterday").exit_code == 2
