"""The contract of a source, and the catalogues: readers (bytes to documents) and fetchers (a service to bytes).

A reader is pure: a binary stream in, documents out; no network, no clock, no disk. Its format is recognised by the first
bytes of the content (`sniff`), the name of the file only decides between equals. A fetcher does the network alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from extractor.declared import DECLARED, READER_GROUP, SourceDeclaration, first_line, known
from extractor.errors import ParseError
from extractor.model import Document
from extractor.plugins import Catalogue

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

    declared: SourceDeclaration
    read: Read
    sniff: Sniff

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def suffixes(self) -> tuple[str, ...]:
        return self.declared.suffixes


READERS: Catalogue[Reader] = Catalogue("reader", "extractor.sources", READER_GROUP)


def reader(name: str, *, sniff: Sniff, **given: Any) -> Callable[[R], R]:
    """Register a reader.

    Parameters
    ----------
    name : str
        The format's name.
    sniff : callable
        How surely the first bytes are of this format, 0-1.
    **given
        What tables know of it (:class:`~extractor.declared.SourceDeclaration`), in plain values: the decorator is read
        from the source text too.
    """

    def register(read: R) -> R:
        told = SourceDeclaration(name, **({"summary": first_line(read.__doc__)} | known(SourceDeclaration, given)))
        setattr(read, DECLARED, told)
        READERS.add(name, Reader(told, read, sniff))
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
