"""The curators' page over HTTP: decisions, blindness, adjudication, and a list of attacks that must not hold."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from extractor import curation
from extractor.model import Document, Evidence, Record
from extractor.review.agree import ac1, agreement, kappa
from extractor.review.app import Desk, guarded_app
from extractor.review.blind import CRITICAL
from extractor.review.people import TRIES, Sessions, hashed
from extractor.store import Store
from extractor.store.review import ReviewStore
from tests.review_server import TEXT, event, fact, lite_with_one, store_with_one, stroke  # noqa: F401

BASE = "http://127.0.0.1:8765"
HOSTS = ("127.0.0.1:8765", "localhost:8765", "[::1]:8765")


class Page:
    """A person's browser without a script: it reads forms and sends them."""

    def __init__(self, desk: Desk, name: str, role: str = "curator") -> None:
        self.desk, self.name = desk, name
        headers = {"Origin": BASE, "Accept": "text/html"}
        self.http = TestClient(guarded_app(desk), base_url=BASE, headers=headers, follow_redirects=False)
        self.http.cookies.set(desk.cookie, desk.sessions.open(name, role))

    def get(self, path: str, **query: str) -> str:
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    @property
    def check(self) -> str:
        return next(p.check for p in self.desk.sessions._open.values() if p.name == self.name)

    def claim(self, words: str, report: str = "stroke1") -> str:
        """The id of the claim with these words in the list."""
        page = self.get("/report", id=report, claim="none")
        rows = re.findall(r'data-row="([^"]+)".*?class="w">(.*?)</span>', page, re.S)
        return next(id for id, said in rows if unescape(said) == words)

    def send(self, path: str, **form: Any) -> httpx.Response:
        answer: httpx.Response = self.http.post(path, data={"report": "stroke1", "check": self.check, **form})
        return answer

    def decide(self, verdict: str, words: str = "", **form: Any) -> httpx.Response:
        if words:
            form["claim"] = self.claim(words)
        form = {"seen_decision": str(2**40), **form}
        answer = self.send("/decide", verdict=verdict, **form)
        assert answer.status_code == 303, unescape(
            re.sub("<[^>]+>", " ", answer.text.partition('id="message"')[2][:600])
        )
        return answer


def local(store: Store, stage: str = "first") -> Desk:
    return Desk(store, HOSTS, [f"http://{h}" for h in HOSTS], stage)


def team(store: Store) -> Desk:
    """Accounts: ann and ben read, cem adjudicates, dora is the admin."""
    people = {"ann": "curator", "ben": "curator", "cem": "adjudicator", "dora": "admin", "eve": "curator"}
    for name, role in people.items():
        ReviewStore(store).put_account(name, role, PASSWORD, "tests")
    return Desk(store, HOSTS, [f"http://{h}" for h in HOSTS], None)


PASSWORD = hashed("correct horse battery")


def own(store: Store, field: str) -> list[dict[str, Any]]:
    return [f.value for f in store.record("stroke1").of(field)]


# ---------------------------------------------------------------- one person


