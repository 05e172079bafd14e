"""Questions 14 and 16 where registry and papers stand side by side: what differs, which outcomes there are, and where it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from extractor.graph import Review, ask, nodes
from extractor.graph.exchange import read_node_link, write_node_link
from extractor.link.check import check
from extractor.link.linker import link
from extractor.model import JSON_PART, Record, slice_of, value_at
from extractor.model import Evidence as Said
from extractor.store import Store
from tests.registry_store import outcome, paper, registry_record

Rows = Sequence[dict[str, Any]]


Made = Callable[..., Review]


@pytest.fixture
def reviewed(tmp_path: Path) -> Iterator[Made]:
    """A review of the records that it is called with."""
    with Store.open(tmp_path / "review.db") as store:

        def made(*records: Record) -> Review:
            for record in records:
                store.add(record)
            link(store)
            return Review(store)

        yield made


def resolves(store: Store, rows: Rows) -> bool:
    """Whether every quote is the text, or the value, at its place."""
    found = []
    for e in (e for row in rows for e in row["evidence"]):
        document = store.record(e["document"]).document
        if e["part"] == JSON_PART:
            found.append(value_at(document.data, e["path"]) == e["quote"])
        else:
            found.append(slice_of(document, Said(e["part"], e["quote"], e["start"], e["end"])) == e["quote"])
    return bool(found) and all(found)


# ---------------------------------------------------------------- disagreements


def test_what_agrees_is_no_disagreement(reviewed: Made) -> None:
    review = reviewed(registry_record(1), paper(1))
    assert len(review.of(nodes.TRIAL)) == 1
    assert ask(review, "disagreements").rows == () and ask(review, "disagreements", everything=True).rows == ()


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        ({"people": 60}, "enrolment", "has 40 people (enrolled), paper1 has 60 (randomized)."),
        ({"serious": 9}, "serious_events", "counts 4 people with serious adverse events, paper1 9."),
        ({"dead": 5}, "deaths", "has 1 deaths, paper1 has 5."),
        ({"arms": (10, 10, 20)}, "arms", "has 2 arms, paper1 has 3."),
        ({"serious": None, "denies": "serious adverse events"}, "serious_events", "paper1 denies serious adverse events"),
    ],
)  # fmt: skip
def test_registry_against_paper(reviewed: Made, said: dict[str, Any], kind: str, message: str) -> None:
    review = reviewed(registry_record(1), paper(1, **said))
    (row,) = ask(review, "disagreements").rows
    assert (row["trial"], row["kind"], row["a"], row["b"]) == (
        "NCT07000001",
        kind,
        "clinicaltrials:NCT07000001",
        "paper1",
    )
    assert message in row["message"]
    assert {e["document"] for e in row["evidence"]} == {"clinicaltrials:NCT07000001", "paper1"}
    assert resolves(review.store, [row])


def test_silence_is_no_disagreement(reviewed: Made) -> None:
    review = reviewed(registry_record(1), paper(1, people=None, arms=(), serious=None, dead=None))
    assert ask(review, "disagreements").rows == ()


def test_several_trials_and_reports(reviewed: Made) -> None:
    """Only pairs of one trial are held against each other; rows come in the order of the trials, and as they were checked."""
    records = [registry_record(n) for n in (1, 2, 3)]
    records += [paper(1, people=60, dead=3), paper(2), paper(3, serious=8), paper(3, id="later3", serious=8, people=50)]
    review = reviewed(*records)
    rows = ask(review, "disagreements").rows
    found = [(r["trial"][-1], r["kind"], r["a"].split(":")[0], r["b"]) for r in rows]
    assert found == [
        ("1", "enrolment", "clinicaltrials", "paper1"),
        ("1", "deaths", "clinicaltrials", "paper1"),
        ("3", "enrolment", "clinicaltrials", "later3"),
        ("3", "serious_events", "clinicaltrials", "later3"),
        ("3", "serious_events", "clinicaltrials", "paper3"),
        ("3", "enrolment", "later3", "paper3"),
    ]
    assert resolves(review.store, rows)


def test_the_graph_says_what_a_check_of_all_reports_says(reviewed: Made) -> None:
    """Differences in the graph are those that a check of every trial finds, of the kinds that are asked for."""
    records = [registry_record(n, people=40 + 2 * (n % 3)) for n in range(1, 13)]
    records += [paper(n, people=40 + 2 * (n % 2), serious=4 + n % 2, dead=1 + (n % 5 == 0)) for n in range(1, 13)]
    review = reviewed(*records)
    expected = []
    for _, trial in review.trials():
        of_trial = list(review.store.records([review.node(r)["document"] for r in trial["reports"]]))
        expected += [d for d in check(of_trial) if d.kind in ("enrolment", "serious_events", "deaths", "arms")]
    rows = ask(review, "disagreements").rows
    assert [r["message"] for r in rows] == [d.message for d in expected] and len(rows) > 10
    assert {r["explanation"] for r in rows} == {d.explanation for d in expected}
    wide = ask(review, "disagreements", everything=True).rows
    assert [r for r in wide if r["kind"] in {d.kind for d in expected}] == list(rows)


def test_differences_are_edges_with_their_words(reviewed: Made, tmp_path: Path) -> None:
    review = reviewed(registry_record(1), paper(1, people=60))
    (edge,) = [row for _, _, row in review.graph.edges(data=True) if row["kind"] == nodes.DIFFERS_FROM]
    assert (edge["on"], edge["severity"], edge["agent"], edge["review"]) == (
        "enrolment",
        "major",
        "rule:check",
        "unreviewed",
    )
    assert edge["evidence"] == ask(review, "disagreements").rows[0]["evidence"]
    with (tmp_path / "graph.json").open("wb") as stream:
        write_node_link(review.graph, stream)
    with (tmp_path / "graph.json").open("rb") as stream:
        assert edge in [row for _, _, row in read_node_link(stream).edges(data=True)]


# ---------------------------------------------------------------- outcomes

SLOPE = outcome("Slope of ALSFRS-R", [("Cells", "-0.4"), ("Placebo", "-0.9")], unitOfMeasure="points a month")
PERIODS = outcome(
    "Change in ALSFRS-R total", [("Cells", "-1.5"), ("Placebo", None)], [("Cells", "-3"), ("Placebo", "-6")]
)
SURVIVAL = outcome("Survival at one year", [("Cells", "18"), ("Placebo", "17")], window="12 months")


def test_slopes_by_group(reviewed: Made) -> None:
    review = reviewed(registry_record(1, outcomes=[SURVIVAL, SLOPE]), paper(1), paper(2))
    rows = ask(review, "slope").rows
    assert [(r["trial"], r["title"], r.get("group"), r["value"]) for r in rows] == [
        ("NCT07000001", "Slope of ALSFRS-R", "Cells", "-0.4"),
        ("NCT07000001", "Slope of ALSFRS-R", "Placebo", "-0.9"),
        ("NCT07000002", None, None, "not extracted"),
    ]
    first = rows[0]
    assert (first["unit"], first["window"], first["statistic"], first["spread"]) == (
        "points a month",
        "6 months",
        "MEAN",
        "0.2",
    )
    assert first["evidence"][0]["path"].endswith("outcomeMeasures[1].classes[0].categories[0].measurements[0].value")
    assert resolves(review.store, rows)


def test_several_outcomes_periods_and_a_missing_value(reviewed: Made) -> None:
    review = reviewed(registry_record(1, outcomes=[SLOPE, PERIODS]), paper(1))
    rows = ask(review, "slope").rows
    assert [(r["title"].split()[0], r["class"], r["group"], r["value"]) for r in rows] == [
        ("Slope", "period 1", "Cells", "-0.4"),
        ("Slope", "period 1", "Placebo", "-0.9"),
        ("Change", "period 1", "Cells", "-1.5"),
        ("Change", "period 1", "Placebo", None),
        ("Change", "period 2", "Cells", "-3"),
        ("Change", "period 2", "Placebo", "-6"),
    ]
    missing = rows[3]["evidence"][0]
    assert missing["path"].endswith("measurements[1]") and "not assessed" in missing["quote"]
    assert resolves(review.store, rows)


@pytest.mark.parametrize(
    ("asked", "titles"), [("survival", {"Survival at one year"}), ("alsfrs", {"Slope of ALSFRS-R"}), ("grip", {None})]
)
def test_outcomes_are_chosen_by_a_word(reviewed: Made, asked: str, titles: set[str | None]) -> None:
    review = reviewed(registry_record(1, outcomes=[SLOPE, SURVIVAL]), paper(1))
    answer = ask(review, "slope", outcome=asked)
    assert {r["title"] for r in answer.rows} == titles
    assert titles != {None} or [r["value"] for r in answer.rows] == ["not extracted"]


def test_an_outcome_without_measurements_is_not_extracted(reviewed: Made) -> None:
    empty = {"title": "ALSFRS-R", "groups": [], "classes": []}
    review = reviewed(registry_record(1, outcomes=[empty]), paper(1))
    assert [(r["trial"], r["value"]) for r in ask(review, "slope").rows] == [("NCT07000001", "not extracted")]


def test_each_record_speaks_for_its_own_trial(reviewed: Made) -> None:
    records = [registry_record(n, outcomes=[outcome("ALSFRS-R", [("Cells", str(-n))])]) for n in (1, 2)]
    rows = ask(reviewed(*records, paper(2), paper(1)), "slope").rows
    assert [(r["trial"], r["report"], r["value"]) for r in rows] == [
        ("NCT07000001", "clinicaltrials:NCT07000001", "-1"),
        ("NCT07000002", "clinicaltrials:NCT07000002", "-2"),
    ]
