"""ClinicalTrials.gov, version 2: search by page token, look-up by NCT ids.

A page may be empty and not be the last; a token dies when the registry is refreshed, and the search starts again; an empty
``filter.ids`` would give the whole registry and is never sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.errors import FetchError
from extractor.fetch import Found, Hosts, Page, as_json, chunks, refused
from extractor.http import Client, NoAnswerYetError

PAGE_SIZE = 1000
IDS = 100  # ids a request, so that the address stays short
RESTARTS = 3  # times that a search starts again because its token died


class TokenDiedError(FetchError):
    """The page token is no longer known; the search must start again."""


def check(body: bytes) -> None:
    """Errors are plain text with a 400; HTML pages happen."""
    start = body.lstrip()[:300]
    if start.startswith(b"{"):
        if "studies" not in as_json(body):
            raise NoAnswerYetError("the answer holds no studies")
        return
    if start.startswith(b"<"):
        raise NoAnswerYetError("the service answered with HTML")
    words = start.decode("utf-8", "replace")
    if "token" in words.lower():
        raise TokenDiedError(f"ClinicalTrials.gov: {words}")
    raise refused("ClinicalTrials.gov", words)


def search(client: Client, hosts: Hosts, query: str) -> tuple[Found, list[Page]]:
    """Records of `query`; starts again where the token dies on the way."""
    for _ in range(RESTARTS):
        try:
            return _pages(client, hosts, {"query.term": query})
        except TokenDiedError:
            client.restart()
    raise FetchError(f"ClinicalTrials.gov: the page token died {RESTARTS} times; try again after the daily refresh")


def fetch(client: Client, hosts: Hosts, ncts: Sequence[str]) -> Iterator[Page]:
    """Records of `ncts`; ids that the registry does not know are simply not in the answer."""
    for batch in chunks(ncts, IDS):
        yield from _pages(client, hosts, {"filter.ids": ",".join(batch)})[1]


def _pages(client: Client, hosts: Hosts, query: dict[str, str]) -> tuple[Found, list[Page]]:
    found, pages = Found(0, []), []
    token, seen = "", set[str]()
    while token not in seen:
        seen.add(token)
        params = query | {"pageSize": str(PAGE_SIZE), "countTotal": "true"} | ({"pageToken": token} if token else {})
        answer = client.get(f"{hosts.clinicaltrials}/studies", params, check=check)
        data = as_json(answer.body)
        found.count = max(found.count, int(data.get("totalCount", 0)))
        found.ids += [nct(s) for s in data["studies"]]
        if data["studies"]:
            pages.append(Page(answer.body, "clinicaltrials", answer.sha256))
        token = data.get("nextPageToken", "")
        if not token:
            break
    found.ids = list(dict.fromkeys(found.ids))
    found.count = found.count or len(found.ids)
    return found, pages


def nct(study: dict[str, dict[str, dict[str, str]]]) -> str:
    return study["protocolSection"]["identificationModule"]["nctId"]
