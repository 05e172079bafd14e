"""The report as HTML: every link leads somewhere, texts are whole, nothing is silent, and the same store gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from extractor.commands import app
from extractor.curation import reject
from extractor.errors import QueryError
from extractor.model import TITLE, Document, Fact, Ids, Record
from extractor.report import Wish, report
from extractor.report.harms import MOST_ACROSS
from extractor.report.page import MOST_OPEN
from extractor.report.quotes import Quote, Quotes
from extractor.report.said import SILENT, Said, silence_together
from extractor.report.texts import pieces
from extractor.store import Store
from tests.trial_store import busy, event, pages, single_arm, starter
from tests.trial_store import made as made_record


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    for name, fill in (("starter", starter), ("busy", busy)):
        fill(folder / f"{name}.db").close()
    return {name: folder / f"{name}.db" for name in ("starter", "busy")}


@pytest.fixture(scope="module", params=["starter", "busy"])
def page(request: pytest.FixtureRequest, stores: dict[str, Path]) -> BeautifulSoup:
    return BeautifulSoup(pages(request.param).read_text(encoding="utf-8"), "lxml")


def test_ids_are_unique_and_every_link_in_the_page_leads_to_one(page: BeautifulSoup) -> None:
    ids = Counter(e["id"] for e in page.find_all(id=True))
    assert [i for i, n in ids.items() if n > 1] == []
    inside = {a["href"][1:] for a in page.find_all("a", href=re.compile("^#"))}
    assert inside and inside <= ids.keys()


def test_every_number_of_the_tables_of_trials_and_events_has_a_quote(page: BeautifulSoup) -> None:
    tables = page.select("table.wide, table.matrix")
    cells = [c for table in tables for c in table.select("td .line") if re.search(r"\d", c.get_text())]
    assert len(cells) > 20
    bare = [c.get_text(" ", strip=True) for c in cells if not c.select("a.q")]
    assert [b for b in bare if b not in ("0 t", "< t")] == []  # a table that does not list an event has no words for it


def test_nothing_is_loaded_and_the_policy_forbids_it(page: BeautifulSoup) -> None:
    assert page.select("script[src], link[rel=stylesheet], img, iframe, object") == []
    policy = page.select_one("meta[http-equiv=Content-Security-Policy]")
    assert policy and str(policy["content"]).startswith("default-src 'none'")
    (allowed,) = re.findall(r"script-src ([^;]+);", str(policy["content"]))
    scripts = [s.get_text() for s in page.find_all("script") if s.get("type") != "application/json"]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert allowed.split() == [f"'sha256-{one}'" for one in hashes], "only the page's own scripts run"


def test_the_three_kinds_of_nothing_stay_apart(page: BeautifulSoup) -> None:
    kinds = {k: page.select(f"table.wide .line.{k}, table.matrix .line.{k}") for k in ("zero", "denied", "silent")}
    assert all(re.match(r"^(0|no )", z.get_text(strip=True)) for z in kinds["zero"])
    assert all("denied" in d.get_text() for d in kinds["denied"])
    silent = ("not reported", "not looked for", "only others' figures", "–", "< t")
    assert all(any(s.get_text(strip=True).endswith(w) for w in silent) for s in kinds["silent"])


def test_a_denial_of_all_events_is_never_shown_as_a_zero() -> None:
    made = BeautifulSoup(pages("starter").read_text(encoding="utf-8"), "lxml")
    heads = [h.get_text(strip=True) for h in made.select("table.matrix thead th")]
    rows = {r.th.get_text(strip=True): r.find_all("td") for r in made.select("table.matrix tbody tr") if r.th}
    denied = rows["any adverse event"][heads.index("Barczewska 2019") - 1]
    assert denied.get_text(strip=True) == "denied" and "denied" in denied["class"]
    assert rows["headache"][heads.index("Barczewska 2019") - 1].get_text(strip=True) == "1/43"


def test_what_a_table_does_not_list_leads_to_the_tables_own_words(tmp_path: Path) -> None:
    """Not to the record's title, which says nothing of it; and a table without a threshold is no complete one."""
    with Store.open(tmp_path / "tables.db") as store:
        for number, words in enumerate(
            ({"frequencyThreshold": "0"}, {"frequencyThreshold": "5"}, {"timeFrame": "2 years"})
        ):
            document = Document(
                f"clinicaltrials:NCT0000000{number}",
                "clinicaltrials",
                {TITLE: "A record"},
                ids=Ids(nct=(f"NCT0000000{number}",)),
                data={"resultsSection": {"adverseEventsModule": words}},
                metadata={"adverse_event_threshold": words["frequencyThreshold"]}
                if "frequencyThreshold" in words
                else {},
            )
            kind = Fact("report_kind", {"name": "single-trial"}, (), "registry:made")
            store.add(Record(document, (kind,)))
        store.add(single_arm("counted", 1, 20, 1e6))
        made = BeautifulSoup(report(store), "lxml")
    heads = [h.get_text(strip=True) for h in made.select("table.matrix thead th")]
    row = next(r for r in made.select("table.matrix tbody tr") if r.th and r.th.get_text(strip=True) == "headache")
    said = {}
    for cell, name in zip(row.find_all("td"), heads[1:], strict=True):
        places = [q for q in quotes_of(made) if cell.a and str(q["n"]) in cell.a["data-q"].split()]
        said[name[-2]] = (cell.get_text(strip=True), places[0]["j"] if places else None)
    module = "$.resultsSection.adverseEventsModule"
    assert said["1"] == ("0 t", f"{module}.frequencyThreshold")
    assert said["2"] == ("< t", f"{module}.frequencyThreshold")
    assert said["3"] == ("< t", f"{module}.timeFrame")


