"""What each field and each source declares of itself, read without running it.

Whoever lists fields or sources (tables, exports, the store's view, duplicates, the scorer) asks here. A declaration is the
decorator above a field or a reader; it is read from the source text, because a table that is printed has no use for spaCy
and a thousand patterns. Other packages' modules are found by their entry points and read in the same way; one whose
declaration is not written in plain values is imported instead.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from graphlib import TopologicalSorter
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from extractor.errors import SettingsError

FIELD_GROUP, READER_GROUP = "trialspan.fields", "trialspan.readers"
CHAPTERS = (
    "Methods",
    "Participants",
    "Interventions",
    "Outcomes",
    "Notes",
)  # of a table of characteristics, as Cochrane has it
# heading of the page under which a field stands: its chapter
_CHAPTER_OF = {
    **dict.fromkeys(("Design", "Country", "Setting", "Dates"), "Methods"),
    **dict.fromkeys(("Condition", "People", "Eligibility"), "Participants"),
    **dict.fromkeys(("Cells", "Route", "Dose", "Comparator"), "Interventions"),
    **dict.fromkeys(("Follow-up", "Outcomes"), "Outcomes"),
}
LAST = 1_000  # place of a field, and rank of a source, that says none: after those that do
DECLARED = "declared"  # attribute of what is decorated


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A field as tables know it.

    Parameters
    ----------
    name, summary : str
        Its name in records, and the first line of its docstring.
    value : str
        The shape of its value: ``"{n, kind}"``.
    after : tuple of str
        Fields that must run before this one.
    order : int
        Its place in tables, smallest first.
    column : str, optional
        Its heading in the table of characteristics; the name itself without one.
    page : tuple of (heading, label), optional
        Where it stands in the report's table, ``()`` for nowhere; a column of its own without one.
    chapter : str, optional
        Its part of the table of included studies, one of ``CHAPTERS``; that of its heading on the page without one.
    shown : str, optional
        Its value in words: keys in braces, and what is left out where a key is silent in square brackets.
    figure : bool
        A number or a quality of one trial: in a review, or in a discussion, it is somebody else's.
    single : bool
        What a registry record states in its fields outranks what its text says; of most, a trial has one value.
    several : bool
        A trial may have several: a curator's word on one leaves the others.
    shared : bool
        The values of all reports of a trial together are the trial's.
    own : bool
        No two trials are expected to agree on it, so that to differ says nothing.
    alike : tuple of str
        Keys of its value by which two trials are alike.
    view : mapping of str to str
        Columns of the store's view of characteristics, each with the key that fills it.
    by_people : bool
        No text is read for it: people fill it in, with a quote.
    legal : mapping, optional
        The JSON Schema of each key of its value, for fields that the shipped schema does not hold.
    scored : tuple of str, optional
        Names under which an evaluation scores it; its own name without one.
    """

    name: str
    summary: str = ""
    value: str = "{name}"
    after: tuple[str, ...] = ()
    order: int = LAST
    column: str | None = None
    page: tuple[str, str] | tuple[()] | None = None
    chapter: str | None = None
    shown: str | None = None
    figure: bool = False
    single: bool = False
    several: bool = False
    shared: bool = False
    own: bool = False
    alike: tuple[str, ...] = ()
    view: Mapping[str, str] | None = None
    by_people: bool = False
    legal: Mapping[str, Any] | None = None
    scored: tuple[str, ...] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of its value."""
        return tuple(key.strip() for key in self.value.strip("{} ").split(","))

    @property
    def heading(self) -> str:
        return self.name.replace("_", " ") if self.column is None else self.column

    @property
    def part(self) -> str:
        """Its chapter in the table of included studies."""
        heading = self.page[0] if self.page else self.heading.capitalize()
        return self.chapter or _CHAPTER_OF.get(heading, CHAPTERS[-1])

    @property
    def label(self) -> str:
        """What is said of it on a screen: the key that a value is known by."""
        return next((key for key in ("name", "id", "n", "text") if key in self.keys), self.keys[0])

    @property
    def columns(self) -> Mapping[str, str]:
        """Columns of the store's view of characteristics."""
        return {self.name: self.label} if self.view is None else self.view

    @property
    def scores(self) -> tuple[str, ...]:
        return (self.name,) if self.scored is None else self.scored


@dataclass(frozen=True, slots=True)
class SourceDeclaration:
    """A file format as tables know it.

    Parameters
    ----------
    name, summary : str
        The reader's name, and the first line of its docstring.
    source : str, optional
        What its documents say of where they are from; several formats may share one. The name itself without one.
    rank : int
        Of two copies of one report, the one of the smaller rank is kept: it lost less on the way.
    register : bool
        Its documents are records of a trial registry, not reports.
    suffixes : tuple of str
        Ends of file names, with the dot.
    """

    name: str
    summary: str = ""
    source: str | None = None
    rank: int = LAST
    register: bool = False
    suffixes: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        return self.name if self.source is None else self.source


@cache
def shipped_fields() -> dict[str, FieldDeclaration]:
    """The fields of this package and of others that are installed, by name, in the order of the tables."""
    found = [_of_field(name, given) for name, given in _declared("field", "extractor.fields", FIELD_GROUP)]
    return {one.name: one for one in sorted(found, key=_place)}


