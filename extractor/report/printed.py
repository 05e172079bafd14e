"""Pages of PDFs with the quotes framed on them; of a page that is not shown it is said why."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from extractor.errors import ParseError
from extractor.model import PDF_SHA256, Document
from extractor.pdf.pictures import Picture, pictures
from extractor.places import Place, lines_of
from extractor.report.quotes import Quote

MOST_BYTES = 24 * 2**20  # of all pictures: a page that is sent, and that a laptop opens
AROUND = 0.002  # share of a page's width by which a frame stands off its words
NOT_GIVEN = "The pages of this PDF are not shown: no folder of PDFs was given (trialspan report --pdfs FOLDER)."
NOT_THERE = "The pages of this PDF are not shown: none of the PDFs given is the file that was read (sha256 {digest}…)."
NO_DIGEST = "The pages of this PDF are not shown: it was read before files were told apart; read it again."
NOT_DRAWN = "The pages of this PDF are not shown: {why}."
NO_PAGE = "Not shown, because they cannot be drawn: {pages}."
TOO_MANY = (
    "Not shown, because the pictures of this report would pass {most} MB: {pages}. Choose fewer trials to see them."
)


class Originals:
    """PDF files at hand, found by their digest.

    Parameters
    ----------
    paths : iterable of Path
        Files, and folders, which are searched to the bottom.
    """

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._paths = tuple(paths)

    def __bool__(self) -> bool:
        return bool(self._paths)

    def of(self, digest: str) -> bytes | None:
        """The file with a digest; None where it is not at hand."""
        path = self._found.get(digest)
        return path.read_bytes() if path else None

    @cached_property
    def _found(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for path in _files(self._paths):
            with path.open("rb") as stream:
                found.setdefault(hashlib.file_digest(stream, "sha256").hexdigest(), path)
        return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() == ".pdf" and p.is_file())
        else:
            yield path


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a page, in pixels of its picture, and the numbers of the quotes that stand there."""

    numbers: tuple[int, ...]
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page as a picture."""

    number: int
    width: int
    height: int
    url: str
    frames: tuple[Frame, ...]

    @property
    def quotes(self) -> list[int]:
        return sorted({n for frame in self.frames for n in frame.numbers})


@dataclass(frozen=True, slots=True)
class Printed:
    """The pages of a report that are shown, and what is said of those that are not."""

    pages: tuple[PrintedPage, ...] = ()
    said: tuple[str, ...] = ()


class Printer:
    """Draws pages until their pictures are as large as a report may be.

    Attributes
    ----------
    asked, shown : int
        PDFs with quotes, and those of which a page is shown.
    left_out : int
        Pages left out because the report would be too large.
    """

    def __init__(self, originals: Originals, most: int = MOST_BYTES) -> None:
        self._originals, self._most, self._room = originals, most, most
        self.asked = self.shown = self.left_out = 0

    def printed(self, document: Document, quotes: Sequence[Quote]) -> Printed:
        """The pages of a document that hold quotes."""
        places: dict[int, dict[Place, list[int]]] = {}
        for quote in quotes:
            if quote.path is None:
                for page, place in lines_of(document, quote.part, quote.start or 0, quote.end or 0):
                    places.setdefault(page, {}).setdefault(place, []).append(quote.number)
        if not places:
            return Printed()
        self.asked += 1
        drawn = self._drawn(document, sorted(places))
        if isinstance(drawn, str):
            return Printed(said=(drawn,))
        shown, said = [], []
        too_many = [n for n, picture in drawn.items() if not self._fits(picture)]
        for number, picture in drawn.items():
            if number not in too_many:
                shown.append(_framed(picture, places[number]))
        self.shown += bool(shown)
        self.left_out += len(too_many)
        if missing := [n for n in sorted(places) if n not in drawn]:
            said.append(NO_PAGE.format(pages=_pages(missing)))
        if too_many:
            said.append(TOO_MANY.format(most=self._most // 2**20, pages=_pages(too_many)))
        return Printed(tuple(shown), tuple(said))

    def _drawn(self, document: Document, numbers: Sequence[int]) -> dict[int, Picture] | str:
        """The pictures of pages, or why there are none."""
        digest = document.metadata.get(PDF_SHA256)
        if not digest:
            return NO_DIGEST
        if not self._originals:
            return NOT_GIVEN
        data = self._originals.of(str(digest))
        if data is None:
            return NOT_THERE.format(digest=str(digest)[:12])
        try:
            return pictures(data, numbers)
        except ParseError as error:
            return NOT_DRAWN.format(why=error)

    def _fits(self, picture: Picture) -> bool:
        """Whether there is room for one more picture; it is taken then."""
        size = 4 * len(picture.png) // 3
        if size > self._room:
            return False
        self._room -= size
        return True


def _framed(picture: Picture, places: dict[Place, list[int]]) -> PrintedPage:
    url = "data:image/png;base64," + base64.b64encode(picture.png).decode()
    off = AROUND * picture.width
    frames = []
    for (left, top, right, bottom), numbers in sorted(places.items(), key=lambda at: (at[0][1], at[0])):
        x, y = left * picture.width - off, top * picture.height - off
        width, height = (right - left) * picture.width + 2 * off, (bottom - top) * picture.height + 2 * off
        frames.append(Frame(tuple(dict.fromkeys(numbers)), *(round(v, 1) for v in (x, y, width, height))))
    return PrintedPage(picture.page, picture.width, picture.height, url, tuple(frames))


def _pages(numbers: Sequence[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
