"""Which count belongs to which mention: beside it, before it ("two patients had fever") or after it ("fever in two").

Mentions side by side form a group that may share counts; several counts of one group are those of its arms, or, with
"respectively", one for each of its terms. Nothing is linked across a semicolon or out of a pair of brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.context.brackets import brackets, inside
from extractor.context.event_mentions import CLASS, DEATH, ORGAN, Mention
from extractor.context.event_totals import divided
from extractor.context.link_phrases import (
    AFTER,
    AMONG,
    APPOSED,
    BACK,
    BARE_LIST,
    BESIDE,
    BRACKETED,
    CAUSE,
    CHAIN,
    COMPARED,
    CONNECTIVES,
    COUNTED_LIST,
    DIED,
    DIRECT,
    ELIDED,
    HAD,
    JOIN,
    NOT_AFTER,
    OTHER_ARM,
    OTHER_THING,
    PEOPLE,
    PERIOD,
    SAID,
    SMALL,
    WHOLLY,
    WORDS_ONLY,
)
from extractor.quantities.counts import Count


@dataclass(slots=True)
class Link:
    """Counts of one mention; ``how`` is beside, before, after or shared; ``evidence`` begins and ends at these offsets."""

    counts: list[Count] = field(default_factory=list)
    how: str = ""


class Linker:
    """Links the counts of one segment to its mentions."""

    def __init__(self, folded: str, start: int, end: int, mentions: Sequence[Mention], counts: Sequence[Count]) -> None:
        self.folded, self.start, self.end = folded, start, end
        self.mentions = list(mentions)
        self.counts = list(counts)
        every = brackets(folded, start, end)
        self.pairs = every
        self.closed = [p for p in every if any(p[0] < m.start < p[1] for m in mentions)]  # brackets that name something
        self.used: set[int] = set()
        self.links = [Link() for _ in self.mentions]
        self.apposed: set[int] = set()
        self.groups = self._groups()

    def run(self) -> list[Link]:
        for place in range(len(self.mentions)):
            self._beside(place)
        self._share()
        for group in self.groups:
            self._loose(group)
        for place, link in enumerate(self.links):
            link.counts = self._joined_counts(link.counts)
            self._divide(place, link)
        return self.links

    def _divide(self, place: int, link: Link) -> None:
        """"Reactions occurred in 15 patients (eight on A and seven on B)": the arms' counts beside their sum."""
        if link.how not in ("after", "before"):
            return
        for total in list(link.counts):
            link.counts += divided(total, [c for i, c in enumerate(self.counts) if i not in self.used and c not in link.counts], self.pairs, self._next(self.mentions[place].end))

    def _joined_counts(self, found: list[Count]) -> list[Count]:
        """"seven women in group A (28%)": a number and the percentage in the brackets behind it are one count."""
        out: list[Count] = []
        for count in found:
            left = out[-1] if out else None
            if left and left.end <= count.start and self._percent_of(left, count, self.folded[left.end : count.start]):
                number, share = (left, count) if left.n is not None else (count, left)
                out[-1] = Count(number.start, number.end, number.form, number.n, number.denominator, left.unit, share.percent)
            else:
                out.append(count)
        return out

    def _percent_of(self, left: Count, right: Count, gap: str) -> bool:
        """"Four patients on drug A (8%)": the percentage in brackets is that of the number before."""
        number_first = right.form == "percent" and left.percent is None and left.n is not None
        share_first = right.form in ("fraction", "equals") and right.percent is None and left.n is None and left.percent is not None
        return (number_first or share_first) and re.fullmatch(r"[^();,]{0,45}\(\s*", gap) is not None

    # ---- groups

    def _groups(self) -> list[list[int]]:
        """Indices of mentions that stand side by side, at the same bracket level."""
        groups: list[list[int]] = []
        for place, mention in enumerate(self.mentions):
            between = self.folded[self.mentions[place - 1].end : mention.start] if place else ""
            explains = APPOSED.match(between) or (self.mentions[place - 1].kind == DEATH and CAUSE.match(between))
            if place and self.mentions[place - 1].kind in (CLASS, ORGAN) and COUNTED_LIST.match(between):
                self.apposed.add(place)
            if place and explains and (mention.kind not in (CLASS, ORGAN) or self.mentions[place - 1].kind == DEATH):
                self.apposed.add(place)
            if groups and place not in self.apposed and self._joined(self.mentions[groups[-1][-1]], mention):
                groups[-1].append(place)
            else:
                groups.append([place])
        return groups

    def _joined(self, left: Mention, right: Mention) -> bool:
        if inside(self.pairs, left.start) != inside(self.pairs, right.start) or (left.kind in (CLASS, ORGAN)) != (right.kind in (CLASS, ORGAN)):
            return False
        between = self.folded[left.end : right.start]
        loose = [c for c in self.counts if left.end <= c.start < right.start and not inside(self.pairs, c.start)]
        if loose and loose[-1].form != "percent" and DIRECT.match(self.folded[loose[-1].end : right.start]):
            return False  # "1/10 rash, 3/10 fever": each has its own
        if any(c.form != "bare" for c in loose):
            between = self._without(left.end, right.start, loose)
        return len(between) < 120 and JOIN.match(between) is not None and bool(between.strip()) and (";" not in between)

    def _without(self, start: int, end: int, gone: Sequence[Count]) -> str:
        text = self.folded[start:end]
        for count in reversed(gone):
            if count.form in ("percent", "equals") or re.match(r"\s*,?\s*\Z", self.folded[start : count.start]):
                text = text[: count.start - start] + text[count.end - start :]
        return text

    # ---- beside

    def _beside(self, place: int) -> None:
        """Counts in the brackets right after a mention, or right after it: "fever (12%)", "rash, one;", "diarrhea 1"."""
        mention = self.mentions[place]
        lead = WHOLLY.match(self.folded, mention.end, self.end)
        at = lead.end() if lead else mention.end
        for pair in sorted(self.pairs):
            if pair[0] >= at and not self.folded[at : pair[0]].strip():
                if not self._in_brackets(place, pair):
                    at = pair[1]
                    continue
                following = next((p for p in sorted(self.pairs) if p[0] >= pair[1]), None)
                if following and PERIOD.match(self.folded, pair[1], following[0]) and self._next(pair[1]) > following[0]:
                    self._in_brackets(place, following)
                return
        inner = inside(self.pairs, mention.start)
        nested = re.compile(r"\s*[(\[]").match(self.folded, mention.end, self.end) if inner else None
        if nested and self._nested(place, nested.end()):
            return
        self._right_after(place)

    def _in_brackets(self, place: int, pair: tuple[int, int]) -> bool:
        if any(pair[0] < m.start < pair[1] for m in self.mentions) or re.search(r"(?<!\[)<\s*(?:0\.)?\d+(?:\.\d+)?\s*%", self.folded[pair[0] : pair[1]]):
            return False
        held = [i for i, c in enumerate(self.counts) if pair[0] < c.start < pair[1] and i not in self.used]
        sure = [i for i in held if self.counts[i].form not in ("bare", "none", "one")]
        if not sure:
            sure = [i for i in held if self._plain(pair, self.counts[i])]
        elif any(self.counts[i].form in ("bare", "none") for i in held):
            sure = [i for i in held if i in sure or self._compared(pair, self.counts[i])]
        return self._take(place, sure, "beside")

    def _plain(self, pair: tuple[int, int], count: Count) -> bool:
        """A bare number in brackets that hold little else: "(3)", "(one versus eight; p = 0.02)", "(4 vs. 7)"."""
        text = self.folded[pair[0] + 1 : pair[1] - 1]
        text = re.split(r";|,\s*p\b|\bp\s*[=<>]", text)[0]
        return len(text) <= 60 and bool(WORDS_ONLY.fullmatch(text)) and count.start - pair[0] < 60 and not re.search(r"\b(?:grade|score|day|range|mean|median|year|hour|week|month|dose|point|from|to|lasting|after|within)\b", text)

    def _compared(self, pair: tuple[int, int], count: Count) -> bool:
        return bool(re.search(r"(?:vs\.?|versus|and|/|v\.?|,)\s*\Z", self.folded[pair[0] : count.start])) or count.form == "none"

    def _nested(self, place: int, at: int) -> bool:
        close = self.folded.find(")", at, self.end)
        close2 = self.folded.find("]", at, self.end)
        stop = min(x for x in (close, close2, self.end) if x >= 0)
        held = [i for i, c in enumerate(self.counts) if at <= c.start < stop and i not in self.used]
        return self._take(place, held, "beside")

    def _right_after(self, place: int) -> None:
        mention = self.mentions[place]
        following = next((i for i, c in enumerate(self.counts) if c.start >= mention.end and i not in self.used), None)
        if following is None:
            return
        count = self.counts[following]
        between = self.folded[mention.end : count.start]
        if not re.match(r"\s*(?:,|:|-|=)?\s*(?:only\s+)?\Z", between):
            return
        if count.form in ("bare", "people", "one", "none"):
            listed = count.form != "people" or bool(re.match(r"\s*[;,)]", self.folded[count.end : count.end + 2])) or ":" in between
            if between.strip() == "" and count.form == "bare" and not re.match(r"\d", self.folded[count.start]):
                listed = False
            if not listed or count.form == "one" or not BARE_LIST.match(self.folded, count.end, self.end) or (":" not in between and len(self.mentions) < 2 and not inside(self.pairs, mention.start)):
                return
        if between.strip().startswith(",") and self._begins_other(count):
            return
        taken = [following, *self._chain(following, self._next(mention.end))]
        self._take(place, taken, "beside")

    def _begins_other(self, count: Count) -> bool:
        """Whether a number after a comma belongs to what follows ("fever, two had rash", "rash, 3/10 fever")."""
        following = OTHER_ARM.sub("", self.folded[count.end : self._next(count.end)], count=1)
        if self._next(count.end) < self.end and ((len(following) < 40 and DIRECT.match(following)) or BACK.match(following)):
            return True
        return count.form == "bare" and bool(re.match(r"\s+(?!(?:and|or|in|vs|versus)\b)[a-z]", self.folded[count.end : self.end]))

    def _take(self, place: int, found: Sequence[int], how: str) -> bool:
        if not found:
            return False
        self.links[place].counts += [self.counts[i] for i in found]
        self.links[place].how = how
        self.used |= set(found)
        return True

    def _share(self) -> None:
        """"arthralgia and swelling (4 of 11)": the count beside the last of a pair is that of both."""
        for group in self.groups:
            linked = [p for p in group if self.links[p].counts]
            if len(linked) != 1 or linked[0] != group[-1] or len(group) < 2 or self.links[linked[0]].how != "beside":
                continue
            last = linked[0]
            last_mention = self.mentions[last].start
            for place in group[:-1]:
                if re.match(r"\s*[(\[][^()]*%", self.folded[self.mentions[place].end : last_mention]):
                    continue  # it has brackets of its own, with a range perhaps
                self.links[place] = Link(list(self.links[last].counts), "shared")

    # ---- loose counts

    def _next(self, at: int) -> int:
        """Where the next mention begins, at or after an offset."""
        return next((m.start for i, m in enumerate(self.mentions) if m.start >= at and i not in self.apposed), self.end)

    def _next_outside(self, at: int) -> int:
        """Where the next mention outside brackets begins."""
        free = (m.start for i, m in enumerate(self.mentions) if m.start >= at and i not in self.apposed and not inside(self.pairs, m.start))
        return next(free, self.end)

    def _loose(self, group: list[int]) -> None:
        if any(self.links[p].counts for p in group):
            self._add_percent(group)
            return
        if group[0] in self.apposed:
            return
        before = self._before(group)
        after = [] if before else self._after(group)
        if before:
            after = self._continued(group)
        found = [*before, *after]
        if not found:
            return
        self._give(group, found, "before" if before else "after")

    def _add_percent(self, group: list[int]) -> None:
        """"two patients had fever (12%)": the count before and the percentage beside are one."""
        first = group[0]
        link = self.links[first]
        if link.how != "beside" or len(group) > 1 or len(link.counts) != 1 or link.counts[0].n is not None:
            return
        before = self._before(group)
        if len(before) == 1 and self.counts[before[0]].percent is None:
            head, tail = self.counts[before[0]], link.counts[0]
            self.used.add(before[0])
            link.counts = [Count(head.start, head.end, "count_percent", head.n, head.denominator, head.unit, tail.percent)]

    def _give(self, group: list[int], found: list[int], how: str) -> None:
        each = [self.counts[i] for i in found]
        self.used |= set(found)
        if len(group) > 1 and len(each) == len(group) and self._respectively(each[-1].end) and not self._arms_follow(each[-1].end, len(each)):
            for place, count in zip(group, each, strict=True):
                self.links[place] = Link([count], how)
            return
        more = len(group) > 1 or bool(re.match(r"\s*(?:,|and\b)", self.folded[self.mentions[group[-1]].end : self.end]))
        if more and len(each) > 2 and len(each) not in (len(group), 2 * len(group)) and self._respectively(each[-1].end) and not self._arms_follow(each[-1].end, len(each)):
            return  # a list of which some terms are unknown: no saying which count is whose
        if len(group) > 1 and len(each) == 2 * len(group) and (self._respectively(each[-1].end) or self._rows(each)):
            for order, place in enumerate(group):
                self.links[place] = Link([each[order], each[order + len(group)]], how)
            return
        for place in group:
            self.links[place] = Link(list(each), how)

    def _rows(self, each: Sequence[Count]) -> bool:
        """"40% and 15% in one arm versus 30% and 12% in the other": each arm's counts stand together."""
        half = len(each) // 2
        gaps = [self.folded[a.end : b.start] for a, b in pairwise(each)]
        return all(re.fullmatch(r"\s*(?:,|and|, and)\s*", g) for i, g in enumerate(gaps) if i != half - 1) and len(gaps[half - 1]) > 8

    def _respectively(self, at: int) -> bool:
        return "respectively" in self.folded[at : self.end]

    def _arms_follow(self, at: int, size: int) -> bool:
        """Whether a list of `size` arms stands after the counts ("in groups A and B, respectively")."""
        text = self.folded[at : self.end].split("respectively")[0]
        if not re.search(r"\b(?:groups?|arms?|treatment|placebo|control|with|recipients)\b", text):
            return False
        return len(re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s+versus\s+|\s+vs\.?\s+", text.strip(" ,"))) >= size

    def _before(self, group: list[int]) -> list[int]:
        first = self.mentions[group[0]]
        level = inside(self.closed, first.start)
        past = [
            i
            for i, c in enumerate(self.counts)
            if c.end <= first.start and i not in self.used and inside(self.closed, c.start) == level and not self._whole(c)
        ]
        if not past:
            return []
        last = past[-1]
        count = self.counts[last]
        between = self.folded[count.end : first.start]
        if any(m.start >= count.end and m.end <= first.start and m is not first for m in self.mentions):
            return []
        pair = inside(self.pairs, count.start)
        outer = [i for i in past if not inside(self.pairs, self.counts[i].start)]
        if pair and outer and not self._leads(count, between, first):  # "Thirteen patients (5 and 8) died"
            last = outer[-1]
            count = self.counts[last]
            between = self.folded[count.end : first.start]
        if self._of_class(count, between, first) or not self._leads(count, between, first):
            return []
        found = [last]
        for i in reversed(past[:-1]):
            gap = self.folded[self.counts[i].end : self.counts[found[0]].start]
            if self._same_brackets(self.counts[i].start, self.counts[found[0]].start):
                gap = gap.replace(";", ",")
            if self._percent_of(self.counts[i], self.counts[found[0]], gap):
                found.insert(0, i)
                continue
            if len(gap) > 70 or not BESIDE.match(gap) or any(m.start >= self.counts[i].end and m.end <= self.counts[found[0]].start for m in self.mentions):
                break
            if re.search(rf"{HAD}\b", gap) or NOT_AFTER.search(gap):
                break
            if self.counts[i].form == "bare" and re.search(r"[a-z]{3}", CONNECTIVES.sub("", gap)) and not AMONG.search(gap):
                break  # "one aspiration, one suicide": a count of something unknown
            found.insert(0, i)
        return found

    def _same_brackets(self, left: int, right: int) -> bool:
        pair = inside(self.pairs, left)
        return pair is not None and pair == inside(self.pairs, right)

    def _leads(self, count: Count, between: str, mention: Mention) -> bool:
        """Whether the words between a count and a term make the term the count's."""
        return self._direct(count, between, mention) or BACK.match(between) is not None

    def _whole(self, count: Count) -> bool:
        """"Out of 14 patients, 2 ...": the whole that the next counts are of."""
        before = self.folded[max(self.start, count.start - 40) : count.start]
        told = re.search(r"(?:\bout of|(?P<first>\b(?:of|among)))\s+(?:the\s+|these\s+|all\s+|a total of\s+|our\s+)*\Z", before)
        if told is None or count.form not in ("people", "bare"):
            return False
        head = self.folded[self.start : count.start - len(before) + told.start()].rstrip()
        return told["first"] is None or not head.strip(" ,;:-") or (head.endswith(",") and self.folded.startswith(",", count.end))

    def _direct(self, count: Count, between: str, mention: Mention) -> bool:
        if mention.kind == DEATH and self.folded[mention.start : mention.end] in ("died", "deceased", "expired"):
            return DIED.match(between) is not None
        if not DIRECT.match(between) or re.search(r"\b(?:most|main|commonest|principal|more|of the)\b", between):
            return False
        return count.form in ("bare", "count_percent", "fraction") or (count.form in ("people", "percent") and bool(re.match(r"\s*(?:of|with)\b", between)))

    def _of_class(self, count: Count, between: str, mention: Mention) -> bool:
        """"65% of adverse events": a share of the events, not of the people."""
        share = count.n is None or bool(re.match(r"\s*of\s+(?:the|all|these)\b", between))
        return share and bool(re.match(r"\s*of\s+(?:the\s+|all\s+|these\s+)?(?:[\w-]+\s+){0,2}\Z", between)) and mention.kind in (CLASS, ORGAN)

    def _after(self, group: list[int]) -> list[int]:
        last = self.mentions[group[-1]]
        level = inside(self.closed, last.start)
        bound = self._next(last.end) if level else self._next_outside(last.end)
        for i, count in enumerate(self.counts):
            if count.start < last.end or count.start >= bound or i in self.used or (count.form == "bare" and not self._listed(i, bound)):
                continue
            if inside(self.closed, count.start) != level:
                return []
            between = self._unexplained(last.end, count.start)
            if count.form == "people" and re.search(r"\b(?:the|all|these|our)\s+\Z", self.folded[last.end : count.start]):
                continue  # "by the 20 patients": all of them
            if count.form in ("people", "bare") and OTHER_THING.match(self.folded, count.start, self.end):
                return []  # "neutropenia, and 2 episodes of cardiotoxicity"
            if last.kind in (CLASS, ORGAN) and self._introduces(last, between):
                return []
            said = list(SAID.finditer(between))
            tail = between[said[-1].end() :] if said else between
            if not said and (re.search(r",", between) and not re.search(r"\b(?:was|were|rates?|incidence)\b", between)):
                return []
            if last.kind != DEATH and re.match(r"\s*(?:\([^()]*\))?\s*of\s+\Z", between) and not re.search(r"\b(?:incidences?|rates?|frequency|occurrence)\b", self.folded[max(self.start, last.start - 40) : last.end]):
                return []
            if len(between) > (220 if self._respectively(count.end) else 150) or NOT_AFTER.search(tail) or not AFTER.search(between) or self._owned(count, bound):
                return []
            return [i, *self._chain(i, bound)]
        return []

    def _introduces(self, mention: Mention, between: str) -> bool:
        """"The most common side effects were": what follows are its members, known or not."""
        if re.search(r"\b(?:included?|including|such as|consisted|comprised)\b", between):
            return True
        before = self.folded[max(self.start, mention.start - 25) : mention.start]
        return bool(re.search(r"\b(?:most|common|commonest|frequent|main|predominant|only|major|principal)\s+(?:\w+\s+)?\Z", before) and re.search(r"\b(?:was|were)\b", between))

    def _unexplained(self, start: int, end: int) -> str:
        """The text between two offsets, explanations in it (", mostly skin dryness,") left out."""
        text = self.folded[start:end]
        for place in sorted(self.apposed, reverse=True):
            mention = self.mentions[place]
            if start < mention.start and mention.end <= end:
                comma = text.rfind(",", 0, mention.start - start)
                after = text.find(",", mention.end - start)
                text = text[: max(comma, 0)] + (text[after + 1 :] if 0 <= after < mention.end - start + 2 else text[mention.end - start :])
        return text

    def _listed(self, i: int, bound: int) -> bool:
        """A bare number is a count in "in 4, 5, and 7 patients" and in "(3 vs 8)"."""
        count = self.counts[i]
        text = self.folded[count.end : min(bound, self.end)]
        if re.search(r"\b(?:occurred|observed|seen|noted|developed|reported|found|present|experienced)\s+(?:in|by)\s+(?:only\s+)?\Z", self.folded[max(self.start, count.start - 30) : count.start]) and re.match(r"\s*(?:[.,;)]|\Z|and\b|of the\b)", text):
            return True
        near = next((m for m in self.mentions if m.end <= count.start and re.fullmatch(r"\s+(?:in|among)\s+(?:only\s+)?", self.folded[m.end : count.start])), None)
        if near is not None and re.match(r"\s*(?:[.,;)]|\Z|and\b|of the\b)", text):
            return True
        return bool(re.match(rf"(?:\s*,\s*(?:and\s+)?(?:\d+|[a-z]+)){{0,4}}\s*,?\s*(?:and|or|vs\.?|versus|v\.?)\s+(?:\d+|[a-z]+)\s+(?:of\s+)?(?:{SMALL}{{0,2}}{PEOPLE}|\(|of\b)", text)) or bool(
            re.search(r"\(\s*\Z", self.folded[self.start : count.start]) and re.match(r"\s*(?:vs\.?|versus|v\.?)\s*(?:\d+|[a-z]+)\s*[,;)]", text)
        ) or (bool(re.match(r"\s+(?:in|of)\s+(?:the\s+)?[\w+ -]{1,40}?(?:groups?|arms?)\b", text)) and bool(re.search(r"\b(?:in|by|were|was)\s+\Z", self.folded[self.start : count.start])))

    def _owned(self, count: Count, bound: int) -> bool:
        """Whether a count is the subject of what follows: "fever was seen, and two patients withdrew"."""
        return bool(re.match(rf"\s*(?:{SMALL}{{0,1}}{PEOPLE})?\s*(?:\([^()]*\)\s*)?(?:{HAD}|were|was|died|withdrew|discontinued|required|recovered|completed|dropped)\b", self.folded[count.end : min(bound, self.end)])) and not re.search(
            r"\b(?:in|by|among|of|for|with|at)\s+(?:only\s+|the\s+)?\Z", self.folded[self.start : count.start]
        )

    def _chain(self, first: int, bound: int) -> list[int]:
        """Counts of the other arms after the first: "12% of A and 5% of B", "4 of 11 ... and 0 of 6"."""
        chain: list[int] = []
        left = self.counts[first]
        for i in range(first + 1, len(self.counts)):
            right = self.counts[i]
            if inside(self.closed, right.start) != inside(self.closed, left.start):
                continue  # a count in brackets that explain: "in four (one sepsis, three strokes) and in five"
            if self._percent_of(left, right, self.folded[left.end : right.start]):
                chain.append(i)
                continue
            gap = BRACKETED.sub("", self.folded[left.end : right.start]).replace("who received", "given")
            if self._same_brackets(left.start, right.start):
                gap = gap.replace(";", ",")  # "(drug, 12%; placebo, 10%)": the arms of one pair of brackets
            if i in self.used or right.start >= bound or not CHAIN.match(gap) or NOT_AFTER.search(gap):
                break
            if right.form in ("people", "one") and self._owned(right, bound):
                break
            if inside(self.pairs, left.start) and not inside(self.pairs, right.start):
                break
            if re.match(r"\s*of (?:whom|which|these|them)\b", self.folded[right.end : right.end + 12]):
                break
            if right.form in ("people", "bare", "one") and right.end < bound < self.end and self._begins_other(right) and not re.search(r"\bin\s+\Z", gap):
                break
            if right.form in ("people", "bare") and OTHER_THING.match(self.folded, right.start, bound):
                break
            if not re.search(r"\b(?:vs|versus|v|and|compared|than|whereas|while|or|with|in|for|against)\b|[,/(:]", gap):
                break
            listed = gap.rstrip().endswith(",") and re.match(r"\s+(?:in|of|with|on|receiving)\b", self.folded[right.end : right.end + 12])
            if right.form == "bare" and not listed and not self._bare_chain(left, right, gap):
                break
            if left.form not in ("percent", "bare") and right.form == "percent" and left.percent is not None and left.n is not None:
                break
            chain.append(i)
            left = right
        return chain

    def _bare_chain(self, left: Count, right: Count, gap: str) -> bool:
        return bool(re.match(r"(?:\s*,?\s*(?:and|vs\.?|versus|v\.?|or|/|,)?\s*|.{0,60}\b(?:vs\.?|versus|and in|in|and)\s+)\Z", gap)) and left.percent is None

    def _continued(self, group: list[int]) -> list[int]:
        """Counts of another arm after the term: "5% of A had fever compared with 2% of B"."""
        last = self.mentions[group[-1]]
        bound = self._next(last.end) if inside(self.pairs, last.start) else self._next_outside(last.end)
        for i, count in enumerate(self.counts):
            if inside(self.closed, count.start) != inside(self.closed, last.start):
                continue
            if count.start >= last.end and count.start < bound and i not in self.used:
                if ELIDED.match(self.folded, count.start, bound) and re.search(r"\b(?:and|while|whereas|versus|vs)\s+\Z", self.folded[last.end : count.start]):
                    return [i, *self._chain(i, bound)]
                if not COMPARED.match(BRACKETED.sub("", self.folded[last.end : count.start])) or self._owned(count, bound):
                    return []
                if (self._begins_other(count) and bound < self.end) or OTHER_THING.match(self.folded, count.start, self.end):
                    return []
                return [i, *self._chain(i, bound)]
        return []
