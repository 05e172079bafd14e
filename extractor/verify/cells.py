"""What goes in and comes out: a cell of anyone's table, and the answer to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from extractor.model import Fact

# where the quote stands: as given; but for dashes, blanks, ligatures, case; nowhere; none was given
EXACT, TYPOGRAPHIC, ABSENT, NO_QUOTE = "exact", "typographic", "absent", "none"
FOLLOWS, CONTRADICTS, NOT_DERIVABLE = "follows", "contradicts", "not_derivable"
REASONS = {
    "number": "the words give another number",
    "sign": "the words give the other side of a limit, or the number has a sign that they lack",
    "unit": "the words give another unit",
    "exponent": "the words give another power of ten",
    "negation_cut": "the words deny it, or say that it happened where it is denied",
    "limit_cut": "the words deny less: only serious, only related, only for a time",
    "other_event": "the number is another event's",
    "other_arm": "the number is another arm's",
    "other_study": "the words speak of another study",
    "percent_not_count": "the number is a percentage, or the percentage a number",
    "people_not_events": "the number counts events, not people, or people, not events",
    "silent_zero": "a zero or a denial that nobody reported",
    "term": "the words name something else",
    "not_a_harm": "the words speak of no harm",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One claim about a document; ``row`` says where it stands in their file, ``told`` is a fact of our own export, place and all."""

    document: str
    field: str
    value: dict[str, Any]
    quote: str | None = None
    arm: str | None = None
    row: int = 0
    told: Fact | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A slice of a document's frozen text, in offsets of the whole text (parts joined by a newline)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the words say to a cell.

    Parameters
    ----------
    quote : str
        ``exact``, ``typographic``, ``absent`` or ``none``.
    value : str
        ``follows``, ``contradicts`` or ``not_derivable``.
    reasons : tuple of str
        From the closed list of :data:`REASONS`; empty where the value follows, or nothing can be said.
    says : str
        The words that decide, as they stand in the text.
    part, start, end
        Where these words stand: offsets in the part, ``part[start:end] == says``.
    read : tuple of Fact
        What our readers make of these words; empty where they read nothing of the kind.
    confidence : float
        Share of answers of this kind that were right when it was measured (``docs/verify.md``).
    """

    cell: Cell
    quote: str
    value: str
    reasons: tuple[str, ...] = ()
    says: str = ""
    part: str | None = None
    start: int | None = None
    end: int | None = None
    read: tuple[Fact, ...] = ()
    confidence: float = 0.0
    how: str = field(default="", compare=False)  # which check decided; the key of the confidence

    @property
    def flagged(self) -> bool:
        """Whether a person must look: it contradicts, or is a zero that nobody reported."""
        return bool(self.reasons)

    def to_dict(self) -> dict[str, Any]:
        cell = self.cell
        return {
            "document": cell.document,
            "field": cell.field,
            "claimed": cell.value,
            "arm": cell.arm,
            "given_quote": cell.quote,
            "row": cell.row,
            "quote": self.quote,
            "value": self.value,
            "reasons": list(self.reasons),
            "says": self.says,
            "part": self.part,
            "start": self.start,
            "end": self.end,
            "read": [{"value": f.value, "arm": f.arm} for f in self.read],
            "confidence": self.confidence,
        }
