"""What kind of report a document is: cues, counted where they stand, and the decision between the kinds.

A cue is a phrase that one kind of report uses of itself ("we searched PubMed", "rats were divided"); the title's cues
weigh more than the text's, and what MEDLINE's publication types say weighs most. Words of the background do not count:
a trial may speak of mice and of reviews before it speaks of its own patients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.needles import Sieve, needles
from extractor.context.phrases import phrases
from extractor.context.view import View
from extractor.words import Words

W = Words("study")

DOCUMENT = "trialspan_document"  # doc.user_data: {"publication_types": [...], "source": ...}, what the source knew

# MEDLINE publication types -> kind; the first that applies wins ("Review" stands beside "Meta-Analysis" there)
TYPES: Mapping[str, str] = {
    "meta-analysis": "meta-analysis",
    "network meta-analysis": "meta-analysis",
    "systematic review": "review",
    "review": "review",
    "clinical trial protocol": "protocol",
    "case reports": "case-report",
    "clinical trial, veterinary": "animal",
    "randomized controlled trial, veterinary": "animal",
    "observational study, veterinary": "animal",
    "editorial": "other",
    "news": "other",
    "practice guideline": "other",
    "guideline": "other",
}
TRIAL_TYPES = re.compile(W.trial_types)

_PEOPLE = W.people
_ANIMALS = W.animals
_NUMBER = rf"{W.number_one}(?:[- ]\w+)?"
_DID = W.did


@dataclass(frozen=True, slots=True)
class Cue:
    """`weight` for `kind` where the pattern of the group `name` is found in `where`: ``title`` or ``text``."""

    name: str
    kind: str
    weight: float
    where: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, how sure, what decided (a rule's name), and the span of the strongest cue."""

    kind: str
    confidence: float
    rule: str
    at: tuple[int, int] | None


WORDS = {"{PEOPLE}": _PEOPLE, "{ANIMALS}": _ANIMALS, "{NUMBER}": _NUMBER, "{DID}": _DID}


@cache
def cues() -> tuple[Cue, ...]:
    """The shipped table ``report_cues.tsv``, one cue a group, compiled on the first call."""
    groups = (list(rows) for _, rows in groupby(phrases("report_cues"), itemgetter(0)))
    return tuple(
        Cue(g[0][0], g[0][1], float(g[0][2]), g[0][3], re.compile(_filled("|".join(r[4] for r in g)))) for g in groups
    )


@cache
def _sieve() -> Sieve:
    return Sieve([needles(cue.pattern.pattern) for cue in cues()])


def _filled(pattern: str) -> str:
    for name, words in WORDS.items():
        pattern = pattern.replace(name, words)
    return pattern


CAP = 3  # a cue counts at most so often in one text: a long abstract is no stronger evidence
# words that only a text with outcomes has: "P = 0.03", "(95% CI", "was significantly lower", "Results:"
OUTCOME = re.compile(W.outcome)
SHARES = re.compile(r"\d ?%")
MANY_SHARES = 6  # percentages: a plan has those of its power and its losses, results have more
FUTURE = re.compile(r"\bwill\b")
# "eight patients were given", "participants received": what was done to people is no plan
DONE = re.compile(rf"\b{_PEOPLE} (?:\([^)]{{0,40}}\) )?[^.;]{{0,60}}\b{W.done_received}\b")


def kind_of(doc: Doc, seen: View) -> Verdict:
    """The kind of report that `doc` is."""
    known = doc.user_data.get(DOCUMENT) or {}
    types = [str(t).lower() for t in known.get("publication_types", ())]
    if known.get("registry"):
        return Verdict("protocol", 0.99, "registry_record", None)
    for name, kind in TYPES.items():
        if name in types:
            return Verdict(kind, 0.97, "publication_type", None)
    scores, places = _scores(seen)
    if any(TRIAL_TYPES.search(t) for t in types):
        scores["single-trial"] = scores.get("single-trial", 0.0) + 12
    return _decided(scores, places, seen)


def _scores(seen: View) -> tuple[dict[str, float], dict[str, tuple[float, int, int]]]:
    """The sum of the weights for each kind, and its strongest cue (weight, start, end)."""
    scores: dict[str, float] = {}
    places: dict[str, tuple[float, int, int]] = {}
    may = _sieve().may(seen.folded)
    for place, cue in enumerate(cues()):
        if place not in may:
            continue
        found = list(_places(cue, seen))[:CAP]
        if not found:
            continue
        gain = cue.weight * (1 + 0.5 * (len(found) - 1)) if cue.where == "text" else cue.weight
        scores[cue.kind] = scores.get(cue.kind, 0.0) + gain
        if cue.weight > places.get(cue.kind, (0.0, 0, 0))[0]:
            places[cue.kind] = (cue.weight, *found[0])
    return scores, places


