"""Bytes of a text format to characters: byte-order marks, UTF-16 without one, UTF-8, and Windows-1252 as the last resort.

Nothing is repaired: mojibake that was typed into a file stays as it is, and line ends are kept.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from extractor.errors import ParseError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_TEXT_BYTES = 64_000_000  # a saved page or an export that must be held whole; real ones stay far below
MAX_LINE_BYTES = 64_000_000
SAMPLE = 4_096
# UTF-16 of a western text has a zero in every other byte; a third leaves room for Greek letters and thin spaces
ZERO_SHARE = 0.33


def encoding_of(head: bytes) -> str | None:
    """The encoding that a mark or the pattern of zero bytes tells; None where the bytes alone must show it."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    sample = head[:SAMPLE]
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > ZERO_SHARE * pairs and even == 0:
        return "utf-16-le"
    if even > ZERO_SHARE * pairs and odd == 0:
        return "utf-16-be"
    return None


def decode(data: bytes) -> str:
    """`data` as text, line ends kept.

    Raises
    ------
    ParseError
        If a mark names an encoding that the bytes are not in, or the text holds NUL characters (binary data).
    """
    name = encoding_of(data)
    try:
        text = data.decode(name) if name else plain(data)
    except UnicodeDecodeError as error:
        raise ParseError(f"begins like {name}, but byte {error.start} is not: {error.reason}") from error
    if "\0" in text:
        raise ParseError(f"holds a NUL character at {text.index(chr(0))}: binary data, not text")
    return text


def plain(data: bytes) -> str:
    """UTF-8; a byte that is not UTF-8 as the Windows-1252 character (the few unassigned ones as Latin-1)."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_WESTERN)


def _western(byte: int) -> str:
    one = bytes((byte,))
    return one.decode("cp1252", "ignore") or one.decode("latin-1")


_WESTERN = {0xDC00 + byte: _western(byte) for byte in range(0x80, 0x100)}


def whole(stream: BinaryIO, limit: int = MAX_TEXT_BYTES) -> str:
    """All of `stream` as text.

    Raises
    ------
    ParseError
        Beyond `limit` bytes, or where :func:`decode` does.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise ParseError(f"more than {limit:,} bytes in one text; split the file")
    return decode(data)


def lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """(number, line) of `stream`, each line with its end; a line is decoded by itself, so that one bad line spoils none.

    Raises
    ------
    ParseError
        At a line longer than MAX_LINE_BYTES.
    """
    first = stream.readline(MAX_LINE_BYTES)
    name = encoding_of(first)
    if name and name != "utf-8-sig":
        rest = stream.read(MAX_TEXT_BYTES + 1)
        if len(rest) > MAX_TEXT_BYTES:
            raise ParseError(f"more than {MAX_TEXT_BYTES:,} bytes in {name}; save the file as UTF-8")
        yield from enumerate(io.StringIO(decode(first + rest), newline=""), 1)
        return
    number, line = 1, first.removeprefix(codecs.BOM_UTF8)
    while line:
        if len(line) >= MAX_LINE_BYTES and not line.endswith(b"\n"):
            raise ParseError(f"line {number} is longer than {MAX_LINE_BYTES:,} bytes")
        yield number, plain(line)
        number, line = number + 1, stream.readline(MAX_LINE_BYTES)
    return
