"""Records as files that others open: CSV, JSON, a workbook, Markdown, Word, references. The same records give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from extractor.export.characteristics import Table, characteristics, columns, lines
from extractor.export.plain import write_csv, write_json, write_jsonl, write_markdown
from extractor.export.references import write_bibtex, write_csl, write_ris
from extractor.export.values import fact_shown, field_shown, shown
from extractor.export.word import write_docx
from extractor.export.workbook import write_xlsx
from extractor.model import Record

__all__ = ["FORMATS", "Format", "Table", "characteristics", "columns", "fact_shown", "field_shown", "lines", "shown"]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format; ``binary`` ones are not for a terminal."""

    name: str
    summary: str
    write: Callable[[Iterable[Record], BinaryIO], None]
    binary: bool = False


FORMATS = {
    f.name: f
    for f in (
        Format("csv", "one row a fact, exact quotes", write_csv),
        Format("jsonl", "one record a line", write_jsonl),
        Format("json", "an array of records", write_json),
        Format("xlsx", "workbook: characteristics, facts, adverse events, conflicts, not reported", write_xlsx, True),
        Format("md", "characteristics of included studies, Markdown", write_markdown),
        Format("docx", "characteristics of included studies, Word", write_docx, True),
        Format("ris", "one reference a report, for Covidence, RevMan, Rayyan, EndNote, Zotero", write_ris),
        Format("bibtex", "one reference a report, BibTeX", write_bibtex),
        Format("csl", "one reference a report, CSL-JSON", write_csl),
    )
}
