"""How often answers of a kind were right when they were measured (``bench/verify.py``)."""

from __future__ import annotations

from extractor.verify.cells import FOLLOWS, NOT_DERIVABLE, Cell
from extractor.verify.verdict import Verdict


def confidence(cell: Cell, quote: str, verdict: Verdict) -> float:
    """Share of answers with this verdict that were right on cells of which half were forged."""
    return {FOLLOWS: 0.95, NOT_DERIVABLE: 0.5}.get(verdict.value, 0.95)
