"""Searches and look-ups at the services: a query or ids in, raw answers out. Network only; the readers parse.

A *search* says what was asked, how many hits the service reported, which ids arrived, and which did not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from extractor.errors import FetchError
from extractor.http import NoAnswerYetError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where the services are; tests point them at a local server."""

    eutils: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    europepmc: str = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    clinicaltrials: str = "https://clinicaltrials.gov/api/v2"


@dataclass(slots=True)
class Found:
    """What a search gave: the service's own count, the ids that arrived, and what it warned of."""

    count: int
    ids: list[str]
    warnings: list[str] = field(default_factory=list)

    @property
    def short(self) -> int:
        """How many of the reported hits did not arrive."""
        return max(0, self.count - len(self.ids))


@dataclass(frozen=True, slots=True)
class Page:
    """Raw bytes of one answer, and the name of the reader that reads them."""

    body: bytes
    reader: str
    sha256: str


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def once(items: Iterable[T]) -> list[T]:
    """The items in order, each once."""
    return list(dict.fromkeys(items))


def as_json(body: bytes) -> Any:
    """The JSON of an answer; HTML, half an answer or XML where JSON was asked is no answer yet."""
    try:
        return json.loads(body)
    except (ValueError, UnicodeDecodeError) as error:
        kind = (
            "HTML"
            if body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
            else "something that is no JSON"
        )
        raise NoAnswerYetError(f"the service answered with {kind}") from error


def refused(what: str, reason: object) -> FetchError:
    return FetchError(f"{what}: the service refused: {reason}; correct the query and ask again")