def _places(cue: Cue, seen: View) -> Iterator[tuple[int, int]]:
    first, last = seen.title if cue.where == "title" else (seen.title[1], len(seen.folded))
    for match in cue.pattern.finditer(seen.folded, first, last):
        if cue.where == "text" and not _counts(cue, seen, match.start()):
            continue
        if match.end() <= seen.sentence_at(match.start()).end:
            yield match.span()


# "in these trials patients received", "trials have shown", "treated so far": told of other trials
OTHERS = re.compile(W.others)
SEVERAL = ("pooled several", "several trials")  # cues that a trial may also use of those before it
# "based on the combined data of three trials, a trial was begun": why, not what was done
GROUNDS = re.compile(r"\W*(?:based on|on the basis of)\b")
# "fibroblasts from four patients": material, not people
MATERIAL = re.compile(rf"\b{W.material_fibroblasts} (?:\w+ )?(?:from|of) $")


def _counts(cue: Cue, seen: View, start: int) -> bool:
    """Whether a cue of the text is said of this report: not of others, nor, for animals and pooled trials, of what was known."""
    if cue.kind == "animal":
        return seen.role_at(start) != "background"
    if cue.name in SEVERAL:
        return seen.role_at(start) != "background" and not GROUNDS.match(seen.folded, seen.sentence_at(start).start)
    return cue.kind != "single-trial" or not _of_others(seen, start)


def _of_others(seen: View, start: int) -> bool:
    """Whether the sentence speaks of other trials, or of material that people gave."""
    sentence = seen.sentence_at(start)
    if OTHERS.search(seen.folded, sentence.start, sentence.end):
        return True
    return bool(MATERIAL.search(seen.folded, max(sentence.start, start - 40), start))


def _decided(scores: dict[str, float], places: dict[str, tuple[float, int, int]], seen: View) -> Verdict:
    if _unfinished(scores, seen):
        scores["protocol"] = scores.get("protocol", 0.0) + 20
    people = scores.get("single-trial", 0.0)
    order: Sequence[str] = ("meta-analysis", "review", "protocol", "animal", "case-report", "in-vitro", "other")
    ranked = sorted(((scores.get(k, 0.0), -order.index(k), k) for k in order), reverse=True)
    best, _, kind = ranked[0]
    if kind == "review" and scores.get("meta-analysis", 0.0) >= POOLED:
        kind = "meta-analysis"
    told = OUTCOME.search(seen.folded, seen.title[1])
    if people < LEAST and 0 < scores.get("review", 0.0) == best and (best >= LEAST or not told):
        return _verdict(kind, best, people, places)
    if best < LEAST and people > 0:
        return _verdict("single-trial", people, best, places)
    if people < LEAST and best < LEAST:
        return Verdict("other", 0.6, "no_cue", None)
    if best < LEAST or best <= people * MARGIN.get(kind, 1.0):
        return _verdict("single-trial", people, best, places)
    return _verdict(kind, best, people, places)


STRONG = 6.0  # one clear statement
POOLED = 3.0  # in a review: estimates were pooled
LEAST = 3.0  # below this nothing was said
# how much of the people's score another kind needs: a case report has a patient, animals are never patients
MARGIN: Mapping[str, float] = {"review": 0.8, "meta-analysis": 0.6, "protocol": 1.0, "animal": 0.9, "case-report": 0.8}


def _unfinished(scores: Mapping[str, float], seen: View) -> bool:
    """A plan: the future is used of the study, and nothing came out of it; or no outcome at all is told."""
    first = seen.title[1]
    if scores.get("review", 0.0) >= LEAST or max(scores.get("meta-analysis", 0.0), scores.get("animal", 0.0)) > STRONG:
        return False
    outcomes = sum(
        1 for m in OUTCOME.finditer(seen.folded, first) if seen.role_at(m.start()) not in ("background", "objective")
    )
    future = sum(1 for _ in FUTURE.finditer(seen.folded, first))
    planned = scores.get("protocol", 0.0)
    if seen.role_at(len(seen.folded) - 1) in ("results",) or any(s.role == "results" for s in seen.roles.sections):
        return False
    if future >= 2:
        return outcomes <= future
    told = outcomes > 1 or sum(1 for _ in SHARES.finditer(seen.folded, first)) >= MANY_SHARES
    return planned >= 1.5 and not told and not DONE.search(seen.folded, first)


def _verdict(kind: str, own: float, rival: float, places: Mapping[str, tuple[float, int, int]]) -> Verdict:
    sure = own / (own + rival) if own + rival else 0.5
    place = places.get(kind)
    return Verdict(
        kind, round(0.6 + 0.39 * sure, 3), "clear" if sure > CLEAR else "close", place[1:] if place else None
    )


CLEAR = 0.66  # the winner has twice the weight of the next
