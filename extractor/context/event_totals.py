"""The counts of the arms that a count told before them is the sum of: "in 15 patients (eight on A and seven on B)"."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.quantities.counts import Count

FAR = 60  # characters between a total and the brackets that divide it: "in 15 patients during the first year ("


def divided(total: Count, free: Sequence[Count], pairs: Sequence[tuple[int, int]], stop: int) -> list[Count]:
    """The counts of the arms of `total`: two or more in the next brackets, before `stop`, that add up to it; else none.

    Parameters
    ----------
    free : sequence of Count
        Counts that belong to nothing yet.
    pairs : sequence of (open, after close)
        The outermost brackets.
    """
    pair = next(((a, b) for a, b in sorted(pairs) if a >= total.end), None)
    if total.n is None or total.n < 2 or pair is None or pair[0] - total.end > FAR or pair[1] > stop:
        return []
    held = [c for c in free if pair[0] < c.start < pair[1]]
    return held if len(held) > 1 and all(c.n for c in held) and sum(c.n or 0 for c in held) == total.n else []
