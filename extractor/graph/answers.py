"""What a question answers with: plain rows, a pooled result where one was asked for, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.graph.nodes import Row
from extractor.shown import Rows, Shown

NOT_EXTRACTED = "not extracted"


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Shown):
    """The answer to one question.

    Attributes
    ----------
    name, question : str
    rows : tuple of dict
        Plain values; ``evidence`` is a list of (document, part, start, end, quote).
    pooled : dict or None
        What :mod:`extractor.pool` gave, by what was pooled.
    left_out : tuple of dict
        ``study`` and ``reason``.
    notes : tuple of str
        What a reader must know, such as that something is not extracted.
    asked : dict
        Every argument in effect, those that were not given with their default; nothing is restricted but by one of them.
    """

    name: str
    question: str
    rows: tuple[Row, ...]
    pooled: Mapping[str, Any] | None = None
    left_out: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)

    def rows_shown(self) -> Rows:
        return self.rows

    def summary(self) -> str:
        """The question, how many rows answer it, how many were left out, and what a reader must know."""
        first = f"{self.question} {len(self.rows)} rows, {len(self.left_out)} left out"
        return "\n".join([first, *self.notes])

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return {
            "name": self.name,
            "question": self.question,
            "asked": {name: list(v) if isinstance(v, tuple) else v for name, v in self.asked.items()},
            "rows": [dict(r) for r in self.rows],
            "pooled": dict(self.pooled) if self.pooled is not None else None,
            "left_out": [dict(r) for r in self.left_out],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What a question's function returns; :func:`extractor.graph.ask` adds its name."""

    rows: Sequence[Row]
    pooled: Mapping[str, Any] | None = None
    left_out: Sequence[Row] = ()
    notes: Sequence[str] = ()


def quotes(found: Sequence[Row]) -> list[str]:
    """The quotes of some evidence, none twice."""
    return list(dict.fromkeys(str(e["quote"]) for e in found))
