"""Titles of texts that were handed over in one piece."""

from __future__ import annotations

import pytest
import spacy

from extractor.context.sentences import trial_sentences
from extractor.context.titles import run_on
from extractor.context.view import view

REST = (
    " Eighty adults with asthma were randomly assigned to the spray or to placebo for twelve weeks. Symptoms fell in both"
    " groups. Lung function at week twelve was better with the spray than with placebo, and no serious event was seen."
)
TITLED = [
    "A nasal spray in adults with asthma: a randomised controlled trial.",
    "Once-daily spray reduces attacks of asthma in schoolchildren.",
    "Spray versus placebo in adults with chronic cough: protocol of a crossover study",
    "A Nasal Spray Does Not Improve Cough After Lung Surgery: A Randomized, Double-Blind Trial.",
    "Spray is superior to tablets in adults with cough--a randomised study.",
]
UNTITLED = [
    "Asthma is a common disease of the airways in adults.",
    "We compared a nasal spray with placebo in adults with asthma.",
    "To assess the effect of a nasal spray on symptoms of asthma.",
    "Forty adults with asthma received a nasal spray or placebo.",
]
RUN_ON = [
    ("Spray for breathlessness after lung surgery", "We studied sixty adults."),
    ("Spray for breathlessness after lung surgery", "There is little evidence for sprays."),
    ("Early treatment of severe breathlessness with a nasal spray", "Breathlessness is common after surgery."),
    ("Spray for breathlessness after lung surgery", "BACKGROUND: Little is known."),
    ("Spray for breathlessness after lung surgery", "Purpose. Little is known."),
    ("Patient-centred care in chronic asthma", "Asthma treatment should be simple."),
    ("The effect of a spray on chronic cough: a randomised trial", "Chronic cough is a common complaint."),
    ("Nasal spray compared with tablets during lung surgery", "The QuickSpray device is used more and more."),
    ("A Randomized Trial of Nasal Spray in Adults", "Some studies suggest better sleep."),
    ("Spray through a fine tube for adults with a cough", "Awake spraying (AS) is the standard."),
]


def title_of(text: str) -> str:
    doc = spacy.blank("en")(text)
    seen = view(trial_sentences(doc))
    return seen.text[slice(*seen.title)]


@pytest.mark.parametrize("title", TITLED)
def test_first_sentence_is_a_title(title: str) -> None:
    assert title_of(title.rstrip(".") + "." + REST) == title.rstrip(".") + "."


@pytest.mark.parametrize("sentence", UNTITLED)
def test_full_sentence_is_none(sentence: str) -> None:
    assert title_of(sentence + REST) == ""


def test_heading_after_it_makes_a_title_of_a_full_sentence() -> None:
    assert title_of("Nasal spray is as good as tablets for asthma. BACKGROUND: Few know." + REST).startswith("Nasal")


@pytest.mark.parametrize(("title", "after"), RUN_ON)
def test_title_without_a_full_stop(title: str, after: str) -> None:
    assert title_of(f"{title} {after}{REST}") == title


@pytest.mark.parametrize(
    "text",
    [
        "Effect of vitamin A supplements on wound healing in adults.",
        "Care of adults in University hospitals of Norway was studied.",
    ],
)
def test_capital_inside_a_title_is_no_end(text: str) -> None:
    assert run_on(text + REST) is None


def test_short_text_has_no_title() -> None:
    assert title_of("A nasal spray in adults with asthma. Twelve adults took part.") == ""
