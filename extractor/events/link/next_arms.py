"""Counts of the other arms behind the first one: "12% of A and 5% of B", "4 of 11 ... and 0 of 6"."""

from __future__ import annotations

import re

from extractor.events.brackets import inside
from extractor.events.segment import Clause
from extractor.events.words_of_counts import BRACKETED, CHAIN, DID, NOT_AFTER, OTHER_REASON, OTHER_THING, WHO_GOT
from extractor.quantities.counts import Count

ASSIGNED = re.compile(
    r"\A\s*(?:who were\s+)?(?:randomly\s+)?(?:assigned|allocated|randomi[sz]ed)\s+to\b"
)  # "in 23 patients assigned to"
MEMBERS_FOLLOW = re.compile(r"\b(?:including|such as)\b")  # "35% had complications, including scars and 2 tears"


def chain(clause: Clause, first: int, bound: int) -> list[int]:
    """Counts of the other arms after the first: "12% of A and 5% of B", "4 of 11 ... and 0 of 6"."""
    chain: list[int] = []
    left = clause.counts[first]
    for i in range(first + 1, len(clause.counts)):
        right = clause.counts[i]
        if inside(clause.closed, right.start) != inside(clause.closed, left.start):
            continue  # a count in brackets that explain: "in four (one sepsis, three strokes) and in five"
        if (
            right.form == "bare"
            and inside(clause.pairs, right.start)
            and not inside(clause.pairs, left.start)
            and clause.folded[right.start - 1] != "("
        ):
            continue  # "53% (LTG 100) and 58% (LTG 200)": a number in an arm's name
        if clause.percent_of(left, right, clause.folded[left.end : right.start]):
            chain.append(i)
            continue
        gap = WHO_GOT.sub("given", BRACKETED.sub("", clause.folded[left.end : right.start]))
        gap = ASSIGNED.sub(" given", gap, count=1)
        if clause.same_brackets(left.start, right.start):
            gap = gap.replace(";", ",")  # "(drug, 12%; placebo, 10%)": the arms of one pair of brackets
        if (
            i in clause.used
            or right.start >= bound
            or not CHAIN.match(gap)
            or NOT_AFTER.search(gap)
            or MEMBERS_FOLLOW.search(gap)
        ):
            break
        if (
            clause.owned(right, bound)
            if right.form in ("people", "one")
            else DID.match(clause.folded, right.end, clause.end)
        ):
            break
        if inside(clause.pairs, left.start) and not inside(clause.pairs, right.start):
            break
        if OTHER_REASON.match(clause.folded, right.end, clause.end):
            break
        if re.match(r"\s*of (?:whom|which|these|them)\b", clause.folded[right.end : right.end + 12]):
            break
        if (
            right.form in ("people", "bare", "one")
            and right.end < bound < clause.end
            and clause.begins_other(right)
            and not re.search(r"\bin\s+\Z", gap)
        ):
            break
        if right.form in ("people", "bare") and OTHER_THING.match(clause.folded, right.start, bound):
            break
        if not re.search(r"\b(?:vs|versus|v|and|compared|than|whereas|while|or|with|in|for|against)\b|[,/(:]", gap):
            break
        listed = gap.rstrip().endswith(",") and re.match(
            r"\s+(?:in|of|with|on|receiving)\b", clause.folded[right.end : right.end + 12]
        )
        if right.form == "bare" and not listed and not _bare_chain(clause, left, right, gap):
            break
        if (
            left.form not in ("percent", "bare")
            and right.form == "percent"
            and left.percent is not None
            and left.n is not None
        ):
            break
        chain.append(i)
        left = right
    return chain


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
