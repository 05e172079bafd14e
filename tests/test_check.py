"""Paper against registry: planted differences are found, harmless variations are not, each explains itself."""

from __future__ import annotations

import pytest

from extractor.link.check import check, registry_conflicts
from extractor.link.difference import Difference
from extractor.model import Document, Record
from tests import check_cases
from tests.check_cases import base, dose, event, pairs
from tests.link_records import fact


def test_planted_differences_and_harmless_variations() -> None:
    """120 planted, every one found; 120 harmless, at most 5 false alarms."""
    planted = found = alarms = 0
    for pair in pairs():
        differences = check(pair.records())
        kinds = {d.kind for d in differences}
        planted += len(pair.planted)
        found += len(pair.planted & kinds)
        alarms += sum(d.kind not in pair.planted and d.explanation is None for d in differences)
    assert (planted, found) == (120, 120)
    assert alarms <= 5


@pytest.mark.parametrize("number", range(6))
def test_a_paper_and_a_record_that_agree(number: int) -> None:
    assert check(base(number).records()) == []


@pytest.mark.parametrize(("kind", "change"), check_cases.PLANTED)
def test_each_planted_change_alone(kind: str, change: check_cases.Change) -> None:
    for number in range(5):
        pair = base(number)
        change(pair)  # type: ignore[operator]
        records = pair.records()
        found = check(records)
        assert {d.kind for d in found} == {kind}
        assert all(d.message.endswith(".") and d.severity in ("major", "minor") for d in found)
        assert all(points_at_facts(d, records) for d in found)


@pytest.mark.parametrize(("kind", "change"), check_cases.HARMLESS)
def test_each_harmless_change_alone(kind: str, change: check_cases.Change) -> None:
    for number in range(5):
        pair = base(number)
        change(pair)  # type: ignore[operator]
        assert [d for d in check(pair.records()) if d.explanation is None] == []


def points_at_facts(difference: Difference, records: list[Record]) -> bool:
    by_id = {r.document.id: r for r in records}
    places = [(difference.a, i) for i in difference.facts_a] + [(difference.b, i) for i in difference.facts_b]
    return all(i < len(by_id[id].facts) for id, i in places)


def test_explanations() -> None:
    pair = base(1)
    check_cases._planned(pair)
    check_cases._half_phase(pair)
    check_cases._related_denied(pair)
    assert {d.explanation for d in check(pair.records())} == {
        "the registry's number was a plan",
        "one half of a combined phase",
        "the denial reaches related events only",
    }


def test_an_interim_abstract_has_fewer_people() -> None:
    pair = base(1)
    check_cases._fewer_people(pair)
    pair.journal = "Abstracts of the Annual Meeting"
    assert [d.explanation for d in check(pair.records())] == ["an interim report of some of the people"]


def test_groups_that_overlap_are_not_summed() -> None:
    pair = base(1)
    groups = pair.events()["eventGroups"]
    total = {
        "id": "EG002",
        "title": "Total",
        "seriousNumAffected": 9,
        "seriousNumAtRisk": pair.n,
        "deathsNumAffected": 1,
        "deathsNumAtRisk": pair.n,
    }
    groups.append(total)
    pair.paper["serious"] = [event("serious adverse events", 9, pair.n, serious=True)]
    assert [d for d in check(pair.records()) if d.kind == "serious_events"] == []
    total["title"] = "Extension"
    assert [d for d in check(pair.records()) if d.kind == "serious_events"] == []


def test_a_later_report_with_more_deaths_and_people_is_explained() -> None:
    pair = base(1)
    _, early = pair.records()
    late = Record(Document("later", "pubmed", {"abstract": ""}, year=2023), (fact("deaths", {"n": 9}),))
    (found,) = check([early, late])
    assert (found.kind, found.explanation) == ("deaths", "the later report has the longer follow-up")


def test_doses_of_two_papers_in_words() -> None:
    pair = base(1)
    pair.paper["dose"] = [dose(1e6, 2e6)]
    pair.text[0] = dose(5e7, 5e7)
    (found,) = check(pair.records())
    where = "clinicaltrials:NCT06000001"
    assert found.message == f"The dose is 50,000,000 cells in {where}, 1,000,000–2,000,000 cells in paper."


def test_conflicts_stand_on_the_paper_and_never_twice() -> None:
    pair = base(1)
    for _, change in check_cases.PLANTED[:4]:
        change(pair)
    differences = check(pair.records())
    found = registry_conflicts([*differences, *differences], {"clinicaltrials:NCT06000001"})
    assert list(found) == ["paper"]
    assert (
        len(found["paper"])
        == len({c.message for c in found["paper"]})
        == len([d for d in differences if not d.explanation])
    )
    assert {c.kind for c in found["paper"]} == {"registry_differs"}
    assert all(c.other[0][0] == "clinicaltrials:NCT06000001" for c in found["paper"])
