"""Papers that were copied from their pages: what only pages have goes, and what is left is cut into its parts."""

from __future__ import annotations

from io import BytesIO

import pytest

from extractor.limits import limited
from extractor.model import Document
from extractor.pdf.copied import paper, without_pages
from extractor.sources import text

LINE = "All of them were seen again by one of us after a year and had no complaint of any kind. "
WRAPPED = "All of them were\nseen again and had\nno complaint of any\nkind."
HEAD = """\
Rivers et al. Journal of Made Trials (2020) 4:11
RESEARCH ARTICLE
Stromal cells for arthritis of the knee in older
people: a randomised controlled trial
Ann Rivers1*, Ben Stone2 and Cem Ufuk1

Abstract
Background
Arthritis of the knee is common.
Methods
Forty patients were randomised.
Results
Fever occurred in four patients.
Conclusions
Cells are safe.
Keywords: knee, cells

"""


def pages(*inner: str, head: str = "Rivers et al. Journal of Made Trials (2020) 4:11", number: int = 2) -> str:
    """Pages one after the other as a reader of PDFs copies them: the running head, the page's number, the text."""
    return "\n".join(f"{number + n}\n{head}\n{said}" for n, said in enumerate(inner))


BODY = pages(
    f"Background\nPain is a burden. {LINE * 9}\nMaterials and methods\nCells were injected once into the knee and",
    f"the patients rested. {LINE * 9}\nResults\nThirty-nine of 40 were fol-\nlowed for one year.\nFever occurred in 4 of 20 after",
    f"cells and in none after saline. {LINE * 9}\nTable 2. Adverse events\nEvent\nCells\nSaline\nFever\n4 (20)\n0 (0)\n",
    f"Discussion\nCells were safe. {LINE * 9}\nReferences\n1. Someone.",
)


def test_a_copied_paper_has_its_parts() -> None:
    parts = paper(HEAD + BODY)
    assert parts is not None
    names = [
        "title",
        "front matter",
        "abstract",
        "Background",
        "Materials and methods",
        "Results",
        "Discussion",
        "References",
    ]
    assert list(parts) == [*names, "Table 2"]
    assert parts["title"] == "Stromal cells for arthritis of the knee in older people: a randomised controlled trial"
    assert "Ann Rivers1*" in parts["front matter"] and "Keywords: knee" in parts["front matter"]
    assert parts["abstract"].startswith("Background\nArthritis of the knee") and parts["abstract"].endswith(
        "Cells are safe."
    )


def test_a_sentence_goes_on_over_the_end_of_a_page_and_a_word_over_the_end_of_a_line() -> None:
    parts = paper(HEAD + BODY)
    assert parts is not None
    assert parts["Materials and methods"].startswith("Cells were injected once into the knee and the patients rested.")
    assert "Thirty-nine of 40 were followed for one year." in parts["Results"]
    assert "Fever occurred in 4 of 20 after cells and in none after saline." in parts["Results"]
    assert "Made Trials" not in "".join(parts.values())


def test_cells_of_a_table_are_kept_and_named_as_not_read() -> None:
    (found,) = text.read(BytesIO((HEAD + BODY).encode()), "a")
    assert isinstance(found, Document)
    assert found.parts["Table 2"].startswith("Table 2. Adverse events")
    assert "4 (20)" not in found.parts["Results"]
    said = "Table 2 was copied as text, without its rows and columns, and was not read (adverse events)"
    assert said in found.notes and any("copied from pages" in note for note in found.notes)


@pytest.mark.parametrize(
    ("label", "name"), [("Table II", "Table II"), ("TABLE  S1", "Table S1"), ("TABLE 2", "Table 2")]
)
def test_a_table_is_called_by_its_number_as_printed(label: str, name: str) -> None:
    (found,) = text.read(BytesIO((HEAD + BODY.replace("Table 2", label)).encode()), "a")
    assert isinstance(found, Document)
    assert name in found.parts and any(note.startswith(f"{name} was copied as text") for note in found.notes)


@pytest.mark.parametrize(
    ("copied", "plain"),
    [
        (
            "the arm of 10/160 mg twice-\ndaily and of once-daily; twice-daily",
            "the arm of 10/160 mg twice-daily and of once-daily; twice-daily",
        ),
        ("osteoar-\nthritis", "osteoarthritis"),
        ("vitamin-\nD", "vitamin-D"),
        ("12 of 40 had\n5\nfevers", "12 of 40 had\n5\nfevers"),  # one number alone is no page's
    ],
)
def test_hyphens_and_numbers(copied: str, plain: str) -> None:
    assert without_pages(copied) == plain


@pytest.mark.parametrize(
    "many",
    [
        "A title" + "\n" * 50_000,
        "\n".join(f"Patient {n}" for n in range(50_000)),
        "\n".join(str(n % 9_000) for n in range(50_000)),
        "\n".join(f"{n % 9_000} people" for n in range(50_000)),
        "\f".join(["One line\n\n"] * 50_000),
        "A" * 50_000,
        "." * 50_000 + "a\n\n",
    ],
    ids=lambda many: many[:9],
)
def test_time_grows_with_length(many: str) -> None:
    """Within a limit that a reader who holds each line against each would need many times over."""
    assert list(limited(map(without_pages, [many]), 20))


@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_line_numbers_go_wherever_they_stand(between: str) -> None:
    lines = [f"{n}{between}line that goes on" for n in range(7, 40)]
    assert without_pages("\n".join(lines)).split() == ["line", "that", "goes", "on"] * 33


@pytest.mark.parametrize(
    ("abstract", "body", "first"),
    [
        (
            "Introduction\nWhy.\nMethods\nHow.\nResults\nWhat.",
            "Introduction\nMore.\nMethods\nMore.\nResults\nMore.",
            "Introduction",
        ),
        ("Knees hurt.", "1. Introduction\nMore.\n2. Methods\nMore.\n3. Results\nMore.", "Introduction"),
        ("Aim\nWhy.\nMethods\nHow.\nResults\nWhat.", "Methods\nMore.\nResults\nMore.\nDiscussion\nMore.", "Methods"),
    ],
)
def test_an_abstract_ends_where_the_body_begins(abstract: str, body: str, first: str) -> None:
    parts = paper(f"A title of a trial\nAnn Rivers1*\n\nABSTRACT\n{abstract}\n\n{body}\n{WRAPPED}")
    assert parts is not None
    assert list(parts)[2:4] == ["abstract", first]
    assert parts["abstract"] == abstract


def test_what_has_no_abstract_or_no_sections_is_no_copied_paper() -> None:
    assert paper("Results\nFever.\nMethods\nHow.") is None
    assert paper(f"Abstract\nForty patients had fever.\nResults\nNone.\n{WRAPPED}") is None
    page = "Abstract\nKnees hurt.\nIntroduction\nMore.\nMethods\nMore.\nResults\nNone."
    assert paper(page) is None  # whole paragraphs in each line: a web page, which has a reader of its own
    assert paper(f"{page}\n{WRAPPED}") is not None
