"""The contract of a source, and the catalogues: readers (bytes to documents) and fetchers (a service to bytes).

A reader is pure: a binary stream in, documents out; no network, no clock, no disk. Its format is recognised by the first
bytes of the content (`sniff`), the name of the file only decides between equals. A fetcher does the network alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from extractor.errors import ParseError
from extractor.model import Document
from extractor.registry import Catalogue

HEAD_BYTES = 65_536  # how much of a file `sniff` sees
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
    and in UTF-8.
    """

    name: str
    read: Read
    sniff: Sniff
    suffixes: tuple[str, ...]
    summary: str


READERS: Catalogue[Reader] = Catalogue("reader", "extractor.sources", "trialspan.readers")


def reader(name: str, *, sniff: Sniff, suffixes: Sequence[str] = ()) -> Callable[[R], R]:
    """Register a reader; its docstring's first line becomes its summary."""

    def register(read: R) -> R:
        summary = (read.__doc__ or "").strip().splitlines()[0] if read.__doc__ else ""
        READERS.add(name, Reader(name, read, sniff, tuple(suffixes), summary))
        return read

    return register


def attempt(make: Callable[[], Document], where: str) -> Item:
    """The document that `make` gives, or the ParseError that says why this one record cannot be read."""
    try:
        return make()
    except ParseError as error:
        return ParseError(f"{where}: {error}")
    except WRONG_SHAPE as error:
        return ParseError(f"{where}: not of the shape that is expected ({type(error).__name__}: {error})")
