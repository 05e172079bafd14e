"""The Word file: characteristics of included studies, one table a report, with the words that say each value."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any, BinaryIO

from extractor.export.characteristics import lines
from extractor.export.office import EPOCH, clean, write_zip
from extractor.labels import labels
from extractor.model import Record


def write_docx(records: Iterable[Record], stream: BinaryIO) -> None:
    """The Word file; the same bytes for the same records."""
    import docx

    file = docx.Document()
    properties = file.core_properties
    properties.author, properties.title = "Trialspan", "Characteristics of included studies"
    properties.created = properties.modified = EPOCH.replace(tzinfo=None)
    file.add_heading("Characteristics of included studies", 0)
    listed = list(records)
    names = labels(r.document for r in listed)
    for record in listed:
        _study(file, record, names[record.document.id])
    packed = BytesIO()
    file.save(packed)
    write_zip(packed.getvalue(), stream)


def _study(file: Any, record: Record, label: str) -> None:
    document = record.document
    file.add_heading(clean(label) + (" (retracted)" if document.retracted else ""), 1)
    file.add_paragraph(clean(f"id: {document.id}"))
    if document.title:
        file.add_paragraph(clean(document.title))
    rows = [line for line in lines(record) if line.value]
    table = file.add_table(rows=1 + len(rows), cols=3, style="Table Grid")
    cells = table._cells  # one pass: table.cell() walks the whole table each time
    words = [("item", "value", "words of the report")]
    words += [(line.heading, line.value, "; ".join(f"“{q}”" for q in line.quotes)) for line in rows]
    for place, text in enumerate(text for row in words for text in row):
        cells[place].text = clean(text)
    for conflict in record.conflicts:
        file.add_paragraph(clean(f"Conflict ({conflict.kind}): {conflict.message}"), style="List Bullet")
