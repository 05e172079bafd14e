"""Layouts of pages: the abstract is found where each kind of site keeps it, and nothing beside it."""

from __future__ import annotations

import io

import pytest

from extractor.errors import ParseError
from extractor.model import Document
from extractor.sources.html import read

ONE = "Nine people with stroke were given 2 × 10<sup>6</sup> cells/kg into the vein, and were seen for a year."
TWO = "Fever was seen in two people, and nobody died; the level of CO<sub>2</sub> did not change."
ONE_TEXT = "Nine people with stroke were given 2 × 10^6 cells/kg into the vein, and were seen for a year."
TWO_TEXT = "Fever was seen in two people, and nobody died; the level of CO_2 did not change."
DECOY = "Another report of many more people and of many more cells, which is long enough to look like an abstract and is none of this page's."
TITLE = "Fat cells given into the vein for stroke"

LAYOUTS = {
    "nature": f'<section data-title="Abstract"><div id="Abs1-section"><h2 id="Abs1">Abstract</h2><div class="c-article-section__content" id="Abs1-content"><p>{ONE}</p><p>{TWO}</p></div></div></section>',
    "sciencedirect": f'<div class="Abstracts" id="abstracts"><div class="abstract graphical"><h2>Graphical abstract</h2><p>{DECOY}</p></div><div class="abstract author" id="ab1"><h2>Abstract</h2><div><p>{ONE}</p><p>{TWO}</p></div></div></div>',
    "wiley": f'<section class="article-section article-section__abstract"><h2>Abstract</h2><div class="article-section__content en main"><p>{ONE}</p><p>{TWO}</p></div></section>',
    "oxford": f'<section class="abstract"><p class="chapter-para">{ONE}</p><p>{TWO}</p></section><div class="related"><p>{DECOY}</p></div>',
    "mdpi": f'<section class="html-abstract" id="html-abstract"><h2 id="html-abstract-title">Abstract</h2><div>{ONE}</div><div>{TWO}</div></section>',
    "plos": f'<div class="abstract toc-section abstract-type-"><h2>Abstract</h2><div class="abstract-content"><p>{ONE}</p><p>{TWO}</p></div></div>',
    "frontiers": f'<div class="JournalAbstract"><p>{ONE}</p><p>{TWO}</p></div><div class="JournalFullText"><h2>Introduction</h2><p>{DECOY}</p></div>',
    "taylor": f'<div class="abstractSection abstractInFull"><p class="summary-title"><b>Abstract</b></p><p>{ONE}</p><p>{TWO}</p></div>',
    "lancet": f'<section id="author-abstract" property="abstract" role="doc-abstract"><h2>Summary</h2><div>{ONE}</div><div>{TWO}</div></section>',
    "old pmc": f'<div class="tsec sec" id="abs1"><h2 class="head">Abstract</h2><div><p>{ONE}</p><p>{TWO}</p></div></div><div class="tsec sec"><h2>Introduction</h2><p>{DECOY}</p></div>',
    "heading alone": f"<h2>Abstract</h2><p>{ONE}</p><p>{TWO}</p><h2>Introduction</h2><p>{DECOY}</p>",
    "key words inside": f'<div class="abstract"><h2>Abstract</h2><p>{ONE}</p><p>{TWO}</p><p>Keywords: fat, cells</p><p>© 2020 Someone</p></div>',
    "no markup at all": f"<div><a>Log in</a></div><div>{TITLE}</div><div>{ONE} It was open.</div><div>{TWO} It was safe.</div><div>Similar articles</div><div>{DECOY}</div>",
}  # fmt: skip


def page(body: str, head: str = "") -> Document:
    data = f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"
    (item,) = read(io.BytesIO(data.encode()), "page")
    assert isinstance(item, Document)
    return item


@pytest.mark.parametrize("layout", LAYOUTS)
def test_abstract_of_a_layout(layout: str) -> None:
    document = page(LAYOUTS[layout])
    assert document.title == TITLE
    lines = document.parts["abstract"].replace(" It was open.", "").replace(" It was safe.", "").split("\n")
    assert lines == [ONE_TEXT, TWO_TEXT]


def test_the_heading_keeps_its_marks_where_the_metadata_lose_them() -> None:
    data = (
        "<html><head><meta name='citation_title' content='Cells at 106 for stroke'></head><body><h1>Cells at 10<sup>6</sup> for stroke</h1>"
        + LAYOUTS["nature"]
        + "</body></html>"
    )
    (document,) = read(io.BytesIO(data.encode()), "page")
    assert isinstance(document, Document)
    assert document.title == "Cells at 10^6 for stroke"


@pytest.mark.parametrize(
    "title", ["Just a moment...", "Checking your browser - reCAPTCHA", "Access Denied", "404 Page not found"]
)
def test_a_page_before_the_page_is_said_to_be_one(title: str) -> None:
    data = f"<html><head><title>{title}</title></head><body><p>Please wait while we check that you are a person and no program.</p></body></html>"
    with pytest.raises(ParseError, match="not a report"):
        list(read(io.BytesIO(data.encode()), "page"))


def test_declared_and_undeclared_encodings() -> None:
    body = f"<h1>{TITLE} in Zürich</h1>{LAYOUTS['nature']}".replace("×", "x")
    for encoding, declared in (
        ("iso-8859-1", "<meta charset='iso-8859-1'>"),
        ("windows-1252", ""),
        ("utf-16", ""),
        ("utf-8", ""),
    ):
        (document,) = read(
            io.BytesIO(f"<html><head>{declared}</head><body>{body}</body></html>".encode(encoding)), "page"
        )
        assert isinstance(document, Document)
        assert document.title == f"{TITLE} in Zürich"


def test_a_site_that_speaks_of_itself_is_not_the_report() -> None:
    """The blurb and the name of a reading service are in every page's metadata."""
    head = "<title>Reading Service</title><meta property='og:title' content='Reading Service: papers for everyone'><meta name='description' content='Reading Service is a single place to discover new research, read outstanding topic reviews, and search many databases.'>"
    body = f"<header><h1>Reading Service for you all</h1></header><div><a>Log in</a></div><div>{TITLE}</div><div>{ONE} It was open.</div><div>{TWO} It was safe.</div><div>Similar articles</div>"
    (document,) = read(io.BytesIO(f"<html><head>{head}</head><body>{body}</body></html>".encode()), "page")
    assert isinstance(document, Document)
    assert document.title == TITLE
    assert document.parts["abstract"].startswith(ONE_TEXT)


def test_a_page_drawn_by_a_program_still_has_its_description() -> None:
    head = f"<meta property='og:title' content='{TITLE} | Journal'><meta property='og:description' content='{ONE_TEXT} {TWO_TEXT}'>"
    (document,) = read(
        io.BytesIO(f"<html><head>{head}</head><body><div id='app'>Please wait.</div></body></html>".encode()), "page"
    )
    assert isinstance(document, Document)
    assert (document.title, document.parts["abstract"]) == (TITLE, f"{ONE_TEXT} {TWO_TEXT}")
