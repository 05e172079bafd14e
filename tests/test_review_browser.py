"""The curators' page in a real browser: keys, selecting words, the grid, the sweep, two readers and a third, small screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from extractor.curation import confirm
from extractor.model import Document, Record
from extractor.review.people import hashed
from extractor.store import Store
from extractor.store.review import ReviewStore
from tests import browser
from tests.review_server import Running, fact, running, stroke

WIDTHS = (1440, pytest.param(820, marks=pytest.mark.torture), 390)
ODD = "𝔸 cafe\u0301 of\u00a0twelve people (10⁶ cells) ← were treated."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "review.db") as opened:
        opened.add(stroke())
        yield opened


@pytest.fixture
def server(store: Store) -> Iterator[Running]:
    with running(store) as found:
        yield found


def sized(chrome: WebDriver, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def opened(
    chrome: WebDriver, server: Running, path: str, name: str = "ann", role: str = "curator", width: int = 1440
) -> None:
    """Come in by a link, and open a page; the console is empty then."""
    sized(chrome, width)
    chrome.get("about:blank")
    chrome.get_log("browser")
    chrome.get(server.link(name, role))
    until(chrome, lambda: chrome.current_url.endswith("/"))
    chrome.get(server.base + path)


def until(chrome: WebDriver, what: object) -> None:
    WebDriverWait(chrome, 20, 0.05).until(lambda _: what())  # type: ignore[operator]


def press(chrome: WebDriver, *keys: str) -> None:
    for key in keys:
        ActionChains(chrome).send_keys(key).perform()


def card(chrome: WebDriver) -> str:
    return str(
        chrome.execute_script("return document.querySelector('#card-title')?.firstChild.textContent.trim() ?? ''")
    )


def decided(chrome: WebDriver, store: Store, count: int) -> None:
    """Wait until the store has so many decisions, and the page says so."""
    until(chrome, lambda: len(store.decisions()) == count and "All saved" in chrome.find_element(By.ID, "saved").text)


def select(chrome: WebDriver, words: str) -> None:
    """Select words of the text as a mouse does, over the borders of marks."""
    chrome.execute_script(
        """const words = arguments[0], part = [...document.querySelectorAll('.part')].find(p => p.textContent.includes(words));
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT); const range = document.createRange();
        let at = part.textContent.indexOf(words), end = at + words.length, seen = 0, node;
        while ((node = walk.nextNode())) {
          if (seen <= at && at < seen + node.data.length) range.setStart(node, at - seen);
          if (seen < end && end <= seen + node.data.length) range.setEnd(node, end - seen);
          seen += node.data.length;
        }
        getSelection().removeAllRanges(); getSelection().addRange(range);
        part.dispatchEvent(new MouseEvent('mouseup', {bubbles: true}));""",
        words,
    )
    until(chrome, lambda: words.strip() in [p.text for p in chrome.find_elements(By.CSS_SELECTOR, ".pick")])


def test_keys_alone_check_a_report(chrome: WebDriver, server: Running, store: Store) -> None:
    """Accept, reject with a reason, unsure, a note, undo, redo, really not reported; no key decides twice."""
    opened(chrome, server, "/report?id=stroke1")
    first = card(chrome)
    assert first == "1", "a death is asked for first"
    press(chrome, "a")
    decided(chrome, store, 1)
    assert card(chrome) != first
    press(chrome, "r")
    until(chrome, lambda: chrome.find_element(By.CSS_SELECTOR, "[data-reason='1']").is_displayed())
    press(chrome, "1")
    decided(chrome, store, 2)
    press(chrome, "u")
    decided(chrome, store, 3)
    press(chrome, "m")
    until(chrome, lambda: chrome.switch_to.active_element.get_attribute("id") == "note")
    chrome.switch_to.active_element.send_keys("a r u z: letters in a note are no keys" + Keys.TAB + Keys.ENTER)
    decided(chrome, store, 4)
    press(chrome, "z")
    decided(chrome, store, 5)
    press(chrome, "Z")
    decided(chrome, store, 6)
    assert [d.verdict for d in store.decisions()] == ["accept", "reject", "unsure", "note", "undo", "undo"]
    assert store.decisions()[1].reason == "wrong_value"
    here = card(chrome)
    press(chrome, "j")
    until(chrome, lambda: card(chrome) != here)
    press(chrome, "k")
    until(chrome, lambda: card(chrome) == here)
    for _ in range(20):
        if card(chrome) == "Nothing found":
            break
        before = len(store.decisions())
        press(chrome, "a")
        decided(chrome, store, before + 1)
    before = len(store.decisions())
    press(chrome, "n")
    decided(chrome, store, before + 1)
    assert (store.decisions()[-1].verdict, store.decisions()[-1].field) == ("not_reported", "age")
    chrome.find_element(By.CSS_SELECTOR, "[data-keys]").click()
    press(chrome, "n")
    assert (
        chrome.find_element(By.CSS_SELECTOR, "[data-keys]").text == "Keys off" and len(store.decisions()) == before + 1
    )
    chrome.find_element(By.CSS_SELECTOR, "[data-keys]").click()
    assert chrome.get_log("browser") == []


def test_words_are_selected_to_move_evidence_and_to_add(chrome: WebDriver, server: Running, store: Store) -> None:
    opened(chrome, server, "/report?id=stroke1&claim=none")
    chrome.find_element(By.PARTIAL_LINK_TEXT, "20,000,000 cells").click()
    until(chrome, lambda: card(chrome).startswith("20,000,000"))
    press(chrome, "c")
    for name in ("low", "high"):
        box = chrome.find_element(By.NAME, f"v.{name}")
        box.clear()
        box.send_keys("2000000")
    select(chrome, "given 2 million cells by vein")
    chrome.find_element(By.CSS_SELECTOR, "#card .form button.main").click()
    decided(chrome, store, 1)
    (dose,) = store.record("stroke1").of("dose")
    assert (dose.value["low"], dose.evidence[0].quote) == (2e6, "given 2 million cells by vein")
    Select(chrome.find_element(By.ID, "adding")).select_by_value("add:adverse_event")
    chrome.find_element(By.CSS_SELECTOR, ".adder button").click()
    until(chrome, lambda: card(chrome).startswith("Add:"))
    chrome.find_element(By.NAME, "v.term").send_keys("rash")
    until(
        chrome,
        lambda: (
            "rash"
            in chrome.execute_script(
                "return [...document.querySelectorAll('#a-words option')].map(o => o.value).join()"
            )
        ),
    )
    chrome.find_element(By.NAME, "v.n").send_keys("2")
    Select(chrome.find_element(By.NAME, "v.assertion")).select_by_value("present")
    select(chrome, "Two people had a rash")
    chrome.find_element(By.CSS_SELECTOR, "#card .form button.main").click()
    decided(chrome, store, 2)
    added = store.record("stroke1").of("adverse_event")[-1]
    assert (added.value["term"], added.value["n"], added.evidence[0].quote) == ("rash", 2, "Two people had a rash")
    assert added.value["term_id"], "the vocabulary's own number"


@pytest.mark.parametrize("words", ["𝔸 cafe\u0301 of", "twelve people", "10⁶ cells) ←", "\u00a0twelve"])
def test_what_is_selected_is_the_slice(chrome: WebDriver, tmp_path: Path, words: str) -> None:
    """Code points behind an astral letter, a combining accent, a no-break space and arrows."""
    with Store.open(tmp_path / "odd.db") as store, running(store) as server:
        store.add(Record(Document("odd", "jsonl", {"title": "Odd", "abstract": ODD}), (), (), ("deaths",)))
        opened(chrome, server, "/report?id=odd&claim=add:deaths")
        chrome.find_element(By.NAME, "v.n").send_keys("1")
        select(chrome, words)
        chrome.find_element(By.CSS_SELECTOR, "#card .form button.main").click()
        decided(chrome, store, 1)
        (evidence,) = store.record("odd").of("deaths")[0].evidence
        assert evidence.quote == words.strip() == ODD[evidence.start : evidence.end]


def test_the_grid_the_sweep_and_a_stale_page(chrome: WebDriver, server: Running, store: Store) -> None:
    opened(chrome, server, "/report?id=stroke1&claim=none")
    grid = chrome.find_element(By.CSS_SELECTOR, "table.harms")
    assert [h.text for h in grid.find_elements(By.CSS_SELECTOR, "thead th")] == [
        "event",
        "cells",
        "placebo",
        "all, or not said",
    ]
    row = next(r for r in grid.find_elements(By.CSS_SELECTOR, "tbody tr") if r.text.startswith("headache"))
    assert [c.text.split()[0] for c in row.find_elements(By.CSS_SELECTOR, "td")] == ["3/20", "1/20", "–"]
    row.find_element(By.PARTIAL_LINK_TEXT, "1/20").click()
    until(chrome, lambda: card(chrome) == "headache (1 of 20) [placebo]")
    assert chrome.execute_script("return document.querySelector('mark.cur').textContent") == "1 of 20"
    number = next(i for i, f in enumerate(store.record("stroke1").facts) if f.arm == "placebo")
    confirm(store, "stroke1", number, "bob")
    press(chrome, "a")
    until(chrome, lambda: "Not saved" in chrome.find_element(By.ID, "saved").text)
    message = chrome.find_element(By.CSS_SELECTOR, "#message [role=alert]").text
    assert "bob said accept of this adverse_event" in message and len(store.decisions()) == 1
    left = len(chrome.find_elements(By.CSS_SELECTOR, ".sweep li"))
    press(chrome, "s")
    until(chrome, lambda: chrome.switch_to.active_element.get_attribute("class") == "tick")
    press(chrome, Keys.ENTER)
    until(chrome, lambda: len(chrome.find_elements(By.CSS_SELECTOR, ".sweep li")) == left - 1)
    assert [e.event for e in ReviewStore(store).events("stroke1")] == ["swept"]


def test_two_blind_readers_and_adjudication(chrome: WebDriver, store: Store) -> None:
    for name, role in (("ann", "curator"), ("ben", "curator"), ("cem", "adjudicator")):
        ReviewStore(store).put_account(name, role, hashed("correct horse battery"), "tests")
    with running(store, None) as server:
        chrome.delete_all_cookies()
        sized(chrome, 1440)
        for name in ("ann", "ben"):
            chrome.get(server.base + "/login")
            chrome.find_element(By.NAME, "name").send_keys(name)
            chrome.find_element(By.NAME, "password").send_keys("correct horse battery")
            chrome.find_element(By.CSS_SELECTOR, "button.main").click()
            until(chrome, lambda: chrome.current_url.endswith("/"))
            chrome.find_element(By.PARTIAL_LINK_TEXT, "Stem cells for stroke").click()
            chrome.find_element(By.CSS_SELECTOR, "button.main").click()
            until(chrome, lambda: chrome.find_elements(By.CSS_SELECTOR, ".part"))  # the page before has its address too
            if name == "ben":
                break
            press(chrome, "a")
            decided(chrome, store, 1)
            chrome.find_element(By.CSS_SELECTOR, "header .quiet").click()
            until(chrome, lambda: chrome.current_url.endswith("/login"))
        page = chrome.page_source
        assert "Read these yourself" in page and "headache (3 of 20)" not in page and "second reading, blind" in page
        chrome.find_element(By.LINK_TEXT, "Add deaths").click()
        until(chrome, lambda: card(chrome) == "Add: deaths")
        chrome.find_element(By.NAME, "v.n").send_keys("2")
        select(chrome, "One person died")
        chrome.find_element(By.CSS_SELECTOR, "#card .form button.main").click()
        decided(chrome, store, 2)
        assert (store.decisions()[-1].stage, store.decisions()[-1].mode) == ("second", "blind")
        for stage in ("first", "second"):
            ReviewStore(store).note("finished", {"first": "ann", "second": "ben"}[stage], "stroke1", {"stage": stage})
        opened(chrome, server, "/adjudicate?id=stroke1", "cem", "adjudicator")
        assert browser.violations(chrome) == []
        section = next(s for s in chrome.find_elements(By.CSS_SELECTOR, ".differ") if s.text.startswith("deaths"))
        side = next(
            s
            for s in section.find_elements(By.CSS_SELECTOR, ".side")
            if s.find_element(By.CSS_SELECTOR, ".value").text == "1"
        )
        side.find_element(By.CSS_SELECTOR, "button.main").click()
        until(chrome, lambda: len(store.decisions()) == 3)
        assert store.decisions()[-1].stage == "adjudication" and store.record("stroke1").of("deaths")[0].value == {
            "n": 1
        }


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_axe_finds_nothing(chrome: WebDriver, server: Running, width: int) -> None:
    for path in ("/", "/report?id=stroke1", "/report?id=stroke1&claim=add:dose", "/final"):
        opened(chrome, server, path, width=width)
        chrome.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert chrome.execute_script(wide) <= 0, (path, width)
        assert width == 820 or browser.violations(chrome) == [], (path, width)
        assert chrome.get_log("browser") == [], (path, width)


def test_a_phone_decides_with_a_finger(chrome: WebDriver, server: Running, store: Store) -> None:
    opened(chrome, server, "/report?id=stroke1", width=390)
    chrome.find_element(By.CSS_SELECTOR, "#card button[value=accept]").click()
    decided(chrome, store, 1)
    assert chrome.execute_script("return document.querySelector('#card button').getBoundingClientRect().height") >= 44


def test_without_a_script_everything_is_there(store: Store) -> None:
    """Forms, links and the whole text are in what the server sends; made for a browser, read here without one."""
    with running(store) as server, server.client() as http:
        page = http.get("/report?id=stroke1").text
        assert page.count("<form") >= 8 and fact("deaths", {"n": 1}, "One person died").evidence[0].quote in page
        assert 'name="quote"' in page and "onclick" not in page


def test_an_answer_that_is_lost_is_sent_again_and_taken_once(chrome: WebDriver, server: Running, store: Store) -> None:
    """The page says that nothing is saved, keeps the form, and sends it with the same uid."""
    opened(chrome, server, "/report?id=stroke1")
    chrome.execute_script(
        "const real = fetch; let lost = 0; window.fetch = async (...a) => { if (lost++ < 1) { await real(...a); throw new TypeError('lost'); } return real(...a); }"
    )
    press(chrome, "a")
    until(chrome, lambda: "Not saved" in chrome.find_element(By.ID, "saved").text)
    decided(chrome, store, 1)
    assert len(store.decisions()) == 1


def test_decisions_wait_on_this_machine_while_the_server_is_away(chrome: WebDriver, store: Store) -> None:
    """Three more are taken without a server, the tab is closed, the server comes back as another process: all are there, once."""
    with running(store) as server:
        opened(chrome, server, "/report?id=stroke1")
        press(chrome, "a")
        decided(chrome, store, 1)
        port = int(server.base.rpartition(":")[2])
    said = []
    for number, keys in enumerate(("a", "u", "r1", "a"), 1):
        said.append(card(chrome))
        press(chrome, *keys)
        until(chrome, lambda n=number: f"{n} wait" in chrome.find_element(By.ID, "saved").text)  # type: ignore[misc]
        assert "Not saved" in chrome.find_element(By.ID, "saved").text
    assert len(set(said)) == 4 and len(store.decisions()) == 1
    chrome.switch_to.new_window("tab")
    new = chrome.current_window_handle
    chrome.switch_to.window(next(w for w in chrome.window_handles if w != new))
    chrome.close()
    chrome.switch_to.window(new)
    with running(store, port=port) as server:
        chrome.get(server.link())
        decided(chrome, store, 5)
        assert [d.verdict for d in store.decisions()][1:] == ["accept", "unsure", "reject", "accept"]
        assert len({d.uid for d in store.decisions()}) == 5 and store.decisions()[3].reason == "wrong_value"
        assert chrome.execute_script("return localStorage.getItem('outbox')") == "[]"


def test_keys_are_changed_and_stay_so(chrome: WebDriver, server: Running, store: Store) -> None:
    opened(chrome, server, "/report?id=stroke1")
    press(chrome, "?")
    chrome.find_element(By.CSS_SELECTOR, "[data-change]").click()
    for act, key, taken in (("a", "y", True), ("u", "y", False), ("u", "/", False), ("u", "1", False)):
        box = chrome.find_element(By.CSS_SELECTOR, f".help input[data-act='{act}']")
        box.send_keys(Keys.CONTROL + "a" + Keys.NULL + key + Keys.TAB)
        until(chrome, lambda b=box, a=act, k=key, t=taken: b.get_attribute("value") == (k if t else a))  # type: ignore[misc]
    chrome.get(server.base + "/report?id=stroke1")
    assert chrome.find_element(By.CSS_SELECTOR, "[data-key='a'] kbd").text == "y"
    press(chrome, "a")
    press(chrome, "y")
    decided(chrome, store, 1)
    press(chrome, "?")
    chrome.find_element(By.CSS_SELECTOR, "[data-default]").click()
    press(chrome, "a")
    decided(chrome, store, 2)