def test_a_zero_by_denial_of_its_class_says_so() -> None:
    made = BeautifulSoup(pages("starter").read_text(encoding="utf-8"), "lxml")
    rows = [[c.get_text(" ", strip=True) for c in r.select("th, td")] for r in made.select("section tr[id^=risk]")]
    (serious,) = [r for r in rows if r[0] == "any serious adverse event"]
    assert serious[1:3] == ["Yamashita 2023", "0 of 5 denied in words"]  # of one study: in the table, and not pooled


def test_a_rejected_value_is_not_called_the_figure_of_others(tmp_path: Path) -> None:
    with Store.open(tmp_path / "rejected.db") as store:
        store.add(single_arm("one", 1, 20, 1e6))
        number = next(i for i, f in enumerate(store.record("one").facts) if f.field == "dose")
        reject(store, "one", number, "ann", "of another trial")
        made = BeautifulSoup(report(store), "lxml")
    assert made.select("table.wide")[0].get_text().count("rejected by a curator") == 1


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.db") as store, pytest.raises(QueryError, match="holds no report; bring some in"):
        report(store)


def test_a_mistyped_outcome_is_an_error_that_lists_what_there_is(stores: dict[str, Path]) -> None:
    with Store.open(stores["busy"]) as store:
        with pytest.raises(QueryError, match="names an event 'headahce'; legal: any, serious, death, fever, headache"):
            report(store, Wish(outcome="headahce"))
        assert "Outcome: death." in report(
            store, Wish(outcome="death")
        )  # no report names one: that is said, and no error


@pytest.mark.parametrize("day", ["2026-02-30", "31.1.2026", "2026-01", "today"])
def test_a_wrong_date_is_wrong_usage_and_writes_nothing(stores: dict[str, Path], tmp_path: Path, day: str) -> None:
    out = tmp_path / "report.html"
    run = CliRunner().invoke(app, ["report", "-o", str(out), "--store", str(stores["busy"]), "--today", day])
    assert run.exit_code == 2 and f"--today '{day}' is no date; write it as 2026-01-31" in run.stderr
    assert not out.exists()


def test_many_studies_are_folded_and_few_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_OPEN > 10
    monkeypatch.setattr("extractor.report.page.MOST_OPEN", 4)  # as many would be pooled for long
    with Store.open(tmp_path / "many.db") as store:
        for number in range(5):
            store.add(single_arm(f"single{number:02}", 1, 20 + number, 1e6))
        made = BeautifulSoup(report(store, Wish()), "lxml")
        few = BeautifulSoup(report(store, Wish(route="intrathecal")), "lxml")
    folded = made.select("section.risk .side > details")
    assert folded and not any(d.has_attr("open") for d in folded)
    assert all(d.has_attr("open") for d in few.select("section.risk .side > details"))


