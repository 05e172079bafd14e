"""Fit the small linear models: sparse matrices from the runtime's own feature functions, scikit-learn's solver.

Weights are rounded to a thousandth and tiny ones dropped, so that the file is small and the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from extractor.context.trained import HashedLinear, buckets

ROUND = 3


def matrix(items: Sequence[Iterable[str]], size: int) -> csr_matrix:
    """One row an item, unit length, as `HashedLinear.logits` scores it."""
    columns, edges = [], [0]
    values = []
    for features in items:
        rows = sorted(set(buckets(features, size)))
        columns += rows
        values += [1 / np.sqrt(len(rows))] * len(rows)
        edges.append(len(columns))
    return csr_matrix((values, columns, edges), shape=(len(items), size), dtype=np.float64)


def fit(
    rows: csr_matrix, labels: Sequence[int], classes: int, *, strength: float, weights: Sequence[float] | None = None
) -> HashedLinear:
    """Fit a multinomial logistic regression; ``strength`` is scikit-learn's ``C``."""
    model = LogisticRegression(C=strength, max_iter=400, tol=1e-4)
    model.fit(rows, labels, sample_weight=weights)
    if len(model.classes_) != classes:
        raise ValueError(f"{len(model.classes_)} classes in the data, {classes} wanted: check the corpora")
    return HashedLinear(rounded(model.coef_.T), rounded(model.intercept_))


def predict(model: HashedLinear, rows: csr_matrix) -> npt.NDArray[np.float64]:
    """Log probabilities of all rows at once, shape (items, classes)."""
    logits = rows @ model.weights.astype(np.float64) + model.bias
    return np.asarray(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


def rounded(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return np.asarray(np.round(values, ROUND) + 0.0, dtype=np.float32)
