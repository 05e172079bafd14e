"""Words of a class of events that stand apart from it: ranks that share it, organs told behind it, what was done because of it."""

from __future__ import annotations

from extractor import patterns as re
from extractor.quantities.numbers import WHOLE
from extractor.words import Words

W = Words("events")

# "dose reductions because of", "treatment interruptions due to": before a class, what was done because of it
DOSE_CHANGED = re.compile(
    rf"\b(?:doses?|dosage|drug|treatment|therapy)\s+{W.dose_change}\s+(?:[\w-]+\s+){{0,2}}?(?:because of|due to|owing to|as a result of|for)\s+(?:an?\s+)?\Z"
)
# "major and five (16%) minor complications"
RANK = re.compile(rf"{W.rank_apart}\b")
RANK_APART = re.compile(
    rf"(?<![\w-])(?P<rank>{W.rank_apart})\s*(?:,|,?\s*and)\s+(?:only\s+)?(?:{WHOLE})(?:\s*\([^()]*\))?\s+(?:had\s+)?\Z"
)
# "toxicity was mainly haematological and gastrointestinal"
TOXIC_ORGAN = re.compile(rf"\b{W.toxic_organ}\b")
TOXIC_WAS = re.compile(
    rf"\s+(?:was|were)\s+(?:{W.toxic_mainly}\s+)?(?P<organs>{W.toxic_organ}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){W.toxic_organ})*)(?=\s*(?:[,.;:(]|\Z|in\b|with\b|and\b))"
)


def dose_changed(folded: str, start: int, first: int) -> bool:
    """Whether a class that begins at `first` is why a dose was changed: no count of people who had it."""
    return DOSE_CHANGED.search(folded, max(start, first - 70), first) is not None


def rank_before(folded: str, start: int, first: int, head: int) -> tuple[int, int] | None:
    """The first of two ranks that share one class: "major and five minor complications"; the second begins at `first`."""
    found = RANK_APART.search(folded, max(start, first - 60), first)
    return found.span("rank") if found and RANK.match(folded, first, head) else None


def organs_behind(folded: str, at: int, end: int) -> list[tuple[int, int]]:
    """The organs that are told behind a class: "toxicity was mainly haematological"."""
    found = TOXIC_WAS.match(folded, at, end)
    return [organ.span() for organ in TOXIC_ORGAN.finditer(folded, *found.span("organs"))] if found else []
