"""Fit the choice of arms: for each counted event of gold, the names around its count, and which of them is the arm's, if any.

python -m training.event_arms GOLD models/event_links          # fits on all sets, writes arms.npz
python -m training.event_arms GOLD models/event_links --folds 5   # and scores by cross-validation over trials first
python -m training.event_arms GOLD models/event_links --more rct_adverse.jsonl   # as the shipped weights were
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from extractor.context.trained import buckets
from extractor.evaluate.keys import clean
from extractor.evaluate.scorer import same_arm
from extractor.events.link.armed import arm_of
from extractor.events.link.arms import Names, candidates, features, none_features
from extractor.events.link.name import Name
from extractor.events.link.weights import Weights
from extractor.quantities.counts import Count
from training.event_gold import (
    Annotated,
    Gold,
    annotated,
    arguments,
    by_figures,
    counts_of,
    folds,
    further,
)
from training.linear import rounded

SIZE = 1 << 14
STRENGTH = 0.3
SETS = ("als", "other", "rct", "cell", "harms")


@dataclass(frozen=True, slots=True)
class Choice:
    """One count: what is seen of "no arm" and of each name, and which of them gold allows."""

    document: int
    items: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]


def labels(document: Annotated, every: Sequence[Count]) -> dict[int, str | None]:
    """The arm that gold gives each count, by where the count begins; counts that gold leaves in doubt are left out.

    The same figures more than once in one quote ("four and four") are taken in their order.
    """
    found: dict[int, set[str | None]] = {}
    for key, told in by_figures(document).items():
        some = counts_of(key, every)
        for count, arm in zip(some, _in_order(told, len(some)), strict=True):
            found.setdefault(count.start, set()).add(arm)
    return {start: next(iter(arms)) for start, arms in found.items() if len(arms) == 1 and "?" not in arms}


def _in_order(told: Sequence[Gold], size: int) -> list[str | None]:
    every = [event.get("arm") for event in told]
    different = list(dict.fromkeys(every))
    if len(different) == 1:
        return different * size
    return every if len(every) == size else different if len(different) == size else ["?"] * size


def choices(documents: Sequence[Annotated]) -> list[Choice]:
    """All counts of gold whose arm, or its want, is among what the text offers."""
    found = []
    for place, document in enumerate(documents):
        names = Names(document.seen, document.groups)
        read = list(document.sentences())
        known = labels(document, [c for _, _, some in read for c in some])
        for sentence, named, some in read:
            if not any(c.start in known for c in some):
                continue
            scene = names.scene(sentence, some, [(m.start, m.end) for m in named])
            offered = candidates(scene)
            for count in some:
                if count.start not in known:
                    continue
                arm = known[count.start]
                right = (arm is None, *(arm is not None and _is(arm, document, n) for _, n in offered))
                if any(right):
                    items = [none_features(scene, count), *(features(scene, count, b, n) for b, n in offered)]
                    found.append(Choice(place, tuple(map(tuple, items)), right))
    return found


def _is(arm: str, document: Annotated, name: Name) -> bool:
    return same_arm(clean(arm), clean(document.seen.text[slice(*name.place)]))


def matrix(items: Iterable[Iterable[str]], size: int) -> csr_matrix:
    """One row an item, as `Weights.score` adds it up."""
    columns: list[int] = []
    edges = [0]
    for item in items:
        columns += sorted(set(buckets(item, size)))
        edges.append(len(columns))
    return csr_matrix((np.ones(len(columns)), columns, edges), shape=(len(edges) - 1, size))


def fit(chosen: Sequence[Choice], *, strength: float = STRENGTH) -> Weights:
    """The weights under which what gold allows is likeliest among all that was offered."""
    return fit_rows(matrix((item for c in chosen for item in c.items), SIZE), chosen, strength=strength)


def fit_rows(table: csr_matrix, chosen: Sequence[Choice], *, strength: float) -> Weights:
    """The same from the rows of all items."""
    right = np.concatenate([np.array(c.right, dtype=float) for c in chosen])
    sizes = np.array([len(c.items) for c in chosen])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(chosen)), sizes)

    def loss(theta: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = table @ theta
        grown = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        whole, part = np.add.reduceat(grown, starts), np.add.reduceat(grown * right, starts)
        slope = table.T @ (grown / whole[owner] - grown * right / part[owner])
        return float((np.log(whole) - np.log(part)).sum() + theta @ theta / (2 * strength)), slope + theta / strength

    found = minimize(loss, np.zeros(SIZE), jac=True, method="L-BFGS-B", options={"maxiter": 120})
    return Weights(rounded(found.x))


def score(model: Weights, documents: Sequence[Annotated]) -> Counter[str]:
    """How gold's counts fare: the arm right, wrong, left out; no arm right, or one named falsely."""
    tally: Counter[str] = Counter()
    for document in documents:
        names = Names(document.seen, document.groups)
        read = list(document.sentences())
        known = labels(document, [c for _, _, some in read for c in some])
        for sentence, named, some in read:
            asked = [c for c in some if c.start in known]
            if not asked:
                continue
            scene = names.scene(sentence, some, [(m.start, m.end) for m in named])
            for count in asked:
                arm, found = known[count.start], arm_of(scene, count, model)
                if arm is None:
                    tally["false" if found else "none"] += 1
                elif found is None:
                    tally["left out"] += 1
                else:
                    tally["right" if _is(arm, document, found) else "wrong"] += 1
    return tally


def main() -> None:
    """Score by cross-validation where asked, then fit on everything and write the weights."""
    parser = arguments(__doc__)
    parser.add_argument("--more", type=Path, help="rct_adverse.jsonl: the texts of what trial_events.jsonl annotates")
    options = parser.parse_args()
    documents = annotated(options.gold, SETS) + (further(options.more) if options.more else [])
    offered = choices(documents)
    if options.folds:
        fold = folds(documents, options.folds)
        tallies = {name: Counter[str]() for name in SETS}
        for k in range(options.folds):
            model = fit([c for c in offered if fold[c.document] != k])
            for name in SETS:
                tallies[name] += score(
                    model, [d for d, f in zip(documents, fold, strict=True) if f == k and d.of == name]
                )
        print(json.dumps(tallies))
    options.output.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.output / "arms.npz", weights=fit(offered).values)


if __name__ == "__main__":
    main()
