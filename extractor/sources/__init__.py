"""The contract of a source, and the catalogues: readers (bytes to documents) and fetchers (a service to bytes).

A reader is pure: a binary stream in, documents out; no network, no clock, no disk. Its format is recognised by the first
bytes of the content (`sniff`), the name of the file only decides between equals. A fetcher does the network alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, TypeVar

from extractor.errors import ParseError
from extractor.model import Document
from extractor.registry import Catalogue

HEAD_BYTES = 65_536  # how much of a file `sniff` sees
LAST = 1_000  # the rank of a source that names none
Item = Document | ParseError
Read = Callable[[BinaryIO, str], Iterator[Item]]
Sniff = Callable[[bytes], float]
R = TypeVar("R", bound=Callable[..., Iterator[Document | ParseError]])
# what a record of the wrong shape makes a reader stumble over
WRONG_SHAPE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reader:
    """One file format.

    ``read(stream, stem)`` yields documents; `stem` is the file's name without suffix, used as the id where the content has
    none. A record that cannot be read is yielded as a ParseError and reading goes on; a ParseError is raised where
    nothing more can be read. ``sniff(head)`` gives 0 (not this format) to 1 (surely), from the first bytes, decompressed
    and in UTF-8. ``source`` is what its documents name as theirs, ``rank`` how little is lost on that way (the lowest is
    the best), ``register`` whether a document is the record of a trials register.
    """

    name: str
    read: Read
    sniff: Sniff
    suffixes: tuple[str, ...]
    summary: str
    source: str
    rank: int
    register: bool


READERS: Catalogue[Reader] = Catalogue("reader", "extractor.sources", "trialspan.readers")


def reader(
    name: str,
    *,
    sniff: Sniff,
    suffixes: Sequence[str] = (),
    source: str | None = None,
    rank: int = LAST,
    register: bool = False,
) -> Callable[[R], R]:
    """Register a reader; its docstring's first line becomes its summary, its name its source where none is given."""

    def registered(read: R) -> R:
        summary = (read.__doc__ or "").strip().splitlines()[0] if read.__doc__ else ""
        READERS.add(name, Reader(name, read, sniff, tuple(suffixes), summary, source or name, rank, register))
        return read

    return registered


@cache
def ranks() -> dict[str, int]:
    """Every source with the best rank of its readers; the lowest loses least on the way."""
    found: dict[str, int] = {}
    for _, one in READERS.items():
        found[one.source] = min(one.rank, found.get(one.source, one.rank))
    return dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


def rank_of(source: str) -> int:
    """The rank of a source; one that no reader names comes last."""
    return ranks().get(source, LAST)


@cache
def registers() -> frozenset[str]:
    """Sources whose documents are records of trials registers."""
    return frozenset(one.source for _, one in READERS.items() if one.register)


def attempt(make: Callable[[], Document], where: str) -> Item:
    """The document that `make` gives, or the ParseError that says why this one record cannot be read."""
    try:
        return make()
    except ParseError as error:
        return ParseError(f"{where}: {error}")
    except WRONG_SHAPE as error:
        return ParseError(f"{where}: not of the shape that is expected ({type(error).__name__}: {error})")
