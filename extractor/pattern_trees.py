"""Parse trees of patterns, rewritten so that the engine tries less and finds the same.

What is rewritten never changes what is found, nor which of two ways is found first:

- Alternatives that begin with different letters cannot both match at one place. They are grouped by their first letters
  (``fever|no|fatigue`` is ``f(?:ever|atigue)|no``), so that a long list costs one look a letter.
- ``(?:the )?`` is ``(?:the |)`` and ``(?:a ){0,2}`` is ``(?:a (?:a |)|)``: the engine keeps no account of rounds.
- A run of characters that what follows cannot begin with (``\\w+`` before a blank) gives nothing back: it is possessive.

The characters that something can begin with are a *mask*: a bit for each of ASCII, and one each for all other letters,
blanks and signs. A mask may hold too many characters, never too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

try:
    codes: Any = import_module("re._constants")
    parser: Any = import_module("re._parser")
except ImportError:  # not the compiler of Python 3.11 and later
    codes = parser = None

Item = tuple[Any, Any]  # a code and its value, as the parser has them
Items = Sequence[Item]  # in a row
SubPattern: Any = parser.SubPattern if parser else object
PLAIN = (codes.LITERAL, codes.IN, codes.AT) if codes else ()  # items with nothing inside

ROUNDS, LARGEST = 5, 60  # of a repeat that is written out: its rounds, the items of all of them
SPREAD = 200  # items that are written more than once, for alternatives that begin with a letter
OTHER_LETTERS, OTHER_BLANKS, OTHER_SIGNS = 1 << 128, 1 << 129, 1 << 130
ASCII = OTHER_LETTERS - 1
ANYTHING = 2 * OTHER_SIGNS - 1
_BITS = {code: 1 << code for code in range(128)}
LETTERS = OTHER_LETTERS | sum(bit for code, bit in _BITS.items() if chr(code).isalnum() or chr(code) == "_")
DIGITS = sum(bit for code, bit in _BITS.items() if chr(code).isdigit())
BLANKS = OTHER_BLANKS | sum(bit for code, bit in _BITS.items() if chr(code).isspace())


def of_char(code: int) -> int:
    """The mask of one character."""
    if code < 128:
        return _BITS[code]
    char = chr(code)
    return OTHER_LETTERS if char.isalnum() else OTHER_BLANKS if char.isspace() else OTHER_SIGNS


def of_set(members: Sequence[Item]) -> int:
    """The mask of a set of characters."""
    negated = members[0][0] is codes.NEGATE
    some = [_of_member(code, value) for code, value in members[negated:]]
    might, must = (_either(masks) for masks in zip(*some, strict=True))
    return ANYTHING & ~must if negated else might


def _of_member(code: Any, value: Any) -> tuple[int, int]:
    """The mask of what a member of a set may be, and of the characters that it is for certain."""
    if code is codes.LITERAL:
        bit = of_char(value)
        return bit, bit & ASCII
    if code is codes.RANGE:
        low, high = value
        inside = _either(_BITS[code] for code in range(low, min(high, 127) + 1))
        return inside | (ANYTHING & ~ASCII if high > 127 else 0), inside
    might, must = {
        codes.CATEGORY_WORD: (LETTERS, LETTERS),
        codes.CATEGORY_NOT_WORD: (ANYTHING & ~LETTERS, ANYTHING & ~LETTERS),
        codes.CATEGORY_DIGIT: (DIGITS | OTHER_LETTERS, DIGITS),
        codes.CATEGORY_NOT_DIGIT: (ANYTHING & ~DIGITS, ANYTHING & ~DIGITS & ~OTHER_LETTERS),
        codes.CATEGORY_SPACE: (BLANKS, BLANKS),
        codes.CATEGORY_NOT_SPACE: (ANYTHING & ~BLANKS, ANYTHING & ~BLANKS),
    }.get(value, (ANYTHING, 0))
    return might, must


def _either(masks: Iterable[int]) -> int:
    mask = 0
    for one in masks:
        mask |= one
    return mask


class Row(SubPattern):  # type: ignore[misc]
    """Items in a row, as the parser keeps them, with what is asked of them more than once."""

    _begins: tuple[int, bool] | None = None
    _size: int | None = None
    _captures: bool | None = None

    @property
    def begins(self) -> tuple[int, bool]:
        """The mask of what a match can begin with, and whether it can be empty."""
        if self._begins is None:
            self._begins = first(self.data)
        return self._begins

    @property
    def size(self) -> int:
        """How many items there are, those inside them counted."""
        if self._size is None:
            self._size = _size(self.data)
        return self._size

    @property
    def captures(self) -> bool:
        """Whether a group is captured, or may be."""
        if self._captures is None:
            self._captures = _captures(self.data)
        return self._captures


def _size(items: Items) -> int:
    """How many items there are in a row, those inside them counted."""
    rows = [row for item in items for row in _inside(*item)]
    return len(items) + sum(row.size if isinstance(row, Row) else len(row.data) for row in rows)


def _captures(items: Items) -> bool:
    """Whether a row has a group that is captured, or may have one."""
    return any(
        code is codes.GROUPREF_EXISTS
        or (code is codes.SUBPATTERN and value[0] is not None)
        or any(row.captures if isinstance(row, Row) else not _single(row) for row in _inside(code, value))
        for code, value in items
    )


def _inside(code: Any, value: Any) -> list[Any]:
    """The rows inside an item."""
    if code in PLAIN:
        return []
    if code is codes.BRANCH:
        return value[1]  # type: ignore[no-any-return]
    if code is codes.ATOMIC_GROUP:
        return [value]
    return [one for one in value if isinstance(one, SubPattern)] if isinstance(value, tuple) else []


def first(items: Items) -> tuple[int, bool]:
    """The mask of what a match of items in a row can begin with, and whether it can be empty."""
    mask = 0
    for code, value in items:
        begins, empty = _first(code, value)
        mask |= begins
        if not empty:
            return mask, False
    return mask, True


def _first(code: Any, value: Any) -> tuple[int, bool]:
    """The same of one item."""
    if code is codes.LITERAL:
        return of_char(value), False
    if code is codes.IN:
        return of_set(value), False
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
        return 0, True
    if code is codes.BRANCH:
        begun = [_begins(row) for row in value[1]]
        return _either([mask for mask, _ in begun]), any(empty for _, empty in begun)
    if code is codes.SUBPATTERN and not value[1] and not value[2]:  # no flags of its own
        return _begins(value[3])
    if code is codes.ATOMIC_GROUP:
        return _begins(value)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        mask, empty = first(value[2].data)
        return mask, empty or not value[0]
    return ANYTHING, code not in (codes.ANY, codes.NOT_LITERAL)


def _begins(row: Any) -> tuple[int, bool]:
    return row.begins if isinstance(row, Row) else first(row.data)


def rewritten(row: Any, after: int = ANYTHING) -> Row:
    """A row of the parser's, rewritten; `after` is the mask of what follows it."""
    made: list[Item] = []  # from the end
    for item in reversed(row.data):
        code, value = item
        if code in PLAIN:
            made.append(item)
        else:
            mask, empty = first(made[::-1])
            made += reversed(_rewritten(row.state, code, value, mask | after if empty else mask))
    return Row(row.state, made[::-1])


