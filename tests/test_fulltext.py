"""Full texts: whose words a part holds, what the abstract decides, one claim told in many places, conflicts between places."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from extractor.claims import joined
from extractor.conflicts import conflicts
from extractor.context.spoken import own_pieces
from extractor.fulltext import both, of_something_else
from extractor.model import Document, Evidence, Fact, Record
from extractor.pipeline import build, extract
from extractor.settings import Settings
from extractor.sources import jats

ABSTRACT = (
    "Forty patients with knee arthritis were randomised to one intra-articular injection of bone marrow mesenchymal stem cells "
    "(n = 20) or saline (n = 20)."
)


@pytest.fixture(scope="module")
def nlp() -> Any:
    return build(Settings())


def article(**sections: str) -> Document:
    parts = {"title": "Stromal cells for knee arthritis: a randomised trial", "abstract": ABSTRACT}
    return Document("a", "jats", parts | {name.replace("_", " "): text for name, text in sections.items()})


def record(nlp: Any, **sections: str) -> Record:
    (found,) = extract(nlp, [article(**sections)])
    return found


def names(found: Record, field: str) -> set[str]:
    return {f.value["name"] for f in found.of(field)}


# ---------------------------------------------------------------- who is speaking


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("Methods", "All of it.", ["All of it."]),
        ("Results and discussion", "All of it.", ["All of it."]),
        ("1. Introduction", "Others did. In this study we treated ten.", [" In this study we treated ten."]),
        ("Cell therapy in earlier trials", "204 patients were treated.", []),
        (
            "Discussion",
            "In our study two had fever. In contrast to our study, Smith et al. saw none.",
            ["In our study two had fever."],
        ),
        (
            "Introduction",
            "In our pilot study two had fever. In our study none had.",
            [" In our study none had."],
        ),
        ("Table 2", "Fever 4", []),
        ("Competing interests", "None.", []),
        ("Funding", "NCT00999999", ["NCT00999999"]),
    ],
)
def test_pieces_that_are_read(name: str, text: str, read: list[str]) -> None:
    document = Document("a", "jats", {name: text})
    assert [text[p.start : p.end] for p in own_pieces(document)] == read


def test_the_product_is_not_what_others_gave(nlp: Any) -> None:
    found = record(
        nlp,
        Introduction="Trials of embryonic stem cells and of cord blood cells infused into the portal vein have been published.",
        Methods="Allogeneic blood was given. Patients received subcutaneous G-CSF before the marrow was taken.",
        Discussion="In a pilot study, allogeneic cells were given into the hepatic artery.",
    )
    assert names(found, "cell_source") == {"bone marrow"}
    assert names(found, "route") == {"intra-articular"}


def test_own_results_of_a_discussion_count_and_quote_their_place(nlp: Any) -> None:
    found = record(
        nlp, Discussion="Others saw more. During our study, four patients (20%) in the cell group had knee swelling."
    )
    (event,) = found.of("adverse_event")
    assert (event.value["n"], event.value["percent"]) == (4, 20.0)
    for item in event.evidence:
        assert found.document.parts[item.part][item.start : item.end] == item.quote


def test_the_abstract_decides_where_it_speaks() -> None:
    at = (Evidence("abstract", "x", 0, 1),)
    there = (Evidence("Methods", "x", 0, 1),)
    short = [Fact("route", {"name": "intra-articular"}, at, "rule:route/a")]
    whole = [
        Fact("route", {"name": "intravenous"}, there, "rule:route/a"),
        Fact("donor", {"name": "autologous"}, there, "rule:donor/a"),
    ]
    found = both(article(Methods="x"), short, whole)
    assert [(f.value["name"], f.primary) for f in found] == [
        ("intra-articular", True),
        ("intravenous", False),
        ("autologous", True),
    ]


@pytest.mark.parametrize(
    ("field", "name", "part", "own"),
    [
        ("cell_type", "T cell", "Results", False),
        ("cell_type", "T cell", "Methods", True),
        ("design", "open-label", "Methods", False),
        ("design", "multicenter", "Methods", True),
        ("design", "pilot", "Methods", False),
    ],
)
def test_what_the_pages_alone_say_of_product_and_design(field: str, name: str, part: str, own: bool) -> None:
    blind = Fact("design", {"name": "double-blind"}, (Evidence("abstract", "x", 0, 1),), "rule:design/a")
    said = Fact(field, {"name": name}, (Evidence(part, "x", 0, 1),), f"rule:{field}/a")
    (_, found) = both(article(**{part: "x"}), [blind], [said])
    assert found.primary is own


@pytest.mark.parametrize(
    ("field", "text", "quote", "other"),
    [
        ("dose", "Cells were plated at 2 million cells per flask.", "2 million cells", True),
        ("dose", "75 million cells were injected.", "75 million cells", False),
        ("administrations", "The knee was bent five times.", "five times", True),
        ("administrations", "Cells were infused three times.", "three times", False),
        ("administrations", "An antibiotic was given twice daily.", "twice", True),
        (
            "administrations",
            "MMF (0.5 g twice a day) was used in those with a 1 locus mismatched transplantation.",
            "1 locus",
            True,
        ),
        ("route", "Subcutaneous G-CSF was given.", "Subcutaneous", True),
        ("route", "Intravenous infusion of the cells followed.", "Intravenous", False),
        ("route", "The needle went into the subcutaneous part of the muscle.", "subcutaneous", True),
        ("design", "An unblinded pharmacist prepared it.", "unblinded", True),
    ],
)
def test_figures_of_something_else(field: str, text: str, quote: str, other: bool) -> None:
    start = text.index(quote)
    value = {"name": "open-label"} if field == "design" else {"low": 1}
    fact = Fact(field, value, (Evidence("Methods", quote, start, start + len(quote)),), f"rule:{field}/a")
    assert of_something_else(article(Methods=text), fact) is other


# ---------------------------------------------------------------- one claim, many places


def event(part: str, n: int | None, arm: str | None = None, row: str | None = None, **value: Any) -> Fact:
    full = {
        "term": "fever",
        "n": n,
        "denominator": None,
        "percent": None,
        "grade": None,
        "severity": None,
        "scope": None,
        "assertion": "present",
    }
    return Fact("adverse_event", full | value, (Evidence(part, "x", 0, 1, row=row),), "rule:adverse_event/a", arm=arm)


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        (
            event("abstract", 4, "cell", percent=20.0),
            event("Results", 4, "cell group", denominator=20, percent=20.0),
            True,
        ),
        (event("Results", None, "Cells", percent=20.0), event("Table 2", 4, "Cells", "Fever", denominator=20), True),
        (event("Results", 4), event("Table 2", 4, "Cells", "Fever"), True),
        (event("Results", 4, term="pyrexia"), event("Table 2", 4, "Cells", "Fever"), True),
        (event("Results", 4, "Saline"), event("Table 2", 4, "Cells", "Fever"), False),
        (event("Results", 4, grade="3"), event("Table 2", 4, grade="1-2", row="Fever"), False),
        (event("Results", 5), event("Table 2", 4, "Cells", "Fever"), False),
        (event("Table 2", 4, "Cells", "Fever"), event("Table 2", 4, "Cells", "Chills"), False),
        (event("Results", 1), event("Methods", 1), False),
        (event("title", 4), event("abstract", 4), False),
    ],
)
def test_the_same_claim(a: Fact, b: Fact, one: bool) -> None:
    found = joined([a, b])
    assert (len(found) == 1) is one
    if one:
        assert len(found[0].evidence) == 2
        assert found[0].value["n"] == 4


def test_a_percentage_of_two_arms_is_not_guessed() -> None:
    arms = [event("Table 2", 4, "Cells", "Fever"), event("Table 2", 4, "Saline", "Fever")]
    assert len(joined([*arms, event("Results", 4)])) == 3


def test_arms_of_text_and_table_are_the_same_arms() -> None:
    def arm(name: str, part: str) -> Fact:
        return Fact(
            "arm",
            {"name": name, "n": 20},
            (Evidence(part, "x", 0, 1, column=None if part == "abstract" else "x"),),
            "rule:arm/a",
        )

    found = joined(
        [arm("cell group", "abstract"), arm("saline", "abstract"), arm("Cells", "Table 1"), arm("Saline", "Table 1")]
    )
    assert [len(f.evidence) for f in found] == [2, 2]


def test_text_and_table_differ() -> None:
    facts = [event("Results", 5, "Cells", denominator=20), event("Table 2", 4, "Cells", "Fever", denominator=20)]
    (found,) = conflicts(article(), facts)
    assert (found.kind, found.facts) == ("text_and_table_differ", (0, 1))
    severe = event("Results", 1, "Cells", severity="severe")
    assert not conflicts(article(), [severe, facts[1]])


def test_a_percentage_of_other_people() -> None:
    fact = event("Table 2", 5, "Cells", "Fever", denominator=6, percent=71.4).change(flags=("percent_disagrees",))
    (found,) = conflicts(article(), [fact])
    assert found.kind == "denominator_differs"
    assert "5 of 6 is 83.3 %, not 71.4 %" in found.message


def test_two_percentages_of_one_count_are_told() -> None:
    facts = [event("Results", 5, "Cells", percent=16.5), event("Table 2", 5, "Cells", "Fever", percent=16.7)]
    (one,) = joined(facts)
    (found,) = conflicts(article(), [one])
    assert (found.kind, one.flags) == ("text_and_table_differ", ("percent_told_apart",))
    (rounded,) = joined([facts[1], event("Results", 5, "Cells", percent=17)])
    assert not rounded.flags


def test_deaths_of_two_causes_are_two_claims() -> None:
    def died(part: str, scope: str | None) -> Fact:
        return event(part, 1, term="death", scope=scope)

    assert len(joined([died("Results", "of sepsis"), died("Results", "of stroke"), died("Results", None)])) == 3
    assert len(joined([died("Results", "of sepsis"), died("Discussion", "from sepsis")])) == 1


def test_one_patient_is_told_again_in_the_discussion() -> None:
    assert len(joined([event("abstract", 1, "Cells"), event("Discussion", 1)])) == 1
    assert len(joined([event("abstract", 1, "Cells"), event("Results", 1)])) == 2


def test_deaths_of_one_cause_in_the_abstract_are_not_all(nlp: Any) -> None:
    document = article(Results="During follow-up eight patients died.")
    parts = document.parts | {"abstract": f"{ABSTRACT} Two patients died of sepsis."}
    (found,) = extract(nlp, [Document("a", "jats", parts)])
    assert [(f.value["n"], f.primary) for f in found.facts if f.field == "deaths"] == [(2, False), (8, True)]


def test_what_the_pages_tell_again_is_one_fact(nlp: Any) -> None:
    document = article(Results="Patients were followed for 12 months.")
    parts = document.parts | {"abstract": f"{ABSTRACT} Patients were followed for 12 months."}
    (found,) = extract(nlp, [Document("a", "jats", parts)])
    (told,) = [f for f in found.facts if f.field == "follow_up"]
    assert {e.part for e in told.evidence} == {"abstract", "Results"}


def test_a_longer_follow_up_of_the_pages_stands(nlp: Any) -> None:
    document = article(Methods="Patients will be followed up for 2 years.")
    parts = document.parts | {"abstract": f"{ABSTRACT} Pain was assessed at 6 months."}
    (found,) = extract(nlp, [Document("a", "jats", parts)])
    assert [(f.value["high"], f.value["unit"]) for f in found.of("follow_up")] == [(2, "years")]


def test_a_group_of_the_pages_is_no_arm_where_a_table_has_all() -> None:
    def arm(name: str, n: int, part: str, column: str | None = None) -> Fact:
        return Fact("arm", {"name": name, "n": n}, (Evidence(part, "x", 0, 1, column=column),), "rule:arm/a")

    people = Fact(
        "participants", {"n": 40, "kind": "treated"}, (Evidence("abstract", "x", 0, 1),), "rule:participants/a"
    )
    table = [arm("MSC", 22, "Table 1", "MSC"), arm("Control", 18, "Table 1", "Control")]
    told = [arm("transendocardial delivery", 22, "abstract"), arm("controls", 18, "abstract")]
    found = joined([*table, *told, arm("peripheral blood", 30, "Methods"), people])
    arms = [(f.value["name"], len(f.evidence), f.primary) for f in found if f.field == "arm"]
    assert arms == [("MSC", 2, True), ("Control", 2, True), ("peripheral blood", 1, False)]


def test_a_denial_of_one_group_contradicts_nothing(nlp: Any) -> None:
    found = record(nlp, Results="There was no complication in group 2. In group 1, one patient had nausea.")
    assert not [c for c in found.conflicts if c.kind == "blanket_contradicted"]


def test_a_stage_of_the_flow_explains_another_sum() -> None:
    def arm(n: int, part: str) -> Fact:
        return Fact("arm", {"name": f"a{n}", "n": n}, (Evidence(part, "x", 0, 1),), "rule:arm/a")

    total = Fact(
        "participants", {"n": 49, "kind": "randomized"}, (Evidence("abstract", "x", 0, 1),), "rule:participants/a"
    )
    sexes = Fact("sex", {"female": 10, "male": 33}, (Evidence("abstract", "x", 0, 1),), "rule:sex/a")
    both_stages = [total, sexes, arm(25, "Results"), arm(24, "Results"), arm(20, "Table 1"), arm(23, "Table 1")]
    assert not conflicts(article(), both_stages)


def test_a_table_that_was_not_read_is_no_silence() -> None:
    wrap = "<table-wrap><label>Table 2</label><caption><p>Adverse events</p></caption><graphic/></table-wrap>"
    xml = f"<article><front><article-meta><title-group><article-title>Cells for arthritis</article-title></title-group></article-meta></front><body><sec><title>Results</title><p>Pain fell.</p>{wrap}</sec></body></article>"
    (document,) = jats.read(BytesIO(xml.encode()), "a")
    assert isinstance(document, Document)
    (found,) = extract(build(Settings()), [document])
    assert found.document.notes == ("Table 2 is a picture and was not read (adverse events)",)
    assert "adverse_event (not read)" in found.not_found
    assert "adverse_event" not in found.not_found


def test_those_who_stopped_for_an_event_are_not_all_who_had_it() -> None:
    text = "Two patients withdrew because of fever."
    told = event("Results", 2, "Cells").change(evidence=(Evidence("Results", "fever", 33, 38),))
    table = event("Table 2", 4, "Cells", "Fever")
    assert not conflicts(article(Results=text), [told, table])
    plain = event("Results", 2, "Cells").change(evidence=(Evidence("Results", "fever", 17, 22),))
    assert [c.kind for c in conflicts(article(Results="Two patients had fever."), [plain, table])] == [
        "text_and_table_differ"
    ]


def test_two_places_that_split_the_same_people_in_two_ways_are_a_conflict() -> None:
    def sexes(female: int, male: int, part: str, arm: str | None = None) -> Fact:
        return Fact("sex", {"female": female, "male": male}, (Evidence(part, "x", 0, 1),), "rule:sex/a", arm=arm)

    found = conflicts(article(), [sexes(15, 3, "Methods"), sexes(14, 4, "Table 2"), sexes(7, 2, "Table 2", "Cells")])
    assert [(c.kind, c.facts) for c in found] == [("text_and_table_differ", (0, 1))]
    assert "Methods counts 15 female and 3 male, Table 2 14 and 4." in found[0].message
    assert not conflicts(article(), [sexes(15, 3, "Methods"), sexes(10, 3, "Table 2")])


def test_arms_of_a_crossover_are_the_same_people() -> None:
    def arm(n: int, name: str) -> Fact:
        return Fact("arm", {"name": name, "n": n}, (Evidence("Table 1", "x", 0, 1),), "rule:arm/a")

    people = Fact(
        "participants", {"n": 62, "kind": "treated"}, (Evidence("abstract", "x", 0, 1),), "rule:participants/a"
    )
    assert not conflicts(article(), [people, arm(59, "Placebo"), arm(60, "Low dose"), arm(61, "High dose")])
    assert [c.kind for c in conflicts(article(), [people, arm(30, "Placebo"), arm(40, "Drug")])] == ["arms_do_not_sum"]


def test_a_denial_behind_the_abstract_is_no_denial_of_what_a_table_counts() -> None:
    def denial(part: str, term: str = "adverse events", said: str = "no adverse events") -> Fact:
        value = {"term": term, "assertion": "none_reported", "n": None}
        return Fact("adverse_event", value, (Evidence(part, said, 0, 2),), "rule:adverse_event/blanket")

    table = event("Table 2", 4, "Cells", "Fever", assertion="present")
    kinds = [[c.kind for c in conflicts(article(), [denial(part), table])] for part in ("abstract", "Results")]
    assert kinds == [["blanket_contradicted"], []]
    assert not conflicts(article(), [denial("abstract", said="no other adverse events"), table])
    assert not conflicts(article(), [denial("abstract", "dose-limiting toxicity"), table])


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Men aged 20-50 years with a new diagnosis were eligible.", False),
        ("Patients between 18 and 70 years old took part if they consented.", False),
        ("The study was done in 40 patients aged 25-78 years.", True),
    ],
)
def test_limits_of_age_in_the_methods_say_who_may_enter(nlp: Any, text: str, own: bool) -> None:
    assert any(f.primary for f in record(nlp, Methods=text).of("age")) is own


def test_one_part_that_tells_a_count_of_an_arm_twice_tells_it_once() -> None:
    first, again = (
        event("Results", 4, "Cells"),
        event("Results", 4, "Cells").change(evidence=(Evidence("Results", "x", 90, 91),)),
    )
    assert len(joined([first, again])) == 1
    assert len(joined([first.change(arm=None), again.change(arm=None)])) == 2


@pytest.mark.parametrize(
    "text",
    ["Methotrexate was given intrathecally on days 1 and 8.", "Vancomycin was infused intravenously before surgery."],
)
def test_what_else_was_given_is_no_route_of_the_product(nlp: Any, text: str) -> None:
    assert {f.value["name"] for f in record(nlp, Methods=text).of("route") if f.primary} == {"intra-articular"}
