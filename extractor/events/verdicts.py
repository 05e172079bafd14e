"""What is said of a named term that no count is tied to: it happened, it was denied, or nothing is reported.

Two levels, as for pairs. The first sees the words around a term. The second sees the first's probabilities, those of the terms
beside it, what is asked of a term wherever it stands, and what the rules of :mod:`extractor.events.told` tell. Whole classes are
not judged here: their denials stay the rules'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.events.brackets import brackets, inside, of_composite
from extractor.events.denials import Denial, denials, denied_after
from extractor.events.event import ABSENT, PRESENT, Event
from extractor.events.link.pairs import BASELINE, brought, grade_of
from extractor.events.link.shape import tokens
from extractor.events.link.weights import Weights, weights
from extractor.events.mentions import CLASS, NAMED, OPEN, ORGAN, Mention
from extractor.events.of_this_trial import Reports
from extractor.events.told_with_count import BETTER, EFFECT
from extractor.events.words_of_events import NO_DIFFERENCE, RISK_BEHIND
from extractor.words import Words

W = Words("events")
# "was looked for", "or death was no commoner", "was associated with a higher risk": nothing happened by that
NO_RESULT = re.compile(rf"[^.;,]{{0,50}}?\b{W.judged_behind}\b")
# "secondary endpoints included neutropenia": what was to be looked at
ENDPOINTS = re.compile(r"\b(?:endpoints?|end points?|outcomes?|outcome measures?) (?:included|were|was|comprised)\b")
# "abdominal pain (p = .24)": compared, and alike
NO_P = re.compile(r"\s*[(\[]\s*p\s*[=>]\s*0?\.(?!0[0-4])\d+\s*[)\]]")
# "nausea (p = .01), and sleep (p < .001) significantly improved": scores that got better
MEASURED_P = re.compile(r"\s*\(\s*p\s*[<=>][^()]*\)[^;.]*?(?:\.\d[^;.]*?)*\bimproved\b")
# "prior stroke", "a history of pain": before the trial
PAST = re.compile(r"\b(?:history of|prior|previous|pre-?existing)\s+(?:[\w-]+\s+)?\Z")
VERDICTS = ("none", PRESENT, ABSENT)
NEAR = 6  # words on each side that are seen one by one
FAR = 90  # characters on each side that are looked at
SURE = 0.45  # from here a term that the rules pass over happened


@dataclass(slots=True)
class Said:
    """One sentence: its terms, what the rules tell of them, and what is denied in it."""

    reports: Reports
    sentence: Sentence
    mentions: list[Mention]
    ruled: list[Event]
    silent: bool
    denials: list[Denial] = field(default_factory=list)

    @property
    def folded(self) -> str:
        return self.reports.seen.folded

    def asked(self) -> list[int]:
        """The terms that are judged."""
        return [i for i, m in enumerate(self.mentions) if m.kind in (NAMED, OPEN) and not m.stopped]

    def denial(self, i: int) -> Denial | None:
        """The denial that reaches a term."""
        mention = self.mentions[i]
        return next((d for d in reversed(self.denials) if d.covers(mention.start, mention.end)), None)


def said(reports: Reports, sentence: Sentence, ruled: Sequence[Event]) -> Said | None:
    """A sentence of the body with what it names; None where it names nothing."""
    if reports.seen.in_title(sentence.start):
        return None
    named = reports.named(sentence.start, sentence.end)
    if not any(m.kind in (NAMED, OPEN) for m in named):
        return None
    silent = reports.silent(sentence)
    return Said(
        reports, sentence, named, list(ruled), silent, denials(reports.seen.folded, sentence.start, sentence.end)
    )


def word_features(told: Said, i: int) -> Iterator[str]:
    """The words around a term."""
    folded, mention = told.folded, told.mentions[i]
    start, end = told.sentence.start, told.sentence.end
    left = tokens(folded[max(start, mention.start - FAR) : mention.start])
    right = tokens(folded[mention.end : min(end, mention.end + FAR)])
    yield "term"
    yield f"kind {mention.kind} listed {mention.listed} peer {mention.peer is not None}"
    for side, words in (("l", left[::-1]), ("r", right)):
        yield f"{side} 0 {words[0] if words else ''}"
        yield f"{side} 01 {' '.join(words[:2])}"
        yield f"{side} 012 {' '.join(words[:3])}"
        yield from (f"{side} w {w}" for w in set(words[:NEAR]))
        yield from (f"{side} v {w}" for w in set(words))
        yield from (f"{side} b {a} {b}" for a, b in pairwise(words[:NEAR]))
    yield f"around {left[-1] if left else ''} {right[0] if right else ''}"
    yield from (f"w {w}" for w in set(tokens(folded[mention.start : mention.end])))
    yield f"begins {not left} ends {not right or right[0] in '.;'}"


def asked_features(told: Said, i: int, chances: Mapping[int, Sequence[float]]) -> Iterator[str]:
    """The first level's say of a term and of its neighbours, and what is no matter of words."""
    reports, mention = told.reports, told.mentions[i]
    sentence, seen = told.sentence, told.reports.seen
    _, happened, gone = chances[i]
    yield "term"
    yield f"h {int(10 * happened)}"
    yield f"a {int(10 * gone)}"
    ruled = [e for e in told.ruled if e.mention.start == mention.start]
    said_so = ruled[0].assertion + " " + ruled[0].how if ruled else "nothing"
    yield f"ruled {said_so}"
    yield f"ruled {said_so} h {int(5 * happened)} a {int(5 * gone)}"
    denial = told.denial(i)
    yield f"denied {denial.kind if denial else ''} a {int(5 * gone)}"
    yield f"denied {denial is not None} ruled {said_so}"
    subject = reports.subject(mention)
    outcome = reports.outcome(mention, sentence.start, sentence.end)
    baseline = BASELINE.search(told.folded, sentence.start, mention.start) is not None
    for name, value in (
        ("silent", told.silent),
        ("subject", subject),
        ("outcome", outcome),
        ("baseline", baseline),
        ("weak", mention.weak),
        ("disease", mention.disease),
        ("open", mention.kind == OPEN),
        ("concluded", reports.concludes(sentence)),
    ):
        yield f"{name} {value} h {int(5 * happened)} a {int(5 * gone)}"
        yield f"{name} {value} ruled {said_so}"
    yield f"silent {told.silent} outcome {outcome} subject {subject} weak {mention.weak}"
    role, _ = seen.likely_role(sentence.start)
    yield f"role {role} h {int(5 * happened)}"
    yield f"figures {any(c.isdigit() for c in told.folded[sentence.start : sentence.end])}"
    for step, side in ((-1, "left"), (1, "right")):
        other = i + step
        if not 0 <= other < len(told.mentions):
            continue
        beside = told.mentions[other]
        gap = told.folded[mention.end : beside.start] if step > 0 else told.folded[beside.end : mention.start]
        their = [e for e in told.ruled if e.mention.start == beside.start]
        say = their[0].assertion + str(their[0].count is not None) if their else "nothing"
        yield f"{side} {beside.kind in (CLASS, ORGAN)} gap {grade_of(len(tokens(gap)))} says {say}"
        yield f"{side} says {say} h {int(5 * happened)}"
        if other in chances:
            yield f"{side} h {int(4 * chances[other][1])} a {int(4 * chances[other][2])}"
    above = any(m.kind in (CLASS, ORGAN) and m.end <= mention.start for m in told.mentions)
    yield f"class before {above} h {int(5 * happened)}"
    yield f"told here {min(len(told.ruled), 2)} h {int(5 * happened)}"


