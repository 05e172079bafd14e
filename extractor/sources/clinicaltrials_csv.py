"""CSV exports of ClinicalTrials.gov, of the classic site and of the present one: one trial a row, its cells as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from extractor.model import ABSTRACT, TITLE, Document, Fact, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.csv import header_of, normal, table_rows
from extractor.sources.identifiers import year_in
from extractor.sources.paths import Node, stated
from extractor.sources.protocol_facts import REGISTRY, condition_fact

READER = "clinicaltrials-csv"
NEEDED = frozenset({"nct number", "conditions"})
DONE = frozenset({"completed", "terminated"})
# words of the cell "Study Designs"
DESIGNS = (
    (re.compile(r"allocation: randomized", re.I), "randomized"),
    (re.compile(r"allocation: non-?_?randomized", re.I), "non-randomized"),
    (re.compile(r"crossover", re.I), "crossover"),
    (re.compile(r"single[ _]group", re.I), "single-arm"),
    (re.compile(r"masking: (?:none|open label)", re.I), "open-label"),
    (re.compile(r"masking: single", re.I), "single-blind"),
    (re.compile(r"masking: (?:double|triple|quadruple)", re.I), "double-blind"),
    (re.compile(r"prospective", re.I), "prospective"),
    (re.compile(r"retrospective", re.I), "retrospective"),
)
PHASE = re.compile(r"(?P<early>early[ _])?phase ?(?P<number>[1-4])", re.I)


def sniff(head: bytes) -> float:
    names = set(map(normal, header_of(head)))
    return 0.95 if names >= NEEDED and names & {"title", "study title"} else 0.0


@reader("clinicaltrials-csv", sniff=sniff, suffixes=(".csv", ".tsv"), source="clinicaltrials", rank=510, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """CSV export of ClinicalTrials.gov, classic or present."""
    rows = table_rows(stream)
    header = next(rows, [])
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            data = dict(zip((name.replace("\ufeff", "") for name in header), row, strict=False))
            yield attempt(lambda: _document(data, f"{stem}:{number}"), f"row {number}")  # noqa: B023


def _document(row: dict[str, str], otherwise: str) -> Document:
    cells = {normal(name): Node(value, f"$.{name}") for name, value in row.items()}

    def cell(*names: str) -> Node:
        return next((cells[n] for n in names if n in cells and cells[n].text.strip()), Node(None))

    number, title = cell("nct number").text.strip(), cell("title", "study title").text
    parts = {
        TITLE: title,
        ABSTRACT: cell("brief summary").text,
        "interventions": cell("interventions").text,
    }
    return Document(
        f"clinicaltrials:{number}" if number else otherwise,
        "clinicaltrials",
        {name: text for name, text in parts.items() if text or name == ABSTRACT},
        ids=Ids(nct=(number,) if number else ()),
        year=year_in(cell("first posted", "start date").text),
        authors=tuple(filter(None, cell("sponsor/collaborators", "sponsor").text.split("|"))),
        given=tuple(_facts(cell)),
        data=dict(row),
        metadata={"status": cell("status", "study status").text, "start_date": cell("start date").text},
    )


def _facts(cell: Any) -> Iterator[Fact]:
    number, posted = cell("nct number"), cell("first posted")
    if number.text:
        day = iso_day(posted.text)
        value = {"registry": REGISTRY, "id": number.text.strip(), "registered_on": day}
        yield stated("registry_id", value, [number, *([posted] if day else [])], reader=READER)
        yield stated("report_kind", {"name": "protocol"}, [number], reader=READER)
    enrolled, status = cell("enrollment"), cell("status", "study status")
    if enrolled.count is not None:
        kind = "enrolled" if status.text.lower() in DONE else "planned"
        yield stated(
            "participants",
            {"n": enrolled.count, "kind": kind},
            [enrolled, *([status] if status.text else [])],
            reader=READER,
        )
    yield from _phases(cell("phases"))
    designs = cell("study designs", "study design")
    for pattern, name in DESIGNS:
        if pattern.search(designs.text):
            yield stated("design", {"name": name}, [designs], reader=READER)
    conditions = cell("conditions")
    for name in filter(None, (c.strip() for c in conditions.text.split("|"))):
        yield condition_fact(name, conditions, READER)


def _phases(phases: Node) -> Iterator[Fact]:
    found = [("early " if m["early"] else "") + m["number"] for m in PHASE.finditer(phases.text)]
    if found:
        yield stated("phase", {"name": "/".join(found)}, [phases], reader=READER)


def iso_day(text: str) -> str | None:
    """The ISO date of "July 6, 2016" or "2016-07-06"; None for a month alone."""
    for form in ("%B %d, %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date().isoformat()
        except ValueError:
            continue
    return None
