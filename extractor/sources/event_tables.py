"""Tables of adverse events: terms down the side, arms across the top, counts in the cells.

Read only where the caption says that the table is one, or under a row that does. Columns of tests, and counts of events
rather than of people, are left alone. Where a percentage contradicts the arm's size, both stay as written and the fact
names no denominator; a count beyond the arm's size is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractor.model import Evidence, Fact
from extractor.sources.tables import Cell, Table

METHOD = "rule:adverse_event/table"
CONFIDENCE = 0.85  # prior: the layout of tables varies more than that of sentences
# captions and rows: "Treatment-emergent adverse events", "Toxicity", "Side effects", "Complications"
EVENTS = re.compile(
    r"\badverse|\bside[- ]effects?\b|\btoxicit|\bcomplications?\b|\bsafety\b|\bAEs?\b|\bTEAEs?\b|\bharms\b", re.I
)
# "(n = 30)", "N=31"
SIZE = re.compile(r"[\(\[]?\b[nN]\s*=\s*(\d{1,6})\b[\)\]]?")
# what a column's head says of its cells, not of its arm
UNITS = re.compile(
    r"\b(?:no\.?|n|number)?\s*(?:of (?:patients|participants|subjects))?\s*[,;]?\s*\(\s*%\s*\)|\bn\s*/\s*N\b|[,;]?\s*%$|\bpatients\b$|\bno\.$|\bn$",
    re.I,
)
# columns that count no people
SKIPPED = re.compile(
    r"^p$|\bp[- –]?values?\b|\bp\s*[<=]|\b(?:OR|RR|HR|RD|IRR)\b|\bratio\b|\bdifference\b|\bCI\b|\bevents?\b|\bepisodes\b|\brate\b|\bper 100\b|\bgrades? \d",
    re.I,
)
# "4", "4 (13.3)", "4 (13.3%)", "4/30 (13)", "13.3%"
COUNT = re.compile(
    r"(?P<n>\d{1,6})(?:\s*/\s*(?P<of>\d{1,6}))?(?:\s*[\(\[]\s*(?P<percent>\d{1,3}(?:[.·]\d+)?)\s*%?\s*[\)\]])?"
)
PERCENT = re.compile(r"(?P<percent>\d{1,3}(?:[.·]\d+)?)\s*%")
# ends of a term that are units: ", n (%)", "(%)"
TERM_END = re.compile(
    r"[,;]?\s*(?:\(?\b(?:no\.?|n|number)\s*)?\(\s*%\s*\)\)?$|[,;]\s*(?:no\.?|n|%)$|[*†‡§¶]+$|\^\{?\w+\}?$", re.I
)
NO_TERM = re.compile(
    r"^(?:total|all|overall|n|no\.?|number of|mean|median|age|sex|male|female|p\b|duration|patients|subjects|participants|weight|dose)\b[^a-z]*",
    re.I,
)
SLACK = 1.0  # percentage points between a stated percentage and the count's own, for rounding


@dataclass(frozen=True, slots=True)
class Column:
    """One arm: its name, its size, and the head cell that states the size."""

    name: str | None
    size: int | None
    head: Cell | None
    percent_only: bool


def event_facts(table: Table, part: str) -> Iterator[Fact]:
    """Adverse events in `table`, whose text is the document's part `part`."""
    speaks = EVENTS.search(table.caption) is not None
    serious = True if re.search(r"\bserious\b", table.caption, re.I) else None
    columns = _columns(table)
    for row in table.rows:
        label = row[0] if row else None
        if label is None or not label.text:
            continue
        if not any(cell.text for cell in row[1:] if cell is not label):  # a row that heads others
            if EVENTS.search(label.text) or not speaks:
                speaks = speaks or EVENTS.search(label.text) is not None
            serious = _seriousness(label.text, serious)
        elif speaks:
            yield from _row_facts(row, columns, part, serious)


