"""One polite client for all services: rate, retry, identity, raw answers kept, nothing secret written.

*Raw answers* are kept content-addressed beside the request that got them, in generations: a *search* that was cut off goes on
with the answers it already has; once it is finished, the next one asks afresh. Offline, only kept answers are used.

Not here: what a service's answers mean (:mod:`extractor.fetch`), and parsing (:mod:`extractor.sources`).
"""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import json
import logging
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from extractor.errors import FetchError
from extractor.redaction import keep_secret, redacted

log = logging.getLogger(__name__)

SECRET = ("api_key", "email", "tool")  # never part of a request's name, never written down
MOST_TRIES = 8
TIMEOUT_S = (10.0, 60.0)  # to connect, and between two bytes
LONGEST_ANSWER_S = 300.0  # a slow drip is given up after this
# no name is found, or no way there: to wait and try again would not help
NO_NETWORK = re.compile(
    r"Name or service not known|Temporary failure in name resolution|nodename nor servname|getaddrinfo failed|Failed to resolve"
    r"|Network is unreachable|No route to host|Unable to connect to proxy", re.I,
)  # fmt: skip
LONGEST_WAIT_S = 60.0  # between two tries, by our own choice
LONGEST_ASKED_S = 300.0  # a service that asks for a longer wait is believed, and the search given up
LARGEST_ANSWER = 256 * 2**20  # bytes, unpacked; a whole page of full texts stays far below
MOST_REDIRECTS = 5
MARGIN = 1.02  # a little more than the limit's spacing, so that no window of a second holds one request too many
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_SECONDS = re.compile(r"[0-9]+", re.ASCII)


