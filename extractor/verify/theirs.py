"""Anyone's table as cells: CSV with one claim a row, JSONL of records or claims, LangExtract, wide tables by a map, 2x2 counts.

Not here: the texts they speak of. What cannot be read as a cell is listed with its row; nothing is dropped in silence.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.errors import CellsError
from extractor.fields import FIELDS
from extractor.files import read_text
from extractor.verify import own_table
from extractor.verify.cells import Cell
from extractor.verify.plain import value_of

COLUMNS = ("document", "field", "value")
# other names of our columns in tables of others
ALSO = {
    "document": ("study", "id", "study id", "study_id", "document_id", "pmid", "trial", "paper", "reference"),
    "field": ("item", "variable", "question"),
    "value": ("answer", "result", "extracted"),
    "quote": ("evidence", "supporting quote", "source", "supporting text", "span"),
    "arm": ("group",),
}
TWO_BY_TWO = ("events1", "total1", "events2", "total2")
LARGEST_CELL = 10_000_000


@dataclass(slots=True)
class Theirs:
    """The cells of a file, and what in it is none: (row, why)."""

    cells: list[Cell] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read(path: Path, *, map_file: Path | None = None, outcome: str | None = None) -> Theirs:
    """The cells of a file; its kind is told by its content.

    Parameters
    ----------
    map_file : Path, optional
        A TOML file that says which column of a wide table is which field.
    outcome : str, optional
        The event that the counts of a 2x2 table are of, where the table has no column ``outcome``.

    Raises
    ------
    CellsError
        If the file cannot be read, or has none of the shapes that are known.
    """
    whole = read_text(path, CellsError)
    found = Theirs()
    text = whole.replace("\r\n", "\n").replace("\r", "\n")
    own = own_table.delimiter_of(whole)
    if own and not map_file:
        claims: Iterable[Cell | str] = own_table.cells(whole, own)
    elif text.lstrip().startswith("{"):
        claims = _lines(text)
    else:
        rows = _rows(text, path)
        claims = _mapped(rows, _map(map_file)) if map_file else _of_table(rows, path, outcome)
    for number, claim in enumerate(claims, 1):
        if isinstance(claim, str):
            found.problems.append((number, claim))
        else:
            found.cells.append(claim)
    if not found.cells and not found.problems:
        raise CellsError(f"{path}: holds no claim to verify")
    return found


# ---------------------------------------------------------------- JSON lines


def _lines(text: str) -> Iterator[Cell | str]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as error:
            yield f"line {number} is no JSON: {error}"
            continue
        yield from _claims(data, number) if isinstance(data, dict) else [f"line {number} is no object"]


def _claims(data: Mapping[str, Any], number: int) -> Iterator[Cell | str]:
    if "extractions" in data:
        yield from _langextract(data, number)
    elif "facts" in data:
        id = _id(data.get("document"))
        if not id:
            yield f"line {number}: the document has no id"
            return
        for fact in data["facts"] or ():
            yield _claim(id, fact, number)
    else:
        yield _claim(_id(data.get("document")), data, number)


def _id(document: object) -> str:
    return str((document.get("id") if isinstance(document, Mapping) else document) or "")


def claims_of(id: str, claim: object, number: int) -> Cell | str:
    """One claim about a document as a cell, or why it is none."""
    return _claim(id, claim, number)


def _claim(id: str, fact: object, number: int) -> Cell | str:
    if not isinstance(fact, Mapping) or not id or not fact.get("field"):
        return f"line {number}: a claim needs document, field and value"
    quote = fact.get("quote")
    if quote is None and fact.get("evidence"):
        quote = fact["evidence"][0].get("quote")
    return _cell(id, str(fact["field"]), fact.get("value"), quote, fact.get("arm"), number)


def _langextract(data: Mapping[str, Any], number: int) -> Iterator[Cell | str]:
    """LangExtract's annotated documents: the class is the field, the attributes the value, the text the quote."""
    id = str(data.get("document_id") or data.get("id") or "")
    for one in data["extractions"] or ():
        attributes = dict(one.get("attributes") or {})
        name = str(one.get("extraction_class") or "")
        text = one.get("extraction_text")
        arm = attributes.pop("arm", None)
        value = attributes or text
        yield _cell(id, name, value, text, arm, number) if id else f"line {number}: no document_id"


# ---------------------------------------------------------------- tables


