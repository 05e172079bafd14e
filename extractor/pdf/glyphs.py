"""Words and ruling lines of PDF pages with their places; pypdfium2 is asked here alone.

Places are points from the left and from the top of the page. A page's characters are joined to words where the file
says no blank and the gap is small.
"""

from __future__ import annotations

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


def pages_of(data: bytes) -> list[Page]:
    """All pages of a PDF.

    Raises
    ------
    ParseError
        If pypdfium2 is not installed, the file is broken or locked, or its pages are pictures.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise ParseError(HINT) from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ParseError(f"a PDF that cannot be opened (broken, or locked with a password): {error}") from error
    try:
        pages = [_page(pypdfium2.raw, document[n], n + 1) for n in range(len(document))]
    finally:
        document.close()
    if sum(len(w.text) for page in pages for w in page.words) < LEAST * len(pages):
        raise ParseError(SCANNED.format(pages=len(pages)))
    return pages


def _page(raw: Any, page: Any, number: int) -> Page:
    width, height = page.get_size()
    text = page.get_textpage()
    words = tuple(_words(raw, text, height))
    rules = tuple(_rules(raw, page, height))
    text.close()
    page.close()
    return Page(number, width, height, words, rules)


def _words(raw: Any, text: Any, height: float) -> Iterator[Word]:
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
        here = Box(around.left, height - around.top, around.right, height - around.bottom)
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


def _apart(box: Box, here: Box, size: float) -> bool:
    """Whether a character begins another word: far to the right, back to the left, or on another line."""
    gap = here.left - box.right
    return gap > max(GAP * size, 1.0) or gap < -2 * size or here.top > box.bottom or here.bottom < box.top


def _rules(raw: Any, page: Any, height: float) -> Iterator[Box]:
    for thing in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=3):
        left, bottom, right, top = thing.get_pos() if hasattr(thing, "get_pos") else thing.get_bounds()
        if top - bottom <= THIN and right - left > 4:
            yield Box(left, height - top, right, height - bottom)
