"""A place in the text that may name a group of people."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.groups import telling


@dataclass(frozen=True, slots=True)
class Name:
    """The words ``start:end`` that may name a group; ``words`` are those that tell it from other groups."""

    start: int
    end: int
    words: frozenset[str]
    brought: str = ""  # the word before: "with", "than", "("
    grouped: bool = False  # a group word belongs to it
    meant: tuple[int, int] | None = None  # where the name stands that "the latter" is for

    @property
    def place(self) -> tuple[int, int]:
        """Where the text names the group: here, or where what stands here is explained."""
        return self.meant or (self.start, self.end)


def made(folded: str, start: int, end: int, brought: str, *, grouped: bool) -> Name:
    """The name at a place of the text."""
    return Name(start, end, telling(folded[start:end]), brought, grouped)
