"""One segment of a sentence: its mentions, its counts, its brackets, and what was linked so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractor import patterns as re
from extractor.events.brackets import brackets, inside
from extractor.events.mentions import Mention
from extractor.events.words_of_counts import BACK, DIRECT, HAD, OTHER_ARM, PEOPLE, REASON_AGAIN, SMALL
from extractor.quantities.counts import Count

SEVERAL = re.compile(r"\s*(?:vs\.?|versus|v\.?|/)\s*\d")


@dataclass(slots=True)
class Link:
    """Counts of one mention; ``how`` is beside, before, after or shared."""

    counts: list[Count] = field(default_factory=list)
    how: str = ""


HAD_IT = re.compile(rf"\s*{HAD}\s+(?:an?\s+|any\s+)?{SMALL}{{0,2}}")
# between counts that stand beside one another
ONE_BY_ONE = re.compile(r"\s*(?:,|and|, and|vs\.?|versus)\s*")


class Clause:
    """The segment ``folded[start:end]``; mentions and counts are known by their places in the two lists.

    ``pairs`` are its outermost brackets, ``closed`` those that name something, ``used`` the counts that belong to a mention,
    ``apposed`` the mentions that explain the one before them.
    """

    def __init__(self, folded: str, start: int, end: int, mentions: Sequence[Mention], counts: Sequence[Count]) -> None:
        self.folded, self.start, self.end = folded, start, end
        self.mentions = list(mentions)
        self.counts = list(counts)
        self.pairs = brackets(folded, start, end)
        self.closed = [p for p in self.pairs if any(p[0] < m.start < p[1] for m in mentions)]
        self.used: set[int] = set()
        self.links = [Link() for _ in self.mentions]
        self.apposed: set[int] = set()

    def next(self, at: int) -> int:
        """Where the next mention begins, at or after an offset."""
        return next((m.start for i, m in enumerate(self.mentions) if m.start >= at and i not in self.apposed), self.end)

    def next_outside(self, at: int) -> int:
        """Where the next mention outside brackets begins."""
        free = (
            m.start
            for i, m in enumerate(self.mentions)
            if m.start >= at and i not in self.apposed and not inside(self.pairs, m.start)
        )
        return next(free, self.end)

    def same_brackets(self, left: int, right: int) -> bool:
        """Whether two offsets stand in one pair of brackets."""
        pair = inside(self.pairs, left)
        return pair is not None and pair == inside(self.pairs, right)

    def percent_of(self, left: Count, right: Count, gap: str) -> bool:
        """ "Four patients on drug A (8%)": the percentage in brackets is that of the number before."""
        number_first = right.form == "percent" and left.percent is None and left.n is not None
        share_first = (
            right.form in ("fraction", "equals")
            and right.percent is None
            and left.n is None
            and left.percent is not None
        )
        if number_first and SEVERAL.match(self.folded, right.end, self.end):
            return False  # "15 and 12 (7.6% vs 6.0%)": a share for each of two numbers
        return (number_first or share_first) and re.fullmatch(r"[^();,]{0,45}\(\s*", gap) is not None

    def joined(self, found: Sequence[Count]) -> list[Count]:
        """ "seven women in group A (28%)": a number and the percentage in the brackets behind it are one count."""
        out: list[Count] = []
        for count in found:
            left = out[-1] if out else None
            if left and left.end <= count.start and self.percent_of(left, count, self.folded[left.end : count.start]):
                number, share = (left, count) if left.n is not None else (count, left)
                out[-1] = replace(number, unit=left.unit, percent=share.percent)
            else:
                out.append(count)
        return out

    def begins_other(self, count: Count) -> bool:
        """Whether a number after a comma belongs to what follows ("fever, two had rash", "rash, 3/10 fever")."""
        last = self._last_beside(count)
        following = OTHER_ARM.sub("", self.folded[last.end : self.next(last.end)], count=1)
        if self.next(count.end) < self.end and (
            (len(following) < 40 and DIRECT.match(following)) or BACK.match(following) or REASON_AGAIN.match(following)
        ):
            return True
        if self.next(last.end) < self.end and HAD_IT.fullmatch(following):
            return True  # "adverse events, 3% and 4% had serious ones"
        return count.form == "bare" and bool(
            re.match(r"\s+(?!(?:and|or|in|vs|versus)\b)[a-z]", self.folded[count.end : self.end])
        )

    def _last_beside(self, count: Count) -> Count:
        """The last of the counts that stand beside one another: "adverse events, 3% and 4% had serious ones"."""
        for other in self.counts[self.counts.index(count) + 1 :]:
            if not ONE_BY_ONE.fullmatch(self.folded, count.end, other.start):
                break
            count = other
        return count

    def owned(self, count: Count, bound: int) -> bool:
        """Whether a count is the subject of what follows: "fever was seen, and two patients withdrew"."""
        return bool(
            re.match(
                rf"\s*(?:{SMALL}{{0,1}}{PEOPLE})?\s*(?:\([^()]*\)\s*)?(?:{HAD}|were|was|died|withdrew|discontinued|required|recovered|completed|dropped)\b",
                self.folded[count.end : min(bound, self.end)],
            )
        ) and not re.search(
            r"\b(?:in|by|among|of|for|with|at)\s+(?:only\s+|the\s+)?\Z", self.folded[self.start : count.start]
        )

    def respectively(self, at: int) -> bool:
        """Whether "respectively" follows an offset."""
        return "respectively" in self.folded[at : self.end]

    def take(self, place: int, found: Sequence[int], how: str) -> bool:
        """Give counts, by their places, to a mention; whether there were any."""
        if not found:
            return False
        self.links[place].counts += [self.counts[i] for i in found]
        self.links[place].how = how
        self.used |= set(found)
        return True
