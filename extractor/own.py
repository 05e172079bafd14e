"""Fields and vocabularies of one's own, from a TOML file: declared as the shipped ones are, so that every table has them.

A field is found in texts by patterns or by a vocabulary, with the words as evidence, or it is filled in by people with a quote.
Vocabularies of one's own extend the shipped ones. ``use`` makes them known to this process; an empty path takes them back.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor import declared, terms
from extractor.declared import CHAPTERS, FieldDeclaration
from extractor.errors import SettingsError
from extractor.files import read_text
from extractor.terms import Term, Terms

TEXT, NUMBER, CHOICE, YES_NO = "text", "number", "choice", "yes/no"
TYPES = (TEXT, NUMBER, CHOICE, YES_NO)
PLACE = 500  # order of a field that does not say after which it stands: behind the shipped ones
NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
KEYS = (
    "type",
    "heading",
    "summary",
    "chapter",
    "after",
    "under",
    "patterns",
    "choices",
    "vocabulary",
    "unit",
    "several",
)
# name in the file: shipped table, and the kind that a row gets which names none
VOCABULARIES = {
    "cells": ("cells", "stem"),
    "sources": ("sources", "cell"),
    "routes": ("routes", "sure"),
    "sites": ("sites", "sure"),
    "events": ("adverse_events", "event"),
    "conditions": ("conditions", "disease"),
}
VALUES = {TEXT: "{text}", NUMBER: "{n, unit}", CHOICE: "{name}", YES_NO: "{name}"}


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of one's own: what tables know of it, and how texts say it.

    Parameters
    ----------
    patterns : tuple of (pattern, value)
        Regular expressions over the text in small letters; the value is what a match means, and empty where the words
        themselves are the value (their group ``value``, or all of them).
    """

    declared: FieldDeclaration
    kind: str
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    vocabulary: Terms | None = None
    unit: str | None = None

    @property
    def found(self) -> bool:
        """Whether texts are read for it; else people fill it in."""
        return bool(self.patterns or self.vocabulary)


@dataclass(frozen=True, slots=True)
class Own:
    """All that one file adds."""

    fields: tuple[OwnField, ...] = ()
    vocabularies: tuple[tuple[str, tuple[Term, ...]], ...] = ()


_IN_USE: dict[str, OwnField] = {}


def in_use() -> Mapping[str, OwnField]:
    """The fields of one's own that this process knows, by name."""
    return _IN_USE


def use(path: str) -> None:
    """Make what a file declares known to this process, in place of what was before; nothing where `path` is empty.

    Raises
    ------
    SettingsError
        If the file cannot be read, or something in it does not fit; says where and what is legal.
    """
    _IN_USE.clear()
    declared.use_own(())
    terms.use_more({})
    if not path:
        return
    own = read(Path(path))
    declared.use_own([one.declared for one in own.fields])
    terms.use_more(dict(own.vocabularies))
    _IN_USE.update({one.declared.name: one for one in own.fields})


def read(path: Path) -> Own:
    """What a file declares under ``[fields.NAME]`` and ``[vocabularies]``."""
    try:
        told = tomllib.loads(read_text(path, SettingsError))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: fields of your own cannot be read: {error}") from error
    fields, vocabularies = told.get("fields", {}), told.get("vocabularies", {})
    if not isinstance(fields, dict) or not isinstance(vocabularies, dict):
        raise SettingsError(f"{path}: write fields as [fields.NAME], vocabularies as [vocabularies]")
    made = tuple(_field(path, name, given) for name, given in fields.items())
    more = tuple(_vocabulary(path, name, file) for name, file in vocabularies.items())
    if not made and not more:
        raise SettingsError(
            f"{path}: declares nothing; it needs [fields.NAME] or [vocabularies], see docs/own_fields.md"
        )
    return Own(made, more)


# ---------------------------------------------------------------- fields


def _field(path: Path, name: str, given: Any) -> OwnField:
    where = f"{path}: [fields.{name}]"
    if not NAME.fullmatch(name):
        raise SettingsError(f"{where}: a name is small letters, digits and _, such as blinding")
    if name in declared.shipped_fields():
        raise SettingsError(f"{where}: there is a field of this name already; choose another")
    if not isinstance(given, dict):
        raise SettingsError(f"{where}: a field is a table with: {', '.join(KEYS)}")
    if unknown := [key for key in given if key not in KEYS]:
        raise SettingsError(f"{where}: there is no {unknown[0]!r}; there are: {', '.join(KEYS)}")
    kind = given.get("type", TEXT)
    if kind not in TYPES:
        raise SettingsError(f"{where}: type {kind!r} is none; legal: {', '.join(TYPES)}")
    vocabulary = _terms(path.parent / str(given["vocabulary"]), where, "") if "vocabulary" in given else ()
    choices = _choices(where, kind, given)
    patterns = (
        *_compiled(where, _strings(where, "patterns", given.get("patterns", []))),
        *_compiled_choices(where, choices),
    )
    found = bool(patterns or vocabulary)
    return OwnField(
        _declaration(where, name, kind, given, choices, bool(vocabulary), found),
        kind,
        patterns,
        Terms(vocabulary) if vocabulary else None,
        given.get("unit"),
    )


