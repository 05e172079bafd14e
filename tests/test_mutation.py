"""The measure of how well cases hold the rules takes patterns apart rightly, and puts back what it takes out."""

from __future__ import annotations

import re

import pytest

from extractor.fields import sex
from tests.mutation import Mutant, alternatives, put


@pytest.mark.parametrize(
    ("pattern", "lists"),
    [
        ("abc", []),
        ("a|b", [["a", "b"]]),
        (r"a(?:b|c[|)]|\|d)e", [["b", "c[|)]", r"\|d"]]),
        ("(?P<n>x(?:y|z)|w)(?<!u|v)", [["x(?:y|z)", "w"], ["y", "z"], ["u", "v"]]),
        ("[]|]x|[^]|]", [["[]|]x", "[^]|]"]]),
    ],
)
def test_alternatives(pattern: str, lists: list[list[str]]) -> None:
    assert [[pattern[a:b] for a, b in spans] for _, _, spans in alternatives(pattern)] == lists


def test_a_list_is_shortened_wherever_it_was_filled_in() -> None:
    one, two = re.compile("(?:a|b)c"), re.compile("x(?:a|b)")
    mutant = Mutant("m", "a", "a|b", "b", (one, two))
    assert [less.pattern for _, less in mutant.changed()] == ["(?:b)c", "x(?:b)"]


def test_what_was_put_in_place_is_taken_back() -> None:
    name, whole = next((n, v) for n, v in vars(sex).items() if isinstance(v, re.Pattern))
    less = re.compile("never")
    put(whole, less)
    assert getattr(sex, name) is less
    put(less, whole)
    assert getattr(sex, name) is whole
