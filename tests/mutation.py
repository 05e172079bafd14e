"""How well examples hold the patterns: of some alternatives, each dropped alone, how many does an example notice?

    python -m tests.mutation [--count 100] [--seed 1] [--rooms events,people] [--show]

Each compiled pattern of the rooms is taken apart into the alternatives of its groups. One of them is dropped at random (from a
fixed seed), in all classes of words and all patterns into which its group was filled. It is noticed when in one of their
examples (``lexicons/words_<room>.tsv``, ``tests/patterns/<room>.tsv``) something else is found, or nothing.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from extractor import words
from tests.conftest import ROOT

PATTERNS = ROOT / "tests" / "patterns"
ROOMS = (
    "context",
    "disease",
    "events",
    "fields",
    "link",
    "people",
    "product",
    "quantities",
    "study",
    "tables",
    "verify",
)
GOAL = 0.95
_MARK = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"  # what is behind a backslash, a class: its first bracket stands for itself
    r"|\((?:\?(?:P<\w+>|[:=!>]|<[=!]|[aiLmsux-]+:))?|[|)]",
    re.S,
)
READINGS = ("{}", r"(?<!\w){}(?!\w)", r"\A{}\Z")  # of a class: anywhere, as words, as all there is


@dataclass(frozen=True, slots=True)
class Holder:
    """A class of words or a pattern of the code, with the texts that show what it finds."""

    name: str
    whole: re.Pattern[str]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A list of alternatives less one of them, in all that it was filled into."""

    dropped: str
    group: str
    less: str
    holders: list[Holder] = field(hash=False)

    def noticed(self) -> bool:
        return any(self._in(holder) for holder in self.holders)

    def _in(self, holder: Holder) -> bool:
        if not holder.texts:
            return False
        try:
            without = re.compile(holder.whole.pattern.replace(self.group, self.less), holder.whole.flags)
        except re.error:  # a reference to the group that was dropped
            return False
        return any(tells(holder.whole, without, text) for text in holder.texts)


def tells(whole: re.Pattern[str], without: re.Pattern[str], text: str) -> bool:
    """Whether one of two patterns finds something else in a text than the other."""
    return _found(whole, text) != _found(without, text)


def _found(pattern: re.Pattern[str], text: str) -> tuple[object, ...] | None:
    match = pattern.search(text)
    return match and (match.span(), match.groups())


def found_by(rows: list[str], reading: str, text: str) -> tuple[tuple[int, int, int], ...]:
    """(start, place, end) of the first match of each row in a text, the one that the class finds first."""
    matches = ((i, re.compile(reading.format(f"(?:{row})")).search(text)) for i, row in enumerate(rows))
    return tuple(sorted((m.start(), i, m.end()) for i, m in matches if m))


def needs(rows: list[str], place: int, text: str) -> bool:
    """Whether the class finds something else in a text without the row."""
    for reading in READINGS:
        found = found_by(rows, reading, text)
        if found and found[0][1] == place:
            rest = found[1:]
            if not rest or (rest[0][0], rest[0][2]) != (found[0][0], found[0][2]):
                return True
    return False


def less(pattern: str, span: tuple[int, int], group: tuple[int, int]) -> str:
    """A pattern without the alternative at `span` of the group at `group`."""
    start, end = span
    return pattern[:start] + pattern[end + 1 :] if start == group[0] else pattern[: start - 1] + pattern[end:]


def alternatives(pattern: str) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """(start, end, spans of its alternatives) of each group that has more than one, nested ones too.

    >>> p = "a(?:b|c[|)]|d)e"
    >>> [(p[s:e], [p[a:b] for a, b in spans]) for s, e, spans in alternatives(p)]
    [('b|c[|)]|d', ['b', 'c[|)]', 'd'])]
    """
    found: list[tuple[int, int, list[tuple[int, int]]]] = []
    groups: list[list[int]] = [[0]]
    for mark in marks(pattern):
        if mark[0] == "|":
            groups[-1].append(mark.end())
        elif mark[0] == ")":
            found += _of_group(groups.pop(), mark.start())
        else:
            groups.append([mark.end()])
    return sorted(found + _of_group(groups.pop(), len(pattern)))


