"""Fit the two levels that pair counts with terms, from gold's counted events and the rules' own.

python -m training.event_pairs GOLD models/event_links              # fits on all sets, writes pairs.npz and pairs_among.npz
python -m training.event_pairs GOLD models/event_links --folds 5    # and scores pairs by cross-validation over trials first
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from extractor.evaluate.keys import clean, number
from extractor.evaluate.scorer import is_partial, same_term
from extractor.events.link.pairs import Told, halfway, pair_features, ruled_features, told_features, told_of_term
from extractor.events.link.weights import Weights
from extractor.events.paired import scene
from extractor.fields.adverse_event import term_of
from extractor.quantities.counts import Count
from training.event_arms import SETS, matrix
from training.event_gold import DEVELOPED_ON, Annotated, annotated, arguments, folds, own_cases
from training.linear import rounded

FIRST, SECOND = 1 << 18, 1 << 13  # sizes of the two tables
FIRST_STRENGTH, SECOND_STRENGTH = 0.3, 0.1
INNER = 4  # folds in which the first level is scored on what it was not fitted to
Floats = npt.NDArray[np.float64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence: what gold says of each pair; 1 an event, 0 none, -1 in doubt."""

    document: int
    told: Told
    right: dict[Pair, int]


def labelled(documents: Sequence[Annotated]) -> list[Labelled]:
    """All sentences with a pair, of documents that report their own trial."""
    found = []
    for place, document in enumerate(documents):
        for sentence, ruled in document.ruled():
            told = scene(document.reports, sentence.start, ruled)
            if told is not None:
                found.append(Labelled(place, told, _labels(document, told)))
    return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A counted event of gold: the place of its quote, its term and figures."""

    start: int
    end: int
    term: str
    n: float | None
    percent: float | None
    arm: str
    optional: bool

    def counts(self, count: Count) -> bool:
        """Whether a count may be this event's: a number without its percentage may."""
        if self.n is None and self.percent is None:
            return False
        share = count.percent == self.percent or (count.percent is None and self.n is not None)
        return (self.n is None or count.n == self.n) and (self.percent is None or share)


def _wanted(document: Annotated) -> list[_Wanted]:
    found = []
    for start, end, event in document.told():
        terms = event["term"] if isinstance(event["term"], list) else [event["term"]]
        n, percent = number(event.get("n")), number(event.get("percent"))
        for term in terms:
            arm, optional = str(event.get("arm")), bool(event.get("optional"))
            found.append(_Wanted(start, end, clean(term), n, percent, arm, optional))
    return found


def _labels(document: Annotated, told: Told) -> dict[Pair, int]:
    """What gold says of each pair of a sentence; an event told twice is in doubt where gold does not quote it."""
    wanted = _wanted(document)
    right: dict[Pair, int] = {}
    for i, mention in enumerate(told.mentions):
        term = clean(term_of(document.reports, mention))
        mine = [w for w in wanted if same_term(w.term, term)]
        for j, count in enumerate(told.counts):
            some = [w for w in mine if w.counts(count)]
            quoted = any(w.start <= count.start < w.end and not w.optional for w in some)
            right[i, j] = 1 if quoted else -1 if some or is_partial(document.entry) else 0
        _once(told, i, mine, right)
    return right


def _once(told: Told, i: int, mine: Sequence[_Wanted], right: dict[Pair, int]) -> None:
    """Of the same figures several times in a sentence, the nearest to the term are its own, as many as gold has."""
    same = defaultdict(list)
    for j, count in enumerate(told.counts):
        if right[i, j] == 1:
            same[count.n, count.percent].append(j)
    for places in same.values():
        needed = len({(w.n, w.percent, w.arm) for w in mine if w.counts(told.counts[places[0]])})
        places.sort(key=lambda j: told.gap(i, j))
        right.update({(i, j): -1 for j in places[needed:]})


@dataclass(frozen=True, slots=True)
class Table:
    """All pairs in their order, with what the first level sees of them."""

    sentences: list[Labelled]
    pairs: list[tuple[int, Pair]]  # place of the sentence, the pair
    right: npt.NDArray[np.int_]
    document: npt.NDArray[np.int_]
    developed: npt.NDArray[np.bool_]
    first: csr_matrix
    asked: list[list[str]]  # what the second level sees of each pair's term and of the rules' say, apart from scores
    ruled: list[list[str]]


