"""Confidences: those of measured rules are the measured ones, others keep their own and say so."""

from __future__ import annotations

import pytest

from extractor.calibration import UNCALIBRATED, calibrated, table
from extractor.model import Evidence, Fact

SAID = (Evidence("abstract", "x", 0, 1),)


def test_a_measured_rule_has_its_measured_number() -> None:
    method = next(m for m in table() if m.startswith("rule:"))
    found = calibrated(Fact("dose", {}, SAID, method, 0.1, flags=(UNCALIBRATED,)))
    assert (found.confidence, found.flags) == (table()[method], ())


@pytest.mark.parametrize("method", ["rule:adverse_event/never_measured", "model:never_measured", "rule:unheard_of/x"])
def test_an_unknown_rule_keeps_its_own_number_and_says_so(method: str) -> None:
    found = calibrated(Fact("adverse_event", {}, SAID, method, 0.42))
    assert (found.confidence, found.flags) == (0.42, (UNCALIBRATED,))
    assert calibrated(found) == found


@pytest.mark.parametrize("method", ["curator:ann", "registry:clinicaltrials"])
def test_curators_and_registries_are_not_weighed(method: str) -> None:
    fact = Fact("dose", {}, SAID, method, 1.0)
    assert calibrated(fact) == fact
