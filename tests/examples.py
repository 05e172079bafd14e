"""Proposes examples: short texts in which a pattern finds something else once one of its alternatives is dropped.

    python -m tests.examples [ROOM ...]

Fills the empty examples of ``extractor/lexicons/words_<room>.tsv`` and writes ``tests/patterns/<room>.tsv``, which holds the
examples of patterns in code. It looks in the texts of the cases first, for the shortest run of words that will do; where no
case has the alternative, it words one from the pattern itself. Read what it proposes: an example is there to be understood.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterable, Iterator
from re import _constants as codes  # as the compiler of patterns reads them
from re import _parser as parser
from typing import Any

from extractor import words
from extractor.text import fold
from tests.conftest import CASES, ROOT
from tests.mutation import PATTERNS, READINGS, ROOMS, alternatives, classes, examples, less, needs, patterns, tells
from tests.refused import looks, looser, of_texts, shown

TRIES = 60
LONGEST = 3000  # letters of a pattern from which a text is worded
LOOKED_AT = 30  # texts that hold the letters of an alternative
LITERAL = re.compile(
    r"(?<![\\\w])[a-z]{2,}(?![?*{a-z])|(?<![\\\w])[a-z]{3,}(?=[?*{])"
)  # an optional last letter is left off
FILLERS = ("other", "treated", "new", "given", "early", "local", "daily", "usual")
ODD = " ,;:.()-/%=<>+'a1"


def texts() -> list[str]:
    """Folded texts of the cases, by sentence."""
    found = []
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line) if line.strip() else {}
            for part in (case.get("title"), case.get("text")):
                found += re.split(r"(?<=[.;:]) ", fold(part)) if part else []
    return list(dict.fromkeys(found))


class Sampler:
    """Words texts that a pattern matches by way of one alternative, which is marked as the group ``needed``."""

    def __init__(self, pattern: str, start: int, end: int, flags: int, seed: int) -> None:
        marked = f"{pattern[:start]}(?P<needed>{pattern[start:end]}){pattern[end:]}"
        self.tree = parser.parse(marked, flags & re.I.value)
        self.needed = self.tree.state.groupdict["needed"]
        self.random = random.Random(seed)
        self._holds: dict[int, bool] = {}

    def text(self) -> str:
        self.said: dict[int, str] = {}
        return self._all(self.tree)

    def _all(self, items: Iterable[Any]) -> str:
        out, skip = "", False
        for code, value in items:
            if skip and code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.IN):
                skip = False
                continue
            out += self._one(code, value)
            skip = code is codes.ASSERT_NOT and self.holds((code, value)) and self.random.random() < 0.6
        return out

    def holds(self, item: Any) -> bool:
        key = id(item[1])
        if key not in self._holds:
            self._holds[key] = self._looks(item)
        return self._holds[key]

    def _looks(self, item: Any) -> bool:
        code, value = item
        if code is codes.SUBPATTERN:
            return value[0] == self.needed or any(map(self.holds, value[3]))
        if code is codes.BRANCH:
            return any(self.holds(i) for branch in value[1] for i in branch)
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            return any(map(self.holds, value[2]))
        if code in (codes.ASSERT, codes.ASSERT_NOT):
            return any(map(self.holds, value[1]))
        return code is codes.ATOMIC_GROUP and any(map(self.holds, value))

    def _one(self, code: Any, value: Any) -> str:
        if code is codes.LITERAL:
            return chr(value)
        if code is codes.NOT_LITERAL:
            return "x" if value != ord("x") else "y"
        if code is codes.ANY:
            return " "
        if code is codes.IN:
            return self._of(value)
        if code is codes.SUBPATTERN:
            self.said[value[0] or 0] = said = self._all(value[3])
            return said
        if code is codes.ATOMIC_GROUP:
            return self._all(value)
        if code is codes.BRANCH:
            return self._all(self._branch(value[1]))
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            return self._repeat(*value)
        if code in (codes.ASSERT, codes.ASSERT_NOT):
            positive = code is codes.ASSERT and (value[0] < 0 or self.random.random() < 0.6)
            return self._all(value[1]) if positive or self.holds((code, value)) else ""
        return self.said.get(value, "") if code is codes.GROUPREF else ""

    def _branch(self, branches: list[Any]) -> Any:
        held = [b for b in branches if any(map(self.holds, b))]
        return held[0] if held else branches[0] if self.random.random() < 0.6 else self.random.choice(branches)

    def _repeat(self, least: int, most: int, items: Any) -> str:
        if any(map(self.holds, items)):
            least = max(least, 1)
        elif least == 0 and len(items) == 1 and self.random.random() < 0.8 and self._spaces(*items[0]):
            return " "
        elif least < most and self.random.random() < 0.15:
            least += 1
        word = least == 1 and most > 3 and len(items) == 1 and items[0][0] is codes.IN and self._of(items[0][1]) == "a"
        return self.random.choice(FILLERS) if word else "".join(self._all(items) for _ in range(least))

    def _spaces(self, code: Any, value: Any) -> bool:
        return (code is codes.LITERAL and value == ord(" ")) or (code is codes.IN and _within(" ", value))

    def _of(self, members: list[Any]) -> str:
        choices = [c for c in "a1 " + ODD if _within(c, members)]
        known = [chr(v) for code, v in members if code is codes.LITERAL] + [
            chr(v[0]) for code, v in members if code is codes.RANGE
        ]
        if members[0][0] is codes.NEGATE:
            return self.random.choice(choices[:3]) if choices else "b"
        return choices[0] if choices and self.random.random() < 0.7 else self.random.choice(known or choices or ["b"])


def _within(char: str, members: list[Any]) -> bool:
    negated = members[0][0] is codes.NEGATE
    return negated != any(_is(char, code, value) for code, value in members)


def _is(char: str, code: Any, value: Any) -> bool:
    if code is codes.LITERAL:
        return ord(char) == value
    if code is codes.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    kinds = {
        codes.CATEGORY_DIGIT: char.isdigit(),
        codes.CATEGORY_SPACE: char.isspace(),
        codes.CATEGORY_WORD: char.isalnum(),
    }
    kinds |= {codes.CATEGORY_NOT_DIGIT: not char.isdigit(), codes.CATEGORY_NOT_SPACE: not char.isspace()}
    return code is codes.CATEGORY and kinds.get(value, not char.isalnum())


def windows(text: str, start: int, end: int) -> Iterator[str]:
    """Runs of words round a match, the shortest last but the bare match."""
    before = [m.start() for m in re.finditer(r"\S+", text[:start])][-3:]
    after = [end + m.end() for m in re.finditer(r"\S+", text[end:])][:3]
    for left in (2, 1, 3, 0):
        for right in (2, 1, 3, 0):
            a = before[-left] if left and len(before) >= left else start
            b = after[right - 1] if right and len(after) >= right else end
            yield text[a:b]


def usable(text: str) -> bool:
    return text == text.strip() and 0 < len(text) <= 90 and not re.search(r"[\t\n|]|\(\)|,,", text)


def propose(
    whole: re.Pattern[str],
    span: tuple[int, int],
    group: tuple[int, int],
    own: list[str],
    users: Iterable[re.Pattern[str]] = (),
) -> str:
    """A text that tells a pattern from the one without the alternative at `span`; empty where none was found.

    `users` are patterns into which this one is filled: a text worded from one of them says more than a bare word.
    """
    pattern = whole.pattern
    try:
        without = re.compile(less(pattern, span, group), whole.flags)
        alone = re.compile(rf"(?<!\w)(?:{pattern[span[0] : span[1]]})(?!\w)", whole.flags)
    except re.error:
        return ""
    literals = LITERAL.findall(pattern[span[0] : span[1]]) if "|" not in pattern[span[0] : span[1]] else []
    for text in [t for t in own if all(word in t for word in literals)][:LOOKED_AT]:
        for match in (alone.search(text), whole.search(text)):
            for piece in windows(text, *match.span()) if match else ():
                if usable(piece) and tells(whole, without, piece):
                    return piece
    for user in users:
        at = user.pattern.find(pattern)  # users are given for the plain reading only
        found = worded(whole, without, (at + span[0], at + span[1]), user)
        if usable(found) and " " in found:
            return found
    return worded(whole, without, span, whole)


def users_of(room: str, whole: re.Pattern[str]) -> list[re.Pattern[str]]:
    """The shortest patterns of a room into which a class is filled."""
    found = [h.whole for h in patterns(room) if whole.pattern in h.whole.pattern and len(h.whole.pattern) < LONGEST]
    return sorted(found, key=lambda p: len(p.pattern))[:2]


def worded(whole: re.Pattern[str], without: re.Pattern[str], span: tuple[int, int], user: re.Pattern[str]) -> str:
    """A text made from a pattern that goes through the alternative at `span` of it."""
    try:
        sampler = Sampler(user.pattern, *span, user.flags, seed=span[0])
    except (re.error, IndexError):
        return ""
    spare = ""
    for _ in range(TRIES):
        said = re.sub(r"\s+", " ", sampler.text())
        for text in (said.strip(), f"the {said.strip()} of", f"were {said.strip()}", said):
            if text and "|" not in text and tells(whole, without, text):
                if usable(text):
                    return text
                spare = spare or text
    return spare


def fill_classes(room: str, own: list[str]) -> None:
    """Write examples where rows of a room's words have none."""
    path = ROOT / "extractor" / "lexicons" / f"words_{room}.tsv"
    held = {h.name: h.whole for h in reversed(classes(room))}
    filled = _contents(room)
    place: dict[str, int] = {}
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *rest = line.split("\t")
        if name in held:
            at = place[name] = place.get(name, -1) + 1
            listed = words.alternatives(room, name)
            have = [text for cell in rest[1:] for text in words.several(cell)]
            row = f"(?:{listed[at]})"
            holds = bool(have) and (len(listed) == 1 or any(needs(listed, at, text) for text in have))
            if holds and told(row, have):
                out.append(line)
                continue
            found = have if holds else of_row(held[name], listed, at, filled, own, users_of(room, held[name]))
            found = [*found, *refused(re.compile(row), found, own)]
            line = "\t".join((name, rest[0], *cells(re.compile(row), found)))
        out.append(line)
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def of_row(
    whole: re.Pattern[str], listed: list[str], at: int, filled: set[str], own: list[str], users: list[re.Pattern[str]]
) -> list[str]:
    """Examples of the row at a place of its class: of the row itself, then of alternatives within it that need more."""
    start = len("(?:") + sum(len(row) + 1 for row in listed[:at])
    row = (start, start + len(listed[at]))
    found = [text for text in [row_example(whole, row, own, users)] if text] if len(listed) > 1 else []
    for a, b, spans in alternatives(whole.pattern):
        if row[0] <= a and b <= row[1] and whole.pattern[a:b] not in filled:
            found += more(whole, (a, b), spans, found, own)
    return found


