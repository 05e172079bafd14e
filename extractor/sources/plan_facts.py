"""What a ClinicalTrials.gov record states of a trial's plan and course beyond the first facts.

Comparators, countries, centres, who pays, dates, outcomes, who is eligible, the product's names, what is given beside it,
and who left by arm: each by the record's structure, with the paths of its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from extractor.model import Fact
from extractor.sources.paths import Node, stated
from extractor.study.eligible import diagnosis
from extractor.study.outcomes import scale_in
from extractor.study.scales import limits
from extractor.terms import table
from extractor.text import fold, fold_case

READER = "clinicaltrials"
COMPARATORS = {
    "PLACEBO_COMPARATOR": "placebo",
    "SHAM_COMPARATOR": "sham",
    "ACTIVE_COMPARATOR": "active",
    "NO_INTERVENTION": "no treatment",
}
TESTED = ("EXPERIMENTAL", "ACTIVE_COMPARATOR")
SECTORS = {
    "INDUSTRY": "industry",
    "NIH": "public",
    "FED": "public",
    "OTHER_GOV": "public",
    "NETWORK": "network",
    "INDIV": "person",
    "OTHER": "other",
}
PRODUCTS = frozenset(
    {"BIOLOGICAL", "GENETIC", "DRUG", "DEVICE", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT", "PROCEDURE"}
)
CELLS = frozenset({"BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT"})
OUTCOMES = (("primaryOutcomes", "primary"), ("secondaryOutcomes", "secondary"), ("otherOutcomes", "other"))
SEXES = {"FEMALE": "women", "MALE": "men"}
AGE = re.compile(r"(?P<n>\d+(?:\.\d+)?) (?P<unit>Year|Month|Week|Day|Hour|Minute)s?")
SHAM = re.compile(r"placebo|sham|vehicle|saline|control", re.I)
EXCLUSION = re.compile(r"exclusion", re.I)
ELIGIBLE = ("kind", "text", "low", "high", "unit")
NOT_COMPLETED, STARTED = "NOT COMPLETED", "STARTED"


def plan_facts(protocol: Node) -> Iterator[Fact]:
    """Facts of a ``protocolSection`` on comparison, setting, money, dates, outcomes, eligibility and what was given."""
    arms = protocol.at("armsInterventionsModule", "armGroups")
    given = protocol.at("armsInterventionsModule", "interventions")
    yield from _comparators(arms)
    yield from _places(protocol.at("contactsLocationsModule", "locations"))
    yield from _payers(protocol.at("sponsorCollaboratorsModule"))
    yield from _dates(protocol.at("statusModule"))
    yield from _outcomes(protocol.at("outcomesModule"))
    yield from _eligible(protocol.at("eligibilityModule"))
    yield from _given(arms, given)


def withdrawal_facts(results: Node) -> Iterator[Fact]:
    """How many left, by arm and period, and how many for each reason; a stated zero is one."""
    flow = results.at("participantFlowModule")
    titles = {group.at("id").text: group.at("title") for group in flow.at("groups")}
    several = len(list(flow.at("periods"))) > 1
    for period in flow.at("periods"):
        name = period.at("title") if several else Node(None)
        counts = {m.at("type").text: m.at("achievements") for m in period.at("milestones")}
        began = {a.at("groupId").text: a.at("numSubjects") for a in counts.get(STARTED, Node(None))}
        for one in counts.get(NOT_COMPLETED, Node(None)):
            yield from _left(one, [], titles, began, name)
        for reason in period.at("dropWithdraws"):
            for one in reason.at("reasons"):
                yield from _left(one, [reason.at("type")], titles, began, name)


def _left(
    one: Node, reason: list[Node], titles: dict[str, Node], began: dict[str, Node], period: Node
) -> Iterator[Fact]:
    """One count of people who left; nothing of a group in which nobody was."""
    group, n = one.at("groupId").text, one.at("numSubjects")
    title, start = titles.get(group, Node(None)), began.get(group, Node(None))
    if n.count is None or start.count == 0:
        return
    why = reason[0].text.lower() if reason else None
    value = {"n": n.count, "of": start.count, "reason": why, "period": period.text or None}
    at = [n, *([start] if start.count is not None else []), *reason, *([period] if period.text else [])]
    yield stated("withdrawals", value, at, reader=READER, arm=title.text or None)


def _comparators(arms: Node) -> Iterator[Fact]:
    tested = [arm for arm in arms if arm.at("type").text in TESTED]
    for arm in arms:
        label, kind = arm.at("label"), COMPARATORS.get(arm.at("type").text)
        if label.text and kind and tested and (kind != "active" or any(a.at("type").text == TESTED[0] for a in tested)):
            yield stated("comparator", {"name": label.text, "kind": kind}, [label, arm.at("type")], reader=READER)


def _places(places: Node) -> Iterator[Fact]:
    """Each country once, by its first centre; how many centres there are, and the name of an only one."""
    seen: set[str] = set()
    for country in (place.at("country") for place in places):
        if country.text and country.text not in seen:
            seen.add(country.text)
            known = table("countries").get(country.text)
            value = {"name": known.name if known else country.text, "id": known.id if known else None}
            yield stated("country", value, [country], reader=READER)
    cited = [
        next((node for node in map(place.at, ("facility", "city", "country")) if node.text), place) for place in places
    ]
    if cited:
        name = cited[0].text if len(cited) == 1 and cited[0].path.endswith("facility") else None
        flags = ("derived",) if len(cited) > 1 else ()
        yield stated("centres", {"n": len(cited), "name": name}, cited, reader=READER, flags=flags)


def _payers(module: Node) -> Iterator[Fact]:
    lead = [("sponsor", module.at("leadSponsor"))]
    for kind, one in chain(lead, (("collaborator", c) for c in module.at("collaborators"))):
        name, sort = one.at("name"), one.at("class")
        if name.text:
            value = {"name": name.text, "kind": kind, "sector": SECTORS.get(sort.text)}
            yield stated("funding", value, [name, *([sort] if value["sector"] else [])], reader=READER)


def _dates(status: Node) -> Iterator[Fact]:
    """First enrolment and the study's last visit; what is only expected is flagged."""
    start, end = status.at("startDateStruct"), status.at("completionDateStruct")
    if start.at("date").text:
        dates = [node for node in (start, end) if node.at("date").text]
        expected = ("estimated",) if any(d.at("type").text == "ESTIMATED" for d in dates) else ()
        value = {"start": start.at("date").text, "end": end.at("date").text or None, "kind": "study"}
        yield stated("recruitment", value, [d.at("date") for d in dates], reader=READER, flags=expected)


