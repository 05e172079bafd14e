"""Patterns that are rewritten, and know with which characters a match begins, find what ``re`` finds."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractor import pattern_trees as trees
from extractor import patterns as quick
from tests.pumped import patterns

CASES = Path(__file__).parent / "cases"
atoms = st.sampled_from(
    [
        r"\b",
        r"\B",
        r"\d+",
        "a",
        "b",
        "ab",
        "[ab]",
        "[^a]",
        ".",
        r"\s*",
        "$",
        "(?<!a)",
        "(?<=b1)",
        "(?=a)",
        "(?!b)",
        r"\w+",
        r"\D",
    ]
)
grown = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=5).map(lambda some: f"(?:{'|'.join(some)})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["?", "??", "*", "+?", "{0,2}", "{1,3}?", "{2}", "?+"])).map(
            lambda both: f"(?:{both[0]}){both[1]}"
        ),
        inner.map(lambda one: f"(?i:{one})"),
        inner.map(lambda one: f"(?>{one})"),
    ),
    max_leaves=10,
)


def found(pattern: re.Pattern[str], text: str) -> list[tuple[tuple[int, int], tuple[str | None, ...]]]:
    return [(m.span(), m.groups()) for m in pattern.finditer(text)]


@settings(deadline=None)
@given(grown, st.text("aAb1 éª\u2003²", max_size=12), st.integers(0, 3))
@example(r"\b(?:a|(?:b)?1)", "b a b1", 0)
@example(r"(?:\b)?", "ab", 0)
@example("(?i:a)|b", "A", 0)
@example("(?:a|ab|b|a1)+1", "ab1a1", 0)
@example(r"(?:\bab|a|(?<!b)a1)(1)?", "a1 ab1", 0)
@example(r"\w+[^\w]", "aé ª\u2003b", 0)
@example(r"(?:(a)|b1){0,2}?1", "ab1b11", 0)
@example(r"(?:(a)?b|(?:a|1)?(b))?", "ab1b", 0)
def test_finds_what_re_finds(pattern: str, text: str, at: int) -> None:
    theirs = re.compile(pattern)
    for ours in (quick.compiled(pattern, 0), quick.quickest(pattern, 0)):
        same(ours, theirs, text, at)


def same(ours: re.Pattern[str], theirs: re.Pattern[str], text: str, at: int) -> None:
    assert found(ours, text) == found(theirs, text)
    for use in ("search", "match", "fullmatch"):
        one, other = (getattr(pattern, use)(text, at) for pattern in (ours, theirs))
        assert (one and one.regs) == (other and other.regs)
    assert ours.sub("-", text) == theirs.sub("-", text)
    assert ours.split(text) == theirs.split(text)


def test_patterns_of_the_package_find_what_re_finds() -> None:
    lines = [
        line for path in sorted(CASES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()[::40]
    ]
    texts = " ".join(str(json.loads(line).get("text", "")) for line in lines)[:900].lower()
    for pattern in list(patterns())[::8]:
        theirs = found(re.compile(pattern.pattern, pattern.flags), texts)
        assert found(pattern, texts) == theirs, pattern.pattern
        assert found(quick.quickest(pattern.pattern, pattern.flags), texts) == theirs, pattern.pattern


@pytest.mark.parametrize(
    ("pattern", "chars", "empty"),
    [
        (r"\b(?:fever|no (?:head)?ache)", "fn", False),
        (r"(?<!non-)(?:x)?[yz]\d*", "xyz", False),
        (r"(?:a|b?)c|(?P<d>d)+", "abcd", False),
        (r"(?:a|b?)", "ab", True),
    ],
)
def test_first_characters(pattern: str, chars: str, empty: bool) -> None:
    assert trees.first(trees.parser.parse(pattern)) == (sum(map(trees.of_char, map(ord, chars))), empty)


@given(
    st.sampled_from([r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", "[^aé]", "[a-é]", "[^a-é]", r"[^\s\d]", r"[^\W_]", "."]),
    st.integers(0, 0x3000).map(chr),
)
@example("[^aé]", "è")
@example(r"\D", "²")
def test_a_mask_holds_every_character_that_matches(pattern: str, char: str) -> None:
    mask, _ = trees.first(trees.parser.parse(pattern))
    assert not re.match(pattern, char) or mask & trees.of_char(ord(char))


@pytest.mark.parametrize(
    ("pattern", "alike"),
    [
        ("fever|no|fatigue", "f(?:ever|atigue)|no"),
        (r"\bfever|no|\bfatigue", r"f(?<=\bf)(?:ever|atigue)|no"),
        ("a1|[ab]2|a3", "a1|[ab]2|a3"),
        ("(?:the )?cat", "(?:the |)cat"),
        ("(?:the )??cat", "(?:|the )cat"),
        ("(?:a ){1,3}b", "a (?:a (?:a |)|)b"),
        (r"\w+\s+\(", r"\w++\s++\("),
        (r"\w+e", r"\w+e"),
        (r"\d+a|\d+b", r"\d(?:\d*+a|\d*+b)"),
    ],
)
def test_rewritten(pattern: str, alike: str) -> None:
    assert repr(trees.rewritten(trees.parser.parse(pattern))) == repr(trees.parser.parse(alike))


def test_the_engine_is_told() -> None:
    assert quick.compiler is not None, "patterns are as slow as re's: this Python compiles them in another way"
    assert quick.compiled(r"\bfever", 0) != re.compile(r"\bfever")


def test_named_groups_and_flags_stay() -> None:
    ours, theirs = (one.compile(r"\b(?P<n>\d)(?P<unit>m)?", re.ASCII) for one in (quick, re))
    assert ours.groupindex == theirs.groupindex
    assert (ours.groups, ours.flags, ours.pattern) == (theirs.groups, theirs.flags, theirs.pattern)


def test_a_pattern_that_is_used_often_is_rewritten() -> None:
    pattern = quick.compile(r"\b(?:fever|no|fatigue)\b")
    for _ in range(quick.OFTEN + 2):
        use = pattern.search
        assert [m.group() for m in pattern.finditer("no fever")] == ["no", "fever"]
        assert use("no fever")
    quickest = quick.quickest(pattern.pattern, 0)
    assert (pattern.search, pattern.finditer) == (quickest.search, quickest.finditer)


def test_a_pattern_is_compiled_on_its_first_use() -> None:
    wrong = quick.compile("(")
    assert isinstance(wrong, re.Pattern)
    assert wrong.pattern == "("
    with pytest.raises(re.error):
        wrong.search("")
    assert re.sub(quick.compile("a"), "b", "aa") == "bb"
    assert not hasattr(quick.compile("a"), "fits")
