"""Registry identifiers and dates: forms, repairs, and numbers that are none."""

from __future__ import annotations

import pytest

from extractor.study.registries import DATE, identifiers, iso_date
from extractor.text import fold, fold_case


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("August 29, 2016", "2016-08-29"),
        ("29th of August 2016", "2016-08-29"),
        ("21-Nov-2016", "2016-11-21"),
        ("2016-08-29", "2016-08-29"),
        ("25/10/2016", "2016-10-25"),
        ("10/25/2016", "2016-10-25"),
        ("Sept 5 2016", "2016-09-05"),
        ("May 1, 2015", "2015-05-01"),
    ],
)
def test_dates(written: str, date: str) -> None:
    match = DATE.search(fold(written))
    assert match and iso_date(match) == date


@pytest.mark.parametrize("written", ["31/31/2016", "2016-13-40"])
def test_impossible_dates_are_none(written: str) -> None:
    match = DATE.search(fold(written))
    assert match is None or iso_date(match) is None


@pytest.mark.parametrize(
    "text",
    [
        "NCT0288147",
        "NCT028814766",
        "ISRCTN9128808",
        "from 2004-2006",
        "code 2006-104374-27",
        "phone 030 123456",
        "ACTRN1260800025033",
    ],
)
def test_what_is_no_identifier(text: str) -> None:
    assert list(identifiers(fold_case(text))) == []


def test_offsets_are_those_of_the_text() -> None:
    text = "Registered: “NCT02881476”; ISRCTN 91288089."
    assert [text[i.start : i.end] for i in identifiers(fold_case(text))] == ["NCT02881476", "ISRCTN 91288089"]
