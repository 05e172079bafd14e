"""A sentence as a row of terms and counts, other words between them: how a list is built, whatever it lists.

The words of other terms and the figures of other counts say nothing of whose a count is; their places do. So each term is
``T`` here (a class ``K``, deaths ``D``), each count ``C``, and a pair is seen by what stands between and around it in that row,
and by whether its neighbours are written in the same way: in "fever in 3, rash in 4 and chills in 2" all three pairs are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from extractor import patterns as re
from extractor.events.mentions import CLASS, DEATH, ORGAN, Mention
from extractor.quantities.counts import Count

_WORDS = re.compile(r"[a-z]+|\d[\d.,]*|[^\s\w]")
WHOLE = 10  # tokens: so short a gap is seen whole
PAIRED = 20  # tokens: of so short a gap each two neighbours are seen
NEAR = 8  # tokens: the neighbours' gaps are compared up to this length
SHORT = 4
END, BEGIN = "$", "^"
SIGNS = frozenset("TKDC")

FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "with",
        "without",
        "from",
        "to",
        "for",
        "and",
        "or",
        "but",
        "nor",
        "no",
        "not",
        "as",
        "than",
        "after",
        "before",
        "during",
        "following",
        "within",
        "over",
        "under",
        "per",
        "each",
        "both",
        "all",
        "one",
        "two",
        "three",
        "who",
        "whom",
        "which",
        "that",
        "this",
        "these",
        "those",
        "them",
        "whose",
        "was",
        "were",
        "is",
        "are",
        "be",
        "been",
        "being",
        "had",
        "has",
        "have",
        "did",
        "vs",
        "versus",
        "v",
        "against",
        "whereas",
        "while",
        "respectively",
        "only",
        "also",
        "then",
        "due",
        "because",
        "including",
        "included",
        "patient",
        "patients",
        "case",
        "cases",
        "group",
        "groups",
        "arm",
        "arms",
        "subjects",
        "participants",
        "other",
        "another",
        "mild",
        "moderate",
        "severe",
        "grade",
    ]
)


@lru_cache(maxsize=4_096)
def plain(word: str) -> str:
    """A word by its form: function words and marks as they are, verbs by their ending, all other words alike."""
    if word in FUNCTION or not word.isalpha() or word in SIGNS:
        return word
    if word.endswith("ed") and len(word) > 4:
        return "-ed"
    if word.endswith("ly") and len(word) > 4:
        return ""
    return "-ing" if word.endswith("ing") and len(word) > 5 else "w"


def formed(row: Sequence[str]) -> list[str]:
    """A row with words by their form; several alike in turn are one."""
    found: list[str] = []
    for word in row:
        form = plain(word)
        if form and not (form == "w" and found and found[-1] == "w"):
            found.append(form)
    return found


@lru_cache(maxsize=1_024)
def tokens(text: str) -> tuple[str, ...]:
    """Words and marks, figures as ``0``."""
    return tuple(["0" if w[0].isdigit() else w for w in _WORDS.findall(text)])


@dataclass(slots=True)
class Shape:
    """The row of a sentence: its tokens, and where in it each term and each count stands."""

    row: list[str] = field(default_factory=list)
    terms: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)  # places in the row of all terms and counts

    def gap(self, i: int, j: int) -> tuple[str, bool] | None:
        """What stands between a term and a count, and whether the count is behind; None where they are far apart."""
        if i not in self.terms or j not in self.counts:
            return None
        a, b = self.terms[i], self.counts[j]
        low, high = min(a, b), max(a, b)
        return (" ".join(self.row[low + 1 : high]), b > a) if high - low <= NEAR else None


def shape(folded: str, start: int, end: int, mentions: Sequence[Mention], counts: Sequence[Count]) -> Shape:
    """The row of ``folded[start:end]``; what overlaps what was placed before stands at the same place."""
    found = Shape()
    marks = [(m.start, m.end, _sign(m), found.terms, i) for i, m in enumerate(mentions)]
    marks += [(c.start, c.end, "C", found.counts, j) for j, c in enumerate(counts)]
    at = start
    for first, last, sign, places, number in sorted(marks, key=lambda m: m[:3]):
        if first < at:
            places[number] = len(found.row) - 1
            continue
        found.row += tokens(folded[at:first])
        places[number] = len(found.row)
        found.order.append(len(found.row))
        found.row.append(sign)
        at = last
    found.row += tokens(folded[at:end])
    return found


def _sign(mention: Mention) -> str:
    return "K" if mention.kind in (CLASS, ORGAN) else "D" if mention.kind == DEATH else "T"


def shape_features(seen: Shape, i: int, j: int) -> Iterator[str]:
    """What is seen of a term and a count in the row of their sentence."""
    a, b = seen.terms[i], seen.counts[j]
    side = "dr" if b > a else "dl"
    low, high = min(a, b), max(a, b)
    between, left, right = seen.row[low + 1 : high], seen.row[max(0, low - 5) : low], seen.row[high + 1 : high + 6]
    if len(between) <= WHOLE:
        yield f"{side} all {' '.join(between)}"
    if len(between) <= PAIRED:
        yield from (f"{side} bb {x} {y}" for x, y in pairwise([BEGIN, *between, END]))
    if len(between) <= SHORT:
        yield f"{side} lbr {' '.join(left[-1:])} [{' '.join(between)}] {' '.join(right[:1])}"
    for many in (2, 3):
        yield f"{side} left {' '.join(left[-many:])}"
        yield f"{side} right {' '.join(right[:many])}"
    yield f"{side} around {' '.join(left[-1:])} {' '.join(right[:1])} {min(len(between), SHORT)}"
    forms = formed(between)
    if len(between) <= PAIRED:
        yield f"{side} forms {' '.join(forms)}"
        yield f"{side} forms {' '.join(formed(left[-2:]))} [{' '.join(forms)}] {' '.join(formed(right[:2]))}"
        ended = [BEGIN, *forms, END, END]
        yield from (f"{side} fff {x} {y} {z}" for x, y, z in zip(ended, ended[1:], ended[2:], strict=False))
    yield from _in_order(seen, side, low, high)
    yield from _like_neighbours(seen, i, j, side)


def _in_order(seen: Shape, side: str, low: int, high: int) -> Iterator[str]:
    """The terms and counts between and around a pair, without the words."""
    inside = "".join(seen.row[p] for p in seen.order if low < p < high)
    before = "".join(seen.row[p] for p in seen.order if p < low)[-2:]
    after = "".join(seen.row[p] for p in seen.order if p > high)[:2]
    yield f"{side} inside {inside[:6]}"
    yield f"{side} order {before}[{inside[:4]}]{after}"
    yield f"{side} order {before[-1:]}[{inside[:4]}]{after[:1]}"


def _like_neighbours(seen: Shape, i: int, j: int, side: str) -> Iterator[str]:
    """Whether the pairs before and behind, and how many of the sentence, are written as this one is."""
    mine = seen.gap(i, j)
    for step, name in ((-1, "previous"), (1, "next")):
        other = seen.gap(i + step, j + step)
        yield f"{side} {name} same {mine is not None and other == mine} there {other is not None} near {mine is not None}"
        alike = mine is not None and other is not None and other[1] == mine[1] and len(other[0].split()) < SHORT
        yield f"{side} {name} alike {alike} length {len(mine[0].split()) if mine else NEAR + 1}"
    same = sum(mine is not None and seen.gap(k, k + j - i) == mine for k in seen.terms)
    yield f"{side} same {min(same, 4)} of {min(len(seen.terms), 5)}"
