"""Every compiled pattern of the package, and texts on which each would go back and forth if it could.

A pattern is taken apart; of each of its unbounded repeats one round is written many times over, behind what must stand before
it, and ended with a character that nothing matches. A pattern with two ways to read such a text tries them all.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import extractor
from extractor.errors import TimeLimitError
from extractor.limits import limited

DEEP = 4  # containers in containers
LETTERS = {"DIGIT": "1", "NOT_DIGIT": "a", "SPACE": " ", "NOT_SPACE": "a", "WORD": "a", "NOT_WORD": " "}
REPEATS = tuple(getattr(ops, n) for n in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") if hasattr(ops, n))
UNBOUNDED = 8  # a repeat of more rounds than this is pumped
END = "\x00"


def patterns() -> dict[re.Pattern[str], str]:
    """Each pattern of text that a module of the package holds, with where it was found first."""
    found: dict[re.Pattern[str], str] = {}
    for module in pkgutil.walk_packages(extractor.__path__, "extractor."):
        if not module.name.endswith("__main__"):
            for name, value in list(vars(importlib.import_module(module.name)).items()):
                for pattern in _held(value, DEEP):
                    found.setdefault(pattern, f"{module.name}.{name}")
    return found


def _held(value: Any, deep: int) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
        return
    if not deep or isinstance(value, str | bytes | type):
        return
    if isinstance(value, Mapping):
        inside: list[Any] = list(value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        inside = list(value)
    else:
        inside = [getattr(value, f.name, None) for f in fields(value)] if is_dataclass(value) else []
    for one in inside[:500]:
        yield from _held(one, deep - 1)


def pumps(pattern: re.Pattern[str], draw: random.Random) -> set[tuple[str, str]]:
    """(what stands before, one round) of each repeat of a pattern that has no bound."""
    found: set[tuple[str, str]] = set()

    def walk(items: Any, before: str) -> None:
        for op, value in items:
            if op in REPEATS:
                if value[1] > UNBOUNDED:
                    found.add((before, _example(value[2], draw)))
                walk(value[2], before)
            elif op is ops.SUBPATTERN:
                walk(value[3], before)
            elif op is ops.ATOMIC_GROUP:
                walk(value, before)
            elif op is ops.BRANCH:
                for branch in value[1]:
                    walk(branch, before)
            before += _example([(op, value)], draw)

    walk(parser.parse(pattern.pattern, pattern.flags), "")
    return {(before, unit) for before, unit in found if unit}


def _example(items: Any, draw: random.Random) -> str:
    """A text that these parts of a pattern match."""
    said = []
    for op, value in items:
        if op is ops.LITERAL:
            said.append(chr(value))
        elif op is ops.NOT_LITERAL:
            said.append("b" if value == ord("a") else "a")
        elif op is ops.ANY:
            said.append("a")
        elif op is ops.IN:
            said.append(_letter(value, draw))
        elif op is ops.SUBPATTERN:
            said.append(_example(value[3], draw))
        elif op is ops.ATOMIC_GROUP:
            said.append(_example(value, draw))
        elif op is ops.BRANCH:
            said.append(_example(draw.choice(value[1]), draw))
        elif op in REPEATS:
            rounds = max(value[0], int(draw.random() < 0.5 and value[1] > 0))
            said += [_example(value[2], draw) for _ in range(min(rounds, 5))]
    return "".join(said)


def _letter(members: Any, draw: random.Random) -> str:
    """A letter of a set."""
    letters, negated = [], False
    for op, value in members:
        if op is ops.NEGATE:
            negated = True
        elif op is ops.LITERAL:
            letters.append(chr(value))
        elif op is ops.RANGE:
            letters += [chr(value[0]), chr(value[1])]
        elif op is ops.CATEGORY:
            letters.append(LETTERS.get(str(value).removeprefix("CATEGORY_"), "a"))
    if negated:
        return next((x for x in "a1 ,.-;b" if x not in letters), "~")
    return draw.choice(letters) if letters else ""


def seconds(pattern: re.Pattern[str], text: str, most: float) -> float:
    """Processor time of a match at the start of a text; infinite from `most` on."""
    before = time.process_time()
    try:
        list(limited((pattern.match(text) for _ in range(1)), most))
    except TimeLimitError:
        return float("inf")
    return time.process_time() - before
