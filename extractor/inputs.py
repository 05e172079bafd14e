"""What a user names, opened: files, folders, standard input, gzip; the format found by content; one guard a file.

Not here: parsing (:mod:`extractor.sources`) and anything that is done with a document. *Stem*: the name by which
documents of a file are called where the content gives none.
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from extractor.errors import ParseError, SettingsError, TimeLimitError
from extractor.limits import limited
from extractor.model import Document
from extractor.settings import Settings
from extractor.sources import HEAD_BYTES, READERS, Item, Reader, xlsx
from extractor.sources import csv as csv_source
from extractor.sources.decoding import encoding_of
from extractor.sources.markup import root_name
from extractor.sources.text import many_records, too_many_controls

log = logging.getLogger(__name__)

STDIN = "-"
GZIP = b"\x1f\x8b"
HALF = re.compile("[\ud800-\udfff]")
SUFFIX_BONUS = 0.05  # a name decides between equals only
LEAST = 0.05  # below this no format is recognised
BY_PLACE = "\ufdd0"  # before a stem, so that an id made of it is told from one that the content gave; no text holds it
# names that promise a format of references or of a register: such a file is never one plain text
NEVER_TEXT = frozenset({".ris", ".nbib", ".bib", ".enw", ".rdf", ".xml", ".ciw", ".medline"})
MOST_SHOWN = 60  # characters of a line in a message
NAMED = (
    "csv",
    "jsonl",
)  # readers that a file's name asks for where its content is of no format: they say what they miss
Report = Callable[[str, str, str], None]
# everything that bytes of strangers make a reader raise; the guard of one file
FAILURES = (
    ParseError,
    TimeLimitError,
    OSError,
    EOFError,
    zlib.error,
    csv.Error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)
# first bytes of what is often given by mistake, and what to do about it
BINARY = (
    (b"PK\x03\x04", "a zip archive (or an Excel or Word file); unpack it, or save as CSV or text"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; save as CSV or text"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "an SQLite database; name a store with --store"),
    (b"BZh", "a bzip2 archive; unpack it"),
    (b"\xfd7zXZ", "an xz archive; unpack it"),
    (b"(\xb5/\xfd", "a zstd archive; unpack it"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it"),
    (b"{\\rtf", "an RTF file; save as text"),
    (b"bplist", "a binary property list (a Safari web archive?); save the page as HTML or text"),
    (b"\x7fELF", "a program"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its name for messages, its stem, its path (None for standard input)."""

    name: str
    stem: str
    path: Path | None


@dataclass(slots=True)
class Stems:
    """Gives each file of a run its own stem: the plain one while it is free, else one with more of the path."""

    taken: set[str] = field(default_factory=set)

    def of(self, path: Path) -> str:
        bare = path.with_suffix("") if path.suffix.lower() == ".gz" else path
        choices = (bare.stem, bare.name, f"{bare.parent.name}/{bare.name}", str(path))
        stem = next((c for c in choices if c not in self.taken), str(path))
        self.taken.add(stem)
        return stem


def documents(
    paths: Iterable[str | Path],
    settings: Settings,
    report: Report,
    *,
    form: str | None = None,
    columns: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Document]:
    """Documents of all `paths` in order; what fails goes to `report`, and the rest goes on.

    Parameters
    ----------
    paths : iterable of str or Path
        Files, folders (read to the bottom, in the order of names, hidden files left out) and ``-`` for standard input.
    settings : Settings
        ``max_bytes`` bounds a file after decompression, ``max_characters`` the text of one document.
    report : callable
        Called with the file's name, the stage (``open``, ``read``) and a message.
    form : str, optional
        Name of a reader, in place of recognition by content.
    columns : mapping, optional
        For CSV: our name (``id``, ``title``, ``text``, ...) to the column's name in the file.
    stdin : binary stream, optional
        What ``-`` stands for.

    Raises
    ------
    SettingsError
        If `form` names no reader, or ``-`` is given and `stdin` is not.
    """
    chosen = READERS[form] if form else None
    stems = Stems()
    for source in _sources(paths, stems, report):
        if source.path is None and stdin is None:
            raise SettingsError("'-' stands for standard input, and there is none here")
        yield from _guarded(source, settings, report, chosen, columns, stdin)


