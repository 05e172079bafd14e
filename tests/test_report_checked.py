"""What people said, on the page: judgements of bias by words and shapes, decisions on facts, and nothing said as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from extractor.bias import OVERALL, TOOLS, bring
from extractor.bias.tools import ANSWERS
from extractor.curation import add, confirm, correct, evidence_for, reject, undo
from extractor.report import Wish, report
from extractor.report.checked import LEVELS, SHAPES
from extractor.store import Store
from extractor.store.judgements import Judgement
from tests.trial_store import single_arm


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "review.db")
    for number, name in enumerate(("one", "two", "three")):
        made.add(single_arm(name, 1 + number, 20 + number, 1e6))
    return made


def judge(
    study: str, domain: str, word: str, who: str, why: str | None = None, *, consensus: bool = False
) -> Judgement:
    return Judgement("rob2", study, domain, word, why, who, consensus)


def page(store: Store) -> BeautifulSoup:
    return BeautifulSoup(report(store), "lxml")


def section(made: BeautifulSoup, name: str) -> Tag:
    found = made.select_one(f"section[aria-labelledby={name}]")
    assert found is not None
    return found


def lights(made: BeautifulSoup) -> dict[str, dict[str, str]]:
    heads = [h.get_text() for h in made.select("table.lights thead th")][1:]
    rows = made.select("table.lights tbody tr")
    return {
        r.th.get_text(): dict(zip(heads, (c.get_text(" ", strip=True) for c in r.find_all("td")), strict=True))
        for r in rows
        if r.th
    }


def number(store: Store, report: str, field: str) -> int:
    return next(i for i, f in enumerate(store.record(report).facts) if f.field == field and f.primary)


def test_nobody_judged_is_said_and_is_no_low_risk(store: Store) -> None:
    words = section(page(store), "bias").get_text(" ", strip=True)
    assert "Nobody has judged" in words and "no judgement of low risk" in words


def test_judgements_stand_in_words_with_their_shapes_and_people(store: Store) -> None:
    why = 'raters "knew" <b>'
    bring(store, [judge("one", "D1", "Low", "ann"), judge("one", "D4", "High", "ann", why)])
    bring(store, [judge("one", OVERALL, "High", "ann"), judge("one", "D1", "High", "ben")])
    bring(store, [judge("two", "D2", "Some concerns", "ben"), judge("two", "D2", "Low", "ann", consensus=True)])
    text = report(store)
    made = BeautifulSoup(text, "lxml")
    found = lights(made)
    assert found["Cells stroke one"] == {
        "D1": "≠ not agreed on ann: Low; ben: High", "D2": "not judged", "D3": "not judged", "D4": "■ High",
        "D5": "not judged", "Overall": "■ High", "Judged by": "ann, ben",
    }  # fmt: skip
    assert found["Cells stroke two"]["D2"] == "● Low ben: Some concerns"  # a consensus, and who had said another word
    assert found["Cells stroke two"]["Judged by"] == "ben, consensus"
    words = section(made, "bias").get_text(" ", strip=True)
    assert "Not judged with rob2: 1 of 3 trials Cells stroke three" in words
    assert f"Cells stroke one , rob2 D4: High (ann): {why}" in words and why not in text


def test_a_judgement_of_a_report_that_is_not_on_the_page_is_named(store: Store) -> None:
    bring(store, [judge("one", "D1", "Low", "ann")])
    made = BeautifulSoup(report(store, Wish(route="intravenous")), "lxml")
    assert "not among the trials of this page: Cells stroke one" not in section(made, "bias").get_text()
    made = BeautifulSoup(report(store, Wish(route="intrathecal")), "lxml")
    assert "not among the trials of this page: Cells stroke one" in section(made, "bias").get_text()


def test_every_legal_word_has_a_level_and_every_level_its_own_shape() -> None:
    words = {t.shown.get(w, w) for t in TOOLS.values() for w in (*t.words, *t.overall)} | set(ANSWERS.values())
    assert words <= LEVELS.keys()
    assert len(set(SHAPES.values())) == len(SHAPES) == len(set(LEVELS.values()))


def test_decisions_stand_beside_the_values_and_in_one_table(store: Store) -> None:
    confirm(store, "one", number(store, "one", "route"), "ann")
    correct(store, "one", number(store, "one", "participants"), "ann", {"n": "25"}, note="Table <1>")
    reject(store, "one", number(store, "one", "dose"), "ben", "of another trial")
    record = store.record("two")
    words = {"term": "fever", "n": "2", "assertion": "present"}
    add(
        store, "two", "adverse_event", "zoe", words, evidence_for(record.document, [record.facts[-1].evidence[0].quote])
    )
    taken = confirm(store, "three", number(store, "three", "route"), "ann")
    undo(store, taken, "ann")
    made = page(store)
    rows = [
        [c.get_text(" ", strip=True) for c in r.find_all(["th", "td"])][:5]
        for r in section(made, "checked").select("tbody tr")
    ]
    assert rows == [
        ["one", "confirmed", "route: intravenous", "ann", "not given"],
        ["one", "corrected", "participants: 20 treated, now 25 treated", "ann", "Table <1>"],
        ["one", "rejected", "dose: 1,000,000 cells (total)", "ben", "of another trial"],
        ["two", "added", "adverse event: fever (2)", "zoe", "not given"],
    ]
    assert len(section(made, "checked").select("tbody a.q")) == 4
    words_of = section(made, "checked").get_text(" ", strip=True)
    assert "1 confirmed, 1 corrected, 1 rejected, 1 added" in words_of and "1 decision was taken back" in words_of
    beside = [b.parent.get_text(" ", strip=True) for b in made.select("table.wide .by") if b.parent]
    assert beside == ["intravenous ✓ ann", "25 treated ✓ ann"]
    assert [b.get_text() for b in made.select("table.matrix .by")] == ["✓ zoe"]


def test_what_nobody_checked_is_counted(store: Store) -> None:
    made = page(store)
    facts = sum(len(store.record(name).facts) for name in ("one", "two", "three"))
    assert f"Of {facts} facts nobody looked at {facts}" in section(made, "checked").get_text()
    assert not made.select(".by")


def test_curators_who_disagree_are_to_decide(store: Store) -> None:
    at = number(store, "one", "participants")
    correct(store, "one", at, "ann", {"n": "25"})
    confirm(store, "one", at, "ben")
    words = section(page(store), "findings").get_text(" ", strip=True)
    assert "curators disagree" in words and "ann says n 25" in words
