"""NOTICE names every locked package, and the bill of materials holds each once."""

from __future__ import annotations

from tests.conftest import ROOT
from training.sbom import ABSENT, bill, licence, pins


def test_every_locked_package_is_named_with_a_licence() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").splitlines()
    told = dict(line.removeprefix("- ").split(": ", 1) for line in notice if line.startswith("- ") and ": " in line)
    assert [pin.name for pin in pins() if not told.get(pin.name)] == [], "write the list again with: make sbom"
    assert licence("jsonschema") == told["jsonschema"] == "MIT"
    assert licence("no-such-package") == ABSENT


def test_the_bill_holds_each_locked_package_once() -> None:
    made = bill()
    refs = [one["bom-ref"] for one in made["components"]]
    assert len(refs) == len(set(refs)) == len(pins()) and made["bomFormat"] == "CycloneDX"
    assert all(one["licenses"] for one in made["components"] if licence(one["name"]) != ABSENT)
