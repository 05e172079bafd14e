"""Which count belongs to which mention: beside it, before it ("two patients had fever") or after it ("fever in two").

Mentions side by side form a group that may share counts; several counts of one group are those of its arms, or, with
"respectively", one for each of its terms. Nothing is linked across a semicolon or out of a pair of brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.link.after import befallen, continued, trailing
from extractor.events.link.before import leading, summed
from extractor.events.link.beside import beside
from extractor.events.link.rows import HOW, in_rows
from extractor.events.link.shares import with_shares
from extractor.events.link.sums import divided, graded_parts
from extractor.events.mentions import CLASS, DEATH, ORGAN, Mention
from extractor.events.segment import Clause, Link
from extractor.events.words_of_counts import APPOSED, CAUSE, COUNTED_LIST, DIRECT, JOIN, VERSUS_ONLY
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

VERSUS = re.compile(rf"\b{W.versus}\b")
ARMS = re.compile(rf"\b(?:{W.groups}|placebo|controls?|sham|versus|vs)\b")
INCLUDING = re.compile(r"\s*(?:\([^()]*\)\s*)?,?\s*(?:including|such as|like)\s+(?:\w+\s+){0,2}")
INCIDENCE = re.compile(rf"\b{W.incidence_of}\s+(?:of|for)\s+(?:[\w-]+\s+){{0,3}}\Z")
COUNTS_ON = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:,|,?\s*and)\s*")
OF_ALL = re.compile(r"[\d.]+\s*%\s+of\s+all\b")
PAIRED = re.compile(r"\s*(?:and|or|/|and/or)\s*")


def linked(clause: Clause) -> list[Link]:
    """The link of each mention of a clause, in their order.

    Parameters
    ----------
    clause : Clause
        A segment of which nothing was linked yet; its links are written.
    """
    groups = _groups(clause)
    for place in range(len(clause.mentions)):
        beside(clause, place)
    _share(clause, groups)
    for group in groups:
        if not in_rows(clause, group):
            _loose(clause, group)
    _of_causes(clause)
    for place, link in enumerate(clause.links):
        link.counts = clause.joined(with_shares(clause, link.counts))
        _divide(clause, place, link)
    return clause.links


def _groups(clause: Clause) -> list[list[int]]:
    """Indices of mentions that stand side by side, at the same bracket level."""
    groups: list[list[int]] = []
    for place, mention in enumerate(clause.mentions):
        between = clause.folded[clause.mentions[place - 1].end : mention.start] if place else ""
        explains = APPOSED.match(between) or (clause.mentions[place - 1].kind == DEATH and CAUSE.match(between))
        if place and clause.mentions[place - 1].kind in (CLASS, ORGAN) and COUNTED_LIST.match(between):
            clause.apposed.add(place)
        if place and explains and (mention.kind not in (CLASS, ORGAN) or clause.mentions[place - 1].kind == DEATH):
            clause.apposed.add(place)
        if groups and place not in clause.apposed and _joined(clause, clause.mentions[groups[-1][-1]], mention):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _joined(clause: Clause, left: Mention, right: Mention) -> bool:
    if inside(clause.pairs, left.start) != inside(clause.pairs, right.start) or (left.kind in (CLASS, ORGAN)) != (
        right.kind in (CLASS, ORGAN)
    ):
        return False
    between = clause.folded[left.end : right.start]
    loose = [c for c in clause.counts if left.end <= c.start < right.start and not inside(clause.pairs, c.start)]
    own = loose and DIRECT.match(clause.folded[loose[-1].end : right.start])
    if own and (loose[-1].form != "percent" or COUNTS_ON.fullmatch(clause.folded, left.end, loose[-1].start)):
        return False  # "1/10 rash, 3/10 fever", "12% rash and 3% a fever": each has its own
    if VERSUS.search(between):
        return False  # "11 deaths vs five deaths"
    if any(c.form != "bare" for c in loose):
        between = _without(clause, left.end, right.start, loose)
    return len(between) < 120 and JOIN.match(between) is not None and bool(between.strip()) and (";" not in between)


def _without(clause: Clause, start: int, end: int, gone: Sequence[Count]) -> str:
    text = clause.folded[start:end]
    for count in reversed(gone):
        if count.form in ("percent", "equals") or re.match(r"\s*,?\s*\Z", clause.folded[start : count.start]):
            text = text[: count.start - start] + text[count.end - start :]
    return text


def _share(clause: Clause, groups: list[list[int]]) -> None:
    """ "arthralgia and swelling (4 of 11)": the count beside the last of a pair is that of both."""
    for group in groups:
        linked = [p for p in group if clause.links[p].counts]
        if len(linked) > 1:
            _share_pairs(clause, group)
        if len(linked) != 1 or linked[0] != group[-1] or len(group) < 2 or clause.links[linked[0]].how != "beside":
            continue
        last = linked[0]
        last_mention = clause.mentions[last].start
        for place in group[:-1]:
            if re.match(r"\s*[(\[][^()]*%", clause.folded[clause.mentions[place].end : last_mention]):
                continue  # it has brackets of its own, with a range perhaps
            clause.links[place] = Link(list(clause.links[last].counts), "shared")


def _share_pairs(clause: Clause, group: list[int]) -> None:
    """ "bleeding (1 vs 9), infection and abscess (2 vs 12)": pairs with one bracket in a list of counted terms."""
    for left, right in pairwise(group):
        between = clause.folded[clause.mentions[left].end : clause.mentions[right].start]
        beside_right = clause.links[right].counts and clause.links[right].how == "beside"
        if beside_right and not clause.links[left].counts and PAIRED.fullmatch(between):
            clause.links[left] = Link(list(clause.links[right].counts), "pair")


def _loose(clause: Clause, group: list[int]) -> None:
    if any(clause.links[p].counts for p in group):
        _add_percent(clause, group)
        return
    if group[0] in clause.apposed:
        return
    before = leading(clause, group)
    after = [] if before else trailing(clause, group)
    if before:
        after = continued(clause, group)
    if len(before) == 1 and not after:
        after = befallen(clause, group, before[0])
    found = [*before, *after]
    if before and len(group) == 1 and len(after) > 1 and _for_others(clause, found):
        found = before  # "2 had rash, compared with 3, 4 and 1, respectively": of the terms before, too
    if not found:
        return
    whole = _whole_of(clause, group) if after and not before else None
    if whole is not None and len(found) != len(group):
        clause.links[whole] = Link([clause.counts[i] for i in found], "after")
        clause.used |= set(found)
        return
    _give(clause, group, found, "before" if before else "after")


def _whole_of(clause: Clause, group: list[int]) -> int | None:
    """ "The incidence of adverse events including rash and fever was 12%": the class that the counts behind its members are of."""
    place = group[0] - 1
    if place < 0 or clause.mentions[place].kind not in (CLASS, ORGAN) or clause.links[place].counts:
        return None
    head = clause.mentions[place]
    told = INCLUDING.fullmatch(clause.folded, head.end, clause.mentions[group[0]].start)
    asked = told and INCIDENCE.search(clause.folded, max(clause.start, head.start - 60), head.start)
    return place if asked else None


def _add_percent(clause: Clause, group: list[int]) -> None:
    """ "two patients had fever (12%)": the count before and the percentage beside are one."""
    first = group[0]
    link = clause.links[first]
    if link.how != "beside" or len(group) > 1 or len(link.counts) != 1 or link.counts[0].n is not None:
        return
    before = leading(clause, group)
    if len(before) == 1 and clause.counts[before[0]].percent is None:
        head, tail = clause.counts[before[0]], link.counts[0]
        clause.used.add(before[0])
        link.counts = [Count(head.start, head.end, "count_percent", head.n, head.denominator, head.unit, tail.percent)]


def _give(clause: Clause, group: list[int], found: list[int], how: str) -> None:
    each = [clause.counts[i] for i in found]
    clause.used |= set(found)
    if (
        len(group) > 1
        and len(each) == len(group)
        and (clause.respectively(each[-1].end) or _one_head(clause, group) or _side_by_side(clause, each))
        and not _arms_follow(clause, each[-1].end, len(each))
    ):
        for place, count in zip(group, each, strict=True):
            clause.links[place] = Link([count], HOW)
        return
    more = len(group) > 1 or bool(
        re.match(r"\s*(?:,|and\b)", clause.folded[clause.mentions[group[-1]].end : clause.end])
    )
    if (
        more
        and len(each) > 2
        and len(each) not in (len(group), 2 * len(group))
        and clause.respectively(each[-1].end)
        and not _arms_follow(clause, each[-1].end, len(each))
    ):
        return  # a list of which some terms are unknown: no saying which count is whose
    twice = len(group) > 1 and len(each) == 2 * len(group)
    if twice and _pairs(clause, each):
        for order, place in enumerate(group):
            clause.links[place] = Link(list(each[2 * order : 2 * order + 2]), HOW)
        return
    if twice and (clause.respectively(each[-1].end) or _rows(clause, each)):
        for order, place in enumerate(group):
            clause.links[place] = Link([each[order], each[order + len(group)]], how)
        return
    for place in group:
        clause.links[place] = Link(list(each), how)


def _pairs(clause: Clause, each: Sequence[Count]) -> bool:
    """ "nausea and rash were seen more often (5% vs 1%, 3% vs 0%, respectively)": a pair for each term."""
    gaps = [clause.folded[a.end : b.start] for a, b in pairwise(each)]
    inner = all(VERSUS_ONLY.fullmatch(g) for g in gaps[::2])
    return inner and all(re.fullmatch(r"\s*(?:[,;]|and|, and)\s*", g) for g in gaps[1::2])


def _side_by_side(clause: Clause, each: Sequence[Count]) -> bool:
    """ "Fever and bone pain were reported by 4 and 6 women", "by 41% and 30% of all": side by side, and no group named."""
    gaps = [clause.folded[a.end : b.start] for a, b in pairwise(each)]
    joined = all(re.fullmatch(r"\s*(?:,|and|, and)\s*", gap) for gap in gaps)
    of_all = OF_ALL.match(clause.folded, each[-1].start, clause.end) is not None
    numbers = all(c.n is not None for c in each) or of_all
    return joined and numbers and not ARMS.search(clause.folded, clause.start, clause.end)


def _for_others(clause: Clause, found: Sequence[int]) -> bool:
    """Whether counts closed by "respectively" are of more terms than the one, not of arms named behind them."""
    last = clause.counts[found[-1]].end
    return clause.respectively(last) and not _arms_follow(clause, last, len(found))


def _of_causes(clause: Clause) -> None:
    """ "Six died of infections (four on A, two on B)": the counts beside the cause divide the deaths."""
    for place in clause.apposed:
        parts, dead = clause.links[place], clause.links[place - 1]
        if (
            clause.mentions[place - 1].kind != DEATH
            or parts.how != "beside"
            or len(parts.counts) < 2
            or len(dead.counts) != 1
        ):
            continue
        if all(c.n for c in parts.counts) and sum(c.n or 0 for c in parts.counts) == dead.counts[0].n:
            dead.counts += parts.counts
            if clause.mentions[place].kind in (CLASS, ORGAN):
                parts.counts = []  # "died of toxicity (one on A, three on B)": so many died, the cause names no event


def _one_head(clause: Clause, group: list[int]) -> bool:
    """Whether three or more terms share one head ("major, minor and minimal bleedings"): as many counts are theirs, in order."""
    terms = [clause.mentions[place] for place in group]
    heads = {m.tail for m in terms[:-1]}
    return len(terms) > 2 and len(heads) == 1 and None not in heads and not any(m.stopped for m in terms)


def _rows(clause: Clause, each: Sequence[Count]) -> bool:
    """ "40% and 15% in one arm versus 30% and 12% in the other": each arm's counts stand together."""
    half = len(each) // 2
    gaps = [clause.folded[a.end : b.start] for a, b in pairwise(each)]
    return (
        all(re.fullmatch(r"\s*(?:,|and|, and)\s*", g) for i, g in enumerate(gaps) if i != half - 1)
        and len(gaps[half - 1]) > 8
    )


def _arms_follow(clause: Clause, at: int, size: int) -> bool:
    """Whether a list of `size` arms stands after the counts ("in groups A and B, respectively")."""
    text = clause.folded[at : clause.end].split("respectively")[0]
    if not re.search(r"\b(?:groups?|arms?|treatment|placebo|control|with|recipients)\b", text):
        return False
    return len(re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s+versus\s+|\s+vs\.?\s+", text.strip(" ,"))) >= size


def _divide(clause: Clause, place: int, link: Link) -> None:
    """ "Reactions occurred in 15 patients (eight on A and seven on B)": the arms' counts beside their sum."""
    if link.how == "beside":
        whole = summed(clause, clause.mentions[place], link.counts)
        link.counts = [*whole, *link.counts]
    if link.how not in ("after", "before"):
        return
    if len(link.counts) == 1:
        link.counts += graded_parts(clause, clause.mentions[place], link.counts[0])
    for total in list(link.counts):
        link.counts += divided(
            clause.folded,
            total,
            [c for i, c in enumerate(clause.counts) if i not in clause.used and c not in link.counts],
            clause.pairs,
            clause.next(clause.mentions[place].end),
        )
