"""Tokens: as spaCy's own where a text has words, and never more than a piece of a run without a space at once."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from extractor.context.tokens import LONGEST, RUN, SOME_RUN, tokens
from extractor.context.view import NOISE, SOME_NOISE, quiet

NLP = spacy.blank("en")
RUNS = ("(", ")", '"', "'", "1.", "a-", "%", ":)", "10(6)", "http://a", "\u0301", "漢")


class Watched:
    """A tokeniser that remembers the longest run without a space that it was given."""

    def __init__(self, nlp: Language) -> None:
        self.longest, self._own = 0, nlp.tokenizer

    def __call__(self, text: str) -> object:
        self.longest = max(self.longest, *map(len, text.split()), 0)
        return self._own(text)


@pytest.mark.parametrize("run", RUNS)
def test_a_long_run_is_cut_and_the_text_kept(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"Ten patients  ({run * 5_000}) were treated.\n"
    watched = Watched(NLP)
    monkeypatch.setattr(NLP, "tokenizer", watched)
    doc = tokens(NLP, text)
    assert doc.text == text
    assert 0 < watched.longest <= LONGEST
    assert [t.text for t in doc[:2]] == ["Ten", "patients"] and doc[-3].text == "treated"


@given(st.lists(st.sampled_from(["a", "(", " ", "  ", "\n", "x" * 150, "(" * 210, "1.5", "\u00a0", "é"]), max_size=12))
def test_the_text_is_never_changed(pieces: list[str]) -> None:
    text = "".join(pieces)
    doc = tokens(NLP, text)
    assert doc.text == text
    if all(len(word) <= LONGEST for word in text.split()):
        assert [t.text for t in doc] == [t.text for t in NLP.make_doc(text)]


def test_a_text_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NLP, "max_length", 300)
    with pytest.raises(ValueError, match="maximum of 300"):
        tokens(NLP, "(" * 301)


@pytest.mark.parametrize("text", ["{}", "{} a", "a {}", "a {} b", "\n{}\n", "{} {}", "a{}"])
@pytest.mark.parametrize("unit", ["x", " ", "\t"])
@pytest.mark.parametrize("long", [39, 40, 200, 201, 399, 400, 401])
def test_a_look_at_words_finds_whatever_the_pattern_finds(text: str, unit: str, long: int) -> None:
    made = text.replace("{}", unit * long)
    assert not NOISE.search(made) or SOME_NOISE.search(f" {made}")
    assert not RUN.search(made) or SOME_RUN.search(f" {made}")
    assert quiet(made) == NOISE.sub(lambda m: "|" * len(m.group()), made)