def _sources(paths: Iterable[str | Path], stems: Stems, report: Report) -> Iterator[Source]:
    for given in paths:
        if str(given) == STDIN:
            yield Source("standard input", "stdin", None)
            continue
        path = Path(given)
        if not str(given):  # Path("") is the working folder
            report("(an empty name)", "open", "name a file, a folder, or - for standard input")
            continue
        try:
            found = _inside(path) if path.is_dir() else [path]
        except (OSError, ValueError) as error:  # a folder that may not be read, a name that cannot be one
            report(str(path), "open", _said(error))
            continue
        if not found:
            report(str(path), "open", "a folder without a file in it")
        for one in found:
            if problem := _unreadable(one):
                report(str(one), "open", problem)
            else:
                yield Source(str(one), stems.of(one), one)


def _unreadable(path: Path) -> str | None:
    """Why a thing in a folder is no file to be read: opening a pipe would wait for ever."""
    if path.is_symlink() and not path.exists():
        return "a link that leads nowhere"
    if path.is_dir():
        return "a link to a folder, which is not followed; name that folder"
    return "a pipe, a socket or a device, which is not read" if path.exists() and not path.is_file() else None


def _inside(folder: Path) -> list[Path]:
    """What is in a folder to the bottom, sorted; no hidden files, and none of the folder that a browser saves beside a page."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            found += [] if _of_page(path) else _inside(path)
        else:
            found.append(path)
    return found


def _of_page(folder: Path) -> bool:
    stem = folder.name.removesuffix("_files")
    return stem != folder.name and any(folder.with_name(stem + s).is_file() for s in (".html", ".htm"))


def _guarded(
    source: Source,
    settings: Settings,
    report: Report,
    chosen: Reader | None,
    columns: Mapping[str, str] | None,
    stdin: BinaryIO | None,
) -> Iterator[Document]:
    """Documents of one file; every failure of it is reported, none leaves."""
    count = 0
    try:
        with _opened(source, stdin) as stream:
            given = read(stream, source.name, BY_PLACE + source.stem, settings, chosen, columns)
            for item in map(_named, limited(given, settings.max_seconds)):
                count += 1
                problem = item if isinstance(item, ParseError) else _too_long(item, settings)
                if problem:
                    report(source.name, "read", str(problem))
                else:
                    assert isinstance(item, Document)
                    yield writable(item)
    except FAILURES as error:
        log.debug("traceback", exc_info=True)
        report(source.name, "open" if isinstance(error, OSError) else "read", _said(error))
        return
    if not count:
        report(source.name, "read", "holds no document")


def _named(item: Item) -> Item:
    """The item, a document whose id is of its place alone marked as such."""
    if isinstance(item, ParseError) or not item.id.startswith(BY_PLACE):
        return item
    return replace(item, id=item.id.removeprefix(BY_PLACE), named=False)


def _said(error: BaseException) -> str:
    if isinstance(error, ParseError | TimeLimitError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, RecursionError):
        return "nested too deeply to be read"
    return f"not readable ({type(error).__name__}: {error})"


def writable(document: Document) -> Document:
    """The document, half a character (a lone surrogate, which no file can hold) replaced by U+FFFD; lengths stay."""
    try:
        document.text.encode("utf-8")
    except UnicodeEncodeError:
        parts = {name: HALF.sub("\ufffd", text) for name, text in document.parts.items()}
        return replace(document, parts=parts, notes=(*document.notes, "half characters replaced"))
    return document


def _too_long(document: Document, settings: Settings) -> ParseError | None:
    length = len(document.text)
    if length <= settings.max_characters:
        return None
    return ParseError(
        f"document {document.id!r} has {length:,} characters; max_characters is {settings.max_characters:,}"
    )


def _opened(source: Source, stdin: BinaryIO | None) -> IO[bytes]:
    if source.path is None:
        assert stdin is not None
        return io.BufferedReader(Bounded(stdin, None))
    return source.path.open("rb")


def read(
    stream: IO[bytes],
    name: str,
    stem: str,
    settings: Settings,
    chosen: Reader | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Item]:
    """Items of one binary stream: decompressed, bounded, recognised, read.

    Raises
    ------
    ParseError
        If it is empty, too large, a broken gzip, or of no format that is known; lists the formats.
    """
    bounded = io.BufferedReader(Bounded(stream, settings.max_bytes), HEAD_BYTES)
    if bounded.peek(HEAD_BYTES)[:2] == GZIP:
        unpacked = gzip.GzipFile(fileobj=bounded, mode="rb")
        bounded = io.BufferedReader(Bounded(unpacked, settings.max_bytes), HEAD_BYTES)
    head = bounded.peek(HEAD_BYTES)
    if not head:
        raise ParseError("the file is empty (0 bytes)")
    found = chosen or recognised(head, name)
    if columns and found.name == "csv":
        return csv_source.read(bounded, stem, columns=columns)
    if columns and found.name == "xlsx":
        return xlsx.read(bounded, stem, columns=columns)
    return found.read(bounded, stem)


class Readable(Protocol):
    """What has bytes to read."""

    def read(self, size: int, /) -> bytes: ...


class Bounded(io.RawIOBase):
    """A stream that ends in a ParseError beyond a number of bytes, and where its gzip is broken or cut off."""

    def __init__(self, stream: Readable, limit: int | None) -> None:
        self._stream, self._limit, self._count = stream, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except EOFError as error:
            raise ParseError(f"truncated gzip: the data end after {self._count:,} bytes") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise ParseError(f"broken gzip after {self._count:,} bytes: {error}") from error
        self._count += len(data)
        if self._limit is not None and self._count > self._limit:
            raise ParseError(
                f"larger than max_bytes ({self._limit:,} bytes); raise the setting if the file can be trusted"
            )
        buffer[: len(data)] = data
        return len(data)


def recognised(head: bytes, name: str = "") -> Reader:
    """The reader whose format `head` is in; the suffix of `name` decides between equals.

    Raises
    ------
    ParseError
        If no reader knows it; says what it looks like instead.
    """
    if xlsx.sniff(head):
        return READERS["xlsx"]
    for magic, what in BINARY:
        if head.startswith(magic):
            raise ParseError(f"{what}; this is no text that can be read")
    text = _as_utf8(head)
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    if not text.strip():  # white space alone has no format but its name's
        return next((r for _, r in READERS.items() if suffix in r.suffixes), READERS["text"])
    scored = [(r.sniff(text) + SUFFIX_BONUS * (suffix in r.suffixes), r) for _, r in READERS.items()]
    scored = [(s, r) for s, r in scored if s >= LEAST + SUFFIX_BONUS * (suffix in r.suffixes)]
    if not scored:
        raise ParseError(f"{_looks_like(text)}; formats that are read: {', '.join(READERS)}")
    best = max(scored, key=lambda pair: pair[0])[1]
    if best.name != "text":
        return best
    if suffix in NEVER_TEXT:
        raise ParseError(
            f"named {suffix}, but its content is not of a format that is known; begins: {_first_line(text)}; to read it as one text: --reader text"
        )
    return next((READERS[name] for name in NAMED if suffix in READERS[name].suffixes), best)


def _first_line(text: bytes) -> str:
    line = next((line for line in text.decode("utf-8", "replace").splitlines() if line.strip()), "").strip()
    return repr(line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…")


def _as_utf8(head: bytes) -> bytes:
    """The head in UTF-8, so that a sniff need not know UTF-16; broken ends are dropped."""
    name = encoding_of(head)
    return head.decode(name, "ignore").encode("utf-8", "replace") if name else head


def _looks_like(head: bytes) -> str:
    if b"\0" in head:
        return f"binary data (a zero byte at {head.index(0)})"
    if controls := too_many_controls(head):
        return f"{controls} control characters (such as ESC or BEL) in {len(head):,} bytes: binary data, or what a terminal was sent; save it as plain text"
    if many := many_records(head):
        return many
    root = root_name(head) if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else None
    return f"XML with the root element <{root}>, of no format that is known" if root else "of no format that is known"