def test_each_verdict_is_a_decision_and_counts_at_once(store: Store) -> None:
    ann = Page(local(store), "ann")
    ann.decide("accept", "40 randomized")
    start = TEXT.index("2 million cells by vein")
    ann.decide(
        "correct", "20,000,000 cells (per administration)",
        **{"v.low": "2000000", "v.high": "2,000,000", "v.unit": "cells", "place": f"abstract:{start}:{start + 15}"},
    )  # fmt: skip
    ann.decide("reject", "stroke", reason="not_this_trial", note="the disease of another one")
    ann.decide("unsure", "intravenous")
    ann.decide("not_reported", field="sex")
    ann.decide("note", "intravenous", note="by vein is not <b>said</b> of placebo")
    rash = TEXT.index("a rash")
    ann.decide(
        "add",
        field="adverse_event",
        place=f"abstract:{rash}:{rash + 6}",
        arm="",
        **{"v.term": "rash", "v.n": "2", "v.assertion": "present"},
    )
    assert [d.verdict for d in store.decisions()] == [
        "accept",
        "correct",
        "reject",
        "unsure",
        "not_reported",
        "note",
        "add",
    ]
    assert {(d.stage, d.mode, d.curator) for d in store.decisions()} == {("first", "verify", "ann")}
    assert (own(store, "dose")[0]["low"], own(store, "condition")) == (2_000_000, [])
    assert [v["term"] for v in own(store, "adverse_event")][-1] == "rash"
    added = store.record("stroke1").of("adverse_event")[-1]
    assert (added.evidence[0].quote, added.arm, added.method) == ("a rash", None, "curator:ann")
    page = ann.get("/report", id="stroke1")
    assert "by vein is not &lt;b&gt;said&lt;/b&gt;" in ann.get("/report", id="stroke1", claim=ann.claim("intravenous"))
    assert "4 of 12 decided" in page  # accepted, corrected, rejected, added; unsure is not decided


def test_conflicts_denials_and_pooled_answers_see_a_decision_at_once(lite: Store) -> None:
    from extractor.graph import Review, ask

    ann = Page(local(lite), "ann")
    rash = TEXT.index("a rash")
    given = {
        "v.term": "rash",
        "v.n": "50",
        "v.denominator": "40",
        "v.assertion": "present",
        "place": f"abstract:{rash}:{rash + 6}",
    }
    ann.decide("add", field="adverse_event", **given)
    assert [c.kind for c in lite.record("stroke1").conflicts] == ["counts_exceed_denominator"]
    assert "counts 50 with the event out of only 40" in unescape(ann.get("/report", id="stroke1"))
    before = len(ask(Review(lite), "event-risk", events=("headache",), route="").rows)
    ann.decide("reject", "headache (1 of 20) [placebo]", reason="wrong_value")
    ann.decide("reject", "headache (3 of 20) [cells]", reason="wrong_value")
    assert before > len(ask(Review(lite), "event-risk", events=("headache",), route="").rows)


def test_undo_has_no_end_and_redo_brings_back(lite: Store) -> None:
    ann = Page(local(lite), "ann")
    before = lite.record("stroke1").facts
    for words in ("40 randomized", "intravenous", "stroke"):
        ann.decide("accept", words)
    after = lite.record("stroke1").facts

    def press(name: str) -> None:
        page = ann.get("/report", id="stroke1", claim="none")
        form = page.partition(f'data-key="{name}"')[2]
        key = re.search(r'name="decision" value="(\d+)"', form)
        assert key is not None
        assert ann.send("/undo", decision=key.group(1)).status_code == 303

    for _ in range(3):
        press("z")
    assert lite.record("stroke1").facts == before
    press("Z")
    assert len(lite.decisions()) == 7 and sum(f.method == "curator:ann" for f in lite.record("stroke1").facts) == 1
    assert after != before


