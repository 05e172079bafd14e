"""Items of lists of events that no lexicon knows: under a class ("side effects included hunger"), or between known terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor import patterns as re
from extractor.words import Words

W = Words("events")

# From a class to the list of its members; after "included" any item is one, after "were" only beside one that is known
LIST_LEAD = re.compile(
    rf"(?:\s*\([^()]{{1,60}}\))?(?:\s+{W.list_lead_in}\b[^.;:()]{{0,70}}?)?\s*(?:,?\s*(?P<sure>{W.list_lead_included})|(?:were|was)\b|like\b|:|\()\s*{W.list_lead_mainly}?"
)
LIST_END = re.compile(W.list_end)
LIST_ITEM = re.compile(
    rf"(?:\A|(?<=\s)|(?<=\())(?:{W.list_item_transient}\s+)?(?P<item>(?<![\w-])[a-z][a-z-]{{3,}}(?:\s+[a-z][a-z-]{{2,}}){{0,3}}?)\s*(?:\([^()]*\)|\[[^\[\]]*\])?(?=\s*(?:,|;|\)|\Z|\.(?:\s|\Z)|\band\b|\bor\b))"
)
LIST_BEGIN = re.compile(rf"(?:[,;(]|\band|\bor)\s*(?:{W.transient}\s+)?\Z")
LIST_NOT = re.compile(W.list_not)
_ITEM = r"(?P<item>[a-z][a-z-]{3,}(?:\s+[a-z][a-z-]{2,}){0,2}?)"
# Between two known terms: "nausea, blurredness and headache"; "nausea (3%), blurredness (2%), and headache"
BETWEEN = re.compile(
    rf"\s*(?:\([^()]*\))?\s*,\s*(?:{W.between_mild}\s+)?{_ITEM}\s*(?:\([^()]*\))?\s*(?:,|,?\s*\b(?:and|or)\b)\s*(?:(?:mild|moderate|severe|transient)\s+)?\Z"
)
# After a known term with counts: "dizziness (9.6% v 5.4%) and abnormal vision (4.2% v 0.6%)"
BEHIND = re.compile(
    rf"\s*\((?P<left>[^()]*\d[^()]*)\)\s*(?:,|,?\s*\b(?:and|or)\b)\s*(?:(?:mild|moderate|severe|transient)\s+)?{_ITEM}\s*\((?P<right>[^()]*\d[^()]*)\)"
)

# After a known term with a pair of shares: "fever 25% versus 33% (p = 0.3), new diabetes 30% versus 53%"
_SHARES = r"\d+(?:\.\d+)?\s*%?\s*(?:versus|vs\.?|v\.?|/)\s*\d+(?:\.\d+)?\s*%"
PAIRS_BEHIND = re.compile(rf"\s*{_SHARES}\s*(?:\([^()]*\)\s*)?(?:,|;|,?\s*\band\b)\s*{_ITEM}\s+{_SHARES}")

# "reflux from nose and mouth": the last word is no item of its own
SITED = re.compile(rf"\b{W.sited_from}\s+(?:the\s+)?[a-z-]+\s+(?:and|or)\s+\Z")


def items_under(folded: str, end: int, heads: Sequence[int], named: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Unknown items listed behind classes of events.

    Parameters
    ----------
    heads : sequence of int
        Where the classes end.
    named : sequence of int
        Where known terms begin.
    """
    for head in heads:
        lead = LIST_LEAD.match(folded, head, end)
        if not lead:
            continue
        stop = LIST_END.search(folded, lead.end(), end)
        last = stop.start() if stop else end
        if not lead["sure"] and not any(lead.end() <= at < last for at in named):
            continue
        for item in LIST_ITEM.finditer(folded, lead.end(), last):
            within = folded[lead.end() : item.start("item")]
            if within.count("(") > within.count(")"):
                continue
            if SITED.search(within):
                continue
            begins = LIST_BEGIN.search(folded, lead.end(), item.start("item")) or not within.strip()
            if begins and not LIST_NOT.search(item["item"]):
                yield item.span("item")


def items_beside(folded: str, end: int, named: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Unknown items between two known terms, or behind one with a count in brackets like its own; with the known term's place."""
    for place, (_, left) in enumerate(named):
        right = named[place + 1][0] if place + 1 < len(named) else end
        if right - left > 160:
            right = min(end, left + 160)
            between = None
        else:
            between = BETWEEN.match(folded[left:right]) if place + 1 < len(named) else None
        found = between or _counted_behind(folded, left, right)
        if not found or LIST_NOT.search(found["item"]):
            continue
        offset = left if between else 0
        yield offset + found.start("item"), offset + found.end("item"), place


def _counted_behind(folded: str, left: int, right: int) -> re.Match[str] | None:
    """An unknown item behind a known one, both counted in one way."""
    found = BEHIND.match(folded, left, right)
    if found and ("%" in found["left"]) == ("%" in found["right"]):
        return found
    return PAIRS_BEHIND.match(folded, left, right)
