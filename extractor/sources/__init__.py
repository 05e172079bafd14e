"""The contract of a source, and the catalogues: readers (bytes to documents) and fetchers (a service to bytes).

A reader is pure: a binary stream in, documents out; no network, no clock, no disk. Its format is recognised by the first
bytes of the content (`sniff`), the name of the file only decides between equals. A fetcher does the network alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from extractor.model import Document
from extractor.registry import Catalogue

HEAD_BYTES = 65_536  # how much of a file `sniff` sees
Read = Callable[[BinaryIO, str], Iterator[Document]]
Sniff = Callable[[bytes], float]


@dataclass(frozen=True, slots=True)
class Reader:
    """One file format.

    ``read(stream, stem)`` yields documents; `stem` is the file's name without suffix, used as the id where the content has
    none. ``sniff(head)`` gives 0 (not this format) to 1 (surely), from the first bytes, decompressed.
    """

    name: str
    read: Read
    sniff: Sniff
    suffixes: tuple[str, ...]
    summary: str


READERS: Catalogue[Reader] = Catalogue("reader", "extractor.sources", "trialspan.readers")


def reader(name: str, *, sniff: Sniff, suffixes: Sequence[str] = ()) -> Callable[[Read], Read]:
    """Register a reader; its docstring's first line becomes its summary."""

    def register(read: Read) -> Read:
        summary = (read.__doc__ or "").strip().splitlines()[0] if read.__doc__ else ""
        READERS.add(name, Reader(name, read, sniff, tuple(suffixes), summary))
        return read

    return register
