"""Who is there: a one-time link on this machine, or accounts with Argon2 and a limit on guessing; a session is a cookie."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from extractor.errors import StoreError
from extractor.store.review import Account

LINK_S = 300.0  # how long a link may be used, once
SESSION_S = 12 * 3600.0
TRIES, WITHIN_S = 5, 300.0  # wrong passwords for a name, or from an address, before it has to wait
SHORTEST = 10  # characters of a password
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))  # checked where there is no account, so that time does not tell


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a session; ``check`` is the secret that forms must carry, ``place`` tells stores of one address apart."""

    name: str
    role: str
    check: str
    until: float
    place: str = ""


@dataclass(slots=True)
class Sessions:
    """Sessions of this process: they end with it."""

    clock: Callable[[], float] = time.monotonic
    place: str = ""
    _links: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    _open: dict[str, Person] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def link(self, name: str, role: str) -> str:
        """A token that lets one browser in, once."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._links[token] = (name, role, self.clock() + LINK_S)
        return token

    def use(self, token: str) -> str | None:
        """The session's secret for a link's token; None where it was used, is too old, or never was."""
        with self._lock:
            found = next(
                (known for known in self._links if secrets.compare_digest(known.encode(), token.encode())), None
            )
            name, role, until = self._links.pop(found) if found else ("", "", 0.0)
        return self.open(name, role) if until > self.clock() else None

    def open(self, name: str, role: str) -> str:
        """A new session; what its cookie holds."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._open = {k: p for k, p in self._open.items() if p.until > self.clock()}
            self._open[secret] = Person(name, role, secrets.token_urlsafe(24), self.clock() + SESSION_S, self.place)
        return secret

    def person(self, secret: str | None) -> Person | None:
        """Whose session a cookie names."""
        with self._lock:
            found = self._open.get(secret or "")
        return found if found and found.until > self.clock() else None

    def close(self, secret: str | None) -> None:
        with self._lock:
            self._open.pop(secret or "", None)


@dataclass(slots=True)
class Guesses:
    """Wrong passwords of late, by name and by address."""

    clock: Callable[[], float] = time.monotonic
    _wrong: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, *keys: str) -> float:
        """Seconds until another try is allowed; 0 where it is now."""
        now = self.clock()
        with self._lock:
            late = [[t for t in self._wrong.get(key, ()) if now - t < WITHIN_S] for key in keys]
        return max((WITHIN_S - (now - times[-TRIES]) for times in late if len(times) >= TRIES), default=0.0)

    def wrong(self, *keys: str) -> None:
        with self._lock:
            if len(self._wrong) > 10_000:  # names that never were
                self._wrong.clear()
            for key in keys:
                self._wrong[key] = [*self._wrong.get(key, ())[-TRIES:], self.clock()]

    def right(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._wrong.pop(key, None)


def hashed(password: str) -> str:
    """The Argon2 hash of a password.

    Raises
    ------
    StoreError
        If it is shorter than ``SHORTEST`` characters.
    """
    if len(password) < SHORTEST:
        raise StoreError(f"the password is too short; {SHORTEST} characters at least")
    return _HASHER.hash(password)


def right_password(account: Account | None, password: str) -> bool:
    """Whether a password is the account's; as slow where there is no account."""
    try:
        return _HASHER.verify(account.password if account else _NOBODY, password) and account is not None
    except (Argon2Error, InvalidHashError):
        return False
