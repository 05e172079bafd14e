"""Starts the server: on this machine for one person with a one-time link, or for a team with accounts and TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import uvicorn

from extractor.errors import StoreError
from extractor.review.app import Desk, guarded_app
from extractor.store import Store
from extractor.store.decision import FIRST

DEFAULT_PORTS = {"https": 443, "http": 80}  # a browser leaves them out
# taken where it is free: a browser keeps changed keys, and what waits for the server, for one address
USUAL = 8427
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Where:
    """Where the page is served.

    Attributes
    ----------
    host, port : str, int
        Port 0: any that is free.
    public : str
        The address that people type, behind a proxy or with TLS, such as ``https://review.example.org``.
    certificate, key : Path, optional
        TLS of this server itself.
    """

    host: str = "127.0.0.1"
    port: int = 0
    public: str = ""
    certificate: Path | None = None
    key: Path | None = None

    @property
    def local(self) -> bool:
        return self.host in LOOPBACK and not self.public

    @property
    def proxy(self) -> SplitResult:
        """The parts of :attr:`public`."""
        return urlsplit(self.public)


def checked(store: Store, where: Where) -> None:
    """Refuse an address that others reach without accounts, or without TLS or a named proxy.

    Raises
    ------
    StoreError
        Says what is missing.
    """
    from extractor.store.review import ReviewStore

    _check_proxy(where)
    _check_certificate(where)
    if where.local:
        return
    if not (where.certificate and where.key) and not where.public.startswith("https://"):
        raise StoreError(
            f"--host {where.host} is reached by others: give TLS with --certificate and --key, or name the proxy that has it"
            " with --public https://NAME"
        )
    if not ReviewStore(store).accounts():
        raise StoreError(
            "people who come from elsewhere need accounts; make one with: trialspan review --add-account NAME --role admin"
        )


def _check_proxy(where: Where) -> None:
    found = where.proxy
    if where.public and (found.scheme not in DEFAULT_PORTS or not found.hostname or found.path not in ("", "/")):
        raise StoreError(
            f"--public {where.public} is no address of a server: give what people type, without a path, such as"
            " https://review.example.org"
        )


def _check_certificate(where: Where) -> None:
    if not where.certificate and not where.key:
        return
    if not where.certificate or not where.key:
        raise StoreError("TLS needs both --certificate and --key")
    for file in (where.certificate, where.key):
        if not file.is_file():
            raise StoreError(f"no such file: {file}; give --certificate and --key in PEM")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(where.certificate, where.key)
    except (ssl.SSLError, OSError) as error:
        raise StoreError(
            f"--certificate {where.certificate} and --key {where.key} are no pair in PEM that can be read ({error})"
        ) from error


def listening(where: Where) -> socket.socket:
    """A socket that listens there.

    Raises
    ------
    StoreError
        If the address is taken.
    """
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((where.host, where.port))
        found.listen()  # from now on who follows the link waits for the server, and is not refused
    except OSError as error:
        found.close()
        raise StoreError(
            f"{where.host}:{where.port} cannot be listened on ({error.strerror}); choose another with --port"
        ) from error
    return found


def usual(where: Where) -> Where:
    """The same place at the usual port, where none was asked for and that one is free."""
    if where.port:
        return where
    wanted = replace(where, port=USUAL)
    try:
        listening(wanted).close()
    except StoreError:
        return where
    return wanted


def desk(store: Store, where: Where, port: int, stage: str = FIRST, checker: Any = None) -> Desk:
    """The desk of a server at an address."""
    scheme = "https" if where.certificate else "http"
    names = [f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"]
    origins = [f"{scheme}://{name}" for name in names]
    if where.public:
        found = where.proxy
        usual = found.port is None or found.port == DEFAULT_PORTS.get(found.scheme)
        names = [found.hostname or ""] if usual else [f"{found.hostname}:{found.port}"]
        origins = [f"{found.scheme}://{names[0]}"]
    elif not where.local:
        names = [*names, f"{where.host}:{port}"]
        origins = [f"{scheme}://{name}" for name in names]
    secure = bool(where.certificate) or where.public.startswith("https://")
    local = stage if where.local else None
    return Desk(store, names, origins, local, secure, f"trialspan-{port}", checker)


def serve(store: Store, where: Where, curator: str, stage: str, checker: Any, opened: Callable[[str], None]) -> None:
    """Serve until it is stopped.

    Parameters
    ----------
    opened : callable
        Called with the link, or the address, when the server listens.
    """
    checked(store, where)
    with listening(where) as found:
        port = found.getsockname()[1]
        at = desk(store, where, port, stage, checker)
        config = uvicorn.Config(
            guarded_app(at), log_level="warning", access_log=False, server_header=False, date_header=False,
            proxy_headers=False, ssl_certfile=where.certificate, ssl_keyfile=where.key, h11_max_incomplete_event_size=32_768,
            timeout_keep_alive=30, limit_concurrency=200,
        )  # fmt: skip
        address = at.origins[0]
        opened(f"{address}/enter?token={at.sessions.link(curator, 'curator')}" if where.local else f"{address}/login")
        uvicorn.Server(config).run(sockets=[found])
