"""The second reader: claims kept beside ours, answers of a model (recorded, with faults), agreement, the merged record."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import FetchError, SettingsError
from extractor.model import Document, Evidence, Fact, Record, check_evidence
from extractor.second.agree import AGREED, claims, table
from extractor.second.answers import facts_in
from extractor.second.endpoint import Endpoint, checked_host
from extractor.second.merge import confidence, fit, measured, merged
from extractor.second.read import prompt_of, read_all
from extractor.store import Store
from extractor.store.readers import ReaderStore

TEXT = "Twelve patients with stroke received intravenous cells. Fever occurred in 3 patients. No deaths occurred."
FACTS = [
    {"field": "participants", "value": {"n": 12, "kind": "treated"}, "quote": "Twelve patients", "arm": None},
    {"field": "adverse_event", "value": {"term": "fever", "n": 3, "assertion": "present"}, "quote": "Fever occurred in 3 patients", "arm": None},
    {"field": "adverse_event", "value": {"term": "rash", "n": 2, "assertion": "present"}, "quote": "Rash in two", "arm": None},
]  # fmt: skip


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(w) for w in words])
    return result.exit_code, result.output


@pytest.fixture
def review(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    store = tmp_path / "review.db"
    code, out = run("extract", tmp_path / "a.txt", "--store", store, "--format", "jsonl")
    assert code == 0, out
    return store


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps({"document": {"id": "a"}, "facts": FACTS}), encoding="utf-8")
    return path


def test_import_keeps_facts_apart_and_refuses_what_stands_nowhere(review: Path, answers: Path) -> None:
    with Store.open(review) as store:
        before = store.record("a").to_dict()
    code, out = run("second", "import", answers, "--as", "model", "--store", review)
    assert code == 1 and "3 claims, 1 refused" in out and "its quote stands nowhere" in out
    with Store.open(review) as store:
        assert store.record("a").to_dict() == before
        (reading,) = ReaderStore(store).readings("model")
        assert [f.method for f in reading.facts] == ["reader:model", "reader:model"]
        check_evidence(reading.document, reading.facts)
        assert ReaderStore(store).names() == ["model"]
    assert "1 unchanged" in run("second", "import", answers, "--as", "model", "--store", review)[1]


def test_readings_on_both_databases(store_url: str) -> None:
    document = Document("a", "text", {"abstract": TEXT})
    fact = Fact(
        "participants", {"n": 12, "kind": "treated"}, (Evidence("abstract", "Twelve patients", 0, 15),), "reader:x"
    )
    with Store.open(store_url) as store:
        store.add(Record(document))
        readers = ReaderStore(store)
        assert readers.put("a", "x", [fact]) == "added"
        assert readers.put("a", "x", [fact]) == "unchanged"
        assert readers.put("a", "x", []) == "updated"
        assert [len(r.facts) for r in readers.readings("x")] == [0]
        assert store.record("a").facts == ()


def test_agree_and_merged_record(review: Path, answers: Path, tmp_path: Path) -> None:
    run("second", "import", answers, "--as", "model", "--store", review)
    code, out = run("agree", "--store", review, "--format", "json")
    data = json.loads(out)
    both = {row["field"]: row["both"] for row in data["fields"]}
    assert code == 0 and both["participants"] == 1 and both["adverse_event"] == 1
    assert all(c["fact"]["evidence"] for c in data["alone"])
    path = tmp_path / "merged.jsonl"
    assert run("agree", "--store", review, "--merged", "jsonl", "-o", path)[0] == 0
    record = json.loads(path.read_text(encoding="utf-8"))
    agreed = [f for f in record["facts"] if AGREED in f["flags"]]
    assert {f["field"] for f in agreed} == {"participants", "adverse_event"} and all(f["primary"] for f in agreed)
    assert run("agree", "--store", review, "--reader", "nobody")[0] == 2


def fact(field: str, value: dict[str, Any], *flags: str, method: str = "rule:x/y") -> Fact:
    return Fact(field, value, (Evidence("abstract", "Twelve", 0, 6),), method, flags=flags)


def test_states_of_claims() -> None:
    ours = [fact("participants", {"n": 12, "kind": "treated"}), fact("route", {"name": "intravenous"})]
    theirs = [
        fact("participants", {"n": 12, "kind": "enrolled"}, "follows"),
        fact("route", {"name": "intrathecal"}, "contradicts"),
        fact("phase", {"name": "2"}, "follows"),
    ]
    found = claims("a", ours, theirs)
    assert [(c.who, c.state) for c in found] == [
        ("ours", "agreed"), ("ours", "single/other"), ("theirs", "agreed"), ("theirs", "open/other"), ("theirs", "follows/alone"),
    ]  # fmt: skip
    assert [(a.field, a.both, a.ours, a.theirs) for a in table(found)] == [
        ("participants", 1, 0, 0),
        ("phase", 0, 0, 1),
        ("route", 0, 1, 1),
    ]


def test_merging_drops_nothing_and_counts_by_measured_shares() -> None:
    document = Document("a", "text", {"abstract": TEXT})
    record = Record(document, (fact("route", {"name": "intravenous"}),))
    theirs = [fact("route", {"name": "intrathecal"}, "contradicts"), fact("phase", {"name": "2"}, "follows")]
    shares = {"ours:single/other": 0.9, "theirs:open/other": 0.2, "theirs:follows/alone": 0.8}
    got = {f.value["name"]: (f.primary, f.confidence, f.flags[-1]) for f in merged(record, theirs, shares).facts}
    assert got == {
        "intravenous": (True, 0.9, "single"),
        "intrathecal": (False, 0.2, "open"),
        "2": (True, 0.8, "single"),
    }


def test_shares_are_drawn_towards_the_kind() -> None:
    (claim,) = claims("a", [fact("route", {"name": "intravenous"})], [])
    shares = fit([(claim, True), (claim, True), (claim, False)])
    assert shares["route:ours:single/alone"] == pytest.approx((2 + 2 * shares["ours:single/alone"]) / 5, abs=1e-3)
    assert 0.5 < confidence(claim, measured()) <= 1


# ---------------------------------------------------------------- answers of a model


@pytest.mark.parametrize(
    ("text", "state", "count"),
    [
        ('{"facts": [{"field": "phase"}]}', "whole", 1),
        ('Here it is:\n```json\n{"facts": [{"field": "phase"}]}\n```\nAnything else?', "whole", 1),
        ('[{"field": "phase"}]', "whole", 1),
        ('{"facts": [{"field": "phase"}, {"field": "ro', "cut", 1),
        ('```json\n{"facts": [{"fie', "refused", 0),
        ("I cannot help with that.", "refused", 0),
        ('{"facts": "none"}', "refused", 0),
        ("", "refused", 0),
    ],
)
def test_answers(text: str, state: str, count: int) -> None:
    found, facts = facts_in(text)
    assert (found, len(facts)) == (state, count)


def reply(text: str) -> tuple[int, dict[str, str], bytes]:
    body = {"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 100, "completion_tokens": 20}}
    return 200, {}, json.dumps(body).encode()


@contextmanager
def server(replies: list[tuple[int, dict[str, str], bytes]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A local endpoint that gives these replies one by one, and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, headers, body = replies.pop(0)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_address[1]}/v1", asked
    finally:
        httpd.shutdown()
        httpd.server_close()


def test_a_model_reads_and_the_run_replays_offline(review: Path) -> None:
    answer = "```json\n" + json.dumps({"facts": FACTS}) + "\n```"
    with server([(429, {"Retry-After": "0"}, b"slow down"), reply(answer)]) as (url, asked):
        words = ("second", "read", "--model", "tiny", "--store", review, "--endpoint", url)
        code, out = run(*words)
        assert code == 0 and "1 answers whole" in out and "3 claims, 1 refused" in out
        assert "asked 2 times" in out and "100 in, 20 out" in out and "1 HTTP 429" in out
        assert len(asked) == 2 and TEXT in asked[-1]["messages"][0]["content"]
    code, out = run(*words, "--offline")
    assert code == 0 and "asked 0 times, 1 answers replayed" in out and "1 unchanged" in out


def test_faults_are_counted(tmp_path: Path) -> None:
    documents = [Document(str(n), "text", {"abstract": f"{n} patients"}) for n in range(4)]
    replies = [
        reply("I cannot."),
        reply('{"facts": [{"field": "phase", "value": {"name": "2"}, "quote": "x"}, {'),
        (200, {}, b"<html>"),
        (200, {}, b"{}"),
        (503, {}, b""),
        reply("[]"),
    ]
    with server(replies) as (url, _):
        waited: list[float] = []
        endpoint = Endpoint(url, "tiny", tmp_path, wait=waited.append)
        states = [a.state for a in read_all(documents, endpoint, prompt_of(None))]
    assert states == ["refused", "cut", "none", "whole"]
    assert endpoint.costs.faults == {
        "refused": 1,
        "reply that is no JSON": 1,
        "no answer in the reply": 1,
        "HTTP 503": 1,
    }
    assert waited == [1.0]
    assert len(list(tmp_path.glob("*.json"))) == 3  # what failed is asked again


def test_an_endpoint_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="does not answer"):
        Endpoint("http://127.0.0.1:9/v1", "tiny", tmp_path).ask("x")
    with server([(404, {}, b"no such model")]) as (url, _), pytest.raises(FetchError, match="404: no such model"):
        Endpoint(url, "tiny", tmp_path).ask("x")


def test_texts_stay_here_unless_the_settings_name_the_host() -> None:
    assert checked_host("http://localhost:11434/v1", "") is None
    assert checked_host("https://api.example.com/v1", "api.example.com") == "api.example.com"
    with pytest.raises(SettingsError, match="second_hosts"):
        checked_host("https://api.example.com/v1", "other.example.com")
    with pytest.raises(SettingsError):
        checked_host("api.example.com", "")


def test_prompts_are_files(tmp_path: Path) -> None:
    own = tmp_path / "prompt.txt"
    own.write_text("Read {text}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\{fields\}"):
        prompt_of(own)
    own.write_text("Read {text}, list {fields}", encoding="utf-8")
    assert prompt_of(own).startswith("Read")


def test_recorded_answers_scored_verified_and_merged(shared: Path) -> None:
    """Two readers of 94 documents: the merged record, by cross-fitting, is at least as good as was asked."""
    from training.second_reader import both, cross_fitted

    found = list(both(shared / "gold", shared / "second_reader" / "answers.jsonl", "als,other,rct"))
    both_read, alone = cross_fitted(found)
    assert both_read.documents == 94 and both_read.bad_evidence == 0
    assert both_read.macro_f1 is not None and both_read.macro_f1 >= 0.965
    theirs = alone["theirs"].macro_f1
    assert theirs is not None and both_read.macro_f1 > theirs
    assert alone["theirs"].bad_evidence == 0
