"""A second reader at work: one prompt a text, its answers as claims with quotes found, everything counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from extractor.errors import SettingsError
from extractor.fields import FIELDS
from extractor.files import read_text
from extractor.model import Document
from extractor.second.answers import REFUSED, facts_in
from extractor.second.endpoint import Endpoint
from extractor.verify.cells import Cell

PLACES = ("{text}", "{fields}")  # that a prompt must have; {title} may be there


@dataclass(slots=True)
class Asked:
    """The claims about one document; ``state`` says how the answer was (``whole``, ``cut``, ``refused``, ``none``)."""

    document: str
    state: str
    cells: list[Cell] = field(default_factory=list)


def prompt_of(path: Path | None) -> str:
    """The shipped prompt, or the user's.

    Raises
    ------
    SettingsError
        If it cannot be read, or has no place for the text.
    """
    if path is None:
        return files("extractor.second").joinpath("prompt.txt").read_text(encoding="utf-8")
    text = read_text(path, SettingsError)
    if missing := [p for p in PLACES if p not in text]:
        raise SettingsError(f"--prompt {path}: has no {', '.join(missing)}, where the text and the fields go")
    return text


def filled(prompt: str, document: Document) -> str:
    """The prompt for one document; only its own text goes in."""
    known = "\n".join(f"- {name}: {entry.declared.value}" for name, entry in sorted(FIELDS.items()))
    body = "\n\n".join(text for name, text in document.parts.items() if name != "title")
    return prompt.replace("{fields}", known).replace("{title}", document.title or "").replace("{text}", body)


def read_all(documents: Iterable[Document], endpoint: Endpoint, prompt: str) -> Iterator[Asked]:
    """The claims about each document, in their order."""
    for document in documents:
        kept = endpoint.ask(filled(prompt, document))
        if kept is None:
            yield Asked(document.id, "none")
            continue
        state, facts = facts_in(kept.text)
        if state == REFUSED:
            endpoint.costs.faults["refused"] += 1
        yield Asked(document.id, state, [c for n, f in enumerate(facts, 1) if (c := _cell(document.id, f, n))])


def _cell(id: str, fact: dict[str, object], number: int) -> Cell | None:
    name, value, quote, arm = (fact.get(k) for k in ("field", "value", "quote", "arm"))
    if not isinstance(name, str) or name not in FIELDS or not isinstance(value, dict):
        return None
    return Cell(id, name, value, str(quote) if quote else None, str(arm) if arm else None, number)
