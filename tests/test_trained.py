"""The trained parts: they load, they repeat themselves, and they say sensible things about plain sentences."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from extractor.context.trained import (
    MENTION_CLASSES,
    ROLES,
    EntityFinder,
    MentionClassifier,
    RoleClassifier,
    buckets,
    pipeline,
    role_buckets,
    role_features,
    words,
)
from tests.conftest import ROOT

MODEL = ROOT / "models" / "trial_sm"
MOST_BYTES = 25_000_000
ABSTRACT = [
    "Knee osteoarthritis is a leading cause of pain and few treatments slow its course.",
    "We aimed to find out whether injections of stromal cells are safe in this disease.",
    "Forty patients were randomly assigned to cells or saline and followed for twelve months.",
    "The primary outcome was the pain score at six months.",
    "Pain fell by 2.1 points with cells and by 0.9 points with saline (p=0.03).",
    "Headache occurred in three patients and fever in one.",
    "Injections of stromal cells appear safe and may relieve pain in knee osteoarthritis.",
]


@pytest.fixture(scope="module")
def parsed() -> Language:
    return pipeline(MODEL)


@pytest.fixture(scope="module")
def roles() -> RoleClassifier:
    return RoleClassifier.load(MODEL)


@pytest.fixture(scope="module")
def mentions() -> MentionClassifier:
    return MentionClassifier.load(MODEL)


def named(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def annotation(doc: Doc) -> list[tuple[str, str, str, int, int]]:
    return [(t.ent_type_, t.tag_, t.dep_, t.head.i, t.is_sent_start) for t in doc]


def chance(mentions: MentionClassifier, sentence: str, words_: str) -> dict[str, float]:
    start = sentence.index(words_)
    return mentions.probabilities([(sentence, start, start + len(words_))])[0]


def test_the_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < MOST_BYTES


def test_spacy_alone_loads_it() -> None:
    """In a fresh process with this project's code out of reach."""
    code = "import spacy, sys; nlp = spacy.load(sys.argv[1]); print(len(nlp('Two patients had severe nausea.').ents))"
    out = subprocess.run([sys.executable, "-I", "-c", code, str(MODEL)], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Two patients developed severe headache and one had pneumonia.", {"headache", "pneumonia"}),
        ("Nausea, vomiting and diarrhea were more frequent with cisplatin.", {"Nausea", "vomiting", "diarrhea"}),
        ("Patients with amyotrophic lateral sclerosis received riluzole.", {"amyotrophic lateral sclerosis"}),
    ],
)
def test_diseases_are_found(parsed: Language, text: str, wanted: set[str]) -> None:
    assert wanted <= {name for name, label in named(parsed(text)) if label == "Disease"}


def test_chosen_sentences_only(parsed: Language) -> None:
    finder = EntityFinder(parsed)
    found = finder.find(["Two patients developed severe headache.", "No drug was given."])
    assert found[1] == []
    assert [label for _, _, label in found[0]] == ["Disease"]
    assert finder.find([]) == []


def test_chemicals_are_found(parsed: Language) -> None:
    found = named(parsed("Patients received methotrexate or placebo; methotrexate-induced nausea was common."))
    assert found.count(("methotrexate", "Chemical")) == 2


def test_sentences_and_trees(parsed: Language) -> None:
    doc = parsed("No deaths occurred in the trial. Two patients withdrew.")
    assert [sent.text for sent in doc.sents] == ["No deaths occurred in the trial.", "Two patients withdrew."]
    assert [(t.dep_, t.head.text) for t in doc if t.text == "deaths"] == [("nsubj", "occurred")]
    assert doc[1].tag_ == "NNS"


def test_without_the_parser_entities_stay_the_same(parsed: Language) -> None:
    bare = pipeline(MODEL, parse=False)
    assert "parser" not in bare.pipe_names
    text = " ".join(ABSTRACT)
    assert named(bare(text)) == named(parsed(text))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("(n=3)", ["(", "n", "=", "3", ")"]),
        ("1×106 UC-MSCs/kg", ["1", "×", "106", "UC", "-", "MSCs", "/", "kg"]),
        ("15±3×10(6)", ["15", "±", "3", "×", "10", "(", "6", ")"]),
        ("grade≥3 (p<0.001)", ["grade", "≥", "3", "(", "p", "<", "0.001", ")"]),
        ("drug-induced", ["drug", "-", "induced"]),
    ],
)
def test_tokens(parsed: Language, text: str, tokens: list[str]) -> None:
    assert [token.text for token in parsed.make_doc(text)] == tokens


def test_batches_and_processes_change_nothing(parsed: Language) -> None:
    texts = [" ".join(ABSTRACT), *ABSTRACT, ""]
    alone = [annotation(parsed(text)) for text in texts]
    assert [annotation(doc) for doc in parsed.pipe(texts, batch_size=3)] == alone
    assert [annotation(doc) for doc in parsed.pipe(texts, batch_size=4, n_process=2)] == alone


def test_roles(roles: RoleClassifier) -> None:
    found = roles.roles(ABSTRACT)
    assert [name for name, _ in found] == [
        "background", "objective", "methods", "methods", "results", "results", "conclusions",
    ]  # fmt: skip
    assert all(1 / len(ROLES) <= p <= 1 for _, p in found)


def test_roles_of_little_or_nothing(roles: RoleClassifier) -> None:
    assert roles.roles([]) == []
    assert len(roles.roles([""])) == 1


def test_a_symptom_under_treatment_is_adverse(mentions: MentionClassifier) -> None:
    found = chance(mentions, "Adverse events were headache in three patients and fever in one.", "headache")
    assert max(found, key=lambda name: found[name]) == "adverse_event"


def test_the_disease_treated_is_not(mentions: MentionClassifier) -> None:
    found = chance(
        mentions, "Patients with knee osteoarthritis were treated with stromal cells.", "knee osteoarthritis"
    )
    assert max(found, key=lambda name: found[name]) == "treated"
    assert found["adverse_event"] < 0.2


def test_mention_probabilities_are_a_distribution(mentions: MentionClassifier) -> None:
    rows = mentions.probabilities([("Nausea occurred.", 0, 6), ("", 0, 0)])
    assert [tuple(row) for row in rows] == [MENTION_CLASSES] * 2
    assert [sum(row.values()) for row in rows] == pytest.approx([1, 1])


def test_a_mention_does_not_depend_on_its_batch(mentions: MentionClassifier) -> None:
    items = [(sentence, 0, 8) for sentence in ABSTRACT]
    assert mentions.probabilities(items) == [mentions.probabilities([item])[0] for item in items]


def test_hashing_is_the_same_everywhere() -> None:
    assert buckets(["w headache", "b no adverse"], 1 << 16) == [12397, 47184]
    assert words("Pain fell 1,234-fold (P=0.05)") == ["pain", "fell", "0", "-", "fold", "(", "p", "=", "0", ")"]


@pytest.mark.parametrize("load", [RoleClassifier.load, MentionClassifier.load, pipeline])
def test_a_missing_model_is_said(load: object, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"models/trial_sm"):
        load(tmp_path)  # type: ignore[operator]


def test_buckets_of_roles_are_those_of_their_features() -> None:
    split = [
        words("We gave 12 patients cells."),
        words("Two of 12 had a fever; a fever passed."),
        [],
        words("None died."),
    ]
    for at in range(len(split)):
        assert set(role_buckets(split, at, 4096)) == set(buckets(role_features(split, at), 4096))