def each_verdict(features: Iterable[str]) -> list[list[str]]:
    """The features of a term as those of its three verdicts, as :meth:`Weights.choice_of_name` reads them; for training."""
    seen = list(features)
    return [[f"{verdict} {f}" for f in seen] for verdict in VERDICTS]


def judged(told: Said, untold: Sequence[int], first: Weights, second: Weights) -> dict[int, Sequence[float]]:
    """The probability of each verdict for the terms of which nothing is told so far."""
    near = {i + step for i in untold for step in (-1, 0, 1)}
    alone = {i: first.choice_of_name(VERDICTS, word_features(told, i)) for i in told.asked() if i in near}
    return {i: second.choice_of_name(VERDICTS, asked_features(told, i, alone)) for i in untold}


def with_verdicts(reports: Reports, ruled: Sequence[Event], told: Sequence[Event]) -> Iterator[Event]:
    """The events, and those that the scores believe where rules and counts tell nothing of a term.

    Parameters
    ----------
    ruled : sequence of Event
        What the rules tell: the scores' evidence.
    told : sequence of Event
        The events so far, counts settled.
    """
    by_rule = {start: list(some) for (start, _), some in groupby(ruled, key=lambda e: e.sentence)}
    so_far = {start: list(some) for (start, _), some in groupby(told, key=lambda e: e.sentence)}
    for sentence in reports.seen.sentences:
        some = so_far.get(sentence.start, [])
        scene = said(reports, sentence, by_rule.get(sentence.start, []))
        yield from some if scene is None else _decided(scene, some)


def _decided(scene: Said, some: list[Event]) -> list[Event]:
    untold = [i for i in scene.asked() if not any(_touches(e.mention, scene.mentions[i]) for e in some)]
    if not untold:
        return some
    chances = judged(scene, untold, weights("verdicts"), weights("verdicts_among"))
    made = [_happened(scene, i) for i in untold if chances[i][1] >= SURE and not _spared(scene, i)]
    return sorted([*some, *made], key=lambda e: e.mention.start) if made else some


def _spared(scene: Said, i: int) -> bool:
    """Whether the words deny the term, or tell how it got better: what the rules left out on purpose."""
    mention, end = scene.mentions[i], scene.sentence.end
    if scene.denial(i) is not None or denied_after(scene.folded, mention.end, end):
        return True
    if EFFECT.match(scene.folded, mention.end, end):
        return True
    first = scene.sentence.start
    if NO_RESULT.match(scene.folded, mention.end, end) or RISK_BEHIND.match(scene.folded, mention.end, end):
        return True
    if brought(scene.folded, mention.end, end):
        return True
    if BASELINE.search(scene.folded, first, mention.start) or ENDPOINTS.search(scene.folded, first, mention.start):
        return True
    if MEASURED_P.match(scene.folded, mention.end, end):
        return True
    if NO_P.match(scene.folded, mention.end, end) or PAST.search(
        scene.folded, max(first, mention.start - 40), mention.start
    ):
        return True
    pair = inside(brackets(scene.folded, first, end), mention.start)
    if pair and of_composite(scene.folded, first, *pair):
        return True
    before = scene.folded[max(first, mention.start - 80) : mention.start]
    alike = NO_DIFFERENCE.search(scene.folded, max(first, mention.start - 160), mention.start)
    return BETTER.search(before) is not None or alike is not None


def _happened(scene: Said, i: int) -> Event:
    return Event(scene.mentions[i], PRESENT, None, None, None, "judged", (scene.sentence.start, scene.sentence.end))


def _touches(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
