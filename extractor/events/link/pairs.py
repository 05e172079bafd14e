"""Which count is of which event: every count of a sentence with every term of it, what is seen of the two, and one score.

Two levels. The first sees words, order and marks between and around a count and a term. The second sees the first's
probability for this pair beside those of its rivals (the same count with other terms, the same term with other counts), and what
the rules of :mod:`extractor.events.told` say of both. The answer is halfway between the two levels: the second
believes the rules as far as they go on the texts that they were written on, which is further than on others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.events.denials import Denial
from extractor.events.event import PRESENT, Event
from extractor.events.link.shape import Shape, shape, shape_features, tokens
from extractor.events.mentions import CLASS, DEATH, ORGAN, Mention
from extractor.events.of_this_trial import Reports
from extractor.quantities.counts import Count

WINDOW = 70  # characters around a pair whose words are seen
# "mean age was 74 years, ... and 48.8% had cancer": who they were
BASELINE = re.compile(
    r"\b(?:(?:mean|median|average) (?:\([^()]*\) )?age|aged \d+|age range|years old|(?:was|were) (?:older|younger)\b|comorbidit\w+|baseline characteristics)\b"
)
# "patients with atrial fibrillation and hypertension (42, 33%) ... were randomised": whom the trial took
_WITH = re.compile(
    r"\b(?:patients|subjects|participants|women|men|children|adults|individuals|people)\s+(?:with|who had|having)\b[^.;]*\Z"
)
_TAKEN = re.compile(
    r"[^.;]{0,200}?\b(?:were|was)\s+(?:\w+ly\s+)?(?:randomi[sz]ed|enrolled|recruited|assigned|allocated)\b"
)
# "present in 12 patients before treatment", "was found in 9 at baseline and in 4 at one year"
_BROUGHT = re.compile(
    r"(?:,\s+present)?(?:(?!after\b|during\b|within\b)[^.;,]){0,60}?\s(?:(?:before|prior to)\s+(?:the\s+)?(?:start of\s+)?(?:(?:cell|study|any)\s+)?(?:treatment|therapy|transplantation|study|trial|enrol?lment|inclusion)|at\s+(?:baseline|inclusion|enrol?lment|study entry|screening))\b"
)
FEW = 6  # tokens: so short a gap is seen whole
MANY = 14  # tokens: of a longer gap the words are not seen
MARKS = frozenset(
    (
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        ":",
        "and",
        "or",
        "of",
        "in",
        "with",
        "had",
        "was",
        "were",
        "vs",
        "versus",
        "than",
        "but",
        "whereas",
        "while",
        "respectively",
        "/",
        "because",
        "due",
        "from",
    )
)


def at_baseline(folded: str, start: int, end: int, term: tuple[int, int]) -> bool:
    """Whether a term of the sentence ``start:end`` says who the people were."""
    if BASELINE.search(folded, start, term[0]):
        return True
    return _WITH.search(folded, start, term[0]) is not None and _TAKEN.match(folded, term[1], end) is not None


def brought(folded: str, at: int, end: int) -> bool:
    """Whether what stands behind a term that ends at `at` tells who had it before the trial."""
    return _BROUGHT.match(folded, at, end) is not None


@dataclass(slots=True)
class Told:
    """One sentence: its terms and counts, and the events that the rules tell of it."""

    reports: Reports
    sentence: Sentence
    mentions: list[Mention]
    counts: list[Count]
    ruled: list[Event]
    silent: bool
    denials: list[Denial] = field(default_factory=list)
    paired: dict[tuple[int, int], Event] = field(default_factory=dict)  # (mention, count) -> the rules' event
    shape: Shape = field(init=False)  # its terms and counts as a row

    @property
    def folded(self) -> str:
        return self.reports.seen.folded

    def __post_init__(self) -> None:
        self.shape = shape(self.folded, self.sentence.start, self.sentence.end, self.mentions, self.counts)
        for event in self.ruled:
            if event.count is None:
                continue
            i = next((i for i, m in enumerate(self.mentions) if m.start == event.mention.start), None)
            j = next((j for j, c in enumerate(self.counts) if c.start <= event.count.start < c.end), None)
            if i is not None and j is not None:
                self.paired[i, j] = event

    def words(self, i: int) -> str:
        """A term as it is written; all deaths are one."""
        mention = self.mentions[i]
        return DEATH if mention.kind == DEATH else self.folded[mention.start : mention.end].rstrip("s")

    def denied(self, i: int) -> bool:
        """Whether a term stands where something is denied, or the rules tell that it was."""
        mention = self.mentions[i]
        told = any(
            e.mention.start == mention.start and e.count is None and e.assertion != PRESENT and e.how != "kind"
            for e in self.ruled
        )
        return told or any(d.covers(mention.start, mention.end) for d in self.denials)

    def doubted(self, i: int) -> bool:
        """Whether a term is denied, somebody's outcome ("improvement of nausea"), or who people were at the start."""
        outcome = self.reports.outcome(self.mentions[i], self.sentence.start, self.sentence.end)
        return self.denied(i) or outcome or self.trait(i)

    def trait(self, i: int) -> bool:
        """Whether a term says who people were at the start."""
        mention = self.mentions[i]
        return at_baseline(self.folded, self.sentence.start, self.sentence.end, (mention.start, mention.end))

    def pairs(self) -> list[tuple[int, int]]:
        """Places of all terms with all counts."""
        return [(i, j) for i in range(len(self.mentions)) for j in range(len(self.counts))]

    def gap(self, i: int, j: int) -> int:
        """Characters between a term and a count."""
        return _gap(self.mentions[i], self.counts[j])


