"""Ties of counts to groups: names found generously, the score of named features, what a whole trial's count keeps."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.context.sentences import Sentence
from extractor.events.link.groups import alike, names, telling
from extractor.events.link.weights import Weights


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rash in 3 of the placebo group and 5 on drug a.", ["placebo", "drug a"]),
        ("seen in 2 controls and one treated child", ["controls"]),
        ("in group 2 it was 4%, in arm b 6%", ["group 2", "arm b"]),
        ("fever occurred in the first and second group", ["first"]),
        ("6 zelotide recipients against 2 saline recipients", ["zelotide", "saline"]),
    ],
)
def test_names_of_groups(text: str, found: list[str]) -> None:
    said = [text[n.start : n.end] for n in names(text, Sentence(0, len(text), 0))]
    assert [s for s in said if s in found] == found


def test_names_are_alike_where_one_holds_the_other() -> None:
    assert alike(telling("the placebo group"), telling("placebo"))
    assert not alike(telling("low dose"), telling("high dose"))


def test_a_choice_is_the_share_of_each_score() -> None:
    table = Weights(np.zeros(8, dtype=np.float32))
    assert table.choice([("a",), ("b", "c")]) == [0.5, 0.5]
