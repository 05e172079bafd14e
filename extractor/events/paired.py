"""Counted events by fitted scores: every count of a sentence with every term of it; the rules' events are what it starts from.

A pair that the scores believe becomes an event, also where the rules see none; an event of the rules that they disbelieve is left out.
Denials, whole classes denied, and events without a count stay as the rules tell them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from extractor import patterns as re
from extractor.events.brackets import segments
from extractor.events.denials import denials
from extractor.events.event import ABSENT, PRESENT, Event
from extractor.events.link.pairs import (
    Told,
    brought,
    halfway,
    pair_features,
    ruled_features,
    told_features,
    told_of_term,
)
from extractor.events.link.weights import Weights, weights
from extractor.events.made import event
from extractor.events.mentions import CLASS, DEATH, NAMED, OPEN, ORGAN, Mention
from extractor.events.of_this_trial import NEEDED, Reports
from extractor.events.owned import owned
from extractor.events.segment import Clause
from extractor.events.sentence import Reading
from extractor.events.told_with_count import BETTER, EFFECT, by_how_much, lessened, out_of, size_of_group
from extractor.quantities.counts import PARTICIPANTS, Count, counts
from extractor.quantities.numbers import NUMBER_WORDS

BELIEVED = 0.5  # from here a pair is an event
UNRIVALLED = 0.4  # from here, for a small number alone, if neither it nor the term has another partner that comes near
SMALL = 30  # people at most that a case series tells by number
AHEAD = 0.1  # by so much such a pair is likelier than any other of its term or its count
DISBELIEVED = 0.4  # under this an event of the rules is none
DESPITE_DOUBT = 0.7  # from here a pair stands although its term is denied, an outcome or a trait of the people
LINKED = "count_linked"
NEAR = 40  # characters before a term in which words tell how it got better
MOST_PAIRS = 4_000  # a sentence of more is a list of codes or a pasted table, and scoring it would take minutes
FIGURE = re.compile(rf"\d|{NUMBER_WORDS}")  # "fatigue was told of by nine"
GROUPS = re.compile(
    r"\s+(?:(?:treatment|dose|study|other)\s+)?(?:groups|arms|cohorts)\b"
)  # "in the three groups": no people
LISTED = re.compile(r"[ ,;/()]*(?:\b(?:and|or|and/or|plus|with)\b)?[ ,]*")
# "complications occurred in 26% and 9% died": another count begins between them
OTHERS_DIED = re.compile(r"(?:\band|,|;)\s+(?:only\s+)?\d(?:(?!\bof (?:them|whom|which|these)\b)[^;,()]){0,30}\Z")
ROWS = "count_rows"
HANDED = "count_handed"
EITHER = "count_either"
SURE = ("count_elided", ROWS, HANDED, EITHER, "count_pair")  # the words tell whose count it is


def paired(reports: Reports, ruled: Iterable[Event], *, about: re.Pattern[str] | None = None) -> Iterator[Event]:
    """The events of a document, sentence by sentence: those of the rules, with the scores' say on all that are counted.

    Only those of sentences that `about` is found in, where it is given.
    """
    by_sentence = {start: list(some) for (start, _), some in groupby(ruled, key=lambda e: e.sentence)}
    for sentence in reports.seen.sentences:
        if about is not None and not about.search(reports.seen.folded, sentence.start, sentence.end):
            continue
        some = by_sentence.get(sentence.start, [])
        told = scene(reports, sentence.start, some)
        yield from some if told is None else _settled(told, chances(told, weights("pairs"), weights("pairs_among")))


def scene(reports: Reports, start: int, ruled: Sequence[Event]) -> Told | None:
    """A sentence with its terms and counts; None where it has no pair of them or too many, or is the title."""
    seen = reports.seen
    sentence = seen.sentence_at(start)
    if seen.in_title(start) or not (ruled or FIGURE.search(seen.folded, start, sentence.end)):
        return None
    if NEEDED.search(seen.folded, start, sentence.end):
        return None
    named = reports.named(start, sentence.end)
    avoid = [(m.start, m.end) for m in named]
    found = counts(seen.folded, start, sentence.end, bare=True, avoid=avoid) if named else []
    found = [c for c in found if not (owned(seen.folded, c, named, sentence.end) or GROUPS.match(seen.folded, c.end))]
    if not found or len(found) * len(named) > MOST_PAIRS:
        return None
    return Told(
        reports,
        sentence,
        named,
        found,
        list(ruled),
        reports.silent(sentence),
        denials(seen.folded, start, sentence.end),
    )


def chances(told: Told, first: Weights, second: Weights) -> dict[tuple[int, int], float]:
    """The probability of each pair of a sentence."""
    alone = {(i, j): first.chance(pair_features(told, i, j)) for i, j in told.pairs()}
    terms = [list(told_of_term(told, i)) for i in range(len(told.mentions))]
    among = {
        (i, j): second.chance([*told_features(told, i, j, alone), *terms[i], *ruled_features(told, i, j)])
        for i, j in told.pairs()
    }
    if told.reports.outside(told.sentence):
        return among
    traits = {i for i in range(len(terms)) if told.trait(i)}
    between = {(i, j): p if i in traits else halfway(alone[i, j], p) for (i, j), p in among.items()}
    return {pair: max(p, among[pair]) if pair in told.paired else p for pair, p in between.items()}


def _settled(told: Told, chance: dict[tuple[int, int], float]) -> list[Event]:
    """The events of a sentence, in the order of their terms."""
    gone = {id(e) for pair, e in told.paired.items() if chance[pair] < DISBELIEVED and e.cue is None and not _stands(e)}
    made: list[Event] = []
    for i, mention in enumerate(told.mentions):
        if BETTER.search(told.folded, max(told.sentence.start, mention.start - NEAR), mention.start):
            continue  # how it got better: the rules left it out on purpose
        if mention.kind in (NAMED, OPEN) and EFFECT.match(told.folded, mention.end, told.sentence.end):
            continue
        uncounted = [e for e in told.ruled if e.mention.start == mention.start and e.count is None]
        least = DESPITE_DOUBT if told.doubted(i) else BELIEVED
        believed = [j for j in range(len(told.counts)) if chance[i, j] >= least]
        if not believed and least == BELIEVED:
            believed = [j for j in range(len(told.counts)) if _unrivalled(told, i, j, chance)]
        ruled = [j for j in range(len(told.counts)) if (i, j) in told.paired]
        new = [j for j in believed if j not in ruled and not _behind(told, j, [*believed, *ruled])]
        new = [j for j in new if not (_refused(told, i, j) or _of_another(told, i, j, chance))]
        if any(e.cue is not None for e in uncounted):  # "none of these died from the reaction": denied with its limits
            new = [j for j in new if told.counts[j].form != "none"]
        made += [_made(told, mention, told.counts[j]) for j in new]
        if new or any(id(told.paired[i, j]) not in gone for j in ruled):
            told_apart = mention.kind in (CLASS, ORGAN)
            gone |= {id(e) for e in uncounted if e.assertion == PRESENT or (new and not told_apart)}
    kept = [e for e in told.ruled if id(e) not in gone]
    return sorted([*kept, *made], key=lambda e: e.mention.start) if made else kept


def _unrivalled(told: Told, i: int, j: int, chance: dict[tuple[int, int], float]) -> bool:
    """Whether a pair is rather likely, and far likelier than its term with other counts or its count with other terms."""
    count = told.counts[j]
    alone = count.n is not None and count.n <= SMALL and count.percent is None
    if not alone or told.mentions[i].kind not in (NAMED, OPEN):
        return False
    others = [chance[i, k] for k in range(len(told.counts)) if k != j]
    others += [chance[k, j] for k in range(len(told.mentions)) if k != i]
    return chance[i, j] >= UNRIVALLED and chance[i, j] >= max(others, default=0.0) + AHEAD


def _stands(ruled: Event) -> bool:
    """Whether the text itself says that the event is one: the exception of a denial, or one judged unrelated."""
    return ruled.excepted or ruled.related is False or ruled.how in SURE


def _refused(told: Told, i: int, j: int) -> bool:
    """Whether the text itself says that a count is not one of a term's."""
    mention, count = told.mentions[i], told.counts[j]
    return (
        _repeated(told, i, j)
        or _parted(told, i, j)
        or (mention.kind != DEATH and brought(told.folded, mention.end, told.sentence.end))
        or _in_rows(told, i, j)
        or _part(told, i, j)
        or _events_of_people(told, i, j)
        or size_of_group(told.folded, mention, count, told.sentence.start)
        or by_how_much(told.folded, mention, count, told.sentence.start)
        or (count.end <= mention.start and lessened(told.folded, mention))
    )


