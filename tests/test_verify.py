"""The verifier: quotes, numbers, and what the words say to a claim; formats of tables; the commands."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import CellsError
from extractor.model import Document
from extractor.text import fold
from extractor.verify.audit import DENIED, SAID, SILENT, state_of
from extractor.verify.cells import REASONS, Answer, Cell
from extractor.verify.check import verify
from extractor.verify.numbers import numbers
from extractor.verify.plain import value_of
from extractor.verify.quotes import Typed
from extractor.verify.theirs import read
from tests.conftest import ROOT

TEXT = (
    "Twenty-four patients with stroke were randomized to cells (n = 12) or placebo (n = 12). Cells were given intravenously at "
    "2 × 10^6 cells/kg. Headache occurred in 5 of 12 patients in the cell group and 2 of 12 in the placebo group. Fever (n = 3) and "
    "nausea (n = 1) were mild. Fatigue was reported by 25% of all patients. No serious adverse events related to the cells "
    "were observed. No thrombosis was seen. There were 14 infections in 6 patients. Patients were followed for 12 months. "
    "Swelling was seen in 7 (22.6%) of all. Mean age was 57 years. An earlier study of 62 people reported no infections."
)
EVENT = {"assertion": "present"}


def ask(
    nlp: Language, field: str, value: dict[str, Any], quote: str | None = None, arm: str | None = None, text: str = TEXT
) -> Answer:
    document = Document("a", "text", {"abstract": text})
    arms = {"a": ["cell group", "placebo group"]}
    (answer,) = verify(nlp, [document], [Cell("a", field, value, quote, arm)], arms)
    return answer


HEADACHE = "Headache occurred in 5 of 12 patients in the cell group and 2 of 12 in the placebo group"
CLAIMS: list[tuple[str, str, dict[str, Any], str | None, str | None, str, tuple[str, ...]]] = [
    # name, field, value, quote, arm, verdict, reasons
    ("count", "adverse_event", EVENT | {"term": "headache", "n": 5, "denominator": 12}, HEADACHE, "cell group", "follows", ()),
    ("number", "adverse_event", EVENT | {"term": "headache", "n": 6}, HEADACHE, None, "contradicts", ("number",)),
    ("other arm", "adverse_event", EVENT | {"term": "headache", "n": 5}, HEADACHE, "placebo group", "contradicts", ("other_arm",)),
    ("other event", "adverse_event", EVENT | {"term": "nausea", "n": 3}, "Fever (n = 3) and nausea (n = 1) were mild", None, "contradicts", ("other_event",)),
    ("percent", "adverse_event", EVENT | {"term": "fatigue", "n": 25}, "Fatigue was reported by 25% of all patients", None, "contradicts", ("percent_not_count",)),
    ("percent right", "adverse_event", EVENT | {"term": "fatigue", "percent": 25}, "Fatigue was reported by 25% of all patients", None, "follows", ()),
    ("negation cut", "adverse_event", EVENT | {"term": "thrombosis"}, "thrombosis was seen", None, "contradicts", ("negation_cut",)),
    ("denied", "adverse_event", {"term": "thrombosis", "assertion": "absent"}, "No thrombosis was seen", None, "follows", ()),
    ("limit cut", "adverse_event", {"term": "adverse events", "assertion": "none_reported"}, "No serious adverse events related to the cells were observed", None, "contradicts", ("limit_cut",)),
    ("limit kept", "adverse_event", {"term": "serious adverse events", "assertion": "none_reported", "serious": True, "related": True}, "No serious adverse events related to the cells were observed", None, "follows", ()),
    ("silent zero", "adverse_event", {"term": "pneumonia", "n": 0, "assertion": "absent"}, None, None, "not_derivable", ("silent_zero",)),
    ("happened against a denial", "adverse_event", {"term": "headache", "n": 0, "assertion": "absent"}, HEADACHE, None, "contradicts", ("negation_cut",)),
    ("sign", "adverse_event", EVENT | {"term": "nausea", "n": -1}, "nausea (n = 1)", None, "contradicts", ("sign",)),
    ("events, not people", "adverse_event", EVENT | {"term": "infections", "n": 14, "denominator_unit": "participants"}, "There were 14 infections in 6 patients", None, "contradicts", ("people_not_events",)),
    ("denominator", "adverse_event", EVENT | {"term": "headache", "n": 5, "denominator": 24}, HEADACHE, None, "contradicts", ("number",)),
    ("dose", "dose", {"low": 2e6, "high": 2e6, "unit": "cells/kg"}, "2 × 10^6 cells/kg", None, "follows", ()),
    ("exponent", "dose", {"low": 2e7, "high": 2e7, "unit": "cells/kg"}, "2 × 10^6 cells/kg", None, "contradicts", ("exponent",)),
    ("unit", "dose", {"low": 2e6, "high": 2e6, "unit": "cells"}, "2 × 10^6 cells/kg", None, "contradicts", ("unit",)),
    ("people", "participants", {"n": 24, "kind": "randomized"}, "Twenty-four patients with stroke were randomized", None, "follows", ()),
    ("people changed", "participants", {"n": 42, "kind": "randomized"}, "Twenty-four patients with stroke were randomized", None, "contradicts", ("number",)),
    ("time", "follow_up", {"low": 12, "high": 12, "unit": "months"}, "followed for 12 months", None, "follows", ()),
    ("unit of time", "follow_up", {"low": 12, "high": 12, "unit": "years"}, "followed for 12 months", None, "contradicts", ("unit",)),
    ("route", "route", {"name": "intravenous"}, "given intravenously", None, "follows", ()),
    ("other route", "route", {"name": "intrathecal"}, "given intravenously", None, "contradicts", ("term",)),
    ("denominator against its percentage", "adverse_event", EVENT | {"term": "swelling", "n": 7, "denominator": 62}, "Swelling was seen in 7 (22.6%)", None, "contradicts", ("number",)),
    ("earlier work", "adverse_event", {"term": "infections", "assertion": "absent"}, "no infections", None, "contradicts", ("other_study",)),
    ("mean for median", "age", {"median": 57, "unit": "years"}, "Mean age was 57 years", None, "contradicts", ("term",)),
    ("mean", "age", {"mean": 57, "unit": "years"}, "Mean age was 57 years", None, "follows", ()),
    ("a benefit", "adverse_event", EVENT | {"term": "improvement"}, "improvement was seen", None, "contradicts", ("not_a_harm",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "quote", "arm", "verdict", "reasons"), [c[1:] for c in CLAIMS], ids=[c[0] for c in CLAIMS]
)
def test_claim(
    nlp: Language,
    field: str,
    value: dict[str, Any],
    quote: str | None,
    arm: str | None,
    verdict: str,
    reasons: tuple[str, ...],
) -> None:
    text = TEXT if value.get("term") != "improvement" else TEXT + " An improvement was seen in 5 patients."
    answer = ask(nlp, field, value, quote, arm, text)
    assert (answer.value, answer.reasons) == (verdict, reasons)
    assert set(answer.reasons) <= REASONS.keys()
    if answer.part:
        assert text[answer.start : answer.end] == answer.says


BLANKET = {"term": "adverse events", "assertion": "none_reported"}
IN_OTHER_WORDS: list[tuple[str, str, dict[str, Any], str | None, str, tuple[str, ...]]] = [
    # the whole text is the quote; field, value, arm, verdict, reasons
    ("None of them was put down to the graft.", "adverse_event", BLANKET, None, "contradicts", ("limit_cut",)),
    ("Six events were seen, none of which had to do with the cells.", "adverse_event", BLANKET, None, "contradicts", ("limit_cut",)),
    ("Nothing was ascribed to the product, and none was owing to the device.", "adverse_event", BLANKET, None, "contradicts", ("limit_cut",)),
    ("All infusions passed without severe adverse events.", "adverse_event", BLANKET, None, "contradicts", ("limit_cut",)),
    ("All infusions passed without adverse events.", "adverse_event", BLANKET, None, "follows", ()),
    ("Three deaths were recorded, one in each group.", "adverse_event", EVENT | {"term": "death", "n": 3}, "placebo group", "contradicts", ("other_arm",)),
    ("Renal failure was seen in 9% of those on placebo (5/55) and 12% of those given cells (6/50).", "adverse_event", EVENT | {"term": "renal failure", "n": 6, "denominator": 55, "percent": 9}, None, "contradicts", ("number",)),
    ("More patients in the cell group had rash (12 vs 4).", "adverse_event", EVENT | {"term": "rash", "n": 12}, "placebo group", "contradicts", ("other_arm",)),
    ("More patients in the cell group had rash (12 vs 4).", "adverse_event", EVENT | {"term": "rash", "n": 4}, "placebo group", "follows", ()),
    ("We treated a three-year-old boy.", "participants", {"n": 11, "kind": "treated"}, None, "contradicts", ("number",)),
    ("Observation (mean = 18).", "follow_up", {"low": 81, "high": 81, "unit": "months"}, None, "contradicts", ("number",)),
    ("Each had 4 x 10EE6 cells.", "dose", {"low": 4e7, "high": 4e7, "unit": "cells"}, None, "contradicts", ("exponent",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field", "value", "arm", "verdict", "reasons"), IN_OTHER_WORDS)
def test_in_other_words(
    nlp: Language, text: str, field: str, value: dict[str, Any], arm: str | None, verdict: str, reasons: tuple[str, ...]
) -> None:
    found = ask(nlp, field, value, text, arm, text)
    assert (found.value, found.reasons) == (verdict, reasons)


def test_nothing_said_against_it_is_no_proof(nlp: Language) -> None:
    """A claim that the words neither give nor contradict is an answer of its own."""
    answer = ask(nlp, "adverse_event", EVENT | {"term": "sepsis"}, "Fever (n = 3) and nausea (n = 1) were mild")
    assert (answer.value, answer.reasons) == ("not_derivable", ())


def test_quote_that_is_nowhere(nlp: Language) -> None:
    assert ask(nlp, "participants", {"n": 24}, "Thirty patients were enrolled").quote == "absent"
    assert ask(nlp, "participants", {"n": 24}, "twenty-four PATIENTS with stroke").quote == "typographic"


@pytest.mark.parametrize(
    ("text", "quote", "state"),
    [
        ("a ﬁnal 3 – 5", "a final 3 - 5", "typographic"),
        ("fever in two; rash in one, and chills", "fever in two ... chills", "typographic"),
        ("in 7 (22.6%) of all", "in 7 ( 22.6 % ) of all", "typographic"),
        ("fever in two", "fever in two", "exact"),
        ("fever in two", "fever in three", "absent"),
        ("fever in two", "", "none"),
        ("fever in two", None, "none"),
    ],
)
def test_where_a_quote_stands(text: str, quote: str | None, state: str) -> None:
    assert Typed(text).locate(quote)[0] == state


@given(st.text(max_size=60), st.text(min_size=3, max_size=20), st.text(max_size=60))
def test_a_slice_is_found_exactly(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    state, places = Typed(text).locate(quote)
    assert state == ("exact" if quote.strip() else "none")
    assert all(text[p.start : p.end] == quote for p in places)


@given(st.text(max_size=200))
def test_numbers_of_any_text_are_slices_in_order(text: str) -> None:
    found = numbers(fold(text), 0, len(text))
    assert all(0 <= a.start < a.end <= len(text) for a in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("anaemia (76 [20%] of 385)", [(76, "count"), (20, "percent"), (385, "denominator")]),
        ("19.2 vs 23.4%", [(19.2, "percent"), (23.4, "percent")]),
        ("2 x 10(6) and 1 million cells", [(2e6, "count"), (1e6, "count")]),
        ("grade 3-4 in two", [(3, "part"), (4, "part"), (2, "count")]),
        ("10 (11%) of 91", [(10, "count"), (11, "percent"), (91, "denominator")]),
        ("week 104, and 6 months", [(104, "time"), (6, "time")]),
    ],
)
def test_numbers(text: str, wanted: list[tuple[float, str]]) -> None:
    folded = fold(text)
    assert [(s.value, s.kind) for s in numbers(folded, 0, len(folded))] == wanted


def test_plain_values() -> None:
    assert value_of("dose", "2 x 10^6 cells/kg") == {
        "low": 2000000,
        "high": 2000000,
        "unit": "cells/kg",
        "basis": None,
        "sd": None,
    }
    assert value_of("adverse_event", "headache 3/20 (15%)") == {
        "term": "headache",
        "n": 3,
        "denominator": 20,
        "percent": 15,
        "assertion": "present",
    }
    assert value_of("adverse_event", "no serious adverse events") == {
        "term": "serious adverse events",
        "n": None,
        "assertion": "none_reported",
        "serious": True,
    }
    assert value_of("participants", "many") is None


# ---------------------------------------------------------------- tables of others


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "smith2020.txt").write_text(TEXT, encoding="utf-8")
    return folder


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(w) for w in words])
    return result.exit_code, result.output


def test_csv(tmp_path: Path, texts: Path) -> None:
    rows = [
        {"document": "smith2020", "field": "participants", "value": "24", "quote": "Twenty-four patients", "arm": ""},
        {
            "document": "smith2020",
            "field": "adverse_event",
            "value": '{"term": "fever", "n": 4, "assertion": "present"}',
            "quote": "Fever (n = 3)",
            "arm": "",
        },
        {"document": "jones1999", "field": "participants", "value": "8", "quote": "", "arm": ""},
        {"document": "smith2020", "field": "colour", "value": "red", "quote": "", "arm": ""},
    ]
    theirs = table(tmp_path / "theirs.csv", rows)
    code, out = run("verify", theirs, "--texts", texts, "--format", "json")
    data = json.loads(out[: out.rindex("}") + 1])
    assert code == 1
    assert [a["value"] for a in data["answers"]] == ["follows", "contradicts"]
    assert data["without_text"] == [{"row": 4, "document": "jones1999"}]
    assert "no field is called 'colour'" in data["not_read"][0]
    code, out = run("verify", table(tmp_path / "one.csv", rows[:1]), "--texts", texts)
    assert code == 0 and "1 follow" in out


def test_jsonl_langextract_and_page(tmp_path: Path, texts: Path) -> None:
    lines = [
        {"document": {"id": "smith2020"}, "facts": [{"field": "route", "value": {"name": "intravenous"}, "quote": "given intravenously", "arm": None}]},
        {"document_id": "smith2020", "text": "", "extractions": [{"extraction_class": "adverse_event", "extraction_text": "nausea (n = 1)", "attributes": {"term": "nausea", "n": 1, "assertion": "present"}}]},
    ]  # fmt: skip
    path = tmp_path / "theirs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    page = tmp_path / "page.html"
    code, _ = run("verify", path, "--texts", texts, "--format", "html", "-o", page)
    html = page.read_text(encoding="utf-8")
    assert code == 0 and html.count('<span class="verdict follows">') == 2
    assert "<mark>" in html and "<script" not in html and "http:" not in html and "https:" not in html


def test_any_table_by_a_map(tmp_path: Path, texts: Path) -> None:
    wide = table(
        tmp_path / "wide.csv", [{"Study ID": "smith2020", "N": "24", "Headache (cells)": "5", "How": "intravenous"}]
    )
    rules = tmp_path / "map.toml"
    rules.write_text(
        'document = "Study ID"\n[[field]]\ncolumn = "N"\nfield = "participants"\nkey = "n"\n'
        '[[field]]\ncolumn = "Headache (cells)"\nfield = "adverse_event"\nkey = "n"\nvalue = {term = "headache", assertion = "present"}\narm = "cell group"\n'
        '[[field]]\ncolumn = "How"\nfield = "route"\n',
        encoding="utf-8",
    )
    found = read(wide, map_file=rules)
    assert [(c.field, c.value, c.arm) for c in found.cells] == [
        ("participants", {"n": 24}, None),
        ("adverse_event", {"term": "headache", "assertion": "present", "n": 5}, "cell group"),
        ("route", {"name": "intravenous"}, None),
    ]
    code, out = run("verify", wide, "--texts", texts, "--map", rules)
    assert code == 0 and "3 follow" in out


def test_wrong_usage(tmp_path: Path, texts: Path) -> None:
    strange = table(tmp_path / "strange.csv", [{"a": "1", "b": "2"}])
    with pytest.raises(CellsError, match="no column document, field, value"):
        read(strange)
    assert run("verify", strange, "--texts", texts)[0] == 2
    assert run("verify", tmp_path / "none.csv", "--texts", texts)[0] == 2
    assert run("verify", strange)[0] == 2


def test_audit(tmp_path: Path, texts: Path, nlp: Language) -> None:
    counts = table(
        tmp_path / "counts.csv",
        [
            {"study": "smith2020", "outcome": "headache", "arm1": "cell group", "events1": "5", "total1": "12", "arm2": "placebo group", "events2": "2", "total2": "12"},
            {"study": "smith2020", "outcome": "pneumonia", "arm1": "cell group", "events1": "0", "total1": "12", "arm2": "placebo group", "events2": "0", "total2": "12"},
        ],
    )  # fmt: skip
    code, out = run("audit", counts, "--texts", texts, "--format", "json")
    states = [c["state"] for c in json.loads(out[: out.rindex("}") + 1])["cells"]]
    assert code == 1 and states == [SAID, SAID, SILENT, SILENT]
    zero = ask(nlp, "adverse_event", {"term": "thrombosis", "n": 0, "assertion": "absent"})
    assert state_of(zero) == DENIED


def test_bench_catches_what_it_forges(shared: Path) -> None:
    """The forged and right cells of the bench, on the starter corpus and, where they are there, on other texts."""
    spec = importlib.util.spec_from_file_location("bench_verify", ROOT / "bench" / "verify.py")
    assert spec and spec.loader
    bench = sys.modules["bench_verify"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    found = bench.measure([ROOT / "corpora" / "als_msc", shared / "gold" / "other"], 200)
    right = found["answers"].pop("right")
    forged = [a for group in found["answers"].values() for a in group]
    assert sum(a.flagged for a in right) <= 0.02 * len(right)
    assert sum(a.flagged for a in forged) >= 0.95 * len(forged)
