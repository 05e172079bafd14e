"""Laws of what leaves a store as a count, over random stores: zeros that are none, arms, people, and what was asked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.graph import Answer, Review, ask
from extractor.graph.build import Builder
from extractor.graph.studies import Choice, studies
from extractor.graph.trials import describe
from extractor.link.control import controls
from extractor.model import Evidence, Fact, Record
from extractor.plots.answered import FORESTS
from extractor.store import Store
from tests.trial_store import event, made

EVENTS = ("headache", "fever", "serious adverse events", "adverse events")
OUTCOMES = {"serious adverse events": "serious", "adverse events": "any"}
ARMS = (None, "cells", "MSC high dose", "placebo", "rehabilitation alone", "MSC + rehabilitation")
ROUTES = ("intrathecal", "intravenous")
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

counts = st.builds(
    lambda term, n, of, arm, related, severity, scope, flags: (
        ("adverse_event", event(term, n, of, related=related, severity=severity, scope=scope), arm), flags,
    ),
    st.sampled_from(EVENTS), st.none() | st.integers(0, 30), st.none() | st.integers(1, 20), st.sampled_from(ARMS),
    st.sampled_from([None, None, None, True, False]), st.sampled_from([None, None, None, "severe"]),
    st.sampled_from([None, None, None, "within 24 hours"]), st.just(()),
)  # fmt: skip
denials = st.builds(
    lambda term, arm, related, scope, flags: (
        ("adverse_event", {"term": term, "n": None, "assertion": "none_reported", "related": related, "scope": scope}, arm),
        flags,
    ),
    st.sampled_from(EVENTS), st.sampled_from(ARMS), st.sampled_from([None, None, True]),
    st.sampled_from([None, None, "during infusion"]), st.sampled_from([(), (), ("excepting",)]),
)  # fmt: skip


@st.composite
def reports(draw: st.DrawFn, number: int = 0) -> Record:
    """A report with groups, a number of people, and anything said of events, in any combination."""
    sizes = [(arm, draw(st.none() | st.integers(1, 20))) for arm in draw(st.sets(st.sampled_from(ARMS[1:])))]
    said = draw(st.lists(counts | denials, min_size=1, max_size=6))
    facts: list[tuple[str, dict[str, Any], str | None]] = [("report_kind", {"name": "single-trial"}, None)]
    if (n := draw(st.none() | st.integers(1, 60))) is not None:
        facts.append(("participants", {"n": n, "kind": "treated"}, None))
    facts += [("arm", {"name": arm, "n": size}, None) for arm, size in sizes]
    facts += [("route", {"name": route}, None) for route in draw(st.sets(st.sampled_from(ROUTES)))]
    facts += [fact for fact, _ in said]
    record = made(f"trial{number}", f"A trial called {number}", facts)
    flags = [()] * (len(facts) - len(said)) + [flag for _, flag in said]
    return replace(record, facts=tuple(replace(f, flags=tuple(g)) for f, g in zip(record.facts, flags, strict=True)))


@cache
def _empty() -> Store:
    return Store.open("sqlite://")


def reviewed(*records: Record) -> Review:
    """What a store of these reports is asked of, each a trial of its own; built without writing them, which takes longest."""
    builder = Builder({}, [])
    for record in records:
        builder.report(record)
    describe(builder.graph)
    return Review(_empty(), builder.graph)


def happened(record: Record, term: str) -> list[str | None]:
    """The arms in which an event is said to have happened."""
    named = [f for f in record.facts if f.field == "adverse_event" and f.value.get("term") == term]
    return [f.arm for f in named if f.value["assertion"] == "present" and (f.value["n"] is None or f.value["n"] > 0)]


def control_names(record: Record) -> frozenset[str]:
    return controls(
        {str(f.value["name"]) for f in record.facts if f.field == "arm"} | {f.arm for f in record.facts if f.arm}
    )


@few
@given(reports(), st.booleans())
def test_a_zero_is_never_one_where_it_happened(record: Record, with_denials: bool) -> None:
    """Nor one that is limited, without an arm in a controlled trial, or of a control group."""
    review = reviewed(record)
    for term in EVENTS:
        rows, _ = studies(review, Choice(OUTCOMES.get(term, term), denials=with_denials))
        for row in (r for r in rows if r.events == 0):
            assert not [arm for arm in happened(record, term) if arm not in control_names(record)]
            said = [f for f in record.facts if f.field == "adverse_event" and f.arm in (row.arms or (None,))]
            if not with_denials:
                said = [f for f in said if f.value["term"] == term]
            free = [
                f for f in said if not any(f.value.get(k) for k in ("scope", "severity")) and "excepting" not in f.flags
            ]
            assert [f for f in free if f.value["related"] is None and not f.value["n"]]
            assert row.arms or not control_names(record)


@few
@given(reports())
def test_people_are_never_fewer_than_those_with_the_event(record: Record) -> None:
    review = reviewed(record)
    for term in EVENTS:
        for row in studies(review, Choice(OUTCOMES.get(term, term)))[0]:
            assert 0 <= row.events <= row.total
    for row in ask(review, "never-reported", everything=True).rows:
        for cell in row["trials"].values():
            assert cell["events"] is None or cell["total"] is None or cell["events"] <= cell["total"]
    for row in ask(review, "controlled-risk", outcome="fever").rows:
        assert row["events"] <= row["total"] and row["control_events"] <= row["control_total"]


@few
@given(reports())
def test_a_control_group_is_never_the_risk_and_arms_are_one_study(record: Record) -> None:
    review = reviewed(record)
    for term in EVENTS:
        rows, _ = studies(review, Choice(OUTCOMES.get(term, term)))
        assert len(rows) <= 1
        assert not [arm for row in rows for arm in row.arms if arm.lower() in control_names(record)]


@few
@given(reports())
def test_positive_counts_are_not_dropped_where_zeros_of_other_arms_are_kept(record: Record) -> None:
    """A treated arm that has the event is part of the sum, or nothing of the trial is."""
    review = reviewed(record)
    for term in EVENTS:
        limits = ("related", "severity", "scope")
        named = [f for f in record.facts if f.field == "adverse_event" and f.value["term"] == term]
        positive = {
            f.arm for f in named if (f.value["n"] or 0) > 0 and not any(f.value.get(k) is not None for k in limits)
        }
        treated = {arm for arm in positive if arm is not None and arm not in control_names(record)}
        for row in studies(review, Choice(OUTCOMES.get(term, term)))[0]:
            assert not row.arms or treated <= set(row.arms)


@few
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True).flatmap(
        lambda ns: st.tuples(*(reports(n) for n in ns))
    )
)
def test_every_trial_is_a_row_or_left_out_with_a_reason(records: tuple[Record, ...]) -> None:
    """Whatever is chosen: nothing is silently not there, and the answer says all that it was asked."""
    review = reviewed(*records)
    trials = {str(t["name"]) for _, t in review.trials()}
    for route in ("", *ROUTES):
        answer = ask(review, "event-risk", events="headache", route=route)
        assert answer.asked == {"events": ("headache",), "condition": "", "cells": "", "route": route, "denials": False}
        rows = {r["trial"] for r in answer.rows}
        assert rows | {str(r["study"]).split(":")[0] for r in answer.left_out} == trials
        assert not rows & {str(r["study"]) for r in answer.left_out}


@few
@given(st.tuples(reports(1), reports(2), reports(3)), st.sampled_from(["", *ROUTES]))
def test_questions_of_one_outcome_hold_the_same_studies(records: tuple[Record, ...], route: str) -> None:
    review = reviewed(*records)
    names = ("event-risk", "risk-by-route", "risk-by-source", "risk-by-dose")
    assert set(names) <= set(FORESTS)
    answers: list[Answer] = []
    for name in names:
        more = {"events": "fever"} if name == "event-risk" else {"outcome": "fever"}
        answers.append(ask(review, name, route=route, **more))
    held = [{(r["study"], r["events"], r["total"]) for r in a.rows} for a in answers]
    assert all(one == held[0] for one in held)


CONTROL_WORDS = (
    "in none of the controls",
    "no patient given placebo",
    "0 of 9 in the control group",
    "the sham group had none",
)


@few
@given(reports(), st.sampled_from(EVENTS), st.sampled_from(CONTROL_WORDS), st.sampled_from((None, "cells")))
def test_a_zero_whose_words_name_controls_is_never_one_of_the_treated(
    record: Record, term: str, words: str, arm: str | None
) -> None:
    """Whatever arm it was put under, and whatever else the report says."""
    others = tuple(f for f in record.facts if f.field != "adverse_event" or happened_in(f))
    text = f"{record.document.parts['abstract']}. {words}"
    place = Evidence("abstract", words, len(text) - len(words), len(text))
    zero = Fact("adverse_event", event(term, 0, 9), (place,), "rule:adverse_event/made", 0.9, arm=arm)
    document = replace(record.document, parts={**record.document.parts, "abstract": text})
    review = reviewed(Record(document, (*others, zero)))
    rows, _ = studies(review, Choice(OUTCOMES.get(term, term)))
    assert not [r for r in rows if r.events == 0]


def happened_in(fact: Fact) -> bool:
    """Whether it says that an event happened."""
    return fact.value["assertion"] == "present" and (fact.value["n"] is None or fact.value["n"] > 0)
