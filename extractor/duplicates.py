"""One report that came through several channels: found by identifier, then by title, year and pages; the reason is kept.

Two reports with different identifiers of one kind are never one, whatever their titles say. Nothing is deleted: a
duplicate is told apart, and counted once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from extractor.declared import rank_of, registers
from extractor.identity import folded_title, titles_agree

KINDS = ("pmid", "doi", "pmcid")
SHORTEST_TITLE = 20  # characters; "Editorial" or "Reply" says nothing
_NO_WORD = re.compile(r"[\W_]+")
_MARKED = re.compile(r"[\^_]\{?([-+−]?\w+)\}?")


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of a document; empty where unknown."""

    id: str
    source: str
    title: str = ""
    year: int | None = None
    pages: str = ""
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """``other`` is the same report as ``kept``, because of ``reason``."""

    kept: str
    other: str
    reason: str


def duplicates(reports: Iterable[Report]) -> list[Duplicate]:
    """All duplicates among `reports`, sorted; registry records are compared with registry records only."""
    found: list[Duplicate] = []
    papers = sorted(reports, key=lambda r: (rank_of(r.source), r.id))
    groups = Groups(papers)
    for kind in KINDS:
        for same in _by(papers, identifier(kind)).values():
            for one, other in combinations(same, 2):
                if kind != "doi" or _one_article(one, other):
                    groups.join([one, other], f"the same {kind.upper()} {getattr(one, kind)}")
    for same in _by(papers, _title_key).values():
        for place, one in enumerate(same):
            for other in same[place + 1 :]:
                if _compatible(one, other):
                    groups.join([one, other], "the same title" + _agreement(one, other))
    for group, reasons in groups.results():
        found += [Duplicate(group[0].id, r.id, reasons[r.id]) for r in group[1:]]
    return sorted(found, key=lambda d: (d.kept, d.other))


class Groups:
    """Reports joined so far; a group never holds two different identifiers of one kind."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._group = {r.id: [r] for r in reports}
        self._reason: dict[str, str] = {}
        self._order = {r.id: place for place, r in enumerate(reports)}

    def join(self, same: Sequence[Report], reason: str) -> None:
        first = same[0]
        for other in same[1:]:
            a, b = self._group[first.id], self._group[other.id]
            if a is b or _contradict(a + b):
                continue
            for r in sorted(b, key=lambda r: self._order[r.id]):
                self._reason.setdefault(r.id, reason)
            self._reason.setdefault(first.id, reason)
            a += b
            for r in b:
                self._group[r.id] = a

    def results(self) -> list[tuple[list[Report], dict[str, str]]]:
        groups = {id(g): sorted(g, key=lambda r: self._order[r.id]) for g in self._group.values() if len(g) > 1}
        return [(g, self._reason) for g in groups.values()]


def identifier(kind: str) -> Callable[[Report], str]:
    return lambda report: str(getattr(report, kind)).lower()


def _by(reports: Sequence[Report], key: Callable[[Report], str]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if value := key(report):
            found[value].append(report)
    return {k: v for k, v in found.items() if len(v) > 1}


def _title_key(report: Report) -> str:
    title = _NO_WORD.sub(" ", _MARKED.sub(r"\1", report.title.lower())).strip()
    channel = "registry " if report.source in registers() else ""
    return channel + title if title else ""


def _one_article(one: Report, other: Report) -> bool:
    """Whether two reports with one DOI are one: not those of a supplement, which have other titles and other authors."""
    titles = folded_title(one.title), folded_title(other.title)
    if not all(titles) or titles_agree(*titles):
        return True
    return not one.author or not other.author or one.author == other.author


def _contradict(group: Sequence[Report]) -> bool:
    return any(len({str(getattr(r, kind)).lower() for r in group if getattr(r, kind)}) > 1 for kind in KINDS)


def _compatible(one: Report, other: Report) -> bool:
    """Years and pages agree wherever both say them; a registry record has neither, so its title alone is not enough."""
    if one.source in registers():
        return False
    short = len(one.title) < SHORTEST_TITLE  # "Reply" alone says nothing
    if short and not (one.author and one.author == other.author and one.year and one.year == other.year):
        return False
    years = one.year is None or other.year is None or abs(one.year - other.year) <= 1  # online, and in print
    a, b = first_page(one.pages), first_page(other.pages)
    return years and (not a or not b or a == b)


def first_page(pages: str) -> str:
    """The first page, by which 123-31 and 123-131 are one."""
    return re.split(r"[-–,;]", pages.strip().lower())[0].strip()


def _agreement(one: Report, other: Report) -> str:
    same = [name for name, a, b in (("year", one.year, other.year), ("pages", one.pages, other.pages)) if a and b]
    return f" and {' and '.join(same)}" if same else ", with no year or pages to hold against it"
