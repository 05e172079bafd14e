"""Counts of the other arms behind the first one: "12% of A and 5% of B", "4 of 11 ... and 0 of 6"."""

from __future__ import annotations

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.segment import Clause
from extractor.events.words_of_counts import BRACKETED, CHAIN, DID, NOT_AFTER, OTHER_REASON, OTHER_THING, WHO_GOT
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

ASSIGNED = re.compile(
    r"\A\s*(?:who were\s+)?(?:randomly\s+)?(?:assigned|allocated|randomi[sz]ed)\s+to\b"
)  # "in 23 patients assigned to"
MEMBERS_FOLLOW = re.compile(r"\b(?:including|such as)\b")  # "35% had complications, including scars and 2 tears"


ALONE = re.compile(r"\s*(?:\w+\s*)?[)\]]")  # what closes the brackets of one number
# "fever in three patients and brain fog in two": something else, though no table knows it
OTHER_TERM = re.compile(
    rf"\s*(?:{W.groups_people}\s*)?,?\s*and\s+(?:(?!{W.no_other_term}\b)[a-z-]{{3,}}\s+){{1,3}}(?:was seen |occurred |was noted )?in\s+(?:only\s+)?"
)
ANOTHER_WHOLE = re.compile(r"\s*of (?:whom|which|these|them)\b")
BETWEEN_ARMS = re.compile(rf"\b{W.between_arms_vs}\b|[,/(:]")
IN_AT_END = re.compile(r"\bin\s+\Z")
ITS_PEOPLE = re.compile(rf"\s+{W.its_people_in}\b")


def chain(clause: Clause, first: int, bound: int) -> list[int]:
    """Counts of the other arms after the first: "12% of A and 5% of B", "4 of 11 ... and 0 of 6"."""
    chain: list[int] = []
    left = clause.counts[first]
    for i in range(first + 1, len(clause.counts)):
        right = clause.counts[i]
        if _elsewhere(clause, left, right):
            continue
        if clause.percent_of(left, right, clause.folded[left.end : right.start]):
            chain.append(i)
            continue
        gap = _gap(clause, left, right)
        if i in clause.used or right.start >= bound or not CHAIN.match(gap):
            break
        if _ends_by_gap(gap) or _ends_by_what_follows(clause, left, right, bound, gap):
            break
        if _ends_by_form(clause, left, right, gap):
            break
        chain.append(i)
        left = right
    return chain


def _elsewhere(clause: Clause, left: Count, right: Count) -> bool:
    """A count that is passed over: in brackets that explain, or part of an arm's name."""
    if inside(clause.closed, right.start) != inside(clause.closed, left.start):
        return True  # "in four (one sepsis, three strokes) and in five"
    pair = inside(clause.pairs, right.start)
    if pair and not inside(clause.pairs, left.start) and _by_itself(clause, right, pair):
        return True  # "18 (6%) subjects on the drug (19 events) and 28"
    alone = right.form == "bare" and clause.folded[right.start - 1] != "("
    return bool(alone and inside(clause.pairs, right.start) and not inside(clause.pairs, left.start))  # "58% (LTG 200)"


def _by_itself(clause: Clause, count: Count, pair: tuple[int, int]) -> bool:
    """Whether brackets hold a number and what it counts, nothing else."""
    opened = not clause.folded[pair[0] + 1 : count.start].strip()
    return (
        opened and count.form in ("people", "bare", "one") and bool(ALONE.fullmatch(clause.folded, count.end, pair[1]))
    )


def _gap(clause: Clause, left: Count, right: Count) -> str:
    """The words between two counts, those who were given something in one word."""
    gap = WHO_GOT.sub("given", BRACKETED.sub("", clause.folded[left.end : right.start]))
    gap = ASSIGNED.sub(" given", gap, count=1)
    # "(drug, 12%; placebo, 10%)": the arms of one pair of brackets
    return gap.replace(";", ",") if clause.same_brackets(left.start, right.start) else gap


def _ends_by_gap(gap: str) -> bool:
    """Whether the words between do not lead from one arm to the next."""
    if OTHER_TERM.fullmatch(gap):
        return True
    return bool(NOT_AFTER.search(gap) or MEMBERS_FOLLOW.search(gap)) or not BETWEEN_ARMS.search(gap)


def _ends_by_what_follows(clause: Clause, left: Count, right: Count, bound: int, gap: str) -> bool:
    """Whether the count counts something else: another event, another reason, a part of a whole."""
    people = right.form in ("people", "bare", "one")
    if right.form in ("people", "one"):
        taken = clause.owned(right, bound)
    else:
        taken = bool(DID.match(clause.folded, right.end, clause.end))
    behind = clause.folded[right.end : right.end + 12]
    if taken or OTHER_REASON.match(clause.folded, right.end, clause.end) or ANOTHER_WHOLE.match(behind):
        return True
    if inside(clause.pairs, left.start) and not inside(clause.pairs, right.start):
        return True
    if people and right.end < bound < clause.end and clause.begins_other(right) and not IN_AT_END.search(gap):
        return True
    return right.form in ("people", "bare") and bool(OTHER_THING.match(clause.folded, right.start, bound))


def _ends_by_form(clause: Clause, left: Count, right: Count, gap: str) -> bool:
    """Whether the two counts are not told in one form, as arms are."""
    listed = gap.rstrip().endswith(",") and ITS_PEOPLE.match(clause.folded[right.end : right.end + 12])
    if right.form == "bare" and not listed and not _bare_chain(clause, left, right, gap):
        return True
    both = left.percent is not None and left.n is not None
    return both and left.form not in ("percent", "bare") and right.form == "percent"


def _bare_chain(clause: Clause, left: Count, right: Count, gap: str) -> bool:
    return (
        bool(
            re.match(
                r"(?:\s*,?\s*(?:and|vs\.?|versus|v\.?|or|/|,)?\s*|.{0,60}\b(?:vs\.?|versus|and in|in|and)\s+)\Z",
                gap,
            )
        )
        and left.percent is None
    )