def marks(pattern: str) -> Iterator[re.Match[str]]:
    """Opening brackets with what belongs to them, bars and closing brackets; not those in a class or behind a backslash.

    >>> [m[0] for m in marks(r"a(?<!b|[(|]\\)c)|[^])]")]
    ['(?<!', '|', ')', '|']
    """
    return (m for m in _MARK.finditer(pattern) if m[0][0] in "(|)")


def _of_group(starts: list[int], end: int) -> list[tuple[int, int, list[tuple[int, int]]]]:
    ends = [start - 1 for start in starts[1:]] + [end]
    spans = list(zip(starts, ends, strict=True))
    return [(starts[0], end, spans)] if len(spans) > 1 else []


def mutants(rooms: tuple[str, ...]) -> Iterator[Mutant]:
    """Each list of alternatives less each of them, in a fixed order; a list that is filled in at many places counts once."""
    held: dict[str, list[Holder]] = {}
    spans_of: dict[str, list[tuple[int, int]]] = {}
    for holder in [*(h for room in rooms for h in classes(room)), *(h for room in rooms for h in patterns(room))]:
        for start, end, spans in alternatives(holder.whole.pattern):
            group = holder.whole.pattern[start:end]
            if holder not in held.setdefault(group, []):
                held[group].append(holder)
            spans_of[group] = [(a - start, b - start) for a, b in spans]
    for group, spans in spans_of.items():
        for span in spans:
            yield Mutant(group[span[0] : span[1]], group, less(group, span, (0, len(group))), held[group])


@cache
def classes(room: str) -> tuple[Holder, ...]:
    """The classes of words of a room with the examples of their rows."""
    texts: dict[str, list[str]] = {}
    for row in words.rows(room) if words.holds(room) else ():
        texts.setdefault(row.name, []).extend((*row.examples, *row.counter))
    held = words.Words(room)
    return tuple(
        Holder(name, re.compile(reading.format(getattr(held, name))), tuple(found))
        for name, found in texts.items()
        for reading in READINGS
    )


@cache
def patterns(room: str) -> tuple[Holder, ...]:
    """The patterns that the code of a room names, each once, with their examples."""
    package = importlib.import_module(f"extractor.{room}")
    modules = [m.name for m in pkgutil.walk_packages(package.__path__, f"extractor.{room}.")]
    table, seen, found = examples(room), set[int](), []
    for module in sorted({package.__name__, *modules}):
        for name, value in sorted(vars(importlib.import_module(module)).items()):
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and id(value) not in seen:
                seen.add(id(value))
                full = f"{module}.{name}".removeprefix(f"extractor.{room}.")
                yes, no = table.get(full, ((), ()))
                found.append(Holder(full, value, (*yes, *no)))
    return tuple(found)


def examples(room: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Texts in which a pattern finds something, and texts in which it finds nothing, by its name in the room."""
    path = PATTERNS / f"{room}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    return {name: (words.several(yes), words.several(no)) for name, yes, no in rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", default=",".join(ROOMS))
    parser.add_argument("--show", action="store_true", help="print what was not noticed")
    options = parser.parse_args()
    whole = list(mutants(tuple(options.rooms.split(","))))
    chosen = random.Random(options.seed).sample(whole, min(options.count, len(whole)))
    missed = [m for m in chosen if not m.noticed()]
    if options.show:
        print("\n".join(f"{m.holders[0].name}: {m.dropped}" for m in missed))
    share = 1 - len(missed) / len(chosen)
    print(
        f"{len(chosen) - len(missed)} of {len(chosen)} noticed ({share:.0%}), of {len(whole)} alternatives; goal {GOAL:.0%}"
    )
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
