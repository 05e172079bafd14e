"""What records of trials registers other than ClinicalTrials.gov share: facts of a plan, each with the path of its value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from extractor.model import ABSTRACT, TITLE, Document, Fact, Ids
from extractor.sources.identifiers import year_in
from extractor.sources.paths import Node, stated
from extractor.sources.protocol_facts import condition_fact
from extractor.sources.reference import known, names, registry_numbers

CTGOV = "ClinicalTrials.gov"
# "Phase 2", "phase I/II", "2-3"; in a longer text only what follows the word
PHASE = re.compile(
    r"\bphases?\b[\s:]*(?P<said>(?:(?:IV|III|II|I|[1-4])[ab]?\b(?:[\s/,&-]|and\b|to\b|phase\b)*)+)", re.I
)
BARE = re.compile(r"\s*(?P<said>(?:(?:IV|III|II|I|[1-4])[ab]?\b[\s/,&-]*)+)\s*", re.I)
STEP = re.compile(r"(IV|III|II|I|[1-4])([ab])?\b", re.I)
ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
COUNT = re.compile(r"\d{1,3}(?:[, ]\d{3})+|\d+")
DESIGNS = (
    (re.compile(r"\bnon-?\s?randomi[sz]ed\b", re.I), "non-randomized"),
    (re.compile(r"(?<!non-)(?<!non )(?<!non)\brandomi[sz]ed\b(?! *: *no)(?:(?! no\b).)*", re.I), "randomized"),
    (re.compile(r"\bsingle[ -](?:arm|group)\b", re.I), "single-arm"),
    (re.compile(r"\bopen[ -]?(?:label)?\b(?! *: *no)", re.I), "open-label"),
    (re.compile(r"\bdouble[ -](?:blind|mask)\w*(?! *: *no)", re.I), "double-blind"),
    (re.compile(r"\bcross-?over\b(?! *: *no)", re.I), "crossover"),
    (re.compile(r"\bplacebo\b(?! *: *no)", re.I), "placebo-controlled"),
)
FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%B %d, %Y", "%d-%m-%Y", "%Y/%m/%d", "%d-%b-%Y", "%Y%m%d")


NOWHERE = Node(None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of a record's values; a missing one is a node of None."""

    reader: str
    source: str
    number: Node
    title: str
    scientific_title: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    size: Node = NOWHERE
    status: Node = NOWHERE
    phase: Node = NOWHERE
    designs: Sequence[Node] = ()
    conditions: Sequence[Node] = ()
    registered: Node = NOWHERE
    others: Sequence[Node] = ()
    sponsor: Sequence[str] = ()
    started: str = ""
    updated: str = ""
    actual: bool = False  # the size is that of people who took part, not a plan


def register_document(plan: Plan, data: dict[str, Any], otherwise: str) -> Document:
    """The document of one record of a register."""
    own = registry_numbers(plan.number.text.strip()) or [(plan.source.upper(), plan.number.text.strip())]
    registry, number = own[0]
    others = [pair for node in plan.others for pair in registry_numbers(node.text)]
    ncts = [n for r, n in [*own, *others] if r == CTGOV]
    title = next(iter(known([plan.title, plan.scientific_title])), "")
    first = plan.scientific_title if plan.scientific_title != title and known([plan.scientific_title]) else ""
    texts = {name: text.strip() for name, text in plan.texts.items() if known([text])}
    summary = "\n".join(filter(None, [first, texts.pop(ABSTRACT, "")]))
    found = {"status": plan.status.text.strip(), "start_date": plan.started, "updated_on": iso_day(plan.updated)}
    return Document(
        f"{'clinicaltrials' if registry == CTGOV else plan.source}:{number}" if number else otherwise,
        plan.source,
        ({TITLE: title} if title else {}) | {ABSTRACT: summary} | texts,
        ids=Ids(
            nct=tuple(dict.fromkeys(ncts)),
            other=tuple(dict.fromkeys(pair for pair in [*own, *others] if pair[0] != CTGOV and pair[1])),
        ),
        year=next(filter(None, (year_in(iso_day(t) or t) for t in (plan.registered.text, plan.started))), None),
        authors=names(plan.sponsor),
        given=tuple(_facts(plan, registry, number)),
        data=data,
        metadata={n: v for n, v in found.items() if v},
    )


def _facts(plan: Plan, registry: str, number: str) -> Iterator[Fact]:
    if number:
        day = iso_day(plan.registered.text)
        value = {"registry": registry, "id": number, "registered_on": day}
        yield stated("registry_id", value, [plan.number, *([plan.registered] if day else [])], reader=plan.reader)
        yield stated("report_kind", {"name": "protocol"}, [plan.number], reader=plan.reader)
    for node in plan.others:
        for other, id in registry_numbers(node.text):
            value = {"registry": other, "id": id, "registered_on": None}
            yield stated("registry_id", value, [node], reader=plan.reader)
    size = people(plan.size)
    if size is not None:
        kind = "enrolled" if plan.actual else "planned"
        yield stated("participants", {"n": size, "kind": kind}, [plan.size], reader=plan.reader)
    if name := phase_of(plan.phase.text):
        yield stated("phase", {"name": name}, [plan.phase], reader=plan.reader)
    seen: set[str] = set()
    for node in plan.designs:
        for pattern, design in DESIGNS:
            if design not in seen and pattern.search(node.text):
                seen.add(design)
                yield stated("design", {"name": design}, [node], reader=plan.reader)
    for node in plan.conditions:
        if known([node.text]):
            yield condition_fact(node.text.strip(), node, plan.reader)


def people(node: Node) -> int | None:
    """A number of people; of a text with several ("Arm A:12;Arm B:12;") none, since they are parts of it.

    >>> people(Node("24")), people(Node("1,200")), people(Node("A:12;B:12;"))
    (24, 1200, None)
    """
    if node.count is not None:
        return node.count
    found = COUNT.findall(node.text)
    return int(re.sub(r"\D", "", found[0])) if len(found) == 1 else None


def phase_of(text: str) -> str:
    """A trial's phase.

    >>> phase_of("Phase 2"), phase_of("Phase I/II"), phase_of("Not applicable"), phase_of("2-3")
    ('2', '1/2', '', '2/3')
    """
    match = PHASE.search(text) or BARE.fullmatch(text)
    steps = STEP.findall(match["said"]) if match else []
    return "/".join(dict.fromkeys(ROMAN.get(number.upper(), number) + letter.lower() for number, letter in steps))


def iso_day(text: str) -> str | None:
    """The ISO date of "2016-07-06", "06/07/2016" (the day first, as registers of the world have it), "6 July 2016"."""
    bare = text.strip().partition("T")[0]
    for form in FORMS:
        try:
            return datetime.strptime(bare, form).date().isoformat()
        except ValueError:
            continue
    return None
