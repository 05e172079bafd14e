"""What many tests need is made once a session, also where the session runs in several processes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER: list[Path] = []  # the folder of the session, which the fixture `session_folder` sets


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The file `name` that `make` writes; the first process that asks makes it, the others wait."""
    path = FOLDER[0] / name
    with _turn(path.with_name(f"{name}.lock")):
        if not path.exists():
            part = path.with_name(f"{name}.part")
            make(part)
            part.replace(path)
    return path


def copied(name: str, make: Callable[[Path], None], to: Path) -> Path:
    """A copy of that file, to be changed freely."""
    shutil.copyfile(once(name, make), to)
    return to


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """One process at a time; where files cannot be locked (Windows) each may make the file, and the last one stays."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