class NoAnswerYetError(Exception):
    """The answer is no answer yet; ask again (``after`` seconds, where the service says so)."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


Check = Callable[[bytes], None]  # raises NoAnswerYetError, or FetchError for good


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``params`` go into the query of a GET and the form of a POST."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Content address of the request, without what identifies the user."""
        open_params = sorted((k, v) for k, v in self.params if k not in SECRET)
        path = urlsplit(self.url)
        text = json.dumps([self.method, path.netloc, path.path, open_params], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def shown(self) -> dict[str, Any]:
        return {"method": self.method, "url": self.url, "params": [p for p in self.params if p[0] not in SECRET]}


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes of an answer, where they came from, and when."""

    body: bytes
    sha256: str
    fetched_at: str
    kept: bool  # read from the raw store, not from the network


class RawStore:
    """Raw answers in a folder: ``bodies/ab/<sha256>.gz`` and, for each search, ``searches/<name>/<n>/<request>.json``.

    Every write goes to a temporary name and is renamed, so that a killed process leaves no half of an answer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def generation(self, search: str, *, new: bool) -> Path:
        """Folder of the search's current generation; `new` begins another once the last one is finished."""
        home = self.folder / "searches" / hashlib.sha256(search.encode()).hexdigest()[:24]
        numbers = sorted(int(p.name) for p in home.glob("[0-9]*")) if home.is_dir() else []
        number = numbers[-1] if numbers else 1
        if new and numbers and (home / str(number) / "done").exists():
            number += 1
        return home / str(number)

    def begin(self, search: str, *, new: bool) -> Path:
        place = self.generation(search, new=new)
        place.mkdir(parents=True, exist_ok=True)
        self._write(place / "search.txt", search.encode())
        if not (place / "begun").is_file():
            self._write(place / "begun", date.today().isoformat().encode())
        return place

    def finish(self, place: Path) -> None:
        """Say that the search has all its answers."""
        self._write(place / "done", b"")

    def get(self, place: Path, request: Request) -> Answer | None:
        entry = place / f"{request.name}.json"
        if not entry.is_file():
            return None
        data = json.loads(entry.read_text(encoding="utf-8"))
        body = self._body(data["sha256"])
        if body.is_file():
            content = gzip.decompress(body.read_bytes())
            if hashlib.sha256(content).hexdigest() == data["sha256"]:
                return Answer(content, data["sha256"], data["fetched_at"], True)
        return None

    def put(self, place: Path, request: Request, body: bytes, fetched_at: str) -> Answer:
        digest = hashlib.sha256(body).hexdigest()
        path = self._body(digest)
        if not path.is_file():
            self._write(path, gzip.compress(body, mtime=0))
        data = {"request": request.shown(), "sha256": digest, "bytes": len(body), "fetched_at": fetched_at}
        self._write(place / f"{request.name}.json", json.dumps(data, ensure_ascii=False, indent=1).encode())
        return Answer(body, digest, fetched_at, False)

    def _body(self, digest: str) -> Path:
        return self.folder / "bodies" / digest[:2] / f"{digest}.gz"

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
            temporary.write_bytes(content)
            temporary.replace(path)
        except OSError as error:
            raise FetchError(
                f"{path}: cannot keep the raw answer: {error.strerror}; free some space or set another cache folder"
            ) from error


@dataclass(slots=True)
class Bucket:
    """Spaces requests to one host: never more than ``rate`` a second, measured between starts."""

    rate: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> None:
        with self._lock:
            now = self.clock()
            if self._next > now:
                self.sleep(self._next - now)
            self._next = max(self._next, self.clock()) + MARGIN / self.rate

    def pause(self, seconds: float) -> None:
        """Nobody asks this host before `seconds` have passed."""
        with self._lock:
            self._next = max(self._next, self.clock() + seconds)


class Client:
    """Asks services, politely.

    Parameters
    ----------
    raw : RawStore
        Where answers are kept.
    rates : mapping of str to float
        Requests a second for each host; other hosts get 1.
    identity : mapping of str to str
        ``tool``, ``email``, ``api_key``: added to requests that ask for them.
    offline : bool
        Use kept answers only.
    """

    def __init__(
        self,
        raw: RawStore,
        *,
        rates: Mapping[str, float] | None = None,
        identity: Mapping[str, str] | None = None,
        offline: bool = False,
        session: requests.Session | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.raw, self.offline = raw, offline
        self._rates, self._identity = dict(rates or {}), {k: v for k, v in (identity or {}).items() if v}
        keep_secret(*(v for k, v in self._identity.items() if k != "tool"))
        self._session = session or requests.Session()
        self._session.headers["User-Agent"] = "trialspan (literature and trial extraction)"
        self._clock, self._sleep = clock, sleep
        self._buckets: dict[str, Bucket] = {}
        self._jitter = random.Random(0)
        self._place: Path | None = None
        self.asked = self.answered = 0  # requests that went over the network, and those that something answered

    def begin(self, search: str) -> None:
        """Start, or go on with, a search; its answers are kept together."""
        self._place = self.raw.begin(search, new=not self.offline)

    @property
    def begun(self) -> date:
        """The day on which the current search began; a search that goes on later still has this day."""
        if self._place is None:
            raise FetchError("no search was begun; call begin() first")
        return date.fromisoformat((self._place / "begun").read_text(encoding="ascii"))

    def finish(self) -> None:
        """The search has all its answers; the next one of this name asks afresh."""
        if self._place is not None and not self.offline:
            self.raw.finish(self._place)

    def restart(self) -> None:
        """Give up the answers of this search so far and ask all again (they stay on disk)."""
        if self._place is not None and not self.offline:
            search = (self._place / "search.txt").read_text(encoding="utf-8")
            self.raw.finish(self._place)
            self.begin(search)

    def get(self, url: str, params: Mapping[str, Any], *, check: Check, identify: bool = False) -> Answer:
        return self._answer("GET", url, params, check, identify)

    def post(self, url: str, params: Mapping[str, Any], *, check: Check, identify: bool = False) -> Answer:
        """As :meth:`get`, with the parameters in a form: for long lists of ids."""
        return self._answer("POST", url, params, check, identify)

    def _answer(self, method: str, url: str, params: Mapping[str, Any], check: Check, identify: bool) -> Answer:
        if self._place is None:
            raise FetchError("no search was begun; call begin() first")
        request = Request(method, url, tuple((k, str(v)) for k, v in params.items()))
        kept = self.raw.get(self._place, request)
        if kept is not None:
            return kept
        if self.offline:
            raise FetchError(f"offline, and no answer is kept for {redacted(url)}; run the same search once online")
        body = self._ask(request, check, identify)
        return self.raw.put(self._place, request, body, email.utils.format_datetime(email.utils.localtime()))

    def _ask(self, request: Request, check: Check, identify: bool) -> bytes:
        bucket = self._bucket(urlsplit(request.url).netloc)
        trouble = ""
        for attempt in range(MOST_TRIES):
            bucket.take()
            try:
                return self._once(request, check, identify)
            except NoAnswerYetError as error:
                trouble = redacted(str(error))
                wait = max(error.after or 0.0, self._backoff(attempt))
                if wait > LONGEST_ASKED_S:
                    raise FetchError(
                        f"{redacted(request.url)}: {trouble}; the service asks to wait {_waiting(wait)}; run the same command then to go on"
                    ) from error
                log.info("%s: %s; again in %.1f s", redacted(request.url), trouble, wait)
                bucket.pause(wait)
        raise FetchError(
            f"{redacted(request.url)}: gave up after {MOST_TRIES} tries: {trouble}; run the same command later to go on"
        )

    def _backoff(self, attempt: int) -> float:
        return min(LONGEST_WAIT_S, 0.5 * float(2**attempt)) * (0.75 + self._jitter.random() / 2)

    def _once(self, request: Request, check: Check, identify: bool) -> bytes:
        self.asked += 1
        params = dict(request.params) | (self._identity if identify else {})
        asked, form = (params, None) if request.method == "GET" else (None, params)
        try:
            with self._sent(request.method, request.url, asked, form) as response:
                body = self._without_key(self._body(response))
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            if not self.answered and (why := NO_NETWORK.search(str(error))):
                raise FetchError(
                    f"{urlsplit(request.url).netloc}: there is no network here ({why[0].lower()}); run the same command where"
                    " there is, or with --offline from the answers that are kept"
                ) from error
            raise NoAnswerYetError(f"no whole answer: {type(error).__name__}") from error
        except requests.RequestException as error:
            raise FetchError(f"{redacted(request.url)}: {redacted(str(error))}") from error
        self.answered += 1
        if response.status_code in RETRIED:
            raise NoAnswerYetError(f"HTTP {response.status_code}", retry_after(response.headers.get("Retry-After")))
        if response.status_code >= 400:
            check(body)
            start = redacted(body[:200].decode("utf-8", "replace")).strip()
            raise FetchError(f"{redacted(request.url)}: HTTP {response.status_code}: {start or 'no reason given'}")
        check(body)
        return body

    def _sent(
        self, method: str, url: str, asked: Mapping[str, str] | None, form: Mapping[str, str] | None
    ) -> requests.Response:
        """The answer, along redirects of the same host alone: key and address go to no other."""
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            response = self._session.request(
                method, here, params=asked, data=form, timeout=TIMEOUT_S, stream=True, allow_redirects=False
            )
            if not response.is_redirect:
                return response
            response.close()
            here = urljoin(here, response.headers["Location"])
            if not _same_host(url, here):
                raise FetchError(
                    f"{redacted(url)}: sends on to another host ({urlsplit(here).netloc or urlsplit(here).scheme}), which is not followed; check the address in the settings"
                )
            if response.status_code not in (307, 308):
                method, form = "GET", None
            asked = None  # the new address says what is asked
        raise FetchError(f"{redacted(url)}: sends on in a circle; try again later")

    def _without_key(self, body: bytes) -> bytes:
        """An answer that repeats the key is kept without it."""
        key = self._identity.get("api_key")
        return body.replace(key.encode(), b"***") if key else body

    def _body(self, response: requests.Response) -> bytes:
        """All bytes of an answer; one that is cut short, or drips too slowly, is no answer."""
        until = self._clock() + LONGEST_ANSWER_S
        chunks, size = [], 0
        for chunk in response.iter_content(1 << 16):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise FetchError(
                    f"{redacted(response.url)}: the answer is larger than {LARGEST_ANSWER >> 20} MB and was given up; ask for less at once"
                )
            if self._clock() > until:
                raise NoAnswerYetError(f"the answer drips: not whole after {LONGEST_ANSWER_S:.0f} s")
        body = b"".join(chunks)
        length = response.headers.get("Content-Length")
        if length and length.isdigit() and not response.headers.get("Content-Encoding") and len(body) < int(length):
            raise NoAnswerYetError(f"the answer was cut: {len(body)} of {length} bytes")
        return body

    def _bucket(self, host: str) -> Bucket:
        if host not in self._buckets:
            self._buckets[host] = Bucket(self._rates.get(host, 1.0), self._clock, self._sleep)
        return self._buckets[host]


def _same_host(first: str, second: str) -> bool:
    """Whether two addresses are of one host; from http to https is no change, the other way round is."""
    a, b = urlsplit(first), urlsplit(second)
    upgraded = (a.scheme, b.scheme) == ("http", "https") and a.hostname == b.hostname
    return (a.scheme, a.netloc) == (b.scheme, b.netloc) or upgraded


def _waiting(seconds: float) -> str:
    if seconds == float("inf"):
        return "without end"
    return f"{seconds / 3600:.1f} hours" if seconds >= 7200 else f"{seconds / 60:.0f} minutes"


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks to wait, as a number or a date; None where it says neither.

    A time that is past is no wait; the caller's own pause stands then.
    """
    if not value:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return float(value.strip()[:12])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
