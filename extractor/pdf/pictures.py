"""Pages of a PDF as pictures: grey, upright as they are read, small enough to stand in a page that is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from extractor.errors import ParseError
from extractor.pdf.glyphs import opened, sheet_of

DOTS = 110  # an inch: 8-point letters can be read
LONGEST = 1600  # pixels of the longer side; a poster is drawn smaller
GREYS = 16


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a PNG."""

    page: int
    width: int
    height: int
    png: bytes


def pictures(data: bytes, numbers: Iterable[int]) -> dict[int, Picture]:
    """The pages of these numbers, counted from 1; those that the file does not have, or that cannot be drawn, are missing.

    Raises
    ------
    ParseError
        If pypdfium2 is not installed, or the file is broken or locked.
    """
    document = opened(data)
    try:
        return {n: found for n in numbers if (found := _picture(document, n)) is not None}
    finally:
        document.close()


def _picture(document: Any, number: int) -> Picture | None:
    from pypdfium2 import PdfiumError, raw

    if not 1 <= number <= len(document):
        return None
    try:
        page = document[number - 1]
        text = page.get_textpage()
        sheet = sheet_of(raw, page, text)
        text.close()
        scale = min(DOTS / 72, LONGEST / max(sheet.size))
        drawn = page.render(scale=scale, rotation=(sheet.turn - page.get_rotation()) % 360, grayscale=True)
        width, height, png = _png(drawn.to_pil())
        page.close()
    except (PdfiumError, ParseError, ValueError, MemoryError):
        return None
    return Picture(number, width, height, png)


def _png(image: Any) -> tuple[int, int, bytes]:
    """A grey picture in a few greys, which letters need no more of."""
    step = 256 // GREYS
    few = image.convert("L").point([value // step for value in range(256)])
    few.putpalette(bytes(level for grey in range(GREYS) for level in [grey * 255 // (GREYS - 1)] * 3))
    stream = BytesIO()
    few.save(stream, "PNG", bits=4, optimize=True)
    return *image.size, stream.getvalue()
