"""Europe PMC: search by cursor (the last page repeats the cursor that was sent), core records, open full text."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.errors import FetchError
from extractor.fetch import Found, Hosts, Page, as_json, refused
from extractor.http import Client, NoAnswerYetError

PAGE_SIZE = 1000


def check(body: bytes) -> None:
    """Errors come as 200: ``errCode``, or nothing but a version where a parameter was rejected."""
    data = as_json(body)
    if data.get("errCode") or data.get("errMsg"):
        raise refused("Europe PMC", data.get("errMsg") or data["errCode"])
    if "resultList" not in data:
        raise FetchError(
            "Europe PMC: an answer without results means that a parameter was rejected; correct the query and ask again"
        )


def search(client: Client, hosts: Hosts, query: str) -> tuple[Found, list[Page]]:
    """Core records of `query`: what was found, and the pages themselves."""
    cursor, pages, seen = "*", [], set[str]()
    found = Found(0, [])
    while cursor not in seen:
        seen.add(cursor)
        params = {"query": query, "format": "json", "resultType": "core", "pageSize": PAGE_SIZE, "cursorMark": cursor}
        answer = client.get(f"{hosts.europepmc}/search", params, check=check)
        data = as_json(answer.body)
        results = data["resultList"].get("result", [])
        found.count = max(found.count, int(data.get("hitCount", 0)))
        found.ids += [f"{r.get('source')}:{r.get('id')}" for r in results]
        if results:
            pages.append(Page(answer.body, "europepmc-json", answer.sha256))
        if len(set(found.ids)) >= found.count or not data.get("nextCursorMark"):
            break
        cursor = data["nextCursorMark"]
    found.ids = list(dict.fromkeys(found.ids))
    return found, pages


def check_xml(body: bytes) -> None:
    if not body.lstrip().startswith(b"<") or b"<html" in body[:300].lower() or not body.rstrip().endswith(b">"):
        raise NoAnswerYetError("the full text is not whole XML")


def full_texts(client: Client, hosts: Hosts, pmcids: list[str]) -> Iterator[Page]:
    """Open full texts as JATS, one a page."""
    for pmcid in pmcids:
        answer = client.get(f"{hosts.europepmc}/{pmcid}/fullTextXML", {}, check=check_xml)
        yield Page(answer.body, "jats", answer.sha256)


def open_pmcids(pages: list[Page]) -> list[str]:
    """PMC ids of the open-access articles among the results."""
    results = (r for page in pages for r in as_json(page.body)["resultList"].get("result", []))
    return list(dict.fromkeys(r["pmcid"] for r in results if r.get("pmcid") and r.get("isOpenAccess") == "Y"))
