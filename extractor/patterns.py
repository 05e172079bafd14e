"""``re`` for long patterns: they look only where a match can begin, and are compiled when they are first used.

``from extractor import patterns as re`` in place of ``import re``: the same names, the same matches. The engine passes over all
characters with which no match begins, if it is told them. The standard compiler tells it for simple patterns; it gives up on one
that begins with ``\\b``, a look-behind or words of several kinds, as ours do, and each letter of a text is tried. Here those
characters are read from the whole parse tree. Where Python's compiler is built otherwise, patterns are as ``re`` makes them.

>>> compile(r"\\b(?:fever|no (?:head)?ache)").search("a fever").span()
(2, 7)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from itertools import groupby, starmap
from re import (
    ASCII,
    IGNORECASE,
    A,
    I,
    M,
    Match,
    Pattern,
    S,
    error,
    escape,
    findall,
    finditer,
    split,
    sub,
)
from typing import Any, cast

try:
    codes: Any = import_module("re._constants")
    parser: Any = import_module("re._parser")
    compiler: Any = import_module("re._compiler")
    engine: Any = import_module("_sre")
except ImportError:  # not the compiler of Python 3.11 and later
    compiler = None

__all__ = [
    "ASCII",
    "IGNORECASE",
    "A",
    "I",
    "M",
    "Match",
    "Pattern",
    "S",
    "compile",
    "error",
    "escape",
    "findall",
    "finditer",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
]

KEPT = 4_096  # compiled patterns; the package has under 2,000, the others are of words that single texts bring
USES = (
    "flags",
    "groups",
    "groupindex",
    "search",
    "match",
    "fullmatch",
    "finditer",
    "findall",
    "split",
    "sub",
    "subn",
    "scanner",
)
if compiler is not None:
    LEAVES = frozenset((codes.LITERAL, codes.IN, codes.ANY, codes.AT, codes.NOT_LITERAL))
    LOOKS = frozenset((codes.ASSERT, codes.ASSERT_NOT))
Chars = list[tuple[Any, Any]]  # members of a set of characters, as the parser has them


@lru_cache(maxsize=KEPT)
def compile(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as ``re.compile`` gives it, compiled when it is first used, and quicker to search with."""
    return cast("re.Pattern[str]", Later(pattern, flags))


def search(pattern: str, text: str, flags: int = 0) -> re.Match[str] | None:
    """As ``re.search``, with the pattern as :func:`compile` makes it."""
    return compiled(pattern, flags).search(text)


def match(pattern: str, text: str, flags: int = 0) -> re.Match[str] | None:
    """As ``re.match``, with the pattern as :func:`compile` makes it."""
    return compiled(pattern, flags).match(text)


def fullmatch(pattern: str, text: str, flags: int = 0) -> re.Match[str] | None:
    """As ``re.fullmatch``, with the pattern as :func:`compile` makes it."""
    return compiled(pattern, flags).fullmatch(text)


