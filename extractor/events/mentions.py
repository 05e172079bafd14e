"""Where a text names something that can be an adverse event: classes, clinical terms, deaths. Nothing is decided here.

A *class* names events without saying which ("serious adverse events", "complications"); an *organ class* says where
("gastrointestinal side effects"). A *named* mention is a term of the lexicon, widened to the left by site and quality
("left leg pain"), or an unknown term with a harmful head ("plate failure"). Whether it happened, and to whom, is decided in
:mod:`extractor.events.told`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from extractor import patterns as re
from extractor.context.phrases import phrases
from extractor.events.denied_classes import classes_denied
from extractor.events.said_apart import dose_changed, organs_behind, rank_before
from extractor.events.shared_heads import GROUP_ARM, LOW_PLACED, PLACED, SITES, VALUES, alone, head_of, listed
from extractor.events.stopped import divided_reason, reason_before, reason_was, shared_reason
from extractor.events.unlisted_terms import items_beside, items_counted, items_under
from extractor.quantities.counts import PEOPLE
from extractor.quantities.numbers import NUMBER_WORDS, WHOLE
from extractor.terms import Term, table
from extractor.words import Words

W = Words("events")

CLASS, ORGAN, NAMED, DEATH, OPEN = "class", "organ", "named", "death", "open"

# a word between "adverse" and "events": "ocular", "blood", "chemistry"
_KIND = rf"(?!{W.kind_of}\b)[a-z][a-z-]+"
# "adverse drug reactions", "side-effects", "untoward events", "SAEs", "complications", "toxicity", "safety concerns"
_HEAD_FORMS = (
    rf"{W.head_adverse}[\s-]+{W.head_drug}?(?:{W.head_events}\b(?:\s*\({W.head_aes}\))?(?:\s+of {W.special} interest\b)?)",
    rf"{W.head_untoward}\s+(?P<kinds>(?:{_KIND}{W.head_and}){{1,5}}?){W.events}\b",
    r"side[\s-]?effects?\b",
    r"secondary effects\b(?=\s*(?:\([^()]*\)\s*)?(?:occurred|were|included|such as|in\b|[,.;]))",
    rf"(?:te)?s?aes?\b(?:\s+of {W.special} interest\b)?",
    r"aesis?\b",
    r"s?adrs?\b",
    rf"safety[\s-]+{W.head_concerns}\b",
    r"complications?\b",
    r"toxicit(?:y|ies)\b",
    rf"(?:{W.head_cardiac} )(?:events?)\b",
    rf"tolerability {W.head_issues}\b",
    rf"{W.head_non} events?\b",
    rf"{W.head_agent}[\s-](?:related|associated)\s+events?\b",
    r"(?<=grade \d )(?<!for grade \d )events\b",
)
HEAD = re.compile(rf"\b(?:{'|'.join(_HEAD_FORMS)})")
_GRADE = rf"(?:(?:ctcae |nci |who )?grades?[\s-]*(?:[<>=≥≤]+\s*)?(?:or\s*=\s*)?(?:\d|[iv]+)(?:\s*{W.grade_to}\s*(?:\d|[iv]+)\b)*(?:\s*(?:or {W.higher}|and (?:higher|above)|\+))?)"
_GENERAL = W.general
_MODIFIER = re.compile(
    rf"(?<![\w-])(?:(?:{_GRADE}|(?!{W.modifier_of}\b)[a-z0-9α-ω]+(?:[-/][a-z0-9]+)*[\s-]{W.modifier_related}|(?:{_GENERAL}))(?:\s*[-,/]\s*|\s+to\s+|\s+)){{1,12}}\Z"
)
DOSE_LIMITING = re.compile(r"\bdose[- ]limiting\s+\Z")
# Words before a class that are no part of its name
_STRAY = re.compile(rf"{W.stray_study}\b[\s,/]+")
# "cardiac events", not "adverse events"
ORGAN_EVENTS = re.compile(rf"(?!{W.organ_events_non})[a-z-]+ events?\b")
# "leading to discontinuation": after a class
LED = re.compile(
    rf"\s+{W.led_leading}\s+(?:to\s+|in\s+)?(?:(?:{W.led_treatment}|(?!and\b|or\b)[a-z0-9/-]{{4,}})\s+){{0,3}}?{W.led_discontinuations}\b"
)
# The organ or site that limits a class: "gastrointestinal side effects", "wound complications"
_ORGAN_WORD = W.organ_word
_ORGAN = re.compile(rf"({_ORGAN_WORD}(?:[\s-]+{W.organ_and}[\s-]+(?:{_ORGAN_WORD})?)?\s*)\Z")
_NOT_ORGAN = W.members("general") | W.members("not_organ")

DEAD_VERBS = (
    "died",
    "dying",
    "deceased",
    "expired",
    "passed away",
    "perished",
    "succumbed",
    "was dead",
    "were dead",
    "are dead",
    "lost their lives",
)
_DIED = "|".join(verb for verb in DEAD_VERBS if verb != "dying")
# "with 40 patients dying of sepsis", no "risk of dying"
_DYING = rf"(?<!\bof )dying(?=\s+{W.dying_of}\b)"
# "all but one survived", "all patients survived but two": who is left out died
_ALL_BUT = rf"all {W.but}\s+(?P<but>{WHOLE})\b(?:\s+of\s+{W.our}?(?:\w+\s+){{1,3}}?|\s+\w+\s+|\s+){W.all_but_survived}|all\s+(?:of\s+)?{W.all_but_the}?(?:\w+\s+){{0,2}}?{W.but}\s+(?P<but2>{WHOLE})\b(?:\s+\w+)?\s+{W.all_but_survived}|all\s+(?:of\s+)?{W.all_but_the}?(?:\w+\s+){{0,2}}?{W.all_but_survived},?\s+{W.all_but_but}\s+(?P<but3>{WHOLE})(?!,?\s+(?:\w+\s+)?who)(?:\s+{W.all_but_patients})?"
# "all patients survived": nobody died
SURVIVED = re.compile(
    rf"\b(?:all\s+(?:of\s+)?(?:the\s+|our\s+|these\s+)?(?:(?:{WHOLE}|(?!but\b|except\b|save\b)\w+)\s+){{0,3}}?(?:survived?|(?:was|were|are|have been|remain(?:ed)?)\s+(?:still\s+|all\s+)?(?:alive|living))|{W.survived_otherwise})(?!\w)(?!,?\s+{W.survived_but}\b)"
)
_DEATHS_FORMS = (
    rf"(?:(?:all-cause|overall|in-hospital|hospital|perioperative|postoperative|operative|early|late|(?:\d+|{NUMBER_WORDS})-{W.day}|cardiac|cardiovascular|cancer|maternal|neonatal|perinatal|infant|treatment-related|drug-related|procedure-related|toxic|cause-specific|icu|short-term|fatal|sudden|non-relapse|transplant-related|vascular|cerebral|unexpected)\s+)*{W.deaths_deaths}",
    rf"{_DIED}|{_DYING}",
    rf"{_ALL_BUT}",
)
DEATHS = re.compile(rf"\b(?:{'|'.join(_DEATHS_FORMS)})\b")
# "cell death", "graft mortality": nobody died
OF_CELLS = re.compile(rf"\b{W.of_cells}\s+\Z")
# Heads of harm: an unknown term that ends in one is a candidate ("plate failure", "occlusal discrepancy")
HARM = re.compile(rf"\b{W.harm}\b")
# "no abnormal growth", "nor malignant transformation": harms where they are denied; told to have been, mostly no harm
HARM_DENIED = re.compile(
    rf"(?<![\w-])(?:{W.harm_denied_left}\s+(?:{W.harm_denied_left}\s+)?(?:{W.harm_denied}|changes)|sensiti[sz]ation)\b"
)
LOOKED_FOR = re.compile(rf"\b(?:no|nor|neither|without|not|none)\b(?!\s+(?:{W.no_difference_differences}))[^;]*\Z")
LOOKED_AT = 90  # characters before such a term in which it is denied
_NOT_LEFT = _NOT_ORGAN - W.members("mentions_not_left") | W.members("not_left")
# "elevated CSF protein and nucleated cells", "increases in serum creatinine"
LABORATORY = re.compile(
    rf"\b(?P<how>{W.laboratory_elevated})\s+(?P<what>(?:{W.laboratory_serum}\s+){{0,2}}{W.laboratory_protein}(?:\s+{W.laboratory_levels})?)\b"
)
# "AST increased (29%)", "creatinine rose in two": the measure first, where a count follows
MEASURE_ROSE = re.compile(
    rf"\b(?:{W.laboratory_serum}\s+){{0,2}}(?!cells?\b|albumin\b|h(?:a)?emoglobin\b){W.laboratory_protein}(?:\s+{W.laboratory_levels})?\s+{W.measure_rose}(?=\s+in\s+(?:only\s+)?{WHOLE}\b(?!\s*(?:%|(?:of|months?|weeks?|days?|hours?|groups?|arms?)\b))|\s*\(\s*(?:n\s*=|\d+(?:\.\d+)?\s*%))"
)
# "decreased cardiac function", "impaired renal function"
FUNCTION = re.compile(rf"\b{W.function_decreased}\s+(?:left |right )?{W.function_cardiac}\s+function\b")
# Right of a term, its site: "infection at the catheter site", "pain in the leg", "swelling of the knee", "mobility at fracture site"
_RIGHT = re.compile(
    rf"\s+(?:(?:at|on|in|around)\s+the\s+sites?\s+of\s+(?:the\s+)?{W.right_injection}|{W.right_at}\s+(?:the\s+|an\s+|a\s+)?{W.right_site}(?!\w|\s+(?:cells?|grafts?|groups?|arms?)\b))"
)
LEXICON = "adverse_events"
_SKIP_WORDS = re.compile(rf"{W.skip_words}\Z")


# Two terms that are written as one thing unless they close a list
_PAIR = re.compile(r"(?P<first>nausea|vomiting)\s*(?:and|or|and/or|/)\s*(?P<second>vomiting|nausea|emesis)\Z")


@cache
def _doubted(kind: str) -> frozenset[str]:
    """Terms of one kind of the shipped table ``event_doubts.tsv``: ``weak``, ``never`` or ``acute``."""
    return frozenset(name for name, of in phrases("event_doubts") if of == kind)


@cache
def well_known() -> dict[str, str]:
    """The shipped table ``event_short.tsv``: abbreviations that need no explaining."""
    return {row[0]: row[1] for row in phrases("event_short")}


@cache
def _sites() -> str:
    """The words of the shipped table ``event_sites.tsv`` as alternatives."""
    return "|".join(name for name, *_ in phrases("event_sites"))


@cache
def _left() -> re.Pattern[str]:
    """A site or a quality, also one known by its ending, right before a term."""
    return re.compile(
        rf"(?<![\w-])((?:{W.left_prefix}-)?(?:{_sites()}|[a-z]{{3,}}(?:al|ic|ar|ary|ous|oid|ine))(?:[\s-]+))\Z"
    )


@cache
def _ellipsis() -> re.Pattern[str]:
    """Sites that share the head of the next term: "low back and" before "leg pain"."""
    return re.compile(
        rf"(?<![\w-])(?<!at the )(?P<site>(?:(?:{_sites()})\s+){{0,3}}(?:{_sites()}))\s*(?:\band\b|\bor\b|\band/or\b|/)\s*\Z"
    )


@cache
def _before_comma() -> re.Pattern[str]:
    """A site before a comma, in a list of sites that share one head."""
    return re.compile(rf"(?<![\w-])(?P<site>(?:(?:{_sites()})\s+){{0,2}}(?:{_sites()}))\s*,\s*\Z")


@dataclass(frozen=True, slots=True)
class Mention:
    """`start:end` is the term as written; `core` begins the part that the lexicon knows; `term` is the concept.

    ``tail`` is the head that the term shares with the next one ("low back" in "low back and radicular leg pain"), or what
    somebody stopped because of it; ``peer`` is the known term beside an unknown one of the same list: what holds for it, holds.
    """

    start: int
    end: int
    kind: str
    core: int
    term: Term | None = None
    how: str = ""
    organ: bool = False
    site: bool = False
    stopped: bool = False
    listed: bool = False
    tail: tuple[int, int] | None = None
    peer: Mention | None = None

    @property
    def weak(self) -> bool:
        """Whether the term is an outcome or a treated disease at least as often as an adverse event."""
        return self.disease or (self.term is not None and self.term.name in _doubted("weak"))

    @property
    def disease(self) -> bool:
        """Whether the term is a disease that people bring with them, not one that befalls them in a trial."""
        return self.term is not None and self.term.kind == "disease" and self.term.name not in _doubted("acute")


def mentions(folded: str, start: int, end: int) -> list[Mention]:
    """All mentions in ``folded[start:end]`` (one sentence), in order, none inside another."""
    found = [*_classes(folded, start, end)]
    found += [m for m in (Mention(a, b, CLASS, a) for a, b in classes_denied(folded, start, end)) if _free(m, found)]
    found += [m for m in _toxicity_of(folded, end, found) if _free(m, found)]
    found += [m for m in _deaths(folded, start, end) if _free(m, found)]
    unknown = list(_open(folded, start, end))
    sited = [m for m in unknown if m.site]  # "mobility at fracture site": the site is no term of its own
    known = list(_named(folded, start, end))
    found += [
        m
        for m in known
        if _free(m, found)
        and not any(u.core < m.start < u.end for u in sited)
        and not any(w.start <= m.start and m.end < w.core for w in known)  # "pericarditis-like chest pain"
    ]
    found += [m for m in unknown if _free(m, found)]
    found = _sharing_reason(folded, sorted(found, key=lambda m: m.start))
    listed: list[Mention] = []
    for item in _listed(folded, start, end, found):
        if _free(item, found) and _free(item, listed):
            listed.append(item)
    found = sorted([*found, *listed], key=lambda m: m.start) if listed else found
    return [m for left, m in zip([None, *found], found, strict=False) if not (left and explained(folded, left, m))]


def explained(folded: str, left: Mention, mention: Mention) -> bool:
    """Whether a mention only abbreviates the one before it: "adverse events (AEs; 27% v 7%)"."""
    short = mention.end - mention.start <= SHORT and mention.kind in (left.kind, CLASS)
    return (
        short
        and ABBREVIATES.fullmatch(folded, left.end, mention.start) is not None
        and folded[mention.end : mention.end + 1] in tuple(";,)]")
    )


def _sharing_reason(folded: str, found: list[Mention]) -> list[Mention]:
    """ "dropped out because of nausea (2) and rash (1)": the stop is that of each term."""
    for place, (left, right) in enumerate(itertools.pairwise(found)):
        left = found[place]
        if (
            left.stopped
            and left.tail
            and right.kind in (NAMED, OPEN)
            and not right.tail
            and shared_reason(folded[left.end : right.start])
        ):
            found[place + 1] = replace(right, stopped=True, tail=left.tail)
    return found


def _listed(folded: str, start: int, end: int, found: list[Mention]) -> Iterator[Mention]:
    """Unknown items of lists of events, under a class or between known terms."""
    named = [m for m in found if m.kind == NAMED]
    heads = [m.end for m in found if m.kind in (CLASS, ORGAN) and not m.stopped]
    for begin, last in items_under(folded, end, heads, [m.start for m in named]):
        yield Mention(begin, last, OPEN, begin, listed=True)
    spans = [(m.start, m.end) for m in named]
    for begin, last, place in (*items_beside(folded, end, spans), *items_counted(folded, start, end, spans)):
        yield Mention(begin, last, OPEN, begin, peer=named[place])


def _free(mention: Mention, taken: list[Mention]) -> bool:
    return not any(t.start < mention.end and mention.start < t.end for t in taken)


def _classes(folded: str, start: int, end: int) -> Iterator[Mention]:
    for head in HEAD.finditer(folded, start, end):
        if re.match(
            r"\s*-?\s*free\b|-(?:related|induced|associated|attributable|specific)\b|\s+(?:reporting|questionnaires?|checklists?)\b",
            folded[head.end() : head.end() + 16],
        ):
            continue
        first = _modified(folded, start, head.start())
        organ = _ORGAN.search(folded, max(start, first - 40), first)
        kinds = re.findall(r"[a-z-]+", head["kinds"] or "")
        limited = (
            any(k not in _NOT_ORGAN for k in kinds)
            or bool(organ and organ[1].split()[0].strip("- ") not in _NOT_ORGAN)
            or bool(ORGAN_EVENTS.match(head.group()))
            or head.group().endswith("interest")
            or _dose_limiting(folded, first, head)
        )
        if organ and limited:
            first = _modified(folded, start, organ.start(1)) if organ.start(1) < first else first
        if head.group().startswith("safety"):
            limited = False  # "serious ocular or systemic safety issues"
        while stray := _STRAY.match(folded, first, head.start()):
            first = stray.end()
        last, reason = head.end(), reason_before(folded, start, first)
        outcome = LED.match(folded, last, end)
        if reason or outcome:  # "withdrawals due to adverse events": who stopped, not who had an event
            limited = True
            first = reason.start("what") if reason else first
            last = outcome.end() if outcome else last
        if reason is None and dose_changed(folded, start, first):
            continue  # "dose reductions because of adverse events": what was done
        yield from _rank_apart(folded, start, first, head, last)
        parts = None if reason or outcome else divided_reason(folded, start, first) or reason_was(folded, start, first)
        limited = limited or parts is not None
        kind, stopped = ORGAN if limited else CLASS, bool(reason or outcome or parts)
        tail = parts.span("what") if parts else None
        yield Mention(first, last, kind, head.start(), organ=limited, stopped=stopped, tail=tail)


def _rank_apart(folded: str, start: int, first: int, head: re.Match[str], last: int) -> Iterator[Mention]:
    """ "Eight had major and five minor complications": the first rank, with the class that the second has behind it."""
    rank = rank_before(folded, start, first, head.start())
    if rank:
        yield Mention(*rank, CLASS, rank[0], tail=(head.start(), last))


def _toxicity_of(folded: str, end: int, classes: list[Mention]) -> Iterator[Mention]:
    """ "Toxicity was mainly haematological": the organ said behind the class."""
    for mention in classes:
        for a, b in organs_behind(folded, mention.end, end) if mention.kind == CLASS else ():
            yield Mention(a, b, ORGAN, a, organ=True, listed=True, tail=(mention.core, mention.end))


def _dose_limiting(folded: str, first: int, head: re.Match[str]) -> bool:
    """ "No dose-limiting toxicity": an end point by its name, not whatever harms there are."""
    return head.group().startswith("toxic") and DOSE_LIMITING.search(folded, first, head.start()) is not None


def _modified(folded: str, start: int, head: int) -> int:
    """Where the modifiers of a class begin."""
    before = folded[max(start, head - 90) : head]
    match = _MODIFIER.search(before)
    if not match:
        return head
    return head - len(before) + match.start()


def _deaths(folded: str, start: int, end: int) -> Iterator[Mention]:
    found = [*DEATHS.finditer(folded, start, end)]
    found += [
        m
        for m in SURVIVED.finditer(folded, start, end)
        if not any(m.start() < f.end() and f.start() < m.end() for f in found)
    ]
    for match in found:
        if match.group() in DEAD_VERBS or not OF_CELLS.search(folded, max(start, match.start() - 20), match.start()):
            yield Mention(match.start(), match.end(), DEATH, match.start())


def _named(folded: str, start: int, end: int) -> Iterator[Mention]:
    for match in table(LEXICON).find(folded, start, end):
        word = folded[match.start : match.end]
        if match.term.name in _doubted("never") or _SKIP_WORDS.match(word):
            continue
        if match.term.name == "fall" and _FELL_IN.match(folded, match.end, end):
            continue
        pair = _PAIR.match(word)
        if (
            pair
            and re.search(r",\s*\Z", folded[start : match.start])
            and not re.match(r"\s*(?:\([^()]*\)\s*)?(?:,|and\b|or\b)", folded[match.end : end])
        ):
            for part in ("first", "second"):  # the last two of a list: "headache, nausea and vomiting"
                a, b = (match.start + x for x in pair.span(part))
                yield Mention(a, b, NAMED, a, table(LEXICON).get(pair[part]), match.how)
            continue
        first = _widened(folded, start, match.start)
        last, further = _sited(folded, end, first, match.end, NAMED)
        yield from further
        measured = LAB_TAIL.match(folded, last, end) if LAB_CHANGED.match(word) else None
        last = measured.end() if measured else last
        yield from _shared_head(folded, start, first, match.end, NAMED)
        ranked = _RANKED.search(folded, max(start, first - 60), first)
        if ranked:  # "major, minor, and minimal bleedings": one event a rank
            ranks = [m.span() for m in _RANK.finditer(folded, *ranked.span("ranks"))]
            for a, b in ranks[:-1]:
                yield Mention(a, b, NAMED, a, match.term, match.how, tail=(match.start, match.end))
            first = ranks[-1][0]
        admitted = _ADMITTED.match(folded, last, end)
        last = admitted.end() if admitted else last
        worse = _WORSE.search(folded, max(start, first - 12), first) if admitted else None
        first = worse.start() if worse else first
        no_harm = match.term.name in EFFICACY
        reason = None if no_harm else reason_before(folded, start, first) or reason_was(folded, start, first)
        stop = reason.span("what") if reason else None
        yield Mention(first, last, NAMED, match.start, match.term, match.how, stopped=bool(stop), tail=stop)


# "decreased white blood cell" with " count" behind it
LAB_CHANGED = re.compile(rf"{W.lab_changed}\b")
LAB_TAIL = re.compile(rf"\s+{W.lab_tail}\b")
# "a fall in heart rate": a measure fell, nobody; "falls in older women", "a fall in one" are people's
_FELL_IN = re.compile(
    rf"\s+(?:of\b|in\s+(?!an?\s|{WHOLE}\b|(?:[\w-]+\s+){{0,3}}?(?:{PEOPLE}|groups?|arms?|placebo|controls?|elderly|residents?|each|either)\b))"
)
# reasons to stop that are no adverse events
EFFICACY = frozenset(("disease progression", "death", "neoplasm recurrence", "pregnancy"))
SHORT = 6  # letters of an abbreviation in the plural
ABBREVIATES = re.compile(r"\s*[(\[]\s*")
_RANK = re.compile(rf"\b{W.rank}\b")
# "major, minor, and minimal" before a term that they share
_RANKED = re.compile(
    rf"(?<![\w-])(?P<ranks>(?:{_RANK.pattern}\s*,\s*)*{_RANK.pattern}\s*,?\s*(?:and|or)\s+{_RANK.pattern})\s+\Z"
)
# "worsening heart failure rehospitalization": one event, named after its cause
_ADMITTED = re.compile(r"\s+(?:re-?)?hospitali[sz]ations?\b")
_WORSE = re.compile(r"\bworsening\s+\Z")


# "grade 3 reactions within a day after infusion", "a reaction to the cells": what they are reactions to makes them harms
TO_INFUSION = re.compile(rf"(?<=eaction|actions)\s+{W.reaction_during}\s+(?:[\w-]+\s+){{0,4}}?{W.reaction_to}\b")


def _open(folded: str, start: int, end: int) -> Iterator[Mention]:
    for match in HARM.finditer(folded, start, end):
        first = _widened(folded, start, match.start())
        last, further = _sited(folded, end, first, match.end(), OPEN)
        bare = first == match.start() and last == match.end()
        if re.match(
            r"(?:[\w-]+ )?(?:virologic(?:al)?|treatment|therapy|therapeutic|clinical|technical|response|method|vaccine|contraceptive|eradication|drug|parasitological|bacteriological|microbiological) failures?",
            folded[first : match.end()],
        ):
            continue
        if re.match(
            r"(?:blood|heat|water|teeth|tooth|graft|data|sleep|fat|attachment) (?:loss|retention)\b",
            folded[first : match.end()],
        ):
            continue
        if (
            bare
            and not TO_INFUSION.match(folded, match.end(), end)
            and re.match(
                r"(?:loss|failures?|damage|reactions?|disorders?|dysfunctions?|disturbances?|symptoms|lesions?|episodes|attacks?|elevations?|suppression|impairment|abnormalit|prolongation|migrations?|mobility|complaints|displacement|infiltration|collapse|upset|reactivations?|compromise|syndromes?)",
                match.group(),
            )
        ):
            continue
        yield from further
        yield from _shared_head(folded, start, first, match.end(), OPEN)
        yield Mention(first, last, OPEN, match.start(), site=last > match.end())
    for match in FUNCTION.finditer(folded, start, end):
        yield Mention(*match.span(), OPEN, match.start())
    for match in HARM_DENIED.finditer(folded, start, end):
        if LOOKED_FOR.search(folded, max(start, match.start() - LOOKED_AT), match.start()):
            yield Mention(*match.span(), OPEN, match.start())
    for match in MEASURE_ROSE.finditer(folded, start, end):
        yield Mention(*match.span(), OPEN, match.start())
    for match in LABORATORY.finditer(folded, start, end):
        yield Mention(match.start(), match.end("what"), OPEN, match.start())
        more = listed(VALUES, folded, match.end("what"), end)
        how = match.span("how")
        for item in more.items if more else ():
            yield Mention(*item, OPEN, item[0], tail=head_of(folded, item, alone(folded, how), how))


LAST_WORD = re.compile(r"[a-z]+\Z")


def _shared_head(folded: str, start: int, first: int, end: int, kind: str) -> Iterator[Mention]:
    """ "low back and radicular leg pain", "local and systemic reactions": the first of two terms with one head."""
    left = _ellipsis().search(folded, max(start, first - 60), first)
    head = LAST_WORD.search(folded, first, end)
    if not left or not head or head.start() == first or table(LEXICON).get(left["site"]) is not None:
        return
    last = left.start("site")
    sites = [left.span("site")]
    while more := _before_comma().search(folded, max(start, last - 40), last):  # "oral, nasal and skin dryness"
        sites.append(more.span("site"))
        last = more.start("site")
    for first, last in reversed(sites):
        term = table(LEXICON).get(f"{folded[first:last]} {head.group()}")
        if term is not None or kind == NAMED:
            yield Mention(first, last, kind, first, term, "synonym" if term else "", tail=head.span())


def _widened(folded: str, start: int, at: int) -> int:
    """Where a term begins with the sites and qualities before it; at most four words."""
    for _ in range(4):
        match = _left().search(folded, max(start, at - 28), at)
        if not match or match[1].strip(" -") in _NOT_LEFT:
            break
        if match[1].strip() in ("low", "lower", "upper") and not LOW_PLACED.match(folded, at):
            break  # "low hypoglycemia rates"
        if match[1].strip() == "arm" and GROUP_ARM.search(folded, max(start, match.start(1) - 40), match.start(1)):
            break  # "in the placebo arm pneumonia developed"
        at = match.start(1)
    return at


def _sited(folded: str, end: int, first: int, at: int, kind: str) -> tuple[int, list[Mention]]:
    """Where a term ends with the sites behind it, and a term for each further site that has a count of its own."""
    match = _RIGHT.match(folded, at, end)
    if not match:
        return at, []
    more = listed(SITES, folded, match.end(), end)
    if more is None or not more.apart:
        return (more.end if more else match.end()), []
    placed = PLACED.match(folded, at, end)
    whole = (first, placed.end() if placed else at)
    return match.end(), [Mention(*i, kind, i[0], tail=head_of(folded, i, (first, at), whole)) for i in more.items]
