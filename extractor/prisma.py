"""Counts for the PRISMA 2020 flow diagram (Page et al. 2021, doi:10.1136/bmj.n71), as far as a store knows them.

What people decide (screening, eligibility) comes from ``trialspan screen``; where nothing was screened it stays blank: blank is
not zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape

from extractor.declared import registers

# registers as people name them; the Cochrane Central Register holds reports, and is a database
REGISTERS = re.compile(
    r"clinicaltrials\.?gov|\bictrp\b|isrctn|eu ?ctr|eu clinical trials|\bctis\b|anzctr|drks|chictr|\bctri\b|jrct|\bumin\b|pactr|trials? regist",
    re.I,
)
COCHRANE = re.compile(r"cochrane|\bcentral\b", re.I)
DATABASE, REGISTER, OTHER = "database", "register", "other"


@dataclass(frozen=True, slots=True)
class Searched:
    """One search: where, what was asked, how many records it gave, and when."""

    name: str
    query: str
    records: int
    kind: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Screened:
    """What people decided; ``assessed`` is None where no report was judged as a whole, ``reasons`` are of those excluded then."""

    screened: int
    excluded: int
    not_retrieved: int
    assessed: int | None
    reasons: tuple[tuple[str, int], ...]
    reports: int
    studies: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Numbers of all boxes; those of screening are None where nothing was screened."""

    searches: tuple[Searched, ...]
    duplicates: int
    deleted: int
    retracted: int
    reports: int
    screened: Screened | None = None

    def of_kind(self, kind: str) -> dict[str, int]:
        """Records by the name of the database or register."""
        found: dict[str, int] = {}
        for one in self.searches:
            if one.kind == kind:
                found[one.name] = found.get(one.name, 0) + one.records
        return found

    @property
    def databases(self) -> int:
        return sum(self.of_kind(DATABASE).values())

    @property
    def registers(self) -> int:
        return sum(self.of_kind(REGISTER).values())

    @property
    def other(self) -> int:
        return sum(self.of_kind(OTHER).values())

    @property
    def identified(self) -> int:
        return self.databases + self.registers + self.other

    def rows(self) -> list[tuple[str, str, int | None]]:
        """(key, words, number); None is what only people know, and have not said."""
        s = self.screened
        sought = s.screened - s.excluded if s else None
        excluded = sum(n for _, n in s.reasons) if s and s.assessed is not None else None
        return [
            ("database_results", "Records identified from databases", self.databases),
            *((f"database_specific_results_{_key(n)}", f"  {n}", count) for n, count in self.of_kind(DATABASE).items()),
            ("register_results", "Records identified from registers", self.registers),
            *((f"register_specific_results_{_key(n)}", f"  {n}", count) for n, count in self.of_kind(REGISTER).items()),
            ("other_results", "Records identified from files and other sources", self.other),
            ("duplicates", "Duplicate records removed before screening", self.duplicates),
            ("excluded_other", "Records deleted by their source", self.deleted),
            (
                "records_screened",
                "Records screened" if s else "Records to be screened",
                s.screened if s else self.reports,
            ),
            *([("records_waiting", "Records not yet screened", max(0, self.reports - s.screened))] if s else []),
            ("retracted", "Retracted among the records", self.retracted),
            ("records_excluded", "Records excluded", s.excluded if s else None),
            ("dbr_sought_reports", "Reports sought for retrieval", sought),
            ("dbr_notretrieved_reports", "Reports not retrieved", s.not_retrieved if s else None),
            ("dbr_assessed", "Reports assessed for eligibility", s.assessed if s else None),
            ("dbr_excluded", "Reports excluded", excluded),
            *((f"dbr_excluded_{_key(n)}", f"  {n}", count) for n, count in (s.reasons if s else ())),
            ("new_studies", "Studies included in review", s.studies if s else None),
            ("new_reports", "Reports of included studies", s.reports if s else None),
        ]