def _rows(text: str, path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(LARGEST_CELL)
    head = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise CellsError(f"{path}: not readable as CSV: {error}") from error
    return [{(k or "").strip(): (v or "").strip() for k, v in row.items() if isinstance(v, str)} for row in rows]


def _of_table(rows: Sequence[Mapping[str, str]], path: Path, outcome: str | None) -> Iterator[Cell | str]:
    names = {name.lower(): name for name in (rows[0] if rows else {})}
    if set(TWO_BY_TWO) <= names.keys():
        yield from counts(rows, names, path, outcome)
        return
    columns = {ours: _column(ours, names) for ours in (*COLUMNS, "quote", "arm")}
    if missing := [name for name in COLUMNS if columns[name] is None]:
        raise CellsError(
            f"{path}: no column {', '.join(missing)}; a table needs the columns document, field, value (and quote, arm where there are any),"
            f" or {', '.join(TWO_BY_TWO)} with study; for any other table give --map FILE. Its columns are: {', '.join(names.values()) or 'none'}"
        )
    for number, row in enumerate(rows, 2):
        got = {ours: row.get(column or "", "") for ours, column in columns.items()}
        yield _cell(got["document"], got["field"], got["value"], got["quote"] or None, got["arm"] or None, number)


def _column(ours: str, names: Mapping[str, str]) -> str | None:
    return next((names[n] for n in (ours, *ALSO[ours]) if n in names), None)


def counts(
    rows: Sequence[Mapping[str, str]], names: Mapping[str, str], path: Path, outcome: str | None
) -> Iterator[Cell | str]:
    """The counts of a 2x2 table, two cells a row: one an arm."""
    study = _column("document", names)
    if study is None:
        raise CellsError(f"{path}: no column study")
    if outcome is None and "outcome" not in names:
        raise CellsError(f"{path}: which event are the counts of? give --outcome NAME, or a column outcome")
    for number, row in enumerate(rows, 2):
        term = row.get(names.get("outcome", ""), "") or outcome or ""
        for arm in ("1", "2"):
            events, total = row[names[f"events{arm}"]], row[names[f"total{arm}"]]
            name = row.get(names.get(f"arm{arm}", ""), "") or None
            yield _count(row[study], term, events, total, name, number)


def _count(id: str, term: str, events: str, total: str, arm: str | None, number: int) -> Cell | str:
    try:
        n, whole = int(float(events)), int(float(total))
    except ValueError:
        return f"row {number}: {events!r} of {total!r} are no numbers"
    value = {
        "term": term, "n": n, "denominator": whole, "denominator_unit": "participants", "assertion": "present" if n else "absent",
    }  # fmt: skip
    return Cell(id, "adverse_event", value, None, arm, number)


# ---------------------------------------------------------------- any table, by a map


def _map(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(read_text(path, CellsError))
    except tomllib.TOMLDecodeError as error:
        raise CellsError(f"{path}: not readable as TOML: {error}") from error
    if "document" not in found or not found.get("field"):
        raise CellsError(
            f'{path}: a map needs document = "COLUMN", and a [[field]] with column and field for each column to verify'
        )
    for entry in found["field"]:
        if not {"column", "field"} <= entry.keys():
            raise CellsError(
                f"{path}: each [[field]] needs column and field; this has only {', '.join(entry) or 'nothing'}"
            )
    return found


def _mapped(rows: Sequence[Mapping[str, str]], given: Mapping[str, Any]) -> Iterator[Cell | str]:
    columns = [given["document"], *(e["column"] for e in given["field"])]
    if rows and (missing := [c for c in columns if c not in rows[0]]):
        raise CellsError(
            f"the table has no column {', '.join(map(repr, missing))} of the map; it has: {', '.join(rows[0])}"
        )
    for number, row in enumerate(rows, 2):
        for entry in given["field"]:
            if not row.get(entry["column"]):
                continue
            quote = row.get(entry.get("quote", "")) or None
            value: Any = row[entry["column"]]
            if "key" in entry or "value" in entry:
                value = {**entry.get("value", {}), **({entry["key"]: _number(value)} if "key" in entry else {})}
            yield _cell(row[given["document"]], entry["field"], value, quote, entry.get("arm"), number)


def _number(text: str) -> Any:
    try:
        number = float(text.replace(",", "").removesuffix("%"))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _cell(id: str, name: str, value: Any, quote: object, arm: object, number: int) -> Cell | str:
    """A cell, or why it is none."""
    if not id:
        return f"row {number}: names no document"
    if name not in FIELDS:
        return f"row {number}: no field is called {name!r}; there are: {', '.join(sorted(FIELDS))}"
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = value
        value = parsed if isinstance(parsed, dict) else value
    if not isinstance(value, dict):
        made = value_of(name, str(value if value is not None else ""))
        if made is None:
            return f"row {number}: {value!r} is no value of {name}; give it as JSON: {FIELDS[name].declared.value}"
        value = made
    own_arm = value.get("arm") if name == "adverse_event" else None
    return Cell(id, name, value, str(quote) if quote else None, str(arm or own_arm) if arm or own_arm else None, number)
