"""Records as files that others open: CSV, JSON, a workbook, Markdown, Word, references. The same records give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO

from extractor.export.characteristics import WideTable, characteristics, columns, lines
from extractor.export.values import fact_shown, field_shown, shown
from extractor.model import Record

__all__ = [
    "FORMATS",
    "Format",
    "WideTable",
    "characteristics",
    "columns",
    "fact_shown",
    "field_shown",
    "lines",
    "shown",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format; ``binary`` ones are not for a terminal."""

    name: str
    summary: str
    module: str
    binary: bool = False

    def write(self, records: Iterable[Record], stream: BinaryIO) -> None:
        """Write `records`; the libraries of a format are imported when it is written."""
        function = getattr(import_module(f"extractor.export.{self.module}"), f"write_{self.name}")
        function(records, stream)


FORMATS = {
    f.name: f
    for f in (
        Format("csv", "one row a fact, exact quotes", "plain"),
        Format("jsonl", "one record a line", "plain"),
        Format("json", "an array of records", "plain"),
        Format("xlsx", "workbook: characteristics, facts, adverse events, conflicts, not reported", "workbook", True),
        Format("md", "characteristics of included studies, Markdown", "plain"),
        Format("docx", "characteristics of included studies, Word", "word", True),
        Format("ris", "one reference a report, for Covidence, RevMan, Rayyan, EndNote, Zotero", "references"),
        Format("bibtex", "one reference a report, BibTeX", "references"),
        Format("csl", "one reference a report, CSL-JSON", "references"),
    )
}
