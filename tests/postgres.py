"""A PostgreSQL server for tests: the one that ``EXTRACTOR_TEST_POSTGRES`` names, else one started here and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs; Debian keeps them out of PATH."""
    return shutil.which(name) or next((str(f / name) for f in FOLDERS if (f / name).exists()), None)


def missing() -> str | None:
    """Why no server can be had; None where one can."""
    if os.environ.get("EXTRACTOR_TEST_POSTGRES"):
        return None
    if not (program("initdb") and program("pg_ctl")):
        return "there is no PostgreSQL here (initdb, pg_ctl), and EXTRACTOR_TEST_POSTGRES names none"
    if os.geteuid() == 0 and not account():
        return "PostgreSQL does not run as root, and there is no user postgres"
    return None


def account() -> str | None:
    """The user to start the server as: PostgreSQL refuses root."""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


@contextmanager
def server() -> Iterator[str]:
    """The address of a server, as a URL that a store takes."""
    named = os.environ.get("EXTRACTOR_TEST_POSTGRES")
    if named:
        yield named
        return
    with cluster("off") as own:
        yield own.url


@dataclass(frozen=True)
class Cluster:
    """A server of our own, which may be killed and started again."""

    folder: Path
    user: str | None
    fsync: str

    @property
    def url(self) -> str:
        return f"postgresql://tester@/postgres?host={self.folder}"

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync={self.fsync}"
        self._control("-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, as after a power cut: no transaction is ended, nothing is written down."""
        self._control("-m", "immediate", "stop")

    def _control(self, *words: str) -> None:
        _run([program("pg_ctl"), "-D", str(self.folder / "data"), "-w", *words], self.user, self.folder)


@contextmanager
def cluster(fsync: str = "on") -> Iterator[Cluster]:
    """A server of our own, thrown away at the end."""
    user = account() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="trialspan-pg-"))
    try:
        if user:
            shutil.chown(folder, user)
        data = str(folder / "data")
        _run([program("initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"], user, folder)
        own = Cluster(folder, user, fsync)
        own.start()
        try:
            yield own
        finally:
            with suppress(RuntimeError):  # a test may have stopped it
                own.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | None], user: str | None, folder: Path) -> None:
    words = [word for word in command if word is not None]
    done = subprocess.run(words, user=user, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
