"""CSV, JSON lines, JSON and Markdown: text formats, the same bytes for the same records.

A CSV cell of words that were quoted holds them as they are, also where a spreadsheet would take them for a formula (``=``,
``+``, ``-``, ``@``): a quote must equal its slice of the text. The other columns get an apostrophe before such a sign. For a
spreadsheet there is the workbook, whose cells are typed as text. A row gives the
first evidence of its fact; a derived fact's other evidence is in the JSON formats and the workbook.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from extractor.export.characteristics import lines
from extractor.model import Fact, Record

CSV_COLUMNS = (
    "document",
    "field",
    "value",
    "quote",
    "part",
    "start",
    "end",
    "confidence",
    "method",
    "primary",
    "arm",
    "flags",
)
# lone surrogates, which UTF-8 cannot hold, and what a terminal would obey: JSON escapes the rest of the controls itself
_ESCAPED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def json_text(value: Any) -> str:
    """`value` as one line of JSON in readable UTF-8; lone surrogates and control characters are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


def write_jsonl(records: Iterable[Record], stream: BinaryIO) -> None:
    """One record a line, the shape of ``Record.to_dict()``."""
    for record in records:
        stream.write(json_text(record.to_dict()).encode() + b"\n")


def write_json(records: Iterable[Record], stream: BinaryIO) -> None:
    """One array of records, one record a line in it."""
    start = b"[\n"
    for record in records:
        stream.write(start + json_text(record.to_dict()).encode())
        start = b",\n"
    stream.write(b"[]\n" if start == b"[\n" else b"\n]\n")


def write_csv(records: Iterable[Record], stream: BinaryIO) -> None:
    """One row a fact, with its first evidence; the value is JSON, flags are separated by ``;``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180; with "\n" alone a carriage return would not be quoted
    writer.writerow(CSV_COLUMNS)
    for record in records:
        writer.writerows(fact_row(record.document.id, fact) for fact in record.facts)
        stream.write(_drained(text))
    stream.write(_drained(text))


def fact_row(document: str, fact: Fact) -> list[Any]:
    """A fact's cells in the order of ``CSV_COLUMNS``; what is absent is empty."""
    tail = [
        round(fact.confidence, 4),
        fact.method,
        "true" if fact.primary else "false",
        inert(fact.arm or ""),
        ";".join(fact.flags),
    ]
    return [inert(document), fact.field, json_text(fact.value), *_place(fact), *tail]


def inert(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula (OWASP, CSV injection).

    >>> inert("=1+1"), inert("placebo")
    ("'=1+1", 'placebo')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _place(fact: Fact) -> list[Any]:
    """Quote, part, start and end; for a structured record the part is ``json:`` and the path."""
    if not fact.evidence:
        return ["", "", "", ""]
    first = fact.evidence[0]
    return [first.quote, f"{first.part}:{first.path}" if first.path else inert(first.part), first.start, first.end]


def _drained(text: io.StringIO) -> bytes:
    """What was written since the last time; a lone surrogate as its escape."""
    found = text.getvalue()
    text.seek(0)
    text.truncate()
    return found.encode("utf-8", "backslashreplace")


def write_md(records: Iterable[Record], stream: BinaryIO) -> None:
    """Characteristics of included studies, one table a report."""
    stream.write(b"# Characteristics of included studies\n")
    for record in records:
        stream.write("\n".join(_section(record)).encode("utf-8", "backslashreplace") + b"\n")


def _section(record: Record) -> Iterator[str]:
    document = record.document
    retracted = " (retracted)" if document.retracted else ""
    yield f"\n## {cell(document.id)}{retracted}\n"
    if document.title:
        yield f"{cell(document.title)}\n"
    yield "| item | value | words of the report |\n|---|---|---|"
    for line in lines(record):
        if line.value:
            yield f"| {line.heading} | {cell(line.value)} | {'; '.join(f'“{cell(q)}”' for q in line.quotes)} |"
    if record.conflicts:
        yield "\nConflicts:\n"
        yield from (f"- {cell(c.message)} ({cell(c.kind)})" for c in record.conflicts)


_MARKS = re.compile(r"([\\|`*_<>\[\]#])")


def cell(text: str) -> str:
    """`text` in one line, with Markdown's marks escaped.

    >>> cell("a|b *c*")
    'a\\\\|b \\\\*c\\\\*'
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
