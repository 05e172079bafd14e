"""How many died in all: what is told of groups, of parts of a total, and of people one by one, added up.

Numbers of one sentence add up where they are of different groups or of people told one after another. They do not where one is a
part of another ("four died, two per arm"), the same group's at a later time, or of one cause alone beside one of all.

>>> said = "two died of sepsis and one of renal failure"
>>> [n for _, n in further(said, 8, len(said))]
[1]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from extractor import patterns as re
from extractor.events.clauses import Span, verbs
from extractor.events.event import Event
from extractor.quantities.numbers import WHOLE, whole
from extractor.words import Words

W = Words("events")

_HOW = rf"(?:{W.toll_cause}|{W.toll_time})"
# "died of sepsis and one of stroke", "died on day 9 and another at one year": the verb is not said again
FURTHER = re.compile(
    rf"(?:[,;]\s+(?:and\s+)?|\s+and\s+)(?P<n>{WHOLE}|an?other)\s+(?:(?:more|other)\s+)?(?:{W.said_patients}\s+)?(?P<how>{_HOW})\b(?!\s+(?:the\s+)?{W.toll_part})"
)
HOW = re.compile(rf"\s(?P<how>{_HOW})\s")
OF_CAUSE = re.compile(W.toll_cause)
# "died in the first week, as did one given placebo"
AS_DID = re.compile(rf"\bas did (?P<n>{WHOLE}|an?other)\b")
# deaths of one cause or one time: "toxic deaths", "early mortality"
LIMITED = re.compile(rf"(?:{W.toll_limited})")
# between two numbers: the second is a part of the first, or the same people told of again
PART = re.compile(rf":|\b{W.toll_of_which}\b")
A_TIME = re.compile(r"\b(?:day|week|month|year)s?\b")
SAME_PEOPLE = re.compile(r"(?:s?he|both|the|all)\b")
OF_THEM = re.compile(rf"(?:\s+{W.said_patients})?\s+of\s+(?:them|these|those|whom|which)\b")
TOLD_HOW = re.compile(rf"(?:\s+\w+ly)?\s+(?P<rest>{_HOW}\s+[^,.;()]{{3,60}})")
BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]")
SHARE_BEFORE = re.compile(r"\d[\d.]*\s*%?\s*[(\[]\Z")  # "42.9% (3/7)": the count in brackets behind its share
# "seven healed and one died"; "20 treated and 16 untreated patients died"
ANOTHER_VERB = re.compile(rf"\b(?!died\b|compared\b|(?:un)?{W.toll_given}\b)\w+ed\b")
WHO = re.compile(rf"(?:\s+{W.said_patients})?\s+who\b")  # "3 with a reaction and one who died"
COMPARES = re.compile(rf"\b{W.toll_compares}\b")
WHICH = re.compile(r",\s+which\b|\band in\s+\Z")
APPOSED = re.compile(r"[^,:(;]{0,40}[,:(;][^,:(;\d]{0,20}")  # "two deaths occurred, one"
STOPS = re.compile(r"[;:%]|\bvs\b")
# "one more died", "another patient died": beside those told before
MORE = re.compile(rf"\b{W.toll_more}\b")


@dataclass(frozen=True, slots=True)
class Toll:
    """So many dead, where that is said, and by which events."""

    n: int
    places: tuple[Span, ...]
    events: tuple[Event, ...]


def tolls(folded: str, told: Sequence[Event]) -> list[Toll]:
    """What each sentence says of how many died: a number, or some if it tells of different people and their sum is not said."""
    found: list[Toll] = []
    for _, some in groupby(told, key=lambda e: e.sentence):
        found += _of_sentence(folded, list(some))
    return found


def _of_sentence(folded: str, told: Sequence[Event]) -> list[Toll]:
    every = {e.count.start: e for e in told if e.count and e.count.n}
    numbers = [e.count.n or 0 for _, e in sorted(every.items()) if e.count]
    if len(numbers) > 2 and 2 * max(numbers) == sum(numbers) and max(numbers) in (numbers[0], numbers[-1]):
        whole_one = max(every.values(), key=lambda e: (e.count.n or 0) if e.count else 0)
        return [Toll(max(numbers), (place_of(whole_one),), (whole_one,))]
    single: list[Toll] = []
    for event in _own(folded, told):
        if event.count and any(a <= event.count.start < b for t in single for a, b in t.places[1:]):
            continue  # told already with those who died by the same verb
        single.append(_one(folded, event))
    out: list[Toll] = []
    for toll in single:
        if out and _adds(folded, out[-1], toll):
            left = out[-1]
            out[-1] = Toll(left.n + toll.n, left.places + toll.places, left.events + toll.events)
        else:
            out.append(toll)
    return out


def _own(folded: str, told: Sequence[Event]) -> Iterator[Event]:
    """The events, less those whose count is a part of the one before the same verb, or stands before another verb."""
    for event in sorted(told, key=lambda e: (e.mention.start, e.count.start if e.count else 0)):
        same = [e for e in told if e.mention.start == event.mention.start and e is not event]
        if not any(_nearer(folded, e, event) for e in same):
            yield event


def _nearer(folded: str, one: Event, other: Event) -> bool:
    """Whether `one` has its count right before the word, and the other's is a part of it, or stands before another verb."""
    if one.count is None or other.count is None or one.count.end > one.mention.start:
        return False
    a, b = (
        (other.count.end, one.mention.start)
        if other.count.start < one.count.start
        else (one.mention.end, other.count.start)
    )
    if _crosses(folded[a:b]):
        return True  # "12 had events (9 deaths)": of what stands outside the brackets
    if other.count.end <= one.count.start:
        between = folded[other.count.end : one.count.start]
        return bool(ANOTHER_VERB.search(between) or WHO.match(folded, one.count.end))
    if other.count.start < one.mention.end or (one.arm and other.arm):
        return False
    between = folded[one.mention.end : other.count.start]
    return not COMPARES.search(between) and bool(WHICH.search(between) or APPOSED.fullmatch(between))


