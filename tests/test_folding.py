"""Folding and evening keep the length and change what they name, letter by letter; a remembered reading is the same again."""

from hypothesis import given
from hypothesis import strategies as st

from extractor.text import _TABLE, LINE_ENDS, SPACES, even, fold, fold_case, lower, remembered

odd = st.text(st.sampled_from([*map(chr, _TABLE), *"aBİ0. \n"]), max_size=30)


@given(odd)
def test_each_letter_by_itself(text: str) -> None:
    assert fold_case(text) == text.translate(_TABLE)
    assert fold(text) == lower(text.translate(_TABLE))
    assert even(text) == text.translate({ord(c): " " for c in SPACES if c not in LINE_ENDS})


def test_a_remembered_reading_is_read_once_and_belongs_to_who_asks() -> None:
    read: list[str] = []

    @remembered
    def letters(text: str, start: int = 0) -> list[str]:
        read.append(text)
        return list(text[start:])

    letters("ab").append("mine")
    assert (letters("ab"), letters("ab", 1), read) == (["a", "b"], ["b"], ["ab", "ab"])
