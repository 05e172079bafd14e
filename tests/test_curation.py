"""Decisions on single facts: by number, with quotes that are looked up, undone by appending, disagreements kept in sight."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from extractor.commands import app
from extractor.conflicts import conflicts
from extractor.curation import add, confirm, correct, disputed, evidence_for, kind_of, own, reject, undo, value_of
from extractor.errors import CurationError
from extractor.export.values import field_shown
from extractor.link.authority import characteristics
from extractor.model import Document, Evidence, Fact, Record, check_evidence
from extractor.store import Store

TEXT = "We treated 43 patients. Headache occurred in one\u00a0case; no other patients had fever \u2265 38 \u00b0C. Deaths: 0."


def fact(field: str, value: dict[str, Any], quote: str, **more: Any) -> Fact:
    start = TEXT.index(quote)
    return Fact(field, value, (Evidence("abstract", quote, start, start + len(quote)),), f"rule:{field}/x", 0.8, **more)


def event(term: str, n: int | None, assertion: str = "present") -> dict[str, Any]:
    silent = dict.fromkeys(
        ("term_id", "denominator", "denominator_unit", "percent", "grade", "severity", "serious", "related")
    )
    return silent | {"term": term, "n": n, "assertion": assertion}


PEOPLE = fact("participants", {"n": 43, "kind": "treated"}, "43 patients")
HEADACHE = fact("adverse_event", event("headache", 1), "Headache")
FEVER = fact("adverse_event", event("fever", None, "absent"), "fever")


def report(text: str = TEXT) -> Record:
    document = Document("a", "jsonl", {"title": "Cells for hearts", "abstract": text})
    return Record(document, (PEOPLE, HEADACHE, FEVER), (), ("age", "deaths"))


def quoted(store: Store, *quotes: str, **more: Any) -> tuple[Evidence, ...]:
    return evidence_for(store.record("a").document, quotes, **more)


@pytest.fixture
def store(store_url: str) -> Any:
    with Store.open(store_url) as opened:
        opened.add(report())
        yield opened


def states(store: Store, field: str) -> list[tuple[Any, bool, str, tuple[str, ...]]]:
    return [(f.value.get("n"), f.primary, f.method, f.flags) for f in store.record("a").facts if f.field == field]


# -- what may be said ---------------------------------------------------------------------------------------------


def test_each_word_is_appended_and_each_can_be_taken_back(store: Store) -> None:
    before = store.record("a")
    keys = [
        confirm(store, "a", 0, "ann"),
        reject(store, "a", 1, "ann", "background"),
        correct(store, "a", 2, "ann", {"n": "0", "denominator": "43", "serious": "no"}),
        add(store, "a", "deaths", "ann", {"n": "0"}, quoted(store, "Deaths: 0")),
    ]
    assert states(store, "participants") == [
        (43, False, "rule:participants/x", ("replaced",)),
        (43, True, "curator:ann", ()),
    ]
    assert states(store, "adverse_event") == [
        (1, False, "rule:adverse_event/x", ("rejected",)),
        (None, False, "rule:adverse_event/x", ("replaced",)),
        (0, True, "curator:ann", ()),
    ]
    assert states(store, "deaths") == [(0, True, "curator:ann", ())]
    assert store.record("a").not_found == ("age",)
    check_evidence(store.record("a").document, store.record("a").facts)
    for key in reversed(keys):
        undo(store, key, "bob")
    assert store.record("a") == before
    assert [d.action for d in store.decisions()] == ["replace", "reject", "replace", "add", *["undo"] * 4]


def test_an_undo_is_taken_back_by_its_own_number(store: Store) -> None:
    key = reject(store, "a", 0, "ann")
    back = undo(store, key, "ann")
    with pytest.raises(CurationError, match=f"was taken back by {back}; to bring it back: curate undo {back}"):
        undo(store, key, "bob")
    undo(store, back, "bob")
    assert states(store, "participants")[0][1] is False
    again = undo(store, key, "bob")
    assert again > back and states(store, "participants")[0][1] is True


def test_a_field_whose_only_fact_is_rejected_says_so(store: Store) -> None:
    reject(store, "a", 0, "ann")
    assert field_shown(store.record("a"), "participants") == "rejected by a curator"


def test_confirming_one_event_leaves_the_others_in_the_trial(store: Store) -> None:
    confirm(store, "a", 1, "ann")
    (events,) = [c for c in characteristics([store.record("a")]) if c.field == "adverse_event"]
    assert sorted(f.value["term"] for f in events.facts) == ["fever", "headache"]


# -- disagreements ------------------------------------------------------------------------------------------------


def _confirm_reject(store: Store) -> None:
    confirm(store, "a", 0, "ann")
    reject(store, "a", 0, "bob", "screened, not treated")


def _two_values(store: Store) -> None:
    correct(store, "a", 0, "ann", {"n": "44"})
    correct(store, "a", 0, "bob", {"n": "45"})


def _correction_of_a_correction(store: Store) -> None:
    correct(store, "a", 0, "ann", {"n": "44"})
    correct(store, "a", 3, "bob", {"n": "45"})


def _added_and_rejected(store: Store) -> None:
    add(store, "a", "deaths", "ann", {"n": "0"}, quoted(store, "Deaths: 0"))
    reject(store, "a", 3, "bob")


@pytest.mark.parametrize("disagree", [_confirm_reject, _two_values, _correction_of_a_correction, _added_and_rejected])
def test_a_disagreement_is_listed_and_stands_in_the_record(store: Store, disagree: Callable[[Store], None]) -> None:
    disagree(store)
    (found,) = disputed(store)
    assert [w.curator for w in found.words] == ["ann", "bob"]
    (conflict,) = store.record("a").conflicts
    assert conflict.kind == "curators_disagree" and "ann says" in conflict.message and "bob says" in conflict.message
    assert {store.record("a").facts[i].field for i in conflict.facts} == {found.field}
    assert store.select("SELECT kind FROM current_conflicts")[1] == [("curators_disagree",)]
    undo(store, found.words[1].decision, "bob")
    assert (disputed(store), store.record("a").conflicts) == ([], ())


def _both_confirm(store: Store) -> None:
    confirm(store, "a", 0, "ann")
    confirm(store, "a", 0, "bob")


def _both_reject(store: Store) -> None:
    reject(store, "a", 0, "ann")
    reject(store, "a", 0, "bob")


def _rejecting_what_was_corrected(store: Store) -> None:
    correct(store, "a", 0, "ann", {"n": "44"})
    reject(store, "a", 0, "bob")


def _one_person_changes_her_mind(store: Store) -> None:
    reject(store, "a", 0, "ann")
    confirm(store, "a", 0, "ann")


def _they_come_to_agree(store: Store) -> None:
    _correction_of_a_correction(store)
    confirm(store, "a", 4, "ann")


def _different_facts(store: Store) -> None:
    confirm(store, "a", 1, "ann")
    reject(store, "a", 2, "bob")


@pytest.mark.parametrize(
    "agree",
    [
        _both_confirm,
        _both_reject,
        _rejecting_what_was_corrected,
        _one_person_changes_her_mind,
        _they_come_to_agree,
        _different_facts,
    ],
)
def test_agreement_is_no_disagreement(store: Store, agree: Callable[[Store], None]) -> None:
    agree(store)
    assert (disputed(store), store.record("a").conflicts) == ([], ())


def test_the_last_word_counts_and_survives_a_new_extraction(store: Store) -> None:
    _two_values(store)
    assert [(n, primary, flags) for n, primary, _, flags in states(store, "participants")][1:] == [
        (44, False, ("replaced",)),
        (45, True, ()),
    ]
    _confirm_reject(store)
    store.add(report(), extractor="another")
    assert [c.kind for c in store.record("a").conflicts] == ["curators_disagree"]
    moved = "Background first. " + TEXT
    store.add(Record(Document("a", "jsonl", {"title": "Cells for hearts", "abstract": moved})), extractor="another")
    check_evidence(store.record("a").document, store.record("a").facts)
    assert len(store.decisions()) == 4


# -- quotes -------------------------------------------------------------------------------------------------------


def test_a_quote_is_the_texts_own_slice(store: Store) -> None:
    (e,) = quoted(store, "in one case")  # the text has a no-break space
    assert (e.part, e.quote, TEXT[e.start : e.end]) == ("abstract", "in one\u00a0case", "in one\u00a0case")
    (title,) = quoted(store, "Cells\nfor  hearts")
    assert (title.part, title.start, title.end) == ("title", 0, 16)
    (second,) = quoted(store, "patients", at=["abstract:64"])
    assert TEXT[second.start : second.end] == "patients" and second.start == TEXT.rindex("patients")


@pytest.mark.parametrize(
    ("quotes", "more", "said"),
    [
        (["patients"], {}, r"stands 2 times; choose with --at PART:START: abstract:14 \(…We treated 43 patients"),
        (["patients"], {"at": ["abstract:9"]}, "does not begin there.* it stands at: abstract:14"),
        (["43 patients"], {"at": ["abstract:11"]}, "no quote that stands several times is left for it"),
        (["forty patients"], {}, r"none of its parts \(title, abstract\) has these words"),
        (["headache"], {}, "abstract has 'Headache' at 24: give it so"),
        (["fever > 38"], {}, "abstract has 'fever ≥ 38' at"),
        ([" "], {}, "a quote is empty"),
        (["Headache"], {"part": "title"}, "its title has these words"),
        (["Headache"], {"part": "methods"}, "has no part 'methods'; it has: title, abstract"),
        ([], {"paths": ["$.a"]}, "it is no registry record"),
    ],
)
def test_quotes_that_cannot_be_taken(quotes: list[str], more: dict[str, Any], said: str) -> None:
    with pytest.raises(CurationError, match=said):
        evidence_for(report().document, quotes, **more)


def test_a_registry_value_by_its_path() -> None:
    document = Document("r", "clinicaltrials", {"abstract": ""}, data={"a": {"count": 12}})
    assert evidence_for(document, [], paths=["$.a.count"]) == (Evidence("json", "12", path="$.a.count"),)
    with pytest.raises(CurationError, match=r"has no value at \$\.a\.b"):
        evidence_for(document, [], paths=["$.a.b"])


# -- values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("participants", {"n": "1,043", "kind": "treated"}, {"n": 1043, "kind": "treated"}),
        ("sex", {"female": "3"}, {"female": 3, "male": None}),
        ("dose", {"low": "1.5e6", "high": "1500000", "unit": "cells/kg"}, {"low": 1_500_000, "high": 1_500_000, "unit": "cells/kg", "basis": None, "sd": None}),
        ("administrations", {"low": "2", "high": "2", "interval.low": "1", "interval.high": "1", "interval.unit": "months"}, {"low": 2, "high": 2, "interval": {"low": 1, "high": 1, "unit": "months"}}),
        ("phase", {"name": "2"}, {"name": "2"}),
        ("condition", {"name": "null hypothesis syndrome", "id": "null"}, {"name": "null hypothesis syndrome", "id": None}),
    ],
)  # fmt: skip
def test_values_are_read_as_the_schema_has_them(field: str, words: dict[str, str], value: dict[str, Any]) -> None:
    assert value_of(field, words) == value


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("participants", {"n": "many", "kind": "treated"}, "participants: n 'many' is not legal; legal: .*integer"),
        ("participants", {"n": "-1", "kind": "treated"}, "n -1 is not legal"),
        ("participants", {"n": "4.5", "kind": "treated"}, "n 4.5 is not legal"),
        ("participants", {"n": "4"}, "kind not given; legal: enrolled, randomized, treated, analyzed, planned, unspecified"),
        ("participants", {"count": "4"}, "participants has no 'count'; it has: n, kind"),
        ("dose", {"low": "1", "high": "1", "unit": "mg"}, "unit 'mg' is not legal; legal: cells, cells/kg"),
        ("administrations", {"interval.days": "3"}, "administrations.interval has no 'days'; it has: low, high, unit"),
        ("adverse_event", {"term": "fever", "assertion": "maybe"}, "assertion 'maybe' is not legal; legal: present, absent"),
        ("adverse_event", {"term": "fever", "assertion": "present", "serious": "perhaps"}, "serious 'perhaps' is not legal"),
    ],
)  # fmt: skip
def test_values_that_no_field_can_have(field: str, words: dict[str, str], said: str) -> None:
    with pytest.raises(CurationError, match=said):
        value_of(field, words)


# -- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "review.db") as opened:
        opened.add(report())
    return tmp_path / "review.db"


def run(path: Path, *arguments: str, name: str = "ann") -> Result:
    by = ["--by", name] if name else []
    return CliRunner().invoke(app, [*arguments, "--store", str(path), *by], env={"COLUMNS": "200"})


def test_the_command(path: Path) -> None:
    done = run(path, "curate", "confirm", "a", "0", "--why", "checked")
    assert done.exit_code == 0 and "decision 1: confirm participants: 43 treated (“43 patients”)" in done.output
    wrong = ("curate", "correct", "a", "0", "n=44", "--quote", "43 patients")
    refused = run(path, *wrong, name="bob")
    assert refused.exit_code == 2 and "the words do not say this participants (number): '43 patients'" in refused.output
    done = run(path, *wrong, "--force", "--format", "json", name="bob")
    made = json.loads(done.output)
    assert made["fact"]["flags"] == ["not_said", "number"]
    assert (made["action"], made["target"]["value"]["n"], made["fact"]["value"]["n"], made["stands"]) == (
        "correct",
        43,
        44,
        True,
    )
    words = ("term=fever", "n=0", "assertion=absent")
    assert run(path, "curate", "add", "a", "adverse_event", *words, "--quote", "fever", "--arm", "cells").exit_code == 0
    assert run(path, "curate", "undo", "3").exit_code == 0
    listed = run(path, "curate", "list", name="").output
    assert "4 decisions on facts" in listed and "taken back" in listed and "undo of 3" in listed and "checked" in listed
    assert "facts on which curators disagree: 1" in listed
    rows = json.loads(run(path, "curate", "list", "a", "--format", "json", name="bob").output)
    assert [(r["number"], r["curator"]) for r in rows] == [(2, "bob")]
    apart = run(path, "curate", "list", "--disagreements", name="").output
    assert "44 treated" in apart and "43 treated" in apart and "ann" in apart and "bob" in apart
    (data,) = json.loads(run(path, "curate", "list", "--disagreements", "--format", "json", name="").output)
    assert [(w["curator"], w["value"]["n"]) for w in data["words"]] == [("ann", 43), ("bob", 44)]
    assert run(path, "curate", "list", "--disagreements", name="cleo").output.strip().endswith("disagree: 0")


def test_show_and_exports_have_the_state(path: Path) -> None:
    run(path, "curate", "reject", "a", "1")
    run(path, "curate", "correct", "a", "0", "n=44", "--force", name="bob")
    shown = CliRunner().invoke(app, ["show", "a", "--store", str(path)], env={"COLUMNS": "120"}).output
    assert "by bob" in shown and "rejected" in shown and "replaced" in shown
    rows = CliRunner().invoke(app, ["export", "--format", "csv", "--store", str(path)]).output
    assert "curator:bob" in rows and "rejected" in rows and "replaced" in rows


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("confirm", "a"), "confirm is called as: trialspan curate confirm REPORT NUMBER"),
        (("confirm", "a", "0", "n=4"), "confirm is called as"),
        (("confirm", "a", "first"), "'first' is not a fact's number"),
        (("confirm", "a", "7"), "has no fact 7; its facts are numbered 0 to 2"),
        (("correct", "a", "0"), "is that already"),
        (("correct", "a", "0", "44"), "NAME=VALUE is needed"),
        (("add", "a", "deaths", "n=0"), "a fact without words that say it does not exist"),
        (("add", "a", "dead", "n=0", "--quote", "Deaths: 0"), "no field is called 'dead'; there are: administrations"),
        (("add", "a", "participants", "n=43", "kind=treated", "--quote", "43 patients"), "has that already as fact 0"),
        (("undo", "9"), "has no decision 9"),
        (("undo", "last"), "'last' is not a decision's number"),
        (("reject", "a", "0", "--quote", "x"), "--quote is for correct and add"),
        (("reject", "a", "0", "--disagreements"), "--disagreements is for: trialspan curate list"),
        (("list", "a", "b"), "list is called as"),
        (("shrug", "a"), "shrug"),
    ],
)
def test_wrong_usage_changes_nothing(path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(path, "curate", *arguments)
    assert done.exit_code == 2 and said in " ".join(done.output.split())
    with Store.open(path) as opened:
        assert opened.decisions() == []


def test_a_decision_needs_a_name_and_a_report(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(path, "curate", "confirm", "a", "0", name="")
    assert done.exit_code == 2 and "--by NAME, or curator in trialspan.toml" in done.output
    for arguments in (("confirm", "b", "0"), ("list", "b")):
        done = run(path, "curate", *arguments)
        assert done.exit_code == 1 and "has no report 'b'" in str(done.exception)
    (tmp_path / "trialspan.toml").write_text('curator = "cleo"\n', encoding="utf-8")
    assert run(path, "curate", "confirm", "a", "0", name="").exit_code == 0
    with Store.open(path) as opened:
        assert [d.curator for d in opened.decisions()] == ["cleo"]


def test_conflicts_are_raised_anew_after_each_decision(store_url: str) -> None:
    """A denial and the event that contradicts it: one rejected, the conflict is gone; taken back, it is there again."""
    text = "We treated 43 patients. No adverse events occurred. Headache occurred in one case."
    said = [("adverse events", None, "none_reported", "No adverse events"), ("headache", 1, "present", "Headache")]
    facts = []
    for term, n, assertion, quote in said:
        start = text.index(quote)
        evidence = (Evidence("abstract", quote, start, start + len(quote)),)
        facts.append(Fact("adverse_event", event(term, n, assertion), evidence, "rule:adverse_event/x", 0.8))
    document = Document("c", "jsonl", {"title": "Cells", "abstract": text})
    with Store.open(store_url) as store:
        store.add(Record(document, tuple(facts), tuple(conflicts(document, facts))))

        def kinds() -> list[str]:
            return [c.kind for c in store.record("c").conflicts]

        assert kinds() == ["blanket_contradicted"]
        key = reject(store, "c", 1, "ann")
        assert kinds() == []
        undo(store, key, "ann")
        assert kinds() == ["blanket_contradicted"]
        people = evidence_for(store.record("c").document, ["43 patients"])
        add(store, "c", "participants", "ann", {"n": "43", "kind": "treated"}, people)
        dead = evidence_for(store.record("c").document, ["one case"])
        add(store, "c", "deaths", "ann", {"n": "44"}, dead, force=True)
        assert sorted(kinds()) == ["blanket_contradicted", "counts_exceed_denominator"]


def test_confirming_leaves_a_fact_put_aside_and_another_word_makes_it_the_trials_own(store_url: str) -> None:
    with Store.open(store_url) as store:
        aside = fact("participants", {"n": 1, "kind": "analyzed"}, "one\u00a0case", primary=False)
        document = Document("b", "jsonl", {"title": "Cells for hearts", "abstract": TEXT})
        store.add(Record(document, (PEOPLE, aside)))
        confirm(store, "b", 1, "ann")
        assert [f.primary for f in store.record("b").facts if f.value.get("n") == 1 and "replaced" not in f.flags] == [
            False
        ]
        place = next(
            i for i, f in enumerate(store.record("b").facts) if f.value.get("n") == 1 and "replaced" not in f.flags
        )
        key = own(store, "b", place, "ann")
        assert kind_of(next(d for d in store.decisions() if d.key == key)) == "own"
        assert [f.primary for f in store.record("b").facts if f.value.get("n") == 1 and "replaced" not in f.flags] == [
            True
        ]
        with pytest.raises(CurationError, match="the trial's own already"):
            own(store, "b", 0, "ann")
