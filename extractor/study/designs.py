"""Words of a trial's design and phase, and whether they are said of this trial.

"Many phase I/II trials have been reported", "a larger double-blind study should follow" and "non-randomized" are not
this trial's design; nor is "Current Controlled Trials", a registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

from extractor.context.needles import lacks, needles
from extractor.context.phrases import phrases
from extractor.context.view import View


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


# all designs but the first letters: a cheap look before eighteen patterns run
SOME = re.compile(
    r"random|blind|mask|label|open|control|cross|escalat|ascending|cent|institution|spectiv|"
    r"pilot|first|single|one-arm|parallel|inferior|equivalence|rct|site|3 ?\+ ?3"
)

# "previous", "many", "have been reported", "are needed": other trials
OTHERS_BEFORE = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|recent(?:ly)?|other|another|several|many|few|most|numerous|"
    r"further|future|larger|large|additional|subsequent|ongoing|planned|lack of|absence of|no|"
    r"published|existing|need for|meta-analysis of|reviews? of|larger-scale|large-scale|more|"
    r"parent|completed|lead-in|next|upcoming|forthcoming|follow-on|eventual|"
    r"pav\w+ the way (?:to|for|towards?)|(?:basis|rationale|groundwork|stage|foundation) (?:for|of)|prompts?|encourages?|"
    r"qualifying|support|supports|justify|justifies|well-designed|adequately powered|"
    r"properly|only|some|until),? (?:[\w,/-]+ ){0,5}$"
)
# "were enrolled into this double-blind study", "our previous pilot"
THIS = re.compile(
    r"\b(?:this|the present|the current|our|we|present) (?!previous|earlier|prior)"
    r"(?!(?:team|groups?|colleagues|laborator\w+|cent(?:er|re)|department) (?:\w+ ){0,3}completed\b)(?:[\w/-]+,? ){0,6}$"
)
# "patients were randomly assigned": what was done is this trial's, unless an earlier one is named
WERE = re.compile(r"\b(?:were|was|we) (?:then |subsequently |equally )?$")
EARLIER = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|parent|another|other|original|published) (?:[\w-]+ ){0,3}(?:trials?|"
    r"stud(?:y|ies)|reports?)\b"
)
OTHERS_AFTER = re.compile(
    r"^[^.;:]{0,60}?\b(?:(?:trials|studies|rcts|data)\b(?! (?:design|group))|(?:are|is) (?:\w+ )?(?:needed|"
    r"required|warranted|necessary|planned|underway|ongoing|lacking)|should|would be|needed|"
    r"warranted|has not been|have not been|have been|was reported)\b"
)
# "A single-arm phase I study of X demonstrated": told before the trial is
SHOWN = re.compile(
    r"\W*(?:(?:background|purpose|objectives?|introduction|aims?)\W+)?(?:a|an|one|two|data from|results from) [^.]{0,80}?\b(?:study|trial|studies|trials)\b(?: (?:of|in|with|on) [^.]{0,90}?)? (?:has |have )?(?:demonstrated|showed|shown|suggested|reported|revealed|found|established|indicated)\b"
)
OWN = re.compile(
    r"\b(?:study|trial) was (?:conducted|performed|designed|undertaken|initiated|carried out)\b|\b(?:this|these|both|two|three|four|five|six|our|we|the present|the current|here|presented|"
    r"reported|following)\b"
)


def designs(seen: View) -> Iterator[Said]:
    """Design words, in the order of the catalogue."""
    if not SOME.search(seen.folded):
        return
    for name, pattern in patterns().items():
        if lacks(seen.folded, needles(pattern.pattern)):
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
NO_PHASE_BEFORE = re.compile(
    r"\b(?:luteal|stance|swing|gait|acute|treatment|study|titration|follow-up|maintenance|korotkoff|"
    r"sleep|arterial|contrast|learning|during|in|of|then|next|second|first) $"
)
PERIOD_AFTER = re.compile(
    r"^(?:,? ?\((?:[^)]{0,20})(?:weeks?|days?|months?|baseline)|:? of (?:the|this) (?:study|"
    r"trial|program|project)|,? (?:lasted|consisted|involved|included))"
)
TRIAL_AFTER = re.compile(
    r"^[\s,)\]]*(?:[\w/+-]+[ ,]+){0,7}?(?:trials?|study|studies|clinical|investigation|evaluation|"
    r"programme|program|safety|open|randomi|double|dose|pilot|feasibility|placebo|multi|single|"
    r"first)"
)


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
