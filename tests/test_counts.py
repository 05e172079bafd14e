"""Counts that look right and are not: what may enter a pooled risk, and what was left out without a true reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.commands.ask import pooled_lines
from extractor.graph import Answer, Review, ask
from extractor.link.control import is_control
from extractor.model import Evidence, Record
from extractor.shown import percent
from extractor.store import Store
from extractor.store.links import Link, LinkStore
from tests.trial_store import controlled, event, made

Said = tuple[str, dict[str, Any], str | None]
KIND: Said = ("report_kind", {"name": "single-trial"}, None)
TWENTY: Said = ("participants", {"n": 20, "kind": "treated"}, None)
CELLS: Said = ("arm", {"name": "cells", "n": 10}, None)
PLACEBO: Said = ("arm", {"name": "placebo", "n": 10}, None)


def adverse(term: str, n: int | None, of: int | None = None, arm: str | None = None, **more: Any) -> Said:
    return "adverse_event", event(term, n, of, **more), arm


def asked(folder: Path, records: Sequence[Record], question: str, **arguments: Any) -> Answer:
    with Store.open(folder / "made.db") as store:
        for record in records:
            store.add(record)
        return ask(Review(store), question, **arguments)


def pooled(folder: Path, facts: Sequence[Said], outcome: str) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    """Rows of one trial as (events, total), and the reasons of what was left out."""
    record = made("alpha", "A trial", [KIND, *facts])
    answer = asked(folder, [record], "sensitivity", outcome=outcome)
    risk = answer.pooled["risk"]["studies"] if answer.pooled else []
    return {s["study"]: (s["events"], s["total"]) for s in risk}, {r["study"]: r["reason"] for r in answer.left_out}


@pytest.mark.parametrize(
    ("facts", "outcome", "reason"),
    [
        # a count over both groups of a controlled trial whose groups have no size, or no name
        ([TWENTY, ("arm", {"name": "placebo", "n": None}, None), adverse("fever", 3)], "fever", "treated and control groups"),
        ([TWENTY, ("design", {"name": "placebo-controlled"}, None), adverse("fever", 3)], "fever", "treated and control groups"),
        ([TWENTY, adverse("fever", 3), adverse("headache", 1, 10, "placebo")], "fever", "treated and control groups"),
        # one group's zero is no zero beside what happened; nor is a zero of the controls one of the treated
        ([TWENTY, adverse("fever", 0, 20), adverse("fever", 2, 9, "high dose", severity="severe")], "fever", "a zero beside what happened"),
        ([TWENTY, CELLS, adverse("fever", None, 10, "cells"), adverse("fever", 0, 10, "low dose")], "fever", ""),
        ([TWENTY, ("deaths", {"n": 1}, None), adverse("serious adverse events", 0)], "serious", "a zero beside what happened"),
        ([TWENTY, adverse("headache", 1), adverse("adverse events", 0)], "any", "a zero beside what happened"),
        # X alone beside cells + X is the control of it
        ([TWENTY, adverse("fever", 4, 9, "CABG alone"), ("arm", {"name": "BM-MNC + CABG", "n": 11}, None)], "fever", "a control group"),
        # limited zeros are none
        ([TWENTY, adverse("fever", 0, scope="during infusion")], "fever", "said only within limits (“during infusion”)"),
        ([TWENTY, adverse("fever", 0, related=False)], "fever", "said only of events not related"),
        ([TWENTY, adverse("adverse events", 0, scope="within 24 hours")], "any", "said only within limits"),
        # a count of some whose number is not given is none of all
        ([TWENTY, adverse("fever", 3, scope="in the first cohort")], "fever", "a count of some only"),
        # severe ones only are no count of all
        ([TWENTY, adverse("fever", 2, 20, grade="3")], "fever", "said only of grade 3 ones"),
        ([TWENTY, adverse("fever", 2, 20, severity="severe")], "fever", "said only of severe ones"),
        ([TWENTY, adverse("fever", 0, 20, severity="severe")], "fever", "said only of severe ones"),
        ([TWENTY, adverse("adverse events", 2, 20, grade="3-4")], "any", "said only of grade 3-4 ones"),
        ([TWENTY, adverse("adverse events", 9, 20, severity="mild")], "any", "said only of mild ones"),
        ([TWENTY, adverse("fever", 2, 20, severity="mild"), adverse("fever", 1, 20, severity="severe")], "fever", "counted by severity"),
        ([TWENTY, adverse("fever", 1, 20, serious=True)], "fever", "said only of serious ones"),
        ([TWENTY, adverse("fever", 0, 20, serious=True)], "fever", "said only of serious ones"),
        ([TWENTY, adverse("fever", 1, 20, grade="4"), adverse("serious adverse events", 0, 20)], "serious", "a zero beside what happened"),
        # numbers that cannot be what they seem
        ([TWENTY, adverse("fever", 2.5, 20)], "fever", "mentioned without a count"),
        ([TWENTY, adverse("fever", 3, 20, assertion="absent")], "fever", "mentioned without a count"),
        ([TWENTY, adverse("fever", 3, 20, percent=50.0)], "fever", "3 of 20 is not 50 %"),
        ([TWENTY, adverse("fever", 3, 400)], "fever", "400 people at risk, where the report has 20"),
        ([TWENTY, adverse("adverse events", 3, 20), adverse("fever", 7, 20)], "any", "the counts contradict each other"),
        # names that tell no groups apart
        ([adverse("fever", 5, 10, "day 1"), adverse("fever", 3, 10, "month 6")], "fever", "counted again"),
        ([adverse("fever", 5, 10, "MSC"), adverse("fever", 4, 10, "treatment group")], "fever", "may be another name"),
        ([TWENTY, adverse("fever", 4, 9, "bone marrow donors")], "fever", "a control group"),
        ([TWENTY, adverse("serious adverse events", 0, severity="severe")], "serious", "said only of severe ones"),
        # a zero without a group is spread over none
        ([TWENTY, CELLS, PLACEBO, adverse("fever", 0)], "fever", "nothing says of which group"),
        # events are not people
        ([TWENTY, adverse("serious adverse events", 5, denominator_unit=None)], "serious", "a number of events, perhaps not of people"),
        ([TWENTY, adverse("adverse events", 5, denominator_unit=None)], "any", "a number of events, perhaps not of people"),
        # the same people in several groups
        ([TWENTY, adverse("fever", 2, 20, "first dose"), adverse("fever", 4, 20, "second dose")], "fever", "counted again"),
        ([TWENTY, ("design", {"name": "crossover"}, None), adverse("fever", 2, 9, "low"), adverse("fever", 4, 9, "high")], "fever", "share people"),
        # a percentage
        ([TWENTY, adverse("fever", None, percent=33.0)], "fever", "a percentage from which the number of people cannot be told"),
    ],
)  # fmt: skip
def test_what_looks_like_a_count(tmp_path: Path, facts: list[Said], outcome: str, reason: str) -> None:
    rows, left = pooled(tmp_path, facts, outcome)
    assert not rows and all(reason in why for why in left.values()) and left


@pytest.mark.parametrize(
    ("facts", "outcome", "expected"),
    [
        ([TWENTY, adverse("serious adverse events", 1, denominator_unit=None)], "serious", {"alpha": (1, 20)}),
        ([TWENTY, adverse("serious adverse events", 5, 20, denominator_unit=None)], "serious", {"alpha": (5, 20)}),
        ([TWENTY, adverse("fever", 4, severity="mild")], "fever", {"alpha": (4, 20)}),
        ([TWENTY, adverse("severe or serious adverse events", 0, severity="severe")], "serious", {"alpha": (0, 20)}),
        # a group's second name, and the sum of two
        ([adverse("fever", 5, 10, "MSC group"), adverse("fever", 5, 10, "treatment group")], "fever", {"alpha": (5, 10)}),
        ([adverse("fever", 4, 10, "high"), adverse("fever", 1, 9, "low"), adverse("fever", 5, 19, "treated")], "fever", {"alpha": (5, 19)}),
        # 33 % of 12 is 4, said without decimals; 12.5 % of 20 is no number of people
        ([("participants", {"n": 12, "kind": "treated"}, None), adverse("fever", None, percent=33.0)], "fever", {"alpha": (4, 12)}),
        # all deaths, not those of one cause
        ([TWENTY, ("deaths", {"n": 5}, None), adverse("death", 2), adverse("death", 3)], "death", {"alpha": (5, 20)}),
        # cells beside what the control group gets are no control
        ([TWENTY, adverse("fever", 2, 10, "MSC plus standard of care"), adverse("fever", 1, 10, "standard of care")], "fever",
         {"alpha": (2, 10)}),
        # an arm by another of its names has the arm's people; of another dose it has not
        ([("arm", {"name": "marrow cells", "n": 12}, None), ("arm", {"name": "controls", "n": 11}, None), adverse("fever", 3, arm="cell group"),
          adverse("fever", 0, arm="control")], "fever", {"alpha": (3, 12)}),
        ([("arm", {"name": "30 mg", "n": 12}, None), adverse("fever", 3, arm="20/30 mg")], "fever", {}),
    ],
)  # fmt: skip
def test_what_is_a_count(tmp_path: Path, facts: list[Said], outcome: str, expected: dict[str, tuple[int, int]]) -> None:
    rows, left = pooled(tmp_path, facts, outcome)
    assert rows == expected, left


@pytest.mark.parametrize(
    ("arm", "control"),
    [
        ("placebo", True), ("Sham procedure", True), ("Control group", True), ("standard of care without cells", True),
        ("Placebo for MSC", True), ("cell-free medium control", True), ("placebo (no stem cells)", True), ("vehicle", True),
        ("Placebo matched to UC-MSC", True), ("placebo (cell medium)", True), ("healthy volunteers", True), ("placebo then MSC", False), ("UC-MSC + standard therapy", False), ("MSC in normal saline", False),
        ("1 MSC dose then placebo", False), ("cells", False), ("Stem cells plus usual care", False), ("high dose", False),
    ],
)  # fmt: skip
def test_control_groups_by_name(arm: str, control: bool) -> None:
    assert is_control(arm) is control


def registry(facts: Sequence[Said]) -> Record:
    record = made("alpha", "A record", [KIND, TWENTY, *facts])
    return replace(record, facts=tuple(replace(f, method="registry:clinicaltrials") for f in record.facts))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # 2 with serious ones and 2 with others are two to four people: never one number said twice
        ([(2, True), (2, False)], {}),
        ([(2, True), (0, False)], {"alpha": (2, 20)}),
        ([(0, True), (3, False)], {"alpha": (3, 20)}),
        ([(3, False)], {"alpha": (3, 20)}),
        ([(2, True)], {}),
    ],
)
def test_lines_of_a_registry(
    tmp_path: Path, lines: list[tuple[int, bool]], expected: dict[str, tuple[int, int]]
) -> None:
    facts = [adverse("headache", n, 20, "cells", serious=serious) for n, serious in lines]
    answer = asked(tmp_path, [registry(facts)], "event-risk", events="headache", route="")
    assert {r["study"]: (r["events"], r["total"]) for r in answer.rows} == expected
    assert answer.left_out or expected


def two_reports(folder: Path, one: Record, two: Record, question: str, *, overlap: bool = False, **more: Any) -> Answer:
    """Two reports of one trial, or two trials whose people are the same, of which the first is preferred."""
    with Store.open(folder / "two.db") as store:
        store.add(one)
        store.add(two)
        ids = one.document.id, two.document.id
        kind, best = ("overlap", ids[0]) if overlap else ("trial", None)
        link = Link(*ids, kind, "same_group" if overlap else "report", "made", 1.0, "confirmed", "made", best)
        links = LinkStore(store)
        links.put_links([link])
        links.put_trials({id: id if overlap else ids[0] for id in ids})
        return ask(Review(store), question, **more)


def test_a_retracted_report_gives_no_count(tmp_path: Path) -> None:
    good = made("good", "A trial", [KIND, TWENTY])
    bad = made("bad", "A trial", [KIND, TWENTY, adverse("fever", 3)])
    bad = replace(bad, document=replace(bad.document, retracted=True))
    answer = two_reports(tmp_path, good, bad, "event-risk", events="fever", route="")
    assert not answer.rows and {r["reason"] for r in answer.left_out} == {"said in a retracted report only"}


def test_a_denial_is_no_zero_where_another_report_of_the_trial_counts_the_event(tmp_path: Path) -> None:
    denial = ("adverse_event", {"term": "adverse events", "n": None, "assertion": "none_reported"}, None)
    paper = made(
        "paper", "A trial of more words", [KIND, TWENTY, denial, ("follow_up", {"low": 1, "unit": "months"}, None)]
    )
    other = made("other", "A trial", [KIND, TWENTY, adverse("fever", 3)])
    answer = two_reports(tmp_path, paper, other, "event-risk", events="fever", route="", denials=True)
    assert [(r["events"], r["total"], r["zero_basis"]) for r in answer.rows] == [(3, 20, None)]


def test_the_people_of_a_silent_report_are_not_lost(tmp_path: Path) -> None:
    """A preferred report takes the place of an earlier one only where it gives the count itself."""
    later = made("later", "The same people later", [KIND, TWENTY, adverse("fever", 1)])
    earlier = made("earlier", "People", [KIND, TWENTY, adverse("fever", 2), adverse("headache", 3)])
    for outcome, study, reason in (("fever", "later", "the same people"), ("headache", "earlier", "not mentioned")):
        folder = tmp_path / outcome
        folder.mkdir()
        answer = two_reports(folder, later, earlier, "event-risk", overlap=True, events=outcome, route="")
        assert [r["study"] for r in answer.rows] == [study]
        assert [reason in r["reason"] for r in answer.left_out] == [True]


def test_deaths_of_a_control_group_say_nothing_of_the_treated(tmp_path: Path) -> None:
    facts = [KIND, TWENTY, CELLS, PLACEBO, adverse("death", 2, 10, "cells"), adverse("death", 0, 10, "placebo")]
    answer = asked(tmp_path, [made("alpha", "A trial", facts)], "related-deaths")
    assert not answer.pooled and answer.left_out[0]["reason"] == "does not say whether deaths were related"


def test_related_deaths_are_of_treated_people(tmp_path: Path) -> None:
    facts = [KIND, TWENTY, CELLS, PLACEBO, adverse("death", 0, related=True)]
    gone = made("gone", "Another", [KIND, TWENTY, adverse("death", 3, related=True)])
    gone = replace(gone, document=replace(gone.document, retracted=True))
    answer = asked(tmp_path, [made("alpha", "A trial", facts), gone], "related-deaths")
    assert answer.pooled and (answer.pooled["related deaths"]["events"], answer.pooled["related deaths"]["total"]) == (
        0,
        10,
    )
    assert [(r["study"], r["reason"]) for r in answer.left_out] == [("gone", "retracted")]


def test_unrelated_deaths_of_two_reports_are_not_added(tmp_path: Path) -> None:
    deaths = [KIND, TWENTY, ("deaths", {"n": 2}, None), adverse("death", 1, related=False)]
    answer = two_reports(tmp_path, made("one", "A trial", deaths), made("two", "A trial", deaths), "related-deaths")
    assert not answer.pooled and answer.left_out[0]["reason"] == "does not say whether deaths were related"


def test_severe_ones_are_not_compared_as_all(tmp_path: Path) -> None:
    facts = [
        KIND,
        TWENTY,
        CELLS,
        PLACEBO,
        adverse("fever", 3, 10, "cells", grade="3"),
        adverse("fever", 1, 10, "placebo", grade="3"),
    ]
    answer = asked(tmp_path, [made("alpha", "A trial", facts)], "controlled-risk", outcome="fever")
    assert not answer.rows and answer.left_out[0]["reason"] == "said only of grade 3 ones"


def test_one_impossible_count_does_not_end_the_comparison(tmp_path: Path) -> None:
    answer = asked(
        tmp_path, [controlled("alpha", (3, 20), (1, 20)), controlled("beta", (30, 20), (1, 20))], "controlled-risk"
    )
    assert [r["study"] for r in answer.rows] == ["alpha"]
    assert [(r["study"], r["reason"]) for r in answer.left_out] == [("beta", "more events than people at risk")]


def test_groups_that_were_not_randomised_are_told(tmp_path: Path) -> None:
    loose = controlled("loose", (3, 20), (1, 20))
    loose = replace(loose, facts=tuple(f for f in loose.facts if f.field != "design"))
    answer = asked(tmp_path, [controlled("alpha", (3, 20), (1, 20)), loose], "controlled-risk")
    assert answer.notes and answer.notes[0].startswith("1 of 2 trials are not said to be randomised")


def test_people_by_route_tells_controls_apart(tmp_path: Path) -> None:
    (row,) = asked(tmp_path, [controlled("alpha", (3, 20), (1, 18))], "people-by-route").rows
    assert (row["people"], row["in_control"], row["controls_unknown"], row["arms"]) == (38, 18, 0, 2)


def test_controls_of_a_size_that_is_not_said_are_not_zero_controls(tmp_path: Path) -> None:
    facts = [KIND, TWENTY, ("route", {"name": "intravenous"}, None), ("design", {"name": "placebo-controlled"}, None)]
    (row,) = asked(tmp_path, [made("alpha", "A trial", facts)], "people-by-route").rows
    assert (row["people"], row["in_control"], row["controls_unknown"]) == (20, None, 1)


def test_arms_of_one_trial_are_one_study(tmp_path: Path) -> None:
    facts = [KIND, TWENTY, adverse("fever", 2, 10, "low dose"), adverse("fever", 5, 10, "high dose")]
    other = made("beta", "Another", [KIND, TWENTY, adverse("fever", 1)])
    answer = asked(tmp_path, [made("alpha", "A trial", facts), other], "event-risk", events="fever")
    assert answer.pooled
    risk = answer.pooled["fever"]["risk"]
    assert (risk["k"], [(s["study"], s["events"], s["total"]) for s in risk["studies"]]) == (
        2, [("alpha", 7, 20), ("beta", 1, 20)],
    )  # fmt: skip
    assert answer.rows[0]["arms"] == ("high dose", "low dose")
    assert any("2 trials, 3 arms" in note and "alpha: high dose, low dose" in note for note in answer.notes)


def printed(folder: Path, records: Sequence[Record], *question: str) -> str:
    with Store.open(folder / "made.db") as store:
        for record in records:
            store.add(record)
    done = CliRunner().invoke(app, ["ask", *question, "--store", str(folder / "made.db")], env={"COLUMNS": "250"})
    assert done.exit_code == 0, done.output
    return done.output


def test_a_comparison_is_printed_to_three_digits_with_its_cautions(tmp_path: Path) -> None:
    records = [
        controlled("alpha", (3, 20), (1, 20)),
        controlled("beta", (2, 30), (2, 28)),
        controlled("gamma", (0, 9), (0, 9)),
    ]
    said = printed(tmp_path, records, "controlled-risk")
    assert "comparison: OR 1.67 (95 % 0.38 to 7.34)" in said and "percentage points" in said
    assert not [word for word in said.split() if len(word.strip("(),;")) > 6 and word[:1].isdigit()]
    assert "one effect for all studies" in said and "caution: 1 of 3 studies saw no event in either arm" in said
    assert "caution: Peto's method is meant for events below 1 %" in said


def test_a_pooled_risk_is_printed_with_its_kind_its_rule_and_its_cautions(tmp_path: Path) -> None:
    records = [made(f"t{n}", f"T{n}", [KIND, TWENTY, adverse("fever", n)]) for n in (0, 1, 9)]
    said = printed(tmp_path, records, "event-risk", "fever", "route=")
    assert "fever: mean risk " in said and "; median study " in said and "; 10 of 60 (16.7 %) in 3 studies" in said
    assert "prediction interval" in said and "t(k-1)" in said and "tau2 " in said
    assert "caution: Only 3 studies" in said and "caution: 1 of 3 studies saw no event" in said


def test_groups_are_printed_with_their_cautions(tmp_path: Path) -> None:
    records = [
        made(
            f"t{n}",
            f"T{n}",
            [KIND, TWENTY, ("route", {"name": ("intrathecal", "intravenous")[n % 2]}, None), adverse("fever", n)],
        )
        for n in (1, 2, 3, 4)
    ]
    said = printed(tmp_path, records, "risk-by-route", "fever")
    assert "Groups of studies were compared, not patients" in said and "A group has 2 studies" in said
    assert "Wald p = " in said


def test_an_undefined_measure_is_printed_with_its_reason(tmp_path: Path) -> None:
    said = printed(
        tmp_path, [controlled("alpha", (3, 20), (0, 20)), controlled("beta", (2, 20), (0, 20))], "controlled-risk"
    )
    assert "comparison: OR undefined: no event in arm 2" in said and "None" not in said


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0.0"),
        (1.6e-10, "0.0"),
        (0.00001, "0.001"),
        (0.00032, "0.032"),
        (0.0051, "0.51"),
        (0.0999, "10.0"),
        (1.0, "100.0"),
    ],
)
def test_a_small_risk_is_not_rounded_to_none(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_sum_is_printed_without_the_words_of_a_model() -> None:
    found = {"events": 0, "total": 18, "low": 0.0, "high": 0.185, "one_sided_upper": 0.1533, "method": "exact"}
    assert pooled_lines("deaths", found) == [
        "deaths: 0 of 18, 95 % 0.0 to 18.5 %; at most 15.3 % (one-sided 95 %); exact"
    ]


@pytest.mark.parametrize("cue", ["", "No {} "])
@pytest.mark.parametrize("words", ["severe", "grade 3 or higher", "Serious"])
def test_no_severe_one_is_not_none(tmp_path: Path, words: str, cue: str) -> None:
    """A denial of severe ones, of which the extraction gives the event and its absence."""
    record = made(
        "alpha", "A trial", [KIND, TWENTY, ("adverse_event", event("headache", None, assertion="absent"), None)]
    )
    text = record.document.parts["abstract"] + f". No {words} headache occurred."
    quote = cue.format(words) + "headache"
    start = text.index(quote + " occurred")
    said = (Evidence("abstract", quote, start, start + len(quote)),)
    facts = (*record.facts[:2], replace(record.facts[2], evidence=said))
    parts = {**record.document.parts, "abstract": text}
    answer = asked(
        tmp_path,
        [replace(record, document=replace(record.document, parts=parts), facts=facts)],
        "event-risk",
        events="headache",
        route="",
    )
    assert not answer.rows and answer.left_out[0]["reason"] == f"said only of {words.lower()} ones"
