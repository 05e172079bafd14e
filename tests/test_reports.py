"""Kinds of report: what the source knows comes before what the text says."""

from __future__ import annotations

from itertools import groupby

import pytest
from spacy.language import Language

from extractor.context.phrases import phrases
from extractor.model import Document
from extractor.pipeline import extract
from extractor.study.kinds import cues

TRIAL = "Forty patients were randomized to cells or placebo. Scores improved in both groups (P = 0.4)."


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (("Journal Article", "Review"), "review"),
        (("Meta-Analysis", "Review"), "meta-analysis"),
        (("Case Reports",), "case-report"),
        (("Clinical Trial Protocol",), "protocol"),
        (("Randomized Controlled Trial, Veterinary",), "animal"),
        (("Randomized Controlled Trial",), "single-trial"),
        ((), "single-trial"),
    ],
)
def test_publication_types_decide(nlp: Language, types: tuple[str, ...], kind: str) -> None:
    record = next(extract(nlp, [Document("x", "pubmed", {"abstract": TRIAL}, publication_types=types)]))
    assert [f.value["name"] for f in record.of("report_kind")] == [kind]


def test_registry_records_are_protocols(nlp: Language) -> None:
    record = next(extract(nlp, [Document("x", "clinicaltrials", {"abstract": TRIAL})]))
    assert [f.value["name"] for f in record.of("report_kind")] == ["protocol"]


def test_figures_of_reviews_are_not_primary(nlp: Language) -> None:
    record = next(extract(nlp, [Document("x", "pubmed", {"abstract": TRIAL}, publication_types=("Review",))]))
    assert [f.to_dict() for f in record.of("participants")] == []


def test_every_cue_names_a_kind_and_a_place() -> None:
    kinds = {"single-trial", "case-report", "protocol", "review", "meta-analysis", "animal", "in-vitro", "other"}
    assert {c.kind for c in cues()} <= kinds
    assert {c.where for c in cues()} == {"title", "text"}
    assert all(c.weight > 0 for c in cues())


def test_groups_of_cues_stand_together() -> None:
    names = [group for group, _ in groupby(row[0] for row in phrases("report_cues"))]
    assert len(names) == len(set(names)) == len(cues())