def test_a_form_twice_is_one_decision_and_a_stale_one_is_refused(lite: Store) -> None:
    ann, bob = Page(local(lite), "ann"), Page(local(lite), "bob")
    claim = ann.claim("intravenous")
    uid = "0f" * 16
    for _ in range(2):
        ann.decide("accept", claim=claim, uid=uid, seen_decision="0")
    assert len(lite.decisions()) == 1
    answer = bob.send("/decide", verdict="reject", claim=claim, reason="duplicate", seen_decision="0")
    assert answer.status_code == 409 and "ann said accept of this route" in unescape(answer.text)
    answer = bob.send("/decide", verdict="reject", claim=claim, reason="duplicate", seen_text="0" * 64)
    assert answer.status_code == 409 and "another text now" in answer.text
    assert len(lite.decisions()) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"verdict": "reject", "claim": "intravenous"}, "a rejection needs a reason"),
        ({"verdict": "correct", "claim": "intravenous"}, "is that already"),
        ({"verdict": "correct", "claim": "40 randomized", "v.n": "many"}, "legal"),
        (
            {"verdict": "correct", "claim": "40 randomized", "v.n": "41", "place": "abstract:5:99999"},
            "outside of abstract",
        ),
        (
            {"verdict": "correct", "claim": "40 randomized", "v.n": "41", "place": "nowhere:5:9"},
            "is no place of report",
        ),
        ({"verdict": "correct", "claim": "40 randomized", "v.n": "41", "quote": "no such words"}, "has these words"),
        ({"verdict": "add", "field": "deaths", "v.n": "1"}, "without words that say it"),
        ({"verdict": "add", "field": "colour", "v.n": "1", "quote": "One person died"}, "no field is called"),
        ({"verdict": "not_reported", "field": "participants"}, "reject it first"),
        ({"verdict": "note", "claim": "intravenous", "note": " "}, "a note is empty"),
    ],
)
def test_what_is_not_legal_is_said_and_nothing_is_saved(lite: Store, form: dict[str, str], said: str) -> None:
    ann = Page(local(lite), "ann")
    if "claim" in form:
        form = form | {"claim": ann.claim(form["claim"])}
    answer = ann.send("/decide", **form)
    assert answer.status_code == 422 and said in unescape(answer.text) and "Not saved" in answer.text
    assert lite.decisions() == []


def test_the_sweep_and_what_is_needed_to_finish(lite: Store) -> None:
    ann = Page(local(lite), "ann")
    page = unescape(ann.get("/report", id="stroke1", claim="none"))
    assert "Two people had a rash" in page.partition('id="sweep"')[2]
    refused = ann.send("/finish")
    assert refused.status_code == 409 and "claims not decided" in refused.text
    finish(ann)
    assert "This reading is finished" in ann.get("/report", id="stroke1")
    assert "this reading is finished" in ann.send("/decide", verdict="accept", claim="x").text
    assert ann.send("/reopen", reason="a second look").status_code == 303
    assert "This reading is finished" not in ann.get("/report", id="stroke1")
    assert [e.event for e in ReviewStore(lite).events("stroke1")][-2:] == ["finished", "reopened"]


def finish(page: Page, said: dict[str, dict[str, str]] | None = None) -> None:
    """Decide all that is left, sweep, and finish."""
    for _ in range(40):
        html = page.get("/report", id="stroke1")
        card = re.search(r'id="card" data-claim="([^"]+)"', html) or re.search(r'data-claim="(field:[^"]+)"', html)
        if card is None:
            break
        name = card.group(1)
        answer = (
            page.decide("not_reported", field=name.removeprefix("field:"))
            if name.startswith("field:")
            else page.decide("accept", claim=name)
        )
        assert answer.status_code == 303
    for place in re.findall(
        r'name="place" value="([^"]+)" class="tick"', page.get("/report", id="stroke1", claim="none")
    ):
        page.send("/sweep", place=unescape(place))
    answer = page.send("/finish")
    assert answer.status_code == 303, answer.text


# ---------------------------------------------------------------- two readers


SENTINEL = "zyxomycosis"


def hidden_values(store: Store) -> tuple[Page, Page, Page]:
    desk = team(store)
    ann, ben, cem = Page(desk, "ann"), Page(desk, "ben"), Page(desk, "cem", "adjudicator")
    assert ann.send("/begin").status_code == 303
    assert ben.send("/begin").status_code == 303
    return ann, ben, cem