def _seriousness(heading: str, before: bool | None) -> bool | None:
    if re.search(r"\bnon-?serious\b", heading, re.I):
        return False
    return True if re.search(r"\bserious\b", heading, re.I) else None if EVENTS.search(heading) else before


def _columns(table: Table) -> dict[int, Column]:
    """Columns of arms, by number."""
    found: dict[int, Column] = {}
    width = max((len(row) for row in [*table.head, *table.rows]), default=0)
    for number in range(1, width):
        cells = list(dict.fromkeys(row[number] for row in table.head if number < len(row) and row[number].text))
        said = " ".join(cell.text for cell in cells)
        unsized = SIZE.sub("", said)
        if not said or SKIPPED.search(unsized):
            continue
        sizes = [(int(match[1]), cell) for cell in cells if (match := SIZE.search(cell.text))]
        percent_only = "%" in unsized and not re.search(r"\bn\b|\bno\b|\(\s*%", unsized, re.I)
        name = next(filter(None, (_arm(cell.text) for cell in reversed(cells))), None)  # the lowest that names one
        if percent_only and any(other.name == name for other in found.values()):
            continue
        size, head = sizes[-1] if sizes else (None, None)
        found[number] = Column(name, size, head, percent_only)
    return found


def _arm(text: str) -> str | None:
    """The arm that a head cell names, without its size and units."""
    return UNITS.sub("", SIZE.sub("", text)).strip(" ,;:()[]") or None


def _row_facts(row: list[Cell], columns: dict[int, Column], part: str, serious: bool | None) -> Iterator[Fact]:
    label = row[0]
    term = TERM_END.sub("", label.text).strip(" .:;")
    if len(term) < 3 or not re.search(r"[A-Za-z]{3}", term) or NO_TERM.match(term):
        return
    for number, column in columns.items():
        cell = row[number] if number < len(row) else None
        if cell is None or cell is label:
            continue
        if (counted := _counted(cell.text, column)) is None:
            continue
        value = _value(term, counted, serious)
        cited = [label, cell, *([column.head] if column.head and counted["denominator"] == column.size else [])]
        yield Fact(
            "adverse_event",
            value,
            tuple(Evidence(part, c.text, c.start, c.end) for c in cited),
            METHOD,
            CONFIDENCE,
            arm=column.name,
        )


def _counted(text: str, column: Column) -> dict[str, Any] | None:
    """n, denominator and percent of a cell; None where it says none, or contradicts itself."""
    if match := PERCENT.fullmatch(text):
        return _checked(None, column.size, _percent(match["percent"]))
    match = COUNT.fullmatch(text)
    if not match:
        return (
            _checked(None, column.size, _percent(text))
            if column.percent_only and re.fullmatch(r"\d{1,3}[.·]\d+", text)
            else None
        )
    if column.percent_only and match["percent"] is None and match["of"] is None:
        return _checked(None, column.size, _percent(match["n"]))
    of = int(match["of"]) if match["of"] else column.size
    return _checked(int(match["n"]), of, _percent(match["percent"]))


def _percent(text: str | None) -> float | None:
    return float(text.replace("·", ".")) if text else None


def _checked(n: int | None, of: int | None, percent: float | None) -> dict[str, Any] | None:
    if percent is not None and percent > 100:
        return None
    if n is not None and of is not None and n > of:
        return None
    if n is not None and of and percent is not None and abs(100 * n / of - percent) > SLACK:
        of = None
    return {"n": n, "denominator": of, "percent": percent}


def _value(term: str, counted: dict[str, Any], serious: bool | None) -> dict[str, Any]:
    happened = counted["n"] if counted["n"] is not None else counted["percent"]
    first, rest = term[:1], term[1:]
    return {
        "term": first.lower() + rest if rest == rest.lower() else term,
        "term_id": None,
        **counted,
        "denominator_unit": "participants" if counted["denominator"] is not None else None,
        "grade": None,
        "severity": None,
        "serious": serious,
        "related": None,
        "assertion": "present" if happened else "absent",
        "scope": None,
    }
