"""A sentence that tells harms says the same wherever it stands: under a heading, without one, in 2 sentences or in 20."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from spacy.language import Language

from extractor.model import Document, Fact
from extractor.pipeline import extract
from tests.conftest import SHARED

GOLD = SHARED / "gold" / "harms" if SHARED else None
EACH = 8  # every eighth gold report: enough to see a gate, and a few seconds
SAME = 0.98
BEFORE = "Forty adults were enrolled and given the study product."
AROUND = (
    "Patients were followed at regular visits. Blood was drawn at each visit. The mean age was 52 years. Walking speed was "
    "measured. Scores were compared by analysis of variance. All visits took place at one center. The product was stored cold. "
    "Quality of life was assessed by a questionnaire. Walking speed rose by 4%. Quality of life did not change."
)
OWN = (
    "Back pain (2/10), headache (0/10) and fever (3/10) occurred.",
    "Transient rash was noted in one case.",
    "No complications were encountered.",
    "Three patients developed a haematoma.",
    "No serious adverse events were related to the cells.",
    "Nausea was more common with the drug than with placebo (12% vs 5%).",
    "One participant died of sepsis.",
    "Two patients withdrew because of nausea.",
    "Adverse events were reported by 14 of 20 participants.",
    "The incidence of infection was 8% in the drug group and 3% in the control group.",
    "There were no deaths, and vomiting occurred in 4 patients.",
    "Fever lasting one day was seen in five recipients.",
)
PLACES: dict[str, Callable[[str], str]] = {
    "two sentences": lambda said: f"{BEFORE} {said}",
    "twelve sentences": lambda said: f"{BEFORE} {AROUND} {said} Further trials are needed.",
    "headings": lambda said: (
        f"BACKGROUND: Trials are few. METHODS: {BEFORE} {AROUND} RESULTS: {said} CONCLUSIONS: Further trials are needed."
    ),
    "headings in lower case": lambda said: f"Methods: {BEFORE} Results: {said}",
}


def told(nlp: Language, texts: list[str]) -> list[Counter[str]]:
    """What each text says of harms, without its places."""
    documents = [Document(str(i), "text", {"abstract": text}) for i, text in enumerate(texts)]
    return [Counter(map(said, harms(record.facts))) for record in extract(nlp, documents)]


def harms(facts: tuple[Fact, ...]) -> list[Fact]:
    return [f for f in facts if f.field in ("adverse_event", "deaths") and f.primary]


def said(fact: Fact) -> str:
    return json.dumps([fact.field, fact.value], sort_keys=True)


def gold_sentences(nlp: Language) -> Iterator[str]:
    """Sentences of gold reports in which harms are found."""
    assert GOLD is not None
    for path in sorted(GOLD.glob("*.json"))[::EACH]:
        text = json.loads(path.read_text(encoding="utf-8"))["text"]
        record = next(extract(nlp, [Document(path.stem, "text", {"abstract": text})]))
        starts = {f.evidence[0].start for f in harms(record.facts)}
        for found in re.finditer(r"[^.].*?\.(?=\s+[A-Z(]|$)", text, re.S):
            if any(found.start() <= at < found.end() for at in starts if at is not None):
                yield re.sub(r"^(?:[A-Z][A-Za-z &/,]{2,40}:|[A-Z]{5,}[A-Z &]*)\s*", "", found.group().strip())


def share(nlp: Language, sentences: list[str], place: Callable[[str], str]) -> float:
    """The share of what the sentences say as results that is said of them in a place."""
    results = told(nlp, [f"RESULTS: {s}" for s in sentences])
    placed = told(nlp, [place(s) for s in sentences])
    same = sum(sum((a & b).values()) for a, b in zip(results, placed, strict=True))
    return same / sum(sum(a.values()) for a in results)


@pytest.mark.parametrize("place", PLACES)
def test_own_sentences_say_the_same_in_every_place(place: str, nlp: Language) -> None:
    assert all(told(nlp, [f"RESULTS: {s}" for s in OWN]))
    assert share(nlp, list(OWN), PLACES[place]) == 1.0


@pytest.mark.skipif(GOLD is None or not GOLD.exists(), reason="the gold standard is not here")
def test_gold_sentences_say_the_same_in_every_place(nlp: Language) -> None:
    sentences = list(gold_sentences(nlp))
    assert len(sentences) > 20
    shares = {place: round(share(nlp, sentences, make), 3) for place, make in PLACES.items()}
    assert min(shares.values()) >= SAME, shares
