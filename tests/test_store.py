"""The store, on both databases: exact round trips, nothing doubled, nothing lost, errors that say what to do."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import inspect, text

from extractor.errors import EvidenceError, MigrationError, QueryError, StoreError
from extractor.model import Conflict, Document, Evidence, Fact, Ids, Record
from extractor.store import VIEWS, Store
from extractor.store import database as database_module
from extractor.store.history import put_in_force
from extractor.store.migrations import MIGRATIONS, NEWEST, Migration, migrate
from extractor.store.tables import METADATA
from tests.conftest import ROOT
from tests.strategies import records

TEXT = "We treated 43 patients. There were no adverse events. A headache occurred in one case."


def at(quote: str, body: str = TEXT) -> tuple[Evidence, ...]:
    start = body.index(quote)
    return (Evidence("abstract", quote, start, start + len(quote)),)


def report(id: str = "a", body: str = TEXT, *facts: Fact, **changes: object) -> Record:
    document = Document(id, "text", {"title": "A title", "abstract": body}, **changes)  # type: ignore[arg-type]
    return Record(document, facts, (), ("sex", "age"))


def people(n: int = 43, body: str = TEXT) -> Fact:
    return Fact("participants", {"n": n, "kind": "treated"}, at("43 patients", body), "rule:participants/x", 0.9)


def headache() -> Fact:
    value = {"term": "headache", "n": 1, "serious": None, "related": False, "assertion": "present"}
    return Fact(
        "adverse_event", value, at("headache occurred in one case"), "rule:adverse_event/x", 0.8, True, "high dose"
    )


# -- round trips ------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records())
def test_what_is_put_in_comes_out_exactly(store_url: str, record: Record) -> None:
    with Store.open(store_url) as store:
        emptied(store)
        store.add(record)
        assert store.record(record.document.id) == record
        assert store.add(record) == "unchanged"


def emptied(store: Store) -> None:
    with store.writing() as conn:
        tables = [t for t in reversed(METADATA.sorted_tables) if t.name not in ("schema_version", "evidence")]
        for table in (METADATA.tables["evidence"], *tables):
            conn.execute(table.delete())


def test_records_come_in_the_order_of_their_ids(store_url: str) -> None:
    names = ["b", "B", "a10", "a9", "ä", "Z", "\U0001f9ec", "_"]
    with Store.open(store_url) as store:
        for name in names:
            store.add(report(name))
        assert [r.document.id for r in store.records()] == sorted(names)
        assert [v.id for v in store.documents()] == sorted(names)
        assert [r.document.id for r in store.records(["b", "Z"])] == ["Z", "b"]


@pytest.mark.parametrize(
    ("most", "count"), [(10, 32), pytest.param(database_module.MOST_VARIABLES, 700, marks=pytest.mark.torture)]
)
def test_many_ids_at_once(store_url: str, monkeypatch: pytest.MonkeyPatch, most: int, count: int) -> None:
    """More values than go into one statement."""
    assert count > most
    monkeypatch.setattr(database_module.batches, "__defaults__", (most,))
    names = [f"d{n:05}" for n in range(count)]
    with Store.open(store_url) as store:
        with store.writing() as conn:
            from extractor.store.versions import put_document

            for name in names:
                put_document(conn, report(name).document, None)
        assert [r.document.id for r in store.records(names)] == names


# -- versions ---------------------------------------------------------------------------------------------------


def test_the_same_input_doubles_nothing(store_url: str) -> None:
    with Store.open(store_url) as store:
        run = store.begin("extract")
        assert store.add(report("a", TEXT, people()), run) == "added"
        before = counts(store)
        assert store.add(report("a", TEXT, people()), run) == "unchanged"
        assert counts(store) == before


def test_a_changed_text_is_a_new_version_and_the_old_one_stays(store_url: str) -> None:
    new = TEXT.replace("We treated", "In all we treated")
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        assert store.add(report("a", new, people(body=new))) == "updated"
        assert store.record("a").document.parts["abstract"] == new
        assert store.document_version("a", 1).parts["abstract"] == TEXT
        assert [(v.version, v.current) for v in store.documents(history=True)] == [(1, False), (2, True)]
        assert store.select("SELECT count(*) FROM facts")[1] == [(2,)]


def test_a_retraction_is_a_new_version(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        assert store.add(report("a", TEXT, people(), retracted=True)) == "updated"
        assert store.documents()[0].retracted


def test_a_deleted_report_stays_as_a_row(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        store.add(Record(Document("a", "pubmed", {}, deleted=True)))
        assert list(store.records()) == [] and store.documents() == []
        assert store.record("a").document.deleted
        assert store.document_version("a", 1).parts["abstract"] == TEXT


def test_two_texts_with_one_id_end_the_same_on_every_run(store_url: str) -> None:
    other = report("a", TEXT + " More.")
    with Store.open(store_url) as store:
        for record in (report("a"), other):
            store.add(record)
        before = counts(store), store.record("a")
        for record in (report("a"), other):
            assert store.add(record) == "unchanged"
        assert (counts(store), store.record("a")) == before
        assert store.record("a").document.parts["abstract"] == TEXT + " More."


def test_another_extractor_adds_an_extraction(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()), extractor="one")
        assert list(store.pending("two")) == [report("a").document]
        assert store.add(report("a", TEXT, people(), headache()), extractor="two") == "updated"
        assert list(store.pending("two")) == []
        assert store.record("a").facts == (people(), headache())
        assert store.select("SELECT count(*) FROM facts")[1] == [(3,)]


def test_a_document_may_wait_for_its_extraction(store_url: str) -> None:
    with Store.open(store_url) as store:
        assert store.add_document(report("a").document) == "added"
        assert store.record("a") == Record(report("a").document)
        assert store.add(report("a", TEXT, people())) == "added"
        assert store.add_document(report("a").document) == "unchanged"


def test_reports_are_found_by_identifier(store_url: str) -> None:
    ids = Ids(pmid="31815", doi="10.1/AbC", nct=("NCT02881476",), other=(("eudract", "2006-004374-27"),))
    with Store.open(store_url) as store:
        store.add(report("a", ids=ids))
        for scheme, value in (
            ("pmid", "31815"),
            ("doi", "10.1/abc"),
            ("nct", "NCT02881476"),
            ("eudract", "2006-004374-27"),
        ):
            assert store.find(scheme, value) == ["a"]
        assert store.find("pmid", "1") == []


# -- curators ---------------------------------------------------------------------------------------------------


def test_a_curators_fact_stands_beside_what_it_replaces(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people(), headache()))
        mended = people(44)
        key = store.decide("a", "replace", "ann", target=people(), fact=mended, note="page 2")
        facts = store.record("a").facts
        assert [(f.value, f.primary, f.method) for f in facts if f.field == "participants"] == [
            (people().value, False, "rule:participants/x"),
            (mended.value, True, "curator:ann"),
        ]
        assert facts[0].flags == ("replaced",)
        assert store.select("SELECT n, method FROM participants")[1] == [(44, "curator:ann")]
        store.undo(key, "ann")
        assert store.record("a") == report("a", TEXT, people(), headache())
        assert [d.action for d in store.decisions("a")] == ["replace", "undo"]


def test_an_undo_can_be_undone(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        first = store.undo(store.decide("a", "reject", "ann", target=people()), "bob")
        assert store.record("a").facts[0].primary
        store.undo(first, "ann")
        assert store.record("a").facts[0].flags == ("rejected",)
        assert store.select("SELECT * FROM participants")[1] == []


def test_decisions_survive_a_new_extraction_and_a_new_text(store_url: str) -> None:
    new = "Background is long. " + TEXT
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()), extractor="one")
        store.decide("a", "reject", "ann", target=people())
        store.decide("a", "add", "ann", fact=headache())
        store.add(report("a", TEXT, people(), people(1)), extractor="two")
        assert [f.flags for f in store.record("a").facts] == [("rejected",), (), ()]
        store.add(report("a", new, people(body=new)), extractor="two")
        record = store.record("a")
        assert [(f.field, f.flags) for f in record.facts] == [
            ("participants", ("rejected",)),
            ("adverse_event", ("moved",)),
        ]
        moved = record.facts[1].evidence[0]
        assert new[moved.start : moved.end] == moved.quote


def test_a_curators_fact_whose_words_are_gone_is_said_to_be_lost(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        store.decide("a", "add", "ann", fact=headache())
        short = report("a", "We treated 43 patients.")
        assert store.put(short).in_force is False
        assert [f.method for f in store.record("a").facts] == ["rule:participants/x", "curator:ann"]
        store.add(report("a", "We treated 43 patients. " + "None of them fared badly. " * 9))
        record = store.record("a")
        assert record.facts == () and [c.kind for c in record.conflicts] == ["curator_fact_lost"]
        assert "headache occurred in one case" in record.conflicts[0].message
        put_in_force(store, "a", 1, "ann")
        assert [f.method for f in store.record("a").facts] == ["rule:participants/x", "curator:ann"]


def test_a_found_field_is_no_longer_silent(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a"))
        store.decide("a", "add", "ann", fact=Fact("sex", {"female": 1, "male": None}, at("one case"), "m"))
        assert store.record("a").not_found == ("age",)
        assert store.select("SELECT field FROM not_reported")[1] == [("age",)]


def test_decisions_that_cannot_be_taken(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        with pytest.raises(StoreError, match="legal are add, replace, reject"):
            store.decide("a", "delete", "ann", target=people())
        with pytest.raises(StoreError, match="has no adverse_event fact"):
            store.decide("a", "reject", "ann", target=headache())
        with pytest.raises(StoreError, match="add takes a fact"):
            store.decide("a", "add", "ann", target=people())
        with pytest.raises(StoreError, match="curator"):
            store.decide("a", "reject", "", target=people())
        with pytest.raises(StoreError, match="no decision 99"):
            store.undo(99, "ann")
        wrong = people().change(evidence=(Evidence("abstract", "44 patients", 11, 22),))
        with pytest.raises(EvidenceError):
            store.decide("a", "add", "ann", fact=wrong)
        assert store.decisions() == []


# -- runs, views, queries ---------------------------------------------------------------------------------------


def test_runs_and_issues(store_url: str) -> None:
    with Store.open(store_url) as store:
        run = store.begin("extract", settings={"model": "blank"}, extractor="one")
        store.issue(run, "bad.xml", "read", "truncated")
        assert store.runs()[0].ended_at is None
        store.finish(run, {"read": 2, "failed": 1})
        assert (store.runs()[0].counts, store.runs()[0].settings) == ({"read": 2, "failed": 1}, {"model": "blank"})
        assert store.issues(run) == store.issues() == [(run, "bad.xml", "read", "truncated")]


def test_views(store_url: str) -> None:
    """Every documented view answers; zeros, denials and silence stay apart; another's figure does not count."""
    facts = (
        people(),
        people(1).change(primary=False),
        headache(),
        Fact("condition", {"name": "amyotrophic lateral sclerosis", "id": None}, at("patients"), "m"),
        Fact("route", {"name": "intrathecal"}, at("treated"), "m"),
        Fact("route", {"name": "intravenous"}, at("treated"), "m"),
        Fact("deaths", {"n": 0}, at("no"), "m"),
    )
    with Store.open(store_url) as store:
        record = report("a", TEXT, *facts)
        store.add(Record(record.document, facts, (Conflict("blanket_contradicted", (2,), "why"),), ("sex",)))
        store.add(report("b"))
        for view in VIEWS:
            assert store.select(f"SELECT * FROM {view} ORDER BY 1")[0][0] in ("document", "study")
        wide = (
            "SELECT document, condition, route, participants, deaths, conflicts FROM characteristics ORDER BY document"
        )
        assert store.select(wide)[1] == [
            ("a", "amyotrophic lateral sclerosis", "intrathecal; intravenous", "43", "0", 1),
            ("b", None, None, None, None, 0),
        ]
        event = "SELECT term, n, serious IS NULL, related, assertion, arm, quote FROM adverse_events"
        row = ("headache", 1, True, False, "present", "high dose", "headache occurred in one case")
        assert store.select(event)[1] == [row]


