"""The tokeniser of the pipeline: spaCy's English one with a few more cuts inside figures, and no smileys.

The tokeniser is stored with the trained pipeline; this module makes it once and reports why it was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.lang.char_classes import ALPHA
from spacy.lang.tokenizer_exceptions import emoticons
from spacy.language import Language
from spacy.tokenizer import Tokenizer

from training.corpora import rows

#: Cuts inside a token that spaCy's English rules leave whole. Each comment shows what it must cut.
FIGURE_INFIXES = (
    r"(?<=[0-9])[×x](?=[0-9])",  # 1×106 -> 1 × 106, 2x10 -> 2 x 10
    r"[×±≥≤]",  # 15±3, grade≥3
    rf"(?<=[{ALPHA}0-9)])[=<>](?=[0-9.])",  # (n=3), p<0.001
    r"(?<=[0-9])[–/](?=[0-9])",  # 15.1–51.6, 12/30
    r"(?<=[0-9])\((?=[0-9])",  # 10(6)
    rf"(?<=[0-9])[-–‐](?=[{ALPHA}])",  # 100M-group, 5-year
    rf"(?<=[{ALPHA}0-9])[‐‑](?=[{ALPHA}0-9])",  # Twenty‐nine with U+2010
)

#: Dose strings and counts a rule must be able to address by tokens: text -> tokens wanted among the result.
FIGURES = {
    "0.42 × 106 cells/kg": ("0.42", "106", "cells", "kg"),
    "1×106 UC-MSCs/kg": ("1", "106", "MSCs", "kg"),
    "(n=3)": ("3",),
    "2 x 10(6)": ("2", "10", "6"),
    "15±3×106": ("15", "3", "106"),
    "2.5-7.5x10(5)": ("2.5", "7.5", "10", "5"),
    "12/30 (40%)": ("12", "30", "40"),
    "15.1–51.6 million": ("15.1", "51.6", "million"),
    "100M-group": ("100M", "group"),
    "azithromycin-induced": ("azithromycin", "induced"),
    "p<0.001": ("0.001",),
    "grade≥3": ("grade", "3"),
    "Twenty‐nine": ("Twenty", "nine"),
    "5-year-old": ("5", "year", "old"),
}


def blank() -> Language:
    """Make an empty English pipeline with this project's tokeniser."""
    nlp = spacy.blank("en")
    tokenizer = nlp.tokenizer
    assert isinstance(tokenizer, Tokenizer)  # so is that of every English pipeline
    infixes = [*(nlp.Defaults.infixes or ()), *FIGURE_INFIXES]
    tokenizer.infix_finditer = spacy.util.compile_infix_regex(infixes).finditer
    tokenizer.rules = {text: rule for text, rule in tokenizer.rules.items() if text not in emoticons}
    return nlp


def unreachable(nlp: Language, path: Path, labels: Iterable[str]) -> dict[str, float]:
    """Share of annotated spans whose edges are no token edges, by label (0-1)."""
    total, bad = dict.fromkeys(labels, 0), dict.fromkeys(labels, 0)
    for row in rows(path):
        doc = nlp.make_doc(row["text"])
        for span in row["spans"]:
            if span["label"] in total:
                total[span["label"]] += 1
                bad[span["label"]] += doc.char_span(span["start"], span["end"]) is None
    return {label: bad[label] / total[label] for label in total if total[label]}


def figures_cut(nlp: Language) -> float:
    """Share of ``FIGURES`` whose wanted tokens all come out (0-1)."""
    good = sum(set(wanted) <= {t.text for t in nlp.make_doc(text)} for text, wanted in FIGURES.items())
    return good / len(FIGURES)


def candidates() -> dict[str, Language]:
    """The tokenisers that were compared: spaCy's, scispaCy's and ours."""
    from scispacy.custom_tokenizer import combined_rule_tokenizer

    scispacy = spacy.blank("en")
    scispacy.tokenizer = combined_rule_tokenizer(scispacy)
    return {"spaCy English": spacy.blank("en"), "scispaCy combined_rule_tokenizer": scispacy, "chosen": blank()}


def report(folder: Path) -> dict[str, dict[str, float]]:
    """Unreachable spans and dose strings for each candidate, as plain numbers."""
    table = {}
    for name, nlp in candidates().items():
        scores = {
            f"bc5cdr {k}": v for k, v in unreachable(nlp, folder / "bc5cdr_dev.jsonl", ("Disease", "Chemical")).items()
        }
        scores |= {
            f"phee {k}": v
            for k, v in unreachable(nlp, folder / "phee_train.jsonl", ("Drug", "Effect", "Dosage")).items()
        }
        table[name] = {**scores, "figures cut": figures_cut(nlp)}
    return table
