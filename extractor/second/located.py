"""Another reader's claims as facts of ours: quotes found in the frozen text, values brought to the contract's shape.

What stands nowhere is refused and listed. The verdict of the verifier goes with the fact as a flag.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema

from extractor.errors import EvidenceError
from extractor.model import JSON_PART, Evidence, Fact, check_evidence
from extractor.schemas import record_schema
from extractor.verify.cells import ABSENT, FOLLOWS, NO_QUOTE, Cell
from extractor.verify.check import best_place
from extractor.verify.reading import Reading

WHY = {ABSENT: "its quote stands nowhere in the text", NO_QUOTE: "it has no quote"}
CONFIDENCE = {FOLLOWS: 0.9}  # before anything was measured; merging gives the measured share
UNSURE = 0.5


@dataclass(frozen=True, slots=True)
class Refused:
    """A claim that is not kept, and why."""

    cell: Cell
    why: str


def kept(reading: Reading, cells: Sequence[Cell], reader: str) -> Iterator[Fact | Refused]:
    """Each claim about one document, as a fact or refused; the same claim at the same place once."""
    seen: set[str] = set()
    for cell in cells:
        fact = located(reading, cell, reader)
        if isinstance(fact, Fact):
            if fact.key() in seen:
                continue
            seen.add(fact.key())
        yield fact


def located(reading: Reading, cell: Cell, reader: str) -> Fact | Refused:
    """One claim as a fact; of several places of its quote, the one whose words bear it out."""
    if cell.told is not None:
        return _told(reading, cell, cell.told)
    state, place, verdict = best_place(reading, cell)
    if place is None:
        return Refused(cell, WHY[state])
    value = shaped(cell.field, cell.value)
    if isinstance(value, str):
        return Refused(cell, value)
    part, start, end = reading.where(place)
    if part is None or start is None or end is None or end > len(reading.document.parts[part]):
        return Refused(cell, "its quote runs over two parts of the text")
    evidence = Evidence(part, reading.document.parts[part][start:end], start, end)
    flags = (verdict.value, *verdict.reasons)
    confidence = CONFIDENCE.get(verdict.value, UNSURE)
    return Fact(cell.field, value, (evidence,), f"reader:{reader}", confidence, True, cell.arm, flags)


def _told(reading: Reading, cell: Cell, fact: Fact) -> Fact | Refused:
    """A fact of our own export as it was written, where its words stand at its place; the verifier's word is added."""
    try:
        check_evidence(reading.document, [fact])
    except EvidenceError as error:
        return Refused(cell, f"row {cell.row}: {error}")
    value = shaped(cell.field, cell.value)
    if isinstance(value, str):
        return Refused(cell, f"row {cell.row}: {value}")
    if value != fact.value:
        return Refused(cell, f"row {cell.row}: its value lacks keys of a {cell.field}")
    if not fact.evidence or fact.evidence[0].part == JSON_PART:
        return fact  # a register's field is no sentence to be read again
    _, _, verdict = best_place(reading, cell)
    return fact.change(flags=tuple(dict.fromkeys((*fact.flags, verdict.value, *verdict.reasons))))


def shaped(field: str, value: dict[str, Any]) -> dict[str, Any] | str:
    """The value with all keys that the contract has, silence as None; or why it is none."""
    schema = record_schema()["$defs"]["values"].get(field, {})
    made = dict.fromkeys(schema.get("required", ())) | value
    if field == "dose" and made.get("basis") not in _legal(schema, "basis"):
        made["basis"] = {"per injection": "per administration", "per dose": "per administration"}.get(
            str(made["basis"])
        )
    error = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(made)), None)
    return made if error is None else f"its value is none of a {field}: {error.message}"


def _legal(schema: dict[str, Any], key: str) -> list[Any]:
    found: list[Any] = schema.get("properties", {}).get(key, {}).get("enum", [])
    return found
