"""Pages of PDFs in the report: each quote framed where it is printed, and words where a page is not shown."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from spacy.language import Language
from typer.testing import CliRunner

from extractor.commands import app
from extractor.model import Document
from extractor.pipeline import extract
from extractor.places import lines_of
from extractor.report import Originals, Printer, report
from extractor.sources import pdf
from extractor.store import Store

pytest.importorskip("pypdfium2", reason="PDF files are read with pypdfium2 (trialspan[pdf])")
PAPER = Path(__file__).parent / "golden" / "pdf" / "two_columns.pdf"


def paper(data: bytes) -> Document:
    (found,) = pdf.read(BytesIO(data), "paper")
    assert isinstance(found, Document)
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, nlp: Language) -> Path:
    path = tmp_path_factory.mktemp("pages") / "a.db"
    with Store.open(path) as opened:
        for record in extract(nlp, [paper(PAPER.read_bytes())]):
            opened.add(record)
    return path


def made(store: Path, printer: Printer | None = None) -> BeautifulSoup:
    with Store.open(store) as opened:
        return BeautifulSoup(report(opened, printer=printer), "lxml")


def test_every_quote_is_framed_on_a_picture_of_its_page(store: Path) -> None:
    printer = Printer(Originals([PAPER.parent]))
    page = made(store, printer)
    sheets = page.select(".source svg.sheet")
    assert (printer.asked, printer.shown, printer.left_out) == (1, 1, 0)
    for sheet in sheets:
        url = str(sheet.image["href"])  # type: ignore[index]
        assert base64.b64decode(url.partition("base64,")[2]).startswith(b"\x89PNG")
    framed = {n for r in page.select("svg.sheet rect") for n in str(r["data-n"]).split()}
    assert framed == {str(at["data-n"]) for at in page.select(".source .at")}
    policy = str(page.select_one("meta[http-equiv]")["content"])  # type: ignore[index]
    assert "img-src data:" in policy and "default-src 'none'" in policy
    assert not page.select(".no-page")


def test_a_frame_is_where_the_file_has_the_words(nlp: Language) -> None:
    import pypdfium2

    data = PAPER.read_bytes()
    (record,) = extract(nlp, [paper(data)])
    document, checked = record.document, 0
    with pypdfium2.PdfDocument(data) as file:
        for item in (e for f in record.facts for e in f.evidence if len(e.quote) > 3):
            places = lines_of(document, item.part, item.start or 0, item.end or 0)
            if len(places) != 1:
                continue
            page = file[places[0][0] - 1]
            (width, height), (left, top, right, bottom) = page.get_size(), places[0][1]
            said = page.get_textpage().get_text_bounded(
                left * width - 1, height * (1 - bottom) - 1, right * width + 1, height * (1 - top) + 1
            )
            assert item.quote.replace(" ", "").replace("^", "") in said.replace(" ", "").replace("\r\n", "")
            checked += 1
    assert checked > 20


def test_the_same_store_and_files_give_the_same_bytes(store: Path) -> None:
    with Store.open(store) as opened:
        first, second = (report(opened, printer=Printer(Originals([PAPER]))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("printer", "said"),
    [
        (Printer(Originals()), "no folder of PDFs was given"),
        (Printer(Originals([PAPER.with_name("one_column.pdf")])), "none of the PDFs given is the file that was read"),
        (Printer(Originals([PAPER]), most=2**10), "would pass 0 MB: page 1"),
    ],
)
def test_where_no_picture_is_it_is_said_why(store: Path, printer: Printer, said: str) -> None:
    page = made(store, printer)
    assert not page.select("svg.sheet")
    (note,) = page.select(".source .no-page")
    assert said in note.get_text()


def test_the_command_takes_the_folder_and_says_what_it_showed(store: Path, tmp_path: Path) -> None:
    call = ["report", "-o", str(tmp_path / "r.html"), "--store", str(store)]
    assert "pages shown of 1 of the 1 PDFs" in CliRunner().invoke(app, [*call, "--pdfs", str(PAPER.parent)]).output
    assert "name the folder that holds them with --pdfs" in CliRunner().invoke(app, call).output
    wrong = CliRunner().invoke(app, [*call, "--pdfs", str(tmp_path / "nowhere")])
    assert (wrong.exit_code, "there is no such file or folder" in wrong.output) == (2, True)


def turned(by: int) -> bytes:
    """The paper with its pages turned, as a scanner or a printer of wide tables leaves them."""
    import pypdfium2

    stream = BytesIO()
    with pypdfium2.PdfDocument(PAPER.read_bytes()) as file:
        for page in file:
            page.set_rotation(by)
        file.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("by", [90, 180, 270])
def test_a_turned_page_is_read_and_drawn_upright(by: int) -> None:
    from extractor.pdf.pictures import pictures

    straight, found = paper(PAPER.read_bytes()), paper(turned(by))
    assert found.parts == straight.parts
    assert found.metadata["layout"] == straight.metadata["layout"]
    assert pictures(turned(by), [1])[1].png == pictures(PAPER.read_bytes(), [1])[1].png
