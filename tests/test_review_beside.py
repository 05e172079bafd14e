"""What stands beside a claim (another program's answer, the trial's other reports), corrections that their words do not say, and ways in from elsewhere."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from spacy.language import Language

from extractor.errors import StoreError
from extractor.link.linker import link
from extractor.review.app import guarded_app
from extractor.review.checker import Checker
from extractor.review.serve import Where, checked, desk
from extractor.store import Store
from extractor.store.readers import ReaderStore
from extractor.store.review import ReviewStore
from tests.registry_store import paper, registry_record
from tests.review_server import event, fact, stroke
from tests.test_review_page import BLIND, Page, finish, hidden_values, local

PROXY = "https://review.example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "review.db") as opened:
        opened.add(stroke())
        yield opened


@pytest.fixture
def checker(nlp: Language) -> Checker:
    """The verifier over the language pipeline that the tests share."""
    found = Checker.__new__(Checker)
    found._nlp, found._lock = nlp, threading.Lock()
    return found


def card(page: Page, words: str) -> str:
    html = page.get("/report", id="stroke1", claim=page.claim(words))
    return " ".join(unescape(re.sub("<[^>]+>", " ", html.partition('id="card"')[2].partition("</section>")[0])).split())


# ---------------------------------------------------------------- beside a claim


def test_another_programs_answer_has_its_verdict(store: Store, checker: Checker) -> None:
    right = fact("deaths", {"n": 1}, "One person died")
    wrong = fact("deaths", {"n": 7}, "One person died")
    other = fact("adverse_event", event("headache", 3, 20), "Headache")
    ReaderStore(store).put("stroke1", "model-x", [right, wrong, other])
    at = local(store)
    assert "not verified" in card(Page(at, "ann"), "1"), "without a verifier nothing is claimed of it"
    at.checker = checker
    shown = card(Page(at, "ann"), "1")
    assert "model-x" in shown and shown.count("follows from its words") == 1
    assert checker.reasons(stroke().document, wrong)[0].replace("_", " ") in shown
    headache = card(Page(at, "ann"), "headache (3 of 20) [cells]")
    assert "model-x" in headache and "model-x" not in card(Page(at, "ann"), "no infections")


def test_a_blind_reader_gets_no_other_programs_answer(store: Store) -> None:
    ReaderStore(store).put("stroke1", "model-x", [fact("route", {"name": "intravenous"}, "by vein")])
    assert "model-x" not in card(Page(local(store, "second"), "ben"), "intravenous")
    assert "model-x" in card(Page(local(store), "ann"), "intravenous")


def test_the_trials_other_reports_and_its_registry_record(tmp_path: Path) -> None:
    with Store.open(tmp_path / "two.db") as store:
        for record in (registry_record(1), paper(1), registry_record(2)):
            store.add(record)
        link(store)
        ann = Page(local(store), "ann")
        html = ann.get("/report", id="paper1")
        claim = next(
            i for i, f in re.findall(r'data-row="([^"]+)".*?class="f">(.*?)</span>', html, re.S) if f == "participants"
        )
        beside = unescape(ann.get("/report", id="paper1", claim=claim)).partition("Same trial elsewhere")[2][:600]
        assert "Registry" in beside and "NCT07000001" in beside and "40" in beside and "NCT07000002" not in beside
        blind = Page(local(store, "second"), "ben")
        for name in ("none", "add:participants", "field:participants"):
            assert "Same trial elsewhere" not in blind.get("/report", id="paper1", claim=name)


# ---------------------------------------------------------------- corrections


def test_a_correction_follows_from_its_words_or_is_marked(store: Store, checker: Checker) -> None:
    at = local(store)
    at.checker = checker
    ann = Page(at, "ann")
    claim = ann.claim("1")
    form = {"claim": claim, "seen_decision": "0", "v.n": "9", "quote": "One person died"}
    refused = ann.send("/decide", verdict="correct", **form)
    assert refused.status_code == 422 and "the words do not say this deaths" in unescape(refused.text)
    assert store.decisions() == []
    assert ann.send("/decide", verdict="correct", force="true", **form).status_code == 303
    (taken,) = store.record("stroke1").of("deaths")
    assert taken.value["n"] == 9 and "not_said" in taken.flags
    dose = ann.claim("20,000,000 cells (per administration)")
    said = {"v.low": "2000000", "v.high": "2000000", "quote": "given 2 million cells"}
    ann.decide("correct", claim=dose, **said)
    assert [(f.value["low"], f.flags) for f in store.record("stroke1").of("dose")] == [(2e6, ())]


def test_a_second_reader_takes_back_what_was_read_with_the_value_in_sight(store: Store) -> None:
    ann, ben, _ = hidden_values(store)
    ann.decide("accept", "intravenous")
    before = store.record("stroke1")
    ben.decide("reject", "intravenous", reason="wrong_value")
    made = store.decisions()[-1]
    assert (made.stage, made.mode, made.verdict) == ("second", "verify", "reject")
    assert "rejected by ben" in card(ben, "intravenous")
    back = ben.send("/undo", decision=str(made.key))
    assert back.status_code == 303 and ben.claim("intravenous") in back.headers["location"]
    assert (store.decisions()[-1].stage, store.decisions()[-1].mode) == ("second", "verify")
    assert "not decided" in card(ben, "intravenous") and "accepted by ann" in card(ann, "intravenous")
    again = store.decisions()[-1]
    assert ben.send("/undo", decision=str(again.key)).status_code == 303
    assert "rejected by ben" in card(ben, "intravenous")
    assert store.record("stroke1").facts == before.facts, "a second reader's word changes no fact"


# ---------------------------------------------------------------- ways in from elsewhere


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Where("0.0.0.0"), "give TLS with --certificate and --key"),
        (Where(public="http://review.example.org"), "give TLS"),
        (Where(public=PROXY), "need accounts"),
        (Where(public=PROXY + "/review"), "without a path"),
        (Where(public="review.example.org"), "https://review.example.org"),
        (Where(certificate=Path("none.pem")), "--key"),
        (Where(certificate=Path("none.pem"), key=Path("none.key")), "none.pem"),
    ],
)
def test_an_address_that_others_reach_needs_more(store: Store, where: Where, said: str) -> None:
    with pytest.raises(StoreError, match=re.escape(said)):
        checked(store, where)


@pytest.mark.parametrize("public", [PROXY, PROXY + "/", PROXY + ":443", "https://Review.Example.org"])
def test_a_named_proxy_is_the_only_way_in(store: Store, public: str) -> None:
    ReviewStore(store).put_account("ann", "curator", "-", "tests")
    where = Where(port=8080, public=public)
    checked(store, where)
    at = desk(store, where, 8080)
    assert at.secure and at.local is None
    http = TestClient(guarded_app(at), base_url=PROXY, headers={"Accept": "text/html"}, follow_redirects=False)
    assert http.get("/login").status_code == 200
    assert http.post("/login", data={"name": "x", "password": "y"}, headers={"Origin": PROXY}).status_code == 403
    for host in ("127.0.0.1:8080", "evil.example", "review.example.org.evil.example"):
        assert http.get("/login", headers={"Host": host, "X-Forwarded-Host": "review.example.org"}).status_code == 421
    for origin in ("http://review.example.org", "https://evil.example"):
        answer = http.post("/login", data={"name": "x", "password": "y"}, headers={"Origin": origin})
        assert "another page" in answer.text


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on the path to make a certificate with")
def test_tls_of_the_server_itself(store: Store, tmp_path: Path) -> None:
    """The command as a user starts it: the link is https, the cookie goes over TLS alone."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", "cert.pem", "-keyout", "key.pem"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    command = [
        sys.executable,
        "-m",
        "extractor",
        "review",
        "--store",
        store.name,
        "--by",
        "ann",
        "--no-browser",
        "--no-verify",
    ]
    command += ["--certificate", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            address = next(line for line in process.stdout if "/enter?token=" in line)
            link, _, token = address.strip().partition("/enter?token=")
            assert link.startswith("https://")
            trusted = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
            with httpx.Client(base_url=link, verify=trusted, timeout=60, trust_env=False) as http:
                answer = http.post("/enter", data={"token": token}, headers={"Origin": link})
                assert answer.status_code == 303 and "Secure" in answer.headers["set-cookie"]
                assert http.get("/report", params={"id": "stroke1"}).status_code == 200
        finally:
            process.terminate()


# ---------------------------------------------------------------- a third person


def test_a_first_reader_who_has_not_finished_sees_no_answer_of_the_second(store: Store) -> None:
    ann, ben, _ = hidden_values(store)
    ben.decide("add", field="deaths", quote="One person died", **{"v.n": "424242"})
    assert [c.kind for c in store.record("stroke1").conflicts] == ["second_reader_differs"]
    pages = [ann.get("/"), *(ann.get("/report", id="stroke1", claim=c) for c in ("none", "", ann.claim("1")))]
    assert not [
        page
        for page in pages
        if "424242" in page or "424,242" in page or "contradiction" in page.partition("<main")[2].partition("</main")[0]
    ]
    finish(ann)
    assert "says: deaths" in unescape(ann.get("/report", id="stroke1", claim="none"))


@pytest.mark.parametrize(("choice", "kept"), [("first", False), ("second", True), ("neither", False)])
def test_an_answer_that_names_none_can_be_taken(store: Store, choice: str, kept: bool) -> None:
    """ben names a rash that ann does not have: both answers have their button, and each settles the difference."""
    ann, ben, cem = hidden_values(store)
    finish(ann)
    for field, words, form in BLIND:
        ben.decide("add", field=field, quote=words, **form)
    finish(ben)
    page = unescape(cem.get("/adjudicate", id="stroke1"))
    rash = next(part for part in page.split('<section class="card differ">') if "a rash" in part)
    assert "names none" in rash and all(f'value="{c}"' in rash for c in ("first", "second", "neither"))
    id = re.findall(r'name="difference" value="([^"]+)"', rash)[0]
    assert cem.send("/adjudicate", difference=id, choice=choice).status_code == 303
    assert any(f.value["term"] == "rash" for f in store.record("stroke1").of("adverse_event")) == kept
    assert "1 of 2 differences are open" in unescape(cem.get("/adjudicate", id="stroke1"))
