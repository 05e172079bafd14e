"""The list of all reports: only what changed is read again, a damaged report keeps no other away, and readers are drawn by lot."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from extractor import curation
from extractor.commands import app
from extractor.errors import StoreError
from extractor.review import progress as module
from extractor.review.deal import deal
from extractor.review.progress import Board
from extractor.store import Store
from extractor.store.review import ReviewStore
from tests.review_server import lite_with_one, store_with_one, stroke  # noqa: F401
from tests.test_review_page import Page, local, team


def test_only_what_changed_is_read_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        store.add(stroke(f"more{number}"))
    board = Board(store)
    first = board.all()
    assert [p.document.id for p in first] == ["more0", "more1", "more2", "stroke1"] and {p.done for p in first} == {0}
    read: list[str] = []
    made = module.progress
    monkeypatch.setattr(module, "progress", lambda r, d: read.append(r.document.id) or made(r, d))
    curation.confirm(store, "more1", 0, "ann")
    again = board.all()
    assert read == ["more1"] and [p.done for p in again] == [0, 1, 0, 0]
    assert board.all() == again == Board(store).all() and read[1:] == [p.document.id for p in again]


def test_a_damaged_report_is_named_and_keeps_no_other_away(lite: Store) -> None:
    lite.add(stroke("broken"))
    with lite.writing() as conn:
        conn.execute(
            text(
                "UPDATE parts SET text = replace(text, 'rash', 'rush') WHERE document IN (SELECT key FROM documents WHERE id = 'broken')"
            )
        )
    one = Page(local(lite), "ann")
    page = one.get("/")
    assert "1 of 2 reports cannot be read" in page and "trialspan doctor" in page and "0 of 11" in page
    assert 'href="/report?id=broken"' not in page and one.decide("accept", "40 randomized")
    assert "damaged" in one.get("/final") and one.send("/final").status_code == 409  # what is frozen is whole
    assert one.http.get("/report", params={"id": "broken"}).status_code == 409


def test_readers_are_drawn_by_lot_and_share_the_work(lite: Store) -> None:
    for number in range(8):
        lite.add(stroke(f"more{number}"))
    desk = team(lite)
    ann, dora = Page(desk, "ann"), Page(desk, "dora", "admin")
    ann.send("/begin")
    assert ann.send("/deal", reader=["ann", "ben"]).status_code == 403
    assert dora.send("/deal", reader=["ann", "ben", "eve"]).status_code == 303
    given = [(e.document, e.detail["stage"], e.curator) for e in ReviewStore(lite).events(None, "assigned")]
    pairs = {(document, who) for document, _, who in given}
    assert len(given) == len(pairs) == 17 and ("stroke1", "first") not in {
        g[:2] for g in given
    }  # ann began it as its first
    work = Counter(who for _, _, who in given) + Counter(["ann"])
    assert set(work.values()) == {6}
    assert max(Counter((who, stage) for _, stage, who in given).values()) <= 4  # nobody is always the second
    outside = next(
        d for d, s, w in given if s == "second" and d != "stroke1" and "ann" not in {x for y, _, x in given if y == d}
    )
    assert ann.send("/begin", report=outside).status_code == 409 and "no part" in ann.get("/")
    mine = next((d, s) for d, s, w in given if w == "ann" and s == "second")
    assert ann.send("/begin", report=mine[0]).status_code == 303
    assert "second reading, blind" in ann.get("/report", id=mine[0]) and "given to you" in ann.get("/")
    assert dora.send("/deal", reader=["ann", "ben"]).status_code == 303
    assert len(ReviewStore(lite).events(None, "assigned")) == 17  # what was given stays


def test_the_lot_can_be_drawn_again_and_needs_two_accounts(lite: Store) -> None:
    team(lite)
    log = ReviewStore(lite)
    for people, said in ((["ann"], "two people at least"), (["ann", "zoe"], "no account of zoe")):
        with pytest.raises(StoreError, match=said):
            deal(log, people, "dora")
    assert deal(log, ["ann", "ben"], "dora", seed=7) == {"ann": 1, "ben": 1}
    assert log.events(None, "dealt")[-1].detail == {"readers": ["ann", "ben"], "seed": 7, "readings": 2}
    words = ["review", "--store", lite.name, "--deal"]
    assert "ann 0, ben 0" in CliRunner().invoke(app, [*words, "ann,ben"]).output
    assert CliRunner().invoke(app, [*words, "ann"]).exit_code == 2
