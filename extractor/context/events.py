"""What a document says of adverse events, sentence by sentence: mention, assertion, counts, arms, and the cues.

The order of decisions in a sentence: what is named (``event_mentions``), which counts belong to it (``event_links``), what is
denied (``negation``), and whether the rest was said to have happened in this trial (``event_reports``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractor.context import event_attributes as attributes
from extractor.context.brackets import brackets, inside, segments
from extractor.context.event_links import Link, Linker
from extractor.context.event_mentions import CLASS, DEATH, NAMED, OPEN, ORGAN, Mention
from extractor.context.event_phrases import (
    ARM_AFTER,
    ARM_BEFORE,
    AWAITED,
    CASES_OF,
    CLASS_HAPPENED,
    COMPOSITE_AFTER,
    COMPOSITE_BEFORE,
    CONSEQUENCE,
    COUNTED_ONLY,
    EXPLAINED,
    GRAVITY,
    HAPPENED,
    IS_CLASS,
    KILLED,
    LISTED,
    MEMBERS,
    MEMBERS_ONLY,
    MOST_WERE,
    NO_MEMBERS,
    OCCURRING,
    OTHER_HEAD,
    RATE_WAS,
    REDUCED,
    STRONG_BEFORE,
    SUCH_AS,
    UNRELATED_TO,
)
from extractor.context.event_reports import HYPOTHESIS, MEASURED, Reports
from extractor.context.link_phrases import APPOSED, DIRECT
from extractor.context.negation import OF_KIND, Denial, denials, denied_after
from extractor.context.sentences import Sentence
from extractor.quantities.counts import Count, counts

PRESENT, ABSENT, NONE_REPORTED = "present", "absent", "none_reported"
@dataclass(frozen=True, slots=True)
class Event:
    """One assertion about one mention, with one count at most."""

    mention: Mention
    assertion: str
    count: Count | None
    arm: tuple[int, int] | None
    cue: tuple[int, int] | None
    how: str
    sentence: tuple[int, int]
    severity: tuple[int, int] | None = None
    grade: tuple[int, int] | None = None
    serious: bool | None = None
    related: bool | None = None
    concluded: bool = False
    also: tuple[int, int] | None = None


def events(reports: Reports, *, about: re.Pattern[str] | None = None) -> Iterator[Event]:
    """All events of a document, in order; only those of sentences that `about` is found in, where it is given."""
    for sentence in reports.seen.sentences:
        if about is not None and not about.search(reports.seen.folded, sentence.start, sentence.end):
            continue
        if not reports.silent(sentence):
            yield from _Reading(reports, sentence).events()


class _Reading:
    """One sentence, read once."""

    def __init__(self, reports: Reports, sentence: Sentence) -> None:
        self.reports = reports
        self.folded = reports.seen.folded
        self.start, self.end = sentence.start, sentence.end
        self.sentence = sentence
        self.mentions = reports.mentions(self.start, self.end)
        self.denials: list[Denial] = []
        self.pairs: list[tuple[int, int]] = []
        self.breaks: list[tuple[int, int]] = []

    def events(self) -> Iterator[Event]:
        if not self.mentions:
            return
        self.denials = denials(self.folded, self.start, self.end)
        self.pairs = brackets(self.folded, self.start, self.end)
        self.concluded = self.reports.concludes(self.sentence)
        found = counts(self.folded, self.start, self.end, bare=True, avoid=[(m.start, m.end) for m in self.mentions])
        self.breaks = [(a, a + 1) for _, a in segments(self.folded, self.start, self.end)]
        for first, last in segments(self.folded, self.start, self.end):
            inner = [m for m in self.mentions if first <= m.start < last]
            links = Linker(self.folded, first, last, inner, [c for c in found if first <= c.start < last]).run()
            self._hand_over(inner, links)
            self._explain(inner, links)
            for mention, link in zip(inner, links, strict=True):
                yield from self._of(mention, link, inner, first, last)
        yield from self._kinds_denied()

    def _hand_over(self, inner: list[Mention], links: list[Link]) -> None:
        """"Nausea was the most common adverse event (12%)": the count beside the class is the term's."""
        for place, mention in enumerate(inner):
            if mention.kind not in (CLASS, ORGAN) or not links[place].counts or links[place].how == "before" or not place:
                continue
            if links[place].how == "after" and not OCCURRING.match(self.folded, mention.end):
                continue
            between = self.folded[inner[place - 1].end : mention.start]
            if inner[place - 1].kind in (NAMED, OPEN) and not links[place - 1].counts and re.search(r"\b(?:was|were|as) (?:the|a|an)\b[^;,]*\Z", between):
                links[place - 1] = links[place]
                links[place] = Link()

    def _explain(self, inner: list[Mention], links: list[Link]) -> None:
        """"One serious adverse event (pneumonia)": the count of the one event is that of the term named."""
        for place, mention in enumerate(inner[:-1]):
            link, following = links[place], inner[place + 1]
            if mention.kind not in (CLASS, ORGAN) or [c.n for c in link.counts] != [1] or following.kind not in (NAMED, OPEN):
                continue
            opened = EXPLAINED.match(self.folded, mention.end, following.start)
            if not opened:
                continue
            target = place + 1
            pair = inside(self.pairs, following.start)
            if pair and target + 1 < len(inner) and inner[target + 1].start < pair[1]:
                named = [i for i in range(target, len(inner)) if inner[i].start < pair[1] and not inner[i].weak]
                target = named[0] if len(named) == 1 else target
            if not links[target].counts:
                links[target], links[place] = link, Link()

    def _of(self, mention: Mention, link: Link, inner: list[Mention], first: int, last: int) -> Iterator[Event]:
        if mention.kind in (NAMED, OPEN) and self._defined(mention):
            return
        if mention.kind in (CLASS, ORGAN) and re.match(r"\s+of\s+\Z", self._lead(mention, inner)):
            return  # "two complications of venous thrombosis and infection": the members are told
        after = denied_after(self.folded, self._list_end(mention, inner), last)
        denial = next((d for d in reversed(self.denials) if d.covers(mention.start, mention.end)), None)
        excepted = any(self._excepted(mention, inner, a, b) for d in self.denials for a, b in d.exceptions)
        if denial and any(a <= c.start < b for c in link.counts for a, b in denial.exceptions):
            link = Link()  # "no side effects except one case of thrombosis": the count is the exception's
        if denial and not excepted and not any(c.n or c.percent for c in link.counts):
            yield from self._denied(mention, (denial.start, denial.end), inner, denial, last)
        elif after and not excepted:
            yield from self._denied(mention, (mention.end, after.end()), inner, None, last)
        elif mention.kind == CLASS and [c.form for c in link.counts] == ["none"]:
            yield from self._denied(mention, (link.counts[0].start, link.counts[0].end), inner, None, last)
        elif link.counts:
            yield from self._counted(mention, link, inner, first, last)
        else:
            yield from self._bare(mention, inner, excepted, first, last)

    def _lead(self, mention: Mention, inner: list[Mention]) -> str:
        """What stands between a class and the term after it."""
        following = next((m for m in inner if m.start >= mention.end and m.kind in (NAMED, OPEN)), None)
        return self.folded[mention.end : following.start] if following else ""

    def _defined(self, mention: Mention) -> bool:
        """Whether a term stands in brackets that explain another word ("severe (i.e. events that caused coma)")."""
        pair = inside(self.pairs, mention.start)
        return pair is not None and bool(re.match(r"[(\[]\s*(?:i\.e|defined|ie\b|that is|definition|assessed|measured)", self.folded[pair[0] : pair[1]]))

    def _excepted(self, mention: Mention, inner: list[Mention], start: int, end: int) -> bool:
        """Whether the term is what an exception names, not what is said of the people in it."""
        if not start <= mention.start < end:
            return False
        return not re.search(r"\b(?:in|among|with|due to)\b", self.folded[start : mention.start]) or not any(start <= m.start < mention.start for m in inner)

    # ---- denials

    def _denied(self, mention: Mention, cue: tuple[int, int], inner: list[Mention], denial: Denial | None, last: int) -> Iterator[Event]:
        folded = self.folded
        if mention.kind in (NAMED, OPEN) and (self.reports.outcome(mention, self.start, last) or self.reports.subject(mention)):
            return
        if mention.kind in (NAMED, OPEN) and self.concluded:
            return
        if self._hypothetical(cue[0]):
            return
        if mention.kind == CLASS and any(
            m.stopped and m.end <= mention.start and APPOSED.match(self.folded[m.end : mention.start] + " ") for m in inner
        ):
            return  # "no withdrawals due to adverse events, including related ones"
        lead = self._head(denial, mention, inner) if denial else ""
        if OTHER_HEAD.search(lead) or (re.search(r"\b\w+ of\b", lead) and not CASES_OF.search(lead)):
            return
        if re.compile(r"\s+(?:\w+\s+){0,2}?(?:leading to|requiring|that (?:led|required|necessitated)|necessitating|resulting in|of clinical concern|profiles?|scores?|rates?|data|leads?)\b").match(folded, mention.end, last):
            return
        blanket = mention.kind == CLASS
        text = folded[mention.start : mention.end]
        cut = mention
        if blanket or mention.kind == ORGAN:
            is_serious = bool(attributes.DENIED_SERIOUS.search(folded[max(mention.start, cue[1] if denial else mention.start) : mention.end]) or (denial and attributes.DENIED_SERIOUS.search(folded[denial.end : mention.start])))
        else:
            is_serious = False
        if blanket and not is_serious and self._same_denial(mention, inner, denial):
            is_serious = True
        is_related = attributes.related(folded, self.start, mention, last, denied=True)
        if denial and denial.kind == "verb" and re.search(r"cause|produce|induce|lead|result|provoke|elicit", denial.cue):
            is_related = True
        if denial is None and attributes.FROM_ANY.match(folded, mention.end, last):
            is_related = True
        if not text.strip():
            return
        yield Event(
            cut,
            NONE_REPORTED if blanket else ABSENT,
            None,
            self._arm_after(mention, last),
            cue,
            "denied",
            (self.start, self.end),
            serious=is_serious or None,
            related=is_related or None,
            concluded=self.concluded,
        )

    def _same_denial(self, mention: Mention, inner: list[Mention], denial: Denial | None) -> bool:
        """"no severe adverse reactions or complications": the first class's quality is the second's too."""
        past = [m for m in inner if m.kind == CLASS and m.end <= mention.start and denial is not None and denial.covers(m.start, m.end)]
        return (
            bool(past)
            and re.fullmatch(r"\s*(?:\([^()]*\)\s*)?(?:,\s*)?(?:or|and|nor)\s+", self.folded[past[-1].end : mention.start]) is not None
            and attributes.DENIED_SERIOUS.search(self.folded, past[-1].start, past[-1].end) is not None
        )

    def _head(self, denial: Denial, mention: Mention, inner: list[Mention]) -> str:
        """What stands between a denial's cue and a term, other terms left out."""
        text = self.folded[denial.end : mention.start]
        for other in inner:
            if denial.end <= other.start and other.end <= mention.start:
                text = text.replace(self.folded[other.start : other.end], " ", 1)
        return text

    def _kinds_denied(self) -> Iterator[Event]:
        """"... , none of which were serious": the class denied only in kind."""
        for match in OF_KIND.finditer(self.folded, self.start, self.end):
            before = [m for m in self.mentions if m.kind in (CLASS, ORGAN) and m.start < match.end()]
            if not before:
                continue
            kind = match["kind"]
            is_serious = bool(re.match(r"serious|severe|life|fatal|clinically", kind))
            yield Event(before[-1], NONE_REPORTED, None, None, match.span(), "kind", (self.start, self.end), serious=is_serious or None, related=None if is_serious else True, concluded=self.concluded)

    # ---- counts

    def _counted(self, mention: Mention, link: Link, inner: list[Mention], first: int, last: int) -> Iterator[Event]:
        if UNRELATED_TO.search(self.folded, max(first, mention.start - 60), mention.start):
            return
        if self._hypothetical(mention.start) or AWAITED.search(self.folded, first, mention.start):
            return
        if mention.kind == DEATH and self._composite(mention, first, last):
            return
        if mention.kind == DEATH and re.search(r"\b(?:when|until|once|after)\s+\Z", self.folded[first : link.counts[0].start]):
            return  # "when 255 patients had died": what an analysis waited for
        if mention.kind in (CLASS, ORGAN) and re.search(r"\b(?:scores?|median|mean)\b(?! (?:number|proportion|percentage) of (?:the )?(?:patients|subjects|participants))", self.folded[max(first, mention.start - 30) : mention.start]):
            return
        if mention.kind in (NAMED, OPEN) and not self._plausible(mention, link, inner, last):
            return
        spans = attributes.arms(self.folded, first, last, link.counts, mention)
        if len(spans) == 1 and spans[0] is None:
            spans = [self._arm_before(first, mention)]
        total = self._out_of(first, link.counts)
        for count, arm in zip(link.counts, spans, strict=True):
            zero = count.n == 0 or (count.n is None and count.percent == 0)
            if total and count.denominator is None and count.n is not None and count.n <= total:
                count = Count(count.start, count.end, count.form, count.n, total, count.unit, count.percent)
            if zero and count.n is None:
                count = Count(count.start, count.end, count.form, 0, count.denominator, count.unit, count.percent)
            event = self._event(mention, ABSENT if zero else PRESENT, count, arm, "count_" + link.how, last)
            said = attributes.grade_of_count(self.folded, count)
            yield replace(event, grade=said) if said else event
        yield from self._consequence(mention, link.counts[-1], last)

    def _composite(self, mention: Mention, first: int, last: int) -> bool:
        """Whether deaths are counted together with something else."""
        if self.folded[mention.start : mention.end] in ("died", "deceased", "expired"):
            return False
        return bool(COMPOSITE_BEFORE.search(self.folded, max(first, mention.start - 50), mention.start) or COMPOSITE_AFTER.match(self.folded, mention.end, last))

    def _consequence(self, mention: Mention, count: Count, last: int) -> Iterator[Event]:
        """"..., leading to discontinuation in 5/107": an event of its own, with the term's name before it."""
        following = next((c for c in counts(self.folded, count.end, last) if c.n is not None), None)
        what = CONSEQUENCE.match(self.folded, count.end, following.start) if following else None
        if what:
            event = self._event(mention, PRESENT, following, None, "count_after", last)
            yield replace(event, also=what.span("what"))

    def _out_of(self, first: int, found: list[Count]) -> int | None:
        """"Out of 14 patients treated by plates, 2 developed": the denominator said first."""
        match = re.compile(r"(?:^|\b)(?:out of|of|among)\s+(?:the\s+|these\s+|all\s+|a total of\s+)?").search(self.folded, first, found[0].start)
        if not match:
            return None
        head = [c for c in counts(self.folded, match.end(), found[0].start) if c.form == "people"]
        if not head or head[0].start - match.end() > 3 or not re.fullmatch(r"\W*(?:[a-z &/]{3,40}:\s*)?", self.folded[first : match.start()]):
            return None
        return head[0].n

    def _plausible(self, mention: Mention, link: Link, inner: list[Mention], last: int) -> bool:
        """Whether a counted term is an adverse event rather than an outcome, a reason or a group's disease."""
        if self._member(mention, inner) or self._killed(mention, inner):
            return True
        if mention.term is not None and mention.term.name in MEMBERS_ONLY:
            return False
        before = self.folded[max(self.start, mention.start - 60) : mention.start]
        if re.search(r"\b(?:at|on) (?:baseline|entry|enrol?lment|screening|inclusion|admission)\b", self.folded[self.start : mention.start]):
            return False
        if mention.term is not None and mention.term.kind == "disease" and not re.search(r"\b(?:develop|experienc|suffer|present|complicat|diagnosed|cases? of|died)\w*", before):
            return bool(HAPPENED.match(self.folded, mention.end, last)) and not self.reports.subject(mention) and link.how != "before"
        if mention.kind == OPEN and link.how == "beside" and not HAPPENED.match(self.folded, self._list_end(mention, inner), last) and not STRONG_BEFORE.search(before):
            return False
        if self.reports.subject(mention) or self.reports.outcome(mention, self.start, last) or self.reports.incident(mention):
            return False
        if mention.weak and link.how not in ("before",) and not STRONG_BEFORE.search(self.folded, max(self.start, mention.start - 60), mention.start):
            return bool(re.compile(r"[^;]{0,60}?\b(?:occurred|developed|observed|reported|experienced|seen|noted)\b").match(self.folded, mention.end, last)) and mention.term is not None and mention.term.kind != "disease"
        if mention.kind == OPEN and link.how == "after":
            return bool(HAPPENED.match(self.folded, mention.end, last)) or bool(STRONG_BEFORE.search(self.folded, max(self.start, mention.start - 60), mention.start))
        return not self.concluded or link.counts[0].n is not None

    # ---- no count

    def _bare(self, mention: Mention, inner: list[Mention], excepted: bool, first: int, last: int) -> Iterator[Event]:
        if mention.kind in (CLASS, ORGAN) and self._only_so_grave(mention, last):
            yield self._event(mention, PRESENT, None, self._arm_after(mention, last), "happened", last)
        if mention.kind in (CLASS, DEATH, ORGAN) or self._hypothetical(mention.start):
            return
        if excepted:
            count = self._exception_count(mention, first, last)
            yield self._event(mention, PRESENT, count, None, "exception", last)
            return
        if self.reports.qualifies(mention, last):
            return
        member = self._member(mention, inner) or self._killed(mention, inner)
        if self.concluded or (self.reports.outcome(mention, self.start, last) and not member):
            return
        if mention.listed and not member:
            return
        if member or self._apposed(mention, inner):
            if (self.reports.subject(mention) and mention.weak) or (mention.term and mention.term.name in COUNTED_ONLY):
                return
            yield self._event(mention, PRESENT, None, self._arm_before(first, mention) or self._arm_after(mention, last), "listed", last)
            return
        if mention.weak or self.reports.subject(mention) or self.reports.incident(mention) or MEASURED.match(self.folded[mention.end : last].lstrip()):
            return
        head = self._list_head(mention, inner)
        strong = STRONG_BEFORE.search(self.folded, max(self.start, head - 70), head)
        happened = self._happened(mention, inner, last)
        if REDUCED.search(self.folded, max(self.start, head - 60), head):
            return
        if (strong or happened) and not (mention.kind == OPEN and not mention.tail and not (strong and happened)):
            yield self._event(mention, PRESENT, None, self._arm_after(mention, last), "happened", last)

    def _only_so_grave(self, mention: Mention, last: int) -> bool:
        """"Only minor side effects were seen", "the adverse event rate was lower": a class that happened, uncounted."""
        return bool(
            (GRAVITY.search(self.folded, max(self.start, mention.start - 30), mention.core) and CLASS_HAPPENED.match(self.folded, mention.end, last))
            or RATE_WAS.match(self.folded, mention.end, last)
        )

    def _list_head(self, mention: Mention, inner: list[Mention]) -> int:
        """Where the list that a mention is in begins."""
        start = mention.start
        for other in reversed(inner):
            if other.end <= start and other.kind in (NAMED, OPEN) and LISTED.match(self.folded[other.end : start]):
                start = other.start
        return start

    def _exception_count(self, mention: Mention, first: int, last: int) -> Count | None:
        """"except one case of thrombosis", "except for rash in a patient"."""
        past = [c for c in counts(self.folded, first, mention.start, bare=True) if DIRECT.match(self.folded[c.end : mention.start])]
        return past[-1] if past else next((c for c in counts(self.folded, mention.end, last) if c.form in ("one", "people")), None)

    def _list_end(self, mention: Mention, inner: list[Mention]) -> int:
        """Where the list that a mention begins ends: what is said there is said of all of it."""
        end = mention.end
        for other in inner:
            between = self.folded[end : other.start] if other.start > end else ""
            if between and (LISTED.match(between) or (end == mention.end and mention.kind in (CLASS, ORGAN) and SUCH_AS.match(between))):
                end = other.end
        return end

    def _happened(self, mention: Mention, inner: list[Mention], last: int) -> bool:
        """Whether an occurrence is said of the mention, or of the list that it begins."""
        return bool(HAPPENED.match(self.folded, self._list_end(mention, inner), last))

    def _apposed(self, mention: Mention, inner: list[Mention]) -> bool:
        """"skin irritation, mostly skin dryness": the second explains the first."""
        past = [m for m in inner if m.end <= mention.start]
        return bool(past) and past[-1].kind in (NAMED, OPEN) and APPOSED.match(self.folded[past[-1].end : mention.start]) is not None

    def _killed(self, mention: Mention, inner: list[Mention]) -> bool:
        """"three deaths, caused by lung infection and myocardial infarction": a cause of death happened."""
        fatal = [m for m in inner if m.kind == DEATH and m.end <= mention.start]
        return bool(fatal) and KILLED.match(self.folded, fatal[-1].end, mention.start) is not None

    def _member(self, mention: Mention, inner: list[Mention]) -> bool:
        """Whether the term is listed under a class of events in the same segment."""
        return self._class_of(mention, inner) is not None

    def _class_of(self, mention: Mention, inner: list[Mention]) -> Mention | None:
        """The class that a term is listed under."""
        carried = self._carried(mention, inner)
        if carried is not None:
            return carried
        for other in inner:
            if other.kind not in (CLASS, ORGAN) or other is mention:
                continue
            if other.end <= mention.start:
                between = self.folded[other.end : mention.start]
                start = next((m.start for m in inner if m.start >= other.end and m.kind in (NAMED, OPEN)), mention.start)
                lead = self.folded[other.end : start]
                if re.match(r"\s+of\s+\Z", lead):
                    return other
                introduced = re.search(r"\b(?:were|was|included?|including|being)\s+(?:mainly\s+|mostly\s+)?\Z", lead) and not re.search(r"\b(?:leading to|but)\b", lead)
                if MEMBERS.match(lead) and (introduced or not NO_MEMBERS.search(lead.replace("except for", ""))) and not re.search(r"\b(?:but|although|whereas)\b", between):
                    return other
            elif other.end <= mention.start:
                continue
            elif IS_CLASS.match(self.folded, mention.end, other.start) and len(self.folded[mention.end : other.start]) < 150:
                return other
        return None

    def _carried(self, mention: Mention, inner: list[Mention]) -> Mention | None:
        """"...adverse events; the most common were headache and rash": the class was named before the semicolon."""
        begin = max([self.start, *(b for a, b in self.breaks if b <= mention.start)])
        named = [m for m in self.mentions if m.kind in (CLASS, ORGAN) and m.end <= begin]
        lead = MOST_WERE.match(self.folded, begin, mention.start)
        return named[-1] if named and lead else None

    # ---- shared

    def _hypothetical(self, at: int) -> bool:
        before = self.folded[self.start : at]
        clause = re.split(r";|\bbut\b|\balthough\b", before)[-1]
        return bool(HYPOTHESIS.search(clause)) or bool(re.search(r"\b(?:if|whether|to determine|to assess|to evaluate|defined as)\b", clause))

    def _arm_before(self, first: int, mention: Mention) -> tuple[int, int] | None:
        every = list(ARM_BEFORE.finditer(self.folded, first, mention.start))
        return every[-1].span("arm") if every and not attributes.NO_ARM.search(every[-1]["arm"]) else None

    def _arm_after(self, mention: Mention, last: int) -> tuple[int, int] | None:
        found = ARM_AFTER.match(self.folded, mention.end, last)
        return found.span("arm") if found and not attributes.NO_ARM.search(found["arm"]) else None

    def _event(self, mention: Mention, assertion: str, count: Count | None, arm: tuple[int, int] | None, how: str, last: int) -> Event:
        folded, start = self.folded, self.start
        above = self._class_of(mention, self.mentions) if mention.kind in (NAMED, OPEN) else None
        grade = attributes.grade(folded, start, mention)
        is_serious = attributes.serious(folded, mention)
        is_related = attributes.related(folded, start, mention, last, denied=False)
        if above is not None:  # "grade 3 adverse events were fever": what is said of the class holds for its members
            grade = grade or attributes.grade_in(folded, above)
            is_serious = is_serious if is_serious is not None else attributes.serious(folded, above)
            is_related = is_related if is_related is not None else attributes.related(folded, start, above, above.end, denied=False)
        severity = attributes.severity(folded, start, mention, last)
        return Event(mention, assertion, count, arm, None, how, (start, self.end), severity, grade, is_serious, is_related, self.concluded)


__all__ = ["ABSENT", "NONE_REPORTED", "PRESENT", "Event", "events"]
