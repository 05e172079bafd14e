"""Terms that are counted as one: "pneumonia or atelectasis in 17 patients"."""

from __future__ import annotations

from dataclasses import replace

from extractor import patterns as re
from extractor.events.mentions import NAMED, OPEN, Mention
from extractor.events.segment import Link

EITHER = re.compile(r"\s+(?:and/)?or\s+")
SLASH = re.compile(r"\s*/\s*")  # "nausea/vomiting"


def composed(folded: str, inner: list[Mention], links: list[Link]) -> tuple[list[Mention], list[Link]]:
    """The mentions and their links, two that are joined by "or" and share one count as one mention."""
    out: list[Mention] = []
    kept: list[Link] = []
    for mention, link in zip(inner, links, strict=True):
        if out and _one(folded, out[-1], kept[-1], mention, link):
            out[-1] = replace(out[-1], end=mention.end, term=None, how="")
            kept[-1] = Link(link.counts, "either" if link.counts else "")
            continue
        out.append(mention)
        kept.append(link)
    return out, kept


def _one(folded: str, left: Mention, first: Link, right: Mention, second: Link) -> bool:
    named = all(m.kind in (NAMED, OPEN) and not m.stopped and m.tail is None for m in (left, right))
    if not named:
        return False
    if SLASH.fullmatch(folded, left.end, right.start):
        return first.counts == second.counts
    shared = any(c.n or c.percent for c in first.counts) and first.counts == second.counts
    return shared and EITHER.fullmatch(folded, left.end, right.start) is not None