def test_a_blind_reader_never_gets_the_others_values(lite: Store) -> None:
    """Values that no text holds, in the machine's facts and in the first reader's words, searched in all that ben is sent."""
    odd = [
        fact("adverse_event", event(SENTINEL, 987654, 9876543), "Headache"),
        fact("arm", {"name": f"{SENTINEL} arm", "n": 654321}, "Forty people"),
        fact("participants", {"n": 765432, "kind": "treated"}, "Forty people"),
        fact("route_site", {"name": "lumbar"}, "by vein", arm=f"{SENTINEL} arm"),
    ]
    record = stroke()
    lite.add(Record(record.document, (*record.facts, *odd), (), record.not_found), extractor="odd")
    ann, ben, _ = hidden_values(lite)
    ann.decide("note", "40 randomized", note=f"{SENTINEL} note")
    ann.decide("correct", "1", **{"v.n": "445566", "quote": "One person died"})
    for claim in ("none", "add:dose", "field:age", "field:dose", ann.claim("40 randomized"), ""):
        look_for_leaks(ben.http.get("/report", params={"id": "stroke1", "claim": claim}))
    for path in (
        "/",
        "/agreement",
        "/log",
        "/final",
        "/adjudicate?id=stroke1",
        "/final/1.jsonl",
        "/words?field=adverse_event&q=zyxo",
    ):
        look_for_leaks(ben.http.get(path))
    look_for_leaks(ben.send("/decide", verdict="accept", claim=ann.claim("40 randomized")))
    look_for_leaks(
        ben.send(
            "/decide",
            verdict="add",
            field="adverse_event",
            quote="Headache",
            **{"v.term": "headache", "v.assertion": "present"},
        )
    )
    look_for_leaks(ben.send("/undo", decision="1"))
    look_for_leaks(ben.send("/finish"))
    page = ben.get("/report", id="stroke1", claim="none")
    marks = set(re.findall(r"<mark[^>]*>(.*?)</mark>", page))
    assert marks <= {"stroke", "by vein", "Headache"}, "only what is not critical, and ben's own words, is marked"


def look_for_leaks(answer: httpx.Response) -> None:
    sent = unescape(answer.text) + str(answer.headers)
    for secret in (SENTINEL, "987654", "654321", "765432", "445566", "rule:arm/made", "rule:adverse_event/made"):
        assert secret not in sent, (secret, answer.request.url)


def test_two_readers_and_a_third(store: Store) -> None:
    """ben finds the rash and another dose; cem takes one answer each; agreement is from what each said alone."""
    ann, ben, cem = hidden_values(store)
    finish(ann)
    assert store.record("stroke1").conflicts == ()
    for field, words, form in BLIND:
        ben.decide("add", field=field, quote=words, **form)
    assert {c.kind for c in store.record("stroke1").conflicts} == {"second_reader_differs"}
    finish(ben)
    page = unescape(cem.get("/adjudicate", id="stroke1"))
    assert (
        "ann" not in re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.S).split()
        and "ben" not in page.split()
    )
    assert "2 of 2 differences are open" in page
    ids = re.findall(r'name="difference" value="([^"]+)"', page)
    by_field = {id.partition("-")[0]: id for id in ids}
    assert cem.send("/adjudicate", difference=by_field["dose"], choice="second").status_code == 303
    assert (
        cem.send("/adjudicate", difference=by_field["adverse_event"], choice="second", note="it is a harm").status_code
        == 303
    )
    assert "0 of 2 differences are open" in unescape(cem.get("/adjudicate", id="stroke1"))
    assert own(store, "dose")[0]["low"] == 2e6 and own(store, "adverse_event")[-1]["term"] == "rash"
    assert store.record("stroke1").conflicts == ()
    (found,) = [a for a in agreement([(store.record("stroke1"), store.decisions())]) if a.what == "adverse_event"]
    assert found.f1 == pytest.approx(2 * 4 / 9) and not found.seen
    (dose,) = [a for a in agreement([(store.record("stroke1"), store.decisions())]) if a.what == "dose"]
    assert (dose.f1, dose.percent, dose.kappa) == (0.0, 1.0, None)
    assert "0.89" in cem.get("/agreement")
    made = store.decisions("stroke1")[-1].key  # taken back, the difference is open again; brought back, it is settled
    for left in ("1 of 2", "0 of 2"):
        made = curation.undo(store, made, "cem")
        assert f"{left} differences are open" in unescape(cem.get("/adjudicate", id="stroke1"))


