"""A store that was changed behind its back: noticed by every reader, listed by the doctor, healed by the original, kept in backups."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import DamageError, StoreError
from extractor.model import Record
from extractor.store import Store
from extractor.store.backup import copy
from extractor.store.damage import examine, mend
from tests.trial_store import awkward, controlled, single_arm

CHANGES = {
    "a word of a text": ("UPDATE parts SET text = replace(text, 'trial', 'study')", "text is not the one"),
    "a quote": ("UPDATE evidence SET quote = 'zz' WHERE fact = 0", "the quote 'zz'"),
    "offsets": ("UPDATE evidence SET start_offset = start_offset + 1 WHERE start_offset IS NOT NULL", "the text says"),
    "a title": ("UPDATE documents SET title = 'Another' WHERE title IS NOT NULL", "title"),
    "details": ("UPDATE documents SET details = replace(details, 'jsonl', 'csv')", "bibliographic values"),
    "no report any more": ("UPDATE documents SET details = replace(details, '\"id\"', '\"ID\"')", "cannot be read"),
    "no JSON any more": ("UPDATE documents SET details = '{' WHERE id = 'alpha'", "cannot be read"),
}


def reports() -> list[Record]:
    return [controlled("alpha", (3, 20), (1, 20)), single_arm("beta", 4, 31, 1e6), awkward()]


def filled(store: Store) -> None:
    for record in reports():
        store.add(record)


def wrong(store: Store) -> list[str]:
    with store.reading() as conn:
        return [f"{f.what}: {f.message}" for f in examine(conn)]


def run(store: Store, sql: str) -> None:
    with store.writing() as conn:
        conn.execute(text(sql))


def test_a_sound_store_has_nothing_wrong(store_url: str) -> None:
    with Store.open(store_url) as store:
        filled(store)
        assert wrong(store) == []


@pytest.mark.parametrize("what", list(CHANGES))
def test_every_change_is_found(store_url: str, what: str) -> None:
    sql, said = CHANGES[what]
    with Store.open(store_url) as store:
        filled(store)
        run(store, sql)
        assert any(said in line for line in wrong(store))


@pytest.mark.parametrize("what", ["a word of a text", "a quote", "offsets"])
def test_no_reader_gives_out_what_was_changed_and_the_original_heals(store_url: str, what: str) -> None:
    with Store.open(store_url) as store:
        filled(store)
        before = [r.to_dict() for r in store.records()]
        run(store, CHANGES[what][0])
        with pytest.raises(DamageError, match="trialspan doctor"):
            list(store.records())
        outcomes = {store.add(record) for record in reports()}
        assert "updated" in outcomes
        assert wrong(store) == []
        assert [r.to_dict() for r in store.records()] == before


def test_commands_end_with_1_on_a_damaged_store(tmp_path: Path) -> None:
    path = str(tmp_path / "review.db")
    with Store.open(path) as store:
        filled(store)
        run(store, CHANGES["a word of a text"][0])
    for command in (["list"], ["export", "--format", "jsonl"], ["doctor"], ["show", "alpha"]):
        done = CliRunner().invoke(app, [*command, "--store", path])
        assert done.exit_code == 1, command


def test_a_curators_word_survives_the_healing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "r.db") as store:
        filled(store)
        fact = store.record("alpha").facts[0]
        store.decide("alpha", "reject", "ann", target=fact)
        before = store.record("alpha").to_dict()
        run(store, CHANGES["a quote"][0])
        for record in reports():
            store.add(record)
        assert store.record("alpha").to_dict() == before


def test_a_report_with_no_version_in_force_is_mended(store_url: str) -> None:
    with Store.open(store_url) as store:
        filled(store)
        run(store, "UPDATE documents SET is_current = false WHERE id = 'alpha'")
        assert any("in force" in line for line in wrong(store))
        with store.writing() as conn:
            assert mend(conn) == ["report 'alpha': its newest version is in force again"]
        assert wrong(store) == []


def test_a_backup_is_the_store(store_url: str, tmp_path: Path) -> None:
    with Store.open(store_url) as store, Store.open(tmp_path / "copy.db") as kept:
        filled(store)
        store.decide("alpha", "reject", "ann", target=store.record("alpha").facts[0])
        counts = copy(store, kept)
        assert counts["decisions"] == 1
        assert [r.to_dict() for r in kept.records()] == [r.to_dict() for r in store.records()]
        assert kept.decisions() == store.decisions()
        assert wrong(kept) == []
        with pytest.raises(StoreError, match="not empty"):
            copy(store, kept)


def test_a_restored_store_goes_on(store_url: str, tmp_path: Path) -> None:
    """From a file into either database; keys are counted on from the highest that was copied."""
    with Store.open(tmp_path / "old.db") as old, Store.open(store_url) as target:
        filled(old)
        copy(old, target)
        assert target.add(controlled("fresh", (1, 10), (0, 10))) == "added"
        target.decide("alpha", "reject", "ben", target=target.record("alpha").facts[0])
        assert wrong(target) == []


def test_backup_and_restore_by_command(tmp_path: Path) -> None:
    path, kept, again = (str(tmp_path / name) for name in ("review.db", "kept.db", "again.db"))
    with Store.open(path) as store:
        filled(store)
    invoke = CliRunner().invoke
    assert invoke(app, ["backup", "--store", path, "-o", kept]).exit_code == 0
    assert invoke(app, ["backup", "--store", path, "-o", kept]).exit_code == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept.db", "review.db"]
    assert invoke(app, ["restore", kept, "--store", again]).exit_code == 0
    assert invoke(app, ["restore", kept, "--store", again]).exit_code == 1
    with Store.open(path) as one, Store.open(again) as other:
        assert [r.to_dict() for r in one.records()] == [r.to_dict() for r in other.records()]


def test_pages_overwritten_at_random_never_give_a_false_quote(tmp_path: Path) -> None:
    """Bytes of the file changed at random: refused, or what is given out is still true."""
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        filled(store)
    sound = path.read_bytes()
    draw = random.Random(5)
    refused = 0
    for _ in range(40):
        spoilt = bytearray(sound)
        start = draw.randrange(4096, len(sound) - 64)
        spoilt[start : start + 32] = draw.randbytes(32)
        path.write_bytes(bytes(spoilt))
        done = CliRunner().invoke(app, ["export", "--format", "jsonl", "--store", str(path)])
        if done.exit_code:
            refused += 1
            assert isinstance(done.exception, StoreError | SystemExit), repr(done.exception)
    assert refused
