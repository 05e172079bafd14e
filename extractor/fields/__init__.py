"""The contract of a field, and the catalogue of fields. Imports none of its siblings.

A field is one file: a class with :meth:`Field.find`, pure, that yields facts. ``@field`` registers the spaCy factory
(``trial_<name>``) and the catalogue entry, and declares what tables know of the field; ``after`` names the fields whose facts it reads with :func:`facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from spacy.language import Language
from spacy.tokens import Doc

from extractor.context import located
from extractor.context.view import view
from extractor.declared import FIELD_GROUP, FieldDeclaration, first_line, known
from extractor.model import Evidence, Fact
from extractor.plugins import Catalogue
from extractor.text import trim

FACTS = "trialspan_facts"  # doc.user_data key: {field: [fact as dict, ...]}; plain data crosses processes and DocBin
Place = tuple[int, int]


class Field:
    """Base of every field; subclasses write ``find``."""

    field_name: ClassVar[str]
    declared: ClassVar[FieldDeclaration]

    def __init__(self, nlp: Language, name: str) -> None:
        self.nlp_name = name
        self.needs = tuple((one, nlp) for one in self.declared.after)

    def find(self, doc: Doc) -> Iterable[Fact]:
        """Yield the field's facts in `doc`; reads `doc`, sets nothing."""
        raise NotImplementedError

    def __call__(self, doc: Doc) -> Doc:
        """Write the field's facts into ``doc.user_data``; a field that it reads and that did not run is run first."""
        for name, nlp in self.needs:
            if name not in doc.user_data.get(FACTS, {}):
                doc = nlp.create_pipe(FIELDS[name].factory)(doc)
        found = {f.key(): f.to_dict() for f in self.find(doc)}
        doc.user_data.setdefault(FACTS, {})[self.field_name] = list(found.values())
        return doc

    def fact(
        self,
        doc: Doc,
        value: dict[str, Any],
        at: Sequence[Place],
        *,
        rule: str,
        confidence: float = 0.9,
        primary: bool = True,
        arm: str | None = None,
        flags: Sequence[str] = (),
        method: str = "rule",
    ) -> Fact:
        """A fact whose quotes are sliced here, from document offsets (code points of ``doc.text``).

        `rule` names what decided (``per_kilogram``); with the field it becomes the method ``rule:dose/per_kilogram``,
        the key by which confidence is calibrated.
        """
        evidence = tuple(evidence_at(doc, start, end) for start, end in at)
        return Fact(
            self.field_name,
            value,
            evidence,
            f"{method}:{self.field_name}/{rule}",
            confidence,
            primary,
            arm,
            tuple(flags),
        )


def evidence_at(doc: Doc, start: int, end: int) -> Evidence:
    """Evidence for a span of the document, given in offsets of ``doc.text``; white space at its ends is left out."""
    text = view(doc).text
    start, end = trim(text, start, end)
    part, offset = located(doc, start, end)
    return Evidence(part, text[start:end], start - offset, end - offset)


def facts(doc: Doc, name: str) -> list[Fact]:
    """Facts that an earlier field found in this document."""
    return [Fact.from_dict(f) for f in doc.user_data.get(FACTS, {}).get(name, ())]


def all_facts(doc: Doc) -> Iterator[Fact]:
    """All facts of the document, in the order of the pipeline."""
    for found in doc.user_data.get(FACTS, {}).values():
        yield from (Fact.from_dict(f) for f in found)


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the catalogue: what it declares, and the spaCy factory that runs it."""

    declared: FieldDeclaration
    factory: str
    cls: type[Field]


FIELDS: Catalogue[Entry] = Catalogue("field", "extractor.fields", FIELD_GROUP)
F = TypeVar("F", bound=type[Field])


def field(name: str, **given: Any) -> Callable[[F], F]:
    """Register a field.

    Parameters
    ----------
    name : str
        The field's name in records.
    **given
        What tables and exports know of it (:class:`~extractor.declared.FieldDeclaration`), in plain values: the decorator
        is read from the source text too. What is left is configuration of the component, typed by the class's
        ``__init__``.
    """

    def register(cls: F) -> F:
        told = known(FieldDeclaration, given)
        cls.field_name = name
        cls.declared = FieldDeclaration(name, **({"summary": first_line(cls.__doc__)} | told))
        FIELDS.add(name, Entry(cls.declared, f"trial_{name}", cls))
        settings = {key: value for key, value in given.items() if key not in told}
        Language.factory(
            f"trial_{name}", default_config=settings, requires=["token.is_sent_start"], assigns=["doc.user_data"]
        )(cls)
        return cls

    return register
