"""Words of a trial's design and phase, and whether they are said of this trial.

"Many phase I/II trials have been reported", "a larger double-blind study should follow" and "non-randomized" are not
this trial's design; nor is "Current Controlled Trials", a registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

from extractor import patterns as re
from extractor.context.needles import Sieve, needles
from extractor.context.phrases import phrases
from extractor.context.view import View
from extractor.words import Words

W = Words("study")


@dataclass(frozen=True, slots=True)
class Said:
    """A design or phase as said at ``start:end``; `own` where it is this trial's."""

    name: str
    start: int
    end: int
    own: bool


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Design -> its pattern, from the shipped table ``designs.tsv``; compiled on the first call."""
    return {name: re.compile("|".join(r[1] for r in rows)) for name, rows in groupby(phrases("designs"), itemgetter(0))}


@cache
def _sieve() -> Sieve:
    return Sieve([needles(pattern.pattern) for pattern in patterns().values()])


# all designs but the first letters: a cheap look before eighteen patterns run
SOME = re.compile(W.some)

# "previous", "many", "have been reported", "are needed": other trials
OTHERS_BEFORE = re.compile(rf"\b{W.others_before_previous},? (?:[\w,/-]+ ){{0,5}}$")
# "were enrolled into this double-blind study", "our previous pilot"
THIS = re.compile(
    rf"\b{W.this_this} (?!previous|earlier|prior)(?!{W.this_team} (?:\w+ ){{0,3}}{W.team_completed}\b)(?:[\w/-]+,? ){{0,6}}$"
)
# "patients were randomly assigned": what was done is this trial's, unless an earlier one is named
WERE = re.compile(r"\b(?:were|was|we) (?:then |subsequently |equally )?$")
EARLIER = re.compile(rf"\b{W.earlier_previous} (?:[\w-]+ ){{0,3}}(?:trials?|stud(?:y|ies)|reports?)\b")
OTHERS_AFTER = re.compile(rf"^[^.;:]{{0,60}}?\b{W.others_after_trials}\b")
# "A single-arm phase I study of X demonstrated": told before the trial is
SHOWN = re.compile(
    rf"\W*(?:{W.shown_background}\W+)?{W.shown_an} [^.]{{0,80}}?\b(?:study|trial|studies|trials)\b(?: (?:of|in|with|on) [^.]{{0,90}}?)? (?:has |have )?{W.shown_demonstrated}\b"
)
OWN = re.compile(rf"\b(?:study|trial) was {W.own_conducted}\b|\b{W.own_this}\b")


def designs(seen: View) -> Iterator[Said]:
    """Design words, in the order of the catalogue."""
    if not SOME.search(seen.folded):
        return
    may = _sieve().may(seen.folded)
    for place, (name, pattern) in enumerate(patterns().items()):
        if place not in may:
            continue
        for match in pattern.finditer(seen.folded):
            if match.end() <= seen.sentence_at(match.start()).end:
                yield Said(name, *match.span(), is_own(seen, *match.span()))


def is_own(seen: View, start: int, end: int) -> bool:
    """Whether the words speak of this trial: not of earlier, other or future ones."""
    if seen.in_title(start):
        return True
    sentence = seen.sentence_at(start)
    before, after = seen.folded[max(sentence.start, start - 60) : start], seen.folded[end : min(sentence.end, end + 90)]
    role = seen.role_at(start)
    if THIS.search(before) and not OTHERS_AFTER.match(after):
        return True
    if WERE.search(before) and not EARLIER.search(seen.folded, sentence.start, start):
        return True
    if OTHERS_BEFORE.search(before):
        return False
    whole = seen.folded[sentence.start : sentence.end]
    if role in ("background", "objective") and SHOWN.match(whole):
        return False
    if OTHERS_AFTER.match(after) and not OWN.search(whole):
        return False
    if role == "background" or role == "conclusions":
        return bool(OWN.search(whole)) and not re.search(
            r"\b(?:needed|warranted|required|should|future|larger)\b", whole
        )
    return not (
        OTHERS_AFTER.match(after) and re.search(r"\b(?:needed|warranted|required|should|planned|would|future)\b", after)
    )


_PART = r"(?:[1-4](?:[ -]?[ab](?:/[ab])?(?![a-z]))?(?![\d%]|\.\d)|(?:iv|i{1,3})(?:[ -]?[ab](?:/[ab])?)?(?![a-z0-9]))"
# "phase I/IIa", "phase 1b/2a", "phase 1-2", "phase I and II", "PHASE1/PHASE2"
PHASE = re.compile(
    rf"\bphases?(?:[ -]|: ?)?(?P<one>{_PART})(?:\s?(?P<link>/|-|to|and|or|&|,)\s?(?:phases?[ -]?)?(?P<two>{_PART}))?"
)
EARLY = re.compile(r"\bearly phase (?:1|i)\b|\bphase 0\b")
ROMAN = {"iv": "4", "iii": "3", "ii": "2", "i": "1"}
# "luteal phase 2", "phase 1 (weeks 1-4)", "phase 2 of the study", "phase III is planned": parts of a study, cycles
NO_PHASE_BEFORE = re.compile(rf"\b{W.no_phase_before_luteal} $")
PERIOD_AFTER = re.compile(rf"^{W.period_after_weeks}")
TRIAL_AFTER = re.compile(rf"^[\s,)\]]*(?:[\w/+-]+[ ,]+){{0,7}}?{W.trial_after_trials}")


def phases(seen: View) -> Iterator[Said]:
    """Phases of trials, normalised: ``1/2a``, ``2b``, ``3``."""
    for match in PHASE.finditer(seen.folded):
        start, end = match.span()
        sentence = seen.sentence_at(start)
        if end > sentence.end:
            continue
        after = seen.folded[end : end + 80]
        before = seen.folded[max(0, start - 25) : start]
        if PERIOD_AFTER.match(after) or (NO_PHASE_BEFORE.search(before) and not TRIAL_AFTER.match(after)):
            continue
        name = phase_name(match)
        yield Said(
            name, start, len(seen.folded[:end].rstrip()), is_own(seen, start, end) and not _plural(seen.folded, match)
        )
    for match in EARLY.finditer(seen.folded):
        yield Said("1", *match.span(), is_own(seen, *match.span()))


def _plural(folded: str, match: re.Match[str]) -> bool:
    """ "phase III trials have shown": trials in general."""
    return bool(re.match(r"(?:[\w/,+-]+ ){0,4}(?:trials|studies)\b", folded[match.end() :].lstrip()[:70]))


def phase_name(match: re.Match[str]) -> str:
    """The phase that :data:`PHASE` matched.

    >>> [phase_name(PHASE.search(t)) for t in ("phase i/iia", "phase 1b/2a", "phase ii", "phase1/phase2")]
    ['1/2a', '1b/2a', '2', '1/2']
    """
    one = _arabic(match["one"])
    return f"{one}/{_arabic(match['two'])}" if match["two"] else one


def _arabic(part: str) -> str:
    part = part.strip(" -").replace(" ", "").replace("-", "")
    digits = next((n for r, n in ROMAN.items() if re.fullmatch(rf"{r}(?:[ab](?:/[ab])?)?", part)), None)
    if digits is None:
        return part
    return digits + part.lstrip("iv")
