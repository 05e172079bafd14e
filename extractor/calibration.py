"""Confidences as measured: what share of a rule's facts a gold set agreed with, kept as data in ``confidence.tsv``.

The table is written by ``trialspan evaluate --calibrate``; a rule that it does not know gets its field's share.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from extractor.model import Fact

TABLE = "confidence.tsv"
MEASURED = ("rule:", "model:")  # methods that the table speaks of; a curator or a registry is not re-weighed


@cache
def table() -> dict[str, float]:
    """Method -> probability; empty before the first calibration."""
    path = files("extractor.lexicons").joinpath(TABLE)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = (line.split("\t") for line in lines if line and not line.startswith(("#", "method\t")))
    return {method: float(value) for method, value in rows}


def calibrated(fact: Fact) -> Fact:
    """The fact with its measured confidence; as it was where nothing was measured."""
    if not fact.method.startswith(MEASURED):
        return fact
    known = table()
    confidence = known.get(fact.method, known.get(f"{fact.field}:*", known.get("*", fact.confidence)))
    return fact.change(confidence=confidence)
