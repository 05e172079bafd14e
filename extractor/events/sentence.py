"""One sentence as it is read for events: what it names and denies, and what is asked of it more than once."""

from __future__ import annotations

import re

from extractor.context.sentences import Sentence
from extractor.events import attributes
from extractor.events.brackets import brackets, segments
from extractor.events.clauses import clause_of
from extractor.events.denials import denials
from extractor.events.mentions import Mention
from extractor.events.of_this_trial import HYPOTHESIS, Reports
from extractor.events.words_of_events import ARM_AFTER, ARM_BEFORE

# "in the cell group and the placebo group, respectively": two names, and neither is whose the event was
SEVERAL = re.compile(r"\b(?:groups?|arms?)\w* and (?:the )?\w")


class Reading:
    """The sentence ``folded[start:end]`` with its mentions; ``breaks`` are the semicolons that cut it."""

    def __init__(self, reports: Reports, sentence: Sentence, mentions: list[Mention]) -> None:
        self.reports = reports
        self.folded = reports.seen.folded
        self.start, self.end = sentence.start, sentence.end
        self.mentions = mentions
        self.denials = denials(self.folded, self.start, self.end)
        self.pairs = brackets(self.folded, self.start, self.end)
        self.concluded = reports.concludes(sentence)
        self.segments = segments(self.folded, self.start, self.end)
        self.breaks = [(a, a + 1) for _, a in self.segments]

    def hypothetical(self, at: int) -> bool:
        before = self.folded[self.start : at]
        clause = re.split(r";|\bbut\b|\balthough\b", before)[-1]
        return bool(HYPOTHESIS.search(clause)) or bool(
            re.search(r"\b(?:if|whether|to determine|to assess|to evaluate|defined as)\b", clause)
        )

    def arm_before(self, first: int, mention: Mention) -> tuple[int, int] | None:
        every = list(ARM_BEFORE.finditer(self.folded, first, mention.start))
        return every[-1].span("arm") if every and not attributes.NO_ARM.search(every[-1]["arm"]) else None

    def arm_after(self, mention: Mention, last: int) -> tuple[int, int] | None:
        """The group named behind a term, in its own clause."""
        if ARM_AFTER.match(self.folded, mention.end, last) is None:
            return None
        clause = clause_of(self.folded, self.start, self.end, mention.start)
        found = ARM_AFTER.match(self.folded, mention.end, min(last, max(clause[1], mention.end)))
        named = found and not attributes.NO_ARM.search(found["arm"]) and not SEVERAL.search(found["arm"])
        return found.span("arm") if found and named else None