@cache
def declared_fields() -> dict[str, FieldDeclaration]:
    """All fields by name, in the order of the tables; those of one's own among them (:mod:`extractor.own`)."""
    return {one.name: one for one in sorted([*shipped_fields().values(), *_own], key=_place)}


def _place(one: FieldDeclaration) -> tuple[int, str]:
    return one.order, one.name


_own: list[FieldDeclaration] = []


def use_own(found: Iterable[FieldDeclaration]) -> None:
    """Take these fields in beside the shipped ones, in place of those that were taken in before."""
    _own[:] = found
    declared_fields.cache_clear()


@cache
def declared_readers() -> dict[str, SourceDeclaration]:
    """All file formats by name, in the order of their rank."""
    found = [_of_source(name, given) for name, given in _declared("reader", "extractor.sources", READER_GROUP)]
    return {one.name: one for one in sorted(found, key=lambda one: (one.rank, one.name))}


@cache
def ranks() -> dict[str, int]:
    """Each source that a document can have, with its rank; the source that loses least is first."""
    found: dict[str, int] = {}
    for one in declared_readers().values():
        found.setdefault(one.origin, one.rank)
    return found


@cache
def registers() -> frozenset[str]:
    """Sources whose documents are records of a trial registry."""
    return frozenset(one.origin for one in declared_readers().values() if one.register)


def rank_of(source: str) -> int:
    """Rank of a source; last for one that no reader gives any more, whose documents a store may still hold."""
    return ranks().get(source, LAST + 1)


def having(what: str) -> frozenset[str]:
    """Names of the fields for which something is declared: ``figure``, ``single``, ``several``, ``shared``, ``own``."""
    return frozenset(name for name, one in declared_fields().items() if getattr(one, what))


def field_order() -> list[str]:
    """Names of all fields that texts are read for, each after those that it reads; the same on every run."""
    graph = {name: set(one.after) for name, one in sorted(declared_fields().items()) if not one.by_people}
    for name, needs in graph.items():
        if unknown := needs - graph.keys():
            raise SettingsError(f"field {name!r} comes after {sorted(unknown)}, which are no fields")
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def _of_field(name: str, given: Mapping[str, Any]) -> FieldDeclaration:
    return FieldDeclaration(name, **known(FieldDeclaration, given))


def _of_source(name: str, given: Mapping[str, Any]) -> SourceDeclaration:
    return SourceDeclaration(name, **known(SourceDeclaration, given))


def known(kind: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Of a decorator's arguments those that are declared; lists as tuples. The others are the component's own settings."""
    names = {one.name for one in fields(kind)} - {"name"}
    return {key: tuple(v) if isinstance(v, list) else v for key, v in given.items() if key in names}


Given = tuple[str, dict[str, Any]]
_KINDS: dict[str, type[Any]] = {"field": FieldDeclaration, "reader": SourceDeclaration}


def _declared(decorator: str, package: str, group: str) -> Iterator[Given]:
    home = find_spec(package)
    for module in pkgutil.iter_modules(home.submodule_search_locations if home else ()):
        spec = module.module_finder.find_spec(module.name, None)
        yield from _read(decorator, f"{package}.{module.name}", spec)
    for point in sorted(_points().select(group=group), key=lambda p: p.name):
        yield from _read(decorator, point.module, find_spec(point.module))


@cache
def _points() -> Any:
    """What all installed packages offer; to look it up costs a tenth of a second, so it is done once."""
    return entry_points()


def _read(decorator: str, module: str, spec: ModuleSpec | None) -> list[Given]:
    """The declarations of one module, from its text; by importing it where that is not there, or not in plain values."""
    loader: Any = spec.loader if spec else None
    text = loader.get_source(loader.name) if hasattr(loader, "get_source") else None
    try:
        return _run(decorator, module) if text is None else list(_written(text, decorator))
    except ValueError:
        return _run(decorator, module)


def _written(text: str, decorator: str) -> Iterator[Given]:
    """What stands in the decorators of a module's classes and functions; ValueError where it is no plain value."""
    names = {one.name for one in fields(_KINDS[decorator])}
    for node in _decorated(text, decorator):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == decorator:
                given = {k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg in names}
                yield ast.literal_eval(call.args[0]), given | {"summary": first_line(ast.get_docstring(node))}


def _decorated(text: str, decorator: str) -> list[ast.stmt]:
    """The classes and functions under a decorator, down to their docstrings: to parse whole modules takes ten times as long."""
    heads = re.compile(rf'^@(?:\w+\.)*{decorator}\(.*?^(?:class|def)\b[^"]*:\n\s+"""[^"]*"""', re.M | re.S)
    found = heads.findall(text)
    try:
        if len(found) == len(re.findall(rf"^@(?:\w+\.)*{decorator}\(", text, re.M)):
            return ast.parse("\n".join(found)).body
    except SyntaxError:  # another way to write one
        pass
    return ast.parse(text).body


def _run(decorator: str, module: str) -> list[Given]:
    """The same of a module that is imported: what its decorators left on its classes and functions."""
    kind = _KINDS[decorator]
    left = (getattr(one, DECLARED, None) for one in vars(importlib.import_module(module)).values())
    return [(one.name, {f.name: getattr(one, f.name) for f in fields(one)}) for one in left if isinstance(one, kind)]


def first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