def grade_of(value: int) -> str:
    """A number of tokens, roughly."""
    for limit in (0, 1, 2, 3, 5, 8, 12, 20, 35, 60):
        if value <= limit:
            return str(limit)
    return "far"


def pair_features(told: Told, i: int, j: int) -> Iterator[str]:
    """What is seen of a term and a count: order, what stands between and around them, what else is near."""
    folded, mention, count = told.folded, told.mentions[i], told.counts[j]
    start, end = told.sentence.start, told.sentence.end
    behind = count.start >= mention.end
    side = "r" if behind else "l"
    a, b = (mention.end, count.start) if behind else (count.end, mention.start)
    between = tokens(folded[a:b]) if a < b else ()
    terms = [m for k, m in enumerate(told.mentions) if k != i and a <= m.start < b]
    figures = [c for k, c in enumerate(told.counts) if k != j and a <= c.start < b]
    kind = mention.kind
    yield "pair"
    yield f"{side} {kind} {count.form}"
    yield f"{side} gap {grade_of(len(between))}"
    yield f"{side} terms {min(len(terms), 3)} counts {min(len(figures), 3)}"
    yield f"{side} terms {min(len(terms), 3)} counts {min(len(figures), 3)} gap {grade_of(len(between))}"
    opened, closed = sum(w in "([" for w in between), sum(w in ")]" for w in between)
    yield f"{side} open {min(opened, 2)} close {min(closed, 2)} terms {min(len(terms), 2)}"
    yield f"{side} semicolon {';' in between} terms {min(len(terms), 2)}"
    if len(between) <= FEW:
        yield f"{side} all {' '.join(between)}"
    if len(between) <= MANY:
        yield from (f"{side} b {w}" for w in set(between))
        yield from (f"{side} bb {x} {y}" for x, y in pairwise(between))
    else:
        yield from (f"{side} m {w}" for w in set(between) & MARKS)
    yield f"{side} first {' '.join(between[:2])}"
    yield f"{side} last {' '.join(between[-2:])}"
    low, high = min(mention.start, count.start), max(mention.end, count.end)
    left = tokens(folded[max(start, low - WINDOW) : low])[-5:]
    right = tokens(folded[high : min(end, high + WINDOW)])[:5]
    yield from (f"{side} before {w}" for w in left)
    yield from (f"{side} after {w}" for w in right)
    yield f"{side} before1 {' '.join(left[-1:])}"
    yield f"{side} before2 {' '.join(left[-2:])}"
    yield f"{side} after1 {' '.join(right[:1])}"
    yield f"{side} after2 {' '.join(right[:2])}"
    near = tokens(folded[count.end : min(end, count.end + 40)])[:2]
    yield f"{side} count then {' '.join(near)}"
    yield f"{side} count after {' '.join(tokens(folded[max(start, count.start - 40) : count.start])[-2:])}"
    yield f"{side} term after {' '.join(tokens(folded[max(start, mention.start - 40) : mention.start])[-2:])}"
    yield f"{side} term then {' '.join(tokens(folded[mention.end : min(end, mention.end + 40)])[:2])}"
    yield f"{side} n {count.n is not None} of {count.denominator is not None} share {count.percent is not None} unit {count.unit}"
    yield f"kind {kind} form {count.form} size {grade_of(count.n or 0)}"
    yield f"kind {kind} stopped {mention.stopped} tail {mention.tail is not None} weak {mention.weak}"
    yield f"terms {min(len(told.mentions), 5)} counts {min(len(told.counts), 6)}"
    yield from _orders(told, i, j, side)
    yield from shape_features(told.shape, i, j)
    yield from (f"w {w}" for w in set(tokens(folded[mention.start : mention.end])))


def _orders(told: Told, i: int, j: int, side: str) -> Iterator[str]:
    """Terms and counts in one order: "fever and rash in 3 and 4", and which is the nearest of its kind."""
    terms, figures = told.mentions, told.counts
    said = "respectively" in told.folded[told.sentence.start : told.sentence.end]
    same = len(terms) == len(figures)
    yield f"{side} order {min(i, 3)} {min(j, 3)} same {same} said {said}" if same else f"{side} said {said}"
    if said and terms:
        yield f"said share {len(figures) % len(terms) == 0} row {j // max(1, len(figures) // len(terms)) == i} column {j % len(terms) == i}"
    yield f"{side} nearest count {min(figures, key=lambda c: _gap(terms[i], c)) == figures[j]}"
    yield f"{side} nearest term {min(terms, key=lambda m: _gap(m, figures[j])) == terms[i]}"
    here = [c for c in figures if (c.start >= terms[i].end) == (side == "r")]
    yield f"{side} nearest count here {min(here, key=lambda c: _gap(terms[i], c)) == figures[j]}"
    there = [m for m in terms if (figures[j].start >= m.end) == (side == "r")]
    yield f"{side} nearest term here {min(there, key=lambda m: _gap(m, figures[j])) == terms[i]}"


