"""Conflicts inside one record, from facts made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.assemble import assemble
from extractor.conflicts import conflicts
from extractor.model import Document, Evidence, Fact

TEXT = (
    "No adverse events occurred. Headache occurred in one case. A dose of 20 million cells (2 x 10^8 cells) was given."
)


def fact(
    field: str,
    quote: str = "Headache",
    *,
    flags: tuple[str, ...] = (),
    primary: bool = True,
    arm: str | None = None,
    **value: Any,
) -> Fact:
    start = TEXT.index(quote)
    return Fact(
        field, value, (Evidence("abstract", quote, start, start + len(quote)),), "rule:test/x", 0.9, primary, arm, flags
    )


def kinds(*facts: Fact) -> list[str]:
    return [c.kind for c in conflicts(Document("d", "text", {"abstract": TEXT}), facts)]


def blanket(**value: Any) -> Fact:
    return fact(
        "adverse_event", "No adverse events", **({"term": "adverse events", "assertion": "none_reported"} | value)
    )


def event(**value: Any) -> Fact:
    return fact("adverse_event", **({"term": "headache", "assertion": "present", "n": 1} | value))


def test_blanket_denial_beside_an_event() -> None:
    document = Document("d", "text", {"abstract": TEXT})
    found = conflicts(document, [blanket(), event()])
    assert [(c.kind, c.facts) for c in found] == [("blanket_contradicted", (0, 1))]
    assert "“No adverse events”" in found[0].message and "“Headache”" in found[0].message


def test_scope_of_a_denial() -> None:
    assert kinds(blanket(serious=True), event()) == []
    assert kinds(blanket(serious=True), event(serious=True)) == ["blanket_contradicted"]
    assert kinds(blanket(serious=True), event(grade="3")) == []
    assert kinds(blanket(serious=True), event(grade="4")) == ["blanket_contradicted"]
    assert kinds(blanket(severity="severe"), event(severity="mild")) == []
    assert kinds(blanket(severity="severe"), event(grade="3")) == ["blanket_contradicted"]
    assert kinds(blanket(severity="fatal"), event(severity="severe")) == []
    assert kinds(blanket(severity="fatal"), event(term="death")) == []  # people also die of what they have
    assert kinds(blanket(severity="fatal"), event(term="death", related=True)) == ["blanket_contradicted"]
    assert kinds(blanket(scope="during infusion"), event()) == []
    assert kinds(blanket(related=True), event()) == []
    assert kinds(blanket(related=True), event(related=True)) == ["blanket_contradicted"]
    assert kinds(blanket(), event(n=0)) == []
    assert kinds(blanket(), event(assertion="absent")) == []


def test_sums() -> None:
    n = fact("participants", n=43, kind="treated")
    assert kinds(n, fact("sex", female=16, male=27)) == []
    assert kinds(n, fact("sex", female=16, male=28)) == ["sexes_do_not_sum"]
    other = fact("participants", n=44, kind="enrolled", primary=False)
    assert kinds(n, other, fact("sex", female=16, male=28)) == []
    arms = [fact("arm", name="A", n=20), fact("arm", name="B", n=23)]
    assert kinds(n, *arms) == []
    assert kinds(n, *arms, fact("arm", name="C", n=5)) == ["arms_do_not_sum"]


def test_counts() -> None:
    n = fact("participants", n=10, kind="treated")
    assert kinds(n, event(n=5, denominator=4)) == ["counts_exceed_denominator"]
    assert kinds(n, event(n=12, denominator_unit="participants")) == ["counts_exceed_denominator"]
    assert kinds(n, event(n=12, denominator=111, denominator_unit="administrations")) == []
    assert kinds(n, fact("deaths", n=11)) == ["counts_exceed_denominator"]


def test_one_dose_said_twice() -> None:
    one = fact("dose", "20 million cells", low=2e7, high=2e7, unit="cells")
    assert kinds(one, fact("dose", "2 x 10^8", low=2e8, high=2e8, unit="cells")) == ["dose_disagrees"]
    assert kinds(one, fact("dose", "2 x 10^8", low=2e7, high=2e7, unit="cells")) == []
    assert kinds(one, fact("dose", "2 x 10^8", low=2e8, high=2e8, unit="cells/kg")) == []


def test_a_review_has_no_figures_of_its_own() -> None:
    kind = fact("report_kind", name="review")
    record = assemble(
        Document("d", "text", {"abstract": TEXT}),
        [kind, fact("participants", n=43, kind="treated")],
        ["participants", "sex"],
    )
    assert [f.primary for f in record.facts] == [True, False]
    assert record.not_found == ("sex",)


@pytest.mark.parametrize(
    ("value", "quote", "raised"),
    [
        ({"n": 30, "denominator": 20, "denominator_unit": "participants"}, "30 of 20 patients", True),
        ({"n": 30, "denominator": 20, "denominator_unit": "participants"}, "30 episodes in 20 patients", False),
        ({"n": 18, "denominator": None, "denominator_unit": "participants"}, "18 patients", False),
        ({"n": 25, "denominator": None, "denominator_unit": "participants"}, "25 patients", True),
    ],
)
def test_recurrences_and_stages_of_the_flow_are_no_conflict(value: dict[str, Any], quote: str, raised: bool) -> None:
    """Fifteen were treated of twenty enrolled: what eighteen had is none too many; thirty episodes are of some."""
    text = f"We enrolled 20 patients and treated 15. Fever in {quote}."
    facts = []
    for field, said, words in (
        ("participants", {"n": 15, "kind": "treated"}, "15"), ("participants", {"n": 20, "kind": "enrolled"}, "20 patients"),
        ("adverse_event", {"term": "fever", "assertion": "present"} | value, quote),
    ):  # fmt: skip
        start = text.rindex(words)
        facts.append(Fact(field, said, (Evidence("abstract", words, start, start + len(words)),), "rule:x"))
    found = conflicts(Document("a", "jsonl", {"title": "", "abstract": text}), facts)
    assert bool([c for c in found if c.kind == "counts_exceed_denominator"]) is raised
