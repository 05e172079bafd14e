"""Counts after a mention: "fever in two", "nausea occurred in 12% and 5%", "5% of A had fever compared with 2% of B"."""

from __future__ import annotations

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.link.next_arms import chain
from extractor.events.mentions import CLASS, DEATH, ORGAN, Mention
from extractor.events.segment import Clause
from extractor.events.words_of_counts import (
    AFTER,
    BRACKETED,
    COMPARED,
    ELIDED,
    NOT_AFTER,
    OTHER_REASON,
    OTHER_THING,
    PEOPLE,
    SAID,
    SMALL,
    WHO_GOT,
)
from extractor.quantities.counts import PARTICIPANTS
from extractor.words import Words

W = Words("events")

# "12 adverse events (were) reported in 5 patients"
BEFELL_PEOPLE = re.compile(
    rf"\s*(?:\([^()]*\)\s*)?(?:(?:was|were|had been|have been)\s+)?{W.befell_people_occurr}?\s*{W.befell_people_in}\s+(?:only\s+|a total of\s+)?"
)
ONLY_GRADED = re.compile(rf"\s*(?:{W.only_graded_grades}\s*)*")
SEEN_IN = re.compile(rf"\s*(?:was|were)?\s*(?:also\s+)?{W.seen_in_occurred}\s+(?:in|by|for|among)\s+(?:only\s+)?")
# "most adverse events were of mild severity (in 42% of patients)"
GRADED_SHARE = re.compile(
    r"\s+(?:were|was)\s+(?:of\s+)?(?:\w+ly\s+)?(?:mild|moderate|severe)(?:\s+(?:in\s+)?(?:severity|intensity))?\s*\(in\s+"
)


# "(the numbers with fever) were 3 and 5 in the drug and placebo groups"
SIDE_BY_SIDE = re.compile(
    r"(?:\s*(?:,|and|vs\.?|versus|, and)\s*\d+){1,4}\s+(?:in|on|with|for|of)\s+(?:the\s+)?[^.;()]{1,80}?\b(?:groups?|arms?|respectively)\b"
)
WAS = re.compile(r"\b(?:was|were)\s+(?:\d+\s*(?:,|and|, and)\s*)*\Z")


def trailing(clause: Clause, group: list[int]) -> list[int]:
    """The counts, by their places, that stand behind a group of mentions and count it."""
    last = clause.mentions[group[-1]]
    level = inside(clause.closed, last.start)
    if level and len(group) == 1 and _names_before(clause, last, level):
        return _behind_brackets(clause, level)
    bound = clause.next(last.end) if level else clause.next_outside(last.end)
    for i, count in enumerate(clause.counts):
        if (
            count.start < last.end
            or count.start >= bound
            or i in clause.used
            or (count.form == "bare" and not _listed(clause, i, bound))
        ):
            continue
        if inside(clause.closed, count.start) != level:
            return []
        between = WHO_GOT.sub("given", _unexplained(clause, last.end, count.start))
        if count.form == "people" and re.search(r"\b(?:the|all|these|our)\s+\Z", clause.folded[last.end : count.start]):
            continue  # "by the 20 patients": all of them
        if count.form in ("people", "bare") and OTHER_THING.match(clause.folded, count.start, clause.end):
            return []  # "neutropenia, and 2 episodes of cardiotoxicity"
        if last.kind in (CLASS, ORGAN) and GRADED_SHARE.fullmatch(between):
            return [i, *chain(clause, i, bound)]
        if last.kind in (CLASS, ORGAN) and _introduces(clause, last, between):
            return []
        said = list(SAID.finditer(between))
        tail = between[said[-1].end() :] if said else between
        if not said and (re.search(r",", between) and not re.search(r"\b(?:was|were|rates?|incidence)\b", between)):
            return []
        if (
            last.kind != DEATH
            and not last.stopped
            and re.match(r"\s*(?:\([^()]*\))?\s*of\s+\Z", between)
            and not re.search(
                r"\b(?:incidences?|rates?|frequency|occurrence)\b",
                clause.folded[max(clause.start, last.start - 40) : last.end],
            )
        ):
            return []
        if (
            len(between) > (220 if clause.respectively(count.end) else 150)
            or NOT_AFTER.search(tail)
            or not AFTER.search(between)
            or clause.owned(count, bound)
        ):
            return []
        return [i, *chain(clause, i, bound)]
    return []


def _names_before(clause: Clause, mention: Mention, pair: tuple[int, int]) -> bool:
    """ "a count < 1000 (grade 4 neutropenia) was seen": brackets that hold one term only, a name for what stands before."""
    alone = not clause.folded[mention.end : pair[1] - 1].strip() and ONLY_GRADED.fullmatch(
        clause.folded, pair[0] + 1, mention.start
    )
    past = [m for m in clause.mentions if m.end <= pair[0]]
    return bool(alone) and not (past and pair[0] - past[-1].end < 40)


def _behind_brackets(clause: Clause, pair: tuple[int, int]) -> list[int]:
    """The counts behind brackets, where an occurrence stands right before them: ") was seen in 74 patients"."""
    following = next((i for i, c in enumerate(clause.counts) if c.start >= pair[1] and i not in clause.used), None)
    if following is None or not SEEN_IN.fullmatch(clause.folded, pair[1], clause.counts[following].start):
        return []
    if clause.counts[following].form == "bare" and not _listed(clause, following, clause.end):
        return []
    return [following, *chain(clause, following, clause.next(pair[1]))]


