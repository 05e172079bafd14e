"""Which number of a sentence belongs to which term: told from what stands between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.verify.cells import Place
from extractor.verify.numbers import COUNT, DENOMINATOR, PEOPLE, PERCENT, Said
from extractor.verify.reading import Reading
from extractor.verify.words import words_of
from extractor.words import Words

W = Words("verify")

LIGHT = words_of("no_events")  # words that name no event: what may stand between two numbers of one event
WORD = re.compile(r"[a-z]+")
# "in the epoetin alfa arm": names an arm, whatever the words
ARM_PHRASE = re.compile(rf"\b{W.arm_phrase_in}\s+(?:the\s+)?(?:[\w+-]+\s+){{1,5}}?{W.arm_phrase_arm}s?\b")
IN_BRACKETS = re.compile(rf"[(\[]\s*{W.in_brackets_no}?\Z")
# a number that speaks of what stands before it: "headache (3", "headache in 3", "headache: 3", "headache, n = 3"
BEHIND = re.compile(
    rf"(?:[(\[]\s*(?:n\s*=\s*|in\s+|only\s+|both\s+)?|\bn\s*=\s*|[:=]\s*|\b{W.behind_in}\s+{W.behind_only}?)\Z"
)
# ... or after it: "3 patients had", "3 cases of", "3 developed"
AHEAD = re.compile(
    rf"\s*(?:%|[)\]])?\s*(?:\([^()]*\)\s*|\[[^\[\]]*\]\s*)?(?:(?:of (?:the |these |those |all )?)?(?:\d+ )?(?:[\w-]+\s+){{0,3}}?{PEOPLE}\s+(?:\([^()]*\)\s*)?(?:{W.ahead_in} (?:[\w-]+\s+){{1,4}}?)?{W.ahead_with}|{W.ahead_had}|(?:[\w-]+\s+){{0,2}}?(?:cases?|episodes?|events?|instances?) of)\b"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers that say one thing together: a count, its percentage, its denominator."""

    members: tuple[Said, ...]

    @property
    def start(self) -> int:
        return self.members[0].start

    @property
    def end(self) -> int:
        return self.members[-1].end


def content(reading: Reading, start: int, end: int) -> list[str]:
    """Words of a stretch that may name an event."""
    arms = reading.arm_vocabulary
    words = WORD.findall(ARM_PHRASE.sub(" ", reading.folded[min(start, end) : max(start, end)]))
    return [w for w in words if len(w) > 1 and w not in LIGHT and w not in arms and w.rstrip("s") not in arms]


GROUPED = re.compile(
    rf"\s*%?\s*[)\]]?\s*(?:{W.grouped_patients}\s*)?(?:[(\[]\s*(?:n\s*=\s*)?|of {W.grouped_the}?|out of (?:the )?|/|=|,?\s*or\s+)?\s*\Z"
)


OPENED = re.compile(r"[(\[]\s*(?:n\s*=\s*)?\Z")


def groups(reading: Reading, said: Sequence[Said]) -> list[Group]:
    """Numbers of a sentence, those that say one thing put together."""
    found: list[list[Said]] = []
    for one in said:
        if one.kind not in (COUNT, PERCENT, DENOMINATOR):
            continue
        last = found[-1] if found else None
        kinds = {m.kind for m in last} if last else set()
        between = reading.folded[last[-1].end : one.start] if last else ""
        joined = (
            last
            and GROUPED.fullmatch(between)
            and between.strip(" )]%") != ""
            and ("," not in between)
            and one.kind not in kinds
        )
        if (
            last
            and one.kind == PERCENT
            and last[-1].kind == COUNT
            and between.strip() in (",", ";")
            and OPENED.search(reading.folded, 0, last[-1].start)
        ):
            joined = True  # "(4, 6%)"
        if last and (joined or (one.kind == DENOMINATOR and DENOMINATOR not in kinds)):
            last.append(one)
        else:
            found.append([one])
    return [Group(tuple(g)) for g in found]


def binds(reading: Reading, mention: tuple[int, int], group: Group, all_groups: Sequence[Group], span: Place) -> bool:
    """Whether a group of numbers may speak of the term at `mention`: no other event's number stands between them."""
    first, last = mention
    text = reading.folded
    if group.start < last and first < group.end:
        return True
    if group.start >= last:
        between = [g for g in all_groups if last <= g.start and g.end <= group.start]
        if not between:
            behind = BEHIND.search(text, last, group.start)
            ahead = AHEAD.match(text, group.end, min(span.end, group.end + 120))
            return bool(behind) or not ahead or not content(reading, last, group.start)
        if content(reading, between[0].end, group.start):
            return False
        return not _of_next(reading, last, group, span)
    between = [g for g in all_groups if group.end <= g.start and g.end <= first]
    if (
        _bracketed(text, span.start, group.start)
        and re.search(r"[)\]]", text[group.end : first])
        and content(reading, span.start, group.start)
    ):
        return False
    backward = (
        IN_BRACKETS.search(text, span.start, group.start)
        or _listed(text, group)
        or (
            BEHIND.search(text, span.start, group.start)
            and content(reading, _clause(text, span.start, group.start), group.start)
        )
    )
    if CLOSED.match(text, group.end, first) and not _ahead_of(reading, group, first, between):
        return False
    if backward and not _ahead_of(reading, group, first, between):
        return False
    return not (between and content(reading, group.end, between[-1].start))


def _bracketed(text: str, start: int, at: int) -> bool:
    """Whether `at` lies in brackets that open after a word."""
    return max(text.rfind("(", start, at), text.rfind("[", start, at)) > max(
        text.rfind(")", start, at), text.rfind("]", start, at), start
    )


# the item of the number ends behind it: "nausea 17%, diarrhoea 16%"
CLOSED = re.compile(rf"\s*%?\s*[)\]]?\s*[,;](?!\s*{W.closed_and})")
LISTED = re.compile(rf"\s*%?\s*(?:[,;.)\]]|and\s+(?!{W.listed_two})|\Z)")


def _listed(text: str, group: Group) -> bool:
    """ "diarrhoea 1, nausea 1 and oedema 2": a number right behind a word, with the list going on after it."""
    word = re.search(r"([a-z]{3,})\s\Z", text[max(0, group.start - 30) : group.start])
    return word is not None and word[1] not in LIGHT and len(group.members) == 1 and bool(LISTED.match(text, group.end))


def _of_next(reading: Reading, last: int, group: Group, span: Place) -> bool:
    """ "... in two, and three had rash": the last number goes with what follows it."""
    behind = BEHIND.search(reading.folded, last, group.start)
    ahead = AHEAD.match(reading.folded, group.end, min(span.end, group.end + 120))
    return bool(ahead) and not behind


def _ahead_of(reading: Reading, group: Group, first: int, between: Sequence[Group]) -> bool:
    """Whether a number in brackets, or behind "in", opens what follows: "In 3 patients, headache"."""
    text = reading.folded
    return not between and OPENS.fullmatch(text[group.end : first]) is not None


OPENS = re.compile(rf"\s*(?:%|[)\]])?\s*(?:\([^()]*\)\s*)?(?:(?:[\w-]+\s+){{0,3}}?{PEOPLE}\s*,\s*)?[\w\s%-]{{0,80}}")


def _clause(text: str, start: int, end: int) -> int:
    """Where the clause that ends at `end` begins."""
    return max((start + m.end() for m in re.finditer(r"[;:]\s|\bwhile\b|\bwhereas\b", text[start:end])), default=start)
