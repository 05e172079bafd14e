"""Whether a sentence tells what happened in this trial, and whether a term is its outcome or its treated disease.

Headings decide where there are any. Without headings a text is read in order: nothing before the trial is spoken of is a
result, and a sentence that only says what was asked, planned or measured is none either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.events.mentions import (
    CLASS,
    DEAD_VERBS,
    DEATH,
    LED,
    LEXICON,
    NAMED,
    OPEN,
    ORGAN,
    Mention,
    explained,
    mentions,
    well_known,
)
from extractor.quantities.numbers import WHOLE
from extractor.terms import Term, Terms, table, words
from extractor.words import Words

W = Words("events")

# Probability from which the trained model's role of a sentence without a heading is believed: on 250 abstracts without
# headings it silenced some 180 more sentences that name events; of the first 70, read by hand, one told a result
SURE = 0.85
SILENT = frozenset({"background", "objective", "methods", "registration", "funding"})
# The trial begins: "this study", "we compared", "patients were randomised", "a double-blind trial"
BEGINS = re.compile(rf"\b{W.begins}")
# A sentence that asks, plans or measures
ASKS = re.compile(rf"\b{W.asks}")
# What was measured, without a result: "adverse events were recorded", "safety was assessed by"
MEASURED = re.compile(rf"\b{W.measured_was}\s+{W.measured_also}?{W.measured_monitored}\b")
# "Outcome measures were syncope with development of hypotension": a list of what was measured
OUTCOMES_WERE = re.compile(
    rf"\W*(?:the )?(?:{W.outcomes_were_primary}\s+(?:\w+\s+){{0,2}}?)?(?:outcomes?(?:\s+measures?)?|end\s?-?points?|variables)\s+{W.outcomes_were_was}\b"
)
# "In another study, three patients had seizures", "others have reported": of other people
ELSEWHERE = re.compile(
    rf"\W*(?:in\s+)?(?:an?\s+|the\s+|our\s+|some\s+)?{W.elsewhere_another}\s+(?:[\w-]+\s+){{0,2}}?{W.elsewhere_study}\b|\W*(?:others|other (?:groups|authors|investigators))\s+(?:have\s+|had\s+)?{W.elsewhere_reported}\b"
)
# "the number of women that would need to be treated to prevent one fracture was 15"
NEEDED = re.compile(r"\bnumbers? (?:of [\w -]{3,30} )?(?:that |who )?(?:would )?need(?:ed|ing)? to (?:be )?treat")
_PERSONS = W.persons
# "two patients died", "no patient had severe adverse events": it befell people, a result under whatever heading
BEFELL = re.compile(
    rf"\b(?:no|none of (?:the|these|our)(?: \w+)?|neither of the)\s+(?:\w+\s+)?{_PERSONS}\s+{W.befell_had}\b|\b(?:{WHOLE})(?:\s+\([^()]*\))?\s+(?:of the\s+)?(?:\w+\s+)?(?:{_PERSONS}\s+)?{W.befell_died}\b|\b(?:no|without)\s+(?:[\w-]+\s+){{0,4}}?{W.befell_events}\s+(?:(?:was|were)\s+{W.befell_observed}|occurred)\b"
)
# what is only planned, defined or asked for
PLANNED = re.compile(rf"\b{W.planned}\b")
# told in the past: "occurred", "had", "withdrew", "the incidence was"
PAST = re.compile(rf"\b{W.of_this_trial_past}\b")
SOME = re.compile(rf"\b{W.some_no}\b|\d\s*%|\d\s*/\s*\d|\b(?:{WHOLE})\b(?!\s*{W.some_mg})")
# a result in a sentence that also asks: "we observed no", "no adverse event was recorded"
TOLD = re.compile(W.told)
# a count without a verb: "cellulitis, serious: 1/12 and 0/6", "serious adverse events: none"
COUNTED = re.compile(rf"\A\W*(?:no|none|nil)\s|\d\s*%|\d\s*/\s*\d|[:=]\s*{W.counted_none}|\b{W.counted_came}\b")
# what is so of anybody: a disease, earlier studies
GENERAL = re.compile(rf"\b{W.general_is}\b")
FIGURE = re.compile(r"\d\s*%|\d\s*/\s*\d|\bp\s*[<=>]")
RESULT = re.compile(rf"\b{W.result}")
HYPOTHESIS = re.compile(rf"\b{W.hypothesis}\b")
CONCLUDES = re.compile(rf"^\W*{W.concludes_in}\b")
# Around a term that is somebody's outcome, disease or aim
BEFORE_TERM = re.compile(rf"\b{W.before_term_history}\s+{W.before_term_the}?(?:[\w-]+\s+){{0,2}}\Z")
# "the proportion of patients with": what follows is what is counted, not who they are
NUMBER_WITH = re.compile(
    rf"\b{W.number_with}\s+of\s+(?:the\s+|all\s+)?(?:[\w-]+\s+)?{W.persons}\s+(?:with|who had|having|experiencing|reporting)\s+(?:an?\s+|any\s+)?(?:[\w-]+\s+){{0,3}}\Z"
)
# "the risk of stroke was lower with the drug (0.5%) than with placebo (1.2%)": how many had one
RISK_TOLD = re.compile(
    rf"\s+(?:was|were)\s+(?:\w+ly\s+)?{W.risk_lower}\s+(?:with|in|for|among|after|on)\b[^.;()]{{1,60}}\(\s*\d+(?:\.\d+)?\s*%\s*[,;)v]"
)
AFTER_TERM = re.compile(rf"(?:\s+|-){W.after_term_scores}\b")


# "the no adhesion barrier group", "the pain arm": a group's name
NAMES_GROUP = re.compile(rf"\s+(?:{W.names_group_barrier}\s+)?(?:groups?|arms?|cohorts?)\b")
INFECTION = re.compile(W.infection)


# "catheter-related significant adverse events (CR-SAEs)": a class under an abbreviation of this text's own
OWN_SHORT = re.compile(r"\((?P<short>[A-Za-z]{1,6}-?(?:SAE|AE|ADR|AR|AESI))s?\)")
KNOWN_SHORT = re.compile(r"(?:te)?s?aes?|s?adrs?|tesaes?", re.I)  # read as classes without being explained


def _short_classes(seen: View, body: list[Sentence]) -> Iterator[tuple[str, Mention]]:
    """The text's own abbreviations of classes of events, singular, with where they are explained."""
    for found in OWN_SHORT.finditer(seen.cased):
        sentence = next((s for s in body if s.start <= found.start() < s.end), None)
        if sentence is None or KNOWN_SHORT.fullmatch(found["short"]):
            continue
        for mention in mentions(seen.folded, sentence.start, sentence.end):
            if mention.kind in (CLASS, ORGAN) and mention.end == len(seen.folded[: found.start()].rstrip()):
                yield found["short"], mention