BLIND: list[tuple[str, str, dict[str, str]]] = [
    ("participants", "Forty people", {"v.n": "40", "v.kind": "enrolled"}),
    ("arm", "cells (n = 20)", {"v.name": "cells", "v.n": "20"}),
    ("arm", "placebo (n = 20)", {"v.name": "placebo", "v.n": "20"}),
    ("dose", "2 million cells", {"v.low": "2000000", "v.high": "2000000", "v.unit": "cells", "v.basis": "per administration"}),
    ("adverse_event", "Headache", {"v.term": "headache", "v.n": "3", "v.denominator": "20", "v.assertion": "present", "arm": "cells"}),
    ("adverse_event", "1 of 20", {"v.term": "headache", "v.n": "1", "v.denominator": "20", "v.assertion": "present", "arm": "placebo"}),
    ("adverse_event", "No infections", {"v.term": "infections", "v.assertion": "absent"}),
    ("adverse_event", "no serious adverse events", {"v.term": "adverse events", "v.assertion": "none_reported", "v.serious": "yes", "v.related": "yes"}),
    ("adverse_event", "a rash", {"v.term": "rash", "v.n": "2", "v.assertion": "present"}),
    ("deaths", "One person died", {"v.n": "1"}),
]  # fmt: skip


def test_nobody_is_both_readers_nor_adjudicates_an_own_report(lite: Store) -> None:
    ann, ben, cem = hidden_values(lite)
    eve = Page(ann.desk, "eve")
    assert ann.send("/begin").status_code == 303 and len(ReviewStore(lite).events("stroke1", "began")) == 2
    assert eve.send("/begin").status_code == 409
    assert "40 randomized" not in eve.get("/report", id="stroke1")
    assert "has no part" in eve.send("/decide", verdict="accept", claim=ann.claim("40 randomized")).text
    for page in (ann, ben, cem, eve):  # nobody has finished
        assert page.send("/adjudicate", difference="x", choice="first").status_code == 403
    assert cem.http.get("/adjudicate", params={"id": "stroke1"}).status_code == 403
    third = Page(local(lite, "adjudication"), "cem")
    assert "when both have finished" in third.get("/report", id="stroke1")
    assert third.http.get("/adjudicate", params={"id": "stroke1"}).status_code == 403
    alone = Page(local(lite, "second"), "ann")
    ann.decide("accept", "40 randomized")
    assert "third person" in alone.get("/report", id="stroke1") and lite.decisions()[-1].stage == "first"


def test_agreement_is_gwets_and_cohens() -> None:
    """The textbook trap: nine in ten accepted by both, and kappa below zero."""
    pairs = [("accept", "accept")] * 90 + [("accept", "reject")] * 5 + [("reject", "accept")] * 5
    assert (kappa(pairs), ac1(pairs, 2)) == (pytest.approx(-0.05263, abs=1e-4), pytest.approx(0.88950, abs=1e-4))
    even = [("a", "a")] * 45 + [("b", "b")] * 45 + [("a", "b")] * 5 + [("b", "a")] * 5
    assert (kappa(even), ac1(even, 2)) == (pytest.approx(0.8), pytest.approx(0.8))
    assert (kappa([("a", "a")]), kappa([]), ac1([], 2)) == (None, None, None)


