"""The Word file: characteristics of included studies in Cochrane's shape, harms as grids, then the words behind each value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, BinaryIO

from extractor.declared import CHAPTERS
from extractor.export import harms
from extractor.export.chapters import RAISED, Item, included
from extractor.export.characteristics import lines
from extractor.export.office import EPOCH, clean, write_zip
from extractor.export.values import NOT_REPORTED, OTHERS_ONLY, UNREAD
from extractor.labels import labels
from extractor.model import Record

MOST_ACROSS = 7  # trials side by side in a table of harms
MARGIN, SIZE = 1.5, 8  # centimetres, points
SHADE = "D9E2EC"
NOTHING = (NOT_REPORTED, UNREAD, OTHERS_ONLY)  # kinds of nothing, each told on a line of its own
Rows = Sequence[Sequence[str]]


def write_docx(records: Iterable[Record], stream: BinaryIO) -> None:
    """The Word file; the same bytes for the same records."""
    listed = list(records)
    file = _opened()
    _title(file, "Characteristics of included studies")
    _characteristics(file, listed)
    _harms(file, listed)
    _title(file, "Words of the reports")
    names = labels(r.document for r in listed)
    for record in listed:
        _study(file, record, names[record.document.id])
    packed = BytesIO()
    file.save(packed)
    write_zip(packed.getvalue(), stream)


def _opened() -> Any:
    """An empty file, landscape, with narrow margins and small letters."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    file = docx.Document()
    properties = file.core_properties
    properties.author, properties.title = "Trialspan", "Characteristics of included studies"
    properties.created = properties.modified = EPOCH.replace(tzinfo=None)
    page = file.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21.0)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(MARGIN)
    style = file.styles["Normal"]
    style.font.size, style.paragraph_format.space_after = Pt(SIZE), Pt(0)
    return file


def _title(file: Any, words: str) -> None:
    """A heading of a part of the file, which is never the last of a page."""
    file.add_heading(words, 0).paragraph_format.keep_with_next = True


# ---------------------------------------------------------------- characteristics


def _characteristics(file: Any, records: Sequence[Record]) -> None:
    rows, notes = included(records)
    cells = [[_called(row.study, row.reports), *(_lines(items) for items in row.cells)] for row in rows]
    _table(file, ("Study and reports", *CHAPTERS), cells, first=3.4)
    for number, note in enumerate(notes, 1):
        file.add_paragraph(clean(f"{str(number).translate(RAISED)} {note}"))


def _called(study: str, reports: Sequence[str]) -> str:
    """The study and its reports; the one report alone where it has the study's name."""
    one = len(reports) == 1 and reports[0].startswith(study)
    return reports[0] if one else f"{study}\n{'; '.join(reports)}"


def _lines(items: Sequence[Item]) -> str:
    return "\n".join(map(str, items))


# ---------------------------------------------------------------- harms


def _harms(file: Any, records: Sequence[Record]) -> None:
    """Events by trials, in tables that a page holds; then events by arms, of each trial that tells its arms apart."""
    speaking = [r for r in records if r.of("adverse_event") or r.of("deaths")]
    if not speaking:
        return
    _title(file, "Harms by trial")
    for at in range(0, len(speaking), MOST_ACROSS):
        grid = harms.across(speaking[at : at + MOST_ACROSS])
        _table(file, ("Event", *grid.columns), _grouped(grid), first=4.5)
        file.add_paragraph()
    for words, meaning in harms.LEGEND:
        file.add_paragraph(f"{words}: {meaning}")
    names = labels(r.document for r in records)
    if silent := [names[r.document.id] for r in records if r not in speaking]:
        file.add_paragraph(clean(f"No harms read in: {'; '.join(silent)}."))
    several = [g for g in harms.grids(records) if len(g.columns) > 1]
    if several:
        _title(file, "Harms by arm")
    for grid in several:
        file.add_heading(clean(grid.title), 1)
        _table(file, ("Event", *grid.columns), _grouped(grid), first=4.5)


def _grouped(grid: harms.Grid) -> list[list[str]]:
    """The rows of a grid, a line with its name alone before each organ class."""
    found: list[list[str]] = []
    organ = ""
    for row in grid.rows:
        if row.organ != organ:
            organ = row.organ
            found.append([organ, *[""] * len(grid.columns)])
        found.append([f"  {row.event}", *(cell.words for cell in row.cells)])
    return found


# ---------------------------------------------------------------- the words behind each value


def _study(file: Any, record: Record, label: str) -> None:
    document = record.document
    file.add_heading(clean(label) + (" (retracted)" if document.retracted else ""), 1)
    file.add_paragraph(clean(f"id: {document.id}"))
    if document.title:
        file.add_paragraph(clean(document.title))
    rows = [line for line in lines(record) if line.value]
    words = [(r.heading, r.value, "; ".join(f"“{q}”" for q in r.quotes)) for r in rows if r.value not in NOTHING]
    _table(file, ("item", "value", "words of the report"), words, first=3.4)
    for nothing in NOTHING:  # each kind of nothing on a line of its own
        if silent := [r.heading for r in rows if r.value == nothing]:
            file.add_paragraph(clean(f"{nothing}: {', '.join(silent)}"))
    for conflict in record.conflicts:
        file.add_paragraph(clean(f"Conflict ({conflict.kind}): {conflict.message}"), style="List Bullet")


def _table(file: Any, headings: Sequence[str], rows: Rows, *, first: float) -> None:
    """A table whose head is repeated on each page and whose rows are not torn apart; `first` is the width of its first column."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table = file.add_table(rows=1 + len(rows), cols=len(headings), style="Table Grid")
    table.autofit = False
    rest = (29.7 - 2 * MARGIN - first) / max(1, len(headings) - 1)
    for place, column in enumerate(table.columns):
        column.width = Cm(first if place == 0 else rest)
    cells = table._cells  # one pass: table.cell() walks the whole table each time
    for place, text in enumerate(text for row in (headings, *rows) for text in row):
        cells[place].text = clean(text)
        cells[place].width = Cm(first if place % len(headings) == 0 else rest)
    for place, words in enumerate(rows, 1):
        if len(words) > 1 and not any(words[1:]):  # the name of a class: one cell across
            whole = cells[place * len(headings)].merge(cells[(place + 1) * len(headings) - 1])
            whole.text = clean(words[0])
            whole.paragraphs[0].runs[0].bold = True
            whole.paragraphs[0].paragraph_format.keep_with_next = True  # never the last of a page
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in cells[: len(headings)]:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), SHADE)
        cell._tc.get_or_add_tcPr().append(shade)
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        for run in cell.paragraphs[0].runs:
            run.bold = True
