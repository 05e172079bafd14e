"""What a person calls a study: the same in every table, whatever was linked."""

from __future__ import annotations

from extractor.labels import PREFERRED, labels
from extractor.model import Document


def made(
    id: str, title: str = "", authors: tuple[str, ...] = (), year: int | None = None, source: str = "ris"
) -> Document:
    return Document(id, source, {"title": title, "abstract": ""}, authors=authors, year=year)


def test_author_and_year_with_letters_where_several_share_them() -> None:
    found = labels(
        [
            made("pubmed:1", "Second title", ("Lind, Ada", "Ekman, Bo"), 2010),
            made("pubmed:2", "First title", ("Lind A",), 2010),
            made("pubmed:3", "Third", ("Ada Lind",), 2011),
            made("pubmed:4", "Fourth", ("de la Cruz ML",)),
        ]
    )
    assert found == {
        "pubmed:2": "Lind 2010a",
        "pubmed:1": "Lind 2010b",
        "pubmed:3": "Lind 2011",
        "pubmed:4": "de la Cruz",
    }


def test_without_authors_the_sponsor_the_id_or_the_words_of_the_title() -> None:
    found = labels(
        [
            made(
                "clinicaltrials:NCT09999999",
                "Pericytes",
                ("Invented University Hospital of the North",),
                2020,
                "clinicaltrials",
            ),
            made("ekman2019", "Cells", year=None),
            made("x-1", "The effect of pericytes in the lung", year=2022),
            made("x-2", "The effect of pericytes in the lung", year=2022),
        ]
    )
    assert found["clinicaltrials:NCT09999999"] == "Invented University Hospital North 2020"
    assert found["ekman2019"] == "Ekman 2019"
    assert {found["x-1"], found["x-2"]} == {"effect pericytes lung 2022a", "effect pericytes lung 2022b"}
    assert len(set(found.values())) == len(found)


def test_a_trial_is_called_by_the_report_that_is_preferred_for_it() -> None:
    trial = made("NCT09999999", "Cells for a trial of cells")
    called = labels([Document(trial.id, trial.source, trial.parts, metadata={PREFERRED: "oh2018"})])
    assert called == {"NCT09999999": "Oh 2018"}
