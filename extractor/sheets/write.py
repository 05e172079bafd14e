"""The checking sheet of a store: one row a value and one a silence, with the sentence that says it and a list to choose from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from extractor import around
from extractor.declared import declared_fields
from extractor.export import fact_shown
from extractor.export.book import CONFLICT, DOUBT, PERSON, Colour, Sheet, write_book
from extractor.export.doubt import doubts, in_conflict
from extractor.export.values import NOT_REPORTED, UNREAD
from extractor.labels import labels
from extractor.model import JSON_PART, NOT_READ, Document, Evidence, Fact, Record
from extractor.schemas import record_schema
from extractor.sheets import ACCEPT, COLUMNS, CORRECT, DECISIONS, MORE, REJECT, SHEET, SILENT, SPARE, UNSURE

TO_FILL = "for people to fill in"  # value of a field that no text is read for
REACH = 300  # characters of a sentence on each side of its words
HOW_TO = (
    (ACCEPT, "the value is right"),
    (
        CORRECT,
        "another value is right: write it under “new value”; where other words say it, copy them under “new words”",
    ),
    (REJECT, "the value is wrong, and there is no other"),
    (UNSURE, "you cannot tell; say why under “comment”"),
    (SILENT, "the report does not say it; of a value: it is wrong, and the report gives none"),
    ("(empty)", "not looked at; nothing is taken from the row"),
    ("new value", "43, or 1-3, or 6 months; or by name, as under “value by name”: n=43; kind=treated"),
    ("new words", "the words of the report that say it, copied from it; a value that was missed needs them"),
    ("a value that was missed", "use an empty row at the end: study or report, field, “correct”, new value, new words"),
    ("number", "the number of the fact in its report, as `trialspan show` prints it"),
    ("orange, yellow", "values that contradict each other; values that are doubtful"),
    ("back", "trialspan sheet import FILE --by YOUR-NAME --store STORE"),
)
Cells = Sequence[Any]


def write_sheet(
    records: Iterable[Record], stream: BinaryIO, *, fields: Collection[str] = (), doubtful: bool = False
) -> int:
    """Write the workbook; how many rows there are to look at.

    Parameters
    ----------
    fields : collection of str
        Only these fields; all where empty.
    doubtful : bool
        Only values that are doubtful or contradict each other.
    """
    listed = list(records)
    names = labels(r.document for r in listed)
    rows = [row for r in listed for row in _rows(r, names[r.document.id], fields, doubtful)]
    width = len(COLUMNS) + len(MORE)
    spare: list[Cells] = [(None,) * width for _ in range(SPARE)]
    headings = (*COLUMNS, *MORE, "why")
    place = {name: number for number, name in enumerate(headings, 1)}
    check = Sheet(
        SHEET,
        headings,
        [*rows, *((*row, None) for row in spare)],
        _colours(place),
        choices={place["decision"]: DECISIONS},
        open=[place[name] for name in ("decision", "new value", "new words", "comment")],
        hidden=[place["report"], place["key"]],
        widths={
            place["sentence"]: 60,
            place["decision"]: 20,
            place["new value"]: 20,
            place["new words"]: 28,
            place["comment"]: 24,
        },
        frozen="D2",
        printed=place["comment"],
    )
    how = Sheet("how to", ("word", "meaning"), HOW_TO, widths={2: 100}, frozen="A2")
    write_book([check, how, Sheet("legal values", ("field", "name", "legal"), list(_legal()), widths={3: 100})], stream)
    return len(rows)


def _colours(place: Mapping[str, int]) -> list[Colour]:
    return [
        Colour('LEFT($M2,8)="conflict"', CONFLICT, columns=(4, 4)),
        Colour('$M2<>""', DOUBT, columns=(4, 4)),
        Colour('$F2<>""', PERSON, columns=(1, place["value"])),
    ]


def _rows(record: Record, name: str, fields: Collection[str], doubtful: bool) -> Iterator[Cells]:
    order = {field: place for place, field in enumerate(declared_fields())}
    contradicted = in_conflict(record)
    numbered = sorted(enumerate(record.facts), key=lambda n: (order.get(n[1].field, len(order)), n[0]))
    for number, fact in numbered:
        if not fact.primary or (fields and fact.field not in fields):
            continue
        why = [*(["conflict"] if fact.field in contradicted else []), *doubts(fact)]
        if why or not doubtful:
            yield _fact(record.document, number, fact, name, "; ".join(why))
    found = {fact.field for fact in record.facts}
    by_people = [name for name, one in declared_fields().items() if one.by_people and name not in found]
    for said in [*record.not_found, *by_people] if not doubtful else ():
        field = said.removesuffix(NOT_READ)
        if not fields or field in fields:
            state = UNREAD if said.endswith(NOT_READ) else TO_FILL if field in by_people else NOT_REPORTED
            blank = (None,) * 5
            yield (None, name, field, state, *blank, None, record.document.id, None, None)


def _fact(document: Document, number: int, fact: Fact, name: str, why: str) -> Cells:
    said = sentence(document, fact.evidence[0]) if fact.evidence else None
    blank = (None,) * 4
    return (
        *(number, name, fact.field, fact_shown(fact), said, *blank),
        *(by_name(fact.value), document.id, digest(fact), why or None),
    )


def digest(fact: Fact) -> str:
    """What a row is known by when it comes back: field, value, arm and words of its fact."""
    return hashlib.sha256(fact.key().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def sentence(document: Document, item: Evidence) -> str:
    """The sentence around some words, which stand in ‹ ›; of a registry record the path and the value there."""
    if item.part == JSON_PART or item.start is None or item.end is None:
        return f"{item.path}: ‹{item.quote}›"
    text = document.parts.get(item.part, "")
    begin, end = around.sentence(text, item.start, item.end)
    begin, end = max(begin, item.start - REACH), min(end, item.end + REACH)
    return " ".join(f"{text[begin : item.start]}‹{item.quote}›{text[item.end : end]}".split())


def by_name(value: Mapping[str, Any], above: str = "") -> str:
    """A value as ``n=43; kind=treated``, as a new value may be written.

    >>> by_name({"low": 2, "high": 2, "interval": {"low": 1, "unit": "months"}, "sd": None})
    'low=2; high=2; interval.low=1; interval.unit=months'
    """
    found = []
    for name, item in value.items():
        if isinstance(item, Mapping):
            found.append(by_name(item, f"{above}{name}."))
        elif item is not None:
            found.append(f"{above}{name}={_bare(item)}")
    return "; ".join(found)


def _bare(item: Any) -> str:
    if isinstance(item, bool):
        return "yes" if item else "no"
    return item if isinstance(item, str) else json.dumps(item)


def _legal() -> Iterator[Cells]:
    """What each name of each field may be, from the schema of records."""
    values = record_schema()["$defs"]["values"]
    for name, one in declared_fields().items():
        known = values.get(name, {}).get("properties") or {key: {} for key in one.keys}
        for key, schema in known.items():
            legal = schema.get("enum") or schema.get("type") or "any"
            words = [legal] if isinstance(legal, str) else ["nothing" if w in (None, "null") else str(w) for w in legal]
            yield name, key, ", ".join(words)
