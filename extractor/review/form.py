"""A field's own form: its keys with the values that they may have, from the schema of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from extractor import terms
from extractor.schemas import record_schema

# keys that are the program's own, and follow from the others
MADE = frozenset({"term_id", "term_match", "cue", "id", "url"})
KEPT = frozenset({("registry_id", "id"), ("ethics_approval", "id")})
LEXICONS = {
    "adverse_event": "adverse_events",
    "condition": "conditions",
    "cell_type": "cells",
    "cell_source": "sources",
}
MOST_OFFERED = 12
SHORTEST_ASKED = 2


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its name in the form, words, the choices where it has any, and what stands in it."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str
    number: bool = False
    offered: bool = False


def inputs(field: str, value: Mapping[str, Any] | None) -> list[Input]:
    """The inputs of a field's form, filled with a value."""
    schema = record_schema()["$defs"]["values"].get(field, {})
    return list(_inputs(field, "", schema.get("properties", {}), value or {}))


def _inputs(field: str, under: str, keys: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[Input]:
    for key, schema in keys.items():
        if key in MADE and (field, key) not in KEPT:
            continue
        inner = next((s["properties"] for s in schema.get("oneOf", ()) if "properties" in s), None)
        if inner:
            yield from _inputs(field, f"{under}{key}.", inner, value.get(key) or {})
            continue
        yield _input(field, under + key, schema, value.get(key))


def _input(field: str, name: str, schema: Mapping[str, Any], value: Any) -> Input:
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    label = name.replace("_", " ").replace(".", " ")
    if "enum" in schema:
        return Input(
            name, label, tuple(("null", "not said") if e is None else (e, e) for e in schema["enum"]), text(value)
        )
    if "boolean" in kinds:
        return Input(name, label, (("null", "not said"), ("yes", "yes"), ("no", "no")), text(value))
    offered = field in LEXICONS and name in ("term", "name")
    return Input(name, label, (), "" if value is None else text(value), bool({"number", "integer"} & {*kinds}), offered)


def text(value: Any) -> str:
    """A value as a form has it.

    >>> [text(v) for v in (None, True, False, 3.0, 2.5, "a")]
    ['null', 'yes', 'no', '3', '2.5', 'a']
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def words(field: str, given: Mapping[str, str], base: Mapping[str, Any] | None) -> dict[str, str]:
    """What a form sent as the words that :func:`extractor.curation.value_of` reads: only what differs from `base`.

    An input that was emptied is silence.
    """
    filled = {one.name: one.value for one in inputs(field, base)}
    sent = {name: said.strip() or "null" for name, said in given.items() if name in filled}
    changed = {name: said for name, said in sent.items() if base is None or said != (filled[name] or "null")}
    found = {n: s for n, s in changed.items() if base is not None or s != "null" or not _chosen(field, n)}
    return found | _id(field, found)


def _chosen(field: str, name: str) -> bool:
    return "." in name  # a nested value of which nothing is given is silent as a whole


def _id(field: str, said: Mapping[str, str]) -> dict[str, str]:
    """The vocabulary's number of a term that was typed; none where the vocabulary does not know it."""
    key = {"adverse_event": ("term", "term_id")}.get(field, ("name", "id"))
    if field not in LEXICONS or key[0] not in said:
        return {}
    known = terms.table(LEXICONS[field]).get(said[key[0]])
    keys = record_schema()["$defs"]["values"][field]["properties"]
    if key[1] not in keys or (known is None and "null" not in str(keys[key[1]])):
        return {}
    return {key[1]: known.id if known and known.id else "null"}


def offered(field: str, asked: str) -> list[str]:
    """Terms of a field's vocabulary that begin with, or else contain, what was typed."""
    asked = asked.strip().lower()
    if field not in LEXICONS or len(asked) < SHORTEST_ASKED:
        return []
    names = [t.name for t in terms.table(LEXICONS[field]).terms]
    first = [n for n in names if n.lower().startswith(asked)]
    return list(dict.fromkeys([*first, *(n for n in names if asked in n.lower())]))[:MOST_OFFERED]
