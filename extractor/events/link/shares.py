"""Two numbers and their percentages in one pair of brackets: "in 15 on the drug and in 12 on placebo (7.6% vs 6.0)"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor import patterns as re
from extractor.events.segment import Clause
from extractor.quantities.counts import Count

_SHARE = r"(?:100|\d{1,2}(?:\.\d+)?)"
ROW = re.compile(
    rf"[^();.]{{0,50}}?[(\[]\s*(?P<first>{_SHARE})\s*(?P<sign>%)?\s*(?:vs\.?|versus|v\.?|/)\s*(?P<second>{_SHARE})\s*(?P<last>%)?\s*(?=[,;)\]])"
)


def with_shares(clause: Clause, found: Sequence[Count]) -> list[Count]:
    """The counts of a mention, two numbers with the percentages of the brackets behind them."""
    numbers = [c for c in found if c.n is not None and c.percent is None]
    if len(numbers) != 2 or list(found[:2]) != numbers:
        return list(found)
    row = ROW.match(clause.folded, numbers[1].end, clause.end)
    if row is None or not (row["sign"] or row["last"]):
        return list(found)
    return [replace(c, percent=float(row[part])) for c, part in zip(numbers, ("first", "second"), strict=True)]
