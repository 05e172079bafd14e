"""Words of a trial's design and phase, and whether they are said of this trial.

"Many phase I/II trials have been reported", "a larger double-blind study should follow" and "non-randomized" are not
this trial's design; nor is "Current Controlled Trials", a registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.context.view import View


@dataclass(frozen=True, slots=True)
class Said:
    """A design or phase as said at ``start:end``; `own` where it is this trial's."""

    name: str
    start: int
    end: int
    own: bool


# design -> pattern over folded text. Longer names come first where one holds another.
DESIGNS: dict[str, re.Pattern[str]] = {
    # "cluster-randomised", "randomized by cluster"
    "cluster-randomized": re.compile(r"\bcluster[- ]?(?:[\w-]+ )?randomi[sz]\w+|\brandomi[sz]ed by cluster|\bclusters? (?:\w+ ){0,3}randomi[sz]ed"),
    # "randomised", "randomly assigned", "at random", "quasi" and "non" are no randomisation
    "randomized": re.compile(r"(?<!non-)(?<!non )(?<!not )(?<!non)(?<!pre-)\brandomi[sz](?:ed|ation|ing)\b|\brandomly (?:\w+ )?(?:assign\w*|allocat\w*|divid\w*|receiv\w*|apportion\w*|distribut\w*|separat\w*|group\w*|enrol\w*|categori[sz]ed|classified|chosen to|placed|into|in|to|split|given|treated)\b|\b(?:assigned|allocated|divided|distributed) (?:\w+ ){0,3}(?:at random|randomly)|\bat random (?:to|into)\b|\brct\b(?!s)"),
    "double-blind": re.compile(r"\bdouble[- ]?(?:blind(?:ed|ing|edly|ly)?|mask(?:ed|ing)?)\b|\bdoubly[- ]blind(?:ed)?"),
    "single-blind": re.compile(r"\b(?:single|observer|assessor|investigator|evaluator|rater|examiner|outcome[- ]assessor|patient|participant|operator)[- ]?(?:blind(?:ed|ing)?|mask(?:ed|ing)?)\b"),
    "triple-blind": re.compile(r"\btriple[- ]?(?:blind(?:ed|ing)?|mask(?:ed)?)\b"),
    "open-label": re.compile(r"\bopen[- ]?label(?:l?ed)?\b(?![- ](?:extension|follow|treatment (?:phase|period|extension)|run|long|maintenance|continuation|rollover|period|safety extension|phase))|\bun-?blinded\b|\bopen(?:,| )(?:[\w-]+,? ){0,4}(?:study|trial)\b(?! label)|\bopen[- ]safety\b"),
    "placebo-controlled": re.compile(r"\bplacebo(?:[- ]|,? and )?(?:[\w-]+[- ])?(?:controll?ed|control)\b(?! (?:group|arm|and))|\bplacebo- ?(?:and|or) [\w-]+[- ]controlled"),
    # "randomised controlled trial", "controlled, retrospective study", "sham-controlled"; not "well-controlled asthma"
    "controlled": re.compile(r"(?<!current )(?<!placebo-)(?<!placebo )(?<!un)(?<!well-)(?<!well )(?<!poorly )(?<!poorly-)(?<!inadequately )\bcontroll?ed\b,?(?= (?:[\w/+-]+,? ){0,5}(?:trials?|study|studies|comparison|evaluation|design|investigation|pilot|phase|rct|clinical|experiment)\b)|\brandomi[sz]ed,? control(?:led)?\b|\b(?:sham|active|vehicle|active[- ]comparator|saline|dose|comparator|case)[- ]controlled\b|\bcontrolled,? (?:randomi[sz]ed|prospective|retrospective|double|open|parallel|single|multi)|\brct\b(?!s)|\bcontrol study\b"),
    "crossover": re.compile(r"\bcross-?over\b(?! (?:from|to|was allowed|was permitted))|\bcross over (?:study|trial|design)"),
    "dose-escalation": re.compile(r"\bdose[- ](?:\w+[- ])?escalat(?:ion|ing)\b|\bescalating[- ]dose|\bascending[- ]dose|\bdose[- ]ascending|\b(?:sequential|three|two|four|increasing) (?:\w+ )?(?:escalating|ascending) (?:\w+ )?doses|\b(?:escalating|ascending) doses?\b|\b3 ?\+ ?3 design"),
    "multicenter": re.compile(r"\bmulti-?\s?cent(?:er|re)(?:ed|d|s)?\b|\bmulti-?cent(?:ric|ral)\b|\bmulti-?(?:institution(?:al)?|site|national)\b"),
    "single-center": re.compile(r"\b(?:single|one|mono)[- ]?cent(?:er|re)(?:ed|d)?\b|\bmonocentric\b|\bsingle[- ](?:institution(?:al)?|site)\b(?! (?:injection|of))|\bunicent(?:er|re|ric)\b"),
    "prospective": re.compile(r"(?<!non-)\bprospective(?:ly)?\b(?! (?:registered|registration))"),
    "retrospective": re.compile(r"\bretrospective(?:ly)?\b(?! (?:registered|registration))"),
    "pilot": re.compile(r"\bpilot\b"),
    "first-in-human": re.compile(r"\bfirst[- ]in[- ](?:hum[ae]ns?|m[ae]n|patients?|class human)\b|\bfirst[- ]time[- ]in[- ]humans?\b|\bfirst (?:human|in human) (?:trial|study)"),
    "single-arm": re.compile(r"\bsingle[- ](?:arm(?:ed)?|group)\b(?! of)|\bone[- ]arm\b|\buncontrolled (?:[\w-]+,? ){0,3}(?:study|trial|pilot)"),
    "parallel-group": re.compile(r"\bparallel[- ]?(?:groups?|arms?|design|study|assignment|randomi[sz]ed|controlled|open)\b|\b(?:two|three|2|3)[- ]?(?:arm|group)[,-]? parallel\b|\bparallel,"),
    "non-inferiority": re.compile(r"\bnon-?\s?inferiority,?(?= (?:[\w/+-]+,? ){0,4}(?:trial|study|design|comparison))|\bnon-?\s?inferiority (?:margin|was (?:set|defined))"),
    "equivalence": re.compile(r"\bequivalence (?:trial|study|design)"),
}  # fmt: skip
# all designs but the first letters: a cheap look before eighteen patterns run
SOME = re.compile(r"random|blind|mask|label|open|control|cross|escalat|ascending|cent|institution|spectiv|pilot|first|single|one-arm|parallel|inferior|equivalence|rct|site|3 ?\+ ?3")

