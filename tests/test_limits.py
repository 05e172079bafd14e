"""One strange input never stops a run: a limit of processor time for each document, and for each that a reader gives."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from extractor.engine import Issue, extract_batch
from extractor.errors import TimeLimitError
from extractor.inputs import documents
from extractor.limits import limited
from extractor.model import Document, Record
from extractor.settings import Settings
from extractor.sources import READERS
from extractor.sources.markup import free_name
from extractor.sources.pages import find_page, is_names
from tests.conftest import ROOT

EXPONENTIAL = re.compile(r"(?:a|a)*b")  # a pattern that never ends on what follows


def work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_an_item_that_takes_too_long_ends_the_stream() -> None:
    def items() -> Iterator[int]:
        yield 1
        EXPONENTIAL.match("a" * 60)
        yield 2

    found = limited(items(), 0.2)
    assert next(found) == 1
    with pytest.raises(TimeLimitError, match=r"0\.2 s"):
        next(found)


def test_the_limit_is_for_each_item_and_not_for_those_who_use_them() -> None:
    def items() -> Iterator[int]:
        for number in range(4):
            work(0.08)
            yield number

    found = []
    for item in limited(items(), 0.15):
        work(0.2)
        found.append(item)
    assert found == [0, 1, 2, 3]


def test_no_limit_is_no_limit() -> None:
    assert list(limited(iter([1, 2]), 0)) == [1, 2]


def test_one_document_fails_by_name_and_the_others_are_read() -> None:
    @Language.component("slow_on_request")
    def slow(doc):  # type: ignore[no-untyped-def]
        if doc.text.startswith("slow"):
            EXPONENTIAL.match("a" * 60)
        return doc

    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("slow_on_request")
    texts = {"one": "Ten patients.", "two": "slow", "three": "Six patients."}

    def records(_: Language, batch: list[Document]) -> Iterator[Record]:
        for document in batch:
            nlp(document.text)
            yield Record(document)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extractor.engine._records", records)
        outcomes = extract_batch(nlp, [Document(i, "jsonl", {"abstract": t}) for i, t in texts.items()], 0.3)
    assert [o.input if isinstance(o, Issue) else o.document.id for o in outcomes] == ["one", "two", "three"]
    assert isinstance(outcomes[1], Issue) and "processor time" in outcomes[1].error


def test_a_reader_that_hangs_costs_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"id": name, "text": "Ten patients."}))

    def read(stream, name, *_):  # type: ignore[no-untyped-def]
        if name.endswith("a.jsonl"):
            EXPONENTIAL.match("a" * 60)
        yield Document(name, "jsonl", {"abstract": "Ten patients."})

    monkeypatch.setattr("extractor.inputs.read", read)
    failed: list[tuple[str, str, str]] = []
    read_ = list(documents([tmp_path], Settings(max_seconds=1), lambda *said: failed.append(said)))
    assert len(read_) == 1
    assert len(failed) == 1 and failed[0][0].endswith("a.jsonl") and "processor time" in failed[0][2]


def test_a_page_of_many_authors_with_glued_marks_is_read_at_once(tmp_path: Path) -> None:
    """In a process of its own, so that a pattern without end is a failure here and not a hanging test."""
    names = ", ".join(f"Maria Kowal{i},{i + 1}" for i in range(200))
    page = f"Cells in a disease: an open trial\n{names}, for the study group.\nAbstract\nTen patients were treated with cells of their own bone marrow. Headache occurred in two of them. No serious events were seen."
    path = tmp_path / "page.txt"
    path.write_text(page)
    command = [sys.executable, "-m", "extractor", "extract", str(path), "--format", "jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
    assert done.returncode == 0 and "Ten patients were treated" in done.stdout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kowal M1, Nowak A2,3 and Lis J*", True),
        ("Kowal M; Nowak A; Lis J", True),
        ("Kowal M et al.", True),
        ("Kowal M", False),
        ("Safety of cells, a trial", False),
        ("Kowal M1, Nowak A2, who treated ten patients", False),
    ],
)
def test_lists_of_names(text: str, expected: bool) -> None:
    assert is_names(text) is expected


@given(st.integers(1, 60))
def test_free_names_are_given_out_in_order(count: int) -> None:
    taken: dict[str, str] = {}
    for _ in range(count):
        taken[free_name("Methods", taken)] = ""
    assert list(taken) == ["Methods", *(f"Methods ({i})" for i in range(2, count + 1))]


def test_thousands_of_sections_of_one_name_are_all_kept() -> None:
    section = "<sec><title>Methods</title><p>Ten patients.</p></sec>"
    article = f"<article><front><article-meta><title-group><article-title>T</article-title></title-group></article-meta></front><body>{section * 12_000}</body></article>"
    (document,) = READERS["jats"].read(io.BytesIO(article.encode()), "x")
    assert isinstance(document, Document) and "Methods (12000)" in document.parts


@pytest.mark.parametrize(
    "line", ["Abstract", "ABSTRACT:", "Summary.", "Introduction", "[Clinical Trial]", "Add to favorites"]
)
def test_a_line_of_blanks_ends(line: str) -> None:
    """Patterns of heads of pages do not go back over blanks; checked on a line that a quadratic one takes a minute for."""
    text = f"{line}{' ' * 200_000}x"
    (page,) = limited(map(find_page, [text]), 20)
    assert page is None or text[slice(*page.abstract)]
