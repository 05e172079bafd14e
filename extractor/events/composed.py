"""Terms that are counted as one: "pneumonia or atelectasis in 17 patients", "stroke, infarction or death in 5"."""

from __future__ import annotations

from dataclasses import replace

from extractor import patterns as re
from extractor.events.mentions import DEATH, NAMED, OPEN, Mention
from extractor.events.segment import Link

EITHER = re.compile(r"\s*,?\s+(?:and/)?or\s+")
COMMA = re.compile(r"\s*,\s+")  # before the last two of a list
SLASH = re.compile(r"\s*/\s*")  # "nausea/vomiting"


def composed(folded: str, inner: list[Mention], links: list[Link]) -> tuple[list[Mention], list[Link]]:
    """The mentions and their links; those that "or" or a slash joins and that share one count are one mention."""
    out: list[Mention] = []
    kept: list[Link] = []
    for mention, link in zip(reversed(inner), reversed(links), strict=True):
        if out and _one(folded, mention, link, out[-1], kept[-1]):
            out[-1] = replace(out[-1], kind=mention.kind, start=mention.start, core=mention.core, term=None, how="")
            kept[-1] = Link(link.counts, "either" if link.counts else "")
            continue
        out.append(mention)
        kept.append(link)
    return out[::-1], kept[::-1]


def _one(folded: str, left: Mention, first: Link, right: Mention, second: Link) -> bool:
    plain = all(not m.stopped and m.tail is None for m in (left, right))
    if not plain or left.kind not in (NAMED, OPEN) or right.kind not in (NAMED, OPEN, DEATH):
        return False
    if SLASH.fullmatch(folded, left.end, right.start):
        return first.counts == second.counts
    shared = any(c.n or c.percent for c in first.counts) and first.counts == second.counts
    if second.how == "either" and COMMA.fullmatch(folded, left.end, right.start):
        return shared
    return shared and EITHER.fullmatch(folded, left.end, right.start) is not None
