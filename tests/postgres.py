"""A PostgreSQL server for tests: the one that ``EXTRACTOR_TEST_POSTGRES`` names, else one started here and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    user = account() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="trialspan-pg-"))
    try:
        if user:
            shutil.chown(folder, user)
        data = str(folder / "data")
        _run([program("initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"], user, folder)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run([program("pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start"], user, folder)
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            _run([program("pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop"], user, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | None], user: str | None, folder: Path) -> None:
    words = [word for word in command if word is not None]
    done = subprocess.run(words, user=user, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
