"""The training recipe's pure parts: offsets kept, nothing trained on what is scored, tables filled from figures."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from spacy.training import Example

from bench.throughput import STOCK, Speed, report, section, table
from training import card, corpora, harm, mentions, readers, roles, tokens
from training.pipeline import mixed_batches, slices


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def span(text: str, words: str, label: str) -> dict[str, object]:
    start = text.index(words)
    return {"start": start, "end": start + len(words), "label": label}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept, shut, label = "Drug A gave a rash to him.", "Drug B gave nausea to her.", (
        "   The most   common reactions\n were headache and  injection site pain in all of the patients.\n\n | 1 | 2 | 3 |\n"
    )  # fmt: skip
    write(tmp_path, "phee_dev.jsonl", [{"id": "22_1", "text": "Drug B caused nausea.", "spans": [], "events": []}])
    write(tmp_path, "phee_train.jsonl", [])
    write(
        tmp_path,
        "ade_v2_pos.jsonl",
        [
            {"pmid": "11", "text": kept, "spans": [span(kept, "rash", "Effect"), span(kept, "Drug A", "Drug")]},
            {"pmid": "22", "text": shut, "spans": [span(shut, "nausea", "Effect")]},
        ],
    )
    marks = [span(label, words, "AdverseReaction") for words in ("headache", "injection site pain")]
    write(tmp_path, "tac2017_adr_train.jsonl", [{"id": "x", "text": label, "spans": marks}])
    return tmp_path


def test_abstracts_behind_the_test_set_are_left_out(folder: Path) -> None:
    texts = [text for text, _ in harm.marked(folder)]
    assert "Drug A gave a rash to him." in texts
    assert not any("Drug B" in text for text in texts)
    assert [m.sentence for m in mentions.ade(folder, mentions.dev_pmids(folder))] == ["Drug A gave a rash to him."]


def test_squeezing_white_space_moves_spans_along(folder: Path) -> None:
    text, spans = next((text, spans) for text, spans in harm.marked(folder) if "headache" in text)
    assert [text[s:e] for s, e, _ in spans] == ["headache", "injection site pain"]
    assert "  " not in text and "|" not in text


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"training/README\.md"):
        corpora.rows(tmp_path / "bc5cdr_train.jsonl")


def test_an_entity_that_cuts_a_token_is_dropped() -> None:
    doc = corpora.entity_doc(tokens.blank(), "Severe headaches occurred.", [(7, 15, "Disease"), (7, 16, "Disease")])
    assert [ent.text for ent in doc.ents] == ["headaches"]


def test_headings_give_roles_and_an_aim_is_an_objective(tmp_path: Path) -> None:
    text = "A trial\n\nBACKGROUND : Pain is common.\nWe aimed to treat it.\n\nMETHODS : We gave a drug.\n\nRESULTS : It helped.\n"
    write(tmp_path, "evidence_outcomes.jsonl", [{"pmid": "1", "text": text, "spans": []}])
    write(tmp_path, "rct_adverse.jsonl", [])
    (abstract,) = roles.corpus(tmp_path)
    assert [roles.ROLES[role] for role in abstract.roles] == ["background", "objective", "methods", "results"]
    assert abstract.sentences[0] == "Pain is common."
    assert roles.corpus(tmp_path, leave_out=frozenset({"atrial"})) == []


def test_every_epoch_has_its_share_and_no_text_is_lost() -> None:
    nlp = tokens.blank()
    items = [Example(nlp.make_doc(f"text {i}"), nlp.make_doc(f"text {i}")) for i in range(10)]
    epochs = list(slices(items, 3.0, 6, random.Random(1)))
    seen = [eg.x.text for epoch in epochs for eg in epoch]
    assert len(epochs) == 6
    assert sorted(seen) == sorted([eg.x.text for eg in items] * 3)
    batches = mixed_batches([items, items[:5]], 6)
    assert sum(map(len, batches)) == 15
    assert all(len(batch) <= 4 for batch in batches)


def test_a_card_is_filled_and_filled_again(tmp_path: Path) -> None:
    text = "# m\n<!-- figures: speed -->\n<!-- end -->\nby hand\n<!-- figures: other -->\nold\n<!-- end -->\n"
    (tmp_path / "card.md").write_text(text, encoding="utf-8")
    card.update(tmp_path, {"speed": {"note": "Note.", "rows": [{"name": "a", "F1": 0.5}, {"name": "b", "n": 1200}]}})
    once = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert (
        "Note.\n\n| name | F1 | n |\n|---|---|---|\n| a | 0.500 |  |\n| b |  | 1,200 |\n<!-- end -->\nby hand" in once
    )
    assert f"<!-- figures: other -->\n{card.EMPTY}<!-- end -->" in once
    card.update(tmp_path, {})
    assert (tmp_path / "card.md").read_text(encoding="utf-8") == once


def test_the_speed_table_compares_round_by_round() -> None:
    found = report([Speed("ours", (200.0, 90.0, 30.0)), Speed(STOCK, (100.0, 30.0, 15.0))], ["one two", "three"])
    assert [row["ratio"] for row in found["rows"]] == [2.0, 1.0]  # type: ignore[attr-defined]
    assert found["words"] == 3
    assert "| ours | 90 (30-200) | 2.00 |" in table(found)
    assert "2 abstracts, 3 words" in str(section(found)["note"])


ANNOTATED = {
    "id": "x",
    "kind": "single-trial",
    "title": "Stromal cells for knee pain",
    "text": "Twenty-five patients aged 40 to 60 years were treated: 12 were given two intra-articular injections of autologous "
    "mesenchymal stem cells into the left knee and 13 saline. They were followed for 12 months.",
    "gold": {
        "administrations": [{"n": 2}],
        "cohort": {"n": 25, "age_low": 40, "age_high": 60, "arms": [{"name": "cells", "n": 12}, {"name": "saline", "n": 13}]},
        "follow_up": [{"value": 12, "unit": "months"}],
        "route": ["intra-articular"],
        "route_site": ["knee"],
    },
}  # fmt: skip


@pytest.mark.parametrize("field", sorted(readers.TASKS))
def test_every_reader_is_offered_what_gold_says(field: str) -> None:
    documents = readers.read_entries([("made", ANNOTATED)])
    found = readers.examples(readers.TASKS[field], documents)
    said = {key for example in found if example.right for key in example.keys}
    assert said == documents[0].wanted[field] != set()
