"""Fit what is said of a named term without a count: happened, denied, not reported.

python -m training.event_verdicts GOLD models/event_links              # fits on all sets, writes verdicts.npz and verdicts_among.npz
python -m training.event_verdicts GOLD models/event_links --folds 5    # and scores by cross-validation over trials first
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from extractor.evaluate.keys import clean, number
from extractor.evaluate.scorer import is_partial, same_term
from extractor.events.event import ABSENT, PRESENT
from extractor.events.link.weights import Weights
from extractor.events.verdicts import VERDICTS, Said, asked_features, each_verdict, said, word_features
from extractor.fields.adverse_event import term_of
from training.event_arms import SETS, SIZE, Choice, fit, fit_rows, matrix
from training.event_gold import DEVELOPED_ON, Annotated, annotated, arguments, folds, own_cases

FIRST_STRENGTH, SECOND_STRENGTH = 0.1, 0.1
INNER = 3  # folds in which the first level is scored on what it was not fitted to


@dataclass(frozen=True, slots=True)
class Judged:
    """One term: its document, its sentence, its place there, and which verdicts gold allows."""

    document: int
    told: Said
    place: int
    right: tuple[bool, ...]


def terms(documents: Sequence[Annotated]) -> list[Judged]:
    """All named terms of documents that report their own trial."""
    found = []
    for at, document in enumerate(documents):
        wanted = [
            (
                start,
                end,
                clean(term),
                event.get("assertion", PRESENT),
                number(event.get("n")) or number(event.get("percent")),
            )
            for start, end, event in document.told()
            for term in (event["term"] if isinstance(event["term"], list) else [event["term"]])
        ]
        for sentence, ruled in document.ruled():
            told = said(document.reports, sentence, ruled)
            for i in told.asked() if told else ():
                assert told is not None
                term = clean(term_of(document.reports, told.mentions[i]))
                mine = [w for w in wanted if same_term(w[2], term)]
                here = {
                    w[3]
                    for w in mine
                    if w[0] <= told.mentions[i].start < w[1] or _overlap((w[0], w[1]), (sentence.start, sentence.end))
                }
                found.append(Judged(at, told, i, _allowed(here, {w[3] for w in mine}, document)))
    return found


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _allowed(here: set[str], anywhere: set[str], document: Annotated) -> tuple[bool, ...]:
    """Which verdicts gold allows: those it quotes here; all that it tells elsewhere are in doubt."""
    if here:
        return (False, PRESENT in here, ABSENT in here or "none_reported" in here)
    return (True, PRESENT in anywhere or is_partial(document.entry), ABSENT in anywhere or is_partial(document.entry))


def words(every: Sequence[Judged]) -> list[Choice]:
    """What the first level sees."""
    return [Choice(j.document, tuple(map(tuple, each_verdict(word_features(j.told, j.place)))), j.right) for j in every]


def asked(
    every: Sequence[Judged], chances: Sequence[Sequence[float]], of: Sequence[str], *, fitting: bool
) -> list[Choice]:
    """What the second level sees; to be fitted, texts that the rules were written on come without the rules' say."""
    known: dict[int, dict[int, Sequence[float]]] = defaultdict(dict)
    for j, chance in zip(every, chances, strict=True):
        known[id(j.told)][j.place] = chance
    found = []
    for j in every:
        seen = list(asked_features(j.told, j.place, known[id(j.told)]))
        if fitting and of[j.document] in DEVELOPED_ON:
            seen = [f for f in seen if "ruled" not in f and "says" not in f]
        found.append(Choice(j.document, tuple(map(tuple, each_verdict(seen))), j.right))
    return found


def scored(model: Weights, rows: csr_matrix) -> list[list[float]]:
    """The probability of each verdict, of three rows a term."""
    scores = (rows @ model.values.astype(np.float64)).reshape(-1, len(VERDICTS))
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return [[float(p) for p in row] for row in grown / grown.sum(axis=1, keepdims=True)]


def rows_of(table: csr_matrix, places: Sequence[int]) -> csr_matrix:
    """The rows of some terms."""
    each = len(VERDICTS)
    return table[[each * k + v for k in places for v in range(each)]]


def fit_both(
    every: Sequence[Judged],
    seen: Sequence[Choice],
    table: csr_matrix,
    fold: Sequence[int],
    of: Sequence[str],
    out: int | None,
) -> tuple[Weights, Weights]:
    """Both levels on all folds but `out`; the second on scores that the first gave to documents it had not seen."""
    inside = [k for k, c in enumerate(seen) if fold[c.document] != out]
    chances: dict[int, list[float]] = {}
    for part in range(INNER):
        rest = [k for k in inside if _part(seen[k]) != part]
        held = [k for k in inside if _part(seen[k]) == part]
        model = fit_rows(rows_of(table, rest), [seen[k] for k in rest], strength=FIRST_STRENGTH)
        chances.update(zip(held, scored(model, rows_of(table, held)), strict=True))
    first = fit_rows(rows_of(table, inside), [seen[k] for k in inside], strength=FIRST_STRENGTH)
    known = [chances[k] for k in inside]
    return first, fit(asked([every[k] for k in inside], known, of, fitting=True), strength=SECOND_STRENGTH)


def _part(choice: Choice) -> int:
    return choice.document % INNER


def main() -> None:
    """Score by cross-validation where asked, then fit and write the weights."""
    options = arguments(__doc__).parse_args()
    documents = [*annotated(options.gold, SETS), *own_cases()]
    of = [d.of for d in documents]
    every = terms(documents)
    seen = words(every)
    table = matrix((item for c in seen for item in c.items), SIZE)
    if options.folds:
        fold = folds(documents, options.folds)
        tally: dict[str, Counter[str]] = defaultdict(Counter)
        for k in range(options.folds):
            first, second = fit_both(every, seen, table, fold, of, k)
            held = [place for place, j in enumerate(every) if fold[j.document] == k]
            alone = scored(first, rows_of(table, held))
            some = asked([every[place] for place in held], alone, of, fitting=False)
            last = scored(second, matrix((item for c in some for item in c.items), SIZE))
            for place, chance in zip(held, last, strict=True):
                count(tally, of[every[place].document], every[place], chance)
        print(json.dumps(tally, indent=0))
    first, second = fit_both(every, seen, table, [0] * len(documents), of, None)
    options.output.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.output / "verdicts.npz", weights=first.values)
    np.savez_compressed(options.output / "verdicts_among.npz", weights=second.values)


def count(tally: dict[str, Counter[str]], of: str, j: Judged, chance: Sequence[float]) -> None:
    """Terms that the rules leave untold, by what gold and the scores say."""
    mine = [e for e in j.told.ruled if e.mention.start == j.told.mentions[j.place].start]
    if sum(j.right) > 1 or any(e.count for e in mine):
        return
    gold = VERDICTS[j.right.index(True)]
    rule = mine[0].assertion if mine else "none"
    for verdict, p in zip(VERDICTS[1:], chance[1:], strict=True):
        for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
            if rule == "none" and p >= least:
                tally[f"{of} untold {verdict} {least}"]["right" if gold == verdict else "false"] += 1
        if rule == "none" and gold == verdict:
            tally[f"{of} untold {verdict}"]["all"] += 1


if __name__ == "__main__":
    main()
