"""How well the cases hold the rules: of some alternatives of patterns, each dropped alone, how many does a case notice?

    python -m tests.mutation [--count 100] [--seed 1] [--rooms events,people] [--show]

Each compiled pattern of the rooms is taken apart into the alternatives of its groups. One of them is dropped at random (from a
fixed seed), the pattern is put in the place of the whole one wherever it is used, and the cases of all fields whose text holds
the alternative's own letters are run; a text without them cannot change. It is noticed when one of them fails.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from spacy.language import Language

from extractor.fields import FIELDS
from extractor.model import Document
from extractor.pipeline import build, extract
from extractor.settings import Settings
from tests.conftest import CASES
from tests.test_fields import agrees

ROOMS = ("context", "disease", "events", "fields", "people", "product", "quantities", "study")
GOAL = 0.95
LITERAL = re.compile(
    r"(?<![\\\w])[a-z]{2,}(?![?*{a-z])|(?<![\\\w])[a-z]{3,}(?=[?*{])"
)  # an optional last letter is left off


@dataclass(frozen=True, slots=True)
class Mutant:
    """An alternative less in a list of words, in all patterns into which that list was filled."""

    name: str
    dropped: str
    group: str
    less: str
    patterns: tuple[re.Pattern[str], ...]

    def changed(self) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
        """(whole, less) of each pattern that can do without."""
        found = []
        for whole in self.patterns:
            with suppress(re.error):  # a reference to the group that was dropped
                found.append((whole, re.compile(whole.pattern.replace(self.group, self.less), whole.flags)))
        return found


def alternatives(pattern: str) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """(start, end, spans of its alternatives) of each group that has more than one, nested ones too.

    >>> p = "a(?:b|c[|)]|d)e"
    >>> [(p[s:e], [p[a:b] for a, b in spans]) for s, e, spans in alternatives(p)]
    [('b|c[|)]|d', ['b', 'c[|)]', 'd'])]
    """
    found: list[tuple[int, int, list[tuple[int, int]]]] = []
    groups: list[list[int]] = [[0]]
    at = 0
    while at < len(pattern):
        mark = pattern[at]
        if mark == "\\":
            at += 1
        elif mark == "[":
            at = _class_end(pattern, at)
        elif mark == "(":
            opened = re.compile(r"\((?:\?(?:P<\w+>|[:=!>]|<[=!]|[aiLmsux-]+:))?").match(pattern, at)
            at = opened.end() - 1 if opened else at
            groups.append([at + 1])
        elif mark == "|":
            groups[-1].append(at + 1)
        elif mark == ")":
            found += _of_group(groups.pop(), at)
        at += 1
    return sorted(found + _of_group(groups.pop(), len(pattern)))


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1] == "^" else 1
    at += pattern[at] == "]"  # the first one stands for itself
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at


def _of_group(starts: list[int], end: int) -> list[tuple[int, int, list[tuple[int, int]]]]:
    ends = [start - 1 for start in starts[1:]] + [end]
    spans = list(zip(starts, ends, strict=True))
    return [(starts[0], end, spans)] if len(spans) > 1 else []


def mutants(rooms: tuple[str, ...]) -> Iterator[Mutant]:
    """Each list of alternatives less each of them, in a fixed order; a list that is filled into many patterns counts once."""
    held: dict[str, list[re.Pattern[str]]] = {}
    names: dict[str, str] = {}
    spans_of: dict[str, list[tuple[int, int]]] = {}
    for module, name, whole in patterns(rooms):
        for start, end, spans in alternatives(whole.pattern):
            group = whole.pattern[start:end]
            if whole not in held.setdefault(group, []):
                held[group].append(whole)
            names.setdefault(group, f"{module}.{name}")
            spans_of[group] = [(a - start, b - start) for a, b in spans]
    for group, spans in spans_of.items():
        for a, b in spans:
            less = group[:a] + group[b + 1 :] if a == 0 else group[: a - 1] + group[b:]
            yield Mutant(names[group], group[a:b], group, less, tuple(held[group]))


def patterns(rooms: tuple[str, ...]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """(module, name, pattern), each pattern once."""
    seen: set[int] = set()
    for module in sorted(sys.modules):
        if module.split(".")[0] != "extractor" or module.split(".")[1:2] not in [[r] for r in rooms]:
            continue
        for name, value in sorted(vars(sys.modules[module]).items()):
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and id(value) not in seen:
                seen.add(id(value))
                yield module, name, value


def put(old: object, new: object) -> None:
    """Put one object in the place of another wherever a module of ours names it."""
    for module, held in list(sys.modules.items()):
        if module.startswith("extractor."):
            for name, value in list(vars(held).items()):
                if value is old:
                    setattr(held, name, new)


def cases() -> list[tuple[str, dict[str, Any], str]]:
    """(field, case, its text in small letters) of every case that is not known to fail."""
    found = []
    for name in sorted(FIELDS):
        for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line) if line.strip() else {"fails": True}
            if "fails" not in case:
                found.append((name, case, f"{case.get('title', '')} {case['text']}".lower()))
    return found


def holds(nlp: Language, name: str, case: dict[str, Any]) -> bool:
    """Whether a case finds what it lists, and nothing else."""
    parts = ({"title": case["title"]} if case.get("title") else {}) | {"abstract": case["text"]}
    left = [f for f in next(extract(nlp, [Document("case", "text", parts)])).facts if f.field == name]
    for wanted in case["facts"]:
        match = next((f for f in left if agrees(wanted, f)), None)
        if match is None:
            return False
        left.remove(match)
    return bool(case.get("more")) or not any(f.primary for f in left)


def noticed(nlp: Language, mutant: Mutant, every: list[tuple[str, dict[str, Any], str]]) -> bool:
    simple = "|" not in mutant.dropped and "(" not in mutant.dropped and "[" not in mutant.dropped
    literals = LITERAL.findall(mutant.dropped.lower()) if simple else []
    changed = mutant.changed()
    for whole, less in changed:
        put(whole, less)
    try:
        return any(not holds(nlp, name, case) for name, case, text in every if all(x in text for x in literals))
    finally:
        for whole, less in changed:
            put(less, whole)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", default=",".join(ROOMS))
    parser.add_argument("--show", action="store_true", help="print what was not noticed")
    options = parser.parse_args()
    nlp, every = build(Settings()), cases()
    whole = list(mutants(tuple(options.rooms.split(","))))
    chosen = random.Random(options.seed).sample(whole, min(options.count, len(whole)))
    missed = [m for m in chosen if not noticed(nlp, m, every)]
    if options.show:
        print("\n".join(f"{m.name}: {m.dropped}" for m in missed))
    share = 1 - len(missed) / len(chosen)
    print(
        f"{len(chosen) - len(missed)} of {len(chosen)} noticed ({share:.0%}), of {len(whole)} alternatives; goal {GOAL:.0%}"
    )
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
