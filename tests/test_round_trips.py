"""What is exported as references is read back with every field that was written."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from spacy.language import Language
from typer.testing import CliRunner

from extractor.commands import app
from extractor.commands.second import bring
from extractor.export import FORMATS
from extractor.export.plain import CSV_COLUMNS
from extractor.inputs import documents
from extractor.model import Document, Evidence, Fact, Ids, Record, check_evidence
from extractor.pipeline import extract
from extractor.settings import Settings
from extractor.store import Store
from extractor.store.readers import ReaderStore
from extractor.verify import own_table, theirs
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, REASONS
from tests.conftest import ROOT

FULL = Document(
    "lind2020",
    "ris",
    {"title": "Pericytes & 10^5 cells: 50% of {all}", "abstract": "Nine people_were given 2 x 10^6 cells; P<0.05."},
    Ids(
        "99000021",
        "10.1234/(sici)97<1::aid-a_b(1)>3.0.co;2-x",
        "PMC9900021",
        ("NCT09999991", "NCT09999992"),
        (("ISRCTN", "ISRCTN12345678"),),
    ),
    year=2020,
    journal="Invented Journal & Co",
    authors=(
        "Lind, Ada",
        "van den Berg, B",
        "Ekman, C. D.",
        "The Cells and Tissue Consortium",
        "Team for Cells, Blood and Bone",
    ),
    affiliations=("University of X; Town", "Dept, Y"),
    language="eng",
    retracted=True,
    publication_types=("Journal Article", "Randomized Controlled Trial"),
    metadata={"volume": "7", "issue": "2", "pages": "11-19", "keywords": ["ataxia", "cells, blood"]},
)
BARE = Document("x-2", "csv", {"title": "Only a title", "abstract": ""})


def test_a_table_of_facts_is_kept_beside_the_texts_as_it_was_written(nlp: Language, tmp_path: Path) -> None:
    """Every field: value, place, confidence, method, standing, arm and flags; the verifier's word is all that is added."""
    files = [ROOT / "tests" / "golden" / name for name in ("pubmed", "jsonl", "jats", "clinicaltrials")]
    records = list(extract(nlp, documents(files, Settings(), lambda *_: None)))
    arm = next(f for r in records for f in r.facts if f.evidence and f.evidence[0].start is not None)
    records[0] = replace(records[0], facts=(*records[0].facts, arm.change(arm="=high dose")))
    every = [f for r in records for f in r.facts]
    assert len({f.field for f in every}) >= MOST_FIELDS and {f.primary for f in every} == {True, False}
    assert {bool(f.evidence and f.evidence[0].path) for f in every} == {True, False} and any(f.flags for f in every)
    assert own_table.COLUMNS == CSV_COLUMNS
    with Store.open(tmp_path / "s.db") as store:
        for record in records:
            store.add(record)
        written = {i: store.record(i).facts for i in (d.id for d in store.documents())}
        with (tmp_path / "facts.csv").open("wb") as stream:
            FORMATS["csv"].write(store.records(), stream)
        given = theirs.read(tmp_path / "facts.csv")
        assert given.problems == []
        refusals, _, lost = bring(store, given, "again")
        assert ([r.why for r in refusals], lost) == ([], [])
        for id, facts in written.items():
            kept = ReaderStore(store).of(id).get("again", ())
            firsts = {f.key(): f for f in (f.change(evidence=f.evidence[:1]) for f in facts)}
            assert [bare(f) for f in kept] == [bare(f) for f in firsts.values()]
            assert store.record(id).facts == facts


MOST_FIELDS = 20  # of different kinds among the facts of the examples
VERDICTS = {FOLLOWS, CONTRADICTS, NOT_DERIVABLE, *REASONS}