class Later:
    """A pattern that is compiled on its first use; then its methods are those of the compiled one, at no cost."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._given = flags

    def __getattr__(self, name: str) -> Any:
        if name not in USES:
            raise AttributeError(f"a pattern has no {name!r}")
        use = getattr(compiled(self.pattern, self._given), name)
        self.__dict__[name] = use  # found there from now on
        return use

    def __repr__(self) -> str:
        return repr(re.compile(self.pattern, self._given))

    @property  # type: ignore[misc]  # whoever asks whether this is a pattern hears yes
    def __class__(self) -> type[Any]:
        return re.Pattern


@lru_cache(maxsize=KEPT)
def compiled(pattern: str, flags: int) -> re.Pattern[str]:
    """The pattern itself."""
    return _quick(pattern, flags) or re.compile(pattern, flags)


def _quick(pattern: str, flags: int) -> re.Pattern[str] | None:
    """The pattern with its words by their letters, and with the characters that a match can begin with."""
    if compiler is None:
        return None
    tree = parser.parse(pattern, flags)
    flags |= tree.state.flags
    if flags & IGNORECASE:
        return None
    starts = first(tree)
    group(tree)
    code = compiler._code(tree, flags)
    opcode, skip, mask, least, most = code[:5]
    if starts and least and (opcode, skip, mask) == (codes.INFO, 4, 0):
        told = [codes.INFO, 0, codes.SRE_INFO_CHARSET, least, most]
        compiler._compile_charset(compiler._optimize_charset(starts)[0], flags, told)
        told[1] = len(told) - 1
        code = told + code[5:]
    groups = tree.state.groupdict
    names = {number: name for name, number in groups.items()}
    indexed = tuple(names.get(number) for number in range(tree.state.groups))
    return engine.compile(pattern, flags, code, tree.state.groups - 1, groups, indexed)  # type: ignore[no-any-return]


def group(tree: Any) -> None:
    """Alternatives that begin alike put behind what they share, all through a tree: a list of words is left sooner.

    ``fever|rash|fall`` becomes ``f(?:ever|all)|rash``. Words that begin with different letters never match at one place,
    so that their order among each other is free; that of words with one first letter stays. Of several conditions at one
    place a boundary is asked first, which is told soonest. What is there once or not at all is an alternative to nothing.
    """
    items = tree.data
    for place, (code, value) in enumerate(items):
        if code in LEAVES:
            continue
        if code is codes.BRANCH:
            items[place] = (code, (None, _together(value[1])))
        elif code is codes.MAX_REPEAT and value[:2] == (0, 1) and _plain(value[2]):
            items[place] = (codes.BRANCH, (None, [value[2], parser.SubPattern(tree.state, [])]))
        elif code in LOOKS:
            _boundary_first(items, place)
        for part in _parts(*items[place]):
            group(part)


def _boundary_first(items: list[Any], place: int) -> None:
    """A boundary that follows looks around put before them."""
    last = place
    while last + 1 < len(items) and items[last + 1][0] in LOOKS:
        last += 1
    if last + 1 < len(items) and items[last + 1][0] is codes.AT:
        items.insert(place, items.pop(last + 1))


def _plain(tree: Any) -> bool:
    """Whether a part takes some words that no group names."""
    return tree.getwidth()[0] > 0 and not compiler._simple(tree) and not _names(tree)


def _names(tree: Any) -> bool:
    """Whether a part holds a group, or what looks at one."""
    return any(
        (code is codes.SUBPATTERN and value[0] is not None)
        or code in (codes.GROUPREF, codes.GROUPREF_EXISTS)
        or any(map(_names, _inside(code, value)))
        for code, value in tree.data
    )


def _parts(code: Any, value: Any) -> Iterable[Any]:
    """The trees inside an item; none where letters are read in another way."""
    flagged = code is codes.SUBPATTERN and (value[1] or value[2])
    return () if flagged else _inside(code, value)


def _inside(code: Any, value: Any) -> Iterable[Any]:
    """The trees inside an item."""
    if code is codes.BRANCH:
        return value[1]  # type: ignore[no-any-return]
    if code is codes.SUBPATTERN:
        return (value[3],)
    if code is codes.ATOMIC_GROUP:
        return (value,)
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return (value[1],)
    return (value[2],) if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) else ()


def _together(branches: list[Any]) -> list[Any]:
    """The alternatives of one place, those that begin with one letter or one boundary as one; others keep their places."""
    found: list[Any] = []
    for shared, some in groupby(branches, _shared):
        by: dict[Any, list[Any]] = {}
        for branch in some:
            by.setdefault(branch.data[0] if shared else len(by), []).append(branch)
        found += starmap(_behind, by.items())
    return found


def _shared(branch: Any) -> tuple[Any, ...]:
    """What neighbours can share: any first letter, a boundary of one kind, nothing."""
    start = branch.data[0] if branch.data else (None, None)
    return start[:1] if start[0] is codes.LITERAL else start if start[0] is codes.AT else ()


def _behind(start: Any, branches: list[Any]) -> Any:
    """One alternative in place of some that begin alike."""
    if len(branches) == 1:
        return branches[0]
    state = branches[0].state
    rests = [parser.SubPattern(state, branch.data[1:]) for branch in branches]
    return parser.SubPattern(state, [start, (codes.BRANCH, (None, rests))])


def first(tree: Iterable[Any]) -> Chars | None:
    """The characters that a match can begin with; None where that cannot be told, or where a match can be empty."""
    chars, empty = _of_all(tree) or ([], True)
    return None if empty else list(dict.fromkeys(chars))


def _of_all(items: Iterable[Any]) -> tuple[Chars, bool] | None:
    """The first characters of items in a row, and whether all of them can be empty."""
    chars: Chars = []
    for code, value in items:
        found = _of_one(code, value)
        if found is None:
            return None
        chars += found[0]
        if not found[1]:
            return chars, False
    return chars, True


def _of_one(code: Any, value: Any) -> tuple[Chars, bool] | None:
    """The first characters of one item, and whether it can be empty; None where any character may be the first."""
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
        return [], True
    if code is codes.LITERAL:
        return [(code, value)], False
    if code is codes.IN and value[0][0] is not codes.NEGATE:
        return list(value), False
    if code is codes.SUBPATTERN and not value[1] and not value[2]:  # no flags of its own
        return _of_all(value[3])
    if code is codes.ATOMIC_GROUP:
        return _of_all(value)
    if code is codes.BRANCH:
        return _of_any(value[1])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        found = _of_all(value[2])
        return found and (found[0], found[1] or not value[0])
    return None


def _of_any(branches: Iterable[Any]) -> tuple[Chars, bool] | None:
    every = [_of_all(branch) for branch in branches]
    known = [found for found in every if found is not None]
    if len(known) < len(every):
        return None
    return [char for chars, _ in known for char in chars], any(empty for _, empty in known)
