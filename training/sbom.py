"""What the project depends on: the list of licences at the end of NOTICE, and a bill of materials.

    python -m training.sbom --notice       # write the list in NOTICE again
    python -m training.sbom dist/sbom.json # CycloneDX 1.6

Names and versions are those of requirements.lock, which has the digests too; licences are what the installed packages declare. A locked package
that this interpreter or system does not need is not installed here, and is listed without a licence.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from extractor import __version__

ROOT = Path(__file__).resolve().parents[1]
NOTICE, LOCK = ROOT / "NOTICE", ROOT / "requirements.lock"
HEAD = "Packages that are installed beside this one, none of which it contains, with their licences as they declare them:\n"
ABSENT = "not needed here"
PIN = re.compile(r"^([A-Za-z0-9][^\s\\]*==[^\\\n]+?)\s*\\?$", re.M)
LONGEST = 60  # a licence that is told in whole is named by its first line


def pins() -> list[Requirement]:
    """The locked packages, in order."""
    return [Requirement(m[1]) for m in PIN.finditer(LOCK.read_text(encoding="utf-8"))]


def version_of(pin: Requirement) -> str:
    return str(pin.specifier).removeprefix("==")


def licence(name: str) -> str:
    """What an installed package declares: an SPDX expression, else its classifiers, else the first line of what it says."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return ABSENT
    said = found.metadata.get_all("License-Expression") or _classified(found)
    if not said:
        said = [line.strip() for line in (found.metadata["License"] or "").splitlines() if line.strip()][:1]
    return "; ".join(said)[:LONGEST] or "see its files"


def _classified(found: Distribution) -> list[str]:
    classifiers = found.metadata.get_all("Classifier") or []
    return [c.split(" :: ")[-1] for c in classifiers if c.startswith("License :: ") and c.count(" :: ") > 1]


def notice() -> str:
    """The list for NOTICE."""
    names = {pin.name: licence(pin.name) for pin in pins()}
    return HEAD + "".join(f"- {name}: {names[name]}\n" for name in sorted(names, key=str.lower))


def bill() -> dict[str, Any]:
    """The bill of materials as CycloneDX has it; the same for the same lock."""
    components = []
    for pin in pins():
        said, ref = licence(pin.name), f"pkg:pypi/{pin.name.lower()}@{version_of(pin)}"
        one = {"type": "library", "bom-ref": ref, "name": pin.name, "version": version_of(pin), "purl": ref}
        components.append(one | ({} if said == ABSENT else {"licenses": [{"license": {"name": said}}]}))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "trialspan", "version": __version__}},
        "components": components,
    }


def main(arguments: list[str]) -> None:
    if arguments == ["--notice"]:
        own = NOTICE.read_text(encoding="utf-8").partition(HEAD)[0].rstrip("\n")
        NOTICE.write_text(f"{own}\n\n{notice()}", encoding="utf-8")
        return
    path = Path(*arguments)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(bill(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
