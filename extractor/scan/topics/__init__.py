"""Topics: small files that say which citations are read.

A topic has groups (``[[about]]``), all of which a citation must meet; a group is met by one of its terms in title, abstract or
keywords, one of its MeSH headings, or one of its publication types. ``[without]`` leaves out what has one of its headings and
none of ``unless_mesh``. ``years = [first, last]`` and ``languages`` narrow it further.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from extractor.errors import SettingsError
from extractor.model import TITLE, Document

SHIPPED = "extractor.scan.topics"
WORD = re.compile(r"[a-z0-9]+")
KEYS = ("title", "about", "without", "years", "languages")
GROUP_KEYS = ("terms", "mesh", "publication_types")


@dataclass(frozen=True)
class Group:
    """One thing that a citation must be about: by a term, a MeSH heading or a publication type."""

    terms: tuple[str, ...] = ()
    mesh: frozenset[str] = frozenset()
    publication_types: frozenset[str] = frozenset()

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """The terms as whole words; only ASCII letters have two cases, so that bytes can be searched alike."""
        if not self.terms:
            return None
        words = (r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", term))) for term in self.terms)
        return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(words)})(?![A-Za-z0-9])", re.I | re.A)

    def needles(self) -> set[bytes]:
        """Lower-case words of which one at least stands in every citation that meets the group."""
        return {_longest_word(text) for text in (*self.terms, *self.mesh, *self.publication_types)}

    def met(self, text: str, headings: set[str], types: Sequence[str]) -> bool:
        """Whether a citation with this text, these headings and types is about it."""
        if headings & self.mesh or not self.publication_types.isdisjoint(types):
            return True
        return bool(self.pattern and self.pattern.search(text))


@dataclass(frozen=True)
class Topic:
    """What a scan is for."""

    name: str
    title: str
    about: tuple[Group, ...]
    without: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    languages: frozenset[str] = frozenset()
    digest: str = ""

    def wants(self, document: Document) -> bool:
        """Whether the whole citation, read, is of the topic."""
        text = "\n".join(
            (document.parts.get(TITLE, ""), *document.parts.values(), *document.metadata.get("keywords", ()))
        )
        headings = {name.lstrip("*").split("/")[0] for name in document.metadata.get("mesh", ())}
        if headings & self.without and not headings & self.unless:
            return False
        if self.years and not (document.year and self.years[0] <= document.year <= self.years[1]):
            return False
        if self.languages and document.language not in self.languages:
            return False
        return all(group.met(text, headings, document.publication_types) for group in self.about)


def shipped() -> list[str]:
    """Names of the topics that come with the program."""
    return sorted(p.name.removesuffix(".toml") for p in files(SHIPPED).iterdir() if p.name.endswith(".toml"))


def read_topic(name: str) -> tuple[str, str]:
    """Name and text of the topic of this name, or of a file.

    Raises
    ------
    SettingsError
        If there is none.
    """
    path = Path(name)
    if name in shipped():
        return name, files(SHIPPED).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    if not path.is_file():
        raise SettingsError(f"--topic {name}: no such file, and no topic of ours; there are: {', '.join(shipped())}")
    return path.stem, path.read_text(encoding="utf-8")


def parse(text: str, name: str) -> Topic:
    """A topic from the text of its file.

    Raises
    ------
    SettingsError
        If the text is no topic; says what is wrong there.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"topic {name}: no TOML: {error}") from error
    _known(data, KEYS, name)
    groups = tuple(_group(one, name) for one in data.get("about", ()))
    if not groups:
        raise SettingsError(f"topic {name}: no [[about]] with terms, mesh or publication_types: it would be everything")
    without: Mapping[str, Any] = data.get("without", {})
    _known(without, ("mesh", "unless_mesh"), name)
    years = data.get("years")
    if years is not None and (len(years) != 2 or not all(isinstance(y, int) for y in years)):
        raise SettingsError(f"topic {name}: years is {years!r}; legal is [first, last]")
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return Topic(
        name,
        str(data.get("title", name)),
        groups,
        frozenset(without.get("mesh", ())),
        frozenset(without.get("unless_mesh", ())),
        (years[0], years[1]) if years else None,
        frozenset(data.get("languages", ())),
        digest,
    )


def _group(data: Mapping[str, Any], name: str) -> Group:
    _known(data, GROUP_KEYS, name)
    terms, mesh, types = (tuple(data.get(key, ())) for key in GROUP_KEYS)
    wrong = [text for text in (*terms, *mesh, *types) if not isinstance(text, str) or not WORD.search(text.lower())]
    if wrong or not (terms or mesh or types):
        raise SettingsError(
            f"topic {name}: an [[about]] needs terms, mesh or publication_types with words in them, not {wrong or 'nothing'}"
        )
    return Group(terms, frozenset(mesh), frozenset(types))


def _known(data: Mapping[str, Any], keys: Sequence[str], name: str) -> None:
    if unknown := sorted(set(data) - set(keys)):
        raise SettingsError(f"topic {name}: {unknown[0]!r} is not known there; legal are {', '.join(keys)}")


def _longest_word(text: str) -> bytes:
    words: list[str] = WORD.findall(text.lower())
    return max(words, key=len).encode()
