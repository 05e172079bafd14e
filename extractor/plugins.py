"""Name -> object, with discovery on call. Sits below what it holds, so registering never makes an import cycle."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from extractor.errors import SettingsError

T = TypeVar("T")


class Catalogue(Generic[T]):
    """What is registered under one package; filled by :meth:`load`, never at import.

    Parameters
    ----------
    kind : str
        The singular noun for messages, such as ``"field"``.
    package : str
        Package whose modules register themselves when they are imported.
    group : str
        Entry-point group through which other packages add theirs.
    """

    def __init__(self, kind: str, package: str, group: str) -> None:
        self.kind, self.package, self.group = kind, package, group
        self._items: dict[str, T] = {}
        self._loaded = False

    def add(self, name: str, item: T) -> None:
        if name in self._items:
            raise SettingsError(f"the {self.kind} {name!r} is registered twice; names must differ")
        self._items[name] = item

    def put(self, name: str, item: T) -> None:
        """Register, also in place of what has this name: for what a user declares, which may change within a process."""
        self._items[name] = item

    def load(self) -> Catalogue[T]:
        """Import every module of the package and every entry point, once."""
        if not self._loaded:
            self._loaded = True
            package = importlib.import_module(self.package)
            for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
                importlib.import_module(f"{self.package}.{module.name}")
            for point in sorted(entry_points(group=self.group), key=lambda p: p.name):
                point.load()
        return self

    def __getitem__(self, name: str) -> T:
        self.load()
        if name not in self._items:
            raise SettingsError(f"no {self.kind} is called {name!r}; there are: {', '.join(sorted(self._items))}")
        return self._items[name]

    def __contains__(self, name: str) -> bool:
        return name in self.load()._items

    def __iter__(self) -> Iterator[str]:
        return iter(self.load()._items)

    def __len__(self) -> int:
        return len(self.load()._items)

    def items(self) -> list[tuple[str, T]]:
        return list(self.load()._items.items())