def test_a_final_version_stays_as_it_was(store: Store) -> None:
    desk = team(store)
    ann, dora = Page(desk, "ann"), Page(desk, "dora", "admin")
    assert ann.send("/final").status_code == 403
    assert dora.send("/final", note="for the paper").status_code == 303
    first = dora.http.get("/final/1.jsonl").content
    assert [json.loads(line)["document"]["id"] for line in first.splitlines()] == ["stroke1"]
    ann.send("/begin")
    ann.decide("reject", "intravenous", reason="wrong_value")
    assert dora.send("/final").status_code == 303
    assert dora.http.get("/final/1.jsonl").content == first != dora.http.get("/final/2.jsonl").content
    assert dora.http.get("/final/3.jsonl").status_code == 404
    assert [(f.version, f.curator, f.counts["not decided"]) for f in ReviewStore(store).finals()] == [
        (1, "dora", 11),
        (2, "dora", 10),
    ]


# ---------------------------------------------------------------- attacks


def test_hosts_origins_and_methods(lite: Store) -> None:
    """Forged hosts, other sites, other ports, no origin; GET changes nothing anywhere."""
    ann = Page(local(lite), "ann")
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:9999", "localhost", "127.0.0.1:8765.evil.example", ""):
        assert ann.http.get("/", headers={"Host": host}).status_code == 421, host
    for host in HOSTS:
        assert ann.http.get("/", headers={"Host": host}).status_code == 200
    claim = ann.claim("intravenous")
    form = {"report": "stroke1", "check": ann.check, "verdict": "accept", "claim": claim}
    bad = [
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"}, {"Origin": "https://127.0.0.1:8765"},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"}, {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
    ]  # fmt: skip
    for headers in bad:
        assert ann.http.post("/decide", data=form, headers=headers).status_code == 403, headers
    bare = TestClient(guarded_app(ann.desk), base_url=BASE, cookies=dict(ann.http.cookies))
    assert bare.post("/decide", data=form).status_code == 403, "no origin at all"
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert ann.http.request(method, "/decide").status_code == 405
    for path in ("/decide", "/undo", "/sweep", "/finish", "/reopen", "/begin", "/logout"):
        assert ann.http.get(path, params=form).status_code == 405
    assert ann.http.post("/decide", data=form | {"check": "x"}).status_code == 403, "a form of another page"
    assert lite.decisions() == []


def test_every_answer_has_a_strict_policy_and_no_script_of_a_stranger(lite: Store) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)> 12 people \u202e javascript:alert(1)"
    document = Document("<b>x</b>", "jsonl", {"title": evil, "abstract": evil})
    start = evil.index("12 people")
    odd = fact("participants", {"n": 12, "kind": "treated"}, "12 people", text=evil, arm='"><script>x</script>')
    assert odd.evidence == (Evidence("abstract", "12 people", start, start + 9),)
    lite.add(Record(document, (odd,), (), ("age",)))
    ann = Page(local(lite), '"><script>ann</script>')
    for answer in (
        ann.http.get("/report", params={"id": "<b>x</b>"}), ann.http.get("/"), ann.http.get("/nowhere"), ann.http.get("/log"),
        ann.http.get("/report", params={"id": "none"}), ann.http.get("/", headers={"Host": "evil"}), ann.http.get("/report"),
    ):  # fmt: skip
        assert (
            "<script>alert" not in answer.text
            and "<img" not in answer.text
            and "<script>x" not in answer.text
            and "<script>ann" not in answer.text
        )
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
        assert " on" + "click" not in answer.text and 'style="' not in answer.text


def test_bodies_that_are_too_big_and_places_that_lead_out(lite: Store) -> None:
    ann = Page(local(lite), "ann")
    big = "x" * 300_000
    assert ann.send("/decide", verdict="note", claim="x", note=big).status_code == 413
    assert (
        ann.http.post(
            "/decide", content=(b"x" for _ in range(400_000)), headers={"Content-Type": "text/plain"}
        ).status_code
        == 413
    )
    for path in (
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/final/../review.db",
        "/final/..%2freview.db.jsonl",
        "/assets/review.js",
    ):
        answer = ann.http.get(path)
        assert answer.status_code in (404, 422) and "root:" not in answer.text
    for report in ("../stroke1", "stroke1\x00", "' OR 1=1 --", "x" * 300):
        assert ann.http.get("/report", params={"id": report}).status_code == 404
    assert lite.decisions() == []


