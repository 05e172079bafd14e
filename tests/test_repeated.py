"""The time of a document grows with its length and no faster, whatever phrase it repeats."""

from __future__ import annotations

import time

import pytest
from spacy.language import Language

from extractor.limits import limited
from extractor.model import Document, check_evidence
from extractor.pipeline import extract
from tests.repeated import UNITS, repeated

SHORT, LONG = 20_000, 80_000  # characters
GROWTH = 1.3  # times linear
NOISE_S = 0.5  # processor time that is too short to be compared


def seconds(nlp: Language, text: str, most: float) -> float:
    """Processor time of reading a text; it fails where that is more than `most`."""
    before = time.process_time()
    for record in limited(extract(nlp, [Document("x", "text", {"abstract": text})]), most):
        check_evidence(record.document, record.facts)
    return time.process_time() - before


@pytest.mark.parametrize("unit", UNITS[::6])
def test_a_page_of_one_phrase_is_read(nlp: Language, unit: str) -> None:
    """Within a limit that a reader who tries all pairs of a page's words would need many times over."""
    seconds(nlp, repeated(unit, 5_000), 20)


@pytest.mark.torture
@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length(nlp: Language, unit: str) -> None:
    short = min(seconds(nlp, repeated(unit, SHORT), 60) for _ in range(2))
    long = seconds(nlp, repeated(unit, LONG), 240)
    most = GROWTH * (LONG / SHORT) * max(short, NOISE_S)
    if long > most:  # once more: the machine may have been busy
        long = min(long, seconds(nlp, repeated(unit, LONG), 240))
    assert long <= most, f"{LONG} characters took {long / short:.1f} times as long as {SHORT}"