def _key(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def flow(
    runs: Sequence[Mapping[str, Any]],
    *,
    documents: int,
    deleted: int,
    retracted: int,
    duplicates: int,
    screened: Screened | None = None,
) -> Flow:
    """The flow from finished runs: the newest run of each search, and of each set of files, counts.

    Parameters
    ----------
    runs : sequence of mapping
        ``command``, ``settings`` and ``counts`` of finished runs, oldest first.
    documents, deleted, retracted : int
        Current reports of the store, those that their source deleted, and the retracted among the current.
    duplicates : int
        Current reports that are the same as another one.
    screened : Screened, optional
        What people decided.
    """
    newest: dict[tuple[str, str], Searched] = {}
    for run in runs:
        one = _searched(run)
        newest[one.name, one.query] = one
    found = Flow(tuple(newest.values()), 0, deleted, retracted, documents - duplicates, screened)
    again = max(0, found.identified - deleted - documents)
    return replace(found, duplicates=duplicates + again)


def _searched(run: Mapping[str, Any]) -> Searched:
    settings = run["settings"]
    if run["command"] == "fetch":
        source = settings["source"]
        kind = REGISTER if source in registers() else OTHER if source == "ids" else DATABASE
        return Searched(source, settings["query"], run["counts"]["arrived"], kind)
    files = f"{run['command']} {' '.join(settings.get('inputs', ()))}"
    count = run["counts"].get("read", 0)
    name = settings.get("database")
    if not name:
        return Searched("files", files, count, OTHER)
    kind = REGISTER if REGISTERS.search(name) and not COCHRANE.search(name) else DATABASE
    return Searched(name, settings.get("query") or files, count, kind, settings.get("searched") or "")


WIDTH, BOX, HIGH, GAP = 720, 320, 72, 34


def svg(found: Flow) -> str:
    """The diagram's identification and screening boxes as SVG; blanks are drawn as blanks."""
    s = found.screened
    sought = f"(n = {s.screened - s.excluded})" if s else UNKNOWN
    assessed = f"(n = {s.assessed})" if s and s.assessed is not None else UNKNOWN
    reasons = [f"{INDENT}{shortened(name)} (n = {n})" for name, n in s.reasons] if s else []
    waiting = max(0, found.reports - s.screened) if s else 0
    left = [
        ["Records identified from:", *_named("databases", found.of_kind(DATABASE)), *_named("registers", found.of_kind(REGISTER)),
         f"files and others (n = {found.other})"],
        ["Records screened" if s else "Records to be screened", f"(n = {s.screened if s else found.reports}; {found.retracted} retracted)",
         *([f"not yet screened (n = {waiting})"] if waiting else [])],
        ["Reports sought for retrieval", sought],
        ["Reports assessed for eligibility", assessed],
        ["Studies included in review", f"(n = {s.studies})" if s else UNKNOWN, *([f"reports of them (n = {s.reports})"] if s else [])],
    ]  # fmt: skip
    right = [
        [
            "Removed before screening:",
            f"duplicates (n = {found.duplicates})",
            f"deleted by their source (n = {found.deleted})",
        ],
        ["Records excluded", f"(n = {s.excluded})" if s else UNKNOWN],
        ["Reports not retrieved", f"(n = {s.not_retrieved})" if s else UNKNOWN],
        [
            "Reports excluded",
            *([f"(n = {sum(n for _, n in s.reasons)})", *reasons] if s and s.assessed is not None else [UNKNOWN]),
        ],
    ]
    heights = [max(HIGH, 30 + 18 * max(len(a), len(b))) for a, b in zip_longest(left, right, fillvalue=())]
    tops = [GAP + sum(heights[:n]) + GAP * n for n in range(len(left))]
    return _drawn(left, right, heights, tops)


UNKNOWN = "(n = not recorded)"
INDENT = "\u00a0" * 3  # a drawing drops other blanks before a line
MOST_SHOWN = 34  # characters of a name in a box


def shortened(name: str) -> str:
    return name if len(name) <= MOST_SHOWN else f"{name[: MOST_SHOWN - 1]}…"


def _named(kind: str, of: Mapping[str, int]) -> list[str]:
    """The total of databases or registers, and each of them where there are several."""
    total = [f"{kind} (n = {sum(of.values())})"]
    return total + [f"{INDENT}{shortened(name)} (n = {n})" for name, n in of.items()] if of else total


def _drawn(left: list[list[str]], right: list[list[str]], heights: list[int], tops: list[int]) -> str:
    height = tops[-1] + heights[-1] + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-label="PRISMA 2020 flow diagram" font-family="sans-serif" font-size="14">',
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
    ]
    for place, lines in enumerate(left):
        parts += _box(20, tops[place], lines, heights[place])
        if place + 1 < len(left):
            parts.append(_arrow(20 + BOX / 2, tops[place] + heights[place], 20 + BOX / 2, tops[place + 1]))
    for place, lines in enumerate(right):
        middle = tops[place] + heights[place] / 2
        parts += _box(380, tops[place], lines, heights[place])
        parts.append(_arrow(20 + BOX, middle, 380, middle))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _box(x: float, y: float, lines: list[str], high: float) -> list[str]:
    first = y + high / 2 - 9 * (len(lines) - 1) + 5
    rows = [f'<text x="{x + 12}" y="{first + 18 * i:g}">{escape(line)}</text>' for i, line in enumerate(lines)]
    return [f'<rect x="{x}" y="{y}" width="{BOX}" height="{high}" fill="none" stroke="black"/>', *rows]


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="black" marker-end="url(#tip)"/>'
