"""Constructed pairs of a paper and its registry record: differences planted in them, and harmless variations beside them.

The record is a ClinicalTrials.gov study as the service writes it, read by the reader; the paper is a record with facts.
Each pair has three planted differences and three harmless variations, of six different fields.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from extractor.assemble import assemble
from extractor.model import Document, Fact, Ids, Record
from extractor.sources.clinicaltrials import study_document
from tests.link_records import fact

EVENT = dict.fromkeys(("term_id", "percent", "grade", "severity", "serious", "related"))


@dataclass
class Pair:
    """A study as JSON, the facts that its free text gave, and a paper's facts."""

    study: dict[str, Any]
    text: list[Fact]
    paper: dict[str, list[Fact]]
    n: int
    planted: set[str] = field(default_factory=set)
    journal: str = "A Journal"
    year: int = 2019

    def records(self) -> list[Record]:
        document = study_document(self.study, "x")
        nct = document.ids.nct[0]
        registry = assemble(document, self.text, ())
        paper = Document("paper", "pubmed", {"abstract": ""}, ids=Ids(nct=(nct,)), year=self.year, journal=self.journal)
        return [registry, Record(paper, tuple(f for facts in self.paper.values() for f in facts))]

    def status(self) -> dict[str, Any]:
        return dict(self.study["protocolSection"]["statusModule"])

    def events(self) -> dict[str, Any]:
        found: dict[str, Any] = self.study["resultsSection"]["adverseEventsModule"]
        return found


def event(term: str, n: int | None, of: int | None, **more: Any) -> Fact:
    value = EVENT | {"term": term, "n": n, "denominator": of, "denominator_unit": "participants" if of else None}
    return fact("adverse_event", value | {"assertion": "present" if n is None or n else "absent"} | more)


def dose(low: float, high: float, unit: str = "cells", basis: str | None = None) -> Fact:
    return fact("dose", {"low": low, "high": high, "unit": unit, "basis": basis, "sd": None})


def base(number: int) -> Pair:
    """A trial of which paper and registry say the same."""
    draw = random.Random(number)
    half = draw.randint(12, 60)
    n, nct, amount = 2 * half, f"NCT0{6000000 + number}", draw.choice((1e6, 2e7, 1e8))
    serious, dead, aches = draw.randint(2, 5), draw.randint(1, 3), draw.randint(6, 9)
    groups = [
        {
            "id": f"EG00{i}",
            "title": title,
            "seriousNumAffected": s,
            "seriousNumAtRisk": half,
            "otherNumAffected": 9,
            "otherNumAtRisk": half,
            "deathsNumAffected": d,
            "deathsNumAtRisk": half,
        }
        for i, (title, s, d) in enumerate((("Cells", serious, dead), ("Placebo", 1, 0)))
    ]
    stats = [
        {"groupId": "EG000", "numAffected": aches, "numAtRisk": half},
        {"groupId": "EG001", "numAffected": 2, "numAtRisk": half},
    ]
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": "Cells in a disease"},
            "statusModule": {
                "startDateStruct": {"date": "2015-10-01", "type": "ACTUAL"},
                "studyFirstSubmitDate": "2015-09-10",
                "studyFirstPostDateStruct": {"date": "2015-09-15"},
            },
            "designModule": {"phases": ["PHASE1", "PHASE2"], "enrollmentInfo": {"count": n, "type": "ACTUAL"}},
            "armsInterventionsModule": {"armGroups": [{"label": "Cells"}, {"label": "Placebo"}]},
            "conditionsModule": {"conditions": ["Amyotrophic Lateral Sclerosis"]},
        },
        "resultsSection": {
            "adverseEventsModule": {
                "frequencyThreshold": "5",
                "eventGroups": groups,
                "otherEvents": [{"term": "Headache", "stats": stats}],
            }
        },
        "hasResults": True,
    }
    paper = {
        "participants": [fact("participants", {"n": n, "kind": "randomized"})],
        "arm": [fact("arm", {"name": name, "n": half}) for name in ("cell group", "placebo group")],
        "dose": [dose(amount, amount)],
        "route": [fact("route", {"name": "intrathecal"})],
        "phase": [fact("phase", {"name": "1/2"})],
        "registry_id": [
            fact("registry_id", {"registry": "ClinicalTrials.gov", "id": nct, "registered_on": "2015-09-10"})
        ],
        "deaths": [fact("deaths", {"n": dead})],
        "serious": [event("serious adverse events", serious + 1, n, serious=True)],
        "events": [event("headache", aches + 2, n)],
    }
    return Pair(study, [dose(amount, amount), fact("route", {"name": "intrathecal"})], paper, n)


