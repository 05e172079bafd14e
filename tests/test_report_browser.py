"""The report in a real browser: nothing fetched, nothing on the console, accessible, and every quote where it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from extractor.report import Wish, report
from extractor.store import Store
from tests import browser
from tests.trial_store import pages, single_arm, starter

WIDTHS = (1440, pytest.param(820, marks=pytest.mark.torture), 390)
SHEET = 1031  # CSS pixels between the margins of A4 on its side


@pytest.fixture(scope="module", params=["starter", "busy"])
def page(request: pytest.FixtureRequest) -> Path:
    """The report of the starter corpus, and of a store with a registry record, controlled trials and odd characters."""
    return pages(request.param)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_fetched_nothing_goes_wrong_the_page_fits_and_axe_finds_nothing(
    chrome: WebDriver, page: Path, width: int
) -> None:
    browser.opened(chrome, page, width)
    assert [r for r in browser.requests(chrome) if not r.startswith("data:")] == [page.as_uri()]
    assert chrome.get_log("browser") == []
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chrome.execute_script(wide) <= 0
    chrome.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    assert browser.violations(chrome) == []


def test_axe_finds_nothing_in_the_words_of_a_value(chrome: WebDriver, page: Path) -> None:
    browser.opened(chrome, page, 1440)
    chrome.find_element(By.CSS_SELECTOR, "td a.q").send_keys(Keys.ENTER)
    assert browser.violations(chrome) == []


def test_every_quote_is_the_text_at_its_offsets_in_the_page(chrome: WebDriver, page: Path) -> None:
    browser.opened(chrome, page, 1440)
    wrong, seen = chrome.execute_script("""
        const quotes = JSON.parse(document.getElementById('quotes').textContent);
        const parts = new Map([...document.querySelectorAll('.frozen[data-p]')].map(p => [p.dataset.d + '|' + p.dataset.p, p]));
        const said = (q) => q.j ? document.querySelector(`[data-v="${q.n}"]`).textContent
          : Array.from(parts.get(q.d + '|' + q.p).textContent).slice(q.s, q.e).join('');
        return [quotes.filter(q => said(q) !== q.q || !document.getElementById('q' + q.n)).map(q => q.n), quotes.length];
    """)
    assert wrong == []
    assert seen > 20


def test_a_value_leads_to_its_words_by_keyboard_and_back(chrome: WebDriver, page: Path) -> None:
    browser.opened(chrome, page, 1440)
    value = chrome.find_element(By.CSS_SELECTOR, "tbody td a.q")
    value.send_keys(Keys.ENTER)
    dialog = chrome.find_element(By.ID, "evidence")
    assert dialog.get_attribute("open") is not None
    first = chrome.execute_script(
        "return JSON.parse(document.getElementById('quotes').textContent)[arguments[0] - 1].q",
        int(value.get_attribute("data-q").split()[0]),
    )
    assert " ".join(first.split()) in [" ".join(m.text.split()) for m in dialog.find_elements(By.TAG_NAME, "mark")]
    chrome.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert dialog.get_attribute("open") is None
    assert chrome.switch_to.active_element == value


def test_the_whole_report_is_one_step_from_the_words(chrome: WebDriver, page: Path) -> None:
    browser.opened(chrome, page, 1440)
    chrome.find_element(By.CSS_SELECTOR, "tbody td a.q").send_keys(Keys.ENTER)
    chrome.find_element(By.CSS_SELECTOR, "#evidence-body a").send_keys(Keys.ENTER)
    place = chrome.current_url.rpartition("#")[2]
    seen = chrome.execute_script(
        "const r = document.getElementById(arguments[0]).getBoundingClientRect(); return [r.top, innerHeight]", place
    )
    assert 0 <= seen[0] < seen[1]


def test_the_graph_is_drawn_and_a_node_is_chosen_from_the_list(chrome: WebDriver, page: Path) -> None:
    browser.opened(chrome, page, 1440)
    nodes = Select(chrome.find_element(By.ID, "node"))
    assert len(nodes.options) > 3
    assert chrome.execute_script("""
        return [...document.querySelectorAll('#drawing canvas')].some(c => {
          const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          return pixels.some(v => v !== 0);
        })""")
    chosen = chrome.find_element(By.CSS_SELECTOR, "optgroup[label=Trial] option")
    nodes.select_by_value(chosen.get_attribute("value"))
    listed = chrome.find_elements(By.CSS_SELECTOR, "#relations li")
    rows = chrome.execute_script(
        "return [...document.querySelectorAll('#relations-table tbody tr')]"
        ".filter(r => [r.dataset.a, r.dataset.b].includes(arguments[0])).length",
        chosen.get_attribute("value"),
    )
    assert len(listed) == rows > 0
    chrome.find_element(By.ID, "whole").click()
    assert chrome.find_elements(By.CSS_SELECTOR, "#relations li") == []
    assert chrome.get_log("browser") == []


def test_print_shows_the_numbers_of_quotes_and_hides_what_cannot_be_printed(chrome: WebDriver, page: Path) -> None:
    browser.opened(chrome, page, 1440)
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = "return getComputedStyle(document.querySelector(arguments[0]), arguments[1])[arguments[2]]"
        assert chrome.execute_script(shown, "nav", None, "display") == "none"
        assert chrome.execute_script(shown, "#drawing", None, "display") == "none"
        number = chrome.find_element(By.CSS_SELECTOR, "tbody td a.q").get_attribute("data-q")
        assert number in chrome.execute_script(shown, "tbody td a.q", "::after", "content")
        assert "1" in chrome.execute_script(shown, "#q1", "::before", "content")
        made = chrome.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
        assert len(made["data"]) > 10_000
    finally:
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_its_script_every_value_is_still_a_link_to_its_words(chrome: WebDriver, page: Path) -> None:
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.opened(chrome, page, 1440)
        chrome.find_element(By.CSS_SELECTOR, "tbody td a.q").send_keys(Keys.ENTER)
        assert "#q" in chrome.current_url
        assert not chrome.find_element(By.CSS_SELECTOR, ".controls").is_displayed()
    finally:
        chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_an_empty_choice_and_a_single_report_are_pages_too(chrome: WebDriver, tmp_path: Path) -> None:
    with starter(tmp_path / "review.db") as store:
        (tmp_path / "one.html").write_bytes(report(store, Wish(cells="muse")).encode())
    browser.opened(chrome, tmp_path / "one.html", 820)
    assert chrome.get_log("browser") == []
    assert browser.violations(chrome) == []
    assert chrome.find_element(By.TAG_NAME, "h1").text


@pytest.mark.parametrize(
    ("studies", "events"),
    [(90, None), pytest.param(90, 1, marks=pytest.mark.torture)],  # with events all are pooled, which takes 20 s
)
def test_in_print_nothing_is_wider_than_a_sheet(
    chrome: WebDriver, tmp_path: Path, studies: int, events: int | None
) -> None:
    """What is wider shrinks the whole document, and is cut off in silence where that is not enough."""
    with Store.open(tmp_path / "many.db") as store:
        for number in range(studies):  # their people are one number with ninety quotes
            store.add(single_arm(f"single{number:02}", events, 20 + 2 * number, 1e6))
        (tmp_path / "many.html").write_bytes(report(store).encode())
    browser.opened(chrome, tmp_path / "many.html", SHEET)
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert chrome.execute_script("return document.documentElement.scrollWidth") <= SHEET
    finally:
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
