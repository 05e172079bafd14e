"""Whether a sentence tells what happened in this trial, and whether a term is its outcome or its treated disease.

Headings decide where there are any. Without headings a text is read in order: nothing before the trial is spoken of is a
result, and a sentence that only says what was asked, planned or measured is none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.events.mentions import CLASS, LEXICON, NAMED, OPEN, ORGAN, Mention, explained, mentions, well_known
from extractor.quantities.numbers import WHOLE
from extractor.terms import Term, table, words

# Probability from which the trained model's role of a sentence without a heading is believed: on 250 abstracts without
# headings it silenced some 180 more sentences that name events; of the first 70, read by hand, one told a result
SURE = 0.85
SILENT = frozenset({"background", "objective", "methods", "registration", "funding"})
# The trial begins: "this study", "we compared", "patients were randomised", "a double-blind trial"
BEGINS = re.compile(
    r"\b(?:this (?:\w+[\s-]+){0,3}(?:study|trial|report|paper|analysis|work|article)|the (?:aims?|objectives?|purpose|goals?) |(?:the )?present (?:study|trial)|aims?:|we |our |randomi[sz]ed|randomly|were enrolled|were recruited|were included|were assigned|"
    r"double[\s-]blind|single[\s-]blind|open[\s-]label|was conducted|was performed|were treated|received|case report|is reported|were studied|in (?:a|an) .{0,60}(?:study|trial))"
)
# A sentence that asks, plans or measures
ASKS = re.compile(
    r"\b(?:aim(?:ed|s)?\b|objectives?\b|purpose\b|hypothesi[sz]\w*|to (?:evaluate|assess|compare|determine|investigate|examine|test|study|explore|establish|analy[sz]e|describe|estimate)\b|will be\b|"
    r"(?:primary|secondary|main|co-primary|key|principal|other) (?:\w+[\s-]+){0,3}(?:end[\s-]?points?|outcomes?|variables?|measures?|parameters?|criteria|criterion)\b|outcome measures?\b|end[\s-]?points? (?:were|was|included)|outcomes? (?:were|was|included|assessed|measured)|"
    r"were (?:eligible|excluded|randomi[sz]ed|randomly|allocated|assigned|divided|enrolled|recruited|invited)|was (?:defined|designed)|were (?:defined|designed)|inclusion criteria|exclusion criteria|we (?:compared|evaluated|investigated|assessed|examined|conducted|performed|studied|tested|aimed|sought|hypothesi[sz]ed|designed|undertook|report on|analy[sz]ed|recorded|measured))"
)
# What was measured, without a result: "adverse events were recorded", "safety was assessed by"
MEASURED = re.compile(
    r"\b(?:was|were|are|be|been)\s+(?:also\s+|then\s+|all\s+|carefully\s+|prospectively\s+|routinely\s+|closely\s+|systematically\s+|continuously\s+|\w+ly\s+)?(?:monitored|assessed|evaluated|recorded|measured|compared|collected|documented|analy[sz]ed|examined|investigated|registered|noted|studied|graded|determined|calculated|"
    r"estimated|observed for|reviewed|classified|watched|tabulated|explored|defined|queried|elicited|summari[sz]ed|tested|followed|checked|questioned|rated|scored|captured|ascertained)\b"
)
# "Outcome measures were syncope with development of hypotension": a list of what was measured
OUTCOMES_WERE = re.compile(
    r"\W*(?:the )?(?:(?:primary|secondary|main|other|key|co-primary|safety|efficacy)\s+(?:\w+\s+){0,2}?)?(?:outcomes?(?:\s+measures?)?|end\s?-?points?|variables)\s+(?:was|were|included|are|is|comprised)\b"
)
_PERSONS = r"(?:patients?|subjects?|participants?|volunteers?|wom[ae]n|m[ae]n|child(?:ren)?|infants?|individuals?|recipients?|controls?|cases?|one|animals)"
# "two patients died", "no patient had severe adverse events": it befell people, a result under whatever heading
BEFELL = re.compile(
    rf"\b(?:no|none of (?:the|these|our)(?: \w+)?|neither of the)\s+(?:\w+\s+)?{_PERSONS}\s+(?:had|complained of|experienced|developed|reported|suffered|showed|died)\b"
    rf"|\b(?:{WHOLE})(?:\s+\([^()]*\))?\s+(?:of the\s+)?(?:\w+\s+)?(?:{_PERSONS}\s+)?(?:died|developed|experienced|suffered|complained of)\b"
    r"|\b(?:no|without)\s+(?:[\w-]+\s+){0,4}?(?:events?|effects?|reactions?|complications?|deaths?|toxicit\w+)\s+(?:(?:was|were)\s+(?:observed|seen|noted|reported|encountered|recorded)|occurred)\b"
)
# what is only planned, defined or asked for
PLANNED = re.compile(
    r"\b(?:will|would|should|must|could|if|when|whether|aim(?:ed|s)?|objectives?|eligible|eligibility|criteri\w+|defined as|designed|to (?:evaluate|assess|compare|determine|investigate|examine|detect|identify)|hypothesi[sz]\w*|excluded|primary (?:end[\s-]?point|outcome)s? (?:was|were|is)|history of|previous(?:ly)?)\b"
)
# told in the past: "occurred", "had", "withdrew", "the incidence was"
PAST = re.compile(
    r"\b(?:was|were|had|occurred|developed|appeared|experienced|suffered|reported|died|withdrew|discontinued|dropped|included|involved|caused|led|resulted|showed|accounted|required|presented|complained|completed|remained|followed|differed|exhibited|recovered|resolved|did)\b"
)
SOME = re.compile(
    rf"\b(?:no|none|neither|without|never|not|more|fewer|less|higher|lower|most|similar|comparable|common|frequent|only)\b|\d\s*%|\d\s*/\s*\d|\b(?:{WHOLE})\b(?!\s*(?:mg|ml|kg|weeks?|days?|months?|years?|hours?))"
)
# a result in a sentence that also asks: "we observed no", "no adverse event was recorded"
TOLD = re.compile(
    r"\b(?:no|without|none)\b[^.;]{0,160}\b(?:observed|occurred|reported|seen|noted|recorded|found|encountered)\b|\bwe (?:observed|found|noted|saw)\b|\b(?:occurred|developed|experienced) in\b|\babsent\b|\breported only\b|\bcases? of\b|\bdied\b"
    r"|\bsignificantly (?:fewer|more|less|higher|lower)\b|\bmost (?:common|frequent)|\d+(?:\.\d+)?\s*%\)?\s*(?:vs|versus|v\.|and)"
    r"|\d+(?:[.·]\d+)?\s*%[\])]*\s+(?:of\s+\d+|(?:of (?:the )?)?\w+ (?:had|developed|experienced|died|withdrew))"
)
FIGURE = re.compile(r"\d\s*%|\d\s*/\s*\d|\bp\s*[<=>]")
RESULT = re.compile(
    r"\b(?:no\b|none\b|without\b|occurred|experienced|developed|significantly|higher|lower|fewer|similar|more (?:common|frequent|often)|less (?:common|frequent|often)|there (?:was|were)|most (?:common|frequent)|compared with|respectively|well tolerated|\d+(?:\.\d+)?\s*%|\(n\s*=|p\s*[<>=])"
)
HYPOTHESIS = re.compile(
    r"\b(?:may|might|could|can|would|should|will|cannot|potential(?:ly)?(?!\s+(?:[\w-]+\s+){0,3}?[\w-]*related)|expected to|likely to|is known|are known|has been (?:shown|reported|associated)|have been (?:shown|reported|associated|documented)|is associated with|are associated with|previous(?:ly)?|in the literature|is (?:a )?common|are common|often (?:causes?|leads?))\b"
)
CONCLUDES = re.compile(
    r"^\W*(?:(?:in )?conclusions?|we conclude|these (?:results|findings|data)|our (?:results|findings|data|study)|this (?:study|trial) (?:demonstrates|shows|suggests|confirms|provides)|in summary|overall,|thus,|therefore|the (?:results|findings) (?:of (?:this|the|our) (?:\w+ )?study )?(?:suggest|indicate|show|demonstrate|support))\b"
)
# Around a term that is somebody's outcome, disease or aim
BEFORE_TERM = re.compile(
    r"\b(?:history of|risk(?:s)? (?:of|for|factors? for)|prevention of|prevent(?:ing|ed|s)?|prophyla\w+ (?:of|against|for)|treatment (?:of|for)|treating|management of|managing|treated for|therapy (?:of|for)|diagnos(?:ed with|is of)|suffering from|because of (?:the )?|"
    r"severity of|intensity of|duration of|relief (?:of|from)|reliev\w+|control of|controlling|improv\w+ (?:in |of )?|reductions? (?:in|of)|reduc(?:e|es|ing)|decreas(?:e|es|ing)(?! and\b)|alleviat\w+|ameliorat\w+|against|effects? (?:on|of)|time to(?: the)?(?: first)?(?: (?:occurrence|incidence|episode|onset) of)?|success rate of|stoppage of|cessation of|onset of|scores? (?:for|of)|measures? of|"
    r"(?<!the )symptoms of|assessment of|assessed|evaluat\w+|to reduce|to prevent|caused by|induced by|patients? (?:with|without|having|who (?:had|have|has))|(?:subjects|women|men|children|adults|those|people|participants|infants|individuals|volunteers|eyes|group) with(?:out)?|surgery for|operation for|undergoing|scheduled for|"
    r"hospitali[sz]ed (?:for|with)|admitted (?:for|with)|resolution of|clearance of|recovery from|recurrence of|progression of|worsening of|prevalence of|burden of|model of|efficacy (?:in|against|for)|incidence of new|number of (?:patients with )?(?:new )?(?:episodes of )?|free from|protection against|vaccine against|score for|baseline|mean|median|"
    r"changes? in|change from baseline in|levels? of|amount of|volume of|degree of|increased? tolerance|threshold|quality of|primary outcome of|outcome of|predictors? of|factors? for|associated with(?! (?:\w+ly )?(?:an? )?(?:more|fewer|less|greater|higher|lower|increased|reduced)\b)|related to|not receiving|indication for|combined with|complicated by|with or without|previous|prior|pre-?existing|known|underlying|baseline)\s+"
    r"(?:the\s+|a\s+|an\s+|their\s+|any\s+|all\s+|both\s+)?(?:[\w-]+\s+){0,2}\Z"
)
AFTER_TERM = re.compile(
    r"(?:\s+|-)(?:scores?|scales?|severity|intensit(?:y|ies)|relief|control|management|prevention|treatment|therapy|prophylaxis|index|thresholds?|free\b|questionnaires?|assessments?|measures?|measurements?|related\b|induced\b|model|surgery|clearance|counts?|specific|reduction|medications?|duration|centers?|"
    r"clinic|drugs?|vaccin\w+|screening|recurrence|rating|visual|vas|trials?|inventory|patients?|subjects?|rehabilitation|outcomes?|status|response|responses|remission|survivors|cells?|patterns?|markers?|biomarkers?|mediators?|parameters|variables|domain|subscale|units?|interference|catastroph\w*|sensitivity|perception|level|levels|"
    r"reduced\b|improved\b|relieved\b|tissue|resection|repair|reconstruction|operations?|mapping|reserve|mortality|specialists?|care|guidelines|prone|analysis|test|tests|function|experience|research|campaign|institute|society|foundation|packs?|assessed|measured|at baseline|positive|negative|sites?|healing|fixation|union|lines?|types?|cultures?|samples?|hospital|ward|diagnosis|days|history|risk|ingrowth|overgrowth|growth|barriers?|burden|size|volume|shrinkage)\b"
)
SCREEN = re.compile(
    r"\b(?:patients|subjects|women|men|children|adults|participants|people|those|individuals|infants|eyes|knees|volunteers) (?:\w+ )?(?:with|who have|suffering from|undergoing|having|aged|presenting with|diagnosed with|requiring|treated for)\b|\b(?:treatment|management|prevention|prophylaxis|therapy|relief|control|reduction) (?:of|for|against)\b|\b(?:in|with|for|of|on|after|during|versus)\b"
)


# "the no adhesion barrier group", "the pain arm": a group's name
NAMES_GROUP = re.compile(r"\s+(?:(?:barrier|prevention|prophylaxis|control|free)\s+)?(?:groups?|arms?|cohorts?)\b")
INFECTION = re.compile(
    r"infect|malaria|hepatitis|\bhiv\b|tubercul|schisto|helminth|pneumonia|sepsis|virus|bacter|vaginosis|otitis|sinusitis|influenza|covid|typhoid|leishman|pylori|cholera|syphilis|herpes|zoster|candid|tonsillitis|pharyngitis"
)


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


@dataclass(slots=True)
class Reports:
    """What a document's sentences may report: built once a document."""

    seen: View
    treated: frozenset[tuple[str, ...]] = frozenset()
    begins: int = 0
    headed: bool = False
    infectious: bool = False  # the treated disease is an infection: "infections" are its cases
    _short: dict[str, Term] = field(default_factory=dict)  # the text's own abbreviations of terms: {"PPE": ...}
    classes: dict[str, Mention] = field(default_factory=dict)  # its abbreviations of classes: {"CR-SAE": ...}
    _named: dict[int, list[Mention]] = field(default_factory=dict)
    _ids: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, seen: View, conditions: frozenset[str] = frozenset()) -> Reports:
        body = seen.body()
        headed = any(s.role in ("results", "methods") for s in seen.roles.sections)
        begins = next((s.start for s in body if BEGINS.search(seen.folded, s.start, s.end)), 0)
        made = cls(seen, frozenset(words(c) for c in conditions), begins, headed)
        made.infectious = bool(INFECTION.search(" ".join(conditions) + " " + seen.folded[slice(*seen.title)]))
        explained_here = {short: long for short, long in seen.abbreviations.items() if len(short) > 1}
        named = {short: table(LEXICON).get(long) for short, long in (well_known() | explained_here).items()}
        made._short = {short: term for short, term in named.items() if term is not None}
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
        sentence = self.seen.cased[start:end]
        for short, term in self._short.items():
            if short not in sentence:
                continue  # most of them: a look is cheaper than a search
            for match in re.compile(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])").finditer(self.seen.cased, start, end):
                if not any(m.start < match.end() and match.start() < m.end for m in found):
                    found.append(Mention(match.start(), match.end(), NAMED, match.start(), term, "abbreviation"))
        for short, long in self.classes.items():
            for match in re.compile(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])").finditer(self.seen.cased, start, end):
                found = [m for m in found if m.end <= match.start() or match.end() <= m.start or m.stopped]
                if not any(m.start < match.end() and match.start() < m.end for m in found):
                    found.append(Mention(match.start(), match.end(), long.kind, match.start()))
        found.sort(key=lambda m: m.start)
        return [
            m
            for left, m in zip([None, *found], found, strict=False)
            if not (left and explained(self.seen.folded, left, m))
        ]

    def _own(self, body: list[Sentence]) -> list[Mention]:
        """Terms of the title, and of the primary outcome: the trial's subject, not what befell people by the way."""
        found = list(mentions(self.seen.folded, *self.seen.title)) if self.seen.title[1] else []
        for sentence in body:
            place = re.compile(
                r"\bprimary (?:\w+[\s-]+){0,3}(?:end[\s-]?points?|outcomes?|variables?|measures?)\b"
            ).search(self.seen.folded, sentence.start, sentence.end)
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
        role = self.seen.role_at(sentence.start)
        text = self.seen.folded[sentence.start : sentence.end]
        if role in ("results", "conclusions"):
            return OUTCOMES_WERE.match(text) is not None and not FIGURE.search(text)
        if role == "title" or (OUTCOMES_WERE.match(text) and not FIGURE.search(text)):
            return True
        if role in SILENT:
            told = role == "methods" and BEFELL.search(text) and not PLANNED.search(text)
            return not (told or self._results_unheaded(sentence))
        return self._silent_unheaded(sentence, text)

    def _silent_unheaded(self, sentence: Sentence, text: str) -> bool:
        """The same under no heading: what is told in the past with a number or a denial is a result wherever it stands."""
        if sentence.start < self.begins:
            return True
        if TOLD.search(text) or (PAST.search(text) and SOME.search(text) and not PLANNED.search(text)):
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
        role = self.seen.role_at(sentence.start)
        return role == "conclusions" or bool(CONCLUDES.search(self.seen.folded[sentence.start : sentence.end]))

    def incident(self, mention: Mention) -> bool:
        """ "new infections": cases of what the trial prevents, in a trial that treats one."""
        return bool(re.search(r"\b(?:new|incident)\s+\Z", self.seen.folded[max(0, mention.start - 12) : mention.start]))

    def qualifies(self, mention: Mention, end: int) -> bool:
        """Whether the term only qualifies the next word: "pain medication", "nausea scores"."""
        return AFTER_TERM.match(self.seen.folded, mention.end, end) is not None

    def outcome(self, mention: Mention, start: int, end: int) -> bool:
        """Whether the words around a term make it a disease treated, a risk, a scale or an aim."""
        folded = self.seen.folded
        if AFTER_TERM.match(folded, mention.end, end):
            return True
        return bool(BEFORE_TERM.search(folded, max(start, mention.start - 60), mention.start))