def test_a_cell_counts_all_arms_and_a_percentage_keeps_its_arm(tmp_path: Path) -> None:
    """One arm's count alone would look like the trial's."""
    people = [
        ("report_kind", {"name": "single-trial"}, None),
        ("arm", {"name": "low", "n": 30}, None),
        ("arm", {"name": "high", "n": 20}, None),
    ]
    said = [("adverse_event", event("headache", 0, 30), "low"), ("adverse_event", event("headache", 2, 20), "high")]
    said.append(("adverse_event", event("fever", None) | {"percent": 33.0}, "high"))
    with Store.open(tmp_path / "arms.db") as store:
        store.add(made_record("arms", "Two arms", [*people, *said]))
        made = BeautifulSoup(report(store), "lxml")
        words = store.record("arms").document.parts["abstract"]
    rows = {r.th.get_text(strip=True): r.td for r in made.select("table.matrix tbody tr") if r.th and r.td}
    assert rows["headache"].get_text(strip=True) == "2/50"
    assert "sum of 2 arms (low, high)" in rows["headache"].a["title"]
    numbers = rows["headache"].a["data-q"].split()
    cited = {words[q["s"] : q["e"]] for q in quotes_of(made) if str(q["n"]) in numbers}
    assert cited >= {"adverse_event 3", "adverse_event 4"}
    assert rows["fever"].get_text(" ", strip=True) == "high 33 %"


def test_the_matrix_is_cut_into_parts_that_a_sheet_holds_and_loses_no_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ACROSS > 10
    across = 4  # as many as a sheet holds would be pooled for long
    monkeypatch.setattr("extractor.report.harms.MOST_ACROSS", across)
    names = [f"single{number:02}" for number in range(across + 2)]
    with Store.open(tmp_path / "wide.db") as store:
        for number, name in enumerate(names):
            store.add(single_arm(name, 1, 20 + number, 1e6))
        made = BeautifulSoup(report(store), "lxml")
    tables = made.select("table.matrix")
    heads = [[h.get_text(strip=True) for h in t.select("thead th")][1:] for t in tables]
    assert len(tables) == 2 and max(map(len, heads)) <= across
    assert [h for part in heads for h in part] == [f"Cells stroke {name}" for name in names]
    for table, part in zip(tables, heads, strict=True):
        row = next(r for r in table.select("tbody tr") if r.th and r.th.get_text(strip=True) == "headache")
        assert [c.get_text(strip=True) for c in row.find_all("td")] == [
            f"1/{20 + names.index(name.split()[-1])}" for name in part
        ]


def quotes_of(made: BeautifulSoup) -> list[dict[str, Any]]:
    found = made.find(id="quotes")
    assert found is not None
    return list(json.loads(found.get_text()))


def test_texts_are_printed_character_by_character(stores: dict[str, Path]) -> None:
    text = pages("busy").read_text(encoding="utf-8")
    with Store.open(stores["busy"]) as store:
        (record,) = [r for r in store.records() if r.document.title == "An <odd> title"]
    assert "alert(1)</script>" not in text  # escaped wherever it stands
    made = BeautifulSoup(text.replace("&#13;", "\ue000"), "lxml")
    parts = {p["data-p"]: p.get_text() for p in made.find_all(class_="frozen") if p.get("data-d") == record.document.id}
    assert {k: v.replace("\ue000", "\r") for k, v in parts.items()} == record.document.parts


def test_the_same_store_gives_the_same_bytes(stores: dict[str, Path]) -> None:
    with Store.open(stores["busy"]) as store:
        assert report(store).encode() == pages("busy").read_bytes()


def test_reports_that_are_no_trials_are_listed_and_not_lost(stores: dict[str, Path]) -> None:
    made = BeautifulSoup(pages("starter").read_text(encoding="utf-8"), "lxml")
    with Store.open(stores["starter"]) as store:
        documents = {v.id for v in store.documents()}
    assert {s.get_text(strip=True) for s in made.select("article.source h3 .report")} == documents


def test_comparisons_doses_and_the_registry_are_there(stores: dict[str, Path]) -> None:
    with Store.open(stores["busy"]) as store:
        made = BeautifulSoup(report(store, Wish(today="2026-01-01")), "lxml")
    words = made.get_text(" ", strip=True)
    assert "4 trials, 1 of them without any event" in words  # three made for it, and the one with a registry record
    assert "log10 cells" in words  # regression on the dose
    assert "Difference between groups: Q =" in words
    assert "counted to 2026-01-01" in words
    tables = [t.get_text() for t in made.find_all("table") if "record that this page speaks of" in t.get_text()]
    assert any("$.resultsSection" in t for t in tables)
    assert made.select(".plot svg[role=img][aria-label]")


