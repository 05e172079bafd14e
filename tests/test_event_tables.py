"""Tables of adverse events in full texts, in the layouts that journals use."""

from __future__ import annotations

from typing import Any

from lxml import etree

from extractor.sources.event_tables import event_facts
from extractor.sources.jats import BLOCKS, HIDDEN
from extractor.sources.tables import laid_out


def facts(caption: str, rows: list[str], *, head: int = 1) -> list[tuple[Any, ...]]:
    """(term, n, of, percent, serious, arm) of a table whose rows are cells between bars; ``2*x`` covers two columns."""
    cells = [[c.strip() for c in row.split("|")] for row in rows]
    lines = ["".join(_cell(c, "th" if n < head else "td") for c in row) for n, row in enumerate(cells)]
    body = "".join(f"<tr>{line}</tr>" for line in lines[head:])
    thead = "".join(f"<tr>{line}</tr>" for line in lines[:head])
    wrap = etree.fromstring(
        f"<table-wrap><label>Table 2</label><caption><p>{caption}</p></caption><table><thead>{thead}</thead><tbody>{body}</tbody></table></table-wrap>"
    )
    table = laid_out(wrap, BLOCKS, HIDDEN)
    found = []
    for fact in event_facts(table, "Table 2"):
        for item in fact.evidence:
            assert table.text[item.start : item.end] == item.quote
        v = fact.value
        found.append((v["term"], v["n"], v["denominator"], v["percent"], v["serious"], fact.arm))
    return found


def _cell(text: str, tag: str) -> str:
    width, star, rest = text.partition("*")
    return f'<{tag} colspan="{width}">{rest}</{tag}>' if star and width.isdecimal() else f"<{tag}>{text}</{tag}>"


def test_counts_with_percentages_under_sized_arms() -> None:
    rows = [
        "Event, n (%) | Cells (n = 30) | Saline (N=28) | p value",
        "Headache | 6 (20.0) | 3 (10.7%) | 0.3",
        "QT prolonged | 0 | 1 (3.6) | NS",
    ]
    assert facts("Adverse events by arm", rows) == [
        ("headache", 6, 30, 20.0, None, "Cells"),
        ("headache", 3, 28, 10.7, None, "Saline"),
        ("QT prolonged", 0, 30, None, None, "Cells"),
        ("QT prolonged", 1, 28, 3.6, None, "Saline"),
    ]


def test_counts_and_percentages_in_columns_of_their_own() -> None:
    rows = [
        " | 2*Cells (n = 20) | 2*Control (n = 20)",
        "Side effect | n | % | n | %",
        "Nausea | 4 | 20 | 1 | 5",
        "Rash | 0 | 0 | 2 | 10",
    ]
    assert facts("Side effects", rows, head=2) == [
        ("nausea", 4, 20, None, None, "Cells"),
        ("nausea", 1, 20, None, None, "Control"),
        ("rash", 0, 20, None, None, "Cells"),
        ("rash", 2, 20, None, None, "Control"),
    ]


def test_rows_that_head_others() -> None:
    rows = [
        "Event | Cells (n=10) | Saline (n=10)",
        "3*Serious adverse events",
        "Stroke | 1 (10) | 0 (0)",
        "3*Non-serious adverse events",
        "Fever | 2 (20) | 3 (30)",
    ]
    assert [f[4] for f in facts("Safety", rows)] == [True, True, False, False]


def test_a_group_of_rows_in_a_table_of_outcomes() -> None:
    rows = [
        "Outcome | Cells (n=10) | Saline (n=10)",
        "Responders | 7 (70) | 2 (20)",
        "3*Adverse events",
        "Fever | 2 (20) | 3 (30)",
    ]
    assert {f[0] for f in facts("Outcomes at one year", rows)} == {"fever"}


def test_fractions_percentages_alone_and_dots_in_the_middle() -> None:
    rows = ["Event | Cells | Saline", "Pain | 3/12 (25%) | 1/11 (9·1)", "Fever | 16.7% | –"]
    assert facts("Complications", rows) == [
        ("pain", 3, 12, 25.0, None, "Cells"),
        ("pain", 1, 11, 9.1, None, "Saline"),
        ("fever", None, None, 16.7, None, "Cells"),
    ]


def test_what_is_no_count_of_people_is_left_alone() -> None:
    rows = [
        "Event | Cells (n=10), patients | Cells, events | Odds ratio",
        "Fever | 2 (20) | 7 | 1.2 (0.5–3.0)",
        "Age | 50 (10) | 1 | 1",
        "Total | 5 (50) | 9 | 1",
    ]
    assert facts("Adverse events", rows) == [("fever", 2, 10, 20.0, None, "Cells")]


def test_figures_that_contradict_each_other() -> None:
    rows = ["Event | Cells (n=10)", "Fever | 11 (90)", "Rash | 3 (60)"]
    assert facts("Adverse events", rows) == [("rash", 3, None, 60.0, None, "Cells")]


def test_other_tables_are_not_read() -> None:
    rows = ["Characteristic | Cells (n=10)", "Smoker | 3 (30)"]
    assert facts("Baseline characteristics", rows) == []