def _outcomes(module: Node) -> Iterator[Fact]:
    for name, kind in OUTCOMES:
        for one in module.at(name):
            measure, time = one.at("measure"), one.at("timeFrame")
            if measure.text:
                value = {
                    "kind": kind,
                    "name": measure.text,
                    "time": time.text or None,
                    "scale": scale_in(fold(measure.text)),
                }
                yield stated("outcome", value, [measure, *([time] if time.text else [])], reader=READER)


def _eligible(module: Node) -> Iterator[Fact]:
    """Limits of age and sex; of the criteria's text the limits of severity and the criteria of the diagnosis."""
    low, high, sex = module.at("minimumAge"), module.at("maximumAge"), module.at("sex")
    yield from _ages([low, high])
    if sex.text in SEXES:
        value = {"kind": "sex", "text": SEXES[sex.text], "low": None, "high": None, "unit": None}
        yield stated("eligibility", value, [sex], reader=READER)
    criteria = module.at("eligibilityCriteria")
    excluded = EXCLUSION.search(criteria.text)
    end = excluded.start() if excluded else len(criteria.text)
    done: set[tuple[object, ...]] = set()
    for one in limits(fold(criteria.text), 0, end):
        done.add(("severity", one.name, one.low, one.high, one.unit))
    for found in diagnosis(fold_case(criteria.text), criteria.text, 0, end):
        done.add(("diagnosis", found.text, None, None, None))
    for values in sorted(done, key=str):
        yield stated("eligibility", dict(zip(ELIGIBLE, values, strict=True)), [criteria], reader=READER)


def _ages(ends: list[Node]) -> Iterator[Fact]:
    """One fact where both limits have one unit, else one a limit."""
    found = [(node, match) for node in ends if (match := AGE.fullmatch(node.text.strip()))]
    units = {match["unit"] for _, match in found}
    for group in [found] if len(units) == 1 else [[one] for one in found]:
        value: dict[str, Any] = {
            "kind": "age",
            "text": "age",
            "low": None,
            "high": None,
            "unit": f"{group[0][1]['unit'].lower()}s",
        }
        for node, match in group:
            value["low" if node.path.endswith("minimumAge") else "high"] = float(match["n"])
        yield stated("eligibility", value, [node for node, _ in group], reader=READER)


def _given(arms: Node, interventions: Node) -> Iterator[Fact]:
    """The tested product by its names, and what the same arms are given beside it.

    In a trial of cells, other interventions of the tested arms are beside the product; so is what tested and other arms
    have in common, where the tested arms have something of their own.
    """
    kinds = {arm.at("label").text: arm.at("type").text for arm in arms}
    tested = {label for label, kind in kinds.items() if kind == "EXPERIMENTAL"}
    own: list[Node] = []
    common: list[Node] = []
    for one in interventions:
        labels = {label.text for label in one.at("armGroupLabels")}
        if not labels & tested or SHAM.search(one.at("name").text):
            continue
        (common if labels - tested else own).append(one)
    cells = [one for one in own if one.at("type").text in CELLS]
    products = cells or [one for one in own if one.at("type").text in PRODUCTS]
    for one in products:
        yield from _names(one)
    if products:
        for one in (*common, *(o for o in own if o not in products)):
            value = {"name": one.at("name").text, "kind": "both groups" if one in common else "tested group"}
            yield stated("concomitant", value, [one.at("name"), one.at("type")], reader=READER)


def _names(one: Node) -> Iterator[Fact]:
    for name in (one.at("name"), *one.at("otherNames")):
        if name.text:
            yield stated("product_details", {"kind": "product name", "text": name.text}, [name], reader=READER)
