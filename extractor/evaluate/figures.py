"""Figures of an evaluation: a row a field with bootstrap intervals, the errors, the reliability of the confidences.

Intervals are percentiles over documents drawn with replacement (Efron & Tibshirani 1993), from a fixed seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from extractor.evaluate.keys import ASKED_OF_FOUND, COMMON, Gold, scored_fields
from extractor.evaluate.reliability import Judged, bins, calibration_error, cross_fitted, judged
from extractor.evaluate.scorer import Error, Scored, rates, score_document, summarised

SURE = 0.9  # what a reviewer may check last
DRAWS = 2000  # bootstrap samples
SEED = 20190101
COUNTS = ("tp", "fp", "fn", "sure")


@dataclass(frozen=True, slots=True)
class Row:
    """One field's figures; ``low`` and ``high`` bound F1 at 95 %. None where nothing can be said."""

    field: str
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None
    tp: int
    fp: int
    fn: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one run over a gold set."""

    documents: int
    rows: tuple[Row, ...]
    macro_f1: float | None
    macro_low: float | None
    macro_high: float | None
    leaks: dict[str, int]
    bad_evidence: int
    stray: dict[str, int]
    cells_right: float | None
    filled_cells_right: float | None
    errors: tuple[Error, ...]
    judged: tuple[Judged, ...]

    def to_dict(self) -> dict[str, Any]:
        names = (
            "documents",
            "macro_f1",
            "macro_low",
            "macro_high",
            "leaks",
            "bad_evidence",
            "stray",
            "cells_right",
            "filled_cells_right",
        )
        return {name: getattr(self, name) for name in names} | {
            "fields": [r.to_dict() for r in self.rows],
            "calibration": calibration(self.judged),
        }


def evaluate(entries: list[Gold], records: dict[str, Gold]) -> Evaluation:
    """Score `records` (by document id) against gold `entries`.

    Parameters
    ----------
    entries : list of dict
        Gold documents, see :func:`extractor.evaluate.scorer.load_gold`.
    records : dict of str to dict
        Records as ``Record.to_dict()`` gives them.
    """
    scored = [score_document(entry, records.get(entry["id"])) for entry in entries]
    summary = summarised(scored)
    samples = bootstrap(scored)
    rows = tuple(_row(field, summary["fields"][field], samples[:, i]) for i, field in enumerate(scored_fields()))
    common = [i for i, row in enumerate(rows) if row.tp + row.fn >= COMMON and row.field not in ASKED_OF_FOUND]
    macro = _interval(np.nanmean(samples[:, common], axis=1)) if common else (None, None)
    return Evaluation(
        documents=len(entries),
        rows=rows,
        macro_f1=summary["macro_f1"],
        macro_low=macro[0],
        macro_high=macro[1],
        leaks=summary["leaks"],
        bad_evidence=summary["bad_evidence"],
        stray=summary["stray"],
        cells_right=summary["cells_right"],
        filled_cells_right=summary["filled_cells_right"],
        errors=tuple(error for one in scored for error in one.errors),
        judged=tuple(j for entry in entries if entry["id"] in records for j in judged(entry, records[entry["id"]])),
    )


def calibration(facts: Sequence[Judged]) -> dict[str, Any]:
    """Expected calibration error and bins of cross-fitted confidences, and the share of right facts at 0.9 and above."""
    held = cross_fitted(facts)
    sure = [f.right for f in held if f.confidence >= SURE]
    return {
        "facts": len(held),
        "error": calibration_error(held),
        "bins": [
            {"low": b.low, "high": b.high, "facts": b.count, "confidence": b.confidence, "right": b.right}
            for b in bins(held)
        ],
        "at_least_0.9": {"facts": len(sure), "right": sum(sure) / len(sure) if sure else None},
    }


def bootstrap(scored: list[Scored], *, draws: int = DRAWS, seed: int = SEED) -> np.ndarray[Any, np.dtype[np.float64]]:
    """F1 of each field in each sample; shape (draws, fields), nan where a sample holds no gold value."""
    counts = np.array(
        [[[one.tally[f][c] for c in COUNTS] for f in scored_fields()] for one in scored], dtype=np.float64
    )
    if not len(scored):
        return np.full((draws, len(scored_fields())), np.nan)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(len(scored), [1 / len(scored)] * len(scored), size=draws)
    totals = np.tensordot(weights.astype(np.float64), counts, axes=1)
    flat = [
        rates(Counter(dict(zip(COUNTS, map(int, row), strict=True))))["f1"] for row in totals.reshape(-1, len(COUNTS))
    ]
    return np.array([np.nan if f is None else f for f in flat]).reshape(draws, len(scored_fields()))


def _row(field: str, row: dict[str, Any], sample: np.ndarray[Any, np.dtype[np.float64]]) -> Row:
    low, high = _interval(sample) if row["f1"] is not None else (None, None)
    return Row(field, row["precision"], row["recall"], row["f1"], low, high, row["tp"], row["fp"], row["fn"])


def _interval(sample: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float | None, float | None]:
    known = sample[~np.isnan(sample)]
    if not len(known):
        return None, None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)
