"""The workbook: characteristics, facts, adverse events, conflicts, and what was not reported, one sheet each.

Text cells are typed as text, so that nothing in a report can become a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from extractor.errors import QueryError
from extractor.export.characteristics import characteristics, value_shown
from extractor.export.office import clean, cut, write_zip
from extractor.export.plain import json_text
from extractor.export.values import DENIED, NOT_REPORTED, OTHERS_ONLY, UNREAD
from extractor.model import NOT_READ, Fact, Record

MOST_ROWS = 1_048_576  # Excel specifications and limits
EVENT_KEYS = (
    *("term", "term_id", "assertion", "n", "denominator", "denominator_unit", "percent"),
    *("grade", "severity", "serious", "related", "scope"),
)
EVENT_COLUMNS = ("document", "arm", *EVENT_KEYS, "zero", "quote", "part", "start", "end")
FACT_COLUMNS = (
    *("document", "field", "value", "value_json", "primary", "arm", "quote", "part", "start", "end", "path"),
    *("confidence", "method", "flags", "more_evidence"),
)
ABOUT = (
    (NOT_REPORTED, "the report was read for it and says nothing; silence is never a zero"),
    (
        DENIED,
        "the text itself denies it as a whole (“no adverse events occurred”), no further than severity, related and scope say",
    ),
    ("scope", "the words that limit a denial: a time, a group, a measure (“during infusion”)"),
    ("0, reported zero", "the text states a zero (“0 of 6”)"),
    (OTHERS_ONLY, "the report gives such figures, but not of its own trial (a review, a subgroup, another study)"),
    ("empty cell", "nobody looked for it"),
    ("start, end", "code points from the start of the named part of the report, half-open"),
    ("␀ and the like", "pictures of control characters, which a workbook cannot hold"),
)
Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its columns' headings and width in characters, and its rows."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Cells]
    width: int


def write_xlsx(records: Iterable[Record], stream: BinaryIO) -> None:
    """The workbook; the same bytes for the same records.

    Raises
    ------
    QueryError
        If a sheet would have more rows than a workbook can hold.
    """
    sheets = list(_sheets(list(records)))
    for sheet in sheets:
        if len(sheet.rows) >= MOST_ROWS:
            raise QueryError(
                f"sheet {sheet.name!r} would have more than {MOST_ROWS:,} rows; export fewer reports, or --format csv"
            )
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet)
    packed = BytesIO()
    book.save(packed)
    write_zip(packed.getvalue(), stream)


def _sheets(records: Sequence[Record]) -> Iterator[Sheet]:
    table = characteristics(records)
    yield Sheet("characteristics", table.headings, table.rows, 24)
    yield Sheet("facts", FACT_COLUMNS, [_fact(r, f) for r in records for f in r.facts], 18)
    events = [_event(r, f) for r in records for f in r.of("adverse_event")]
    yield Sheet("adverse events", EVENT_COLUMNS, events, 18)
    yield Sheet("conflicts", ("document", "kind", "message", "quotes"), list(_conflicts(records)), 40)
    yield Sheet("not reported", ("document", "field", "state"), list(_silence(records)), 24)
    yield Sheet("about", ("words", "meaning"), ABOUT, 60)


def _write(book: Workbook, sheet: Sheet) -> None:
    page: Any = book.create_sheet(sheet.name)
    page.freeze_panes = "B2"
    for number in range(1, len(sheet.headings) + 1):
        page.column_dimensions[get_column_letter(number)].width = sheet.width
    bold = [_cell(page, heading) for heading in sheet.headings]
    for cell in bold:
        cell.font = Font(bold=True)
    page.append(bold)
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value="")
    cell.value = cut(clean(value))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _fact(record: Record, fact: Fact) -> Cells:
    first, *rest = fact.evidence or (None,)
    place = (first.quote, first.part, first.start, first.end, first.path) if first else (None,) * 5
    more = json_text([e.to_dict() for e in rest if e]) if rest else None
    head = (record.document.id, fact.field, value_shown(fact), json_text(fact.value), fact.primary, fact.arm)
    return (*head, *place, round(fact.confidence, 4), fact.method, "; ".join(fact.flags) or None, more)


def _event(record: Record, fact: Fact) -> Cells:
    first = fact.evidence[0]
    values = [_plain(fact.value.get(key)) for key in EVENT_KEYS]
    return (record.document.id, fact.arm, *values, zero_state(fact), first.quote, first.part, first.start, first.end)


def zero_state(fact: Fact) -> str | None:
    """Which kind of nothing an adverse event is; None for one that happened."""
    assertion, n = fact.value.get("assertion"), fact.value.get("n")
    if assertion == "none_reported":
        return DENIED
    if n == 0:
        return "reported zero"
    return "reported absent" if assertion == "absent" else None


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else json_text(value)


def _conflicts(records: Iterable[Record]) -> Iterator[Cells]:
    for record in records:
        for conflict in record.conflicts:
            facts = [record.facts[i] for i in conflict.facts if i < len(record.facts)]
            quotes = "; ".join(e.quote for f in facts for e in f.evidence[:1])
            yield record.document.id, conflict.kind, conflict.message, quotes


def _silence(records: Iterable[Record]) -> Iterator[Cells]:
    for record in records:
        for name in record.not_found:
            read = not name.endswith(NOT_READ)
            yield record.document.id, name.removesuffix(NOT_READ), NOT_REPORTED if read else UNREAD
