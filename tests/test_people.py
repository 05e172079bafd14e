"""The grammars behind the people fields: counts, groups, sexes, ages; and whose number it is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from extractor.context.view import View, view
from extractor.model import Document, check_evidence
from extractor.people.counted import counts
from extractor.people.group import EACH, LISTED, SIZED
from extractor.people.sexes import sexes
from extractor.people.splits import splits
from extractor.people.together import total
from extractor.pipeline import as_doc, extract
from extractor.quantities.ages import ages
from extractor.quantities.numbers import TENS, UNITS
from extractor.text import fold

SMALL = {n: word for word, n in UNITS.items()} | {n: word for word, n in TENS.items() if word != "fourty"}


def words(n: int) -> str:
    """An English number word, 1 to 999."""
    if n >= 100:
        rest = f" and {words(n % 100)}" if n % 100 else ""
        return f"{SMALL[n // 100]} hundred{rest}"
    return SMALL[n] if n in SMALL else f"{SMALL[n - n % 10]}-{SMALL[n % 10]}"


def seen(nlp: Language, text: str) -> View:
    doc = as_doc(nlp, Document("x", "text", {"abstract": text}))
    for name, pipe in nlp.pipeline:
        if name in ("trial_sentences", "trial_abbreviations"):
            doc = pipe(doc)
    return view(doc)


@given(
    st.integers(2, 999),
    st.sampled_from(["patients", "healthy adult volunteers", "women with asthma", "type 2 diabetic subjects"]),
)
def test_a_number_word_before_people_is_read_back(n: int, people: str) -> None:
    for written in (words(n), str(n)):
        found = counts(f"we enrolled {written} {people} in may.")
        assert [c.n for c in found] == [n]
        assert found[0].start == len("we enrolled ")


@given(st.text(alphabet="0123456789 patientsofn=(),.-women%µé\u2009", max_size=60))
def test_counts_lie_in_the_text_whatever_it_is(text: str) -> None:
    folded = fold(text)
    for count in counts(folded):
        assert 0 <= count.start < count.end <= len(folded)
        assert folded[count.start : count.end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "phase 2 patients",
        "group 1 patients did better",
        "40 rats were used",
        "30 eyes were treated",
        "a dose of 106 cells",
        "p = 30 patients aside",
        "12.5 patients a week",
        "0307 women",
    ],
)
def test_no_count_of_people(text: str) -> None:
    assert not counts(text)


def test_an_abbreviation_for_people_is_a_noun_where_the_document_defines_it() -> None:
    assert not [c for c in counts("322 bcs exercised daily") if c.form == "noun"]
    assert [c.n for c in counts("322 bcs exercised daily", frozenset({"bcs"}))] == [322]


def test_groups_by_shape(nlp: Language) -> None:
    shapes = {
        "Patients were randomised to yoga (n = 20) or walking (n = 22).": (SIZED, [20, 22]),
        "Patients were randomised: 20 to yoga and 22 to walking.": (LISTED, [20, 22]),
        "Patients were randomised to three groups with 14 patients in each group.": (EACH, [14, 14, 14]),
    }
    for text, (shape, sizes) in shapes.items():
        found = [s for s in splits(seen(nlp, text)) if s.shape == shape and not s.joined]
        assert [[g.n for g in s.groups] for s in found] == [sizes], text


def test_a_total_is_told_from_its_parts(nlp: Language) -> None:
    text = "Of 120 patients screened, 80 were randomised to drug (n = 41) or placebo (n = 39). Nausea occurred in 12 patients."
    here = seen(nlp, text)
    found = total(here)
    assert found is not None
    assert (found.n, found.kind, found.derived) == (80, "randomized", False)


def test_no_total_where_only_a_subgroup_is_counted(nlp: Language) -> None:
    here = seen(nlp, "In a subgroup of slow progressors (n = 58) the drug slowed decline.")
    assert total(here) is None


def test_a_count_never_reaches_from_the_title_into_the_text(nlp: Language) -> None:
    for title, text in (
        ("A study of 12", "patients were enrolled."),
        ("Two", "groups of 30 patients each were compared."),
        ("Five men and", "five women took part."),
    ):
        record = next(extract(nlp, [Document("x", "text", {"title": title, "abstract": text})]))
        check_evidence(record.document, record.facts)


def test_sexes_of_both_orders() -> None:
    for text in ("16 females and 27 males", "27 men (62.8%) and 16 women", "male/female: 27/16", "27:16 male:female"):
        assert [(s.female, s.male) for s in sexes(text)] == [(16, 27)], text


def test_ages_do_not_overlap_and_keep_their_unit() -> None:
    found = ages("children aged 6 to 24 months (mean age 14.5 ± 3.1 months) and a 55-year-old man")
    assert [(a.shape, a.unit) for a in found] == [("range", "months"), ("centre", "months"), ("one", "years")]
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
