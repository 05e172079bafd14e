"""``re`` for long patterns: compiled when they are first used, and so that the engine tries less.

``from extractor import patterns as re`` in place of ``import re``: the same names, the same matches. What is done before the
standard compiler's code is run:

- The engine is told all characters with which a match can begin, so that it passes over the others; by itself it is told
  them for simple patterns alone, not for one that begins with ``\\b``, a look-behind or words of several kinds, as ours do.
- A pattern that is used often is compiled anew from a rewritten parse tree (:mod:`extractor.pattern_trees`); for a text or
  two that would cost more than it spares.

Where Python's compiler is built otherwise, patterns are as ``re`` makes them.

>>> compile(r"\\b(?:fever|no (?:head)?ache)").search("a fever").span()
(2, 7)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from re import ASCII, IGNORECASE, A, I, L, M, Match, Pattern, S, error, escape
from typing import Any, cast

from extractor.pattern_trees import ASCII as ASCII_CHARS
from extractor.pattern_trees import first, of_char, parser, rewritten

try:
    codes: Any = import_module("re._constants")
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
OFTEN = 30  # uses after which rewriting, half a millisecond or so, is worth its time
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
OTHER_READING = I | A | L  # flags under which letters are read in ways that the masks of characters do not know
FREQUENT = sum(map(of_char, b" etaoin"))  # a match that may begin with any of them may begin nearly anywhere


def compile(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as ``re.compile`` gives it, compiled when it is first used, and quicker to search with."""
    return cast("re.Pattern[str]", _later(pattern, flags))


class Later:
    """A pattern that is compiled on its first use, and once more when it was used often; then its methods cost nothing more."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._given = flags

    def __getattr__(self, name: str) -> Any:
        if name not in USES:
            raise AttributeError(f"a pattern has no {name!r}")
        use, left = getattr(compiled(self.pattern, self._given), name), OFTEN
        if not callable(use):
            return use

        def counted(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                self.__dict__[name] = getattr(quickest(self.pattern, self._given), name)
            return use(*given, **named)

        self.__dict__[name] = counted  # found there from now on
        return counted

    def __repr__(self) -> str:
        return repr(re.compile(self.pattern, self._given))

    @property  # type: ignore[misc]  # whoever asks whether this is a pattern hears yes
    def __class__(self) -> type[Any]:
        return re.Pattern


_later = lru_cache(maxsize=KEPT)(Later)


@lru_cache(maxsize=KEPT)
def compiled(pattern: str, flags: int) -> re.Pattern[str]:
    """The pattern itself."""
    return _quick(pattern, flags, lambda tree: tree) or re.compile(pattern, flags)


@lru_cache(maxsize=KEPT)
def quickest(pattern: str, flags: int) -> re.Pattern[str]:
    """The pattern rewritten."""
    return _quick(pattern, flags, rewritten) or re.compile(pattern, flags)


def _quick(pattern: str, flags: int, changed: Callable[[Any], Any]) -> re.Pattern[str] | None:
    """The pattern with the characters that a match can begin with; None where that cannot be done."""
    if compiler is None:
        return None
    tree = parser.parse(pattern, flags)
    flags |= tree.state.flags
    if flags & OTHER_READING:
        return None
    tree = changed(tree)
    code = _told(compiler._code(tree, flags), *first(tree.data))
    groups = tree.state.groupdict
    names = {number: name for name, number in groups.items()}
    indexed = tuple(names.get(number) for number in range(tree.state.groups))
    return engine.compile(pattern, flags, code, tree.state.groups - 1, groups, indexed)  # type: ignore[no-any-return]


def _told(code: list[int], mask: int, empty: bool) -> list[int]:
    """The engine's code with the characters of a mask at its head, where it has none yet and they are worth a look."""
    opcode, skip, told, least, most = code[:5]
    if empty or mask & FREQUENT == FREQUENT or (opcode, skip, told) != (codes.INFO, 4, 0) or not least:
        return code
    chars = [(codes.LITERAL, char) for char in range(128) if mask >> char & 1]
    charset = compiler._optimize_charset(chars)[0]
    if mask & ~ASCII_CHARS:
        charset.append((codes.RANGE, (128, 0x10FFFF)))
    head = [codes.INFO, 0, codes.SRE_INFO_CHARSET, least, most]
    compiler._compile_charset(charset, 0, head)
    head[1] = len(head) - 1
    return head + code[5:]


def search(pattern: str | re.Pattern[str], string: str, flags: int = 0) -> re.Match[str] | None:
    return _of(pattern, flags).search(string)


def match(pattern: str | re.Pattern[str], string: str, flags: int = 0) -> re.Match[str] | None:
    return _of(pattern, flags).match(string)


def fullmatch(pattern: str | re.Pattern[str], string: str, flags: int = 0) -> re.Match[str] | None:
    return _of(pattern, flags).fullmatch(string)


def finditer(pattern: str | re.Pattern[str], string: str, flags: int = 0) -> Iterator[re.Match[str]]:
    return _of(pattern, flags).finditer(string)


def findall(pattern: str | re.Pattern[str], string: str, flags: int = 0) -> list[Any]:
    return _of(pattern, flags).findall(string)


def split(pattern: str | re.Pattern[str], string: str, maxsplit: int = 0, flags: int = 0) -> list[Any]:
    return _of(pattern, flags).split(string, maxsplit)


def sub(
    pattern: str | re.Pattern[str],
    repl: str | Callable[[re.Match[str]], str],
    string: str,
    count: int = 0,
    flags: int = 0,
) -> str:
    return _of(pattern, flags).sub(repl, string, count)


def _of(pattern: str | re.Pattern[str], flags: int) -> re.Pattern[str]:
    return compile(pattern, flags) if isinstance(pattern, str) else pattern
