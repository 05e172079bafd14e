"""Counts for the PRISMA 2020 flow diagram (Page et al. 2021, doi:10.1136/bmj.n71), as far as a store knows them.

What people decide (screening, eligibility) is not in a store and stays blank: blank is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from extractor.declared import registers


@dataclass(frozen=True, slots=True)
class Flow:
    """Numbers of the identification stage; ``by_source`` has (source, query or files, records)."""

    by_source: tuple[tuple[str, str, int], ...]
    databases: int
    registers: int
    other: int
    duplicates: int
    deleted: int
    retracted: int
    reports: int

    @property
    def identified(self) -> int:
        return self.databases + self.registers + self.other

    def rows(self) -> list[tuple[str, str, int | None]]:
        """(key, words, number); None is what only people know."""
        return [
            ("database_results", "Records identified from databases", self.databases),
            ("register_results", "Records identified from registers", self.registers),
            ("other_results", "Records identified from files and other sources", self.other),
            ("duplicates", "Duplicate records removed before screening", self.duplicates),
            ("excluded_other", "Records deleted by their source", self.deleted),
            ("records_screened", "Records to be screened", self.reports),
            ("retracted", "of these, retracted", self.retracted),
            ("records_excluded", "Records excluded", None),
            ("dbr_assessed", "Reports assessed for eligibility", None),
            ("new_studies", "Studies included in review", None),
        ]


def flow(runs: Sequence[Mapping[str, Any]], *, documents: int, deleted: int, retracted: int, duplicates: int) -> Flow:
    """The flow from finished runs: the newest run of each search, and of each set of files, counts.

    Parameters
    ----------
    runs : sequence of mapping
        ``command``, ``settings`` and ``counts`` of finished runs, oldest first.
    documents, deleted, retracted : int
        Current reports of the store, those that their source deleted, and the retracted among the current.
    duplicates : int
        Current reports that are the same as another one.
    """
    newest: dict[tuple[str, str], int] = {}
    for run in runs:
        if run["command"] == "fetch":
            newest[run["settings"]["source"], run["settings"]["query"]] = run["counts"]["arrived"]
        else:
            newest["files", f"{run['command']} {' '.join(run['settings'].get('inputs', ()))}"] = run["counts"].get(
                "read", 0
            )
    sources = tuple((source, query, count) for (source, query), count in newest.items())
    of_registers = sum(n for source, _, n in sources if source in registers())
    other = sum(n for source, _, n in sources if source in ("files", "ids"))
    databases = sum(n for _, _, n in sources) - of_registers - other
    kept = documents - duplicates
    again = max(0, databases + of_registers + other - deleted - documents)
    return Flow(sources, databases, of_registers, other, duplicates + again, deleted, retracted, kept)


WIDTH, BOX, HIGH, GAP = 720, 320, 92, 34


def svg(found: Flow) -> str:
    """The diagram's identification and screening boxes as SVG; blanks are drawn as blanks."""
    left = [
        [
            "Records identified from:",
            f"databases (n = {found.databases})",
            f"registers (n = {found.registers})",
            f"files and others (n = {found.other})",
        ],
        ["Records to be screened", f"(n = {found.reports}; {found.retracted} retracted)"],
        ["Reports assessed for eligibility", "(n = not recorded)"],
        ["Studies included in review", "(n = not recorded)"],
    ]
    right = [
        [
            "Removed before screening:",
            f"duplicates (n = {found.duplicates})",
            f"deleted by their source (n = {found.deleted})",
        ],
        ["Records excluded", "(n = not recorded)"],
        ["Reports excluded", "(n = not recorded)"],
    ]
    height = len(left) * (HIGH + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-label="PRISMA 2020 flow diagram" font-family="sans-serif" font-size="14">',
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
    ]
    for place, lines in enumerate(left):
        top = GAP + place * (HIGH + GAP)
        parts += _box(20, top, lines)
        if place + 1 < len(left):
            parts.append(_arrow(20 + BOX / 2, top + HIGH, 20 + BOX / 2, top + HIGH + GAP))
    for place, lines in enumerate(right):
        top = GAP + place * (HIGH + GAP)
        parts += _box(380, top, lines)
        parts.append(_arrow(20 + BOX, top + HIGH / 2, 380, top + HIGH / 2))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _box(x: float, y: float, lines: list[str]) -> list[str]:
    first = y + HIGH / 2 - 9 * (len(lines) - 1) + 5
    rows = [f'<text x="{x + 12}" y="{first + 18 * i:g}">{escape(line)}</text>' for i, line in enumerate(lines)]
    return [f'<rect x="{x}" y="{y}" width="{BOX}" height="{HIGH}" fill="none" stroke="black"/>', *rows]


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="black" marker-end="url(#tip)"/>'