def table(documents: Sequence[Annotated]) -> Table:
    """The pairs of all documents."""
    sentences = labelled(documents)
    pairs = [(at, pair) for at, s in enumerate(sentences) for pair in s.told.pairs()]
    first = matrix((pair_features(sentences[at].told, *pair) for at, pair in pairs), FIRST)
    owner = np.array([sentences[at].document for at, _ in pairs])
    return Table(
        sentences,
        pairs,
        np.array([sentences[at].right[pair] for at, pair in pairs]),
        owner,
        np.array([documents[d].of in DEVELOPED_ON for d in owner]),
        first,
        [list(told_of_term(sentences[at].told, i)) for at, (i, _) in pairs],
        [list(ruled_features(sentences[at].told, *pair)) for at, pair in pairs],
    )


def fitted(rows: csr_matrix, right: npt.NDArray[np.int_], strength: float) -> Weights:
    """Weights of one level."""
    model = LogisticRegression(C=strength, max_iter=300, solver="liblinear", fit_intercept=False, random_state=0)
    return Weights(rounded(model.fit(rows, right).coef_[0]))


def scored(model: Weights, rows: csr_matrix) -> Floats:
    """Probabilities of many items at once."""
    return np.asarray(1 / (1 + np.exp(-(rows @ model.values.astype(np.float64)))))


def second_rows(every: Table, chance: Floats) -> tuple[csr_matrix, csr_matrix]:
    """What the second level sees to be fitted on, and when it decides.

    To be fitted on, texts that the rules were written on come without the rules' say.
    """
    known: dict[int, dict[Pair, float]] = defaultdict(dict)
    for (at, pair), p in zip(every.pairs, chance, strict=True):
        known[at][pair] = float(p)
    fitting, deciding = [], []
    for row, (at, pair) in enumerate(every.pairs):
        seen = [*told_features(every.sentences[at].told, *pair, known[at]), *every.asked[row]]
        deciding.append([*seen, *every.ruled[row]])
        fitting.append([*seen, "unruled"] if every.developed[row] else deciding[-1])
    return matrix(fitting, SECOND), matrix(deciding, SECOND)


def fit(every: Table, fold: npt.NDArray[np.int_], out: int | None) -> tuple[Weights, Weights, Floats]:
    """Both levels on all folds but `out`, and the probability of every pair.

    The second level is fitted on scores that the first gave to documents it had not seen.
    """
    inside = (every.right >= 0) & (fold != out if out is not None else np.ones(len(fold), dtype=bool))
    first = fitted(every.first[inside], every.right[inside], FIRST_STRENGTH)
    chance = scored(first, every.first)
    for k in sorted(set(fold.tolist()) - {out}):
        rest = inside & (fold != k)
        model = fitted(every.first[rest], every.right[rest], FIRST_STRENGTH)
        chance[fold == k] = scored(model, every.first[fold == k])
    fitting, deciding = second_rows(every, chance)
    second = fitted(fitting[inside], every.right[inside], SECOND_STRENGTH)
    both = zip(chance, scored(second, deciding), strict=True)
    return first, second, np.array([halfway(p, q) for p, q in both])


def tally(every: Table, documents: Sequence[Annotated], chance: Floats, least: float) -> dict[str, Counter[str]]:
    """Pairs found, missed and false by set, for the scores and for the rules."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (at, pair), right, p in zip(every.pairs, every.right, chance, strict=True):
        if right < 0:
            continue
        sentence = every.sentences[at]
        of = documents[sentence.document].of
        for who, said in (("scores", p >= least), ("rules", pair in sentence.told.paired)):
            found[f"{of} {who}"]["right" if said and right else "false" if said else "missed" if right else "none"] += 1
    return dict(found)


def main() -> None:
    """Score by cross-validation where asked, then fit and write the weights."""
    options = arguments(__doc__).parse_args()
    documents = [*annotated(options.gold, SETS), *own_cases()]
    every = table(documents)
    fold = np.array(folds(documents, options.folds or INNER))[every.document]
    if options.folds:
        chance = np.zeros(len(fold))
        for k in range(options.folds):
            chance[fold == k] = fit(every, fold, k)[2][fold == k]
        print(json.dumps(tally(every, documents, chance, 0.45)))
    first, second, _ = fit(every, fold, None)
    options.output.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.output / "pairs.npz", weights=first.values)
    np.savez_compressed(options.output / "pairs_among.npz", weights=second.values)


if __name__ == "__main__":
    main()