def _gap(mention: Mention, count: Count) -> int:
    return count.start - mention.end if count.start >= mention.end else mention.start - count.end


def halfway(p: float, q: float) -> float:
    """The probability halfway between two, in log-odds."""
    yes, no = math.sqrt(p * q), math.sqrt((1 - p) * (1 - q))
    return yes / (yes + no)


def _tenth(p: float) -> str:
    return str(min(9, int(10 * p)))


def told_features(told: Told, i: int, j: int, chances: dict[tuple[int, int], float]) -> Iterator[str]:
    """The first level's probability of a pair beside those of its rivals and neighbours, and what of it is no matter of words."""
    p = chances[i, j]
    mention, count = told.mentions[i], told.counts[j]
    side = "r" if count.start >= mention.end else "l"
    row = [chances[i, k] for k in range(len(told.counts)) if k != j]
    column = [chances[k, j] for k in range(len(told.mentions)) if k != i]
    best, rival = max(row, default=0.0), max(column, default=0.0)
    kind = "class" if mention.kind in (CLASS, ORGAN) else mention.kind
    yield "pair"
    yield f"p {_tenth(p)}"
    yield f"p {int(20 * p)}/20"
    yield f"p {_tenth(p)} {side} {kind}"
    yield f"p {_tenth(p)} row {_tenth(best)[0]}"
    yield f"p {_tenth(p)} column {_tenth(rival)[0]}"
    yield f"rank row {sum(x > p for x in row) if len(row) < 9 else 9} of {min(len(row), 4)}"
    yield f"rank column {min(sum(x > p for x in column), 3)} of {min(len(column), 4)}"
    yield f"best of both {p > best and p > rival} p {int(5 * p)}"
    sure = sum(x > 0.5 for x in column)
    yield f"column sure {min(sure, 2)} side {side} p {int(5 * p)}"
    for step, name in ((-1, "left"), (1, "right")):
        if 0 <= i + step < len(told.mentions):
            yield f"{name} term {_tenth(chances[i + step, j])} p {int(5 * p)}"
        if 0 <= j + step < len(told.counts):
            yield f"{name} count {_tenth(chances[i, j + step])} p {int(5 * p)}"
    yield f"silent {told.silent} p {int(5 * p)}"
    yield f"denied {told.denied(i)} zero {count.n == 0} p {int(5 * p)}"


def told_of_term(told: Told, i: int) -> Iterator[str]:
    """What is asked of a term wherever it stands: the trial's subject, an outcome, doubtful, concluded."""
    reports, mention = told.reports, told.mentions[i]
    seen = reports.seen
    role, _ = seen.likely_role(told.sentence.start)
    yield f"role {role}"
    yield f"subject {reports.subject(mention)} weak {mention.weak} kind {mention.kind}"
    yield f"outcome {reports.outcome(mention, told.sentence.start, told.sentence.end)}"
    yield f"concluded {reports.concludes(told.sentence)}"
    yield f"disease {mention.term is not None and mention.term.kind == 'disease'} listed {mention.listed}"


def ruled_features(told: Told, i: int, j: int) -> Iterator[str]:
    """What the rules say of a pair, of its term and its count, and of the sentence."""
    event, mention = told.paired.get((i, j)), told.mentions[i]
    ruled = event is not None
    term = [k for k in told.paired if k[0] == i]
    count = [k for k in told.paired if k[1] == j]
    spare = len(told.counts) - len({k[1] for k in told.paired})
    uncounted = [
        e for e in told.ruled if e.mention.start == mention.start and e.count is None and e.how != "kind"
    ]  # "none was related" leaves the counts as they are
    yield f"ruled {event.how if event else ''} {ruled}"
    yield f"ruled {ruled} term {min(len(term), 2)} count {min(len(count), 2)}"
    yield f"ruled {ruled} spare {min(spare, 3)} of {min(len(told.counts), 4)}"
    yield f"ruled {ruled} this spare {not count} events {min(len(told.ruled), 3)} spare {min(spare, 2)}"
    yield f"ruled {ruled} denied {told.denied(i)} silent {told.silent}"
    yield f"ruled {ruled} uncounted {uncounted[0].assertion + uncounted[0].how if uncounted else ''}"
    reports = told.reports
    outcome = reports.outcome(mention, told.sentence.start, told.sentence.end)
    yield f"ruled {ruled} outcome {outcome} subject {reports.subject(mention)} weak {mention.weak}"
    baseline = BASELINE.search(told.folded, told.sentence.start, mention.start) is not None
    yield f"ruled {ruled} baseline {baseline}"