def _declaration(
    where: str,
    name: str,
    kind: str,
    given: Mapping[str, Any],
    choices: Mapping[str, Sequence[str]],
    listed: bool,
    found: bool,
) -> FieldDeclaration:
    chapter = given.get("chapter")
    if chapter is not None and chapter not in CHAPTERS:
        raise SettingsError(f"{where}: chapter {chapter!r} is none; legal: {', '.join(CHAPTERS)}")
    after = given.get("after")
    if after is not None and after not in declared.shipped_fields():
        raise SettingsError(
            f"{where}: after {after!r}: no field is called so; legal: {', '.join(declared.shipped_fields())}"
        )
    heading = str(given.get("heading", name.replace("_", " ")))
    summary = str(given.get("summary", heading)).rstrip(".") + "."
    under = given.get("under")
    return FieldDeclaration(
        name,
        summary=summary,
        value="{name, id}" if listed else VALUES[kind],
        order=declared.shipped_fields()[after].order + 1 if after else PLACE,
        column=heading,
        page=(str(under), heading.lower()) if under else None,
        chapter=chapter or (declared.shipped_fields()[after].part if after and not under else None),
        shown="{n}[ {unit}]" if kind == NUMBER else None,
        several=bool(given.get("several", kind == TEXT or listed)),
        single=kind in (NUMBER, CHOICE, YES_NO) and not given.get("several"),
        by_people=not found,
        legal=_legal(kind, choices, listed),
    )


def _legal(kind: str, choices: Mapping[str, Sequence[str]], listed: bool) -> Mapping[str, Any]:
    """The JSON Schema of the keys of a value."""
    text = {"type": "string", "minLength": 1}
    if listed:
        return {"name": text, "id": {"type": ["string", "null"]}}
    if kind == NUMBER:
        return {"n": {"type": "number"}, "unit": {"type": ["string", "null"]}}
    return {"name": {"enum": list(choices)} if choices else text} if kind in (CHOICE, YES_NO) else {"text": text}


def _choices(where: str, kind: str, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The legal words of a choice, each with the patterns that say it."""
    told = given.get("choices")
    if kind not in (CHOICE, YES_NO):
        if told is not None:
            raise SettingsError(f"{where}: choices are for the types {CHOICE} and {YES_NO}")
        return {}
    if kind == YES_NO:
        told = {"yes": [], "no": []} if told is None else told
    if isinstance(told, list):
        told = {str(word): [] for word in told}
    if not isinstance(told, dict) or not told:
        if "vocabulary" in given:
            return {}
        raise SettingsError(
            f"{where}: a choice needs choices: a list of words, or a table of words with their patterns"
        )
    if kind == YES_NO and not set(told) <= {"yes", "no"}:
        raise SettingsError(f"{where}: the choices of {YES_NO} are yes and no")
    return {str(word): _strings(where, f"choices.{word}", patterns) for word, patterns in told.items()}


def _compiled_choices(where: str, choices: Mapping[str, Sequence[str]]) -> Iterator[tuple[re.Pattern[str], str]]:
    for word, patterns in choices.items():
        yield from ((pattern, word) for pattern, _ in _compiled(where, patterns))


def _compiled(where: str, patterns: Sequence[str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for text in patterns:
        try:
            pattern = re.compile(text, re.I)
        except re.error as error:
            raise SettingsError(f"{where}: pattern {text!r}: {error}") from error
        if pattern.match(""):
            raise SettingsError(f"{where}: pattern {text!r} matches nothing at all; a value needs words")
        found.append((pattern, ""))
    return tuple(found)


def _strings(where: str, name: str, given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise SettingsError(f"{where}: {name} is a list of texts")
    return given


# ---------------------------------------------------------------- vocabularies


def _vocabulary(path: Path, name: str, file: Any) -> tuple[str, tuple[Term, ...]]:
    where = f"{path}: [vocabularies] {name}"
    if name not in VOCABULARIES:
        raise SettingsError(f"{where}: no vocabulary is called so; legal: {', '.join(VOCABULARIES)}")
    table, kind = VOCABULARIES[name]
    return table, _terms(path.parent / str(file), where, kind)


def _terms(file: Path, where: str, kind: str) -> tuple[Term, ...]:
    """The rows of a vocabulary: a name a line, or columns ``name``, ``synonyms`` (separated by ``|``), ``id``, ``kind``; TSV or CSV."""
    try:
        text = read_text(file, SettingsError)
    except SettingsError as error:
        raise SettingsError(f"{where}: vocabulary {error}") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    head = [word.strip().lower() for word in lines[0].split(delimiter)] if lines else []
    if "name" not in head:
        return tuple(Term("", name, kind) for name in dict.fromkeys(line.strip() for line in lines))
    found = []
    for row in csv.DictReader(lines, fieldnames=head, delimiter=delimiter):
        told = {
            key: (value or "").strip()
            for key, value in row.items()
            if isinstance(key, str) and isinstance(value, str | None)
        }
        if told.get("name") and told["name"].lower() != "name":
            synonyms = tuple(s.strip() for s in told.get("synonyms", "").split("|") if s.strip())
            found.append(Term(told.get("id", ""), told["name"], told.get("kind") or kind, synonyms))
    return tuple(found)