def _parted(told: Told, i: int, j: int) -> bool:
    """Whether a semicolon outside brackets parts a count from a term behind it: "eight had an event; the commonest was rash"."""
    count, mention = told.counts[j], told.mentions[i]
    if ";" not in told.folded[count.end : mention.start]:
        return False
    cuts = segments(told.folded, told.sentence.start, told.sentence.end)[:-1]
    return any(count.end <= cut < mention.start for _, cut in cuts)


def _in_rows(told: Told, i: int, j: int) -> bool:
    """Whether a term or a count stands in rows that tell all of both."""
    return any(
        (e.how == ROWS and (k == i or other == j))
        or (e.how == HANDED and other == j)
        or (k == i and e.count is not None and told.counts[j].n is None and e.count.percent == told.counts[j].percent)
        for (k, other), e in told.paired.items()
    )


def _part(told: Told, i: int, j: int) -> bool:
    """Whether a term is part of one that is counted as a whole: "pneumonia or atelectasis in 17"."""
    at = told.mentions[i].start
    return any(other == j and e.mention.start < at < e.mention.end for (_, other), e in told.paired.items())


def _events_of_people(told: Told, i: int, j: int) -> bool:
    """ "30 patients had 51 serious adverse events": how many had any is what the class is counted by."""
    mention, count = told.mentions[i], told.counts[j]
    return (
        mention.kind in (CLASS, ORGAN)
        and told.folded[count.end : mention.start].isspace()
        and any(k == i and told.counts[other].unit == PARTICIPANTS for k, other in told.paired)
    )


