"""Counts before a mention: "two patients had fever", "12% and 3% of the groups developed a rash"."""

from __future__ import annotations

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.mentions import CLASS, DEAD_VERBS, DEATH, ORGAN, Mention
from extractor.events.segment import Clause
from extractor.events.words_of_counts import (
    AMONG,
    BACK,
    BESIDE,
    CAUSED,
    CONNECTIVES,
    DIED,
    DIRECT,
    HAD,
    NOT_AFTER,
    PEOPLE_HAD,
    REASON_AGAIN,
    STOPPED,
    WHO_GOT,
)
from extractor.quantities.counts import EVENTS, PARTICIPANTS, Count
from extractor.words import Words

W = Words("events")

HEADING = re.compile(r"\A\W*[a-z][a-z &/]{3,40}:\s*")  # "results: among 182 patients"
# what somebody did, as "died": the count before it is its subject
BEFELL = re.compile(W.befell)
FARTHEST = 90  # characters between the counts of two arms before a term


def leading(clause: Clause, group: list[int]) -> list[int]:
    """The counts, by their places, that stand before a group of mentions and count it."""
    first = clause.mentions[group[0]]
    level = inside(clause.closed, first.start)
    past = [
        i
        for i, c in enumerate(clause.counts)
        if c.end <= first.start
        and i not in clause.used
        and inside(clause.closed, c.start) == level
        and not _whole(clause, c)
    ]
    if not past:
        return []
    last = past[-1]
    count = clause.counts[last]
    between = _between(clause, count, first)
    if any(m.start >= count.end and m.end <= first.start and m is not first for m in clause.mentions):
        return []
    pair = inside(clause.pairs, count.start)
    outer = [i for i in past if not inside(clause.pairs, clause.counts[i].start)]
    if pair and outer and not _leads(clause, count, between, first):  # "Thirteen patients (5 and 8) died"
        last = outer[-1]
        count = clause.counts[last]
        between = _between(clause, count, first)
    if _of_class(clause, count, between, first) or not _leads(clause, count, between, first):
        return []
    named = first.kind not in (CLASS, ORGAN)
    events = count.form == "bare" or (named and count.form == "people" and count.unit == EVENTS)
    people = _people_of(clause, past, bare=named) if events and first.kind != DEATH else last
    if people != last and named:
        return [people, last]  # "six sustained eight new burns": so many people, so many events
    found = [people]
    if first.stopped and first.tail and REASON_AGAIN.match(between):
        return found  # "twenty dropped out, 8 because of": the first count is of all reasons
    for i in reversed(past[:-1]):
        gap = WHO_GOT.sub("given", clause.folded[clause.counts[i].end : clause.counts[found[0]].start])
        if clause.same_brackets(clause.counts[i].start, clause.counts[found[0]].start):
            gap = gap.replace(";", ",")
        if clause.percent_of(clause.counts[i], clause.counts[found[0]], gap):
            found.insert(0, i)
            continue
        if (
            len(gap) > FARTHEST
            or not BESIDE.match(gap)
            or any(m.start >= clause.counts[i].end and m.end <= clause.counts[found[0]].start for m in clause.mentions)
        ):
            break
        if re.search(rf"{HAD}\b", gap) or NOT_AFTER.search(gap):
            break
        if (
            clause.counts[i].form == "bare"
            and re.search(r"[a-z]{3}", CONNECTIVES.sub("", gap))
            and not AMONG.search(gap)
        ):
            break  # "one aspiration, one suicide": a count of something unknown
        found.insert(0, i)
    return found


def summed(clause: Clause, mention: Mention, parts: list[Count]) -> list[Count]:
    """ "161 adverse events (84 on placebo and 77 on the drug)": the count before a term that those beside it add up to."""
    if len(parts) < 2 or not all(c.n for c in parts):
        return []
    past = [c for i, c in enumerate(clause.counts) if c.end <= mention.start and i not in clause.used]
    if not past or past[-1].n != sum(c.n or 0 for c in parts):
        return []
    between = _between(clause, past[-1], mention)
    return past[-1:] if DIRECT.match(between) or BACK.match(between) else []


def _people_of(clause: Clause, past: list[int], *, bare: bool) -> int:
    """ "47 (34%) of 138 people had 88 adverse events": the count of the people, where one stands before that of the events."""
    if len(past) > 1:
        left, right = (clause.counts[i] for i in past[-2:])
        forms = ("fraction", "count_percent", "percent", "people", *(("bare",) if bare else ()))
        told = left.form in forms and left.unit in (None, PARTICIPANTS)
        if told and PEOPLE_HAD.match(clause.folded[left.end : right.start]):
            return past[-2]
    return past[-1]


def _between(clause: Clause, count: Count, mention: Mention) -> str:
    """The text between a count and a term, with who the people are made short."""
    return WHO_GOT.sub("given", clause.folded[count.end : mention.start])


def _leads(clause: Clause, count: Count, between: str, mention: Mention) -> bool:
    """Whether the words between a count and a term make the term the count's."""
    return _direct(clause, count, between, mention) or BACK.match(between) is not None


def _whole(clause: Clause, count: Count) -> bool:
    """ "Out of 14 patients, 2 ...": the whole that the next counts are of."""
    before = clause.folded[max(clause.start, count.start - 40) : count.start]
    told = re.search(
        r"(?:\bout of|(?P<first>\b(?:of|among)))\s+(?:the\s+|these\s+|all\s+|a total of\s+|our\s+)*\Z", before
    )
    if told is None or count.form not in ("people", "bare"):
        return False
    head = HEADING.sub("", clause.folded[clause.start : count.start - len(before) + told.start()].rstrip())
    return (
        told["first"] is None
        or not head.strip(" ,;:-")
        or (head.endswith(",") and clause.folded.startswith(",", count.end))
    )


def _direct(clause: Clause, count: Count, between: str, mention: Mention) -> bool:
    written = clause.folded[mention.start : mention.end]
    if (mention.kind == DEATH and written in DEAD_VERBS) or BEFELL.fullmatch(written):
        return DIED.match(between) is not None
    if mention.stopped and mention.tail and REASON_AGAIN.match(between.removeprefix(")")):
        return True
    if mention.stopped and not mention.tail and STOPPED.match(clause.folded, mention.start):
        return DIED.match(between.removeprefix(")")) is not None
    if CAUSED.match(between) and count.form != "bare":
        return True
    if not DIRECT.match(between) or re.search(r"\b(?:most|main|commonest|principal|more|of the)\b", between):
        return False
    return count.form in ("bare", "count_percent", "fraction") or (
        count.form in ("people", "percent") and bool(re.match(r"\s*(?:of|with)\b", between))
    )


def _of_class(clause: Clause, count: Count, between: str, mention: Mention) -> bool:
    """ "65% of adverse events": a share of the events, not of the people."""
    share = count.n is None or bool(re.match(r"\s*of\s+(?:the|all|these)\b", between))
    return (
        share
        and bool(re.match(r"\s*of\s+(?:the\s+|all\s+|these\s+)?(?:[\w-]+\s+){0,2}\Z", between))
        and mention.kind in (CLASS, ORGAN)
    )
