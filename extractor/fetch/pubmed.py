"""PubMed and PMC through NCBI's E-utilities.

``esearch`` gives at most 9,999 records for one query, in silence; a larger result is split by the date of entry, a day that
is still too large by PMID, and the parts are reconciled with the unsplit count. ``efetch`` drops ids it does not know, so
what was asked is compared with what came back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from extractor.errors import FetchError
from extractor.fetch import Found, Hosts, Page, as_json, chunks, once, refused
from extractor.http import Client, NoAnswerYetError

MOST = 9_999  # records that one PubMed query gives, whatever retmax says
BATCH = 200  # ids a request; more go badly even with POST
FIRST_DAY = date(1781, 1, 1)  # nothing in PubMed is older
LAST_PMID = 99_999_999
# both ends of the answers' own words for "too many requests" and "a backend is away"
_PASSING = re.compile(r"rate limit|eutils_lb|backend|temporar|unavailable|timed? ?out|overload", re.I)


def check_json(body: bytes) -> None:
    """An error inside a 200: the rate limit and a lost backend pass, the rest is final."""
    data = as_json(body)
    trouble = data.get("error") or data.get("esearchresult", {}).get("ERROR")
    if trouble:
        raise NoAnswerYetError(str(trouble)) if _PASSING.search(str(trouble)) else refused("PubMed", trouble)
    if "esearchresult" not in data:
        raise NoAnswerYetError("the answer holds no esearchresult")


def check_xml(body: bytes) -> None:
    """A whole article set; JSON, HTML, a cut document or an <ERROR> is none."""
    start, end = body[:2000].lstrip(), body.rstrip()[-200:]
    if start.startswith(b"{") or b"<html" in start[:200].lower():
        raise NoAnswerYetError("XML was asked, and something else came (often the rate limit)")
    error = re.search(rb"<ERROR>(.*?)</ERROR>", start, re.S)
    if error:
        words = error.group(1).decode("utf-8", "replace")
        raise NoAnswerYetError(words) if _PASSING.search(words) else refused("PubMed", words)
    if not re.search(
        rb"(</PubmedArticleSet>|<PubmedArticleSet\s*/>|</PubmedBookArticleSet>|</pmc-articleset>|<pmc-articleset\s*/>)\s*$",
        end,
    ):
        raise NoAnswerYetError("the XML is cut")


def search(client: Client, hosts: Hosts, query: str, *, today: date) -> Found:
    """All PMIDs of `query`, however many.

    Parameters
    ----------
    today : date
        Upper end of the dates by which a large result is split; a little later than it, for records dated ahead.
    """
    whole = _esearch(client, hosts, query)
    count = int(whole["count"])
    found = Found(count, list(whole["idlist"]), _warnings(whole))
    if count > MOST or len(found.ids) < count:
        found.ids = once([*found.ids, *_by_date(client, hosts, query, FIRST_DAY, today + timedelta(days=730))])
    found.ids = once(found.ids)
    return found


def _esearch(client: Client, hosts: Hosts, query: str, **more: str) -> Any:
    params = {"db": "pubmed", "term": query, "retmode": "json", "retmax": str(MOST)} | more
    send = client.post if len(query) > 1500 else client.get
    return as_json(send(f"{hosts.eutils}/esearch.fcgi", params, check=check_json, identify=True).body)["esearchresult"]


def _by_date(client: Client, hosts: Hosts, query: str, first: date, last: date) -> Iterator[str]:
    """PMIDs entered from `first` to `last`, both included; halves the range until a part is small enough."""
    dates = {"datetype": "edat", "mindate": f"{first:%Y/%m/%d}", "maxdate": f"{last:%Y/%m/%d}"}
    part = _esearch(client, hosts, query, **dates)
    if int(part["count"]) <= len(part["idlist"]):
        yield from part["idlist"]
    elif first == last:
        yield from _by_pmid(client, hosts, query, dates, 1, LAST_PMID)
    else:
        middle = first + (last - first) // 2
        yield from _by_date(client, hosts, query, first, middle)
        yield from _by_date(client, hosts, query, middle + timedelta(days=1), last)


def _by_pmid(client: Client, hosts: Hosts, query: str, dates: dict[str, str], low: int, high: int) -> Iterator[str]:
    part = _esearch(client, hosts, f"({query}) AND {low}:{high}[UID]", **dates)
    if int(part["count"]) <= len(part["idlist"]):
        yield from part["idlist"]
    elif low == high:
        raise FetchError(
            f"PubMed counts {part['count']} records for the one PMID {low}; the service is not itself, try later"
        )
    else:
        middle = (low + high) // 2
        yield from _by_pmid(client, hosts, query, dates, low, middle)
        yield from _by_pmid(client, hosts, query, dates, middle + 1, high)


def _warnings(result: Any) -> list[str]:
    """What the service did not understand: a phrase that was not found is searched as something else."""
    lists = {**result.get("errorlist", {}), **result.get("warninglist", {})}
    return [f"{name}: {', '.join(map(str, words))}" for name, words in sorted(lists.items()) if words]


def fetch(client: Client, hosts: Hosts, pmids: Sequence[str]) -> Iterator[Page]:
    """PubMed records of `pmids`, by POST, a batch a page."""
    for batch in chunks(pmids, BATCH):
        params = {"db": "pubmed", "id": ",".join(batch), "retmode": "xml"}
        answer = client.post(f"{hosts.eutils}/efetch.fcgi", params, check=check_xml, identify=True)
        yield Page(answer.body, "pubmed-xml", answer.sha256)


def fetch_pmc(client: Client, hosts: Hosts, pmcids: Sequence[str]) -> Iterator[Page]:
    """Full texts (JATS) of `pmcids`; a restricted article comes with its front matter only."""
    for batch in chunks(pmcids, 10):
        params = {"db": "pmc", "id": ",".join(p.removeprefix("PMC") for p in batch), "retmode": "xml"}
        answer = client.post(f"{hosts.eutils}/efetch.fcgi", params, check=check_xml, identify=True)
        yield Page(answer.body, "jats", answer.sha256)
