"""The lock: whole, hashed, without addresses, and every package in it can be imported beside the others."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [Requirement(m.group(1)) for m in re.finditer(r"^([a-zA-Z0-9][^\s\\]*==[^\\\n]+?)\s*\\?$", LOCK, re.M)]
# modules that only work inside a program that is not there: Windows parts, a notebook, a build backend's vendored tests
NOT_ALONE = re.compile(r"(^|\.)(tests?|conftest|__main__|_vendor|win32\w*)(\.|$)|-stubs$")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted() -> set[str]:
    return {canonical(pin.name) for pin in PINS if pin.marker is None or pin.marker.evaluate()}


def modules() -> list[str]:
    """Top-level modules of every locked package that this interpreter needs."""
    names = wanted()
    owned = {m for m, owners in packages_distributions().items() if {canonical(o) for o in owners} & names}
    return sorted(m for m in owned if m.isidentifier() and not NOT_ALONE.search(m))


def test_lock_is_hashed_and_names_no_address() -> None:
    assert len(PINS) > 50
    assert LOCK.count("--hash=sha256:") >= len(PINS)
    assert "://" not in LOCK and "index-url" not in LOCK


def test_every_locked_package_imports() -> None:
    """Together, in one interpreter: a package that refuses the pinned numpy says so only here."""
    found = modules()
    if len(found) < 50:
        pytest.skip("the locked packages are not installed in this environment")
    code = "import importlib, sys, warnings; warnings.simplefilter('ignore')\nfor m in sys.argv[1:]: importlib.import_module(m)"
    out = subprocess.run([sys.executable, "-c", code, *found], capture_output=True, text=True, cwd=ROOT)
    assert out.returncode == 0, out.stderr[-2000:]
