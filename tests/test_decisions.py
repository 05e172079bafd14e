"""What a decision keeps: verdict, stage, mode, what was in view; appended on both databases, whatever is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from extractor.curation import add, confirm, correct, reject, say, undo
from extractor.errors import CurationError, StaleError, StoreError
from extractor.model import Document, Evidence, Fact, Record
from extractor.store import How, Store, chain
from extractor.store.decisions import reapply
from extractor.store.review import ReviewStore

TEXT = "We treated 43 patients with cells. In all 43 patients the cells were given once. Headache occurred in one."


def fact(field: str, value: dict[str, object], quote: str, nth: int = 0) -> Fact:
    start = TEXT.index(quote) if not nth else TEXT.rindex(quote)
    return Fact(field, value, (Evidence("abstract", quote, start, start + len(quote)),), f"rule:{field}/x", 0.8)


PEOPLE, AGAIN = (fact("participants", {"n": 43, "kind": "treated"}, "43 patients", nth) for nth in (0, 1))
SILENT = dict.fromkeys(
    ("term_id", "denominator", "denominator_unit", "percent", "grade", "severity", "serious", "related")
)
HEADACHE = fact("adverse_event", SILENT | {"term": "headache", "n": 1, "assertion": "present"}, "Headache")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        opened.add(Record(Document("a", "jsonl", {"abstract": TEXT}), (PEOPLE, AGAIN, HEADACHE), (), ("age", "deaths")))
        yield opened


def own(store: Store, field: str) -> list[tuple[object, str, int]]:
    return [(f.value.get("n"), f.method, len(f.evidence)) for f in store.record("a").of(field)]


def test_one_decision_is_on_a_claim_in_all_its_places(store: Store) -> None:
    key = confirm(store, "a", 0, "ann", others=[1])
    assert own(store, "participants") == [(43, "curator:ann", 2)]
    (made,) = store.decisions()
    assert (made.verdict, made.stage, made.mode, len(made.targets)) == ("accept", "first", "verify", 2)
    undo(store, key, "ann")
    assert own(store, "participants") == [(43, "rule:participants/x", 1)] * 2
    reject(store, "a", 0, "ann", others=[1])
    assert own(store, "participants") == []


def test_what_is_written_step_by_step_is_what_is_made_anew(store: Store) -> None:
    """Only differences are written; a decision taken back in the middle moves what came after it."""
    keys = [confirm(store, "a", 0, "ann", others=[1]), reject(store, "a", 2, "ann")]
    keys.append(correct(store, "a", len(store.record("a").facts) - 1, "ben", {"n": "43", "kind": "enrolled"}))
    keys.append(add(store, "a", "deaths", "ann", {"n": "0"}, HEADACHE.evidence))
    same_anew(store)
    keys.append(undo(store, keys[2], "ben"))
    same_anew(store)
    undo(store, keys.pop(), "ben")  # and back
    for key in (keys[1], keys[2], keys[0], keys[3]):
        same_anew(store)
        undo(store, key, "ann")
    same_anew(store)
    assert store.record("a").facts[:3] == (PEOPLE, AGAIN, HEADACHE) and not own(store, "deaths")


def same_anew(store: Store) -> None:
    before = rows(store)
    with store.writing() as conn:
        reapply(conn, ["a"])
    assert rows(store) == before


def rows(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as conn:
        facts = text(
            "SELECT position, state, decision, method, is_primary, arm FROM facts ORDER BY extraction, position"
        )
        places = text(
            "SELECT fact, position, start_offset, quote, NULL, NULL FROM evidence ORDER BY extraction, fact, position"
        )
        told = text("SELECT kind, message, NULL, NULL, NULL, NULL FROM conflicts ORDER BY extraction, position")
        return [tuple(row) for query in (facts, places, told) for row in conn.execute(query)]


def test_words_that_change_no_fact(store: Store) -> None:
    before = store.record("a")
    say(store, "a", "unsure", "ann", "which group?", number=2)
    say(store, "a", "note", "ann", "see Table 2", number=2)
    say(store, "a", "not_reported", "ann", field="deaths")
    assert store.record("a") == before
    assert [(d.verdict, d.field, d.note) for d in store.decisions("a")] == [
        ("unsure", "adverse_event", "which group?"),
        ("note", "adverse_event", "see Table 2"),
        ("not_reported", "deaths", None),
    ]
    with pytest.raises(CurationError, match="reject it first"):
        say(store, "a", "not_reported", "ann", field="participants")
    with pytest.raises(CurationError, match="a note is empty"):
        say(store, "a", "note", "ann", " ", number=2)


def test_the_same_uid_twice_is_one_decision(store: Store) -> None:
    how = How(uid="one")
    assert confirm(store, "a", 2, "ann", how=how) == confirm(store, "a", 2, "ann", how=how)
    assert [d.uid for d in store.decisions()] == ["one"]


def test_a_decision_on_what_is_not_so_any_more_is_refused(store: Store) -> None:
    sha = store.record("a").document.sha256
    reject(store, "a", 2, "ben", how=How(seen_text=sha, seen_decision=0))
    with pytest.raises(StaleError, match="ben said reject of this adverse_event"):
        confirm(store, "a", 2, "ann", how=How(seen_text=sha, seen_decision=0))
    confirm(store, "a", 0, "ann", how=How(seen_text=sha, seen_decision=0))  # another fact: nobody spoke of it
    with pytest.raises(StaleError, match="has another text now"):
        confirm(store, "a", 2, "ann", how=How(seen_text="0" * 64))
    say(store, "a", "not_reported", "ben", field="age", how=How(seen_decision=0))
    with pytest.raises(StaleError, match="ben said not reported of this age"):
        say(store, "a", "not_reported", "ann", field="age", how=How(seen_decision=0))
    assert len(store.decisions()) == 3


def test_a_second_reader_changes_nothing_until_somebody_adjudicates(store: Store) -> None:
    confirm(store, "a", 0, "ann", others=[1])
    before = store.record("a").facts
    blind = How(stage="second", mode="blind", uid="b1")
    found = store.record("a").document
    where = (Evidence("abstract", "43 patients", 11, 22),)
    assert found.parts["abstract"][11:22] == "43 patients"
    add(store, "a", "participants", "ben", {"n": "43", "kind": "treated"}, where, how=How(stage="second", mode="blind"))
    assert (store.record("a").facts, store.record("a").conflicts) == (before, ())
    add(store, "a", "participants", "ben", {"n": "44", "kind": "treated"}, where, how=blind)
    assert store.record("a").facts == before
    (conflict,) = store.record("a").conflicts
    assert conflict.kind == "second_reader_differs" and "ben" in conflict.message and "n 44" in conflict.message
    number = next(i for i, f in enumerate(store.record("a").facts) if f.primary and f.field == "participants")
    confirm(store, "a", number, "cem", how=How(stage="adjudication", about=("b1",)))
    assert store.record("a").conflicts == ()
    assert len(store.decisions()) == 4


def test_adjudication_settles_what_two_curators_said(store: Store) -> None:
    correct(store, "a", 2, "ann", {"n": "2"})
    correct(store, "a", 2, "ben", {"n": "3"})
    assert [c.kind for c in store.record("a").conflicts] == ["curators_disagree"]
    number = next(i for i, f in enumerate(store.record("a").facts) if f.primary and f.field == "adverse_event")
    confirm(store, "a", number, "cem", how=How(stage="adjudication"))
    assert store.record("a").conflicts == ()


TRIED = (
    "UPDATE decisions SET note = 'other' WHERE key = 1", "UPDATE decisions SET curator = 'eve'", "DELETE FROM decisions",
    "UPDATE decisions SET key = 9", "DELETE FROM decisions WHERE key = 1", "UPDATE decisions SET seen_decision = NULL",
)  # fmt: skip
VALUES = "(key, document, action, curator, decided_at, stage, mode, uid) VALUES (1, 'a', 'reject', 'eve', 'x', 'first', 'verify', 'u')"
LITE = (
    f"INSERT OR REPLACE INTO decisions {VALUES}", f"REPLACE INTO decisions {VALUES}",
    f"INSERT INTO decisions {VALUES} ON CONFLICT (key) DO UPDATE SET curator = 'eve'",
    f"REPLACE INTO decisions {VALUES.replace('(1,', '(77,')}",
)  # fmt: skip
POSTGRES = (
    "TRUNCATE decisions CASCADE",
    f"INSERT INTO decisions {VALUES} ON CONFLICT (key) DO UPDATE SET curator = 'eve'",
)


def test_a_row_is_never_edited_nor_taken_out(store: Store) -> None:
    confirm(store, "a", 2, "ann", how=How(uid="u"))
    before = store.decisions()
    with store.reading() as conn:
        dialect = conn.dialect.name
    for sql in (*TRIED, *(LITE if dialect == "sqlite" else POSTGRES)):
        with pytest.raises(StoreError, match="appended to, never edited"), store.writing() as conn:
            conn.execute(text(sql))
        assert store.decisions() == before, sql


GOES_ROUND = {  # what somebody may do who has the file, or owns the tables: the triggers are taken away first
    "a note is reworded": "UPDATE decisions SET note = 'fine' WHERE uid = 'two'",
    "one is taken out": "DELETE FROM decisions WHERE uid = 'two'",
    "one is put in": (
        "INSERT INTO decisions (document, action, curator, decided_at, uid, verdict, stage, mode)"
        " VALUES ('a', 'say', 'zoe', 'x', 'new', 'note', 'first', 'verify')"
    ),
    "an event is another's": "UPDATE review_events SET curator = 'zoe'",
    "the last are taken out": "DELETE FROM decisions WHERE uid IN ('two', 'three')",
}


@pytest.mark.parametrize("what", GOES_ROUND)
def test_what_goes_round_the_database_breaks_the_chain(store: Store, what: str) -> None:
    confirm(store, "a", 2, "ann", "first", how=How(uid="one"))
    correct(store, "a", 0, "ben", {"n": "44"}, note="reworded", how=How(uid="two"), force=True)
    say(store, "a", "not_reported", "ann", field="age", how=How(uid="three"))
    log = ReviewStore(store)
    log.note("finished", "ann", "a", {"stage": "first", "decision": 3})
    log.freeze("ann", {})

    def wrong() -> list[str]:
        with store.reading() as conn:
            return [f"{what}: {why}" for what, why in chain.breaks(conn)]

    assert wrong() == []
    with store.writing() as conn:
        for trigger in ("update", "delete"):
            for table in ("decisions", "review_events"):
                on = f" ON {table}" if conn.dialect.name == "postgresql" else ""
                conn.execute(text(f"DROP TRIGGER {table}_stay_{trigger}{on}"))
        if conn.dialect.name == "postgresql":
            conn.execute(text("ALTER TABLE facts DROP CONSTRAINT IF EXISTS facts_decision_fkey"))
        else:
            conn.execute(text("UPDATE facts SET decision = NULL"))
        conn.execute(text(GOES_ROUND[what]))
    assert wrong()


def test_the_chain_begins_behind_the_rows_of_an_earlier_program(store: Store) -> None:
    confirm(store, "a", 2, "ann")
    with store.writing() as conn:
        conn.execute(text("UPDATE decisions SET chain = NULL"))
    say(store, "a", "not_reported", "ann", field="age")
    with store.reading() as conn:
        assert list(chain.breaks(conn)) == []
        assert [one is None for (one,) in conn.execute(text("SELECT chain FROM decisions ORDER BY key"))] == [
            True,
            False,
        ]


def test_illegal_stages_and_verdicts_are_named(store: Store) -> None:
    with pytest.raises(StoreError, match="legal are first, second, adjudication; verify, blind, import"):
        confirm(store, "a", 2, "ann", how=How(stage="third"))
    with pytest.raises(CurationError, match="unsure, not_reported, note"):
        say(store, "a", "maybe", "ann", number=2)
    with pytest.raises(CurationError, match="no field is called"):
        say(store, "a", "not_reported", "ann", field="colour")
    assert store.decisions() == []
