"""A workbook that can be worked in and printed: widths by content, a frozen and filled head, a filter, links, colours.

Text cells are typed as text, so that nothing in a report can become a formula. The same sheets give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from extractor.errors import QueryError
from extractor.export.office import clean, cut, write_zip

MOST_ROWS = 1_048_576  # Excel specifications and limits
MOST_LINKS = 60_000  # a sheet holds 65,530; the links of the last rows are left out
NARROW, WIDE, PADDING = 8, 44, 2  # characters of a column: least, most, and what the arrow of the filter takes
WIDE_PAPER = 140  # characters of a sheet beyond which A4 would be too small to read
LINE_HEIGHT, HIGHEST = 13.5, 409.0  # points of a line, and of a row at most
FULL = 0.88  # share of a line that words fill, as they break at blanks
LONGEST_SEEN = 3_000  # characters of a cell that fill the highest row
MOST_ACROSS = 300  # characters across a sheet of A3; what is wider goes on as many sheets beside one another
A3, A4 = "8", "9"
HEAD, HEAD_WORDS, LINE = "1F4E79", "FFFFFF", "D0D7DE"
WRAPPED, PLAIN = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
MIDDLE = Alignment(wrap_text=True, vertical="center")
UNDER = Border(bottom=Side("hair", LINE))
FACE: Any = {"name": "Calibri", "size": 11}  # of the workbook; without a name each program takes one of its own
TITLE, FILLED = Font(bold=True, color=HEAD_WORDS, **FACE), PatternFill("solid", HEAD)
OUTWARD, INWARD = Font(color="0563C1", underline="single", **FACE), Font(color="0563C1", **FACE)
CONFLICT, DOUBT, QUIET, PERSON = "F8CBAD", "FFF2CC", "808080", "E2EFDA"
TO_FILL = PatternFill("solid", DOUBT)


@dataclass(frozen=True, slots=True)
class Linked:
    """A value that leads somewhere: to an address, or to a row of another sheet."""

    value: Any
    address: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Colour:
    """Cells that are coloured as long as a condition holds; it is written for the first cell of the range."""

    formula: str
    fill: str = ""
    words: str = ""
    columns: tuple[int, int] | None = None  # first and last, from 1; all where not given


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, headings, rows, and what is done with it.

    Parameters
    ----------
    choices : mapping of int to sequence of str
        Columns, from 1, whose cells offer a list of words.
    open : sequence of int
        Columns that are to be filled in; where there are any, the others are locked.
    hidden : sequence of int
        Columns that nobody needs to see.
    widths : mapping of int to int
        Columns whose width is not that of their content.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    colours: Sequence[Colour] = ()
    choices: dict[int, Sequence[str]] = field(default_factory=dict)
    open: Sequence[int] = ()
    hidden: Sequence[int] = ()
    widths: dict[int, int] = field(default_factory=dict)
    printed: int | None = None  # columns that go to the printer; all where not given
    frozen: str = "B2"


def write_book(sheets: Iterable[Sheet], stream: BinaryIO, most_rows: int = MOST_ROWS) -> None:
    """Write the workbook.

    Raises
    ------
    QueryError
        If a sheet would have more rows than a workbook can hold.
    """
    made = list(sheets)
    for sheet in made:
        if len(sheet.rows) >= most_rows:
            raise QueryError(
                f"sheet {sheet.name!r} would have more than {most_rows:,} rows; export fewer reports, or --format csv"
            )
    book = Workbook(write_only=True)
    for sheet in made:
        _write(book, sheet)
    packed = BytesIO()
    book.save(packed)
    write_zip(packed.getvalue(), stream)


def _write(book: Workbook, sheet: Sheet) -> None:
    page: Any = book.create_sheet(sheet.name)
    page.freeze_panes = sheet.frozen
    widths = _columns(page, sheet)
    _printed(page, sheet, sum(widths))
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headings))}{len(sheet.rows) + 1}"
    for colour in sheet.colours:
        _coloured(page, sheet, colour)
    for number, words in sheet.choices.items():
        _offered(page, number, words, len(sheet.rows))
    wide = [page.column_dimensions[get_column_letter(n)].width for n in range(1, len(sheet.headings) + 1)]
    page.row_dimensions[1].height = _height(sheet.headings, wide)
    page.append([_head(page, heading) for heading in sheet.headings])
    for place, row in enumerate(sheet.rows):
        page.row_dimensions[place + 2].height = _height(row[: sheet.printed], wide[: sheet.printed])
        led = place * len(sheet.headings) < MOST_LINKS
        page.append([_cell(page, value, number in sheet.open, led) for number, value in enumerate(row, 1)])


def _columns(page: Any, sheet: Sheet) -> list[int]:
    """Set the widths of the columns; the widths of those that are seen."""
    seen = []
    for number in range(1, len(sheet.headings) + 1):
        column = page.column_dimensions[get_column_letter(number)]
        column.width = sheet.widths.get(number) or _width(
            sheet.headings[number - 1], (r[number - 1] for r in sheet.rows)
        )
        column.hidden = number in sheet.hidden
        seen += [] if column.hidden else [column.width]
    return seen[: sheet.printed]


def _width(heading: str, values: Iterable[Any]) -> int:
    longest = max((len(_text(value)) for value in values), default=0)
    return max(NARROW, len(heading) + PADDING, min(WIDE, ceil(longest / FULL) + 1))


def _text(value: Any) -> str:
    inner = value.value if isinstance(value, Linked) else value
    return "" if inner is None else max(str(inner).split("\n"), key=len)


def _height(row: Sequence[Any], widths: Sequence[float]) -> float:
    """How high a row must be for all of its words: not every program finds that out when it opens a file."""
    lines = max((_lines(v, w) for v, w in zip(row, widths, strict=True) if v is not None), default=1)
    return min(HIGHEST, LINE_HEIGHT * lines + 2)


def _lines(value: Any, width: float) -> int:
    inner = value.value if isinstance(value, Linked) else value
    if not isinstance(inner, str):
        return 1
    return sum(max(1, -(-len(line) // max(1, int(width * FULL)))) for line in inner[:LONGEST_SEEN].split("\n"))


def _printed(page: Any, sheet: Sheet, width: float) -> None:
    """Landscape, as wide as the paper, the head on each page; a sheet of many columns on several, the study on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A3 if width > WIDE_PAPER else A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    pages = max(1, round(width / MOST_ACROSS))
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = pages, 0
    page.print_title_rows = "1:1"
    if pages > 1:
        page.print_title_cols = "A:A"
    if sheet.printed:
        page.print_area = f"A1:{get_column_letter(sheet.printed)}{len(sheet.rows) + 1}"
    for side in ("left", "right", "top", "bottom"):
        setattr(page.page_margins, side, 0.5)
    page.oddFooter.left.text, page.oddFooter.right.text = sheet.name, "&P / &N"