def row_example(whole: re.Pattern[str], row: tuple[int, int], own: list[str], users: list[re.Pattern[str]]) -> str:
    """A text that tells the class from the one without a row, in the first of its readings in which there is one."""
    for reading in READINGS:
        read = re.compile(reading.format(whole.pattern))
        shift = reading.index("{}")
        group = (shift + len("(?:"), shift + len(whole.pattern) - 1)
        found = propose(read, (row[0] + shift, row[1] + shift), group, own, users if not shift else ())
        if found:
            return found
    return ""


def more(
    whole: re.Pattern[str], group: tuple[int, int], spans: list[tuple[int, int]], have: list[str], own: list[str]
) -> list[str]:
    """Examples of the alternatives of a group that the texts at hand do not tell."""
    found: list[str] = []
    for span in spans:
        try:
            without = re.compile(less(whole.pattern, span, group), whole.flags)
        except re.error:
            continue
        if not any(tells(whole, without, text) for text in (*have, *found)):
            found += [text for text in [propose(whole, span, group, own)] if text]
    return found


def fill_patterns(room: str, own: list[str]) -> None:
    """Write the examples of the patterns in a room's code, those at hand kept while they still tell something."""
    filled, table, done = _contents(room), examples(room), set[str]()
    out = ["# Examples of the patterns in extractor/" + room + ": see tests/mutation.py", "pattern\texample\tnot"]
    for holder in patterns(room):
        yes, no = table.get(holder.name, ((), ()))
        found = [t for t in yes if holder.whole.search(t)] + [t for t in no if not holder.whole.search(t)]
        inside = 0
        for a, b, spans in alternatives(holder.whole.pattern):
            group = holder.whole.pattern[a:b]
            if group in filled:
                inside = max(inside, b)
            elif a >= inside and group not in done:
                done.add(group)
                found += more(holder.whole, (a, b), spans, found, own)
        if not any(holder.whole.search(t) for t in found):
            found += [t for t in [propose_any(holder.whole, own)] if t]
        found += refused(holder.whole, found, own)
        out.append("\t".join((holder.name, *cells(holder.whole, found))))
    PATTERNS.mkdir(exist_ok=True)
    (PATTERNS / f"{room}.tsv").write_text("\n".join(out) + "\n", encoding="utf-8")


