"""The same report through several channels, and what is never one."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.declared import LAST, rank_of, ranks, registers
from extractor.duplicates import KINDS, Report, duplicates
from extractor.model import SOURCE
from extractor.prisma import flow, svg

TITLE = "Safety of cells in a disease of the nerves: a made-up trial"


def pairs(*reports: Report) -> list[tuple[str, str]]:
    return [(d.kept, d.other) for d in duplicates(reports)]


def test_by_identifier_and_the_fuller_copy_is_kept() -> None:
    a = Report("ris:1", "ris", TITLE, 2019, doi="10.1000/XYZ")
    b = Report("pubmed:1", "pubmed", "Another wording of the title altogether", 2019, pmid="1", doi="10.1000/xyz")
    assert pairs(a, b) == [("pubmed:1", "ris:1")]
    assert duplicates([a, b])[0].reason.startswith("the same DOI")


def test_by_title_year_and_pages() -> None:
    a = Report("ris:1", "ris", TITLE, 2019, "123-31")
    assert pairs(a, Report("csv:1", "csv", TITLE.upper() + ".", 2019, "123–131")) == [("ris:1", "csv:1")]
    assert pairs(a, Report("csv:1", "csv", TITLE, 2017, "123-31")) == []
    assert len(pairs(a, Report("csv:1", "csv", TITLE, 2018, "123-31"))) == 1  # online, and in print
    assert pairs(a, Report("csv:1", "csv", TITLE, 2019, "99-105")) == []
    assert pairs(Report("a", "ris", "Reply", 2019), Report("b", "ris", "Reply", 2019)) == []


def test_never_across_two_identifiers_of_one_kind() -> None:
    a, b = Report("pubmed:1", "pubmed", TITLE, 2019, pmid="1"), Report("pubmed:2", "pubmed", TITLE, 2019, pmid="2")
    bridge = Report("csv:1", "csv", TITLE, 2019)
    assert pairs(a, b) == []
    assert len(pairs(a, b, bridge)) == 1


ONE = st.builds(
    Report,
    id=st.uuids().map(str),
    source=st.sampled_from(["pubmed", "ris", "csv"]),
    title=st.sampled_from([TITLE, TITLE + " two", ""]),
    year=st.sampled_from([None, 2019, 2020]),
    pmid=st.sampled_from(["", "1", "2"]),
    doi=st.sampled_from(["", "10.1/a", "10.1/b"]),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ONE, max_size=8, unique_by=lambda r: r.id), st.randoms())
def test_groups_never_contradict_and_do_not_depend_on_order(reports: list[Report], chance: object) -> None:
    found = duplicates(reports)
    known = {r.id: r for r in reports}
    groups: dict[str, list[Report]] = {}
    for d in found:
        groups.setdefault(d.kept, [known[d.kept]]).append(known[d.other])
    for group in groups.values():
        for kind in KINDS:
            assert len({getattr(r, kind) for r in group if getattr(r, kind)}) <= 1
    shuffled = list(reports)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert duplicates(shuffled) == found


def test_flow_adds_up() -> None:
    runs = [
        {"command": "fetch", "settings": {"source": "pubmed", "query": "q"}, "counts": {"arrived": 10}},
        {"command": "fetch", "settings": {"source": "pubmed", "query": "q"}, "counts": {"arrived": 12}},
        {"command": "fetch", "settings": {"source": "clinicaltrials", "query": "q"}, "counts": {"arrived": 3}},
        {"command": "import", "settings": {}, "counts": {"read": 5}},
    ]
    found = flow(runs, documents=18, deleted=0, retracted=1, duplicates=4)
    assert (found.databases, found.registers, found.other) == (12, 3, 5)
    assert found.identified - found.duplicates == found.reports == 14
    assert "(n = 14; 1 retracted)" in svg(found)


def test_every_reader_says_what_its_documents_are_and_how_they_rank() -> None:
    assert next(iter(ranks())) == "pubmed"
    assert rank_of("pubmed") < rank_of("ris") < rank_of("text")
    assert registers() >= {"clinicaltrials"} and "ris" not in registers()
    assert all(SOURCE.fullmatch(name) and rank < LAST for name, rank in ranks().items())


def test_short_titles_need_author_and_year_and_a_supplement_is_no_article() -> None:
    a = Report("a", "ris", "Cells in stroke", 2021, author="gamma")
    assert len(pairs(a, Report("b", "ris", "Cells in stroke", 2021, author="gamma"))) == 1
    assert pairs(a, Report("b", "ris", "Cells in stroke", 2021, author="delta")) == []
    many = [
        Report(str(n), "ris", f"Abstract {n} of a congress", doi="10.1000/s", author=f"author{n}") for n in range(4)
    ]
    assert pairs(*many) == []
