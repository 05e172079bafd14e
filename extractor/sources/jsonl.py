"""JSON lines of ``{"id", "title", "text"}``, and of whole records as this program writes them; also one such list or object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import SCHEMA, Document, Evidence, Fact, Ids, as_text, value_at
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import lines
from extractor.sources.identifiers import document_id, doi_in, pmcid_in, pmid_in

BOM_AND_BLANKS = b"\xef\xbb\xbf \r\n\t"
BLANKS = " \r\n\t\ufeff"
TEXTS = ("text", "abstract")
NEEDED = "an object with id, title and text"
KNOWN = ("text or abstract (needed)", "id", "title", "pmid", "doi", "pmcid")
STEP = re.compile(r"\.[^.\[\]]+|\[\d+\]")  # of a JSON path
MOST_NAMED, NAME_SHOWN = 12, 40  # keys in a message, and characters of each


def sniff(head: bytes) -> float:
    start = head.lstrip(BOM_AND_BLANKS)
    if start[:1] not in (b"{", b"["):
        return 0.0
    first = start.split(b"\n", 1)[0].rstrip()
    known = any(key in start for key in (b'"text"', b'"abstract"', b'"document"'))
    if start[:1] == b"[":
        return 0.6 if known else 0.1
    if first.endswith(b"}"):
        return 0.9 if any(key in first for key in (b'"text"', b'"abstract"', b'"document"')) else 0.3
    return 0.5 if known else 0.2


@reader("jsonl", sniff=sniff, suffixes=(".jsonl", ".ndjson", ".json"), rank=300)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """One JSON object a line: id, title, text (an empty text is a document too)."""
    numbered = ((n, line) for n, line in lines(stream) if line.strip(BLANKS))
    start = list(islice(numbered, 2))
    if _is_whole([line.strip(BLANKS) for _, line in start]):
        yield from _listed("".join(line for _, line in chain(start, numbered)), stem)
        return
    for number, line in chain(start, numbered):
        yield attempt(lambda: _document(_row(line), f"{stem}:{number}"), f"line {number}")  # noqa: B023


def _is_whole(start: list[str]) -> bool:
    """Whether the file is one JSON value over many lines: a list, or an object that goes on after its first line."""
    first, second = (*start, "", "")[:2]
    return first.startswith("[") or (first.startswith("{") and not first.endswith("}") and not second.startswith("{"))


def _listed(text: str, stem: str) -> Iterator[Item]:
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not one JSON value: {error}") from error
    rows = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows, 1):
        name = stem if len(rows) == 1 else f"{stem}:{number}"
        yield attempt(lambda: _document(_checked(row), name), f"entry {number}")  # noqa: B023


def _row(line: str) -> dict[str, Any]:
    try:
        return _checked(json.loads(line.lstrip("\ufeff")))
    except ParseError:
        raise
    except json.JSONDecodeError as error:
        raise ParseError(f"not a JSON object: {error.msg} at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not a JSON object: {error}") from error


def _checked(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise ParseError(f"{NEEDED} is needed, found {type(row).__name__}")
    return row


def _document(row: dict[str, Any], otherwise: str) -> Document:
    if row.get("schema") == SCHEMA:
        return _own(row)
    key = next((k for k in TEXTS if k in row), None)
    if key is None:
        raise ParseError(
            f"no key 'text'; found: {listed(row)}. Known keys are {', '.join(KNOWN)}: rename yours, one object a line"
        )
    parts = {"title": _text(row["title"], "title")} if row.get("title") else {}
    name, ids = row.get("id"), _ids(row)
    return Document(
        document_id(ids, otherwise) if name in (None, "") else str(name),
        "jsonl",
        parts | {"abstract": _text(row[key], key)},
        ids=ids,
    )


def _own(row: dict[str, Any]) -> Document:
    """The document of a record of ours, with what its source stated outside its text: a register's fields, cells of tables."""
    document = Document.from_dict(row["document"])
    facts = (Fact.from_dict(one) for one in row.get("facts") or ())
    given = tuple(fact for fact in facts if any(map(_outside, fact.evidence)))
    return replace(document, given=given, data=_stated(given)) if given else document


def _outside(item: Evidence) -> bool:
    """Whether evidence is a field of a register's record, or a cell of a table, which text alone does not give again."""
    return item.path is not None or item.row is not None or item.column is not None


def _stated(facts: Iterable[Fact]) -> dict[str, Any] | None:
    """A register's record, as far as the facts quote it: each quote at its path."""
    quoted = {e.path: e.quote for fact in facts for e in fact.evidence if e.path is not None}
    data: dict[str, Any] = {}
    for path in sorted(quoted, key=len):  # a whole object before what is in it
        if value_at(data, path) != quoted[path]:
            _put(data, STEP.findall(path), quoted[path])
    return data or None


def _put(data: Any, steps: list[str], quote: str) -> None:
    """Set the value at the end of some steps, lists and objects made on the way."""
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        empty: Any = _value(quote) if following is None else [] if following.startswith("[") else {}
        key: Any = int(step[1:-1]) if step.startswith("[") else step.removeprefix(".")
        if isinstance(data, list):
            data.extend([None] * (key + 1 - len(data)))
            known = data[key]
        else:
            known = data.get(key)
        if following is None or not isinstance(known, dict | list):
            data[key] = empty
        data = data[key]


def _value(quote: str) -> Any:
    """An object or list that was quoted as JSON; any other value as it was quoted."""
    try:
        found = json.loads(quote)
    except ValueError:
        return quote
    return found if isinstance(found, dict | list) and as_text(found) == quote else quote


def listed(row: dict[str, Any]) -> str:
    """Keys for a message: the first ones in order of the alphabet, each short."""
    names = [n if len(n) <= NAME_SHOWN else f"{n[:NAME_SHOWN]}…" for n in sorted(map(str, row))]
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join(names[:MOST_NAMED] + more) or "none"


def _text(value: Any, key: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ParseError(f"the value of {key!r} must be a string, found {type(value).__name__}")


def _ids(row: dict[str, Any]) -> Ids:
    said = {key: str(row[key]) for key in ("pmid", "doi", "pmcid") if row.get(key)}
    return Ids(pmid_in(said.get("pmid")), doi_in(said.get("doi")), pmcid_in(said.get("pmcid")))
