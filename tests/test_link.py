"""Linking: the labelled pairs, statements, trials in the store, decisions, and work that stays in the neighbourhood."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import StoreError
from extractor.link.annotated import annotated
from extractor.link.authority import characteristics
from extractor.link.blocking import keys
from extractor.link.decide import decide, merge, reports_named, split, undo
from extractor.link.judge import judge
from extractor.link.linker import candidates, link
from extractor.link.overlaps import preferred
from extractor.link.profile import Profile, author, centres, codes, profile
from extractor.link.statements import statements
from extractor.link.trials import group
from extractor.model import Document, Fact, Record
from extractor.store import Store
from extractor.store.links import Link, LinkStore
from tests.link_families import constructed, published
from tests.link_records import fact, pairs, record
from tests.make_link_pairs import PAIRS, report_ids
from tests.make_link_pairs import pairs as made_pairs

# -- the labelled pairs -----------------------------------------------------------------------------------------


def judged(pair: dict[str, Any]) -> dict[str, Link]:
    """The links of a labelled pair, by kind; none where the reports would never meet."""
    a, b = profile(record(pair["a"])), profile(record(pair["b"]))
    return {one.kind: one for one in judge(a, b)} if set(keys(a)) & set(keys(b)) else {}


@pytest.mark.parametrize("half", ["tune", "test"])
@pytest.mark.parametrize(("kind", "precision", "recall"), [("trial", 0.98, 0.95), ("overlap", 0.90, 0.90)])
def test_labelled_pairs(half: str, kind: str, precision: float, recall: float) -> None:
    """Links that are made without asking are right; with proposals counted, few are missed."""
    found = [(pair[kind], judged(pair).get(kind)) for pair in pairs(half)]
    made = [truth for truth, one in found if one and one.state == "confirmed"]
    hit = [one is not None for truth, one in found if truth]
    wrong = [one for truth, one in found if one and one.state == "proposed" and not truth]
    assert sum(made) / len(made) >= precision
    assert sum(hit) / len(hit) >= recall
    assert len(wrong) <= 0.05 * len(found)


def test_there_are_enough_pairs_and_both_halves_have_families_of_their_own() -> None:
    tune, test = pairs("tune"), pairs("test")
    assert len(tune) >= 300 and len(test) >= 300
    names = [{r["id"] for pair in half for r in (pair["a"], pair["b"])} for half in (tune, test)]
    assert not names[0] & names[1]


def test_the_pairs_are_what_the_families_give() -> None:
    stored = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    assert stored == list(made_pairs())


def test_unrelated_trials_of_one_group_stay_apart() -> None:
    """Over families that no weight was tuned on: nothing wrong is made without asking."""
    reports = [r | {"ids": report_ids(r) if r.get("source") else []} for r in constructed(24, seed=77)]
    profiles = [(r, profile(record(r))) for r in reports]
    wrong = [
        (p.id, q.id)
        for i, (r, p) in enumerate(profiles)
        for s, q in profiles[i + 1 :]
        if r["trial"] != s["trial"] and any(one.state == "confirmed" for one in judge(p, q))
    ]
    assert wrong == []


def family(name: str) -> Profile:
    report = next(r for r in published() if r["id"] == name)
    return profile(record(report | {"ids": []}))


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("glass2012", "feldman2014", {"trial", "overlap"}),  # "the first 12 subjects have been published"
        ("glass2012", "riley2014", {"trial", "overlap"}),
        ("martinez2009", "martinez2012", {"overlap"}),  # one group, one operation, 10 and then 67 people
        ("staff2016", "staff2024aan", set()),  # phase 1, then phase 2
        ("berry2019", "cudkowicz2022", set()),
        ("traverse2011", "schachinger2006", set()),
    ],
)
def test_families_without_their_registry_numbers(a: str, b: str, wanted: set[str]) -> None:
    assert wanted <= {one.kind for one in judge(family(a), family(b))}
    if not wanted:
        assert judge(family(a), family(b)) == []


# -- normal forms -----------------------------------------------------------------------------------------------


def test_names_of_people_and_places() -> None:
    assert author("Gómez-Núñez, María") == author("Maria Gomez-Nunez") == author("Gómez-Núñez M")
    assert centres(["Department of Neurology, Mayo Clinic, Rochester, MN", "University of Warmia and Mazury"]) == (
        "mayo clinic",
        "university warmia",
    )
    assert codes("NSI-566RSC and AstroRx® in NCT01234567, CD133 and ALS") == ("astrorx", "nsi566rsc")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Preliminary results for the first 12 subjects are published.", [("earlier", "n=12")]),
        ("This is an open-label extension of NCT01363401.", [("extension", "NCT01363401")]),
        ("This was a post hoc analysis of the trial NCT01363401.", [("analysis", "NCT01363401")]),
        (
            "The first twelve patients were previously reported (Glass et al., 2012).",
            [("earlier", "glass 2012"), ("earlier", "n=12")],
        ),
        ("We treated 12 patients with cells.", []),
        ("Long-term follow-up is needed.", []),
    ],
)
def test_statements(text: str, wanted: list[tuple[str, str]]) -> None:
    found = list(statements(Document("a", "text", {"abstract": text})))
    assert [(kind, whom) for kind, whom, _ in found] == wanted
    assert all(quote in text for _, _, quote in found)


def test_a_profile_comes_back_from_the_store() -> None:
    for report in published():
        one = profile(record(report | {"ids": report_ids(report)}))
        assert Profile.from_dict(one.to_dict()) == one


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (Profile("b", n=5), Profile("a", n=9, retracted=True), "not retracted"),
        (Profile("b", n=5), Profile("a", n=9, role="conference"), "full report"),
        (Profile("b", n=9), Profile("a", n=5), "most people (9)"),
        (Profile("b", n=9, year=2015), Profile("a", n=9, year=2012), "latest (2015)"),
        (Profile("b", words=9), Profile("a", words=5), "says the most"),
        (Profile("a"), Profile("b"), "its id comes first"),
    ],
)
def test_the_preferred_report_and_why(better: Profile, worse: Profile, why: str) -> None:
    assert preferred([worse, better])[0] == better.id
    assert why in preferred([worse, better])[1]


# -- pairs that say it ------------------------------------------------------------------------------------------


def kinds(a: Profile, b: Profile) -> dict[str, tuple[str, str, str]]:
    return {one.kind: (one.relation, one.method, one.state) for one in judge(a, b)}


def test_a_pooled_report_belongs_to_no_single_trial() -> None:
    pooled = Profile("p", kind="single-trial", own=("NCT00000001", "NCT00000002"))
    one = Profile("a", kind="single-trial", own=("NCT00000001",))
    assert kinds(pooled, one) == {"overlap": ("pooled", "registry_id", "confirmed")}


def test_numbers_of_two_registries_are_one_trial() -> None:
    a = Profile("a", kind="single-trial", own=("2006-004374-27", "NCT00000001"))
    b = Profile("b", kind="single-trial", own=("2006-004374-27",))
    assert kinds(a, b)["trial"] == ("report", "registry_id", "confirmed")


def test_an_extension_with_a_number_of_its_own_is_another_trial_of_the_same_people() -> None:
    statement = (("extension", "NCT00000001", "An extension of NCT00000001."),)
    extension = Profile("e", kind="single-trial", own=("NCT00000002",), cited=("NCT00000001",), statements=statement)
    first = Profile("f", kind="single-trial", own=("NCT00000001",), n=10)
    assert kinds(extension, first) == {"overlap": ("nested", "statement", "confirmed")}
    without = Profile("e", kind="single-trial", cited=("NCT00000001",), statements=statement)
    assert kinds(without, first)["trial"] == ("extension", "statement", "confirmed")


def test_a_registry_record_names_its_papers() -> None:
    path = "$.protocolSection.referencesModule.references[0].pmid"
    paper = Profile("p", kind="single-trial", pmid="123")
    for type_, state in (("RESULT", "confirmed"), ("DERIVED", "confirmed")):
        entry = Profile("r", role="record", kind="protocol", own=("NCT00000001",), references=(("123", type_, path),))
        assert kinds(entry, paper) == {"trial": ("record", "registry_reference", state)}
    background = Profile("r", role="record", own=("NCT00000001",), references=(("123", "BACKGROUND", path),))
    assert kinds(background, paper) == {}
    assert kinds(entry, Profile("p", kind="review", pmid="123")) == {}


def test_a_number_that_both_give_is_asked_about_where_they_treat_other_diseases() -> None:
    a = Profile("a", kind="single-trial", own=("NCT00000001",), conditions=("asthma",))
    b = Profile("b", kind="single-trial", own=("NCT00000001",), conditions=("gout",))
    assert kinds(a, b)["trial"][2] == "proposed"


def test_rows_of_exports_without_numbers_share_none() -> None:
    rows = [Record(Document(f"{name}:17", "clinicaltrials", {"title": "", "abstract": ""})) for name in ("a", "b")]
    assert [profile(row).own for row in rows] == [(), ()]
    assert profile(Record(Document("clinicaltrials:NCT02881476", "clinicaltrials", {"abstract": ""}))).own == (
        "NCT02881476",
    )


def test_copies_of_a_paper() -> None:
    text = (
        "One two three four five six seven eight nine ten eleven twelve. " * 3
        + "A last sentence of the paper follows here."
    )
    a = profile(Record(Document("a", "text", {"title": "Cells for the sick in ten clinics", "abstract": text})))
    b = profile(
        Record(
            Document(
                "b", "text", {"title": "Cells for the sick in ten clinics", "abstract": text.replace("ten", "10", 1)}
            )
        )
    )
    c = profile(
        Record(Document("c", "text", {"title": "Cells for the sick in two clinics", "abstract": "Another text. " * 20}))
    )
    assert kinds(a, b)["overlap"] == ("copy", "same_report", "confirmed")
    assert kinds(a, c) == {}
    assert kinds(Profile("x", doi="10.1/a", kind="review"), Profile("y", doi="10.1/a", kind="review")) == {
        "overlap": ("copy", "same_report", "confirmed")
    }


# -- in the store -----------------------------------------------------------------------------------------------


def reports(*, ids: bool = True) -> list[Record]:
    return [
        record(r | {"ids": report_ids(r) if ids or r.get("source") else []}) for r in [*published(), *constructed(9)]
    ]


@pytest.fixture
def linked(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as store:
        for one in reports():
            store.add(one)
        link(store)
        yield store


def test_trials_of_the_families(linked: Store) -> None:
    trials = LinkStore(linked).trials()
    assert trials["NCT01348451"] == ["feldman2014", "glass2012", "riley2014"]
    assert trials["NCT00279175"] == ["assmus2010", "assmus2014", "schachinger2006", "schachinger2006b"]
    assert trials["petrou2016"] == ["petrou2016"]
    assert sorted(i for members in trials.values() for i in members) == sorted(r.document.id for r in reports())
    view = linked.select("SELECT trial FROM trial_members WHERE document = 'glass2012'")[1]
    assert view == [("NCT01348451",)]


def test_overlaps_name_the_report_to_pool(linked: Store) -> None:
    found = {one.pair: one for one in LinkStore(linked).links(kind="overlap")}
    one = found["glass2012", "riley2014"]
    assert (one.relation, one.preferred, one.state) == ("nested", "riley2014", "confirmed")
    assert "riley2014 is preferred: it has the most people (15)" in one.why


def test_linking_again_changes_nothing(linked: Store) -> None:
    links = LinkStore(linked)
    before = links.links(), links.trials()
    assert link(linked).reports == 0
    assert link(linked, afresh=True).reports == len(reports())
    assert (links.links(), links.trials()) == before


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_arrival_does_not_matter(
    linked: Store, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shuffled = reports()
    random.Random(seed).shuffle(shuffled)
    with Store.open(tmp_path_factory.mktemp("order") / "x.db") as other:
        for place in range(0, len(shuffled), 11):
            for one in shuffled[place : place + 11]:
                other.add(one)
            link(other)
        assert LinkStore(other).links() == LinkStore(linked).links()
        assert LinkStore(other).trials() == LinkStore(linked).trials()


def test_a_new_report_touches_only_its_neighbourhood(linked: Store) -> None:
    before = LinkStore(linked).links()
    new = record(next(r for r in published() if r["id"] == "berry2019") | {"id": "berry2019b", "ids": ["NCT02017912"]})
    linked.add(new)
    done = link(linked)
    assert done.reports == 1 and 0 < done.compared < 30
    after = LinkStore(linked).links()
    assert [one for one in after if "berry2019b" not in one.pair] == before
    assert LinkStore(linked).trials()["NCT02017912"] == ["berry2019", "berry2019b"]


def test_a_copy_that_says_less_changes_no_trial_and_a_deleted_report_is_forgotten(linked: Store) -> None:
    changed = record(
        next(r for r in published() if r["id"] == "riley2014")
        | {"ids": [], "authors": ["Other Z"], "said": "", "condition": "asthma"}
    )
    linked.add(changed)
    link(linked)
    # its number stays: a report is all its copies
    assert LinkStore(linked).trials()["NCT01348451"] == ["feldman2014", "glass2012", "riley2014"]
    linked.add(Record(dataclasses.replace(linked.record("glass2012").document, deleted=True)))
    link(linked)
    assert LinkStore(linked).links(["glass2012"]) == []
    assert LinkStore(linked).trials()["NCT01348451"] == ["feldman2014", "riley2014"]


def test_an_interrupted_run_is_completed(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(store_url) as store:
        for one in reports():
            store.add(one)
        with monkeypatch.context() as patch:
            patch.setattr("extractor.link.linker.judge", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                link(store)
        link(store)
        assert LinkStore(store).trials()["NCT01348451"] == ["feldman2014", "glass2012", "riley2014"]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_grouping_keeps_apart_what_was_rejected(data: st.DataObject) -> None:
    """Each report is in one trial, no rejected pair in the same one, whatever the order of the links."""
    names = [f"r{n}" for n in range(7)]
    profiles = {n: Profile(n, role="record" if n == "r0" else "paper", own=(f"NCT0000000{n[1]}",)) for n in names}
    states = st.sampled_from(["confirmed", "confirmed", "proposed", "rejected"])
    pairs_ = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    chosen = data.draw(st.lists(st.sampled_from(pairs_), unique=True, max_size=12))
    links = [
        Link(a, b, "trial", "report", "score", data.draw(st.floats(0, 1)), data.draw(states), "why") for a, b in chosen
    ]
    groups = group(profiles, links)
    assert sorted(i for reports in groups.values() for i in reports) == names
    apart = {one.pair for one in links if one.state == "rejected"}
    assert not any({a, b} <= set(reports) for a, b in apart for reports in groups.values())
    assert group(profiles, data.draw(st.permutations(links))) == groups
    joined = [one for one in links if one.state == "confirmed"]
    if not apart:
        assert all(any({*one.pair} <= set(reports) for reports in groups.values()) for one in joined)


# -- decisions --------------------------------------------------------------------------------------------------


def test_a_rejected_link_does_not_come_back_by_itself(linked: Store) -> None:
    links = LinkStore(linked)
    keys_ = split(linked, "glass2012", "ann", note="other people")
    assert links.trials()["NCT01348451"] == ["feldman2014", "riley2014"]
    link(linked, afresh=True)
    assert links.trials()["NCT01348451"] == ["feldman2014", "riley2014"]
    states = {one.pair: (one.state, one.by) for one in links.links(["glass2012"], kind="trial")}
    assert states["feldman2014", "glass2012"] == ("rejected", "curator:ann")
    for key in keys_:
        undo(linked, key, "bob")
    assert links.trials()["NCT01348451"] == ["feldman2014", "glass2012", "riley2014"]


def test_merging_and_taking_it_back(linked: Store) -> None:
    (key,) = merge(linked, ["martinez2009", "martinez2012"], "ann")
    assert reports_named(linked, "martinez2009") == ["martinez2009", "martinez2012"]
    link(linked, afresh=True)
    assert reports_named(linked, "martinez2012") == ["martinez2009", "martinez2012"]
    undo(linked, key, "ann")
    assert reports_named(linked, "martinez2009") == ["martinez2009"]


def test_a_report_kept_apart_is_not_brought_in_by_a_third(linked: Store) -> None:
    decide(linked, "reject", "trial", [("feldman2014", "glass2012")], "ann")
    together = [set(members) for members in LinkStore(linked).trials().values()]
    assert not any({"feldman2014", "glass2012"} <= members for members in together)


def test_a_proposed_overlap_is_confirmed(linked: Store) -> None:
    decide(linked, "confirm", "overlap", [("martinez2012", "martinez2009")], "ann")
    one = next(x for x in LinkStore(linked).links(["martinez2009"], kind="overlap"))
    assert (one.state, one.by, one.preferred) == ("confirmed", "curator:ann", "martinez2012")


def test_decisions_that_cannot_be_taken(linked: Store) -> None:
    with pytest.raises(StoreError, match="legal are confirm, reject"):
        decide(linked, "delete", "trial", [("glass2012", "riley2014")], "ann")
    with pytest.raises(StoreError, match="no report 'nobody'"):
        decide(linked, "confirm", "trial", [("glass2012", "nobody")], "ann")
    with pytest.raises(StoreError, match="curator"):
        decide(linked, "confirm", "trial", [("glass2012", "riley2014")], "")
    with pytest.raises(StoreError, match="takes two"):
        merge(linked, ["glass2012"], "ann")
    with pytest.raises(StoreError, match="shares its trial with no other"):
        split(linked, "petrou2016", "ann")
    with pytest.raises(StoreError, match="no trial and no linked report"):
        reports_named(linked, "nobody")
    with pytest.raises(StoreError, match="no link decision 99"):
        undo(linked, 99, "ann")
    assert LinkStore(linked).decisions() == []


# -- what follows from links ------------------------------------------------------------------------------------


def test_conflicts_between_reports_are_raised_once(linked: Store) -> None:
    found = {r.document.id: r.conflicts for r in annotated(linked)}
    cohort = [
        (i, c.kind, c.other[0][0]) for i, conflicts in found.items() for c in conflicts if c.kind == "duplicate_cohort"
    ]
    pairs_ = [tuple(sorted((i, other))) for i, _, other in cohort]
    assert ("glass2012", "riley2014") in pairs_ and len(pairs_) == len(set(pairs_))
    assert all(". " not in c.message and c.message.endswith(".") for conflicts in found.values() for c in conflicts)
    assert [r.document.id for r in annotated(linked, ["glass2012"])] == ["glass2012"]


def test_whose_word_counts() -> None:
    """A curator before registry results, before the report (rule before model), before the registry's plan."""
    plan = fact("participants", {"n": 50, "kind": "planned"}).change(method="registry:x")
    rule = Fact("participants", {"n": 48, "kind": "treated"}, _words(), "rule:participants/x")
    model = Fact("participants", {"n": 47, "kind": "treated"}, _words(), "model:x")
    curated = Fact("participants", {"n": 46, "kind": "treated"}, _words(), "curator:ann")
    paper = Document("p", "pubmed", {"abstract": "people"}, year=2020)
    entry = Document("r", "clinicaltrials", {}, data={})
    cases = ((rule, model, rule), (model, plan, model), (rule, plan, rule), (curated, rule, curated))
    for first, second, best in cases:
        sides = [Record(entry if f is plan else paper, (f,)) for f in (first, second)]
        if plan not in (first, second):
            sides = [Record(paper, (second, first))]
        (choice,) = characteristics(sides)
        assert choice.facts == (best,)
        assert [f for _, f in choice.rivals] == [f for f in (first, second) if f is not best]


def _words() -> Any:
    from extractor.model import Evidence

    return (Evidence("abstract", "people", 0, 6),)


def test_candidates_leave_out_keys_that_everyone_has(store_url: str) -> None:
    common = constructed(1)[1]
    with Store.open(store_url) as store:
        for number in range(70):
            different = {
                "id": f"x{number:02}",
                "ids": [],
                "authors": [f"Author{number} A"],
                "title": f"Title {number}",
                "affiliation": "",
            }
            store.add(record(common | different | {"n": 100 + number, "female": None, "age": None}))
        done = link(store)
        assert done.compared == 0
        one = Profile.from_dict({"id": "x00"} | LinkStore(store).profiles(["x00"])["x00"])
        assert candidates(LinkStore(store), {"x00": one}, set()) == set()