def _rewritten(state: Any, code: Any, value: Any, after: int) -> list[Item]:
    """One item, rewritten to one or more."""
    if code is codes.BRANCH:
        return branched(state, [rewritten(branch, after).data for branch in value[1]])
    if code is codes.SUBPATTERN and not value[1] and not value[2]:  # no flags of its own
        return [(code, (*value[:3], rewritten(value[3], after)))]
    if code is codes.ATOMIC_GROUP:
        return [(code, rewritten(value))]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [(code, (value[0], rewritten(value[1])))]
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return _repeated(state, code, value, after)
    if code is codes.POSSESSIVE_REPEAT:
        return [(code, (*value[:2], rewritten(value[2])))]
    return [(code, value)]


def _repeated(state: Any, code: Any, value: Any, after: int) -> list[Item]:
    """A repeat: possessive, written out, or as it is."""
    low, high, inner = value
    if _single(inner):
        given_back = code is codes.MIN_REPEAT or first(inner.data)[0] & after
        return [(code if given_back else codes.POSSESSIVE_REPEAT, value)]
    once = rewritten(inner, after if high == 1 else ANYTHING)
    if once.begins[1] or high > ROUNDS or high * once.size > LARGEST or (high > 1 and once.captures):
        return [(code, (low, high, once))]
    made: list[Item] = []
    for place in range(high, 0, -1):
        made = [*once.data, *made]
        if place > low:
            ways = [Row(state, made), Row(state, [])]
            made = [(codes.BRANCH, (None, ways if code is codes.MAX_REPEAT else ways[::-1]))]
    return made


def _single(row: Any) -> bool:
    """Whether a row is one character."""
    return len(row.data) == 1 and row.data[0][0] in (codes.LITERAL, codes.IN, codes.NOT_LITERAL, codes.ANY)


def branched(state: Any, branches: Sequence[Items]) -> list[Item]:
    """Alternatives in a row, those that begin alike together."""
    spread = [way for branch in branches for way in ([branch] if _begins_with_letter(branch) else _spread(branch))]
    return _grouped(state, [way if _begins_with_letter(way) else _letter_first(state, way) for way in spread])


def _begins_with_letter(branch: Items) -> bool:
    return bool(branch) and branch[0][0] is codes.LITERAL


