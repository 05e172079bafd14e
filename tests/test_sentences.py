"""Sentence boundaries: a table of texts and what they are split into."""

from __future__ import annotations

from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from extractor.context import PARTS
from extractor.context.sentences import sentences, spans, trial_sentences

CASES = [
    ("Twelve patients were treated. No events occurred.", ["Twelve patients were treated.", "No events occurred."]),
    ("The dose was 0.42 × 10^6. It was safe.", ["The dose was 0.42 × 10^6.", "It was safe."]),
    ("Smith et al. found no harm (approval No. 36/2014).", ["Smith et al. found no harm (approval No. 36/2014)."]),
    (
        "Group A vs. B, i.e. cells vs. placebo, were compared.",
        ["Group A vs. B, i.e. cells vs. placebo, were compared."],
    ),
    ("This was a trial.MethodsThe study ran in 2010.", ["This was a trial.", "MethodsThe study ran in 2010."]),
    ("It was safe.[5] The cells lived.", ["It was safe.[5]", "The cells lived."]),
    ("Events (nausea. vomiting) were mild. All recovered.", ["Events (nausea. vomiting) were mild.", "All recovered."]),
    ("BACKGROUND: Few know.\nMETHODS: We asked.", ["BACKGROUND: Few know.", "METHODS: We asked."]),
    ("Pain fell (P < 0.05). 12 of 20 patients improved.", ["Pain fell (P < 0.05).", "12 of 20 patients improved."]),
    (
        "In this trial, 81\npatients were enrolled and\n40 were treated.",
        ["In this trial, 81\npatients were enrolled and\n40 were treated."],
    ),
    ("Results\n12 patients died", ["Results", "12 patients died"]),
    ("Was it safe? It was!", ["Was it safe?", "It was!"]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_table(text: str, expected: list[str]) -> None:
    assert [text[s:e].strip() for s, e in spans(text)] == expected


@given(st.text(alphabet="aA1. \n()MethodsThe×—", max_size=80))
def test_spans_cover_the_text_in_order(text: str) -> None:
    found = list(spans(text))
    assert all(a <= b for _, a in found for b in [len(text)])
    assert all(left[1] <= right[0] for left, right in pairwise(found))
    covered = "".join(text[s:e] for s, e in found)
    assert covered.replace("\n", "").replace(" ", "") == text.replace("\n", "").replace(" ", "")


def test_a_part_never_shares_a_sentence_with_the_next() -> None:
    nlp = spacy.blank("en")
    doc = nlp.make_doc("A title without a stop\nThe text begins. It ends.")
    doc.user_data[PARTS] = [["title", 0, 22, 0], ["abstract", 23, 49, 0]]
    trial_sentences(doc)
    assert [s.text.strip() for s in doc.sents] == ["A title without a stop", "The text begins.", "It ends."]
    assert [doc.text[s.start : s.end] for s in sentences(doc)] == [
        "A title without a stop",
        "The text begins.",
        "It ends.",
    ]
