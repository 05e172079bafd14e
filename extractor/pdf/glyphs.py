"""Words and ruling lines of PDF pages with their places; pypdfium2 is asked here alone.

Places are points from the left and from the top of the page, turned as most of its text is read: a table printed
sideways is read, and drawn, upright. A page's characters are joined to words where the file says no blank and the gap
is small.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractor.errors import ParseError

HINT = "PDF files are read with pypdfium2: pip install 'trialspan[pdf]'"
SCANNED = (
    "a scanned PDF: {pages} pages and no text in them; make it searchable first (for example: ocrmypdf in.pdf out.pdf)"
)
LEAST = 40  # characters a page, on average, below which a PDF holds pictures of text
GAP = 0.18  # of the font size: a wider gap between two characters parts two words
SAME = 0.8  # two sizes nearer than that are one
THIN = 2.5  # points: a ruling line is no higher
ASKED = 150  # characters of a page that are asked which way they run
STAMP = 0.09  # share of a page's width at its sides where text that runs another way is furniture


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def around(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a blank."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class Page:
    """Words in the order of the file, and the horizontal lines that are drawn."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the places of a file become those of a page that is read: the page's borders, and how far it is turned.

    Attributes
    ----------
    turn : int
        0, 90, 180 or 270: the direction of most text, against the clock, as the file has it.
    """

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A place of the file as a place of the page."""
        if self.turn == 0:
            return Box(left - self.left, self.top - top, right - self.left, self.top - bottom)
        if self.turn == 90:
            return Box(bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        if self.turn == 180:
            return Box(self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        return Box(self.top - top, self.right - right, self.top - bottom, self.right - left)

    @property
    def size(self) -> tuple[float, float]:
        across, along = self.right - self.left, self.top - self.bottom
        return (along, across) if self.turn in (90, 270) else (across, along)


def opened(data: bytes) -> Any:
    """The file, which the caller closes.

    Raises
    ------
    ParseError
        If pypdfium2 is not installed, or the file is broken or locked.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise ParseError(HINT) from error
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ParseError(f"a PDF that cannot be opened (broken, or locked with a password): {error}") from error


def pages_of(data: bytes) -> list[Page]:
    """All pages of a PDF.

    Raises
    ------
    ParseError
        If pypdfium2 is not installed, the file is broken or locked, or its pages are pictures.
    """
    document = opened(data)
    from pypdfium2 import raw

    try:
        pages = [_page(raw, document[n], n + 1) for n in range(len(document))]
    finally:
        document.close()
    if sum(len(w.text) for page in pages for w in page.words) < LEAST * len(pages):
        raise ParseError(SCANNED.format(pages=len(pages)))
    return pages


def sheet_of(raw: Any, page: Any, text: Any) -> Sheet:
    """A page's borders, and which way most of its text runs."""
    count = text.count_chars()
    step = max(1, count // ASKED)
    ways = Counter(way for n in range(0, count, step) if (way := _way(raw, text, n)) is not None)
    left, bottom, right, top = page.get_bbox()
    return Sheet(left, bottom, right, top, ways.most_common(1)[0][0] if ways else page.get_rotation())


def _way(raw: Any, text: Any, index: int) -> int | None:
    """The direction in which a character is read, against the clock; None of a blank."""
    if chr(raw.FPDFText_GetUnicode(text, index) or 32).isspace():
        return None
    return round(math.degrees(raw.FPDFText_GetCharAngle(text, index)) / 90) * 90 % 360


def _page(raw: Any, page: Any, number: int) -> Page:
    text = page.get_textpage()
    sheet = sheet_of(raw, page, text)
    words = tuple(_words(raw, text, sheet))
    rules = tuple(_rules(raw, page, sheet))
    text.close()
    page.close()
    return Page(number, *sheet.size, words, rules)


def _words(raw: Any, text: Any, sheet: Sheet) -> Iterator[Word]:
    around = raw.FS_RECTF()
    letters: list[str] = []
    box: Box | None = None
    size = 0.0
    for index in range(text.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(text, index) or 32)
        if character.isspace() or character in "\x00\ufffe\uffff":
            if letters and box:
                yield Word("".join(letters), box, size)
            letters, box = [], None
            continue
        if not raw.FPDFText_GetLooseCharBox(text, index, around):
            continue
        here = sheet.box(around.left, around.bottom, around.right, around.top)
        if _is_stamp(raw, text, index, here, sheet):
            continue
        now = raw.FPDFText_GetFontSize(text, index) or here.height or 1.0
        if letters and box and (_apart(box, here, size) or not SAME < now / size < 1 / SAME):
            yield Word("".join(letters), box, size)
            letters, box = [], None
        if not letters:
            size = now
        letters.append("-" if character in "\x02\u00ad" else character)
        box = box.around(here) if box else here
    if letters and box:
        yield Word("".join(letters), box, size)


def _is_stamp(raw: Any, text: Any, index: int, here: Box, sheet: Sheet) -> bool:
    """Whether a character is of a line that runs up or down the side of the page ("Downloaded from ...")."""
    across = sheet.size[0]
    at_side = here.right < STAMP * across or here.left > (1 - STAMP) * across
    return at_side and _way(raw, text, index) != sheet.turn


def _apart(box: Box, here: Box, size: float) -> bool:
    """Whether a character begins another word: far to the right, back to the left, or on another line."""
    gap = here.left - box.right
    return gap > max(GAP * size, 1.0) or gap < -2 * size or here.top > box.bottom or here.bottom < box.top


def _rules(raw: Any, page: Any, sheet: Sheet) -> Iterator[Box]:
    for thing in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=3):
        box = sheet.box(*(thing.get_pos() if hasattr(thing, "get_pos") else thing.get_bounds()))
        if box.height <= THIN and box.width > 4:
            yield box
