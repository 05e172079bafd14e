"""Names of arms over all tables of a report, and how many people each has: from heads, size rows, or the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from extractor import patterns as re
from extractor.tables.heads import Column
from extractor.words import Words

W = Words("tables")

SMALL = W.members("small")


def arm_words(name: str) -> frozenset[str]:
    """The telling words of an arm's name."""
    found = frozenset(re.findall(r"[a-z0-9+]+", name.lower().replace("μ", "u").replace("µ", "u")))
    return found - SMALL or found


class Sizes:
    """How many people each arm has, where all places agree."""

    def __init__(self, tables: Iterable[Mapping[int, Column]], text: str) -> None:
        self.text = text
        self.known: dict[frozenset[str], set[int]] = defaultdict(set)
        for columns in tables:
            for column in columns.values():
                if column.arm and column.size is not None and not column.visit:
                    self.known[arm_words(column.arm)].add(column.size)

    def of(self, arm: str | None) -> int | None:
        """The size of an arm; None where it is not told, or told in two ways."""
        if not arm:
            return None
        sizes = self.known.get(arm_words(arm)) or self._told(arm)
        return next(iter(sizes)) if len(sizes) == 1 else None

    def _told(self, arm: str) -> set[int]:
        """Sizes in the text: "the placebo group (n = 40)"."""
        pattern = re.compile(re.escape(arm) + r"\s*(?:\w+\s*){0,2}[(\[,:]?\s*\b[nN]\s*=\s*(\d{1,5})\b", re.I)
        return {int(match[1]) for match in pattern.finditer(self.text)}

    @staticmethod
    def is_arm(name: str, arm: str, arms: set[str]) -> bool:
        """Whether `name` means `arm` rather than another of `arms`."""
        said = arm_words(name)

        def shared(other: str) -> int:
            return len(said & arm_words(other))

        return all(shared(arm) > shared(other) for other in arms if other != arm)
