"""JSON records walked with their paths, so that a fact can cite the value it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractor.model import JSON_PART, Evidence, Fact, as_text


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON record and the path to it; a missing value is a node of None."""

    value: Any
    path: str = "$"

    def at(self, *keys: str) -> Node:
        """The node down the `keys`."""
        value, path = self.value, self.path
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
            path = f"{path}.{key}"
        return Node(value, path)

    def __iter__(self) -> Iterator[Node]:
        """Nodes of a list; nothing where it is none."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield Node(value, f"{self.path}[{number}]")

    def first(self, *paths: tuple[str, ...]) -> Node:
        """The first node down one of the `paths` that holds words; a node of None where none does."""
        nodes = (self.at(*path) for path in paths)
        return next((node for node in nodes if node.text), Node(None))

    @property
    def text(self) -> str:
        """The value where it is a string, else empty."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def count(self) -> int | None:
        """The value as a count; some records write numbers as strings."""
        if isinstance(self.value, bool):
            return None
        if isinstance(self.value, int) and self.value >= 0:
            return self.value
        return int(self.text) if self.text.strip().isdecimal() else None

    @property
    def number(self) -> float | None:
        """The value as a number, also a negative or a broken one."""
        try:
            return None if isinstance(self.value, bool) else float(self.value)
        except (TypeError, ValueError):
            return None

    @property
    def evidence(self) -> Evidence:
        return Evidence(JSON_PART, as_text(self.value), path=self.path)


def stated(
    field: str,
    value: dict[str, Any],
    at: list[Node],
    *,
    reader: str,
    arm: str | None = None,
    flags: tuple[str, ...] = (),
) -> Fact:
    """A fact that a record states in its own fields, with the paths that say it."""
    return Fact(field, value, tuple(node.evidence for node in at), f"registry:{reader}", arm=arm, flags=flags)
