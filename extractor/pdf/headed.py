"""Sections of a text that was copied from a page: headings that stand alone on a line, each part one unchanged slice."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

HEADING = re.compile(
    r"^[ \t]*(?:\d+(?:\.\d+)*\.?[ \t]+|[IVX]+\.[ \t]+)?(?P<name>introduction|background|(?:(?:materials?|patients|subjects|participants) (?:and|&) )?methods?|methods? (?:and|&) (?:materials?|patients)|"
    r"experimental (?:procedures|section)|study (?:design|population)|results?(?: and discussion)?|discussion(?: and conclusions?)?|conclusions?|case (?:report|presentation|description)|limitations|"
    r"references|bibliography|literature cited|acknowledge?ments?|funding|(?:competing|conflicts? of) interests?|author(?:s[’']?)? contributions?|abbreviations|ethics(?: approval)?|data availability|"
    r"supplementary (?:material|information|data)|supporting information|trial registration|statistical analys[ie]s|declarations?|appendix)[ \t]*[.:]?[ \t]*$",
    re.I | re.M,
)
BODY = re.compile(r"introduction|background|methods?|results?|discussion|case|materials", re.I)
ENOUGH = 2  # headings of a body; one alone may be a word of the text


@dataclass(frozen=True, slots=True)
class Section:
    """A heading's words and ``start:end`` of the text under it."""

    name: str
    start: int
    end: int


def sections(text: str, start: int = 0) -> list[Section]:
    """Sections behind `start`; none where too few headings stand there."""
    heads = list(HEADING.finditer(text, start))
    if sum(BODY.search(match["name"]) is not None for match in heads) < ENOUGH:
        return []
    return list(_between(text, heads))


def _between(text: str, heads: list[re.Match[str]]) -> Iterator[Section]:
    ends = [match.start() for match in heads[1:]] + [len(text)]
    for match, end in zip(heads, ends, strict=True):
        inner = text[match.end() : end]
        first = match.end() + len(inner) - len(inner.lstrip())
        last = match.end() + len(inner.rstrip())
        if first < last:
            yield Section(match["name"].capitalize(), first, last)


def free(name: str, taken: Container[str]) -> str:
    """`name`, with a number where it is taken."""
    return next(n for n in (name, *(f"{name} ({i})" for i in range(2, 10_000))) if n not in taken)