# "case fatality (CF)", "30-day mortality (M30)": an abbreviation that counts deaths, whatever they were of
DEADLY = re.compile(
    r"(?:(?:all-cause|overall|(?:in-)?hospital|crude|case|early|late|(?:\d+|one|six)-(?:day|month|year)) )?(?:mortality|fatality)(?: rates?)?"
)


PRIMARY = re.compile(r"\bprimary (?:\w+[\s-]+){0,3}(?:end[\s-]?points?|outcomes?|variables?|measures?)\b")


@lru_cache(maxsize=1)
def _well_known_in(listed: Terms) -> dict[str, Term | None]:
    """The terms of abbreviations that need no explaining."""
    return {short: listed.get(long) for short, long in well_known().items()}


@dataclass(slots=True)
class Reports:
    """What a document's sentences may report: built once a document."""

    seen: View
    treated: frozenset[tuple[str, ...]] = frozenset()
    begins: int = 0
    headed: bool = False
    infectious: bool = False  # the treated disease is an infection: "infections" are its cases
    _short: dict[str, Term] = field(default_factory=dict)  # the text's own abbreviations of terms: {"PPE": ...}
    _deadly: tuple[str, ...] = ()  # its abbreviations of deaths: "CF", case fatality
    classes: dict[str, Mention] = field(default_factory=dict)  # its abbreviations of classes: {"CR-SAE": ...}
    _named: dict[int, list[Mention]] = field(default_factory=dict)
    _ids: frozenset[str] = field(default_factory=frozenset)
    _answers: dict[tuple[object, ...], bool] = field(default_factory=dict)  # to what several rules ask alike

    @classmethod
    def of(cls, seen: View, conditions: frozenset[str] = frozenset()) -> Reports:
        body = seen.body()
        headed = any(s.role in ("results", "methods") for s in seen.roles.sections)
        begins = next((s.start for s in body if BEGINS.search(seen.folded, s.start, s.end)), 0)
        made = cls(seen, frozenset(words(c) for c in conditions), begins, headed)
        made.infectious = bool(INFECTION.search(" ".join(conditions) + " " + seen.folded[slice(*seen.title)]))
        explained_here = {short: long for short, long in seen.abbreviations.items() if len(short) > 1}
        named = _well_known_in(table(LEXICON)) | {
            short: table(LEXICON).get(long) for short, long in explained_here.items()
        }
        made._short = {short: term for short, term in named.items() if term is not None}
        made._deadly = tuple(short for short, long in explained_here.items() if DEADLY.fullmatch(long.lower()))
        made.classes = dict(_short_classes(seen, body))
        made._ids = frozenset(m.term.name for m in made._own(body) if m.term is not None)
        return made

    def named(self, start: int, end: int) -> list[Mention]:
        """The mentions of a sentence, read once."""
        if start not in self._named:
            self._named[start] = self.mentions(start, end)
        return list(self._named[start])

    def mentions(self, start: int, end: int) -> list[Mention]:
        """Mentions of a sentence, those by the text's own abbreviations among them."""
        found = [
            m
            for m in mentions(self.seen.folded, start, end)
            if m.kind not in (NAMED, OPEN) or not NAMES_GROUP.match(self.seen.folded, m.end, end)
        ]
        for short, term in self._short.items():
            for match in self._written(short, start, end):
                if not any(m.start < match.end() and match.start() < m.end for m in found):
                    found.append(Mention(match.start(), match.end(), NAMED, match.start(), term, "abbreviation"))
        for short in self._deadly:
            for match in self._written(short, start, end):
                found.append(Mention(match.start(), match.end(), DEATH, match.start()))
        for short, long in self.classes.items():
            for match in self._written(short, start, end):
                found = [m for m in found if m.end <= match.start() or match.end() <= m.start or m.stopped]
                if not any(m.start < match.end() and match.start() < m.end for m in found):
                    led = LED.match(self.seen.folded, match.end(), end)  # "DRAEs leading to discontinuation"
                    last, kind = (led.end(), ORGAN) if led else (match.end(), long.kind)
                    found = [m for m in found if m.end <= match.start() or last <= m.start]
                    found.append(Mention(match.start(), last, kind, match.start(), organ=bool(led), stopped=bool(led)))
        found.sort(key=lambda m: m.start)
        return [
            m
            for left, m in zip([None, *found], found, strict=False)
            if not (left and explained(self.seen.folded, left, m))
        ]

    def _written(self, short: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Where an abbreviation, or its plural, is written as a word of its own."""
        if self.seen.cased.find(short, start, end) < 0:
            return  # most of them: a look is cheaper than a search
        yield from re.compile(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])").finditer(self.seen.cased, start, end)

    def _own(self, body: list[Sentence]) -> list[Mention]:
        """Terms of the title, and of the primary outcome: the trial's subject, not what befell people by the way."""
        found = list(mentions(self.seen.folded, *self.seen.title)) if self.seen.title[1] else []
        for sentence in body:
            place = PRIMARY.search(self.seen.folded, sentence.start, sentence.end)
            if place:
                found += mentions(self.seen.folded, place.end(), sentence.end)
        return found

    def subject(self, mention: Mention) -> bool:
        """Whether the term is what the trial treats, prevents or measures first."""
        text = words(self.seen.folded[mention.start : mention.end])
        if any(set(text) <= set(c) or set(c) <= set(text) for c in self.treated if c):
            return True
        if mention.term is not None and mention.term.name == "infection" and self.infectious:
            return mention.start == mention.core  # "wound infection" in a trial of malaria is one
        return mention.term is not None and mention.term.name in self._ids

    def silent(self, sentence: Sentence) -> bool:
        """Whether nothing in this sentence is a result of the trial; its place is evidence, not a gate."""
        key = ("silent", sentence.start)
        if key not in self._answers:
            self._answers[key] = self._is_silent(sentence)
        return self._answers[key]

    def _is_silent(self, sentence: Sentence) -> bool:
        role = self.seen.role_at(sentence.start)
        text = self.seen.folded[sentence.start : sentence.end]
        if self.elsewhere(sentence):
            return True
        if role in ("results", "conclusions"):
            return OUTCOMES_WERE.match(text) is not None and not FIGURE.search(text)
        if role == "title" or (OUTCOMES_WERE.match(text) and not FIGURE.search(text)):
            return True
        if role in SILENT:
            told = role == "methods" and BEFELL.search(text) and not PLANNED.search(text)
            return not (told or self._results_unheaded(sentence))
        return self._silent_unheaded(sentence, text)

    def outside(self, sentence: Sentence) -> bool:
        """Whether a sentence is another study's, or stands under a heading of what was known or asked before."""
        return self.seen.role_at(sentence.start) in ("background", "objective") or self.elsewhere(sentence)

    def elsewhere(self, sentence: Sentence) -> bool:
        """Whether a sentence says that it tells of another study, or of how many would have to be treated."""
        folded, start, end = self.seen.folded, sentence.start, sentence.end
        return ELSEWHERE.match(folded, start, end) is not None or NEEDED.search(folded, start, end) is not None

    def _silent_unheaded(self, sentence: Sentence, text: str) -> bool:
        """The same under no heading: what is told in the past with a number or a denial is a result wherever it stands."""
        if sentence.start < self.begins:
            return True
        if TOLD.search(text) or (PAST.search(text) and SOME.search(text) and not PLANNED.search(text)):
            return False
        if COUNTED.search(text) and not GENERAL.search(text):
            return False
        likely, sure = self.seen.likely_role(sentence.start)
        if likely in SILENT and sure >= SURE:
            return True
        return bool(MEASURED.search(text) and not RESULT.search(text)) or bool(ASKS.search(text))

    def _results_unheaded(self, sentence: Sentence) -> bool:
        """Whether a sentence tells results under a heading that is not theirs, in a text without a heading for results."""
        if any(s.role == "results" for s in self.seen.roles.sections):
            return False
        likely, sure = self.seen.predicted.get(sentence.start, (None, 0.0))
        told = FIGURE.search(self.seen.folded, sentence.start, sentence.end)
        return likely in ("results", "conclusions") and (sure >= SURE or told is not None)

    def planned(self) -> bool:
        """Whether the document has no part that tells results, so that a protocol's outcomes are only planned."""
        return not any(s.role == "results" and s.end - s.text_start > 80 for s in self.seen.roles.sections)

    def concludes(self, sentence: Sentence) -> bool:
        key = ("concludes", sentence.start)
        if key not in self._answers:
            role = self.seen.role_at(sentence.start)
            text = self.seen.folded[sentence.start : sentence.end]
            self._answers[key] = role == "conclusions" or bool(CONCLUDES.search(text))
        return self._answers[key]

    def incident(self, mention: Mention) -> bool:
        """ "new infections": cases of what the trial prevents, in a trial that treats one."""
        new = re.search(r"\b(?:new|incident)\s+\Z", self.seen.folded[max(0, mention.start - 12) : mention.start])
        return new is not None and (mention.disease or self.infectious)

    def qualifies(self, mention: Mention, end: int) -> bool:
        """Whether the term only qualifies the next word: "pain medication", "nausea scores"."""
        return AFTER_TERM.match(self.seen.folded, mention.end, end) is not None

    def outcome(self, mention: Mention, start: int, end: int) -> bool:
        """Whether the words around a term make it a disease treated, a risk, a scale or an aim."""
        key = ("outcome", mention.kind, mention.start, mention.end, start, end)
        if key not in self._answers:
            self._answers[key] = self._is_outcome(mention, start, end)
        return self._answers[key]

    def _is_outcome(self, mention: Mention, start: int, end: int) -> bool:
        folded = self.seen.folded
        if mention.kind == DEATH and folded[mention.start : mention.end] in DEAD_VERBS:
            return False  # "one man undergoing surgery died": a verb is nobody's disease
        if AFTER_TERM.match(folded, mention.end, end):
            return True
        before = BEFORE_TERM.search(folded, max(start, mention.start - 60), mention.start)
        if before and "risk" in before.group() and RISK_TOLD.match(folded, mention.end, end):
            return False
        return bool(before) and not NUMBER_WITH.search(folded, max(start, mention.start - 110), mention.start)