def befallen(clause: Clause, group: list[int], before: int) -> list[int]:
    """ "12 adverse events occurred in 5 patients": the people, behind a term whose events were counted before it."""
    last = clause.mentions[group[-1]]
    following = next((i for i, c in enumerate(clause.counts) if c.start >= last.end and i not in clause.used), None)
    if len(group) > 1 or last.kind == DEATH or following is None or clause.counts[before].form != "bare":
        return []
    count = clause.counts[following]
    told = count.form in ("people", "fraction", "count_percent", "percent_count") and count.unit == PARTICIPANTS
    if not told or not BEFELL_PEOPLE.fullmatch(clause.folded, last.end, count.start):
        return []
    return [
        following,
        *(i for i in chain(clause, following, clause.next(last.end)) if clause.counts[i].form == count.form),
    ]


def _introduces(clause: Clause, mention: Mention, between: str) -> bool:
    """ "The most common side effects were": what follows are its members, known or not."""
    if re.search(r"\b(?:included?|including|such as|consisted|comprised)\b", between):
        return True
    before = clause.folded[max(clause.start, mention.start - 25) : mention.start]
    return bool(
        re.search(r"\b(?:most|common|commonest|frequent|main|predominant|only|major|principal)\s+(?:\w+\s+)?\Z", before)
        and re.search(r"\b(?:was|were)\b", between)
    )


def _unexplained(clause: Clause, start: int, end: int) -> str:
    """The text between two offsets, explanations in it (", mostly skin dryness,") left out."""
    text = clause.folded[start:end]
    for place in sorted(clause.apposed, reverse=True):
        mention = clause.mentions[place]
        if start < mention.start and mention.end <= end:
            comma = text.rfind(",", 0, mention.start - start)
            after = text.find(",", mention.end - start)
            text = text[: max(comma, 0)] + (
                text[after + 1 :] if 0 <= after < mention.end - start + 2 else text[mention.end - start :]
            )
    return text


def _listed(clause: Clause, i: int, bound: int) -> bool:
    """A bare number is a count in "in 4, 5, and 7 patients" and in "(3 vs 8)"."""
    count = clause.counts[i]
    text = clause.folded[count.end : min(bound, clause.end)]
    if re.search(
        r"\b(?:occurred|observed|seen|noted|developed|reported|found|present|experienced)\s+(?:in|by)\s+(?:only\s+)?\Z",
        clause.folded[max(clause.start, count.start - 30) : count.start],
    ) and re.match(r"\s*(?:[.,;)]|\Z|and\b|of the\b)", text):
        return True
    near = next(
        (
            m
            for m in clause.mentions
            if m.end <= count.start
            and re.fullmatch(r"\s+(?:in|among)\s+(?:only\s+)?", clause.folded[m.end : count.start])
        ),
        None,
    )
    if near is not None and re.match(r"\s*(?:[.,;)]|\Z|and\b|of the\b)", text):
        return True
    if SIDE_BY_SIDE.match(text) and WAS.search(clause.folded, clause.start, count.start):
        return True
    return (
        bool(
            re.match(
                rf"(?:\s*,\s*(?:and\s+)?(?:\d+|[a-z]+)){{0,4}}\s*,?\s*(?:and|or|vs\.?|versus|v\.?)\s+(?:\d+|[a-z]+)\s+(?:of\s+)?(?:{SMALL}{{0,2}}{PEOPLE}|\(|of\b)",
                text,
            )
        )
        or bool(
            re.search(r"\(\s*\Z", clause.folded[clause.start : count.start])
            and re.match(r"\s*(?:vs\.?|versus|v\.?)\s*(?:\d+|[a-z]+)\s*[,;)]", text)
        )
        or (
            bool(re.match(r"\s+(?:in|of)\s+(?:the\s+)?[\w+ -]{1,40}?(?:groups?|arms?)\b", text))
            and bool(re.search(r"\b(?:in|by|were|was)\s+\Z", clause.folded[clause.start : count.start]))
        )
    )


def continued(clause: Clause, group: list[int]) -> list[int]:
    """Counts of another arm after the term: "5% of A had fever compared with 2% of B"."""
    last = clause.mentions[group[-1]]
    bound = clause.next(last.end) if inside(clause.pairs, last.start) else clause.next_outside(last.end)
    for i, count in enumerate(clause.counts):
        if inside(clause.closed, count.start) != inside(clause.closed, last.start):
            continue
        if count.start >= last.end and count.start < bound and i not in clause.used:
            if ELIDED.match(clause.folded, count.start, bound) and re.search(
                r"\b(?:and|while|whereas|versus|vs)\s+\Z", clause.folded[last.end : count.start]
            ):
                return [i, *chain(clause, i, bound)]
            if not COMPARED.match(BRACKETED.sub("", clause.folded[last.end : count.start])) or clause.owned(
                count, bound
            ):
                return []
            if (clause.begins_other(count) and bound < clause.end) or OTHER_THING.match(
                clause.folded, count.start, clause.end
            ):
                return []
            if OTHER_REASON.match(clause.folded, count.end, clause.end):
                return []
            return [i, *chain(clause, i, bound)]
    return []
