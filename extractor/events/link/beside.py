"""Counts in the brackets right behind a mention, or right behind it: "fever (12%)", "rash, one;", "diarrhea 1"."""

from __future__ import annotations

from extractor import patterns as re
from extractor.events.brackets import inside
from extractor.events.link.next_arms import chain
from extractor.events.mentions import CLASS, ORGAN, Mention
from extractor.events.segment import Clause
from extractor.events.words_of_counts import BARE_LIST, PERIOD, WHOLLY, WORDS_ONLY
from extractor.quantities.counts import Count

NAMED_ARM = re.compile(r"\s*:\s*(?:[a-z][\w-]*[\s,:=]+){1,3}\Z")  # "Nasopharyngitis: drug 12%, placebo 11%"
GROUP_IS = re.compile(r"(?<=\w) =(?= \d)|(?<=\w)=(?=\d)")  # "(group 1 = 2 vs group 2 = 11)"
LESS_THAN = re.compile(r"(?<!\[)<\s*(?:0\.)?\d+(?:\.\d+)?\s*%")  # "(<1%)": a bound, no count


def beside(clause: Clause, place: int) -> None:
    """Counts in the brackets right after a mention, or right after it: "fever (12%)", "rash, one;", "diarrhea 1"."""
    mention = clause.mentions[place]
    lead = WHOLLY.match(clause.folded, mention.end, clause.end)
    at = lead.end() if lead else mention.end
    for pair in sorted(clause.pairs):
        if pair[0] >= at and not clause.folded[at : pair[0]].strip(" ,"):
            if not _in_brackets(clause, place, pair):
                at = pair[1]
                continue
            following = next((p for p in sorted(clause.pairs) if p[0] >= pair[1]), None)
            if following and PERIOD.match(clause.folded, pair[1], following[0]) and clause.next(pair[1]) > following[0]:
                _in_brackets(clause, place, following)
            return
    inner = inside(clause.pairs, mention.start)
    nested = re.compile(r"\s*[(\[]").match(clause.folded, mention.end, clause.end) if inner else None
    if nested and _nested(clause, place, nested.end()):
        return
    _right_after(clause, place)


def _in_brackets(clause: Clause, place: int, pair: tuple[int, int]) -> bool:
    pair = _first_statement(clause, pair)
    if any(pair[0] < m.start < pair[1] for m in clause.mentions):
        return False
    held = [i for i, c in enumerate(clause.counts) if pair[0] < c.start < pair[1] and i not in clause.used]
    sure = [i for i in held if clause.counts[i].form not in ("bare", "none", "one")]
    if not sure and LESS_THAN.search(clause.folded, pair[0], pair[1]):
        return False
    if not sure:
        sure = [i for i in held if _plain(clause, pair, clause.counts[i])]
    elif any(clause.counts[i].form in ("bare", "none") for i in held):
        sure = [i for i in held if i in sure or _compared(clause, pair, clause.counts[i])]
    return clause.take(place, sure, "beside")


def _first_statement(clause: Clause, pair: tuple[int, int]) -> tuple[int, int]:
    """The brackets up to the semicolon before another term: "(116 [42%] of 278; nine [3%] had febrile neutropenia)"."""
    named = next((m.start for m in clause.mentions if pair[0] < m.start < pair[1]), None)
    cut = clause.folded.rfind(";", pair[0], named) if named is not None else -1
    return (pair[0], cut) if cut > 0 else pair


def _plain(clause: Clause, pair: tuple[int, int], count: Count) -> bool:
    """A bare number in brackets that hold little else: "(3)", "(one versus eight; p = 0.02)", "(4 vs. 7)"."""
    text = clause.folded[pair[0] + 1 : pair[1] - 1]
    text = GROUP_IS.sub(" ", re.split(r";|,\s*p\b|\bp\s*[=<>]", text)[0])
    return (
        len(text) <= 110
        and bool(WORDS_ONLY.fullmatch(text))
        and count.start - pair[0] < 60
        and not re.search(
            r"\b(?:grade|score|day|range|mean|median|year|hour|week|month|dose|point|from|to|lasting|after|within)\b",
            text,
        )
    )


def _compared(clause: Clause, pair: tuple[int, int], count: Count) -> bool:
    first = not clause.folded[pair[0] + 1 : count.start].strip()
    if (
        first
        and count.form == "bare"
        and re.match(r"\s*,\s*\w+\s*,?\s*(?:and|or|vs)\b", clause.folded[count.end : pair[1]])
    ):
        return True  # "(4, 6, and 9 patients)"
    return (
        bool(re.search(r"(?:vs\.?|versus|and|/|v\.?|,)\s*\Z", clause.folded[pair[0] : count.start]))
        or count.form == "none"
    )


def _told_before(clause: Clause, mention: Mention) -> bool:
    """ "88 adverse events: 60 in one group": the class has its count before it."""
    past = [c for i, c in enumerate(clause.counts) if c.end <= mention.start and i not in clause.used]
    return bool(past) and past[-1].form == "bare" and not clause.folded[past[-1].end : mention.start].strip()


def _nested(clause: Clause, place: int, at: int) -> bool:
    close = clause.folded.find(")", at, clause.end)
    close2 = clause.folded.find("]", at, clause.end)
    stop = min(x for x in (close, close2, clause.end) if x >= 0)
    held = [i for i, c in enumerate(clause.counts) if at <= c.start < stop and i not in clause.used]
    return clause.take(place, held, "beside")


def _right_after(clause: Clause, place: int) -> None:
    mention = clause.mentions[place]
    following = next((i for i, c in enumerate(clause.counts) if c.start >= mention.end and i not in clause.used), None)
    if following is None:
        return
    count = clause.counts[following]
    if mention.kind in (CLASS, ORGAN) and _told_before(clause, mention):
        return
    between = clause.folded[mention.end : count.start]
    if not re.match(r"\s*(?:,|:|-|=)?\s*(?:only\s+)?\Z", between) and not (
        count.form == "percent" and NAMED_ARM.match(between)
    ):
        return
    if count.form in ("bare", "people", "one", "none"):
        listed = (
            count.form != "people"
            or bool(re.match(r"\s*[;,)]", clause.folded[count.end : count.end + 2]))
            or ":" in between
        )
        if between.strip() == "" and count.form == "bare" and not re.match(r"\d", clause.folded[count.start]):
            listed = False
        if (
            not listed
            or count.form == "one"
            or not BARE_LIST.match(clause.folded, count.end, clause.end)
            or (":" not in between and len(clause.mentions) < 2 and not inside(clause.pairs, mention.start))
        ):
            return
    if between.strip().startswith(",") and clause.begins_other(count):
        return
    taken = [following, *chain(clause, following, clause.next(mention.end))]
    clause.take(place, taken, "beside")
