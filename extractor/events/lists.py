"""Lists of events in a sentence: where one begins and ends, which class its members are of, what a term explains."""

from __future__ import annotations

from extractor import patterns as re
from extractor.events.attributes import grade
from extractor.events.brackets import inside
from extractor.events.mentions import CLASS, DEATH, NAMED, OPEN, ORGAN, Mention
from extractor.events.sentence import Reading
from extractor.events.words_of_counts import APPOSED
from extractor.events.words_of_events import IS_CLASS, KILLED, LISTED, MEMBERS, MOST_WERE, NO_MEMBERS, SUCH_AS
from extractor.words import Words

W = Words("events")

BESIDE = 110  # characters between two counted terms of one list
COUNTED_GAP = re.compile(r"\d[^;]*(?:,|\band\b)[^;]{0,30}\Z")  # "leucopenia in 16 (19%) versus none, and "
CLOSED = re.compile(r"\s*[)\]]")  # "(e.g. bleeding or infection) were not seen"
# "bleeding, need for blood, infection and pain were not seen": an item between commas that names no event
OTHER_ITEM = re.compile(
    rf"\s*,(?:\s+(?!(?:{W.finite}|in|at|with|who|which|that|present)\b)[a-z-]{{2,}}){{1,4}}\s*(?:,|,?\s+(?:and|or))\s+\Z"
)
SLASHED = re.compile(r"/[a-z][a-z-]{3,}")  # "vaginal dryness/discharge occurred"


def lead(reading: Reading, mention: Mention, inner: list[Mention]) -> str:
    """What stands between a class and the term after it."""
    following = next((m for m in inner if m.start >= mention.end and m.kind in (NAMED, OPEN)), None)
    return reading.folded[mention.end : following.start] if following else ""


def list_head(reading: Reading, mention: Mention, inner: list[Mention]) -> int:
    """Where the list that a mention is in begins."""
    start = mention.start
    for other in reversed(inner):
        if other.end <= start and other.kind in (NAMED, OPEN) and LISTED.match(reading.folded[other.end : start]):
            start = other.start
    return start


def list_end(reading: Reading, mention: Mention, inner: list[Mention]) -> int:
    """Where the list that a mention begins ends: what is said there is said of all of it."""
    end = mention.end
    for other in inner:
        between = reading.folded[end : other.start] if other.start > end else ""
        if between and (
            LISTED.match(between)
            or OTHER_ITEM.match(between)
            or (end == mention.end and mention.kind in (CLASS, ORGAN) and SUCH_AS.match(between))
        ):
            end = other.end
    close = CLOSED.match(reading.folded, end, reading.end)
    if close and inside(reading.pairs, end):
        end = close.end()
    more = SLASHED.match(reading.folded, end, reading.end)
    return more.end() if more else end


def doubtful(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """Whether a term is an outcome or a disease as often as an event, and nothing here speaks for an event.

    A grade does ("grade 3 fatigue"), and a term beside it, in a list or with counts of its own, that is not doubtful itself.
    """
    if not mention.weak or grade(reading.folded, reading.start, mention):
        return False
    if mention.disease:
        return True
    place = inner.index(mention)
    for other in (*inner[max(0, place - 1) : place], *inner[place + 1 : place + 2]):
        first, second = sorted((mention, other), key=lambda m: m.start)
        near = len(second_gap := reading.folded[first.end : second.start]) < BESIDE and (
            LISTED.match(second_gap) or COUNTED_GAP.search(second_gap)
        )
        if near and other.kind == NAMED and not other.weak and not reading.reports.subject(other):
            return False
    return True


def explains(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """ "skin irritation, mostly skin dryness": the second explains the first."""
    past = [m for m in inner if m.end <= mention.start]
    return (
        bool(past)
        and past[-1].kind in (NAMED, OPEN)
        and APPOSED.match(reading.folded[past[-1].end : mention.start]) is not None
    )


def killed(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """ "three deaths, caused by lung infection and myocardial infarction": a cause of death happened."""
    fatal = [m for m in inner if m.kind == DEATH and m.end <= mention.start]
    return bool(fatal) and KILLED.match(reading.folded, fatal[-1].end, mention.start) is not None


def member(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """Whether the term is listed under a class of events in the same segment."""
    return class_of(reading, mention, inner) is not None


def class_of(reading: Reading, mention: Mention, inner: list[Mention]) -> Mention | None:
    """The class that a term is listed under."""
    carried = _carried(reading, mention, inner)
    if carried is not None:
        return carried
    for other in inner:
        if other.kind not in (CLASS, ORGAN) or other is mention:
            continue
        if other.end <= mention.start:
            between = reading.folded[other.end : mention.start]
            start = next((m.start for m in inner if m.start >= other.end and m.kind in (NAMED, OPEN)), mention.start)
            opened = reading.folded[other.end : start]
            if re.match(r"\s+of\s+\Z", opened):
                return other
            introduced = re.search(
                r"\b(?:were|was|included?|including|being)\s+(?:mainly\s+|mostly\s+)?\Z", opened
            ) and not re.search(r"\b(?:leading to|but)\b", opened)
            if (
                MEMBERS.match(opened)
                and (introduced or not NO_MEMBERS.search(opened.replace("except for", "")))
                and not re.search(r"\b(?:but|although|whereas)\b", between)
            ):
                return other
        elif (
            IS_CLASS.match(reading.folded, mention.end, other.start)
            and len(reading.folded[mention.end : other.start]) < 150
        ):
            return other
    return None


# what may stand before the next member of a list that semicolons part
NEXT_MEMBER = re.compile(r"[;\s]*(?:and\s+)?(?:[\w-]+\s+){0,3}\Z")


def _carried(reading: Reading, mention: Mention, inner: list[Mention]) -> Mention | None:
    """ "...adverse events; the most common were headache and rash": the class was named before the semicolon."""
    begin = max([reading.start, *(b for a, b in reading.breaks if b <= mention.start)])
    named = [m for m in reading.mentions if m.kind in (CLASS, ORGAN) and m.end <= begin]
    introduced = MOST_WERE.match(reading.folded, begin, mention.start)
    if named and introduced:
        return named[-1]
    return _next_in_list(reading, mention, begin)


def _next_in_list(reading: Reading, mention: Mention, begin: int) -> Mention | None:
    """ "adverse events included fever, 8%; rash, 5%; and meningitis, 0%": a list whose members semicolons part."""
    if begin == reading.start or not NEXT_MEMBER.match(reading.folded, begin, mention.start):
        return None
    edge = max([reading.start, *(b for _, b in reading.breaks if b < begin)])
    before = [m for m in reading.mentions if edge <= m.start < begin]
    return class_of(reading, before[-1], before) if before and before[-1].kind in (NAMED, OPEN, DEATH) else None
