"""Arms that the text names and does not size: "randomised 2:1 to CAR T cells or standard care".

Read only where no group is sized. A list that people were allotted to, joined by "or" or "versus"; joined by "and" alone
where one of its names is of a group or of controls.
"""

from __future__ import annotations

from extractor import patterns as re
from extractor.context.view import View
from extractor.people.group import GROUP_WORD
from extractor.people.kinds_near import KINDS
from extractor.text import trim
from extractor.words import Words

W = Words("people")

_ITEM = rf"(?!{W.allotted_no_arm}\b)[a-z0-9](?:(?!{W.allotted_end}\b)[^.,;:()]|\.\d|(?<=\d),(?=\d)){{1,60}}?"
_BRACKET = r"(?: ?\([^()]{1,90}\))?"
LIST = re.compile(
    rf"\b{W.allotted_to}\b[^.;]{{0,60}}?\b(?:to|into|between)\b (?:(?:either|the|an?|receive|get|undergo|have|treatment|with|of|one|:) )*"
    rf"(?P<first>{_ITEM}){_BRACKET}(?P<more>(?:, {_ITEM}{_BRACKET})*?),? (?P<joint>or|and|versus|vs\.?) (?:to )?(?P<last>{_ITEM}){_BRACKET}"
    rf"(?= {W.allotted_end}\b| ?[.,;:()]|$)"
)
MORE = re.compile(rf", (?P<name>{_ITEM}){_BRACKET}(?=,|$)")
LEAD = re.compile(
    r"(?:(?:to|either|the|an?|receiv(?:e|ing)|get|undergo|have|be given|treatment with|injections? of|infusions? of) )+"
)
MOST = 6

Place = tuple[int, int]


def allotted(seen: View) -> list[Place]:
    """Where the text names the groups that people were allotted to; none, or two and more."""
    for match in LIST.finditer(seen.folded):
        places = [match.span("first"), *(m.span("name") for m in MORE.finditer(seen.folded, *match.span("more")))]
        places = [_trimmed(seen.folded, *place) for place in (*places, match.span("last"))]
        names = [seen.folded[start:end] for start, end in places]
        if seen.one_sentence(*match.span()) and _are_arms(names, match["joint"]):
            return places
    return []


def _trimmed(text: str, start: int, end: int) -> Place:
    lead = LEAD.match(text, start, end)
    return trim(text, lead.end() if lead and lead.end() < end else start, end)


def _are_arms(names: list[str], joint: str) -> bool:
    told = any(GROUP_WORD.search(name) or KINDS["control"].search(name) for name in names)
    return (
        2 <= len(names) <= MOST
        and len(set(names)) == len(names)
        and all(len(name) > 1 and any(c.isalpha() for c in name) for name in names)
        and (joint != "and" or told)
    )
