"""Words that matches cannot do without: never one too many."""

import re

import pytest

from extractor.context.needles import Sieve, needles
from extractor.study.designs import patterns
from extractor.study.kinds import cues

SHIPPED = [p.pattern for p in patterns().values()] + [c.pattern.pattern for c in cues()]
TEXTS = (
    "we performed a randomized, double-blind, placebo-controlled, parallel-group trial in 12 centres; patients were enrolled.",
    "in this open-label single-arm phase 1/2a study, dose escalation followed a 3 + 3 design at a single centre.",
    "we report the case of a 54-year-old woman. informed consent was obtained. she was treated and followed for 12 months.",
    "rats were randomly assigned to two groups. animals were anesthetized; cells were cultured in vitro and differentiated.",
    "we searched medline and embase for randomised controlled trials; a systematic review and meta-analysis was done.",
    "in this review we discuss advances, challenges and future directions; further studies are needed. patients will receive it.",
    "a retrospective, multicenter, crossover, non-inferiority pilot study; eligible participants completed a questionnaire.",
)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bcross-?over\b", {"cross"}),
        (r"(?:cat|horse)s? ran", {" ran"}),
        (r"(?:horse|donkey)s?\b", {"horse", "donkey"}),
        (r"(?:horse|x)s?\b", set()),
        (r"(?:horse)?s\b", set()),
        (r"(?:horse)+s\b", {"horse"}),
        (r"(?<!non-)randomi[sz]ed", {"randomi"}),
        (r"\d+ mg", {" mg"}),
    ],
)
def test_needles(pattern: str, words: set[str]) -> None:
    assert needles(pattern) == words


@pytest.mark.parametrize("text", TEXTS)
def test_every_match_holds_a_needle(text: str) -> None:
    matched = [(p, m.group()) for p in SHIPPED for m in re.finditer(p, text)]
    assert matched
    sieve = Sieve([needles(pattern) for pattern in SHIPPED])
    for pattern, found in matched:
        assert SHIPPED.index(pattern) in sieve.may(found)


def test_a_sieve_keeps_what_may_match() -> None:
    sieve = Sieve([frozenset({"ever", "ache"}), frozenset({"fever"}), frozenset()])
    assert [sorted(sieve.may(text)) for text in ("a fever", "an ache", "nothing", "")] == [[0, 1, 2], [0, 2], [2], [2]]
