"""The twenty-four questions, each on the starter corpus; what the corpus lacks, on trials made up for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from extractor.commands import app
from extractor.errors import QueryError
from extractor.graph import QUESTIONS, Answer, Review, ask
from extractor.graph.catalogue import from_words, named
from extractor.graph.counts import unlimited
from extractor.graph.matrix import mentioned
from extractor.link.decide import decide
from extractor.link.linker import link
from extractor.model import Record
from extractor.store import Store
from tests import check_cases
from tests.check_cases import base
from tests.trial_store import controlled, event, made, path_of_starter, review_of_starter, starter  # noqa: F401


def rows_by(answer: Answer, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in answer.rows}


def reasons(answer: Answer) -> dict[str, str]:
    return {row["study"]: row["reason"] for row in answer.left_out}


def said(row: dict[str, Any]) -> list[str]:
    return [e["quote"] for e in row["evidence"]]


ARGUMENTS: dict[str, dict[str, Any]] = {
    "papers-of": {"trial": "glass2012"},
    "side-by-side": {"trials": ("nam2023", "oh2018")},
    "provenance": {"report": "barczewska2019"},
    "changed-since": {"date": "2020-01-01"},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_are_plain_and_quoted(review: Review, name: str) -> None:
    """Every answer is JSON, the same twice, and its quotes are the text at their places."""
    answer = ask(review, name, **ARGUMENTS.get(name, {}))
    again = ask(review, name, **ARGUMENTS.get(name, {}))
    text = json.dumps(answer.to_dict())
    assert text == json.dumps(again.to_dict()) and answer.question.endswith(("?", "."))
    texts = {r.document.id: r.document.parts for r in review.store.records()}
    for row in answer.rows:
        for e in row.get("evidence", []):
            assert texts[e["document"]][e["part"]][e["start"] : e["end"]] == e["quote"]


def test_there_are_twenty_four() -> None:
    assert [q.number for q in QUESTIONS.values()] == list(range(1, 25))


def test_1_given(review: Review) -> None:
    rows = rows_by(ask(review, "given", route="intrathecal"), "trial")
    assert {"nam2023", "NCT01363401", "NCT02881476", "staff2016"} <= rows.keys()
    assert "yamashita2023" not in rows  # intravenous
    assert rows["NCT02881476"]["dose"] == "420,000 cells/kg (mean); given 2 times, every 2 months"
    assert "0.42 × 106 cells/kg" in said(rows["NCT02881476"])
    assert rows["neg-nct01051882"]["planned"] and not rows["nam2023"]["planned"]


def test_2_people_by_route(review: Review) -> None:
    answer = ask(review, "people-by-route")
    rows = rows_by(answer, "route")
    assert (rows["intracerebral"]["people"], rows["intracerebral"]["names"]) == (102, ["huang2008", "martinez2012"])
    assert reasons(answer)["martinez2009"] == "people of martinez2012"
    assert "no number of people" in reasons(answer).values()


def test_3_serious_risk(review: Review) -> None:
    answer = ask(review, "serious-risk")
    rows = rows_by(answer, "study")
    assert {n: (r["events"], r["total"], r["zero_basis"]) for n, r in rows.items()} == {
        "yamashita2023": (0, 5, "reported_zero"),
    }  # fmt: skip
    assert answer.pooled and answer.pooled["risk"]["estimate"] == 0.0
    assert answer.pooled["risk"]["one_sided_upper"] == pytest.approx(1 - 0.05 ** (1 / 5))
    left = reasons(answer)
    assert left["prabhakar2012"].startswith(
        "a denial of significant adverse events only"
    )  # of those that are serious it says nothing
    assert left["nam2023"] == "said only of events related to the treatment"
    assert left["staff2016"] == "not mentioned: silence is no zero"
    assert "a general denial only" in left["NCT02881476"]
    # glass2012 is preferred to it, and as silent
    assert left["feldman2014"] == left["glass2012"] == "not mentioned: silence is no zero"


def test_4_event_risk(review: Review) -> None:
    answer = ask(review, "event-risk", events=("headache",), route="")
    (row,) = answer.rows
    assert (row["study"], row["events"], row["total"], row["term"], row["event_id"]) == (
        "NCT02881476",
        1,
        43,
        "headache",
        "CTCAE5:0564",
    )
    assert said(row) == ["headache", "one case", "43 patients"]
    left = reasons(answer)
    assert left["martinez2012"] == "a percentage from which the number of people cannot be told"
    assert "a count without a number of people at risk" in left.values()


def test_5_related_deaths(review: Review) -> None:
    answer = ask(review, "related-deaths")
    assert rows_by(answer, "trial")["NCT02943850"]["related"] == 0
    assert answer.pooled and (answer.pooled["related deaths"]["events"], answer.pooled["related deaths"]["total"]) == (
        0,
        18,
    )
    assert answer.pooled["related deaths"]["one_sided_upper"] == pytest.approx(1 - 0.05 ** (1 / 18))
    assert reasons(answer)["deda2009"] == "does not say whether deaths were related"


def test_6_never_reported(review: Review) -> None:
    rows = rows_by(ask(review, "never-reported"), "id")
    tumour = rows["MESH:D009369"]
    assert tumour["trials"]["staff2016"]["zero_basis"] == "reported_zero"
    assert "nam2023" not in tumour["trials"]  # silent trials are counted, not named
    assert len(tumour["trials"]) + tumour["not_mentioned"] == len(review.fitting())
    assert {t["state"] for t in tumour["trials"].values()} == {"reported_zero", "denied"}
    assert "CTCAE5:0564" not in rows  # headache was reported
    whole = rows_by(ask(review, "never-reported", everything=True), "id")
    assert whole["CTCAE5:0564"]["trials"]["NCT02881476"]["state"] == "events"


def counted(events: int | None, total: int | None, arm: str | None = None, **more: Any) -> dict[str, Any]:
    basis = "reported_zero" if events == 0 else None
    row = {"events": events, "total": total, "arm": arm, "zero_basis": basis, "report": "r", "groups_overlap": False}
    return row | {"unit": "participants", "related": None, "limit": None, "evidence": [arm]} | more


@pytest.mark.parametrize(
    ("observed", "state", "count"),
    [
        ([counted(1, 10, "a"), counted(4, 20)], "events", (4, 20)),  # of everyone, before one of an arm
        ([counted(2, 10, "a"), counted(0, 12, "b")], "events", (2, 22)),
        ([counted(0, 10, "a"), counted(0, 12, "b")], "reported_zero", (0, 22)),
        ([counted(2, 10, "a", groups_overlap=True), counted(1, 12, "b", groups_overlap=True)], "events", (None, None)),
        ([counted(2, 10, "a"), counted(1, 10, "a")], "events", (None, None)),  # listed as serious and as other
        ([counted(2, 10, "a"), counted(3, 12, "b", unit="administrations")], "events", (None, None)),
        ([counted(2, 10, "a"), counted(1, 12, "b", report="another")], "events", (2, 10)),
        ([counted(3, 10, related=True), counted(5, 10)], "events", (5, 10)),
        ([counted(None, None)], "events", (None, None)),
        ([counted(2, None)], "events", (2, None)),
    ],
)
def test_6_a_trials_own_count(observed: list[dict[str, Any]], state: str, count: tuple[int | None, int | None]) -> None:
    cell = mentioned(observed)
    assert (cell.state, (cell.said["events"], cell.said["total"])) == (state, count)


def test_7_8_9_subgroups(review: Review) -> None:
    by_route = ask(review, "risk-by-route", outcome="death")
    assert by_route.pooled and [g["group"] for g in by_route.pooled["subgroups"]["groups"]] == [
        "intraspinal",
        "intracerebral",
    ]
    by_source = ask(review, "risk-by-source")
    assert reasons(by_source)["yamashita2023"] == "source not reported"
    assert any("No comparison of groups" in note for note in by_source.notes)
    by_dose = ask(review, "risk-by-dose")
    assert any(note.startswith("No regression on the dose") for note in by_dose.notes)


def test_9_dose_where_there_are_enough(tmp_path: Path) -> None:
    with Store.open(tmp_path / "doses.db") as store:
        for i in range(12):
            facts = [
                ("report_kind", {"name": "single-trial"}, None), ("participants", {"n": 20, "kind": "treated"}, None),
                ("dose", {"low": 10.0 ** (6 + i % 3), "high": 10.0 ** (6 + i % 3), "unit": "cells"}, None),
                ("administrations", {"low": 1 + i % 2, "high": 1 + i % 2, "interval": None}, None),
                ("adverse_event", event("fever", 1 + i % 4), None),
            ]  # fmt: skip
            store.add(made(f"trial{i:02}", f"Trial {i}", facts))
        answer = ask(Review(store), "risk-by-dose", outcome="fever")
    assert answer.pooled and answer.pooled["dose"]["k"] == 12
    assert [c["name"] for c in answer.pooled["dose"]["coefficients"]] == ["intercept", "log10 cells"]
    assert {g["group"] for g in answer.pooled["subgroups"]["groups"]} == {"single", "repeated"}


def test_10_controlled_risk(review: Review, tmp_path: Path) -> None:
    empty = ask(review, "controlled-risk")
    assert not empty.rows and empty.notes == ("No controlled trial gives counts in both groups.",)
    assert {"berry2019", "NCT01363401"} <= reasons(empty).keys()
    with Store.open(tmp_path / "controlled.db") as store:
        for id, treated, control in (
            ("alpha", (3, 20), (1, 20)),
            ("beta", (2, 30), (2, 28)),
            ("gamma", (0, 10), (0, 10)),
        ):
            store.add(controlled(id, treated, control))
        answer = ask(Review(store), "controlled-risk", measure="RR")
        alone = ask(Review(store), "serious-risk")
    assert answer.pooled and answer.pooled["comparison"]["double_zero"] == 1
    assert {m["measure"] for m in answer.pooled["comparison"]["measures"]} == {"OR", "RR", "RD", "Peto OR"}
    assert rows_by(answer, "study")["alpha"]["control_events"] == 1
    assert {r["study"]: r["events"] for r in alone.rows} == {"alpha": 3, "beta": 2, "gamma": 0}
    assert reasons(alone)["alpha: placebo"] == "a control group"


def test_the_size_of_an_arm_has_its_words_too(tmp_path: Path) -> None:
    facts = [
        ("report_kind", {"name": "single-trial"}, None),
        ("arm", {"name": "cells", "n": 20}, None),
        ("arm", {"name": "placebo", "n": 21}, None),
        ("adverse_event", event("serious adverse events", 2), "cells"),
        ("adverse_event", event("serious adverse events", 1), "placebo"),
    ]
    with Store.open(tmp_path / "arms.db") as store:
        store.add(made("delta", "A randomised trial", facts))
        (row,) = ask(Review(store), "serious-risk").rows
    assert (row["events"], row["total"], row["total_from"]) == (2, 20, "arm")
    assert said(row) == ["adverse_event 3", "arm 1"]


def test_11_unpublished(review: Review) -> None:
    assert (
        "NCT02881476" in ask(review, "unpublished").notes[0] and "not extracted" in ask(review, "unpublished").notes[0]
    )


@pytest.fixture
def registered(tmp_path: Path) -> Iterator[Review]:
    """A paper and its registry record, which differ in people."""
    pair = base(1)
    check_cases._other_route(pair)
    with Store.open(tmp_path / "registered.db") as store:
        for record in pair.records():
            store.add(record)
        link(store)
        yield Review(store)


def test_11_12_14_with_a_registry_record(registered: Review) -> None:
    assert ask(registered, "unpublished").rows == ()  # results are posted, and there is a paper
    papers = rows_by(ask(registered, "papers-of", trial="NCT06000001"), "report")
    assert papers["paper"]["state"] == "confirmed" and papers["paper"]["method"] == "registry_id"
    (found,) = ask(registered, "disagreements", everything=True).rows
    assert found["kind"] == "route" and len(found["evidence"]) == 2


def test_11_results_overdue(registered: Review, tmp_path: Path) -> None:
    document = next(registered.store.records(["clinicaltrials:NCT06000001"])).document
    bare = {k: v for k, v in (document.data or {}).items() if k != "resultsSection"}
    old = replace(document, data=bare, given=(), metadata={"completion_date": "2023-01", "status": "COMPLETED"})
    with Store.open(tmp_path / "alone.db") as store:
        store.add(Record(old))
        (row,) = ask(Review(store), "unpublished", today="2025-01-01").rows
    assert (row["results_posted"], row["paper"], row["completion_date"], row["months_overdue"]) == (
        False,
        False,
        "2023-01",
        12.0,
    )


def test_12_papers_of(review: Review) -> None:
    """The same paper in two channels is one report with two copies, whatever the copy that is asked for is called."""
    rows = ask(review, "papers-of", trial="staff2016-lostexp").rows
    assert [r["report"] for r in rows] == ["staff2016"]


def test_13_overlaps(review: Review) -> None:
    found = {(r["report"], r["other"]): r["preferred"] for r in ask(review, "overlaps").rows}
    assert found[("martinez2009", "martinez2012")] == "martinez2012"


def test_14_disagreements(review: Review) -> None:
    assert ask(review, "disagreements").rows == ()  # no two reports of one trial of the corpus differ


def test_15_side_by_side(review: Review) -> None:
    answer = ask(review, "side-by-side", trials=("nam2023", "oh2018"))
    rows = rows_by(answer, "field")
    assert rows["participants"]["differs"] and rows["participants"]["nam2023"] == "157 analyzed"
    assert not rows["route"]["differs"]
    assert "both: route intrathecal" in answer.notes[0]
    with pytest.raises(QueryError, match="two different trials"):
        ask(review, "side-by-side", trials=("nam2023",))


def test_16_slope(review: Review) -> None:
    answer = ask(review, "slope")
    assert {r["value"] for r in answer.rows} == {"not extracted"}


def test_17_poolable(review: Review) -> None:
    rows = rows_by(ask(review, "poolable", outcome="serious", months=6), "trial")
    assert rows["deda2009"]["fails"].endswith("follow-up is 12 months")
    assert rows["martinez2009"]["own_people"] is True  # martinez2012 is preferred, but counts no serious event
    deaths = rows_by(ask(review, "poolable", outcome="death", months=6), "trial")
    assert (
        deaths["martinez2009"]["own_people"] is False
        and "own_people: people of martinez2012" in deaths["martinez2009"]["fails"]
    )
    unknown = ask(review, "poolable", outcome="survival")
    assert unknown.notes[0] == "survival: not extracted in any report of this store."


def test_18_provenance(review: Review) -> None:
    (row,) = ask(review, "provenance", report="barczewska2019", field="dose").rows
    assert row["method"].startswith("rule:dose/") and said(row) == ["0.42 × 106 cells/kg"]
    one = ask(review, "event-risk", events=("headache",)).rows[0]
    (of_observation,) = ask(review, "provenance", report=one["observation"]).rows
    assert of_observation["field"] == "adverse_event" and of_observation["sha256"]


def test_19_changed_since(tmp_path: Path) -> None:
    with Store.open(tmp_path / "living.db") as store:
        store.add(controlled("alpha", (2, 20), (1, 20)))
        with store.writing() as conn:
            conn.exec_driver_sql("UPDATE documents SET added_at = '2020-01-01T00:00:00+00:00'")
            conn.exec_driver_sql("UPDATE extractions SET added_at = '2020-01-01T00:00:00+00:00'")
        store.add(controlled("alpha", (3, 20), (1, 20)))
        store.add(controlled("beta", (3, 20), (1, 20)))
        rows = ask(Review(store), "changed-since", date="2021-01-01").rows
    found = [(r["what"], r["report"]) for r in rows]
    assert ("report added", "beta") in found and ("report added", "alpha") not in found
    assert [f for f in found if f[0].startswith("fact")] == [("fact added", "alpha"), ("fact gone", "alpha")]
    with pytest.raises(QueryError, match="is no date"):
        ask(Review(store), "changed-since", date="yesterday")


def test_20_sensitivity(review: Review) -> None:
    rows = rows_by(ask(review, "sensitivity", outcome="death", without=("martinez2012",)), "variant")
    assert rows["as pooled"]["total"] - rows["without martinez2012"]["total"] == 67
    fever = rows_by(ask(review, "sensitivity", outcome="headache"), "variant")
    assert (
        fever["with denials as zeros"]["k"] == fever["as pooled"]["k"]
    )  # both denials are for related events, or contradicted


def test_denials_count_only_when_asked(tmp_path: Path) -> None:
    facts = [
        ("report_kind", {"name": "single-trial"}, None), ("participants", {"n": 12, "kind": "treated"}, None),
        ("adverse_event", {"term": "adverse events", "n": None, "assertion": "none_reported"}, None),
    ]  # fmt: skip
    with Store.open(tmp_path / "denial.db") as store:
        store.add(made("alpha", "A trial", facts))
        store.add(made("beta", "Another", [*facts[:2], ("adverse_event", event("headache", 2), None)]))
        review = Review(store)
        plain, asked = (ask(review, "event-risk", events="headache", route="", denials=d) for d in ("no", "yes"))
    assert [r["study"] for r in plain.rows] == ["beta"]
    assert {r["study"]: (r["events"], r["zero_basis"]) for r in asked.rows} == {
        "alpha": (0, "inferred_denial"),
        "beta": (2, None),
    }


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (event("fever", None), "mentioned without a count"),
        (event("fever", 3, 20, denominator_unit="administrations"), "counts administrations, not participants"),
        (event("fever", 30, 20), "more events than people at risk"),
        (event("fever", 2, 20, related=True), "said only of events related to the treatment"),
        (event("nausea", 2, 20), "not mentioned: silence is no zero"),
    ],
)
def test_what_is_left_out_and_why(tmp_path: Path, value: dict[str, Any], reason: str) -> None:
    facts = [
        ("report_kind", {"name": "single-trial"}, None),
        ("participants", {"n": 20, "kind": "treated"}, None),
        ("adverse_event", value, None),
    ]
    with Store.open(tmp_path / "one.db") as store:
        store.add(made("alpha", "A trial", facts))
        answer = ask(Review(store), "event-risk", events="fever", route="")
    assert not answer.rows and reasons(answer) == {"alpha": reason}


def test_whole_counts_of_a_controlled_trial_are_not_of_the_treated(tmp_path: Path) -> None:
    record = controlled("alpha", (2, 20), (1, 20))
    facts = [(f.field, f.value, f.arm) for f in record.facts if f.field != "adverse_event"]
    with Store.open(tmp_path / "one.db") as store:
        store.add(made("alpha", "A trial", [*facts, ("adverse_event", event("fever", 3), None)]))
        answer = ask(Review(store), "event-risk", events="fever", route="")
    assert reasons(answer) == {"alpha": "the count is over treated and control groups together"}


def test_a_rejected_overlap_is_pooled_again(store_path: Path, tmp_path: Path) -> None:
    with Store.open(shutil.copy(store_path, tmp_path / "copy.db")) as store:
        before = ask(Review(store), "people-by-route").left_out
        decide(store, "reject", "overlap", [("martinez2009", "martinez2012")], "ann")
        after = ask(Review(store), "people-by-route").left_out
    assert {r["study"] for r in before} - {r["study"] for r in after} == {"martinez2009"}


# ---------------------------------------------------------------- the command line


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--store", str(path)], env={"COLUMNS": "250"})


def test_the_list_names_every_question(store_path: Path) -> None:
    done = run(store_path, "ask", "--list")
    assert done.exit_code == 0 and all(f"trialspan ask {q.name}" in done.output for q in QUESTIONS.values())


def test_ask_on_the_command_line(store_path: Path) -> None:
    done = run(store_path, "ask", "event-risk", "headache", "route=")
    assert done.exit_code == 0 and "1 of 43, 2.3 %" in done.output and "silence is no zero" in done.output
    data = json.loads(run(store_path, "ask", "4", "events=headache", "--format", "json").output)
    assert data["rows"][0]["evidence"][0]["quote"] == "headache"
    rows = json.loads(
        run(store_path, "ask", "--sql", "SELECT count(*) AS n FROM current_documents", "--format", "json").output
    )
    assert rows == [{"n": 31}]
    assert run(store_path, "ask", "--sql", "DELETE FROM documents").exit_code == 1


@pytest.mark.parametrize(
    "arguments", [("ask",), ("ask", "given", "--list"), ("ask", "provenance"), ("compare", "nam2023")]
)
def test_wrong_usage(store_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(store_path, *arguments).exit_code == 2


def test_compare_on_the_command_line(store_path: Path) -> None:
    done = run(store_path, "compare", "nam2023", "oh2018")
    assert (
        done.exit_code == 0 and "likeness" in done.output and "may not be pooled" in done.output and "≠" in done.output
    )
    data = json.loads(run(store_path, "compare", "nam2023", "oh2018", "siwek2020", "--format", "json").output)
    assert len(data["similarity"]) == 3 and data["trials"] == ["nam2023", "NCT01363401", "siwek2020"]


def test_words_of_a_question() -> None:
    assert from_words(named("event_risk"), ["headache,fever", "route=intrathecal"]) == {
        "events": "headache,fever",
        "route": "intrathecal",
    }
    with pytest.raises(QueryError, match="there is no question 'why'"):
        named("why")
    with pytest.raises(QueryError, match="takes 1 arguments"):
        from_words(named("papers-of"), ["a", "b"])


@pytest.mark.parametrize(
    "statement", ["ATTACH DATABASE 'FILE' AS other", "VACUUM INTO 'FILE'", "PRAGMA user_version", "", "-- SELECT"]
)
def test_sql_that_is_no_select_is_refused_and_makes_no_file(store_path: Path, tmp_path: Path, statement: str) -> None:
    made = tmp_path / "made.db"
    done = run(store_path, "ask", "--sql", statement.replace("FILE", str(made)))
    assert done.exit_code == 1 and "one SELECT over" in str(done.exception) and not made.exists()


@pytest.mark.parametrize(
    "statement",
    ["-- how many\n select 1", "/* a\nb */ VALUES (1)", "with a as (select 1) select * from a"],
)
def test_a_select_may_begin_with_a_comment(store_path: Path, statement: str) -> None:
    done = run(store_path, "ask", "--sql", statement)
    assert done.exit_code == 0 and "1" in done.output


def test_a_limited_denial_is_no_zero() -> None:
    limited = counted(
        0,
        10,
        limit="during infusion",
        assertion="absent",
        severity=None,
        grade=None,
        scope="named",
        excepting=False,
        serious=None,
    )
    whole = limited | {"limit": None}
    kept, why = unlimited({"conflicts": []}, [limited])
    assert not kept and "during infusion" in why
    assert unlimited({"conflicts": []}, [limited, whole])[0] == [whole]
    assert mentioned([whole]).state == "reported_zero"


def test_an_answer_that_is_kept_is_never_written_over(store_path: Path, tmp_path: Path) -> None:
    store = tmp_path / "own.db"
    store.write_bytes(store_path.read_bytes())
    words = ["ask", "people-by-route", "--save", "first", "--store", str(store)]
    assert CliRunner().invoke(app, words).exit_code == 0
    file = tmp_path / "trialspan-answers" / "first.json"
    before = file.read_bytes()
    again = CliRunner().invoke(app, words)
    assert (
        isinstance(again.exception, QueryError)
        and "is kept already" in str(again.exception)
        and file.read_bytes() == before
    )


def test_a_name_that_a_question_does_not_take_is_no_value(store_path: Path) -> None:
    done = CliRunner().invoke(app, ["ask", "event-risk", "event=headache", "--store", str(store_path)])
    assert isinstance(done.exception, QueryError) and "takes no 'event'" in str(done.exception)


def test_people_read_names_and_may_type_them(store_path: Path) -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--store", str(store_path)])
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    assert "Barczewska 2019" in said("ask", "given") and "barczewska2019" in said("ask", "given", "--format", "json")
    for words in (("show", "Oh 2018"), ("trial", "oh 2018"), ("compare", "Oh 2018", "Barczewska 2019")):
        assert "mesenchymal stem cell" in said(*words), words
