"""Of how many people a denial is said: of all, of those that were examined, or of some who fared better than the rest.

"Three patients had no headache" is no zero: of the others nothing is said. "Autopsies of 4 patients showed no tumour" is one
of four. "All 20 patients had no fever" is a denial like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor import patterns as re
from extractor.events.clauses import verbs
from extractor.events.denials import Denial
from extractor.quantities.counts import PARTICIPANTS, Count, counts
from extractor.quantities.numbers import NUMBER_WORDS, whole
from extractor.words import Words

W = Words("events")

# "had no", "were free of", "reported neither": the subject's own verb right before the denial
HAD = re.compile(rf"\b{W.had_had}\s+(?:\w+ly\s+|with\s+)?(?:from\s+)?\Z")
# "MRI in", "autopsies of": what was looked at
EXAMINED = re.compile(rf"\b{W.examined_mri}\b[^,;]*\Z")
# "half of the patients had no pain"
VAGUE = re.compile(rf"\b{W.vague_half}\b(?:\s+of)?(?:\s+the|\s+our|\s+these)?\s*(?:\w+\s+)?\Z")
EVERY = re.compile(rf"\b{W.every_all}\s+(?:of\s+)?(?:the\s+|these\s+|our\s+)?\Z")
DEFINITE = re.compile(rf"\b{W.definite_the}\s+(?:remaining\s+|other\s+)?\Z")
# "who were scanned", "examined", "with follow-up": they were chosen by something else than how they fared
CHOSEN = re.compile(rf"\s*(?:{W.chosen_patients}\b)?\s*(?:,?\s*{W.chosen_who}\b)")
OF_THEM = re.compile(rf"none of (?:the |these |our |those )?(?P<n>{NUMBER_WORDS}|\d+)\b")
IN = re.compile(r"\b(?:in|for|among|with)\s+(?:the\s+)?\Z")
BEHIND = re.compile(rf"[^,;()]{{0,60}}?\b{W.behind_in}\s+(?:any of\s+|all\s+)?(?:the\s+)?\Z")
COMPARED = re.compile(rf"\b{W.compared}\b")
ALL, SOME, EXAM = "all", "some", "examined"


@dataclass(frozen=True, slots=True)
class SaidOf:
    """``whom`` is ``all``, ``some`` or ``examined``; the examined are counted: none of so many."""

    whom: str
    count: Count | None = None


EVERYONE = SaidOf(ALL)


def said_of(folded: str, denial: Denial, end: int, stop: int) -> SaidOf:
    """Of whom a denial of what ends at `end` is said; its clause ends at `stop`."""
    of_them = OF_THEM.match(folded, denial.start, denial.clause[1])
    if of_them:
        return SaidOf(EXAM, _none_of(denial.start, of_them.end(), whole(of_them["n"])))
    return _subject(folded, denial) or behind(folded, end, stop) or EVERYONE


def _none_of(start: int, end: int, people: int | None) -> Count:
    """So many looked at; that none had it is the denial's word, not a printed zero."""
    return Count(start, end, "fraction", None, people, PARTICIPANTS)


def _subject(folded: str, denial: Denial) -> SaidOf | None:
    """Whom the words before the denial count, where they are its subject."""
    first = max([b for _, b in denial.exceptions if b <= denial.start], default=denial.clause[0])
    verb = HAD.search(folded, first, denial.start)
    there = verb is not None and folded[first : verb.start()].rstrip().endswith("there")
    if verb is None and denial.kind == "noun":
        return _before(folded, first, denial.start)
    if (verb is None and denial.kind != "verb") or denial.kind == "subject" or there:
        return None
    stop = verb.start() if verb else denial.start
    if VAGUE.search(folded, first, stop):
        return SaidOf(SOME)
    found = [c for c in counts(folded, first, stop, bare=True) if c.form != "equals"]
    if not found or verbs(folded, found[-1].end, stop):
        return None
    count = found[-1]
    if EVERY.search(folded, first, count.start) or _whole(count):
        return None
    if EXAMINED.search(folded, first, count.start):
        return SaidOf(EXAM, _none_of(count.start, count.end, count.n))
    return SaidOf(SOME) if count.form in ("people", "fraction", "count_percent", "percent", "bare", "one") else None


def _before(folded: str, first: int, start: int) -> SaidOf | None:
    """ "In 3 of 8 patients no adverse event was seen": the people stand right before the denial."""
    found = [c for c in counts(folded, first, start) if c.form in ("people", "fraction", "count_percent", "percent")]
    if not found or folded[found[-1].end : start].strip(" ,") or _whole(found[-1]):
        return None
    if not IN.search(folded, first, found[-1].start) or EVERY.search(folded, first, found[-1].start):
        return None
    return SaidOf(SOME)


def behind(folded: str, end: int, stop: int) -> SaidOf | None:
    """Whom the words behind what is denied count: "in 18 of 20", "in the 8 patients who were scanned"."""
    count = next(iter(counts(folded, end, stop)), None)
    if count is None or not BEHIND.match(folded, end, count.start) or COMPARED.search(folded, end, count.start):
        return None
    if count.form not in ("people", "fraction", "count_percent", "percent") or _whole(count) or count.n == 0:
        return None
    if DEFINITE.search(folded, end, count.start):
        examined = CHOSEN.match(folded, count.end, stop) and count.denominator is None
        return SaidOf(EXAM, _none_of(count.start, count.end, count.n)) if examined else None
    if count.denominator or count.percent:
        return SaidOf(SOME)
    return SaidOf(EXAM, _none_of(count.start, count.end, count.n))  # "in five patients": of others nothing is said


def _whole(count: Count) -> bool:
    return (count.n is not None and count.n == count.denominator) or count.percent == 100
