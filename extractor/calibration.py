"""Confidences as measured: what share of a rule's facts a gold set agreed with, kept as data in ``confidence.tsv``.

The table is written by ``trialspan evaluate --calibrate``. A rule that it does not know keeps its own number, which nobody
measured, and says so: the flag ``uncalibrated``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from extractor.model import Fact

TABLE = "confidence.tsv"
UNCALIBRATED = "uncalibrated"
MEASURED = ("rule:", "model:")  # methods that the table speaks of; a curator or a registry is not re-weighed


@cache
def table() -> dict[str, float]:
    """Method -> probability; empty before the first calibration."""
    path = files("extractor.lexicons").joinpath(TABLE)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = (line.split("\t") for line in lines if line and not line.startswith(("#", "method\t")))
    return {method: float(value) for method, value in rows}


def calibrated(fact: Fact) -> Fact:
    """The fact with its measured confidence; with its own and the flag ``uncalibrated`` where nothing was measured."""
    if not fact.method.startswith(MEASURED):
        return fact
    measured = table().get(fact.method)
    if measured is not None:
        return fact.change(confidence=measured, flags=tuple(f for f in fact.flags if f != UNCALIBRATED))
    return fact if UNCALIBRATED in fact.flags else fact.change(flags=(*fact.flags, UNCALIBRATED))


# Of two facts of one report, errors go together: measured on gold, see docs/accuracy.md
TOGETHER = 0.1
NORMAL_95 = 1.645  # 95 % of a normal distribution lie below its mean and so many standard deviations
UNSURE = 0.1  # the share of wrong facts is itself known to a tenth of it


def wrong_at_most(by_document: Sequence[Sequence[float]]) -> int:
    """How many facts are wrong at most, with a probability of 95 %, by their confidences.

    Parameters
    ----------
    by_document : sequence of sequence of float
        The confidences of each report's facts: errors of one report go together.
    """
    every = sum(map(len, by_document))
    expected = sum(1 - c for some in by_document for c in some)
    spread = (UNSURE * expected) ** 2
    for some in by_document:
        single = [c * (1 - c) for c in some]
        roots = sum(math.sqrt(v) for v in single)
        spread += (1 - TOGETHER) * sum(single) + TOGETHER * roots**2
    return min(every, math.ceil(expected + NORMAL_95 * math.sqrt(spread)))
