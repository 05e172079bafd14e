"""Where the things that come with the program lie: inside an installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

from extractor.errors import SettingsError

SHIPPED_MODEL = "trial_sm"
_PACKAGE = Path(__file__).parent
PLACES = {
    "models": (_PACKAGE / "_models", _PACKAGE.parent / "models"),
    "als_msc": (_PACKAGE / "_als_msc", _PACKAGE.parent / "corpora" / "als_msc"),
}


def shipped(name: str) -> Path:
    """The folder of ``models`` or of the starter corpus ``als_msc``.

    Raises
    ------
    SettingsError
        If it is neither in the package nor in a checkout around it.
    """
    for place in PLACES[name]:
        if place.is_dir():
            return place
    raise SettingsError(
        f"{name} is not where it ships ({' or '.join(map(str, PLACES[name]))}); install the package again"
    )
