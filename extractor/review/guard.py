"""What no request gets past: its Host and Origin, the size of its body, and the headers of every answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from extractor.policy import policy_hashes

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
MOST_BODY = 256 * 1024
SAFE = frozenset({"GET", "HEAD"})


class Guard:
    """ASGI middleware in front of every route.

    Parameters
    ----------
    hosts : iterable of str
        What ``Host`` may be, with its port: other names lead here only by a rebound name server.
    origins : iterable of str
        Pages that may send forms here: our own.
    policy : str
        The Content-Security-Policy.
    """

    def __init__(self, app: App, *, hosts: Iterable[str], origins: Iterable[str], policy: str) -> None:
        self.app, self.hosts, self.origins = app, frozenset(hosts), frozenset(origins)
        self.headers = [
            (k.lower().encode(), v.encode()) for k, v in {**HEADERS, "Content-Security-Policy": policy}.items()
        ]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        refused = self.refused(scope["method"], _headers(scope))
        if refused:
            await self._refuse(send, *refused)
            return
        body, whole = await _body(receive)
        if not whole:
            await self._refuse(send, 413, f"a request holds at most {MOST_BODY:,} bytes")
            return
        await self.app(scope, _again(body, receive), self._with_headers(send))

    def refused(self, method: str, headers: dict[str, list[str]]) -> tuple[int, str] | None:
        """Status and reason where a request is not answered."""
        if headers.get("host", [])[:2] not in [[host] for host in self.hosts]:
            return 421, "this address is not served here"
        if method in SAFE:
            return None
        if method != "POST":
            return 405, "only GET and POST are answered"
        site, origin = headers.get("sec-fetch-site", []), headers.get("origin", [])
        if any(o not in self.origins for o in origin) or any(s not in ("same-origin", "none") for s in site):
            return 403, "a form of another page is not taken"
        if not origin and site != ["same-origin"]:
            return 403, "a form without its origin is not taken"
        length = headers.get("content-length", ["0"])[0]
        if not length.isdigit() or int(length) > MOST_BODY:
            return 413, f"a request holds at most {MOST_BODY:,} bytes"
        return None

    async def _refuse(self, send: Send, status: int, reason: str) -> None:
        body = json.dumps({"error": reason}).encode()
        headers = [*self.headers, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        return sending


HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY",
}  # fmt: skip


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """A Content-Security-Policy that lets nothing in but these very scripts and styles, by their hashes.

    >>> policy(["a"], [])[:70]
    "default-src 'none'; script-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5"
    """
    rules = {
        "default-src": "'none'", "script-src": policy_hashes(scripts), "style-src": policy_hashes(styles), "img-src": "'self'",
        "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _headers(scope: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


async def _body(receive: Receive) -> tuple[bytes, bool]:
    """The body of a request, and whether it is whole: one that is too long is not read to its end."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return b"", True
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MOST_BODY:
            return b"", False
        more = message.get("more_body", False)
    return b"".join(chunks), True


def _again(body: bytes, further: Receive) -> Receive:
    """What gives a body that was read already, and then what comes after it."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await further()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