def _one(folded: str, event: Event) -> Toll:
    """One event, with those who died by the same verb, unless they are a part of those counted."""
    n = (event.count.n if event.count else 0) or 0
    ahead = event.count is not None and event.count.end <= event.mention.start
    others = list(further(folded, event.mention.end, event.sentence[1])) if n and ahead else []
    if sum(m for _, m in others) >= n > 1:
        others = []
    others += as_did(folded, event.mention.end, event.sentence[1]) if ahead else []
    return Toll(n + sum(m for _, m in others), (place_of(event), *(p for p, _ in others)), (event,))


def further(folded: str, at: int, end: int) -> Iterator[tuple[Span, int]]:
    """Who is told to have died by the verb that ends at `at`, beside those counted before it: the words and how many."""
    last = at
    for match in FURTHER.finditer(folded, at, end):
        between = folded[last : match.start()]
        said = {bool(OF_CAUSE.match(m["how"])) for m in HOW.finditer(between)}
        n = _number(match["n"])
        if n is None or bool(OF_CAUSE.match(match["how"])) not in said or _open(between) or STOPS.search(between):
            break
        if verbs(folded, at, match.end()) or verbs(folded, match.end(), _border(folded, match.end(), end)):
            break
        if n > 1 and "and" not in match.group():
            break  # "six died of infection, four of it in the hospital"
        yield (match.start("n"), match.end()), n
        last = match.start("how") - 1


def _crosses(text: str) -> bool:
    """Whether a text leaves the brackets that it begins in, or ends inside others."""
    return any(mark in BRACKETS.sub("", text) for mark in "()[]")


def _border(folded: str, at: int, end: int) -> int:
    """Where the stretch that begins at `at` ends: at a mark, or where the next of a row begins."""
    stop = re.compile(r"[,;:(]|\band\b").search(folded, at, end)
    return stop.start() if stop else end


def as_did(folded: str, at: int, end: int) -> Iterator[tuple[Span, int]]:
    """ "Eight patients on the drug died, as did 20 controls": the words behind a verb that ends at `at`, and how many."""
    did = AS_DID.search(folded, at, end) if folded.endswith("died", 0, at) else None
    if did and not _open(folded[at : did.start()]) and (n := _number(did["n"])):
        yield did.span(), n


def _open(text: str) -> bool:
    """Whether a bracket is opened and not closed."""
    return text.count("(") + text.count("[") > text.count(")") + text.count("]")


def _number(word: str) -> int | None:
    return 1 if word.endswith("other") else whole(word)


def _adds(folded: str, left: Toll, right: Toll) -> bool:
    """Whether two numbers of one sentence are of different people."""
    a, b = left.events[-1], right.events[-1]
    if a.count is None or b.count is None or (a.count.start == b.count.start and a.arm == b.arm):
        return False
    if MORE.search(folded, min(b.count.start, b.mention.start), max(b.count.end, b.mention.end)):
        return True
    if refers_back(folded, b):
        return False
    first, last = min(a.count.end, b.count.end), max(a.count.start, b.count.start)
    if (a.count.percent is None) != (b.count.percent is None):
        return False  # "3 of them died, and the mortality rate was 15 %": one thing said twice
    if last - first > LONGEST or _open(folded[a.mention.end : b.mention.start]) or _same_group(folded, left, b):
        return False
    between = SHARE_BEFORE.sub("", folded[first:last])
    if a.mention.start == b.mention.start and not (a.arm and b.arm) and A_TIME.search(between):
        return False  # "mortality was 4 at day 28 and 5 at day 60"
    return not (_open(between) or PART.search(BRACKETS.sub("", between)))


def _same_group(folded: str, left: Toll, event: Event) -> bool:
    """Whether a count is of a group that has one already, at another time perhaps; two in a row are rather badly told apart."""
    arms = [folded[slice(*e.arm)] for e in left.events if e.arm]
    shares = all(e.count and e.count.percent is not None for e in (*left.events, event))
    return event.arm is not None and folded[slice(*event.arm)] in arms and (len(left.events) > 1 or not shares)


def refers_back(folded: str, event: Event) -> bool:
    """Whether those counted are some that were told of before: "he died", "two of them died"."""
    count = event.count
    return count is not None and (
        SAME_PEOPLE.match(folded, count.start, count.end) is not None or OF_THEM.match(folded, count.end) is not None
    )


def differs(folded: str, one: Event, other: Event) -> bool:
    """Whether two people died in different ways: each is told with a cause or a time, and not with the same."""
    how = [TOLD_HOW.match(folded, e.mention.end) for e in (one, other)]
    return None not in how and len({m["rest"] for m in how if m}) > 1


LONGEST = 200  # characters between two numbers of one sum


def limited(folded: str, event: Event) -> bool:
    """Whether deaths of one cause or one time alone are told ("toxic deaths"), which are no total."""
    return LIMITED.match(folded, event.mention.start, event.mention.end) is not None


def place_of(event: Event) -> Span:
    """The words of an event: a denial's cue, or a count, with the term."""
    mention, count = event.mention, event.count
    if event.cue:
        return min(event.cue[0], mention.start), max(event.cue[1], mention.end)
    return (min(mention.start, count.start), max(mention.end, count.end)) if count else (mention.start, mention.end)
