"""Tables of full texts, in the layouts that journals use: adverse events, people at baseline, and what is not read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from extractor.model import Fact
from extractor.sources.jats import BLOCKS, HIDDEN
from extractor.sources.tables import laid_out
from extractor.tables.baseline import age_of
from extractor.tables.figures import figure
from extractor.tables.heads import residue, role_of
from extractor.tables.read import Found, read_tables

SIZED = "Event | Cells (n = 20) | Saline (n = 20)"


def read(
    caption: str, rows: list[str], *, head: int = 1, notes: str = "", text: str = "", marked: bool = True
) -> Found:
    """What is read of a table whose rows are cells between bars; ``2*x`` covers two columns."""
    cells = [[c.strip(" ") for c in row.split("|")] for row in rows]
    lines = ["".join(_cell(c, "th" if n < head and marked else "td") for c in row) for n, row in enumerate(cells)]
    top = head if marked else 0
    body = "".join(f"<tr>{line}</tr>" for line in lines[top:])
    thead = f"<thead>{''.join(f'<tr>{line}</tr>' for line in lines[:top])}</thead>" if top else ""
    foot = f"<table-wrap-foot><p>{notes}</p></table-wrap-foot>" if notes else ""
    wrap = etree.fromstring(
        f"<table-wrap><label>Table 2</label><caption><p>{caption}</p></caption><table>{thead}<tbody>{body}</tbody></table>{foot}</table-wrap>"
    )
    table = laid_out(wrap, BLOCKS, HIDDEN)
    table.name = "Table 2"
    found = read_tables([table], text)
    for fact in found.facts:
        for item in fact.evidence:
            assert table.text[item.start : item.end] == item.quote
    return found


def _cell(text: str, tag: str) -> str:
    width, star, rest = text.partition("*")
    return f'<{tag} colspan="{width}">{rest}</{tag}>' if star and width.isdecimal() else f"<{tag}>{text}</{tag}>"


def events(caption: str, rows: list[str], **how: Any) -> list[Fact]:
    return [f for f in read(caption, rows, **how).facts if f.field == "adverse_event"]


def facts(caption: str, rows: list[str], **how: Any) -> list[tuple[Any, ...]]:
    """(term, n, of, percent, arm) of the adverse events."""
    return [
        (f.value["term"], f.value["n"], f.value["denominator"], f.value["percent"], f.arm)
        for f in events(caption, rows, **how)
    ]


# ---------------------------------------------------------------- figures and units


def test_counts_with_percentages_under_sized_arms() -> None:
    rows = [
        "Event, n (%) | Cells (n = 30) | Saline (N=28) | p value",
        "Headache | 6 (20.0) | 3 (10.7%) | 0.3",
        "QT prolonged | 0 | 1 (3.6) | NS",
    ]
    assert facts("Adverse events by arm", rows) == [
        ("headache", 6, 30, 20.0, "Cells"),
        ("headache", 3, 28, 10.7, "Saline"),
        ("QT prolonged", 0, 30, None, "Cells"),
        ("QT prolonged", 1, 28, 3.6, "Saline"),
    ]


def test_a_count_and_the_percentage_beside_it_are_one_fact() -> None:
    rows = [
        " | 2*Cells (n = 20) | 2*Control (n = 20)",
        "Side effect | n | % | n | %",
        "Nausea | 4 | 20 | 1 | 5",
        "Rash | 0 | 0 | 2 | 10",
    ]
    assert facts("Side effects", rows, head=2) == [
        ("nausea", 4, 20, 20.0, "Cells"),
        ("nausea", 1, 20, 5.0, "Control"),
        ("rash", 0, 20, 0.0, "Cells"),
        ("rash", 2, 20, 10.0, "Control"),
    ]


@pytest.mark.parametrize(
    ("text", "n", "of", "percent"),
    [
        ("4", 4, None, None),
        ("4 (20)", 4, None, 20.0),
        ("4 [20 %]", 4, None, 20.0),
        ("4^a (20)", 4, None, 20.0),
        ("20% (4)", 4, None, 20.0),
        ("88.4 (n = 38)", 38, None, 88.4),
        ("3/12 (25%)", 3, 12, 25.0),
        ("4 of 30", 4, 30, None),
        ("1 (9·1)", 1, None, 9.1),
        ("8 (17,5)", 8, None, 17.5),
        ("1,038", 1038, None, None),
        ("1 (&lt;1%)".replace("&lt;", "<"), 1, None, None),
        ("None", 0, None, None),
    ],
)
def test_forms_of_a_count(text: str, n: int, of: int | None, percent: float | None) -> None:
    found = figure(text)
    assert (found.n, found.of, found.percent) == (n, of, percent)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("..", "dash"), ("–", "dash"), ("NA", "dash"), ("", "blank"), ("62 ± 10", "measure"), ("26 (20 to 41)", "measure"),
        ("63.2 (0.82)", "measure"), ("−1.97 (−6.52, 2.59)", "measure"), ("5.7 %", "percent"), ("(95.4)", "percent"), ("(n = 25)", "size"),
        ("Sepsis (2.0 months)", "words"),
    ],
)  # fmt: skip
def test_what_is_no_count(text: str, kind: str) -> None:
    assert figure(text).kind == kind


@pytest.mark.parametrize("where", ["caption", "stub", "head", "heading", "column"])
def test_percentages_alone_give_no_people(where: str) -> None:
    caption = "Side effects (%)" if where == "caption" else "Side effects"
    stub = "Event (%)" if where == "stub" else "Event"
    rows = [
        f"{stub} | Cells (n = 20) | Saline (n = 20)",
        *["3*Complications (%) :"] * (where == "heading"),
        "Fever | 20 | 5",
    ]
    if where == "head":
        rows[0] = "Event | Cells (n = 20), % | Saline (n = 20), %"
    if where == "column":
        rows = ["Event | Cells (n = 20) | Saline (n = 20)", " | % | %", "Fever | 20 | 5"]
    found = facts(caption, rows, head=2 if where == "column" else 1)
    assert found == [("fever", None, 20, 20.0, "Cells"), ("fever", None, 20, 5.0, "Saline")]


def test_events_are_no_people() -> None:
    rows = ["Event | Cells (n=10), patients | Cells (n=10), number of events", "Fever | 2 (20) | 7"]
    found = events("Adverse events", rows)
    assert [(f.value["n"], f.value["denominator"], f.value["denominator_unit"]) for f in found] == [
        (2, 10, "participants"),
        (7, None, "events"),
    ]
    assert not events("Adverse events per patient-year", [SIZED, "Fever | 2 | 1"])


def test_a_bracket_that_is_a_grade() -> None:
    (one, _) = events("Adverse events", [SIZED, "Adverse events, n (grade) | | ", "Fever | 4 (2) | 1 (1)"])
    assert (one.value["n"], one.value["percent"], one.value["grade"]) == (4, None, "2")


def test_counts_side_by_side_are_no_fractions_and_the_table_is_named() -> None:
    found = read("Organ toxicity", [SIZED, "Heart (single/multiple) | 4/8 | 2/0", "Gut | 1/24 | 10/6"])
    assert not [f for f in found.facts if f.field == "adverse_event"]
    assert found.notes == ("Table 2 was not understood and was not read (adverse events)",)


def test_figures_that_contradict_each_other_stay_as_printed_and_say_so() -> None:
    found = events("Adverse events, n (%)", ["Event | Cells (n=10)", "Fever | 2 (20)", "Rash | 3 (60)"])
    assert [(f.value["n"], f.value["denominator"], f.value["percent"], f.flags) for f in found] == [
        (2, 10, 20.0, ()),
        (3, 10, 60.0, ("percent_disagrees",)),
    ]


# ---------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Cells (n = 20)", "arm"), ("Placebo", "arm"), ("Mild or moderate", "severity"), ("Grade 3–4", "grade"), ("≥3", "grade"),
        ("Total (n = 40)", "total"), ("All patients", "total"), ("P value", "skip"), ("OR (95% CI)", "skip"), ("Week 4", "visit"),
        ("(n = 98)", "size"), ("n (%)", "unit"), ("No. of patients", "unit"), ("Number of events", "unit"), ("Toxicity grade", "container"),
        ("No. positive", "unit"), ("Total sampled", "unit"), ("Probable", "related"), ("Group A", "arm"), ("Risedronate 5 mg/day (n = 96)", "arm"),
    ],
)  # fmt: skip
def test_roles_of_head_cells(text: str, role: str) -> None:
    assert role_of(text) == role


def test_names_of_arms_are_left_when_size_and_unit_go() -> None:
    heads = {
        "Group(P) (n = 30)": "Group(P)",
        "Group 1 TE (60) N (%)": "Group 1 TE",
        "MPC + HA (n = 11)": "MPC + HA",
        "Cohort 1 (1×10^6/kg, n = 3)": "Cohort 1 (1×10^6/kg)",
        "Control group N = 31 Mean (SD) or n (%)": "Control group",
    }
    assert [residue(text) for text in heads] == list(heads.values())


def test_responders_are_no_arm() -> None:
    rows = ["Feature | Responders (n=8) | Non-responders (n=12)", "Age | 50 ± 9 | 52 ± 8"]
    assert not read("Baseline characteristics", rows).facts


def test_head_rows_that_the_file_does_not_mark() -> None:
    rows = [" | Cells | Saline", " | (n = 20) | (n = 20)", "Nausea | 4 (20) | 1 (5)"]
    assert facts("Adverse events", rows, head=2, marked=False) == [
        ("nausea", 4, 20, 20.0, "Cells"),
        ("nausea", 1, 20, 5.0, "Saline"),
    ]


def test_a_total_is_no_arm_and_a_pool_of_doses_is_one_arm() -> None:
    rows = [
        " | 3*Placebo | Total",
        " | SC | IV | All | ",
        " | (n = 6) | (n = 4) | (n = 10) | (n = 10)",
        "Cough | 2 (33) | 0 (0) | 2 (20) | 2 (20)",
    ]
    found = events("Adverse events", rows, head=3)
    assert [(f.arm, f.value["denominator"], f.flags) for f in found] == [
        ("Placebo SC", 6, ()),
        ("Placebo IV", 4, ()),
        ("Placebo", 10, ("pooled_arms",)),
        (None, 10, ("total",)),
    ]


def test_grades_severities_and_visits_under_an_arm() -> None:
    graded = events(
        "Toxicity", [" | 3*Cells (n = 20) | Saline (n = 20)", " | 1–2 | 3 | All | 1–2", "Rash | 4 | 1 | 5 | 0"], head=2
    )
    assert [(f.arm, f.value["grade"], f.value["n"]) for f in graded] == [
        ("Cells", "1–2", 4),
        ("Cells", "3", 1),
        ("Cells", None, 5),
        ("Saline", "1–2", 0),
    ]
    severe = events(
        "Adverse events",
        [" | 2*Mild or moderate | 2*Severe", f" | {SIZED[8:]} | {SIZED[8:]}", "Rash | 4 | 1 | 1 | 0"],
        head=2,
    )
    assert [(f.arm, f.value["severity"]) for f in severe][2:] == [("Cells", "Severe"), ("Saline", "Severe")]
    visits = events("Side effects", [" | 2*Cells (n = 20)", " | Baseline | Week 4", "Rash | 4 | 1"], head=2)
    assert [(f.arm, f.value["scope"], f.value["n"]) for f in visits] == [("Cells", "Week 4", 1)]


def test_relatedness_is_no_arm() -> None:
    rows = [" | N | % | 2*Relatedness", " | | | Probable (n) | Unlikely (n)", "Fever | 12 | 40% | 2 | 6"]
    found = events("Adverse events and relatedness to the cells", rows, head=2)
    assert [(f.arm, f.value["n"], f.value["percent"], f.value["related"]) for f in found] == [
        (None, 12, 40.0, None),
        (None, 2, None, True),
        (None, 6, None, False),
    ]


def test_evidence_names_row_and_column() -> None:
    (one, _) = events("Adverse events", [SIZED, "Fever | 4 | 1"])
    cell = next(e for e in one.evidence if e.quote == "4")
    assert (cell.part, cell.row, cell.column) == ("Table 2", "Fever", "Cells (n = 20)")
    assert {e.quote for e in one.evidence} == {"Fever", "4", "Cells (n = 20)"}


# ---------------------------------------------------------------- rows


def test_degrees_take_the_event_from_the_row_above() -> None:
    rows = [
        SIZED,
        "Anemia | | ",
        "Hb &lt; 10 g/dL | 4 | 1",
        "Leukopenia | 3 | 0",
        "Grade 3–4 | 1 | 0",
        "Fever: | | ",
        "mild | 2 | 1",
    ]
    found = [f for f in events("Adverse events", rows) if f.arm == "Cells"]
    assert [(f.value["term"], f.value["grade"], f.value["severity"], f.value["n"]) for f in found] == [
        ("anemia", None, "Hb < 10 g/dL", 4),
        ("leukopenia", None, None, 3),
        ("leukopenia", "3–4", None, 1),
        ("fever", None, "mild", 2),
    ]


def test_labels_that_only_qualify() -> None:
    rows = [
        SIZED,
        "Adverse events, n (%) | | ",
        "Any | 9 (45) | 8 (40)",
        "Serious | 2 (10) | 0 (0)",
        "Leading to withdrawal | 1 (5) | 0",
        "Treatment-related | 3 (15) | 1 (5)",
    ]
    found = [f for f in events("Safety", rows) if f.arm == "Cells"]
    assert [(f.value["term"], f.value["serious"], f.value["related"]) for f in found] == [
        ("any adverse events", None, None),
        ("serious adverse events", True, None),
        ("adverse events Leading to withdrawal", None, None),
        ("treatment-related adverse events", None, True),
    ]


def test_rows_that_head_others() -> None:
    rows = [
        "Event | Cells (n=10) | Saline (n=10)",
        "3*Serious adverse events",
        "Stroke | 1 (10) | 0 (0)",
        "3*Non-serious adverse events",
        "Fever | 2 (20) | 3 (30)",
    ]
    assert [f.value["serious"] for f in events("Safety", rows)] == [True, True, False, False]


def test_a_heading_of_events_ends_at_the_next() -> None:
    rows = [
        SIZED,
        "Responders | 7 (35) | 2 (10)",
        "3*Adverse events",
        "Fever | 2 (10) | 3 (15)",
        "3*Function",
        "Walking improved | 12 | 7",
    ]
    assert {f[0] for f in facts("Outcomes at one year", rows)} == {"fever"}


def test_classes_and_terms_in_two_columns() -> None:
    rows = [
        "System organ class | Preferred term | Cells (n = 20)",
        "Gastrointestinal disorders | Nausea | 4 (20%)",
        " | Vomiting | 2 (10%)",
    ]
    assert [f[0] for f in facts("Adverse events", rows)] == ["nausea", "vomiting"]


def test_sizes_from_a_row_from_a_heading_and_from_the_text() -> None:
    assert facts("Adverse events", ["Event | Cells", "No. of patients | 20", "Fever | 4"]) == [
        ("fever", 4, 20, None, "Cells")
    ]
    heading = "3*Adverse events in the population assessed (n=18 in the cell arm; n=19 in the saline arm)"
    rows = ["Event | Cell arm | Saline arm", heading, "Fever | 4 | 1"]
    assert [f[2] for f in facts("Adverse events", rows)] == [18, 19]
    assert (
        facts("Adverse events", ["Event | Cells | Saline", "Fever | 4 | 1"], text="... to cells (n = 21) or saline")[0][
            2
        ]
        == 21
    )


def test_rows_that_are_no_event() -> None:
    rows = [
        SIZED,
        "None | 6 | 8",
        "No adverse event | 6 | 8",
        "Age | 50 (10) | 51 (9)",
        "Duration of fever, days | 2 | 3",
        "Weight loss | 1 | 0",
    ]
    assert {f[0] for f in facts("Adverse events", rows)} == {"weight loss"}


# ---------------------------------------------------------------- layouts


def test_arms_down_the_side() -> None:
    rows = ["Group | n | Fever | Headache", "Cells | 20 | 4 | 2", "Saline | 20 | 1 | 3"]
    assert facts("Adverse events by group", rows) == [
        ("fever", 4, 20, None, "Cells"),
        ("fever", 1, 20, None, "Saline"),
        ("headache", 2, 20, None, "Cells"),
        ("headache", 3, 20, None, "Saline"),
    ]


def test_lists_in_a_cell() -> None:
    rows = [
        "Grade | Cells | Saline",
        "Grade 1 | Nausea (3); fever (1) | Rash (1)",
        "Grade 2 | 1 each: ileus; pain | Rash (2)",
    ]
    found = events("Toxicities related to therapy", rows)
    assert [(f.value["term"], f.value["n"], f.value["grade"], f.arm) for f in found] == [
        ("nausea", 3, "1", "Cells"),
        ("fever", 1, "1", "Cells"),
        ("rash", 1, "1", "Saline"),
        ("ileus", 1, "2", "Cells"),
        ("pain", 1, "2", "Cells"),
        ("rash", 2, "2", "Saline"),
    ]


def test_one_patient_a_cell() -> None:
    rows = [
        " | Cells | Saline",
        "Patient 1 | Sepsis (2.0 months) | Fall (1.1 months)",
        "Patient 2 | Sepsis and ileus (3.0 months) | ..",
    ]
    found = events("Serious adverse events", rows)
    assert [(f.value["term"], f.value["n"], f.arm, f.flags) for f in found] == [
        ("sepsis", 2, "Cells", ("derived",)),
        ("fall", 1, "Saline", ("derived",)),
        ("ileus", 1, "Cells", ("derived",)),
    ]


def test_a_line_listing_of_patients() -> None:
    rows = [
        "Patient no. | Group | Serious adverse event | Grade | Relationship | Outcome",
        "1 | MSC | Pneumonia | 3 | Unrelated | Resolved",
        "4 | Placebo | Stroke | 4 | Possible | Death",
    ]
    found = events("Serious adverse events", rows)
    assert [(f.value["term"], f.arm, f.value["grade"], f.value["related"], f.value["n"]) for f in found] == [
        ("pneumonia", "MSC", "3", False, 1),
        ("stroke", "Placebo", "4", None, 1),
    ]


def test_people_and_events_in_one_cell_or_side_by_side() -> None:
    rows = [
        "Preferred term | MSC (N = 20) n (%) [E] | Placebo (N = 20) n (%) [E]",
        "Fever | 4 (20.0) [6] | 1 (5.0) [1]",
    ]
    assert facts("Adverse events", rows) == [("fever", 4, 20, 20.0, "MSC"), ("fever", 1, 20, 5.0, "Placebo")]
    beside = [" | 3*MSC (n=20)", "Event | n | % | E", "Fever | 4 | 20 | 6"]
    assert facts("Safety", beside, head=2) == [("fever", 4, 20, 20.0, "MSC"), ("fever", 6, None, None, "MSC")]


def test_words_for_an_arm_beside_another_arm() -> None:
    rows = ["Event | Treatment (n = 20) | Control (n = 19)", "Fever | 4 | 1"]
    assert [f[4] for f in facts("Adverse events", rows)] == ["Treatment", "Control"]
    assert [
        f[4] for f in facts("Adverse events", ["Event | Intervention | Control | P value", "Fever | 4 | 1 | 0.2"])
    ] == [
        "Intervention",
        "Control",
    ]
    assert [f[4] for f in facts("Adverse events", ["Event | Study group | Control group", "Fever | 4 | 1"])] == [
        "Study group",
        "Control group",
    ]


def test_counts_and_percentages_of_one_group_side_by_side() -> None:
    rows = ["Event | Patients, n | Patients, %", "Fever | 4 | 20"]
    assert facts("Adverse events", rows) == [("fever", 4, None, 20.0, None)]


def test_a_row_of_those_with_any_event_is_no_threshold() -> None:
    rows = [SIZED, "Patients with ≥1 AE, n (%) | 12 (60) | 11 (55)", "Patients with grade ≥3 AE | 2 | 1"]
    assert [f[0] for f in facts("Adverse events", rows)][::2] == ["Patients with ≥1 AE", "Patients with grade ≥3 AE"]


def test_one_group_of_people_whose_size_the_caption_tells() -> None:
    rows = ["Event | Grade 1 | Grade ≥3 | Total", "Fever | 2 | 1 | 3"]
    assert facts("Adverse events in the treated patients (n = 12)", rows) == [
        ("fever", 2, 12, None, None),
        ("fever", 1, 12, None, None),
        ("fever", 3, 12, None, None),
    ]


def test_large_numbers_with_thin_blanks() -> None:
    (one, _) = events(
        "Adverse events", ["Event | Cells (n = 22\u2009447) | Saline (n = 21 019)", "Fever | 1\u2009204 | 980"]
    )
    assert (one.value["n"], one.value["denominator"], one.arm) == (1204, 22447, "Cells")


def test_an_event_that_the_caption_alone_names() -> None:
    rows = ["Group | Cells | Saline", "Whole cohort | 9/38 | 3/23", "Male | 4/20 | 1/10"]
    assert facts("Diarrhoea in the whole cohort and in subgroups", rows) == [
        ("diarrhoea", 9, 38, None, "Cells"),
        ("diarrhoea", 3, 23, None, "Saline"),
    ]


@pytest.mark.parametrize(
    ("caption", "rows"),
    [
        ("Baseline characteristics (safety population)", [SIZED, "Hypertension | 4 (20) | 1 (5)", "Smoker | 6 (30) | 5 (25)"]),
        ("Schedule of visits and safety assessments", [" | Week 4 | Week 12", "Adverse events | X | X", "Blood count | 1 | 1"]),
        ("Adverse events in published trials of cells", ["Trial | Fever | Headache", "Alpha 2010 | 4/20 | 2/20", "Beta 2012 | 3/30 | 1/30"]),
        ("Definitions of adverse events", ["Event | Definition", "Fever | above 38"]),
        ("Side effect scores", [SIZED, "Dry mouth | 2.1 ± 0.4 | 1.9 ± 0.3"]),
        ("Response to therapy", [SIZED, "Complete response | 4 (20) | 1 (5)"]),
    ],
)  # fmt: skip
def test_tables_without_events_of_this_trial(caption: str, rows: list[str]) -> None:
    assert events(caption, rows) == []


def test_a_table_of_events_that_is_not_understood_is_named() -> None:
    ticks = ["Adverse event | Patient 1 | Patient 2", "Fever | + | –", "Rash | – | +"]
    assert read("Adverse events", ticks).notes == ("Table 2 was not understood and was not read (adverse events)",)
    assert read("Schedule of adverse event assessments", [" | Week 4", "Adverse events | X"]).notes == ()


def test_a_picture_is_named() -> None:
    wrap = etree.fromstring(
        "<table-wrap><label>Table 2</label><caption><p>Adverse events</p></caption><graphic/></table-wrap>"
    )
    table = laid_out(wrap, BLOCKS, HIDDEN)
    table.name = "Table 2"
    assert read_tables([table]).notes == ("Table 2 is a picture and was not read (adverse events)",)


# ---------------------------------------------------------------- people


def people(rows: list[str], **how: Any) -> list[tuple[str, dict[str, Any], str | None]]:
    return [
        (f.field, {k: v for k, v in f.value.items() if v is not None}, f.arm)
        for f in read("Baseline characteristics", rows, **how).facts
    ]


def test_sizes_ages_and_sexes_by_arm_and_the_sexes_of_all() -> None:
    rows = [
        " | Cells (n = 20) | Saline (n = 20) | P",
        "Age, years | 61.2 ± 8.1 | 63.0 ± 9.4 | 0.4",
        "Sex (M/F) | 12/8 | 11/9 | 0.7",
    ]
    assert people(rows) == [
        ("arm", {"name": "Cells", "n": 20}, None),
        ("arm", {"name": "Saline", "n": 20}, None),
        ("age", {"mean": 61.2, "sd": 8.1, "unit": "years"}, "Cells"),
        ("sex", {"female": 8, "male": 12}, "Cells"),
        ("age", {"mean": 63.0, "sd": 9.4, "unit": "years"}, "Saline"),
        ("sex", {"female": 9, "male": 11}, "Saline"),
        ("sex", {"female": 17, "male": 23}, None),
    ]


@pytest.mark.parametrize(
    ("rows", "sexes"),
    [
        (["Sex | | ", "Male | 12 (60) | 11 (55)", "Female | 8 (40) | 9 (45)"], {"female": 8, "male": 12}),
        (["M | 12 | 11", "F | 8 | 9"], {"female": 8, "male": 12}),
        (["Women, n (%) | 8 (40) | 9 (45)"], {"female": 8}),
        (["Sex (male; n) | 12 | 11"], {"male": 12}),
        (["Gender | 8 Female:12 male | 11 Male:9 female"], {"female": 8, "male": 12}),
        (["Female sex, % | 40.0 (n = 8) | 45.0 (n = 9)"], {"female": 8}),
    ],
)
def test_ways_to_tell_sexes(rows: list[str], sexes: dict[str, int]) -> None:
    found = people([" | Cells (n = 20) | Saline (n = 20)", *rows])
    assert next(value for name, value, arm in found if name == "sex" and arm == "Cells") == sexes


def test_percentages_of_sexes_are_no_counts() -> None:
    assert not [f for f in people([" | Cells (n = 20) | Saline (n = 20)", "Male % | 51.2 | 54"]) if f[0] == "sex"]


@pytest.mark.parametrize(
    ("text", "label", "notes", "found"),
    [
        ("62 ± 10", "Age (years)", "", {"mean": 62.0, "sd": 10.0}),
        ("63.2 (0.82)", "Age (years)", "Values are means (standard errors of the mean).", {"mean": 63.2}),
        ("26 (20 to 41)", "Age (years)", "Age is expressed as median and interquartile range.", {"median": 26.0}),
        ("62 (29–84)", "Age (years)", "", {"median": 62.0, "low": 29.0, "high": 84.0}),
        ("38 (32–44)", "Age [median yrs] (IQR)", "", {"median": 38.0}),
        ("66 ± 18 (20–93)", "Age, yr", "", {"mean": 66.0, "sd": 18.0, "low": 20.0, "high": 93.0}),
        ("9 (3)", "Age, months, mean (SD)", "", {"mean": 9.0, "sd": 3.0, "unit": "months"}),
    ],
)
def test_ages(text: str, label: str, notes: str, found: dict[str, Any]) -> None:
    assert age_of(text, label, label, "", notes) == found


# ---------------------------------------------------------------- nothing breaks


@given(
    st.lists(st.lists(st.text(alphabet="Fever n=20(%)/IV±.-\u2003A", max_size=12), min_size=1, max_size=5), max_size=6)
)
def test_any_table_is_read_without_harm(cells: list[list[str]]) -> None:
    rows = ["|".join(c.replace("|", "").replace("*", "") for c in row) for row in cells]
    for fact in read("Adverse events", ["Event | Cells (n = 20)", *rows]).facts:
        assert fact.evidence
        assert fact.value.get("n") is None or fact.value["n"] >= 0


# ---------------------------------------------------------------- heads left blank, arms under events


def test_a_head_cell_left_blank_is_that_of_its_left() -> None:
    rows = [
        " | Cells (n = 40) | | Saline (n = 38) | ",
        "Event | Related | Not related | Related | Not related",
        "Fever | 4 | 1 | 0 | 2",
        "Chills | 1 | 0 | 0 | 1",
    ]
    found = events("Adverse events related to treatment or not", rows, head=2)
    assert [(f.value["term"], f.value["n"], f.value["related"], f.arm) for f in found[:4]] == [
        ("fever", 4, True, "Cells"),
        ("fever", 1, False, "Cells"),
        ("fever", 0, True, "Saline"),
        ("fever", 2, False, "Saline"),
    ]


@pytest.mark.parametrize("names", [("Cells (n = 40)", "Saline (n = 38)"), ("Drug group (n = 40)", "Placebo (n = 38)")])
def test_arms_that_stand_under_each_event_are_no_events(names: tuple[str, str]) -> None:
    one, two = names
    rows = ["Event | n | %", "3*Headache", f"{one} | 5 | 12.5", f"{two} | 3 | 7.9"]
    rows += ["3*Nausea", f"{one} | 2 | 5.0", f"{two} | 1 | 2.6"]
    arms = [name.split(" (")[0] for name in names]
    assert facts("Adverse events", rows) == [
        ("headache", 5, 40, 12.5, arms[0]),
        ("headache", 3, 38, 7.9, arms[1]),
        ("nausea", 2, 40, 5.0, arms[0]),
        ("nausea", 1, 38, 2.6, arms[1]),
    ]
