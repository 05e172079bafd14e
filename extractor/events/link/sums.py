"""The counts of the arms that a count told before them is the sum of: "in 15 patients (eight on A and seven on B)"."""

from __future__ import annotations

from collections.abc import Sequence

from extractor import patterns as re
from extractor.events.mentions import Mention
from extractor.events.segment import Clause
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

FAR = 60  # characters between a total and the brackets that divide it: "in 15 patients during the first year ("


# behind an arm's count: " patients in", " (12%) occurred with"
OF_ARM = re.compile(rf"\s*(?:\([^()]*\)\s*)?(?:occurred\s+|were\s+)?{W.of_arm_in}\s+(?!whom|which|hospital)")


def divided(
    folded: str, total: Count, free: Sequence[Count], pairs: Sequence[tuple[int, int]], stop: int
) -> list[Count]:
    """The counts of the arms of `total`: two or more in the next brackets or behind it, before `stop`, that add up to it.

    Parameters
    ----------
    free : sequence of Count
        Counts that belong to nothing yet.
    pairs : sequence of (open, after close)
        The outermost brackets.
    """
    behind = [c for c in free if total.end <= c.start < stop]
    told = len(behind) > 1 and all(c.n and OF_ARM.match(folded, c.end) for c in behind)
    if told and sum(c.n or 0 for c in behind) == total.n:
        return behind  # "88 adverse events occurred: 50 on the drug and 38 on placebo"
    pair = next(((a, b) for a, b in sorted(pairs) if a >= total.end), None)
    if total.n is None or total.n < 2 or pair is None or pair[0] - total.end > FAR or pair[1] > stop:
        return []
    held = [c for c in free if pair[0] < c.start < pair[1]]
    return held if len(held) > 1 and all(c.n for c in held) and sum(c.n or 0 for c in held) == total.n else []


# from one part to the next: ", ", " of which were mild, four were moderate, and "
_SO_GRAVE = rf"\s+(?:of (?:which|whom|these|them)\s+)?(?:were\s+|was\s+)?(?:graded?\s+(?:as\s+)?)?{W.so_grave_mild}\b"
PART = re.compile(_SO_GRAVE)
PARTED = re.compile(rf"(?:{_SO_GRAVE})?\s*(?:,|;|:|\bof which\b|\bof whom\b|\band\b|\(|\s)*")


def graded_parts(clause: Clause, mention: Mention, total: Count) -> list[Count]:
    """The parts of `total` by how severe they were: "25 bleeding events, 20 of which were mild and five (were) severe"."""
    if total.n is None:
        return []
    parts: list[Count] = []
    at = max(mention.end, total.end)
    for place, count in enumerate(clause.counts):
        if count.start < at or place in clause.used:
            continue
        if (
            not count.n
            or not PARTED.fullmatch(clause.folded, at, count.start)
            or not PART.match(clause.folded, count.end)
        ):
            break
        parts.append(count)
        at = count.end
    return parts if parts and sum(c.n or 0 for c in parts) <= total.n else []
