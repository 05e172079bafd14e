"""What a ClinicalTrials.gov record states of a trial's plan: enrolment, arms, phase, design, conditions, ids with dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractor.model import Fact
from extractor.sources.paths import Node, stated
from extractor.study.registries import identifiers
from extractor.terms import table

READER = "clinicaltrials"
REGISTRY = "ClinicalTrials.gov"
PHASES = {"EARLY_PHASE1": "early 1", "PHASE1": "1", "PHASE2": "2", "PHASE3": "3", "PHASE4": "4"}
ENROLMENT = {"ACTUAL": "enrolled", "ESTIMATED": "planned"}
ALLOCATIONS = {"RANDOMIZED": "randomized", "NON_RANDOMIZED": "non-randomized"}
MODELS = {
    "SINGLE_GROUP": "single-arm",
    "CROSSOVER": "crossover",
    "FACTORIAL": "factorial",
    "PARALLEL": "parallel",
    "SEQUENTIAL": "sequential",
}
# with three or four parties masked, those of a double-blind trial are among them
MASKINGS = {
    "NONE": "open-label",
    "SINGLE": "single-blind",
    "DOUBLE": "double-blind",
    "TRIPLE": "double-blind",
    "QUADRUPLE": "double-blind",
}
PERSPECTIVES = {"PROSPECTIVE": "prospective", "RETROSPECTIVE": "retrospective"}
COMPARATORS = {"PLACEBO_COMPARATOR": "placebo-controlled", "SHAM_COMPARATOR": "sham-controlled"}


def protocol_facts(protocol: Node, *, reader: str = READER) -> Iterator[Fact]:
    """Facts of a ``protocolSection``, each with the path of its value."""
    yield from _ids(protocol, reader)
    design = protocol.at("designModule")
    yield from _enrolment(design.at("enrollmentInfo"), reader)
    yield from _phase(design.at("phases"), reader)
    yield from _designs(design.at("designInfo"), protocol.at("armsInterventionsModule", "armGroups"), reader)
    for condition in protocol.at("conditionsModule", "conditions"):
        if condition.text:
            yield condition_fact(condition.text, condition, reader)


def arm_facts(protocol: Node, results: Node, *, reader: str = READER) -> Iterator[Fact]:
    """Arms as the results' first period began with them, with their sizes; else as the protocol plans them."""
    flow = results.at("participantFlowModule")
    titles = {group.at("id").text: group.at("title") for group in flow.at("groups")}
    started = next(
        (m for p in flow.at("periods") for m in p.at("milestones") if m.at("type").text == "STARTED"), Node(None)
    )
    counts = [(titles.get(one.at("groupId").text), one.at("numSubjects")) for one in started.at("achievements")]
    sized = [(title, n) for title, n in counts if title is not None and title.text and n.count]
    for title, n in sized:
        yield stated("arm", {"name": title.text, "n": n.count}, [title, n], reader=reader)
    for arm in protocol.at("armsInterventionsModule", "armGroups") if not sized else ():
        if name := arm.at("label").text:
            yield stated("arm", {"name": name, "n": None}, [arm.at("label")], reader=reader)


def condition_fact(name: str, at: Node, reader: str) -> Fact:
    term = table("conditions").get(name)
    value = {"name": term.name if term else name, "id": (term.id or None) if term else None}
    return stated("condition", value, [at], reader=reader)


def _ids(protocol: Node, reader: str) -> Iterator[Fact]:
    number = protocol.at("identificationModule", "nctId")
    posted = protocol.at("statusModule", "studyFirstPostDateStruct", "date")
    if number.text:
        value = {"registry": REGISTRY, "id": number.text, "registered_on": posted.text or None}
        yield stated("registry_id", value, [number, *([posted] if posted.text else [])], reader=reader)
    for other in protocol.at("identificationModule", "secondaryIdInfos"):
        known = next(iter(identifiers(_labelled(other))), None)
        if known and other.at("id").text:
            value = {"registry": known.registry, "id": known.id, "registered_on": None}
            yield stated("registry_id", value, [other.at("id")], reader=reader)


def _labelled(other: Node) -> str:
    """A secondary id with the name of its registry before it, as a text would have it."""
    names = {"EUDRACT_NUMBER": "EudraCT", "CTIS": "EU CT"}
    label = names.get(other.at("type").text, other.at("domain").text)
    return f"{label} {other.at('id').text}"


def _enrolment(info: Node, reader: str) -> Iterator[Fact]:
    count, kind = info.at("count"), info.at("type")
    if count.count is not None:
        value = {"n": count.count, "kind": ENROLMENT.get(kind.text, "unspecified")}
        yield stated("participants", value, [count, *([kind] if kind.text else [])], reader=reader)


def _phase(phases: Node, reader: str) -> Iterator[Fact]:
    known = [node for node in phases if node.text in PHASES]
    if known:
        name = "/".join(PHASES[node.text] for node in known)
        yield stated("phase", {"name": name}, known, reader=reader)


def _designs(info: Node, arms: Iterable[Node], reader: str) -> Iterator[Fact]:
    said = (
        (info.at("allocation"), ALLOCATIONS),
        (info.at("interventionModel"), MODELS),
        (info.at("maskingInfo", "masking"), MASKINGS),
        (info.at("timePerspective"), PERSPECTIVES),
        *((arm.at("type"), COMPARATORS) for arm in arms),
    )
    seen: set[str] = set()
    for node, names in said:
        name = names.get(node.text)
        if name and name not in seen:
            seen.add(name)
            yield stated("design", {"name": name}, [node], reader=reader)
