"""ClinicalTrials.gov, version 2: a study, a page of studies or a list of them, as JSON.

What the record states in fields becomes facts with JSON paths; its free text becomes parts, kept as it stands with its
Markdown escapes. The record itself is the document's ``data``, so that every path can be checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, TITLE, Document, Fact, Ids
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import whole
from extractor.sources.identifiers import year_in
from extractor.sources.paths import Node, stated
from extractor.sources.plan_facts import plan_facts, withdrawal_facts
from extractor.sources.protocol_facts import READER, arm_facts, protocol_facts
from extractor.sources.result_facts import result_facts

MAX_BYTES = 256_000_000  # a page of 1,000 studies with results has some 200 MB; Python holds six times that
RESULTS = "resultsSection"


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] not in (b"{", b"["):
        return 0.0
    if b'"protocolSection"' in start or b'"studies"' in start[:2000]:
        return 0.97
    return 0.93 if b'"resultsSection"' in start or b'"nextPageToken"' in start else 0.0


@reader("clinicaltrials", sniff=sniff, suffixes=(".json",), rank=500, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """ClinicalTrials.gov version 2 JSON: one study or many, with results."""
    text = whole(stream, MAX_BYTES)
    try:
        studies = _studies(json.loads(text))
    except (ValueError, RecursionError) as error:
        studies = _by_line(text)
        if not studies:
            raise ParseError(f"broken or truncated JSON: {error}") from error
    for number, study in enumerate(studies, 1):
        name = stem if len(studies) == 1 else f"{stem}:{number}"
        yield attempt(lambda: study_document(study, name), f"study {number}")  # noqa: B023


def _by_line(text: str) -> list[Any]:
    """Studies of a file with one object a line; a line that is none is handed on as it is, so that it is named."""
    rows = [line.strip().removeprefix("\ufeff") for line in text.split("\n") if line.strip()]
    if len(rows) < 2 or not all(row.startswith("{") for row in rows):
        return []
    found: list[Any] = []
    for row in rows:
        try:
            found.append(json.loads(row))
        except (ValueError, RecursionError):
            found.append(row)
    return found if any(isinstance(one, dict) for one in found) else []


# a day by which the record was there, the first that is said
DATES = (("studyFirstPostDateStruct", "date"), ("studyFirstSubmitDate",), ("startDateStruct", "date"))


def _studies(found: Any) -> list[Any]:
    if isinstance(found, dict) and isinstance(found.get("studies"), list):
        return list(found["studies"])
    return found if isinstance(found, list) else [found]


def study_document(study: Any, otherwise: str) -> Document:
    """One study: its free text as parts, its fields as given facts."""
    if not isinstance(study, dict) or not any(
        isinstance(study.get(name), dict) for name in ("protocolSection", RESULTS)
    ):
        raise ParseError("no protocolSection and no resultsSection: not a study of ClinicalTrials.gov")
    root = Node(study)
    protocol, results = root.at("protocolSection"), root.at(RESULTS)
    number = protocol.at("identificationModule", "nctId").text
    status = protocol.at("statusModule")
    types = (protocol.at("designModule", "studyType").text.lower(),)
    return Document(
        f"clinicaltrials:{number}" if number else otherwise,
        "clinicaltrials",
        _parts(protocol),
        ids=Ids(nct=(number,) if number else ()),
        year=next(filter(None, (year_in(status.at(*place).text) for place in DATES)), None),
        authors=_sponsors(protocol.at("sponsorCollaboratorsModule")),
        publication_types=tuple(filter(None, types)),
        notes=_notes(status, results),
        given=tuple(_facts(protocol, results)),
        data=study,
        metadata=_metadata(protocol, status, results),
    )


def _facts(protocol: Node, results: Node) -> Iterator[Fact]:
    """A record is a protocol; one with results reports what was done to people."""
    section = results if results.value else protocol.at("identificationModule", "nctId")
    if section.value:
        cited = section if section is not results else _first_result(results)
        yield stated("report_kind", {"name": "single-trial" if results.value else "protocol"}, [cited], reader=READER)
    yield from protocol_facts(protocol)
    yield from plan_facts(protocol)
    yield from arm_facts(protocol, results)
    yield from withdrawal_facts(results)
    enrolled = protocol.at("designModule", "enrollmentInfo", "count").count
    model = protocol.at("designModule", "designInfo", "interventionModel").text
    yield from result_facts(results, enrolled, crossover=model == "CROSSOVER")


def _first_result(results: Node) -> Node:
    """The shortest value that shows that there are results: the first group of the first table that has one."""
    tables = (
        ("participantFlowModule", "groups"),
        ("adverseEventsModule", "eventGroups"),
        ("baselineCharacteristicsModule", "groups"),
    )
    for module, name in tables:
        for group in results.at(module, name):
            if group.at("title").text:
                return group.at("title")
    return results


def _parts(protocol: Node) -> dict[str, str]:
    names, texts = protocol.at("identificationModule"), protocol.at("descriptionModule")
    arms, given = (
        protocol.at("armsInterventionsModule", "armGroups"),
        protocol.at("armsInterventionsModule", "interventions"),
    )
    title, brief = names.at("officialTitle").text, names.at("briefTitle").text
    parts = {
        TITLE: title or brief,
        "brief title": brief if title and brief != title else "",
        ABSTRACT: texts.at("briefSummary").text,
        "detailed description": texts.at("detailedDescription").text,
        "arms": "\n".join(filter(None, (_described(arm, "label") for arm in arms))),
        "interventions": "\n".join(filter(None, (_described(one, "name") for one in given))),
    }
    return {name: text for name, text in parts.items() if text or name == ABSTRACT}


def _described(node: Node, name: str) -> str:
    return "\n".join(filter(None, (node.at(name).text, node.at("description").text)))


def _sponsors(module: Node) -> tuple[str, ...]:
    names = [module.at("leadSponsor", "name").text, *(c.at("name").text for c in module.at("collaborators"))]
    return tuple(filter(None, names))


def _notes(status: Node, results: Node) -> tuple[str, ...]:
    notes = []
    if stopped := status.at("whyStopped").text:
        notes.append(f"stopped: {stopped}")
    if threshold := results.at("adverseEventsModule", "frequencyThreshold").text:
        notes.append(f"other adverse events are listed above {threshold} %")
    return tuple(notes)


def _metadata(protocol: Node, status: Node, results: Node) -> dict[str, Any]:
    events = results.at("adverseEventsModule")
    found = {
        "status": status.at("overallStatus").text,
        "start_date": status.at("startDateStruct", "date").text,
        "completion_date": status.at("completionDateStruct", "date").text,
        "updated_on": status.at("lastUpdatePostDateStruct", "date").text,
        "adverse_event_threshold": events.at("frequencyThreshold").text,
        "adverse_event_time_frame": events.at("timeFrame").text,
        "references": [r.at("pmid").text for r in protocol.at("referencesModule", "references") if r.at("pmid").text],
        "results_references": [
            r.at("pmid").text
            for r in protocol.at("referencesModule", "references")
            if r.at("type").text == "RESULT" and r.at("pmid").text
        ],
    }
    return {name: value for name, value in found.items() if value}
