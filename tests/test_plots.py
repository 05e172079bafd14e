"""Figures: what is drawn of which state, that nothing leaves the sheet or overlaps, and that the same input gives the same bytes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from math import log10
from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from typer.testing import CliRunner, Result

from extractor import bias
from extractor.commands import app
from extractor.errors import PlotError
from extractor.graph import Answer, Review, ask
from extractor.plots import answered, bubble, dose, draw, matrix, svg
from extractor.plots.lights import lights_of
from extractor.plots.sheet import broken, fitting
from extractor.pool import compare_subgroups, forest, meta_regression, pool_proportions
from extractor.pool.forest_layout import text_width
from extractor.store import Store
from extractor.store.judgements import Judgement
from tests.trial_store import controlled, event, made, path_of_starter, review_of_starter, single_arm, starter  # noqa: F401

STATES = ("events", "reported_zero", "inferred_complete_table", "below_threshold", "denied", "not_mentioned")


# --- what is measured ------------------------------------------------------------------------------------------------


def texts(figure: Figure) -> list[str]:
    return [t.get_text() for axes in figure.axes for t in axes.texts]


def named(figure: Figure, name: str) -> list[Any]:
    return [a for a in figure.findobj() if a.get_gid() == name]


def marks(figure: Figure, name: str) -> int:
    """How many marks of a name there are: points of a line, or patches."""
    return sum(len(a.get_xdata()) if hasattr(a, "get_xdata") else 1 for a in named(figure, name))


def check_room(figure: Figure) -> None:
    """Every text lies on the sheet, and no two that are not slanted overlap."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    sheet = figure.bbox
    found = [t for axes in figure.axes for t in axes.texts]
    boxes = [(t, t.get_window_extent(renderer)) for t in found]
    for text, box in boxes:
        assert box.x0 >= sheet.x0 and box.x1 <= sheet.x1 and box.y0 >= sheet.y0 and box.y1 <= sheet.y1, text.get_text()
    straight = [(t, b) for t, b in boxes if not t.get_rotation()]
    for i, (text, a) in enumerate(straight):
        for other, b in straight[i + 1 :]:
            wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide <= 1 or high <= 2, (text.get_text(), other.get_text())  # pixels at 100 an inch: descenders


# --- events by trials ------------------------------------------------------------------------------------------------