def propose_any(whole: re.Pattern[str], own: list[str]) -> str:
    """A text in which a pattern finds something."""
    for text in own:
        match = whole.search(text)
        for piece in windows(text, *match.span()) if match else ():
            if usable(piece) and whole.search(piece):
                return piece
    return worded(whole, re.compile(r"(?!)"), (0, len(whole.pattern)), whole)


def told(pattern: str, have: list[str], flags: int = 0) -> bool:
    """Whether the texts at hand show what a pattern refuses, if it refuses anything."""
    return not looks(pattern) or shown(re.compile(pattern, flags), have)


def refused(whole: re.Pattern[str], have: list[str], own: list[str]) -> list[str]:
    """A text that shows what a pattern refuses, where none at hand does."""
    if told(whole.pattern, have, whole.flags):
        return []
    found = of_texts(whole, own)
    for (start, end), loose in () if found else looser(whole):
        inside = start + (4 if whole.pattern[start + 2] == "<" else 3)
        found = found or worded(whole, loose, (inside, end - 1), whole)
    return [found] if found else []


def cells(whole: re.Pattern[str], found: list[str]) -> tuple[str, str]:
    """The texts in which a pattern finds something, and those in which it finds nothing."""
    found = list(dict.fromkeys(found))
    return " | ".join(t for t in found if whole.search(t)), " | ".join(t for t in found if not whole.search(t))


def _contents(room: str) -> set[str]:
    """What the classes of a room fill in, without their brackets."""
    return {getattr(words.Words(room), h.name)[3:-1] for h in classes(room)} if words.holds(room) else set()


def main(rooms: list[str]) -> None:
    own = texts()
    for room in rooms or ROOMS:
        if words.holds(room):
            fill_classes(room, own)
            classes.cache_clear()
        fill_patterns(room, own)
        print(room)


if __name__ == "__main__":
    main(sys.argv[1:])
