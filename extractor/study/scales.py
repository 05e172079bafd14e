"""Scales and measures by name, and limits that are set on them: "EDSS 3.0 to 6.5", "an LVEF below 45 %"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.terms import Match, table
from extractor.words import Words

W = Words("study")

_NUMBER = r"\d+(?:\.\d+)?"
_FILLER = r"(?:[ ,]*(?:\([^()]{1,30}\)|scores?|scale|class|grade|stage|level|total|of|was|is|had to be|must be|with|a|an|value|values|predicted|baseline|at|screening|in the range)\b|[ ,]*\([^()]{1,30}\))*"  # fmt: skip
_LIMIT = re.compile(
    rf"{_FILLER}[ (:=]*(?:(?P<low>{_NUMBER})\s?%?(?: points?)?\s?(?:-|to)\s?(?P<high>{_NUMBER})|(?:between|from|ranging from)\s(?P<from>{_NUMBER})\s?%?\s(?:and|to)\s(?P<until>{_NUMBER})|(?P<least>{W.limit_at})\s?=?\s?(?P<floor>{_NUMBER})|(?P<most>{W.limit_below})\s?=?\s?(?P<ceiling>{_NUMBER}))(?P<unit>\s?%)?"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A scale with the limits set on it; open at a side that nothing is said of."""

    name: str
    low: float | None
    high: float | None
    unit: str | None
    start: int
    end: int


def scales(folded: str, start: int, end: int) -> Iterator[Match]:
    """Known scales in ``folded[start:end]``."""
    return iter(table("scales").find(folded, start, end))


def limits(folded: str, start: int, end: int) -> Iterator[Limit]:
    """Scales of ``folded[start:end]`` behind which a limit stands."""
    for found in scales(folded, start, end):
        match = _LIMIT.match(folded, found.end, end)
        if match:
            low, high = (
                match["low"] or match["from"] or match["floor"],
                match["high"] or match["until"] or match["ceiling"],
            )
            lowest, highest = (float(x) if x else None for x in (low, high))
            if lowest is None or highest is None or lowest <= highest:
                unit = "%" if match["unit"] else None
                yield Limit(found.term.name, lowest, highest, unit, found.start, match.end())
