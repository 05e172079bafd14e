"""Checking sheets: out, filled in by two people, back; what does not fit is refused with its cell; twice is once."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from extractor.curation import disputed, kind_of
from extractor.errors import CurationError
from extractor.model import Conflict, Document, Evidence, Fact, Record
from extractor.sheets import COLUMNS, DECISIONS, SHEET, SPARE
from extractor.sheets.read import Outcome, pairs, read_sheet, take
from extractor.sheets.write import by_name, sentence, write_sheet
from extractor.store import Store

TEXT = "We treated twelve people. Of 12 people, two had fever (1 of 12 in week 2). Follow-up was 6 months. None died."
CONFLICT = Conflict("two", (0,), "Twelve or not.")


def fact(field: str, value: dict[str, Any], quote: str, **more: Any) -> Fact:
    at = TEXT.index(quote)
    return Fact(field, value, (Evidence("abstract", quote, at, at + len(quote)),), f"rule:{field}/x", 0.95, **more)


FACTS = (
    fact("participants", {"n": 12, "kind": "treated"}, "treated twelve people"),
    fact("follow_up", {"low": 6, "high": 6, "unit": "months"}, "Follow-up was 6 months"),
    fact("deaths", {"n": 0}, "None died"),
    fact(
        "age", {"mean": 5, "sd": None, "median": None, "low": None, "high": None, "unit": "years"}, "two", primary=False
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    document = Document("lind2020", "text", {"title": "A trial", "abstract": TEXT}, year=2020, authors=("Lind A",))
    with Store.open(tmp_path / "s.db") as opened:
        opened.add(Record(document, FACTS, (CONFLICT,), ("sex", "phase")))
        yield opened


def exported(store: Store, **more: Any) -> tuple[Any, dict[str, int], dict[str, int]]:
    """The workbook, the places of its columns, and the row of each field."""
    out = BytesIO()
    write_sheet(store.records(), out, **more)
    book = openpyxl.load_workbook(BytesIO(out.getvalue()))
    place = {c.value: c.column for c in book[SHEET][1]}
    rows = {row[place["field"] - 1].value: row[0].row for row in book[SHEET].iter_rows(min_row=2)}
    return book, place, rows


def filled(store: Store, file: Path, said: Mapping[str, Mapping[str, Any]]) -> Path:
    """A sheet of the store with some rows filled in, by field; the row of None is a spare one."""
    book, place, rows = exported(store)
    for name, cells in said.items():
        for heading, value in cells.items():
            book[SHEET].cell(rows[name or None], place[heading], value)
    book.save(file)
    return file


def back(store: Store, file: Path, who: str, **more: Any) -> Outcome:
    return take(store, read_sheet(file), who, **more)


# -- out --------------------------------------------------------------------------------------------------------


def test_a_row_a_value_with_its_sentence_and_a_list_to_choose_from(store: Store) -> None:
    book, place, rows = exported(store)
    page = book[SHEET]
    assert tuple(c.value for c in page[1])[: len(COLUMNS)] == COLUMNS
    first = {name: page.cell(rows["participants"], at).value for name, at in place.items()}
    assert (first["number"], first["study"], first["value"]) == (0, "Lind 2020", "12 treated")
    assert first["sentence"] == "We ‹treated twelve people›." and first["value by name"] == "n=12; kind=treated"
    assert first["why"] == "conflict" and first["decision"] is None
    assert page.cell(rows["sex"], place["value"]).value == "not reported" and "age" not in rows
    offer = page.data_validations.dataValidation[0]
    assert offer.formula1 == f'"{",".join(DECISIONS)}"' and page.max_row == 1 + 3 + 2 + SPARE
    assert page.column_dimensions["K"].hidden and page.column_dimensions["L"].hidden
    assert ("participants", "kind") in {(r[0], r[1]) for r in book["legal values"].iter_rows(values_only=True)}


def test_only_some_fields_or_only_what_is_doubtful(store: Store) -> None:
    assert set(exported(store, fields=("deaths", "sex"))[2]) == {"deaths", "sex", None}
    assert set(exported(store, doubtful=True)[2]) == {"participants", None}


def test_a_sentence_ends_where_it_ends() -> None:
    document = Document("a", "text", {"abstract": TEXT})
    assert sentence(document, FACTS[2].evidence[0]) == "‹None died›."
    assert sentence(document, Evidence("json", "12", path="$.n")) == "$.n: ‹12›"


@pytest.mark.parametrize("one", FACTS)
def test_a_value_by_name_comes_back_as_the_same_words(one: Fact) -> None:
    known = {k: v for k, v in one.value.items() if v is not None}
    assert {k: str(v) for k, v in known.items()} == pairs(one.field, by_name(one.value))


# -- back -------------------------------------------------------------------------------------------------------


def test_each_decision_is_taken_once(store: Store, tmp_path: Path) -> None:
    said = {
        "participants": {"decision": "accept", "comment": "seen"},
        "follow_up": {"decision": "Correct", "new value": "6-12 months"},
        "deaths": {"decision": "really not reported"},
        "sex": {"decision": "unsure", "comment": "no table"},
        "phase": {"decision": "really not reported"},
        "": {"study": "Lind 2020", "field": "adverse_event", "decision": "correct", "new value": "term=fever; n=2; assertion=present",
             "new words": "two had fever"},
    }  # fmt: skip
    file = filled(store, tmp_path / "ann.xlsx", said)
    done = back(store, file, "ann")
    assert done.refused == [] and done.empty == 0
    assert done.taken == {"accept": 1, "correct": 2, "reject": 1, "unsure": 1, "really not reported": 2}
    record = store.record("lind2020")
    own = {f.field: f for f in record.facts if f.primary}
    assert own["participants"].method == "curator:ann" and own["follow_up"].value["high"] == 12
    assert own["adverse_event"].value["n"] == 2 and "deaths" not in own
    kinds = [kind_of(d) for d in store.decisions()]
    assert sorted(kinds) == ["add", "confirm", "correct", "not_reported", "not_reported", "reject", "unsure"]
    assert {d.mode for d in store.decisions()} == {"import"} and store.decisions()[0].note == "seen"
    again = back(store, file, "ann")
    assert (again.taken, again.refused, again.again) == ({}, [], 7) and len(store.decisions()) == 7


def test_two_people_two_sheets_one_merge(store: Store, tmp_path: Path) -> None:
    ann = filled(
        store, tmp_path / "ann.xlsx", {"participants": {"decision": "accept"}, "deaths": {"decision": "accept"}}
    )
    ben = filled(
        store,
        tmp_path / "ben.xlsx",
        {"participants": {"decision": "correct", "new value": 11}, "deaths": {"decision": "accept"}},
    )
    assert back(store, ann, "ann").taken == {"accept": 2}
    assert back(store, ben, "ben").taken == {"correct": 1, "accept": 1}
    (found,) = disputed(store)
    assert found.field == "participants" and {w.curator for w in found.words} == {"ann", "ben"}
    assert "curators_disagree" in {c.kind for c in store.record("lind2020").conflicts}


REFUSED = [
    ("deaths", {"decision": "acept"}, "F", "is no decision; legal: accept"),
    ("deaths", {"new value": 3}, "F", "no decision; legal"),
    ("deaths", {"decision": "accept", "new value": 3}, "G", "takes no new value"),
    ("deaths", {"decision": "correct"}, "G", "needs a new value"),
    ("deaths", {"decision": "correct", "new value": "many"}, "G", "deaths: n 'many' is not legal"),
    ("deaths", {"decision": "correct", "new value": "0"}, "G", "is that already"),
    ("deaths", {"decision": "correct", "new value": 2, "new words": "three died"}, "H", "is not in report"),
    ("deaths", {"decision": "correct", "new value": 2, "new words": "12"}, "H", "copy more of the words around it"),
    ("sex", {"decision": "accept"}, "F", "there is no value here to accept"),
    ("sex", {"decision": "correct", "new value": "female=3"}, "H", "a value without words"),
    ("", {"decision": "correct", "new value": "3", "new words": "None died"}, "B", "no study is named"),
    ("", {"study": "Nobody 1999", "field": "deaths", "decision": "unsure"}, "B", "no report 'Nobody 1999'"),
    ("", {"study": "lind2020", "field": "colour", "decision": "unsure"}, "C", "no field is called 'colour'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "column", "reason"), REFUSED)
def test_what_does_not_fit_is_refused_with_its_cell(
    store: Store, tmp_path: Path, name: str, cells: dict[str, Any], column: str, reason: str
) -> None:
    file = filled(store, tmp_path / "x.xlsx", {name: cells, "participants": {"decision": "accept"}})
    done = back(store, file, "ann")
    row = exported(store)[2].get(name or None) if name else None
    (refused,) = done.refused
    assert refused.cell[0] == column and reason in refused.reason and (row is None or refused.cell == f"{column}{row}")
    assert done.taken == {"accept": 1}  # the row beside it is taken


def test_a_value_whose_words_do_not_say_it_is_refused_and_taken_by_force(store: Store, tmp_path: Path) -> None:
    file = filled(store, tmp_path / "x.xlsx", {"deaths": {"decision": "correct", "new value": 4}})
    doubts = lambda document, one: ("number_not_in_words",)  # noqa: E731
    done = back(store, file, "ann", against=doubts)
    assert "with: sheet import --force" in done.refused[0].reason and not store.decisions()
    assert back(store, file, "ann", against=doubts, force=True).taken == {"correct": 1}
    assert "not_said" in next(f for f in store.record("lind2020").facts if f.method == "curator:ann").flags


def test_a_value_that_was_read_anew_is_refused(store: Store, tmp_path: Path) -> None:
    file = filled(store, tmp_path / "x.xlsx", {"deaths": {"decision": "accept"}})
    record = store.record("lind2020")
    store.add(Record(record.document, (FACTS[0],)), extractor="another")
    done = back(store, file, "ann")
    assert "export a new sheet" in done.refused[0].reason and done.taken == {}


def test_what_is_no_checking_sheet_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.xlsx"
    text.write_text("no workbook", encoding="utf-8")
    with pytest.raises(CurationError, match="no workbook that can be read"):
        read_sheet(text)
    book = openpyxl.Workbook()
    book.save(text)
    with pytest.raises(CurationError, match="no sheet is called 'check'"):
        read_sheet(text)
    book.active.title = SHEET
    book.active.append(["number", "study"])
    book.save(text)
    with pytest.raises(CurationError, match="no column 'field'"):
        read_sheet(text)
