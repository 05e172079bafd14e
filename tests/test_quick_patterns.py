"""Patterns that know with which characters a match begins find what ``re`` finds."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor import patterns as quick
from tests.pumped import patterns

CASES = Path(__file__).parent / "cases"
atoms = st.sampled_from(
    [
        r"\b",
        r"\d",
        "a",
        "b",
        "ab",
        "aa",
        "ba",
        "[ab]",
        "[^a]",
        ".",
        r"\s",
        "$",
        "(?<!a)",
        "(?<=b)",
        "(?=a)",
        "(?!b)",
        r"\w",
    ]
)
grown = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+?", "{0,2}", "{2}", "?+"])).map(
            lambda both: f"(?:{both[0]}){both[1]}"
        ),
        inner.map(lambda one: f"(?i:{one})"),
        inner.map(lambda one: f"(?>{one})"),
    ),
    max_leaves=8,
)


def found(pattern: re.Pattern[str], text: str) -> list[tuple[tuple[int, int], tuple[str | None, ...]]]:
    return [(m.span(), m.groups()) for m in pattern.finditer(text)]


@given(grown, st.text("aAb1 ", max_size=12), st.integers(0, 3))
@example(r"\b(?:a|(?:b)?1)", "b a b1", 0)
@example(r"(?:\b)?", "ab", 0)
@example("(?i:a)|b", "A", 0)
@example("(?:ab|b|a|aa|)(?:b|ba)?", "abaab", 0)
@example(r"(?:(?<!a)\bab|\baa|\b|(?:(a)b)?a)b?", "ab aab b", 0)
def test_finds_what_re_finds(pattern: str, text: str, at: int) -> None:
    ours, theirs = quick.compile(pattern), re.compile(pattern)
    assert found(ours, text) == found(theirs, text)
    one, other = ours.search(text, at), theirs.search(text, at)
    assert (one and one.regs) == (other and other.regs)
    assert ours.sub("-", text) == theirs.sub("-", text)
    assert ours.split(text) == theirs.split(text)


def test_patterns_of_the_package_find_what_re_finds() -> None:
    lines = [
        line for path in sorted(CASES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()[::40]
    ]
    texts = " ".join(str(json.loads(line).get("text", "")) for line in lines)[:900].lower()
    for pattern in list(patterns())[::8]:
        assert found(pattern, texts) == found(re.compile(pattern.pattern, pattern.flags), texts), pattern.pattern


@pytest.mark.parametrize(
    ("pattern", "chars"),
    [
        (r"\b(?:fever|no (?:head)?ache)", "fn"),
        (r"(?<!non-)(?:x)?[yz]\d*", "xyz"),
        (r"(?:a|b?)c|(?P<d>d)+", "abcd"),
        (r"(?:a|b?)", None),
        (r"[^a]b", None),
        (r".b", None),
    ],
)
def test_first_characters(pattern: str, chars: str | None) -> None:
    first = quick.first(quick.parser.parse(pattern))
    assert first == chars or {value for _, value in first or ()} == set(map(ord, chars or ""))


def test_the_engine_is_told() -> None:
    assert quick.compiler is not None, "patterns are as slow as re's: this Python compiles them in another way"
    assert quick.compiled(r"\bfever", 0) != re.compile(r"\bfever")


def test_named_groups_and_flags_stay() -> None:
    ours, theirs = (one.compile(r"\b(?P<n>\d)(?P<unit>m)?", re.ASCII) for one in (quick, re))
    assert ours.groupindex == theirs.groupindex
    assert (ours.groups, ours.flags, ours.pattern) == (theirs.groups, theirs.flags, theirs.pattern)


def test_a_pattern_is_compiled_on_its_first_use() -> None:
    wrong = quick.compile("(")
    assert isinstance(wrong, re.Pattern)
    assert wrong.pattern == "("
    with pytest.raises(re.error):
        wrong.search("")
    assert re.sub(quick.compile("a"), "b", "aa") == "bb"
    assert not hasattr(quick.compile("a"), "fits")