def test_a_choice_leaves_out_the_rest_and_says_so(stores: dict[str, Path]) -> None:
    with Store.open(stores["starter"]) as store:
        made = BeautifulSoup(report(store, Wish(route="intraspinal")), "lxml")
        heads = [h.get_text(strip=True) for h in made.select("table.matrix thead th")][1:]
        assert heads == ["Baloh 2022", "Deda 2009", "Feldman 2014", "Glass 2012", "Riley 2014"]
        assert "route “intraspinal”" in made.get_text()
        with pytest.raises(QueryError, match="no report for cells “xenon”"):
            report(store, Wish(cells="xenon"))


def test_the_command_writes_a_page_and_says_how_large(stores: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    run = CliRunner().invoke(app, ["report", "-o", str(out), "--store", str(stores["starter"]), "--title", "A <title>"])
    assert run.exit_code == 0 and "kB" in run.stderr
    assert BeautifulSoup(out.read_bytes(), "lxml").h1.get_text() == "A <title>"  # type: ignore[union-attr]
    missing = CliRunner().invoke(app, ["report", "-o", str(out), "--store", str(stores["starter"]), "--cells", "xenon"])
    assert missing.exit_code == 1 and out.exists()


def test_pieces_join_to_the_text_wherever_quotes_overlap() -> None:
    text = "abcdefgh"
    spans = [(0, 3), (2, 5), (2, 3), (7, 8)]
    quotes = [Quote(i, "d", "p", text[a:b], a, b, None) for i, (a, b) in enumerate(spans, 1)]
    found = pieces(text, quotes)
    assert "".join(p.text for p in found) == text
    assert [p.text for p in found if not p.marked] == ["fg"] or [p.text for p in found if not p.marked] == ["fg", ""]
    assert sorted(q.number for p in found for q in p.begins) == [1, 2, 3, 4]


def test_a_place_has_one_number() -> None:
    quotes = Quotes()
    one = {"document": "d", "part": "p", "start": 0, "end": 1, "quote": "a"}
    other = one | {"start": 1, "end": 2}
    assert [q.number for q in quotes.refs([one, other, one])] == [1, 2]
    assert [q.number for q in quotes.refs([other])] == [2]


def test_lines_of_one_silence_are_one_line() -> None:
    cell = [Said("7"), Said("not reported", kind=SILENT, label="sex"), Said("not reported", kind=SILENT, label="age")]
    assert [(s.label, s.text) for s in silence_together(cell)] == [("", "7"), ("sex, age", "not reported")]


def test_print_leaves_out_what_is_far_from_every_quote_and_the_text_stays_whole() -> None:
    text = "word " * 200 + "headache in two" + " more" * 200
    at = text.index("headache")
    found = pieces(text, [Quote(1, "a", "body", "headache", at, at + 8, None)])
    assert "".join(p.text for p in found) == text and [p.marked for p in found].count(True) == 1
    printed = "".join(p.text for p in found if not p.unprinted)
    assert len(printed) < 300 and "headache in two" in printed
    assert [p.text for p in pieces("A short text that nobody quotes.", [])] == ["A short text that nobody quotes."]


def test_the_first_screen_says_what_is_here_doubtful_and_contradicted(page: BeautifulSoup) -> None:
    said = {
        d.h3.get_text(): [li.get_text() for li in d.select("li")] for d in page.select(".first .three > div") if d.h3
    }
    assert list(said) == ["What is in here", "What is doubtful", "What disagrees"]
    assert re.match(r"\d+ trials of people, \d+ reports", said["What is in here"][0])
    assert re.match(r"\d+ of \d+ values are doubtful", said["What is doubtful"][0]) and said["What disagrees"]


def test_trials_bear_the_names_that_people_give_them() -> None:
    made = BeautifulSoup(pages("starter").read_text(encoding="utf-8"), "lxml")
    row = next(r for r in made.select("table.wide tbody tr") if "NCT02943850" in r.get_text())
    assert row.th and row.th.a and row.th.a.get_text() == "Baloh 2022"  # the number stays in the column of numbers
    assert all(td["data-h"] for td in row.select("td"))  # what a card of a narrow screen calls it
