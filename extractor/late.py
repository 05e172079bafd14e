"""Names of a package that are imported when they are used (PEP 562), so that importing the package does no work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names_of(package: str, places: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package whose names lie in other modules.

    Parameters
    ----------
    package : str
        Its name, for the message.
    places : mapping of str to str
        Each name with the module that defines it, or ``module:name`` where it has another name there.
    """

    def found(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, attribute = places[name].partition(":")
        return getattr(import_module(module), attribute or name)

    return found, lambda: sorted(places)
