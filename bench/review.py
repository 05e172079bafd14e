"""The curators' page: how long a page and a decision take, and a scripted curator beside the command line.

Three measurements. *Size*: a full text of 60,000 characters with 500 facts, each decision and each page over HTTP, medians and the
95th percentile (goals: a decision under 100 ms, a page under 300 ms). *Reports*: a scripted curator decides every claim and every
silent field of ten reports with one key each, and says the same by `trialspan curate` (a sample, scaled up by the number of claims).
It measures what the programs take, not what reading takes. *Torture* (``--torture SECONDS``): simulated curators decide at once, the
server is killed (SIGKILL) in the middle and started again, a backup is restored; every acknowledged decision must be there once.

    python bench/review.py [--reports FOLDER] [--torture 120 --curators 3] [--store postgresql://...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from extractor.model import Document, Evidence, Fact, Record
from extractor.store import Store, chain
from extractor.store import backup as backups
from extractor.store.review import ReviewStore

FACTS, CHARACTERS, ROUNDS = 500, 60_000, 40
DECISION_S, PAGE_S = 0.1, 0.3
PASSWORD = "correct horse battery"
ROOT = Path(__file__).resolve().parents[1]
SAMPLED = 5  # decisions by the command line that are timed


def large(wanted: int = FACTS, characters: int = CHARACTERS) -> Record:
    """A report of so many facts and characters, two facts in a sentence."""
    sentence = "In group {0} headache was seen in {1} of 50 people, and fever in {2} of 50, after the cells were given by vein. "
    text = ""
    facts: list[Fact] = []
    silent: dict[str, Any] = dict.fromkeys(("term_id", "percent", "grade", "severity", "serious", "related"))
    number = 0
    while len(facts) < wanted or len(text) < characters:
        said = sentence.format(number, number % 50, (number * 7) % 50)
        start = len(text)
        text += (
            said + "The visit was as planned, and nothing else was noted by the people who looked after them at home. "
        )
        for term, n in (("headache", number % 50), ("fever", (number * 7) % 50)) if len(facts) < wanted else ():
            at = start + said.index(term)
            value = silent | {"term": term, "n": n, "denominator": 50, "denominator_unit": "participants"}
            value["assertion"] = "present" if n else "absent"
            facts.append(
                Fact(
                    "adverse_event",
                    value,
                    (Evidence("results", term, at, at + len(term)),),
                    "rule:adverse_event/x",
                    0.8,
                    arm=f"group {number}",
                )
            )
        number += 1
    return Record(
        Document("large", "jsonl", {"title": "A long report", "abstract": "Short.", "results": text}), tuple(facts)
    )


class Server:
    """The server as a process of its own, as a user starts it."""

    def __init__(self, store: str, *, accounts: bool) -> None:
        self.store, self.accounts = store, accounts
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[str] | None = None
        self.base = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, __file__, "--serve", self.store, "--port", str(self.port)] + (
            ["--team"] if self.accounts else []
        )
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.link = self.process.stdout.readline().strip()

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def client(self, name: str | None = None) -> httpx.Client:
        """Somebody who came in, by the link or by a password."""
        found = httpx.Client(base_url=self.base, headers={"Origin": self.base, "Accept": "text/html"}, timeout=60)
        if name is None:
            answer = found.post("/enter", data={"token": self.link.partition("token=")[2]})
        else:
            answer = found.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.status_code
        return found


def serve(store: str, port: int, team: bool) -> None:
    """What the process of :class:`Server` runs: the very server, on a port that is known."""
    import uvicorn

    from extractor.review.app import guarded_app
    from extractor.review.serve import Where, desk

    with Store.open(store) as opened:
        at = desk(opened, Where(), port)
        at.local = None if team else "first"
        print(f"http://127.0.0.1:{port}/enter?token={at.sessions.link('ann', 'curator')}", flush=True)
        uvicorn.run(guarded_app(at), host="127.0.0.1", port=port, log_level="error", access_log=False)


def until_up(base: str) -> None:
    for _ in range(600):
        try:
            httpx.get(base + "/login", timeout=1)
            return
        except httpx.HTTPError:
            time.sleep(0.05)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def decide(http: httpx.Client, report: str, page: str) -> tuple[float, str, httpx.Response] | None:
    """Accept what is in view, or say that it is not reported; seconds, the uid and the answer."""
    claim = re.search(r'id="card"[^>]*data-claim="([^"]+)"', page) or re.search(r'data-claim="(field:[^"]+)"', page)
    if claim is None:
        return None
    uid = uuid.uuid4().hex
    form = {
        "report": report,
        "check": hidden(page, "check"),
        "uid": uid,
        "seen_text": hidden(page, "seen_text"),
        "next": hidden(page, "next"),
    }
    form["seen_decision"] = hidden(page, "seen_decision") or "0"
    name = claim.group(1)
    form |= (
        {"verdict": "not_reported", "field": name[6:]}
        if name.startswith("field:")
        else {"verdict": "accept", "claim": name}
    )
    start = time.perf_counter()
    answer = http.post("/decide", data=form)
    return time.perf_counter() - start, uid, answer


def sizes(folder: Path) -> dict[str, Any]:
    """Pages and decisions of the large report."""
    path = str(folder / "large.db")
    with Store.open(path) as store:
        store.add(large())
    server = Server(path, accounts=False)
    until_up(server.base)
    try:
        pages, decisions = [], []
        with closing(server.client()) as http:
            for _ in range(ROUNDS):
                start = time.perf_counter()
                page = http.get("/report", params={"id": "large"}).text
                pages.append(time.perf_counter() - start)
                made = decide(http, "large", page)
                assert made is not None and made[2].status_code == 303, made
                decisions.append(made[0])
        return {"page": spread(pages), "decision": spread(decisions), "page_kib": len(page) // 1024}
    finally:
        server.kill()


def spread(times: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(1000 * statistics.median(times), 1),
        "p95_ms": round(1000 * sorted(times)[int(0.95 * len(times))], 1),
    }


def scripted(folder: Path, reports: Path) -> dict[str, Any]:
    """Ten reports checked through by keys, and the same decisions by the command line."""
    path = str(folder / "ten.db")
    files = sorted(reports.glob("*.json"))
    subprocess.run(
        [sys.executable, "-m", "extractor", "extract", *map(str, files), "--store", path],
        check=True,
        capture_output=True,
    )
    server = Server(path, accounts=False)
    until_up(server.base)
    try:
        with Store.open(path) as store:
            ids = [v.id for v in store.documents()][:10]
        count, start = 0, time.perf_counter()
        with closing(server.client()) as http:
            for report in ids:
                page = http.get("/report", params={"id": report}).text
                while made := decide(http, report, page):
                    assert made[2].status_code == 303, made[2].text
                    page = http.get(made[2].headers["location"]).text
                    count += 1
        page_s = time.perf_counter() - start
    finally:
        server.kill()
    return {"reports": len(ids), "decisions": count, "page_s": round(page_s, 1), **command_line(path, ids[0], count)}


def command_line(path: str, report: str, count: int) -> dict[str, Any]:
    """The same number of decisions by `curate`, from a sample; and what is typed."""
    times, typed = [], []
    for number in range(SAMPLED):
        words = ["curate", "confirm", report, str(number), "--by", "bob", "--store", path]
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "extractor", *words], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
        typed.append(len(" ".join(["trialspan", *words[:4], "--by", "bob"])) + 1)
    each = statistics.median(times)
    return {
        "command_line_s": round(each * count, 1),
        "command_s": round(each, 2),
        "keys_page": 1,
        "keys_command_line": round(statistics.mean(typed)),
    }


# ---------------------------------------------------------------- torture


class Curator(threading.Thread):
    """Decides at random and writes down what was acknowledged, before it goes on."""

    def __init__(self, number: int, server: Server, reports: list[str], until: float) -> None:
        super().__init__(daemon=True)
        self.number, self.server, self.reports, self.until = number, server, reports, until
        self.acknowledged: list[str] = []
        self.sent: set[str] = set()
        self.refused = self.again = 0
        self.random = random.Random(number)

    def run(self) -> None:
        http = None
        while time.monotonic() < self.until:
            try:
                http = http or self.server.client(f"c{self.number}")
                self.once(http)
            except (httpx.HTTPError, AssertionError):
                http = None
                time.sleep(0.2)

    def once(self, http: httpx.Client) -> None:
        report = self.random.choice(self.reports)
        page = http.get("/report", params={"id": report}).text
        claims = re.findall(r'data-row="([0-9a-f-]{12,})"', page)
        if "Begin to read" in page:
            http.post("/begin", data={"report": report, "check": hidden(page, "check")})
            return
        uid = uuid.uuid4().hex
        verdict = self.random.choice(["accept", "unsure", "reject", "note"])
        form = {
            "report": report, "check": hidden(page, "check"), "uid": uid, "claim": self.random.choice(claims or [""]), "verdict": verdict,
            "reason": "wrong_value", "note": "a note", "seen_decision": hidden(page, "seen_decision") or "0",
        }  # fmt: skip
        if not claims:  # a second reader, who answers without the values
            form |= {"claim": "", "field": self.random.choice(["deaths", "dose", "arm"]), "verdict": "not_reported"}
        self.sent.add(uid)
        for _ in range(2):  # now and then the answer is lost, and the same form goes again
            answer = http.post("/decide", data=form)
            if answer.status_code == 303:
                self.acknowledged.append(uid)
            else:
                self.refused += 1
            if self.random.random() > 0.1:
                break
            self.again += 1


def torture(store_name: str, curators: int, seconds: float, enough: int = 0) -> dict[str, Any]:
    """Curators at once; the server is killed twice; what the clients' logs hold is what the store holds.

    It ends after so many seconds, or when `enough` decisions were acknowledged: a slow machine then decides as many.
    """
    from extractor.review.people import hashed

    with Store.open(store_name) as store:
        for number in range(10):
            record = large(30, 3_000)
            document = Document(f"r{number}", "jsonl", record.document.parts | {"title": f"Report {number}"})
            store.add(Record(document, record.facts))
        secret = hashed(PASSWORD)
        for number in range(curators):
            ReviewStore(store).put_account(f"c{number}", "curator", secret, "bench")
    server = Server(store_name, accounts=True)
    until_up(server.base)
    until = time.monotonic() + seconds
    people = [Curator(n, server, [f"r{n % 10}"], until) for n in range(curators)]
    for one in people:
        one.start()
    begun = time.monotonic()
    for part in (1, 2):
        while time.monotonic() < begun + seconds * part / 3:
            if enough and sum(len(one.acknowledged) for one in people) >= enough * part / 3:
                break
            time.sleep(0.05)
        server.kill()
        server.start()
        until_up(server.base)
        print(f"killed and started again, {part} of 2", flush=True)
    while enough and time.monotonic() < until and sum(len(one.acknowledged) for one in people) < enough:
        time.sleep(0.05)
    for one in people:
        one.until = time.monotonic() if enough else until
    for one in people:
        one.join(seconds + 120)
    server.kill()
    return checked(store_name, people)


def checked(store_name: str, people: list[Curator]) -> dict[str, Any]:
    """The clients' logs held against the store, and against a backup that was restored."""
    acknowledged = [uid for one in people for uid in one.acknowledged]
    with Store.open(store_name) as store, tempfile.TemporaryDirectory() as folder:
        uids = [d.uid for d in store.decisions()]
        with store.reading() as conn:
            broken = len(list(chain.breaks(conn)))
        with Store.open(Path(folder) / "backup.db") as copy:
            backups.copy(store, copy)
        with Store.open(Path(folder) / "backup.db") as restored:
            again = [d.uid for d in restored.decisions()]
            same = list(restored.records()) == list(store.records())
    held, sent = set(uids), {uid for one in people for uid in one.sent}
    return {
        "acknowledged": len(set(acknowledged)), "stored": len(uids), "lost": len(set(acknowledged) - held),
        "doubled": len(uids) - len(held), "of nobody": len(held - sent), "sent again": sum(one.again for one in people),
        "refused": sum(one.refused for one in people), "backup lost": len(held - set(again)), "backup reads the same": same, "chain breaks": broken,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, default=ROOT / "corpora" / "als_msc")
    parser.add_argument("--torture", type=float, default=0.0, help="seconds")
    parser.add_argument("--enough", type=int, default=0, help="acknowledged decisions after which the torture ends")
    parser.add_argument("--curators", type=int, default=3)
    parser.add_argument("--store", default="", help="an empty store for the torture")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--team", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port, given.team)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.torture:
            found: dict[str, Any] = torture(
                given.store or str(folder / "torture.db"), given.curators, given.torture, given.enough
            )
        else:
            found = {"large": sizes(folder), "scripted": scripted(folder, given.reports)}
            page, decision = (found["large"][k]["p95_ms"] for k in ("page", "decision"))
            goals = (("a decision", decision, DECISION_S), ("a page", page, PAGE_S))
            for what, ms, goal in goals:
                print(
                    f"{what}: 95 % within {ms} ms, goal {1000 * goal:.0f} ms: {'met' if ms <= 1000 * goal else 'missed'}"
                )
    print(json.dumps(found, indent=1))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if found.get("lost") or found.get("doubled"):
        raise SystemExit(1)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
