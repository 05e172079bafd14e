"""Tables on a terminal: none wider than it, no word broken while a column can give, nothing dropped in silence."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from extractor.commands.shared import printable
from extractor.commands.tables import LONGEST_WORD, Column, ScreenTable, lines, wrapped

WIDE = ScreenTable(
    (Column("trial"), Column("n", right=True), Column("events", rank=1), Column("why", rank=2, least=30, most=90)),
    [
        ("NCT01348451", "12", "headache (1 of 12); none (denied): serious adverse events", "They agree on route. " * 4),
        ("NCT02881476", "64", "not reported", "alone"),
    ],
    "2 trials",
)


def printed(table: ScreenTable, width: int) -> list[str]:
    return [line.plain for line in lines(table, width)]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160])
def test_fits_breaks_no_word_and_keeps_all(width: int) -> None:
    found = printed(WIDE, width)
    assert max(map(cell_len, found)) <= width
    words = " ".join(found).split()
    for row in WIDE.rows:
        for cell in row:
            assert set(cell.split()) <= set(words)


def test_the_least_important_column_is_folded_first() -> None:
    def headings(width: int) -> list[str]:
        return printed(WIDE, width)[1].split()

    assert headings(160) == ["trial", "n", "events", "why"]
    assert headings(60) == ["trial", "n", "events"]
    assert any(line.startswith("    why: They agree") for line in printed(WIDE, 60))
    assert headings(24) == ["trial", "n"]


def test_numbers_stand_flush_right() -> None:
    rows = [("a", "5"), ("b", "1,234")]
    assert printed(ScreenTable((Column("x"), Column("n", right=True)), rows), 80)[2:] == ["a      5", "b  1,234"]


def test_columns_that_must_stay_give_by_their_share() -> None:
    table = ScreenTable(tuple(Column(f"c{i}") for i in range(6)), [["a" * 25] * 6])
    found = printed(table, 60)
    assert max(map(cell_len, found)) <= 60
    assert "".join(line.split(" ")[0] for line in found[2:]) == "a" * 25


def test_long_words_end_after_punctuation() -> None:
    assert wrapped("clinicaltrials:NCT02881476", 16) == ["clinicaltrials:", "NCT02881476"]
    assert wrapped("", 5) == [""]


@example("::漢:\u0301", 4)
@given(st.text(alphabet="ab -:;é漢\u0301", max_size=80), st.integers(4, 30))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    found = wrapped(text, width)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in found)


def test_wide_letters_count_twice() -> None:
    table = ScreenTable((Column("name"), Column("n")), [("漢字漢字", "1"), ("abcdefgh", "2")])
    first, second = printed(table, 80)[2:]
    assert cell_len(first.removesuffix("1")) == cell_len(second.removesuffix("2"))


def test_nothing_steers_the_terminal() -> None:
    hostile = "ten \x1b[31mpatients\x1b]0;title\x07 \x9b2J \u202edcba \ud800 a\rb"
    (line,) = printed(ScreenTable((Column("quote", most=200),), [(hostile,)]), 200)[2:]
    assert line == r"ten \x1b[31mpatients\x1b]0;title\x07 \x9b2J \u202edcba \ud800 a b"
    assert printable("kept\tand\nkept") == "kept\tand\nkept"
    assert len("clinicaltrials:NCT02881476") - 1 < LONGEST_WORD
