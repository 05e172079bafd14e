"""A service that misbehaves: sends on, repeats the key, never ends, asks for absurd waits. Loopback only."""

from __future__ import annotations

import json
import logging
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from extractor import http
from extractor.errors import FetchError
from extractor.http import Client, RawStore, retry_after
from extractor.redaction import RedactingFormatter

KEY, MAIL = "K3Y-of-ours/1", "me@example.org"
Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Odd(ThreadingHTTPServer):
    """Answers every request as `behave` says, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[str] = []
        self.behave: Behaviour = lambda handler: answer(handler, 200, b"{}")
        self.address = f"http://127.0.0.1:{self.server_port}"


class Asked(BaseHTTPRequestHandler):
    server: Odd

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append(f"{self.command} {self.path} {body}")
        self.server.behave(self)

    do_GET = do_POST  # noqa: N815


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    try:
        handler.wfile.write(body)
    except OSError:
        handler.close_connection = True


def always(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    return lambda handler: answer(handler, status, body, **headers)


@pytest.fixture
def odd() -> Iterator[Callable[[], Odd]]:
    servers: list[Odd] = []

    def start() -> Odd:
        servers.append(Odd())
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def asking(odd: Callable[[], Odd], tmp_path: Path, slept: list[float]) -> tuple[Client, Odd]:
    server = odd()
    host = server.address.removeprefix("http://")
    time = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    made = Client(
        RawStore(tmp_path / "raw"),
        rates={host: 1e6},
        identity={"api_key": KEY, "email": MAIL, "tool": "t"},
        clock=lambda: time[0],
        sleep=sleep,
    )
    made.begin("q")
    return made, server


def ask(client: Client, server: Odd, method: str = "get") -> bytes:
    return getattr(client, method)(f"{server.address}/x", {"db": "p"}, check=lambda _: None, identify=True).body  # type: ignore[no-any-return]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_redirect_leaves_the_host(
    asking: tuple[Client, Odd], odd: Callable[[], Odd], status: int, method: str
) -> None:
    client, server = asking
    other = odd()
    server.behave = always(status, Location=f"{other.address}/landed?api_key={KEY}")
    with pytest.raises(FetchError, match="another host") as caught:
        ask(client, server, method)
    assert other.asked == []
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//example.org/x"])
def test_no_redirect_to_another_kind_of_place(asking: tuple[Client, Odd], place: str) -> None:
    client, server = asking
    server.behave = always(302, Location=place)
    with pytest.raises(FetchError, match="another host"):
        ask(client, server)


def test_a_redirect_of_the_same_host_is_followed_and_a_circle_ends(asking: tuple[Client, Odd]) -> None:
    client, server = asking
    server.behave = lambda handler: (
        answer(handler, 200, b"there")
        if handler.path.startswith("/y")
        else answer(handler, 302, b"", Location="/y?db=p")
    )
    assert ask(client, server) == b"there"
    client.begin("circle")
    server.behave = always(302, Location="/x")
    with pytest.raises(FetchError, match="circle"):
        ask(client, server)


@pytest.mark.parametrize(
    "body", [f"key {KEY} is not known", f"you are {MAIL}", f"api_key%3D{quote(KEY, safe='')}", json.dumps({"api-key": KEY})]
)  # fmt: skip
def test_an_error_that_repeats_the_key_is_shown_without_it(asking: tuple[Client, Odd], body: str) -> None:
    client, server = asking
    server.behave = always(400, body.encode())
    with pytest.raises(FetchError) as caught:
        ask(client, server)
    assert KEY not in str(caught.value) and MAIL not in str(caught.value)


def test_an_answer_that_repeats_the_key_is_kept_without_it(asking: tuple[Client, Odd]) -> None:
    client, server = asking
    server.behave = always(200, f'{{"key": "{KEY}", "author": "{MAIL}"}}'.encode())
    assert ask(client, server) == f'{{"key": "***", "author": "{MAIL}"}}'.encode()


def test_the_log_of_every_library_is_without_the_key(
    asking: tuple[Client, Odd], caplog: pytest.LogCaptureFixture
) -> None:
    client, server = asking
    caplog.set_level(logging.DEBUG)
    ask(client, server)
    lines = [RedactingFormatter("%(name)s %(message)s").format(record) for record in caplog.records]
    assert any("urllib3" in line for line in lines)
    assert not [line for line in lines if KEY in line or MAIL in line or "K3Y" in line]


@pytest.mark.parametrize("asked", ["99999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_wait_is_given_up_at_once(asking: tuple[Client, Odd], slept: list[float], asked: str) -> None:
    client, server = asking
    server.behave = always(429, Retry_After=asked)
    with pytest.raises(FetchError, match="asks to wait"):
        ask(client, server)
    assert len(server.asked) == 1 and sum(slept) < 1


@pytest.mark.parametrize("asked", ["0", "-5", "Mon, 01 Jan 0001 00:00:00 GMT", "Mon, 01 Jan 2001 00:00:00 GMT", "soon"])
def test_a_wait_of_nothing_still_backs_off(asking: tuple[Client, Odd], slept: list[float], asked: str) -> None:
    client, server = asking
    server.behave = always(429, Retry_After=asked)
    with pytest.raises(FetchError, match="gave up after"):
        ask(client, server)
    assert sum(slept) > 30


def test_odd_digits_are_no_number() -> None:
    assert retry_after("²") is None
    assert retry_after("٣") is None
    assert retry_after("1e9") is None


def test_a_packed_answer_without_end_is_given_up(asking: tuple[Client, Odd], monkeypatch: pytest.MonkeyPatch) -> None:
    client, server = asking
    monkeypatch.setattr(http, "LARGEST_ANSWER", 2_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b"a" * 50_000_000) + packer.flush()
    server.behave = always(200, bomb, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than"):
        ask(client, server)
    server.behave = always(200, b"x" * 3_000_000)
    with pytest.raises(FetchError, match="larger than"):
        ask(client, server)
