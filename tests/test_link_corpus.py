"""The families of the starter corpus, told from their texts alone: what each relation is, and why; see docs/trials.md."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from spacy.language import Language

from extractor.link.linker import link
from extractor.model import Document
from extractor.pipeline import extract
from extractor.store import Store
from extractor.store.links import Link, LinkStore
from tests.conftest import ROOT

CORPUS = ROOT / "corpora" / "als_msc"
COPIES = (
    ("gotkine2023", "gotkine2023-ascii"),
    ("gotkine2023", "gotkine2023-mojibake"),
    ("gotkine2023-ascii", "gotkine2023-mojibake"),
    ("shamsaei2023", "shamsaei2023-ascii"),
    ("staff2016", "staff2016-lostexp"),
    ("thonhoff2018", "thonhoff2018-lostx"),
)
# the texts name no trial and no author, so that these are asked about, not made
PROPOSED = {
    (
        "feldman2014",
        "glass2012",
    ): "nested",  # "Preliminary results for the first 12 ALS subjects are published": glass2012 has 12
    ("feldman2014", "riley2014"): "nested",  # both speak of earlier people; cervical injections of neural stem cells
    ("glass2012", "riley2014"): "nested",  # "Thoracolumbar-only results are already in print": glass2012 is lumbar
    ("martinez2009", "martinez2012"): "nested",  # CD133+ cells into the frontal motor cortex: 10 people, then 67
}


@pytest.fixture(scope="module")
def found(nlp: Language, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Link], dict[str, list[str]]]]:
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(CORPUS.glob("*.json"))]
    documents = [Document(r["id"], "jsonl", {"title": r["title"], "abstract": r["text"]}) for r in rows if "text" in r]
    with Store.open(tmp_path_factory.mktemp("corpus") / "x.db") as store:
        for record in extract(nlp, documents):
            store.add(record)
        link(store)
        yield LinkStore(store).links(), LinkStore(store).trials()


def test_one_paper_in_several_channels(found: tuple[list[Link], dict[str, list[str]]]) -> None:
    links, trials = found
    made = {one.pair for one in links if one.state == "confirmed"}
    assert made == set(COPIES)
    assert [reports for reports in trials.values() if len(reports) > 2] == [
        ["gotkine2023", "gotkine2023-ascii", "gotkine2023-mojibake"]
    ]


def test_the_same_people_are_asked_about(found: tuple[list[Link], dict[str, list[str]]]) -> None:
    """And nobody else's: staff2016 and staff2024aan, berry2019 and cudkowicz2022 are a phase and the next one."""
    asked = {one.pair: one.relation for one in found[0] if one.state == "proposed" and one.kind == "overlap"}
    assert asked == PROPOSED


def test_one_trial_is_proposed_where_a_statement_counts_its_people(
    found: tuple[list[Link], dict[str, list[str]]],
) -> None:
    asked = [one for one in found[0] if one.state == "proposed" and one.kind == "trial"]
    assert ("feldman2014", "glass2012") in {one.pair for one in asked}
    assert any("first 12 ALS subjects" in str(reason["quote_a"]) for one in asked for reason in one.reasons)