def _grouped(state: Any, branches: Sequence[Items]) -> list[Item]:
    """Alternatives in a row, those with one first item behind it."""
    if all(map(_begins_with_letter, branches)):
        letters: dict[int, list[Items]] = {}
        for branch in branches:
            letters.setdefault(branch[0][1], []).append(branch)
        groups = list(letters.values())
    else:
        groups = _groups(branches)
    made = [_joined(state, group) for group in groups]
    return made[0] if len(made) == 1 else [(codes.BRANCH, (None, [Row(state, items) for items in made]))]


@dataclass(slots=True)
class Group:
    """Branches with one first item; the mask of what they can begin with, and whether they can be empty."""

    branches: list[Items]
    mask: int
    empty: bool


def _groups(branches: Sequence[Items]) -> list[list[Items]]:
    """Branches in groups: each joins one that begins alike, past others that match no text that it matches."""
    groups: list[Group] = []
    for branch in branches:
        own = Group([branch], *first(branch))
        group = _group_of(groups, own)
        if group is None:
            groups.append(own)
        else:
            group.branches.append(branch)
            group.mask |= own.mask
            group.empty |= own.empty
    return [group.branches for group in groups]


def _group_of(groups: Sequence[Group], own: Group) -> Group | None:
    for group in reversed(groups):
        if own.branches[0] and group.branches[0] and _alike(group.branches[0][0], own.branches[0][0]):
            return group
        if own.empty or group.empty or group.mask & own.mask:
            return None
    return None


def _alike(one: Item, other: Item) -> bool:
    """Whether two items are the same, and match in one way only."""
    if one[0] in PLAIN:
        return one == other
    looks = one[0] is other[0] and one[0] in (codes.ASSERT, codes.ASSERT_NOT)
    return looks and not one[1][1].captures and repr(one[1]) == repr(other[1])


def _joined(state: Any, branches: list[Items]) -> list[Item]:
    """Branches with the same first item as one branch."""
    if len(branches) == 1:
        return list(branches[0])
    alike = 1
    while all(len(b) > alike and b[alike] == branches[0][alike] and b[alike][0] is codes.LITERAL for b in branches):
        alike += 1
    return [*branches[0][:alike], *_grouped(state, [branch[alike:] for branch in branches])]


def _looks(branch: Items) -> int:
    """How many items at the head of a branch only look back."""
    for place, (code, value) in enumerate(branch):
        back = code in (codes.ASSERT, codes.ASSERT_NOT) and value[0] < 0
        if not back and not (code is codes.AT and value in (codes.AT_BOUNDARY, codes.AT_NON_BOUNDARY)):
            return place
    return len(branch)


def _spread(branch: Items) -> list[Items]:
    """A branch whose alternatives stand behind looks back, as so many branches, where little follows them."""
    looks = _looks(branch)
    if looks == len(branch) or branch[looks][0] is not codes.BRANCH:
        return [branch]
    ways, rest = branch[looks][1][1], branch[looks + 1 :]
    if len(ways) * _size(rest) > SPREAD or _captures(branch):
        return [branch]
    return [[*branch[:looks], *way.data, *rest] for way in ways]


def _letter_first(state: Any, branch: Items) -> Items:
    """A branch that begins with one character where it can: a look at a letter is cheap, one back or at a run is not.

    ``\\bfever`` is ``f(?<=\\bf)ever``, ``\\d+`` is ``\\d\\d*``; before more looks than one stands what can follow them.
    """
    looks = _looks(branch)
    rest = list(branch[looks:])
    if rest and rest[0][0] in (codes.MAX_REPEAT, codes.POSSESSIVE_REPEAT) and _single(rest[0][1][2]) and rest[0][1][0]:
        code, (low, high, inner) = rest[0]
        more = high if high is codes.MAXREPEAT else high - 1
        rest = [inner.data[0], *([(code, (low - 1, more, inner))] if more else []), *rest[1:]]
    if not rest or rest[0][0] not in (codes.LITERAL, codes.IN):
        mask, empty = first(rest)
        guard = [(codes.ASSERT, (1, Row(state, [_set_of(mask)])))] if looks > 1 and not empty else []
        return [*guard, *branch]
    return [rest[0], *(_behind(state, item, rest[0]) for item in branch[:looks]), *rest[1:]]


def _behind(state: Any, look: Item, letter: Item) -> Item:
    """A look back from before a letter as one from behind it."""
    code, value = look
    if code is codes.AT:
        return codes.ASSERT, (-1, Row(state, [look, letter]))
    return code, (-1, Row(state, [*value[1].data, letter]))


def _set_of(mask: int) -> Item:
    """A set of all characters of a mask."""
    chars = [(codes.LITERAL, char) for char in range(128) if mask >> char & 1]
    return codes.IN, [*chars, *([(codes.RANGE, (128, 0x10FFFF))] if mask & ~ASCII else [])]
