"""The measure of how well cases hold the rules takes patterns apart rightly."""

from __future__ import annotations

import re

import pytest

from tests.mutation import Holder, Mutant, alternatives, less


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


def test_an_alternative_is_dropped_wherever_its_list_was_filled_in() -> None:
    class_, pattern = Holder("c", re.compile("(?:a|b)"), ()), Holder("p", re.compile("(?:a|b)c"), ("x ac",))
    assert Mutant("a", "a|b", "b", [class_, pattern]).noticed()
    assert not Mutant("b", "a|b", "a", [class_, pattern]).noticed()


@pytest.mark.parametrize(("span", "left"), [((4, 5), "x(?:b|c)"), ((6, 7), "x(?:a|c)"), ((8, 9), "x(?:a|b)")])
def test_less(span: tuple[int, int], left: str) -> None:
    assert less("x(?:a|b|c)", span, (4, 9)) == left
