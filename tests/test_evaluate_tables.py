"""The score of cells: what is found, what is false, what is not asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from extractor.commands import app
from extractor.evaluate.tables import arm_fit, score_cells, term_fit

ARMS = [{"name": "Cells", "n": 20}, {"name": "Saline", "n": 20}]


def cell(term: str, arm: str | None, n: int | None, **more: Any) -> dict[str, Any]:
    blank = {
        "table": "Table 2",
        "denominator": 20,
        "percent": None,
        "unit": "participants",
        "grade": None,
        "severity": None,
        "time": None,
    }
    return blank | {"term": term, "arm": arm, "n": n} | more


def fact(term: str, arm: str | None, n: int | None, part: str = "Table 2", **value: Any) -> dict[str, Any]:
    full = {"term": term, "n": n, "denominator": 20, "percent": None} | value
    return {"field": "adverse_event", "value": full, "arm": arm, "evidence": [{"part": part}], "primary": True}


def scored(cells: list[dict[str, Any]], facts: list[dict[str, Any]], **gold: Any) -> list[tuple[int, int, int]]:
    entry = {"id": "a", "arms": ARMS, "cells": cells, "baseline": []} | gold
    found = score_cells([entry], {"a": {"facts": facts}})
    return [row[3:] for row in found.rows()]


def test_each_cell_takes_one_fact() -> None:
    cells = [cell("Fever", "Cells", 4), cell("Fever", "Saline", 1), cell("Rash", "Cells", 4)]
    facts = [fact("fever", "Cells", 4), fact("fever", "Cells", 4), fact("fever", "Cells", 1)]
    assert scored(cells, facts) == [(1, 3, 3), (1, 3, 3), (1, 3, 3), (2, 3, 3)]


def test_a_percentage_alone_leaves_n_open() -> None:
    cells = [cell("Fever", "Cells", None, percent=20)]
    assert scored(cells, [fact("fever", "Cells", None, percent=20.0)])[0] == (1, 1, 1)
    assert scored(cells, [fact("fever", "Cells", 20)])[0] == (0, 1, 1)


def test_grades_stand_somewhere_in_the_fact() -> None:
    cells = [cell("Fever", "Cells", 4, grade="III–IV")]
    assert scored(cells, [fact("fever", "Cells", 4, grade="3-4")])[2] == (1, 1, 1)
    assert scored(cells, [fact("fever", "Cells", 4)])[2] == (0, 1, 1)


def test_what_is_not_asked() -> None:
    cells = [cell("Fever", "Cells", 4, optional=True)]
    facts = [fact("fever", "Cells", 4), fact("death", "Cells", 1, "Table 9"), fact("rash", "Cells", 2, "Results")]
    assert scored(cells, facts, optional_tables=["Table 9"])[0] == (0, 0, 0)


def test_tables_that_give_facts_and_those_that_must_not() -> None:
    cells = [
        cell("Fever", "Cells", 4),
        cell("Rash", "Cells", 1, table="Table 3"),
        cell("Fall", "Cells", 1, table="Table 4"),
    ]
    facts = [
        fact("fever", "Cells", 5),
        fact("rash", "Cells", 1, "Table 3"),
        fact("hypertension", "Cells", 9, "Table 1"),
    ]
    found = score_cells([{"id": "a", "arms": ARMS, "cells": cells, "baseline": []}], {"a": {"facts": facts}})
    assert found.people()[0] == ("tables of events that give facts", 2 / 3, 2, 3)
    assert found.from_others == 1


def test_names_of_arms_and_terms() -> None:
    assert arm_fit("Group I", "Group I", ["Group I", "Group II"]) == 2
    assert arm_fit("Placebo", "Placebo SC", ["Placebo", "Placebo SC"]) == 0
    assert arm_fit(None, "Total", []) == 0
    assert [term_fit(["fever", "pyrexia"], t) for t in ("fever", "pyrexia", "rash")] == [3, 2, 0]


def test_an_article_beside_its_gold_is_scored(tmp_path: Path) -> None:
    rows = "<tr><td>Fever</td><td>4 (20)</td><td>1 (5)</td></tr><tr><td>Age, years</td><td>61.2 ± 8.1</td><td>63 ± 9</td></tr>"
    xml = (
        "<article><front><article-meta><title-group><article-title>Cells in a disease: a randomized trial of 40 patients</article-title></title-group></article-meta></front><body><table-wrap>"
        "<label>Table 2</label><caption><p>Adverse events</p></caption><table><thead><tr><th>Event</th><th>Cells (n = 20)</th><th>Saline (n = 20)</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></table-wrap></body></article>"
    )
    people = {"age_median": None, "female": None, "male": None}
    baseline = [
        people | {"arm": "Cells", "n": 20, "age_mean": 61.2},
        people | {"arm": "Saline", "n": 20, "age_mean": 63},
    ]
    gold = {
        "id": "a",
        "arms": ARMS,
        "cells": [cell("Fever", "Cells", 4), cell("Fever", "Saline", 1)],
        "baseline": baseline,
    }
    (tmp_path / "a.nxml").write_text(xml, encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(gold), encoding="utf-8")
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["tables"][0] == {
        "what": "cells (term, arm, n)",
        "precision": 1.0,
        "recall": 1.0,
        "found": 2,
        "cells": 2,
        "facts": 2,
    }
    assert [(row["what"], row["found"], row["asked"]) for row in found["people"]][:3] == [
        ("tables of events that give facts", 1, 1),
        ("arm size", 2, 2),
        ("age by arm", 2, 2),
    ]