def bare(fact: Fact) -> dict[str, object]:
    """A fact as a row has it: its first place, without what was said of it later."""
    told = fact.to_dict()
    places = [{k: e.get(k) for k in ("part", "path", "start", "end", "quote")} for e in told["evidence"]]
    return told | {"evidence": places, "flags": [f for f in told["flags"] if f not in VERDICTS]}


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (",0,15,", ",1,16,", "the text says 'ine people were'"),
        (",0,15,", ",a,15,", "row 2: start and end are whole numbers"),
        (",Nine people wer,", ",Five people wer,", "the quote 'Five people wer'"),
        ('""n"": 9', '""n"": ""nine""', "its value is none of a participants"),
        ("participants", "colour", "no field is called 'colour'"),
        ("{", "", "row 2: its value is no JSON"),
        (",true,", ",perhaps,", "primary is true or false"),
        (",0.9,", ",9,", "not a probability"),
        ("\r\nx,", "\r\nelsewhere,", "no report has the name: elsewhere"),
    ],
)
def test_a_row_that_its_text_does_not_bear_out_is_refused(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    document = Document("x", "text", {"abstract": "Nine people were given pericytes."})
    place = Evidence("abstract", "Nine people wer", 0, 15)
    facts = (Fact("participants", {"n": 9, "kind": "treated"}, (place,), "rule:participants/stated", 0.9),)
    path, store = tmp_path / "facts.csv", tmp_path / "s.db"
    with Store.open(store) as opened, path.open("wb") as stream:
        opened.add(Record(document, facts))
        FORMATS["csv"].write(opened.records(), stream)
    table = path.read_bytes().decode()
    assert was in table
    path.write_bytes(table.replace(was, becomes, 1).encode())
    done = CliRunner().invoke(app, ["second", "import", str(path), "--as", "edited", "--store", str(store)])
    assert (done.exit_code, said in done.output) == (1, True), done.output
    with Store.open(store) as opened:
        assert opened.record("x").facts == facts
        assert not ReaderStore(opened).of("x").get("edited", ())


def refused(*said: str) -> None:
    raise AssertionError(": ".join(said))


@pytest.mark.parametrize(
    ("name", "suffix"), [("ris", ".ris"), ("bibtex", ".bib"), ("csl", ".json"), ("jsonl", ".jsonl")]
)
def test_nothing_that_is_written_is_lost(tmp_path: Path, name: str, suffix: str) -> None:
    out = io.BytesIO()
    FORMATS[name].write([Record(FULL), Record(BARE)], out)
    path = tmp_path / f"references{suffix}"
    path.write_bytes(out.getvalue())
    failures: list[str] = []
    first, second = documents([path], Settings(), lambda *said: failures.append(": ".join(said)))
    assert failures == []
    for field in set(FULL.__dataclass_fields__) - {"source", "starts", "given", "metadata"}:
        assert getattr(first, field) == getattr(FULL, field), field
    assert {n: first.metadata.get(n) for n in FULL.metadata} == FULL.metadata
    assert (second.parts, second.year, second.retracted) == (BARE.parts, None, False)


def test_ris_keeps_the_id_and_the_addresses_of_authors(tmp_path: Path) -> None:
    out = io.BytesIO()
    own = replace(FULL, affiliations=("University of X; Town", "Dept, Y"))
    FORMATS["ris"].write([Record(own)], out)
    path = tmp_path / "references.ris"
    path.write_bytes(out.getvalue())
    (found,) = documents([path], Settings(), refused)
    assert (found.id, found.affiliations) == (own.id, own.affiliations)


@pytest.mark.parametrize(
    "name", ["clinicaltrials/study.json", "isrctn/trial.xml", "ctis/trial.json", "ictrp/trials.xml", "jats/set.xml"]
)
def test_what_a_register_or_a_table_states_survives_our_own_export(nlp: Language, tmp_path: Path, name: str) -> None:
    """A field of a register and a cell of a table are no words of the text: the records are read back with them."""
    path = tmp_path / "records.jsonl"
    first = list(extract(nlp, documents([ROOT / "tests" / "golden" / name], Settings(), refused)))
    with path.open("wb") as stream:
        FORMATS["jsonl"].write(first, stream)
    again = list(extract(nlp, documents([path], Settings(), refused)))
    assert [r.to_dict() for r in again] == [r.to_dict() for r in first]
    for record in again:
        check_evidence(record.document, record.facts)