# ---------------------------------------------------------------- planted


def _more_people(p: Pair) -> None:
    p.paper["participants"] = [fact("participants", {"n": p.n + 3, "kind": "randomized"})]


def _fewer_people(p: Pair) -> None:
    p.paper["participants"] = [fact("participants", {"n": p.n // 3, "kind": "enrolled"})]


def _third_arm(p: Pair) -> None:
    p.paper["arm"].append(fact("arm", {"name": "high dose", "n": 5}))


def _ten_times(p: Pair) -> None:
    p.paper["dose"] = [dose(f.value["low"] * 10, f.value["low"] * 10) for f in p.paper["dose"]]


def _other_route(p: Pair) -> None:
    p.paper["route"] = [fact("route", {"name": "intravenous"})]


def _phase_three(p: Pair) -> None:
    p.paper["phase"] = [fact("phase", {"name": "3"})]


def _registered_late(p: Pair) -> None:
    p.study["protocolSection"]["statusModule"]["startDateStruct"]["date"] = "2014-11"


def _other_day(p: Pair) -> None:
    p.paper["registry_id"][0].value["registered_on"] = "2014-02-01"


def _fewer_serious(p: Pair) -> None:
    p.paper["serious"][0].value["n"] -= 1


def _serious_denied(p: Pair) -> None:
    p.paper["serious"] = [event("serious adverse events", None, None, serious=True, assertion="none_reported")]


def _more_deaths(p: Pair) -> None:
    p.paper["deaths"] = [fact("deaths", {"n": p.paper["deaths"][0].value["n"] + 1})]


def _no_deaths(p: Pair) -> None:
    p.paper["deaths"] = [fact("deaths", {"n": 0})]


def _other_count(p: Pair) -> None:
    p.paper["events"][0].value["n"] += 2


def _all_denied(p: Pair) -> None:
    p.paper["events"] = [event("adverse events", None, None, assertion="none_reported")]


# ---------------------------------------------------------------- harmless


def _planned(p: Pair) -> None:
    p.study["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": p.n + 10, "type": "ESTIMATED"}


def _treated(p: Pair) -> None:
    p.paper["participants"] = [fact("participants", {"n": p.n - 2, "kind": "treated"})]


def _two_counts(p: Pair) -> None:
    p.paper["participants"].insert(0, fact("participants", {"n": p.n - 1, "kind": "analyzed"}))


def _arms_named_otherwise(p: Pair) -> None:
    p.paper["arm"] = [fact("arm", {"name": name, "n": None}) for name in ("MSC", "control")]


def _no_arms(p: Pair) -> None:
    p.paper["arm"] = []


def _a_range(p: Pair) -> None:
    low = p.paper["dose"][0].value["low"]
    p.text[0] = dose(low / 2, low * 2)


def _per_kilogram(p: Pair) -> None:
    p.paper["dose"] = [dose(1e6, 1e6, "cells/kg")]


def _total_dose(p: Pair) -> None:
    p.paper["dose"] = [dose(p.paper["dose"][0].value["low"] * 3, p.paper["dose"][0].value["low"] * 3, basis="total")]


def _rounded_dose(p: Pair) -> None:
    p.paper["dose"] = [dose(p.paper["dose"][0].value["low"] * 1.01, p.paper["dose"][0].value["low"] * 1.01)]


def _second_route(p: Pair) -> None:
    p.paper["route"].append(fact("route", {"name": "intramuscular"}))


def _no_route(p: Pair) -> None:
    p.text.pop()


def _phase_letter(p: Pair) -> None:
    p.paper["phase"] = [fact("phase", {"name": "1/2a"})]


def _half_phase(p: Pair) -> None:
    p.paper["phase"] = [fact("phase", {"name": "2"})]


def _posted_day(p: Pair) -> None:
    p.paper["registry_id"][0].value["registered_on"] = "2015-09-15"


def _same_month(p: Pair) -> None:
    p.study["protocolSection"]["statusModule"]["startDateStruct"]["date"] = "2015-09"


def _serious_silent(p: Pair) -> None:
    p.paper["serious"] = []


def _serious_as_events(p: Pair) -> None:
    p.paper["serious"][0].value.update(n=40, denominator_unit="events")


def _related_denied(p: Pair) -> None:
    p.paper["serious"] = [
        event("serious adverse events", None, None, serious=True, related=True, assertion="none_reported")
    ]


def _deaths_silent(p: Pair) -> None:
    p.paper["deaths"] = []


def _rare_event(p: Pair) -> None:
    p.paper["events"].append(event("pruritus", 1, p.n))


def _event_silent(p: Pair) -> None:
    p.paper["events"] = []


def _by_arm(p: Pair) -> None:
    total = p.paper["events"][0].value["n"]
    half = p.n // 2
    arms = (("cells", total - 2), ("placebo", 2))
    p.paper["events"] = [event("headache", n, half).change(arm=name) for name, n in arms]


Change = tuple[str, Callable[[Pair], None]]
PLANTED: tuple[Change, ...] = (
    ("enrolment", _more_people),
    ("arms", _third_arm),
    ("dose", _ten_times),
    ("route", _other_route),
    ("phase", _phase_three),
    ("registered_late", _registered_late),
    ("serious_events", _fewer_serious),
    ("deaths", _more_deaths),
    ("other_events", _other_count),
    ("enrolment", _fewer_people),
    ("dates", _other_day),
    ("serious_events", _serious_denied),
    ("deaths", _no_deaths),
    ("other_events", _all_denied),
)
HARMLESS: tuple[Change, ...] = (
    ("enrolment", _planned),
    ("arms", _arms_named_otherwise),
    ("dose", _a_range),
    ("route", _second_route),
    ("phase", _phase_letter),
    ("dates", _posted_day),
    ("serious_events", _serious_silent),
    ("deaths", _deaths_silent),
    ("other_events", _rare_event),
    ("enrolment", _treated),
    ("arms", _no_arms),
    ("dose", _per_kilogram),
    ("route", _no_route),
    ("phase", _half_phase),
    ("registered_late", _same_month),
    ("serious_events", _serious_as_events),
    ("other_events", _event_silent),
    ("enrolment", _two_counts),
    ("dose", _total_dose),
    ("serious_events", _related_denied),
    ("other_events", _by_arm),
    ("dose", _rounded_dose),
)
FAMILY = {"registered_late": "dates"}  # changes of one family may not meet in a pair
PAIRS, EACH = 40, 3


def pairs() -> Iterator[Pair]:
    """Forty pairs with 120 planted differences and 120 harmless variations."""
    for number in range(PAIRS):
        draw = random.Random(1000 + number)
        pair, used = base(number), set[str]()
        for planted, changes in ((True, PLANTED), (False, HARMLESS)):
            count = 0
            for kind, change in draw.sample(changes, len(changes)):
                family = FAMILY.get(kind, kind)
                if family in used or count == EACH:
                    continue
                used.add(family)
                change(pair)
                count += 1
                if planted:
                    pair.planted.add(kind)
            assert count == EACH
        yield pair
