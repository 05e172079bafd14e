"""PDF papers that were made for these tests with LibreOffice: reading order, sections, tables, places; what is refused.

The pages (``golden/pdf``) hold invented text in one column and in two, with a running head, page numbers and hyphens.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from extractor.errors import ParseError
from extractor.model import Document
from extractor.pdf.captions import stand_below
from extractor.pdf.columns import at_columns, cells_of, columns_of, parted
from extractor.pdf.glyphs import Box, Page, Word
from extractor.pdf.grids import _unwrapped, tables_of
from extractor.pdf.headed import sections
from extractor.pdf.order import Segment, segment, split, without_line_numbers
from extractor.pdf.over import moved
from extractor.pdf.paper import _broken, _centre, _inner_headings, _spread, _unread
from extractor.pipeline import extract
from extractor.places import placed
from extractor.sources import pdf, text
from extractor.tables.grid import EMPTY, Cell, Table
from extractor.tables.read import read_tables

pytest.importorskip("pypdfium2", reason="PDF files are read with pypdfium2 (trialspan[pdf])")
PAPERS = sorted((Path(__file__).parent / "golden" / "pdf").glob("*.pdf"))


def paper(path: Path) -> Document:
    (found,) = pdf.read(BytesIO(path.read_bytes()), path.stem)
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize("path", PAPERS, ids=lambda p: p.stem)
def test_sections_stand_in_reading_order_and_lines_are_joined(path: Path) -> None:
    found = paper(path)
    names = [n for n in found.parts if n != "front matter"]
    assert names == ["title", "abstract", "Introduction", "Methods", "Results", "Discussion", "Table 1"]
    assert found.title == "Stromal cells for arthritis of the knee: a randomised controlled trial"
    assert "expanded for two passages under conditions of good manufacturing practice" in found.parts["Methods"]
    assert "with an adequate number of participants." in found.parts["Introduction"]
    assert "Page" not in found.text


@pytest.mark.parametrize("path", PAPERS, ids=lambda p: p.stem)
def test_a_table_is_a_grid_with_its_marks_and_notes(path: Path) -> None:
    found = paper(path)
    told = [
        (f.value["term"], f.value["n"], f.value["denominator"], f.arm)
        for f in found.given
        if f.field == "adverse_event"
    ]
    assert told == [
        ("any adverse event", 9, 20, "Cells"),
        ("any adverse event", 7, 20, "Saline"),
        ("knee swelling", 4, 20, "Cells"),
        ("knee swelling", 1, 20, "Saline"),
        ("headache", 2, 20, "Cells"),
        ("headache", 3, 20, "Saline"),
        ("fever", 0, 20, "Cells"),
        ("fever", 1, 20, "Saline"),
    ]
    assert "Headache^a" in found.parts["Table 1"]
    assert found.parts["Table 1"].endswith("Treated with paracetamol.")


def test_quotes_have_their_page_and_box() -> None:
    found = paper(PAPERS[0])
    (fact,) = placed(found, [f for f in found.given if f.value.get("term") == "fever" and f.arm == "Saline"])
    cell = next(e for e in fact.evidence if e.quote == "1 (5)")
    assert cell.page == 1
    assert cell.box is not None
    left, top, right, bottom = cell.box
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1


def test_the_same_facts_from_one_column_and_from_two(nlp: Language) -> None:
    told = []
    for path in PAPERS:
        (record,) = extract(nlp, [paper(path)])
        told.append({(f.field, str(f.value), f.arm) for f in record.facts if f.primary})
    assert told[0] == told[1]
    assert ("participants", "{'n': 40, 'kind': 'randomized'}", None) in told[0]


def test_a_pdf_of_pictures_is_refused_with_a_hint() -> None:
    import pypdfium2

    empty, stream = pypdfium2.PdfDocument.new(), BytesIO()
    empty.new_page(595, 842)
    empty.save(stream)
    (found,) = pdf.read(BytesIO(stream.getvalue()), "scan")
    assert isinstance(found, ParseError)
    assert "a scanned PDF" in str(found)
    assert "ocrmypdf" in str(found)


def test_a_broken_pdf_is_an_error_that_says_so() -> None:
    (found,) = pdf.read(BytesIO(b"%PDF-1.7 nothing"), "broken")
    assert isinstance(found, ParseError)
    assert "cannot be opened" in str(found)


# ---------------------------------------------------------------- text that was copied from a PDF


def test_headings_alone_on_a_line_part_a_text() -> None:
    page = "Title\n\nIntroduction\nWhy.\n2. Materials and methods\nHow.\nResults and discussion\nWhat.\nReferences\n1. One."
    assert [(s.name, page[s.start : s.end]) for s in sections(page)] == [
        ("Introduction", "Why."),
        ("Materials and methods", "How."),
        ("Results and discussion", "What."),
        ("References", "1. One."),
    ]
    assert sections("Results\nOne heading alone is no paper.") == []


def test_a_copied_paper_keeps_its_sections_and_its_title() -> None:
    copied = (
        "RESEARCH ARTICLE                Open Access\nStromal cells for knee arthritis: a\nrandomised controlled trial\nA. Author1*, B. Author2\n\n"
        "Abstract\nBackground: Knee arthritis is common.\nMethods: Forty patients were randomised to stromal cells or saline.\n"
        "Results: Pain fell in both of the groups.\nKeywords: knee\n\nIntroduction\nA burden.\nMethods\nCells were injected once.\n"
        "Results\nFever occurred in four of 20 patients.\nReferences\n1. Someone.\n"
    )
    (found,) = text.read(BytesIO(copied.encode()), "a")
    assert isinstance(found, Document)
    assert found.title == "Stromal cells for knee arthritis: a\nrandomised controlled trial"
    assert found.parts["Results"] == "Fever occurred in four of 20 patients."
    assert all(copied[found.starts[name] :].startswith(part) for name, part in found.parts.items())


def test_a_structured_abstract_is_not_cut() -> None:
    abstract = "Background\nPain.\nMethods\nForty.\nResults\nLess.\nConclusion\nGood."
    (found,) = text.read(BytesIO(abstract.encode()), "a")
    assert isinstance(found, Document)
    assert found.parts == {"abstract": abstract}


# ---------------------------------------------------------------- tables without ruling lines


def printed(top: float, *cells: tuple[float, str]) -> list[Segment]:
    """A line of cells in letters 8 points high and 4 wide, each at its left edge."""
    return [Segment(1, text, Box(left, top, left + 4 * len(text), top + 8), 8.0) for left, text in cells]


def told_rows(lines: list[list[Segment]]) -> list[list[str]]:
    """The rows that lines make, cell by cell."""
    columns = columns_of(lines)
    return [[" ".join(s.text for s in cell) for cell in cells_of(row, columns)] for row in _unwrapped(lines, columns)]


def test_a_head_over_two_columns_does_not_hide_where_they_part() -> None:
    lines = [
        printed(0, (100, "Started with drug first")),
        printed(20, (0, "Event"), (100, "Period 1"), (160, "Period 2")),
        printed(40, (0, "Any"), (100, "27 (20.8)"), (160, "7 (6.0)")),
        printed(60, (0, "Fever"), (100, "3 (2.3)"), (160, "0 (0)")),
    ]
    assert told_rows(lines)[2:] == [["Any", "27 (20.8)", "7 (6.0)"], ["Fever", "3 (2.3)", "0 (0)"]]


@pytest.mark.parametrize(
    ("upper", "lower", "row"),
    [
        ([(0, "Any event"), (100, "42")], [(100, "(16.8)")], ["Any event", "42 (16.8)"]),
        ([(0, "Headache"), (100, "26")], [(0, "in all"), (100, "(41.9%)")], ["Headache in all", "26 (41.9%)"]),
        ([(0, "Grade 1"), (100, "fever (3); rash")], [(100, "(1)")], ["Grade 1", "fever (3); rash (1)"]),
        ([(0, "Term"), (100, "Cells (n")], [(100, "= 20)")], ["Term", "Cells (n = 20)"]),
    ],
)
def test_lines_of_one_cell_are_one_row(
    upper: list[tuple[float, str]], lower: list[tuple[float, str]], row: list[str]
) -> None:
    others = [printed(at, (0, "Cough"), (100, "1")) for at in (28, 48, 68)]
    assert told_rows([printed(0, *upper), printed(8.5, *lower), *others])[0] == row


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ([(0, "Male"), (100, "12")], [(0, "Female"), (100, "8")]),
        ([(100, "Cells N")], [(0, "Vomiting"), (100, "2")]),
        ([(100, "Cells N (%)")], [(0, "Infections")]),
        ([(0, "Any"), (100, "5 (83)")], [(0, "Fatal"), (100, "0 (0)")]),
    ],
)
def test_lines_of_two_rows_stay_two(upper: list[tuple[float, str]], lower: list[tuple[float, str]]) -> None:
    others = [printed(at, (0, "Cough"), (100, "1")) for at in (40, 60, 80)]
    assert len(told_rows([printed(0, *upper), printed(20, *lower), *others])) == 5


def test_what_a_head_leaves_blank_belongs_to_its_left() -> None:
    def row(*texts: str) -> list[Cell]:
        return [Cell(n, n + len(text), text) if text else EMPTY for n, text in enumerate(texts)]

    table = Table(caption="", name="Table 1")
    table.rows = [
        row("", "Placebo", "", "Drug", ""),
        row("Event", "5 mg", "10 mg", "20 mg", "All"),
        row("Any", *"1234"),
    ]
    _spread(table)
    assert [cell.text for cell in table.head[0]] == ["", "Placebo", "Placebo", "Drug", "Drug"]
    assert [cell.text for cell in table.head[1]] == ["Event", "5 mg", "10 mg", "20 mg", "All"]
    assert [[cell.text for cell in r] for r in table.rows] == [["Any", "1", "2", "3", "4"]]


def test_a_caption_without_rows_is_named_as_not_read() -> None:
    lines = [
        *printed(0, (0, "Table 2. Adverse events by arm")),
        *printed(40, (0, "All patients were followed for one year.")),
        *printed(80, (0, "Table 1. Patients")),
        *printed(120, (0, "None was lost, as can be seen in")),
        *printed(129, (0, "Table 3 and in the text.")),
    ]
    unread = list(_unread(lines, {"Table 1"}))
    assert [table.name for table in unread] == ["Table 2"]
    assert read_tables(unread).notes == ("Table 2 has no rows under its caption and was not read (adverse events)",)


# ---------------------------------------------------------------- over the end of a page


def page_line(page: int, top: float, *cells: tuple[float, str]) -> list[Segment]:
    """A line of cells on a page, made of its words."""
    found = []
    for left, said in cells:
        words, at = [], left
        for text_ in said.split():
            words.append(Word(text_, Box(at, top, at + 4 * len(text_), top + 8), 8.0))
            at += 4 * len(text_) + 3
        found.append(segment(words, page))
    return found


def rows_of(number: int, top: float, *labels: str) -> list[Segment]:
    return [
        s
        for n, label in enumerate(labels)
        for s in page_line(number, top + 12 * n, (60, label), (200, f"{n + 1} (5)"), (300, "0 (0)"))
    ]


HEAD_ROW = ((60, "Event"), (200, "Cells"), (300, "Saline"))


def over(first: list[Segment], *later: list[Segment]) -> list[list[str]]:
    """The rows of the one table that begins on the first of several pages."""
    pages = [(Page(n, 600, 800, (), ()), lines) for n, lines in enumerate([first, *later], 1)]
    (table,) = tables_of(pages[0][0], first, pages[1:])
    for row in table.rows:
        for cell in row:
            for item in cell:
                assert item.box.top < 800  # back on its own page
    return [[" ".join(s.text for s in cell) for cell in row] for row in table.rows]


def test_the_rows_of_a_caption_may_stand_on_the_next_page() -> None:
    caption = page_line(1, 760, (60, "Table 2. Adverse events"))
    rows = [*page_line(2, 60, *HEAD_ROW), *rows_of(2, 72, "Fever", "Cough", "Rash")]
    text_ = page_line(2, 160, (60, "All of the patients were seen again by one of us after a year."))
    told = over(caption, [*rows, *text_])
    assert [row[0] for row in told] == ["Event", "Fever", "Cough", "Rash"]


def test_a_table_goes_on_and_its_head_is_not_a_row_twice() -> None:
    first = [
        *page_line(1, 680, (60, "Table 2. Adverse events")),
        *page_line(1, 700, *HEAD_ROW),
        *rows_of(1, 712, "Fever", "Cough", "Rash"),
    ]
    second = [
        *page_line(2, 50, (60, "Table 2 (continued)")),
        *page_line(2, 62, *HEAD_ROW),
        *rows_of(2, 74, "Pain", "Fall", "Chills"),
    ]
    assert [row[0] for row in over(first, second)] == ["Event", "Fever", "Cough", "Rash", "Pain", "Fall", "Chills"]


def test_a_table_that_ends_above_the_foot_of_its_page_does_not_go_on() -> None:
    first = [
        *page_line(1, 300, (60, "Table 2. Adverse events")),
        *page_line(1, 320, *HEAD_ROW),
        *rows_of(1, 332, "Fever", "Cough", "Rash"),
    ]
    second = rows_of(2, 60, "Pain", "Fall", "Chills")
    assert [row[0] for row in over(first, second)] == ["Event", "Fever", "Cough", "Rash"]


def test_the_headings_of_a_structured_abstract_are_no_sections() -> None:
    def line(size: float, said: str, n: int) -> Segment:
        return Segment(1, said, Box(60, 100 + 20 * n, 60 + 4 * len(said), 108 + 20 * n), size)

    names = (
        (12, "Abstract"),
        (10, "Background"),
        (10, "Methods"),
        (10, "Results"),
        (12, "Introduction"),
        (12, "Methods"),
    )
    lines = [line(size, said, n) for n, (size, said) in enumerate(names)]
    inner = _inner_headings(lines, 10.0)
    assert [s.text for s in lines if id(s) in inner] == ["Background", "Methods", "Results"]


def test_narrow_cells_and_broken_words_are_told_apart() -> None:
    columns = [(60.0, 100.0), (150.0, 182.0), (185.0, 217.0)]
    words = [
        Word("4", Box(150, 0, 154, 8), 8.0),
        Word("(20)", Box(157, 0, 173, 8), 8.0),
        Word("1", Box(185, 0, 189, 8), 8.0),
        Word("(5)", Box(192, 0, 204, 8), 8.0),
    ]
    assert [s.text for s in at_columns(segment(words, 1), columns)] == ["4 (20)", "1 (5)"]
    assert _broken("Cardiovasc", "ular event", frozenset({"cardiovascular"}))
    assert not _broken("Back", "pain", frozenset({"back", "backpain"}))


# ---------------------------------------------------------------- other layouts


def one_page(*lines: list[Segment], rules: tuple[Box, ...] = (), below: bool = False) -> list[list[list[str]]]:
    """The tables of one page: rows of cells, the caption first."""
    segments = [s for line in lines for s in line]
    page = Page(1, 600, 800, (), rules)
    found = tables_of(page, segments, (), 9.0, below=below)
    return [
        [[" ".join(s.text for s in t.caption)], *([" ".join(s.text for s in cell) for cell in row] for row in t.rows)]
        for t in found
    ]


def text_lines(left: float, top: float, count: int) -> list[Segment]:
    """Lines of running text, larger than the letters of tables."""
    said = "and the women who were seen again by one of us after half a year"
    return [Segment(1, said, Box(left, top + 11 * n, left + 230, top + 9 + 11 * n), 9.0) for n in range(count)]


def test_a_line_drawn_out_to_the_edge_of_its_column_is_one() -> None:
    words, at = [], 60.0
    for said in ("reasons", "to", "terminate", "treatment", "included"):
        words.append(Word(said, Box(at, 0, at + 4 * len(said), 8), 8.0))
        at += 4 * len(said) + 15
    other = Word("DAS28", Box(at + 5, 0, at + 25, 8), 8.0)
    assert [s.text for s in split([*words, other], 1)] == ["reasons to terminate treatment included", "DAS28"]
    figures = [Word(str(n), Box(60 + 30 * n, 0, 64 + 30 * n, 8), 8.0) for n in range(5)]
    assert len(list(split(figures, 1))) == 5


def numbered(first: int, page: int) -> Page:
    lines = [
        (Word(str(first + n), Box(30 - 4 * len(str(first + n)), 20 * n, 30, 20 * n + 8), 8.0),
         Word("Forty", Box(60, 20 * n, 80, 20 * n + 8), 8.0), Word("45", Box(84, 20 * n, 92, 20 * n + 8), 8.0))
        for n in range(6)
    ]  # fmt: skip
    return Page(page, 600, 800, tuple(word for line in lines for word in line), ())


def test_line_numbers_of_a_manuscript_are_no_words_of_it() -> None:
    pages = [numbered(1, 1), numbered(7, 2)]
    assert [{w.text for w in p.words} for p in without_line_numbers(pages)] == [{"Forty", "45"}] * 2
    assert without_line_numbers(pages[:1]) == pages[:1]  # one page may be a list of patients


def test_a_caption_may_stand_under_its_table() -> None:
    first = [*page_line(1, 100, *HEAD_ROW), *rows_of(1, 112, "Fever", "Cough", "Rash")]
    second = [*page_line(1, 200, *HEAD_ROW), *rows_of(1, 212, "Pain", "Fall", "Chills")]
    captions = page_line(1, 150, (60, "Table 1. Harms")), page_line(1, 250, (60, "Table 2. Others"))
    lines = [*first, *captions[0], *second, *captions[1], *text_lines(60, 300, 3)]
    page = Page(1, 600, 800, (), ())
    assert stand_below([(page, lines)], 9.0)
    told = one_page(lines, below=True)
    assert [(t[0][0], [row[0] for row in t[1:]]) for t in told] == [
        ("Table 1. Harms", ["Event", "Fever", "Cough", "Rash"]),
        ("Table 2. Others", ["Event", "Pain", "Fall", "Chills"]),
    ]
    over_ = [*captions[0], *(moved(s, 100) for s in first), *text_lines(60, 300, 3)]
    assert not stand_below([(page, over_)], 9.0)


def test_running_text_beside_a_table_is_none_of_it() -> None:
    rows = [
        *page_line(1, 100, (60, "Table 1. Harms")),
        *(s for n, name in enumerate(("Event", "Fever", "Cough", "Rash"))
          for s in page_line(1, 114 + 12 * n, (60, name), (200, f"{n} (5)"), (250, "0 (0)"))),
    ]  # fmt: skip
    (told,) = one_page(rows, text_lines(320, 100, 8))
    assert [row[0] for row in told[1:]] == ["Event", "Fever", "Cough", "Rash"]
    assert all(len(row) == 3 for row in told[1:])


def test_a_table_as_wide_as_the_page_stands_under_a_label_alone() -> None:
    wide = [s for n in range(4) for s in page_line(1, 126 + 12 * n, (60, "Fever"), (300, "1 (5)"), (500, "0 (0)"))]
    (told,) = one_page(page_line(1, 100, (60, "TABLE 1")), page_line(1, 112, (60, "Harms of both groups")), wide)
    assert told[0] == ["TABLE 1 Harms of both groups"]
    assert all(row == ["Fever", "1 (5)", "0 (0)"] for row in told[1:])


def test_the_rows_of_a_caption_that_ends_its_column_begin_the_next() -> None:
    rows = [s for n in range(4) for s in page_line(1, 60 + 12 * n, (320, "Fever"), (450, "1 (5)"), (520, "0 (0)"))]
    (told,) = one_page(page_line(1, 700, (60, "Table 1. Harms")), text_lines(60, 60, 3), rows)
    assert told[1:] == [["Fever", "1 (5)", "0 (0)"]] * 4


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        (((180, "Drug"), (380, "Saline")), ["", "Drug", "Drug", "Saline", "Saline"]),
        (((100, "Drug"), (300, "Saline")), ["", "Drug", "", "Saline", ""]),  # they begin where a column does
    ],
)
def test_a_head_over_the_middle_of_columns_is_the_head_of_each(heads: Any, said: list[str]) -> None:
    columns = [(0.0, 60.0), (100.0, 140.0), (200.0, 240.0), (300.0, 340.0), (400.0, 440.0)]
    places = {"Drug": 1, "Saline": 3, "p": 4}
    row: list[list[Segment]] = [[] for _ in columns]
    for left, name in heads:
        row[places[name]] = printed(0, (left - 0.5 * 4 * len(name) if left not in (100, 300) else left, name))
    grid = [Cell(n, n + 1, " ".join(s.text for s in cell)) if cell else EMPTY for n, cell in enumerate(row)]
    _centre(grid, row, columns)
    assert [cell.text for cell in grid] == said


def test_two_narrow_columns_are_told_apart_by_where_their_figures_begin() -> None:
    rows = [page_line(1, 12 * n, (60, "Fever"), (200, f"{n} (8%)"), (242, "13 (5%)")) for n in range(4)]
    joined = segment([*page_line(1, 60, (200, "10 (18%)"))[0].words, *page_line(1, 60, (242, "13 (5%)"))[0].words], 1)
    rows.append([page_line(1, 60, (60, "Cough"))[0], joined])
    columns = parted(rows, [(60.0, 80.0), (200.0, 270.0)])
    assert len(columns) == 3
    assert [s.text for s in at_columns(joined, columns)] == ["10 (18%)", "13 (5%)"]


def test_what_closes_the_bracket_of_a_wider_cell_is_of_that_cell() -> None:
    lines = [
        page_line(1, 0, (60, "Term"), (150, "Cells with saline given twice (n =")),
        page_line(1, 9, (240, "6)")),
        page_line(1, 20, (150, "Mild"), (230, "Severe (%)")),
        *(page_line(1, 40 + 20 * n, (60, "Cough"), (150, "1 (17)"), (230, "2 (33)")) for n in range(6)),
    ]
    assert told_rows(lines)[:2] == [["Term", "Cells with saline given twice (n = 6)", ""], ["", "Mild", "Severe (%)"]]