def matrix_rows(events: int, trials: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Every state in turn; silence is left out of a row."""
    names = [f"NCT{i:08d}" if i % 5 else f"The trial of a university hospital number {i}" for i in range(trials)]
    rows = []
    for e in range(events):
        cells = {}
        for t, name in enumerate(names):
            state = STATES[(e * 5 + t) % len(STATES)]
            counted = state == "events" and t % 2 == 0
            if state != "not_mentioned":
                cells[name] = {
                    "state": state,
                    "events": 12 if counted else 0 if state == "reported_zero" else None,
                    "total": 126 if counted else None,
                }
        event_name = f"lumbar puncture site pain with radiation to both legs {e}" if e % 7 == 0 else f"event {e}"
        rows.append({"event": event_name, "trials": cells})
    return rows, names


@pytest.mark.parametrize(("events", "trials"), [(40, 24), (3, 2), (12, 1), (1, 8)])
def test_matrix_has_a_mark_for_every_cell(events: int, trials: int) -> None:
    rows, names = matrix_rows(events, trials)
    figure = matrix.figure(rows, names, title="Adverse events by trial")
    said = [r for r in rows if {"events", "reported_zero"} & {c["state"] for c in r["trials"].values()}]
    cells = [r["trials"].get(name, {"state": "not_mentioned"}) for r in said for name in names]
    for state in STATES:
        wanted = [c for c in cells if c["state"] == state]
        drawn = marks(figure, state) + (marks(figure, "mentioned") if state == "events" else 0)
        assert drawn == len(wanted), state
    assert texts(figure).count("12/126") == sum(c.get("total") == 126 for c in cells)
    check_room(figure)


def test_matrix_tells_states_apart_by_shape_and_shade_and_in_words() -> None:
    figure = matrix.figure(*matrix_rows(12, 8))
    looks = set()
    for state in ("mentioned", *STATES[2:]):
        (key,) = named(figure, f"key:{state}")
        looks.add((key.get_marker(), key.get_markerfacecolor()))
    filled, framed = (named(figure, f"key:{s}")[0].get_facecolor() for s in ("events", "reported_zero"))
    assert len(looks) == 5 and sum(filled[:3]) < 1 < sum(framed[:3])
    assert set(matrix.WORDS.values()) <= set(texts(figure))


def test_matrix_is_sorted_by_how_many_trials_report() -> None:
    cell = {"state": "events", "events": 1, "total": 10}
    rows = [
        {"event": "rare", "trials": {"b": cell}},
        {"event": "common", "trials": {"a": cell, "b": cell, "c": {"state": "denied", "events": None, "total": None}}},
        {"event": "of others only", "trials": {"z": cell}},
    ]
    figure = matrix.figure(rows, ["c", "a", "b"])
    assert [t.get_text() for t in named(figure, "event")] == ["common", "rare"]
    assert [t.get_text() for t in named(figure, "trial")] == ["b", "a", "c"]


def test_matrix_that_is_too_large_is_cut_and_says_so() -> None:
    rows, names = matrix_rows(66, 85)
    figure = matrix.figure(rows, names)
    assert len(named(figure, "trial")) == matrix.MOST_TRIALS
    notes = " ".join(t.get_text() for t in named(figure, "note"))
    assert "6 more events, each reported by at most" in notes and "5 more trials" in notes


def test_matrix_of_nothing() -> None:
    for rows, names in (([], []), ([], ["a"]), matrix_rows(2, 0)):
        figure = matrix.figure(rows, names, title="Nothing")
        assert (matrix.NO_ROWS if names else matrix.NO_TRIALS) in texts(figure)
        check_room(figure)


def test_matrix_of_the_starter_corpus(review: Review) -> None:
    figure = answered.matrix_of(review)
    assert {"headache", "death", "1/43", "3/13"} <= set(texts(figure))
    assert len(named(figure, "trial")) == sum(t["of_people"] for _, t in review.trials())
    check_room(figure)
    narrowed = answered.matrix_of(review, route="intrathecal")
    assert "Deda 2009" not in texts(narrowed) and "Nam 2023" in texts(narrowed)


# --- doses -----------------------------------------------------------------------------------------------------------


def test_doses_of_the_starter_corpus(review: Review) -> None:
    rows = dose.doses(review)
    by_trial = {r["trial"]: r for r in rows}
    assert by_trial["NCT02881476"] | {"evidence": []} == {
        "trial": "NCT02881476", "route": "intrathecal", "arm": None, "n": 43, "low": 420000.0, "high": 420000.0, "unit": "cells/kg",
        "basis": "mean", "evidence": [],
    }  # fmt: skip
    assert by_trial["nam2023"]["unit"] is None and "neg-nct01051882" not in by_trial
    assert by_trial["gotkine2023"]["n"] is None  # ten people in all, of two dose groups
    figure = dose.figure(rows, title="Doses by trial")
    assert [t.get_text() for t in named(figure, "panel")] == ["Dose in cells", "Dose in cells/kg"]
    notes = " ".join(t.get_text() for t in named(figure, "note"))
    silent = {r["trial"] for r in rows if r["unit"] is None}
    assert f"Dose not reported ({len(silent)} of 24 trials)" in notes and all(name in notes for name in silent)
    check_room(figure)


def one_dose(trial: str, **more: Any) -> dict[str, Any]:
    row = {
        "trial": trial,
        "route": "intrathecal",
        "arm": None,
        "n": 10,
        "low": 1e6,
        "high": 1e6,
        "unit": "cells",
        "basis": None,
    }
    return row | {"evidence": []} | more


def test_doses_stand_where_they_belong() -> None:
    rows = [
        one_dose("a", low=1e5, high=1e5, n=4, basis="per administration"),
        one_dose("b", low=1e6, high=1e6, n=100, basis="total"),
        one_dose("c", low=1e5, high=1e7, basis="range", n=None),
        one_dose("d", low=None, high=1e7, basis="maximum", n=None),
    ]
    figure = dose.figure(rows)
    (a,), (b,), (c,), (d,) = (
        named(figure, f"dose:{n}:{w}")
        for n, w in zip("abcd", ("per administration", "total", "range", "maximum"), strict=True)
    )
    left, middle, right = a.get_xdata()[0], b.get_xdata()[0], d.get_xdata()[0]
    assert middle - left == pytest.approx(right - middle) and list(c.get_xdata()) == [left, right]  # a log axis
    assert (a.get_marker(), b.get_marker(), d.get_marker()) == ("o", "s", "v")
    assert a.get_markersize() < b.get_markersize() and d.get_markerfacecolor() == "white"  # people not stated
    assert "up to 10⁷ maximum" in texts(figure) and "10⁵ to 10⁷" in texts(figure)


def test_units_are_never_mixed_and_a_figure_of_one_dose_has_a_scale() -> None:
    figure = dose.figure([one_dose("a"), one_dose("a", unit="cells/kg", low=2e6, high=2e6)])
    assert len(named(figure, "panel")) == 2 and len(named(figure, "tick")) >= 4
    check_room(figure)


@pytest.mark.parametrize("trials", [0, 1, 30, 120])
def test_doses_of_any_number_of_trials(trials: int) -> None:
    rows = [
        one_dose(
            f"A trial of a university hospital {i}",
            unit=(None, "cells", "cells/kg")[i % 3],
            low=10.0 ** (4 + i % 5),
            high=10.0 ** (5 + i % 5),
            n=i,
        )
        for i in range(trials)
    ]
    figure = dose.figure(rows, title="Doses by trial", most_trials=60)
    notes = " ".join(t.get_text() for t in named(figure, "note"))
    assert ("No trial of people fits" in notes) == (trials == 0)
    assert ("20 more trials with a dose" in notes) == (trials == 120)
    check_room(figure)


# --- risk against dose -----------------------------------------------------------------------------------------------


def risks(k: int = 14) -> list[dict[str, Any]]:
    """Events grow with the dose; the last study has none."""
    doses = [10.0 ** (5 + i % 4) for i in range(k)]
    rows = [
        {
            "study": f"S{i}",
            "events": i % 4 + i % 2,
            "total": 10 + 5 * (i % 6),
            "dose": d,
            "dosing": ("single", "repeated")[i % 2],
        }
        for i, d in enumerate(doses)
    ]
    return [*rows, {"study": "silent", "events": 0, "total": 12, "dose": None, "dosing": "not reported"}]


def fitted(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    known = [r for r in rows if r["dose"]]
    return meta_regression(
        [r["events"] for r in known], [r["total"] for r in known], {"log10 cells": [log10(r["dose"]) for r in known]}
    ).to_dict()


def test_bubbles_line_and_band() -> None:
    rows = risks()
    regression = fitted(rows)
    figure = bubble.figure(rows, regression=regression, title="Serious adverse events by dose")
    assert sum(marks(figure, f"study:{r['study']}") for r in rows) == 14
    (line,), (band,) = named(figure, "line"), named(figure, "band")
    y = line.get_ydata()
    assert y[-1] < y[0]  # a higher dose, a higher risk; y runs downwards
    edges = band.get_paths()[0].get_extents()
    assert edges.y0 < min(y) and edges.y1 > max(y)
    said = " ".join(texts(figure))
    assert "Odds ratio for ten times the cells" in said and "No dose in cells (1 of 15 studies): silent." in said
    check_room(figure)


def test_the_band_is_that_of_the_model() -> None:
    regression = fitted(risks())
    slope, (_, (_, variance)) = regression["coefficients"][1], regression["covariance"]
    assert variance**0.5 == pytest.approx(slope["se"])
    middle, low, high = bubble.fitted_risk(regression, 1e6)
    assert 0 < low < middle < high < 1


def test_no_regression_is_said_in_words() -> None:
    figure = bubble.figure(risks(4), why_not="No regression on the dose: too few.")
    assert "No regression on the dose: too few." in texts(figure) and not named(figure, "line")
    for rows in ([], risks(0)):
        empty = bubble.figure(rows, why_not="No regression.", unit="cells/kg")
        assert (bubble.NO_DOSE.format(unit="cells/kg") if rows else bubble.NOTHING) in texts(empty)
        check_room(empty)


def test_bubbles_of_one_place_stand_side_by_side() -> None:
    rows = [{"study": f"S{i}", "events": 0, "total": 10, "dose": 1e6, "dosing": "single"} for i in range(4)]
    figure = bubble.figure(rows)
    assert len({float(named(figure, f"study:S{i}")[0].get_xdata()[0]) for i in range(4)}) == 4


def test_single_and_repeated_dosing() -> None:
    rows = risks()
    known = rows[:-1]
    groups = compare_subgroups([r["events"] for r in known], [r["total"] for r in known], [r["dosing"] for r in known])
    figure = bubble.dosing_figure(rows, subgroups=groups.to_dict(), title="By dosing")
    assert [t.get_text() for t in named(figure, "tick")][-3:] == ["single", "repeated", "not reported"]
    assert marks(figure, "pooled") == 2 and marks(figure, "study:silent") == 1
    check_room(figure)
    assert bubble.NOTHING in texts(bubble.dosing_figure([], why_not="No trial."))


# --- forest plots of answers -----------------------------------------------------------------------------------------


def test_forest_of_answers(review: Review, tmp_path: Path) -> None:
    one = answered.forest_of(ask(review, "event-risk", events=("headache",), route=""), title="Headache")
    assert "nothing is pooled: NCT02881476, 1 of 43." in " ".join(texts(one))  # one study: nothing is drawn
    groups = answered.forest_of(ask(review, "risk-by-route", outcome="death"))
    assert {"intraspinal", "intracerebral"} <= set(texts(groups))
    empty = answered.forest_of(ask(review, "controlled-risk"), title="Serious")
    assert "No controlled trial gives counts in both groups." in texts(empty)
    check_room(empty)
    with Store.open(tmp_path / "two.db", create=True) as store:
        for record in (controlled("x", (3, 30), (1, 30)), controlled("y", (2, 20), (2, 22))):
            store.add(record)
        two = answered.forest_of(ask(Review(store), "controlled-risk"))
    assert {"Cells n/N", "3/30", "2/22"} <= set(texts(two))


def test_forest_has_the_lights_that_people_gave(tmp_path: Path) -> None:
    with Store.open(tmp_path / "lit.db", create=True) as store:
        for record in (controlled("x", (3, 30), (1, 30)), controlled("y", (2, 20), (2, 22))):
            store.add(record)
        assert lights_of(store, ["x", "y"]) is None
        said = [
            ("x", "D1", "Low", "ann"),
            ("x", "D1", "High", "ben"),
            ("x", "Overall", "Some concerns", "ann"),
            ("y", "D1", "Low", "ann"),
        ]
        bias.bring(store, [Judgement("rob2", s, d, word, None, who, False, "2026-01-01") for s, d, word, who in said])
        lights = lights_of(store, ["x", "y"])
        assert lights is not None and lights.domains == ("D1", "Overall")
        assert lights.of == {"x": {"D1": "not agreed on", "Overall": "Some concerns"}, "y": {"D1": "Low"}}
        figure = answered.forest_of(ask(Review(store), "controlled-risk"), lights=lights)
    said_there = texts(figure)
    assert {"D1", "All", "≠", "–", "+", "Weight, %"} <= set(said_there) and any(
        "not agreed on" in t for t in said_there
    )
    check_room(figure)


def test_forest_names_the_studies_of_one_reason_together(review: Review) -> None:
    said = " ".join(texts(answered.forest_of(ask(review, "serious-risk"))))
    assert said.count("not mentioned: silence is no zero") == 1 and "berry2019, cudkowicz2022" in said


def test_forest_of_groups_says_who_is_in_none() -> None:
    rows = [
        {"study": f"S{i}", "events": i % 3, "total": 20, "route": r}
        for i, r in enumerate(("intrathecal", "intrathecal", "intravenous", "intravenous", "not reported"))
    ]
    left = ({"study": "S4", "reason": "route not reported"}, {"study": "silent", "reason": "not mentioned"})
    said = texts(answered.forest_of(Answer("risk-by-route", "?", tuple(rows), left_out=left)))
    assert {"intrathecal", "intravenous", "route not reported", "Mean (2 studies)"} <= set(said)
    notes = " ".join(said)
    assert (
        "S4 (route not reported: pooled, not in the comparison of groups)" in notes
        and "silent (not mentioned)" in notes
    )


def test_forest_refuses_what_it_cannot_draw(review: Review) -> None:
    with pytest.raises(PlotError, match="given has no forest plot; legal: serious-risk, event-risk"):
        answered.forest_of(ask(review, "given"))
    rows = tuple({"event": e, "study": "a", "events": 0, "total": 5} for e in ("headache", "fever"))
    with pytest.raises(PlotError, match="this answer of 2: fever, headache"):
        answered.forest_of(Answer("event-risk", "?", rows))
    many = tuple({"study": str(i), "events": 0, "total": 5} for i in range(answered.MOST_STUDIES + 1))
    with pytest.raises(PlotError, match="too many"):
        answered.forest_of(Answer("serious-risk", "?", many))


def test_a_store_of_one_trial_and_an_empty_one(tmp_path: Path) -> None:
    facts = [
        ("report_kind", {"name": "single-trial"}, None), ("participants", {"n": 12, "kind": "treated"}, None),
        ("route", {"name": "intrathecal"}, None), ("dose", {"low": 1e6, "high": 1e6, "unit": "cells", "basis": "total"}, None),
        ("adverse_event", event("headache $\\no_1$", 3, 12), None), ("adverse_event", event("serious adverse events", 0, 12), None),
    ]  # fmt: skip
    with Store.open(tmp_path / "one.db", create=True) as store:
        empty = Review(store)
        for figure in (answered.matrix_of(empty), answered.dose_of(empty), answered.bubble_of(empty)):
            check_room(figure)
        store.add(made("only", "A trial", facts))
        review = Review(store)
        for figure in (
            answered.matrix_of(review),
            answered.dose_of(review),
            answered.bubble_of(review),
            answered.bubble_of(review, by="dosing"),
        ):
            assert any("trial" in t for t in texts(figure))
            check_room(figure)
        assert "headache $\\no_1$" in texts(answered.matrix_of(review))


# --- files and pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<svg"), (".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_the_same_bytes_every_time(review: Review, tmp_path: Path, suffix: str, start: bytes) -> None:
    first = draw(answered.dose_of(review), tmp_path / f"a{suffix}").read_bytes()
    second = draw(answered.dose_of(review), tmp_path / f"b{suffix}").read_bytes()
    assert first == second and first.startswith(start)


def test_figures_of_one_page_share_no_id(review: Review) -> None:
    figures = [
        answered.matrix_of(review), answered.dose_of(review), bubble.figure(risks(), regression=fitted(risks())),
        forest.figure(pool_proportions([1, 2], [30, 40], sensitivity=False), title="Forest"),
    ]  # fmt: skip
    page = "<div>" + "".join(svg(f, f"fig-{i}", label="A figure") for i, f in enumerate(figures)) + "</div>"
    root = ET.fromstring(page)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) and all(re.match(r"fig-\d", str(i)) for i in ids)
    used = set(re.findall(r'(?:url\(|href=")#([\w-]+)', page))
    assert used and used <= set(ids)
    assert "<text" in page and not re.search(r"[^\d] \*\{", page)
    assert [e.get("aria-label") for e in root] == ["A figure"] * 4


def test_errors_list_what_is_legal(tmp_path: Path) -> None:
    figure = matrix.figure([], [])
    with pytest.raises(PlotError, match=r"legal: \.svg, \.pdf, \.png"):
        draw(figure, tmp_path / "a.gif")
    with pytest.raises(PlotError, match="legal are a letter"):
        svg(figure, "1 a")


# --- command line ----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plot", *arguments])


@pytest.mark.parametrize(
    "arguments",
    [
        ("matrix", "--route", "intrathecal"), ("dose", "--cells", "mesenchymal"), ("bubble", "--unit", "cells/kg"),
        ("bubble", "--by", "dosing", "--outcome", "any", "--denials"), ("forest",),
        ("forest", "--question", "event-risk", "--outcome", "headache"), ("forest", "--question", "risk-by-route"),
        ("forest", "--question", "controlled-risk", "--measure", "RR"),
    ],
)  # fmt: skip
def test_plot_on_the_command_line(store_path: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    out = tmp_path / "plot.svg"
    result = run(*arguments, "--store", str(store_path), "-o", str(out))
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("matrix", "--unit", "cells"), "legal: --cells, --condition, --route, --serious"),
        (("forest", "--question", "given"), "legal: serious-risk, event-risk"),
        (("forest", "--question", "event-risk"), "needs --outcome EVENT"),
        (("forest", "--outcome", "headache"), "--question event-risk"),
        (("forest", "--question", "controlled-risk", "--measure", "XX"), "legal: OR, RR, RD, Peto OR"),
        (("forest", "--measure", "OR"), "takes no --measure"),
        (("bubble", "--unit", "mg"), "--unit mg: legal: cells, cells/kg"),
    ],
)
def test_plot_called_wrongly(store_path: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments, "--store", str(store_path), "-o", str(tmp_path / "plot.svg"))
    assert result.exit_code == 2 and said in result.output
    assert run("dose", "--store", str(store_path), "-o", str(tmp_path / "plot.gif")).exit_code == 2


@pytest.mark.parametrize("word", ["x" * 5_000, "il." * 2_000, "a few plain words"])
def test_lines_are_no_wider_than_asked_and_lose_nothing(word: str) -> None:
    lines = broken(f"{word} and more", 2.0)
    assert max(text_width(line) for line in lines) <= 2.0
    assert "".join(lines).replace(" ", "") == f"{word}andmore".replace(" ", "")
    assert text_width(fitting(word, 2.0)) <= 2.0


def test_a_character_that_the_font_lacks_is_named_and_text_in_an_svg(tmp_path: Path) -> None:
    with Store.open(tmp_path / "odd.db") as store:
        store.add(single_arm("trial 🧪", 1, 20, 1e6))
    for name, words in (("out.png", "the font has no 🧪, a box stands for it"), ("out.svg", "")):
        done = CliRunner().invoke(
            app, ["plot", "matrix", "-o", str(tmp_path / name), "--store", str(tmp_path / "odd.db")]
        )
        assert done.exit_code == 0 and words in done.stderr and "Warning" not in done.stderr
    assert "🧪" in (tmp_path / "out.svg").read_text(encoding="utf-8")
