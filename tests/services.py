"""A local server that behaves like the services: PubMed's E-utilities, Europe PMC, ClinicalTrials.gov, faults included.

Run as a program it prints its address and serves until it is killed: ``python -m tests.services --hits 25000 --faults 0.05``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MOST = 9_999
FIRST_PMID = 30_000_001
FIRST_DAY = date(2015, 1, 1)


@dataclass
class World:
    """What the services hold, and how badly they behave today."""

    hits: int = 50
    one_day: bool = False  # all records were entered on one day
    faults: float = 0.0  # share of requests that fail in some way
    seed: int = 1
    unknown: frozenset[str] = frozenset()  # PMIDs that efetch drops in silence
    dead_tokens: int = 0  # how many times ClinicalTrials.gov forgets its page token
    studies: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    page_size: int = 1000  # what a page is clamped to
    starts: list[float] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def entered(self, pmid: int) -> date:
        return FIRST_DAY if self.one_day else FIRST_DAY + timedelta(days=(pmid - FIRST_PMID) % 3000)

    def pmids(self) -> range:
        return range(FIRST_PMID, FIRST_PMID + self.hits)

    def fault(self) -> str | None:
        with self.lock:
            if self.random.random() >= self.faults:
                return None
            return self.random.choice(["429", "429 later", "500", "200 error", "html", "cut", "lbsm", "half"])


def article(pmid: int) -> str:
    """One PubMed record in the shape of efetch."""
    n = 10 + pmid % 50
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
        f'<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><PubDate><Year>2019</Year></PubDate></JournalIssue>'
        f"<Title>Journal of made-up trials</Title></Journal><ArticleTitle>Made-up trial {pmid} of cells</ArticleTitle>"
        f"<Abstract><AbstractText>{n} patients received 2 × 10<sup>6</sup> cells/kg. No adverse events occurred.</AbstractText></Abstract>"
        f'<Language>eng</Language><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>'
        f'</Article></MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
    )


def article_set(pmids: list[str], world: World) -> str:
    known = [p for p in pmids if p.isdecimal() and int(p) in world.pmids() and p not in world.unknown]
    head = '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n'
    return head + "<PubmedArticleSet>" + "".join(article(int(p)) for p in known) + "</PubmedArticleSet>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Services

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.answer(parse_qs(urlsplit(self.path).query, keep_blank_values=True))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.answer(parse_qs(body, keep_blank_values=True))

    def answer(self, params: dict[str, list[str]]) -> None:
        world = self.server.world
        with world.lock:
            world.starts.append(time.monotonic())
            world.queries.append(self.path)
        one = {k: v[0] for k, v in params.items()}
        fault = world.fault()
        path = urlsplit(self.path).path
        if fault and self.misbehave(fault, one):
            return
        if path.endswith("esearch.fcgi"):
            self.send(json.dumps({"header": {}, "esearchresult": esearch(world, one)}))
        elif path.endswith("efetch.fcgi"):
            self.efetch(world, one)
        elif path.endswith("/search"):
            self.send(json.dumps(europepmc(world, one)))
        elif path.endswith("/studies"):
            self.studies(world, one)
        else:
            self.send("not here", status=404, kind="text/plain")

    def efetch(self, world: World, one: dict[str, str]) -> None:
        ids = [i for i in one.get("id", "").split(",") if i]
        if not any(i.isdecimal() for i in ids):
            self.send(
                "<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>",
                status=400,
                kind="text/xml",
            )
            return
        self.send(article_set(ids, world), kind="text/xml")

    def studies(self, world: World, one: dict[str, str]) -> None:
        token = one.get("pageToken", "")
        if token and world.dead_tokens > 0:
            world.dead_tokens -= 1
            self.send("`pageToken` is not valid", status=400, kind="text/plain")
            return
        if "filter.ids" in one:
            wanted = set(re.split(r"[,|]", one["filter.ids"]))
            found = [s for s in world.studies if s["protocolSection"]["identificationModule"]["nctId"] in wanted]
        else:
            found = world.studies
        size = min(int(one.get("pageSize", 10)), world.page_size)
        start = int(token or 0)
        page: dict[str, Any] = {"studies": found[start : start + size]}
        if not token:
            page["totalCount"] = len(found)
        if start + size < len(found):
            page["nextPageToken"] = str(start + size)
        self.send(json.dumps(page))

    def misbehave(self, fault: str, one: dict[str, str]) -> bool:
        """Send a faulty answer; false where this fault does not exist for the request."""
        limit = '{"error":"API rate limit exceeded","api-key":"127.0.0.1","count":"4","limit":"3"}'
        if fault == "429":
            self.send(limit, status=429)
        elif fault == "429 later":
            self.send(limit, status=429, headers={"Retry-After": "0"})
        elif fault == "500":
            self.send("<html><body>Internal error</body></html>", status=500, kind="text/html")
        elif fault == "200 error":
            self.send(limit)
        elif fault == "lbsm":
            self.send('{"error":"/lbsm/eutils_lb -> Neg","status":"ok"}')
        elif fault == "html":
            self.send("<!DOCTYPE html><html><body>Please wait</body></html>", kind="text/html")
        elif fault == "cut":
            self.send('{"header": {}', cut=500)
            self.close_connection = True
        else:
            self.send('<?xml version="1.0" ?><PubmedArticleSet><PubmedArticle><Medline', kind="text/xml")
        return True

    def send(
        self,
        text: str,
        *,
        status: int = 200,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
        cut: int = 0,
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + cut))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def esearch(world: World, one: dict[str, str]) -> dict[str, Any]:
    """Counts all, gives at most 9,999, in silence."""
    start, size = int(one.get("retstart", 0)), min(int(one.get("retmax", 20)), MOST)
    if start > MOST - 1:
        return {"ERROR": "Search Backend failed: Exception: 'retstart' cannot be larger than 9998."}
    found = matching(world, one)
    ids = found[start : min(start + size, MOST)]
    result: dict[str, Any] = {
        "count": str(len(found)),
        "retmax": str(len(ids)),
        "retstart": str(start),
        "idlist": [str(p) for p in ids],
    }
    if "unheardof" in one.get("term", ""):
        result["errorlist"] = {"phrasesnotfound": ["unheardof"], "fieldsnotfound": []}
    return result


def matching(world: World, one: dict[str, str]) -> list[int]:
    found: list[int] = list(world.pmids())
    exact = re.search(r"\"?(10\.\S+?)\"?\[(?:doi|aid)\]", one.get("term", ""), re.I)
    if exact:
        return found[:1]
    if one.get("mindate"):
        low, high = (date(*map(int, one[k].split("/"))) for k in ("mindate", "maxdate"))
        found = [p for p in found if low <= world.entered(p) <= high]
    for part in re.finditer(r"(\d+):(\d+)\[UID\]", one.get("term", "")):
        found = [p for p in found if int(part[1]) <= p <= int(part[2])]
    return found


def europepmc(world: World, one: dict[str, str]) -> dict[str, Any]:
    if "sort" in one:
        return {"version": "6.9"}
    if one["query"] == "((":
        return {"version": "6.9", "errCode": "400", "errMsg": "Query syntax error"}
    start = 0 if one["cursorMark"] == "*" else int(one["cursorMark"].removeprefix("AoE"))
    size = min(int(one.get("pageSize", 25)), world.page_size)
    results = world.articles[start : start + size]
    cursor = f"AoE{start + len(results)}" if results else one["cursorMark"]
    return {
        "version": "6.9",
        "hitCount": len(world.articles),
        "nextCursorMark": cursor,
        "request": {},
        "resultList": {"result": results},
    }


def study(number: int) -> dict[str, Any]:
    """One ClinicalTrials.gov record, as small as they come."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": f"Made-up trial {escape(str(number))}"},
            "statusModule": {"overallStatus": "COMPLETED"},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "enrollmentInfo": {"count": 10 + number % 50, "type": "ACTUAL"},
            },
        }
    }


class Services(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.world = world

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def most_in_a_second(starts: list[float]) -> int:
    """The largest number of requests that began within any one second."""
    times, most, first = sorted(starts), 0, 0
    for last, now in enumerate(times):
        while times[first] <= now - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=50)
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    server = Services(World(hits=args.hits, faults=args.faults, seed=args.seed))
    print(server.address, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
