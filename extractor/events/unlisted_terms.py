"""Items of lists of events that no lexicon knows: under a class ("side effects included hunger"), or between known terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor import patterns as re
from extractor.quantities.numbers import WHOLE
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
# An item that may have a site of its own: "metastases to the liver", "puncture of the femoral artery"
_LONG = r"(?P<item>[a-z][a-z-]{3,}(?:\s+(?:(?:of|to|in)\s+(?:the\s+)?)?(?!of\b|to\b|in\b|the\b)[a-z][a-z-]+){0,4}?)"
WITH_SITE = re.compile(r"\s+(?:of|to|in)\s+(?:the\s+)?(?=[a-z])")
# After a known term with counts: "dizziness (9.6% v 5.4%) and abnormal vision (4.2% v 0.6%)"
BEHIND = re.compile(
    rf"\s*\((?P<left>[^()]*\d[^()]*)\)\s*(?:,|,?\s*\b(?:and|or)\b)\s*(?:(?:mild|moderate|severe|transient)\s+)?{_LONG}\s*\((?P<right>[^()]*\d[^()]*)\)"
)
# Before a known term with counts: "adverse events were metastases to the liver (9.6% v 5.4%) and nausea (4.2% v 0.6%)"
AHEAD = re.compile(
    rf"(?:[,;:(]|\b{W.item_led})\s*(?:and\s+)?(?:{W.between_mild}\s+)?{_LONG}\s*\((?P<left>[^()]*\d[^()]*)\)\s*(?:,|,?\s*\band\b)\s*(?:{W.between_mild}\s+)?\Z"
)
IN_BRACKETS = re.compile(r"\s*\((?P<right>[^()]*\d[^()]*)\)")

# After a known term with a pair of shares: "fever 25% versus 33% (p = 0.3), new diabetes 30% versus 53%"
_SHARES = r"\d+(?:\.\d+)?\s*%?\s*(?:versus|vs\.?|v\.?|/)\s*\d+(?:\.\d+)?\s*%"
PAIRS_BEHIND = re.compile(rf"\s*{_SHARES}\s*(?:\([^()]*\)\s*)?(?:,|;|,?\s*\band\b)\s*{_ITEM}\s+{_SHARES}")
# "wound gaping in 3 and headache in 2", "2 gapings of the wound, 3 headaches", "hunger 2; headache, 3": how an item is counted
_IN = rf"\s+(?:in|by|for)\s+(?:only\s+)?(?:\d+/)?{WHOLE}(?:\s+(?:of\s+\d+\s+)?{W.counted_people})?(?:\s*\([^()]{{1,40}}\))?"
_NUMBER = r"(?:\s+|\s*[,:=]\s*)\d{1,3}(?!\s*(?:%|\.\d|-|[a-z]))(?:\s*\([^()]{1,40}\))?"
_NEXT = rf"\s*(?:[,;]\s*(?:and\s+)?|\band\s+)(?:{W.between_mild}\s+)?"
_SHARE = (
    rf"(?:\s+(?:occurred|developed|(?:was|were)\s+{W.share_seen}))?\s+(?:in|by)\s+(?:only\s+)?\d{{1,3}}(?:\.\d+)?\s*%"
    rf"(?:\s+of\s+(?:the\s+)?{W.counted_people})?"
)
_FREE = r"(?P<item>[a-z][a-z-]{3,}(?:\s+(?!in\b|by\b|for\b|occurred\b|developed\b|was\b|were\b)[a-z][a-z-]+){0,4}?)"
_LAST = r"(?=\s*(?:[,;.)]|\Z|\band\b|\bof\b))"
_HOW = (_IN, _NUMBER, _SHARE)
ITEM_AFTER = [re.compile(rf"{how}{_NEXT}{_FREE}{how}{_LAST}") for how in _HOW]
ITEM_BEFORE = [
    re.compile(rf"(?:[,;:(]|\b{W.item_led})\s*(?:and\s+)?(?:{W.between_mild}\s+)?{_FREE}{how}{_NEXT}\Z") for how in _HOW
]
IN_COUNT = [re.compile(how + _LAST) for how in _HOW]
COUNTED_BEFORE = re.compile(rf"(?<![\w.,/-]){WHOLE}\s+(?:[a-z-]+\s+)?\Z")
ITEM_COUNTED = re.compile(rf"{_NEXT}{WHOLE}\s+{_FREE}(?=\s*(?:[,;.)]|\Z|\band\b))")
COUNTED_ITEM = re.compile(rf"(?:[:,;(]|\b{W.item_led}|\band)\s*{WHOLE}\s+{_FREE}{_NEXT}\Z")
OF_THE = re.compile(r" of (?:the )?(?=[a-z]+(?: [a-z]+)?\Z)")  # "gaping of the suture"
FAR = 200  # characters before a known item in which an unknown one with its counts stands
REACH = 90  # characters from a known item to the unknown one beside it

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
        if found and not LIST_NOT.search(WITH_SITE.sub(" ", found["item"])):
            offset = left if between else 0
            yield offset + found.start("item"), offset + found.end("item"), place
        first = _counted_ahead(folded, named[place - 1][1] if place else max(0, named[0][0] - FAR), named[place])
        if first and not LIST_NOT.search(WITH_SITE.sub(" ", first["item"])):
            yield *first.span("item"), place


def _counted_behind(folded: str, left: int, right: int) -> re.Match[str] | None:
    """An unknown item behind a known one, both counted in one way."""
    found = BEHIND.match(folded, left, right)
    if found and ("%" in found["left"]) == ("%" in found["right"]):
        return found
    return PAIRS_BEHIND.match(folded, left, right)


def _counted_ahead(folded: str, start: int, known: tuple[int, int]) -> re.Match[str] | None:
    """An unknown item before a known one, both counted in one way."""
    own = IN_BRACKETS.match(folded, known[1])
    found = AHEAD.search(folded, max(start, known[0] - FAR), known[0]) if own else None
    return found if found and own and ("%" in found["left"]) == ("%" in own["right"]) else None


def items_counted(
    folded: str, start: int, end: int, named: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Unknown items that are counted just as the known term beside them in the list is; with the known term's place."""
    for place, (first, last) in enumerate(named):
        before, after = max(start, first - REACH), min(end, last + REACH)
        found: list[re.Match[str] | None] = []
        for counted, behind, ahead in zip(IN_COUNT, ITEM_AFTER, ITEM_BEFORE, strict=True):
            found.append(behind.match(folded, last, after))
            found.append(ahead.search(folded, before, first) if counted.match(folded, last, after) else None)
        number = COUNTED_BEFORE.search(folded, before, first)
        if number:
            found.append(ITEM_COUNTED.match(folded, last, after))
            found.append(COUNTED_ITEM.search(folded, before, number.start()))
        for item in found:
            if item is not None and not LIST_NOT.search(OF_THE.sub(" ", item["item"])):
                yield *item.span("item"), place