def test_a_link_is_used_once_and_a_session_ends(lite: Store) -> None:
    desk = local(lite)
    token = desk.sessions.link("ann", "curator")
    http = TestClient(guarded_app(desk), base_url=BASE, headers={"Origin": BASE}, follow_redirects=False)
    assert http.get("/enter", params={"token": token}).status_code == 200
    assert http.get("/enter", params={"token": token}).status_code == 200, "a GET uses nothing up"
    first = http.post("/enter", data={"token": token})
    cookie = first.headers["set-cookie"]
    assert first.status_code == 303 and "HttpOnly" in cookie and "SameSite=strict" in cookie
    for replayed in (token, "x", "x" * 43):
        assert http.post("/enter", data={"token": replayed}).status_code == 403
    page = http.get("/", headers={"Accept": "text/html"})
    check = re.search(r'name="check" value="([^"]+)"', page.text)
    assert check and http.post("/logout", data={"check": check.group(1)}).status_code == 303
    http.cookies.set(desk.cookie, cookie.partition("=")[2].partition(";")[0])
    assert http.get("/", headers={"Accept": "text/html"}).status_code == 303, "what is logged out stays out"
    assert token not in "".join(str(e.detail) for e in ReviewStore(lite).events())


def test_old_links_and_old_sessions_are_refused() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    token, secret = sessions.link("ann", "curator"), sessions.open("ann", "curator")
    now[0] = 301.0
    assert sessions.use(token) is None and sessions.person(secret) is not None
    now[0] = 13 * 3600.0
    assert sessions.person(secret) is None


def test_passwords_are_guessed_a_few_times_only(lite: Store) -> None:
    desk = team(lite)
    http = TestClient(
        guarded_app(desk), base_url=BASE, headers={"Origin": BASE, "Accept": "text/html"}, follow_redirects=False
    )
    answers = [
        http.post("/login", data={"name": "ann", "password": f"guess {n}"}).status_code for n in range(TRIES + 2)
    ]
    assert answers == [403] * TRIES + [429] * 2
    assert http.post("/login", data={"name": "ann", "password": "correct horse battery"}).status_code == 429
    assert [e.event for e in ReviewStore(lite).events()] == ["log-in refused"] * (TRIES + 3)
    desk.guesses._wrong.clear()
    assert http.post("/login", data={"name": "nobody", "password": "correct horse battery"}).status_code == 403
    assert http.post("/login", data={"name": "ann", "password": "correct horse battery"}).status_code == 303
    assert http.get("/").status_code == 200
    ReviewStore(lite).put_account("ann", "none", "-", "dora")
    assert http.get("/").status_code == 303, "a closed account is out at once"


def test_other_peoples_decisions_and_records_by_id(lite: Store) -> None:
    ann, ben, _ = hidden_values(lite)
    ann.decide("accept", "40 randomized", uid="aa" * 16)
    (made,) = lite.decisions()
    refused = ben.send("/undo", decision=str(made.key))
    assert refused.status_code == 409 and "is none of ben" in unescape(refused.text)
    route = ben.claim("intravenous")
    stolen = ben.send("/decide", verdict="accept", claim=route, uid="aa" * 16)
    assert stolen.status_code == 409, "a uid of another's decision acknowledges nothing"
    eve = Page(ann.desk, "eve")
    for path in ("/final/1.jsonl", "/adjudicate?id=stroke1"):
        assert eve.http.get(path).status_code in (403, 404)
    assert "came in" not in eve.get("/log") and len(lite.decisions()) == 1


def test_critical_fields_are_fields() -> None:
    from extractor.declared import declared_fields

    assert set(CRITICAL) <= set(declared_fields())