def _coloured(page: Any, sheet: Sheet, colour: Colour) -> None:
    first, last = colour.columns or (1, len(sheet.headings))
    reach = f"{get_column_letter(first)}2:{get_column_letter(last)}{max(2, len(sheet.rows) + 1)}"
    fill = PatternFill(bgColor=colour.fill) if colour.fill else None
    rule: Any = FormulaRule  # openpyxl has no types for it
    words = Font(color=colour.words) if colour.words else None
    page.conditional_formatting.add(reach, rule([colour.formula], fill=fill, font=words))


def _offered(page: Any, number: int, words: Sequence[str], rows: int) -> None:
    """A drop-down of a column; a workbook that is filled in by other means is checked when it comes back."""
    offer = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
    offer.error, offer.errorTitle = f"Choose one of: {', '.join(words)}", "Not in the list"
    letter = get_column_letter(number)
    offer.add(f"{letter}2:{letter}{rows + 1}")
    page.data_validations.append(offer)


def _head(page: Any, heading: str) -> Any:
    cell = _cell(page, heading)
    cell.font, cell.fill, cell.alignment = TITLE, FILLED, MIDDLE
    return cell


def _cell(page: Any, value: Any, fill_in: bool = False, led: bool = True) -> Any:
    inner, link = (value.value, value) if isinstance(value, Linked) else (value, None)
    if isinstance(inner, bool):
        inner = "yes" if inner else "no"
    cell = WriteOnlyCell(page, value="" if isinstance(inner, str) else inner)
    if isinstance(inner, str):
        cell.value = cut(clean(inner))
        cell.data_type = "s"
    cell.alignment = WRAPPED if isinstance(inner, str) else PLAIN
    cell.border = UNDER
    if fill_in:
        cell.fill = TO_FILL
    if link and led and inner not in (None, ""):
        _led(cell, link)
    return cell


def _led(cell: Any, link: Linked) -> None:
    place = None if link.address else f"'{link.sheet}'!A{link.row}"
    cell.hyperlink = Hyperlink(ref="", target=clean(link.address) or None, location=place)
    cell.font = OUTWARD if link.address else INWARD
