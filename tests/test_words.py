"""Words are held by examples: each row and each pattern has texts that need it."""

from __future__ import annotations

import ast
import random
import re
from collections import defaultdict

import pytest

from extractor import words
from tests.conftest import ROOT
from tests.mutation import GOAL, ROOMS, examples, mutants, needs, patterns
from tests.refused import looks, shown

LONGEST = 330
# what these refuse, the rest of the pattern refuses or leaves out, too: a unit within a range, the second number of a fraction
NEVER_ALONE = {
    "denied.ALL_BUT",
    "stopped.SHARED",
    "ages.RANGE_AFTER_PEOPLE",
    "ages.RANGE_OF",
    "durations._BEFORE",
    "layouts.ITEM",
}
TABLES = sorted(p.stem.removeprefix("words_") for p in (ROOT / "extractor" / "lexicons").glob("words_*.tsv"))
MODULES = sorted((ROOT / "extractor").rglob("*.py"))


@pytest.mark.parametrize("room", TABLES)
def test_each_row_has_an_example_that_needs_it(room: str) -> None:
    places: dict[str, int] = defaultdict(int)
    for row in words.rows(room):
        place, places[row.name] = places[row.name], places[row.name] + 1
        texts = (*row.examples, *row.counter)
        assert texts, f"{room}: {row.name} {row.pattern!r} has no example"
        listed = words.alternatives(room, row.name)
        assert len(listed) == 1 or any(needs(listed, place, text) for text in texts), f"{row.name}: {row.pattern}"


@pytest.mark.parametrize("room", TABLES)
def test_each_row_finds_nothing_in_its_counter_examples_and_what_it_refuses_is_shown(room: str) -> None:
    places: dict[str, int] = defaultdict(int)
    for row in words.rows(room):
        place, places[row.name] = places[row.name], places[row.name] + 1
        if row.counter or looks(row.pattern):
            whole = re.compile(f"(?:{words.alternatives(room, row.name)[place]})")
            assert not any(whole.search(text) for text in row.counter), row.pattern
            assert not looks(row.pattern) or shown(whole, (*row.examples, *row.counter)), f"{row.name}: {row.pattern}"


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_pattern_refuses_is_shown_by_an_example(room: str) -> None:
    for holder in patterns(room):
        if looks(holder.whole.pattern) and holder.name not in NEVER_ALONE:
            assert shown(re.compile(holder.whole.pattern, holder.whole.flags), holder.texts), holder.name


@pytest.mark.parametrize("room", TABLES)
def test_each_class_is_filled_in_somewhere(room: str) -> None:
    every = {path: path.read_text(encoding="utf-8") for path in MODULES}
    code = "".join(text for path, text in every.items() if f"/{room}/" in path.as_posix())
    used = set(re.findall(r'\bW\.(?:members\("(\w+)"\)|(\w+))', code))
    used |= set(re.findall(rf'Words\("{room}"\)\.(?:members\("(\w+)"\)|(\w+))', "".join(every.values())))
    used = {name for pair in used for name in pair}
    used |= {name for row in words.rows(room) for name in re.findall(r"\{([a-z]\w*)\}", row.pattern)}
    assert {row.name for row in words.rows(room)} <= used


@pytest.mark.parametrize("room", ROOMS)
def test_each_pattern_finds_its_examples_and_not_its_counter_examples(room: str) -> None:
    table = examples(room)
    for holder in patterns(room):
        yes, no = table.get(holder.name, ((), ()))
        assert yes, f"{room}: {holder.name} has no example; python -m tests.examples {room} proposes one"
        assert all(holder.whole.search(text) for text in yes), holder.name
        assert not any(holder.whole.search(text) for text in no), holder.name
    assert set(table) == {h.name for h in patterns(room)}, "examples of patterns that are gone"


def test_alternatives_are_needed() -> None:
    """Of a hundred alternatives dropped at random, 95 are noticed (`python -m tests.mutation --show` lists the others)."""
    chosen = random.Random(1).sample(list(mutants(ROOMS)), 100)
    assert sum(mutant.noticed() for mutant in chosen) >= GOAL * 100


def test_no_pattern_in_code_is_long() -> None:
    long = []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "re.compile(" in text else ():
            called = isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
            if isinstance(node, ast.Call) and called and written(node.args[0]) > LONGEST:
                long.append(f"{path.name}:{node.lineno}")
    assert not long, "move their words into a table of words"


def written(node: ast.expr) -> int:
    """Letters of a string as the code writes it."""
    if isinstance(node, ast.Constant):
        return len(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return sum(map(written, node.values))
    return written(node.left) + written(node.right) if isinstance(node, ast.BinOp) else 2


def test_a_class_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match=r"words_events\.tsv"):
        words.alternatives("events", "nothing_of_this_name")