def test_select_changes_nothing(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a", TEXT, people()))
        for statement in ("DELETE FROM facts", "DROP VIEW doses", "no SQL at all"):
            with pytest.raises(QueryError, match="one SELECT"):
                store.select(statement)
        assert store.select("SELECT n FROM participants WHERE document = :id", {"id": "a"})[1] == [(43,)]
        assert store.select("SELECT document FROM current_documents WHERE title LIKE 'A%' AND 'a :b' = 'a :b'")[1] == [
            ("a",)
        ]
        assert store.add(report("b")) == "added"


# -- migrations -------------------------------------------------------------------------------------------------


def schema(store: Store) -> dict[str, list[str]]:
    with store.reading() as conn:
        found = inspect(conn)
        return {t: sorted(c["name"] for c in found.get_columns(t)) for t in sorted(found.get_table_names())}


def test_the_tables_are_what_the_code_thinks(store_url: str) -> None:
    with Store.open(store_url) as store:
        found = schema(store)
        assert {t.name: sorted(c.name for c in t.columns) for t in METADATA.sorted_tables} == {
            name: columns for name, columns in found.items() if name != "views"
        }


@pytest.mark.parametrize("known", range(1, NEWEST + 1))
def test_every_earlier_schema_becomes_the_newest(store_url: str, known: int) -> None:
    """A store of an earlier program keeps its records; running from empty gives the same tables."""
    engine = database_module.engine_for(store_url)
    with engine.execution_options(writes=True).begin() as conn:
        migrate(conn, "old", steps=MIGRATIONS[:known])
    engine.dispose()
    with Store.open(store_url) as store:
        assert store.add(report("a", TEXT, people())) == "added"
        assert store.record("a") == report("a", TEXT, people())
        assert store.select("SELECT max(version) FROM schema_version")[1] == [(NEWEST,)]


def test_opening_again_migrates_nothing(store_url: str) -> None:
    with Store.open(store_url) as store, store.writing() as conn:
        assert migrate(conn, "x") == []


def test_a_newer_store_is_refused(store_url: str) -> None:
    with Store.open(store_url) as store, store.writing() as conn:
        conn.execute(text(f"INSERT INTO schema_version VALUES ({NEWEST + 1}, 'of tomorrow', 'x')"))
    with pytest.raises(MigrationError, match="update trialspan"):
        Store.open(store_url)


def test_a_failed_migration_leaves_nothing(store_url: str) -> None:
    bad = Migration(NEWEST + 1, "bad", "CREATE TABLE half (a TEXT); CREATE TABLE half (a TEXT)")
    with Store.open(store_url) as store:
        store.add(report("a"))
        before = schema(store)
        with pytest.raises(MigrationError, match="nothing of it was kept"), store.writing() as conn:
            migrate(conn, store.name, steps=(*MIGRATIONS, bad))
        assert schema(store) == before
        assert store.record("a") == report("a")


def test_views_are_made_anew_when_their_text_changes(store_url: str) -> None:
    with Store.open(store_url) as store, store.writing() as conn:
        conn.execute(text("UPDATE views SET digest = 'old'"))
        conn.execute(text("DROP VIEW doses"))
        conn.execute(text("CREATE VIEW forgotten AS SELECT document FROM current_facts"))
        conn.execute(text("INSERT INTO views VALUES ('forgotten', 'x')"))
    with Store.open(store_url) as store:
        assert store.select("SELECT * FROM doses")[1] == []
        with pytest.raises(QueryError):
            store.select("SELECT * FROM forgotten")


# -- interruptions and errors -----------------------------------------------------------------------------------

WRITER = """
import sys
from tests.test_store import report, people, TEXT
from extractor.store import Store
with Store.open(sys.argv[1]) as store:
    for n in range(int(sys.argv[2])):
        store.add(report(f"d{n:03}", TEXT, people()))
        print(n, flush=True)
"""


@pytest.mark.parametrize(
    ("kills", "count"), [((0.05, 0.2), 60), pytest.param((0.01, 0.02, 0.05) * 8, 400, marks=pytest.mark.torture)]
)
def test_a_killed_writer_leaves_whole_reports_and_can_be_run_again(
    store_url: str, kills: tuple[float, ...], count: int
) -> None:
    path = store_url
    for seconds in kills:
        command = [sys.executable, "-c", WRITER, path, str(count)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with Store.open(path) as store:
            found = list(store.records())
            assert found and all(r == report(r.document.id, TEXT, people()) for r in found)
    with Store.open(path) as store:
        outcomes = [store.add(report(f"d{n:03}", TEXT, people())) for n in range(count)]
        assert set(outcomes) <= {"added", "unchanged"} and outcomes.count("unchanged") >= len(found)
        assert [r.document.id for r in store.records()] == [f"d{n:03}" for n in range(count)]


def test_an_error_in_the_middle_keeps_nothing_of_the_report(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(store_url) as store:
        store.add(report("a"))
        monkeypatch.setattr("extractor.store.rows.conflict_row", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.add(Record(report("b").document, (people(),), (Conflict("k", (0,), "m"),)))
        monkeypatch.undo()
        assert [v.id for v in store.documents()] == ["a"]
        assert store.add(report("b", TEXT, people())) == "added"


def test_two_programs_write_at_once(store_url: str) -> None:
    with Store.open(store_url) as one, Store.open(store_url) as two:
        for n in range(5):
            one.add(report(f"a{n}"))
            two.add(report(f"a{n}"))
            two.add(report(f"b{n}"))
        assert len(one.documents()) == 10


def test_a_locked_store_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.1)
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(StoreError, match="another program is writing"):
                store.add(report("a"))
        finally:
            other.close()
        assert store.add(report("a")) == "added"


def test_a_full_disk_says_so_and_keeps_what_was_stored(tmp_path: Path) -> None:
    with Store.open(tmp_path / "review.db") as store:
        store.add(report("a"))
        with store.reading() as conn:
            used = conn.execute(text("PRAGMA page_count")).scalar_one()
            conn.exec_driver_sql(f"PRAGMA max_page_count = {used + 2}")
        with pytest.raises(StoreError, match="no space is left; make room"):
            store.add(report("b", "long " * 20_000))
        assert [r.document.id for r in store.records()] == ["a"]


def test_paths_that_are_no_stores(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear editor, " * 100)
    with pytest.raises(StoreError, match="no SQLite database"):
        Store.open(letter)
    assert letter.read_text().startswith("Dear editor")
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as conn:
        conn.execute("CREATE TABLE songs (name TEXT)")
    conn.close()
    with pytest.raises(StoreError, match="another program"):
        Store.open(foreign)
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(tmp_path)
    with pytest.raises(StoreError, match="does not exist; make it"):
        Store.open(tmp_path / "no" / "review.db")
    with pytest.raises(StoreError, match="does not exist; make it with: trialspan extract"):
        Store.open(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "nonsense://x:secret@y", "postgresql://u:secret@h:port/d"])
def test_urls_that_are_no_stores(url: str) -> None:
    with pytest.raises(StoreError, match="legal are a path") as error:
        Store.open(url)
    assert "secret" not in str(error.value)


def test_a_server_that_is_not_there() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="cannot be reached") as error:
        Store.open("postgresql://someone:secret@127.0.0.1:1/review")
    assert "secret" not in str(error.value)


def test_a_url_of_a_file(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'review.db'}") as store:
        store.add(report("a"))
    with Store.open(tmp_path / "review.db", create=False) as store:
        assert store.record("a") == report("a")


def test_an_unknown_report(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.add(report("a"))
        with pytest.raises(StoreError, match="no report 'b'; see all with"):
            store.record("b")
        with pytest.raises(StoreError, match="no version 2"):
            store.document_version("a", 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_may_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        store.add(report("a"))
    path.chmod(0o444)
    with Store.open(path) as store:
        assert store.record("a") == report("a")
        with pytest.raises(StoreError, match="may not be written to"):
            store.add(report("b"))


def counts(store: Store) -> list[object]:
    tables = ("documents", "parts", "extractions", "facts", "evidence", "conflicts", "not_found", "identifiers")
    return [store.select(f"SELECT count(*) FROM {table}")[1] for table in tables]


def test_every_view_is_documented() -> None:
    text = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
    assert [name for name, view in VIEWS.items() if f"| `{name}` | {view.summary} |" not in text] == []
