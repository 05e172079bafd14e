"""Sections of a text that was copied from a page: headings that stand alone on a line, each part one unchanged slice."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

_HEADING_FORMS = (
    r"introduction",
    r"background",
    r"(?:(?:materials?|patients|subjects|participants) (?:and|&) )?methods?",
    r"methods? (?:and|&) (?:materials?|patients)",
    r"experimental (?:procedures|section)",
    r"study (?:design|population)",
    r"results?(?: and discussion)?",
    r"discussion(?: and conclusions?)?",
    r"conclusions?",
    r"case (?:report|presentation|description)",
    r"limitations",
    r"references",
    r"bibliography",
    r"literature cited",
    r"acknowledge?ments?",
    r"funding",
    r"(?:competing|conflicts? of) interests?",
    r"author(?:s[’']?)? contributions?",
    r"abbreviations",
    r"ethics(?: approval)?",
    r"data availability",
    r"supplementary (?:material|information|data)",
    r"supporting information",
    r"trial registration",
    r"statistical analys[ie]s",
    r"declarations?",
    r"appendix",
)
HEADING = re.compile(
    rf"^[ \t]*(?:\d+(?:\.\d+)*\.?[ \t]+|[IVX]+\.[ \t]+)?(?P<name>{'|'.join(_HEADING_FORMS)})[ \t]*[.:]?[ \t]*$",
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
