"""Evidence of a page: every quote gets a number and an anchor, in the order in which the page first speaks of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractor.graph.nodes import Row

Place = tuple[str, str, int | None, int | None, str | None]


@dataclass(frozen=True, slots=True)
class Quote:
    """A numbered place in a report: a slice of a part, or the value at a path of a registry record.

    Attributes
    ----------
    number : int
        From 1; printed beside the value and at the place.
    document, part, quote : str
    start, end : int or None
        Half-open code-point offsets in the part; None for a path.
    path : str or None
        JSON path, for registry records only.
    page : int or None
        Page of a PDF, from 1.
    """

    number: int
    document: str
    part: str
    quote: str
    start: int | None
    end: int | None
    path: str | None
    page: int | None = None  # of a file that has pages

    @property
    def anchor(self) -> str:
        """The id of the place in the page."""
        return f"q{self.number}"


class Quotes:
    """Numbers quotes as they are asked for; the same place always has the same number."""

    def __init__(self) -> None:
        self._found: dict[Place, Quote] = {}

    def refs(self, evidence: Iterable[Row]) -> tuple[Quote, ...]:
        """The quotes of some evidence (document, part, start, end, quote, or a path), none twice."""
        return tuple(dict.fromkeys(self._one(e) for e in evidence))

    def _one(self, e: Row) -> Quote:
        place = (e["document"], e["part"], e.get("start"), e.get("end"), e.get("path"))
        if place not in self._found:
            self._found[place] = Quote(
                len(self._found) + 1,
                e["document"],
                e["part"],
                e["quote"],
                e.get("start"),
                e.get("end"),
                e.get("path"),
                e.get("page"),
            )
        return self._found[place]

    def of(self, document: str) -> list[Quote]:
        """The numbered places of a report, in the order of their numbers."""
        return [q for q in self._found.values() if q.document == document]

    def all(self) -> list[Quote]:
        """Every numbered place."""
        return list(self._found.values())