# "previous", "many", "have been reported", "are needed": other trials
OTHERS_BEFORE = re.compile(r"\b(?:previous(?:ly)?|prior|earlier|recent(?:ly)?|other|another|several|many|few|most|numerous|further|future|larger|large|additional|subsequent|ongoing|planned|lack of|absence of|no|published|existing|need for|meta-analysis of|reviews? of|larger-scale|large-scale|more|parent|well-designed|adequately powered|properly|only|some|until),? (?:[\w,/-]+ ){0,5}$")
# "were enrolled into this double-blind study", "our previous pilot"
THIS = re.compile(r"\b(?:this|the present|the current|our|we|present) (?!previous|earlier|prior)(?:[\w/-]+,? ){0,6}$")
OTHERS_AFTER = re.compile(r"^[^.;:]{0,60}?\b(?:(?:trials|studies|rcts|data)\b(?! (?:design|group))|(?:are|is) (?:\w+ )?(?:needed|required|warranted|necessary|planned|underway|ongoing|lacking)|should|would be|needed|warranted|has not been|have not been|have been|was reported)\b")
OWN = re.compile(r"\b(?:this|these|both|two|three|four|five|six|our|we|the present|the current|here|presented|reported|following)\b")


def designs(seen: View) -> Iterator[Said]:
    """Design words, in the order of the catalogue."""
    if not SOME.search(seen.folded):
        return
    for name, pattern in DESIGNS.items():
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
    if OTHERS_BEFORE.search(before):
        return False
    whole = seen.folded[sentence.start : sentence.end]
    if OTHERS_AFTER.match(after) and not OWN.search(whole):
        return False
    if role == "background" or role == "conclusions":
        return bool(OWN.search(whole)) and not re.search(r"\b(?:needed|warranted|required|should|future|larger)\b", whole)
    return not (OTHERS_AFTER.match(after) and re.search(r"\b(?:needed|warranted|required|should|planned|would|future)\b", after))


_PART = r"(?:[1-4](?:[ -]?[ab](?:/[ab])?(?![a-z]))?(?![\d%]|\.\d)|(?:iv|i{1,3})(?:[ -]?[ab](?:/[ab])?)?(?![a-z0-9]))"
# "phase I/IIa", "phase 1b/2a", "phase 1-2", "phase I and II", "PHASE1/PHASE2"
PHASE = re.compile(rf"\bphases?[ -]?(?P<one>{_PART})(?:\s?(?P<link>/|-|to|and|or|&|,)\s?(?:phases?[ -]?)?(?P<two>{_PART}))?")
EARLY = re.compile(r"\bearly phase (?:1|i)\b|\bphase 0\b")
ROMAN = {"iv": "4", "iii": "3", "ii": "2", "i": "1"}
# "luteal phase 2", "phase 1 (weeks 1-4)", "phase 2 of the study", "phase III is planned": parts of a study, cycles
NO_PHASE_BEFORE = re.compile(r"\b(?:luteal|stance|swing|gait|acute|treatment|study|titration|follow-up|maintenance|korotkoff|sleep|arterial|contrast|learning|during|in|of|then|next|second|first) $")
PERIOD_AFTER = re.compile(r"^(?:,? ?\((?:[^)]{0,20})(?:weeks?|days?|months?|baseline)|:? of (?:the|this) (?:study|trial|program|project)|,? (?:lasted|consisted|involved|included))")
TRIAL_AFTER = re.compile(r"^[\s,)\]]*(?:[\w/+-]+[ ,]+){0,7}?(?:trials?|study|studies|clinical|investigation|evaluation|programme|program|safety|open|randomi|double|dose|pilot|feasibility|placebo|multi|single|first)")


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
        yield Said(name, start, len(seen.folded[:end].rstrip()), is_own(seen, start, end) and not _plural(seen.folded, match))
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
