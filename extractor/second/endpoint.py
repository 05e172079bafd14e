"""Any OpenAI-compatible endpoint: one text a request, answers kept raw so that a run replays offline, faults counted.

Local by default: another host must be named in the settings. Nothing but the text asked about and the prompt leaves.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from extractor.errors import FetchError, SettingsError
from extractor.redaction import keep_secret, redacted

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT_S = (10.0, 300.0)  # to connect, and for an answer: models are slow
MOST_TRIES = 5
LONGEST_WAIT_S = 120.0
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
LARGEST_ANSWER = 16 * 2**20


@dataclass(slots=True)
class Costs:
    """What a run cost, and what went wrong in it."""

    asked: int = 0
    replayed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    faults: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Kept:
    """A raw answer: the text of the model, with what asked for it."""

    text: str
    model: str
    prompt: str  # digest
    answered_at: str
    usage: dict[str, int]


def checked_host(endpoint: str, named: str) -> str | None:
    """The host that texts leave for; None where they stay on this machine.

    Raises
    ------
    SettingsError
        If it is another machine, and the settings do not name it.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise SettingsError(f"--endpoint {endpoint}: an address such as http://127.0.0.1:11434/v1 is needed")
    if host in LOCAL:
        return None
    if host not in [h.strip() for h in named.split(",")]:
        raise SettingsError(
            f'--endpoint {endpoint}: texts would leave this machine for {host}; to allow it, name it in trialspan.toml: second_hosts = "{host}"'
        )
    return host


class Endpoint:
    """A model behind an endpoint, with the folder of its raw answers."""

    def __init__(
        self,
        url: str,
        model: str,
        folder: Path,
        *,
        key: str = "",
        offline: bool = False,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url, self.model, self.folder, self.offline = url.rstrip("/"), model, folder, offline
        self.costs = Costs()
        self._key, self._wait = key, wait
        keep_secret(key)

    def ask(self, prompt: str) -> Kept | None:
        """The answer to a prompt, kept or asked for; None where there is none (counted).

        Raises
        ------
        FetchError
            If the endpoint cannot be reached at all, or does not know the model.
        """
        digest = hashlib.sha256(prompt.encode()).hexdigest()
        name = hashlib.sha256(f"{self.model} {digest}".encode()).hexdigest()[:32]
        path = self.folder / f"{name}.json"
        if path.is_file():
            self.costs.replayed += 1
            return Kept(**json.loads(path.read_text(encoding="utf-8")))
        if self.offline:
            self.costs.faults["no kept answer"] += 1
            return None
        data = self._post(prompt)
        if data is None:
            return None
        kept = self._kept(data, digest)
        if kept is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = path.with_suffix(".part")
            temporary.write_text(json.dumps(vars_of(kept), ensure_ascii=False, indent=1), encoding="utf-8")
            temporary.replace(path)
        return kept

    def _kept(self, data: Any, digest: str) -> Kept | None:
        try:
            text = data["choices"][0]["message"]["content"] or ""
        except (KeyError, IndexError, TypeError):
            self.costs.faults["no answer in the reply"] += 1
            return None
        usage = {k: int(v) for k, v in (data.get("usage") or {}).items() if isinstance(v, int)}
        self.costs.tokens_in += usage.get("prompt_tokens", 0)
        self.costs.tokens_out += usage.get("completion_tokens", 0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Kept(str(text), self.model, digest, now, usage)

    def _post(self, prompt: str) -> Any:
        body = {"model": self.model, "temperature": 0, "messages": [{"role": "user", "content": prompt}]}
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        for attempt in range(MOST_TRIES):
            self.costs.asked += 1
            try:
                reply = requests.post(
                    f"{self.url}/chat/completions", json=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False
                )
            except requests.Timeout:
                self.costs.faults["timeout"] += 1
                continue
            except requests.RequestException as error:
                raise FetchError(f"{self.url} does not answer: {redacted(str(error))}") from error
            if reply.status_code in RETRIED:
                self.costs.faults[f"HTTP {reply.status_code}"] += 1
                self._wait(_pause(reply, attempt))
                continue
            if not reply.ok:
                raise FetchError(f"{self.url} answers HTTP {reply.status_code}: {redacted(reply.text[:200])}")
            try:
                return reply.json() if len(reply.content) <= LARGEST_ANSWER else None
            except ValueError:
                self.costs.faults["reply that is no JSON"] += 1
        self.costs.faults["given up"] += 1
        return None


def _pause(reply: requests.Response, attempt: int) -> float:
    asked = reply.headers.get("Retry-After", "")
    seconds = float(asked) if asked.replace(".", "", 1).isdigit() else 2.0**attempt
    return min(LONGEST_WAIT_S, seconds)


def vars_of(kept: Kept) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in Kept.__slots__}