def _of_another(told: Told, i: int, j: int, chance: dict[tuple[int, int], float]) -> bool:
    """Whether a count is more likely another term's, and the two are no list that shares it: one count has one owner."""
    mine = chance[i, j]
    if told.mentions[i].kind in (CLASS, ORGAN) and any(
        told.mentions[k].kind == DEATH for k, c in told.paired if c == j
    ):
        return True  # "died of toxicity": the count is that of the dead
    for k in range(len(told.mentions)):
        if k == i or chance[k, j] <= mine or _caused(told, *sorted((i, k))):
            continue
        if not _listed(told, *sorted((i, k))):
            return True
    return False


def _caused(told: Told, first: int, last: int) -> bool:
    """Whether two terms are deaths and what they were of: "four died of sepsis", "sepsis, from which four died"."""
    left, right = told.mentions[first], told.mentions[last]
    between = told.folded[left.end : right.start]
    return DEATH in (left.kind, right.kind) and not OTHERS_DIED.search(between)


def _listed(told: Told, first: int, last: int) -> bool:
    """Whether two terms stand in one list: "fever, rash and headache"."""
    gaps = (told.folded[told.mentions[k].end : told.mentions[k + 1].start] for k in range(first, last))
    return all(LISTED.fullmatch(gap) for gap in gaps)


def _repeated(told: Told, i: int, j: int) -> bool:
    """ "More deaths (9 deaths vs 4 deaths)": the count is told of another mention of the same words."""
    words = told.words(i)
    return any(told.words(k) == words for k, other in told.paired if other == j and k != i)


def _behind(told: Told, j: int, others: Sequence[int]) -> bool:
    """Whether a count is the percentage of the number right before it, which has it already."""
    return told.counts[j].n is None and j - 1 in others and _whole(told, told.counts[j - 1]) != told.counts[j - 1]


def _whole(told: Told, count: Count) -> Count:
    """ "Seven women in group A (28%)": a number with the percentage in the brackets behind it."""
    clause = Clause(told.folded, told.sentence.start, told.sentence.end, told.mentions, told.counts)
    share = next((c for c in told.counts if c.start >= count.end), None)
    if share is None or not clause.percent_of(count, share, told.folded[count.end : share.start]):
        return count
    return replace(count, percent=share.percent) if count.n is not None else replace(share, percent=count.percent)


def _made(told: Told, mention: Mention, found: Count) -> Event:
    """The event of a pair, with its grade, severity and the like; a stated zero is an absence."""
    reading = Reading(told.reports, told.sentence, told.mentions)
    first, last = next((s for s in reading.segments if s[0] <= mention.start < s[1]), (reading.start, reading.end))
    count = _whole(told, found)
    total = out_of(reading, first, [count])
    if total and count.denominator is None and count.n is not None and count.n <= total:
        count = replace(count, denominator=total)
    zero = count.n == 0 or (count.n is None and count.percent == 0)
    count = replace(count, n=0) if zero else count
    return event(reading, mention, ABSENT if zero else PRESENT, count, None, LINKED, last)
